/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where pictures that are nearly the same differ: the part of them that is
 * worth a thumbnail.  Knows no widgets.
 */

#pragma once

#include <glib.h>

#include "core/base/tensor.h"

G_BEGIN_DECLS

/**
 * SinganPart:
 * @top: first row
 * @left: first column
 * @height: rows
 * @width: columns
 */
typedef struct
{
  gint top;
  gint left;
  gint height;
  gint width;
} SinganPart;

/**
 * singan_part_find:
 * @part: (out): half as high and half as wide as the pictures
 * @pictures: of one size, in an order
 * @count: how many, 2 or more
 *
 * Finds where each differs most from the next one.  All pairs count the same,
 * however much they differ.
 *
 * Returns: FALSE if there is no such part: if pictures are equal or of several
 *   sizes
 */
gboolean singan_part_find (SinganPart                *part,
                           const SinganTensor *const *pictures,
                           gint                       count);

/**
 * singan_part_cut:
 * @part: a part
 * @picture: [h, w, c], of which it is one
 *
 * Returns: (transfer full) (nullable): it, or NULL if memory is short
 */
SinganTensor *singan_part_cut (const SinganPart   *part,
                               const SinganTensor *picture);

G_END_DECLS
