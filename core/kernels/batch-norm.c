/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Batch norm over the pixels of one picture, its derivatives up to the second
 * order, and LeakyReLU.  Per-channel numbers come as double and are rounded
 * once before a loop.  Sums over pixels are kept in double; chunks of a few
 * pixels, whose sums lose next to nothing, in the number type of the build.
 */

#include "config.h"

#include "core/kernels/vector.h"

/* Widest map; the per-channel copies live on the stack. */
#define CHANNELS_MAXIMUM 128

/* Pieces that sums are cut into.  Fixed: their order makes the bits. */
#define SUM_BLOCKS 16

/* Pixels that are summed before the sum is added up in double. */
#define CHUNK_PIXELS 32

/* Pixels that an elementwise loop hands to a thread at a time. */
#define BLOCK_PIXELS 512

/* Numbers below which a loop is not worth waking other threads. */
#define PARALLEL_COUNT 32768

/* Numbers that a loop without channels hands to a thread at a time. */
#define BLOCK_COUNT 16384

typedef SinganReal ChannelReals[CHANNELS_MAXIMUM];
typedef gdouble    ChannelSums[CHANNELS_MAXIMUM];

/* The loop over the channels of a pixel, a vector at a time: from @c on there
 * are @some. */
#define FOR_VECTORS(c, some, channels)                                         \
  for (gint c = 0, some; some = channels - c, c < channels; c += SINGAN_LANES)

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

static inline void
add_lanes (gdouble *sum, gint some, SinganVector vector)
{
  const gint count = MIN (some, SINGAN_LANES);
  gint       lane;

  if (count == SINGAN_LANES)
    for (lane = 0; lane < SINGAN_LANES; lane++)
      sum[lane] += vector[lane];
  else
    for (lane = 0; lane < count; lane++)
      sum[lane] += vector[lane];
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

/* Adds the sums of u and, unless v is NULL, of u v over some pixels. */
static inline void
sum_chunk (gsize             pixels,
           gint              channels,
           const SinganReal *u,
           const SinganReal *v,
           gdouble          *sum_u,
           gdouble          *sum_uv)
{
  FOR_VECTORS (c, some, channels)
  {
    SinganVector of_u = { 0 };
    SinganVector of_uv = { 0 };
    gsize        p;

    for (p = 0; p < pixels; p++)
      {
        const SinganVector at = singan_load_some (u + p * channels + c, some);

        of_u += at;
        if (v)
          of_uv += at * singan_load_some (v + p * channels + c, some);
      }
    add_lanes (sum_u + c, some, of_u);
    if (v)
      add_lanes (sum_uv + c, some, of_uv);
  }
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

#pragma omp parallel for schedule(static) if (pixels * channels                \
                                              >= PARALLEL_COUNT)
  for (b = 0; b < SUM_BLOCKS; b++)
    {
      const gsize end = pixels * (b + 1) / SUM_BLOCKS;
      gsize       p;

      memset (partial_u[b], 0, channels * sizeof (gdouble));
      memset (partial_uv[b], 0, channels * sizeof (gdouble));
      for (p = pixels * b / SUM_BLOCKS; p < end; p += CHUNK_PIXELS)
        sum_chunk (MIN (end - p, CHUNK_PIXELS), channels, u + p * channels,
                   v ? v + p * channels : NULL, partial_u[b], partial_uv[b]);
    }

  add_blocks (channels, partial_u, sum_u);
  if (sum_uv)
    add_blocks (channels, partial_uv, sum_uv);
}

/* Sums of the differences to the first pixel and of their squares, so that a
 * mean far from 0 costs no digits; then the mean, and the sum of the squared
 * differences to it. */
