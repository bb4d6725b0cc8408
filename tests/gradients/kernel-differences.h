/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Checks of the kernel table's entries against central differences, one variant
 * at a time: convolution, batch norm up to the second order, LeakyReLU.
 */

#pragma once

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/parallel.h"
#include "core/kernels/kernels.h"
#include "tests/gradients/differences.h"

/* L is weights . output, so that weights is dL/doutput. */

#define CONV_MAXIMUM 4096

typedef struct
{
  const SinganKernels *kernels;
  SinganConvShape      shape;
  SinganScratch        scratch;
  SinganReal           x[CONV_MAXIMUM];
  SinganReal           weight[CONV_MAXIMUM];
  SinganReal          *arranged;
  SinganReal           bias[CONV_MAXIMUM];
  SinganReal           weights[CONV_MAXIMUM];
  SinganReal           y[CONV_MAXIMUM];
} ConvCase;

static gsize
conv_outputs (const SinganConvShape *shape)
{
  return (gsize) (shape->height - 2) * (shape->width - 2) * shape->out_channels;
}

static gdouble
conv_loss (gpointer data)
{
  ConvCase *conv = data;

  conv->kernels->conv_arrange (conv->shape.in_channels,
                               conv->shape.out_channels, conv->weight, FALSE,
                               conv->arranged);
  conv->kernels->conv_forward (&conv->shape, conv->x, conv->arranged,
                               conv->bias, conv->y, &conv->scratch);

  return dot (conv->y, conv->weights, conv_outputs (&conv->shape));
}

static void
check_convolution (const SinganKernels *kernels, SinganConvShape shape)
{
  const gsize n_x = (gsize) shape.height * shape.width * shape.in_channels;
  const gsize n_weight = (gsize) 9 * shape.in_channels * shape.out_channels;
  const gsize n_y = conv_outputs (&shape);
  ConvCase    conv = { .kernels = kernels, .shape = shape };
  SinganReal  grad_x[CONV_MAXIMUM];
  SinganReal  grad_weight[CONV_MAXIMUM];
  SinganReal  before[CONV_MAXIMUM];
  SinganReal  grad_bias[CONV_MAXIMUM];
  gsize       i;

  assert_true (n_x <= CONV_MAXIMUM && n_weight <= CONV_MAXIMUM
               && n_y <= CONV_MAXIMUM);
  assert_true (singan_scratch_init (&conv.scratch,
                                    kernels->conv_scratch (&shape), NULL));
  conv.arranged = singan_reals_new (
      kernels->conv_arranged (shape.in_channels, shape.out_channels), NULL);
  draw (1, conv.x, n_x, 1);
  draw (2, conv.weight, n_weight, 1);
  draw (3, conv.bias, shape.out_channels, 1);
  draw (4, conv.weights, n_y, 1);
  draw (5, grad_x, n_x, 1);
  draw (6, before, n_weight, 1);
  memcpy (grad_weight, before, n_weight * sizeof *before);

  /* grad_x is overwritten, grad_weight added to. */
  kernels->conv_arrange (shape.in_channels, shape.out_channels, conv.weight,
                         TRUE, conv.arranged);
  kernels->conv_backward_data (&shape, conv.weights, conv.arranged, grad_x,
                               &conv.scratch);
  kernels->conv_backward_weight (&shape, conv.x, conv.weights, grad_weight,
                                 &conv.scratch);
  kernels->channel_sums (n_y / shape.out_channels, shape.out_channels,
                         conv.weights, NULL, grad_bias, NULL);
  for (i = 0; i < n_weight; i++)
    grad_weight[i] -= before[i];
  check_gradient ("convolution, input", conv_loss, &conv, conv.x, grad_x, n_x);
  check_gradient ("convolution, weights", conv_loss, &conv, conv.weight,
                  grad_weight, n_weight);
  check_gradient ("convolution, bias", conv_loss, &conv, conv.bias, grad_bias,
                  shape.out_channels);
  singan_scratch_clear (&conv.scratch);
  singan_reals_free (conv.arranged);
}

/* Batch norm in batch mode with LeakyReLU, from the table's pieces. */

#define NORM_PIXELS 37
#define NORM_CHANNELS 3
#define NORM_COUNT (NORM_PIXELS * NORM_CHANNELS)

