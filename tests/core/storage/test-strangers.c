/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Files from strangers: every number is in its range, and yet they contradict
 * each other, say absurd things, or change while they are read.
 */

#include "config.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <glib/gstdio.h>

#include "core/apply/sample.h"
#include "core/base/error.h"
#include "core/storage/checkpoint.h"
#include "core/storage/model-file.h"
#include "core/storage/safetensors.h"
#include "core/training/trainer.h"
#include "tests/core/training/training.h"
#include "tests/folder.h"

#define FEATURES 4

/* What no message about a file may be longer than, bytes. */
#define MESSAGE_BYTES 2000

static SinganModelInfo
make_info (void)
{
  SinganModelInfo info = { .channels = 3,
                           .source_hash = (gchar *) "abcd",
                           .source_name = (gchar *) "drawn" };

  assert_true (singan_settings_init (&info.settings, SINGAN_PRESET_PREVIEW, 60,
                                     7, 1, NULL));
  info.settings.features = info.settings.features_maximum = FEATURES;
  assert_true (
      singan_geometry_init (&info.geometry, 120, 200, &info.settings, NULL));

  return info;
}

static SinganNetwork *
make_generator (gint features, guint32 seed)
{
  const SinganRandomKey key = { seed, SINGAN_RANDOM_GENERATOR, 0, 0 };
  SinganNetwork *network = singan_network_new (3, features, 3, TRUE, NULL);

  singan_network_init (network, &key);

  return network;
}

static SinganModel *
make_model (const SinganModelInfo *info)
{
  SinganTensor *z_rec = singan_tensor_new (info->geometry.heights[0],
                                           info->geometry.widths[0], 1, NULL);
  SinganModel  *model = singan_model_new (info, z_rec);

  z_rec->data[7] = 1;
  assert_true (singan_model_append (
      model, make_generator (info->geometry.features[0], 1), 1, NULL));

  return model;
}

static SinganModel *
save_and_load (const SinganModelInfo *info, GError **error)
{
  g_autoptr (SinganModel) model = make_model (info);
  g_autofree gchar *path = path_of ("stranger.singan");

  assert_true (singan_model_save (model, path, NULL));

  return singan_model_load (path, error);
}

static void
assert_refused (const SinganModelInfo *info)
{
  g_autofree gchar *path = path_of ("stranger.singan");
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) header_error = NULL;

  assert_null (save_and_load (info, &error));
  assert_true (g_error_matches (error, SINGAN_ERROR, SINGAN_ERROR_MODEL));
  /* The header alone says so. */
  assert_null (singan_model_info_load (path, &header_error));
  assert_string_equal (error->message, header_error->message);
}

static void
test_model_load_sizes_that_settings_do_not_give_are_errors (
    void **state G_GNUC_UNUSED)
{
  const SinganModelInfo sound = make_info ();
  const gint            finest = sound.geometry.n_scales - 1;
  SinganModelInfo       info;
  gint                  n;

  g_autoptr (SinganModel) model = save_and_load (&sound, NULL);
  assert_non_null (model);

  for (n = 0; n <= finest; n++)
    {
      info = sound;
      info.geometry.heights[n] += 3;
      assert_refused (&info);
      info = sound;
      info.geometry.widths[n] = 1000;
      assert_refused (&info);
      info = sound;
      info.geometry.features[n] = 2 * FEATURES;
      assert_refused (&info);
    }
  info = sound;
  for (n = 0; n <= finest; n++)
    info.geometry.heights[n] = info.geometry.widths[n] = 60;
  assert_refused (&info);
  info = sound;
  info.geometry.n_scales = 1;
  assert_refused (&info);
  info = sound;
  info.geometry.factor = 0.5;
  assert_refused (&info);
  info = sound;
  info.settings.max_size = SINGAN_MAX_SIZE_MAXIMUM + 1;
  assert_refused (&info);
  info = sound;
  info.settings.min_size = 12;
  assert_refused (&info);
  /* Far too many scales for its picture. */
  info = sound;
  info.settings.scale_factor = 0.99;
  assert_true (
      singan_geometry_init (&info.geometry, 120, 200, &info.settings, NULL));
  info.settings.scale_factor = 0.75;
  assert_refused (&info);
}

