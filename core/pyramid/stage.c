/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "core/pyramid/stage.h"

gint
singan_noise_border (const SinganSettings *settings)
{
  return settings->purpose == SINGAN_PURPOSE_ANIMATION ? SINGAN_BORDER : 0;
}

void
singan_noise_expand (const SinganTensor *plane, SinganTensor *noise)
{
  const gsize pixels = (gsize) noise->height * noise->width;
  gsize       p;
  gint        c;

  g_return_if_fail (plane->height == noise->height
                    && plane->width == noise->width && plane->channels == 1);

  for (p = 0; p < pixels; p++)
    for (c = 0; c < noise->channels; c++)
      noise->data[p * noise->channels + c] = plane->data[p];
}

void
singan_noise_draw (const SinganRandomKey *key, SinganTensor *noise)
{
  const gsize pixels = (gsize) noise->height * noise->width;
  gsize       p;
  gint        c;

  if (key->scale > 0)
    {
      singan_random_normal (key, noise->data, singan_tensor_size (noise));
      return;
    }

  /* The plane is drawn into the front and spread from the back, so that no
   * number is overwritten before it has been read. */
  singan_random_normal (key, noise->data, pixels);
  for (p = pixels; p-- > 0;)
    {
      const SinganReal value = noise->data[p];

      for (c = 0; c < noise->channels; c++)
        noise->data[p * noise->channels + c] = value;
    }
}

void
singan_generator_input (const SinganTensor *x,
                        const SinganTensor *noise,
                        gdouble             amplitude,
                        gboolean            mirrors_border,
                        SinganTensor       *padded)
{
  const gsize padded_row = (gsize) padded->width * padded->channels;
  gsize       row;
  gint        border;
  gint        h;
  gsize       i;

  singan_tensor_pad (x, SINGAN_BORDER, mirrors_border, padded);
  if (! noise || amplitude == 0)
    return;

  row = (gsize) noise->width * noise->channels;
  /* What the noise leaves of the border. */
  border = (padded->height - noise->height) / 2;
  for (h = 0; h < noise->height; h++)
    {
      SinganReal *to = padded->data + (h + border) * padded_row
                       + (gsize) border * padded->channels;
      const SinganReal *from = noise->data + h * row;

      for (i = 0; i < row; i++)
        to[i] += (SinganReal) amplitude * from[i];
    }
}

SinganStage *
singan_stage_new (const SinganNetwork *generator,
                  gint                 height,
                  gint                 width,
                  gint                 noise_border,
                  GError             **error)
{
  g_autoptr (SinganWorkspace) workspace = singan_workspace_new ();

  return singan_stage_new_within (workspace, generator, height, width,
                                  noise_border, error);
}

SinganStage *
singan_stage_new_within (SinganWorkspace     *workspace,
                         const SinganNetwork *generator,
                         gint                 height,
                         gint                 width,
                         gint                 noise_border,
                         GError             **error)
{
  g_autoptr (SinganStage) stage = g_new0 (SinganStage, 1);
  const gint channels = generator->in_channels;
  const gint padded_height = height + 2 * SINGAN_BORDER;
  const gint padded_width = width + 2 * SINGAN_BORDER;

  if (! (stage->x = singan_tensor_new (height, width, channels, error))
      || ! (stage->noise
            = singan_tensor_new (height + 2 * noise_border,
                                 width + 2 * noise_border, channels, error))
      || ! (stage->output = singan_tensor_new (height, width, channels, error))
      || ! (stage->padded
            = singan_tensor_new (padded_height, padded_width, channels, error))
      || ! (stage->passes = singan_passes_new_within (
                workspace, generator, padded_height, padded_width,
                SINGAN_PASS_INFER, error)))
    return NULL;

  return g_steal_pointer (&stage);
}

void
singan_stage_free (SinganStage *stage)
{
  if (! stage)
    return;
  singan_tensor_free (stage->x);
  singan_tensor_free (stage->noise);
  singan_tensor_free (stage->output);
  singan_tensor_free (stage->padded);
  singan_passes_free (stage->passes);
  g_free (stage);
}

void
singan_stage_run (SinganStage         *stage,
                  const SinganNetwork *generator,
                  gdouble              amplitude)
{
  const gsize       count = singan_tensor_size (stage->output);
  const SinganReal *residual;
  gsize             i;

  singan_generator_input (stage->x, stage->noise, amplitude,
                          generator->mirrors_border, stage->padded);
  residual
      = singan_network_infer (generator, stage->passes, stage->padded->data);
  for (i = 0; i < count; i++)
    stage->output->data[i] = residual[i] + stage->x->data[i];
}
