/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The colours of one picture brought into the shares that they have in another
 * one.
 */

#pragma once

#include <glib.h>

#include "core/base/tensor.h"

G_BEGIN_DECLS

/**
 * singan_match_colours:
 * @picture: (inout): [h, w, c], c being 1 or 3
 * @target: [height, width, c]
 * @seed: of the directions
 * @error: SINGAN_ERROR_NO_MEMORY
 *
 * Sliced optimal transport (Rabin et al. 2011; Pitie et al. 2007): repeatedly,
 * x += s Q (T (Q' x) - Q' x), Q a random orthonormal basis, T the map between
 * the quantiles of @picture's and of @target's projections, s = 0.5.  Where
 * things are does not change.
 *
 * Returns: FALSE with @error set
 */
gboolean singan_match_colours (SinganTensor       *picture,
                               const SinganTensor *target,
                               guint64             seed,
                               GError            **error);

G_END_DECLS
