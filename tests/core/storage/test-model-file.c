/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Model and checkpoint files: what is written comes back bit for bit, and
 * whatever is done to a file gives an error or a model that is whole.
 */

#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>
#include <glib/gstdio.h>

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/storage/checkpoint.h"
#include "core/storage/model-file.h"
#include "tests/folder.h"

#define LENGTH_BYTES 8

static SinganNetwork *
drawn_network (gint     features,
               gint     out_channels,
               gboolean has_tanh,
               guint32  seed)
{
  const SinganRandomKey key = { seed, SINGAN_RANDOM_GENERATOR, 0, 0 };
  SinganNetwork        *network
      = singan_network_new (3, features, out_channels, has_tanh, NULL);

  singan_network_init (network, &key);
  singan_random_normal (&key, network->moment1, network->n_parameters);

  return network;
}

static SinganModel *
make_model (gint trained)
{
  SinganModelInfo info = { .channels = 3,
                           .source_hash = (gchar *) "0123abcd",
                           .source_name = (gchar *) "Layer “1”\n" };
  SinganTensor   *z_rec;
  SinganModel    *model;
  gint            n;

  assert_true (singan_settings_init (&info.settings, SINGAN_PRESET_PREVIEW, 60,
                                     7, 4000000000u, NULL));
  info.settings.features = info.settings.features_maximum = 3;
  assert_true (
      singan_geometry_init (&info.geometry, 40, 60, &info.settings, NULL));
  z_rec = singan_tensor_new (info.geometry.heights[0], info.geometry.widths[0],
                             1, NULL);
  z_rec->data[3] = (SinganReal) 0.1;
  model = singan_model_new (&info, z_rec);
  for (n = 0; n < trained; n++)
    assert_true (singan_model_append (model, drawn_network (3, 3, TRUE, n),
                                      n == 0 ? 1 : 0.1 / (n + 2), NULL));

  return model;
}

static void
assert_same_model (const SinganModel *a, const SinganModel *b)
{
  const SinganModelInfo *ia = singan_model_get_info (a);
  const SinganModelInfo *ib = singan_model_get_info (b);
  gint                   n;

  assert_memory_equal (&ia->settings, &ib->settings, sizeof ia->settings);
  assert_memory_equal (ia->geometry.heights, ib->geometry.heights,
                       ia->geometry.n_scales * sizeof (gint));
  assert_int_equal (ia->geometry.n_scales, ib->geometry.n_scales);
  assert_true (ia->geometry.factor == ib->geometry.factor);
  assert_string_equal (ia->source_name, ib->source_name);
  assert_string_equal (ia->source_hash, ib->source_hash);
  assert_memory_equal (
      singan_model_get_z_rec (a)->data, singan_model_get_z_rec (b)->data,
      singan_tensor_size (singan_model_get_z_rec (a)) * sizeof (SinganReal));
  assert_int_equal (singan_model_n_trained (a), singan_model_n_trained (b));
  for (n = 0; n < singan_model_n_trained (a); n++)
    {
      const SinganNetwork *ga = singan_model_get_generator (a, n);
      const SinganNetwork *gb = singan_model_get_generator (b, n);

      assert_true (singan_model_get_noise_amplitude (a, n)
                   == singan_model_get_noise_amplitude (b, n));
      assert_memory_equal (ga->value, gb->value,
                           ga->n_parameters * sizeof (SinganReal));
      assert_memory_equal (ga->running, gb->running,
                           ga->n_running * sizeof (SinganReal));
    }
}

static void
test_model_save_and_load_same_bits (void **state G_GNUC_UNUSED)
{
  g_autoptr (SinganModel) model = make_model (2);
  g_autoptr (SinganModel) loaded = NULL;
  g_autofree gchar *path = path_of ("a.safetensors");
  g_autofree gchar *again = path_of ("b.safetensors");
  g_autofree gchar *one = NULL;
  g_autofree gchar *other = NULL;
  gsize             length;
  gsize             other_length;

  assert_true (singan_model_save (model, path, NULL));
  loaded = singan_model_load (path, NULL);
  assert_non_null (loaded);
  assert_same_model (model, loaded);
  assert_true (singan_model_save (loaded, again, NULL));
  assert_true (g_file_get_contents (path, &one, &length, NULL));
  assert_true (g_file_get_contents (again, &other, &other_length, NULL));
  assert_int_equal (length, other_length);
  assert_memory_equal (one, other, length);
}

