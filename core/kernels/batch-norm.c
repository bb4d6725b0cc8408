/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is left of batch norm when the convolutions have done their part (see
 * maps.h): sums over pixels, and the last step of the second order.
 * Per-channel numbers come as double and are rounded once before a loop.  Sums
 * over pixels are kept in double; chunks of a few pixels, whose sums lose next
 * to nothing, in the number type of the build.
 */

#include "config.h"

#include "core/kernels/maps.h"

/* Pieces that sums are cut into.  Fixed: their order makes the bits. */
#define SUM_BLOCKS 16

/* Pixels that an elementwise loop hands to a thread at a time. */
#define BLOCK_PIXELS 512

/* Numbers below which a loop is not worth waking other threads. */
#define PARALLEL_COUNT 32768

typedef SinganReal ChannelReals[SINGAN_CHANNELS_MAXIMUM];
typedef gdouble    ChannelSums[SINGAN_CHANNELS_MAXIMUM];

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
    singan_add_lanes (sum_u + c, some, of_u);
    if (v)
      singan_add_lanes (sum_uv + c, some, of_uv);
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

  g_return_if_fail (channels <= SINGAN_CHANNELS_MAXIMUM);

#pragma omp parallel for schedule(static) if (pixels * channels                \
                                              >= PARALLEL_COUNT)
  for (b = 0; b < SUM_BLOCKS; b++)
    {
      const gsize end = pixels * (b + 1) / SUM_BLOCKS;
      gsize       p;

      memset (partial_u[b], 0, channels * sizeof (gdouble));
      memset (partial_uv[b], 0, channels * sizeof (gdouble));
      for (p = pixels * b / SUM_BLOCKS; p < end; p += SINGAN_CHUNK_PIXELS)
        sum_chunk (MIN (end - p, SINGAN_CHUNK_PIXELS), channels,
                   u + p * channels, v ? v + p * channels : NULL, partial_u[b],
                   partial_uv[b]);
    }

  add_blocks (channels, partial_u, sum_u);
  if (sum_uv)
    add_blocks (channels, partial_uv, sum_uv);
}

void
singan_norm_backward_tangent (gsize             pixels,
                              gint              channels,
                              const SinganReal *grad_y,
                              const SinganReal *grad_dot_y,
                              const SinganReal *x,
                              const SinganReal *dot_x,
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
  ChannelReals of_x;
  ChannelReals of_dot_x;
  ChannelReals of_one;
  gint         block;

  round_channels (channels, a, of_grad);
  round_channels (channels, b, of_dot_grad);
  round_channels (channels, p, of_x);
  round_channels (channels, q, of_dot_x);
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
                + singan_load (of_x + c) * singan_load_some (x + at, some)
                + singan_load (of_dot_x + c)
                      * singan_load_some (dot_x + at, some)
                + singan_load (of_one + c);

          if (grad_dot_y)
            sum += singan_load (of_dot_grad + c)
                   * singan_load_some (grad_dot_y + at, some);
          singan_store_some (grad_dot_x + at, some, sum);
        }
    }
}
