/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Between maps and the transforms of their tiles, for conv-winograd.c: a map is
 * cut into tiles of 4x4 outputs, whose transforms are 36 points.  Maps are read
 * and written in the order in which they lie in memory.
 */

#include "config.h"

#include "core/kernels/winograd-tiles.h"

#include "core/kernels/product.h"

SinganTiling
singan_tiling_of (const SinganSource *source)
{
  SinganTiling tiling = { .source = source };

  tiling.out_height = source->height + 2 * source->pad - 2;
  tiling.out_width = source->width + 2 * source->pad - 2;
  tiling.tile_columns = (tiling.out_width + SINGAN_TILE - 1) / SINGAN_TILE;
  tiling.tiles = tiling.tile_columns
                 * ((tiling.out_height + SINGAN_TILE - 1) / SINGAN_TILE);

  return tiling;
}

/* Columns of the map that a ring of them holds: more than a patch has, and a
 * power of 2. */
#define RING_COLUMNS 8

/* The transforms, along their columns, of those columns that a patch and its
 * neighbours share. */
typedef SinganReal Ring[RING_COLUMNS][SINGAN_PATCH][SINGAN_CHANNELS_MAXIMUM];

/* One column of the patches in a row of tiles, all its channels in the order in
 * which they lie in memory.  What is outside the map is 0. */
SINGAN_INLINE void
transform_column_as (SinganMapForm       form,
                     const SinganTiling *tiling,
                     gint                top,
                     gint                column,
                     SinganReal (*to)[SINGAN_CHANNELS_MAXIMUM])
{
  const SinganSource *source = tiling->source;
  const gboolean      is_inside = column >= 0 && column < source->width;
  const gint          begin = is_inside ? MAX (0, -top) : SINGAN_PATCH;
  const gint          end = MIN (SINGAN_PATCH, source->height - top);
  const gsize         row_step = (gsize) source->width * source->channels;
  const gssize        first
      = ((gssize) top * source->width + column) * source->channels;
  gint c;
  gint i;

  for (c = 0; c < source->channels; c += SINGAN_LANES)
    {
      SinganVector values[SINGAN_PATCH];
      SinganVector result[SINGAN_PATCH];

      if (begin == 0 && end == SINGAN_PATCH)
        SINGAN_UNROLL
      for (i = 0; i < SINGAN_PATCH; i++)
        values[i] = singan_map_load (form, source->map,
                                     first + i * row_step + c, c, SINGAN_LANES);
      else for (i = 0; i < SINGAN_PATCH; i++) values[i]
          = i >= begin && i < end ? singan_map_load (
                form, source->map, first + i * row_step + c, c, SINGAN_LANES)
                                  : (SinganVector){ 0 };
      singan_winograd_input (values, 1, result, 1);
      for (i = 0; i < SINGAN_PATCH; i++)
        singan_store (to[i] + c, result[i]);
    }
}

static void
transform_column (const SinganTiling *tiling,
                  gint                top,
                  gint                column,
                  SinganReal (*to)[SINGAN_CHANNELS_MAXIMUM])
{
  switch (tiling->source->map->form)
    {
    case SINGAN_MAP_PLAIN:
      transform_column_as (SINGAN_MAP_PLAIN, tiling, top, column, to);
      break;
    case SINGAN_MAP_ACTIVATION:
      transform_column_as (SINGAN_MAP_ACTIVATION, tiling, top, column, to);
      break;
    case SINGAN_MAP_LINEAR:
      transform_column_as (SINGAN_MAP_LINEAR, tiling, top, column, to);
      break;
    case SINGAN_MAP_MASKED:
      transform_column_as (SINGAN_MAP_MASKED, tiling, top, column, to);
      break;
    }
}

void
singan_tiles_inputs (const SinganTiling *tiling,
                     gint                first,
                     gint                end,
                     SinganReal         *to,
                     gsize               step)
{
  const gint channels = tiling->source->channels;
  Ring       ring;
  gint       tile;
  gint       c;
  gint       i;
  gint       j;

  for (tile = first; tile < end; tile++, to += channels)
    {
      const gint top
          = tile / tiling->tile_columns * SINGAN_TILE - tiling->source->pad;
      const gint left
          = tile % tiling->tile_columns * SINGAN_TILE - tiling->source->pad;
      const gboolean is_first
          = tile == first || tile % tiling->tile_columns == 0;

      for (j = is_first ? 0 : SINGAN_PATCH - SINGAN_TILE; j < SINGAN_PATCH; j++)
        transform_column (tiling, top, left + j,
                          ring[(guint) (left + j) % RING_COLUMNS]);

      for (i = 0; i < SINGAN_PATCH; i++)
        for (c = 0; c < channels; c += SINGAN_LANES)
          {
            SinganVector values[SINGAN_PATCH];
            SinganVector result[SINGAN_PATCH];

            for (j = 0; j < SINGAN_PATCH; j++)
              values[j] = singan_load (
                  ring[(guint) (left + j) % RING_COLUMNS][i] + c);
            singan_winograd_input (values, 1, result, 1);
            for (j = 0; j < SINGAN_PATCH; j++)
              singan_store (to + (i * SINGAN_PATCH + j) * step + c, result[j]);
          }
    }
}

