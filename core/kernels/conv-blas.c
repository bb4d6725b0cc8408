/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The 3x3 convolution and its gradients as matrix products.  Channels come
 * last, so the patch of an output pixel is three runs of 3 x channels numbers;
 * blocks of patches stay in the second-level cache.  Where one side has few
 * channels the roles are swapped: a product with all nine taps at once, then
 * shifted sums.  Backward data is forward over the padded gradient with flipped
 * weights.
 */

#include "config.h"

#include "core/kernels/kernels-private.h"

#include <string.h>

#include "core/base/blas.h"

#define TAPS 9

/* Reals of a block of patches: 256 KiB of floats. */
#define BLOCK_REALS 65536
#define BLOCK_PIXELS_MINIMUM 32
#define BLOCK_PIXELS_MAXIMUM 512

/* Up to how many channels count as few: a picture's. */
#define FEW_CHANNELS 4

/* Partial sums of a weight gradient: how far it can be spread over threads.
 * Their number has to be fixed, or the threads would show in the bits. */
#define PARTIALS 8

/* A map that is read with zeros around it. */
typedef struct
{
  const SinganReal *data;
  gint              height;
  gint              width;
  gint              channels;
  gint              pad;
} Source;

static gint
block_pixels (gint channels)
{
  return CLAMP (BLOCK_REALS / (TAPS * channels), BLOCK_PIXELS_MINIMUM,
                BLOCK_PIXELS_MAXIMUM);
}

static gint
block_rows (gint width, gint channels)
{
  return MAX (BLOCK_REALS / (TAPS * channels * width) - 2, 1);
}

static gint
n_blocks (gsize length, gint block)
{
  return (gint) ((length + block - 1) / block);
}

static gsize
weight_count (const SinganConvShape *shape)
{
  return (gsize) TAPS * shape->in_channels * shape->out_channels;
}

/* Reals that blocks of patches of so many channels take. */
static gsize
patches_reals (gint channels)
{
  return (gsize) block_pixels (channels) * TAPS * channels;
}

/* Reals that the products of a block of rows take at most, with the two rows
 * more that its last output row reaches for; also for a narrower map. */
static gsize
products_reals (gint width, gint channels)
{
  return MAX (BLOCK_REALS, (gsize) 3 * width * TAPS * channels);
}

/* Reals of one slice that hold patches or products of a block.  Either side's
 * channels can be the few that are shifted: the output's in forward, the
 * input's in backward data. */
static gsize
block_reals (const SinganConvShape *shape)
{
  const gint sides[] = { shape->in_channels, shape->out_channels };
  gsize      reals = 0;
  gsize      i;

  for (i = 0; i < G_N_ELEMENTS (sides); i++)
    {
      reals = MAX (reals, patches_reals (sides[i]));
      if (sides[i] <= FEW_CHANNELS)
        reals = MAX (reals, products_reals (shape->width, sides[i]));
    }

  return reals;
}

/* A slice is a block, and in the first one, behind it, what all threads share:
 * rearranged weights or the partial sums of a weight gradient. */
gsize
singan_conv_blas_scratch (const SinganConvShape *shape)
{
  return block_reals (shape) + PARTIALS * weight_count (shape);
}

static SinganReal *
shared_scratch (const SinganConvShape *shape, const SinganScratch *scratch)
{
  return scratch->data + block_reals (shape);
}

/* patches[p - first, (kh, kw, c)] = source[h + kh - pad, w + kw - pad, c] for
 * the output pixels p = (h, w) from first to end. */
static void
copy_patches (const Source *source, gsize first, gsize end, SinganReal *patches)
{
  const gint  out_width = source->width + 2 * source->pad - 2;
  const gsize run = 3 * (gsize) source->channels;
  gsize       p;
  gint        kh;
  gint        kw;

  for (p = first; p < end; p++)
    {
      const gint left = (gint) (p % out_width) - source->pad;
      const gint top = (gint) (p / out_width) - source->pad;

      for (kh = 0; kh < 3; kh++, patches += run)
        {
          const gint        h = top + kh;
          const SinganReal *row;

          if (h < 0 || h >= source->height)
            {
              memset (patches, 0, run * sizeof (SinganReal));
              continue;
            }
          row = source->data + (gsize) h * source->width * source->channels;
          if (left >= 0 && left + 3 <= source->width)
            {
              memcpy (patches, row + (gsize) left * source->channels,
                      run * sizeof (SinganReal));
              continue;
            }
          for (kw = 0; kw < 3; kw++)
            {
              SinganReal *to = patches + (gsize) kw * source->channels;
              const gint  w = left + kw;

              if (w < 0 || w >= source->width)
                memset (to, 0, source->channels * sizeof (SinganReal));
              else
                memcpy (to, row + (gsize) w * source->channels,
                        source->channels * sizeof (SinganReal));
            }
        }
    }
}

static void
fill_bias (SinganReal *y, gsize pixels, gint channels, const SinganReal *bias)
{
  gsize p;

  for (p = 0; p < pixels; p++)
    memcpy (y + p * channels, bias, channels * sizeof (SinganReal));
}