static void
test_model_from_before_a_setting_is_as_it_was_trained (
    void **state G_GNUC_UNUSED)
{
  static const gchar *const later[] = { "\"finest_share\"",
                                        "\"window\"",
                                        "\"patch_scales\"",
                                        "\"patch_weight\"",
                                        "\"patch_stride\"",
                                        "\"patch_directions\"",
                                        "\"own_statistics_scales\"",
                                        "\"below_rate\"",
                                        "\"is_widened\"",
                                        "\"detail_size\"",
                                        "\"detail_weight\"",
                                        "\"detail_rate\"",
                                        "\"detail_iterations\"",
                                        "\"detail_period\"",
                                        "\"detail_noise\"",
                                        "\"is_mirrored\"" };
  g_autoptr (SinganModel) model = make_model (1);
  g_autoptr (SinganModel) loaded = NULL;
  g_autofree gchar     *path = path_of ("before.safetensors");
  g_autofree gchar     *bytes = NULL;
  const SinganSettings *settings;
  gsize                 length;
  gsize                 i;

  assert_true (singan_model_save (model, path, NULL));
  assert_true (g_file_get_contents (path, &bytes, &length, NULL));
  /* A key that nobody asks for is as good as none. */
  for (i = 0; i < G_N_ELEMENTS (later); i++)
    {
      gchar *key = g_strstr_len (bytes + LENGTH_BYTES, -1, later[i]);

      assert_non_null (key);
      key[1] = '_';
    }
  assert_true (g_file_set_contents (path, bytes, (gssize) length, NULL));

  loaded = singan_model_load (path, NULL);
  assert_non_null (loaded);
  settings = &singan_model_get_info (loaded)->settings;
  assert_true (settings->finest_share == 1);
  assert_int_equal (settings->window, SINGAN_MAX_SIZE_MAXIMUM);
  assert_int_equal (settings->patch_scales, 0);
  assert_int_equal (settings->own_statistics_scales, 0);
  assert_true (settings->below_rate == 0);
  assert_int_equal (settings->is_widened, 0);
  assert_int_equal (settings->is_mirrored, 0);
  assert_int_equal (settings->detail_size, SINGAN_MAX_SIZE_MAXIMUM);
  assert_true (settings->detail_weight == 0);
  assert_true (settings->detail_rate == 1);
  assert_true (settings->detail_iterations == 1);
  assert_int_equal (settings->detail_period, 1);
  assert_true (settings->detail_noise == 1);
}

static void
test_model_of_a_layer_with_any_name_is_loaded (void **state G_GNUC_UNUSED)
{
  g_autoptr (SinganModel) model = make_model (1);
  g_autoptr (SinganModel) named = NULL;
  g_autoptr (SinganModel) loaded = NULL;
  g_autofree gchar *path = path_of ("name.safetensors");
  g_autofree gchar *name = g_strnfill (100000, '\xC3');
  SinganModelInfo   info = *singan_model_get_info (model);

  info.source_name = name;
  named = singan_model_new (
      &info, singan_tensor_copy (singan_model_get_z_rec (model), NULL));
  assert_true (
      singan_model_append (named, drawn_network (3, 3, TRUE, 0), 1, NULL));
  assert_true (singan_model_save (named, path, NULL));
  loaded = singan_model_load (path, NULL);
  assert_non_null (loaded);
  assert_true (
      g_utf8_validate (singan_model_get_info (loaded)->source_name, -1, NULL));
}

/* What a loader must never do is to accept numbers that contradict each other:
 * everything that is reachable is touched. */
static void
use_model (const SinganModel *model)
{
  const SinganModelInfo *info = singan_model_get_info (model);
  gdouble                sum = 0;
  gint                   n;

  assert_in_range (info->geometry.n_scales, 1, SINGAN_SCALES_MAXIMUM);
  assert_in_range (singan_model_n_trained (model), 1, info->geometry.n_scales);
  assert_int_equal (singan_model_get_z_rec (model)->height,
                    info->geometry.heights[0]);
  assert_true (g_utf8_validate (info->source_name, -1, NULL));
  for (n = 0; n < singan_model_n_trained (model); n++)
    {
      const SinganNetwork *network = singan_model_get_generator (model, n);

      assert_int_equal (network->features, info->geometry.features[n]);
      for (gsize i = 0; i < network->n_parameters; i++)
        sum += network->folded[i];
    }
  assert_true (sum == sum);
}

