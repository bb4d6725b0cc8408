/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The four passes of the five-block chain.  Names as in algorithm section 9: xh
 * normalised, act after LeakyReLU, grad_x dL/dx, dot_x a tangent.
 */

#include "config.h"

#include "core/nn/network.h"

#include <math.h>

#include "core/base/memory.h"
#include "core/kernels/kernels.h"

/* torch.nn.BatchNorm2d's, which the authors use. */
#define RUNNING_MOMENTUM 0.1

typedef SinganReal ChannelReals[SINGAN_FEATURES_MAXIMUM];
typedef gdouble    ChannelSums[SINGAN_FEATURES_MAXIMUM];

/* What a norm block keeps from pass to pass, all [pixels, features]; what the
 * convolutions read of it are functions of these, per channel (SinganMap).
 * Nobody asks for some arrays once the block below has its own: then every
 * other block has the same one. */
typedef struct
{
  SinganReal *y;        /* the convolution's output */
  SinganReal *grad;     /* dL/d(norm's output) */
  SinganReal *dot_y;    /* tangent of y */
  SinganReal *dot_grad; /* tangent of grad, then of dL/dy */

  ChannelReals mean;    /* of y */
  ChannelReals inv_std; /* of y */

  /* act = leaky (scale y + shift) */
  ChannelReals scale;
  ChannelReals shift;

  /* dL/dy = grad_scale grad + grad_scale_y y + grad_shift */
  ChannelReals grad_scale;
  ChannelReals grad_scale_y;
  ChannelReals grad_shift;

  /* dot_act = (scale dot_y + dot_scale_y y + dot_shift) mask (act) */
  ChannelReals dot_scale_y;
  ChannelReals dot_shift;

  ChannelSums mean_grad;    /* mean (grad) */
  ChannelSums mean_grad_xh; /* mean (grad xh) */
  ChannelSums mean_dot;     /* mean (dot_y) */
  ChannelSums mean_dot_xh;  /* mean (dot_y xh) */
} NormBlock;

/* Arrays that passes own at most. */
#define ARRAYS_MAXIMUM (4 * SINGAN_NORM_BLOCKS + 2)

struct _SinganPasses
{
  SinganPassKind    kind;
  SinganReal       *arrays[ARRAYS_MAXIMUM];
  gint              n_arrays;
  SinganConvShape   shapes[SINGAN_BLOCKS];
  NormBlock         blocks[SINGAN_NORM_BLOCKS];
  SinganReal       *output;
  SinganReal       *grad_output; /* of the last block's convolution */
  SinganReal       *infer[2];    /* ping and pong */
  SinganScratch     scratch;
  const SinganReal *x;
};

static gsize
out_pixels (const SinganConvShape *shape)
{
  return (gsize) (shape->height - 2) * (shape->width - 2);
}

static gboolean
reserve (SinganPasses *passes,
         SinganReal  **array,
         gsize         pixels,
         gint          channels,
         GError      **error)
{
  gsize count;

  if (! singan_size_product (&count, 2, pixels, (gsize) channels))
    count = G_MAXSIZE;
  *array = singan_reals_new (count, error);
  if (*array)
    passes->arrays[passes->n_arrays++] = *array;

  return *array != NULL;
}

static gboolean
reserve_norm_block (SinganPasses *passes, gint b, GError **error)
{
  const gboolean is_tangent = passes->kind == SINGAN_PASS_TANGENT;
  const gsize    pixels = out_pixels (&passes->shapes[b]);
  const gint     channels = passes->shapes[b].out_channels;
  NormBlock     *block = &passes->blocks[b];

  if (! reserve (passes, &block->y, pixels, channels, error))
    return FALSE;

  if (is_tangent || b < 2)
    {
      if (! reserve (passes, &block->grad, pixels, channels, error))
        return FALSE;
    }
  else
    {
      block->grad = passes->blocks[b - 2].grad;
    }

  if (! is_tangent)
    return TRUE;
  if (! reserve (passes, &block->dot_y, pixels, channels, error))
    return FALSE;
  if (b < 2)
    return reserve (passes, &block->dot_grad, pixels, channels, error);
  block->dot_grad = passes->blocks[b - 2].dot_grad;

  return TRUE;
}

