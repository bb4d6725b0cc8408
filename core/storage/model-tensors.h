/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A model as tensors and metadata: what model files and checkpoints have in
 * common.  Used by model-file.c and checkpoint.c only.
 */

#pragma once

#include <glib.h>

#include "core/pyramid/model.h"
#include "core/storage/safetensors.h"

G_BEGIN_DECLS

/**
 * singan_model_write:
 * @model: what to write
 * @kind: "model" or "checkpoint"
 * @writer: metadata and tensors are added to it
 */
void singan_model_write (const SinganModel  *model,
                         const gchar        *kind,
                         SinganTensorWriter *writer);

/**
 * singan_model_read:
 * @reader: an open file
 * @kind: what it has to be: "model" or "checkpoint"
 * @error: SINGAN_ERROR_MODEL, SINGAN_ERROR_NO_MEMORY
 *
 * Checks every metadata value against its range and reads the tensors that
 * follow from them.
 *
 * Returns: (transfer full): the model, or NULL with @error set
 */
SinganModel *singan_model_read (SinganTensorReader *reader,
                                const gchar        *kind,
                                GError            **error);

G_END_DECLS
