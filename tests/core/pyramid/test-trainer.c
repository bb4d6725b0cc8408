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
#include "core/base/random.h"
#include "core/pyramid/checkpoint.h"
#include "core/pyramid/model-file.h"
#include "core/pyramid/resize.h"
#include "core/pyramid/trainer.h"
#include "tests/folder.h"

/* Sky, a round sun, a horizon and striped ground. */
static SinganTensor *
draw_picture (gint height, gint width, gint channels)
{
  SinganTensor *picture = singan_tensor_new (height, width, channels, NULL);
  gint          h, w, c;

  for (h = 0; h < height; h++)
    for (w = 0; w < width; w++)
      for (c = 0; c < channels; c++)
        {
          const gdouble  y = (gdouble) h / height;
          const gdouble  x = (gdouble) w / width;
          const gboolean is_sun = hypot (x - 0.7, y - 0.3) < 0.15;
          const gdouble  value = is_sun ? 0.9 - 0.3 * c
                                 : y < 0.6
                                     ? -0.5 + 0.4 * c + 0.3 * y
                                     : 0.4 * sin (40 * x + 25 * y) - 0.2 * c;

          picture->data[(h * width + w) * channels + c] = (SinganReal) value;
        }

  return picture;
}

static SinganSettings
short_settings (gint iterations, guint32 seed)
{
  SinganSettings settings;

  assert_true (singan_settings_init (&settings, SINGAN_PRESET_PREVIEW, 56,
                                     iterations, seed, NULL));
  settings.features = settings.features_maximum = 8;

  return settings;
}

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

/* What makes one better in as much time. */
static SinganSettings
joint_settings (gint iterations, guint32 seed)
{
  SinganSettings settings = short_settings (iterations, seed);

  settings.features = 6;
  settings.features_maximum = 12;
  settings.min_size = 18;
  settings.below_rate = 0.5;
  settings.is_widened = 1;
  settings.detail_weight = 1;
  settings.detail_size = 50;
  settings.generator_steps = 2;
  settings.window = 50; /* not at the finest scale */

  return settings;
}

static SinganTrainer *
make_trainer_of (const SinganSettings *settings, gint channels)
{
  g_autoptr (SinganTensor) picture = draw_picture (44, 56, channels);
  SinganTrainer *trainer
      = singan_trainer_new (picture, settings, "abcd", "drawn", NULL);

  assert_non_null (trainer);

  return trainer;
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
      assert_true (singan_trainer_run (trainer, NULL, NULL, NULL, NULL, NULL));
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
  check_same_file_on_any_threads (joint_settings (4, 5));
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

  assert_true (singan_trainer_run (trainer, NULL, NULL, NULL, NULL, NULL));
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
      assert_true (singan_trainer_run (trainer, NULL, NULL, NULL, NULL, NULL));
      save_and_free (trainer, parts);
      assert_true (same_files (whole, parts));
    }
}

static void
test_trainer_resumed_same_file_as_uninterrupted (void **state G_GNUC_UNUSED)
{
  const SinganSettings settings = short_settings (5, 9);
  const SinganSettings shortened = shortened_settings (5, 9);
  SinganSettings       joint = joint_settings (5, 9);

  joint.detail_iterations = 1.4; /* seven */
  check_resumed_same_file_as_uninterrupted (&settings);
  check_resumed_same_file_as_uninterrupted (&shortened);
  check_resumed_same_file_as_uninterrupted (&joint);
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
                                    NULL, &error));
  assert_true (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
  assert_true (g_file_test (checkpoint, G_FILE_TEST_IS_REGULAR));
  singan_trainer_free (trainer);
}

