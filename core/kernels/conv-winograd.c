/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The 3x3 convolution and its gradients as Winograd's F(4x4, 3x3) (Lavin and
 * Gray 2016): 36 products for a tile of 16 outputs where the definition takes
 * 144.  With interpolation points 0, 1, -1, 2, -2, infinity
 *
 *   forward          Y = A^T [ sum over ic  U (B^T X B) ] A,   U = G W G^T
 *   backward weight  dW = G^T [ sum over tiles (B^T X B) (A dY A^T) ] G
 *
 * and backward data is forward over the padded gradient with flipped weights.
 * The 36 sums over channels, or over tiles, are matrix products.  Tiles are
 * taken in blocks whose transforms stay in the second-level cache, products in
 * panels of columns, so that a panel is transformed back while it is there.
 */

#include "config.h"

#include "core/kernels/conv.h"
#include "core/kernels/product.h"
#include "core/kernels/winograd-tiles.h"

/* Tiles are taken in units, of which a product has whole blocks of rows; up to
 * so many units make a block, whose transforms fit into the second-level cache;
 * and the number of blocks is a multiple, so that threads have equal shares. */
#define UNIT_TILES 8
#define BLOCK_UNITS 4
#define BLOCKS_STEP 8

#define BLOCK_TILES (UNIT_TILES * BLOCK_UNITS)

/* Added to the length of a point's part, so that the parts do not all fall into
 * the same lines of the cache. */
#define SKEW 16

/* Weights below which their transforms are not worth waking other threads. */
#define PARALLEL_WEIGHTS 2048

/* Weight gradients are summed over the tiles in a fixed number of parts, each
 * over blocks of tiles. */
#define PARTS_MAXIMUM 8
#define PART_TILES_MINIMUM 24

static gint
ceil_div (gint value, gint divisor)
{
  return (value + divisor - 1) / divisor;
}

/* Blocks that a map's tiles are cut into. */
static gint
n_blocks (gint tiles)
{
  const gint units = ceil_div (tiles, UNIT_TILES);
  const gint blocks = ceil_div (units, BLOCK_UNITS);

  return MIN (units, ceil_div (blocks, BLOCKS_STEP) * BLOCKS_STEP);
}

/* The first tile of block @b of @blocks. */
static gint
block_begin (gint tiles, gint blocks, gint b)
{
  const gint unit = (gint) ((gint64) ceil_div (tiles, UNIT_TILES) * b / blocks);

  return MIN (tiles, unit * UNIT_TILES);
}

gboolean
singan_winograd_suits (gint in_channels, gint out_channels)
{
  return in_channels % SINGAN_PRODUCT_COLUMNS == 0
         && out_channels % SINGAN_PRODUCT_COLUMNS == 0
         && MAX (in_channels, out_channels) <= SINGAN_CHANNELS_MAXIMUM;
}

gsize
singan_winograd_arranged (gint in_channels, gint out_channels)
{
  return (gsize) SINGAN_POINTS * in_channels * out_channels;
}

/* A vector of weights from one input channel to a vector of output channels,
 * for the backward direction the other way round and flipped. */
static SinganVector
load_weights (gint              in_channels,
              gint              out_channels,
              const SinganReal *weight,
              gboolean          is_backward,
              gint              tap,
              gint              from,
              gint              to)
{
  SinganVector vector;
  gint         lane;

  if (! is_backward)
    return singan_load (
        weight + ((gsize) tap * in_channels + from) * out_channels + to);

  for (lane = 0; lane < SINGAN_LANES; lane++)
    vector[lane]
        = weight[((gsize) (8 - tap) * in_channels + to + lane) * out_channels
                 + from];

  return vector;
}

/* arranged[panel of outputs][point][input][output in the panel] */
void
singan_winograd_arrange (gint              in_channels,
                         gint              out_channels,
                         const SinganReal *weight,
                         gboolean          is_backward,
                         SinganReal       *arranged)
{
  const gint inputs = is_backward ? out_channels : in_channels;
  const gint outputs = is_backward ? in_channels : out_channels;
  gint       to;

#pragma omp parallel for schedule(static) if (inputs * outputs                 \
                                              >= PARALLEL_WEIGHTS)
  for (to = 0; to < outputs; to += SINGAN_LANES)
    {
      SinganReal *panel = arranged
                          + (gsize) (to / SINGAN_PRODUCT_COLUMNS)
                                * SINGAN_POINTS * inputs
                                * SINGAN_PRODUCT_COLUMNS
                          + to % SINGAN_PRODUCT_COLUMNS;
      gint from;

      for (from = 0; from < inputs; from++)
        {
          SinganVector taps[3 * 3];
          SinganVector half[SINGAN_PATCH * 3];
          SinganPatch  whole;
          gint         i;
          gint         j;

          for (i = 0; i < 9; i++)
            taps[i] = load_weights (in_channels, out_channels, weight,
                                    is_backward, i, from, to);
          for (j = 0; j < 3; j++)
            singan_winograd_weight (taps + j, 3, half + j, 3);
          for (i = 0; i < SINGAN_PATCH; i++)
            singan_winograd_weight (half + i * 3, 1, whole + i * SINGAN_PATCH,
                                    1);
          for (i = 0; i < SINGAN_POINTS; i++)
            singan_store (
                panel + ((gsize) i * inputs + from) * SINGAN_PRODUCT_COLUMNS,
                whole[i]);
        }
    }
}

