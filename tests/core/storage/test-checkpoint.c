/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Checkpoints: what is written comes back bit for bit, and whatever is done to
 * a file gives an error or a training that can go on.
 */

#include "config.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib/gstdio.h>

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/storage/checkpoint.h"
#include "core/storage/model-file.h"
#include "tests/folder.h"

#define LENGTH_BYTES 8
#define FEATURES 3
#define ITERATIONS 7

/* What a source's hash may be long. */
#define HASH_BYTES 128

static SinganNetwork *
drawn_network (gint out_channels, gboolean has_tanh, guint32 seed)
{
  SinganRandomKey key = { seed, SINGAN_RANDOM_GENERATOR, 0, 0 };
  SinganNetwork  *network
      = singan_network_new (3, FEATURES, out_channels, has_tanh, NULL);

  singan_network_init (network, &key);
  key.index = 10;
  singan_random_normal (&key, network->moment1, network->n_parameters);
  key.index = 11;
  singan_random_uniform (&key, network->moment2, network->n_parameters);
  key.index = 12;
  singan_random_uniform (&key, network->running, network->n_running);

  return network;
}

static void
fill_info (SinganModelInfo *info, const gchar *hash, const gchar *name)
{
  *info = (SinganModelInfo){ .channels = 3,
                             .source_hash = (gchar *) hash,
                             .source_name = (gchar *) name };
  assert_true (singan_settings_init (&info->settings, SINGAN_PRESET_PREVIEW, 60,
                                     ITERATIONS, 1, NULL));
  info->settings.features = info->settings.features_maximum = FEATURES;
  info->settings.below_rate = 0.1;
  assert_true (
      singan_geometry_init (&info->geometry, 40, 60, &info->settings, NULL));
}

static SinganCheckpoint
make_checkpoint (const SinganModelInfo *info, gint trained)
{
  SinganTensor    *z_rec = singan_tensor_new (info->geometry.heights[0],
                                              info->geometry.widths[0], 1, NULL);
  SinganModel     *model = singan_model_new (info, z_rec);
  SinganCheckpoint checkpoint = { model, drawn_network (3, TRUE, 100),
                                  drawn_network (1, FALSE, 101), NULL, 5 };
  gint             n;

  for (n = 0; n < trained; n++)
    assert_true (
        singan_model_append (model, drawn_network (3, TRUE, n), 0.1, NULL));
  if (singan_geometry_trains_below (&info->geometry, &info->settings, trained))
    {
      checkpoint.below = drawn_network (3, TRUE, 102);
      checkpoint.below->steps = 33;
    }
  checkpoint.generator->steps = 11;
  checkpoint.discriminator->steps = 22;

  return checkpoint;
}

static SinganCheckpoint
make_small_checkpoint (gint trained)
{
  SinganModelInfo info;

  fill_info (&info, "0123abcd", "Layer “1”\n");

  return make_checkpoint (&info, trained);
}

static void
assert_same_network (const SinganNetwork *a, const SinganNetwork *b)
{
  const gsize bytes = a->n_parameters * sizeof (SinganReal);

  assert_int_equal (a->n_parameters, b->n_parameters);
  assert_int_equal (a->steps, b->steps);
  assert_int_equal (a->has_tanh, b->has_tanh);
  assert_memory_equal (a->value, b->value, bytes);
  assert_memory_equal (a->moment1, b->moment1, bytes);
  assert_memory_equal (a->moment2, b->moment2, bytes);
  assert_memory_equal (a->running, b->running,
                       a->n_running * sizeof (SinganReal));
}

static gchar *
checkpoint_bytes (const gchar *path, gint trained, gsize *length)
{
  SinganCheckpoint checkpoint = make_small_checkpoint (trained);
  gchar           *bytes;

  assert_true (singan_checkpoint_save (&checkpoint, path, NULL));
  assert_true (g_file_get_contents (path, &bytes, length, NULL));
  singan_checkpoint_clear (&checkpoint);

  return bytes;
}

static void
assert_load_fails (const gchar *path)
{
  g_autoptr (GError) error = NULL;
  SinganCheckpoint checkpoint;

  memset (&checkpoint, 0xff, sizeof checkpoint);
  assert_false (singan_checkpoint_load (&checkpoint, path, &error));
  assert_true (g_error_matches (error, SINGAN_ERROR, SINGAN_ERROR_MODEL));
  assert_non_null (strstr (error->message, path));
  assert_null (checkpoint.model);
  assert_null (checkpoint.generator);
  assert_null (checkpoint.discriminator);
  assert_null (checkpoint.below);
  assert_int_equal (checkpoint.iteration, 0);
}

