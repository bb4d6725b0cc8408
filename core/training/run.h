/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A whole training: steps until it is done or cancelled, with checkpoints on
 * the way.
 */

#pragma once

#include <gio/gio.h>

#include "core/training/trainer.h"

G_BEGIN_DECLS

/* Most seconds between two checkpoints. */
#define SINGAN_CHECKPOINT_SECONDS 30

/**
 * SinganWarningFunc:
 * @text: a translated sentence
 * @data: as given to singan_trainer_run ()
 *
 * Told, on the thread that trains, what a person should know while it goes on.
 */
typedef void (*SinganWarningFunc) (const gchar *text, gpointer data);

/**
 * singan_trainer_run:
 * @trainer: the trainer
 * @checkpoint_path: (nullable): where to keep checkpoints: at each scale's end,
 *   when cancelled, and as often as costs one percent of the time, at least
 *   every SINGAN_CHECKPOINT_SECONDS
 * @cancellable: (nullable): checked after every iteration
 * @progress: (nullable): told of every iteration
 * @warn: (nullable): told that a checkpoint could not be written
 * @data: for @progress and @warn
 * @error: as singan_trainer_step (); G_IO_ERROR_CANCELLED; G_FILE_ERROR if it
 *   was cancelled and the last checkpoint could not be written
 *
 * Steps until done.  A checkpoint that cannot be written on the way is a
 * warning, and the next one is tried.
 *
 * Returns: FALSE with @error set
 */
gboolean singan_trainer_run (SinganTrainer     *trainer,
                             const gchar       *checkpoint_path,
                             GCancellable      *cancellable,
                             SinganProgressFunc progress,
                             SinganWarningFunc  warn,
                             gpointer           data,
                             GError           **error);

G_END_DECLS