typedef struct
{
  const SinganKernels *kernels;
  SinganReal           x[NORM_COUNT];
  SinganReal           gamma[NORM_CHANNELS];
  SinganReal           beta[NORM_CHANNELS];
  SinganReal           weights[NORM_COUNT]; /* dL/dact */
  SinganReal           middle[NORM_COUNT];  /* act before any step */
  SinganReal           xh[NORM_COUNT];
  SinganReal           act[NORM_COUNT];
  SinganReal           grad_y[NORM_COUNT];
  SinganReal           grad_x[NORM_COUNT];
  gdouble              inv_std[NORM_CHANNELS];
  gdouble              mean_grad[NORM_CHANNELS];
  gdouble              mean_grad_xh[NORM_CHANNELS];
} NormCase;

static void
norm_forward (NormCase *norm)
{
  gdouble mean[NORM_CHANNELS];
  gdouble variance[NORM_CHANNELS];
  gint    c;
  gint    i;

  norm->kernels->channel_moments (NORM_PIXELS, NORM_CHANNELS, norm->x, mean,
                                  variance);
  for (c = 0; c < NORM_CHANNELS; c++)
    norm->inv_std[c] = 1 / sqrt (variance[c] + SINGAN_BATCHNORM_EPS);
  memcpy (norm->xh, norm->x, sizeof norm->x);
  norm->kernels->norm_forward (NORM_PIXELS, NORM_CHANNELS, norm->xh, mean,
                               norm->inv_std, norm->gamma, norm->beta,
                               norm->act);
  for (i = 0; i < NORM_COUNT; i++)
    if ((norm->act[i] > 0) != (norm->middle[i] > 0))
      fail_msg ("the step crosses a kink: choose another seed than %d", SEED);
}

/* After norm_forward: dL/dx in grad_x, and the means that it takes. */
static void
norm_backward (NormCase *norm)
{
  gdouble scale[NORM_CHANNELS];
  gint    c;

  memcpy (norm->grad_y, norm->weights, sizeof norm->grad_y);
  norm->kernels->leaky_backward (NORM_PIXELS, NORM_CHANNELS, norm->act,
                                 norm->xh, norm->grad_y, norm->mean_grad,
                                 norm->mean_grad_xh);
  for (c = 0; c < NORM_CHANNELS; c++)
    {
      norm->mean_grad[c] /= NORM_PIXELS;
      norm->mean_grad_xh[c] /= NORM_PIXELS;
      scale[c] = norm->gamma[c] * norm->inv_std[c];
    }
  norm->kernels->norm_backward (NORM_PIXELS, NORM_CHANNELS, norm->xh,
                                norm->grad_y, scale, norm->mean_grad,
                                norm->mean_grad_xh, norm->grad_x);
}

static gdouble
norm_loss (gpointer data)
{
  NormCase *norm = data;

  norm_forward (norm);

  return dot (norm->act, norm->weights, NORM_COUNT);
}

static void
norm_init (NormCase *norm, const SinganKernels *kernels)
{
  gint c;

  norm->kernels = kernels;
  draw (11, norm->x, NORM_COUNT, 2);
  draw (12, norm->gamma, NORM_CHANNELS, 0.3);
  draw (13, norm->beta, NORM_CHANNELS, 0.3);
  draw (14, norm->weights, NORM_COUNT, 1);
  for (c = 0; c < NORM_CHANNELS; c++)
    norm->gamma[c] += 1;
  norm->gamma[1] = -norm->gamma[1];

  /* Signs as the definition gives them, so that the first forward is checked
   * as well. */
  for (c = 0; c < NORM_CHANNELS; c++)
    {
      gdouble mean = 0;
      gdouble variance = 0;
      gint    i;

      for (i = c; i < NORM_COUNT; i += NORM_CHANNELS)
        mean += norm->x[i] / NORM_PIXELS;
      for (i = c; i < NORM_COUNT; i += NORM_CHANNELS)
        variance += (norm->x[i] - mean) * (norm->x[i] - mean) / NORM_PIXELS;
      for (i = c; i < NORM_COUNT; i += NORM_CHANNELS)
        norm->middle[i] = norm->gamma[c] * (norm->x[i] - mean)
                              / sqrt (variance + SINGAN_BATCHNORM_EPS)
                          + norm->beta[c];
    }
}

static void
check_norm_first_order (const SinganKernels *kernels)
{
  NormCase   norm;
  SinganReal grad_x[NORM_COUNT];
  SinganReal grad_gamma[NORM_CHANNELS];
  SinganReal grad_beta[NORM_CHANNELS];
  gint       c;

  norm_init (&norm, kernels);
  norm_forward (&norm);
  norm_backward (&norm);
  memcpy (grad_x, norm.grad_x, sizeof grad_x);
  for (c = 0; c < NORM_CHANNELS; c++)
    {
      grad_gamma[c] = norm.mean_grad_xh[c] * NORM_PIXELS;
      grad_beta[c] = norm.mean_grad[c] * NORM_PIXELS;
    }
  check_gradient ("norm, input", norm_loss, &norm, norm.x, grad_x, NORM_COUNT);
  check_gradient ("norm, gamma", norm_loss, &norm, norm.gamma, grad_gamma,
                  NORM_CHANNELS);
  check_gradient ("norm, beta", norm_loss, &norm, norm.beta, grad_beta,
                  NORM_CHANNELS);
}