static void
test_trainer_unwritable_checkpoint_is_an_error (void **state G_GNUC_UNUSED)
{
  g_autofree gchar *checkpoint = path_of ("no-folder/x.checkpoint");
  g_autoptr (GError) error = NULL;
  SinganTrainer *trainer = make_trainer (3, 2, 9);

  assert_false (
      singan_trainer_run (trainer, checkpoint, NULL, NULL, NULL, &error));
  assert_non_null (strstr (error->message, checkpoint));
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

/* How far the number that moved most of a finished scale's generator has moved
 * since the model was copied. */
static gdouble
moved_since (SinganModel *before, SinganModel *now, gint scale)
{
  const SinganNetwork *one = singan_model_get_generator (before, scale);
  const SinganNetwork *other = singan_model_get_generator (now, scale);
  gdouble              largest = 0;
  gsize                i;

  for (i = 0; i < one->n_parameters; i++)
    largest = MAX (largest, fabs (one->value[i] - other->value[i]));

  return largest;
}

static SinganModel *
model_after (SinganTrainer *trainer, gint steps)
{
  gint i;

  for (i = 0; i < steps; i++)
    assert_true (singan_trainer_step (trainer, NULL));

  return singan_trainer_get_model (trainer, NULL);
}

static void
test_trainer_scale_below_goes_on_to_learn (void **state G_GNUC_UNUSED)
{
  enum
  {
    ITERATIONS = 3
  };
  const SinganSettings settings = joint_settings (ITERATIONS, 9);
  SinganTrainer       *trainer = make_trainer_of (&settings, 3);
  g_autoptr (SinganModel) first = model_after (trainer, ITERATIONS);
  g_autoptr (SinganModel) second = model_after (trainer, ITERATIONS);
  g_autoptr (SinganModel) during = model_after (trainer, 1);
  g_autoptr (SinganModel) snapshot
      = singan_trainer_get_snapshot (trainer, NULL);
  g_autoptr (SinganModel) third = model_after (trainer, ITERATIONS - 1);
  g_autoptr (SinganModel) fourth = model_after (trainer, ITERATIONS);
  const gdouble longest
      = settings.learning_rate * settings.below_rate * settings.generator_steps;

  /* The coarsest never again, a finer one when the next is finished.  Adam's
   * first steps are about as long as the rate. */
  assert_int_equal (singan_model_n_trained (fourth), 4);
  assert_true (moved_since (first, fourth, 0) == 0);
  assert_true (moved_since (second, during, 1) == 0);
  assert_true (fabs (moved_since (second, snapshot, 1) / longest - 1) < 0.1);
  assert_true (moved_since (second, third, 1) > 0);
  assert_true (moved_since (third, fourth, 1) == 0);
  assert_true (moved_since (third, fourth, 2) > 0);
  singan_trainer_free (trainer);
}

/* Scale 4 has twice the features of scale 3; scale 5 has a window. */
static void
test_trainer_wider_scale_starts_from_the_one_below (void **state G_GNUC_UNUSED)
{
  const SinganSettings settings = joint_settings (1, 9);
  SinganTrainer       *trainer = make_trainer_of (&settings, 3);
  g_autofree gchar    *path = path_of ("wider.checkpoint");
  g_autoptr (SinganModel) before = model_after (trainer, 4);
  g_autoptr (SinganModel) wider = NULL;
  g_autoptr (SinganModel) all = NULL;
  const SinganNetwork *source = singan_model_get_generator (before, 3);
  SinganCheckpoint     checkpoint;
  gint                 tap;

  assert_true (singan_trainer_save_checkpoint (trainer, path, NULL));
  assert_true (singan_checkpoint_load (&checkpoint, path, NULL));
  assert_int_equal (source->features, 6);
  assert_int_equal (checkpoint.generator->features, 12);
  for (tap = 0; tap < 9 * 3; tap++)
    assert_memory_equal (checkpoint.generator->value + tap * 12,
                         source->value + tap * 6, 6 * sizeof (SinganReal));
  singan_checkpoint_clear (&checkpoint);

  wider = model_after (trainer, 1);
  assert_true (moved_since (before, wider, 3) > 0);
  all = model_after (trainer, 1);
  assert_true (singan_trainer_is_done (trainer));
  assert_true (moved_since (wider, all, 4) == 0);
  singan_trainer_free (trainer);
}

static SinganModel *
model_with_detail (gdouble weight, gdouble rate, gdouble noise)
{
  SinganSettings settings = joint_settings (2, 9);
  SinganTrainer *trainer;
  SinganModel   *model;

  settings.detail_weight = weight;
  settings.detail_rate = rate;
  settings.detail_noise = noise;
  trainer = make_trainer_of (&settings, 3);
  model = model_after (trainer, 6 * 2);
  singan_trainer_free (trainer);

  return model;
}

/* Whether scale 5, which has a window and as many features as scale 4, has its
 * running statistics. */
static gboolean
has_kept_statistics (SinganModel *model)
{
  const SinganNetwork *source = singan_model_get_generator (model, 4);
  const SinganNetwork *other = singan_model_get_generator (model, 5);

  return memcmp (source->running, other->running,
                 source->n_running * sizeof (SinganReal))
         == 0;
}

static void
test_trainer_detail_is_learnt_on_windows_alone (void **state G_GNUC_UNUSED)
{
  g_autoptr (SinganModel) without = model_with_detail (0, 1, 0.25);
  g_autoptr (SinganModel) with = model_with_detail (1, 1, 0.25);
  gint n;

  for (n = 0; n < 5; n++)
    assert_true (moved_since (without, with, n) == 0);
  assert_true (moved_since (without, with, 5) > 0);
  assert_false (has_kept_statistics (without));
  assert_true (has_kept_statistics (with));
  /* Both begin with the same reconstruction. */
  for (n = 0; n < 6; n++)
    assert_true (singan_model_get_noise_amplitude (with, n)
                 == (n < 5 ? 1 : 0.25)
                        * singan_model_get_noise_amplitude (without, n));
}

/* What scale 5 starts as is scale 4. */
static gdouble
moved_at_rate (gdouble rate)
{
  g_autoptr (SinganModel) model = model_with_detail (1, rate, 1);
  const SinganNetwork *source = singan_model_get_generator (model, 4);
  const SinganNetwork *moved = singan_model_get_generator (model, 5);
  gdouble              largest = 0;
  gsize                i;

  assert_int_equal (source->n_parameters, moved->n_parameters);
  for (i = 0; i < source->n_parameters; i++)
    largest
        = fmax (largest, fabs ((gdouble) moved->value[i] - source->value[i]));

  return largest;
}

static void
test_trainer_detail_has_a_rate_of_its_own (void **state G_GNUC_UNUSED)
{
  const gdouble whole = moved_at_rate (1);
  const gdouble fifth = moved_at_rate (0.2);

  assert_true (moved_at_rate (0) == 0);
  /* The first of Adam's steps has the length of the rate. */
  assert_true (fifth > 0.1 * whole && fifth < 0.3 * whole);
}

static void
test_trainer_that_leaves_its_picture_says_so (void **state G_GNUC_UNUSED)
{
  SinganSettings settings = joint_settings (5, 9);
  SinganTrainer *trainer;
  g_autoptr (GError) error = NULL;

  settings.detail_iterations = 21;
  settings.detail_rate = 1000;
  trainer = make_trainer_of (&settings, 3);
  while (! singan_trainer_is_done (trainer)
         && singan_trainer_step (trainer, &error))
    ;
  assert_true (g_error_matches (error, SINGAN_ERROR, SINGAN_ERROR_DIVERGED));
  assert_non_null (strstr (error->message, "scale 6, iteration 100"));
  singan_trainer_free (trainer);
}

static void
test_trainer_animation_with_the_scale_below (void **state G_GNUC_UNUSED)
{
  SinganSettings settings = joint_settings (4, 5);

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
    cmocka_unit_test (test_trainer_unwritable_checkpoint_is_an_error),
    cmocka_unit_test (test_trainer_model_of_some_scales_is_whole),
    cmocka_unit_test (test_trainer_scale_below_goes_on_to_learn),
    cmocka_unit_test (test_trainer_wider_scale_starts_from_the_one_below),
    cmocka_unit_test (test_trainer_detail_is_learnt_on_windows_alone),
    cmocka_unit_test (test_trainer_detail_has_a_rate_of_its_own),
    cmocka_unit_test (test_trainer_that_leaves_its_picture_says_so),
    cmocka_unit_test (test_trainer_animation_with_the_scale_below),
    cmocka_unit_test (test_trainer_looking_on_same_file),
    cmocka_unit_test (test_trainer_bad_pictures_are_refused),
  };

  return cmocka_run_group_tests (tests, make_folder, remove_folder);
}
