/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "core/apply/sample.h"

#include <math.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/pyramid/resize.h"
#include "core/pyramid/stage.h"

/* Upsamples x to height x width and, if the scale is trained, lets its
 * generator add detail: fresh noise if there is a sampling, z* at the coarsest
 * scale and none elsewhere if not. */
static SinganTensor *
run_scale (const SinganModel    *model,
           const SinganSampling *sampling,
           gint                  scale,
           const SinganTensor   *x,
           gint                  height,
           gint                  width,
           GError              **error)
{
  g_autoptr (SinganStage) stage = NULL;
  const SinganNetwork *generator;
  gdouble              amplitude;

  if (scale >= singan_model_n_trained (model))
    return singan_resize (x, height, width, error);

  generator = singan_model_get_generator (model, scale);
  amplitude = singan_model_get_noise_amplitude (model, scale);
  stage = singan_stage_new (generator, height, width, error);
  if (! stage || (x && ! singan_resize_into (x, stage->x, error)))
    return NULL;

  if (sampling)
    {
      const SinganRandomKey key
          = { sampling->seed, SINGAN_RANDOM_SAMPLE, scale, sampling->index };

      singan_noise_draw (&key, stage->noise);
    }
  else if (scale == 0)
    {
      singan_noise_expand (singan_model_get_z_rec (model), stage->noise);
    }
  else
    {
      amplitude = 0;
    }
  singan_stage_run (stage, generator, amplitude);

  return g_steal_pointer (&stage->output);
}

/* Scales below the start run at their own size on the reconstruction's noise,
 * so that the layout is the picture's whatever size is asked for; from the
 * start scale up every plane has the size of the sample. */
static SinganTensor *
run_pyramid (const SinganModel    *model,
             const SinganSampling *sampling,
             gint                  start_scale,
             GCancellable         *cancellable,
             GError              **error)
{
  const SinganGeometry *geometry = &singan_model_get_info (model)->geometry;
  g_autoptr (SinganTensor) picture = NULL;
  gint n;

  for (n = 0; n < geometry->n_scales; n++)
    {
      const gboolean is_fresh = n >= start_scale;
      const gdouble  height_factor = is_fresh ? sampling->height_factor : 1;
      const gdouble  width_factor = is_fresh ? sampling->width_factor : 1;
      SinganTensor  *finer;

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return NULL;

      finer = run_scale (model, is_fresh ? sampling : NULL, n, picture,
                         (gint) lround (height_factor * geometry->heights[n]),
                         (gint) lround (width_factor * geometry->widths[n]),
                         error);
      if (! finer)
        return NULL;
      singan_tensor_free (picture);
      picture = finer;
    }

  return g_steal_pointer (&picture);
}

/* The residuals may leave the range of pixels. */
static SinganTensor *
clamp (SinganTensor *picture)
{
  const gsize count = singan_tensor_size (picture);
  gsize       i;

  for (i = 0; i < count; i++)
    picture->data[i] = CLAMP (picture->data[i], -1, 1);

  return picture;
}

static gboolean
check_factor (const gchar *side, gdouble factor, GError **error)
{
  if (factor >= SINGAN_SIZE_FACTOR_MINIMUM
      && factor <= SINGAN_SIZE_FACTOR_MAXIMUM)
    return TRUE;

  g_set_error (error, SINGAN_ERROR, SINGAN_ERROR_SETTINGS,
               _ ("The %s is %g; it has to be between %g and %g."), side,
               factor, SINGAN_SIZE_FACTOR_MINIMUM, SINGAN_SIZE_FACTOR_MAXIMUM);
  return FALSE;
}

SinganTensor *
singan_sample (const SinganModel    *model,
               const SinganSampling *sampling,
               GCancellable         *cancellable,
               GError              **error)
{
  const gint    n_scales = singan_model_get_info (model)->geometry.n_scales;
  SinganTensor *picture;

  if (! check_factor ("width-factor", sampling->width_factor, error)
      || ! check_factor ("height-factor", sampling->height_factor, error))
    return NULL;
  if (sampling->start_scale < 0 || sampling->start_scale >= n_scales)
    {
      g_set_error (error, SINGAN_ERROR, SINGAN_ERROR_SETTINGS,
                   _ ("The start-scale is %d; this model has the scales 0 "
                      "(coarsest) to %d (finest)."),
                   sampling->start_scale, n_scales - 1);
      return NULL;
    }

  picture = run_pyramid (model, sampling, sampling->start_scale, cancellable,
                         error);

  return picture ? clamp (picture) : NULL;
}

SinganTensor *
singan_reconstruct (const SinganModel *model,
                    GCancellable      *cancellable,
                    GError           **error)
{
  SinganTensor *picture
      = run_pyramid (model, NULL, SINGAN_SCALES_MAXIMUM, cancellable, error);

  return picture ? clamp (picture) : NULL;
}
