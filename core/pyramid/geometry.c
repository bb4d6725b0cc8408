/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "core/pyramid/geometry.h"

#include <math.h>

#include "core/base/error.h"
#include "core/base/i18n.h"

/* The networks become twice as wide every so many scales. */
#define SCALES_A_WIDTH 4

/* As the authors round.  Noise in the last bit counts: 25 and a bit become 26,
 * and the sizes that others report have it. */
static gint
ceil_size (gdouble size)
{
  return (gint) ceil (size);
}

static gboolean
check_sides (gint                  height,
             gint                  width,
             const SinganSettings *settings,
             GError              **error)
{
  const gint    shorter = MIN (height, width);
  const gint    longer = MAX (height, width);
  const gdouble scale = MIN ((gdouble) settings->max_size / longer, 1);
  /* The least max_size at which the shorter side rounds up to min_size. */
  const gint needed
      = (gint) floor ((settings->min_size - 1.0) * longer / MAX (shorter, 1))
        + 1;

  if (shorter < SINGAN_IMAGE_SIDE_MINIMUM)
    {
      g_set_error (error, SINGAN_ERROR, SINGAN_ERROR_IMAGE,
                   _ ("The layer is %d x %d pixels; each side needs at least "
                      "%d."),
                   width, height, SINGAN_IMAGE_SIDE_MINIMUM);
      return FALSE;
    }
  if (ceil_size (shorter * scale) >= settings->min_size)
    return TRUE;

  if (needed <= SINGAN_MAX_SIZE_MAXIMUM)
    g_set_error (error, SINGAN_ERROR, SINGAN_ERROR_IMAGE,
                 _ ("The layer is %d x %d pixels; trained at %d pixels, its "
                    "shorter side would have %d, and %d are needed. Train with "
                    "a preset and a max-size that allow %d pixels or more, or "
                    "choose a less elongated part."),
                 width, height, settings->max_size, ceil_size (shorter * scale),
                 settings->min_size, needed);
  else
    g_set_error (error, SINGAN_ERROR, SINGAN_ERROR_IMAGE,
                 _ ("The layer is %d x %d pixels, too elongated to be trained "
                    "on. Choose a part whose longer side is at most %d times "
                    "the shorter one."),
                 width, height, SINGAN_MAX_SIZE_MAXIMUM / settings->min_size);

  return FALSE;
}

/* r = (min_size / shorter side)^(1 / N); real[n] has r^(N - n) of the training
 * size; F(n) = min (32 2^floor (n / 4), 128). */
static void
fill_scales (SinganGeometry       *geometry,
             gint                  height,
             gint                  width,
             gdouble               scale,
             gint                  last,
             const SinganSettings *settings)
{
  gint features = settings->features;
  gint n;

  height = ceil_size (height * scale);
  width = ceil_size (width * scale);
  *geometry = (SinganGeometry){ .n_scales = last + 1,
                                .training_scale = scale,
                                .factor = pow ((gdouble) settings->min_size
                                                   / MIN (height, width),
                                               1.0 / last) };
  for (n = 0; n <= last; n++)
    {
      const gdouble s = pow (geometry->factor, last - n);

      geometry->heights[n] = ceil_size (height * s);
      geometry->widths[n] = ceil_size (width * s);
      if (n > 0 && n % SCALES_A_WIDTH == 0)
        features *= 2;
      features = MIN (features, settings->features_maximum);
      geometry->features[n] = features;
    }
}

