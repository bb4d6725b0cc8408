/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Between maps and the transforms of their tiles, for conv-winograd.c: a map is
 * cut into tiles of 4x4 outputs, whose transforms are 36 points.  Maps are read
 * and written in the order in which they lie in memory.
 */

#pragma once

#include "core/kernels/conv.h"
#include "core/kernels/winograd.h"

#define singan_tiles_count_pixels SINGAN_NAME (singan_tiles_count_pixels)
#define singan_tiles_gradients SINGAN_NAME (singan_tiles_gradients)
#define singan_tiles_inputs SINGAN_NAME (singan_tiles_inputs)
#define singan_tiles_outputs SINGAN_NAME (singan_tiles_outputs)
#define singan_tiling_of SINGAN_NAME (singan_tiling_of)

G_BEGIN_DECLS

/**
 * SinganTiling:
 * @source: what the outputs are made of
 * @out_height: rows of outputs
 * @out_width: columns of outputs
 * @tile_columns: tiles in a row of them; the last may reach over the map
 * @tiles: number of tiles, row by row
 */
typedef struct
{
  const SinganSource *source;
  gint                out_height;
  gint                out_width;
  gint                tile_columns;
  gint                tiles;
} SinganTiling;

/* Of a source, which has to outlive it. */
SinganTiling singan_tiling_of (const SinganSource *source);

/* Pixels of the outputs of the tiles first..end. */
gsize
singan_tiles_count_pixels (const SinganTiling *tiling, gint first, gint end);

/* The transforms of the inputs of the tiles first..end: point p of tile t,
 * channel c is at to[p * step + (t - first) * channels + c]. */
void singan_tiles_inputs (const SinganTiling *tiling,
                          gint                first,
                          gint                end,
                          SinganReal         *to,
                          gsize               step);

/* The same of gradients of outputs of @channels.  These have no border: tiles
 * that reach over it are filled up with 0. */
void singan_tiles_gradients (const SinganTiling *tiling,
                             const SinganMap    *grad_y,
                             gint                channels,
                             gint                first,
                             gint                end,
                             SinganReal         *to,
                             gsize               step);

/* The way back: outputs of the tiles first..end, SINGAN_PRODUCT_COLUMNS
 * channels from first_channel on, of point p and tile t at products[p * step +
 * (t - first) * SINGAN_PRODUCT_COLUMNS].  Adds to the sums, but not the pixels,
 * for these are the same for all channels. */
void singan_tiles_outputs (const SinganTiling *tiling,
                           const SinganReal   *products,
                           gsize               step,
                           gint                first,
                           gint                end,
                           gint                first_channel,
                           const SinganReal   *bias,
                           gint                channels,
                           const SinganOutput *output,
                           SinganSums         *sums);

G_END_DECLS
