/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A picture, a plane of noise or a feature map: height x width x channels
 * numbers, channels last, dense, aligned.  No batch dimension, no strides: a
 * SinGAN trains on one picture.
 */

#pragma once

#include <glib.h>

#include "core/base/real.h"

G_BEGIN_DECLS

/**
 * SinganTensor:
 * @height: rows
 * @width: columns
 * @channels: numbers a pixel
 * @data: element (h, w, c) is data[(h * width + w) * channels + c]
 *
 * Pictures are perceptual R'G'B' or Y' scaled to [-1, 1].
 */
typedef struct
{
  gint        height;
  gint        width;
  gint        channels;
  SinganReal *data;
} SinganTensor;

/**
 * singan_tensor_new:
 * @height: 1 or more
 * @width: 1 or more
 * @channels: 1 or more
 * @error: SINGAN_ERROR_NO_MEMORY
 *
 * Returns: (transfer full): a tensor of zeros, or NULL with @error set
 */
SinganTensor *
singan_tensor_new (gint height, gint width, gint channels, GError **error);

/**
 * singan_tensor_copy:
 * @tensor: what to copy
 * @error: SINGAN_ERROR_NO_MEMORY
 *
 * Returns: (transfer full): the copy, or NULL with @error set
 */
SinganTensor *singan_tensor_copy (const SinganTensor *tensor, GError **error);

/**
 * singan_tensor_free:
 * @tensor: (nullable) (transfer full): what to free
 */
void singan_tensor_free (SinganTensor *tensor);

/**
 * singan_tensor_size:
 * @tensor: the tensor
 *
 * Returns: height * width * channels
 */
gsize singan_tensor_size (const SinganTensor *tensor);

/**
 * singan_mirror:
 * @place: of a row or column
 * @count: of rows or columns, 1 or more
 *
 * Returns: the place, or, of one beyond the first or the last, that which is as
 *   far from it on the other side, if there are so many
 */
gint singan_mirror (gint place, gint count);

/**
 * singan_tensor_pad:
 * @tensor: [h, w, c]
 * @border: pixels to put around it, 0 or more
 * @mirrors: whether those are @tensor mirrored at its outermost pixels instead
 *   of zeros
 * @padded: (inout): [h + 2 border, w + 2 border, c], overwritten: @tensor in
 *   the middle
 */
void singan_tensor_pad (const SinganTensor *tensor,
                        gint                border,
                        gboolean            mirrors,
                        SinganTensor       *padded);

/**
 * singan_tensor_pad_row:
 * @tensor: [h, w, c]
 * @border: as above
 * @mirrors: as above
 * @row: of the padded tensor, counted from the first of @tensor
 * @padded: (out caller-allocates): that row, [w + 2 border, c]
 */
void singan_tensor_pad_row (const SinganTensor *tensor,
                            gint                border,
                            gboolean            mirrors,
                            gint                row,
                            SinganReal         *padded);

/**
 * SinganRectangle:
 * @top: first row
 * @left: first column
 * @height: rows
 * @width: columns
 *
 * A part of a tensor, which lies inside of it.
 */
typedef struct
{
  gint top;
  gint left;
  gint height;
  gint width;
} SinganRectangle;

/**
 * singan_tensor_copy_part:
 * @tensor: [h, w, c]
 * @rectangle: which part
 * @part: (inout): [rectangle's height, width, c], overwritten
 */
void singan_tensor_copy_part (const SinganTensor    *tensor,
                              const SinganRectangle *rectangle,
                              SinganTensor          *part);

/**
 * singan_tensor_mean_squared_difference:
 * @a: [h, w, c]
 * @b: of the same shape
 *
 * Returns: mean over all elements of (a - b)^2
 */
gdouble singan_tensor_mean_squared_difference (const SinganTensor *a,
                                               const SinganTensor *b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SinganTensor, singan_tensor_free)

G_END_DECLS
