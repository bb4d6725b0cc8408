/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Models on disk: safetensors files that Python can open too.  A model may come
 * from a stranger, so everything is checked before it is used.
 */

#pragma once

#include <glib.h>

#include "core/pyramid/model.h"

G_BEGIN_DECLS

/* How the names of model and checkpoint files end. */
#define SINGAN_MODEL_SUFFIX ".safetensors"
#define SINGAN_CHECKPOINT_SUFFIX ".checkpoint"

/**
 * singan_model_save:
 * @model: what to write
 * @path: the file to make or replace
 * @error: G_FILE_ERROR
 *
 * The file is complete under its name or not there: it is written under
 * another name, synchronised and renamed.  The same model gives the same bytes.
 *
 * Returns: FALSE with @error set, and an older @path left as it was
 */
gboolean
singan_model_save (const SinganModel *model, const gchar *path, GError **error);

/**
 * singan_model_load:
 * @path: a model file
 * @error: SINGAN_ERROR_MODEL if it is damaged, truncated, foreign or larger
 *   than any model can be; G_FILE_ERROR if it cannot be read
 *
 * Returns: (transfer full): the model, or NULL with @error set
 */
SinganModel *singan_model_load (const gchar *path, GError **error);

/**
 * singan_model_info_load:
 * @path: a model file
 * @error: as for singan_model_load ()
 *
 * Reads the header alone, whatever the size of the file: for choosing among
 * many.  The tensors may still be damaged.
 *
 * Returns: (transfer full): what the model is, or NULL with @error set
 */
SinganModelInfo *singan_model_info_load (const gchar *path, GError **error);

/**
 * singan_model_info_free:
 * @info: (nullable) (transfer full): what singan_model_info_load () gave
 */
void singan_model_info_free (SinganModelInfo *info);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SinganModelInfo, singan_model_info_free)

G_END_DECLS
