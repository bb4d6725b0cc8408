/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Settings and geometry: every row of geometry.tsv, and what is refused.
 */

#include "config.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/error.h"
#include "core/pyramid/geometry.h"

/* The table has ten digits. */
#define FACTOR_TOLERANCE 1e-9

static void
check_row (gchar **cells)
{
  const gboolean is_super_resolution = cells[1][0] == '1';
  SinganSettings settings;
  SinganGeometry geometry;
  g_auto (GStrv) sizes = g_strsplit (cells[6], " ", 0);
  g_auto (GStrv) features = g_strsplit (g_strstrip (cells[7]), " ", 0);
  gint width, height, n;

  assert_int_equal (sscanf (cells[0], "%dx%d", &width, &height), 2);
  assert_true (singan_settings_init (&settings, SINGAN_PRESET_PAPER,
                                     atoi (cells[2]), 0, 1, NULL));
  if (is_super_resolution)
    {
      settings.min_size = 18;
      assert_true (singan_geometry_init_super_resolution (
          &geometry, height, width, 4, &settings, NULL));
    }
  else
    {
      assert_true (
          singan_geometry_init (&geometry, height, width, &settings, NULL));
    }

  assert_int_equal (geometry.n_scales, atoi (cells[3]) + 1);
  assert_true (fabs (geometry.training_scale - g_ascii_strtod (cells[4], NULL))
               < FACTOR_TOLERANCE);
  assert_true (fabs (geometry.factor - g_ascii_strtod (cells[5], NULL))
               < FACTOR_TOLERANCE);
  assert_int_equal (g_strv_length (sizes), geometry.n_scales);
  for (n = 0; n < geometry.n_scales; n++)
    {
      gint h, w;

      assert_int_equal (sscanf (sizes[n], "%dx%d", &h, &w), 2);
      assert_int_equal (geometry.heights[n], h);
      assert_int_equal (geometry.widths[n], w);
      assert_int_equal (geometry.features[n], atoi (features[n]));
    }
}

static void
test_geometry_table_rows_are_met (void **state G_GNUC_UNUSED)
{
  g_autofree gchar *path = g_build_filename (
      g_getenv ("SINGAN_TEST_DATA"), "core", "pyramid", "geometry.tsv", NULL);
  g_autofree gchar *text = NULL;
  g_auto (GStrv) lines = NULL;
  gint rows = 0;
  gint i;

  assert_true (g_file_get_contents (path, &text, NULL, NULL));
  lines = g_strsplit (text, "\n", 0);
  for (i = 0; lines[i]; i++)
    {
      g_auto (GStrv) cells = g_strsplit (lines[i], "\t", 0);

      if (lines[i][0] == '#' || g_strv_length (cells) != 8)
        continue;
      check_row (cells);
      rows++;
    }
  assert_int_equal (rows, 14);
}

static void
test_geometry_bad_sizes_are_refused (void **state G_GNUC_UNUSED)
{
  static const gint sizes[][2]
      = { { 300, 12 }, { 31, 31 }, { 2000, 100 }, { 40, 5000 } };
  SinganSettings settings;
  SinganGeometry geometry;
  gsize          i;

  assert_true (
      singan_settings_init (&settings, SINGAN_PRESET_PAPER, 250, 0, 1, NULL));
  for (i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (GError) error = NULL;

      assert_false (singan_geometry_init (&geometry, sizes[i][0], sizes[i][1],
                                          &settings, &error));
      assert_true (g_error_matches (error, SINGAN_ERROR, SINGAN_ERROR_IMAGE));
    }
}

static void
test_geometry_all_allowed_sizes_are_sound (void **state G_GNUC_UNUSED)
{
  SinganSettings settings;
  gint           max_size, height, width, n;

  for (max_size = 48; max_size <= 1024; max_size += 61)
    for (height = 32; height < 3000; height += 97)
      for (width = 32; width < 3000; width += 89)
        {
          SinganGeometry geometry;

          assert_true (singan_settings_init (&settings, SINGAN_PRESET_PAPER,
                                             max_size, 0, 1, NULL));
          if (! singan_geometry_init (&geometry, height, width, &settings,
                                      NULL))
            continue;
          assert_in_range (geometry.n_scales, 2, SINGAN_SCALES_MAXIMUM);
          for (n = 0; n < geometry.n_scales; n++)
            {
              /* Rounding noise may add a pixel; see ceil_size. */
              assert_in_range (geometry.heights[n], 25, max_size + 1);
              assert_in_range (geometry.widths[n], 25, max_size + 1);
              if (n > 0)
                assert_true (geometry.heights[n] >= geometry.heights[n - 1]);
            }
        }
}

