/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Colours that are matched: their shares are the target's, and where things are
 * stays as it was.
 */

#include "config.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/error.h"
#include "core/detail/colours.h"
#include "tests/core/detail/textures.h"

/* How far a quantile may be from the target's, of colours that span about 2 and
 * begin 0.3 away: 90 half steps along drawn axes leave up to 0.016. */
#define QUANTILE_TOLERANCE 0.025

/* The same at the two ends, where there are few pixels: up to 0.077. */
#define END_TOLERANCE 0.1

/* A grey picture moves along one axis alone: 30 steps of a half leave 1e-9, so
 * that only roundings count. */
#define GREY_TOLERANCE 2e-6

/* Of a picture that is matched with itself: roundings of 90 steps. */
#define SAME_TOLERANCE 1e-5

static gint
compare (const void *one, const void *other)
{
  const SinganReal a = *(const SinganReal *) one;
  const SinganReal b = *(const SinganReal *) other;

  return (a > b) - (a < b);
}

/* What the weights project the pixels on, sorted. */
static SinganReal *
sorted_new (const SinganTensor *picture, const gdouble *weights)
{
  const gsize pixels = (gsize) picture->height * picture->width;
  SinganReal *values = g_new (SinganReal, pixels);
  gsize       p;
  gint        c;

  for (p = 0; p < pixels; p++)
    {
      gdouble sum = 0;

      for (c = 0; c < picture->channels; c++)
        sum += weights[c] * picture->data[p * picture->channels + c];
      values[p] = (SinganReal) sum;
    }
  qsort (values, pixels, sizeof *values, compare);

  return values;
}

static gdouble
quantile (const SinganReal *sorted, gsize count, gdouble share)
{
  const gdouble at = share * (count - 1);
  const gsize   below = MIN ((gsize) at, count - 1);
  const gsize   above = MIN (below + 1, count - 1);

  return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
}

static void
assert_same_quantiles (const SinganTensor *picture,
                       const SinganTensor *target,
                       const gdouble      *weights,
                       gdouble             tolerance,
                       gdouble             end_tolerance)
{
  const gsize            n = (gsize) picture->height * picture->width;
  const gsize            n_target = (gsize) target->height * target->width;
  g_autofree SinganReal *ours = sorted_new (picture, weights);
  g_autofree SinganReal *theirs = sorted_new (target, weights);
  gint                   percent;

  for (percent = 0; percent <= 100; percent += 2)
    {
      const gdouble one = quantile (ours, n, percent / 100.0);
      const gdouble other = quantile (theirs, n_target, percent / 100.0);
      const gdouble allowed
          = percent >= 4 && percent <= 96 ? tolerance : end_tolerance;

      if (! (fabs (one - other) <= allowed))
        fail_msg ("%d x %d to the colours of %d x %d: quantile %d %% is %g "
                  "instead of %g",
                  picture->height, picture->width, target->height,
                  target->width, percent, one, other);
    }
}

static SinganTensor *
drawn_target (gint height, gint width, gint channels)
{
  SinganTensor *target = texture_new (2, height, width, channels);
  gsize         i;

  /* Darker, harder, one-sided; channels that depend on each other. */
  for (i = 0; i < singan_tensor_size (target); i++)
    {
      const SinganReal first = target->data[i - i % channels];

      target->data[i] = -0.3f + 0.8f * target->data[i] + 0.5f * first * first;
    }

  return target;
}

static const gint sizes[][4]
    = { { 40, 50, 40, 50 }, { 40, 50, 31, 33 }, { 25, 31, 60, 47 } };

static void
test_match_colours_quantiles_are_the_targets (void **state G_GNUC_UNUSED)
{
  static const gdouble channels[][3]
      = { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 }, { 0.58, 0.58, 0.58 } };
  gsize i;
  gsize c;

  for (i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (SinganTensor) picture
          = texture_new (1, sizes[i][0], sizes[i][1], 3);
      g_autoptr (SinganTensor) target
          = drawn_target (sizes[i][2], sizes[i][3], 3);

      assert_true (singan_match_colours (picture, target, 3, NULL));
      for (c = 0; c < G_N_ELEMENTS (channels); c++)
        assert_same_quantiles (picture, target, channels[c], QUANTILE_TOLERANCE,
                               END_TOLERANCE);
    }
}

static void
test_match_colours_grey_is_the_exact_map (void **state G_GNUC_UNUSED)
{
  static const gdouble grey[] = { 1 };
  gsize                i;

  for (i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (SinganTensor) picture
          = texture_new (1, sizes[i][0], sizes[i][1], 1);
      g_autoptr (SinganTensor) target
          = drawn_target (sizes[i][2], sizes[i][3], 1);
      const gsize            pixels = singan_tensor_size (picture);
      g_autofree SinganReal *sorted = NULL;
      g_autofree SinganReal *theirs = sorted_new (target, grey);
      gsize                  p;

      assert_true (singan_match_colours (picture, target, 3, NULL));
      sorted = sorted_new (picture, grey);
      for (p = 0; p < pixels; p++)
        {
          const gdouble expected = quantile (
              theirs, singan_tensor_size (target), (gdouble) p / (pixels - 1));

          if (! (fabs (sorted[p] - expected) <= GREY_TOLERANCE))
            fail_msg ("%d x %d, number %" G_GSIZE_FORMAT ": %g instead of %g",
                      picture->height, picture->width, p, (gdouble) sorted[p],
                      expected);
        }
    }
}

