/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Samples of a shortly trained pyramid: exact sizes, the layout kept from the
 * finest scale, something new from the coarsest, the same bits for the same
 * seed, and what is refused.
 */

#include "config.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/apply/sample.h"
#include "core/base/error.h"
#include "core/base/parallel.h"
#include "core/pyramid/resize.h"
#include "core/training/run.h"
#include "core/training/trainer.h"

#define HEIGHT 50
#define WIDTH 64

static SinganModel  *model;
static SinganTensor *picture;

static SinganTensor *
sample (guint32 index, gint start_scale, gdouble height, gdouble width)
{
  const SinganSampling sampling = { 11, index, start_scale, width, height };
  SinganTensor        *tensor = singan_sample (model, &sampling, NULL, NULL);

  assert_non_null (tensor);

  return tensor;
}

static gdouble
correlation (const SinganTensor *a, const SinganTensor *b)
{
  const gsize n = singan_tensor_size (a);
  gdouble     sa = 0, sb = 0, saa = 0, sbb = 0, sab = 0;
  gsize       i;

  assert_int_equal (n, singan_tensor_size (b));
  for (i = 0; i < n; i++)
    {
      sa += a->data[i];
      sb += b->data[i];
      saa += (gdouble) a->data[i] * a->data[i];
      sbb += (gdouble) b->data[i] * b->data[i];
      sab += (gdouble) a->data[i] * b->data[i];
    }

  return (sab - sa * sb / n) / sqrt ((saa - sa * sa / n) * (sbb - sb * sb / n));
}

static gint
finest (void)
{
  return singan_model_get_info (model)->geometry.n_scales - 1;
}

static void
test_sample_any_factor_has_the_rounded_size (void **state G_GNUC_UNUSED)
{
  static const gdouble factors[]
      = { 0.25, 0.333, 0.5, 0.999, 1, 1.01, 1.5, 2.718, 4 };
  const SinganGeometry *geometry = &singan_model_get_info (model)->geometry;
  gsize                 i;
  gint                  start;

  for (i = 0; i < G_N_ELEMENTS (factors); i++)
    for (start = 0; start <= finest (); start += finest ())
      {
        const gdouble other = factors[(i * 5 + 2) % G_N_ELEMENTS (factors)];
        g_autoptr (SinganTensor) tensor = sample (0, start, factors[i], other);

        assert_int_equal (tensor->height,
                          lround (factors[i] * geometry->heights[finest ()]));
        assert_int_equal (tensor->width,
                          lround (other * geometry->widths[finest ()]));
      }
}

static void
test_sample_finest_scale_keeps_the_layout (void **state G_GNUC_UNUSED)
{
  g_autoptr (SinganTensor) tensor = sample (0, finest (), 1, 1);
  g_autoptr (SinganTensor) real
      = singan_resize (picture, tensor->height, tensor->width, NULL);

  assert_true (correlation (tensor, real) > 0.9);
}

static void
test_sample_coarsest_scale_does_not_copy (void **state G_GNUC_UNUSED)
{
  g_autoptr (SinganTensor) one = sample (0, 0, 1, 1);
  g_autoptr (SinganTensor) other = sample (1, 0, 1, 1);
  g_autoptr (SinganTensor) real
      = singan_resize (picture, one->height, one->width, NULL);

  /* Another picture from each index, and none of them the original: the
   * threshold is the difference of grey levels one can see, 0.05 of 2. */
  assert_true (singan_tensor_mean_squared_difference (one, other)
               > 0.05 * 0.05);
  assert_true (singan_tensor_mean_squared_difference (one, real) > 0.05 * 0.05);
}

static void
test_sample_same_seed_same_bits_on_any_threads (void **state G_GNUC_UNUSED)
{
  g_autoptr (SinganTensor) one = NULL;
  g_autoptr (SinganTensor) other = NULL;

  singan_parallel_set_threads (1);
  one = sample (3, 1, 1.3, 0.8);
  singan_parallel_set_threads (4);
  other = sample (3, 1, 1.3, 0.8);
  singan_parallel_set_threads (0);
  assert_memory_equal (one->data, other->data,
                       singan_tensor_size (one) * sizeof (SinganReal));
}

static void
test_reconstruct_resembles_the_picture (void **state G_GNUC_UNUSED)
{
  g_autoptr (SinganTensor) tensor = singan_reconstruct (model, NULL, NULL);
  g_autoptr (SinganTensor) real
      = singan_resize (picture, tensor->height, tensor->width, NULL);

  assert_true (correlation (tensor, real) > 0.9);
}

static void
test_sample_out_of_range_is_refused (void **state G_GNUC_UNUSED)
{
  const SinganSampling bad[] = { { 1, 0, -1, 1, 1 },
                                 { 1, 0, finest () + 1, 1, 1 },
                                 { 1, 0, 0, 0.2, 1 },
                                 { 1, 0, 0, 1, 4.1 },
                                 { 1, 0, 0, NAN, 1 } };
  gsize                i;

  for (i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      assert_null (singan_sample (model, &bad[i], NULL, &error));
      assert_true (
          g_error_matches (error, SINGAN_ERROR, SINGAN_ERROR_SETTINGS));
    }
}

static void
test_sample_cancelled_stops (void **state G_GNUC_UNUSED)
{
  const SinganSampling sampling = { 1, 0, 0, 1, 1 };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  assert_null (singan_sample (model, &sampling, cancellable, &error));
  assert_true (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
}

static void
test_sample_of_a_stopped_training_has_full_size (void **state G_GNUC_UNUSED)
{
  const SinganSampling  sampling = { 1, 0, 0, 1, 1 };
  const SinganSettings  settings = singan_model_get_info (model)->settings;
  const SinganGeometry *geometry = &singan_model_get_info (model)->geometry;
  g_autoptr (SinganTrainer) trainer
      = singan_trainer_new (picture, &settings, "", "", NULL);
  g_autoptr (SinganModel) part = NULL;
  g_autoptr (SinganTensor) tensor = NULL;
  gint i;

  for (i = 0; i < settings.iterations; i++)
    assert_true (singan_trainer_step (trainer, NULL));
  part = singan_trainer_get_model (trainer, NULL);
  assert_int_equal (singan_model_n_trained (part), 1);
  tensor = singan_sample (part, &sampling, NULL, NULL);
  assert_int_equal (tensor->height, geometry->heights[finest ()]);
  assert_int_equal (tensor->width, geometry->widths[finest ()]);
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
            = (SinganReal) (h < HEIGHT / 2
                                ? 0.6 - 0.5 * c + 0.2 * sin (w / 9.0)
                                : 0.3 * c - 0.7
                                      + 0.4 * sin (w / 2.0 + h / 3.0));
  if (! singan_settings_init (&settings, SINGAN_PRESET_PREVIEW, WIDTH, 100, 4,
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
    cmocka_unit_test (test_sample_any_factor_has_the_rounded_size),
    cmocka_unit_test (test_sample_finest_scale_keeps_the_layout),
    cmocka_unit_test (test_sample_coarsest_scale_does_not_copy),
    cmocka_unit_test (test_sample_same_seed_same_bits_on_any_threads),
    cmocka_unit_test (test_reconstruct_resembles_the_picture),
    cmocka_unit_test (test_sample_out_of_range_is_refused),
    cmocka_unit_test (test_sample_cancelled_stops),
    cmocka_unit_test (test_sample_of_a_stopped_training_has_full_size),
  };

  return cmocka_run_group_tests (tests, train, clear);
}