SinganPasses *
singan_passes_new (const SinganNetwork *network,
                   gint                 height,
                   gint                 width,
                   SinganPassKind       kind,
                   GError             **error)
{
  g_autoptr (SinganPasses) passes = g_new0 (SinganPasses, 1);
  const SinganKernels *kernels = singan_kernels_get ();
  gsize                scratch = 0;
  gint                 b;

  g_return_val_if_fail (height > 2 * SINGAN_BORDER && width > 2 * SINGAN_BORDER,
                        NULL);

  passes->kind = kind;
  for (b = 0; b < SINGAN_BLOCKS; b++)
    {
      SinganConvShape *shape = &passes->shapes[b];

      *shape = (SinganConvShape){ height - 2 * b, width - 2 * b,
                                  network->blocks[b].in_channels,
                                  network->blocks[b].out_channels };
      scratch = MAX (scratch, kernels->conv_scratch (shape));

      if (b < SINGAN_NORM_BLOCKS && kind != SINGAN_PASS_INFER
          && ! reserve_norm_block (passes, b, error))
        return NULL;
      if (b < 2 && kind == SINGAN_PASS_INFER
          && ! reserve (passes, &passes->infer[b],
                        out_pixels (&passes->shapes[0]), network->features,
                        error))
        return NULL;
    }

  if (! reserve (passes, &passes->output, out_pixels (&passes->shapes[b - 1]),
                 network->out_channels, error)
      || (kind != SINGAN_PASS_INFER
          && ! reserve (passes, &passes->grad_output,
                        out_pixels (&passes->shapes[b - 1]),
                        network->out_channels, error))
      || ! singan_scratch_init (&passes->scratch, scratch, error))
    return NULL;

  return g_steal_pointer (&passes);
}

void
singan_passes_free (SinganPasses *passes)
{
  gint i;

  if (! passes)
    return;
  for (i = 0; i < passes->n_arrays; i++)
    singan_reals_free (passes->arrays[i]);
  singan_scratch_clear (&passes->scratch);
  g_free (passes);
}

static void
tanh_forward (gsize count, SinganReal *y)
{
  gsize i;

  for (i = 0; i < count; i++)
    y[i] = (SinganReal) tanh (y[i]);
}

/* act = leaky (gamma xh + beta), of a block's y or of one in its place. */
static SinganMap
activation (const NormBlock *block, const SinganReal *y)
{
  return (SinganMap){ .form = SINGAN_MAP_ACTIVATION,
                      .x = y,
                      .scale = block->scale,
                      .shift = block->shift };
}

/* dL/dy. */
static SinganMap
gradient (const NormBlock *block)
{
  return (SinganMap){ .form = SINGAN_MAP_LINEAR,
                      .x = block->grad,
                      .beside = block->y,
                      .scale = block->grad_scale,
                      .scale_beside = block->grad_scale_y,
                      .shift = block->grad_shift };
}

/* The tangent of act. */
static SinganMap
tangent (const NormBlock *block)
{
  return (SinganMap){ .form = SINGAN_MAP_MASKED,
                      .x = block->dot_y,
                      .beside = block->y,
                      .scale = block->scale,
                      .scale_beside = block->dot_scale_y,
                      .shift = block->dot_shift,
                      .mask_scale = block->scale,
                      .mask_shift = block->shift };
}

/* Of what is written: its sum over the pixels and that of it times xh; before
 * that, if it is dL/dact, it is made dL/d(norm's output). */
static SinganOutput
summed_output (const NormBlock *block,
               gboolean         is_gradient,
               SinganReal      *y,
               gdouble         *sum,
               gdouble         *sum_xh)
{
  return (SinganOutput){ .form = is_gradient ? SINGAN_OUTPUT_MASKED
                                             : SINGAN_OUTPUT_SUMS,
                         .y = y,
                         .beside = block->y,
                         .mask_scale = block->scale,
                         .mask_shift = block->shift,
                         .mean = block->mean,
                         .inv_std = block->inv_std,
                         .first = sum,
                         .second = sum_xh };
}

