/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What can be said of speeds without a clock.
 */

#include "config.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/singan.h"

static void
make_training (SinganSettings *settings, SinganGeometry *geometry)
{
  assert_true (
      singan_settings_init (settings, SINGAN_PRESET_BALANCED, 250, 0, 1, NULL));
  settings->features = 4;
  settings->features_maximum = 8;
  assert_true (singan_geometry_init (geometry, 188, 250, settings, NULL));
}

static void
test_work_grows_with_pixels_and_features (void **state G_GNUC_UNUSED)
{
  SinganSettings settings;
  SinganGeometry geometry;
  gint           n;

  make_training (&settings, &geometry);
  settings.window = 1000;
  settings.below_rate = 0;
  for (n = 1; n < geometry.n_scales; n++)
    {
      const gdouble growth
          = singan_training_work (&geometry, &settings, n)
            / singan_training_work (&geometry, &settings, n - 1)
            / ((gdouble) geometry.heights[n] * geometry.widths[n]
               / geometry.heights[n - 1] / geometry.widths[n - 1]);

      if (geometry.features[n] == geometry.features[n - 1])
        assert_true (fabs (growth - 1) < 1e-12);
      else
        assert_true (growth > 1);
    }
}

static void
test_work_ends_at_the_window (void **state G_GNUC_UNUSED)
{
  SinganSettings settings;
  SinganGeometry geometry;

  make_training (&settings, &geometry);
  settings.window = 60;
  assert_true (geometry.heights[geometry.n_scales - 2] > 60);
  assert_true (
      singan_training_work (&geometry, &settings, geometry.n_scales - 1)
      == singan_training_work (&geometry, &settings, geometry.n_scales - 2));
}

static void
test_work_counts_the_scale_below_where_it_learns (void **state G_GNUC_UNUSED)
{
  SinganSettings settings;
  SinganSettings alone;
  SinganGeometry geometry;
  gint           n;

  make_training (&settings, &geometry);
  alone = settings;
  settings.below_rate = 0.1;
  alone.below_rate = 0;
  settings.window = alone.window = geometry.widths[geometry.n_scales - 2];
  for (n = 0; n < geometry.n_scales; n++)
    {
      const gdouble more = singan_training_work (&geometry, &settings, n)
                           / singan_training_work (&geometry, &alone, n);

      if (n <= 1 || n == geometry.n_scales - 1)
        assert_true (more == 1);
      else
        assert_true (more > 1.05 && more < 1.3);
    }
}

static void
test_work_counts_iterations_without_a_fake (void **state G_GNUC_UNUSED)
{
  SinganSettings settings;
  SinganSettings whole;
  SinganGeometry geometry;
  gint           n;

  make_training (&settings, &geometry);
  settings.detail_size = geometry.widths[geometry.n_scales - 2];
  settings.detail_period = 10;
  whole = settings;
  whole.detail_period = 1;
  for (n = 0; n < geometry.n_scales; n++)
    {
      const gdouble less = singan_training_work (&geometry, &settings, n)
                           / singan_training_work (&geometry, &whole, n);

      if (n < geometry.n_scales - 1)
        assert_true (less == 1);
      else
        assert_true (less > 0.2 && less < 0.3);
    }
}

static void
test_seconds_count_each_scale_s_iterations (void **state G_GNUC_UNUSED)
{
  SinganSettings settings;
  SinganGeometry geometry;
  SinganSpeed    speed;
  gdouble        seconds = 0;
  gint           n;

  make_training (&settings, &geometry);
  for (n = 0; n < geometry.n_scales; n++)
    {
      speed.work[n] = 100 + n;
      seconds += singan_training_work (&geometry, &settings, n)
                 * singan_geometry_get_iterations (&geometry, &settings, n)
                 / (100 + n);
    }
  assert_true (
      fabs (singan_training_seconds (&speed, &geometry, &settings) - seconds)
      < 1e-9 * seconds);
}

/* Each with its own noise and pyramid; one channel too. */
static void
test_measure_takes_every_purpose (void **state G_GNUC_UNUSED)
{
  gint purpose;
  gint n;

  for (purpose = 0; purpose < SINGAN_N_PURPOSES; purpose++)
    {
      SinganSettings settings;
      SinganGeometry geometry;
      SinganSpeed    speed;

      make_training (&settings, &geometry);
      singan_settings_set_purpose (&settings, (SinganPurpose) purpose);
      assert_true (singan_speed_measure (&speed, &settings, 1, NULL, NULL));
      for (n = 0; n < SINGAN_SCALES_MAXIMUM; n++)
        assert_true (isfinite (speed.work[n]) && speed.work[n] > 0);
    }
}

static void
test_measure_cancelled_says_so (void **state G_GNUC_UNUSED)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  SinganSettings settings;
  SinganGeometry geometry;
  SinganSpeed    speed;

  make_training (&settings, &geometry);
  g_cancellable_cancel (cancellable);
  assert_false (
      singan_speed_measure (&speed, &settings, 3, cancellable, &error));
  assert_true (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_work_grows_with_pixels_and_features),
    cmocka_unit_test (test_work_ends_at_the_window),
    cmocka_unit_test (test_work_counts_the_scale_below_where_it_learns),
    cmocka_unit_test (test_work_counts_iterations_without_a_fake),
    cmocka_unit_test (test_seconds_count_each_scale_s_iterations),
    cmocka_unit_test (test_measure_takes_every_purpose),
    cmocka_unit_test (test_measure_cancelled_says_so),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
