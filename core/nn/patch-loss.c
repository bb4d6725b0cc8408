/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "core/nn/patch-loss.h"

#include <math.h>
#include <string.h>

#include "core/base/memory.h"
#include "core/base/parallel.h"
#include "core/kernels/kernels.h"

/* A SinganReal's bits. */
#ifdef SINGAN_DOUBLE
typedef guint64 Bits;
#else
typedef guint32 Bits;
#endif

#define BITS (8 * (gint) sizeof (Bits))
#define DIGIT_BITS 11
#define DIGITS (1 << DIGIT_BITS)

/* Sorts as unsigned numbers, as the projections do as real ones. */
typedef struct
{
  Bits    key;
  guint32 place;
} Entry;

#define ENTRY_REALS (sizeof (Entry) / sizeof (SinganReal))

/* Arrays of entries that a direction's thread needs: x's and the target's, and
 * one to sort into. */
#define ENTRY_ARRAYS 3

struct _SinganPatchLoss
{
  gint            height;
  gint            width;
  gint            channels;
  gint            stride;
  gint            directions;
  gboolean        is_of_detail;
  gint            tile;      /* patches a side; 0 for all */
  gint            first_row; /* where the grid of blocks begins */
  gint            first_column;
  SinganConvShape shape;     /* over blocks: as many as the grid has */
  gsize           n_patches; /* most there can be */
  SinganReal     *blocks;    /* [h / stride, w / stride, stride^2 c] */
  SinganReal     *weight;    /* [3, 3, stride^2 c, directions] */
  SinganReal     *arranged[2];
  SinganReal     *projected_x; /* [patches, directions]; then its gradient */
  SinganReal     *projected_target;
  gdouble        *distances; /* of each direction */
  Entry          *entries;
  gint            threads; /* that @entries are for */
  guint16        *tiles;   /* the number of the one that a patch is in */
  SinganScratch   scratch;
};

static gsize
n_patches (const SinganConvShape *shape)
{
  return (gsize) (shape->height - 2) * (shape->width - 2);
}

SinganPatchLoss *
singan_patch_loss_new (gint     height,
                       gint     width,
                       gint     channels,
                       gint     stride,
                       gint     directions,
                       gboolean is_of_detail,
                       gint     tile,
                       GError **error)
{
  g_autoptr (SinganPatchLoss) loss = g_new0 (SinganPatchLoss, 1);
  const SinganKernels *kernels = singan_kernels_get ();
  const gint           depth = stride * stride * channels;
  gsize                n_blocks;

  g_return_val_if_fail (
      MIN (height, width) >= (SINGAN_PATCH_BLOCKS + 1) * stride - 1, NULL);
  g_return_val_if_fail (tile == 0
                            || ((height + tile - 1) / tile)
                                       * ((width + tile - 1) / tile)
                                   <= SINGAN_PATCH_TILES_MAXIMUM,
                        NULL);

  loss->height = height;
  loss->width = width;
  loss->channels = channels;
  loss->stride = stride;
  loss->directions = directions;
  loss->is_of_detail = is_of_detail;
  loss->tile = tile;
  loss->shape
      = (SinganConvShape){ height / stride, width / stride, depth, directions };
  n_blocks = (gsize) loss->shape.height * loss->shape.width;
  loss->n_patches = n_patches (&loss->shape);
  loss->threads = singan_parallel_threads ();
  loss->distances = g_new (gdouble, directions);
  loss->tiles = tile > 0 ? g_new (guint16, loss->n_patches) : NULL;

  if (! (loss->blocks = singan_reals_new (n_blocks * depth, error))
      || ! (loss->weight
            = singan_reals_new ((gsize) 9 * depth * directions, error))
      || ! (loss->arranged[FALSE] = singan_reals_new (
                kernels->conv_arranged (depth, directions), error))
      || ! (loss->arranged[TRUE] = singan_reals_new (
                kernels->conv_arranged (depth, directions), error))
      || ! (loss->projected_x
            = singan_reals_new (loss->n_patches * directions, error))
      || ! (loss->projected_target
            = singan_reals_new (loss->n_patches * directions, error))
      || ! singan_scratch_init (&loss->scratch,
                                kernels->conv_scratch (&loss->shape), error)
      || ! (loss->entries = (Entry *) singan_reals_new (
                ENTRY_REALS * ENTRY_ARRAYS * loss->n_patches * loss->threads,
                error)))
    return NULL;

  return g_steal_pointer (&loss);
}

void
singan_patch_loss_free (SinganPatchLoss *loss)
{
  if (! loss)
    return;
  singan_reals_free (loss->blocks);
  singan_reals_free (loss->weight);
  singan_reals_free (loss->arranged[FALSE]);
  singan_reals_free (loss->arranged[TRUE]);
  singan_reals_free (loss->projected_x);
  singan_reals_free (loss->projected_target);
  singan_reals_free ((SinganReal *) loss->entries);
  singan_scratch_clear (&loss->scratch);
  g_free (loss->distances);
  g_free (loss->tiles);
  g_free (loss);
}

