/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Separable bicubic resizing in float, antialiased when shrinking.
 */

#pragma once

#include <gio/gio.h>
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
 * singan_resize_wrapped:
 * @source: [h, w, c]
 * @height: rows wanted, 1 or more
 * @width: columns wanted, 1 or more
 * @wraps_rows: whether the last row is followed by the first instead of by
 *   itself, mirrored
 * @wraps_columns: the same of columns
 * @cancellable: (nullable): stops it
 * @error: SINGAN_ERROR_NO_MEMORY, G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full): as singan_resize ()
 */
SinganTensor *singan_resize_wrapped (const SinganTensor *source,
                                     gint                height,
                                     gint                width,
                                     gboolean            wraps_rows,
                                     gboolean            wraps_columns,
                                     GCancellable       *cancellable,
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
 * SinganResizer:
 *
 * Opaque: what resizing from one size to another needs, so that it can be done
 * any number of times without anything that fails.
 */
typedef struct _SinganResizer SinganResizer;

/**
 * singan_resizer_new:
 * @source: [h, w, c], gives the size and is not read
 * @height: rows wanted, 1 or more
 * @width: columns wanted, 1 or more
 * @error: SINGAN_ERROR_NO_MEMORY
 *
 * Returns: (transfer full): the resizer, or NULL with @error set
 */
SinganResizer *singan_resizer_new (const SinganTensor *source,
                                   gint                height,
                                   gint                width,
                                   GError            **error);

/**
 * singan_resizer_free:
 * @resizer: (nullable) (transfer full): the resizer
 */
void singan_resizer_free (SinganResizer *resizer);

/**
 * singan_resizer_run:
 * @resizer: the resizer
 * @source: [h, w, c]
 * @target: (inout): [height, width, c], overwritten as by singan_resize ()
 */
void singan_resizer_run (SinganResizer      *resizer,
                         const SinganTensor *source,
                         SinganTensor       *target);

/**
 * singan_resizer_run_transposed:
 * @resizer: the resizer
 * @grad_target: dL/dtarget, [height, width, c]
 * @grad_source: (inout): dL/dsource, [h, w, c], overwritten
 *
 * The transpose of singan_resizer_run (), which is linear: from the derivative
 * by what it gives to that by what it is given.
 */
void singan_resizer_run_transposed (SinganResizer      *resizer,
                                    const SinganTensor *grad_target,
                                    SinganTensor       *grad_source);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SinganResizer, singan_resizer_free)

G_END_DECLS