/* Whatever a training has is possible to the one who reads its file; what
 * another one has is not. */
static void
test_geometry_is_possible_for_all_that_trainings_have (
    void **state G_GNUC_UNUSED)
{
  SinganSettings settings;
  SinganGeometry geometry;
  gint           preset, purpose, max_size, height, width;

  for (preset = 0; preset < SINGAN_N_PRESETS; preset++)
    for (purpose = 0; purpose < SINGAN_N_PURPOSES; purpose++)
      for (max_size = 48; max_size <= 1024; max_size += 122)
        for (height = 32; height < 5000; height += 211)
          for (width = 32; width < 5000; width += 193)
            {
              assert_true (singan_settings_init (
                  &settings, (SinganPreset) preset, max_size, 0, 1, NULL));
              singan_settings_set_purpose (&settings, (SinganPurpose) purpose);
              if (! singan_geometry_init (&geometry, height, width, &settings,
                                          NULL))
                continue;
              assert_true (singan_geometry_is_possible (&geometry, &settings));
              geometry.heights[0] += 2;
              assert_false (singan_geometry_is_possible (&geometry, &settings));
            }
}

static void
test_geometry_refusal_tells_sizes_and_remedy (void **state G_GNUC_UNUSED)
{
  /* width, height, max_size, what the message has to say */
  static const struct
  {
    gint         width;
    gint         height;
    gint         max_size;
    const gchar *words[3];
  } cases[] = {
    { 12, 300, 250, { "12 x 300", "at least", "32" } },
    { 2000, 100, 250, { "2000 x 100", " 481 pixels or more", "have 13," } },
    { 100, 2000, 250, { "100 x 2000", " 481 pixels or more", "have 13," } },
    { 40, 5000, 250, { "40 x 5000", "elongated", " 40 times" } },
  };
  SinganSettings settings;
  SinganGeometry geometry;
  gsize          i;
  gsize          word;

  for (i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      assert_true (singan_settings_init (&settings, SINGAN_PRESET_PAPER,
                                         cases[i].max_size, 0, 1, NULL));
      assert_false (singan_geometry_init (&geometry, cases[i].height,
                                          cases[i].width, &settings, &error));
      for (word = 0; word < G_N_ELEMENTS (cases[i].words); word++)
        assert_non_null (strstr (error->message, cases[i].words[word]));
    }

  /* What the message promises holds, and one pixel less does not do. */
  assert_true (
      singan_settings_init (&settings, SINGAN_PRESET_PAPER, 481, 0, 1, NULL));
  assert_true (singan_geometry_init (&geometry, 100, 2000, &settings, NULL));
  settings.max_size--;
  assert_false (singan_geometry_init (&geometry, 100, 2000, &settings, NULL));
}

static void
test_geometry_super_resolution_refuses_alike (void **state G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;
  SinganSettings settings;
  SinganGeometry geometry;

  assert_true (
      singan_settings_init (&settings, SINGAN_PRESET_PAPER, 250, 0, 1, NULL));
  settings.min_size = 18;
  assert_false (singan_geometry_init_super_resolution (&geometry, 12, 300, 4,
                                                       &settings, &error));
  assert_true (g_error_matches (error, SINGAN_ERROR, SINGAN_ERROR_IMAGE));
}

static void
test_settings_out_of_range_are_refused (void **state G_GNUC_UNUSED)
{
  static const gint values[][2]
      = { { 47, 0 }, { 1025, 0 }, { 250, -1 }, { 250, 100001 } };
  SinganSettings settings;
  gsize          i;

  for (i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_autoptr (GError) error = NULL;

      assert_false (singan_settings_init (&settings, SINGAN_PRESET_PREVIEW,
                                          values[i][0], values[i][1], 1,
                                          &error));
      assert_true (
          g_error_matches (error, SINGAN_ERROR, SINGAN_ERROR_SETTINGS));
    }
}

