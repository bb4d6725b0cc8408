/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Training as procedures need it: with progress, checkpoints and the model
 * store.  Only the files of this folder include it.
 */

#pragma once

#include "core/singan.h"
#include "plugin/model-store.h"
#include "plugin/procedures/procedure.h"

G_BEGIN_DECLS

/**
 * singan_job_init_settings:
 * @job: a job whose procedure has preset, max-size, iterations and seed
 * @settings: (out): what a training for it is done with
 * @error: SINGAN_ERROR_SETTINGS
 *
 * Returns: FALSE with @error set
 */
gboolean singan_job_init_settings (const SinganJob *job,
                                   SinganSettings  *settings,
                                   GError         **error);

/**
 * singan_job_show_training:
 * @progress: where a training is
 * @data: the job
 *
 * Tells the host; a SinganProgressFunc.
 */
void singan_job_show_training (const SinganTrainingProgress *progress,
                               gpointer                      data);

/**
 * singan_job_plan_training:
 * @settings: of the training
 * @height: of the layer
 * @width: of the layer
 * @geometry: (out): of the pyramid
 * @error: SINGAN_ERROR_IMAGE
 *
 * Returns: FALSE with @error set
 */
gboolean singan_job_plan_training (const SinganSettings *settings,
                                   gint                  height,
                                   gint                  width,
                                   SinganGeometry       *geometry,
                                   GError              **error);

/**
 * singan_describe_training_time:
 * @speed: measured with such settings
 * @geometry: of the training
 * @settings: of the training
 *
 * Returns: (transfer full): a translated sentence
 */
gchar *singan_describe_training_time (const SinganSpeed    *speed,
                                      const SinganGeometry *geometry,
                                      const SinganSettings *settings);

/**
 * singan_job_train:
 * @job: a job whose procedure has preset, max-size, iterations and seed;
 *   model_path is set
 * @picture: what singan_job_read_picture () gave
 * @error: as singan_trainer_run ()
 *
 * Trains a model, going on from a checkpoint if there is one, and saves it.  If
 * training_stop is cancelled and a scale is done, the model is one of the
 * scales done so far, and the checkpoint is kept.
 *
 * Returns: (transfer full): the model, or NULL with @error set
 */
SinganModel *
singan_job_train (SinganJob *job, const SinganTensor *picture, GError **error);

G_END_DECLS
