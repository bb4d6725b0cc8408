/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The forward and backward passes of the five-block chain.  Names as in
 * algorithm section 9: xh normalised, act after LeakyReLU, grad_x dL/dx.
 */

#include "config.h"

#include "core/nn/passes-private.h"

#include <math.h>

#include "core/base/memory.h"
#include "core/kernels/kernels.h"

/* torch.nn.BatchNorm2d's, which the authors use. */
#define RUNNING_MOMENTUM 0.1

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

/* Maps of the workspace: the two that alternate, and those of the tangents. */
#define ALTERNATING 0
#define TANGENTS 2

/* In the workspace. */
static gboolean
reserve_shared (
    SinganPasses *passes, gint map, gsize pixels, gint channels, GError **error)
{
  gsize count;

  if (! singan_size_product (&count, 2, pixels, (gsize) channels))
    count = G_MAXSIZE;

  return singan_workspace_reserve_map (passes->workspace, map, count, error);
}

/* What only one call uses, the gradients of BACKWARD and the tangents, lies in
 * the workspace.  Two arrays alternate there: block b's is dead once block
 * b - 1 is done. */
static gboolean
reserve_norm_block (SinganPasses *passes, gint b, GError **error)
{
  const gboolean   is_tangent = passes->kind == SINGAN_PASS_TANGENT;
  const gsize      pixels = singan_passes_pixels (&passes->shapes[b]);
  const gint       channels = passes->shapes[b].out_channels;
  SinganNormBlock *block = &passes->blocks[b];

  return reserve (passes, &block->y, pixels, channels, error)
         && reserve_shared (passes, ALTERNATING + b % 2, pixels, channels,
                            error)
         && (! is_tangent
             || (reserve (passes, &block->grad, pixels, channels, error)
                 && reserve_shared (passes, TANGENTS + b, pixels, channels,
                                    error)));
}

void
singan_passes_begin (SinganPasses *passes)
{
  SinganReal *const *maps = passes->workspace->maps;
  gint               b;

  for (b = 0; b < SINGAN_NORM_BLOCKS; b++)
    {
      SinganNormBlock *block = &passes->blocks[b];

      if (passes->kind == SINGAN_PASS_BACKWARD)
        block->grad = maps[ALTERNATING + b % 2];
      if (passes->kind == SINGAN_PASS_TANGENT)
        {
          block->dot_grad = maps[ALTERNATING + b % 2];
          block->dot_y = maps[TANGENTS + b];
        }
    }
}

SinganPasses *
singan_passes_new (const SinganNetwork *network,
                   gint                 height,
                   gint                 width,
                   SinganPassKind       kind,
                   GError             **error)
{
  g_autoptr (SinganWorkspace) workspace = singan_workspace_new ();

  return singan_passes_new_within (workspace, network, height, width, kind,
                                   error);
}

SinganPasses *
singan_passes_new_within (SinganWorkspace     *workspace,
                          const SinganNetwork *network,
                          gint                 height,
                          gint                 width,
                          SinganPassKind       kind,
                          GError             **error)
{
  g_autoptr (SinganPasses) passes = g_new0 (SinganPasses, 1);
  const SinganKernels *kernels = singan_kernels_get ();
  gsize                scratch = 0;
  gsize                shared = 0;
  gint                 b;

  g_return_val_if_fail (height > 2 * SINGAN_BORDER && width > 2 * SINGAN_BORDER,
                        NULL);

  passes->kind = kind;
  passes->workspace = singan_workspace_ref (workspace);
  for (b = 0; b < SINGAN_BLOCKS; b++)
    {
      SinganConvShape *shape = &passes->shapes[b];
      gsize            of_all;

      *shape = (SinganConvShape){ height - 2 * b, width - 2 * b,
                                  network->blocks[b].in_channels,
                                  network->blocks[b].out_channels };
      scratch = MAX (scratch, kernels->conv_scratch (shape, &of_all));
      /* Only a backward pass has the sums of a weight gradient. */
      if (kind != SINGAN_PASS_INFER)
        shared = MAX (shared, of_all);

      if (b < SINGAN_NORM_BLOCKS && kind != SINGAN_PASS_INFER
          && ! reserve_norm_block (passes, b, error))
        return NULL;
      if (b < 2 && kind == SINGAN_PASS_INFER
          && ! reserve_shared (passes, ALTERNATING + b,
                               singan_passes_pixels (&passes->shapes[0]),
                               network->features, error))
        return NULL;
    }

  if (! reserve (passes, &passes->output,
                 singan_passes_pixels (&passes->shapes[b - 1]),
                 network->out_channels, error)
      || (kind != SINGAN_PASS_INFER
          && ! reserve (passes, &passes->grad_output,
                        singan_passes_pixels (&passes->shapes[b - 1]),
                        network->out_channels, error))
      || ! singan_workspace_reserve_scratch (workspace, scratch, shared, error))
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
  g_clear_pointer (&passes->workspace, singan_workspace_unref);
  g_free (passes);
}

