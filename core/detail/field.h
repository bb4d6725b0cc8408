/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A nearest-neighbour field: for patches of one picture, the queries, where in
 * another one, the keys, those stand that look most like them.  Knows no
 * pyramid and no levels; used by what makes detail.
 */

#pragma once

#include <gio/gio.h>
#include <glib.h>

#include "core/base/random.h"
#include "core/base/tensor.h"

G_BEGIN_DECLS

/* Pixels a side of a patch. */
#define SINGAN_FIELD_PATCH 7

/**
 * SinganPlace:
 * @row: of the upper left pixel of a patch
 * @column: of the same
 */
typedef struct
{
  gint row;
  gint column;
} SinganPlace;

/**
 * SinganFieldShape:
 * @height: of the picture that the patches are of, pixels
 * @width: of the same
 * @stride: pixels from one patch to the next, 1 to SINGAN_FIELD_PATCH
 * @wraps_rows: whether its first row follows its last one
 * @wraps_columns: the same of columns
 *
 * Which patches a field has: all that begin at multiples of the stride and,
 * where nothing wraps, those that end with the picture.
 */
typedef struct
{
  gint     height;
  gint     width;
  gint     stride;
  gboolean wraps_rows;
  gboolean wraps_columns;
} SinganFieldShape;

/**
 * SinganField:
 * @shape: which patches
 * @rows: of patches
 * @columns: of patches
 * @is_wanted: (nullable): of each patch, whether it is looked up at all
 * @targets: of each patch, where its nearest one is
 * @distances: to that, squared, summed up over pixels and channels
 * @next_targets: while the field is improved
 * @next_distances: while the field is improved
 */
typedef struct
{
  SinganFieldShape shape;
  gint             rows;
  gint             columns;
  guint8          *is_wanted;
  SinganPlace     *targets;
  SinganReal      *distances;
  SinganPlace     *next_targets;
  SinganReal      *next_distances;
} SinganField;

/**
 * SinganKeys:
 * @picture: [h, w, c], a patch or more a side
 * @is_usable: (nullable): of each place where a patch may begin, row by row,
 *   whether that patch may be used; [h - 6, w - 6].  At least one may.
 *
 * What is looked up in.
 */
typedef struct
{
  const SinganTensor *picture;
  const guint8       *is_usable;
} SinganKeys;

/**
 * SinganSearch:
 * @rounds: how many
 * @radius: of the random search, pixels, 1 or more
 * @seed: of the random search
 * @level: makes random numbers differ, as @seed does
 */
typedef struct
{
  gint    rounds;
  gint    radius;
  guint64 seed;
  guint32 level;
} SinganSearch;

/**
 * singan_field_new:
 * @shape: which patches; a side of the picture has a patch or more
 * @error: SINGAN_ERROR_NO_MEMORY
 *
 * Returns: (transfer full): a field whose targets are all 0, 0, or NULL with
 *   @error set
 */
SinganField *singan_field_new (const SinganFieldShape *shape, GError **error);

/**
 * singan_field_free:
 * @field: (nullable) (transfer full): the field
 */
void singan_field_free (SinganField *field);

/**
 * singan_field_want:
 * @field: the field
 * @is_made: of each pixel of the picture, whether anything is to be known of it
 * @error: SINGAN_ERROR_NO_MEMORY
 *
 * From now on only patches that have such a pixel are looked up.
 *
 * Returns: FALSE with @error set
 */
gboolean
singan_field_want (SinganField *field, const guint8 *is_made, GError **error);

/**
 * singan_field_row:
 * @field: the field
 * @i: number of a row of patches
 *
 * Returns: the row of pixels where they begin
 */
gint singan_field_row (const SinganField *field, gint i);

/**
 * singan_field_column:
 * @field: the field
 * @j: number of a column of patches
 *
 * Returns: the column of pixels where they begin
 */
gint singan_field_column (const SinganField *field, gint j);

/**
 * singan_field_stay:
 * @field: the field
 * @keys: what is looked up in
 *
 * The target of each patch becomes its own place, of a picture of another size
 * that which corresponds to it; or the nearest that may be used.
 */
void singan_field_stay (SinganField *field, const SinganKeys *keys);

/**
 * singan_field_refine:
 * @coarse: field of a smaller version of the same picture
 * @coarse_keys: picture that @coarse looks up in
 * @field: (inout): the field; gets targets
 * @keys: what it looks up in, a larger version of @coarse_keys' picture
 *
 * Each patch takes the target of the one of @coarse that covers it, moved by as
 * much as it lies beside that.
 */
void singan_field_refine (const SinganField  *coarse,
                          const SinganTensor *coarse_keys,
                          SinganField        *field,
                          const SinganKeys   *keys);

/**
 * singan_field_improve:
 * @field: (inout): the field
 * @queries: [h, w, c] of the field's shape, with 6 rows or columns more where
 *   it wraps, which repeat the first ones
 * @keys: what is looked up in
 * @search: how long
 * @cancellable: (nullable): stops it
 *
 * PatchMatch (Barnes et al. 2009): in each round each patch tries the targets
 * of its neighbours, moved by as much as it lies beside them, and random ones
 * around its own.  Neighbours are those of the round before, so the order of
 * the patches and the number of threads do not count.  No patch ends with a
 * larger distance than it began with.  Keys that may not be used are no
 * targets, unless they were at the start.
 */
void singan_field_improve (SinganField        *field,
                           const SinganTensor *queries,
                           const SinganKeys   *keys,
                           const SinganSearch *search,
                           GCancellable       *cancellable);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SinganField, singan_field_free)

G_END_DECLS