static void
try_bytes (const gchar *bytes, gsize length)
{
  g_autofree gchar *path = path_of ("damaged.safetensors");
  g_autoptr (GError) error = NULL;
  g_autoptr (SinganModel) model = NULL;
  FILE *file = fopen (path, "wb");

  fwrite (bytes, 1, length, file);
  fclose (file);
  model = singan_model_load (path, &error);
  assert_true ((model == NULL) == (error != NULL));
  if (model)
    use_model (model);
  else
    assert_true (g_error_matches (error, SINGAN_ERROR, SINGAN_ERROR_MODEL));
}

static void
assert_rejected (const gchar *bytes, gsize length)
{
  g_autofree gchar *path = path_of ("bad.safetensors");
  g_autoptr (GError) error = NULL;

  assert_true (g_file_set_contents (path, bytes, length, NULL));
  assert_null (singan_model_load (path, &error));
  assert_true (g_error_matches (error, SINGAN_ERROR, SINGAN_ERROR_MODEL));
  assert_non_null (strstr (error->message, "bad.safetensors"));
}

static gchar *
model_bytes (gsize *length)
{
  g_autoptr (SinganModel) model = make_model (1);
  g_autofree gchar *path = path_of ("whole.safetensors");
  gchar            *bytes;

  assert_true (singan_model_save (model, path, NULL));
  assert_true (g_file_get_contents (path, &bytes, length, NULL));

  return bytes;
}

static void
test_model_load_each_header_byte_flipped_is_safe (void **state G_GNUC_UNUSED)
{
  static const guchar flips[] = { 0x01, 0x02, 0x80, 0xff };
  gsize               length;
  g_autofree gchar   *bytes = model_bytes (&length);
  guint64             header;
  gsize               i, f;

  memcpy (&header, bytes, sizeof header);
  header = GUINT64_FROM_LE (header);
  for (i = 0; i < LENGTH_BYTES + header; i++)
    for (f = 0; f < G_N_ELEMENTS (flips); f++)
      {
        bytes[i] ^= flips[f];
        try_bytes (bytes, length);
        bytes[i] ^= flips[f];
      }
}

static void
test_model_load_truncated_or_longer_is_an_error (void **state G_GNUC_UNUSED)
{
  gsize             length;
  g_autofree gchar *bytes = model_bytes (&length);
  gsize             cut;

  for (cut = 0; cut < length; cut += MAX (1, length / 97))
    assert_rejected (bytes, cut);
  assert_rejected (bytes, length - 1);
  bytes = g_realloc (bytes, length + 4);
  memset (bytes + length, 0, 4);
  assert_rejected (bytes, length + 4);
}

