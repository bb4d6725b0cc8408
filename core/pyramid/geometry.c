/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "core/pyramid/geometry.h"

#include <math.h>
#include <stdlib.h>

#include "core/base/error.h"
#include "core/base/i18n.h"

/* The networks become twice as wide every so many scales. */
#define SCALES_A_WIDTH 4

/* What two machines, or two versions, may differ by where a number is nearly
 * whole: pixels of a side, scales, and a factor's noise. */
#define SIDE_TOLERANCE 1
#define SCALES_TOLERANCE 1
#define FACTOR_TOLERANCE 1e-3

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

/* Scales that a picture gives; 0 if it gives none. */
static gint
count_scales (gint height, gint width, const SinganSettings *settings)
{
  SinganGeometry geometry;

  return singan_geometry_init (&geometry, height, width, settings, NULL)
             ? geometry.n_scales
             : 0;
}

/* Whether some picture, shrunk by the training scale to sides like these, gives
 * so many scales.  They grow with its shorter side, of which rounding leaves a
 * few. */
static gboolean
is_number_of_scales_possible (const SinganGeometry *geometry,
                              const SinganSettings *settings)
{
  const gint    last = geometry->n_scales - 1;
  const gint    height = geometry->heights[last];
  const gint    width = geometry->widths[last];
  const gdouble scale = geometry->training_scale;
  const gint    least = (gint) floor ((MIN (height, width) - 1) / scale);
  const gint    most = (gint) ceil (MIN (height, width) / scale);
  const gint    longer = scale < 1 ? (gint) lround (settings->max_size / scale)
                                   : MAX (height, width);
  const gint most_scales = count_scales (MIN (most, longer), longer, settings);
  gint       least_scales = count_scales (MAX (least, 1), longer, settings);

  /* The smaller one may be too small already. */
  if (least_scales == 0)
    least_scales = 2;

  return most_scales > 0
         && geometry->n_scales >= least_scales - SCALES_TOLERANCE
         && geometry->n_scales <= most_scales + SCALES_TOLERANCE;
}

gboolean
singan_geometry_is_like (const SinganGeometry *a, const SinganGeometry *b)
{
  gint n;

  if (a->n_scales != b->n_scales)
    return FALSE;
  for (n = 0; n < a->n_scales; n++)
    if (abs (a->heights[n] - b->heights[n]) > SIDE_TOLERANCE
        || abs (a->widths[n] - b->widths[n]) > SIDE_TOLERANCE
        || a->features[n] != b->features[n])
      return FALSE;

  return fabs (a->factor - b->factor) <= FACTOR_TOLERANCE
         && fabs (a->training_scale - b->training_scale) <= FACTOR_TOLERANCE;
}

gboolean
singan_geometry_is_possible (const SinganGeometry *geometry,
                             const SinganSettings *settings)
{
  const gint     last = geometry->n_scales - 1;
  const gint     height = last > 0 ? geometry->heights[last] : 0;
  const gint     width = last > 0 ? geometry->widths[last] : 0;
  const gint     longer = MAX (height, width);
  SinganGeometry expected;

  if (last < 1 || MIN (height, width) < settings->min_size
      || longer > settings->max_size + SIDE_TOLERANCE
      || (geometry->training_scale < 1 && longer < settings->max_size)
      || ! is_number_of_scales_possible (geometry, settings))
    return FALSE;

  fill_scales (&expected, height, width, 1, last, settings);
  expected.training_scale = geometry->training_scale;

  return singan_geometry_is_like (geometry, &expected);
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
