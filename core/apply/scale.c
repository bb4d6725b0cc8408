/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "core/apply/scale.h"

#include "core/pyramid/resize.h"
#include "core/pyramid/stage.h"

SinganTensor *
singan_scale_run (const SinganModel     *model,
                  const SinganRandomKey *key,
                  gint                   scale,
                  const SinganTensor    *x,
                  gint                   height,
                  gint                   width,
                  GError               **error)
{
  g_autoptr (SinganStage) stage = NULL;
  const SinganNetwork *generator;
  gdouble              amplitude;

  if (scale >= singan_model_n_trained (model))
    return singan_resize (x, height, width, error);

  generator = singan_model_get_generator (model, scale);
  amplitude = singan_model_get_noise_amplitude (model, scale);
  stage = singan_stage_new (
      generator, height, width,
      singan_noise_border (&singan_model_get_info (model)->settings), error);
  if (! stage || (x && ! singan_resize_into (x, stage->x, error)))
    return NULL;

  if (key)
    {
      SinganRandomKey own = *key;

      own.scale = scale;
      singan_noise_draw (&own, stage->noise);
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

void
singan_clamp_pixels (SinganTensor *picture)
{
  const gsize count = singan_tensor_size (picture);
  gsize       i;

  for (i = 0; i < count; i++)
    picture->data[i] = CLAMP (picture->data[i], -1, 1);
}
