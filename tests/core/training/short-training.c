/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The shortest training there is, with a checkpoint, a model file and a
 * sample: small enough for valgrind.
 */

#include "config.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glib/gstdio.h>

#include "core/singan.h"

static void
test_short_training_with_all_files (void **state G_GNUC_UNUSED)
{
  const SinganSampling sampling = { 1, 0, 0, 1, 1 };
  g_autofree gchar    *folder = g_dir_make_tmp ("singan-test-XXXXXX", NULL);
  g_autofree gchar    *checkpoint = g_build_filename (folder, "c", NULL);
  g_autofree gchar    *path = g_build_filename (folder, "m", NULL);
  g_autoptr (SinganTensor) picture = singan_tensor_new (32, 32, 3, NULL);
  g_autoptr (SinganTrainer) trainer = NULL;
  g_autoptr (SinganTrainer) resumed = NULL;
  g_autoptr (SinganModel) model = NULL;
  g_autoptr (SinganModel) loaded = NULL;
  g_autoptr (SinganTensor) sample = NULL;
  SinganSettings settings;
  gsize          i;

  for (i = 0; i < singan_tensor_size (picture); i++)
    picture->data[i] = (SinganReal) sin (i / 7.0);
  assert_true (
      singan_settings_init (&settings, SINGAN_PRESET_PREVIEW, 48, 2, 1, NULL));
  settings.features = settings.features_maximum = 4;
  settings.min_size = 16;
  settings.below_rate = 0.5;
  trainer = singan_trainer_new (picture, &settings, "", "", NULL);
  /* Into the first scale that has three networks. */
  for (i = 0; i < 5; i++)
    assert_true (singan_trainer_step (trainer, NULL));
  assert_true (singan_trainer_save_checkpoint (trainer, checkpoint, NULL));
  resumed = singan_trainer_resume (picture, &settings, "", checkpoint, NULL);
  assert_non_null (resumed);
  assert_true (
      singan_trainer_run (resumed, checkpoint, NULL, NULL, NULL, NULL, NULL));
  model = singan_trainer_get_model (resumed, NULL);
  assert_true (singan_model_save (model, path, NULL));
  loaded = singan_model_load (path, NULL);
  assert_non_null (loaded);
  sample = singan_sample (loaded, &sampling, NULL, NULL);
  assert_non_null (sample);
  for (i = 0; i < singan_tensor_size (sample); i++)
    assert_true (sample->data[i] >= -1 && sample->data[i] <= 1);

  g_unlink (checkpoint);
  g_unlink (path);
  g_rmdir (folder);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_short_training_with_all_files),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
