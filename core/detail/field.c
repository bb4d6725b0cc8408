/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "core/detail/field.h"

#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/memory.h"
#include "core/kernels/kernels.h"

#define PATCH SINGAN_FIELD_PATCH

/* How far neighbours are asked for their targets, in patches: 1, 2, 4. */
#define REACH_MAXIMUM 4

/* Random words that are drawn at a time: two a place. */
#define WORDS_A_BLOCK 4

/* Places that are remembered not to be tried again: neighbours often agree. */
#define TRIED 4

static gint
count_patches (gint length, gint stride, gboolean wraps)
{
  return wraps ? (length + stride - 1) / stride
               : (length - PATCH + stride - 1) / stride + 1;
}

static gint
patch_start (gint i, gint length, gint stride, gboolean wraps)
{
  return wraps ? i * stride : MIN (i * stride, length - PATCH);
}

gint
singan_field_row (const SinganField *field, gint i)
{
  return patch_start (i, field->shape.height, field->shape.stride,
                      field->shape.wraps_rows);
}

gint
singan_field_column (const SinganField *field, gint j)
{
  return patch_start (j, field->shape.width, field->shape.stride,
                      field->shape.wraps_columns);
}

static gboolean
no_memory (GError **error)
{
  g_set_error_literal (error, SINGAN_ERROR, SINGAN_ERROR_NO_MEMORY,
                       _ ("There is not enough memory for the photograph's "
                          "detail. Choose a smaller size, or close other "
                          "programs."));
  return FALSE;
}

SinganField *
singan_field_new (const SinganFieldShape *shape, GError **error)
{
  g_autoptr (SinganField) field = g_new0 (SinganField, 1);
  gsize count;

  g_return_val_if_fail (MIN (shape->height, shape->width) >= PATCH, NULL);

  field->shape = *shape;
  field->rows = count_patches (shape->height, shape->stride, shape->wraps_rows);
  field->columns
      = count_patches (shape->width, shape->stride, shape->wraps_columns);
  count = (gsize) field->rows * field->columns;
  field->targets = g_try_new0 (SinganPlace, count);
  field->next_targets = g_try_new0 (SinganPlace, count);
  if (! field->targets || ! field->next_targets)
    {
      no_memory (error);
      return NULL;
    }
  if (! (field->distances = singan_reals_new (count, error))
      || ! (field->next_distances = singan_reals_new (count, error)))
    return NULL;

  return g_steal_pointer (&field);
}

void
singan_field_free (SinganField *field)
{
  if (! field)
    return;
  g_free (field->is_wanted);
  g_free (field->targets);
  g_free (field->next_targets);
  singan_reals_free (field->distances);
  singan_reals_free (field->next_distances);
  g_free (field);
}

static gboolean
has_made (const SinganField *field,
          const guint8      *is_made,
          gint               row,
          gint               column)
{
  const gint height = field->shape.height;
  const gint width = field->shape.width;
  gint       h;
  gint       w;

  for (h = 0; h < PATCH; h++)
    for (w = 0; w < PATCH; w++)
      if (is_made[(gsize) ((row + h) % height) * width + (column + w) % width])
        return TRUE;

  return FALSE;
}

gboolean
singan_field_want (SinganField *field, const guint8 *is_made, GError **error)
{
  gint i;

  field->is_wanted = g_try_new (guint8, (gsize) field->rows * field->columns);
  if (! field->is_wanted)
    return no_memory (error);

#pragma omp parallel for schedule(static)
  for (i = 0; i < field->rows; i++)
    for (gint j = 0; j < field->columns; j++)
      field->is_wanted[(gsize) i * field->columns + j]
          = has_made (field, is_made, singan_field_row (field, i),
                      singan_field_column (field, j));

  return TRUE;
}

static gboolean
is_wanted (const SinganField *field, gsize patch)
{
  return ! field->is_wanted || field->is_wanted[patch];
}