gboolean
singan_geometry_init (SinganGeometry       *geometry,
                      gint                  height,
                      gint                  width,
                      const SinganSettings *settings,
                      GError              **error)
{
  const gint    shorter = MIN (height, width);
  const gint    longer = MAX (height, width);
  const gdouble log_factor = log (settings->scale_factor);
  gdouble       scale;
  gint          num_scales;
  gint          scales_to_stop;
  gint          last;

  if (settings->purpose == SINGAN_PURPOSE_SUPER_RESOLUTION)
    return singan_geometry_init_super_resolution (
        geometry, height, width, 1 / settings->scale_factor, settings, error);
  if (! check_sides (height, width, settings, error))
    return FALSE;

  scale = MIN ((gdouble) settings->max_size / longer, 1);
  num_scales
      = ceil_size (log ((gdouble) settings->min_size / shorter) / log_factor)
        + 1;
  scales_to_stop = ceil_size (
      log ((gdouble) MIN (settings->max_size, longer) / longer) / log_factor);
  last = CLAMP (num_scales - scales_to_stop, 1, SINGAN_SCALES_MAXIMUM - 1);

  fill_scales (geometry, height, width, scale, last, settings);

  return TRUE;
}

gboolean
singan_geometry_init_super_resolution (SinganGeometry       *geometry,
                                       gint                  height,
                                       gint                  width,
                                       gdouble               factor,
                                       const SinganSettings *settings,
                                       GError              **error)
{
  /* The nominal factor between two scales: the cube root of a half. */
  const gdouble nominal = log (2) / 3;
  const gint    longer = MAX (height, width);
  gdouble       log_factor;
  gdouble       scale;
  gint          steps;
  gint          num_scales;
  gint          scales_to_stop;
  gint          last;

  g_return_val_if_fail (factor > 1, FALSE);

  if (! check_sides (height, width, settings, error))
    return FALSE;

  steps = MAX ((gint) lround (log (factor) / nominal), 1);
  log_factor = -log (factor) / steps;
  scale = MIN ((gdouble) settings->max_size / longer, 1);
  num_scales = (gint) (log ((gdouble) settings->min_size / MIN (height, width))
                       / log_factor)
               + 1;
  scales_to_stop
      = (gint) (log ((gdouble) MIN (settings->max_size, longer) / longer)
                / log_factor);
  last = CLAMP (num_scales - scales_to_stop, 1, SINGAN_SCALES_MAXIMUM - 1);

  fill_scales (geometry, height, width, scale, last, settings);

  return TRUE;
}

static gboolean
is_whole (const SinganGeometry *geometry,
          const SinganSettings *settings,
          gint                  scale)
{
  return geometry->heights[scale] <= settings->window
         && geometry->widths[scale] <= settings->window;
}

gboolean
singan_geometry_trains_below (const SinganGeometry *geometry,
                              const SinganSettings *settings,
                              gint                  scale)
{
  return scale > 1 && settings->below_rate > 0
         && is_whole (geometry, settings, scale);
}

gboolean
singan_geometry_learns_detail (const SinganGeometry *geometry,
                               const SinganSettings *settings,
                               gint                  scale)
{
  const gint longer = MAX (geometry->heights[scale], geometry->widths[scale]);

  return scale > 0 && settings->detail_weight > 0
         && longer > settings->detail_size
         && geometry->features[scale] == geometry->features[scale - 1]
         && ! is_whole (geometry, settings, scale);
}

gboolean
singan_geometry_mirrors_border (const SinganGeometry *geometry,
                                const SinganSettings *settings,
                                gint                  scale)
{
  return settings->is_mirrored && scale > 0
         && ! is_whole (geometry, settings, scale)
         && ! singan_geometry_learns_detail (geometry, settings, scale);
}

gint
singan_geometry_get_iterations (const SinganGeometry *geometry,
                                const SinganSettings *settings,
                                gint                  scale)
{
  const gint    last = geometry->n_scales - 1;
  const gdouble way = last > 0 ? (gdouble) scale / last : 0;
  const gdouble times
      = singan_geometry_learns_detail (geometry, settings, scale)
            ? settings->detail_iterations
            : 1;

  return (gint) CLAMP (
      round (times * settings->iterations * pow (settings->finest_share, way)),
      1, SINGAN_ITERATIONS_MAXIMUM);
}
