/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Animations of a model that was shortly trained for them: the walk against its
 * formula, what stands still, the model file, and what is refused.
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

#include "core/apply/animate.h"
#include "core/apply/sample.h"
#include "core/base/error.h"
#include "core/base/parallel.h"
#include "core/pyramid/resize.h"
#include "core/pyramid/stage.h"
#include "core/storage/model-file.h"
#include "core/training/run.h"
#include "core/training/trainer.h"

#define HEIGHT 36
#define WIDTH 48
#define FRAMES 6
#define SEED 21

/* Sums of a few floats in another order. */
#define TOLERANCE 1e-4

static SinganModel *model;

static gint
finest (void)
{
  return singan_model_get_info (model)->geometry.n_scales - 1;
}

static SinganAnimation *
begin (gint start_scale, gdouble alpha, gdouble beta)
{
  const SinganWalk walk = { SEED, start_scale, alpha, beta };
  SinganAnimation *animation = singan_animation_new (model, &walk, NULL);

  assert_non_null (animation);

  return animation;
}

static SinganTensor *
next (SinganAnimation *animation)
{
  SinganTensor *frame = singan_animation_next (animation, NULL, NULL);

  assert_non_null (frame);

  return frame;
}

static gdouble
difference (const SinganTensor *a, const SinganTensor *b)
{
  return sqrt (singan_tensor_mean_squared_difference (a, b));
}

/* z of a frame at a scale, from the formula and nothing that is remembered. */
static void
z_by_definition (gint frame, gint scale, gdouble a, gdouble b, SinganTensor *z)
{
  const SinganTensor *z_rec = singan_model_get_z_rec (model);
  const gsize         count = singan_tensor_size (z);
  g_autofree gdouble *before = g_new0 (gdouble, count);
  g_autofree gdouble *now = g_new0 (gdouble, count);
  gint                t;
  gsize               i;

  for (t = 0; t <= frame; t++)
    {
      const SinganRandomKey key = { SEED, SINGAN_RANDOM_WALK, scale, t };

      singan_noise_draw (&key, z);
      for (i = 0; i < count; i++)
        {
          const gdouble rec = scale == 0 ? z_rec->data[i / z->channels] : 0;
          gdouble       then = rec;

          if (t == 1)
            then = 0.95 * rec + 0.05 * z->data[i];
          if (t > 1)
            then = a * rec
                   + (1 - a)
                         * (now[i] + b * (now[i] - before[i])
                            + (1 - b) * z->data[i]);
          before[i] = now[i];
          now[i] = then;
        }
    }
  for (i = 0; i < count; i++)
    z->data[i] = (SinganReal) now[i];
}

static SinganTensor *
frame_by_definition (gint frame, gint start_scale, gdouble a, gdouble b)
{
  const SinganGeometry *geometry = &singan_model_get_info (model)->geometry;
  SinganTensor         *picture = NULL;
  gsize                 i;
  gint                  n;

  for (n = 0; n <= finest (); n++)
    {
      const SinganNetwork *generator = singan_model_get_generator (model, n);
      g_autoptr (SinganStage) stage
          = singan_stage_new (generator, geometry->heights[n],
                              geometry->widths[n], SINGAN_BORDER, NULL);

      if (picture)
        assert_true (singan_resize_into (picture, stage->x, NULL));
      z_by_definition (n < start_scale ? 0 : frame, n, a, b, stage->noise);
      singan_stage_run (stage, generator,
                        singan_model_get_noise_amplitude (model, n));
      singan_tensor_free (picture);
      picture = g_steal_pointer (&stage->output);
    }
  for (i = 0; i < singan_tensor_size (picture); i++)
    picture->data[i] = CLAMP (picture->data[i], -1, 1);

  return picture;
}

static void
test_frames_are_what_the_formula_says (void **state G_GNUC_UNUSED)
{
  gint start;
  gint t;

  for (start = 0; start <= finest (); start++)
    {
      g_autoptr (SinganAnimation) animation = begin (start, 0.2, 0.7);

      for (t = 0; t < FRAMES; t++)
        {
          g_autoptr (SinganTensor) frame = next (animation);
          g_autoptr (SinganTensor) expected
              = frame_by_definition (t, start, 0.2, 0.7);

          assert_true (difference (frame, expected) < TOLERANCE);
        }
    }
}

static void
test_first_frame_is_the_reconstruction (void **state G_GNUC_UNUSED)
{
  g_autoptr (SinganAnimation) animation = begin (0, 0.1, 0.9);
  g_autoptr (SinganTensor) first = next (animation);
  g_autoptr (SinganTensor) second = next (animation);
  g_autoptr (SinganTensor) picture = singan_reconstruct (model, NULL, NULL);

  assert_true (difference (first, picture) == 0);
  assert_true (difference (second, picture) > 0);
}

static void
test_frames_of_a_full_pull_stand_still (void **state G_GNUC_UNUSED)
{
  g_autoptr (SinganAnimation) animation = begin (0, 1, 0.5);
  g_autoptr (SinganTensor) first = next (animation);
  gint t;

  /* The first step is small, whatever the pull. */
  singan_tensor_free (next (animation));
  for (t = 0; t < 3; t++)
    {
      g_autoptr (SinganTensor) frame = next (animation);

      assert_true (difference (frame, first) == 0);
    }
}

