/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Separable bicubic resizing in float, antialiased when shrinking.
 */

#pragma once

#include <glib.h>

#include "core/base/tensor.h"

G_BEGIN_DECLS

/**
 * singan_resize:
 * @source: [h, w, c]
 * @height: rows wanted, 1 or more
 * @width: columns wanted, 1 or more
 * @error: SINGAN_ERROR_NO_MEMORY
 *
 * Keys' cubic (1981) with a = -0.5; when a side shrinks by s < 1 the kernel is
 * stretched by 1 / s.  Pixel centres are aligned: output i lies at
 * (i + 0.5) / s - 0.5.  Borders are mirrored (edge pixel repeated), weights
 * normalised to sum 1.
 *
 * Returns: (transfer full): [height, width, c], or NULL with @error set
 */
SinganTensor *singan_resize (const SinganTensor *source,
                             gint                height,
                             gint                width,
                             GError            **error);

/**
 * singan_resize_into:
 * @source: [h, w, c]
 * @target: (inout): [height, width, c], overwritten
 * @error: SINGAN_ERROR_NO_MEMORY
 *
 * The same into a tensor that is there.
 *
 * Returns: FALSE with @error set
 */
gboolean singan_resize_into (const SinganTensor *source,
                             SinganTensor       *target,
                             GError            **error);

/**
 * singan_resize_transposed_into:
 * @grad_target: dL/dtarget, [height, width, c]
 * @grad_source: (inout): dL/dsource, [h, w, c], overwritten
 * @error: SINGAN_ERROR_NO_MEMORY
 *
 * The transpose of singan_resize_into (), which is linear: from the derivative
 * by what it gives to that by what it is given.
 *
 * Returns: FALSE with @error set
 */
gboolean singan_resize_transposed_into (const SinganTensor *grad_target,
                                        SinganTensor       *grad_source,
                                        GError            **error);

G_END_DECLS