/* Convolves x to y and sets what the block's act takes. */
static void
forward_norm_block (const SinganNetwork *network,
                    SinganPasses        *passes,
                    gint                 b,
                    const SinganMap     *x,
                    const SinganReal    *arranged,
                    SinganReal          *y,
                    gdouble             *mean,
                    gdouble             *variance)
{
  const SinganBlockParameters *parameters = &network->blocks[b];
  NormBlock                   *block = &passes->blocks[b];
  const SinganOutput           output = {
              .form = SINGAN_OUTPUT_MOMENTS, .y = y, .first = mean, .second = variance
  };
  gint c;

  singan_kernels_get ()->conv_forward (&passes->shapes[b], x, arranged,
                                       network->value + parameters->bias,
                                       &output, &passes->scratch);
  for (c = 0; c < parameters->out_channels; c++)
    {
      const gdouble inv_std = 1 / sqrt (variance[c] + SINGAN_BATCHNORM_EPS);
      const gdouble scale = network->value[parameters->gamma + c] * inv_std;

      block->mean[c] = (SinganReal) mean[c];
      block->inv_std[c] = (SinganReal) inv_std;
      block->scale[c] = (SinganReal) scale;
      block->shift[c] = (SinganReal) (network->value[parameters->beta + c]
                                      - scale * mean[c]);
    }
}

/* Of a norm that is folded into the weights: act = leaky (y). */
static void
set_identity (NormBlock *block)
{
  gint c;

  for (c = 0; c < SINGAN_FEATURES_MAXIMUM; c++)
    {
      block->scale[c] = 1;
      block->shift[c] = 0;
    }
}

const SinganReal *
singan_network_infer (const SinganNetwork *network,
                      SinganPasses        *passes,
                      const SinganReal    *x)
{
  const SinganKernels *kernels = singan_kernels_get ();
  SinganMap            map = singan_map_plain (x);
  gint                 b;

  g_return_val_if_fail (network->folded && passes->kind == SINGAN_PASS_INFER,
                        NULL);

  for (b = 0; b < SINGAN_BLOCKS; b++)
    {
      const SinganReal *arranged = network->arranged[b][FALSE];
      SinganReal       *y
          = b == SINGAN_NORM_BLOCKS ? passes->output : passes->infer[b % 2];

      if (b < SINGAN_NORM_BLOCKS && network->has_own_statistics)
        {
          ChannelSums mean;
          ChannelSums variance;

          forward_norm_block (network, passes, b, &map, arranged, y, mean,
                              variance);
        }
      else
        {
          const SinganOutput output = singan_output_plain (y);

          kernels->conv_forward (&passes->shapes[b], &map, arranged,
                                 network->folded + network->blocks[b].bias,
                                 &output, &passes->scratch);
          if (b < SINGAN_NORM_BLOCKS)
            set_identity (&passes->blocks[b]);
        }
      if (b < SINGAN_NORM_BLOCKS)
        map = activation (&passes->blocks[b], y);
    }

  if (network->has_tanh)
    tanh_forward (out_pixels (&passes->shapes[SINGAN_NORM_BLOCKS])
                      * network->out_channels,
                  passes->output);

  return passes->output;
}

/* running += momentum (batch - running), the variance unbiased. */
static void
update_running_statistics (SinganNetwork               *network,
                           const SinganBlockParameters *block,
                           gsize                        pixels,
                           const gdouble               *mean,
                           const gdouble               *variance)
{
  SinganReal   *running_mean = network->running + block->running_mean;
  SinganReal   *running_variance = network->running + block->running_variance;
  const gdouble unbias = pixels > 1 ? (gdouble) pixels / (pixels - 1) : 1;
  gint          c;

  for (c = 0; c < block->out_channels; c++)
    {
      running_mean[c] = (SinganReal) ((1 - RUNNING_MOMENTUM) * running_mean[c]
                                      + RUNNING_MOMENTUM * mean[c]);
      running_variance[c]
          = (SinganReal) ((1 - RUNNING_MOMENTUM) * running_variance[c]
                          + RUNNING_MOMENTUM * variance[c] * unbias);
    }
}

/* What a block's convolution reads in batch mode. */
static SinganMap
block_input (const SinganPasses *passes, gint b)
{
  return b > 0 ? activation (&passes->blocks[b - 1], passes->blocks[b - 1].y)
               : singan_map_plain (passes->x);
}

