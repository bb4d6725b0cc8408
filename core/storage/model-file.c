/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "core/storage/model-file.h"

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