static void
test_model_load_patches_larger_than_a_scale_are_an_error (
    void **state G_GNUC_UNUSED)
{
  SinganModelInfo info = make_info ();

  info.settings.min_size = 12;
  info.settings.patch_stride = 4;
  info.settings.patch_scales = 8;
  assert_true (
      singan_geometry_init (&info.geometry, 120, 200, &info.settings, NULL));
  assert_refused (&info);
}

static void
test_model_load_hash_that_is_none_is_an_error (void **state G_GNUC_UNUSED)
{
  SinganModelInfo   info = make_info ();
  g_autofree gchar *longer = g_strnfill (200, 'a');

  info.source_hash = (gchar *) "abc\x1b[31m";
  assert_refused (&info);
  info.source_hash = longer;
  assert_refused (&info);
}

static void
test_model_name_is_kept_printable (void **state G_GNUC_UNUSED)
{
  SinganModelInfo info = make_info ();
  g_autoptr (SinganModel) model = NULL;

  info.source_name = (gchar *) "a\x1b]0;title\x07\r\nb\xe2\x80\xae";
  model = save_and_load (&info, NULL);
  assert_string_equal (singan_model_get_info (model)->source_name,
                       "a\\x1b]0;title\\x07\\x0d\\x0ab\\u202e");
}

/* A container of one tensor whose name or metadata a stranger chose. */
static void
assert_message_is_harmless (const gchar *key,
                            const gchar *value,
                            const gchar *tensor)
{
  static const SinganReal zero = 0;
  const SinganTensorShape shape = { 1, { 1 } };
  g_autoptr (SinganTensorWriter) writer = singan_tensor_writer_new ();
  g_autofree gchar *path = path_of ("text\x1b[2J\n.singan");
  g_autoptr (GError) error = NULL;
  const gchar *at;

  if (key)
    singan_tensor_writer_set_metadata (writer, key, value);
  singan_tensor_writer_add (writer, tensor, &shape, &zero);
  assert_true (singan_tensor_writer_save (writer, path, NULL));
  assert_null (singan_model_load (path, &error));
  assert_non_null (error);
  assert_true (strlen (error->message) < MESSAGE_BYTES);
  for (at = error->message; *at; at++)
    assert_false (g_ascii_iscntrl (*at));
}

static void
test_model_load_text_in_messages_is_escaped_and_cut (void **state G_GNUC_UNUSED)
{
  g_autofree gchar *megabyte = g_strnfill (900000, 'x');

  assert_message_is_harmless (NULL, NULL, "t");
  assert_message_is_harmless ("format", "\x1b[31mred\n", "t");
  assert_message_is_harmless ("format", megabyte, "t");
  assert_message_is_harmless (NULL, NULL, megabyte);
}

static void
test_reader_of_a_file_that_shrinks_is_an_error (void **state G_GNUC_UNUSED)
{
  const SinganModelInfo info = make_info ();
  g_autoptr (SinganModel) model = make_model (&info);
  g_autofree gchar *path = path_of ("shrinks.singan");
  g_autoptr (SinganTensorReader) reader = NULL;
  g_autoptr (GError) error = NULL;
  const SinganTensorShape shape
      = { 2, { info.geometry.heights[0], info.geometry.widths[0] } };
  g_autoptr (SinganTensor) z_rec = singan_tensor_new (
      info.geometry.heights[0], info.geometry.widths[0], 1, NULL);

  assert_true (singan_model_save (model, path, NULL));
  reader = singan_tensor_reader_open (path, NULL);
  assert_non_null (reader);
  assert_int_equal (truncate (path, 16), 0);
  assert_false (
      singan_tensor_reader_get (reader, "z_rec", &shape, z_rec->data, &error));
  assert_true (g_error_matches (error, SINGAN_ERROR, SINGAN_ERROR_MODEL));
}

