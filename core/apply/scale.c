/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "core/apply/scale.h"

#include "core/apply/strips.h"
#include "core/pyramid/resize.h"
#include "core/pyramid/stage.h"

/* The noise of a scale; NULL if it has none, or, with error set, no memory. */
static SinganTensor *
make_noise (const SinganModel     *model,
            const SinganRandomKey *key,
            gint                   scale,
            gint                   height,
            gint                   width,
            GError               **error)
{
  const SinganModelInfo *info = singan_model_get_info (model);
  const gint             border = singan_noise_border (&info->settings);
  SinganTensor          *noise = NULL;

  if (! key && scale > 0)
    return NULL;

  noise = singan_tensor_new (height + 2 * border, width + 2 * border,
                             info->channels, error);
  if (! noise)
    return NULL;
  if (key)
    {
      SinganRandomKey own = *key;

      own.scale = scale;
      singan_noise_draw (&own, noise);
    }
  else
    {
      singan_noise_expand (singan_model_get_z_rec (model), noise);
    }

  return noise;
}

SinganTensor *
singan_scale_run (const SinganModel     *model,
                  const SinganRandomKey *key,
                  gint                   scale,
                  const SinganTensor    *x,
                  gint                   height,
                  gint                   width,
                  GError               **error)
{
  const gint channels = singan_model_get_info (model)->channels;
  g_autoptr (SinganTensor) enlarged = NULL;
  g_autoptr (SinganTensor) noise = NULL;
  g_autoptr (SinganTensor) output = NULL;
  g_autoptr (GError) reason = NULL;

  enlarged = x ? singan_resize (x, height, width, error)
               : singan_tensor_new (height, width, channels, error);
  if (! enlarged || scale >= singan_model_n_trained (model))
    return g_steal_pointer (&enlarged);

  noise = make_noise (model, key, scale, height, width, &reason);
  if (reason)
    {
      g_propagate_error (error, g_steal_pointer (&reason));
      return NULL;
    }
  output = singan_tensor_new (height, width, channels, error);
  if (! output
      || ! singan_strips_run (singan_model_get_generator (model, scale),
                              enlarged, noise,
                              singan_model_get_noise_amplitude (model, scale),
                              0, output, NULL, NULL, error))
    return NULL;

  return g_steal_pointer (&output);
}

void
singan_clamp_pixels (SinganTensor *picture)
{
  const gsize count = singan_tensor_size (picture);
  gsize       i;

  for (i = 0; i < count; i++)
    picture->data[i] = CLAMP (picture->data[i], -1, 1);
}