static void
test_settings_paper_is_the_papers (void **state G_GNUC_UNUSED)
{
  SinganSettings    a;
  SinganSettings    b;
  g_autofree gchar *one = NULL;
  g_autofree gchar *other = NULL;

  assert_true (singan_settings_init (&a, SINGAN_PRESET_PAPER, 250, 0, 1, NULL));
  assert_int_equal (a.max_size, 250);
  assert_int_equal (a.iterations, 2000);
  assert_int_equal (a.discriminator_steps, 3);
  assert_int_equal (a.generator_steps, 3);
  assert_int_equal (a.features_maximum, 128);
  assert_true (a.reconstruction_weight == 10 && a.penalty_weight == 0.1
               && a.learning_rate == 5e-4 && a.decay_start == 0.8);

  /* The fingerprint knows everything but the seed. */
  assert_true (singan_settings_init (&b, SINGAN_PRESET_PAPER, 250, 0, 2, NULL));
  one = singan_settings_fingerprint (&a);
  other = singan_settings_fingerprint (&b);
  assert_string_equal (one, other);
  b.learning_rate = 4e-4;
  g_free (other);
  other = singan_settings_fingerprint (&b);
  assert_string_not_equal (one, other);
}

/* The paper's preset for 250 x 188 pixels, which has no windows. */
static void
init_paper (SinganSettings *settings, SinganGeometry *geometry)
{
  assert_true (
      singan_settings_init (settings, SINGAN_PRESET_PAPER, 250, 0, 1, NULL));
  assert_true (singan_geometry_init (geometry, 188, 250, settings, NULL));
}

static void
test_trains_below_from_scale_2_up_to_the_window (void **state G_GNUC_UNUSED)
{
  SinganSettings settings;
  SinganGeometry geometry;
  gint           n;

  init_paper (&settings, &geometry);
  settings.window = geometry.widths[5];
  settings.below_rate = 0;
  for (n = 0; n < geometry.n_scales; n++)
    assert_false (singan_geometry_trains_below (&geometry, &settings, n));
  settings.below_rate = 0.1;
  for (n = 0; n < geometry.n_scales; n++)
    assert_true (singan_geometry_trains_below (&geometry, &settings, n)
                 == (n >= 2 && n <= 5));
  settings.window--;
  assert_false (singan_geometry_trains_below (&geometry, &settings, 5));
}

static void
test_mirrors_border_where_a_window_is_a_part (void **state G_GNUC_UNUSED)
{
  SinganSettings settings;
  SinganGeometry geometry;
  gint           n;

  init_paper (&settings, &geometry);
  settings.window = geometry.widths[5];
  for (n = 0; n < geometry.n_scales; n++)
    assert_false (singan_geometry_mirrors_border (&geometry, &settings, n));
  settings.is_mirrored = 1;
  for (n = 0; n < geometry.n_scales; n++)
    assert_true (singan_geometry_mirrors_border (&geometry, &settings, n)
                 == (n > 5));
  settings.detail_weight = 1;
  settings.detail_size = geometry.widths[6];
  for (n = 0; n < geometry.n_scales; n++)
    assert_true (singan_geometry_mirrors_border (&geometry, &settings, n)
                 == (n == 6 || n == 8));
  settings.detail_weight = 0;
  /* The coarsest scale always trains on all of it. */
  settings.window = geometry.widths[0] - 1;
  for (n = 0; n < geometry.n_scales; n++)
    assert_true (singan_geometry_mirrors_border (&geometry, &settings, n)
                 == (n > 0));
}

