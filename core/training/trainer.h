/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Trains a pyramid on one picture, one iteration at a time.  Belongs to one
 * thread at a time; a cancel may come from any other through a GCancellable.
 */

#pragma once

#include <gio/gio.h>
#include <glib.h>

#include "core/base/tensor.h"
#include "core/pyramid/model.h"
#include "core/pyramid/settings.h"
#include "core/training/speed.h"

G_BEGIN_DECLS

/**
 * SinganTrainer:
 *
 * Opaque.
 */
typedef struct _SinganTrainer SinganTrainer;

/**
 * SinganTrainingProgress:
 * @scale: the scale in training, from 0
 * @n_scales: how many there are
 * @iteration: iterations done at this scale
 * @iterations: of this scale
 * @fraction: share of the whole work done, 0 .. 1
 * @seconds_left: estimate; negative while it is not known yet
 * @discriminator_loss: mean D(fake) - mean D(real) + penalty, last D step
 * @generator_loss: -mean D(fake), last G step
 * @reconstruction_loss: mean squared error on [-1, 1], last G step
 * @upsampled_loss: mean squared error of the upsampled coarser reconstruction
 *   when the scale began, which the generator has to improve on; of the black
 *   noise at scale 0
 */
typedef struct
{
  gint    scale;
  gint    n_scales;
  gint    iteration;
  gint    iterations;
  gdouble fraction;
  gdouble seconds_left;
  gdouble discriminator_loss;
  gdouble generator_loss;
  gdouble reconstruction_loss;
  gdouble upsampled_loss;
} SinganTrainingProgress;

/**
 * SinganProgressFunc:
 * @progress: where the training is
 * @data: as given with the function
 *
 * Called after every iteration, on the thread that trains.
 */
typedef void (*SinganProgressFunc) (const SinganTrainingProgress *progress,
                                    gpointer                      data);

/**
 * singan_trainer_new:
 * @picture: [h, w, 1 or 3] in [-1, 1], at the size it was opened
 * @settings: copied
 * @source_hash: of the pixels, kept in the model
 * @source_name: for people, kept in the model
 * @error: SINGAN_ERROR_IMAGE (too small, constant, not finite),
 *   SINGAN_ERROR_NO_MEMORY
 *
 * Returns: (transfer full): a trainer before its first iteration, or NULL with
 *   @error set
 */
SinganTrainer *singan_trainer_new (const SinganTensor   *picture,
                                   const SinganSettings *settings,
                                   const gchar          *source_hash,
                                   const gchar          *source_name,
                                   GError              **error);

/**
 * singan_trainer_resume:
 * @picture: what the checkpoint was trained on
 * @settings: what it was trained with, except the seed, which comes from the
 *   checkpoint
 * @source_hash: of the pixels
 * @path: the checkpoint
 * @error: as singan_trainer_new (), and SINGAN_ERROR_MODEL if the checkpoint is
 *   damaged or of another picture or settings, or if its scales are not those
 *   of the picture, G_FILE_ERROR if it is not there
 *
 * The trained model is bit for bit what an uninterrupted training gives.
 *
 * Returns: (transfer full): a trainer where the checkpoint was, or NULL
 */
SinganTrainer *singan_trainer_resume (const SinganTensor   *picture,
                                      const SinganSettings *settings,
                                      const gchar          *source_hash,
                                      const gchar          *path,
                                      GError              **error);

/**
 * singan_trainer_set_speed:
 * @trainer: the trainer
 * @speed: copied: measured with these settings on this machine
 *
 * Lets the time left be known from the first iteration on, and better before
 * scales that are not like the ones before them.
 */
void singan_trainer_set_speed (SinganTrainer     *trainer,
                               const SinganSpeed *speed);

/**
 * singan_trainer_free:
 * @trainer: (nullable) (transfer full): the trainer
 */
void singan_trainer_free (SinganTrainer *trainer);

/**
 * singan_trainer_is_done:
 * @trainer: the trainer
 *
 * Returns: whether all scales are trained
 */
gboolean singan_trainer_is_done (const SinganTrainer *trainer);

/**
 * singan_trainer_step:
 * @trainer: a trainer that is not done
 * @error: SINGAN_ERROR_DIVERGED with scale and iteration if a loss is not
 *   finite, or if the reconstruction has left the picture for good;
 *   SINGAN_ERROR_NO_MEMORY when a new scale begins
 *
 * One iteration; after a scale's last one, freezes it and begins the next.
 *
 * Returns: FALSE with @error set.  The trainer can then only be freed.
 */
gboolean singan_trainer_step (SinganTrainer *trainer, GError **error);

/**
 * singan_trainer_get_progress:
 * @trainer: the trainer
 * @progress: (out): where it is
 */
void singan_trainer_get_progress (const SinganTrainer    *trainer,
                                  SinganTrainingProgress *progress);

/**
 * singan_trainer_get_seed:
 * @trainer: the trainer
 *
 * Returns: the seed in use: a resumed training keeps the checkpoint's
 */
guint32 singan_trainer_get_seed (const SinganTrainer *trainer);

/**
 * singan_trainer_get_model:
 * @trainer: the trainer
 * @error: SINGAN_ERROR_NO_MEMORY
 *
 * Returns: (transfer full): a model of the scales finished so far, or NULL with
 *   @error set
 */
SinganModel *singan_trainer_get_model (const SinganTrainer *trainer,
                                       GError             **error);

/**
 * singan_trainer_get_snapshot:
 * @trainer: the trainer
 * @error: SINGAN_ERROR_NO_MEMORY
 *
 * For looking on: what the pyramid draws at this moment.  Changes nothing in
 * the training.
 *
 * Returns: (transfer full): as singan_trainer_get_model (), with the scale in
 *   training as it stands; or NULL with @error set
 */
SinganModel *singan_trainer_get_snapshot (const SinganTrainer *trainer,
                                          GError             **error);

/**
 * singan_trainer_save_checkpoint:
 * @trainer: the trainer
 * @path: the file to make or replace, whole or not at all
 * @error: G_FILE_ERROR
 *
 * Returns: FALSE with @error set, and an older @path left as it was
 */
gboolean singan_trainer_save_checkpoint (const SinganTrainer *trainer,
                                         const gchar         *path,
                                         GError             **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SinganTrainer, singan_trainer_free)

G_END_DECLS
