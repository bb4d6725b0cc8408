/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What procedures that keep a layer's transparency need: its alpha, and the
 * picture without the colours below transparent pixels, which are whatever a
 * program left there.
 */

#pragma once

#include <gegl.h>
#include <glib.h>

#include "core/singan.h"

G_BEGIN_DECLS

/**
 * singan_transparency_read:
 * @buffer: a layer's pixels
 * @alpha: (out) (nullable): [h, w, 1] in [0, 1], or NULL if all of it is opaque
 * @error: SINGAN_ERROR_NO_MEMORY
 *
 * Returns: FALSE with @error set
 */
gboolean singan_transparency_read (GeglBuffer    *buffer,
                                   SinganTensor **alpha,
                                   GError       **error);

/**
 * singan_transparency_hash:
 * @picture: [h, w, c]
 * @alpha: [h, w, 1]
 * @error: SINGAN_ERROR_NO_MEMORY
 *
 * Colours below fully transparent pixels do not count.
 *
 * Returns: (transfer full): as singan_image_hash (), of both; or NULL with
 *   @error set
 */
gchar *singan_transparency_hash (const SinganTensor *picture,
                                 const SinganTensor *alpha,
                                 GError            **error);

/**
 * singan_transparency_fill:
 * @picture: (inout): [h, w, c]
 * @alpha: [h, w, 1]
 * @error: SINGAN_ERROR_NO_MEMORY
 *
 * Gives transparent pixels the colours of the opaque ones around them, the
 * nearer the more (push and pull, Gortler et al. 1996), so that nothing bleeds
 * in from below when the picture is learned or enlarged.
 *
 * Returns: FALSE with @error set
 */
gboolean singan_transparency_fill (SinganTensor       *picture,
                                   const SinganTensor *alpha,
                                   GError            **error);

/**
 * singan_transparency_write:
 * @picture: [h, w, 1 or 3] in [-1, 1]
 * @alpha: [h, w, 1]; values outside [0, 1] are clamped
 * @source: whose colour space the picture is in
 *
 * Returns: (transfer full): a new float buffer of both
 */
GeglBuffer *singan_transparency_write (const SinganTensor *picture,
                                       const SinganTensor *alpha,
                                       GeglBuffer         *source);

G_END_DECLS
