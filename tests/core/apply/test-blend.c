/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Regions and weights against their definitions: the distance, what is 1, what
 * is 0, and full-size results with detail.
 */

#include "config.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/apply/blend.h"
#include "core/pyramid/resize.h"

#define HEIGHT 61
#define WIDTH 83

/* The weights are floats near 1. */
#define TOLERANCE 1e-5

static SinganTensor *
region_of (gint height, gint width, gint h, gint w)
{
  SinganTensor *region = singan_tensor_new (height, width, 1, NULL);

  region->data[h * width + w] = 1;

  return region;
}

static SinganTensor *
wave (gint height, gint width, gint channels, gdouble frequency)
{
  SinganTensor *tensor = singan_tensor_new (height, width, channels, NULL);
  gsize         i;

  for (i = 0; i < singan_tensor_size (tensor); i++)
    tensor->data[i] = (SinganReal) (0.8 * sin (frequency * i));

  return tensor;
}

/* Of a few blots, against the distance to each of their pixels: exactly 1
 * inside, falling with the distance, exactly 0 beyond the margin, however
 * narrow or wide. */
static void
test_weights_fall_with_the_distance_to_the_margin (void **state G_GNUC_UNUSED)
{
  static const gdouble margins[] = { 0, 1, 1.5, 7, 200 };
  static const gint    blots[][2]
      = { { 0, 0 }, { 20, 50 }, { 21, 50 }, { 60, 82 } };
  g_autoptr (SinganTensor) region = region_of (HEIGHT, WIDTH, 0, 0);
  gsize i;
  gsize j;
  gint  h;
  gint  w;

  for (j = 0; j < G_N_ELEMENTS (blots); j++)
    region->data[blots[j][0] * WIDTH + blots[j][1]] = 1;
  for (i = 0; i < G_N_ELEMENTS (margins); i++)
    {
      const gdouble margin = margins[i];
      g_autoptr (SinganTensor) weights
          = singan_blend_weights (region, margin, NULL);

      for (h = 0; h < HEIGHT; h++)
        for (w = 0; w < WIDTH; w++)
          {
            const SinganReal weight = weights->data[h * WIDTH + w];
            gdouble          distance = G_MAXDOUBLE;
            gdouble          t;

            for (j = 0; j < G_N_ELEMENTS (blots); j++)
              distance
                  = MIN (distance, hypot (h - blots[j][0], w - blots[j][1]));
            t = 1 - distance / (margin + 1);
            if (distance <= 0)
              assert_true (weight == 1);
            else if (distance > margin)
              assert_true (weight == 0);
            else
              assert_true (fabs (weight - t * t * (3 - 2 * t)) < TOLERANCE);
          }
    }
}

static void
test_weights_of_everything_are_one_and_of_nothing_zero (
    void **state G_GNUC_UNUSED)
{
  g_autoptr (SinganTensor) region = singan_tensor_new (40, 30, 1, NULL);
  gint  inside;
  gsize p;

  for (inside = 0; inside < 2; inside++)
    {
      g_autoptr (SinganTensor) weights = NULL;

      for (p = 0; p < 1200; p++)
        region->data[p] = (SinganReal) inside;
      weights = singan_blend_weights (region, 9, NULL);
      for (p = 0; p < 1200; p++)
        assert_true (weights->data[p] == inside);
    }
}

/* Of squares of several sizes in a picture of 1000 x 600 pixels. */
static void
test_margin_is_a_share_of_the_region_within_bounds (void **state G_GNUC_UNUSED)
{
  static const gdouble cases[][3] = {
    /* side, pixels for one of the model's, margin */
    { 300, 10, 300 * SINGAN_BLEND_MARGIN_SHARE },
    { 20, 10, 10 },
    { 20, 0.5, 1 },
    { 599, 20, 599 * SINGAN_BLEND_MARGIN_SHARE },
    { 599, 50, 1000 * SINGAN_BLEND_MARGIN_MOST },
  };
  gsize i;
  gint  h;
  gint  w;

  for (i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (SinganTensor) region = singan_tensor_new (600, 1000, 1, NULL);

      for (h = 0; h < cases[i][0]; h++)
        for (w = 0; w < cases[i][0]; w++)
          region->data[h * 1000 + w] = 1;
      assert_true (
          fabs (singan_blend_find_margin (region, cases[i][1]) - cases[i][2])
          < TOLERANCE);
    }
}