static void
test_model_load_foreign_files_are_errors (void **state G_GNUC_UNUSED)
{
  enum
  {
    BOMB = 200000
  };
  static const gchar *const headers[] = {
    "{}",
    "[]",
    "null",
    "{\"a\":1}",
    "{\"__metadata__\":[]}",
    "{\"__metadata__\":{\"format\":1}}",
    "{\"a\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,8]}}",
    "{\"a\":{\"dtype\":\"F32\",\"shape\":[1e300],\"data_offsets\":[0,8]}}",
    ("{\"a\":{\"dtype\":\"F32\",\"shape\":[268435456,268435456,268435456],"
     "\"data_offsets\":[0,0]}}"),
    "{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,-4]}}",
    "{\"a\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]}}",
    "{\"__metadata__\":{\"format\":\"pt\"}}"
  };
  static const gchar *const fuses[]
      = { "", "'\"'", "['\"',", "/*\"*/", "[\"\\ud800\"\",", "[\"\\u1\"\"," };
  g_autofree gchar *bomb = g_malloc (LENGTH_BYTES + BOMB);
  guint64           length = GUINT64_TO_LE ((guint64) BOMB);
  gsize             i;

  assert_rejected ("", 0);
  assert_rejected ("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16);
  assert_rejected ("just some text, long enough for a length", 40);
  for (i = 0; i < G_N_ELEMENTS (headers); i++)
    {
      g_autoptr (GByteArray) file = g_byte_array_new ();
      guint64 size = GUINT64_TO_LE ((guint64) strlen (headers[i]));

      g_byte_array_append (file, (const guint8 *) &size, sizeof size);
      g_byte_array_append (file, (const guint8 *) headers[i],
                           strlen (headers[i]));
      assert_rejected ((const gchar *) file->data, file->len);
    }

  /* Also behind what the parser reads otherwise than JSON has it. */
  memcpy (bomb, &length, LENGTH_BYTES);
  for (i = 0; i < G_N_ELEMENTS (fuses); i++)
    {
      memset (bomb + LENGTH_BYTES, '[', BOMB);
      memcpy (bomb + LENGTH_BYTES, fuses[i], strlen (fuses[i]));
      assert_rejected (bomb, LENGTH_BYTES + BOMB);
    }
}

static void
test_model_load_not_a_file_is_an_error (void **state G_GNUC_UNUSED)
{
  g_autofree gchar *pipe = path_of ("pipe.safetensors");
  g_autofree gchar *missing = path_of ("missing.safetensors");
  g_autofree gchar *huge = path_of ("huge.safetensors");
  FILE             *file;

  assert_null (singan_model_load (missing, NULL));
  assert_null (singan_model_load (folder, NULL));
  assert_int_equal (mkfifo (pipe, 0600), 0);
  assert_null (singan_model_load (pipe, NULL));

  /* Two gigabytes, of which the disk holds nothing. */
  file = fopen (huge, "wb");
  assert_int_equal (fseek (file, G_MAXINT32, SEEK_SET), 0);
  fputc (0, file);
  fclose (file);
  assert_null (singan_model_load (huge, NULL));
  g_unlink (huge);
}

static void
test_model_save_failing_leaves_nothing (void **state G_GNUC_UNUSED)
{
  g_autoptr (SinganModel) model = make_model (1);
  g_autofree gchar *path = path_of ("whole.safetensors/inside.safetensors");
  g_autofree gchar *full = g_strdup ("/dev/full/x.safetensors");
  g_autoptr (GError) error = NULL;

  assert_false (singan_model_save (model, path, &error));
  assert_non_null (strstr (error->message, path));
  assert_false (singan_model_save (model, full, NULL));
}

static void
test_checkpoint_save_and_load_same_bits (void **state G_GNUC_UNUSED)
{
  g_autofree gchar *path = path_of ("c.checkpoint");
  SinganCheckpoint  loaded;
  SinganCheckpoint  saved = { make_model (1), drawn_network (3, 3, TRUE, 8),
                              drawn_network (3, 1, FALSE, 9), NULL, 5 };
  g_autoptr (GError) error = NULL;

  saved.generator->steps = 11;
  saved.discriminator->steps = 22;
  assert_true (singan_checkpoint_save (&saved, path, NULL));
  assert_true (singan_checkpoint_load (&loaded, path, NULL));
  assert_int_equal (loaded.iteration, 5);
  assert_int_equal (loaded.generator->steps, 11);
  assert_int_equal (loaded.discriminator->steps, 22);
  assert_same_model (saved.model, loaded.model);
  assert_memory_equal (loaded.generator->value, saved.generator->value,
                       saved.generator->n_parameters * sizeof (SinganReal));
  assert_memory_equal (loaded.discriminator->moment1,
                       saved.discriminator->moment1,
                       saved.discriminator->n_parameters * sizeof (SinganReal));
  singan_checkpoint_clear (&saved);
  singan_checkpoint_clear (&loaded);

  /* One is not the other. */
  assert_null (singan_model_load (path, &error));
  assert_non_null (strstr (error->message, "checkpoint"));
  g_free (path);
  path = path_of ("whole.safetensors");
  assert_false (singan_checkpoint_load (&loaded, path, NULL));
  assert_null (loaded.model);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_model_save_and_load_same_bits),
    cmocka_unit_test (test_model_from_before_a_setting_is_as_it_was_trained),
    cmocka_unit_test (test_model_of_a_layer_with_any_name_is_loaded),
    cmocka_unit_test (test_model_load_each_header_byte_flipped_is_safe),
    cmocka_unit_test (test_model_load_truncated_or_longer_is_an_error),
    cmocka_unit_test (test_model_load_foreign_files_are_errors),
    cmocka_unit_test (test_model_load_not_a_file_is_an_error),
    cmocka_unit_test (test_model_save_failing_leaves_nothing),
    cmocka_unit_test (test_checkpoint_save_and_load_same_bits),
  };

  return cmocka_run_group_tests (tests, make_folder, remove_folder);
}
