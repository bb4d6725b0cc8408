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
 * singan_model_read_info:
 * @reader: an open file
 * @kind: what it has to be: "model" or "checkpoint"
 * @info: (out): what its metadata say; the texts belong to @reader
 * @n_trained: (out): how many scales are trained
 * @error: SINGAN_ERROR_MODEL
 *
 * Checks every metadata value against its range, and the sizes of the scales
 * against those that the settings give.  Reads no tensor.
 *
 * Returns: FALSE with @error set
 */
gboolean singan_model_read_info (SinganTensorReader *reader,
                                 const gchar        *kind,
                                 SinganModelInfo    *info,
                                 gint               *n_trained,
                                 GError            **error);

/**
 * singan_model_read:
 * @reader: an open file
 * @kind: what it has to be: "model" or "checkpoint"
 * @error: SINGAN_ERROR_MODEL, SINGAN_ERROR_NO_MEMORY
 *
 * As singan_model_read_info (), and the tensors that follow from it.
 *
 * Returns: (transfer full): the model, or NULL with @error set
 */
SinganModel *singan_model_read (SinganTensorReader *reader,
                                const gchar        *kind,
                                GError            **error);

G_END_DECLS
