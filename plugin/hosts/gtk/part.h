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
gboolean singan_part_find (SinganRectangle           *part,
                           const SinganTensor *const *pictures,
                           gint                       count);

G_END_DECLS