/* Each direction loses its mean over each channel's taps. */
static void
take_means_away (SinganPatchLoss *loss)
{
  const gint channels = loss->channels;
  const gint taps = 9 * loss->shape.in_channels;
  gint       d;
  gint       c;
  gint       t;

  for (d = 0; d < loss->directions; d++)
    for (c = 0; c < channels; c++)
      {
        gdouble sum = 0;

        for (t = c; t < taps; t += channels)
          sum += loss->weight[(gsize) t * loss->directions + d];
        for (t = c; t < taps; t += channels)
          loss->weight[(gsize) t * loss->directions + d]
              -= (SinganReal) (sum * channels / taps);
      }
}

/* The directions' lengths become 1. */
static void
normalise (SinganPatchLoss *loss)
{
  const gint taps = 9 * loss->shape.in_channels;
  gint       d;
  gint       t;

  for (d = 0; d < loss->directions; d++)
    {
      gdouble squares = 0;

      for (t = 0; t < taps; t++)
        {
          const gdouble value = loss->weight[(gsize) t * loss->directions + d];

          squares += value * value;
        }
      for (t = 0; t < taps; t++)
        loss->weight[(gsize) t * loss->directions + d]
            /= (SinganReal) sqrt (squares);
    }
}

static void
lay_tiles (SinganPatchLoss *loss)
{
  const gint rows = loss->shape.height - 2;
  const gint columns = loss->shape.width - 2;
  const gint across = (columns + loss->tile - 1) / loss->tile;
  gint       row;
  gint       column;

  for (row = 0; row < rows; row++)
    for (column = 0; column < columns; column++)
      loss->tiles[row * columns + column]
          = (guint16) (row / loss->tile * across + column / loss->tile);
}

void
singan_patch_loss_draw (SinganPatchLoss *loss, const SinganRandomKey *key)
{
  const SinganKernels *kernels = singan_kernels_get ();
  const gint           depth = loss->shape.in_channels;
  SinganRandomKey      own = *key;
  SinganReal           places[2];

  own.purpose = SINGAN_RANDOM_PATCHES;
  singan_random_uniform (&own, places, 2);
  loss->first_row = (gint) (places[0] * loss->stride);
  loss->first_column = (gint) (places[1] * loss->stride);
  loss->shape.height = (loss->height - loss->first_row) / loss->stride;
  loss->shape.width = (loss->width - loss->first_column) / loss->stride;

  if (loss->tile > 0)
    lay_tiles (loss);

  own.purpose = SINGAN_RANDOM_DIRECTIONS;
  singan_random_normal (&own, loss->weight,
                        (gsize) 9 * depth * loss->directions);
  if (loss->is_of_detail)
    take_means_away (loss);
  normalise (loss);
  kernels->conv_arrange (depth, loss->directions, loss->weight, FALSE,
                         loss->arranged[FALSE]);
  kernels->conv_arrange (depth, loss->directions, loss->weight, TRUE,
                         loss->arranged[TRUE]);
}

/* Where the row @row of the block at (bh, bw) begins in a picture. */
static gsize
block_row (const SinganPatchLoss *loss, gint bh, gint bw, gint row)
{
  const gsize h = loss->first_row + (gsize) bh * loss->stride + row;
  const gsize w = loss->first_column + (gsize) bw * loss->stride;

  return (h * loss->width + w) * loss->channels;
}

/* Copies the blocks of @stride x @stride pixels into the channels of a map, or
 * back. */
static void
move_blocks (const SinganPatchLoss *loss,
             const SinganReal      *picture,
             SinganReal            *grad_picture)
{
  const gsize count = (gsize) loss->stride * loss->channels;
  gint        bh;

#pragma omp parallel for schedule(static)
  for (bh = 0; bh < loss->shape.height; bh++)
    {
      SinganReal *block
          = loss->blocks
            + (gsize) bh * loss->shape.width * loss->shape.in_channels;
      gint bw;
      gint row;

      for (bw = 0; bw < loss->shape.width; bw++)
        for (row = 0; row < loss->stride; row++, block += count)
          {
            const gsize at = block_row (loss, bh, bw, row);

            if (picture)
              memcpy (block, picture + at, count * sizeof *block);
            else
              memcpy (grad_picture + at, block, count * sizeof *block);
          }
    }
}

static void
project (SinganPatchLoss  *loss,
         const SinganReal *picture,
         SinganReal       *projected)
{
  const SinganMap    blocks = singan_map_plain (loss->blocks);
  const SinganOutput output = singan_output_plain (projected);

  move_blocks (loss, picture, NULL);
  singan_kernels_get ()->conv_forward (&loss->shape, &blocks,
                                       loss->arranged[FALSE], NULL, &output,
                                       &loss->scratch);
}

/* Unsigned numbers in the order of the real ones: those below 0 are turned
 * around. */
static Bits
to_key (SinganReal value)
{
  const Bits sign = (Bits) 1 << (BITS - 1);
  Bits       bits;

  memcpy (&bits, &value, sizeof bits);

  return bits & sign ? ~bits : bits | sign;
}

