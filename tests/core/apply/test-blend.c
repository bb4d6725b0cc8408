/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Regions and weights against their definitions: the disk, the Gaussian, what
 * is 1, what is 0, and full-size results with and without detail.
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

/* The definition: the sum of the Gaussian, cut off and normalised, over the
 * pixels of the disk. */
static gdouble
expected_weight (gint dh, gint dw, gint radius)
{
  const gint reach = (gint) (SINGAN_BLEND_SIGMAS * SINGAN_BLEND_SIGMA);
  gdouble    sum = 0;
  gdouble    all = 0;
  gint       i, j;

  for (i = -reach; i <= reach; i++)
    for (j = -reach; j <= reach; j++)
      {
        const gdouble weight = exp (
            -0.5 * (i * i + j * j) / (SINGAN_BLEND_SIGMA * SINGAN_BLEND_SIGMA));
        const gint y = dh + i;
        const gint x = dw + j;

        all += weight;
        if (y * y + x * x <= radius * radius)
          sum += weight;
      }

  return sum / all;
}

static void
test_weights_of_a_point_are_a_smoothed_disk (void **state G_GNUC_UNUSED)
{
  const gint h0 = 30, w0 = 40;
  g_autoptr (SinganTensor) region = region_of (HEIGHT, WIDTH, h0, w0);
  g_autoptr (SinganTensor) weights = singan_blend_weights (
      region, HEIGHT, WIDTH, SINGAN_HARMONIZE_RADIUS, NULL);
  gint h, w;

  for (h = 0; h < HEIGHT; h++)
    for (w = 0; w < WIDTH; w++)
      {
        const gdouble expected
            = h == h0 && w == w0
                  ? 1
                  : expected_weight (h - h0, w - w0, SINGAN_HARMONIZE_RADIUS);

        assert_true (fabs (weights->data[h * WIDTH + w] - expected)
                     < TOLERANCE);
      }
}

static void
test_weights_far_away_are_exactly_zero (void **state G_GNUC_UNUSED)
{
  g_autoptr (SinganTensor) region = region_of (HEIGHT * 3, WIDTH * 3, 20, 31);
  g_autoptr (SinganTensor) weights = singan_blend_weights (
      region, HEIGHT, WIDTH, SINGAN_HARMONIZE_RADIUS, NULL);
  /* In pixels of the finest scale, with two for the cubic and its grid. */
  const gdouble reach = SINGAN_HARMONIZE_RADIUS
                        + SINGAN_BLEND_SIGMAS * SINGAN_BLEND_SIGMA * sqrt (2)
                        + 4;
  gint h, w;

  assert_int_equal (weights->height, HEIGHT * 3);
  assert_int_equal (weights->width, WIDTH * 3);
  assert_true (weights->data[20 * WIDTH * 3 + 31] == 1);
  for (h = 0; h < HEIGHT * 3; h++)
    for (w = 0; w < WIDTH * 3; w++)
      {
        const SinganReal weight = weights->data[h * WIDTH * 3 + w];

        assert_true (weight >= 0 && weight <= 1);
        if (hypot (h - 20, w - 31) > 3 * reach)
          assert_true (weight == 0);
      }
}

static void
test_weights_thin_regions_are_not_lost (void **state G_GNUC_UNUSED)
{
  g_autoptr (SinganTensor) region = region_of (500, 700, 499, 699);
  g_autoptr (SinganTensor) weights
      = singan_blend_weights (region, 25, 35, SINGAN_HARMONIZE_RADIUS, NULL);

  assert_true (weights->data[singan_tensor_size (weights) - 1] == 1);
  assert_true (weights->data[0] == 0);
}

static void
test_weights_of_everything_are_one (void **state G_GNUC_UNUSED)
{
  g_autoptr (SinganTensor) region = singan_tensor_new (40, 40, 1, NULL);
  g_autoptr (SinganTensor) weights = NULL;
  gsize p;

  for (p = 0; p < 1600; p++)
    region->data[p] = 1;
  weights = singan_blend_weights (region, 20, 20, 7, NULL);
  for (p = 0; p < 1600; p++)
    assert_true (weights->data[p] == 1);
}

/* Of a point, from its own pixel outwards: 1, less, and 0 from the margin on,
 * at sizes where distances are measured in pixels and where in larger ones. */
static void
test_margin_ends_at_its_share_of_the_longer_side (void **state G_GNUC_UNUSED)
{
  static const gint sizes[][2] = { { HEIGHT, WIDTH }, { 620, 1037 } };
  gsize             i;
  gint              h;
  gint              w;

  for (i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      const gint    height = sizes[i][0];
      const gint    width = sizes[i][1];
      const gint    row = height / 2;
      const gint    column = width / 3;
      const gdouble reach = SINGAN_BLEND_MARGIN * width;
      g_autoptr (SinganTensor) region = region_of (height, width, row, column);
      g_autoptr (SinganTensor) weights
          = singan_blend_margin (region, SINGAN_BLEND_MARGIN, NULL);

      assert_true (weights->data[row * width + column] == 1);
      for (h = 0; h < height; h++)
        for (w = 0; w < width; w++)
          {
            const gdouble    distance = hypot (h - row, w - column);
            const SinganReal weight = weights->data[h * width + w];

            assert_true (weight >= 0 && weight <= 1);
            if (distance >= reach)
              assert_true (weight == 0);
            else if (distance <= reach / 2)
              assert_true (weight > 0);
          }
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
test_enlarge_with_detail_of_an_unchanged_picture_is_the_source (
    void **state G_GNUC_UNUSED)
{
  g_autoptr (SinganTensor) source = wave (120, 90, 3, 1.1);
  g_autoptr (SinganTensor) small = singan_resize (source, 40, 30, NULL);
  g_autoptr (SinganTensor) large
      = singan_enlarge_with_detail (small, source, NULL);

  assert_true (singan_tensor_mean_squared_difference (large, source)
               < TOLERANCE * TOLERANCE);
}

static void
test_enlarge_with_detail_at_equal_size_is_the_result (
    void **state G_GNUC_UNUSED)
{
  g_autoptr (SinganTensor) source = wave (30, 20, 1, 1.1);
  g_autoptr (SinganTensor) result = wave (30, 20, 1, 0.2);
  g_autoptr (SinganTensor) large
      = singan_enlarge_with_detail (result, source, NULL);

  assert_memory_equal (large->data, result->data, 600 * sizeof (SinganReal));
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
    cmocka_unit_test (test_weights_of_a_point_are_a_smoothed_disk),
    cmocka_unit_test (test_weights_far_away_are_exactly_zero),
    cmocka_unit_test (test_weights_thin_regions_are_not_lost),
    cmocka_unit_test (test_weights_of_everything_are_one),
    cmocka_unit_test (test_margin_ends_at_its_share_of_the_longer_side),
    cmocka_unit_test (test_region_counts_and_thresholds),
    cmocka_unit_test (test_blend_outside_keeps_every_bit),
    cmocka_unit_test (
        test_enlarge_with_detail_of_an_unchanged_picture_is_the_source),
    cmocka_unit_test (test_enlarge_with_detail_at_equal_size_is_the_result),
    cmocka_unit_test (test_enlarge_without_seam_takes_detail_from_its_own_side),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
