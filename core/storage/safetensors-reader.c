/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "core/storage/safetensors-private.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/text.h"

/* Bounds of what is read: no model comes near them. */
#define HEADER_BYTES_MAXIMUM (1 << 20)
#define FILE_BYTES_MAXIMUM (1 << 30)
#define DIMENSION_MAXIMUM (1 << 28)

/* Numbers that are read at a time. */
#define NUMBERS_TOGETHER 4096

/* Open brackets and colons in a header.  The largest checkpoint has 6,000 and
 * its texts may hold 8,000; as many nested ones take 2 MB of stack. */
#define STRUCTURE_MAXIMUM (1 << 14)

typedef struct
{
  SinganTensorShape shape;
  gsize             begin;
  gsize             end;
  gboolean          is_read;
} Entry;

/* The file is read and not mapped: one that somebody cuts off meanwhile gives
 * an error, where touching the map would end the process. */
struct _SinganTensorReader
{
  gchar      *path;
  gint        fd;
  gsize       data_begin; /* in the file */
  gsize       data_bytes;
  GHashTable *metadata; /* gchar* -> gchar* */
  GHashTable *entries;  /* gchar* -> Entry* */
};

gboolean
singan_tensor_reader_fail (const SinganTensorReader *reader,
                           GError                  **error,
                           const gchar              *reason)
{
  g_autofree gchar *path
      = singan_text_printable (reader->path, SINGAN_TEXT_PATH);

  g_set_error (error, SINGAN_ERROR, SINGAN_ERROR_MODEL,
               _ ("“%s” is not a usable SinGAN file: %s"), path, reason);
  return FALSE;
}

/* With a name from the file in place of %s. */
static gboolean
fail_naming (const SinganTensorReader *reader,
             GError                  **error,
             const gchar              *format,
             const gchar              *name)
{
  g_autofree gchar *printable = singan_text_printable (name, SINGAN_TEXT_VALUE);
  g_auto (GStrv) parts = g_strsplit (format, "%s", 2);
  g_autofree gchar *reason = g_strjoinv (printable, parts);

  return singan_tensor_reader_fail (reader, error, reason);
}

static gboolean fail (const SinganTensorReader *reader,
                      GError                  **error,
                      const gchar              *format,
                      ...) G_GNUC_PRINTF (3, 4);

static gboolean
fail (const SinganTensorReader *reader,
      GError                  **error,
      const gchar              *format,
      ...)
{
  g_autofree gchar *reason = NULL;
  va_list           arguments;

  va_start (arguments, format);
  reason = g_strdup_vprintf (format, arguments);
  va_end (arguments);

  return singan_tensor_reader_fail (reader, error, reason);
}

/* Opens a regular file; doing so without blocking keeps a pipe or a device that
 * carries the name from holding us up. */
static gboolean
open_file (SinganTensorReader *reader, gsize *bytes, GError **error)
{
  struct stat status;

  reader->fd = g_open (reader->path, O_RDONLY | O_NONBLOCK | O_CLOEXEC, 0);
  if (reader->fd < 0 || fstat (reader->fd, &status) < 0)
    {
      const gint        code = errno;
      g_autofree gchar *path
          = singan_text_printable (reader->path, SINGAN_TEXT_PATH);

      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code),
                   _ ("“%s” could not be opened: %s"), path, g_strerror (code));
      return FALSE;
    }
  if (! S_ISREG (status.st_mode))
    return fail (reader, error, _ ("it is not a regular file."));
  if (status.st_size < LENGTH_BYTES || status.st_size > FILE_BYTES_MAXIMUM)
    return fail (reader, error, _ ("it has %.0f bytes; models have %d to %d."),
                 (gdouble) status.st_size, LENGTH_BYTES, FILE_BYTES_MAXIMUM);
  *bytes = (gsize) status.st_size;

  return TRUE;
}

/* All of so many bytes from a place in the file. */
static gboolean
read_bytes (const SinganTensorReader *reader,
            gsize                     begin,
            gsize                     bytes,
            void                     *to,
            GError                  **error)
{
  guint8 *at = to;

  while (bytes > 0)
    {
      const gssize count = pread (reader->fd, at, bytes, (goffset) begin);

      if (count == 0)
        return fail (reader, error, _ ("it is truncated."));
      if (count < 0 && errno == EINTR)
        continue;
      if (count < 0)
        return fail (reader, error, "%s", g_strerror (errno));
      at += count;
      begin += (gsize) count;
      bytes -= (gsize) count;
    }

  return TRUE;
}

/* The parser recurses with the brackets and slows down with the keys, so both
 * are bounded.  They are counted also inside strings: the parser takes comments
 * and quotes that JSON does not have, and whoever skips over strings can be
 * made to see other strings than it does. */
static gboolean
is_too_complex (const gchar *header, gsize length)
{
  gint  count = 0;
  gsize i;

  for (i = 0; i < length; i++)
    if (header[i] == '{' || header[i] == '[' || header[i] == ':')
      count++;

  return count > STRUCTURE_MAXIMUM;
}

