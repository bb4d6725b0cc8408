/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "core/detail/nearest.h"

#include <string.h>

#include "core/base/blas.h"
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/memory.h"
#include "core/kernels/kernels.h"

#define PATCH SINGAN_FIELD_PATCH

/* Queries of a block: for each block the product arranges all keys anew. */
#define BLOCK 256

/* Distances that are kept from the first pass to the second: 256 MB.  Where
 * there are more they are computed twice. */
#define KEPT_MAXIMUM ((gsize) 64 << 20)

/* A number of a picture spans 2, not 1, so squares are four times as large. */
#define RANGE_SQUARED 4

/* Patches as the rows of a matrix. */
typedef struct
{
  gsize        count;
  gint         depth;   /* numbers a patch */
  SinganReal  *data;    /* [count, depth] */
  SinganReal  *squares; /* their squared lengths */
  SinganPlace *places;  /* where they begin */
  gsize       *numbers; /* of queries: which patch of the field */
} Patches;

struct _SinganNearest
{
  Patches     queries;
  Patches     keys;
  gint        threads;
  gsize       n_blocks;
  SinganReal *distances; /* of all blocks, or of one a thread */
  gboolean    keeps_all;
  SinganReal *minima;  /* over the queries, for each key; one a thread */
  SinganReal *factors; /* one for each key */
};

static void
patches_clear (Patches *patches)
{
  singan_reals_free (patches->data);
  singan_reals_free (patches->squares);
  g_free (patches->places);
  g_free (patches->numbers);
}

void
singan_nearest_free (SinganNearest *nearest)
{
  if (! nearest)
    return;
  patches_clear (&nearest->queries);
  patches_clear (&nearest->keys);
  singan_reals_free (nearest->distances);
  singan_reals_free (nearest->minima);
  singan_reals_free (nearest->factors);
  g_free (nearest);
}

static gboolean
patches_init (Patches *patches, gsize most, gint channels, GError **error)
{
  patches->depth = PATCH * PATCH * channels;
  patches->places = g_try_new (SinganPlace, most);
  patches->numbers = g_try_new (gsize, most);
  if (! patches->places || ! patches->numbers)
    {
      g_set_error_literal (error, SINGAN_ERROR, SINGAN_ERROR_NO_MEMORY,
                           _ ("There is not enough memory to compare the "
                              "patches of the picture. Close other programs."));
      return FALSE;
    }

  return TRUE;
}

static void
patches_add (Patches *patches, gint row, gint column, gsize number)
{
  patches->places[patches->count] = (SinganPlace){ row, column };
  patches->numbers[patches->count++] = number;
}

static gboolean
patches_take_memory (Patches *patches, GError **error)
{
  return (patches->data
          = singan_reals_new (patches->count * patches->depth, error))
         && (patches->squares = singan_reals_new (patches->count, error));
}

/* Copies the patches from where they are. */
static void
patches_fill (Patches *patches, const SinganTensor *picture)
{
  const gsize run = (gsize) PATCH * picture->channels;
  const gsize row = (gsize) picture->width * picture->channels;
  gsize       n;

#pragma omp parallel for schedule(static)
  for (n = 0; n < patches->count; n++)
    {
      const SinganPlace place = patches->places[n];
      const SinganReal *from = picture->data + place.row * row
                               + (gsize) place.column * picture->channels;
      SinganReal *to = patches->data + n * patches->depth;
      gdouble     sum = 0;

      for (gint h = 0; h < PATCH; h++)
        memcpy (to + h * run, from + h * row, run * sizeof *to);
      for (gint i = 0; i < patches->depth; i++)
        sum += (gdouble) to[i] * to[i];
      patches->squares[n] = (SinganReal) sum;
    }
}

static gboolean
find_queries (Patches           *queries,
              const SinganField *field,
              gint               channels,
              GError           **error)
{
  gint i;
  gint j;

  if (! patches_init (queries, (gsize) field->rows * field->columns, channels,
                      error))
    return FALSE;
  for (i = 0; i < field->rows; i++)
    for (j = 0; j < field->columns; j++)
      {
        const gsize patch = (gsize) i * field->columns + j;

        if (! field->is_wanted || field->is_wanted[patch])
          patches_add (queries, singan_field_row (field, i),
                       singan_field_column (field, j), patch);
      }

  return patches_take_memory (queries, error);
}

static gboolean
find_keys (Patches *patches, const SinganKeys *keys, GError **error)
{
  const gint rows = keys->picture->height - PATCH + 1;
  const gint columns = keys->picture->width - PATCH + 1;
  gint       row;
  gint       column;

  if (! patches_init (patches, (gsize) rows * columns, keys->picture->channels,
                      error))
    return FALSE;
  for (row = 0; row < rows; row++)
    for (column = 0; column < columns; column++)
      {
        const gsize number = (gsize) row * columns + column;

        if (! keys->is_usable || keys->is_usable[number])
          patches_add (patches, row, column, number);
      }

  return patches_take_memory (patches, error);
}