static void
tanh_forward (gsize count, SinganReal *y)
{
  gsize i;

  for (i = 0; i < count; i++)
    y[i] = (SinganReal) tanh (y[i]);
}

static void
read_running_statistics (const SinganNetwork         *network,
                         const SinganBlockParameters *block,
                         gdouble                     *mean,
                         gdouble                     *variance)
{
  gint c;

  for (c = 0; c < block->out_channels; c++)
    {
      mean[c] = network->running[block->running_mean + c];
      variance[c] = network->running[block->running_variance + c];
    }
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
  SinganNormBlock             *block = &passes->blocks[b];
  const SinganOutput           output = {
              .form = SINGAN_OUTPUT_MOMENTS, .y = y, .first = mean, .second = variance
  };
  gint c;

  singan_kernels_get ()->conv_forward (&passes->shapes[b], x, arranged,
                                       network->value + parameters->bias,
                                       &output, &passes->workspace->scratch);
  if (network->keeps_statistics)
    read_running_statistics (network, parameters, mean, variance);
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
set_identity (SinganNormBlock *block)
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
      SinganReal       *y = b == SINGAN_NORM_BLOCKS
                                ? passes->output
                                : passes->workspace->maps[ALTERNATING + b % 2];

      if (b < SINGAN_NORM_BLOCKS && network->has_own_statistics)
        {
          SinganChannelSums mean;
          SinganChannelSums variance;

          forward_norm_block (network, passes, b, &map, arranged, y, mean,
                              variance);
        }
      else
        {
          const SinganOutput output = singan_output_plain (y);

          kernels->conv_forward (&passes->shapes[b], &map, arranged,
                                 network->folded + network->blocks[b].bias,
                                 &output, &passes->workspace->scratch);
          if (b < SINGAN_NORM_BLOCKS)
            set_identity (&passes->blocks[b]);
        }
      if (b < SINGAN_NORM_BLOCKS)
        map = singan_norm_activation (&passes->blocks[b], y);
    }

  if (network->has_tanh)
    tanh_forward (singan_passes_pixels (&passes->shapes[SINGAN_NORM_BLOCKS])
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
      SinganChannelSums mean;
      SinganChannelSums variance;

      map = singan_passes_input (passes, b);
      forward_norm_block (network, passes, b, &map,
                          singan_network_get_arranged (network, b, FALSE),
                          passes->blocks[b].y, mean, variance);
      if (update_running && ! network->keeps_statistics)
        update_running_statistics (network, &network->blocks[b],
                                   singan_passes_pixels (&passes->shapes[b]),
                                   mean, variance);
    }

  map = singan_passes_input (passes, b);
  singan_kernels_get ()->conv_forward (
      &passes->shapes[b], &map, singan_network_get_arranged (network, b, FALSE),
      network->value + last->bias, &output, &passes->workspace->scratch);
  if (network->has_tanh)
    tanh_forward (singan_passes_pixels (&passes->shapes[b])
                      * network->out_channels,
                  passes->output);

  return passes->output;
}

void
singan_passes_accumulate (SinganNetwork   *network,
                          SinganPasses    *passes,
                          gint             b,
                          const SinganMap *x,
                          const SinganMap *grad_y)
{
  singan_kernels_get ()->conv_backward_weight (&passes->shapes[b], x, grad_y,
                                               network->gradient
                                                   + network->blocks[b].weight,
                                               &passes->workspace->scratch);
}

/* The last block's: those before a batch norm have no effect, for it takes the
 * mean away, and so no gradient. */
