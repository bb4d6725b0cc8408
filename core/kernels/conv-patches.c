/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The 3x3 convolution and its gradients as plain matrix products.  Channels
 * come last, so the patch of an output pixel is three runs of 3 x channels
 * numbers in the picture itself.  Where the output has few channels the roles
 * are swapped: a product of the pixels with all nine taps at once, then shifted
 * sums.
 */

#include "config.h"

#include "core/kernels/conv.h"
#include "core/kernels/maps.h"
#include "core/kernels/product.h"

#define TAPS 9

/* Output pixels that a thread takes at a time, in whole rows. */
#define BLOCK_PIXELS 2048

/* Up to how many channels count as few: a picture's. */
#define FEW_CHANNELS 4

/* Parts that a weight gradient is summed in: how far it can be spread over
 * threads.  Their number has to be fixed, or the threads would show in the
 * bits. */
#define PARTS 8

/* As many numbers as few channels have at most. */
typedef SinganReal Quad
    __attribute__ ((vector_size (FEW_CHANNELS * sizeof (SinganReal))));

static gint
n_blocks (gint length, gint block)
{
  return (length + block - 1) / block;
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
block_rows (gint out_width)
{
  return MAX (BLOCK_PIXELS / out_width, 1);
}

/* Reals of one slice: padded rows of the output's gradient, or rows of a map as
 * they are read, and a row of patches or three rows of products. */
static gsize
block_reals (const SinganConvShape *shape)
{
  const gint  sides[] = { shape->in_channels, shape->out_channels };
  const gint  most = MAX (shape->in_channels, shape->out_channels);
  const gsize padded_row = (gsize) (shape->width + 2) * most;
  gsize       reals = padded_row * (block_rows (shape->width - 2) + 2);
  gsize       i;

  for (i = 0; i < G_N_ELEMENTS (sides); i++)
    if (sides[i] <= FEW_CHANNELS)
      reals = MAX (reals,
                   4 * padded_row
                       + 3 * (gsize) shape->width * tap_columns (sides[i]));

  return reals;
}

/* Reals of weights, or of a sum of their gradient, in any arrangement. */
gsize
singan_patches_arranged (gint in_channels, gint out_channels)
{
  const gsize forward = (gsize) in_channels * tap_columns (out_channels);
  const gsize backward = (gsize) out_channels * tap_columns (in_channels);

  return MAX (forward, backward);
}

static gsize
part_reals (const SinganConvShape *shape)
{
  return singan_patches_arranged (shape->in_channels, shape->out_channels);
}

/* All threads share the parts of a weight gradient. */
gsize
singan_patches_scratch (const SinganConvShape *shape, gsize *shared)
{
  *shared = PARTS * part_reals (shape);

  return block_reals (shape);
}

/* Rows of the source from @first on, with the zeros around it; row 0 is the
 * first row of zeros. */
static void
pad_rows (const SinganSource *source, gint first, gint rows, SinganReal *to)
{
  const gsize border = (gsize) source->pad * source->channels;
  const gsize run = (gsize) source->width * source->channels;
  gint        row;

  for (row = first - source->pad; row < first - source->pad + rows; row++)
    {
      if (row < 0 || row >= source->height)
        {
          memset (to, 0, (run + 2 * border) * sizeof (SinganReal));
        }
      else
        {
          memset (to, 0, border * sizeof (SinganReal));
          singan_map_read (source->map, row * run, source->width,
                           source->channels, to + border);
          memset (to + border + run, 0, border * sizeof (SinganReal));
        }
      to += run + 2 * border;
    }
}

/* A row of the source as it is read: where it lies, or else copied to @line. */
static const SinganReal *
read_row (const SinganSource *source, gint row, SinganReal *line)
{
  const gsize first = (gsize) row * source->width * source->channels;

  if (source->map->form == SINGAN_MAP_PLAIN)
    return source->map->x + first;
  singan_map_read (source->map, first, source->width, source->channels, line);

  return line;
}

/* Output rows first..end of correlate_patches (). */
static void
correlate_rows (const SinganSource *source,
                const SinganReal   *weight,
                const SinganReal   *bias,
                gint                n,
                const SinganOutput *output,
                gint                first,
                gint                end,
                SinganSums         *sums,
                SinganReal         *padded)
{
  const gint   channels = source->channels;
  const gint   out_width = source->width + 2 * source->pad - 2;
  const gsize  step = (gsize) (source->width + 2 * source->pad) * channels;
  SinganFactor patches
      = { source->map->x + first * step, channels, 3 * channels, 1, 3, step };
  gint h;

  if (source->pad > 0 || source->map->form != SINGAN_MAP_PLAIN)
    {
      pad_rows (source, first, end - first + 2, padded);
      patches.data = padded;
    }
  for (h = first; h < end; h++, patches.data += step)
    {
      SinganReal *to = output->y + (gsize) h * out_width * n;
      gint        w;

      for (w = 0; w < out_width && bias; w++)
        memcpy (to + (gsize) w * n, bias, n * sizeof (SinganReal));
      singan_product (out_width, n, patches, weight, n, bias != NULL, to, n);
      singan_output_finish (output, (gsize) h * out_width, out_width, n, sums);
    }
}

/* y = patches [pixels, 9 c] weight [9 c, n] + bias.  Of a row of pixels the
 * patches lie in the picture as a matrix whose rows overlap. */
static void
correlate_patches (const SinganSource  *source,
                   const SinganReal    *weight,
                   const SinganReal    *bias,
                   gint                 n,
                   const SinganOutput  *output,
                   const SinganScratch *scratch)
{
  const gint out_height = source->height + 2 * source->pad - 2;
  const gint rows = block_rows (source->width + 2 * source->pad - 2);
  const gint blocks = n_blocks (out_height, rows);
  const gint parts = MIN (blocks, SINGAN_SUM_PARTS);
  SinganSums sums[SINGAN_SUM_PARTS];
  gint       part;

#pragma omp parallel for num_threads(scratch->threads) schedule(static)
  for (part = 0; part < parts; part++)
    {
      const gint part_end = blocks * (part + 1) / parts;
      gint       b;

      if (output->form != SINGAN_OUTPUT_PLAIN)
        singan_sums_begin (&sums[part], n);
      for (b = blocks * part / parts; b < part_end; b++)
        correlate_rows (source, weight, bias, n, output, b * rows,
                        MIN (out_height, (b + 1) * rows), &sums[part],
                        singan_scratch_get (scratch));
    }

  if (output->form != SINGAN_OUTPUT_PLAIN)
    singan_sums_end (sums, parts, n, output);
}

/* The n channels of one output pixel: the sum over the taps that are inside of
 * rows[kh][left + kw, (kh, kw)]. */
static inline __attribute__ ((always_inline)) void
add_taps (const SinganReal *const *rows,
          gint                     width,
          gint                     n,
          gint                     left,
          gboolean                 is_inside,
          Quad                    *sum)
{
  const gint columns = tap_columns (n);

  *sum = (Quad){ 0 };
  SINGAN_UNROLL
  for (gint tap = 0; tap < TAPS; tap++)
    {
      const gint column = left + tap % 3;
      Quad       product;

      if (! is_inside && (! rows[tap / 3] || column < 0 || column >= width))
        continue;
      memcpy (&product, rows[tap / 3] + (gsize) column * columns + tap * n,
              sizeof product);
      *sum += product;
    }
}

/* A row of y[w, o] = bias[o] + the taps' products, for n outputs known when it
 * is compiled.  Rows outside the map are NULL. */
static inline __attribute__ ((always_inline)) void
add_shifted_row (const SinganSource      *source,
                 const SinganReal *const *rows,
                 const SinganReal        *bias,
                 gint                     n,
                 SinganReal              *y)
{
  const gboolean has_rows = rows[0] && rows[1] && rows[2];
  const gint     width = source->width;
  gint           left;
  Quad           shift = { 0 };
  Quad           sum;

  if (bias)
    memcpy (&shift, bias, n * sizeof (SinganReal));

  for (left = -source->pad; left + 2 < width + source->pad; left++, y += n)
    {
      if (has_rows && left >= 0 && left + 3 <= width)
        add_taps (rows, width, n, left, TRUE, &sum);
      else
        add_taps (rows, width, n, left, FALSE, &sum);
      sum += shift;
      memcpy (y, &sum, n * sizeof (SinganReal));
    }
}

static void
add_shifted (const SinganSource      *source,
             const SinganReal *const *rows,
             const SinganReal        *bias,
             gint                     n,
             SinganReal              *y)
{
  switch (n)
    {
    case 1:
      add_shifted_row (source, rows, bias, 1, y);
      break;
    case 2:
      add_shifted_row (source, rows, bias, 2, y);
      break;
    case 3:
      add_shifted_row (source, rows, bias, 3, y);
      break;
    default:
      add_shifted_row (source, rows, bias, FEW_CHANNELS, y);
      break;
    }
}

/* What an output does besides, over a whole map that has been written. */
static void
finish_map (const SinganOutput *output, gint height, gint width, gint channels)
{
  const gint parts = MIN (height, SINGAN_SUM_PARTS);
  SinganSums sums[SINGAN_SUM_PARTS];
  gint       part;

  if (output->form == SINGAN_OUTPUT_PLAIN)
    return;
  for (part = 0; part < parts; part++)
    {
      const gsize first = (gsize) height * part / parts * width;
      const gsize end = (gsize) height * (part + 1) / parts * width;

      singan_sums_begin (&sums[part], channels);
      singan_output_finish (output, first, end - first, channels, &sums[part]);
    }
  singan_sums_end (sums, parts, channels, output);
}

/* For few outputs: products of the source's pixels with all nine taps at once,
 * [pixels, c] [c, 9 n], then shifted sums.  Three rows of products are kept;
 * only where a part of the rows begins are any made twice. */
static void
correlate_shifted (const SinganSource  *source,
                   const SinganReal    *taps,
                   const SinganReal    *bias,
                   gint                 n,
                   const SinganOutput  *output,
                   const SinganScratch *scratch)
{
  const gint  columns = tap_columns (n);
  const gint  out_height = source->height + 2 * source->pad - 2;
  const gint  out_width = source->width + 2 * source->pad - 2;
  const gsize step = (gsize) source->width * source->channels;
  const gint  parts = MIN (out_height, 2 * scratch->threads);
  gint        part;

#pragma omp parallel for num_threads(scratch->threads) schedule(static)
  for (part = 0; part < parts; part++)
    {
      const gint        end = out_height * (part + 1) / parts;
      SinganReal       *line = singan_scratch_get (scratch);
      SinganReal       *products = line + step;
      const SinganReal *rows[3] = { NULL, NULL, NULL };
      gint              h = out_height * part / parts - 2;
      gint              first = h + 2;

      for (; h < end; h++)
        {
          const gint last = h + 2 - source->pad;

          rows[0] = rows[1];
          rows[1] = rows[2];
          rows[2] = NULL;
          if (last >= 0 && last < source->height)
            {
              const SinganFactor pixels = { read_row (source, last, line),
                                            source->channels,
                                            source->channels,
                                            1,
                                            1,
                                            0 };
              SinganReal        *row
                  = products + (gsize) (last % 3) * source->width * columns;

              singan_product (source->width, columns, pixels, taps, columns,
                              FALSE, row, columns);
              rows[2] = row;
            }
          if (h >= first)
            add_shifted (source, rows, bias, n,
                         output->y + (gsize) h * out_width * n);
        }
    }

  finish_map (output, out_height, out_width, n);
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
                          const SinganOutput  *output,
                          const SinganScratch *scratch)
{
  if (out_channels <= FEW_CHANNELS)
    correlate_shifted (source, arranged, bias, out_channels, output, scratch);
  else
    correlate_patches (source, arranged, bias, out_channels, output, scratch);
}

/* Adds a part of the weight gradient.  With few output channels it is laid out
 * [ic, (kh, kw) flipped, oc], else as the weights are. */
static void
add_part (const SinganConvShape *shape,
          const SinganReal      *part,
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
                                     ? part + (gsize) ic * tap_columns (out)
                                           + (TAPS - 1 - tap) * out
                                     : part + ((gsize) tap * in + ic) * out;

        for (oc = 0; oc < out; oc++)
          *grad_weight++ += from[oc];
      }
}

