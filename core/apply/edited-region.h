/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where a picture was edited, if the edited copy may have been compressed on
 * its way: what compression does to a picture does not count.
 */

#pragma once

#include "core/base/tensor.h"

G_BEGIN_DECLS

/* Difference on [-1, 1] that an edit has to make: more than four of 255
 * levels. */
#define SINGAN_EDIT_THRESHOLD (4.5 * 2 / 255)

/**
 * singan_region_from_edit:
 * @edited: [h, w, 1 or 3] in [-1, 1]
 * @original: of the same shape
 * @error: SINGAN_ERROR_NO_MEMORY
 *
 * Where most pixels are the same in both, a pixel is inside if a channel
 * differs by more than SINGAN_EDIT_THRESHOLD.  Else the copy is taken for a
 * compressed one, and a pixel is inside if the difference around it is larger
 * than SINGAN_EDIT_THRESHOLD and several times larger than is usual where the
 * original has as much texture, at most of the pixels around it.
 *
 * Returns: (transfer full): [h, w, 1], 1 where the picture was edited and 0
 *   elsewhere; or NULL with @error set
 */
SinganTensor *singan_region_from_edit (const SinganTensor *edited,
                                       const SinganTensor *original,
                                       GError            **error);

G_END_DECLS