static gboolean
is_usable (const SinganKeys *keys, SinganPlace place)
{
  const gint rows = keys->picture->height - PATCH + 1;
  const gint columns = keys->picture->width - PATCH + 1;

  return place.row >= 0 && place.column >= 0 && place.row < rows
         && place.column < columns
         && (! keys->is_usable
             || keys->is_usable[(gsize) place.row * columns + place.column]);
}

/* The place, or, if it may not be used, the first that may on growing squares
 * around it. */
static SinganPlace
nearest_usable (const SinganKeys *keys, SinganPlace place)
{
  const gint rows = keys->picture->height - PATCH + 1;
  const gint columns = keys->picture->width - PATCH + 1;
  gint       reach;

  place.row = CLAMP (place.row, 0, rows - 1);
  place.column = CLAMP (place.column, 0, columns - 1);
  for (reach = 0; reach < MAX (rows, columns); reach++)
    for (gint row = -reach; row <= reach; row++)
      {
        /* Between the first and the last row only the two ends are new. */
        const gint step = ABS (row) == reach ? 1 : MAX (2 * reach, 1);

        for (gint column = -reach; column <= reach; column += step)
          {
            const SinganPlace other
                = { place.row + row, place.column + column };

            if (is_usable (keys, other))
              return other;
          }
      }

  return place;
}

void
singan_field_stay (SinganField *field, const SinganKeys *keys)
{
  const gdouble row_scale
      = (gdouble) keys->picture->height / field->shape.height;
  const gdouble column_scale
      = (gdouble) keys->picture->width / field->shape.width;
  gint i;

#pragma omp parallel for schedule(static)
  for (i = 0; i < field->rows; i++)
    for (gint j = 0; j < field->columns; j++)
      {
        const SinganPlace own
            = { (gint) lround (singan_field_row (field, i) * row_scale),
                (gint) lround (singan_field_column (field, j) * column_scale) };

        field->targets[(gsize) i * field->columns + j]
            = nearest_usable (keys, own);
      }
}

/* One axis of a field and of what it looks up in. */
typedef struct
{
  gint     length;
  gint     stride;
  gint     count; /* of patches */
  gboolean wraps;
  gint     keys;
} Axis;

static Axis
row_axis (const SinganField *field, const SinganTensor *keys)
{
  return (Axis){ field->shape.height, field->shape.stride, field->rows,
                 field->shape.wraps_rows, keys->height };
}

static Axis
column_axis (const SinganField *field, const SinganTensor *keys)
{
  return (Axis){ field->shape.width, field->shape.stride, field->columns,
                 field->shape.wraps_columns, keys->width };
}

/* The coarse patch that covers a finer one, and how many of the coarse pixels
 * the finer one begins after it. */
typedef struct
{
  gint    number;
  gdouble beside;
} Parent;

static Parent *
find_parents (const Axis *coarse, const Axis *fine)
{
  Parent *parents = g_new (Parent, fine->count);
  gint    i;

  for (i = 0; i < fine->count; i++)
    {
      const gdouble at
          = (gdouble) patch_start (i, fine->length, fine->stride, fine->wraps)
            * coarse->length / fine->length;
      const gint number
          = CLAMP ((gint) lround (at / coarse->stride), 0, coarse->count - 1);

      parents[i] = (Parent){
        number,
        at - patch_start (number, coarse->length, coarse->stride, coarse->wraps)
      };
    }

  return parents;
}

/* A coarse target and what lies beside it, in finer pixels. */
static gint
inherit (const Axis *coarse, const Axis *fine, gint target, gdouble beside)
{
  return (gint) lround ((target + beside) * fine->keys / coarse->keys);
}