/* dW = patches (x)^T grad_y over some rows of grad_y. */
static void
sum_patches (const SinganSource *x,
             const SinganSource *grad_y,
             gint                first,
             gint                end,
             SinganReal         *scratch,
             SinganReal         *sum)
{
  const gint  in = x->channels;
  const gint  out = grad_y->channels;
  SinganReal *line = scratch + (gsize) x->width * in;
  gint        h;
  gint        kh;

  for (h = first; h < end; h++)
    {
      const SinganReal *gradients = read_row (grad_y, h, line);

      for (kh = 0; kh < 3; kh++)
        {
          const SinganFactor patches
              = { read_row (x, h + kh, scratch), 1, grad_y->width, in, 1, 0 };

          singan_product (3 * in, out, patches, gradients, out, h > first,
                          sum + (gsize) kh * 3 * in * out, out);
        }
    }
}

/* A row of patches of n channels, known when it is compiled, from three padded
 * rows. */
static inline __attribute__ ((always_inline)) void
copy_patches (const SinganReal *rows, gint width, gint n, SinganReal *patches)
{
  const gint columns = tap_columns (n);
  gint       w;
  gint       kh;

  for (w = 0; w < width; w++, patches += columns)
    for (kh = 0; kh < 3; kh++)
      memcpy (patches + kh * 3 * n, rows + ((gsize) kh * (width + 2) + w) * n,
              3 * n * sizeof (SinganReal));
}