const SinganReal *
singan_network_forward (SinganNetwork    *network,
                        SinganPasses     *passes,
                        const SinganReal *x,
                        gboolean          update_running)
{
  const SinganBlockParameters *last = &network->blocks[SINGAN_NORM_BLOCKS];
  SinganOutput                 output = singan_output_plain (passes->output);
  SinganMap                    map;
  gint                         b;

  g_return_val_if_fail (passes->kind != SINGAN_PASS_INFER, NULL);

  passes->x = x;
  for (b = 0; b < SINGAN_NORM_BLOCKS; b++)
    {
      ChannelSums mean;
      ChannelSums variance;

      map = block_input (passes, b);
      forward_norm_block (network, passes, b, &map,
                          singan_network_get_arranged (network, b, FALSE),
                          passes->blocks[b].y, mean, variance);
      if (update_running)
        update_running_statistics (network, &network->blocks[b],
                                   out_pixels (&passes->shapes[b]), mean,
                                   variance);
    }

  map = block_input (passes, b);
  singan_kernels_get ()->conv_forward (
      &passes->shapes[b], &map, singan_network_get_arranged (network, b, FALSE),
      network->value + last->bias, &output, &passes->scratch);
  if (network->has_tanh)
    tanh_forward (out_pixels (&passes->shapes[b]) * network->out_channels,
                  passes->output);

  return passes->output;
}

static void
add_to_gradient (SinganReal *gradient, const gdouble *sum, gint channels)
{
  gint c;

  for (c = 0; c < channels; c++)
    gradient[c] += (SinganReal) sum[c];
}

static void
accumulate_conv (SinganNetwork   *network,
                 SinganPasses    *passes,
                 gint             b,
                 const SinganMap *x,
                 const SinganMap *grad_y)
{
  singan_kernels_get ()->conv_backward_weight (
      &passes->shapes[b], x, grad_y,
      network->gradient + network->blocks[b].weight, &passes->scratch);
}

/* The last block's: those before a batch norm have no effect, for it takes the
 * mean away, and so no gradient. */
static void
accumulate_bias (SinganNetwork *network, SinganPasses *passes)
{
  const SinganBlockParameters *parameters
      = &network->blocks[SINGAN_NORM_BLOCKS];
  ChannelSums sum;

  singan_kernels_get ()->channel_sums (
      out_pixels (&passes->shapes[SINGAN_NORM_BLOCKS]),
      parameters->out_channels, passes->grad_output, NULL, sum, NULL);
  add_to_gradient (network->gradient + parameters->bias, sum,
                   parameters->out_channels);
}

/* From the sums of a block's grad, which are in mean_grad and mean_grad_xh, to
 * the means, and to the coefficients of
 *   dL/dy = gamma s (grad - mean (grad) - xh mean (grad xh)). */
static void
norm_block_backward (SinganNetwork *network,
                     SinganPasses  *passes,
                     gint           b,
                     gboolean       accumulate)
{
  const SinganBlockParameters *parameters = &network->blocks[b];
  const gsize                  pixels = out_pixels (&passes->shapes[b]);
  const gint                   channels = parameters->out_channels;
  NormBlock                   *block = &passes->blocks[b];
  gint                         c;

  if (accumulate)
    {
      add_to_gradient (network->gradient + parameters->beta, block->mean_grad,
                       channels);
      add_to_gradient (network->gradient + parameters->gamma,
                       block->mean_grad_xh, channels);
    }
  for (c = 0; c < channels; c++)
    {
      const gdouble scale = block->scale[c];
      gdouble       of_y;

      block->mean_grad[c] /= pixels;
      block->mean_grad_xh[c] /= pixels;
      of_y = -scale * block->mean_grad_xh[c] * block->inv_std[c];
      block->grad_scale[c] = (SinganReal) scale;
      block->grad_scale_y[c] = (SinganReal) of_y;
      block->grad_shift[c]
          = (SinganReal) (-scale * block->mean_grad[c] - of_y * block->mean[c]);
    }
}

/* dL/dx of block b's convolution, which becomes the grad, or dot_grad if
 * is_tangent, of the block below. */
static void
backward_data (SinganNetwork   *network,
               SinganPasses    *passes,
               gint             b,
               const SinganMap *grad_y,
               gboolean         is_tangent,
               gdouble         *sum,
               gdouble         *sum_xh)
{
  NormBlock         *below = &passes->blocks[b - 1];
  const SinganOutput output = summed_output (
      below, TRUE, is_tangent ? below->dot_grad : below->grad, sum, sum_xh);

  singan_kernels_get ()->conv_backward_data (
      &passes->shapes[b], grad_y,
      singan_network_get_arranged (network, b, TRUE), &output,
      &passes->scratch);
}

