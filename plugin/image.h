/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Between GeglBuffer and SinganTensor: precision, grey and colour, the
 * picture's own colour space, and what makes a layer unfit for training.
 */

#pragma once

#include <gegl.h>
#include <glib.h>

#include "core/singan.h"

G_BEGIN_DECLS

/**
 * SinganImageAlpha:
 * @SINGAN_IMAGE_OPAQUE: transparent pixels are an error; those that are less
 *   than half transparent count as opaque
 * @SINGAN_IMAGE_WITH_ALPHA: any, as long as there are enough others
 *
 * What a layer's alpha may be.
 */
typedef enum
{
  SINGAN_IMAGE_OPAQUE,
  SINGAN_IMAGE_WITH_ALPHA
} SinganImageAlpha;

/**
 * singan_image_check:
 * @buffer: a layer's pixels
 * @alpha: what its alpha may be
 * @n_translucent: (out) (nullable): how many pixels are neither opaque nor
 *   transparent
 * @error: SINGAN_ERROR_IMAGE with sizes, counts or positions: a side below
 *   SINGAN_IMAGE_SIDE_MINIMUM, transparent pixels, numbers that are not finite,
 *   one colour only
 *
 * Returns: FALSE with @error set if the layer cannot be trained on
 */
gboolean singan_image_check (GeglBuffer      *buffer,
                             SinganImageAlpha alpha,
                             gint64          *n_translucent,
                             GError         **error);

/**
 * singan_image_read:
 * @buffer: a layer's pixels, in any precision
 * @error: SINGAN_ERROR_NO_MEMORY
 *
 * Perceptual pixels in the buffer's own colour space, scaled to [-1, 1]; those
 * of float layers that lie outside are clamped.
 *
 * Returns: (transfer full): [h, w, 1] for a grey buffer, else [h, w, 3]; or
 *   NULL with @error set
 */
SinganTensor *singan_image_read (GeglBuffer *buffer, GError **error);

/**
 * singan_image_write:
 * @picture: [h, w, 1 or 3] in [-1, 1]
 * @source: whose colour space the picture is in
 *
 * Returns: (transfer full): a new opaque float buffer of the picture
 */
GeglBuffer *singan_image_write (const SinganTensor *picture,
                                GeglBuffer         *source);

/**
 * singan_image_composite:
 * @picture: (inout): [h, w, c], what singan_image_read () gave of @source
 * @source: whose colour space the picture is in
 * @overlay: what is laid over it, at its extent's place; with alpha where it
 *   lets the picture through
 * @error: SINGAN_ERROR_NO_MEMORY
 *
 * Pixels of @overlay that are not finite count as transparent.
 *
 * Returns: (transfer full): [h, w, 1] in [0, 1]: the overlay's alpha, zero
 * where it does not reach; or NULL with @error set
 */
SinganTensor *singan_image_composite (SinganTensor *picture,
                                      GeglBuffer   *source,
                                      GeglBuffer   *overlay,
                                      GError      **error);

/**
 * singan_image_read_mask:
 * @mask: what singan_image_write_mask () gave
 * @error: SINGAN_ERROR_NO_MEMORY
 *
 * Returns: (transfer full): the weights, [h, w, 1], or NULL with @error set
 */
SinganTensor *singan_image_read_mask (GeglBuffer *mask, GError **error);

/**
 * singan_image_read_region:
 * @mask: a picture that is black, or transparent, where nothing counts
 * @height: rows wanted, from the origin
 * @width: columns wanted
 * @error: SINGAN_ERROR_NO_MEMORY
 *
 * Returns: (transfer full): [@height, @width, 1], zeros beyond the mask; or
 * NULL with @error set
 */
SinganTensor *singan_image_read_region (GeglBuffer *mask,
                                        gint        height,
                                        gint        width,
                                        GError    **error);

/**
 * singan_image_write_mask:
 * @weights: [h, w, 1] in [0, 1]
 *
 * Returns: (transfer full): a new buffer, Y float
 */
GeglBuffer *singan_image_write_mask (const SinganTensor *weights);

/**
 * singan_image_hash:
 * @picture: what singan_image_read () gave
 *
 * Returns: (transfer full): SHA-256 of its size and pixels, hexadecimal
 */
gchar *singan_image_hash (const SinganTensor *picture);

G_END_DECLS