/* dW = x^T patches (padded grad_y) over some rows of x: where the output has
 * few channels, patches of x would make too narrow a matrix. */
static void
sum_shifted (const SinganSource *x,
             const SinganSource *grad_y,
             gint                first,
             gint                end,
             SinganReal         *scratch,
             SinganReal         *sum)
{
  const gint  in = x->channels;
  const gint  out = grad_y->channels;
  const gint  width = x->width;
  const gint  columns = tap_columns (out);
  SinganReal *line = scratch + (gsize) 3 * (width + 2) * out;
  SinganReal *patches = line + (gsize) width * in;
  gint        h;

  for (h = first; h < end; h++)
    {
      const SinganFactor pixels = { read_row (x, h, line), 1, width, in, 1, 0 };

      pad_rows (grad_y, h, 3, scratch);
      switch (out)
        {
        case 1:
          copy_patches (scratch, width, 1, patches);
          break;
        case 2:
          copy_patches (scratch, width, 2, patches);
          break;
        case 3:
          copy_patches (scratch, width, 3, patches);
          break;
        default:
          copy_patches (scratch, width, FEW_CHANNELS, patches);
          break;
        }
      singan_product (in, columns, pixels, patches, columns, h > first, sum,
                      columns);
    }
}

void
singan_patches_backward_weight (const SinganConvShape *shape,
                                const SinganMap       *x,
                                const SinganMap       *grad_y,
                                SinganReal            *grad_weight,
                                const SinganScratch   *scratch)
{
  const SinganSource inputs
      = { x, shape->height, shape->width, shape->in_channels, 0 };
  const SinganSource gradients
      = { grad_y, shape->height - 2, shape->width - 2, shape->out_channels, 2 };
  const gboolean is_shifted = shape->out_channels <= FEW_CHANNELS;
  const gint     rows = is_shifted ? inputs.height : gradients.height;
  const gint     parts = MIN (PARTS, rows);
  SinganReal    *sums = scratch->shared;
  gint           part;

#pragma omp parallel for num_threads(scratch->threads) schedule(static)
  for (part = 0; part < parts; part++)
    {
      const gint  first = rows * part / parts;
      const gint  end = rows * (part + 1) / parts;
      SinganReal *sum = sums + part * part_reals (shape);

      if (is_shifted)
        sum_shifted (&inputs, &gradients, first, end,
                     singan_scratch_get (scratch), sum);
      else
        sum_patches (&inputs, &gradients, first, end,
                     singan_scratch_get (scratch), sum);
    }

  for (part = 0; part < parts; part++)
    add_part (shape, sums + part * part_reals (shape), grad_weight);
}
