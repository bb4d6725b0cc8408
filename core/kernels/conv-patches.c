/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The 3x3 convolution and its gradients as plain matrix products.  Channels
 * come last, so the patch of an output pixel is three runs of 3 x channels
 * numbers; blocks of patches stay in the second-level cache.  Where the output
 * has few channels the roles are swapped: a product of the pixels with all nine
 * taps at once, then shifted sums.
 */

#include "config.h"

#include "core/kernels/conv.h"
#include "core/kernels/product.h"

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

/* As many numbers as few channels have at most. */
typedef SinganReal Quad
    __attribute__ ((vector_size (FEW_CHANNELS * sizeof (SinganReal))));

static gint
n_blocks (gsize length, gint block)
{
  return (gint) ((length + block - 1) / block);
}

/* Columns of a matrix that has a column for each tap and channel, filled up
 * so that vectors fit, and so that a quad can be read at the last tap. */
static gint
tap_columns (gint channels)
{
  const gint step = MAX (SINGAN_LANES, FEW_CHANNELS);

  return n_blocks (TAPS * channels, step) * step;
}

static gint
block_pixels (gint columns)
{
  return CLAMP (BLOCK_REALS / columns, BLOCK_PIXELS_MINIMUM,
                BLOCK_PIXELS_MAXIMUM);
}

static gint
block_rows (gint width, gint columns)
{
  return MAX (BLOCK_REALS / (columns * width) - 2, 1);
}

/* Reals that a block of patches takes. */
static gsize
patches_reals (gint columns)
{
  return (gsize) block_pixels (columns) * columns;
}

/* Reals that the products of a block of rows take at most, with the two rows
 * more that its last output row reaches for; also for a narrower map. */
static gsize
products_reals (gint width, gint columns)
{
  return MAX (BLOCK_REALS, (gsize) 3 * width * columns);
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
      reals = MAX (reals, patches_reals (TAPS * sides[i]));
      if (sides[i] <= FEW_CHANNELS)
        reals = MAX (
            reals, MAX (patches_reals (tap_columns (sides[i])),
                        products_reals (shape->width, tap_columns (sides[i]))));
    }

  return reals;
}

/* Reals of weights, or of a sum of their gradient, in any arrangement. */
gsize
singan_patches_arranged (gint in_channels, gint out_channels)
{
  const gint few = MIN (in_channels, out_channels);
  const gint many = MAX (in_channels, out_channels);

  return (gsize) many * MAX (TAPS * few, tap_columns (few));
}

static gsize
partial_reals (const SinganConvShape *shape)
{
  return singan_patches_arranged (shape->in_channels, shape->out_channels);
}

/* A slice is a block, and in the first one, behind it, what all threads share:
 * the partial sums of a weight gradient. */
gsize
singan_patches_scratch (const SinganConvShape *shape)
{
  return block_reals (shape) + PARTIALS * partial_reals (shape);
}

/* patches[p - first, (kh, kw, c)] = source[h + kh - pad, w + kw - pad, c] for
 * the output pixels p = (h, w) from first to end, in rows of @columns. */
