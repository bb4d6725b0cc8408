/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How far the patches of one picture are from those of another, as two
 * distributions: the sliced Wasserstein distance (Rabin et al. 2011; for
 * patches Elnekave and Weiss, "Generating natural images with direct patch
 * distributions matching", ECCV 2022).  Where patches lie does not count,
 * or only in which tile.
 * Knows no networks and no schedule; used by the scale trainer.
 */

#pragma once

#include <glib.h>

#include "core/base/random.h"
#include "core/base/real.h"

G_BEGIN_DECLS

/* A patch is three by three blocks of @stride pixels a side. */
#define SINGAN_PATCH_BLOCKS 3

#define SINGAN_PATCH_TILES_MAXIMUM 4096

/**
 * singan_patch_loss_side:
 * @stride: pixels from one patch to the next
 *
 * Returns: the least side of a picture, in pixels, that has a patch wherever
 *   the grid of blocks begins
 */
gint singan_patch_loss_side (gint stride);

/**
 * SinganPatchLoss:
 *
 * Opaque: the buffers for pictures of one size.
 */
typedef struct _SinganPatchLoss SinganPatchLoss;

/**
 * singan_patch_loss_new:
 * @height: rows of both pictures, at least singan_patch_loss_side ()
 * @width: columns, the same
 * @channels: 1 or more
 * @stride: pixels from one patch to the next, 1 or more
 * @directions: to project on, 1 or more
 * @is_of_detail: whether the numbers of a direction add up to 0 in each
 * channel: then brightness and colour, most of what patches differ in, do not
 * count
 * @tile: patches a side of the parts that are compared each for itself, at most
 * SINGAN_PATCH_TILES_MAXIMUM of them; 0 for the whole picture at once
 * @error: SINGAN_ERROR_SETTINGS if a side is too short or there are too many
 *   tiles or projections, SINGAN_ERROR_NO_MEMORY
 *
 * Returns: (transfer full): the buffers, or NULL with @error set
 */
SinganPatchLoss *singan_patch_loss_new (gint     height,
                                        gint     width,
                                        gint     channels,
                                        gint     stride,
                                        gint     directions,
                                        gboolean is_of_detail,
                                        gint     tile,
                                        GError **error);

/**
 * singan_patch_loss_free:
 * @loss: (nullable) (transfer full): the buffers
 */
void singan_patch_loss_free (SinganPatchLoss *loss);

/**
 * singan_patch_loss_draw:
 * @loss: the buffers
 * @key: of a step; its purpose does not count
 *
 * Draws unit directions, uniformly of those allowed, and where the grid of
 * patches begins.
 */
void singan_patch_loss_draw (SinganPatchLoss *loss, const SinganRandomKey *key);

/**
 * singan_patch_loss_compare:
 * @loss: the buffers, after singan_patch_loss_draw ()
 * @x: [h, w, c]
 * @target: [h, w, c]
 * @weight: what the distance is multiplied by
 * @grad_x: (out): derivative by @x, [h, w, c], overwritten
 *
 * The mean over directions d, and over tiles t and ranks r, of
 *   | sort (x's patches in t . d)[r] - sort (target's patches in t . d)[r] |.
 * Equal projections keep the order of their places.
 *
 * Returns: the distance times @weight
 */
gdouble singan_patch_loss_compare (SinganPatchLoss  *loss,
                                   const SinganReal *x,
                                   const SinganReal *target,
                                   gdouble           weight,
                                   SinganReal       *grad_x);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SinganPatchLoss, singan_patch_loss_free)

G_END_DECLS
