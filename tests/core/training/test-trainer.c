/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Short trainings on a drawn picture: they learn, they are repeatable to the
 * bit on any number of threads and across a stop, and bad pictures are refused.
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

#include "core/apply/sample.h"
#include "core/base/error.h"
#include "core/base/parallel.h"
#include "core/pyramid/resize.h"
#include "core/storage/model-file.h"
#include "core/training/run.h"
#include "tests/core/training/training.h"
#include "tests/folder.h"

/* Each of what makes a training shorter than the paper's. */
static SinganSettings
shortened_settings (gint iterations, guint32 seed)
{
  SinganSettings settings = short_settings (iterations, seed);

  settings.discriminator_steps = 2;
  settings.finest_share = 0.6;
  settings.window = SINGAN_WINDOW_MINIMUM;
  settings.patch_scales = 2;
  settings.patch_weight = 1;
  settings.patch_stride = 1;

  return settings;
}

static SinganTrainer *
make_trainer (gint channels, gint iterations, guint32 seed)
{
  const SinganSettings settings = short_settings (iterations, seed);

  return make_trainer_of (&settings, channels);
}

static void
save_and_free (SinganTrainer *trainer, const gchar *path)
{
  g_autoptr (SinganModel) model = singan_trainer_get_model (trainer, NULL);

  assert_true (singan_trainer_is_done (trainer));
  assert_true (singan_model_save (model, path, NULL));
  singan_trainer_free (trainer);
}

static gboolean
same_files (const gchar *path, const gchar *other_path)
{
  g_autofree gchar *one = NULL;
  g_autofree gchar *other = NULL;
  gsize             length;
  gsize             other_length;

  assert_true (g_file_get_contents (path, &one, &length, NULL));
  assert_true (g_file_get_contents (other_path, &other, &other_length, NULL));

  return length == other_length && memcmp (one, other, length) == 0;
}

static void
test_trainer_short_training_learns (void **state G_GNUC_UNUSED)
{
  enum
  {
    ITERATIONS = 150
  };
  SinganTrainer         *trainer = make_trainer (3, ITERATIONS, 3);
  SinganTrainingProgress progress;
  gdouble                first = 0;
  gdouble                last_fraction = 0;

  while (! singan_trainer_is_done (trainer))
    {
      const gint before
          = (singan_trainer_get_progress (trainer, &progress), progress.scale);
      const gdouble upsampled = progress.upsampled_loss;
      const gint    iteration = progress.iteration;

      assert_true (singan_trainer_step (trainer, NULL));
      singan_trainer_get_progress (trainer, &progress);
      assert_true (progress.fraction > last_fraction);
      last_fraction = progress.fraction;
      if (before == 0 && iteration == 0)
        first = progress.reconstruction_loss;
      if (iteration == ITERATIONS - 2)
        {
          /* The loss before the last iteration is still this scale's. */
          print_message ("# scale %d: reconstruction %.5f, upsampled %.5f\n",
                         before, progress.reconstruction_loss, upsampled);
          if (before == 0)
            assert_true (progress.reconstruction_loss < first / 10);
          else
            assert_true (progress.reconstruction_loss < upsampled);
        }
    }
  assert_true (progress.fraction == 1);
  assert_true (progress.seconds_left == 0);
  singan_trainer_free (trainer);
}

static void
check_same_file_on_any_threads (SinganSettings settings)
{
  gchar *paths[4];
  gint   i;

  for (i = 0; i < 4; i++)
    {
      SinganTrainer    *trainer;
      g_autofree gchar *name = g_strdup_printf ("%d.safetensors", i);

      paths[i] = path_of (name);
      singan_parallel_set_threads (i < 3 ? 1 << i : 1);
      settings.seed = i < 3 ? 5 : 6;
      trainer = make_trainer_of (&settings, 3);
      assert_true (
          singan_trainer_run (trainer, NULL, NULL, NULL, NULL, NULL, NULL));
      save_and_free (trainer, paths[i]);
    }
  singan_parallel_set_threads (0);
  assert_true (same_files (paths[0], paths[1]));
  assert_true (same_files (paths[0], paths[2]));
  assert_false (same_files (paths[0], paths[3]));
  for (i = 0; i < 4; i++)
    g_free (paths[i]);
}