static void
accumulate_bias (SinganNetwork *network, SinganPasses *passes)
{
  const SinganBlockParameters *parameters
      = &network->blocks[SINGAN_NORM_BLOCKS];
  SinganChannelSums sum;

  singan_kernels_get ()->channel_sums (
      singan_passes_pixels (&passes->shapes[SINGAN_NORM_BLOCKS]),
      parameters->out_channels, passes->grad_output, NULL, sum, NULL);
  singan_passes_add_sums (network->gradient + parameters->bias, sum,
                          parameters->out_channels);
}

/* From the sums of a block's grad, which are in mean_grad and mean_grad_xh, to
 * the means, and to the coefficients of
 *   dL/dy = gamma s (grad - mean (grad) - xh mean (grad xh)).
 * Both means are what the statistics depend on y by: 0 if they are kept. */
static void
norm_block_backward (SinganNetwork *network,
                     SinganPasses  *passes,
                     gint           b,
                     gboolean       accumulate)
{
  const SinganBlockParameters *parameters = &network->blocks[b];
  const gsize      pixels = singan_passes_pixels (&passes->shapes[b]);
  const gdouble    share = network->keeps_statistics ? 0 : 1. / pixels;
  const gint       channels = parameters->out_channels;
  SinganNormBlock *block = &passes->blocks[b];
  gint             c;

  if (accumulate)
    {
      singan_passes_add_sums (network->gradient + parameters->beta,
                              block->mean_grad, channels);
      singan_passes_add_sums (network->gradient + parameters->gamma,
                              block->mean_grad_xh, channels);
    }
  for (c = 0; c < channels; c++)
    {
      const gdouble scale = block->scale[c];
      gdouble       of_y;

      block->mean_grad[c] *= share;
      block->mean_grad_xh[c] *= share;
      of_y = -scale * block->mean_grad_xh[c] * block->inv_std[c];
      block->grad_scale[c] = (SinganReal) scale;
      block->grad_scale_y[c] = (SinganReal) of_y;
      block->grad_shift[c]
          = (SinganReal) (-scale * block->mean_grad[c] - of_y * block->mean[c]);
    }
}

void
singan_passes_backward_data (SinganNetwork   *network,
                             SinganPasses    *passes,
                             gint             b,
                             const SinganMap *grad_y,
                             gboolean         is_tangent,
                             gdouble         *sum,
                             gdouble         *sum_xh)
{
  SinganNormBlock   *below = &passes->blocks[b - 1];
  const SinganOutput output = singan_norm_output (
      below, TRUE, is_tangent ? below->dot_grad : below->grad, sum, sum_xh);

  singan_kernels_get ()->conv_backward_data (
      &passes->shapes[b], grad_y,
      singan_network_get_arranged (network, b, TRUE), &output,
      &passes->workspace->scratch);
}

void
singan_network_backward (SinganNetwork    *network,
                         SinganPasses     *passes,
                         const SinganReal *grad_output,
                         gboolean          accumulate,
                         SinganReal       *grad_x)
{
  const gsize count = singan_passes_pixels (&passes->shapes[SINGAN_NORM_BLOCKS])
                      * network->out_channels;
  gsize i;
  gint  b;

  g_return_if_fail (passes->kind != SINGAN_PASS_INFER);

  singan_passes_begin (passes);
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
      const SinganMap x = singan_passes_input (passes, b);
      SinganMap       grad_y = singan_map_plain (passes->grad_output);

      if (b < SINGAN_NORM_BLOCKS)
        {
          norm_block_backward (network, passes, b, accumulate);
          grad_y = singan_norm_gradient (&passes->blocks[b]);
        }
      if (accumulate)
        singan_passes_accumulate (network, passes, b, &x, &grad_y);
      if (b > 0)
        {
          singan_passes_backward_data (network, passes, b, &grad_y, FALSE,
                                       passes->blocks[b - 1].mean_grad,
                                       passes->blocks[b - 1].mean_grad_xh);
        }
      else if (grad_x)
        {
          const SinganOutput output = singan_output_plain (grad_x);

          singan_kernels_get ()->conv_backward_data (
              &passes->shapes[b], &grad_y,
              singan_network_get_arranged (network, b, TRUE), &output,
              &passes->workspace->scratch);
        }
    }
}