static void
sum_moments (gsize             pixels,
             gint              channels,
             const SinganReal *x,
             gdouble          *mean,
             gdouble          *squares)
{
  gsize first;
  gint  i;

  memset (mean, 0, channels * sizeof (gdouble));
  memset (squares, 0, channels * sizeof (gdouble));
  if (pixels == 0)
    return;

  for (first = 0; first < pixels; first += CHUNK_PIXELS)
    FOR_VECTORS (c, some, channels)
    {
      const gsize        end = MIN (pixels, first + CHUNK_PIXELS);
      const SinganVector pivot = singan_load_some (x + c, some);
      SinganVector       sum = { 0 };
      SinganVector       sum_squares = { 0 };
      gsize              p;

      for (p = first; p < end; p++)
        {
          const SinganVector difference
              = singan_load_some (x + p * channels + c, some) - pivot;

          sum += difference;
          sum_squares += difference * difference;
        }
      add_lanes (mean + c, some, sum);
      add_lanes (squares + c, some, sum_squares);
    }

  for (i = 0; i < channels; i++)
    {
      squares[i] = MAX (squares[i] - mean[i] * mean[i] / pixels, 0);
      mean[i] = x[i] + mean[i] / pixels;
    }
}

void
singan_channel_moments (gsize             pixels,
                        gint              channels,
                        const SinganReal *x,
                        gdouble          *mean,
                        gdouble          *variance)
{
  ChannelSums means[SUM_BLOCKS];
  ChannelSums squares[SUM_BLOCKS];
  gint        b;
  gint        c;

  g_return_if_fail (channels <= CHANNELS_MAXIMUM);

#pragma omp parallel for schedule(static) if (pixels * channels                \
                                              >= PARALLEL_COUNT)
  for (b = 0; b < SUM_BLOCKS; b++)
    {
      const gsize first = pixels * b / SUM_BLOCKS;

      sum_moments (pixels * (b + 1) / SUM_BLOCKS - first, channels,
                   x + first * channels, means[b], squares[b]);
    }

  /* The blocks' together (Chan, Golub and LeVeque 1983). */
  for (c = 0; c < channels; c++)
    {
      gdouble sum = 0;
      gdouble total = 0;

      for (b = 0; b < SUM_BLOCKS; b++)
        sum += means[b][c]
               * (pixels * (b + 1) / SUM_BLOCKS - pixels * b / SUM_BLOCKS);
      mean[c] = sum / pixels;
      for (b = 0; b < SUM_BLOCKS; b++)
        {
          const gsize count
              = pixels * (b + 1) / SUM_BLOCKS - pixels * b / SUM_BLOCKS;
          const gdouble difference = means[b][c] - mean[c];

          total += squares[b][c] + count * difference * difference;
        }
      variance[c] = total / pixels;
    }
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

#pragma omp parallel for schedule(static) if (pixels * channels                \
                                              >= PARALLEL_COUNT)
  for (b = 0; b < blocks; b++)
    {
      const gsize end = MIN (pixels, (gsize) (b + 1) * BLOCK_PIXELS);
      gsize       p;

      for (p = (gsize) b * BLOCK_PIXELS; p < end; p++)
        FOR_VECTORS (c, some, channels)
        {
          SinganReal        *xh = x_to_xh + p * channels + c;
          const SinganVector normalised
              = (singan_load_some (xh, some) - singan_load (m + c))
                * singan_load (s + c);
          const SinganVector y = singan_load_some (gamma + c, some) * normalised
                                 + singan_load_some (beta + c, some);

          singan_store_some (xh, some, normalised);
          singan_store_some (act + p * channels + c, some,
                             y * singan_leaky_mask (y));
        }
    }
}

void
singan_leaky_forward (gsize count, SinganReal *y)
{
  const gint blocks = n_blocks (count, BLOCK_COUNT);
  gint       b;

#pragma omp parallel for schedule(static) if (count >= PARALLEL_COUNT)
  for (b = 0; b < blocks; b++)
    {
      const gsize end = MIN (count, (gsize) (b + 1) * BLOCK_COUNT);
      gsize       i;

      for (i = (gsize) b * BLOCK_COUNT; i < end; i += SINGAN_LANES)
        {
          const gint         some = (gint) MIN (end - i, (gsize) SINGAN_LANES);
          const SinganVector at = singan_load_some (y + i, some);

          singan_store_some (y + i, some, at * singan_leaky_mask (at));
        }
    }
}

