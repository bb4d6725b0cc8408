/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which pixels, and which patches, of a smaller picture come from known ones
 * alone.
 */

#pragma once

#include <glib.h>

#include "core/base/tensor.h"

G_BEGIN_DECLS

/**
 * singan_mask_shrink:
 * @known: [h, w, 1]: above a half where a pixel is known
 * @height: rows wanted
 * @width: columns wanted
 * @error: SINGAN_ERROR_NO_MEMORY
 *
 * Returns: (transfer full): of each pixel of the picture resized by
 *   singan_resize (), 1 if all that has a weight in it is known, else 0;
 *   [@height, @width]; or NULL with @error set
 */
guint8 *singan_mask_shrink (const SinganTensor *known,
                            gint                height,
                            gint                width,
                            GError            **error);

/**
 * singan_mask_patches:
 * @known: of each pixel, whether it is known, [height, width]
 * @height: rows
 * @width: columns
 * @patch: pixels a side
 * @error: SINGAN_ERROR_NO_MEMORY
 *
 * Returns: (transfer full): of each place where a patch may begin, 1 if all of
 *   it is known, else 0; [height - patch + 1, width - patch + 1]; or NULL with
 *   @error set
 */
guint8 *singan_mask_patches (
    const guint8 *known, gint height, gint width, gint patch, GError **error);

G_END_DECLS
