/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Enlarging: strips leave no trace, sizes are exact, the result is still the
 * picture when it is shrunk, and what a model learns from.
 */

#include "config.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/apply/strips.h"
#include "core/apply/super-resolution.h"
#include "core/base/error.h"
#include "core/base/random.h"
#include "core/pyramid/resize.h"
#include "core/pyramid/stage.h"

/* Mean squared error of a shrunk result: little more than a level of 8 bits,
 * for a picture of hard contrasts, which have to be clamped. */
#define SHRUNK_TOLERANCE 1e-4

static SinganNetwork *
drawn_generator (gint channels, gint features)
{
  const SinganRandomKey key = { 3, SINGAN_RANDOM_GENERATOR, 0, 0 };
  SinganNetwork        *generator
      = singan_network_new (channels, features, channels, TRUE, NULL);

  singan_network_init (generator, &key);
  assert_true (singan_network_freeze (generator, FALSE, NULL));

  return generator;
}

static SinganTensor *
drawn_picture (gint height, gint width, gint channels, guint32 index)
{
  const SinganRandomKey key = { 4, SINGAN_RANDOM_SAMPLE, 0, index };
  SinganTensor *picture = singan_tensor_new (height, width, channels, NULL);
  gsize         i;

  singan_random_uniform (&key, picture->data, singan_tensor_size (picture));
  for (i = 0; i < singan_tensor_size (picture); i++)
    picture->data[i] = picture->data[i] * 2 - 1;

  return picture;
}

static void
check_strips (gint     channels,
              gint     features,
              gint     height,
              gint     width,
              gint     rows,
              gint     columns,
              gint     noise_border,
              gboolean mirrors_border)
{
  g_autoptr (SinganNetwork) generator = drawn_generator (channels, features);
  g_autoptr (SinganTensor) x = drawn_picture (height, width, channels, 1);
  g_autoptr (SinganTensor) noise = drawn_picture (
      height + 2 * noise_border, width + 2 * noise_border, channels, 2);
  g_autoptr (SinganTensor) output
      = singan_tensor_new (height, width, channels, NULL);
  g_autoptr (SinganStage) stage
      = singan_stage_new (generator, height, width, noise_border, NULL);
  gsize i;

  generator->mirrors_border = mirrors_border;
  for (i = 0; i < singan_tensor_size (x); i++)
    stage->x->data[i] = x->data[i];
  for (i = 0; i < singan_tensor_size (noise); i++)
    stage->noise->data[i] = noise->data[i];
  singan_stage_run (stage, generator, 0.1);
  assert_true (singan_strips_run (generator, x, noise, 0.1, rows, columns,
                                  output, NULL, NULL, NULL));
  assert_memory_equal (output->data, stage->output->data,
                       singan_tensor_size (x) * sizeof (SinganReal));
}

static void
test_strips_any_height_same_bits_as_whole (void **state G_GNUC_UNUSED)
{
  static const gint heights[] = { 16, 17, 47, 64, 70 };
  static const gint rows[] = { 4, 8, 13, 16, 40, 400 };
  gsize             h;
  gsize             r;

  for (h = 0; h < G_N_ELEMENTS (heights); h++)
    for (r = 0; r < G_N_ELEMENTS (rows); r++)
      {
        check_strips (3, 32, heights[h], 37, rows[r], 0, 0, r % 2);
        check_strips (1, 6, heights[h], 22, rows[r], 0, SINGAN_BORDER, h % 2);
        /* Across, and in both directions. */
        check_strips (3, 32, 21, heights[h], 400, rows[r], 0, r % 2);
        check_strips (1, 6, 33, heights[h], 12, rows[r], SINGAN_BORDER, h % 2);
      }
  check_strips (3, 64, 70, 50, 0, 0, SINGAN_BORDER, TRUE);
  /* Too wide for one. */
  check_strips (3, 32, 18, 4101, 0, 0, SINGAN_BORDER, TRUE);
}

/* A model whose every scale has drawn, small weights. */
static SinganModel *
drawn_model (void)
{
  SinganModelInfo info = { .channels = 3,
                           .source_hash = (gchar *) "0123",
                           .source_name = (gchar *) "drawn" };
  SinganModel    *model;
  gint            n;

  assert_true (singan_settings_init (&info.settings, SINGAN_PRESET_PREVIEW, 60,
                                     7, 1, NULL));
  singan_settings_set_purpose (&info.settings, SINGAN_PURPOSE_SUPER_RESOLUTION);
  assert_true (
      singan_geometry_init (&info.geometry, 40, 60, &info.settings, NULL));
  model = singan_model_new (&info, singan_tensor_new (info.geometry.heights[0],
                                                      info.geometry.widths[0],
                                                      1, NULL));
  for (n = 0; n < info.geometry.n_scales; n++)
    assert_true (
        singan_model_append (model, drawn_generator (3, 32), 0.05, NULL));

  return model;
}

static SinganTensor *
smooth_picture (gint height, gint width)
{
  g_autoptr (SinganTensor) small = drawn_picture (height / 4, width / 4, 3, 5);

  return singan_resize (small, height, width, NULL);
}