void
singan_network_backward (SinganNetwork    *network,
                         SinganPasses     *passes,
                         const SinganReal *grad_output,
                         gboolean          accumulate,
                         SinganReal       *grad_x)
{
  const gsize count = out_pixels (&passes->shapes[SINGAN_NORM_BLOCKS])
                      * network->out_channels;
  gsize i;
  gint  b;

  g_return_if_fail (passes->kind != SINGAN_PASS_INFER);

  /* d tanh (u) / du = 1 - tanh (u)^2 */
  for (i = 0; i < count; i++)
    passes->grad_output[i]
        = network->has_tanh
              ? grad_output[i] * (1 - passes->output[i] * passes->output[i])
              : grad_output[i];

  if (accumulate)
    accumulate_bias (network, passes);

  for (b = SINGAN_BLOCKS - 1; b >= 0; b--)
    {
      const SinganMap x = block_input (passes, b);
      SinganMap       grad_y = singan_map_plain (passes->grad_output);

      if (b < SINGAN_NORM_BLOCKS)
        {
          norm_block_backward (network, passes, b, accumulate);
          grad_y = gradient (&passes->blocks[b]);
        }
      if (accumulate)
        accumulate_conv (network, passes, b, &x, &grad_y);
      if (b > 0)
        {
          backward_data (network, passes, b, &grad_y, FALSE,
                         passes->blocks[b - 1].mean_grad,
                         passes->blocks[b - 1].mean_grad_xh);
        }
      else if (grad_x)
        {
          const SinganOutput output = singan_output_plain (grad_x);

          singan_kernels_get ()->conv_backward_data (
              &passes->shapes[b], &grad_y,
              singan_network_get_arranged (network, b, TRUE), &output,
              &passes->scratch);
        }
    }
}

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
      const gsize        pixels = out_pixels (&passes->shapes[b]);
      NormBlock         *block = &passes->blocks[b];
      const SinganOutput output = summed_output (
          block, FALSE, block->dot_y, block->mean_dot, block->mean_dot_xh);
      gint c;

      singan_kernels_get ()->conv_forward (
          &passes->shapes[b], &map,
          singan_network_get_arranged (network, b, FALSE), NULL, &output,
          &passes->scratch);
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
      map = tangent (block);
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
  const gsize                  pixels = out_pixels (&passes->shapes[b]);
  const gint                   channels = parameters->out_channels;
  NormBlock                   *block = &passes->blocks[b];
  ChannelSums                  sum_grad;
  ChannelSums                  sum_grad_dot; /* grad times dot_y, then dot_xh */
  ChannelSums                  of_grad;
  ChannelSums                  of_dot_grad;
  ChannelSums                  of_y;
  ChannelSums                  of_dot_y;
  ChannelSums                  of_one;
  gint                         c;

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

  add_to_gradient (network->gradient + parameters->beta, sum_dot, channels);
  add_to_gradient (network->gradient + parameters->gamma, sum_dot_xh, channels);
  add_to_gradient (network->gradient + parameters->gamma, sum_grad_dot,
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
  ChannelSums sum_dot = { 0 };
  ChannelSums sum_dot_xh = { 0 };
  SinganMap   x;
  SinganMap   grad_y = singan_map_plain (passes->grad_output);
  gint        b;

  g_return_if_fail (passes->kind == SINGAN_PASS_TANGENT && ! network->has_tanh);

  forward_tangent (network, passes, dot_x);

  /* L is linear in the last block's output: its gradient there has no tangent,
   * and nothing but corr (x., gy) is left of that block. */
  x = tangent (&passes->blocks[SINGAN_NORM_BLOCKS - 1]);
  accumulate_conv (network, passes, SINGAN_NORM_BLOCKS, &x, &grad_y);

  for (b = SINGAN_NORM_BLOCKS - 1; b >= 0; b--)
    {
      const NormBlock *block = &passes->blocks[b];
      const SinganMap  dot_grad = singan_map_plain (block->dot_grad);

      norm_block_backward_tangent (
          network, passes, b, b == SINGAN_NORM_BLOCKS - 1, sum_dot, sum_dot_xh);

      /* gW += corr (x., gy) + corr (x, gy.) */
      x = b > 0 ? tangent (&passes->blocks[b - 1]) : singan_map_plain (dot_x);
      grad_y = gradient (block);
      accumulate_conv (network, passes, b, &x, &grad_y);
      x = block_input (passes, b);
      accumulate_conv (network, passes, b, &x, &dot_grad);

      if (b > 0)
        backward_data (network, passes, b, &dot_grad, TRUE, sum_dot,
                       sum_dot_xh);
    }
}
