/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "tests/fuzz/fuzz.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <json-glib/json-glib.h>

#include "core/base/parallel.h"
#include "core/base/text.h"
#include "core/storage/metadata.h"
#include "core/storage/safetensors.h"

#define LENGTH_BYTES 8
#define METADATA "__metadata__"

/* Of what is used: larger is sound too, but slow. */
#define USED_SHARE 16
#define SIZE_USED 64
#define FEATURES_USED 8
#define STEPS_USED 4
#define DIRECTIONS_USED 64

/* Values that loaders stumble over. */
static const gchar *const values[] = {
  "",           "0",           "-0",
  "1",          "2",           "-1",
  "3",          "4",           "8",
  "0.5",        "1e-7",        "0.999",
  "12",         "12x12",       "16",
  "24",         "31",          "32",
  "33",         "48",          "64",
  "100",        "128",         "256",
  "1000",       "1024",        "1025",
  "4096",       "8192",        "100000",
  "1e6",        "1e9",         "1e36",
  "1e308",      "1e999",       "nan",
  "inf",        "-inf",        "1.5",
  "4294967295", "4294967296",  "2147483648",
  "paper",      "balanced",    "preview",
  "animation",  "generation",  "noise",
  "image",      "model",       "checkpoint",
  "\x1b[31m",   "24x30,30x38", "super-resolution",
};

static const float numbers[]
    = { 0,     -0.0F, 1,     -1,    0.5F,   2,        1e-30F,    1e-40F, 1e6F,
        1e20F, 1e30F, 1e36F, 3e38F, -1e36F, INFINITY, -INFINITY, NAN };

int
LLVMFuzzerInitialize (int *argc G_GNUC_UNUSED, char ***argv G_GNUC_UNUSED)
{
  /* A precondition that a file can break is a fault like any other. */
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING);
  singan_parallel_set_threads (1);

  return 0;
}

static gchar *
path_of (const gchar *name)
{
  const gchar *folder = g_file_test ("/dev/shm", G_FILE_TEST_IS_DIR)
                            ? "/dev/shm"
                            : g_get_tmp_dir ();

  return g_strdup_printf ("%s/singan-fuzz-%d-%s", folder, (gint) getpid (),
                          name);
}

/* As quick as can be, for this happens at each run. */
const gchar *
fuzz_write (const uint8_t *data, size_t size)
{
  static gchar *path;
  FILE         *file;

  if (! path)
    path = path_of ("input");
  file = fopen (path, "wb");
  if (! file || fwrite (data, 1, size, file) != size || fclose (file) != 0)
    abort ();

  return path;
}

void
fuzz_check_error (gboolean has_result, const GError *error)
{
  const gchar *at;

  if (has_result != (error == NULL))
    abort ();
  if (! error)
    return;
  if (strlen (error->message) > SINGAN_TEXT_MESSAGE
      || ! g_utf8_validate (error->message, -1, NULL))
    abort ();
  for (at = error->message; *at; at++)
    if (g_ascii_iscntrl (*at))
      abort ();
}

void
fuzz_check_picture (SinganTensor *picture, const GError *error)
{
  gsize i;

  fuzz_check_error (picture != NULL, error);
  for (i = 0; picture && i < singan_tensor_size (picture); i++)
    if (! (picture->data[i] >= -1 && picture->data[i] <= 1))
      abort ();
  singan_tensor_free (picture);
}

gboolean
fuzz_is_small (const SinganSettings *settings)
{
  return settings->max_size <= SIZE_USED && settings->features <= FEATURES_USED
         && settings->features_maximum <= FEATURES_USED
         && settings->discriminator_steps <= STEPS_USED
         && settings->generator_steps <= STEPS_USED
         && settings->patch_directions <= DIRECTIONS_USED;
}

/* FNV-1a, of which the high bits are taken. */
static guint
hash (const uint8_t *data, size_t size)
{
  guint32 sum = 2166136261u;
  size_t  i;

  for (i = 0; i < size; i++)
    sum = (sum ^ data[i]) * 16777619u;

  return sum >> 8;
}

gboolean
fuzz_is_used (const uint8_t *data, size_t size)
{
  return hash (data, size) % USED_SHARE == 0;
}

