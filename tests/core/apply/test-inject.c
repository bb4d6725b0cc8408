/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A picture that enters a shortly trained pyramid: the steps that the
 * definition names, its size, its seed, and what is refused.
 */

#include "config.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/apply/inject.h"
#include "core/base/error.h"
#include "core/base/parallel.h"
#include "core/pyramid/resize.h"
#include "core/pyramid/stage.h"
#include "core/training/run.h"
#include "core/training/trainer.h"

#define HEIGHT 50
#define WIDTH 64

static SinganModel  *model;
static SinganTensor *picture;

static gint
finest (void)
{
  return singan_model_get_info (model)->geometry.n_scales - 1;
}

static SinganTensor *
inject (guint32 seed, gint start_scale)
{
  const SinganInjection injection = { seed, start_scale, NULL };
  SinganTensor *result = singan_inject (model, &injection, picture, NULL, NULL);

  assert_non_null (result);

  return result;
}

/* Shrunk to the scale below, enlarged to the start, fresh noise from there. */
static SinganTensor *
inject_by_definition (guint32 seed, gint start_scale)
{
  const SinganGeometry *geometry = &singan_model_get_info (model)->geometry;
  SinganTensor         *current
      = singan_resize (picture, geometry->heights[start_scale - 1],
                       geometry->widths[start_scale - 1], NULL);
  gsize i;
  gint  n;

  for (n = start_scale; n <= finest (); n++)
    {
      const SinganRandomKey key = { seed, SINGAN_RANDOM_INJECTION, n, 0 };
      const SinganNetwork  *generator = singan_model_get_generator (model, n);
      g_autoptr (SinganStage) stage = singan_stage_new (
          generator, geometry->heights[n], geometry->widths[n], 0, NULL);

      assert_true (singan_resize_into (current, stage->x, NULL));
      singan_noise_draw (&key, stage->noise);
      singan_stage_run (stage, generator,
                        singan_model_get_noise_amplitude (model, n));
      singan_tensor_free (current);
      current = g_steal_pointer (&stage->output);
    }
  for (i = 0; i < singan_tensor_size (current); i++)
    current->data[i] = CLAMP (current->data[i], -1, 1);

  return current;
}

static void
test_inject_is_what_the_definition_says (void **state G_GNUC_UNUSED)
{
  gint start;

  for (start = 1; start <= finest (); start++)
    {
      g_autoptr (SinganTensor) result = inject (9, start);
      g_autoptr (SinganTensor) expected = inject_by_definition (9, start);

      assert_int_equal (singan_tensor_size (result),
                        singan_tensor_size (expected));
      assert_memory_equal (result->data, expected->data,
                           singan_tensor_size (result) * sizeof (SinganReal));
    }
}

static void
test_inject_finer_start_keeps_more (void **state G_GNUC_UNUSED)
{
  g_autoptr (SinganTensor) coarse = inject (9, 1);
  g_autoptr (SinganTensor) fine = inject (9, finest ());
  g_autoptr (SinganTensor) entering
      = singan_resize (picture, fine->height, fine->width, NULL);

  assert_true (singan_tensor_mean_squared_difference (fine, entering)
               < singan_tensor_mean_squared_difference (coarse, entering));
}

static void
test_inject_same_seed_same_bits_on_any_threads (void **state G_GNUC_UNUSED)
{
  g_autoptr (SinganTensor) one = NULL;
  g_autoptr (SinganTensor) same = NULL;
  g_autoptr (SinganTensor) other = NULL;

  singan_parallel_set_threads (1);
  one = inject (3, 1);
  singan_parallel_set_threads (4);
  same = inject (3, 1);
  singan_parallel_set_threads (0);
  other = inject (4, 1);
  assert_memory_equal (one->data, same->data,
                       singan_tensor_size (one) * sizeof (SinganReal));
  assert_true (singan_tensor_mean_squared_difference (one, other) > 0);
}

static void
test_inject_out_of_range_says_value_and_range (void **state G_GNUC_UNUSED)
{
  const gint bad[] = { -1, 0, finest () + 1, G_MAXINT };
  gsize      i;

  for (i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      const SinganInjection injection = { 1, bad[i], NULL };
      g_autofree gchar     *value = g_strdup_printf ("is %d;", bad[i]);
      g_autofree gchar     *last = g_strdup_printf ("to %d (", finest ());
      g_autoptr (GError) error = NULL;

      assert_null (singan_inject (model, &injection, picture, NULL, &error));
      assert_true (
          g_error_matches (error, SINGAN_ERROR, SINGAN_ERROR_SETTINGS));
      assert_non_null (strstr (error->message, value));
      assert_non_null (strstr (error->message, last));
    }
}

static void
test_inject_cancelled_stops (void **state G_GNUC_UNUSED)
{
  const SinganInjection injection = { 1, 1, NULL };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  assert_null (singan_inject (model, &injection, picture, cancellable, &error));
  assert_true (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
}

static int
train (void **state G_GNUC_UNUSED)
{
  SinganSettings settings;
  g_autoptr (SinganTrainer) trainer = NULL;
  gint h, w, c;

  picture = singan_tensor_new (HEIGHT, WIDTH, 3, NULL);
  for (h = 0; h < HEIGHT; h++)
    for (w = 0; w < WIDTH; w++)
      for (c = 0; c < 3; c++)
        picture->data[(h * WIDTH + w) * 3 + c]
            = (SinganReal) (0.4 * sin (w / 3.0 + c) + 0.4 * cos (h / 7.0 * c));
  if (! singan_settings_init (&settings, SINGAN_PRESET_PREVIEW, WIDTH, 20, 4,
                              NULL))
    return -1;
  settings.features = settings.features_maximum = 8;
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
  singan_tensor_free (picture);

  return 0;
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_inject_is_what_the_definition_says),
    cmocka_unit_test (test_inject_finer_start_keeps_more),
    cmocka_unit_test (test_inject_same_seed_same_bits_on_any_threads),
    cmocka_unit_test (test_inject_out_of_range_says_value_and_range),
    cmocka_unit_test (test_inject_cancelled_stops),
  };

  return cmocka_run_group_tests (tests, train, clear);
}
