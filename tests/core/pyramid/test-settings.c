/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Settings: the presets, the ranges and their messages, the fingerprint.
 */

#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <locale.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/error.h"
#include "core/pyramid/geometry.h"
#include "core/pyramid/settings.h"
#include "core/training/speed.h"

static SinganSettings
made (SinganPreset preset, gint max_size, gint iterations)
{
  SinganSettings settings;

  assert_true (
      singan_settings_init (&settings, preset, max_size, iterations, 5, NULL));

  return settings;
}

/* Of one of so many scales, which is all that matters of them. */
static gint
iterations_of (const SinganSettings *settings, gint scale, gint n_scales)
{
  const SinganGeometry geometry = { .n_scales = n_scales };

  return singan_geometry_get_iterations (&geometry, settings, scale);
}

static void
test_init_paper_is_the_papers_schedule (void **state G_GNUC_UNUSED)
{
  const SinganSettings settings = made (SINGAN_PRESET_PAPER, 1024, 0);

  assert_int_equal (settings.preset, SINGAN_PRESET_PAPER);
  assert_int_equal (settings.max_size, 1024);
  assert_int_equal (settings.min_size, 25);
  assert_true (settings.scale_factor == 0.75);
  assert_int_equal (settings.features, 32);
  assert_int_equal (settings.features_maximum, 128);
  assert_int_equal (settings.iterations, 2000);
  assert_int_equal (settings.discriminator_steps, 3);
  assert_int_equal (settings.generator_steps, 3);
  assert_true (settings.reconstruction_weight == 10);
  assert_true (settings.penalty_weight == 0.1);
  assert_true (settings.noise_weight == 0.1);
  assert_true (settings.learning_rate == 5e-4);
  assert_true (settings.decay_start == 0.8);
  assert_int_equal (settings.seed, 5);
  /* Nothing that the paper does not have. */
  assert_true (settings.finest_share == 1);
  assert_int_equal (settings.window, SINGAN_MAX_SIZE_MAXIMUM);
  assert_int_equal (settings.patch_scales, 0);
}

static void
test_get_iterations_go_down_geometrically (void **state G_GNUC_UNUSED)
{
  SinganSettings settings = made (SINGAN_PRESET_PAPER, 250, 0);
  gint           n;

  for (n = 0; n < 10; n++)
    assert_int_equal (iterations_of (&settings, n, 10), 2000);
  settings.iterations = 800;
  settings.finest_share = 0.25;
  assert_int_equal (iterations_of (&settings, 0, 5), 800);
  assert_int_equal (iterations_of (&settings, 2, 5), 400);
  assert_int_equal (iterations_of (&settings, 4, 5), 200);
  assert_int_equal (iterations_of (&settings, 0, 1), 800);
  settings.iterations = 1;
  assert_int_equal (iterations_of (&settings, 4, 5), 1);
}

/* Work of one training of a square picture, or of its finest scale alone. */
static gdouble
work_of (const SinganSettings *settings, gboolean is_finest_alone)
{
  const gdouble steps
      = settings->discriminator_steps + settings->generator_steps;
  SinganGeometry geometry;
  gdouble        work = 0;
  gint           n;

  assert_true (singan_geometry_init (&geometry, 500, 500, settings, NULL));
  for (n = is_finest_alone ? geometry.n_scales - 1 : 0; n < geometry.n_scales;
       n++)
    work += steps * singan_training_work (&geometry, settings, n)
            * singan_geometry_get_iterations (&geometry, settings, n);

  return work;
}

static void
test_init_lesser_presets_cost_less (void **state G_GNUC_UNUSED)
{
  SinganPreset preset;

  for (preset = SINGAN_PRESET_PREVIEW; preset < SINGAN_PRESET_PAPER; preset++)
    {
      SinganSettings less = made (preset, 0, 0);
      SinganSettings more = made (preset + 1, 0, 0);

      assert_true (less.max_size <= more.max_size);
      assert_true (less.features_maximum <= more.features_maximum);
      assert_true (2 * work_of (&less, FALSE) < work_of (&more, FALSE));

      less = made (preset, 250, 0);
      more = made (preset + 1, 250, 0);
      singan_settings_set_purpose (&less, SINGAN_PURPOSE_SUPER_RESOLUTION);
      singan_settings_set_purpose (&more, SINGAN_PURPOSE_SUPER_RESOLUTION);
      assert_true (less.iterations <= more.iterations);
      assert_true (2 * work_of (&less, TRUE) < work_of (&more, TRUE));
    }
}

/* Without a size each preset has its own, which is not above what it may be
 * given; the paper's is the paper's. */
