/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The tensors that test-golden compares with: a file of make-fixtures.py, or a
 * folder of .npy files.  Knows their format and names, not what they mean.
 * Functions and all, for a test is built from one file.
 */

#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>
#include <json-glib/json-glib.h>

#include "core/base/memory.h"
#include "core/base/real.h"

/* Which of a folder's files are this build's. */
#ifdef SINGAN_DOUBLE
#define NPY_PREFIX "f64_"
#define NPY_TYPE "'<f8'"
#define NPY_SIZE 8
#else
#define NPY_PREFIX ""
#define NPY_TYPE "'<f4'"
#define NPY_SIZE 4
#endif

/* Of an .npy file: magic string, version, length of the header's text. */
#define NPY_HEADER 10

#define NAME_LENGTH 64

typedef struct
{
  GHashTable *tensors; /* gchar* -> GArray of gdouble */
  gint        height;
  gint        width;
  gint        channels;
  gint        features;
} Fixture;

static void
fixture_init (Fixture *fixture)
{
  *fixture = (Fixture){ 0 };
  fixture->tensors = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                            (GDestroyNotify) g_array_unref);
}

/* Adds count little-endian numbers of size bytes, 4 or 8. */
static void
fixture_add (Fixture     *fixture,
             const gchar *name,
             const gchar *data,
             gsize        size,
             gsize        count)
{
  GArray *values = g_array_sized_new (FALSE, FALSE, sizeof (gdouble), count);
  gsize   i;

  for (i = 0; i < count; i++)
    {
      union
      {
        guint32 bits;
        gfloat  value;
      } single;
      union
      {
        guint64 bits;
        gdouble value;
      } number;

      if (size == sizeof single)
        {
          memcpy (&single, data + i * size, size);
          single.bits = GUINT32_FROM_LE (single.bits);
          number.value = single.value;
        }
      else
        {
          memcpy (&number, data + i * size, size);
          number.bits = GUINT64_FROM_LE (number.bits);
        }
      g_array_append_val (values, number.value);
    }
  g_hash_table_insert (fixture->tensors, g_strdup (name), values);
}

/* A file of make-fixtures.py. */
static void
fixture_load (Fixture *fixture, const gchar *path)
{
  g_autofree gchar *text = NULL;
  gchar           **lines;
  const gchar      *data;
  gsize             length;
  gint              n_tensors;
  gint              i;

  if (! g_file_get_contents (path, &text, &length, NULL))
    fail_msg ("%s is not there", path);
  assert_int_equal (sscanf (text, "%d %d %d %d %d", &n_tensors,
                            &fixture->height, &fixture->width,
                            &fixture->channels, &fixture->features),
                    5);
  lines = g_strsplit (text, "\n", n_tensors + 2);
  assert_int_equal (g_strv_length (lines), n_tensors + 2);
  for (data = text, i = 0; i <= n_tensors; i++)
    data += strlen (lines[i]) + 1;
  for (i = 1; i <= n_tensors; i++)
    {
      gchar name[NAME_LENGTH];
      guint size;
      guint count;

      assert_int_equal (sscanf (lines[i], "%63s %u %u", name, &size, &count),
                        3);
      assert_true (size == 4 || size == 8);
      assert_true ((gsize) size * count <= (gsize) (text + length - data));
      fixture_add (fixture, name, data, size, count);
      data += (gsize) size * count;
    }
  assert_ptr_equal (data, text + length);
  g_strfreev (lines);
}

static void
fixture_add_npy (Fixture *fixture, const gchar *folder, const gchar *file)
{
  g_autofree gchar *path = g_build_filename (folder, file, NULL);
  g_autofree gchar *name
      = g_strndup (file + strlen (NPY_PREFIX),
                   strlen (file) - strlen (NPY_PREFIX) - strlen (".npy"));
  g_autofree gchar *bytes = NULL;
  g_autofree gchar *header = NULL;
  const gchar      *shape;
  gsize             length;
  gsize             start;

  assert_true (g_file_get_contents (path, &bytes, &length, NULL));
  assert_true (length >= NPY_HEADER);
  assert_memory_equal (bytes, "\x93NUMPY\x01", 7);
  start = NPY_HEADER + (guchar) bytes[8] + 256 * (gsize) (guchar) bytes[9];
  assert_true (length >= start && (length - start) % NPY_SIZE == 0);
  header = g_strndup (bytes + NPY_HEADER, start - NPY_HEADER);
  assert_non_null (strstr (header, "'descr': " NPY_TYPE));
  assert_non_null (strstr (header, "'fortran_order': False"));
  fixture_add (fixture, name, bytes + start, NPY_SIZE,
               (length - start) / NPY_SIZE);

  shape = strstr (header, "'shape': (");
  assert_non_null (shape);
  if (g_str_equal (name, "real"))
    assert_int_equal (sscanf (shape, "'shape': (1, %d, %d, %d)",
                              &fixture->channels, &fixture->height,
                              &fixture->width),
                      3);
  if (g_str_equal (name, "D.before.conv0.b"))
    assert_int_equal (sscanf (shape, "'shape': (%d,)", &fixture->features), 1);
}

/* A folder of .npy files, one a tensor, and losses.json: in the double build
 * those whose names begin with NPY_PREFIX. */
static void
fixture_load_folder (Fixture *fixture, const gchar *folder)
{
  g_autofree gchar *losses
      = g_build_filename (folder, NPY_PREFIX "losses.json", NULL);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  g_autoptr (GList) members = NULL;
  JsonObject  *object;
  const gchar *file;
  GList       *l;

  if (! dir || ! json_parser_load_from_file (parser, losses, NULL))
    fail_msg ("SINGAN_GOLDEN: %s holds no golden tensors", folder);
  while ((file = g_dir_read_name (dir)))
    if (g_str_has_suffix (file, ".npy")
        && (NPY_SIZE == 8) == g_str_has_prefix (file, "f64_"))
      fixture_add_npy (fixture, folder, file);

  object = json_node_get_object (json_parser_get_root (parser));
  members = json_object_get_members (object);
  for (l = members; l; l = l->next)
    {
      gdouble loss = json_object_get_double_member (object, l->data);
      GArray *values = g_array_new (FALSE, FALSE, sizeof (gdouble));

      g_array_append_val (values, loss);
      g_hash_table_insert (fixture->tensors,
                           g_strconcat ("loss.", l->data, NULL), values);
    }
}

static const gdouble *
get (const Fixture *fixture, const gchar *name, gsize count)
{
  GArray *values = g_hash_table_lookup (fixture->tensors, name);

  if (! values)
    fail_msg ("the fixture has no %s", name);
  if (values->len != count)
    fail_msg ("%s has %u numbers, not %u", name, values->len, (guint) count);

  return (const gdouble *) values->data;
}

/* An image with a border, channels first in the fixture and last with us. */
static SinganReal *
get_image (const Fixture *fixture, const gchar *name, gint border)
{
  const gsize pixels
      = (gsize) (fixture->height + 2 * border) * (fixture->width + 2 * border);
  const gint     channels = fixture->channels;
  const gdouble *values = get (fixture, name, pixels * channels);
  SinganReal    *image = singan_reals_new (pixels * channels, NULL);
  gsize          p;
  gint           c;

  for (p = 0; p < pixels; p++)
    for (c = 0; c < channels; c++)
      image[p * channels + c] = (SinganReal) values[c * pixels + p];

  return image;
}
