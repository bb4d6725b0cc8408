/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where a picture was edited: exactly in a copy without loss, nearly so in one
 * that was compressed, and all of it where all of it differs.
 */

#include "config.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/apply/blend.h"
#include "core/apply/edited-region.h"
#include "core/base/random.h"

#define HEIGHT 96
#define WIDTH 128
#define LEVEL (2.0 / 255)

/* The edit, and how far a compressed one may seem to reach beyond it: the
 * squares that differences are taken over. */
#define TOP 40
#define LEFT 50
#define SIDE 20
#define REACH 4

static gboolean
is_near (gint h, gint w, gint reach)
{
  return h >= TOP - reach && h < TOP + SIDE + reach && w >= LEFT - reach
         && w < LEFT + SIDE + reach;
}

static SinganTensor *
make_noise (gint channels, guint32 index)
{
  const SinganRandomKey key
      = { .seed = 7, .purpose = SINGAN_RANDOM_NOISE, .index = index };
  SinganTensor *noise = singan_tensor_new (HEIGHT, WIDTH, channels, NULL);

  singan_random_uniform (&key, noise->data, singan_tensor_size (noise));

  return noise;
}

/* A smooth half above a rough one. */
static SinganTensor *
make_picture (gint channels)
{
  SinganTensor *picture = make_noise (channels, 0);
  const gint    row = WIDTH * channels;
  gint          i;

  for (i = 0; i < HEIGHT * row; i++)
    picture->data[i] = i < HEIGHT / 2 * row ? i / row / (gdouble) HEIGHT - 0.5
                                            : 0.3 * picture->data[i] - 0.2;

  return picture;
}

/* With noise of so many levels, less of it where there is no texture, as a
 * quantization of frequencies leaves it. */
static SinganTensor *
make_copy (const SinganTensor *picture, gdouble levels)
{
  g_autoptr (SinganTensor) noise = make_noise (picture->channels, 1);
  SinganTensor *copy = singan_tensor_copy (picture, NULL);
  const gint    half = HEIGHT / 2 * WIDTH * picture->channels;
  gint          i;

  for (i = 0; i < 2 * half; i++)
    copy->data[i]
        += levels * LEVEL * (i < half ? 0.2 : 1) * (2 * noise->data[i] - 1);

  return copy;
}

static void
paint (SinganTensor *picture)
{
  gint h;
  gint w;
  gint c;

  for (h = TOP; h < TOP + SIDE; h++)
    for (w = LEFT; w < LEFT + SIDE; w++)
      for (c = 0; c < picture->channels; c++)
        picture->data[(h * WIDTH + w) * picture->channels + c]
            = c == 0 ? 0.6 : -0.7;
}

/* How much of the edit is inside, and how many pixels farther away are. */
static void
count (const SinganTensor *region, gint reach, gint *inside, gint *outside)
{
  gint h;
  gint w;

  *inside = 0;
  *outside = 0;
  for (h = 0; h < HEIGHT; h++)
    for (w = 0; w < WIDTH; w++)
      if (region->data[h * WIDTH + w] > 0)
        {
          *inside += is_near (h, w, 0);
          *outside += ! is_near (h, w, reach);
        }
}

static void
test_region_of_a_lossless_edit_is_exact (void **state G_GNUC_UNUSED)
{
  gint channels;

  for (channels = 1; channels <= 3; channels += 2)
    {
      g_autoptr (SinganTensor) picture = make_picture (channels);
      g_autoptr (SinganTensor) copy = make_copy (picture, 0);
      g_autoptr (SinganTensor) region = NULL;
      gint inside;
      gint outside;

      paint (copy);
      region = singan_region_from_edit (copy, picture, NULL);
      count (region, 0, &inside, &outside);
      assert_int_equal (inside, SIDE * SIDE);
      assert_int_equal (outside, 0);
    }
}

static void
test_region_of_a_compressed_edit_is_little_more (void **state G_GNUC_UNUSED)
{
  gint channels;

  for (channels = 1; channels <= 3; channels += 2)
    {
      g_autoptr (SinganTensor) picture = make_picture (channels);
      g_autoptr (SinganTensor) copy = make_copy (picture, 8);
      g_autoptr (SinganTensor) naive = NULL;
      g_autoptr (SinganTensor) region = NULL;
      gint inside;
      gint outside;

      paint (copy);
      naive = singan_region_from_difference (copy, picture,
                                             SINGAN_EDIT_THRESHOLD, NULL);
      count (naive, REACH, &inside, &outside);
      assert_true (outside > HEIGHT * WIDTH / 8);
      region = singan_region_from_edit (copy, picture, NULL);
      count (region, REACH, &inside, &outside);
      assert_int_equal (inside, SIDE * SIDE);
      assert_true (outside < HEIGHT * WIDTH / 1000);
    }
}

static void
test_region_of_a_compressed_copy_is_empty (void **state G_GNUC_UNUSED)
{
  g_autoptr (SinganTensor) picture = make_picture (3);
  g_autoptr (SinganTensor) copy = make_copy (picture, 8);
  g_autoptr (SinganTensor) region
      = singan_region_from_edit (copy, picture, NULL);

  assert_true (singan_region_count (region) < HEIGHT * WIDTH / 1000);
}

static void
test_region_of_another_picture_is_most_of_it (void **state G_GNUC_UNUSED)
{
  g_autoptr (SinganTensor) picture = make_picture (3);
  g_autoptr (SinganTensor) copy = make_copy (picture, 2);
  g_autoptr (SinganTensor) region = NULL;
  gsize i;

  for (i = 0; i < singan_tensor_size (copy); i++)
    copy->data[i] = copy->data[i] * 0.8 + 0.1;
  region = singan_region_from_edit (copy, picture, NULL);
  assert_true (singan_region_count (region) > HEIGHT * WIDTH / 2);
}

static void
test_region_of_a_single_pixel (void **state G_GNUC_UNUSED)
{
  g_autoptr (SinganTensor) a = singan_tensor_new (1, 1, 3, NULL);
  g_autoptr (SinganTensor) b = singan_tensor_new (1, 1, 3, NULL);
  g_autoptr (SinganTensor) same = singan_region_from_edit (a, b, NULL);
  g_autoptr (SinganTensor) other = NULL;

  assert_int_equal (singan_region_count (same), 0);
  a->data[1] = 0.5;
  other = singan_region_from_edit (a, b, NULL);
  assert_int_equal (singan_region_count (other), 1);
}

gint
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_region_of_a_lossless_edit_is_exact),
    cmocka_unit_test (test_region_of_a_compressed_edit_is_little_more),
    cmocka_unit_test (test_region_of_a_compressed_copy_is_empty),
    cmocka_unit_test (test_region_of_another_picture_is_most_of_it),
    cmocka_unit_test (test_region_of_a_single_pixel),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
