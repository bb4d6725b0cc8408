/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The picture's own detail: what it adds to an enlarged texture, what it leaves
 * alone, and that it can be stopped.
 */

#include "config.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/apply/own-detail.h"
#include "core/pyramid/resize.h"

#define HEIGHT 48
#define WIDTH 61
#define GROWTH 1.25

/* Of the error that bicubic interpolation leaves, at most so much is left of
 * one step; 0.74 was found, and the wrong places would add to it. */
#define ERROR_LEFT 0.85

/* As many times larger are pictures drawn, then shrunk: no jagged edges. */
#define OVERSAMPLING 8

/* Sharp edges in all directions, the same at any size. */
static SinganTensor *
star (gint height, gint width, gint channels)
{
  const gint rows = height * OVERSAMPLING;
  const gint columns = width * OVERSAMPLING;
  g_autoptr (SinganTensor) large
      = singan_tensor_new (rows, columns, channels, NULL);
  gint h;
  gint w;
  gint c;

  for (h = 0; h < rows; h++)
    for (w = 0; w < columns; w++)
      for (c = 0; c < channels; c++)
        {
          const gdouble angle
              = atan2 ((h + 0.5) / rows - 0.5, (w + 0.5) / columns - 0.5);

          large->data[(h * columns + w) * channels + c]
              = sin (6 * angle + c) > 0 ? 1 : -1;
        }

  return singan_resize (large, height, width, NULL);
}

static SinganTensor *
enlarge (const SinganTensor *picture)
{
  return singan_resize (picture, (gint) lround (GROWTH * picture->height),
                        (gint) lround (GROWTH * picture->width), NULL);
}

static void
check_star (gint channels)
{
  g_autoptr (SinganTensor) picture = star (HEIGHT, WIDTH, channels);
  g_autoptr (SinganTensor) enlarged = enlarge (picture);
  g_autoptr (SinganTensor) result = singan_tensor_copy (enlarged, NULL);
  g_autoptr (SinganTensor) again = singan_tensor_copy (enlarged, NULL);
  g_autoptr (SinganTensor) truth
      = star (enlarged->height, enlarged->width, channels);
  const SinganOwnDetail detail = { picture, GROWTH, 1, 3, 1 };

  assert_true (singan_own_detail_add (&detail, enlarged, result, NULL, NULL));
  assert_true (singan_own_detail_add (&detail, enlarged, again, NULL, NULL));
  assert_memory_equal (result->data, again->data,
                       singan_tensor_size (result) * sizeof (SinganReal));
  assert_true (singan_tensor_mean_squared_difference (result, truth)
               < ERROR_LEFT
                     * singan_tensor_mean_squared_difference (enlarged, truth));
}

static void
test_own_detail_add_edges_are_sharp_again (void **state G_GNUC_UNUSED)
{
  check_star (3);
  check_star (1);
}

static void
test_own_detail_add_without_weight_changes_nothing (void **state G_GNUC_UNUSED)
{
  g_autoptr (SinganTensor) picture = star (HEIGHT, WIDTH, 3);
  g_autoptr (SinganTensor) enlarged = enlarge (picture);
  g_autoptr (SinganTensor) result = singan_tensor_copy (enlarged, NULL);
  const SinganOwnDetail detail = { picture, GROWTH, 0, 3, 1 };

  assert_true (singan_own_detail_add (&detail, enlarged, result, NULL, NULL));
  assert_true (singan_tensor_mean_squared_difference (result, enlarged) == 0);
}

static void
test_own_detail_add_smaller_than_a_patch_changes_nothing (
    void **state G_GNUC_UNUSED)
{
  g_autoptr (SinganTensor) picture = star (6, 40, 3);
  g_autoptr (SinganTensor) enlarged = enlarge (picture);
  g_autoptr (SinganTensor) result = singan_tensor_copy (enlarged, NULL);
  const SinganOwnDetail detail = { picture, GROWTH, 1, 3, 1 };

  assert_true (singan_own_detail_add (&detail, enlarged, result, NULL, NULL));
  assert_true (singan_tensor_mean_squared_difference (result, enlarged) == 0);
}

static void
test_own_detail_add_one_patch_high_is_enough (void **state G_GNUC_UNUSED)
{
  g_autoptr (SinganTensor) picture = star (7, 7, 1);
  g_autoptr (SinganTensor) enlarged = enlarge (picture);
  g_autoptr (SinganTensor) result = singan_tensor_copy (enlarged, NULL);
  const SinganOwnDetail detail = { picture, GROWTH, 1, 3, 1 };
  gsize                 i;

  assert_true (singan_own_detail_add (&detail, enlarged, result, NULL, NULL));
  for (i = 0; i < singan_tensor_size (result); i++)
    assert_true (isfinite (result->data[i]));
}

static void
test_own_detail_add_cancelled_fails (void **state G_GNUC_UNUSED)
{
  g_autoptr (SinganTensor) picture = star (HEIGHT, WIDTH, 3);
  g_autoptr (SinganTensor) enlarged = enlarge (picture);
  g_autoptr (SinganTensor) result = singan_tensor_copy (enlarged, NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  const SinganOwnDetail detail = { picture, GROWTH, 1, 3, 1 };

  g_cancellable_cancel (cancellable);
  assert_false (
      singan_own_detail_add (&detail, enlarged, result, cancellable, &error));
  assert_true (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_own_detail_add_edges_are_sharp_again),
    cmocka_unit_test (test_own_detail_add_without_weight_changes_nothing),
    cmocka_unit_test (test_own_detail_add_smaller_than_a_patch_changes_nothing),
    cmocka_unit_test (test_own_detail_add_one_patch_high_is_enough),
    cmocka_unit_test (test_own_detail_add_cancelled_fails),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