static void
test_region_counts_and_thresholds (void **state G_GNUC_UNUSED)
{
  g_autoptr (SinganTensor) a = wave (9, 7, 3, 0.7);
  g_autoptr (SinganTensor) b = singan_tensor_copy (a, NULL);
  g_autoptr (SinganTensor) region = NULL;

  b->data[3 * 5 + 1] += (SinganReal) 0.02;
  b->data[3 * 11 + 2] -= (SinganReal) 0.5;
  region = singan_region_from_difference (a, b, 0.1, NULL);
  assert_int_equal (singan_region_count (region), 1);
  assert_true (region->data[11] == 1);

  region->data[4] = (SinganReal) 0.5;
  region->data[5] = (SinganReal) 0.51;
  singan_region_threshold (region, 0.5);
  assert_int_equal (singan_region_count (region), 2);
  assert_true (region->data[4] == 0 && region->data[5] == 1);
}

static void
test_blend_outside_keeps_every_bit (void **state G_GNUC_UNUSED)
{
  g_autoptr (SinganTensor) picture = wave (8, 9, 3, 0.31);
  g_autoptr (SinganTensor) original = wave (8, 9, 3, 0.53);
  g_autoptr (SinganTensor) weights = singan_tensor_new (8, 9, 1, NULL);
  const SinganReal inside = picture->data[3 * 10];

  /* A number that no arithmetic leaves as it is. */
  picture->data[0] = INFINITY;
  weights->data[10] = 1;
  weights->data[11] = (SinganReal) 0.25;
  singan_blend (picture, original, weights);
  assert_memory_equal (picture->data, original->data,
                       10 * 3 * sizeof (SinganReal));
  assert_true (picture->data[3 * 10] == inside);
  assert_true (
      fabs (picture->data[3 * 11]
            - (0.25 * 0.8 * sin (0.31 * 33) + 0.75 * original->data[33]))
      < TOLERANCE);
}

static void
test_enlarge_object_that_did_not_change_is_the_source (
    void **state G_GNUC_UNUSED)
{
  g_autoptr (SinganTensor) source = wave (120, 90, 3, 1.1);
  g_autoptr (SinganTensor) coverage = wave (120, 90, 1, 0.01);
  g_autoptr (SinganTensor) small = singan_resize (source, 40, 30, NULL);
  g_autoptr (SinganTensor) large = NULL;

  singan_region_threshold (coverage, 0);
  large = singan_enlarge_object (small, source, coverage, NULL);
  assert_true (singan_tensor_mean_squared_difference (large, source)
               < TOLERANCE * TOLERANCE);
}

static void
test_enlarge_object_at_equal_size_is_the_result (void **state G_GNUC_UNUSED)
{
  g_autoptr (SinganTensor) source = wave (30, 20, 1, 1.1);
  g_autoptr (SinganTensor) result = wave (30, 20, 1, 0.2);
  g_autoptr (SinganTensor) large
      = singan_enlarge_object (result, source, source, NULL);

  assert_memory_equal (large->data, result->data, 600 * sizeof (SinganReal));
}

/* A disk with detail on black and white lines, whose outline lies within pixels
 * of the model's.  The model has made brighter by BRIGHTER what has a part in
 * the disk, and darker all else: beyond the outline each bit stays, and the rim
 * is as bright as the middle. */
