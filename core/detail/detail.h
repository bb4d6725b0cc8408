/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The photograph's own detail for what a pyramid drew: the pyramid says where
 * things go, the photograph gives the pixels.  Knows no networks; used by the
 * procedures.
 */

#pragma once

#include <gio/gio.h>
#include <glib.h>

#include "core/base/tensor.h"
#include "core/detail/plan.h"

G_BEGIN_DECLS

/* GPNN's alpha for samples, which should show all that the photograph does, and
 * for paintings, where what has no room would come as odd pieces; without any
 * what is blurred in the photograph fits a soft painting best. */
#define SINGAN_DETAIL_COMPLETENESS 0.001
#define SINGAN_DETAIL_COMPLETENESS_PAINTED 0.01

/**
 * SinganDetailFunc:
 * @fraction: of the work that is done, 0 .. 1
 * @data: user data
 */
typedef void (*SinganDetailFunc) (gdouble fraction, gpointer data);

/**
 * SinganDetailOptions:
 * @seed: of all random numbers
 * @matches_colours: whether the drawn picture first gets the reconstruction's
 *   shares of colours; for what is free in its layout
 * @keeps_places: whether each patch is looked for around its own place first
 *   and last, instead of everywhere; for a picture that has the photograph's
 *   layout
 * @completeness: GPNN's alpha, see singan_field_find_nearest (); 0 for what is
 *   not meant to show all of the photograph
 * @usable: (nullable): [h, w, 1] of the photograph: above a half where its
 *   pixels may be used
 * @kept: (nullable): [height, width, c]: a picture of which only a part is made
 *   anew
 * @made: (nullable): [height, width, 1], with @kept: above a half where
 * @wraps_rows: whether the result's first row follows its last one
 * @wraps_columns: the same of columns
 * @progress: (nullable): called now and then by the calling thread
 * @data: for @progress
 */
typedef struct
{
  guint64             seed;
  gboolean            matches_colours;
  gboolean            keeps_places;
  gdouble             completeness;
  const SinganTensor *usable;
  const SinganTensor *kept;
  const SinganTensor *made;
  gboolean            wraps_rows;
  gboolean            wraps_columns;
  SinganDetailFunc    progress;
  gpointer            data;
} SinganDetailOptions;

/**
 * singan_detail_guess_seconds:
 * @drawn: size of what the pyramid drew
 * @reconstruction: of what it makes of the photograph
 * @photograph: of the picture that it learnt
 * @output: of the result
 * @options: as for singan_detail (); keeps_places and completeness are read
 * @made_share: of the result's pixels that are made
 *
 * Returns: about how long singan_detail () takes, seconds of the two cores that
 *   it was measured on, or what is in proportion to them
 */
gdouble singan_detail_guess_seconds (SinganSize                 drawn,
                                     SinganSize                 reconstruction,
                                     SinganSize                 photograph,
                                     SinganSize                 output,
                                     const SinganDetailOptions *options,
                                     gdouble                    made_share);

/**
 * singan_detail:
 * @drawn: what the pyramid drew, [h, w, c], at the model's size, c 1 or 3
 * @reconstruction: what it makes of the photograph, [rh, rw, c]: as soft as
 *   @drawn, and with the same habits
 * @photograph: the picture that it learnt, [H, W, c]
 * @height: rows wanted, 7 or more
 * @width: columns wanted, 7 or more
 * @options: how
 * @cancellable: (nullable): stops it
 * @error: SINGAN_ERROR_IMAGE, SINGAN_ERROR_NO_MEMORY, G_IO_ERROR_CANCELLED
 *
 * Patches of @drawn are looked up in @reconstruction; what the photograph has
 * there, at the model's size, is voted into a picture, which looks itself up
 * in the photograph again, and so on, each time a little larger, up to the
 * photograph's own size.  After Granot et al., "Drop the GAN" (CVPR 2022), and
 * Barnes et al., "PatchMatch" (2009).
 *
 * The same arguments give the same bits on any number of threads.
 *
 * Returns: (transfer full): [@height, @width, c], each pixel a weighted mean of
 *   the photograph's, or, where nothing was to be made, that of @options->kept;
 *   or NULL with @error set
 */
SinganTensor *singan_detail (const SinganTensor        *drawn,
                             const SinganTensor        *reconstruction,
                             const SinganTensor        *photograph,
                             gint                       height,
                             gint                       width,
                             const SinganDetailOptions *options,
                             GCancellable              *cancellable,
                             GError                   **error);

G_END_DECLS