SinganNearest *
singan_nearest_new (const SinganField *field,
                    const SinganKeys  *keys,
                    GError           **error)
{
  g_autoptr (SinganNearest) nearest = g_new0 (SinganNearest, 1);
  gsize count;
  gsize blocks;

  if (! find_queries (&nearest->queries, field, keys->picture->channels, error)
      || ! find_keys (&nearest->keys, keys, error))
    return NULL;

  count = nearest->keys.count;
  nearest->threads = singan_parallel_threads ();
  nearest->n_blocks = (nearest->queries.count + BLOCK - 1) / BLOCK;
  nearest->keeps_all = nearest->n_blocks * BLOCK <= KEPT_MAXIMUM / count;
  blocks = nearest->keeps_all ? nearest->n_blocks : (gsize) nearest->threads;
  if (! (nearest->distances = singan_reals_new (blocks * BLOCK * count, error))
      || ! (nearest->minima
            = singan_reals_new (nearest->threads * count, error))
      || ! (nearest->factors = singan_reals_new (count, error)))
    return NULL;

  return g_steal_pointer (&nearest);
}

void
singan_nearest_set_keys (SinganNearest *nearest, const SinganTensor *picture)
{
  patches_fill (&nearest->keys, picture);
}

/* Where the distances of a block are. */
static SinganReal *
block_distances (const SinganNearest *nearest, gsize block)
{
  const gsize n
      = nearest->keeps_all ? block : (gsize) singan_parallel_thread ();

  return nearest->distances + n * BLOCK * nearest->keys.count;
}

/* The distances of a block, and what is least of each key. */
static void
measure_block (const SinganNearest *nearest, gsize block)
{
  const SinganKernels *kernels = singan_kernels_get ();
  const Patches       *queries = &nearest->queries;
  const Patches       *keys = &nearest->keys;
  const gsize          first = block * BLOCK;
  const gint           rows = (gint) MIN (BLOCK, queries->count - first);
  SinganReal          *distances = block_distances (nearest, block);
  SinganReal          *minima
      = nearest->minima + singan_parallel_thread () * keys->count;
  gint i;

  singan_blas_product_transposed (rows, (gint) keys->count, keys->depth, -2,
                                  queries->data + first * queries->depth,
                                  queries->depth, keys->data, keys->depth,
                                  distances, keys->count);
  for (i = 0; i < rows; i++)
    kernels->patch_minima (keys->count, queries->squares[first + i],
                           keys->squares, distances + i * keys->count, minima);
}

/* GPNN's weights; the order in which minima are compared leaves no trace. */
static void
weigh_keys (SinganNearest *nearest, gdouble completeness)
{
  const gsize   count = nearest->keys.count;
  const gdouble alpha = completeness * nearest->keys.depth * RANGE_SQUARED;
  gsize         i;

  for (i = 0; i < count; i++)
    {
      SinganReal least = nearest->minima[i];
      gint       t;

      for (t = 1; t < nearest->threads; t++)
        least = MIN (least, nearest->minima[t * count + i]);
      nearest->factors[i] = (SinganReal) (1 / (alpha + least));
    }
}

static void
choose_in_block (const SinganNearest *nearest, gsize block, SinganField *field)
{
  const SinganKernels *kernels = singan_kernels_get ();
  const Patches       *queries = &nearest->queries;
  const Patches       *keys = &nearest->keys;
  const gsize          first = block * BLOCK;
  const gsize          rows = MIN (BLOCK, queries->count - first);
  SinganReal          *distances = block_distances (nearest, block);
  gsize                i;

  for (i = 0; i < rows; i++, distances += keys->count)
    {
      const gsize patch = queries->numbers[first + i];
      const gsize key
          = kernels->patch_nearest (keys->count, distances, nearest->factors);

      field->targets[patch] = keys->places[key];
      field->distances[patch] = distances[key];
    }
}

void
singan_nearest_find (SinganNearest      *nearest,
                     const SinganTensor *queries,
                     gdouble             completeness,
                     SinganField        *field,
                     GCancellable       *cancellable)
{
  const gboolean is_weighted = completeness > 0;
  gsize          block;
  gsize          i;

  patches_fill (&nearest->queries, queries);
  for (i = 0; i < nearest->threads * nearest->keys.count; i++)
    nearest->minima[i] = (SinganReal) G_MAXFLOAT;
  for (i = 0; i < nearest->keys.count; i++)
    nearest->factors[i] = 1;

  if (is_weighted)
    {
#pragma omp parallel for num_threads(nearest->threads) schedule(dynamic)
      for (block = 0; block < nearest->n_blocks; block++)
        if (! g_cancellable_is_cancelled (cancellable))
          measure_block (nearest, block);
      weigh_keys (nearest, completeness);
    }
#pragma omp parallel for num_threads(nearest->threads) schedule(dynamic)
  for (block = 0; block < nearest->n_blocks; block++)
    if (! g_cancellable_is_cancelled (cancellable))
      {
        if (! is_weighted || ! nearest->keeps_all)
          measure_block (nearest, block);
        choose_in_block (nearest, block, field);
      }
}
