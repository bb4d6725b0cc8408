/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "core/training/scale-below.h"

#include "core/pyramid/resize.h"

struct _SinganScaleBelow
{
  SinganNetwork *generator;
  SinganPasses  *passes;
  gdouble        noise_amplitude;

  SinganTensor  *reconstruction_x;
  SinganTensor  *input; /* of the generator, padded */
  SinganTensor  *output;
  SinganTensor  *grad_output;
  SinganTensor  *grad_upsampled;
  SinganResizer *resizer;
};

SinganScaleBelow *
singan_scale_below_new (SinganWorkspace    *workspace,
                        SinganNetwork      *generator,
                        gdouble             noise_amplitude,
                        const SinganTensor *reconstruction_x,
                        gint                height,
                        gint                width,
                        GError            **error)
{
  const SinganTensor *x = reconstruction_x;
  const gint          padded_height = x->height + 2 * SINGAN_BORDER;
  const gint          padded_width = x->width + 2 * SINGAN_BORDER;
  g_autoptr (SinganScaleBelow) below = g_new0 (SinganScaleBelow, 1);

  below->generator = generator;
  below->noise_amplitude = noise_amplitude;
  if (! (below->reconstruction_x = singan_tensor_copy (x, error))
      || ! (below->input = singan_tensor_new (padded_height, padded_width,
                                              x->channels, error))
      || ! (below->output
            = singan_tensor_new (x->height, x->width, x->channels, error))
      || ! (below->grad_output
            = singan_tensor_new (x->height, x->width, x->channels, error))
      || ! (below->grad_upsampled
            = singan_tensor_new (height, width, x->channels, error))
      || ! (below->resizer = singan_resizer_new (x, height, width, error))
      || ! (below->passes = singan_passes_new_within (
                workspace, generator, padded_height, padded_width,
                SINGAN_PASS_BACKWARD, error)))
    return NULL;

  return g_steal_pointer (&below);
}

void
singan_scale_below_free (SinganScaleBelow *below)
{
  if (! below)
    return;
  singan_network_free (below->generator);
  singan_passes_free (below->passes);
  singan_tensor_free (below->reconstruction_x);
  singan_tensor_free (below->input);
  singan_tensor_free (below->output);
  singan_tensor_free (below->grad_output);
  singan_tensor_free (below->grad_upsampled);
  singan_resizer_free (below->resizer);
  g_free (below);
}

void
singan_scale_below_run (SinganScaleBelow  *below,
                        const SinganStage *stage,
                        SinganTensor      *upsampled)
{
  const SinganTensor *x = stage ? stage->x : below->reconstruction_x;
  const gsize         count = singan_tensor_size (below->output);
  const SinganReal   *residual;
  gsize               i;

  singan_generator_input (x, stage ? stage->noise : NULL,
                          below->noise_amplitude,
                          below->generator->mirrors_border, below->input);
  residual = singan_network_forward (below->generator, below->passes,
                                     below->input->data, TRUE);
  for (i = 0; i < count; i++)
    below->output->data[i] = residual[i] + x->data[i];
  singan_resizer_run (below->resizer, below->output, upsampled);
}

void
singan_scale_below_backward (SinganScaleBelow *below,
                             const SinganReal *grad_picture,
                             const SinganReal *grad_input)
{
  SinganTensor *grad = below->grad_upsampled;
  const gsize   row = (gsize) grad->width * grad->channels;
  const gsize   border = (gsize) SINGAN_BORDER * grad->channels;
  gint          h;
  gsize         i;

  for (h = 0; h < grad->height; h++)
    {
      const SinganReal *inner
          = grad_input + (h + SINGAN_BORDER) * (row + 2 * border) + border;

      for (i = 0; i < row; i++)
        grad->data[h * row + i] = grad_picture[h * row + i] + inner[i];
    }
  singan_resizer_run_transposed (below->resizer, grad, below->grad_output);
  singan_network_backward (below->generator, below->passes,
                           below->grad_output->data, TRUE, NULL);
}

SinganNetwork *
singan_scale_below_get_generator (SinganScaleBelow *below)
{
  return below->generator;
}
