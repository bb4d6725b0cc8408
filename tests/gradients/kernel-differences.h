/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Checks of the kernel table's convolutions against central differences, one
 * variant at a time.
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
  ConvCase          *conv = data;
  const SinganMap    x = singan_map_plain (conv->x);
  const SinganOutput y = singan_output_plain (conv->y);

  conv->kernels->conv_arrange (conv->shape.in_channels,
                               conv->shape.out_channels, conv->weight, FALSE,
                               conv->arranged);
  conv->kernels->conv_forward (&conv->shape, &x, conv->arranged, conv->bias, &y,
                               &conv->scratch);

  return dot (conv->y, conv->weights, conv_outputs (&conv->shape));
}

static void
check_convolution (const SinganKernels *kernels, SinganConvShape shape)
{
  const gsize     n_x = (gsize) shape.height * shape.width * shape.in_channels;
  const gsize     n_weight = (gsize) 9 * shape.in_channels * shape.out_channels;
  const gsize     n_y = conv_outputs (&shape);
  ConvCase        conv = { .kernels = kernels, .shape = shape };
  SinganReal      grad_x[CONV_MAXIMUM];
  SinganReal      grad_weight[CONV_MAXIMUM];
  SinganReal      before[CONV_MAXIMUM];
  SinganReal      grad_bias[CONV_MAXIMUM];
  const SinganMap x = singan_map_plain (conv.x);
  const SinganMap grad_y = singan_map_plain (conv.weights);
  const SinganOutput output = singan_output_plain (grad_x);
  gsize              per_thread;
  gsize              shared;
  gsize              i;

  assert_true (n_x <= CONV_MAXIMUM && n_weight <= CONV_MAXIMUM
               && n_y <= CONV_MAXIMUM);
  per_thread = kernels->conv_scratch (&shape, &shared);
  assert_true (singan_scratch_init (&conv.scratch, per_thread, shared, NULL));
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
  kernels->conv_backward_data (&shape, &grad_y, conv.arranged, &output,
                               &conv.scratch);
  kernels->conv_backward_weight (&shape, &x, &grad_y, grad_weight,
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