static void
test_frames_same_bits_from_the_file_on_any_threads (void **state G_GNUC_UNUSED)
{
  g_autofree gchar *folder = g_dir_make_tmp ("singan-test-XXXXXX", NULL);
  g_autofree gchar *path = g_build_filename (folder, "m", NULL);
  const SinganWalk  walk = { SEED, 0, 0.1, 0.9 };
  g_autoptr (SinganAnimation) animation = begin (0, 0.1, 0.9);
  g_autoptr (SinganModel) loaded = NULL;
  g_autoptr (SinganAnimation) again = NULL;
  gint t;

  assert_true (singan_model_save (model, path, NULL));
  loaded = singan_model_load (path, NULL);
  assert_non_null (loaded);
  assert_int_equal (singan_model_get_info (loaded)->settings.purpose,
                    SINGAN_PURPOSE_ANIMATION);
  again = singan_animation_new (loaded, &walk, NULL);
  for (t = 0; t < FRAMES; t++)
    {
      g_autoptr (SinganTensor) frame = NULL;
      g_autoptr (SinganTensor) same = NULL;

      singan_parallel_set_threads (1);
      frame = next (animation);
      singan_parallel_set_threads (4);
      same = next (again);
      assert_memory_equal (frame->data, same->data,
                           singan_tensor_size (frame) * sizeof (SinganReal));
    }
  singan_parallel_set_threads (0);
  g_unlink (path);
  g_rmdir (folder);
}

static void
test_model_for_animation_has_noise_in_the_border (void **state G_GNUC_UNUSED)
{
  const SinganModelInfo *info = singan_model_get_info (model);
  const SinganTensor    *z_rec = singan_model_get_z_rec (model);

  assert_int_equal (info->settings.min_size, 20);
  /* Rounding may add one. */
  assert_in_range (MIN (info->geometry.heights[0], info->geometry.widths[0]),
                   20, 21);
  assert_int_equal (z_rec->height,
                    info->geometry.heights[0] + 2 * SINGAN_BORDER);
  assert_int_equal (z_rec->width, info->geometry.widths[0] + 2 * SINGAN_BORDER);
}

static void
test_generator_input_noise_may_cover_the_border (void **state G_GNUC_UNUSED)
{
  g_autoptr (SinganTensor) x = singan_tensor_new (3, 4, 1, NULL);
  g_autoptr (SinganTensor) inner = singan_tensor_new (3, 4, 1, NULL);
  g_autoptr (SinganTensor) outer = singan_tensor_new (13, 14, 1, NULL);
  g_autoptr (SinganTensor) padded = singan_tensor_new (13, 14, 1, NULL);
  gint i;

  for (i = 0; i < 12; i++)
    {
      x->data[i] = 100;
      inner->data[i] = (SinganReal) i;
    }
  for (i = 0; i < 13 * 14; i++)
    outer->data[i] = (SinganReal) i;

  singan_generator_input (x, inner, 2, FALSE, padded);
  assert_true (padded->data[0] == 0);
  assert_true (padded->data[5 * 14 + 5] == 100);
  assert_true (padded->data[7 * 14 + 8] == 100 + 2 * 11);

  singan_generator_input (x, outer, 2, FALSE, padded);
  for (i = 0; i < 13 * 14; i++)
    {
      const gboolean is_inside
          = i / 14 >= 5 && i / 14 < 8 && i % 14 >= 5 && i % 14 < 9;

      assert_true (padded->data[i] == (is_inside ? 100 : 0) + 2 * i);
    }
}

static void
test_animation_out_of_range_is_refused (void **state G_GNUC_UNUSED)
{
  const SinganWalk bad[]
      = { { 1, -1, 0.1, 0.9 }, { 1, finest () + 1, 0.1, 0.9 },
          { 1, 0, -0.1, 0.9 }, { 1, 0, 1.1, 0.9 },
          { 1, 0, 0.1, NAN },  { 1, 0, 0.1, 2 } };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      assert_null (singan_animation_new (model, &bad[i], &error));
      assert_true (
          g_error_matches (error, SINGAN_ERROR, SINGAN_ERROR_SETTINGS));
    }
}

static void
test_animation_cancelled_stops (void **state G_GNUC_UNUSED)
{
  g_autoptr (SinganAnimation) animation = begin (1, 0.1, 0.9);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  assert_null (singan_animation_next (animation, cancellable, &error));
  assert_true (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
}

static int
train (void **state G_GNUC_UNUSED)
{
  SinganSettings settings;
  g_autoptr (SinganTensor) picture = singan_tensor_new (HEIGHT, WIDTH, 3, NULL);
  g_autoptr (SinganTrainer) trainer = NULL;
  gsize i;

  for (i = 0; i < singan_tensor_size (picture); i++)
    picture->data[i] = (SinganReal) (0.7 * sin (i / 11.0 + i % 3));
  if (! singan_settings_init (&settings, SINGAN_PRESET_PREVIEW, WIDTH, 6, 4,
                              NULL))
    return -1;
  singan_settings_set_purpose (&settings, SINGAN_PURPOSE_ANIMATION);
  settings.features = settings.features_maximum = 6;
  trainer = singan_trainer_new (picture, &settings, "", "", NULL);
  if (! trainer
      || ! singan_trainer_run (trainer, NULL, NULL, NULL, NULL, NULL, NULL))
    return -1;
  model = singan_trainer_get_model (trainer, NULL);

  return model ? 0 : -1;
}

static int
clear (void **state G_GNUC_UNUSED)
{
  singan_model_unref (model);

  return 0;
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_frames_are_what_the_formula_says),
    cmocka_unit_test (test_first_frame_is_the_reconstruction),
    cmocka_unit_test (test_frames_of_a_full_pull_stand_still),
    cmocka_unit_test (test_frames_same_bits_from_the_file_on_any_threads),
    cmocka_unit_test (test_model_for_animation_has_noise_in_the_border),
    cmocka_unit_test (test_generator_input_noise_may_cover_the_border),
    cmocka_unit_test (test_animation_out_of_range_is_refused),
    cmocka_unit_test (test_animation_cancelled_stops),
  };

  return cmocka_run_group_tests (tests, train, clear);
}