static void
copy_patches (const SinganSource *source,
              gsize               first,
              gsize               end,
              gint                columns,
              SinganReal         *patches)
{
  const gint  out_width = source->width + 2 * source->pad - 2;
  const gsize run = 3 * (gsize) source->channels;
  gsize       p;
  gint        kh;
  gint        kw;

  for (p = first; p < end; p++, patches += columns)
    {
      const gint left = (gint) (p % out_width) - source->pad;
      const gint top = (gint) (p / out_width) - source->pad;

      for (kh = 0; kh < 3; kh++)
        {
          const gint        h = top + kh;
          SinganReal       *to = patches + kh * run;
          const SinganReal *row;

          if (h < 0 || h >= source->height)
            {
              memset (to, 0, run * sizeof (SinganReal));
              continue;
            }
          row = source->data + (gsize) h * source->width * source->channels;
          if (left >= 0 && left + 3 <= source->width)
            {
              memcpy (to, row + (gsize) left * source->channels,
                      run * sizeof (SinganReal));
              continue;
            }
          for (kw = 0; kw < 3; kw++, to += source->channels)
            {
              const gint w = left + kw;

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
correlate_patches (const SinganSource  *source,
                   const SinganReal    *weight,
                   const SinganReal    *bias,
                   gint                 n,
                   SinganReal          *y,
                   const SinganScratch *scratch)
{
  const gint  columns = TAPS * source->channels;
  const gsize pixels = (gsize) (source->height + 2 * source->pad - 2)
                       * (source->width + 2 * source->pad - 2);
  const gint block = block_pixels (columns);
  const gint blocks = n_blocks (pixels, block);
  gint       b;

#pragma omp parallel for num_threads(scratch->threads) schedule(static)
  for (b = 0; b < blocks; b++)
    {
      const gsize first = (gsize) b * block;
      const gsize end = MIN (pixels, first + block);
      SinganReal *patches = singan_scratch_get (scratch);
      SinganReal *to = y + first * n;

      copy_patches (source, first, end, columns, patches);
      if (bias)
        fill_bias (to, end - first, n, bias);
      singan_product ((gint) (end - first), n, columns, patches, columns, 1,
                      weight, n, bias != NULL, to, n);
    }
}

/* The n channels of one output pixel: the sum over the taps that are inside of
 * products[h + kh - pad, w + kw - pad, (kh, kw)]. */
static void
add_taps (const SinganSource *source,
          const SinganReal   *products,
          gint                first_row,
          gint                n,
          gint                columns,
          gint                h,
          gint                w,
          Quad               *sum)
{
  gint tap;

  *sum = (Quad){ 0 };
  for (tap = 0; tap < TAPS; tap++)
    {
      const gint row = h + tap / 3 - source->pad;
      const gint column = w + tap % 3 - source->pad;
      Quad       product;

      if (row < 0 || row >= source->height || column < 0
          || column >= source->width)
        continue;
      memcpy (&product,
              products
                  + ((gsize) (row - first_row) * source->width + column)
                        * columns
                  + tap * n,
              sizeof product);
      *sum += product;
    }
}

/* y[h, w, o] = bias[o] + the taps' products, for n outputs known when it is
 * compiled. */
static inline __attribute__ ((always_inline)) void
add_shifted_row (const SinganSource *source,
                 const SinganReal   *products,
                 gint                first_row,
                 const SinganReal   *bias,
                 gint                n,
                 gint                h,
                 SinganReal         *y)
{
  const gint     columns = tap_columns (n);
  const gint     out_width = source->width + 2 * source->pad - 2;
  const gint     top = h - source->pad;
  const gboolean is_inside = top >= 0 && top + 3 <= source->height;
  Quad           shift = { 0 };
  gint           w;

  if (bias)
    memcpy (&shift, bias, n * sizeof (SinganReal));

  for (w = 0; w < out_width; w++)
    {
      const gint left = w - source->pad;
      Quad       sum;

      if (is_inside && left >= 0 && left + 3 <= source->width)
        {
          const SinganReal *at
              = products
                + ((gsize) (top - first_row) * source->width + left) * columns;

          sum = (Quad){ 0 };
          SINGAN_UNROLL
          for (gint tap = 0; tap < TAPS; tap++)
            {
              Quad product;

              memcpy (
                  &product,
                  at + ((gsize) (tap / 3) * source->width + tap % 3) * columns
                      + tap * n,
                  sizeof product);
              sum += product;
            }
        }
      else
        {
          add_taps (source, products, first_row, n, columns, h, w, &sum);
        }
      sum += shift;
      memcpy (y + w * n, &sum, n * sizeof (SinganReal));
    }
}

/* For few outputs: products of the source's pixels with all nine taps at once,
 * [pixels, c] [c, 9 n], then shifted sums. */
static void
correlate_shifted (const SinganSource  *source,
                   const SinganReal    *taps,
                   const SinganReal    *bias,
                   gint                 n,
                   SinganReal          *y,
                   const SinganScratch *scratch)
{
  const gint columns = tap_columns (n);
  const gint out_height = source->height + 2 * source->pad - 2;
  const gint out_width = source->width + 2 * source->pad - 2;
  const gint rows = block_rows (source->width, columns);
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
        singan_product (
            (end_row - first_row) * source->width, columns, source->channels,
            source->data + (gsize) first_row * source->width * source->channels,
            source->channels, 1, taps, columns, FALSE, products, columns);
      for (h = b * rows; h < end; h++)
        {
          SinganReal *to = y + (gsize) h * out_width * n;

          switch (n)
            {
            case 1:
              add_shifted_row (source, products, first_row, bias, 1, h, to);
              break;
            case 2:
              add_shifted_row (source, products, first_row, bias, 2, h, to);
              break;
            case 3:
              add_shifted_row (source, products, first_row, bias, 3, h, to);
              break;
            default:
              add_shifted_row (source, products, first_row, bias, FEW_CHANNELS,
                               h, to);
              break;
            }
        }
    }
}

/* For few outputs arranged[input][(kh, kw), output], filled up with 0, else
 * arranged[(kh, kw), input][output]; for the backward direction with inputs and
 * outputs exchanged and the taps flipped. */
void
singan_patches_arrange (gint              in_channels,
                        gint              out_channels,
                        const SinganReal *weight,
                        gboolean          is_backward,
                        SinganReal       *arranged)
{
  const gint     inputs = is_backward ? out_channels : in_channels;
  const gint     outputs = is_backward ? in_channels : out_channels;
  const gboolean is_few = outputs <= FEW_CHANNELS;
  const gint     columns = tap_columns (outputs);
  gint           tap;
  gint           from;
  gint           to;

  if (is_few)
    memset (arranged, 0, (gsize) inputs * columns * sizeof (SinganReal));

  for (tap = 0; tap < TAPS; tap++)
    for (from = 0; from < inputs; from++)
      for (to = 0; to < outputs; to++)
        {
          const SinganReal value
              = is_backward
                    ? weight[((gsize) (TAPS - 1 - tap) * in_channels + to)
                                 * out_channels
                             + from]
                    : weight[((gsize) tap * in_channels + from) * out_channels
                             + to];

          if (is_few)
            arranged[(gsize) from * columns + tap * outputs + to] = value;
          else
            arranged[((gsize) tap * inputs + from) * outputs + to] = value;
        }
}

void
singan_patches_correlate (const SinganSource  *source,
                          const SinganReal    *arranged,
                          const SinganReal    *bias,
                          gint                 out_channels,
                          SinganReal          *y,
                          const SinganScratch *scratch)
{
  if (out_channels <= FEW_CHANNELS)
    correlate_shifted (source, arranged, bias, out_channels, y, scratch);
  else
    correlate_patches (source, arranged, bias, out_channels, y, scratch);
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
        const SinganReal *from = out <= FEW_CHANNELS
                                     ? partial + (gsize) ic * tap_columns (out)
                                           + (TAPS - 1 - tap) * out
                                     : partial + ((gsize) tap * in + ic) * out;

        for (oc = 0; oc < out; oc++)
          *grad_weight++ += from[oc];
      }
}

void
singan_patches_backward_weight (const SinganConvShape *shape,
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
  const gboolean     is_swapped = out <= FEW_CHANNELS;
  const SinganSource source
      = is_swapped ? (SinganSource){ grad_y, shape->height - 2,
                                     shape->width - 2, out, 2 }
                   : (SinganSource){ x, shape->height, shape->width, in, 0 };
  const gint  columns = is_swapped ? tap_columns (out) : TAPS * in;
  const gsize pixels = is_swapped
                           ? (gsize) shape->height * shape->width
                           : (gsize) (shape->height - 2) * (shape->width - 2);
  const gint  block = block_pixels (columns);
  const gint  blocks = n_blocks (pixels, block);
  const gint  partials = MIN (PARTIALS, blocks);
  SinganReal *sums = scratch->data + block_reals (shape);
  gint        s;

#pragma omp parallel for num_threads(scratch->threads) schedule(static)
  for (s = 0; s < partials; s++)
    {
      const gint  first_block = (gint) ((gint64) blocks * s / partials);
      const gint  end_block = (gint) ((gint64) blocks * (s + 1) / partials);
      SinganReal *patches = singan_scratch_get (scratch);
      SinganReal *sum = sums + s * partial_reals (shape);
      gint        b;

      for (b = first_block; b < end_block; b++)
        {
          const gsize first = (gsize) b * block;
          const gsize end = MIN (pixels, first + block);
          const gint  count = (gint) (end - first);

          copy_patches (&source, first, end, columns, patches);
          if (is_swapped)
            singan_product (in, columns, count, x + first * in, 1, in, patches,
                            columns, b > first_block, sum, columns);
          else
            singan_product (columns, out, count, patches, 1, columns,
                            grad_y + first * out, out, b > first_block, sum,
                            out);
        }
    }

  for (s = 0; s < partials; s++)
    add_partial (shape, sums + s * partial_reals (shape), grad_weight);
}
