/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The trained scales of a model at their own sizes, one after the other from
 * the coarsest: what the scale in training stands on.  Used by the scale
 * trainer.
 */

#pragma once

#include <glib.h>

#include "core/base/random.h"
#include "core/base/tensor.h"
#include "core/pyramid/model.h"
#include "core/pyramid/stage.h"

G_BEGIN_DECLS

/**
 * SinganFinishedScales:
 *
 * Opaque: a stage for each trained scale, and a resizer from each to the next.
 */
typedef struct _SinganFinishedScales SinganFinishedScales;

/**
 * singan_finished_scales_new:
 * @workspace: for their passes; a reference is kept
 * @model: the trained scales so far, at least one fewer than its geometry has,
 *   which may neither grow nor change while the result lives; a reference is
 *   kept
 * @error: SINGAN_ERROR_NO_MEMORY
 *
 * Returns: (transfer full): the scales, none for a model without any, or NULL
 *   with @error set
 */
SinganFinishedScales *singan_finished_scales_new (SinganWorkspace *workspace,
                                                  SinganModel     *model,
                                                  GError         **error);

/**
 * singan_finished_scales_free:
 * @scales: (nullable) (transfer full): the scales
 */
void singan_finished_scales_free (SinganFinishedScales *scales);

/**
 * singan_finished_scales_get_stage:
 * @scales: the scales
 * @scale: number of a trained scale
 *
 * Returns: (transfer none): its stage
 */
SinganStage *singan_finished_scales_get_stage (SinganFinishedScales *scales,
                                               gint                  scale);

/**
 * singan_finished_scales_run:
 * @scales: the scales
 * @count: how many to run, from the coarsest
 * @key: (inout) (nullable): the stream of a random picture's noise, whose scale
 *   is overwritten; NULL for the reconstruction, z* and no other noise
 * @x: (inout) (nullable): [h, w, c] of the scale after all of them,
 *   overwritten with the upsampled result if @count is all; NULL if it is not.
 *   Left as it is if there are no scales
 *
 * The result of fewer is left, upsampled, in the next one's x.
 */
void singan_finished_scales_run (SinganFinishedScales *scales,
                                 gint                  count,
                                 SinganRandomKey      *key,
                                 SinganTensor         *x);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SinganFinishedScales,
                               singan_finished_scales_free)

G_END_DECLS
