/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tensors as pictures on the screen.
 */

#pragma once

#include <gtk/gtk.h>

#include "core/base/tensor.h"

G_BEGIN_DECLS

/**
 * singan_picture_new:
 * @picture: [h, w, 1 or 3] in [-1, 1]
 * @width: of the box it has to fit into, pixels
 * @height: of the box
 *
 * Returns: (transfer full): the picture, as large as the box allows
 */
GdkPixbuf *
singan_picture_new (const SinganTensor *picture, gint width, gint height);

/**
 * singan_picture_new_empty:
 * @width: pixels
 * @height: pixels
 *
 * Returns: (transfer full): where a picture will be
 */
GdkPixbuf *singan_picture_new_empty (gint width, gint height);

G_END_DECLS