/* Finite weights that no training gives: never a picture of nothing. */
static void
test_sample_of_absurd_weights_is_an_error (void **state G_GNUC_UNUSED)
{
  static const gdouble  weights[] = { 1e36, -1e36, 1e30, 1e20, 3e38 };
  const SinganSampling  sampling = { 1, 0, 0, 1, 1 };
  const SinganModelInfo info = make_info ();
  gsize                 w;
  gint                  block;

  for (w = 0; w < G_N_ELEMENTS (weights); w++)
    for (block = 0; block < SINGAN_BLOCKS; block++)
      {
        SinganTensor *z_rec = singan_tensor_new (
            info.geometry.heights[0], info.geometry.widths[0], 1, NULL);
        g_autoptr (SinganModel) model = singan_model_new (&info, z_rec);
        g_autoptr (SinganTensor) sample = NULL;
        g_autoptr (GError) error = NULL;
        gint n;

        for (n = 0; n < info.geometry.n_scales; n++)
          {
            SinganNetwork *generator = make_generator (FEATURES, n);
            SinganReal *at = generator->value + generator->blocks[block].weight;
            gint        i;

            for (i = 0; i < 9 * generator->blocks[block].in_channels; i++)
              at[i] = (SinganReal) weights[w];
            assert_true (singan_model_append (model, generator, 1, NULL));
          }
        sample = singan_sample (model, &sampling, NULL, &error);
        assert_true ((sample == NULL) == (error != NULL));
        if (error)
          {
            assert_true (
                g_error_matches (error, SINGAN_ERROR, SINGAN_ERROR_MODEL));
            assert_non_null (strstr (error->message, "gives no picture"));
          }
        else
          {
            gsize i;
            gint  inside = 0;

            for (i = 0; i < singan_tensor_size (sample); i++)
              inside += fabs (sample->data[i]) < 1;
            assert_true (inside > 0);
          }
      }
}

/* A checkpoint that says it is of this picture, and has other scales. */
static void
test_resume_scales_of_another_picture_are_refused (void **state G_GNUC_UNUSED)
{
  const SinganSettings settings = short_settings (5, 9);
  g_autoptr (SinganTensor) picture = draw_picture (44, 56, 1);
  g_autoptr (SinganTensor) other = draw_picture (56, 56, 1);
  g_autofree gchar *path = path_of ("geometry.checkpoint");
  g_autoptr (SinganTrainer) trainer
      = singan_trainer_new (other, &settings, "abcd", "drawn", NULL);
  g_autoptr (SinganTrainer) resumed = NULL;
  g_autoptr (GError) error = NULL;

  assert_true (singan_trainer_save_checkpoint (trainer, path, NULL));
  assert_null (
      singan_trainer_resume (picture, &settings, "abcd", path, &error));
  assert_true (g_error_matches (error, SINGAN_ERROR, SINGAN_ERROR_MODEL));
  resumed = singan_trainer_resume (other, &settings, "abcd", path, NULL);
  assert_non_null (resumed);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (
        test_model_load_sizes_that_settings_do_not_give_are_errors),
    cmocka_unit_test (test_model_load_patches_larger_than_a_scale_are_an_error),
    cmocka_unit_test (test_model_load_hash_that_is_none_is_an_error),
    cmocka_unit_test (test_model_name_is_kept_printable),
    cmocka_unit_test (test_model_load_text_in_messages_is_escaped_and_cut),
    cmocka_unit_test (test_reader_of_a_file_that_shrinks_is_an_error),
    cmocka_unit_test (test_sample_of_absurd_weights_is_an_error),
    cmocka_unit_test (test_resume_scales_of_another_picture_are_refused),
  };

  return cmocka_run_group_tests (tests, make_folder, remove_folder);
}