/* y = patches [pixels, 9 c] weight [9 c, n] + bias, block by block. */
static void
correlate_patches (const Source        *source,
                   const SinganReal    *weight,
                   const SinganReal    *bias,
                   gint                 n,
                   SinganReal          *y,
                   const SinganScratch *scratch)
{
  const gint  columns = TAPS * source->channels;
  const gsize pixels = (gsize) (source->height + 2 * source->pad - 2)
                       * (source->width + 2 * source->pad - 2);
  const gint block = block_pixels (source->channels);
  const gint blocks = n_blocks (pixels, block);
  gint       b;

#pragma omp parallel for num_threads(scratch->threads) schedule(static)
  for (b = 0; b < blocks; b++)
    {
      const gsize first = (gsize) b * block;
      const gsize end = MIN (pixels, first + block);
      SinganReal *patches = singan_scratch_get (scratch);
      SinganReal *to = y + first * n;

      copy_patches (source, first, end, patches);
      if (bias)
        fill_bias (to, end - first, n, bias);
      singan_gemm (FALSE, (gint) (end - first), n, columns, patches, columns,
                   weight, n, bias ? 1 : 0, to, n);
    }
}

/* One output row: y[w, o] = bias[o] + sum over the taps of
 * products[h + kh - pad, w + kw - pad, (kh, kw, o)]; products begins with
 * source row first_row. */
static void
add_shifted_row (const Source     *source,
                 const SinganReal *products,
                 gint              first_row,
                 const SinganReal *bias,
                 gint              n,
                 gint              h,
                 SinganReal       *y)
{
  const gint out_width = source->width + 2 * source->pad - 2;
  gint       w;
  gint       o;
  gint       tap;

  for (w = 0; w < out_width; w++)
    for (o = 0; o < n; o++)
      y[w * n + o] = bias ? bias[o] : 0;

  for (tap = 0; tap < TAPS; tap++)
    {
      const gint        row = h + tap / 3 - source->pad;
      const gint        shift = tap % 3 - source->pad;
      const gint        from = MAX (0, -shift);
      const gint        to = MIN (out_width, source->width - shift);
      const SinganReal *line;

      if (row < 0 || row >= source->height)
        continue;
      line = products + (gsize) (row - first_row) * source->width * TAPS * n
             + (gsize) tap * n;
      for (w = from; w < to; w++)
        for (o = 0; o < n; o++)
          y[w * n + o] += line[(gsize) (w + shift) * TAPS * n + o];
    }
}

/* The same for few output channels: products of the source's pixels with all
 * nine taps at once, [pixels, c] [c, 9 n], then shifted sums. */
static void
correlate_shifted (const Source        *source,
                   const SinganReal    *taps,
                   const SinganReal    *bias,
                   gint                 n,
                   SinganReal          *y,
                   const SinganScratch *scratch)
{
  const gint out_height = source->height + 2 * source->pad - 2;
  const gint out_width = source->width + 2 * source->pad - 2;
  const gint rows = block_rows (source->width, n);
  const gint blocks = n_blocks (out_height, rows);
  gint       b;

#pragma omp parallel for num_threads(scratch->threads) schedule(static)
  for (b = 0; b < blocks; b++)
    {
      const gint  end = MIN (out_height, (b + 1) * rows);
      const gint  first_row = MAX (0, b * rows - source->pad);
      const gint  end_row = MIN (source->height, end + 2 - source->pad);
      SinganReal *products = singan_scratch_get (scratch);
      gint        h;

      if (end_row > first_row)
        singan_gemm (FALSE, (end_row - first_row) * source->width, TAPS * n,
                     source->channels,
                     source->data
                         + (gsize) first_row * source->width * source->channels,
                     source->channels, taps, TAPS * n, 0, products, TAPS * n);
      for (h = b * rows; h < end; h++)
        add_shifted_row (source, products, first_row, bias, n, h,
                         y + (gsize) h * out_width * n);
    }
}

/* to[c, (kh, kw), n] from weights[(kh, kw), c, n], flipped or not. */
static void
arrange_taps (const SinganConvShape *shape,
              const SinganReal      *weight,
              gboolean               is_backward,
              SinganReal            *to)
{
  const gint in = shape->in_channels;
  const gint out = shape->out_channels;
  gint       tap;
  gint       ic;
  gint       oc;

  for (tap = 0; tap < TAPS; tap++)
    for (ic = 0; ic < in; ic++)
      for (oc = 0; oc < out; oc++)
        {
          const SinganReal value = *weight++;

          if (is_backward)
            to[((gsize) oc * TAPS + TAPS - 1 - tap) * in + ic] = value;
          else
            to[((gsize) ic * TAPS + tap) * out + oc] = value;
        }
}