#define BRIGHTER 0.25
static void
test_enlarge_object_has_no_halo (void **state G_GNUC_UNUSED)
{
  const gint side = 160;
  g_autoptr (SinganTensor) source = singan_tensor_new (side, side, 1, NULL);
  g_autoptr (SinganTensor) coverage = singan_tensor_new (side, side, 1, NULL);
  g_autoptr (SinganTensor) small = NULL;
  g_autoptr (SinganTensor) small_coverage = NULL;
  g_autoptr (SinganTensor) large = NULL;
  gint p;

  for (p = 0; p < side * side; p++)
    {
      const gdouble distance = hypot (p / side - 77, p % side - 83);
      const gdouble share = CLAMP (45 - distance, 0, 1);

      coverage->data[p] = (SinganReal) share;
      source->data[p] = (SinganReal) (share * 0.2 * sin (p)
                                      + (1 - share) * (p / 4 % 2 ? 0.7 : -0.7));
    }
  small = singan_resize (source, side / 16, side / 16, NULL);
  small_coverage = singan_resize (coverage, side / 16, side / 16, NULL);
  for (p = 0; p < side * side / 256; p++)
    {
      const SinganReal share = CLAMP (small_coverage->data[p], 0, 1);

      small->data[p] += (SinganReal) BRIGHTER * (share > 0 ? 1 : share - 1);
    }

  large = singan_enlarge_object (small, source, coverage, NULL);
  for (p = 0; p < side * side; p++)
    if (coverage->data[p] <= 0)
      assert_true (large->data[p] == source->data[p]);
    else
      assert_true (
          fabs (large->data[p] - source->data[p] - BRIGHTER * coverage->data[p])
          < 0.01);
}

static void
test_enlarge_without_seam_takes_detail_from_its_own_side (
    void **state G_GNUC_UNUSED)
{
  const gint side = 96;
  g_autoptr (SinganTensor) original = wave (side, side, 1, 1.1);
  g_autoptr (SinganTensor) edited = singan_tensor_copy (original, NULL);
  g_autoptr (SinganTensor) region = singan_tensor_new (side, side, 1, NULL);
  g_autoptr (SinganTensor) flat
      = singan_tensor_new (side / 4, side / 4, 1, NULL);
  g_autoptr (SinganTensor) large = NULL;
  gint h, w;

  /* The right half is brighter, with other detail; the model has made one grey
   * of it all. */
  for (h = 0; h < side; h++)
    for (w = side / 2; w < side; w++)
      {
        region->data[h * side + w] = 1;
        edited->data[h * side + w]
            = (SinganReal) (0.5 + 0.3 * ((h + w) % 2 ? 1 : -1));
      }
  large = singan_enlarge_without_seam (flat, edited, original, region, NULL);
  for (h = 16; h < side - 16; h++)
    {
      /* A checkerboard is all detail. */
      for (w = side / 2 + 16; w < side - 16; w++)
        assert_true (
            fabs (large->data[h * side + w] - 0.3 * ((h + w) % 2 ? 1 : -1))
            < 0.02);
      /* Just inside the seam there is little: the step itself has 0.55. */
      assert_true (fabs (large->data[h * side + side / 2]) < 0.2);
    }
  for (h = 0; h < side; h++)
    for (w = 0; w < side / 2; w++)
      assert_true (fabs (large->data[h * side + w]) <= 1);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_weights_fall_with_the_distance_to_the_margin),
    cmocka_unit_test (test_weights_of_everything_are_one_and_of_nothing_zero),
    cmocka_unit_test (test_margin_is_a_share_of_the_region_within_bounds),
    cmocka_unit_test (test_region_counts_and_thresholds),
    cmocka_unit_test (test_blend_outside_keeps_every_bit),
    cmocka_unit_test (test_enlarge_object_that_did_not_change_is_the_source),
    cmocka_unit_test (test_enlarge_object_at_equal_size_is_the_result),
    cmocka_unit_test (test_enlarge_object_has_no_halo),
    cmocka_unit_test (test_enlarge_without_seam_takes_detail_from_its_own_side),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
