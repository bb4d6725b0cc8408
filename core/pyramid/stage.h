/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One frozen scale at work: G_n(z, x) = psi_n(pad5(sigma_n z + x)) + x (SinGAN
 * eq. 6), with its buffers planned for one size.  Used by the trainer for the
 * scales below the one in training and by the applications.
 */

#pragma once

#include <glib.h>

#include "core/base/random.h"
#include "core/base/tensor.h"
#include "core/nn/network.h"
#include "core/pyramid/settings.h"

G_BEGIN_DECLS

/**
 * singan_noise_border:
 * @settings: of a model
 *
 * Returns: how many pixels its noise reaches beyond the picture at each side:
 *   SINGAN_BORDER, or 0 if the border is zeros
 */
gint singan_noise_border (const SinganSettings *settings);

/**
 * singan_noise_draw:
 * @key: the stream; its scale tells the coarsest from the others
 * @noise: (inout): [h, w, c], overwritten with N(0, 1): one plane for all
 *   channels at scale 0, independent planes at finer ones
 */
void singan_noise_draw (const SinganRandomKey *key, SinganTensor *noise);

/**
 * singan_noise_expand:
 * @plane: [h, w, 1]
 * @noise: (inout): [h, w, c], overwritten with @plane in each channel
 */
void singan_noise_expand (const SinganTensor *plane, SinganTensor *noise);

/**
 * singan_generator_input:
 * @x: the upsampled coarser picture, [h, w, c]; zeros at scale 0
 * @noise: (nullable): [h + 2 b, w + 2 b, c], b being 0 or SINGAN_BORDER, in
 *   which case it covers the border too; NULL for none
 * @amplitude: sigma_n
 * @mirrors_border: whether x is padded with itself, mirrored, instead of zeros
 * @padded: (inout): [h + 10, w + 10, c], overwritten with pad5 (sigma_n z + x)
 */
void singan_generator_input (const SinganTensor *x,
                             const SinganTensor *noise,
                             gdouble             amplitude,
                             gboolean            mirrors_border,
                             SinganTensor       *padded);

/**
 * SinganStage:
 * @x: [h, w, c]: fill it with the upsampled coarser picture before each run;
 *   zeros at first
 * @noise: [h + 2 b, w + 2 b, c], b being the noise's border: fill it before
 *   each run that uses noise
 * @output: [h, w, c]: what the last run gave
 *
 * The other fields are private.
 */
typedef struct
{
  SinganTensor *x;
  SinganTensor *noise;
  SinganTensor *output;
  SinganTensor *padded;
  SinganPasses *passes;
} SinganStage;

/**
 * singan_stage_new:
 * @generator: the scale's frozen generator
 * @height: rows of the picture at this scale
 * @width: columns
 * @noise_border: what singan_noise_border () says of the model
 * @error: SINGAN_ERROR_NO_MEMORY
 *
 * Returns: (transfer full): the stage, or NULL with @error set
 */
SinganStage *singan_stage_new (const SinganNetwork *generator,
                               gint                 height,
                               gint                 width,
                               gint                 noise_border,
                               GError             **error);

/**
 * singan_stage_new_within:
 * @workspace: of stages that run one after the other; a reference is kept
 * @generator: the scale's frozen generator
 * @height: rows of the picture at this scale
 * @width: columns
 * @noise_border: what singan_noise_border () says of the model
 * @error: SINGAN_ERROR_NO_MEMORY
 *
 * Returns: (transfer full): the stage, or NULL with @error set
 */
SinganStage *singan_stage_new_within (SinganWorkspace     *workspace,
                                      const SinganNetwork *generator,
                                      gint                 height,
                                      gint                 width,
                                      gint                 noise_border,
                                      GError             **error);

/**
 * singan_stage_free:
 * @stage: (nullable) (transfer full): the stage
 */
void singan_stage_free (SinganStage *stage);

/**
 * singan_stage_run:
 * @stage: its x and noise are read, its output is overwritten
 * @generator: the scale's frozen generator
 * @amplitude: sigma_n; 0 leaves the noise out
 */
void singan_stage_run (SinganStage         *stage,
                       const SinganNetwork *generator,
                       gdouble              amplitude);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SinganStage, singan_stage_free)

G_END_DECLS