/* The same, along its columns, of one tile of gradients of outputs, which have
 * no border: tiles that reach over it are filled up with 0. */
SINGAN_INLINE void
transform_gradient_as (SinganMapForm       form,
                       const SinganTiling *tiling,
                       const SinganMap    *grad_y,
                       gint                channels,
                       gint                tile,
                       SinganReal (*to)[SINGAN_PATCH][SINGAN_CHANNELS_MAXIMUM])
{
  const gint  top = tile / tiling->tile_columns * SINGAN_TILE;
  const gint  left = tile % tiling->tile_columns * SINGAN_TILE;
  const gint  rows = MIN (SINGAN_TILE, tiling->out_height - top);
  const gint  columns = MIN (SINGAN_TILE, tiling->out_width - left);
  const gsize row_step = (gsize) tiling->out_width * channels;
  gint        c;
  gint        i;
  gint        j;

  for (j = 0; j < SINGAN_TILE; j++)
    for (c = 0; c < channels; c += SINGAN_LANES)
      {
        const gsize first
            = ((gsize) top * tiling->out_width + left + j) * channels + c;
        SinganVector values[SINGAN_TILE];
        SinganVector result[SINGAN_PATCH];

        for (i = 0; i < SINGAN_TILE; i++)
          values[i] = i < rows && j < columns ? singan_map_load (
                          form, grad_y, first + i * row_step, c, SINGAN_LANES)
                                              : (SinganVector){ 0 };
        singan_winograd_gradient (values, 1, result, 1);
        for (i = 0; i < SINGAN_PATCH; i++)
          singan_store (to[j][i] + c, result[i]);
      }
}

static void
transform_gradient (const SinganTiling *tiling,
                    const SinganMap    *grad_y,
                    gint                channels,
                    gint                tile,
                    SinganReal (*to)[SINGAN_PATCH][SINGAN_CHANNELS_MAXIMUM])
{
  switch (grad_y->form)
    {
    case SINGAN_MAP_PLAIN:
      transform_gradient_as (SINGAN_MAP_PLAIN, tiling, grad_y, channels, tile,
                             to);
      break;
    case SINGAN_MAP_ACTIVATION:
      transform_gradient_as (SINGAN_MAP_ACTIVATION, tiling, grad_y, channels,
                             tile, to);
      break;
    case SINGAN_MAP_LINEAR:
      transform_gradient_as (SINGAN_MAP_LINEAR, tiling, grad_y, channels, tile,
                             to);
      break;
    case SINGAN_MAP_MASKED:
      transform_gradient_as (SINGAN_MAP_MASKED, tiling, grad_y, channels, tile,
                             to);
      break;
    }
}

void
singan_tiles_gradients (const SinganTiling *tiling,
                        const SinganMap    *grad_y,
                        gint                channels,
                        gint                first,
                        gint                end,
                        SinganReal         *to,
                        gsize               step)
{
  SinganReal half[SINGAN_TILE][SINGAN_PATCH][SINGAN_CHANNELS_MAXIMUM];
  gint       tile;
  gint       c;
  gint       i;
  gint       j;

  for (tile = first; tile < end; tile++, to += channels)
    {
      transform_gradient (tiling, grad_y, channels, tile, half);
      for (i = 0; i < SINGAN_PATCH; i++)
        for (c = 0; c < channels; c += SINGAN_LANES)
          {
            SinganVector values[SINGAN_TILE];
            SinganVector result[SINGAN_PATCH];

            for (j = 0; j < SINGAN_TILE; j++)
              values[j] = singan_load (half[j][i] + c);
            singan_winograd_gradient (values, 1, result, 1);
            for (j = 0; j < SINGAN_PATCH; j++)
              singan_store (to + (i * SINGAN_PATCH + j) * step + c, result[j]);
          }
    }
}

/* A panel of products back to outputs, which are written in the order in which
 * they lie in memory. */
