/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "core/storage/model-file.h"

#include "core/base/text.h"
#include "core/storage/model-tensors.h"

#define KIND "model"

gboolean
singan_model_save (const SinganModel *model, const gchar *path, GError **error)
{
  g_autoptr (SinganTensorWriter) writer = singan_tensor_writer_new ();

  g_return_val_if_fail (singan_model_n_trained (model) > 0, FALSE);

  singan_model_write (model, KIND, writer);

  return singan_tensor_writer_save (writer, path, error);
}

SinganModel *
singan_model_load (const gchar *path, GError **error)
{
  g_autoptr (SinganTensorReader) reader
      = singan_tensor_reader_open (path, error);
  g_autoptr (SinganModel) model = NULL;

  if (! reader || ! (model = singan_model_read (reader, KIND, error))
      || ! singan_tensor_reader_finish (reader, error))
    return NULL;

  return g_steal_pointer (&model);
}

SinganModelInfo *
singan_model_info_load (const gchar *path, GError **error)
{
  g_autoptr (SinganTensorReader) reader
      = singan_tensor_reader_open (path, error);
  SinganModelInfo info;
  gint            n_trained;

  if (! reader
      || ! singan_model_read_info (reader, KIND, &info, &n_trained, error))
    return NULL;
  info.source_hash = g_strdup (info.source_hash);
  info.source_name
      = singan_text_printable (info.source_name, SINGAN_SOURCE_NAME_BYTES);

  return g_memdup2 (&info, sizeof info);
}

void
singan_model_info_free (SinganModelInfo *info)
{
  if (! info)
    return;
  g_free (info->source_hash);
  g_free (info->source_name);
  g_free (info);
}
