/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where a result replaces the original: regions, the soft weights around them,
 * and the blending itself.  Knows no models.
 */

#pragma once

#include <glib.h>

#include "core/base/tensor.h"

G_BEGIN_DECLS

/* How far a result reaches beyond its region, unless a person says: a share of
 * the region's size, which is the side of a square with as many pixels; at most
 * a share of the picture's longer side. */
#define SINGAN_BLEND_MARGIN_SHARE 0.05
#define SINGAN_BLEND_MARGIN_MOST 0.03

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
 * singan_blend_find_margin:
 * @region: [h, w, 1], 0 or 1
 * @model_pixel: how many pixels of the region one of the model's is
 *
 * A few per cent of the region's size; at least what the model can tell apart,
 * since its drawing leads over to the surroundings within that; at most
 * SINGAN_BLEND_MARGIN_MOST of the longer side.
 *
 * Returns: how far a result should reach beyond its region, pixels
 */
gdouble singan_blend_find_margin (const SinganTensor *region,
                                  gdouble             model_pixel);

/**
 * singan_blend_weights:
 * @region: [h, w, 1], 0 or 1
 * @margin: how far the weights reach beyond it, pixels, 0 or more
 * @error: SINGAN_ERROR_NO_MEMORY
 *
 * With t = 1 - d / (@margin + 1), d being the distance to the region, a weight
 * is t^2 (3 - 2 t), and 0 where d is larger than @margin.
 *
 * We deviate from the paper, whose region is dilated by a disk of 7 (for
 * harmonizing) or 20 pixels (for edits) at the finest scale and smoothed by a
 * Gaussian of 5: at the size of a photograph that is 20 to 30 times larger
 * than the model, hundreds of pixels would change which nobody touched.  And
 * all of the region itself has the weight 1, so that a layer underneath that
 * has the region's naive content never shows.
 *
 * Returns: (transfer full): [h, w, 1] in [0, 1], exactly 1 inside the region;
 *   or NULL with @error set
 */
SinganTensor *singan_blend_weights (const SinganTensor *region,
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
 * singan_enlarge_object:
 * @result: [h, w, c], what a model made
 * @source: [H, W, c], what it was made of, at full size: an object over a
 *   picture
 * @coverage: [H, W, 1] in [0, 1]: how much of each pixel is the object's
 * @error: SINGAN_ERROR_NO_MEMORY
 *
 * The source with what the model changed of the object: the object keeps detail
 * that is too fine for the model, and has its outline.  Beside the object
 * nothing changes: one pixel of the model is many of the source, and across an
 * outline the change of the one would be a halo around the other.  At equal
 * sizes it is the result itself.
 *
 * Returns: (transfer full): [H, W, c] in [-1, 1], or NULL with @error set
 */
SinganTensor *singan_enlarge_object (const SinganTensor *result,
                                     const SinganTensor *source,
                                     const SinganTensor *coverage,
                                     GError            **error);

/**
 * singan_enlarge_without_seam:
 * @result: [h, w, c], what a model made of @edited
 * @edited: [H, W, c], with a seam around the region
 * @original: [H, W, c], without
 * @region: [H, W, 1], 0 or 1: where the edit is
 * @error: SINGAN_ERROR_NO_MEMORY
 *
 * The result at the size of the edit.  Outside the region it has the original's
 * detail; inside that of the edit, which fades away towards the border, over
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
