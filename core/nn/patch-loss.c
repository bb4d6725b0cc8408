/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "core/nn/patch-loss.h"

#include <math.h>
#include <string.h>

#include "core/base/blas.h"
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/memory.h"
#include "core/base/parallel.h"
#include "core/base/sort.h"

#define ENTRY_REALS (sizeof (SinganSortEntry) / sizeof (SinganReal))

/* Arrays of entries that a direction's thread needs: x's and the target's, and
 * one to sort into. */
#define ENTRY_ARRAYS 3

/* Patches that one product takes: a thread's work at a time. */
#define PATCHES_TOGETHER 128

/* Directions whose derivatives are read together: a cache line of them is
 * written. */
#define DIRECTIONS_TOGETHER 16

struct _SinganPatchLoss
{
  gint             height;
  gint             width;
  gint             channels;
  gint             stride;
  gint             directions;
  gboolean         is_of_detail;
  gint             tile;      /* patches a side; 0 for all */
  gint             first_row; /* where the grid of blocks begins */
  gint             first_column;
  gint             rows; /* of blocks in the grid */
  gint             columns;
  gint             depth;       /* numbers of a block: stride^2 c */
  gint             taps;        /* numbers of a patch: 9 depth */
  gsize            n_patches;   /* most there can be */
  SinganReal      *blocks;      /* [rows, columns, depth] */
  SinganReal      *weight;      /* [taps, directions] */
  SinganReal      *transposed;  /* [directions, taps] */
  SinganReal      *patches;     /* [patches, taps]: derivatives by them */
  SinganReal      *projected_x; /* [directions, patches]; then its gradient */
  SinganReal      *projected_target;
  gdouble         *distances; /* of each direction */
  SinganSortEntry *entries;
  gint             threads; /* that @entries and @scratch are for */
  guint16         *tiles;   /* the number of the one that a patch is in */
  SinganScratch    scratch;
};

/* Most numbers that all patches are projected to: 256 MB, and room for the
 * largest picture in the directions of the presets' detail. */
#define PROJECTIONS_MAXIMUM (1 << 26)

/* In the grid as it was drawn. */
static gsize
n_patches (const SinganPatchLoss *loss)
{
  return (gsize) (loss->rows - 2) * (loss->columns - 2);
}

gint
singan_patch_loss_side (gint stride)
{
  return (SINGAN_PATCH_BLOCKS + 1) * stride - 1;
}

