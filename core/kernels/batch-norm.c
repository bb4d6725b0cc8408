/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Batch norm over the pixels of one picture, its derivatives up to the second
 * order, and LeakyReLU.  Per-channel numbers come as double and are rounded
 * once before a loop; sums over pixels are kept in double.
 */

#include "config.h"

#include "core/kernels/kernels-private.h"

#include <string.h>

/* Widest map; the per-channel copies live on the stack. */
#define CHANNELS_MAXIMUM 128

/* Pieces that sums are cut into.  Fixed: their order makes the bits. */
#define SUM_BLOCKS 16

/* Pixels that an elementwise loop hands to a thread at a time. */
#define BLOCK_PIXELS 512

/* Numbers that a loop without channels hands to a thread at a time. */
#define BLOCK_COUNT 16384

typedef SinganReal ChannelReals[CHANNELS_MAXIMUM];
typedef gdouble    ChannelSums[CHANNELS_MAXIMUM];

static gint
n_blocks (gsize length, gsize block)
{
  return (gint) ((length + block - 1) / block);
}

static void
round_channels (gint channels, const gdouble *from, SinganReal *to)
{
  gint c;

  for (c = 0; c < channels; c++)
    to[c] = (SinganReal) from[c];
}

static SinganReal
mask (SinganReal act)
{
  return act > 0 ? 1 : SINGAN_LEAKY_SLOPE;
}

static void
add_blocks (gint channels, ChannelSums *partial, gdouble *sum)
{
  gint b;
  gint c;

  memset (sum, 0, channels * sizeof (gdouble));
  for (b = 0; b < SUM_BLOCKS; b++)
    for (c = 0; c < channels; c++)
      sum[c] += partial[b][c];
}

void
singan_channel_sums (gsize             pixels,
                     gint              channels,
                     const SinganReal *u,
                     const SinganReal *v,
                     gdouble          *sum_u,
                     gdouble          *sum_uv)
{
  ChannelSums partial_u[SUM_BLOCKS];
  ChannelSums partial_uv[SUM_BLOCKS];
  gint        b;

  g_return_if_fail (channels <= CHANNELS_MAXIMUM);

#pragma omp parallel for schedule(static)
  for (b = 0; b < SUM_BLOCKS; b++)
    {
      const gsize end = pixels * (b + 1) / SUM_BLOCKS;
      gdouble    *block_u = partial_u[b];
      gdouble    *block_uv = partial_uv[b];
      gsize       p;
      gint        c;

      memset (block_u, 0, channels * sizeof (gdouble));
      memset (block_uv, 0, channels * sizeof (gdouble));
      for (p = pixels * b / SUM_BLOCKS; p < end; p++)
        {
          const SinganReal *pixel_u = u + p * channels;
          const SinganReal *pixel_v = v ? v + p * channels : NULL;

          if (pixel_v)
            for (c = 0; c < channels; c++)
              block_uv[c] += (gdouble) pixel_u[c] * pixel_v[c];
          for (c = 0; c < channels; c++)
            block_u[c] += pixel_u[c];
        }
    }

  add_blocks (channels, partial_u, sum_u);
  if (sum_uv)
    add_blocks (channels, partial_uv, sum_uv);
}

void
singan_channel_moments (gsize             pixels,
                        gint              channels,
                        const SinganReal *x,
                        gdouble          *mean,
                        gdouble          *variance)
{
  ChannelSums partial[SUM_BLOCKS];
  gint        b;
  gint        c;

  singan_channel_sums (pixels, channels, x, NULL, mean, NULL);
  for (c = 0; c < channels; c++)
    mean[c] /= pixels;

    /* The differences to the mean, so that a mean far from 0 costs no digits.
     */
#pragma omp parallel for schedule(static)
  for (b = 0; b < SUM_BLOCKS; b++)
    {
      const gsize end = pixels * (b + 1) / SUM_BLOCKS;
      gdouble    *block = partial[b];
      gsize       p;

      memset (block, 0, channels * sizeof (gdouble));
      for (p = pixels * b / SUM_BLOCKS; p < end; p++)
        for (gint i = 0; i < channels; i++)
          {
            const gdouble difference = x[p * channels + i] - mean[i];

            block[i] += difference * difference;
          }
    }

  add_blocks (channels, partial, variance);
  for (c = 0; c < channels; c++)
    variance[c] /= pixels;
}

void
singan_norm_forward (gsize             pixels,
                     gint              channels,
                     SinganReal       *x_to_xh,
                     const gdouble    *mean,
                     const gdouble    *inv_std,
                     const SinganReal *gamma,
                     const SinganReal *beta,
                     SinganReal       *act)
{
  const gint   blocks = n_blocks (pixels, BLOCK_PIXELS);
  ChannelReals m;
  ChannelReals s;
  gint         b;

  round_channels (channels, mean, m);
  round_channels (channels, inv_std, s);

#pragma omp parallel for schedule(static)
  for (b = 0; b < blocks; b++)
    {
      const gsize end = MIN (pixels, (gsize) (b + 1) * BLOCK_PIXELS);
      gsize       p;
      gint        c;

      for (p = (gsize) b * BLOCK_PIXELS; p < end; p++)
        {
          SinganReal *restrict xh = x_to_xh + p * channels;
          SinganReal *restrict a = act + p * channels;

          for (c = 0; c < channels; c++)
            {
              const SinganReal normalised = (xh[c] - m[c]) * s[c];
              const SinganReal y = gamma[c] * normalised + beta[c];

              xh[c] = normalised;
              a[c] = y > 0 ? y : SINGAN_LEAKY_SLOPE * y;
            }
        }
    }
}