static void
test_trainer_same_seed_same_file_on_any_threads (void **state G_GNUC_UNUSED)
{
  check_same_file_on_any_threads (short_settings (4, 5));
  check_same_file_on_any_threads (shortened_settings (4, 5));
  check_same_file_on_any_threads (balanced_settings (4, 5));
}

static void
check_resumed_same_file_as_uninterrupted (const SinganSettings *settings)
{
  /* Stops within the first scale, at a scale's end, within later ones, and if
   * there are so many, where the networks are wider and late on a window. */
  static const gint stops[] = { 1, 5, 7, 12, 22, 31 };
  g_autoptr (SinganTensor) picture = draw_picture (44, 56, 1);
  g_autofree gchar *whole = path_of ("whole.safetensors");
  g_autofree gchar *parts = path_of ("parts.safetensors");
  g_autofree gchar *checkpoint = path_of ("x.checkpoint");
  SinganTrainer    *trainer = make_trainer_of (settings, 1);
  gsize             s;
  gint              i;

  assert_true (
      singan_trainer_run (trainer, NULL, NULL, NULL, NULL, NULL, NULL));
  save_and_free (trainer, whole);

  for (s = 0; s < G_N_ELEMENTS (stops); s++)
    {
      trainer = make_trainer_of (settings, 1);
      for (i = 0; i < stops[s] && ! singan_trainer_is_done (trainer); i++)
        assert_true (singan_trainer_step (trainer, NULL));
      if (singan_trainer_is_done (trainer))
        {
          singan_trainer_free (trainer);
          break;
        }
      assert_true (singan_trainer_save_checkpoint (trainer, checkpoint, NULL));
      singan_trainer_free (trainer);

      trainer
          = singan_trainer_resume (picture, settings, "abcd", checkpoint, NULL);
      assert_non_null (trainer);
      assert_true (
          singan_trainer_run (trainer, NULL, NULL, NULL, NULL, NULL, NULL));
      save_and_free (trainer, parts);
      assert_true (same_files (whole, parts));
    }
}

static void
test_trainer_resumed_same_file_as_uninterrupted (void **state G_GNUC_UNUSED)
{
  const SinganSettings settings = short_settings (5, 9);
  const SinganSettings shortened = shortened_settings (5, 9);
  SinganSettings       balanced = balanced_settings (5, 9);

  balanced.detail_iterations = 1.4; /* seven */
  balanced.detail_period = 3;
  check_resumed_same_file_as_uninterrupted (&settings);
  check_resumed_same_file_as_uninterrupted (&shortened);
  check_resumed_same_file_as_uninterrupted (&balanced);
}

static void
test_trainer_resume_other_picture_or_settings_is_refused (
    void **state G_GNUC_UNUSED)
{
  const SinganSettings settings = short_settings (5, 9);
  const SinganSettings other = short_settings (6, 9);
  g_autoptr (SinganTensor) picture = draw_picture (44, 56, 1);
  g_autofree gchar *checkpoint = path_of ("x.checkpoint");
  SinganTrainer    *trainer = make_trainer (1, 5, 9);
  g_autoptr (GError) error = NULL;

  assert_true (singan_trainer_save_checkpoint (trainer, checkpoint, NULL));
  singan_trainer_free (trainer);
  assert_null (
      singan_trainer_resume (picture, &settings, "ffff", checkpoint, &error));
  assert_true (g_error_matches (error, SINGAN_ERROR, SINGAN_ERROR_MODEL));
  assert_null (
      singan_trainer_resume (picture, &other, "abcd", checkpoint, NULL));
}

