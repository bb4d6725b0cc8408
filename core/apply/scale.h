/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One step up the pyramid, as samples and injections take it.  Only the files
 * of this folder include it.
 */

#pragma once

#include <glib.h>

#include "core/base/random.h"
#include "core/base/tensor.h"
#include "core/pyramid/model.h"

G_BEGIN_DECLS

/**
 * singan_scale_run:
 * @model: the model
 * @key: (nullable): where fresh noise comes from; NULL for the
 *   reconstruction's: z* at the coarsest scale, none elsewhere
 * @scale: which scale; if it is not trained, @x is only resized
 * @x: (nullable): the picture of the scale below, [h, w, c] of any size; NULL
 *   at scale 0
 * @height: rows wanted
 * @width: columns wanted
 * @error: SINGAN_ERROR_NO_MEMORY
 *
 * Resizes @x and lets the scale's generator add detail (SinGAN eq. 3).
 *
 * Returns: (transfer full): [height, width, c], or NULL with @error set
 */
SinganTensor *singan_scale_run (const SinganModel     *model,
                                const SinganRandomKey *key,
                                gint                   scale,
                                const SinganTensor    *x,
                                gint                   height,
                                gint                   width,
                                GError               **error);

/**
 * singan_finish_picture:
 * @picture: (inout): what a model gave; clamped to -1 .. 1
 * @is_from_noise: whether nothing but noise went in, so that one colour cannot
 *   be what comes out
 * @error: SINGAN_ERROR_MODEL
 *
 * Numbers that are finite each for itself can still give nothing: a stranger's
 * model may hold any.
 *
 * Returns: FALSE with @error set if @picture is none
 */
gboolean singan_finish_picture (SinganTensor *picture,
                                gboolean      is_from_noise,
                                GError      **error);

/**
 * singan_clamp_pixels:
 * @picture: (inout): its numbers are put into [-1, 1]: residuals may leave the
 *   range of pixels
 */
void singan_clamp_pixels (SinganTensor *picture);

G_END_DECLS
