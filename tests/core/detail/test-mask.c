/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is known of a picture that was resized: held against what a change of a
 * pixel does to the picture, and against a definition in whole numbers.
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
#include "core/base/random.h"
#include "core/detail/mask.h"
#include "core/pyramid/resize.h"

/* Heights and widths, before and after: shrunk, enlarged, both, one side as it
 * was, less than a cubic has, whole and odd factors. */
static const gint sizes[][4]
    = { { 12, 17, 7, 9 }, { 7, 9, 12, 17 },   { 20, 5, 3, 11 },
        { 1, 1, 4, 3 },   { 2, 23, 9, 2 },    { 13, 11, 13, 10 },
        { 16, 16, 4, 4 }, { 12, 10, 24, 20 }, { 15, 9, 5, 9 },
        { 3, 3, 1, 1 },   { 1, 30, 1, 7 },    { 16, 12, 12, 9 } };

static SinganTensor *
drawn (gint height, gint width, guint32 index)
{
  const SinganRandomKey key = { 9, SINGAN_RANDOM_SAMPLE, 0, index };
  SinganTensor         *tensor = singan_tensor_new (height, width, 1, NULL);

  singan_random_uniform (&key, tensor->data, singan_tensor_size (tensor));

  return tensor;
}

static SinganTensor *
all_known (gint height, gint width)
{
  SinganTensor *tensor = singan_tensor_new (height, width, 1, NULL);
  gsize         i;

  for (i = 0; i < singan_tensor_size (tensor); i++)
    tensor->data[i] = 1;

  return tensor;
}

/* Hides one pixel after the other and changes it in the picture. */
static void
check_changes (gint from_height, gint from_width, gint height, gint width)
{
  g_autoptr (SinganTensor) picture = drawn (from_height, from_width, 1);
  g_autoptr (SinganTensor) known = all_known (from_height, from_width);
  g_autoptr (SinganTensor) before
      = singan_resize (picture, height, width, NULL);
  gsize pixel;
  gsize i;

  for (pixel = 0; pixel < singan_tensor_size (picture); pixel++)
    {
      const SinganReal   value = picture->data[pixel];
      g_autofree guint8 *mask = NULL;
      g_autoptr (SinganTensor) after = NULL;

      known->data[pixel] = 0;
      mask = singan_mask_shrink (known, height, width, NULL);
      known->data[pixel] = 1;
      picture->data[pixel] += pixel % 2 ? 1 : -100;
      after = singan_resize (picture, height, width, NULL);
      picture->data[pixel] = value;

      for (i = 0; i < singan_tensor_size (after); i++)
        if (mask[i] > 1 || (mask[i] && after->data[i] != before->data[i]))
          fail_msg ("%d x %d to %d x %d: pixel %" G_GSIZE_FORMAT
                    " changes number %" G_GSIZE_FORMAT
                    " from %.9g to %.9g, which is marked %d",
                    from_height, from_width, height, width, pixel, i,
                    (gdouble) before->data[i], (gdouble) after->data[i],
                    mask[i]);
    }
}

static void
test_mask_shrink_unknown_pixel_marks_all_it_changes (void **state G_GNUC_UNUSED)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (sizes); i++)
    check_changes (sizes[i][0], sizes[i][1], sizes[i][2], sizes[i][3]);
}

typedef enum
{
  OUTSIDE,
  AT_THE_END, /* of the cubic, where its weight is 0 */
  INSIDE
} Reach;

/* Whether pixel @j, or a mirrored copy of it, weighs in pixel @i: the distance
 * of their centres, (2 i + 1) from / (2 to) - (2 j + 1) / 2, is below
 * 2 max (from / to, 1).  In units of 1 / (2 to). */
static Reach
reach (gint i, gint j, gint from, gint to)
{
  Reach most = OUTSIDE;
  gint  copy;

  if (from == to)
    return i == j ? INSIDE : OUTSIDE;
  for (copy = -4; copy <= 4; copy++)
    {
      const gint at = copy % 2 ? copy * from + from - 1 - j : copy * from + j;
      const gint distance = ABS ((2 * i + 1) * from - (2 * at + 1) * to);

      if (distance < 4 * MAX (from, to))
        return INSIDE;
      if (distance == 4 * MAX (from, to))
        most = AT_THE_END;
    }

  return most;
}

static void
check_definition (const SinganTensor *known, gint height, gint width)
{
  g_autofree guint8 *mask = singan_mask_shrink (known, height, width, NULL);
  gint               h, w, i, j;

  for (h = 0; h < height; h++)
    for (w = 0; w < width; w++)
      {
        Reach unknown = OUTSIDE;

        for (i = 0; i < known->height; i++)
          for (j = 0; j < known->width; j++)
            if (! (known->data[i * known->width + j] > 0.5f))
              unknown = MAX (unknown, MIN (reach (h, i, known->height, height),
                                           reach (w, j, known->width, width)));
        if (unknown != AT_THE_END && mask[h * width + w] != (unknown < INSIDE))
          fail_msg ("%d x %d to %d x %d: pixel %d, %d is marked %d",
                    known->height, known->width, height, width, h, w,
                    mask[h * width + w]);
      }
}

