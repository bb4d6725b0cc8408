/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where a result replaces the original: regions, the soft weights around them,
 * and the blending itself.  Knows no models.
 */

#pragma once

#include <glib.h>

#include "core/base/tensor.h"

G_BEGIN_DECLS

/* How far a region grows before its border is softened, in pixels of the
 * finest scale, as in the authors' implementation. */
#define SINGAN_HARMONIZE_RADIUS 7
#define SINGAN_EDIT_RADIUS 20

/* Standard deviation of the softening, in the same pixels, and after how many
 * of them it ends: beyond, an 8-bit mask would hold zeros. */
#define SINGAN_BLEND_SIGMA 5.0
#define SINGAN_BLEND_SIGMAS 3

/* How far results with the photograph's own detail reach beyond their region,
 * as a share of the picture's longer side. */
#define SINGAN_BLEND_MARGIN 0.03

/**
 * singan_region_from_difference:
 * @a: [h, w, c]
 * @b: of the same shape
 * @threshold: difference of a channel above which a pixel is inside
 * @error: SINGAN_ERROR_NO_MEMORY
 *
 * Returns: (transfer full): [h, w, 1], 1 where the two differ and 0 elsewhere;
 *   or NULL with @error set
 */
SinganTensor *singan_region_from_difference (const SinganTensor *a,
                                             const SinganTensor *b,
                                             gdouble             threshold,
                                             GError            **error);

/**
 * singan_region_threshold:
 * @region: (inout): [h, w, 1]: what is above @threshold becomes 1, all else 0
 * @threshold: the least that is outside
 */
void singan_region_threshold (SinganTensor *region, gdouble threshold);

/**
 * singan_region_count:
 * @region: [h, w, 1]
 *
 * Returns: how many pixels are inside
 */
gsize singan_region_count (const SinganTensor *region);

/**
 * singan_blend_weights:
 * @region: [h, w, 1], 0 or 1
 * @height: rows of the finest scale
 * @width: columns of the finest scale
 * @radius: how far the region grows, in pixels of the finest scale
 * @error: SINGAN_ERROR_NO_MEMORY
 *
 * The region at the finest scale, dilated by a disk of @radius and smoothed by
 * a Gaussian of SINGAN_BLEND_SIGMA, back at the region's size.  We deviate
 * from the paper in that all of the region itself has the weight 1, so that a
 * layer underneath that has the region's naive content never shows; what
 * it had was 0.92 or more.
 *
 * Returns: (transfer full): [h, w, 1] in [0, 1]: exactly 1 inside the region,
 *   exactly 0 from @radius + SINGAN_BLEND_SIGMAS * SINGAN_BLEND_SIGMA pixels of
 *   the finest scale (and a few for the resizing) away from it; or NULL with
 *   @error set
 */
SinganTensor *singan_blend_weights (const SinganTensor *region,
                                    gint                height,
                                    gint                width,
                                    gint                radius,
                                    GError            **error);

/**
 * singan_blend_margin:
 * @region: [h, w, 1], 0 or 1
 * @margin: how far the weights reach beyond it, as a share of the longer side
 * @error: SINGAN_ERROR_NO_MEMORY
 *
 * Weights for results that have their surroundings' own pixels at the border of
 * what was made, so that nothing wide has to be blended.
 *
 * Returns: (transfer full): [h, w, 1] in [0, 1]: exactly 1 inside the region,
 *   falling to exactly 0 at the margin's end; or NULL with @error set
 */
SinganTensor *singan_blend_margin (const SinganTensor *region,
                                   gdouble             margin,
                                   GError            **error);

/**
 * singan_blend:
 * @picture: (inout): [h, w, c]: weights picture + (1 - weights) original
 * @original: of the same shape
 * @weights: [h, w, 1] in [0, 1]
 *
 * Where the weight is 0 the pixel is the original's, bit for bit.
 */
void singan_blend (SinganTensor       *picture,
                   const SinganTensor *original,
                   const SinganTensor *weights);

/**
 * singan_enlarge_with_detail:
 * @result: [h, w, c], what a model made
 * @source: [H, W, c], what it was made of, at full size
 * @error: SINGAN_ERROR_NO_MEMORY
 *
 * The result at the size of its source.  What the source has that is too fine
 * for the size of the result is added to it: a model that works at a small size
 * does not make the picture blurred.  At equal sizes it is the result itself.
 *
 * Returns: (transfer full): [H, W, c] in [-1, 1], or NULL with @error set
 */
SinganTensor *singan_enlarge_with_detail (const SinganTensor *result,
                                          const SinganTensor *source,
                                          GError            **error);

/**
 * singan_enlarge_without_seam:
 * @result: [h, w, c], what a model made of @edited
 * @edited: [H, W, c], with a seam around the region
 * @original: [H, W, c], without
 * @region: [H, W, 1], 0 or 1: where the edit is
 * @error: SINGAN_ERROR_NO_MEMORY
 *
 * As singan_enlarge_with_detail (), but outside the region the detail is the
 * original's, and inside that of the edit fades away towards the border, over
 * about two pixels of the result: there the edit's detail is its seam, which
 * the model has removed.
 *
 * Returns: (transfer full): [H, W, c] in [-1, 1], or NULL with @error set
 */
SinganTensor *singan_enlarge_without_seam (const SinganTensor *result,
                                           const SinganTensor *edited,
                                           const SinganTensor *original,
                                           const SinganTensor *region,
                                           GError            **error);

G_END_DECLS
