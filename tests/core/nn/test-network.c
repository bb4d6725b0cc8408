/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Networks that start from smaller ones.
 */

#include "config.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/nn/network.h"

#define HEIGHT 21
#define WIDTH 18
#define CHANNELS 3

/* Of outputs around a half, the errors of Winograd's convolutions included. */
#define TOLERANCE 1e-3

static SinganNetwork *
drawn_network (gint features, guint32 seed)
{
  SinganRandomKey key = { seed, SINGAN_RANDOM_GENERATOR, 0, 0 };
  SinganNetwork  *network
      = singan_network_new (CHANNELS, features, CHANNELS, TRUE, NULL);
  gsize i;

  singan_network_init (network, &key);
  /* As large as after some training. */
  for (i = 0; i < network->n_parameters; i++)
    network->value[i] *= 4;
  singan_network_changed (network);
  key.index = 12;
  singan_random_uniform (&key, network->running, network->n_running);

  return network;
}

static gdouble
largest_difference (const SinganReal *a, const SinganReal *b, gsize count)
{
  gdouble largest = 0;
  gsize   i;

  for (i = 0; i < count; i++)
    largest = MAX (largest, fabs (a[i] - b[i]));

  return largest;
}

static void
test_widened_network_computes_the_same (void **state G_GNUC_UNUSED)
{
  static const gint     features[][2] = { { 4, 7 }, { 16, 32 }, { 32, 64 } };
  const SinganRandomKey key = { 1, SINGAN_RANDOM_SAMPLE, 1, 0 };
  const gsize           count
      = (HEIGHT - 2 * SINGAN_BORDER) * (WIDTH - 2 * SINGAN_BORDER) * CHANNELS;
  SinganReal x[HEIGHT * WIDTH * CHANNELS];
  gsize      i;

  singan_random_normal (&key, x, G_N_ELEMENTS (x));
  for (i = 0; i < G_N_ELEMENTS (features); i++)
    {
      g_autoptr (SinganNetwork) source = drawn_network (features[i][0], 1);
      g_autoptr (SinganNetwork) wide = drawn_network (features[i][1], 2);
      g_autoptr (SinganPasses) source_passes = singan_passes_new (
          source, HEIGHT, WIDTH, SINGAN_PASS_BACKWARD, NULL);
      g_autoptr (SinganPasses) wide_passes
          = singan_passes_new (wide, HEIGHT, WIDTH, SINGAN_PASS_BACKWARD, NULL);
      const SinganReal *wanted
          = singan_network_forward (source, source_passes, x, FALSE);
      gdouble difference;

      difference = largest_difference (
          wanted, singan_network_forward (wide, wide_passes, x, FALSE), count);
      assert_true (difference > 0.1);

      singan_network_widen (wide, source);
      difference = largest_difference (
          wanted, singan_network_forward (wide, wide_passes, x, FALSE), count);
      print_message ("# %d to %d features: %.1e\n", features[i][0],
                     features[i][1], difference);
      assert_true (difference < TOLERANCE);
    }
}

static void
test_widened_network_infers_the_same (void **state G_GNUC_UNUSED)
{
  const SinganRandomKey key = { 1, SINGAN_RANDOM_SAMPLE, 1, 0 };
  g_autoptr (SinganNetwork) source = drawn_network (16, 1);
  g_autoptr (SinganNetwork) wide = drawn_network (32, 2);
  g_autoptr (SinganPasses) source_passes
      = singan_passes_new (source, HEIGHT, WIDTH, SINGAN_PASS_INFER, NULL);
  g_autoptr (SinganPasses) wide_passes
      = singan_passes_new (wide, HEIGHT, WIDTH, SINGAN_PASS_INFER, NULL);
  SinganReal x[HEIGHT * WIDTH * CHANNELS];

  singan_random_normal (&key, x, G_N_ELEMENTS (x));
  singan_network_widen (wide, source);
  assert_true (singan_network_freeze (source, FALSE, NULL));
  assert_true (singan_network_freeze (wide, FALSE, NULL));
  assert_true (
      largest_difference (singan_network_infer (source, source_passes, x),
                          singan_network_infer (wide, wide_passes, x),
                          (HEIGHT - 2 * SINGAN_BORDER)
                              * (WIDTH - 2 * SINGAN_BORDER) * CHANNELS)
      < TOLERANCE);
}

static void
test_duplicate_of_a_frozen_network_can_learn (void **state G_GNUC_UNUSED)
{
  const SinganRandomKey key = { 1, SINGAN_RANDOM_SAMPLE, 1, 0 };
  g_autoptr (SinganNetwork) source = drawn_network (8, 1);
  g_autoptr (SinganNetwork) copy = NULL;
  const gsize bytes = source->n_parameters * sizeof (SinganReal);

  source->steps = 7;
  assert_true (singan_network_freeze (source, FALSE, NULL));
  copy = singan_network_duplicate (source, NULL);
  assert_non_null (copy);
  assert_int_equal (copy->steps, 0);
  assert_memory_equal (copy->value, source->value, bytes);
  assert_memory_equal (copy->running, source->running,
                       source->n_running * sizeof (SinganReal));
  singan_random_normal (&key, copy->gradient, copy->n_parameters);
  singan_network_adam_step (copy, 1e-3);
  assert_memory_not_equal (copy->value, source->value, bytes);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_widened_network_computes_the_same),
    cmocka_unit_test (test_widened_network_infers_the_same),
    cmocka_unit_test (test_duplicate_of_a_frozen_network_can_learn),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