/* After norm_forward: dot_x becomes dot_xh. */
static void
norm_tangent (NormCase   *norm,
              SinganReal *dot_x_to_dot_xh,
              SinganReal *dot_act,
              gdouble    *mean_dot_xh)
{
  gdouble mean[NORM_CHANNELS];
  gint    c;

  norm->kernels->channel_sums (NORM_PIXELS, NORM_CHANNELS, dot_x_to_dot_xh,
                               norm->xh, mean, mean_dot_xh);
  for (c = 0; c < NORM_CHANNELS; c++)
    {
      mean[c] /= NORM_PIXELS;
      mean_dot_xh[c] /= NORM_PIXELS;
    }
  norm->kernels->norm_forward_tangent (
      NORM_PIXELS, NORM_CHANNELS, norm->xh, norm->act, mean, mean_dot_xh,
      norm->inv_std, norm->gamma, dot_x_to_dot_xh, dot_act);
}

static void
check_norm_tangent (const SinganKernels *kernels)
{
  NormCase   norm;
  SinganReal x[NORM_COUNT];
  SinganReal dot_x[NORM_COUNT];
  SinganReal dot_xh[NORM_COUNT];
  SinganReal dot_act[NORM_COUNT];
  SinganReal xh[NORM_COUNT];
  SinganReal act[NORM_COUNT];
  gdouble    mean_dot_xh[NORM_CHANNELS];

  norm_init (&norm, kernels);
  memcpy (x, norm.x, sizeof x);
  draw (15, dot_x, NORM_COUNT, 1);
  memcpy (dot_xh, dot_x, sizeof dot_xh);
  norm_forward (&norm);
  norm_tangent (&norm, dot_xh, dot_act, mean_dot_xh);

  move (norm.x, x, dot_x, NORM_COUNT, STEP);
  norm_forward (&norm);
  memcpy (xh, norm.xh, sizeof xh);
  memcpy (act, norm.act, sizeof act);
  move (norm.x, x, dot_x, NORM_COUNT, -STEP);
  norm_forward (&norm);
  central (xh, norm.xh, NORM_COUNT);
  central (act, norm.act, NORM_COUNT);
  check_array ("norm tangent, xh", dot_xh, xh, NORM_COUNT);
  check_array ("norm tangent, act", dot_act, act, NORM_COUNT);
}

/* The coefficients of algorithm section 9's gx., gathered as kernels.h says:
 *   gx. = gamma (s. P (gy) + s (P (gy.) - xh. mean (xh gy) - xh mean (xh. gy)))
 * is_still leaves gy. out. */
static void
norm_backward_tangent (NormCase         *norm,
                       const SinganReal *dot_xh,
                       const gdouble    *mean_dot_xh,
                       gboolean          is_still,
                       SinganReal       *grad_dot_y_to_grad_dot_x)
{
  gdouble sum[NORM_CHANNELS];
  gdouble mean_dot[NORM_CHANNELS] = { 0 };
  gdouble mean_dot_times_xh[NORM_CHANNELS] = { 0 };
  gdouble mean_grad_dot_xh[NORM_CHANNELS];
  gdouble a[NORM_CHANNELS], b[NORM_CHANNELS], p[NORM_CHANNELS];
  gdouble q[NORM_CHANNELS], r[NORM_CHANNELS];
  gint    c;

  if (! is_still)
    norm->kernels->channel_sums (NORM_PIXELS, NORM_CHANNELS,
                                 grad_dot_y_to_grad_dot_x, norm->xh, mean_dot,
                                 mean_dot_times_xh);
  norm->kernels->channel_sums (NORM_PIXELS, NORM_CHANNELS, norm->grad_y, dot_xh,
                               sum, mean_grad_dot_xh);
  for (c = 0; c < NORM_CHANNELS; c++)
    {
      const gdouble gamma = norm->gamma[c];
      const gdouble s = norm->inv_std[c];
      const gdouble dot_s = -s * s * mean_dot_xh[c];

      a[c] = gamma * dot_s;
      b[c] = gamma * s;
      p[c]
          = -a[c] * norm->mean_grad_xh[c]
            - b[c] * (mean_dot_times_xh[c] + mean_grad_dot_xh[c]) / NORM_PIXELS;
      q[c] = -b[c] * norm->mean_grad_xh[c];
      r[c] = -a[c] * norm->mean_grad[c] - b[c] * mean_dot[c] / NORM_PIXELS;
    }
  norm->kernels->norm_backward_tangent (
      NORM_PIXELS, NORM_CHANNELS, norm->grad_y,
      is_still ? NULL : grad_dot_y_to_grad_dot_x, norm->xh, dot_xh, a, b, p, q,
      r, grad_dot_y_to_grad_dot_x);
}