static void
test_mask_shrink_drawn_masks_equal_definition (void **state G_GNUC_UNUSED)
{
  static const SinganReal shares[] = { 0, 0.02f, 0.1f, 0.5f, 1 };
  gsize                   i;
  gsize                   s;
  gsize                   p;

  for (i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (s = 0; s < G_N_ELEMENTS (shares); s++)
      {
        g_autoptr (SinganTensor) known
            = drawn (sizes[i][0], sizes[i][1], (guint32) (i * 10 + s));

        for (p = 0; p < singan_tensor_size (known); p++)
          known->data[p] = known->data[p] < shares[s] ? 0 : 1;
        check_definition (known, sizes[i][2], sizes[i][3]);
      }
}

/* Above a half, not at it. */
static void
test_mask_shrink_same_size_is_a_copy (void **state G_GNUC_UNUSED)
{
  static const SinganReal values[] = { 0, 0.5f, 0.51f, 1, 0.49f };
  g_autoptr (SinganTensor) known = singan_tensor_new (5, 8, 1, NULL);
  g_autofree guint8 *mask = NULL;
  gsize              p;

  for (p = 0; p < singan_tensor_size (known); p++)
    known->data[p] = values[p % G_N_ELEMENTS (values)];
  mask = singan_mask_shrink (known, 5, 8, NULL);
  for (p = 0; p < singan_tensor_size (known); p++)
    assert_int_equal (mask[p], known->data[p] > 0.5f);
}

static void
test_mask_shrink_absurd_size_is_an_error (void **state G_GNUC_UNUSED)
{
  g_autoptr (SinganTensor) known = all_known (1, 1);
  g_autoptr (GError) error = NULL;

  assert_null (singan_mask_shrink (known, G_MAXINT, 1000000, &error));
  assert_true (g_error_matches (error, SINGAN_ERROR, SINGAN_ERROR_NO_MEMORY));
}

/* Neither what is between nor the mask fits; an error that is set over another
 * one is a warning, which ends the test. */
static void
test_mask_shrink_nothing_fits_is_one_error (void **state G_GNUC_UNUSED)
{
  g_autoptr (SinganTensor) known = all_known (3000, 1);
  g_autoptr (GError) error = NULL;
  const GLogLevelFlags before = g_log_set_always_fatal (G_LOG_LEVEL_WARNING);

  assert_null (singan_mask_shrink (known, G_MAXINT, G_MAXINT, &error));
  g_log_set_always_fatal (before);
  assert_true (g_error_matches (error, SINGAN_ERROR, SINGAN_ERROR_NO_MEMORY));
}

static void
check_patches (gint height, gint width, gint patch, SinganReal share)
{
  g_autoptr (SinganTensor) numbers = drawn (height, width, 7);
  g_autofree guint8 *known = g_new (guint8, height * width);
  g_autofree guint8 *mask = NULL;
  gint               row, column, h, w;

  for (h = 0; h < height * width; h++)
    known[h] = numbers->data[h] >= share;
  mask = singan_mask_patches (known, height, width, patch, NULL);
  for (row = 0; row + patch <= height; row++)
    for (column = 0; column + patch <= width; column++)
      {
        gint count = 0;

        for (h = 0; h < patch; h++)
          for (w = 0; w < patch; w++)
            count += known[(row + h) * width + column + w];
        if (mask[row * (width - patch + 1) + column]
            != (count == patch * patch))
          fail_msg ("%d x %d, patches of %d: %d, %d", height, width, patch, row,
                    column);
      }
}

static void
test_mask_patches_any_sizes_equal_definition (void **state G_GNUC_UNUSED)
{
  static const gint       lengths[] = { 7, 8, 13, 30 };
  static const gint       patches[] = { 1, 2, 3, 7 };
  static const SinganReal shares[] = { 0, 0.02f, 0.3f, 1 };
  gsize                   h, w, p, s;

  for (h = 0; h < G_N_ELEMENTS (lengths); h++)
    for (w = 0; w < G_N_ELEMENTS (lengths); w++)
      for (p = 0; p < G_N_ELEMENTS (patches); p++)
        for (s = 0; s < G_N_ELEMENTS (shares); s++)
          check_patches (lengths[h], lengths[w], patches[p], shares[s]);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_mask_shrink_unknown_pixel_marks_all_it_changes),
    cmocka_unit_test (test_mask_shrink_drawn_masks_equal_definition),
    cmocka_unit_test (test_mask_shrink_same_size_is_a_copy),
    cmocka_unit_test (test_mask_shrink_absurd_size_is_an_error),
    cmocka_unit_test (test_mask_shrink_nothing_fits_is_one_error),
    cmocka_unit_test (test_mask_patches_any_sizes_equal_definition),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
