/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "core/storage/safetensors-private.h"

#include <string.h>

#include <json-glib/json-glib.h>

#include "core/base/i18n.h"
#include "core/base/safe-file.h"
#include "core/base/text.h"

struct _SinganTensorWriter
{
  JsonObject *metadata;
  JsonObject *tensors;
  GByteArray *data;
};

SinganTensorWriter *
singan_tensor_writer_new (void)
{
  SinganTensorWriter *writer = g_new (SinganTensorWriter, 1);

  writer->metadata = json_object_new ();
  writer->tensors = json_object_new ();
  writer->data = g_byte_array_new ();
  json_object_set_object_member (writer->tensors, METADATA,
                                 json_object_ref (writer->metadata));

  return writer;
}

void
singan_tensor_writer_free (SinganTensorWriter *writer)
{
  json_object_unref (writer->metadata);
  json_object_unref (writer->tensors);
  g_byte_array_unref (writer->data);
  g_free (writer);
}

void
singan_tensor_writer_set_metadata (SinganTensorWriter *writer,
                                   const gchar        *key,
                                   const gchar        *value)
{
  json_object_set_string_member (writer->metadata, key, value);
}

void
singan_tensor_writer_add (SinganTensorWriter      *writer,
                          const gchar             *name,
                          const SinganTensorShape *shape,
                          const SinganReal        *values)
{
  const gsize count = shape_count (shape);
  JsonObject *entry = json_object_new ();
  JsonArray  *sizes = json_array_new ();
  JsonArray  *offsets = json_array_new ();
  gsize       i;

  json_array_add_int_element (offsets, writer->data->len);
  for (i = 0; i < count; i++)
    {
      union
      {
        float   number;
        guint32 bits;
      } value = { .number = (float) values[i] };

      value.bits = GUINT32_TO_LE (value.bits);
      g_byte_array_append (writer->data, (const guint8 *) &value.bits,
                           sizeof value.bits);
    }
  json_array_add_int_element (offsets, writer->data->len);
  for (i = 0; i < (gsize) shape->n; i++)
    json_array_add_int_element (sizes, shape->sizes[i]);

  json_object_set_string_member (entry, "dtype", "F32");
  json_object_set_array_member (entry, "shape", sizes);
  json_object_set_array_member (entry, "data_offsets", offsets);
  json_object_set_object_member (writer->tensors, name, entry);
}

gboolean
singan_tensor_writer_save (SinganTensorWriter *writer,
                           const gchar        *path,
                           GError            **error)
{
  g_autoptr (JsonNode) root = json_node_new (JSON_NODE_OBJECT);
  g_autofree gchar *folder = g_path_get_dirname (path);
  g_autofree gchar *text = NULL;
  g_autoptr (GString) header = NULL;
  g_autoptr (SinganSafeFile) file = NULL;
  g_autoptr (GError) reason = NULL;
  g_autofree gchar *printable = NULL;
  guint64           length;

  json_node_set_object (root, writer->tensors);
  text = json_to_string (root, FALSE);
  header = g_string_new (text);
  /* Spaces up to a multiple of 8 keep the data aligned. */
  while (header->len % LENGTH_BYTES != 0)
    g_string_append_c (header, ' ');
  length = GUINT64_TO_LE ((guint64) header->len);

  file = singan_safe_file_new (folder, &reason);
  if (file && singan_safe_file_write (file, &length, sizeof length, &reason)
      && singan_safe_file_write (file, header->str, header->len, &reason)
      && singan_safe_file_write (file, writer->data->data, writer->data->len,
                                 &reason)
      && singan_safe_file_finish (file, path, TRUE, &reason))
    return TRUE;

  printable = singan_text_printable (path, SINGAN_TEXT_PATH);
  g_set_error (error, reason->domain, reason->code,
               _ ("The model could not be saved as “%s”: %s"), printable,
               reason->message);
  return FALSE;
}