/* Settings may come from a stranger's model. */
static gboolean
check_size (gint     height,
            gint     width,
            gint     stride,
            gint     directions,
            gint     tile,
            GError **error)
{
  const gdouble projections
      = (gdouble) (height / stride) * (width / stride) * directions;
  const gint tiles
      = tile > 0 ? ((height + tile - 1) / tile) * ((width + tile - 1) / tile)
                 : 0;

  if (MIN (height, width) < singan_patch_loss_side (stride))
    g_set_error (error, SINGAN_ERROR, SINGAN_ERROR_SETTINGS,
                 _ ("A scale has %d x %d pixels; patches with a stride of %d "
                    "need %d on each side."),
                 width, height, stride, singan_patch_loss_side (stride));
  else if (tiles > SINGAN_PATCH_TILES_MAXIMUM
           || projections > PROJECTIONS_MAXIMUM)
    g_set_error (error, SINGAN_ERROR, SINGAN_ERROR_SETTINGS,
                 _ ("The patches of a scale of %d x %d pixels in %d directions "
                    "are too many to be compared."),
                 width, height, directions);
  else
    return TRUE;

  return FALSE;
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

  if (! check_size (height, width, stride, directions, tile, error))
    return NULL;

  loss->height = height;
  loss->width = width;
  loss->channels = channels;
  loss->stride = stride;
  loss->directions = directions;
  loss->is_of_detail = is_of_detail;
  loss->tile = tile;
  loss->rows = height / stride;
  loss->columns = width / stride;
  loss->depth = stride * stride * channels;
  loss->taps = SINGAN_PATCH_BLOCKS * SINGAN_PATCH_BLOCKS * loss->depth;
  loss->n_patches = n_patches (loss);
  loss->threads = singan_parallel_threads ();
  loss->distances = g_new (gdouble, directions);
  loss->tiles = tile > 0 ? g_new (guint16, loss->n_patches) : NULL;

  if (! (loss->blocks = singan_reals_new (
             (gsize) loss->rows * loss->columns * loss->depth, error))
      || ! (loss->weight
            = singan_reals_new ((gsize) loss->taps * directions, error))
      || ! (loss->transposed
            = singan_reals_new ((gsize) loss->taps * directions, error))
      || ! (loss->patches
            = singan_reals_new (loss->n_patches * loss->taps, error))
      || ! (loss->projected_x
            = singan_reals_new (loss->n_patches * directions, error))
      || ! (loss->projected_target
            = singan_reals_new (loss->n_patches * directions, error))
      || ! singan_scratch_init (
          &loss->scratch,
          (gsize) PATCHES_TOGETHER * MAX (loss->taps, directions), 0, error)
      || ! (loss->entries = (SinganSortEntry *) singan_reals_new (
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
  singan_reals_free (loss->transposed);
  singan_reals_free (loss->patches);
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
  const gint taps = loss->taps;
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
  const gint taps = loss->taps;
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
transpose (SinganPatchLoss *loss)
{
  gint d;
  gint t;

  for (d = 0; d < loss->directions; d++)
    for (t = 0; t < loss->taps; t++)
      loss->transposed[(gsize) d * loss->taps + t]
          = loss->weight[(gsize) t * loss->directions + d];
}

static void
lay_tiles (SinganPatchLoss *loss)
{
  const gint rows = loss->rows - 2;
  const gint columns = loss->columns - 2;
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
  SinganRandomKey own = *key;
  SinganReal      places[2];

  own.purpose = SINGAN_RANDOM_PATCHES;
  singan_random_uniform (&own, places, 2);
  loss->first_row = (gint) (places[0] * loss->stride);
  loss->first_column = (gint) (places[1] * loss->stride);
  loss->rows = (loss->height - loss->first_row) / loss->stride;
  loss->columns = (loss->width - loss->first_column) / loss->stride;

  if (loss->tile > 0)
    lay_tiles (loss);

  own.purpose = SINGAN_RANDOM_DIRECTIONS;
  singan_random_normal (&own, loss->weight,
                        (gsize) loss->taps * loss->directions);
  if (loss->is_of_detail)
    take_means_away (loss);
  normalise (loss);
  transpose (loss);
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
  for (bh = 0; bh < loss->rows; bh++)
    {
      SinganReal *block
          = loss->blocks + (gsize) bh * loss->columns * loss->depth;
      gint bw;
      gint row;

      for (bw = 0; bw < loss->columns; bw++)
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

/* Where the three rows of blocks of a patch begin: at each, SINGAN_PATCH_BLOCKS
 * blocks that lie together. */
static gsize
patch_row (const SinganPatchLoss *loss, gsize patch, gint kh)
{
  const gsize columns = loss->columns - 2;
  const gsize h = patch / columns + kh;
  const gsize w = patch % columns;

  return (h * loss->columns + w) * loss->depth;
}

/* projected [directions, patches] = directions x patches^T, of so many patches
 * from the first on. */
static void
project_some (const SinganPatchLoss *loss,
              gsize                  first,
              gint                   count,
              SinganReal            *projected)
{
  const gint  run = SINGAN_PATCH_BLOCKS * loss->depth;
  SinganReal *patches = singan_scratch_get (&loss->scratch);
  SinganReal *to = patches;
  gint        i;
  gint        kh;

  for (i = 0; i < count; i++)
    for (kh = 0; kh < SINGAN_PATCH_BLOCKS; kh++, to += run)
      memcpy (to, loss->blocks + patch_row (loss, first + i, kh),
              run * sizeof *to);
  singan_blas_product_transposed (
      loss->directions, count, loss->taps, 1, loss->transposed, loss->taps,
      patches, loss->taps, projected + first, n_patches (loss));
}

static void
project (SinganPatchLoss  *loss,
         const SinganReal *picture,
         SinganReal       *projected)
{
  const gsize count = n_patches (loss);
  gsize       first;

  move_blocks (loss, picture, NULL);
#pragma omp parallel for num_threads(loss->threads) schedule(static)
  for (first = 0; first < count; first += PATCHES_TOGETHER)
    project_some (loss, first, (gint) MIN (PATCHES_TOGETHER, count - first),
                  projected);
}

/* The derivatives by so many patches, from those by their projections:
 *   grad_patches [patches, taps] = grad_projected^T x weight^T. */
static void
project_back_some (const SinganPatchLoss *loss, gsize first, gint count)
{
  const gsize       step = n_patches (loss);
  const gsize       directions = loss->directions;
  SinganReal       *turned = singan_scratch_get (&loss->scratch);
  const SinganReal *from = loss->projected_x + first;
  gsize             begin;
  gsize             d;
  gint              i;

  for (begin = 0; begin < directions; begin += DIRECTIONS_TOGETHER)
    for (i = 0; i < count; i++)
      for (d = begin; d < MIN (begin + DIRECTIONS_TOGETHER, directions); d++)
        turned[i * directions + d] = from[d * step + i];
  singan_blas_product_transposed (
      count, loss->taps, loss->directions, 1, turned, directions, loss->weight,
      directions, loss->patches + first * loss->taps, loss->taps);
}

/* Adds up the derivatives of all patches that a row of blocks is in. */
static void
gather_row (const SinganPatchLoss *loss, gint bh)
{
  const gint  run = SINGAN_PATCH_BLOCKS * loss->depth;
  const gint  patches = loss->columns - 2;
  const gsize length = (gsize) loss->columns * loss->depth;
  SinganReal *blocks = loss->blocks + bh * length;
  gint        kh;
  gint        w;
  gint        i;

  memset (blocks, 0, length * sizeof *blocks);
  for (kh = 0; kh < SINGAN_PATCH_BLOCKS; kh++)
    {
      const gint        h = bh - kh;
      const SinganReal *from;

      if (h < 0 || h >= loss->rows - 2)
        continue;
      from = loss->patches + ((gsize) h * patches * loss->taps + kh * run);
      for (w = 0; w < patches; w++, from += loss->taps)
        for (i = 0; i < run; i++)
          blocks[w * loss->depth + i] += from[i];
    }
}

static void
project_back (SinganPatchLoss *loss, SinganReal *grad_picture)
{
  const gsize count = n_patches (loss);
  gsize       first;
  gint        bh;

#pragma omp parallel for num_threads(loss->threads) schedule(static)
  for (first = 0; first < count; first += PATCHES_TOGETHER)
    project_back_some (loss, first,
                       (gint) MIN (PATCHES_TOGETHER, count - first));
#pragma omp parallel for schedule(static)
  for (bh = 0; bh < loss->rows; bh++)
    gather_row (loss, bh);

  memset (grad_picture, 0,
          (gsize) loss->height * loss->width * loss->channels
              * sizeof *grad_picture);
  move_blocks (loss, NULL, grad_picture);
}

static void
sort_by_tile (const SinganPatchLoss *loss,
              gsize                  count,
              const SinganSortEntry *from,
              SinganSortEntry       *to)
{
  guint32 begins[SINGAN_PATCH_TILES_MAXIMUM] = { 0 };
  gsize   i;

  for (i = 0; i < count; i++)
    begins[loss->tiles[from[i].place]]++;
  singan_sort_count_to_begins (begins, SINGAN_PATCH_TILES_MAXIMUM);
  for (i = 0; i < count; i++)
    to[begins[loss->tiles[from[i].place]]++] = from[i];
}

/* The tile is the last digit.  Returns the one of the two arrays that has the
 * result. */
static SinganSortEntry *
sort_entries (const SinganPatchLoss *loss,
              gsize                  count,
              SinganSortEntry       *entries,
              SinganSortEntry       *others)
{
  SinganSortEntry *sorted = singan_sort (count, entries, others);
  SinganSortEntry *other = sorted == entries ? others : entries;

  if (loss->tile == 0)
    return sorted;

  sort_by_tile (loss, count, sorted, other);

  return other;
}

static void
fill_entries (const SinganReal *projected,
              gsize             count,
              SinganSortEntry  *entries)
{
  gsize i;

  for (i = 0; i < count; i++)
    entries[i]
        = (SinganSortEntry){ singan_sort_key (projected[i]), (guint32) i };
}

/* One direction's mean distance; in place the projections of x become the
 * derivatives by them. */
static gdouble
compare_direction (SinganPatchLoss *loss, gint direction, gdouble factor)
{
  const gsize      count = n_patches (loss);
  SinganReal      *projected_x = loss->projected_x + direction * count;
  SinganSortEntry *x
      = loss->entries
        + singan_parallel_thread () * ENTRY_ARRAYS * loss->n_patches;
  SinganSortEntry       *other = x + loss->n_patches;
  SinganSortEntry       *target = other + loss->n_patches;
  const SinganSortEntry *sorted_x;
  const SinganSortEntry *sorted_target;
  gdouble                sum = 0;
  gsize                  i;

  fill_entries (projected_x, count, x);
  fill_entries (loss->projected_target + direction * count, count, target);
  sorted_x = sort_entries (loss, count, x, other);
  sorted_target = sort_entries (loss, count, target, sorted_x == x ? other : x);

  for (i = 0; i < count; i++)
    {
      const gdouble difference = (gdouble) singan_sort_value (sorted_x[i].key)
                                 - singan_sort_value (sorted_target[i].key);

      sum += fabs (difference);
      projected_x[sorted_x[i].place]
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
      = weight / ((gdouble) n_patches (loss) * loss->directions);
  gdouble sum = 0;
  gint    d;

  project (loss, target, loss->projected_target);
  project (loss, x, loss->projected_x);

#pragma omp parallel for num_threads(loss->threads) schedule(static)
  for (d = 0; d < loss->directions; d++)
    loss->distances[d] = compare_direction (loss, d, factor);
  for (d = 0; d < loss->directions; d++)
    sum += loss->distances[d];

  project_back (loss, grad_x);

  return weight * sum / loss->directions;
}
