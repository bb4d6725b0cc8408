/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The model that a job works with: the one that it names, the best that the
 * model store has, or one that is trained first.  Only the files of this folder
 * include it.
 */

#pragma once

#include "core/singan.h"
#include "plugin/model-store.h"
#include "plugin/procedures/procedure.h"

G_BEGIN_DECLS

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
