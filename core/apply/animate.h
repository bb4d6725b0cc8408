/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Frames of an animation: a random walk through the noise of a trained pyramid
 * that never gets far from the picture it was trained on (SinGAN section 4,
 * "Single image animation").
 */

#pragma once

#include <gio/gio.h>
#include <glib.h>

#include "core/base/tensor.h"
#include "core/pyramid/model.h"

G_BEGIN_DECLS

/**
 * SinganWalk:
 * @seed: of the steps
 * @start_scale: scales below hold still; 0 .. singan_model_n_trained () - 1
 * @alpha: how strongly each step pulls back to the picture, 0 .. 1
 * @beta: how much of a step is like the one before, 0 .. 1; smooth near 1
 */
typedef struct
{
  guint32 seed;
  gint    start_scale;
  gdouble alpha;
  gdouble beta;
} SinganWalk;

/**
 * SinganAnimation:
 *
 * Opaque: where a walk is.
 */
typedef struct _SinganAnimation SinganAnimation;

/**
 * singan_animation_new:
 * @model: the model; best one trained for animation, whose noise covers the
 *   border too
 * @walk: how to walk
 * @error: SINGAN_ERROR_SETTINGS with the value and the range;
 *   SINGAN_ERROR_NO_MEMORY
 *
 * Returns: (transfer full): the walk before its first frame, or NULL with
 *   @error set
 */
SinganAnimation *singan_animation_new (SinganModel      *model,
                                       const SinganWalk *walk,
                                       GError          **error);

/**
 * singan_animation_free:
 * @animation: (nullable) (transfer full): the animation
 */
void singan_animation_free (SinganAnimation *animation);

/**
 * singan_animation_next:
 * @animation: the animation
 * @cancellable: (nullable): checked between scales
 * @error: SINGAN_ERROR_NO_MEMORY, G_IO_ERROR_CANCELLED; the animation can then
 *   only be freed
 *
 * Frame 0 is the reconstruction, z_0 = z_rec; z_1 = 0.95 z_rec + 0.05 u, and
 *
 *   z_t+1 = alpha z_rec
 *           + (1 - alpha) (z_t + beta (z_t - z_t-1) + (1 - beta) u)
 *
 * with u of N(0, 1), at each scale from the start on.  The same walk gives the
 * same frames.
 *
 * Returns: (transfer full): the next frame, [h_N, w_N, c] in [-1, 1], or NULL
 *   with @error set
 */
SinganTensor *singan_animation_next (SinganAnimation *animation,
                                     GCancellable    *cancellable,
                                     GError         **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SinganAnimation, singan_animation_free)

G_END_DECLS