static void
test_checkpoint_save_and_load_same_bits (void **state G_GNUC_UNUSED)
{
  g_autofree gchar *path = path_of ("a.checkpoint");
  g_autofree gchar *again = path_of ("b.checkpoint");
  gint              trained;

  for (trained = 0; trained < 3; trained++)
    {
      SinganCheckpoint  saved = make_small_checkpoint (trained);
      SinganCheckpoint  loaded;
      g_autofree gchar *one = NULL;
      g_autofree gchar *other = NULL;
      gsize             length;
      gsize             other_length;

      assert_true (singan_checkpoint_save (&saved, path, NULL));
      assert_true (singan_checkpoint_load (&loaded, path, NULL));
      assert_int_equal (loaded.iteration, 5);
      assert_int_equal (singan_model_n_trained (loaded.model), trained);
      assert_same_network (saved.generator, loaded.generator);
      assert_same_network (saved.discriminator, loaded.discriminator);
      assert_true ((loaded.below != NULL) == (trained > 1));
      if (saved.below)
        assert_same_network (saved.below, loaded.below);

      assert_true (singan_checkpoint_save (&loaded, again, NULL));
      assert_true (g_file_get_contents (path, &one, &length, NULL));
      assert_true (g_file_get_contents (again, &other, &other_length, NULL));
      assert_int_equal (length, other_length);
      assert_memory_equal (one, other, length);
      singan_checkpoint_clear (&saved);
      singan_checkpoint_clear (&loaded);
    }
}

/* The bounds of what is read have to leave room for all that is written. */
static void
test_checkpoint_load_largest_is_read (void **state G_GNUC_UNUSED)
{
  g_autofree gchar *path = path_of ("largest.checkpoint");
  g_autofree gchar *hash = g_strnfill (HASH_BYTES, 'a');
  g_autofree gchar *name = g_strnfill (SINGAN_SOURCE_NAME_BYTES, '[');
  SinganModelInfo   info;
  SinganCheckpoint  saved;
  SinganCheckpoint  loaded;

  fill_info (&info, hash, name);
  info.settings.scale_factor = 0.9;
  info.settings.max_size = SINGAN_MAX_SIZE_MAXIMUM;
  assert_true (
      singan_geometry_init (&info.geometry, 1000, 1500, &info.settings, NULL));
  assert_int_equal (info.geometry.n_scales, SINGAN_SCALES_MAXIMUM);

  saved = make_checkpoint (&info, SINGAN_SCALES_MAXIMUM - 1);
  assert_true (singan_checkpoint_save (&saved, path, NULL));
  assert_true (singan_checkpoint_load (&loaded, path, NULL));
  assert_string_equal (singan_model_get_info (loaded.model)->source_name, name);
  singan_checkpoint_clear (&saved);
  singan_checkpoint_clear (&loaded);
}

/* Every number that is reachable is touched, and the training goes on. */
static void
use_checkpoint (const SinganCheckpoint *checkpoint)
{
  const SinganModelInfo *info = singan_model_get_info (checkpoint->model);
  const gint             scale = singan_model_n_trained (checkpoint->model);
  gsize                  i;

  assert_in_range (scale, 0, info->geometry.n_scales - 1);
  assert_in_range (
      checkpoint->iteration, 0,
      singan_geometry_get_iterations (&info->geometry, &info->settings, scale)
          - 1);
  assert_int_equal (checkpoint->generator->features,
                    info->geometry.features[scale]);
  assert_int_equal (checkpoint->generator->out_channels, info->channels);
  assert_int_equal (checkpoint->discriminator->out_channels, 1);
  singan_network_adam_step (checkpoint->generator, 1e-3);
  singan_network_adam_step (checkpoint->discriminator, 1e-3);
  if (checkpoint->below)
    {
      assert_int_equal (checkpoint->below->features,
                        info->geometry.features[scale - 1]);
      singan_network_adam_step (checkpoint->below, 1e-3);
    }
  for (i = 0; i < checkpoint->generator->n_parameters; i++)
    assert_true (isfinite (checkpoint->generator->value[i]));
}

static void
test_checkpoint_load_each_header_byte_flipped_is_safe (
    void **state G_GNUC_UNUSED)
{
  static const guchar flips[] = { 0x01, 0x80, 0xff };
  g_autofree gchar   *path = path_of ("damaged.checkpoint");
  gsize               length;
  g_autofree gchar   *bytes = checkpoint_bytes (path, 2, &length);
  guint64             header;
  gsize               i, f;

  memcpy (&header, bytes, sizeof header);
  header = GUINT64_FROM_LE (header);
  for (i = 0; i < LENGTH_BYTES + header; i++)
    for (f = 0; f < G_N_ELEMENTS (flips); f++)
      {
        g_autoptr (GError) error = NULL;
        SinganCheckpoint checkpoint;
        FILE            *file = fopen (path, "wb");

        bytes[i] ^= flips[f];
        assert_int_equal (fwrite (bytes, 1, length, file), length);
        fclose (file);
        bytes[i] ^= flips[f];

        if (singan_checkpoint_load (&checkpoint, path, &error))
          use_checkpoint (&checkpoint);
        else
          assert_true (
              g_error_matches (error, SINGAN_ERROR, SINGAN_ERROR_MODEL));
        singan_checkpoint_clear (&checkpoint);
      }
}

