/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Short trainings with what the balanced preset has and the paper has not: the
 * scale below goes on to learn, wider scales start from it, and large ones
 * learn detail.
 */

#include "config.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/error.h"
#include "core/pyramid/stage.h"
#include "core/storage/checkpoint.h"
#include "tests/core/training/training.h"
#include "tests/folder.h"

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
test_scale_below_goes_on_to_learn (void **state G_GNUC_UNUSED)
{
  enum
  {
    ITERATIONS = 3
  };
  const SinganSettings settings = balanced_settings (ITERATIONS, 9);
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
test_wider_scale_starts_from_the_one_below (void **state G_GNUC_UNUSED)
{
  const SinganSettings settings = balanced_settings (1, 9);
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
  SinganSettings settings = balanced_settings (2, 9);
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
test_detail_is_learnt_on_windows_alone (void **state G_GNUC_UNUSED)
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

/* How far apart a scale's pixels are where it is given a single colour. */
static gdouble
spread_of_one_colour (SinganModel *model, gint scale)
{
  enum
  {
    SIZE = 30
  };
  const SinganNetwork *generator = singan_model_get_generator (model, scale);
  g_autoptr (SinganStage) stage
      = singan_stage_new (generator, SIZE, SIZE, 0, NULL);
  gdouble largest = 0;
  gsize   i;

  for (i = 0; i < singan_tensor_size (stage->x); i++)
    stage->x->data[i] = -1;
  singan_stage_run (stage, generator, 0);
  for (i = 3; i < singan_tensor_size (stage->x); i++)
    largest = fmax (largest, fabs ((gdouble) stage->output->data[i]
                                   - stage->output->data[i % 3]));

  return largest;
}

static void
test_scales_on_windows_draw_no_border (void **state G_GNUC_UNUSED)
{
  g_autoptr (SinganModel) model = model_with_detail (0, 1, 0.25);

  assert_true (spread_of_one_colour (model, 4) > 0.01);
  assert_true (spread_of_one_colour (model, 5) < 1e-5);
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
test_detail_has_a_rate_of_its_own (void **state G_GNUC_UNUSED)
{
  const gdouble whole = moved_at_rate (1);
  const gdouble fifth = moved_at_rate (0.2);

  assert_true (moved_at_rate (0) == 0);
  /* The first of Adam's steps has the length of the rate. */
  assert_true (fifth > 0.1 * whole && fifth < 0.3 * whole);
}

/* Of scale 5, after so many of its iterations. */
static void
load_networks (SinganTrainer *trainer, SinganCheckpoint *checkpoint)
{
  g_autofree gchar *path = path_of ("detail.checkpoint");

  assert_true (singan_trainer_save_checkpoint (trainer, path, NULL));
  assert_true (singan_checkpoint_load (checkpoint, path, NULL));
}

static gboolean
is_same (const SinganNetwork *one, const SinganNetwork *other)
{
  return memcmp (one->value, other->value,
                 one->n_parameters * sizeof (SinganReal))
         == 0;
}

static void
test_between_fakes_the_generator_learns_alone (void **state G_GNUC_UNUSED)
{
  enum
  {
    ITERATIONS = 8,
    PERIOD = 3
  };
  SinganSettings   settings = balanced_settings (ITERATIONS, 9);
  SinganCheckpoint before;
  SinganTrainer   *trainer;
  gint             i;

  settings.detail_period = PERIOD;
  trainer = make_trainer_of (&settings, 3);
  for (i = 0; i < 5 * ITERATIONS; i++)
    assert_true (singan_trainer_step (trainer, NULL));
  load_networks (trainer, &before);
  assert_int_equal (singan_model_n_trained (before.model), 5);

  for (i = 0; i < ITERATIONS - 1; i++)
    {
      SinganCheckpoint after;

      assert_true (singan_trainer_step (trainer, NULL));
      load_networks (trainer, &after);
      assert_int_equal (after.iteration, i + 1);
      assert_false (is_same (before.generator, after.generator));
      assert_true (is_same (before.discriminator, after.discriminator)
                   == (i % PERIOD != 0));
      singan_checkpoint_clear (&before);
      before = after;
    }
  singan_checkpoint_clear (&before);
  singan_trainer_free (trainer);
}

static void
test_that_leaves_its_picture_says_so (void **state G_GNUC_UNUSED)
{
  SinganSettings settings = balanced_settings (5, 9);
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

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_scale_below_goes_on_to_learn),
    cmocka_unit_test (test_wider_scale_starts_from_the_one_below),
    cmocka_unit_test (test_scales_on_windows_draw_no_border),
    cmocka_unit_test (test_detail_is_learnt_on_windows_alone),
    cmocka_unit_test (test_detail_has_a_rate_of_its_own),
    cmocka_unit_test (test_between_fakes_the_generator_learns_alone),
    cmocka_unit_test (test_that_leaves_its_picture_says_so),
  };

  return cmocka_run_group_tests (tests, make_folder, remove_folder);
}