void
singan_leaky_forward (gsize count, SinganReal *y)
{
  const gint blocks = n_blocks (count, BLOCK_COUNT);
  gint       b;

#pragma omp parallel for schedule(static)
  for (b = 0; b < blocks; b++)
    {
      const gsize end = MIN (count, (gsize) (b + 1) * BLOCK_COUNT);
      gsize       i;

      for (i = (gsize) b * BLOCK_COUNT; i < end; i++)
        y[i] *= mask (y[i]);
    }
}

void
singan_leaky_backward (gsize             count,
                       const SinganReal *act,
                       const SinganReal *grad_act,
                       SinganReal       *grad_y)
{
  const gint blocks = n_blocks (count, BLOCK_COUNT);
  gint       b;

#pragma omp parallel for schedule(static)
  for (b = 0; b < blocks; b++)
    {
      const gsize end = MIN (count, (gsize) (b + 1) * BLOCK_COUNT);
      gsize       i;

      for (i = (gsize) b * BLOCK_COUNT; i < end; i++)
        grad_y[i] = grad_act[i] * mask (act[i]);
    }
}

void
singan_norm_backward (gsize             pixels,
                      gint              channels,
                      const SinganReal *xh,
                      const SinganReal *grad_y,
                      const gdouble    *scale,
                      const gdouble    *mean_grad,
                      const gdouble    *mean_grad_xh,
                      SinganReal       *grad_x)
{
  const gint   blocks = n_blocks (pixels, BLOCK_PIXELS);
  ChannelReals k;
  ChannelReals m;
  ChannelReals m_xh;
  gint         b;

  round_channels (channels, scale, k);
  round_channels (channels, mean_grad, m);
  round_channels (channels, mean_grad_xh, m_xh);

#pragma omp parallel for schedule(static)
  for (b = 0; b < blocks; b++)
    {
      const gsize end = MIN (pixels, (gsize) (b + 1) * BLOCK_PIXELS);
      gsize       p;
      gint        c;

      for (p = (gsize) b * BLOCK_PIXELS; p < end; p++)
        {
          const gsize at = p * channels;

          for (c = 0; c < channels; c++)
            grad_x[at + c]
                = k[c] * (grad_y[at + c] - m[c] - xh[at + c] * m_xh[c]);
        }
    }
}

void
singan_norm_forward_tangent (gsize             pixels,
                             gint              channels,
                             const SinganReal *xh,
                             const SinganReal *act,
                             const gdouble    *mean,
                             const gdouble    *mean_xh,
                             const gdouble    *inv_std,
                             const SinganReal *gamma,
                             SinganReal       *dot_x_to_dot_xh,
                             SinganReal       *dot_act)
{
  const gint   blocks = n_blocks (pixels, BLOCK_PIXELS);
  ChannelReals m;
  ChannelReals m_xh;
  ChannelReals s;
  gint         b;

  round_channels (channels, mean, m);
  round_channels (channels, mean_xh, m_xh);
  round_channels (channels, inv_std, s);

#pragma omp parallel for schedule(static)
  for (b = 0; b < blocks; b++)
    {
      const gsize end = MIN (pixels, (gsize) (b + 1) * BLOCK_PIXELS);
      gsize       p;
      gint        c;

      for (p = (gsize) b * BLOCK_PIXELS; p < end; p++)
        {
          const SinganReal *restrict x = xh + p * channels;
          const SinganReal *restrict a = act + p * channels;
          SinganReal *restrict dot_xh = dot_x_to_dot_xh + p * channels;
          SinganReal *restrict dot_a = dot_act + p * channels;

          for (c = 0; c < channels; c++)
            {
              dot_xh[c] = s[c] * (dot_xh[c] - m[c] - x[c] * m_xh[c]);
              dot_a[c] = gamma[c] * dot_xh[c] * mask (a[c]);
            }
        }
    }
}

void
singan_norm_backward_tangent (gsize             pixels,
                              gint              channels,
                              const SinganReal *grad_y,
                              const SinganReal *grad_dot_y,
                              const SinganReal *xh,
                              const SinganReal *dot_xh,
                              const gdouble    *a,
                              const gdouble    *b,
                              const gdouble    *p,
                              const gdouble    *q,
                              const gdouble    *r,
                              SinganReal       *grad_dot_x)
{
  const gint   blocks = n_blocks (pixels, BLOCK_PIXELS);
  ChannelReals of_grad;
  ChannelReals of_dot_grad;
  ChannelReals of_xh;
  ChannelReals of_dot_xh;
  ChannelReals of_one;
  gint         block;

  round_channels (channels, a, of_grad);
  round_channels (channels, b, of_dot_grad);
  round_channels (channels, p, of_xh);
  round_channels (channels, q, of_dot_xh);
  round_channels (channels, r, of_one);

#pragma omp parallel for schedule(static)
  for (block = 0; block < blocks; block++)
    {
      const gsize end = MIN (pixels, (gsize) (block + 1) * BLOCK_PIXELS);
      gsize       pixel;
      gint        c;

      for (pixel = (gsize) block * BLOCK_PIXELS; pixel < end; pixel++)
        {
          const gsize at = pixel * channels;

          for (c = 0; c < channels; c++)
            {
              const SinganReal rest
                  = of_grad[c] * grad_y[at + c] + of_xh[c] * xh[at + c]
                    + of_dot_xh[c] * dot_xh[at + c] + of_one[c];

              grad_dot_x[at + c]
                  = grad_dot_y ? rest + of_dot_grad[c] * grad_dot_y[at + c]
                               : rest;
            }
        }
    }
}