SINGAN_INLINE void
transform_outputs_as (SinganOutputForm    form,
                      const SinganTiling *tiling,
                      const SinganReal   *products,
                      gsize               step,
                      gint                first,
                      gint                end,
                      gint                first_channel,
                      const SinganReal   *bias,
                      gint                channels,
                      const SinganOutput *output,
                      SinganSums         *sums)
{
  SinganVector shift[SINGAN_PRODUCT_VECTORS] = { 0 };
  SinganVector pivot[SINGAN_PRODUCT_VECTORS] = { 0 };
  gint         tile;
  gint         v;
  gint         i;
  gint         j;

  for (v = 0; v < SINGAN_PRODUCT_VECTORS; v++)
    {
      const gint c = first_channel + v * SINGAN_LANES;

      if (bias)
        shift[v] = singan_load (bias + c);
      if (form == SINGAN_OUTPUT_MOMENTS && sums->pixels > 0)
        pivot[v] = singan_load (sums->pivot + c);
    }

  for (tile = first; tile < end; tile++, products += SINGAN_PRODUCT_COLUMNS)
    {
      const gint top = tile / tiling->tile_columns * SINGAN_TILE;
      const gint left = tile % tiling->tile_columns * SINGAN_TILE;
      const gint rows = MIN (SINGAN_TILE, tiling->out_height - top);
      const gint columns = MIN (SINGAN_TILE, tiling->out_width - left);
      gsize      at
          = ((gsize) top * tiling->out_width + left) * channels + first_channel;
      SinganVector of_first[SINGAN_PRODUCT_VECTORS] = { 0 };
      SinganVector of_second[SINGAN_PRODUCT_VECTORS] = { 0 };
      SinganVector half[SINGAN_PRODUCT_VECTORS][SINGAN_TILE * SINGAN_PATCH];

      for (v = 0; v < SINGAN_PRODUCT_VECTORS; v++)
        {
          SinganPatch patch;

          for (i = 0; i < SINGAN_POINTS; i++)
            patch[i] = singan_load (products + i * step + v * SINGAN_LANES);
          for (j = 0; j < SINGAN_PATCH; j++)
            singan_winograd_output (patch + j, SINGAN_PATCH, half[v] + j,
                                    SINGAN_PATCH);
        }

      for (i = 0; i < rows; i++, at += (gsize) tiling->out_width * channels)
        {
          SinganVector result[SINGAN_PRODUCT_VECTORS][SINGAN_TILE];

          for (v = 0; v < SINGAN_PRODUCT_VECTORS; v++)
            {
              singan_winograd_output (half[v] + i * SINGAN_PATCH, 1, result[v],
                                      1);
              if (form == SINGAN_OUTPUT_MOMENTS && sums->pixels == 0
                  && tile == first && i == 0)
                {
                  pivot[v] = result[v][0] + shift[v];
                  singan_store (sums->pivot + first_channel + v * SINGAN_LANES,
                                pivot[v]);
                }
            }
          for (j = 0; j < columns; j++)
            for (v = 0; v < SINGAN_PRODUCT_VECTORS; v++)
              {
                const gsize to = at + (gsize) j * channels + v * SINGAN_LANES;

                singan_store (
                    output->y + to,
                    singan_output_pass (form, output, to,
                                        first_channel + v * SINGAN_LANES,
                                        SINGAN_LANES, result[v][j] + shift[v],
                                        pivot[v], &of_first[v], &of_second[v]));
              }
        }

      if (form == SINGAN_OUTPUT_PLAIN)
        continue;
      for (v = 0; v < SINGAN_PRODUCT_VECTORS; v++)
        {
          const gint c = first_channel + v * SINGAN_LANES;

          singan_add_lanes (sums->first + c, SINGAN_LANES, of_first[v]);
          singan_add_lanes (sums->second + c, SINGAN_LANES, of_second[v]);
        }
    }
}

void
singan_tiles_outputs (const SinganTiling *tiling,
                      const SinganReal   *products,
                      gsize               step,
                      gint                first,
                      gint                end,
                      gint                first_channel,
                      const SinganReal   *bias,
                      gint                channels,
                      const SinganOutput *output,
                      SinganSums         *sums)
{
  switch (output->form)
    {
    case SINGAN_OUTPUT_PLAIN:
      transform_outputs_as (SINGAN_OUTPUT_PLAIN, tiling, products, step, first,
                            end, first_channel, bias, channels, output, sums);
      break;
    case SINGAN_OUTPUT_MOMENTS:
      transform_outputs_as (SINGAN_OUTPUT_MOMENTS, tiling, products, step,
                            first, end, first_channel, bias, channels, output,
                            sums);
      break;
    case SINGAN_OUTPUT_SUMS:
      transform_outputs_as (SINGAN_OUTPUT_SUMS, tiling, products, step, first,
                            end, first_channel, bias, channels, output, sums);
      break;
    case SINGAN_OUTPUT_MASKED:
      transform_outputs_as (SINGAN_OUTPUT_MASKED, tiling, products, step, first,
                            end, first_channel, bias, channels, output, sums);
      break;
    }
}

gsize
singan_tiles_count_pixels (const SinganTiling *tiling, gint first, gint end)
{
  gsize pixels = 0;
  gint  tile;

  for (tile = first; tile < end; tile++)
    pixels
        += MIN (SINGAN_TILE,
                tiling->out_height - tile / tiling->tile_columns * SINGAN_TILE)
           * MIN (SINGAN_TILE, tiling->out_width
                                   - tile % tiling->tile_columns * SINGAN_TILE);

  return pixels;
}