/* The integers of an array member, all in 0 .. maximum. */
static gint
read_integers (JsonObject  *object,
               const gchar *name,
               gint64       maximum,
               gint         most,
               gint64      *integers)
{
  JsonNode  *node = json_object_get_member (object, name);
  JsonArray *array;
  gint       count;
  gint       i;

  if (! node || ! JSON_NODE_HOLDS_ARRAY (node))
    return -1;
  array = json_node_get_array (node);
  count = (gint) MIN (json_array_get_length (array), (guint) most + 1);
  if (count > most)
    return -1;

  for (i = 0; i < count; i++)
    {
      JsonNode *element = json_array_get_element (array, i);

      if (! JSON_NODE_HOLDS_VALUE (element)
          || json_node_get_value_type (element) != G_TYPE_INT64)
        return -1;
      integers[i] = json_node_get_int (element);
      if (integers[i] < 0 || integers[i] > maximum)
        return -1;
    }

  return count;
}

static const gchar *
get_string (JsonObject *object, const gchar *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node && JSON_NODE_HOLDS_VALUE (node)
                 && json_node_get_value_type (node) == G_TYPE_STRING
             ? json_node_get_string (node)
             : NULL;
}

static gboolean
read_entry (SinganTensorReader *reader,
            const gchar        *name,
            JsonNode           *node,
            GError            **error)
{
  gint64      offsets[2];
  JsonObject *object;
  Entry      *entry;
  guint64     bytes = sizeof (float);
  gint        i;

  if (! JSON_NODE_HOLDS_OBJECT (node))
    return fail_naming (reader, error, _ ("the entry “%s” is not an object."),
                        name);
  object = json_node_get_object (node);
  if (g_strcmp0 (get_string (object, "dtype"), "F32") != 0)
    return fail_naming (reader, error,
                        _ ("the tensor “%s” is not of type F32."), name);

  entry = g_new0 (Entry, 1);
  g_hash_table_insert (reader->entries, g_strdup (name), entry);
  entry->shape.n = read_integers (object, "shape", DIMENSION_MAXIMUM,
                                  SINGAN_DIMENSIONS, entry->shape.sizes);
  if (entry->shape.n < 1
      || read_integers (object, "data_offsets", (gint64) reader->data_bytes, 2,
                        offsets)
             != 2
      || offsets[0] > offsets[1])
    return fail_naming (
        reader, error,
        _ ("the shape or the offsets of the tensor “%s” are wrong."), name);

  for (i = 0; i < entry->shape.n; i++)
    {
      bytes *= entry->shape.sizes[i];
      if (bytes > reader->data_bytes)
        break;
    }
  if (bytes != (guint64) (offsets[1] - offsets[0]))
    return fail_naming (
        reader, error,
        _ ("the bytes of the tensor “%s” do not agree with its shape."), name);
  entry->begin = offsets[0];
  entry->end = offsets[1];

  return TRUE;
}

static gboolean
read_metadata (SinganTensorReader *reader, JsonNode *node, GError **error)
{
  JsonObjectIter iter;
  const gchar   *key;

  if (! JSON_NODE_HOLDS_OBJECT (node))
    return fail (reader, error, _ ("its metadata are not an object."));

  json_object_iter_init_ordered (&iter, json_node_get_object (node));
  while (json_object_iter_next_ordered (&iter, &key, NULL))
    {
      const gchar *value = get_string (json_node_get_object (node), key);

      if (! value)
        return fail_naming (reader, error,
                            _ ("its metadata “%s” are not a text."), key);
      g_hash_table_insert (reader->metadata, g_strdup (key), g_strdup (value));
    }

  return TRUE;
}

static gint
compare_entries (gconstpointer a, gconstpointer b)
{
  const Entry *first = a;
  const Entry *second = b;

  return first->begin < second->begin ? -1 : first->begin > second->begin;
}

/* No holes, no overlaps, nothing behind the last one. */
static gboolean
check_tiling (SinganTensorReader *reader, GError **error)
{
  g_autoptr (GList) entries = g_list_sort (
      g_hash_table_get_values (reader->entries), compare_entries);
  const GList *link;
  gsize        position = 0;

  for (link = entries; link; link = link->next)
    {
      const Entry *entry = link->data;

      if (entry->begin != position)
        break;
      position = entry->end;
    }
  if (position != reader->data_bytes)
    return fail (reader, error,
                 _ ("its tensors do not cover its %.0f bytes of data: it is "
                    "truncated or damaged."),
                 (gdouble) reader->data_bytes);

  return TRUE;
}

