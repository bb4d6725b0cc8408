/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "core/apply/sample.h"

#include <math.h>

#include "core/apply/scale.h"
#include "core/base/error.h"
#include "core/base/i18n.h"

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
  SinganRandomKey       key = { .purpose = SINGAN_RANDOM_SAMPLE };
  g_autoptr (SinganTensor) picture = NULL;
  gint n;

  if (sampling)
    {
      key.seed = sampling->seed;
      key.index = sampling->index;
    }
  for (n = 0; n < geometry->n_scales; n++)
    {
      const gboolean is_fresh = n >= start_scale;
      const gdouble  height_factor = is_fresh ? sampling->height_factor : 1;
      const gdouble  width_factor = is_fresh ? sampling->width_factor : 1;
      SinganTensor  *finer;

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return NULL;

      finer = singan_scale_run (
          model, is_fresh ? &key : NULL, n, picture,
          (gint) lround (height_factor * geometry->heights[n]),
          (gint) lround (width_factor * geometry->widths[n]), error);
      if (! finer)
        return NULL;
      singan_tensor_free (picture);
      picture = finer;
    }

  return g_steal_pointer (&picture);
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
  const gint n_scales = singan_model_get_info (model)->geometry.n_scales;
  g_autoptr (SinganTensor) picture = NULL;

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

  return picture && singan_finish_picture (picture, TRUE, error)
             ? g_steal_pointer (&picture)
             : NULL;
}

SinganTensor *
singan_reconstruct (const SinganModel *model,
                    GCancellable      *cancellable,
                    GError           **error)
{
  g_autoptr (SinganTensor) picture
      = run_pyramid (model, NULL, SINGAN_SCALES_MAXIMUM, cancellable, error);

  return picture && singan_finish_picture (picture, TRUE, error)
             ? g_steal_pointer (&picture)
             : NULL;
}
