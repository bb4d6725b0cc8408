/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "core/detail/vote.h"

#include <math.h>
#include <string.h>

#include "core/base/parallel.h"
#include "core/kernels/kernels.h"

#define PATCH SINGAN_FIELD_PATCH

/* Rows of the picture that a thread makes at a time. */
#define BLOCK 32

/* Channels of pictures at most. */
#define CHANNELS_MAXIMUM 3

typedef struct
{
  const SinganField  *field;
  const SinganTensor *values;
  const guint8       *is_made;
  SinganTensor       *picture;
  SinganScratch       scratch;
  gint                padded; /* columns of the sums: what wraps stands over */
  SinganReal          weights[PATCH * PATCH];
  SinganReal          channel_weights[PATCH * PATCH * CHANNELS_MAXIMUM];
  SinganReal          ones[PATCH];
} Vote;

static void
set_weights (Vote *vote, gdouble sigma)
{
  const gint channels = vote->values->channels;
  gint       h;
  gint       w;
  gint       c;

  for (h = 0; h < PATCH; h++)
    for (w = 0; w < PATCH; w++)
      {
        const gdouble middle = (PATCH - 1) / 2.0;
        const gdouble squares
            = (h - middle) * (h - middle) + (w - middle) * (w - middle);
        const gint i = h * PATCH + w;

        vote->weights[i] = (SinganReal) exp (-0.5 * squares / (sigma * sigma));
        for (c = 0; c < channels; c++)
          vote->channel_weights[i * channels + c] = vote->weights[i];
      }
  for (w = 0; w < PATCH; w++)
    vote->ones[w] = 1;
}

/* One patch's votes for the rows @first to @end of a block that begins at row
 * @block; @row is where the patch begins, which may be above the block. */
static void
add_patch (const Vote *vote,
           gsize       patch,
           gint        row,
           gint        column,
           gint        block,
           gint        rows,
           SinganReal *sums,
           SinganReal *weights)
{
  const SinganKernels *kernels = singan_kernels_get ();
  const SinganTensor  *values = vote->values;
  const gint           channels = values->channels;
  const gint           first = MAX (block - row, 0);
  const gint           count = MIN (PATCH, block + rows - row) - first;
  const SinganPlace    target = vote->field->targets[patch];
  const gsize at = (gsize) (row + first - block) * vote->padded + column;

  kernels->patch_vote (
      count, PATCH * channels, 1,
      vote->channel_weights + first * PATCH * channels,
      values->data
          + ((gsize) (target.row + first) * values->width + target.column)
                * channels,
      (gsize) values->width * channels, sums + at * channels,
      (gsize) vote->padded * channels);
  kernels->patch_vote (count, PATCH, 1, vote->weights + first * PATCH,
                       vote->ones, 0, weights + at, vote->padded);
}

/* A row of patches, which begins at row @row of the picture or above it. */
static void
add_patch_row (const Vote *vote,
               gint        i,
               gint        row,
               gint        block,
               gint        rows,
               SinganReal *sums,
               SinganReal *weights)
{
  const SinganField *field = vote->field;
  gint               j;

  if (row + PATCH <= block || row >= block + rows)
    return;
  for (j = 0; j < field->columns; j++)
    {
      const gsize patch = (gsize) i * field->columns + j;

      if (! field->is_wanted || field->is_wanted[patch])
        add_patch (vote, patch, row, singan_field_column (field, j), block,
                   rows, sums, weights);
    }
}

static void
add_patches (const Vote *vote,
             gint        block,
             gint        rows,
             SinganReal *sums,
             SinganReal *weights)
{
  const SinganField *field = vote->field;
  gint               i;

  for (i = 0; i < field->rows; i++)
    {
      const gint row = singan_field_row (field, i);

      add_patch_row (vote, i, row, block, rows, sums, weights);
      /* What reaches beyond the last row goes on at the first. */
      if (field->shape.wraps_rows)
        add_patch_row (vote, i, row - field->shape.height, block, rows, sums,
                       weights);
    }
}

/* Adds what stands beyond the last column to the first ones. */
static void
fold_row (const Vote *vote, SinganReal *sums, SinganReal *weights)
{
  const gint width = vote->picture->width;
  const gint channels = vote->picture->channels;
  gint       w;
  gint       c;

  for (w = width; w < vote->padded; w++)
    {
      const gint to = w % width;

      for (c = 0; c < channels; c++)
        sums[to * channels + c] += sums[w * channels + c];
      weights[to] += weights[w];
    }
}

static void
write_row (const Vote *vote, gint row, SinganReal *sums, SinganReal *weights)
{
  const gint    width = vote->picture->width;
  const gint    channels = vote->picture->channels;
  const guint8 *is_made
      = vote->is_made ? vote->is_made + (gsize) row * width : NULL;
  SinganReal *to = vote->picture->data + (gsize) row * width * channels;
  gint        w;
  gint        c;

  fold_row (vote, sums, weights);
  for (w = 0; w < width; w++, to += channels, sums += channels)
    if (! is_made || is_made[w])
      for (c = 0; c < channels; c++)
        to[c] = sums[c] / weights[w];
}

static void
make_block (const Vote *vote, gint block)
{
  const gint  rows = MIN (BLOCK, vote->picture->height - block);
  const gint  channels = vote->picture->channels;
  const gsize count = (gsize) rows * vote->padded;
  SinganReal *sums = singan_scratch_get (&vote->scratch);
  SinganReal *weights = sums + count * channels;
  gint        row;

  memset (sums, 0, count * (channels + 1) * sizeof *sums);
  add_patches (vote, block, rows, sums, weights);
  for (row = 0; row < rows; row++)
    write_row (vote, block + row, sums + (gsize) row * vote->padded * channels,
               weights + (gsize) row * vote->padded);
}

gboolean
singan_field_vote (const SinganField  *field,
                   const SinganTensor *values,
                   gdouble             sigma,
                   const guint8       *is_made,
                   SinganTensor       *picture,
                   GCancellable       *cancellable,
                   GError            **error)
{
  Vote vote = {
    .field = field, .values = values, .is_made = is_made, .picture = picture
  };
  gint block;

  g_return_val_if_fail (values->channels <= CHANNELS_MAXIMUM, FALSE);

  vote.padded = picture->width + (field->shape.wraps_columns ? PATCH - 1 : 0);
  set_weights (&vote, sigma * PATCH);
  if (! singan_scratch_init (
          &vote.scratch, (gsize) BLOCK * vote.padded * (picture->channels + 1),
          0, error))
    return FALSE;

#pragma omp parallel for schedule(dynamic)
  for (block = 0; block < picture->height; block += BLOCK)
    if (! g_cancellable_is_cancelled (cancellable))
      make_block (&vote, block);
  singan_scratch_clear (&vote.scratch);

  return ! g_cancellable_set_error_if_cancelled (cancellable, error);
}
