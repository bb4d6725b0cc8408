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

/* What a norm block keeps from pass to pass, all [pixels, features].  Without
 * tangent passes nobody asks for gradients once the block below has its own:
 * then grad_norm and grad_conv are one array, and every other block has the
 * same one. */
typedef struct
{
  SinganReal *xh;
  SinganReal *act;
  SinganReal *grad_norm; /* dL/d(norm's output) */
  SinganReal *grad_conv; /* dL/d(conv's output) */
  SinganReal *dot_xh;
  SinganReal *dot_act;

  gdouble inv_std[SINGAN_FEATURES_MAXIMUM];
  gdouble mean_grad[SINGAN_FEATURES_MAXIMUM];    /* mean (grad_norm) */
  gdouble mean_grad_xh[SINGAN_FEATURES_MAXIMUM]; /* mean (grad_norm xh) */
  gdouble mean_dot_xh[SINGAN_FEATURES_MAXIMUM];  /* mean (xh dot_conv) */
} NormBlock;

/* Arrays that passes own at most. */
#define ARRAYS_MAXIMUM (6 * SINGAN_NORM_BLOCKS + 2)

struct _SinganPasses
{
  SinganPassKind  kind;
  SinganReal     *arrays[ARRAYS_MAXIMUM];
  gint            n_arrays;
  SinganConvShape shapes[SINGAN_BLOCKS];
  NormBlock       blocks[SINGAN_NORM_BLOCKS];
  SinganReal     *output;
  SinganReal     *grad_output; /* of the last block's convolution */
  SinganReal     *infer[2];    /* ping and pong; with own statistics the
                                * activations and the convolutions */
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
  NormBlock  *block = &passes->blocks[b];
  const gsize pixels = out_pixels (&passes->shapes[b]);
  const gint  channels = passes->shapes[b].out_channels;

  if (! reserve (passes, &block->xh, pixels, channels, error)
      || ! reserve (passes, &block->act, pixels, channels, error))
    return FALSE;

  if (passes->kind == SINGAN_PASS_TANGENT)
    return reserve (passes, &block->grad_norm, pixels, channels, error)
           && reserve (passes, &block->grad_conv, pixels, channels, error)
           && reserve (passes, &block->dot_xh, pixels, channels, error)
           && reserve (passes, &block->dot_act, pixels, channels, error);