void
singan_field_refine (const SinganField  *coarse,
                     const SinganTensor *coarse_keys,
                     SinganField        *field,
                     const SinganKeys   *keys)
{
  const Axis         coarse_rows = row_axis (coarse, coarse_keys);
  const Axis         coarse_columns = column_axis (coarse, coarse_keys);
  const Axis         rows = row_axis (field, keys->picture);
  const Axis         columns = column_axis (field, keys->picture);
  g_autofree Parent *above = find_parents (&coarse_rows, &rows);
  g_autofree Parent *beside = find_parents (&coarse_columns, &columns);
  gint               i;

#pragma omp parallel for schedule(static)
  for (i = 0; i < field->rows; i++)
    for (gint j = 0; j < field->columns; j++)
      {
        const SinganPlace from
            = coarse->targets[(gsize) above[i].number * coarse->columns
                              + beside[j].number];
        const SinganPlace place
            = { inherit (&coarse_rows, &rows, from.row, above[i].beside),
                inherit (&coarse_columns, &columns, from.column,
                         beside[j].beside) };

        field->targets[(gsize) i * field->columns + j]
            = nearest_usable (keys, place);
      }
}

/* What a round has at hand. */
typedef struct
{
  const SinganField  *field;
  const SinganTensor *queries;
  const SinganKeys   *keys;
  const SinganSearch *search;
  gint                round;
  SinganReal (*distance) (gint              rows,
                          gint              run,
                          const SinganReal *a,
                          gsize             a_step,
                          const SinganReal *b,
                          gsize             b_step,
                          SinganReal        limit);
} Round;

/* The best place so far of a patch, and those that were tried, in the order of
 * a ring. */
typedef struct
{
  const SinganReal *query;
  SinganPlace       best;
  SinganReal        least;
  SinganPlace       tried[TRIED];
  guint             n_tried;
} Trial;

static SinganReal
measure (const Round      *round,
         const SinganReal *query,
         SinganPlace       place,
         SinganReal        limit)
{
  const SinganTensor *keys = round->keys->picture;
  const gsize         row = (gsize) keys->width * keys->channels;

  return round->distance (PATCH, PATCH * keys->channels, query,
                          (gsize) round->queries->width * keys->channels,
                          keys->data + place.row * row
                              + (gsize) place.column * keys->channels,
                          row, limit);
}

static gboolean
was_tried (const Trial *trial, SinganPlace place)
{
  gint n;

  if (place.row == trial->best.row && place.column == trial->best.column)
    return TRUE;
  for (n = 0; n < TRIED; n++)
    if (place.row == trial->tried[n].row
        && place.column == trial->tried[n].column)
      return TRUE;

  return FALSE;
}

static void
try_place (const Round *round, SinganPlace place, Trial *trial)
{
  SinganReal distance;

  if (was_tried (trial, place) || ! is_usable (round->keys, place))
    return;
  trial->tried[trial->n_tried++ % TRIED] = place;
  distance = measure (round, trial->query, place, trial->least);
  if (distance < trial->least)
    {
      trial->least = distance;
      trial->best = place;
    }
}

/* The number of a neighbour, or -1 beyond the border. */
static gint
neighbour (gint i, gint step, gint count, gboolean wraps)
{
  i += step;
  if (wraps)
    return (i % count + count) % count;

  return i < count ? i : -1;
}

/* Pixels from one patch to another, the shorter way around. */
static gint
way (gint from, gint to, gint length, gboolean wraps)
{
  const gint pixels = to - from;

  if (wraps && 2 * ABS (pixels) > length)
    return pixels > 0 ? pixels - length : pixels + length;

  return pixels;
}

static void
try_neighbours (const Round *round, gint i, gint j, Trial *trial)
{
  static const gint  steps[4][2] = { { 0, -1 }, { 0, 1 }, { -1, 0 }, { 1, 0 } };
  const SinganField *field = round->field;
  const gint         reach
      = round->round + 1 < round->search->rounds ? REACH_MAXIMUM : 1;
  gint far;
  gint n;

  for (far = 1; far <= reach; far *= 2)
    for (n = 0; n < 4; n++)
      {
        const gint  row = neighbour (i, far * steps[n][0], field->rows,
                                     field->shape.wraps_rows);
        const gint  column = neighbour (j, far * steps[n][1], field->columns,
                                        field->shape.wraps_columns);
        gsize       patch;
        SinganPlace place;

        if (row < 0 || column < 0)
          continue;
        patch = (gsize) row * field->columns + column;
        if (! is_wanted (field, patch))
          continue;
        place = field->targets[patch];
        place.row
            += way (singan_field_row (field, row), singan_field_row (field, i),
                    field->shape.height, field->shape.wraps_rows);
        place.column += way (singan_field_column (field, column),
                             singan_field_column (field, j), field->shape.width,
                             field->shape.wraps_columns);
        try_place (round, place, trial);
      }
}