/* Checks the header's length, and reads the header. */
static gchar *
load_header (SinganTensorReader *reader, gsize *length, GError **error)
{
  g_autofree gchar *header = NULL;
  guint64           claimed;
  gsize             bytes = 0;

  if (! open_file (reader, &bytes, error)
      || ! read_bytes (reader, 0, sizeof claimed, &claimed, error))
    return NULL;
  claimed = GUINT64_FROM_LE (claimed);
  if (claimed > HEADER_BYTES_MAXIMUM || claimed > bytes - LENGTH_BYTES)
    {
      fail (reader, error,
            _ ("its header claims %.0f bytes, the file has %.0f."),
            (gdouble) claimed, (gdouble) bytes);
      return NULL;
    }

  *length = (gsize) claimed;
  reader->data_begin = LENGTH_BYTES + *length;
  reader->data_bytes = bytes - reader->data_begin;
  header = g_malloc (*length + 1);
  if (! read_bytes (reader, LENGTH_BYTES, *length, header, error))
    return NULL;
  header[*length] = '\0';

  return g_steal_pointer (&header);
}

static gboolean
read_header (SinganTensorReader *reader, GError **error)
{
  gsize             length = 0;
  g_autofree gchar *header = load_header (reader, &length, error);
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  JsonObjectIter iter;
  const gchar   *name;
  JsonNode      *root;
  JsonNode      *node;

  if (! header)
    return FALSE;
  if (! g_utf8_validate (header, (gssize) length, NULL)
      || is_too_complex (header, length)
      || ! json_parser_load_from_data (parser, header, (gssize) length, NULL)
      || ! (root = json_parser_get_root (parser))
      || ! JSON_NODE_HOLDS_OBJECT (root))
    return fail (reader, error, _ ("its header is not a JSON object."));

  json_object_iter_init_ordered (&iter, json_node_get_object (root));
  while (json_object_iter_next_ordered (&iter, &name, &node))
    if (! (strcmp (name, METADATA) == 0
               ? read_metadata (reader, node, error)
               : read_entry (reader, name, node, error)))
      return FALSE;

  return check_tiling (reader, error);
}

SinganTensorReader *
singan_tensor_reader_open (const gchar *path, GError **error)
{
  g_autoptr (SinganTensorReader) reader = g_new0 (SinganTensorReader, 1);

  reader->path = g_strdup (path);
  reader->fd = -1;
  reader->metadata
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  reader->entries
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  if (! read_header (reader, error))
    return NULL;

  return g_steal_pointer (&reader);
}

void
singan_tensor_reader_free (SinganTensorReader *reader)
{
  if (! reader)
    return;
  if (reader->fd >= 0)
    close (reader->fd);
  g_hash_table_unref (reader->metadata);
  g_hash_table_unref (reader->entries);
  g_free (reader->path);
  g_free (reader);
}

const gchar *
singan_tensor_reader_get_path (const SinganTensorReader *reader)
{
  return reader->path;
}

const gchar *
singan_tensor_reader_get_metadata (const SinganTensorReader *reader,
                                   const gchar              *key,
                                   GError                  **error)
{
  const gchar *value = g_hash_table_lookup (reader->metadata, key);

  if (! value)
    fail (reader, error, _ ("its metadata have no “%s”."), key);

  return value;
}

gboolean
singan_tensor_reader_get (SinganTensorReader      *reader,
                          const gchar             *name,
                          const SinganTensorShape *shape,
                          SinganReal              *values,
                          GError                 **error)
{
  Entry      *entry = g_hash_table_lookup (reader->entries, name);
  const gsize count = shape_count (shape);
  union
  {
    float   number;
    guint32 bits;
  } numbers[NUMBERS_TOGETHER];
  gsize done;
  gsize some;
  gsize i;

  if (! entry)
    return fail (reader, error, _ ("it has no tensor “%s”."), name);
  if (entry->shape.n != shape->n
      || memcmp (entry->shape.sizes, shape->sizes,
                 shape->n * sizeof shape->sizes[0])
             != 0)
    return fail (reader, error,
                 _ ("the tensor “%s” has another shape than the "
                    "metadata say."),
                 name);

  for (done = 0; done < count; done += some)
    {
      some = MIN (count - done, G_N_ELEMENTS (numbers));
      if (! read_bytes (reader,
                        reader->data_begin + entry->begin
                            + done * sizeof numbers[0],
                        some * sizeof numbers[0], numbers, error))
        return FALSE;
      for (i = 0; i < some; i++)
        {
          numbers[i].bits = GUINT32_FROM_LE (numbers[i].bits);
          if (! isfinite (numbers[i].number))
            return fail_naming (
                reader, error,
                _ ("the tensor “%s” has values that are not finite."), name);
          values[done + i] = numbers[i].number;
        }
    }
  entry->is_read = TRUE;

  return TRUE;
}

gboolean
singan_tensor_reader_finish (SinganTensorReader *reader, GError **error)
{
  GHashTableIter iter;
  gpointer       name;
  gpointer       value;

  g_hash_table_iter_init (&iter, reader->entries);
  while (g_hash_table_iter_next (&iter, &name, &value))
    if (! ((const Entry *) value)->is_read)
      return fail_naming (reader, error, _ ("it has an unknown tensor “%s”."),
                          name);

  return TRUE;
}