static SinganReal
from_key (Bits key)
{
  const Bits sign = (Bits) 1 << (BITS - 1);
  const Bits bits = key & sign ? key & ~sign : ~key;
  SinganReal value;

  memcpy (&value, &bits, sizeof value);

  return value;
}

/* Where the entries of each digit begin, from how many there are of each. */
static void
count_to_begins (guint32 *counts, gint digits)
{
  guint32 sum = 0;
  gint    digit;

  for (digit = 0; digit < digits; digit++)
    {
      const guint32 count = counts[digit];

      counts[digit] = sum;
      sum += count;
    }
}

static void
sort_by_key (gsize count, const Entry *from, gint shift, Entry *to)
{
  guint32 begins[DIGITS] = { 0 };
  gsize   i;

  for (i = 0; i < count; i++)
    begins[from[i].key >> shift & (DIGITS - 1)]++;
  count_to_begins (begins, DIGITS);
  for (i = 0; i < count; i++)
    to[begins[from[i].key >> shift & (DIGITS - 1)]++] = from[i];
}

static void
sort_by_tile (const SinganPatchLoss *loss,
              gsize                  count,
              const Entry           *from,
              Entry                 *to)
{
  guint32 begins[SINGAN_PATCH_TILES_MAXIMUM] = { 0 };
  gsize   i;

  for (i = 0; i < count; i++)
    begins[loss->tiles[from[i].place]]++;
  count_to_begins (begins, SINGAN_PATCH_TILES_MAXIMUM);
  for (i = 0; i < count; i++)
    to[begins[loss->tiles[from[i].place]]++] = from[i];
}

/* Radix sort, least digit first, so equal keys keep their order; the tile is
 * the last digit.  Returns the one of the two arrays that has the result. */
static Entry *
sort_entries (const SinganPatchLoss *loss,
              gsize                  count,
              Entry                 *entries,
              Entry                 *others)
{
  Entry *swap;
  gint   shift;

  for (shift = 0; shift < BITS; shift += DIGIT_BITS)
    {
      sort_by_key (count, entries, shift, others);
      swap = entries;
      entries = others;
      others = swap;
    }
  if (loss->tile == 0)
    return entries;

  sort_by_tile (loss, count, entries, others);

  return others;
}

static void
fill_entries (const SinganPatchLoss *loss,
              const SinganReal      *projected,
              gint                   direction,
              gsize                  count,
              Entry                 *entries)
{
  gsize i;

  for (i = 0; i < count; i++)
    entries[i] = (Entry){ to_key (projected[i * loss->directions + direction]),
                          (guint32) i };
}

/* One direction's mean distance; in place the projections of x become the
 * derivatives by them. */
static gdouble
compare_direction (SinganPatchLoss *loss, gint direction, gdouble factor)
{
  const gsize count = n_patches (&loss->shape);
  Entry      *x = loss->entries
             + singan_parallel_thread () * ENTRY_ARRAYS * loss->n_patches;
  Entry       *other = x + loss->n_patches;
  Entry       *target = other + loss->n_patches;
  const Entry *sorted_x;
  const Entry *sorted_target;
  gdouble      sum = 0;
  gsize        i;

  fill_entries (loss, loss->projected_x, direction, count, x);
  fill_entries (loss, loss->projected_target, direction, count, target);
  sorted_x = sort_entries (loss, count, x, other);
  sorted_target = sort_entries (loss, count, target, sorted_x == x ? other : x);

  for (i = 0; i < count; i++)
    {
      const gdouble difference = (gdouble) from_key (sorted_x[i].key)
                                 - from_key (sorted_target[i].key);

      sum += fabs (difference);
      loss->projected_x[(gsize) sorted_x[i].place * loss->directions
                        + direction]
          = (SinganReal) (difference > 0 ? factor
                                         : (difference < 0 ? -factor : 0));
    }

  return sum / count;
}

gdouble
singan_patch_loss_compare (SinganPatchLoss  *loss,
                           const SinganReal *x,
                           const SinganReal *target,
                           gdouble           weight,
                           SinganReal       *grad_x)
{
  const gdouble factor
      = weight / ((gdouble) n_patches (&loss->shape) * loss->directions);
  const SinganMap    projected = singan_map_plain (loss->projected_x);
  const SinganOutput blocks = singan_output_plain (loss->blocks);
  gdouble            sum = 0;
  gint               d;

  project (loss, target, loss->projected_target);
  project (loss, x, loss->projected_x);

#pragma omp parallel for num_threads(loss->threads) schedule(static)
  for (d = 0; d < loss->directions; d++)
    loss->distances[d] = compare_direction (loss, d, factor);
  for (d = 0; d < loss->directions; d++)
    sum += loss->distances[d];

  singan_kernels_get ()->conv_backward_data (
      &loss->shape, &projected, loss->arranged[TRUE], &blocks, &loss->scratch);
  memset (grad_x, 0,
          (gsize) loss->height * loss->width * loss->channels * sizeof *grad_x);
  move_blocks (loss, NULL, grad_x);

  return weight * sum / loss->directions;
}
