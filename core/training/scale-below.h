/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The scale below the one in training, while it goes on to learn: what the
 * finer scale's losses say of their upsampled input moves the coarser generator
 * too, at a lower rate (Hinz, Fisher, Wang, Wermter: "Improved Techniques for
 * Training Single-Image GANs", WACV 2021).
 */

#pragma once

#include <glib.h>

#include "core/base/tensor.h"
#include "core/nn/network.h"
#include "core/pyramid/stage.h"

G_BEGIN_DECLS

/**
 * SinganScaleBelow:
 *
 * Opaque.
 */
typedef struct _SinganScaleBelow SinganScaleBelow;

/**
 * singan_scale_below_new:
 * @workspace: for its passes; a reference is kept
 * @generator: (transfer full): that goes on to learn; not of the coarsest scale
 * @noise_amplitude: sigma of its scale
 * @reconstruction_x: what enters it in the reconstruction, [h, w, c]; copied
 * @height: rows of the scale above
 * @width: columns of the scale above
 * @error: SINGAN_ERROR_NO_MEMORY
 *
 * Returns: (transfer full): the scale below, or NULL with @error set
 */
SinganScaleBelow *singan_scale_below_new (SinganWorkspace    *workspace,
                                          SinganNetwork      *generator,
                                          gdouble             noise_amplitude,
                                          const SinganTensor *reconstruction_x,
                                          gint                height,
                                          gint                width,
                                          GError            **error);

/**
 * singan_scale_below_free:
 * @below: (nullable) (transfer full): the scale below
 */
void singan_scale_below_free (SinganScaleBelow *below);

/**
 * singan_scale_below_run:
 * @below: the scale below; its running statistics move
 * @stage: whose x and noise are read; NULL for the reconstruction
 * @upsampled: (inout): [height, width, c], overwritten with what the generator
 *   gives in batch mode, upsampled
 */
void singan_scale_below_run (SinganScaleBelow  *below,
                             const SinganStage *stage,
                             SinganTensor      *upsampled);

/**
 * singan_scale_below_backward:
 * @below: after a run
 * @grad_picture: dL/d(G (z, x)) of the scale above, [height, width, c]: its
 *   residual passes it on to x as it is
 * @grad_input: dL/d(pad5 (sigma z + x)) by way of psi alone,
 *   [height + 10, width + 10, c]
 *
 * Adds dL/dparameters to the generator's gradient.
 */
void singan_scale_below_backward (SinganScaleBelow *below,
                                  const SinganReal *grad_picture,
                                  const SinganReal *grad_input);

/**
 * singan_scale_below_get_generator:
 * @below: the scale below
 *
 * Returns: (transfer none): its generator
 */
SinganNetwork *singan_scale_below_get_generator (SinganScaleBelow *below);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SinganScaleBelow, singan_scale_below_free)

G_END_DECLS