static void
test_init_no_size_gives_the_presets (void **state G_GNUC_UNUSED)
{
  gint preset;

  for (preset = 0; preset < SINGAN_N_PRESETS; preset++)
    {
      const SinganSettings own = made ((SinganPreset) preset, 0, 0);
      const SinganSettings given
          = made ((SinganPreset) preset, SINGAN_MAX_SIZE_DEFAULT, 0);

      assert_true (own.max_size >= SINGAN_MAX_SIZE_MINIMUM);
      assert_true (own.max_size <= given.max_size);
      assert_int_equal (own.min_size, given.min_size);
    }
  assert_int_equal (made (SINGAN_PRESET_PAPER, 0, 0).max_size,
                    SINGAN_MAX_SIZE_DEFAULT);
}

static void
test_init_values_given_are_kept (void **state G_GNUC_UNUSED)
{
  gint preset;

  for (preset = 0; preset < SINGAN_N_PRESETS; preset++)
    {
      const SinganSettings least
          = made ((SinganPreset) preset, SINGAN_MAX_SIZE_MINIMUM, 1);
      const SinganSettings most
          = made ((SinganPreset) preset, SINGAN_MAX_SIZE_MINIMUM,
                  SINGAN_ITERATIONS_MAXIMUM);

      assert_int_equal (least.max_size, SINGAN_MAX_SIZE_MINIMUM);
      assert_int_equal (least.iterations, 1);
      assert_int_equal (most.iterations, SINGAN_ITERATIONS_MAXIMUM);
    }
}

static void
test_init_out_of_range_tells_value_and_range (void **state G_GNUC_UNUSED)
{
  static const struct
  {
    gint         max_size;
    gint         iterations;
    const gchar *words[3];
  } cases[] = {
    { -1, 0, { "-1", " 48 ", "1024" } },
    { 47, 0, { " 47 ", " 48 ", "1024" } },
    { 1025, 0, { "1025", " 48 ", "1024" } },
    { 250, -1, { "-1", " 1 ", "100000" } },
    { 250, 100001, { "100001", " 1 ", "100000" } },
  };
  gsize i;
  gsize word;

  for (i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      SinganSettings settings;

      assert_false (singan_settings_init (&settings, SINGAN_PRESET_PREVIEW,
                                          cases[i].max_size,
                                          cases[i].iterations, 1, &error));
      assert_true (
          g_error_matches (error, SINGAN_ERROR, SINGAN_ERROR_SETTINGS));
      for (word = 0; word < G_N_ELEMENTS (cases[i].words); word++)
        assert_non_null (strstr (error->message, cases[i].words[word]));
    }
}

/* Every field in turn is changed by a little. */
static void
test_fingerprint_any_field_but_the_seed_counts (void **state G_GNUC_UNUSED)
{
  const SinganSettings settings = made (SINGAN_PRESET_PAPER, 250, 0);
  SinganSettings       changed[30];
  g_autofree gchar    *before = singan_settings_fingerprint (&settings);
  g_autofree gchar    *reseeded = NULL;
  SinganSettings       other = settings;
  gsize                i;

  other.seed++;
  reseeded = singan_settings_fingerprint (&other);
  assert_string_equal (before, reseeded);

  for (i = 0; i < G_N_ELEMENTS (changed); i++)
    changed[i] = settings;
  changed[0].preset = SINGAN_PRESET_BALANCED;
  changed[1].max_size++;
  changed[2].min_size++;
  changed[3].scale_factor += 1e-9;
  changed[4].features++;
  changed[5].features_maximum++;
  changed[6].iterations++;
  changed[7].discriminator_steps++;
  changed[8].generator_steps++;
  changed[9].reconstruction_weight += 1e-9;
  changed[10].penalty_weight += 1e-9;
  changed[11].noise_weight += 1e-9;
  changed[12].learning_rate += 1e-9;
  changed[13].decay_start += 1e-9;
  changed[14].finest_share -= 1e-9;
  changed[15].window--;
  changed[16].patch_scales++;
  changed[17].patch_weight += 1e-9;
  changed[18].patch_stride++;
  changed[19].patch_directions++;
  changed[20].own_statistics_scales++;
  changed[21].below_rate += 1e-9;
  changed[22].is_widened++;
  changed[23].detail_size--;
  changed[24].detail_weight += 1e-9;
  changed[25].detail_rate -= 1e-9;
  changed[26].detail_iterations += 1e-9;
  changed[27].detail_noise -= 1e-9;
  changed[28].detail_period++;
  changed[29].is_mirrored++;
  for (i = 0; i < G_N_ELEMENTS (changed); i++)
    {
      g_autofree gchar *after = singan_settings_fingerprint (&changed[i]);

      assert_string_not_equal (before, after);
    }
}

