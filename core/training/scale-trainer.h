/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The adversarial training of one scale (SinGAN section 2.2, eq. 2), and of the
 * one below along with it: what one iteration does, with all buffers planned
 * beforehand, so that it cannot fail.  Knows no files; used by the trainer.
 */

#pragma once

#include <glib.h>

#include "core/base/tensor.h"
#include "core/nn/network.h"
#include "core/pyramid/model.h"
#include "core/pyramid/palette.h"

G_BEGIN_DECLS

/**
 * SinganLosses:
 * @discriminator: mean D(fake) - mean D(real) + penalty, of the last D step
 * @generator: -mean D(fake), of the last G step that had a fake
 * @reconstruction: mean squared error, of the last G step
 */
typedef struct
{
  gdouble discriminator;
  gdouble generator;
  gdouble reconstruction;
} SinganLosses;

/**
 * SinganScaleTrainer:
 *
 * Opaque.
 */
typedef struct _SinganScaleTrainer SinganScaleTrainer;

/**
 * singan_scale_trainer_new:
 * @model: the finished scales; the one in training is the next.  It may not
 *   grow while the scale trainer lives
 * @real: (transfer none): real[n], [h, w, c]; has to outlive the scale trainer
 * @generator: (transfer full): where the training starts
 * @discriminator: (transfer full): where the training starts
 * @below: (transfer full) (nullable): the generator of the scale below, if it
 *   is to go on to learn: only where singan_geometry_trains_below ()
 * @error: SINGAN_ERROR_NO_MEMORY
 *
 * Computes the reconstruction of the finished scales, and from it sigma_n.
 *
 * Returns: (transfer full): the scale trainer, or NULL with @error set
 */
SinganScaleTrainer *singan_scale_trainer_new (SinganModel        *model,
                                              const SinganTensor *real,
                                              SinganNetwork      *generator,
                                              SinganNetwork      *discriminator,
                                              SinganNetwork      *below,
                                              GError            **error);

/**
 * singan_scale_trainer_set_noise_amplitude:
 * @trainer: a scale trainer before its first step
 * @amplitude: sigma_n, instead of what follows from the finished scales as they
 *   are now
 */
void singan_scale_trainer_set_noise_amplitude (SinganScaleTrainer *trainer,
                                               gdouble             amplitude);

/**
 * singan_scale_trainer_set_palette:
 * @trainer: a scale trainer before its first step, not of scale 0
 * @palette: copied: what every upsampled coarser picture is reduced to before
 *   it enters the scale.  Sigma_n stays that of the full colours
 */
void singan_scale_trainer_set_palette (SinganScaleTrainer  *trainer,
                                       const SinganPalette *palette);

/**
 * singan_scale_trainer_free:
 * @trainer: (nullable) (transfer full): the scale trainer
 */
void singan_scale_trainer_free (SinganScaleTrainer *trainer);

/**
 * singan_scale_trainer_step:
 * @trainer: the scale trainer
 * @iteration: its number, from 0: what is drawn and the learning rate follow
 *   from it
 * @losses: (out): what was measured
 * @error: SINGAN_ERROR_DIVERGED with scale and iteration if a loss is not
 *   finite, or if the reconstruction has left the picture for good
 *
 * One iteration: the D steps, then the G steps; at scales that learn detail all
 * of them once in detail_period iterations, in the others the G steps on the
 * reconstruction alone.
 *
 * Returns: FALSE with @error set
 */
gboolean singan_scale_trainer_step (SinganScaleTrainer *trainer,
                                    gint                iteration,
                                    SinganLosses       *losses,
                                    GError            **error);

/**
 * singan_scale_trainer_get_generator:
 * @trainer: the scale trainer
 *
 * Returns: (transfer none): the generator in training
 */
SinganNetwork *singan_scale_trainer_get_generator (SinganScaleTrainer *trainer);

/**
 * singan_scale_trainer_get_discriminator:
 * @trainer: the scale trainer
 *
 * Returns: (transfer none): the discriminator in training
 */
SinganNetwork *
singan_scale_trainer_get_discriminator (SinganScaleTrainer *trainer);

/**
 * singan_scale_trainer_get_below:
 * @trainer: the scale trainer
 *
 * Returns: (transfer none) (nullable): the generator of the scale below, if it
 *   goes on to learn
 */
SinganNetwork *singan_scale_trainer_get_below (SinganScaleTrainer *trainer);

/**
 * singan_scale_trainer_get_noise_amplitude:
 * @trainer: the scale trainer
 *
 * Returns: sigma_n
 */
gdouble
singan_scale_trainer_get_noise_amplitude (const SinganScaleTrainer *trainer);

/**
 * singan_scale_trainer_get_upsampled_loss:
 * @trainer: the scale trainer
 *
 * Returns: mean squared error of the upsampled reconstruction of the scale
 *   below, as it was when this one began, against real[n]; at scale 0, of black
 *   noise-free input
 */
gdouble
singan_scale_trainer_get_upsampled_loss (const SinganScaleTrainer *trainer);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SinganScaleTrainer, singan_scale_trainer_free)

G_END_DECLS
