/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "core/apply/inject.h"

#include "core/apply/scale.h"
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/pyramid/resize.h"

gboolean
singan_inject_check (gint start_scale, gint n_scales, GError **error)
{
  if (start_scale >= SINGAN_INJECTION_SCALE_MINIMUM && start_scale < n_scales)
    return TRUE;

  g_set_error (error, SINGAN_ERROR, SINGAN_ERROR_SETTINGS,
               _ ("The start-scale is %d; a picture can enter this model at "
                  "the scales %d (coarse) to %d (finest)."),
               start_scale, SINGAN_INJECTION_SCALE_MINIMUM, n_scales - 1);
  return FALSE;
}

SinganTensor *
singan_inject (const SinganModel     *model,
               const SinganInjection *injection,
               const SinganTensor    *picture,
               GCancellable          *cancellable,
               GError               **error)
{
  const SinganGeometry *geometry = &singan_model_get_info (model)->geometry;
  const SinganRandomKey key
      = { injection->seed, SINGAN_RANDOM_INJECTION, 0, 0 };
  const gint start = injection->start_scale;
  g_autoptr (SinganTensor) current = NULL;
  gint n;

  if (! singan_inject_check (start, singan_model_n_trained (model), error))
    return NULL;

  current = singan_resize (picture, geometry->heights[start - 1],
                           geometry->widths[start - 1], error);
  if (current && injection->palette)
    {
      SinganTensor *entering = singan_resize (current, geometry->heights[start],
                                              geometry->widths[start], error);

      if (entering)
        singan_palette_apply (injection->palette, entering);
      singan_tensor_free (current);
      current = entering;
    }
  for (n = start; current && n < geometry->n_scales; n++)
    {
      SinganTensor *finer = NULL;

      if (! g_cancellable_set_error_if_cancelled (cancellable, error))
        finer = singan_scale_run (model, &key, n, current, geometry->heights[n],
                                  geometry->widths[n], error);
      singan_tensor_free (current);
      current = finer;
    }

  return current && singan_finish_picture (current, FALSE, error)
             ? g_steal_pointer (&current)
             : NULL;
}