static void
test_learns_detail_beyond_a_size_where_widths_match (void **state G_GNUC_UNUSED)
{
  SinganSettings settings;
  SinganGeometry geometry;
  gint           n;

  init_paper (&settings, &geometry);
  assert_int_equal (geometry.n_scales, 10);
  settings.window = geometry.widths[2];
  settings.detail_size = geometry.widths[4];
  for (n = 0; n < geometry.n_scales; n++)
    assert_false (singan_geometry_learns_detail (&geometry, &settings, n));
  settings.detail_weight = 1;
  /* Scale 8 has twice the features of the one below. */
  for (n = 0; n < geometry.n_scales; n++)
    assert_true (singan_geometry_learns_detail (&geometry, &settings, n)
                 == (n > 4 && n != 8));
  settings.window = geometry.widths[6];
  for (n = 0; n < geometry.n_scales; n++)
    assert_true (singan_geometry_learns_detail (&geometry, &settings, n)
                 == (n > 6 && n != 8));
}

static void
test_get_iterations_more_where_detail_is_learnt (void **state G_GNUC_UNUSED)
{
  SinganSettings settings;
  SinganGeometry geometry;
  gint           n;

  init_paper (&settings, &geometry);
  settings.iterations = 100;
  settings.finest_share = 0.5;
  settings.window = geometry.widths[2];
  settings.detail_size = geometry.widths[4];
  settings.detail_weight = 1;
  settings.detail_iterations = 2.5;
  assert_int_equal (singan_geometry_get_iterations (&geometry, &settings, 0),
                    100);
  assert_int_equal (singan_geometry_get_iterations (&geometry, &settings, 9),
                    125);
  for (n = 0; n < geometry.n_scales; n++)
    {
      const gdouble times
          = singan_geometry_learns_detail (&geometry, &settings, n) ? 2.5 : 1;

      assert_int_equal (
          singan_geometry_get_iterations (&geometry, &settings, n),
          lround (times * 100 * pow (0.5, n / 9.)));
    }
  settings.iterations = SINGAN_ITERATIONS_MAXIMUM;
  assert_int_equal (singan_geometry_get_iterations (&geometry, &settings, 9),
                    SINGAN_ITERATIONS_MAXIMUM);
}

/* At the default size it costs coherence. */
static void
test_balanced_learns_detail_of_large_pictures_alone (void **state G_GNUC_UNUSED)
{
  SinganSettings settings;
  SinganGeometry geometry;
  gint           n;

  assert_true (singan_settings_init (&settings, SINGAN_PRESET_BALANCED, 250, 0,
                                     1, NULL));
  assert_true (singan_geometry_init (&geometry, 900, 900, &settings, NULL));
  for (n = 0; n < geometry.n_scales; n++)
    assert_false (singan_geometry_learns_detail (&geometry, &settings, n));
  settings.max_size = 1024;
  assert_true (singan_geometry_init (&geometry, 1050, 1680, &settings, NULL));
  assert_true (singan_geometry_learns_detail (&geometry, &settings,
                                              geometry.n_scales - 1));
  assert_int_equal (singan_geometry_get_iterations (&geometry, &settings,
                                                    geometry.n_scales - 1),
                    1600);

  /* What the user asks for holds there as well. */
  assert_true (singan_settings_init (&settings, SINGAN_PRESET_BALANCED, 1024,
                                     77, 1, NULL));
  for (n = 0; n < geometry.n_scales; n++)
    assert_int_equal (singan_geometry_get_iterations (&geometry, &settings, n),
                      77);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_geometry_table_rows_are_met),
    cmocka_unit_test (test_geometry_bad_sizes_are_refused),
    cmocka_unit_test (test_geometry_all_allowed_sizes_are_sound),
    cmocka_unit_test (test_geometry_is_possible_for_all_that_trainings_have),
    cmocka_unit_test (test_geometry_refusal_tells_sizes_and_remedy),
    cmocka_unit_test (test_geometry_super_resolution_refuses_alike),
    cmocka_unit_test (test_settings_out_of_range_are_refused),
    cmocka_unit_test (test_settings_paper_is_the_papers),
    cmocka_unit_test (test_trains_below_from_scale_2_up_to_the_window),
    cmocka_unit_test (test_mirrors_border_where_a_window_is_a_part),
    cmocka_unit_test (test_learns_detail_beyond_a_size_where_widths_match),
    cmocka_unit_test (test_get_iterations_more_where_detail_is_learnt),
    cmocka_unit_test (test_balanced_learns_detail_of_large_pictures_alone),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
