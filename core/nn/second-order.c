/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The two tangent passes of the five-block chain, which the gradient penalty
 * needs.  Names as in algorithm section 9: dot_x is the tangent of x.
 */

#include "config.h"

#include "core/nn/passes-private.h"

/* The tangents of all activations along dot_x,
 *   dot_act = gamma s (dot_y - mean (dot_y) - xh mean (dot_y xh)) mask (act);
 * the last block's is not needed, for L is linear in the output. */
static void
forward_tangent (SinganNetwork    *network,
                 SinganPasses     *passes,
                 const SinganReal *dot_x)
{
  SinganMap map = singan_map_plain (dot_x);
  gint      b;

  for (b = 0; b < SINGAN_NORM_BLOCKS; b++)
    {
      const gsize        pixels = singan_passes_pixels (&passes->shapes[b]);
      SinganNormBlock   *block = &passes->blocks[b];
      const SinganOutput output = singan_norm_output (
          block, FALSE, block->dot_y, block->mean_dot, block->mean_dot_xh);
      gint c;

      singan_kernels_get ()->conv_forward (
          &passes->shapes[b], &map,
          singan_network_get_arranged (network, b, FALSE), NULL, &output,
          &passes->workspace->scratch);
      for (c = 0; c < network->features; c++)
        {
          const gdouble scale = block->scale[c];
          gdouble       of_y;

          block->mean_dot[c] /= pixels;
          block->mean_dot_xh[c] /= pixels;
          of_y = -scale * block->mean_dot_xh[c] * block->inv_std[c];
          block->dot_scale_y[c] = (SinganReal) of_y;
          block->dot_shift[c] = (SinganReal) (-scale * block->mean_dot[c]
                                              - of_y * block->mean[c]);
        }
      map = singan_norm_tangent (block);
    }
}

/* Batch norm's second order.  With s = inv_std, s. = -s^2 mean (xh y.) and
 * P (u) = u - mean (u) - xh mean (xh u),
 *   gx. = gamma (s. P (gy) + s (P (gy.) - xh. mean (xh gy) - xh mean (xh. gy)))
 * is linear in gy, gy., xh, xh. and 1, and with xh = s (y - mean (y)),
 *   xh. = s (y. - mean (y.) - xh mean (xh y.)),
 * in gy, gy., y, y. and 1; the coefficients are gathered here.  dot_grad is gy.
 * in, its sums in sum_dot and sum_dot_xh, and gx. out; is_zero says that it is
 * zero, whatever stands there. */
static void
norm_block_backward_tangent (SinganNetwork *network,
                             SinganPasses  *passes,
                             gint           b,
                             gboolean       is_zero,
                             const gdouble *sum_dot,
                             const gdouble *sum_dot_xh)
{
  const SinganKernels         *kernels = singan_kernels_get ();
  const SinganBlockParameters *parameters = &network->blocks[b];
  const gsize       pixels = singan_passes_pixels (&passes->shapes[b]);
  const gint        channels = parameters->out_channels;
  SinganNormBlock  *block = &passes->blocks[b];
  SinganChannelSums sum_grad;
  SinganChannelSums sum_grad_dot; /* grad times dot_y, then dot_xh */
  SinganChannelSums of_grad;
  SinganChannelSums of_dot_grad;
  SinganChannelSums of_y;
  SinganChannelSums of_dot_y;
  SinganChannelSums of_one;
  gint              c;

  kernels->channel_sums (pixels, channels, block->grad, block->dot_y, sum_grad,
                         sum_grad_dot);

  for (c = 0; c < channels; c++)
    {
      const gdouble gamma = network->value[parameters->gamma + c];
      const gdouble s = block->inv_std[c];
      const gdouble dot_s = -s * s * block->mean_dot_xh[c];
      const gdouble mean_grad = block->mean_grad[c];
      const gdouble mean_grad_xh = block->mean_grad_xh[c];
      gdouble       of_xh;
      gdouble       of_dot_xh;

      sum_grad_dot[c] = s
                        * (sum_grad_dot[c]
                           - pixels
                                 * (block->mean_dot[c] * mean_grad
                                    + block->mean_dot_xh[c] * mean_grad_xh));
      of_grad[c] = gamma * dot_s;
      of_dot_grad[c] = gamma * s;
      of_xh = -gamma * dot_s * mean_grad_xh
              - gamma * s * (sum_dot_xh[c] + sum_grad_dot[c]) / pixels;
      of_dot_xh = -gamma * s * mean_grad_xh;
      of_xh -= of_dot_xh * s * block->mean_dot_xh[c];
      of_y[c] = of_xh * s;
      of_dot_y[c] = of_dot_xh * s;
      of_one[c] = -gamma * dot_s * mean_grad - gamma * s * sum_dot[c] / pixels
                  - of_xh * s * block->mean[c]
                  - of_dot_xh * s * block->mean_dot[c];
    }

  singan_passes_add_sums (network->gradient + parameters->beta, sum_dot,
                          channels);
  singan_passes_add_sums (network->gradient + parameters->gamma, sum_dot_xh,
                          channels);
  singan_passes_add_sums (network->gradient + parameters->gamma, sum_grad_dot,
                          channels);
  kernels->norm_backward_tangent (pixels, channels, block->grad,
                                  is_zero ? NULL : block->dot_grad, block->y,
                                  block->dot_y, of_grad, of_dot_grad, of_y,
                                  of_dot_y, of_one, block->dot_grad);
}

void
singan_network_second_order (SinganNetwork    *network,
                             SinganPasses     *passes,
                             const SinganReal *dot_x)
{
  SinganChannelSums sum_dot = { 0 };
  SinganChannelSums sum_dot_xh = { 0 };
  SinganMap         x;
  SinganMap         grad_y = singan_map_plain (passes->grad_output);
  gint              b;

  g_return_if_fail (passes->kind == SINGAN_PASS_TANGENT && ! network->has_tanh
                    && ! network->keeps_statistics);

  singan_passes_begin (passes);
  forward_tangent (network, passes, dot_x);

  /* L is linear in the last block's output: its gradient there has no tangent,
   * and nothing but corr (x., gy) is left of that block. */
  x = singan_norm_tangent (&passes->blocks[SINGAN_NORM_BLOCKS - 1]);
  singan_passes_accumulate (network, passes, SINGAN_NORM_BLOCKS, &x, &grad_y);

  for (b = SINGAN_NORM_BLOCKS - 1; b >= 0; b--)
    {
      const SinganNormBlock *block = &passes->blocks[b];
      const SinganMap        dot_grad = singan_map_plain (block->dot_grad);

      norm_block_backward_tangent (
          network, passes, b, b == SINGAN_NORM_BLOCKS - 1, sum_dot, sum_dot_xh);

      /* gW += corr (x., gy) + corr (x, gy.) */
      x = b > 0 ? singan_norm_tangent (&passes->blocks[b - 1])
                : singan_map_plain (dot_x);
      grad_y = singan_norm_gradient (block);
      singan_passes_accumulate (network, passes, b, &x, &grad_y);
      x = singan_passes_input (passes, b);
      singan_passes_accumulate (network, passes, b, &x, &dot_grad);

      if (b > 0)
        singan_passes_backward_data (network, passes, b, &dot_grad, TRUE,
                                     sum_dot, sum_dot_xh);
    }
}
