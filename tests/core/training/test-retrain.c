/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Palettes of known colours, and one scale trained anew: which scales change,
 * the same bits for the same model, and a cancel.
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
#include "core/training/retrain.h"
#include "core/training/run.h"

#define SIDE 40
#define TOLERANCE 1e-6

static SinganModel  *model;
static SinganTensor *picture;

/* Five colours, in stripes of unequal width, with a little noise. */
static SinganTensor *
draw_stripes (gdouble noise)
{
  static const gdouble colours[SINGAN_PALETTE_COLOURS][3]
      = { { -0.9, -0.8, 0.1 },
          { 0.7, 0.6, -0.5 },
          { 0, 0, 0 },
          { 0.9, -0.9, 0.9 },
          { -0.2, 0.9, 0.3 } };
  SinganTensor *stripes = singan_tensor_new (SIDE, SIDE, 3, NULL);
  gint          i;

  for (i = 0; i < SIDE * SIDE * 3; i++)
    {
      const gint column = i / 3 % SIDE;
      const gint stripe = MIN (column * column / 200, 4);

      stripes->data[i]
          = (SinganReal) (colours[stripe][i % 3] + noise * sin (i * 1.7));
    }

  return stripes;
}

static void
test_palette_finds_the_colours_there_are (void **state G_GNUC_UNUSED)
{
  g_autoptr (SinganTensor) stripes = draw_stripes (0);
  g_autoptr (SinganTensor) reduced = singan_tensor_copy (stripes, NULL);
  SinganPalette palette;
  guint32       seed;

  for (seed = 0; seed < 8; seed++)
    {
      singan_palette_init (&palette, stripes, seed);
      singan_palette_apply (&palette, reduced);
      assert_true (singan_tensor_mean_squared_difference (reduced, stripes)
                   < TOLERANCE);
    }
}

static void
test_palette_apply_gives_its_colours_only (void **state G_GNUC_UNUSED)
{
  g_autoptr (SinganTensor) stripes = draw_stripes (0.05);
  SinganPalette palette;
  SinganPalette again;
  gint          p, i, c;

  singan_palette_init (&palette, stripes, 3);
  singan_palette_init (&again, stripes, 3);
  assert_memory_equal (&palette, &again, sizeof palette);
  singan_palette_apply (&palette, stripes);
  for (p = 0; p < SIDE * SIDE; p++)
    {
      gboolean is_colour = FALSE;

      for (i = 0; i < SINGAN_PALETTE_COLOURS; i++)
        {
          gboolean is_this = TRUE;

          for (c = 0; c < 3; c++)
            is_this = is_this
                      && stripes->data[p * 3 + c]
                             == (SinganReal) palette.colours[i][c];
          is_colour = is_colour || is_this;
        }
      assert_true (is_colour);
    }
}

static void
test_palette_of_one_colour_is_that_colour (void **state G_GNUC_UNUSED)
{
  g_autoptr (SinganTensor) flat = singan_tensor_new (3, 1, 1, NULL);
  SinganPalette palette;
  gint          i;

  flat->data[0] = flat->data[1] = flat->data[2] = (SinganReal) 0.25;
  singan_palette_init (&palette, flat, 9);
  for (i = 0; i < SINGAN_PALETTE_COLOURS; i++)
    assert_true (palette.colours[i][0] == 0.25);
}

static gboolean
is_same_scale (const SinganModel *a, const SinganModel *b, gint scale)
{
  const SinganNetwork *one = singan_model_get_generator (a, scale);
  const SinganNetwork *other = singan_model_get_generator (b, scale);

  return memcmp (one->folded, other->folded,
                 one->n_parameters * sizeof (SinganReal))
         == 0;
}

static void
check_retrained (gint scale)
{
  const gint    scales = singan_model_n_trained (model);
  SinganPalette palette;
  g_autoptr (SinganModel) one = NULL;
  g_autoptr (SinganModel) other = NULL;
  gint n;

  assert_true (
      singan_retrain_find_palette (&palette, model, picture, scale, NULL));
  one = singan_retrain_scale (model, picture, scale, &palette, NULL, NULL, NULL,
                              NULL);
  other = singan_retrain_scale (model, picture, scale, &palette, NULL, NULL,
                                NULL, NULL);
  assert_int_equal (singan_model_n_trained (one), scales);
  for (n = 0; n < scales; n++)
    {
      assert_true (is_same_scale (one, other, n));
      assert_true (is_same_scale (one, model, n) == (n != scale));
      assert_true (singan_model_get_noise_amplitude (one, n)
                   == singan_model_get_noise_amplitude (model, n));
    }
}

/* Also where the scale below has moved since the one above began. */
static void
test_retrain_scale_changes_that_scale_only (void **state G_GNUC_UNUSED)
{
  assert_true (singan_model_n_trained (model) >= 3);
  check_retrained (1);
  check_retrained (2);
}

static void
cancel (const SinganTrainingProgress *progress, gpointer cancellable)
{
  assert_int_equal (progress->scale, 1);
  assert_true (progress->fraction > 0 && progress->fraction <= 1);
  g_cancellable_cancel (cancellable);
}

static void
test_retrain_scale_cancelled_stops (void **state G_GNUC_UNUSED)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  SinganPalette palette;

  assert_true (singan_retrain_find_palette (&palette, model, picture, 1, NULL));
  assert_null (singan_retrain_scale (model, picture, 1, &palette, cancellable,
                                     cancel, cancellable, &error));
  assert_true (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
}

static int
train (void **state G_GNUC_UNUSED)
{
  SinganSettings settings;
  g_autoptr (SinganTrainer) trainer = NULL;

  picture = draw_stripes (0.1);
  if (! singan_settings_init (&settings, SINGAN_PRESET_PREVIEW, 48, 4, 4, NULL))
    return -1;
  settings.features = settings.features_maximum = 8;
  settings.below_rate = 0.5;
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
    cmocka_unit_test (test_palette_finds_the_colours_there_are),
    cmocka_unit_test (test_palette_apply_gives_its_colours_only),
    cmocka_unit_test (test_palette_of_one_colour_is_that_colour),
    cmocka_unit_test (test_retrain_scale_changes_that_scale_only),
    cmocka_unit_test (test_retrain_scale_cancelled_stops),
  };

  return cmocka_run_group_tests (tests, train, clear);
}