/* From a point's part to the next one's. */
static gsize
point_step (gint channels)
{
  return (gsize) BLOCK_TILES * channels + SKEW;
}

static gint
gradient_parts (gint tiles)
{
  return CLAMP (tiles / PART_TILES_MINIMUM, 1, PARTS_MAXIMUM);
}

static gsize
gradient_sums (gint in_channels, gint out_channels)
{
  return (gsize) SINGAN_POINTS * in_channels * out_channels;
}

/* Per thread: the transforms of a block and a panel of products, or those of a
 * block of gradients. */
static gsize
block_scratch (gint in_channels, gint out_channels)
{
  const gint most = MAX (in_channels, out_channels);

  return SINGAN_POINTS
         * (point_step (most)
            + MAX (point_step (SINGAN_PRODUCT_COLUMNS),
                   point_step (MIN (in_channels, out_channels))));
}

/* All threads share the sums of a weight gradient. */
gsize
singan_winograd_scratch (const SinganConvShape *shape, gsize *shared)
{
  *shared
      = PARTS_MAXIMUM * gradient_sums (shape->in_channels, shape->out_channels);

  return block_scratch (shape->in_channels, shape->out_channels);
}

/* The outputs of a block of tiles. */
static void
correlate_block (const SinganTiling *tiling,
                 gint                first,
                 gint                end,
                 const SinganReal   *arranged,
                 const SinganReal   *bias,
                 gint                out_channels,
                 const SinganOutput *output,
                 SinganSums         *sums,
                 SinganReal         *inputs)
{
  const gint  channels = tiling->source->channels;
  const gsize input_step = point_step (channels);
  const gsize product_step = point_step (SINGAN_PRODUCT_COLUMNS);
  SinganReal *products = inputs + SINGAN_POINTS * input_step;
  gint        to;
  gint        point;

  singan_tiles_inputs (tiling, first, end, inputs, input_step);
  for (to = 0; to < out_channels; to += SINGAN_PRODUCT_COLUMNS)
    {
      for (point = 0; point < SINGAN_POINTS; point++)
        {
          const SinganFactor factor
              = { inputs + point * input_step, channels, channels, 1, 1, 0 };

          singan_product_columns (end - first, SINGAN_PRODUCT_VECTORS, factor,
                                  arranged, SINGAN_PRODUCT_COLUMNS, FALSE,
                                  products + point * product_step,
                                  SINGAN_PRODUCT_COLUMNS);
          arranged += (gsize) channels * SINGAN_PRODUCT_COLUMNS;
        }
      singan_tiles_outputs (tiling, products, product_step, first, end, to,
                            bias, out_channels, output, sums);
    }
  sums->pixels += singan_tiles_count_pixels (tiling, first, end);
}

void
singan_winograd_correlate (const SinganSource  *source,
                           const SinganReal    *arranged,
                           const SinganReal    *bias,
                           gint                 out_channels,
                           const SinganOutput  *output,
                           const SinganScratch *scratch)
{
  const SinganTiling tiling = singan_tiling_of (source);
  const gint         blocks = n_blocks (tiling.tiles);
  const gint         parts = MIN (blocks, SINGAN_SUM_PARTS);
  SinganSums         sums[SINGAN_SUM_PARTS];
  gint               part;

#pragma omp parallel for num_threads(scratch->threads) schedule(static)
  for (part = 0; part < parts; part++)
    {
      const gint part_end = blocks * (part + 1) / parts;
      gint       b;

      singan_sums_begin (&sums[part], out_channels);
      for (b = blocks * part / parts; b < part_end; b++)
        correlate_block (&tiling, block_begin (tiling.tiles, blocks, b),
                         block_begin (tiling.tiles, blocks, b + 1), arranged,
                         bias, out_channels, output, &sums[part],
                         singan_scratch_get (scratch));
    }

  if (output->form != SINGAN_OUTPUT_PLAIN)
    singan_sums_end (sums, parts, out_channels, output);
}

