/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The five linear maps of F(4x4, 3x3) (Lavin and Gray 2016) with the points 0,
 * 1, -1, 2, -2 and infinity, each in one dimension and for a vector of channels
 * at a time.  Rows, then columns, make them maps of tiles.
 */

#pragma once

#include "core/kernels/vector.h"

/* Sides of a tile of outputs and of the inputs that they take, and the number
 * of the latter: of the products. */
#define SINGAN_TILE 4
#define SINGAN_PATCH 6
#define SINGAN_POINTS (SINGAN_PATCH * SINGAN_PATCH)

typedef SinganVector SinganPatch[SINGAN_POINTS]; /* row by row */

/* Each transform works on a row or a column of vectors, whose step it is told.
 * B^T: from six inputs to six factors. */
static inline void
singan_winograd_input (const SinganVector *d,
                       gsize               step,
                       SinganVector       *to,
                       gsize               to_step)
{
  const SinganVector d0 = d[0];
  const SinganVector d1 = d[step];
  const SinganVector d2 = d[2 * step];
  const SinganVector d3 = d[3 * step];
  const SinganVector d4 = d[4 * step];
  const SinganVector d5 = d[5 * step];
  const SinganVector even = d4 - 4 * d2;
  const SinganVector odd = d3 - 4 * d1;
  const SinganVector even2 = d4 - d2;
  const SinganVector odd2 = 2 * (d3 - d1);

  to[0] = 4 * (d0 - d2) + even2;
  to[to_step] = even + odd;
  to[2 * to_step] = even - odd;
  to[3 * to_step] = even2 + odd2;
  to[4 * to_step] = even2 - odd2;
  to[5 * to_step] = 4 * (d1 - d3) + (d5 - d3);
}

/* A^T: from six products to four outputs. */
static inline void
singan_winograd_output (const SinganVector *m,
                        gsize               step,
                        SinganVector       *to,
                        gsize               to_step)
{
  const SinganVector sum = m[step] + m[2 * step];
  const SinganVector difference = m[step] - m[2 * step];
  const SinganVector sum2 = m[3 * step] + m[4 * step];
  const SinganVector difference2 = m[3 * step] - m[4 * step];

  to[0] = m[0] + sum + sum2;
  to[to_step] = difference + 2 * difference2;
  to[2 * to_step] = sum + 4 * sum2;
  to[3 * to_step] = difference + 8 * difference2 + m[5 * step];
}

/* A: from four gradients of outputs to six of products. */
static inline void
singan_winograd_gradient (const SinganVector *y,
                          gsize               step,
                          SinganVector       *to,
                          gsize               to_step)
{
  const SinganVector even = y[0] + y[2 * step];
  const SinganVector odd = y[step] + y[3 * step];
  const SinganVector even2 = y[0] + 4 * y[2 * step];
  const SinganVector odd2 = 2 * (y[step] + 4 * y[3 * step]);

  to[0] = y[0];
  to[to_step] = even + odd;
  to[2 * to_step] = even - odd;
  to[3 * to_step] = even2 + odd2;
  to[4 * to_step] = even2 - odd2;
  to[5 * to_step] = y[3 * step];
}

/* G: from three weights to six factors. */
static inline void
singan_winograd_weight (const SinganVector *w,
                        gsize               step,
                        SinganVector       *to,
                        gsize               to_step)
{
  const SinganReal   sixth = (SinganReal) (1. / 6);
  const SinganVector even = w[0] + w[2 * step];
  const SinganVector even2 = (SinganReal) 0.25 * w[0] + w[2 * step];
  const SinganVector half = (SinganReal) 0.5 * w[step];

  to[0] = (SinganReal) 0.25 * w[0];
  to[to_step] = -sixth * (even + w[step]);
  to[2 * to_step] = -sixth * (even - w[step]);
  to[3 * to_step] = sixth * (even2 + half);
  to[4 * to_step] = sixth * (even2 - half);
  to[5 * to_step] = w[2 * step];
}

/* G^T: from six sums to three gradients of weights. */
static inline void
singan_winograd_sum (const SinganVector *u,
                     gsize               step,
                     SinganVector       *to,
                     gsize               to_step)
{
  const SinganReal   sixth = (SinganReal) (1. / 6);
  const SinganVector sum = u[step] + u[2 * step];
  const SinganVector sum2 = u[3 * step] + u[4 * step];

  to[0] = (SinganReal) 0.25 * u[0] - sixth * (sum - (SinganReal) 0.25 * sum2);
  to[to_step] = sixth
                * ((SinganReal) 0.5 * (u[3 * step] - u[4 * step])
                   - (u[step] - u[2 * step]));
  to[2 * to_step] = sixth * (sum2 - sum) + u[5 * step];
}