static void
test_trainer_finer_scales_have_fewer_iterations (void **state G_GNUC_UNUSED)
{
  const SinganSettings   settings = shortened_settings (5, 9);
  SinganTrainer         *trainer = make_trainer_of (&settings, 3);
  SinganTrainingProgress progress;
  SinganGeometry         geometry;
  gint                   steps = 0;
  gint                   expected = 0;
  gint                   n;

  assert_true (singan_geometry_init (&geometry, 44, 56, &settings, NULL));
  singan_trainer_get_progress (trainer, &progress);
  for (n = 0; n < progress.n_scales; n++)
    expected += singan_geometry_get_iterations (&geometry, &settings, n);
  assert_true (expected < 5 * progress.n_scales);
  while (! singan_trainer_is_done (trainer))
    {
      assert_true (singan_trainer_step (trainer, NULL));
      steps++;
    }
  singan_trainer_get_progress (trainer, &progress);
  assert_int_equal (steps, expected);
  assert_int_equal (progress.iterations, 3);
  assert_true (progress.fraction == 1);
  singan_trainer_free (trainer);
}

static void
test_trainer_run_cancelled_keeps_a_checkpoint (void **state G_GNUC_UNUSED)
{
  g_autofree gchar *checkpoint = path_of ("cancelled.checkpoint");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  SinganTrainer *trainer = make_trainer (3, 5, 9);

  g_cancellable_cancel (cancellable);
  assert_false (singan_trainer_run (trainer, checkpoint, cancellable, NULL,
                                    NULL, NULL, &error));
  assert_true (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
  assert_true (g_file_test (checkpoint, G_FILE_TEST_IS_REGULAR));
  singan_trainer_free (trainer);
}

static void
test_trainer_model_of_some_scales_is_whole (void **state G_GNUC_UNUSED)
{
  SinganTrainer *trainer = make_trainer (3, 3, 9);
  g_autoptr (SinganModel) model = NULL;
  gint i;

  for (i = 0; i < 4; i++)
    assert_true (singan_trainer_step (trainer, NULL));
  model = singan_trainer_get_model (trainer, NULL);
  assert_true (singan_trainer_step (trainer, NULL));
  assert_true (singan_trainer_step (trainer, NULL));
  assert_int_equal (singan_model_n_trained (model), 1);
  singan_trainer_free (trainer);
  assert_int_equal (singan_model_n_trained (model), 1);
}

static void
test_trainer_animation_with_the_scale_below (void **state G_GNUC_UNUSED)
{
  SinganSettings settings = balanced_settings (4, 5);

  singan_settings_set_purpose (&settings, SINGAN_PURPOSE_ANIMATION);
  check_same_file_on_any_threads (settings);
}

static void
assert_refused (SinganTensor *picture)
{
  const SinganSettings settings = short_settings (5, 9);
  g_autoptr (GError) error = NULL;

  assert_null (singan_trainer_new (picture, &settings, "", "", &error));
  assert_true (g_error_matches (error, SINGAN_ERROR, SINGAN_ERROR_IMAGE));
  singan_tensor_free (picture);
}

/* Draws from the training at every iteration. */
static void
look_on (SinganTrainer *trainer)
{
  const SinganSampling sampling = { 5, 0, 0, 1, 1 };
  g_autoptr (SinganModel) model = singan_trainer_get_snapshot (trainer, NULL);
  g_autoptr (SinganModel) finished = singan_trainer_get_model (trainer, NULL);
  g_autoptr (SinganTensor) sample = NULL;
  g_autoptr (SinganTensor) reconstruction = NULL;

  assert_non_null (model);
  assert_int_equal (singan_model_n_trained (model),
                    singan_model_n_trained (finished)
                        + ! singan_trainer_is_done (trainer));
  sample = singan_sample (model, &sampling, NULL, NULL);
  reconstruction = singan_reconstruct (model, NULL, NULL);
  assert_non_null (sample);
  assert_non_null (reconstruction);
}

static void
test_trainer_looking_on_same_file (void **state G_GNUC_UNUSED)
{
  SinganTrainer    *alone = make_trainer (3, 4, 12);
  SinganTrainer    *watched = make_trainer (3, 4, 12);
  g_autofree gchar *alone_path = g_build_filename (folder, "alone", NULL);
  g_autofree gchar *watched_path = g_build_filename (folder, "watched", NULL);

  while (! singan_trainer_is_done (alone))
    assert_true (singan_trainer_step (alone, NULL));
  while (! singan_trainer_is_done (watched))
    {
      look_on (watched);
      assert_true (singan_trainer_step (watched, NULL));
    }
  look_on (watched);

  save_and_free (alone, alone_path);
  save_and_free (watched, watched_path);
  assert_true (same_files (alone_path, watched_path));
}

static void
test_trainer_bad_pictures_are_refused (void **state G_GNUC_UNUSED)
{
  SinganTensor *picture;

  assert_refused (draw_picture (31, 60, 3));
  assert_refused (singan_tensor_new (40, 40, 3, NULL));
  picture = draw_picture (40, 40, 3);
  picture->data[777] = NAN;
  assert_refused (picture);
  picture = draw_picture (40, 40, 1);
  picture->data[0] = INFINITY;
  assert_refused (picture);
}

/* A folder that is away for a while, as a full disk is. */
typedef struct
{
  const gchar *folder;
  gint         calls;
  gint         back_at; /* the call at which it is there again */
  gint         warnings;
} Absence;

static void
count_warning (const gchar *text, gpointer data)
{
  Absence *absence = data;

  assert_non_null (strstr (text, absence->folder));
  assert_non_null (strstr (text, "tries again"));
  absence->warnings++;
}

static void
bring_back (const SinganTrainingProgress *progress G_GNUC_UNUSED, gpointer data)
{
  Absence *absence = data;

  if (++absence->calls == absence->back_at)
    assert_int_equal (g_mkdir (absence->folder, 0700), 0);
}

static void
test_trainer_run_checkpoint_that_fails_is_tried_again (
    void **state G_GNUC_UNUSED)
{
  g_autofree gchar *away = path_of ("away");
  g_autofree gchar *checkpoint = g_build_filename (away, "x.checkpoint", NULL);
  SinganTrainer    *trainer = make_trainer (1, 5, 9);
  Absence           absence = { away, 0, 8, 0 };

  assert_true (singan_trainer_run (trainer, checkpoint, NULL, bring_back,
                                   count_warning, &absence, NULL));
  /* Once, however many failed. */
  assert_int_equal (absence.warnings, 1);
  assert_true (g_file_test (checkpoint, G_FILE_TEST_EXISTS));
  singan_trainer_free (trainer);
}

static void
test_trainer_run_cancelled_last_checkpoint_fails_says_so (
    void **state G_GNUC_UNUSED)
{
  g_autofree gchar *checkpoint = path_of ("nowhere/x.checkpoint");
  SinganTrainer    *trainer = make_trainer (1, 5, 9);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  assert_false (singan_trainer_run (trainer, checkpoint, cancellable, NULL,
                                    NULL, NULL, &error));
  assert_true (g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOENT));
  singan_trainer_free (trainer);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_trainer_short_training_learns),
    cmocka_unit_test (test_trainer_same_seed_same_file_on_any_threads),
    cmocka_unit_test (test_trainer_resumed_same_file_as_uninterrupted),
    cmocka_unit_test (test_trainer_resume_other_picture_or_settings_is_refused),
    cmocka_unit_test (test_trainer_finer_scales_have_fewer_iterations),
    cmocka_unit_test (test_trainer_run_cancelled_keeps_a_checkpoint),
    cmocka_unit_test (test_trainer_model_of_some_scales_is_whole),
    cmocka_unit_test (test_trainer_animation_with_the_scale_below),
    cmocka_unit_test (test_trainer_looking_on_same_file),
    cmocka_unit_test (test_trainer_bad_pictures_are_refused),
    cmocka_unit_test (test_trainer_run_checkpoint_that_fails_is_tried_again),
    cmocka_unit_test (test_trainer_run_cancelled_last_checkpoint_fails_says_so),
  };

  return cmocka_run_group_tests (tests, make_folder, remove_folder);
}