/* Sums of one part of the tiles, at sums[point][ic][oc]. */
static void
sum_part (const SinganTiling *tiling,
          const SinganMap    *grad_y,
          gint                out_channels,
          gint                first,
          gint                end,
          SinganReal         *sums,
          SinganReal         *scratch)
{
  const gint  in_channels = tiling->source->channels;
  const gsize input_step = point_step (in_channels);
  const gsize gradient_step = point_step (out_channels);
  SinganReal *inputs = scratch;
  SinganReal *gradients = inputs + SINGAN_POINTS * input_step;
  gint        tile;
  gint        point;

  for (tile = first; tile < end; tile += BLOCK_TILES)
    {
      const gint tile_end = MIN (end, tile + BLOCK_TILES);

      singan_tiles_inputs (tiling, tile, tile_end, inputs, input_step);
      singan_tiles_gradients (tiling, grad_y, out_channels, tile, tile_end,
                              gradients, gradient_step);
      for (point = 0; point < SINGAN_POINTS; point++)
        {
          const SinganFactor factor = {
            inputs + point * input_step, 1, tile_end - tile, in_channels, 1, 0
          };

          singan_product (
              in_channels, out_channels, factor,
              gradients + point * gradient_step, out_channels, tile > first,
              sums + (gsize) point * in_channels * out_channels, out_channels);
        }
    }
}

/* grad_weight += G^T sums G, the parts added in their order. */
static void
add_sums (gint              parts,
          gint              in_channels,
          gint              out_channels,
          const SinganReal *sums,
          SinganReal       *grad_weight)
{
  const gsize part_step = gradient_sums (in_channels, out_channels);
  const gsize plane = (gsize) in_channels * out_channels;
  gint        from;

#pragma omp parallel for schedule(static) if (in_channels * out_channels       \
                                              >= PARALLEL_WEIGHTS)
  for (from = 0; from < in_channels; from++)
    {
      SinganReal total[SINGAN_POINTS][SINGAN_CHANNELS_MAXIMUM];
      gint       to;
      gint       i;
      gint       j;

      /* A row of each part and point after the other, as they lie in memory. */
      for (i = 0; i < SINGAN_POINTS; i++)
        {
          const SinganReal *at = sums + i * plane + (gsize) from * out_channels;
          gint              part;

          memcpy (total[i], at, out_channels * sizeof (SinganReal));
          for (part = 1, at += part_step; part < parts; part++, at += part_step)
            for (to = 0; to < out_channels; to++)
              total[i][to] += at[to];
        }

      for (to = 0; to < out_channels; to += SINGAN_LANES)
        {
          SinganReal  *grad = grad_weight + (gsize) from * out_channels + to;
          SinganPatch  sum;
          SinganVector half[3 * SINGAN_PATCH];

          for (i = 0; i < SINGAN_POINTS; i++)
            sum[i] = singan_load (total[i] + to);
          for (j = 0; j < SINGAN_PATCH; j++)
            singan_winograd_sum (sum + j, SINGAN_PATCH, half + j, SINGAN_PATCH);
          for (i = 0; i < 3; i++)
            {
              SinganVector taps[3];

              singan_winograd_sum (half + i * SINGAN_PATCH, 1, taps, 1);
              for (j = 0; j < 3; j++)
                {
                  SinganReal *tap = grad + (i * 3 + j) * plane;

                  singan_store (tap, singan_load (tap) + taps[j]);
                }
            }
        }
    }
}

void
singan_winograd_backward_weight (const SinganConvShape *shape,
                                 const SinganMap       *x,
                                 const SinganMap       *grad_y,
                                 SinganReal            *grad_weight,
                                 const SinganScratch   *scratch)
{
  const SinganSource source
      = { x, shape->height, shape->width, shape->in_channels, 0 };
  const SinganTiling tiling = singan_tiling_of (&source);
  const gint         in_channels = shape->in_channels;
  const gint         out_channels = shape->out_channels;
  const gint         parts = gradient_parts (tiling.tiles);
  SinganReal        *sums = scratch->shared;
  gint               part;

#pragma omp parallel for num_threads(scratch->threads) schedule(static)
  for (part = 0; part < parts; part++)
    sum_part (&tiling, grad_y, out_channels,
              (gint) ((gint64) tiling.tiles * part / parts),
              (gint) ((gint64) tiling.tiles * (part + 1) / parts),
              sums + part * gradient_sums (in_channels, out_channels),
              singan_scratch_get (scratch));

  add_sums (parts, in_channels, out_channels, sums, grad_weight);
}
