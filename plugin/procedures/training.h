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
 * singan_job_read_picture:
 * @job: pixel_hash and n_translucent are set
 * @error: SINGAN_ERROR_IMAGE if the layer cannot be trained on
 *
 * Says so if partly transparent pixels are taken for opaque ones.
 *
 * Returns: (transfer full): the layer's picture, or NULL with @error set
 */
SinganTensor *singan_job_read_picture (SinganJob *job, GError **error);

/**
 * singan_job_read_with_alpha:
 * @job: pixel_hash is set
 * @alpha: (out) (nullable): [h, w, 1] in [0, 1]; NULL if the layer is opaque
 * @error: SINGAN_ERROR_IMAGE if the layer cannot be trained on
 *
 * For jobs that keep transparency.  Of a layer that is opaque it is the same as
 * singan_job_read_picture ().
 *
 * Returns: (transfer full): the layer's picture with the colours of opaque
 *   pixels below transparent ones, or NULL with @error set
 */
SinganTensor *singan_job_read_with_alpha (SinganJob     *job,
                                          SinganTensor **alpha,
                                          GError       **error);

/**
 * singan_describe_translucency:
 * @n_translucent: how many pixels of a layer count as opaque; above 0
 *
 * Returns: (transfer full): a translated sentence
 */
gchar *singan_describe_translucency (gint64 n_translucent);

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
 * singan_job_init_wish:
 * @job: a job whose procedure has preset, max-size, iterations and seed
 * @settings: what a training for it is done with
 * @channels: of the layer
 * @wish: (out): which models will do instead of one
 */
void singan_job_init_wish (const SinganJob      *job,
                           const SinganSettings *settings,
                           gint                  channels,
                           SinganModelWish      *wish);

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

/**
 * singan_job_find_or_train:
 * @job: as for singan_job_train ()
 * @picture: what singan_job_read_picture () gave
 * @start_scale: the scale the job will start at; 0 if it does not matter, or,
 *   where a picture is injected, SINGAN_START_SCALE_EACH
 * @error: as singan_job_train (), and SINGAN_ERROR_SETTINGS if the model does
 *   not have that scale; SINGAN_ERROR_MODEL if it is of another picture and the
 *   job injects one
 *
 * The model that the store has for these pixels, trained with the preset or a
 * better one; if there is none, trains one, saying so.
 *
 * Returns: (transfer full): the model, or NULL with @error set
 */
SinganModel *singan_job_find_or_train (SinganJob          *job,
                                       const SinganTensor *picture,
                                       gint                start_scale,
                                       GError            **error);

G_END_DECLS