/* to[(kh, kw), oc, ic] = weight[(2 - kh, 2 - kw), ic, oc] */
static void
flip_weights (const SinganConvShape *shape,
              const SinganReal      *weight,
              SinganReal            *to)
{
  const gint in = shape->in_channels;
  const gint out = shape->out_channels;
  gint       tap;
  gint       ic;
  gint       oc;

  for (tap = 0; tap < TAPS; tap++)
    for (ic = 0; ic < in; ic++)
      for (oc = 0; oc < out; oc++)
        to[((gsize) (TAPS - 1 - tap) * out + oc) * in + ic] = *weight++;
}

void
singan_conv_blas_forward (const SinganConvShape *shape,
                          const SinganReal      *x,
                          const SinganReal      *weight,
                          const SinganReal      *bias,
                          SinganReal            *y,
                          const SinganScratch   *scratch)
{
  const Source source
      = { x, shape->height, shape->width, shape->in_channels, 0 };

  if (shape->out_channels <= FEW_CHANNELS)
    {
      SinganReal *taps = shared_scratch (shape, scratch);

      arrange_taps (shape, weight, FALSE, taps);
      correlate_shifted (&source, taps, bias, shape->out_channels, y, scratch);
    }
  else
    {
      correlate_patches (&source, weight, bias, shape->out_channels, y,
                         scratch);
    }
}

void
singan_conv_blas_backward_data (const SinganConvShape *shape,
                                const SinganReal      *grad_y,
                                const SinganReal      *weight,
                                SinganReal            *grad_x,
                                const SinganScratch   *scratch)
{
  const Source source
      = { grad_y, shape->height - 2, shape->width - 2, shape->out_channels, 2 };
  SinganReal *arranged = shared_scratch (shape, scratch);

  if (shape->in_channels <= FEW_CHANNELS)
    {
      arrange_taps (shape, weight, TRUE, arranged);
      correlate_shifted (&source, arranged, NULL, shape->in_channels, grad_x,
                         scratch);
    }
  else
    {
      flip_weights (shape, weight, arranged);
      correlate_patches (&source, arranged, NULL, shape->in_channels, grad_x,
                         scratch);
    }
}

/* Adds a partial sum of the weight gradient.  With few output channels it is
 * laid out [ic, (kh, kw) flipped, oc], else as the weights are. */
static void
add_partial (const SinganConvShape *shape,
             const SinganReal      *partial,
             SinganReal            *grad_weight)
{
  const gint in = shape->in_channels;
  const gint out = shape->out_channels;
  gint       tap;
  gint       ic;
  gint       oc;

  for (tap = 0; tap < TAPS; tap++)
    for (ic = 0; ic < in; ic++)
      {
        const SinganReal *from
            = out <= FEW_CHANNELS
                  ? partial + ((gsize) ic * TAPS + TAPS - 1 - tap) * out
                  : partial + ((gsize) tap * in + ic) * out;

        for (oc = 0; oc < out; oc++)
          *grad_weight++ += from[oc];
      }
}

void
singan_conv_blas_backward_weight (const SinganConvShape *shape,
                                  const SinganReal      *x,
                                  const SinganReal      *grad_y,
                                  SinganReal            *grad_weight,
                                  const SinganScratch   *scratch)
{
  const gint in = shape->in_channels;
  const gint out = shape->out_channels;
  /* Patches of the side that has fewer channels if that is the output, or the
   * matrices would be too narrow: dW = X^T patches (padded grad_y) instead of
   * patches (X)^T grad_y. */
  const gboolean is_swapped = out <= FEW_CHANNELS;
  const Source   source
      = is_swapped
            ? (Source){ grad_y, shape->height - 2, shape->width - 2, out, 2 }
            : (Source){ x, shape->height, shape->width, in, 0 };
  const gint  columns = TAPS * source.channels;
  const gsize pixels = is_swapped
                           ? (gsize) shape->height * shape->width
                           : (gsize) (shape->height - 2) * (shape->width - 2);
  const gint  block = block_pixels (source.channels);
  const gint  blocks = n_blocks (pixels, block);
  const gint  partials = MIN (PARTIALS, blocks);
  SinganReal *sums = shared_scratch (shape, scratch);
  gint        s;

#pragma omp parallel for num_threads(scratch->threads) schedule(static)
  for (s = 0; s < partials; s++)
    {
      const gint  first_block = (gint) ((gint64) blocks * s / partials);
      const gint  end_block = (gint) ((gint64) blocks * (s + 1) / partials);
      SinganReal *patches = singan_scratch_get (scratch);
      SinganReal *sum = sums + s * weight_count (shape);
      gint        b;

      for (b = first_block; b < end_block; b++)
        {
          const gsize first = (gsize) b * block;
          const gsize end = MIN (pixels, first + block);
          const gint  count = (gint) (end - first);

          copy_patches (&source, first, end, patches);
          if (is_swapped)
            singan_gemm (TRUE, in, columns, count, x + first * in, in, patches,
                         columns, b == first_block ? 0 : 1, sum, columns);
          else
            singan_gemm (TRUE, columns, out, count, patches, columns,
                         grad_y + first * out, out, b == first_block ? 0 : 1,
                         sum, out);
        }
    }

  for (s = 0; s < partials; s++)
    add_partial (shape, sums + s * weight_count (shape), grad_weight);
}
