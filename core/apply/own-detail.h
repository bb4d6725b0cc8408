/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The picture's own detail for a step of its enlargement.  Knows no networks;
 * super-resolution uses it.
 */

#pragma once

#include <gio/gio.h>
#include <glib.h>

#include "core/base/tensor.h"

G_BEGIN_DECLS

/**
 * SinganOwnDetail:
 * @picture: [h, w, c]: what is enlarged
 * @growth: of one step, above 1
 * @weight: of the detail, 0 .. 1
 * @seed: of the search
 * @step: number of the step; makes random numbers differ, as @seed does
 */
typedef struct
{
  const SinganTensor *picture;
  gdouble             growth;
  gdouble             weight;
  guint32             seed;
  gint                step;
} SinganOwnDetail;

/**
 * singan_own_detail_add:
 * @detail: how
 * @enlarged: the result of the step before, enlarged by @growth, [H, W, c]
 * @result: (inout): what this step has made of @enlarged, [H, W, c]
 * @cancellable: (nullable): stops it
 * @error: SINGAN_ERROR_NO_MEMORY, G_IO_ERROR_CANCELLED
 *
 * Small patches recur across the scales of one picture (Glasner, Bagon and
 * Irani 2009).  Patches of @enlarged are looked up in the picture shrunk and
 * enlarged again by @growth, which is as soft, around the same place; what the
 * picture itself has there is voted into a picture v.  Then
 *
 *   result += weight t (d - blur (d)),  d = v - result,
 *
 * t being near 1 where the patches found are near, and near 0 where they are
 * not.
 *
 * Nothing happens where a side of the picture is shorter than a patch.  The
 * same arguments give the same bits on any number of threads.
 *
 * Returns: FALSE with @error set
 */
gboolean singan_own_detail_add (const SinganOwnDetail *detail,
                                const SinganTensor    *enlarged,
                                SinganTensor          *result,
                                GCancellable          *cancellable,
                                GError               **error);

G_END_DECLS