static void
test_fingerprint_of_a_purpose_is_its_own (void **state G_GNUC_UNUSED)
{
  SinganSettings    settings = made (SINGAN_PRESET_PAPER, 250, 0);
  g_autofree gchar *generation = singan_settings_fingerprint (&settings);
  g_autofree gchar *animation = NULL;
  SinganPurpose     purpose;

  /* Files are named by it: models that there are have to be found. */
  assert_string_equal (generation,
                       "paper 250 25 0.75 32 128 2000 3 3 10 "
                       "0.10000000000000001 0.10000000000000001 "
                       "0.00050000000000000001 0.80000000000000004");
  singan_settings_set_purpose (&settings, SINGAN_PURPOSE_ANIMATION);
  assert_int_equal (settings.min_size, 20);
  animation = singan_settings_fingerprint (&settings);
  assert_true (g_str_has_suffix (animation, " animation"));
  assert_true (singan_purpose_from_name (
      singan_purpose_name (SINGAN_PURPOSE_ANIMATION), &purpose));
  assert_int_equal (purpose, SINGAN_PURPOSE_ANIMATION);
  assert_false (singan_purpose_from_name ("decoration", &purpose));
}

static void
test_set_purpose_super_resolution_trains_all_scales_alike (
    void **state G_GNUC_UNUSED)
{
  SinganSettings settings = made (SINGAN_PRESET_PREVIEW, 250, 0);

  assert_true (settings.iterations > iterations_of (&settings, 9, 10));
  assert_true (settings.patch_scales > 0);
  singan_settings_set_purpose (&settings, SINGAN_PURPOSE_SUPER_RESOLUTION);
  assert_int_equal (settings.iterations, 240);
  assert_int_equal (iterations_of (&settings, 0, 10), 240);
  assert_int_equal (settings.patch_scales, 0);

  /* Nor has it anything else that only samples are better by. */
  settings = made (SINGAN_PRESET_BALANCED, 250, 0);
  assert_true (settings.below_rate > 0 && settings.is_widened
               && settings.detail_weight > 0);
  singan_settings_set_purpose (&settings, SINGAN_PURPOSE_SUPER_RESOLUTION);
  assert_true (settings.below_rate == 0);
  assert_int_equal (settings.is_widened, 0);
  assert_int_equal (settings.detail_size, SINGAN_MAX_SIZE_MAXIMUM);
  assert_true (settings.detail_weight == 0);
  assert_true (settings.detail_rate == 1);
  assert_true (settings.detail_iterations == 1);
  assert_true (settings.detail_noise == 1);
  assert_int_equal (settings.patch_directions,
                    made (SINGAN_PRESET_PAPER, 250, 0).patch_directions);

  /* What the user asks for holds for each scale of any purpose. */
  settings = made (SINGAN_PRESET_PREVIEW, 250, 77);
  assert_int_equal (iterations_of (&settings, 9, 10), 77);
  singan_settings_set_purpose (&settings, SINGAN_PURPOSE_SUPER_RESOLUTION);
  assert_int_equal (iterations_of (&settings, 9, 10), 77);
}

static void
test_fingerprint_any_locale_same_text (void **state G_GNUC_UNUSED)
{
  static const gchar *const locales[]
      = { "de_DE.UTF-8", "fr_FR.UTF-8", "de_DE", "" };
  const SinganSettings settings = made (SINGAN_PRESET_PAPER, 250, 0);
  g_autofree gchar    *before = NULL;
  gsize                i;

  setlocale (LC_ALL, "C");
  before = singan_settings_fingerprint (&settings);
  assert_null (strchr (before, ','));
  for (i = 0; i < G_N_ELEMENTS (locales); i++)
    if (setlocale (LC_ALL, locales[i]))
      {
        g_autofree gchar *after = singan_settings_fingerprint (&settings);

        assert_string_equal (before, after);
      }
  setlocale (LC_ALL, "C");
}

static void
test_preset_names_lead_back_to_presets (void **state G_GNUC_UNUSED)
{
  SinganPreset found = SINGAN_PRESET_PAPER;
  gint         preset;

  assert_string_equal (singan_preset_name (SINGAN_PRESET_PREVIEW), "preview");
  assert_string_equal (singan_preset_name (SINGAN_PRESET_BALANCED), "balanced");
  assert_string_equal (singan_preset_name (SINGAN_PRESET_PAPER), "paper");
  for (preset = 0; preset < SINGAN_N_PRESETS; preset++)
    {
      assert_true (singan_preset_from_name (
          singan_preset_name ((SinganPreset) preset), &found));
      assert_int_equal (found, preset);
    }
  assert_false (singan_preset_from_name ("Paper", &found));
  assert_false (singan_preset_from_name ("", &found));
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_init_paper_is_the_papers_schedule),
    cmocka_unit_test (test_get_iterations_go_down_geometrically),
    cmocka_unit_test (test_init_lesser_presets_cost_less),
    cmocka_unit_test (test_init_no_size_gives_the_presets),
    cmocka_unit_test (test_init_values_given_are_kept),
    cmocka_unit_test (test_init_out_of_range_tells_value_and_range),
    cmocka_unit_test (test_fingerprint_any_field_but_the_seed_counts),
    cmocka_unit_test (test_fingerprint_of_a_purpose_is_its_own),
    cmocka_unit_test (
        test_set_purpose_super_resolution_trains_all_scales_alike),
    cmocka_unit_test (test_fingerprint_any_locale_same_text),
    cmocka_unit_test (test_preset_names_lead_back_to_presets),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