static void
test_super_resolve_size_is_rounded_and_shrinks_to_the_picture (
    void **state G_GNUC_UNUSED)
{
  static const gdouble factors[] = { 1.5, 2, 2.7, 4 };
  g_autoptr (SinganModel) model = drawn_model ();
  g_autoptr (SinganTensor) picture = smooth_picture (35, 53);
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (factors); i++)
    {
      const SinganEnlargement enlargement = { factors[i], 0.5, 3 };
      g_autoptr (SinganTensor) result = singan_super_resolve (
          model, &enlargement, picture, NULL, NULL, NULL, NULL);
      g_autoptr (SinganTensor) again = singan_super_resolve (
          model, &enlargement, picture, NULL, NULL, NULL, NULL);
      g_autoptr (SinganTensor) shrunk = NULL;

      assert_non_null (result);
      assert_int_equal (result->height, lround (factors[i] * 35));
      assert_int_equal (result->width, lround (factors[i] * 53));
      assert_memory_equal (result->data, again->data,
                           singan_tensor_size (result) * sizeof (SinganReal));
      shrunk = singan_resize (result, 35, 53, NULL);
      assert_true (singan_tensor_mean_squared_difference (shrunk, picture)
                   < SHRUNK_TOLERANCE);
    }
}

static void
test_super_resolve_fidelity_one_is_without_the_model (
    void **state G_GNUC_UNUSED)
{
  const SinganEnlargement faithful = { 2, 1, 3 };
  const SinganEnlargement other_seed = { 2, 1, 4 };
  const SinganEnlargement free_hand = { 2, 0, 3 };
  g_autoptr (SinganModel) model = drawn_model ();
  g_autoptr (SinganTensor) picture = smooth_picture (32, 40);
  g_autoptr (SinganTensor) one = singan_super_resolve (
      model, &faithful, picture, NULL, NULL, NULL, NULL);
  g_autoptr (SinganTensor) two = singan_super_resolve (
      model, &other_seed, picture, NULL, NULL, NULL, NULL);
  g_autoptr (SinganTensor) other = singan_super_resolve (
      model, &free_hand, picture, NULL, NULL, NULL, NULL);

  assert_true (singan_tensor_mean_squared_difference (one, two) == 0);
  assert_true (singan_tensor_mean_squared_difference (one, other) > 0);
}

static void
test_super_resolve_cancelled_gives_nothing (void **state G_GNUC_UNUSED)
{
  const SinganEnlargement enlargement = { 2, 0.5, 3 };
  g_autoptr (SinganModel) model = drawn_model ();
  g_autoptr (SinganTensor) picture = smooth_picture (32, 40);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  assert_null (singan_super_resolve (model, &enlargement, picture, NULL, NULL,
                                     cancellable, &error));
  assert_true (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
}

static void
test_check_too_large_names_what_is_possible (void **state G_GNUC_UNUSED)
{
  g_autoptr (GError) range = NULL;
  g_autoptr (GError) size = NULL;

  assert_true (singan_super_resolution_check (100, 100, 8, NULL));
  assert_false (singan_super_resolution_check (100, 100, 9, &range));
  assert_non_null (strstr (range->message, "9"));
  assert_non_null (strstr (range->message, "8"));
  assert_false (singan_super_resolution_check (4096, 4096, 4, &size));
  assert_true (g_error_matches (size, SINGAN_ERROR, SINGAN_ERROR_SETTINGS));
  assert_non_null (strstr (size->message, "2.00 times"));
}

static void
test_excerpt_is_where_the_detail_is (void **state G_GNUC_UNUSED)
{
  g_autoptr (SinganTensor) picture = singan_tensor_new (200, 300, 1, NULL);
  g_autoptr (SinganTensor) excerpt = NULL;
  g_autoptr (SinganTensor) whole = NULL;
  gint h;
  gint w;

  for (h = 120; h < 180; h++)
    for (w = 200; w < 260; w++)
      picture->data[h * 300 + w] = (h + w) % 2 ? 1 : -1;
  excerpt = singan_super_resolution_excerpt (picture, 80, NULL);
  assert_int_equal (excerpt->height, 80);
  assert_int_equal (excerpt->width, 80);
  assert_true (fabs (excerpt->data[40 * 80 + 40]) == 1);
  whole = singan_super_resolution_excerpt (picture, 300, NULL);
  assert_int_equal (whole->height, 200);
  assert_true (singan_tensor_mean_squared_difference (whole, picture) == 0);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_strips_any_height_same_bits_as_whole),
    cmocka_unit_test (
        test_super_resolve_size_is_rounded_and_shrinks_to_the_picture),
    cmocka_unit_test (test_super_resolve_fidelity_one_is_without_the_model),
    cmocka_unit_test (test_super_resolve_cancelled_gives_nothing),
    cmocka_unit_test (test_check_too_large_names_what_is_possible),
    cmocka_unit_test (test_excerpt_is_where_the_detail_is),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
