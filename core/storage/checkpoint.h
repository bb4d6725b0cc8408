/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A training that can go on: the finished scales as in a model file, and the
 * two networks of the scale in training with their Adam moments.  Everything
 * else follows from the seed.
 */

#pragma once

#include <glib.h>

#include "core/nn/network.h"
#include "core/pyramid/model.h"

G_BEGIN_DECLS

/**
 * SinganCheckpoint:
 * @model: (owned): the finished scales; the scale in training is number
 *   singan_model_n_trained (@model)
 * @generator: (owned): of the scale in training
 * @discriminator: (owned): of the scale in training
 * @below: (owned) (nullable): of the scale below, if it goes on to learn
 * @iteration: iterations done at that scale
 */
typedef struct
{
  SinganModel   *model;
  SinganNetwork *generator;
  SinganNetwork *discriminator;
  SinganNetwork *below;
  gint           iteration;
} SinganCheckpoint;

/**
 * singan_checkpoint_save:
 * @checkpoint: what to write
 * @path: the file to make or replace, whole or not at all
 * @error: G_FILE_ERROR
 *
 * Returns: FALSE with @error set, and an older @path left as it was
 */
gboolean singan_checkpoint_save (const SinganCheckpoint *checkpoint,
                                 const gchar            *path,
                                 GError                **error);

/**
 * singan_checkpoint_load:
 * @checkpoint: (out caller-allocates): to be filled
 * @path: a checkpoint file
 * @error: SINGAN_ERROR_MODEL, G_FILE_ERROR, as for singan_model_load ()
 *
 * Returns: FALSE with @error set and @checkpoint all zeros
 */
gboolean singan_checkpoint_load (SinganCheckpoint *checkpoint,
                                 const gchar      *path,
                                 GError          **error);

/**
 * singan_checkpoint_clear:
 * @checkpoint: what to empty; may be all zeros
 */
void singan_checkpoint_clear (SinganCheckpoint *checkpoint);

G_END_DECLS