guint
fuzz_choose (const uint8_t *data, size_t size, guint uses)
{
  return hash (data, size) / USED_SHARE % uses;
}

static void
make_small (SinganSettings *settings)
{
  settings->max_size = CLAMP (settings->max_size, 32, SIZE_USED);
  settings->features = MIN (settings->features, FEATURES_USED);
  settings->features_maximum = MIN (settings->features_maximum, FEATURES_USED);
  settings->discriminator_steps
      = MIN (settings->discriminator_steps, STEPS_USED);
  settings->generator_steps = MIN (settings->generator_steps, STEPS_USED);
  settings->patch_directions
      = MIN (settings->patch_directions, DIRECTIONS_USED);
}

SinganTensor *
fuzz_draw (gint height, gint width, gint channels)
{
  SinganTensor *picture = singan_tensor_new (height, width, channels, NULL);
  gsize         i;

  for (i = 0; i < singan_tensor_size (picture); i++)
    picture->data[i] = (SinganReal) (i % 7 == 0 ? 0.8 : 0.9 * sin (i / 9.0));

  return picture;
}

typedef struct
{
  guint64 state;
} Dice;

static guint
roll (Dice *dice, guint sides)
{
  dice->state = dice->state * 6364136223846793005u + 1442695040888963407u;

  return (guint) (dice->state >> 33) % sides;
}

static gchar *
change_value (Dice *dice, JsonObject *metadata, const gchar *value)
{
  g_autoptr (GList) keys = NULL;
  gchar   text[G_ASCII_DTOSTR_BUF_SIZE];
  gdouble number;

  switch (roll (dice, 5))
    {
    case 0:
      return g_strdup (values[roll (dice, G_N_ELEMENTS (values))]);
    case 1:
      keys = json_object_get_members (metadata);
      value = g_list_nth_data (keys, roll (dice, g_list_length (keys)));
      return g_strdup (json_object_get_string_member (metadata, value));
    case 2:
      number = g_ascii_strtod (value, NULL);
      number += (gint) roll (dice, 9) - 4;
      return g_strdup (g_ascii_dtostr (text, sizeof text, number));
    case 3:
      number = g_ascii_strtod (value, NULL) * (0.5 + roll (dice, 4));
      return g_strdup (g_ascii_dtostr (text, sizeof text, number));
    default:
      {
        gchar *changed = g_malloc0 (strlen (value) + 9);

        strcpy (changed, value);
        LLVMFuzzerMutate ((uint8_t *) changed, strlen (value),
                          strlen (value) + 8);
        value = g_utf8_make_valid (changed, -1);
        g_free (changed);
        return (gchar *) value;
      }
    }
}

static void
change_metadata (Dice *dice, JsonObject *metadata)
{
  g_autoptr (GList) keys = json_object_get_members (metadata);
  const gchar *key;
  const gchar *value;

  if (! keys)
    return;
  key = g_list_nth_data (keys, roll (dice, g_list_length (keys)));
  value = json_object_get_string_member_with_default (metadata, key, "");
  if (roll (dice, 16) == 0)
    {
      json_object_remove_member (metadata, key);
    }
  else
    {
      g_autofree gchar *changed = change_value (dice, metadata, value);

      json_object_set_string_member (metadata, key, changed);
    }
}

static void
change_tensor (Dice *dice, JsonObject *root)
{
  g_autoptr (GList) names = json_object_get_members (root);
  const gchar *name
      = g_list_nth_data (names, roll (dice, g_list_length (names)));
  JsonNode  *node = json_object_get_member (root, name);
  JsonArray *array;

  if (strcmp (name, METADATA) == 0 || ! JSON_NODE_HOLDS_OBJECT (node))
    return;
  switch (roll (dice, 4))
    {
    case 0:
      json_object_remove_member (root, name);
      return;
    case 1:
      json_object_set_object_member (root, "scale.9.generator.head.conv.bias",
                                     json_node_dup_object (node));
      return;
    default:
      if (! json_object_has_member (json_node_get_object (node), "shape"))
        return;
      array = json_array_new ();
      json_array_add_int_element (array, roll (dice, 64));
      json_array_add_int_element (array, roll (dice, 64));
      json_object_set_array_member (json_node_get_object (node),
                                    roll (dice, 2) ? "shape" : "data_offsets",
                                    array);
    }
}