/* Uniform in -radius .. radius. */
static gint
offset (guint32 word, gint radius)
{
  return (gint) (((guint64) word * (2 * radius + 1)) >> 32) - radius;
}

static void
try_random (const Round *round, gsize patch, Trial *trial)
{
  const guint32 key[2] = { (guint32) round->search->seed,
                           (guint32) (round->search->seed >> 32) };
  guint32       counter[4] = { (guint32) patch, (guint32) round->round << 8,
                               round->search->level, SINGAN_RANDOM_SEARCH };
  guint32       words[WORDS_A_BLOCK];
  gint          used = WORDS_A_BLOCK;
  gint          radius;

  for (radius = round->search->radius; radius >= 1; radius /= 2)
    {
      SinganPlace place = trial->best;

      if (used == WORDS_A_BLOCK)
        {
          singan_philox4x32_10 (counter, key, words);
          counter[1]++;
          used = 0;
        }
      place.row += offset (words[used++], radius);
      place.column += offset (words[used++], radius);
      try_place (round, place, trial);
    }
}

static const SinganReal *
query_at (const Round *round, gint i, gint j)
{
  const SinganTensor *queries = round->queries;

  return queries->data
         + ((gsize) singan_field_row (round->field, i) * queries->width
            + singan_field_column (round->field, j))
               * queries->channels;
}

static void
measure_all (const Round *round, SinganField *field, GCancellable *cancellable)
{
  gint i;

#pragma omp parallel for schedule(dynamic, 4)
  for (i = 0; i < field->rows; i++)
    for (gint j = 0;
         j < field->columns && ! g_cancellable_is_cancelled (cancellable); j++)
      {
        const gsize patch = (gsize) i * field->columns + j;

        if (is_wanted (field, patch))
          field->distances[patch]
              = measure (round, query_at (round, i, j), field->targets[patch],
                         (SinganReal) G_MAXFLOAT);
      }
}

static void
improve_row (const Round *round, SinganField *field, gint i)
{
  gint j;

  for (j = 0; j < field->columns; j++)
    {
      const gsize patch = (gsize) i * field->columns + j;
      Trial       trial = { .query = query_at (round, i, j),
                            .best = field->targets[patch],
                            .least = field->distances[patch] };
      gint        n;

      for (n = 0; n < TRIED; n++)
        trial.tried[n] = trial.best;
      if (is_wanted (field, patch))
        {
          try_neighbours (round, i, j, &trial);
          try_random (round, patch, &trial);
        }
      field->next_targets[patch] = trial.best;
      field->next_distances[patch] = trial.least;
    }
}

static void
swap_with_next (SinganField *field)
{
  SinganPlace *targets = field->targets;
  SinganReal  *distances = field->distances;

  field->targets = field->next_targets;
  field->distances = field->next_distances;
  field->next_targets = targets;
  field->next_distances = distances;
}

void
singan_field_improve (SinganField        *field,
                      const SinganTensor *queries,
                      const SinganKeys   *keys,
                      const SinganSearch *search,
                      GCancellable       *cancellable)
{
  Round round = { field,  queries, keys,
                  search, 0,       singan_kernels_get ()->patch_distance };
  gint  i;

  measure_all (&round, field, cancellable);
  for (; round.round < search->rounds; round.round++)
    {
#pragma omp parallel for schedule(dynamic, 4)
      for (i = 0; i < field->rows; i++)
        if (! g_cancellable_is_cancelled (cancellable))
          improve_row (&round, field, i);
      if (g_cancellable_is_cancelled (cancellable))
        return;
      swap_with_next (field);
    }
}