void
singan_leaky_backward (gsize             pixels,
                       gint              channels,
                       const SinganReal *act,
                       const SinganReal *xh,
                       SinganReal       *grad,
                       gdouble          *sum,
                       gdouble          *sum_xh)
{
  ChannelSums partial[SUM_BLOCKS];
  ChannelSums partial_xh[SUM_BLOCKS];
  gint        b;

  g_return_if_fail (channels <= CHANNELS_MAXIMUM);

#pragma omp parallel for schedule(static) if (pixels * channels                \
                                              >= PARALLEL_COUNT)
  for (b = 0; b < SUM_BLOCKS; b++)
    {
      const gsize end = pixels * (b + 1) / SUM_BLOCKS;
      gsize       first;

      memset (partial[b], 0, channels * sizeof (gdouble));
      memset (partial_xh[b], 0, channels * sizeof (gdouble));
      for (first = pixels * b / SUM_BLOCKS; first < end; first += CHUNK_PIXELS)
        FOR_VECTORS (c, some, channels)
        {
          const gsize  chunk_end = MIN (end, first + CHUNK_PIXELS);
          SinganVector of_grad = { 0 };
          SinganVector of_xh = { 0 };
          gsize        p;

          for (p = first; p < chunk_end; p++)
            {
              const gsize        at = p * channels + c;
              const SinganVector masked
                  = singan_load_some (grad + at, some)
                    * singan_leaky_mask (singan_load_some (act + at, some));

              singan_store_some (grad + at, some, masked);
              of_grad += masked;
              of_xh += masked * singan_load_some (xh + at, some);
            }
          add_lanes (partial[b] + c, some, of_grad);
          add_lanes (partial_xh[b] + c, some, of_xh);
        }
    }

  add_blocks (channels, partial, sum);
  add_blocks (channels, partial_xh, sum_xh);
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

#pragma omp parallel for schedule(static) if (pixels * channels                \
                                              >= PARALLEL_COUNT)
  for (b = 0; b < blocks; b++)
    {
      const gsize end = MIN (pixels, (gsize) (b + 1) * BLOCK_PIXELS);
      gsize       p;

      for (p = (gsize) b * BLOCK_PIXELS; p < end; p++)
        FOR_VECTORS (c, some, channels)
        {
          const gsize        at = p * channels + c;
          const SinganVector projected
              = singan_load_some (grad_y + at, some) - singan_load (m + c)
                - singan_load_some (xh + at, some) * singan_load (m_xh + c);

          singan_store_some (grad_x + at, some,
                             singan_load (k + c) * projected);
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

#pragma omp parallel for schedule(static) if (pixels * channels                \
                                              >= PARALLEL_COUNT)
  for (b = 0; b < blocks; b++)
    {
      const gsize end = MIN (pixels, (gsize) (b + 1) * BLOCK_PIXELS);
      gsize       p;

      for (p = (gsize) b * BLOCK_PIXELS; p < end; p++)
        FOR_VECTORS (c, some, channels)
        {
          const gsize        at = p * channels + c;
          const SinganVector dot_xh
              = singan_load (s + c)
                * (singan_load_some (dot_x_to_dot_xh + at, some)
                   - singan_load (m + c)
                   - singan_load_some (xh + at, some) * singan_load (m_xh + c));

          singan_store_some (dot_x_to_dot_xh + at, some, dot_xh);
          singan_store_some (
              dot_act + at, some,
              singan_load_some (gamma + c, some) * dot_xh
                  * singan_leaky_mask (singan_load_some (act + at, some)));
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

#pragma omp parallel for schedule(static) if (pixels * channels                \
                                              >= PARALLEL_COUNT)
  for (block = 0; block < blocks; block++)
    {
      const gsize end = MIN (pixels, (gsize) (block + 1) * BLOCK_PIXELS);
      gsize       pixel;

      for (pixel = (gsize) block * BLOCK_PIXELS; pixel < end; pixel++)
        FOR_VECTORS (c, some, channels)
        {
          const gsize  at = pixel * channels + c;
          SinganVector sum
              = singan_load (of_grad + c) * singan_load_some (grad_y + at, some)
                + singan_load (of_xh + c) * singan_load_some (xh + at, some)
                + singan_load (of_dot_xh + c)
                      * singan_load_some (dot_xh + at, some)
                + singan_load (of_one + c);

          if (grad_dot_y)
            sum += singan_load (of_dot_grad + c)
                   * singan_load_some (grad_dot_y + at, some);
          singan_store_some (grad_dot_x + at, some, sum);
        }
    }
}
