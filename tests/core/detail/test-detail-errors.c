/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What detail says when it cannot be made, how it stops, and how far it is.
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
#include "core/detail/detail.h"
#include "tests/core/detail/textures.h"

/* Progress is a sum of a dozen fractions. */
#define PROGRESS_TOLERANCE 1e-6

static void
check_error (gint         photograph_height,
             gint         photograph_width,
             gint         height,
             gint         width,
             const gchar *numbers)
{
  const SinganDetailOptions options = { .seed = 1 };
  g_autoptr (SinganTensor) photograph
      = noise_new (1, photograph_height, photograph_width, 3);
  g_autoptr (SinganTensor) drawn = noise_new (2, 10, 10, 3);
  g_autoptr (GError) error = NULL;

  assert_null (singan_detail (drawn, drawn, photograph, height, width, &options,
                              NULL, &error));
  assert_true (g_error_matches (error, SINGAN_ERROR, SINGAN_ERROR_IMAGE));
  if (! strstr (error->message, numbers) || ! strstr (error->message, "7"))
    fail_msg ("%s", error->message);
}

static void
test_detail_less_than_a_patch_is_an_error (void **state G_GNUC_UNUSED)
{
  check_error (6, 20, 20, 20, "20 x 6");
  check_error (20, 5, 20, 20, "5 x 20");
  check_error (20, 20, 6, 30, "30 x 6");
  check_error (20, 20, 30, 1, "1 x 30");
}

static void
test_detail_too_little_usable_is_an_error (void **state G_GNUC_UNUSED)
{
  g_autoptr (SinganTensor) photograph = texture_new (1, 60, 80, 3);
  g_autoptr (SinganTensor) reconstruction = softened_new (photograph, 30, 40);
  g_autoptr (SinganTensor) nothing = singan_tensor_new (60, 80, 1, NULL);
  g_autoptr (SinganTensor) little = mask_new (60, 80, 0, 7, 60, 66);
  const SinganTensor *masks[] = { nothing, little };
  gsize               i;

  for (i = 0; i < G_N_ELEMENTS (masks); i++)
    {
      const SinganDetailOptions options = { .seed = 1, .usable = masks[i] };
      g_autoptr (GError) error = NULL;

      assert_null (singan_detail (reconstruction, reconstruction, photograph,
                                  60, 80, &options, NULL, &error));
      assert_true (g_error_matches (error, SINGAN_ERROR, SINGAN_ERROR_IMAGE));
      if (! strstr (error->message, "40 x 30")
          || ! strstr (error->message, "7 x 7"))
        fail_msg ("%s", error->message);
    }
}

static void
test_detail_absurd_size_is_an_error (void **state G_GNUC_UNUSED)
{
  const SinganDetailOptions options = { .seed = 1 };
  g_autoptr (SinganTensor) photograph = texture_new (1, 20, 24, 3);
  g_autoptr (SinganTensor) reconstruction = softened_new (photograph, 15, 18);
  g_autoptr (GError) error = NULL;

  assert_null (singan_detail (reconstruction, reconstruction, photograph,
                              G_MAXINT, G_MAXINT, &options, NULL, &error));
  assert_true (g_error_matches (error, SINGAN_ERROR, SINGAN_ERROR_NO_MEMORY));
}

typedef struct
{
  gdouble       last;
  gint          calls;
  gint          calls_until_cancelled; /* -1 for never */
  GCancellable *cancellable;
} Watcher;

static void
watch (gdouble fraction, gpointer data)
{
  Watcher *watcher = data;

  assert_true (fraction >= watcher->last);
  assert_true (fraction <= 1);
  watcher->last = fraction;
  if (++watcher->calls == watcher->calls_until_cancelled)
    g_cancellable_cancel (watcher->cancellable);
}

static void
test_detail_progress_rises_to_1 (void **state G_GNUC_UNUSED)
{
  static const gint sizes[][2] = { { 40, 52 }, { 20, 27 }, { 70, 45 } };
  g_autoptr (SinganTensor) photograph = texture_new (1, 40, 52, 3);
  g_autoptr (SinganTensor) reconstruction = softened_new (photograph, 15, 20);
  gint  keeps;
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (keeps = 0; keeps < 2; keeps++)
      {
        Watcher                   watcher = { 0, 0, -1, NULL };
        const SinganDetailOptions options = {
          .seed = 1, .keeps_places = keeps, .progress = watch, .data = &watcher
        };
        g_autoptr (SinganTensor) result
            = singan_detail (reconstruction, reconstruction, photograph,
                             sizes[i][0], sizes[i][1], &options, NULL, NULL);

        assert_non_null (result);
        assert_true (watcher.calls > 4);
        assert_true (fabs (watcher.last - 1) <= PROGRESS_TOLERANCE);
      }
}

/* Before it begins, and after each step. */
static void
test_detail_cancelled_gives_nothing (void **state G_GNUC_UNUSED)
{
  g_autoptr (SinganTensor) photograph = texture_new (1, 24, 30, 3);
  g_autoptr (SinganTensor) reconstruction = softened_new (photograph, 12, 15);
  gint keeps;
  gint calls;

  for (keeps = 0; keeps < 2; keeps++)
    for (calls = 0;; calls++)
      {
        g_autoptr (GCancellable) cancellable = g_cancellable_new ();
        Watcher                   watcher = { 0, 0, calls, cancellable };
        const SinganDetailOptions options = {
          .seed = 1, .keeps_places = keeps, .progress = watch, .data = &watcher
        };
        g_autoptr (GError) error = NULL;
        g_autoptr (SinganTensor) result = NULL;

        if (calls == 0)
          g_cancellable_cancel (cancellable);
        result = singan_detail (reconstruction, reconstruction, photograph, 24,
                                30, &options, cancellable, &error);
        /* After the last step there is nothing left to stop. */
        if (watcher.last >= 1 - PROGRESS_TOLERANCE)
          {
            assert_true (calls > 4);
            break;
          }
        assert_null (result);
        assert_true (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
      }
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_detail_less_than_a_patch_is_an_error),
    cmocka_unit_test (test_detail_too_little_usable_is_an_error),
    cmocka_unit_test (test_detail_absurd_size_is_an_error),
    cmocka_unit_test (test_detail_progress_rises_to_1),
    cmocka_unit_test (test_detail_cancelled_gives_nothing),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