/* Along a grey ramp, and one in colours whose channels rise together. */
static void
test_match_colours_ramp_keeps_its_order (void **state G_GNUC_UNUSED)
{
  gint channels;
  gint i, c;

  for (channels = 1; channels <= 3; channels += 2)
    {
      g_autoptr (SinganTensor) ramp = singan_tensor_new (9, 30, channels, NULL);
      g_autoptr (SinganTensor) target = drawn_target (20, 21, 1);
      g_autoptr (SinganTensor) wanted
          = singan_tensor_new (20, 21, channels, NULL);
      const gint pixels = 9 * 30;

      for (i = 0; i < pixels; i++)
        for (c = 0; c < channels; c++)
          ramp->data[i * channels + c] = (SinganReal) i / pixels * 2 - 1;
      for (i = 0; i < 20 * 21; i++)
        for (c = 0; c < channels; c++)
          wanted->data[i * channels + c] = target->data[i];
      assert_true (singan_match_colours (ramp, wanted, 5, NULL));
      for (i = 1; i < pixels; i++)
        for (c = 0; c < channels; c++)
          if (ramp->data[i * channels + c]
              < ramp->data[(i - 1) * channels + c] - SAME_TOLERANCE)
            fail_msg ("%d channels: %g after %g", channels,
                      (gdouble) ramp->data[i * channels + c],
                      (gdouble) ramp->data[(i - 1) * channels + c]);
    }
}

static void
test_match_colours_equal_pictures_stay (void **state G_GNUC_UNUSED)
{
  gint channels;

  for (channels = 1; channels <= 3; channels += 2)
    {
      g_autoptr (SinganTensor) picture = texture_new (1, 30, 37, channels);
      g_autoptr (SinganTensor) before = singan_tensor_copy (picture, NULL);
      gsize i;

      assert_true (singan_match_colours (picture, before, 7, NULL));
      for (i = 0; i < singan_tensor_size (picture); i++)
        assert_true (fabs (picture->data[i] - before->data[i])
                     <= SAME_TOLERANCE);
    }
}

static void
test_match_colours_same_seed_same_bits (void **state G_GNUC_UNUSED)
{
  g_autoptr (SinganTensor) one = texture_new (1, 23, 29, 3);
  g_autoptr (SinganTensor) same = singan_tensor_copy (one, NULL);
  g_autoptr (SinganTensor) other = singan_tensor_copy (one, NULL);
  g_autoptr (SinganTensor) target = drawn_target (31, 22, 3);
  const gsize bytes = singan_tensor_size (one) * sizeof (SinganReal);

  assert_true (singan_match_colours (one, target, 4, NULL));
  assert_true (singan_match_colours (same, target, 4, NULL));
  assert_true (singan_match_colours (other, target, 5, NULL));
  assert_memory_equal (one->data, same->data, bytes);
  assert_true (memcmp (one->data, other->data, bytes) != 0);
}

static SinganTensor *
flat_new (gint height, gint width, gint channels)
{
  SinganTensor *flat = singan_tensor_new (height, width, channels, NULL);
  gsize         i;

  for (i = 0; i < singan_tensor_size (flat); i++)
    flat->data[i] = (SinganReal) (0.25 - 0.125 * (i % channels));

  return flat;
}

static void
test_match_colours_flat_picture_stays_finite (void **state G_GNUC_UNUSED)
{
  gint  channels;
  gsize i;

  for (channels = 1; channels <= 3; channels += 2)
    {
      g_autoptr (SinganTensor) flat = flat_new (12, 15, channels);
      g_autoptr (SinganTensor) target = drawn_target (20, 21, channels);

      assert_true (singan_match_colours (flat, target, 1, NULL));
      for (i = 0; i < singan_tensor_size (flat); i++)
        assert_true (isfinite (flat->data[i]));
    }
}

static void
test_match_colours_flat_target_gives_flat_picture (void **state G_GNUC_UNUSED)
{
  gint  channels;
  gsize i;

  for (channels = 1; channels <= 3; channels += 2)
    {
      g_autoptr (SinganTensor) picture = texture_new (1, 20, 21, channels);
      g_autoptr (SinganTensor) flat = flat_new (12, 15, channels);

      assert_true (singan_match_colours (picture, flat, 1, NULL));
      for (i = 0; i < singan_tensor_size (picture); i++)
        assert_true (fabs (picture->data[i] - flat->data[i % channels])
                     <= SAME_TOLERANCE);
    }
}

/* One pixel becomes the middle of the target's colours, along each axis. */
static void
test_match_colours_single_pixel_is_finite (void **state G_GNUC_UNUSED)
{
  g_autoptr (SinganTensor) one = texture_new (1, 1, 1, 1);
  g_autoptr (SinganTensor) other = texture_new (1, 1, 1, 3);
  g_autoptr (SinganTensor) target = drawn_target (3, 5, 1);
  static const gdouble   grey[] = { 1 };
  g_autofree SinganReal *sorted = sorted_new (target, grey);
  g_autoptr (SinganTensor) single = flat_new (1, 1, 3);
  gint c;

  assert_true (singan_match_colours (one, target, 1, NULL));
  assert_true (fabs (one->data[0] - sorted[7]) <= GREY_TOLERANCE);
  assert_true (singan_match_colours (other, single, 1, NULL));
  for (c = 0; c < 3; c++)
    assert_true (fabs (other->data[c] - single->data[c]) <= SAME_TOLERANCE);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_match_colours_quantiles_are_the_targets),
    cmocka_unit_test (test_match_colours_grey_is_the_exact_map),
    cmocka_unit_test (test_match_colours_ramp_keeps_its_order),
    cmocka_unit_test (test_match_colours_equal_pictures_stay),
    cmocka_unit_test (test_match_colours_same_seed_same_bits),
    cmocka_unit_test (test_match_colours_flat_picture_stays_finite),
    cmocka_unit_test (test_match_colours_flat_target_gives_flat_picture),
    cmocka_unit_test (test_match_colours_single_pixel_is_finite),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
