/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is known of a layer's model before a job is started, in sentences for
 * dialogs.
 */

#pragma once

#include "core/singan.h"
#include "plugin/procedures/procedure.h"

G_BEGIN_DECLS

/**
 * SinganStatus:
 *
 * Opaque: what a look at a layer and its models gave.
 */
typedef struct _SinganStatus SinganStatus;

/**
 * singan_status_new:
 * @job: a job with its source; of its values none are read
 *
 * Reads the layer and looks for its models, which takes about a second for a
 * large one.  Any thread, as long as nobody else has the job.
 *
 * Returns: (transfer full): the status
 */
SinganStatus *singan_status_new (SinganJob *job);

/**
 * singan_status_free:
 * @status: (nullable) (transfer full): the status
 */
void singan_status_free (SinganStatus *status);

/**
 * singan_status_get_model:
 * @status: the status
 *
 * Returns: (transfer none) (nullable): the best model of the layer as it is
 */
SinganModel *singan_status_get_model (const SinganStatus *status);

/**
 * singan_status_measure:
 * @status: the status
 * @preset: of the trainings to come
 * @cancellable: (nullable): looked at before each iteration that is timed
 * @speed: (out): of such trainings for this layer
 *
 * Takes less than a second.  Any thread.
 *
 * Returns: whether there is a speed: not of a layer that cannot be trained on,
 *   nor if it was cancelled
 */
gboolean singan_status_measure (const SinganStatus *status,
                                SinganPreset        preset,
                                GCancellable       *cancellable,
                                SinganSpeed        *speed);

/**
 * singan_status_describe:
 * @status: the status
 * @job: a job of the same procedure, of which nothing but the values is read
 * @speed: (nullable): of trainings with the job's preset, once it is known
 *
 * What the model is, and what a training with these values will take if the job
 * needs one.
 *
 * Returns: (transfer full): translated sentences, one a line
 */
gchar *singan_status_describe (const SinganStatus *status,
                               const SinganJob    *job,
                               const SinganSpeed  *speed);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SinganStatus, singan_status_free)

G_END_DECLS