/* The same data behind a header that says something else. */
static size_t
change_header (Dice *dice, uint8_t *data, size_t size, size_t maximum)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autofree gchar *text = NULL;
  JsonNode         *root;
  JsonNode         *node;
  guint64           length;
  size_t            rest;
  guint             times;

  if (size < LENGTH_BYTES)
    return size;
  memcpy (&length, data, sizeof length);
  length = GUINT64_FROM_LE (length);
  if (length > size - LENGTH_BYTES
      || ! json_parser_load_from_data (parser, (gchar *) data + LENGTH_BYTES,
                                       (gssize) length, NULL)
      || ! (root = json_parser_get_root (parser))
      || ! JSON_NODE_HOLDS_OBJECT (root)
      || json_object_get_size (json_node_get_object (root)) == 0)
    return size;
  node = json_object_get_member (json_node_get_object (root), METADATA);
  for (times = roll (dice, 3) + 1; times > 0; times--)
    if (node && JSON_NODE_HOLDS_OBJECT (node) && roll (dice, 8) > 0)
      change_metadata (dice, json_node_get_object (node));
    else
      {
        change_tensor (dice, json_node_get_object (root));
        break;
      }

  rest = size - LENGTH_BYTES - length;
  text = json_to_string (root, FALSE);
  length = (strlen (text) + LENGTH_BYTES - 1) / LENGTH_BYTES * LENGTH_BYTES;
  if (LENGTH_BYTES + length + rest > maximum)
    return size;
  memmove (data + LENGTH_BYTES + length, data + size - rest, rest);
  memset (data + LENGTH_BYTES, ' ', length);
  memcpy (data + LENGTH_BYTES, text, strlen (text));
  size = LENGTH_BYTES + length + rest;
  length = GUINT64_TO_LE (length);
  memcpy (data, &length, sizeof length);

  return size;
}

static void
change_number (Dice *dice, uint8_t *data, size_t size)
{
  guint64 length;
  size_t  rest;
  guint   times;

  if (size < LENGTH_BYTES)
    return;
  memcpy (&length, data, sizeof length);
  length = GUINT64_FROM_LE (length);
  if (length > size - LENGTH_BYTES)
    return;
  rest = (size - LENGTH_BYTES - length) / sizeof (float);
  for (times = 1u << roll (dice, 8); rest > 0 && times > 0; times--)
    memcpy (data + LENGTH_BYTES + length
                + roll (dice, (guint) rest) * sizeof (float),
            &numbers[roll (dice, G_N_ELEMENTS (numbers))], sizeof (float));
}

/* Metadata that a loader accepts, with all that follows from them: another
 * picture, another purpose. */
static size_t
make_sound (Dice *dice, uint8_t *data, size_t size, size_t maximum)
{
  g_autoptr (SinganTensorReader) reader
      = singan_tensor_reader_open (fuzz_write (data, size), NULL);
  g_autofree gchar *path = NULL;
  g_autofree gchar *bytes = NULL;
  SinganSettings    settings;
  gsize             length;

  if (! reader || ! singan_metadata_read_settings (reader, &settings, NULL))
    return size;
  make_small (&settings);
  path = path_of ("sound");
  unlink (path);
  fuzz_make_sound (&settings, (gint) roll (dice, 40) + 32,
                   (gint) roll (dice, 90) + 32, roll (dice, 2) ? 1 : 3, path);
  if (! g_file_get_contents (path, &bytes, &length, NULL) || length > maximum)
    return size;
  memcpy (data, bytes, length);

  return length;
}

size_t
LLVMFuzzerCustomMutator (uint8_t *data,
                         size_t   size,
                         size_t   maximum,
                         unsigned seed)
{
  Dice dice = { seed };

  switch (roll (&dice, 16))
    {
    case 0:
    case 1:
      return LLVMFuzzerMutate (data, size, maximum);
    case 2:
    case 3:
    case 4:
      change_number (&dice, data, size);
      return size;
    case 5:
      return make_sound (&dice, data, size, maximum);
    default:
      return change_header (&dice, data, size, maximum);
    }
}