static void
test_checkpoint_load_truncated_or_longer_is_an_error (
    void **state G_GNUC_UNUSED)
{
  g_autofree gchar *path = path_of ("cut.checkpoint");
  gsize             length;
  g_autofree gchar *bytes = checkpoint_bytes (path, 2, &length);
  gsize             cut;

  for (cut = 0; cut < length; cut += MIN (length / 53, length - cut))
    {
      assert_true (g_file_set_contents (path, bytes, cut, NULL));
      assert_load_fails (path);
    }
  assert_true (g_file_set_contents (path, bytes, length - 1, NULL));
  assert_load_fails (path);

  bytes = g_realloc (bytes, length + 4);
  memset (bytes + length, 0, 4);
  assert_true (g_file_set_contents (path, bytes, length + 4, NULL));
  assert_load_fails (path);
}

static void
test_checkpoint_load_numbers_out_of_range_are_errors (
    void **state G_GNUC_UNUSED)
{
  enum
  {
    STEPS,
    ITERATION,
    VALUE,
    MOMENT,
    BELOW_STEPS,
    BELOW_VALUE,
    BELOW_MISSING,
    BELOW_TOO_MANY,
    N_FAULTS
  };
  g_autofree gchar *path = path_of ("range.checkpoint");
  gint              fault;

  for (fault = 0; fault < N_FAULTS; fault++)
    {
      SinganCheckpoint checkpoint
          = make_small_checkpoint (fault == BELOW_TOO_MANY ? 1 : 2);

      switch (fault)
        {
        case STEPS:
          checkpoint.generator->steps = G_MAXINT;
          break;
        case ITERATION:
          checkpoint.iteration = ITERATIONS;
          break;
        case VALUE:
          checkpoint.discriminator->value[4] = (SinganReal) INFINITY;
          break;
        case MOMENT:
          checkpoint.generator->moment1[0] = (SinganReal) NAN;
          break;
        case BELOW_STEPS:
          checkpoint.below->steps = -1;
          break;
        case BELOW_VALUE:
          checkpoint.below->value[4] = (SinganReal) NAN;
          break;
        case BELOW_MISSING:
          g_clear_pointer (&checkpoint.below, singan_network_free);
          break;
        default:
          checkpoint.below = drawn_network (3, TRUE, 102);
        }
      assert_true (singan_checkpoint_save (&checkpoint, path, NULL));
      assert_load_fails (path);
      singan_checkpoint_clear (&checkpoint);
    }
}

static void
test_checkpoint_load_a_model_is_an_error (void **state G_GNUC_UNUSED)
{
  g_autofree gchar *path = path_of ("model.safetensors");
  g_autofree gchar *other = path_of ("other.checkpoint");
  SinganCheckpoint  checkpoint = make_small_checkpoint (1);
  g_autoptr (GError) error = NULL;

  assert_true (singan_model_save (checkpoint.model, path, NULL));
  assert_load_fails (path);

  assert_true (singan_checkpoint_save (&checkpoint, other, NULL));
  assert_null (singan_model_load (other, &error));
  assert_non_null (strstr (error->message, "checkpoint"));
  singan_checkpoint_clear (&checkpoint);
}

static void
test_checkpoint_save_failing_leaves_what_was_there (void **state G_GNUC_UNUSED)
{
  g_autofree gchar *nowhere = path_of ("missing");
  g_autofree gchar *missing = path_of ("missing/c.checkpoint");
  g_autofree gchar *old = path_of ("old");
  g_autofree gchar *inside = path_of ("old/c.checkpoint");
  g_autofree gchar *contents = NULL;
  SinganCheckpoint  checkpoint = make_small_checkpoint (0);
  g_autoptr (GError) error = NULL;

  assert_false (singan_checkpoint_save (&checkpoint, missing, &error));
  assert_non_null (strstr (error->message, missing));
  assert_false (g_file_test (nowhere, G_FILE_TEST_EXISTS));

  assert_true (g_file_set_contents (old, "old", -1, NULL));
  assert_false (singan_checkpoint_save (&checkpoint, inside, NULL));
  assert_true (g_file_get_contents (old, &contents, NULL, NULL));
  assert_string_equal (contents, "old");
  singan_checkpoint_clear (&checkpoint);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_checkpoint_save_and_load_same_bits),
    cmocka_unit_test (test_checkpoint_load_largest_is_read),
    cmocka_unit_test (test_checkpoint_load_each_header_byte_flipped_is_safe),
    cmocka_unit_test (test_checkpoint_load_truncated_or_longer_is_an_error),
    cmocka_unit_test (test_checkpoint_load_numbers_out_of_range_are_errors),
    cmocka_unit_test (test_checkpoint_load_a_model_is_an_error),
    cmocka_unit_test (test_checkpoint_save_failing_leaves_what_was_there),
  };

  return cmocka_run_group_tests (tests, make_folder, remove_folder);
}