  if (b < 2)
    {
      if (! reserve (passes, &block->grad_norm, pixels, channels, error))
        return FALSE;
    }
  else
    {
      block->grad_norm = passes->blocks[b - 2].grad_norm;
    }
  block->grad_conv = block->grad_norm;

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

/* xh from a convolution's output to the normalised one, and act what follows.
 */
static void
normalise (const SinganNetwork         *network,
           const SinganBlockParameters *block,
           gsize                        pixels,
           SinganReal                  *xh,
           SinganReal                  *act,
           gdouble                     *mean,
           gdouble                     *variance,
           gdouble                     *inv_std)
{
  const SinganKernels *kernels = singan_kernels_get ();
  const gint           channels = block->out_channels;
  gint                 c;

  kernels->channel_moments (pixels, channels, xh, mean, variance);
  for (c = 0; c < channels; c++)
    inv_std[c] = 1 / sqrt (variance[c] + SINGAN_BATCHNORM_EPS);
  kernels->norm_forward (pixels, channels, xh, mean, inv_std,
                         network->value + block->gamma,
                         network->value + block->beta, act);
}

const SinganReal *
singan_network_infer (const SinganNetwork *network,
                      SinganPasses        *passes,
                      const SinganReal    *x)
{
  const SinganKernels *kernels = singan_kernels_get ();
  gint                 b;

  g_return_val_if_fail (network->folded && passes->kind == SINGAN_PASS_INFER,
                        NULL);

  for (b = 0; b < SINGAN_BLOCKS; b++)
    {
      const SinganBlockParameters *block = &network->blocks[b];
      const gsize                  pixels = out_pixels (&passes->shapes[b]);
      SinganReal                  *y
          = b == SINGAN_NORM_BLOCKS
                ? passes->output
                : passes->infer[network->has_own_statistics ? 1 : b % 2];
      gdouble mean[SINGAN_FEATURES_MAXIMUM];
      gdouble variance[SINGAN_FEATURES_MAXIMUM];
      gdouble inv_std[SINGAN_FEATURES_MAXIMUM];

      kernels->conv_forward (&passes->shapes[b], x, network->arranged[b][FALSE],
                             network->folded + block->bias, y,
                             &passes->scratch);
      x = y;
      if (b == SINGAN_NORM_BLOCKS)
        {
          if (network->has_tanh)
            tanh_forward (pixels * block->out_channels, y);
        }
      else if (network->has_own_statistics)
        {
          normalise (network, block, pixels, y, passes->infer[0], mean,
                     variance, inv_std);
          x = passes->infer[0];
        }
      else
        {
          kernels->leaky_forward (pixels * block->out_channels, y);
        }
    }

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

const SinganReal *
singan_network_forward (SinganNetwork    *network,
                        SinganPasses     *passes,
                        const SinganReal *x,
                        gboolean          update_running)
{
  const SinganKernels *kernels = singan_kernels_get ();
  const SinganReal    *value = network->value;
  gint                 b;

  g_return_val_if_fail (passes->kind != SINGAN_PASS_INFER, NULL);

  passes->x = x;
  for (b = 0; b < SINGAN_BLOCKS; b++)
    {
      const SinganBlockParameters *parameters = &network->blocks[b];
      const gsize                  pixels = out_pixels (&passes->shapes[b]);
      const gint                   channels = parameters->out_channels;
      NormBlock                   *block = &passes->blocks[b];
      gdouble                      mean[SINGAN_FEATURES_MAXIMUM];
      gdouble                      variance[SINGAN_FEATURES_MAXIMUM];

      if (b == SINGAN_NORM_BLOCKS)
        {
          kernels->conv_forward (
              &passes->shapes[b], x,
              singan_network_get_arranged (network, b, FALSE),
              value + parameters->bias, passes->output, &passes->scratch);
          if (network->has_tanh)
            tanh_forward (pixels * channels, passes->output);
          break;
        }

      kernels->conv_forward (&passes->shapes[b], x,
                             singan_network_get_arranged (network, b, FALSE),
                             value + parameters->bias, block->xh,
                             &passes->scratch);
      normalise (network, parameters, pixels, block->xh, block->act, mean,
                 variance, block->inv_std);
      if (update_running)
        update_running_statistics (network, parameters, pixels, mean, variance);
      x = block->act;
    }

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
accumulate_conv (SinganNetwork    *network,
                 SinganPasses     *passes,
                 gint              b,
                 const SinganReal *x,
                 const SinganReal *grad_y)
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
  gdouble sum[SINGAN_FEATURES_MAXIMUM];

  singan_kernels_get ()->channel_sums (
      out_pixels (&passes->shapes[SINGAN_NORM_BLOCKS]),
      parameters->out_channels, passes->grad_output, NULL, sum, NULL);
  add_to_gradient (network->gradient + parameters->bias, sum,
                   parameters->out_channels);
}

/* From dL/dact in block->grad_norm to dL/d(norm's output) there, and
 * dL/d(conv's output) in block->grad_conv. */
static void
norm_block_backward (SinganNetwork *network,
                     SinganPasses  *passes,
                     gint           b,
                     gboolean       accumulate)
{
  const SinganKernels         *kernels = singan_kernels_get ();
  const SinganBlockParameters *parameters = &network->blocks[b];
  const gsize                  pixels = out_pixels (&passes->shapes[b]);
  const gint                   channels = parameters->out_channels;
  NormBlock                   *block = &passes->blocks[b];
  gdouble                      scale[SINGAN_FEATURES_MAXIMUM];
  gint                         c;

  kernels->leaky_backward (pixels, channels, block->act, block->xh,
                           block->grad_norm, block->mean_grad,
                           block->mean_grad_xh);
  if (accumulate)
    {
      add_to_gradient (network->gradient + parameters->beta, block->mean_grad,
                       channels);
      add_to_gradient (network->gradient + parameters->gamma,
                       block->mean_grad_xh, channels);
    }
  for (c = 0; c < channels; c++)
    {
      block->mean_grad[c] /= pixels;
      block->mean_grad_xh[c] /= pixels;
      scale[c] = network->value[parameters->gamma + c] * block->inv_std[c];
    }
  kernels->norm_backward (pixels, channels, block->xh, block->grad_norm, scale,
                          block->mean_grad, block->mean_grad_xh,
                          block->grad_conv);
}

void
singan_network_backward (SinganNetwork    *network,
                         SinganPasses     *passes,
                         const SinganReal *grad_output,
                         gboolean          accumulate,
                         SinganReal       *grad_x)
{
  const SinganKernels *kernels = singan_kernels_get ();
  const gsize          count = out_pixels (&passes->shapes[SINGAN_NORM_BLOCKS])
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
      const SinganReal *x = b > 0 ? passes->blocks[b - 1].act : passes->x;
      SinganReal *below = b > 0 ? passes->blocks[b - 1].grad_norm : grad_x;
      const SinganReal *grad_y = passes->grad_output;

      if (b < SINGAN_NORM_BLOCKS)
        {
          norm_block_backward (network, passes, b, accumulate);
          grad_y = passes->blocks[b].grad_conv;
        }
      if (accumulate)
        accumulate_conv (network, passes, b, x, grad_y);
      if (below)
        kernels->conv_backward_data (
            &passes->shapes[b], grad_y,
            singan_network_get_arranged (network, b, TRUE), below,
            &passes->scratch);
    }
}

/* The tangents of all activations along dot_x; the last block's is not needed,
 * for L is linear in the output. */
static void
forward_tangent (SinganNetwork    *network,
                 SinganPasses     *passes,
                 const SinganReal *dot_x)
{
  const SinganKernels *kernels = singan_kernels_get ();
  gint                 b;

  for (b = 0; b < SINGAN_NORM_BLOCKS; b++)
    {
      const SinganBlockParameters *parameters = &network->blocks[b];
      const gsize                  pixels = out_pixels (&passes->shapes[b]);
      const gint                   channels = parameters->out_channels;
      NormBlock                   *block = &passes->blocks[b];
      gdouble                      mean[SINGAN_FEATURES_MAXIMUM];
      gint                         c;

      kernels->conv_forward (&passes->shapes[b], dot_x,
                             singan_network_get_arranged (network, b, FALSE),
                             NULL, block->dot_xh, &passes->scratch);
      kernels->channel_sums (pixels, channels, block->dot_xh, block->xh, mean,
                             block->mean_dot_xh);
      for (c = 0; c < channels; c++)
        {
          mean[c] /= pixels;
          block->mean_dot_xh[c] /= pixels;
        }
      kernels->norm_forward_tangent (pixels, channels, block->xh, block->act,
                                     mean, block->mean_dot_xh, block->inv_std,
                                     network->value + parameters->gamma,
                                     block->dot_xh, block->dot_act);
      dot_x = block->dot_act;
    }
}

/* Batch norm's second order.  With s = inv_std, s. = -s^2 mean (xh x.) and
 * P (u) = u - mean (u) - xh mean (xh u),
 *   gx. = gamma (s. P (gy) + s (P (gy.) - xh. mean (xh gy) - xh mean (xh. gy)))
 * is linear in gy, gy., xh, xh. and 1; the coefficients are gathered here.
 * dot_grad is the tangent of dL/dact in and gx. out; is_zero says that it is
 * zero, whatever stands there. */
static void
norm_block_backward_tangent (SinganNetwork *network,
                             SinganPasses  *passes,
                             gint           b,
                             gboolean       is_zero,
                             SinganReal    *dot_grad)
{
  const SinganKernels         *kernels = singan_kernels_get ();
  const SinganBlockParameters *parameters = &network->blocks[b];
  const gsize                  pixels = out_pixels (&passes->shapes[b]);
  const gint                   channels = parameters->out_channels;
  NormBlock                   *block = &passes->blocks[b];
  gdouble                      sum_dot[SINGAN_FEATURES_MAXIMUM] = { 0 };
  gdouble                      sum_dot_xh[SINGAN_FEATURES_MAXIMUM] = { 0 };
  gdouble                      sum_grad[SINGAN_FEATURES_MAXIMUM];
  gdouble                      sum_grad_dot_xh[SINGAN_FEATURES_MAXIMUM];
  gdouble                      of_grad[SINGAN_FEATURES_MAXIMUM];
  gdouble                      of_dot_grad[SINGAN_FEATURES_MAXIMUM];
  gdouble                      of_xh[SINGAN_FEATURES_MAXIMUM];
  gdouble                      of_dot_xh[SINGAN_FEATURES_MAXIMUM];
  gdouble                      of_one[SINGAN_FEATURES_MAXIMUM];
  gint                         c;

  if (! is_zero)
    kernels->leaky_backward (pixels, channels, block->act, block->xh, dot_grad,
                             sum_dot, sum_dot_xh);
  kernels->channel_sums (pixels, channels, block->grad_norm, block->dot_xh,
                         sum_grad, sum_grad_dot_xh);

  add_to_gradient (network->gradient + parameters->beta, sum_dot, channels);
  add_to_gradient (network->gradient + parameters->gamma, sum_dot_xh, channels);
  add_to_gradient (network->gradient + parameters->gamma, sum_grad_dot_xh,
                   channels);

  for (c = 0; c < channels; c++)
    {
      const gdouble gamma = network->value[parameters->gamma + c];
      const gdouble s = block->inv_std[c];
      const gdouble dot_s = -s * s * block->mean_dot_xh[c];
      const gdouble mean_grad = block->mean_grad[c];
      const gdouble mean_grad_xh = block->mean_grad_xh[c];

      of_grad[c] = gamma * dot_s;
      of_dot_grad[c] = gamma * s;
      of_xh[c] = -gamma * dot_s * mean_grad_xh
                 - gamma * s * (sum_dot_xh[c] + sum_grad_dot_xh[c]) / pixels;
      of_dot_xh[c] = -gamma * s * mean_grad_xh;
      of_one[c] = -gamma * dot_s * mean_grad - gamma * s * sum_dot[c] / pixels;
    }
  kernels->norm_backward_tangent (
      pixels, channels, block->grad_norm, is_zero ? NULL : dot_grad, block->xh,
      block->dot_xh, of_grad, of_dot_grad, of_xh, of_dot_xh, of_one, dot_grad);
}

void
singan_network_second_order (SinganNetwork    *network,
                             SinganPasses     *passes,
                             const SinganReal *dot_x)
{
  const SinganKernels *kernels = singan_kernels_get ();
  gint                 b;

  g_return_if_fail (passes->kind == SINGAN_PASS_TANGENT && ! network->has_tanh);

  forward_tangent (network, passes, dot_x);

  /* L is linear in the last block's output: its gradient there has no tangent,
   * and nothing but corr (x., gy) is left of that block. */
  accumulate_conv (network, passes, SINGAN_NORM_BLOCKS,
                   passes->blocks[SINGAN_NORM_BLOCKS - 1].dot_act,
                   passes->grad_output);

  for (b = SINGAN_NORM_BLOCKS - 1; b >= 0; b--)
    {
      NormBlock        *block = &passes->blocks[b];
      const SinganReal *x = b > 0 ? passes->blocks[b - 1].act : passes->x;
      const SinganReal *dot_below
          = b > 0 ? passes->blocks[b - 1].dot_act : dot_x;
      /* dot_act has been read for the last time by the block above, which left
       * the tangent of dL/dact in its place. */
      SinganReal *dot_grad = block->dot_act;

      norm_block_backward_tangent (network, passes, b,
                                   b == SINGAN_NORM_BLOCKS - 1, dot_grad);

      /* gW += corr (x., gy) + corr (x, gy.) */
      accumulate_conv (network, passes, b, dot_below, block->grad_conv);
      accumulate_conv (network, passes, b, x, dot_grad);

      if (b > 0)
        kernels->conv_backward_data (
            &passes->shapes[b], dot_grad,
            singan_network_get_arranged (network, b, TRUE),
            passes->blocks[b - 1].dot_act, &passes->scratch);
    }
}