static void
check_norm_second_order (const SinganKernels *kernels, gboolean is_still)
{
  NormCase   norm;
  SinganReal x[NORM_COUNT];
  SinganReal weights[NORM_COUNT];
  SinganReal dot_x[NORM_COUNT];
  SinganReal dot_weights[NORM_COUNT] = { 0 };
  SinganReal dot_xh[NORM_COUNT];
  SinganReal dot_act[NORM_COUNT];
  SinganReal grad_dot[NORM_COUNT];
  SinganReal numeric[NORM_COUNT];
  gdouble    mean_dot_xh[NORM_CHANNELS];
  gdouble    sum[NORM_CHANNELS];
  gdouble    sum_xh[NORM_CHANNELS];

  norm_init (&norm, kernels);
  memcpy (x, norm.x, sizeof x);
  memcpy (weights, norm.weights, sizeof weights);
  draw (16, dot_x, NORM_COUNT, 1);
  if (! is_still)
    draw (17, dot_weights, NORM_COUNT, 1);
  memcpy (dot_xh, dot_x, sizeof dot_xh);
  norm_forward (&norm);
  norm_backward (&norm);
  norm_tangent (&norm, dot_xh, dot_act, mean_dot_xh);
  memcpy (grad_dot, dot_weights, sizeof grad_dot);
  kernels->leaky_backward (NORM_PIXELS, NORM_CHANNELS, norm.act, norm.xh,
                           grad_dot, sum, sum_xh);
  norm_backward_tangent (&norm, dot_xh, mean_dot_xh, is_still, grad_dot);

  move (norm.x, x, dot_x, NORM_COUNT, STEP);
  move (norm.weights, weights, dot_weights, NORM_COUNT, STEP);
  norm_forward (&norm);
  norm_backward (&norm);
  memcpy (numeric, norm.grad_x, sizeof numeric);
  move (norm.x, x, dot_x, NORM_COUNT, -STEP);
  move (norm.weights, weights, dot_weights, NORM_COUNT, -STEP);
  norm_forward (&norm);
  norm_backward (&norm);
  central (numeric, norm.grad_x, NORM_COUNT);
  check_array (is_still ? "norm backward tangent, gy. = 0"
                        : "norm backward tangent",
               grad_dot, numeric, NORM_COUNT);
}

typedef struct
{
  const SinganKernels *kernels;
  SinganReal           x[NORM_COUNT];
  SinganReal           weights[NORM_COUNT];
} LeakyCase;

static gdouble
leaky_loss (gpointer data)
{
  LeakyCase *leaky = data;
  SinganReal act[NORM_COUNT];

  memcpy (act, leaky->x, sizeof act);
  leaky->kernels->leaky_forward (NORM_COUNT, act);

  return dot (act, leaky->weights, NORM_COUNT);
}

static void
check_leaky (const SinganKernels *kernels)
{
  LeakyCase  leaky = { .kernels = kernels };
  SinganReal act[NORM_COUNT];
  SinganReal grad_x[NORM_COUNT];
  gdouble    sum[NORM_CHANNELS];
  gdouble    sum_xh[NORM_CHANNELS];
  gint       i;

  draw (21, leaky.x, NORM_COUNT, 1);
  draw (22, leaky.weights, NORM_COUNT, 1);
  for (i = 0; i < NORM_COUNT; i++)
    assert_true (fabs (leaky.x[i]) > 2 * STEP);
  memcpy (act, leaky.x, sizeof act);
  kernels->leaky_forward (NORM_COUNT, act);
  memcpy (grad_x, leaky.weights, sizeof grad_x);
  kernels->leaky_backward (NORM_PIXELS, NORM_CHANNELS, act, act, grad_x, sum,
                           sum_xh);
  check_gradient ("leaky, input", leaky_loss, &leaky, leaky.x, grad_x,
                  NORM_COUNT);
}
