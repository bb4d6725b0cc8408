/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From a nearest-neighbour field back to a picture.
 */

#pragma once

#include "core/detail/field.h"

G_BEGIN_DECLS

/* Standard deviation of the weights, in patches, where the votes' result is
 * looked up again, or used as it is. */
#define SINGAN_FIELD_SIGMA 0.3

/**
 * singan_field_vote:
 * @field: the field
 * @values: [h, w, c]: where the patches are taken from that its targets name
 * @sigma: standard deviation of the weights, in patches
 * @is_made: (nullable): of each pixel of @picture, whether it is written at all
 * @picture: (inout): [height, width, c] of the field's shape
 * @cancellable: (nullable): stops it
 * @error: SINGAN_ERROR_NO_MEMORY, G_IO_ERROR_CANCELLED
 *
 * Each pixel becomes the weighted mean of what all patches over it have there;
 * the weight is a Gaussian around the patch's middle.
 *
 * Returns: FALSE with @error set
 */
gboolean singan_field_vote (const SinganField  *field,
                            const SinganTensor *values,
                            gdouble             sigma,
                            const guint8       *is_made,
                            SinganTensor       *picture,
                            GCancellable       *cancellable,
                            GError            **error);

G_END_DECLS
