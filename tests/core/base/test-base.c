/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/error.h"
#include "core/base/memory.h"
#include "core/base/parallel.h"
#include "core/base/random.h"
#include "core/base/tensor.h"

/* The known answers that the authors of Philox publish. */
static void
test_philox_known_answers (void **state G_GNUC_UNUSED)
{
  static const guint32 cases[][10] = {
    { 0, 0, 0, 0, 0, 0, 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8 },
    { 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff,
      0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd },
    { 0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0,
      0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1 },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      guint32 block[4];

      singan_philox4x32_10 (cases[i], cases[i] + 4, block);
      assert_memory_equal (block, cases[i] + 6, sizeof block);
    }
}

static void
test_random_normal_has_its_moments (void **state G_GNUC_UNUSED)
{
  enum
  {
    COUNT = 200001
  };
  const SinganRandomKey key = { 1, SINGAN_RANDOM_SAMPLE, 0, 0 };
  SinganReal           *x = singan_reals_new (COUNT, NULL);
  gdouble               sum = 0, squares = 0, fourth = 0, neighbours = 0;
  gint                  beyond_two = 0;
  gint                  i;

  singan_random_normal (&key, x, COUNT);
  for (i = 0; i < COUNT; i++)
    {
      sum += x[i];
      squares += x[i] * x[i];
      fourth += x[i] * x[i] * x[i] * x[i];
      beyond_two += fabs (x[i]) > 2;
      if (i > 0)
        neighbours += x[i] * x[i - 1];
    }
  /* Five standard errors of each estimate. */
  assert_true (fabs (sum / COUNT) < 5 / sqrt (COUNT));
  assert_true (fabs (squares / COUNT - 1) < 5 * sqrt (2.0 / COUNT));
  assert_true (fabs (fourth / COUNT - 3) < 5 * sqrt (96.0 / COUNT));
  assert_true (fabs (neighbours / COUNT) < 5 / sqrt (COUNT));
  assert_true (fabs (beyond_two / (gdouble) COUNT - 0.0455) < 0.0024);
  singan_reals_free (x);
}

static void
test_random_streams_prefix_threads_and_keys (void **state G_GNUC_UNUSED)
{
  enum
  {
    COUNT = 10007
  };
  const SinganRandomKey keys[]
      = { { 1, SINGAN_RANDOM_NOISE, 2, 3 },
          { 2, SINGAN_RANDOM_NOISE, 2, 3 },
          { 1, SINGAN_RANDOM_SAMPLE, 2, 3 },
          { 1, SINGAN_RANDOM_NOISE, 1, 3 },
          { 1, SINGAN_RANDOM_NOISE, 2, 4 },
          { 1 + (1ull << 32), SINGAN_RANDOM_NOISE, 2, 3 } };
  SinganReal *first = singan_reals_new (COUNT, NULL);
  SinganReal *other = singan_reals_new (COUNT, NULL);
  gsize       k;

  singan_parallel_set_threads (1);
  singan_random_normal (&keys[0], first, COUNT);
  singan_parallel_set_threads (4);
  singan_random_normal (&keys[0], other, COUNT);
  assert_memory_equal (first, other, COUNT * sizeof *first);
  singan_parallel_set_threads (0);
  singan_random_normal (&keys[0], other, 13);
  assert_memory_equal (first, other, 13 * sizeof *first);
  for (k = 1; k < G_N_ELEMENTS (keys); k++)
    {
      singan_random_normal (&keys[k], other, COUNT);
      assert_true (memcmp (first, other, 4 * sizeof *first) != 0);
    }
  singan_random_uniform (&keys[0], other, COUNT);
  for (k = 0; k < COUNT; k++)
    assert_true (other[k] >= 0 && other[k] < 1);
  singan_reals_free (first);
  singan_reals_free (other);
}

static void
test_reals_new_absurd_size_is_an_error (void **state G_GNUC_UNUSED)
{
  static const gsize counts[]
      = { G_MAXSIZE, G_MAXSIZE / sizeof (SinganReal), G_MAXSIZE / 8 };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      g_autoptr (GError) error = NULL;

      assert_null (singan_reals_new (counts[i], &error));
      assert_true (
          g_error_matches (error, SINGAN_ERROR, SINGAN_ERROR_NO_MEMORY));
    }
}

static void
test_reals_new_is_aligned_and_zero (void **state G_GNUC_UNUSED)
{
  gsize count;

  for (count = 0; count < 70; count++)
    {
      SinganReal *reals = singan_reals_new (count, NULL);
      gsize       i;

      assert_true ((gsize) reals % SINGAN_ALIGNMENT == 0);
      for (i = 0; i < count; i++)
        assert_true (reals[i] == 0);
      singan_reals_free (reals);
    }
}

static void
test_size_product_overflow_is_told (void **state G_GNUC_UNUSED)
{
  gsize product = 7;

  assert_true (
      singan_size_product (&product, 3, (gsize) 2, (gsize) 3, (gsize) 5));
  assert_int_equal (product, 30);
  assert_false (singan_size_product (&product, 2, G_MAXSIZE, (gsize) 2));
  assert_int_equal (product, 30);
}

static void
test_tensor_pad_puts_zeros_around (void **state G_GNUC_UNUSED)
{
  g_autoptr (SinganTensor) small = singan_tensor_new (2, 3, 2, NULL);
  g_autoptr (SinganTensor) padded = singan_tensor_new (4, 5, 2, NULL);
  gint h, w, c;

  for (h = 0; h < 12; h++)
    small->data[h] = h + 1;
  for (h = 0; h < 40; h++)
    padded->data[h] = 99;
  singan_tensor_pad (small, 1, FALSE, padded);
  for (h = 0; h < 4; h++)
    for (w = 0; w < 5; w++)
      for (c = 0; c < 2; c++)
        {
          const gboolean inside = h >= 1 && h < 3 && w >= 1 && w < 4;

          assert_true (
              padded->data[(h * 5 + w) * 2 + c]
              == (inside ? small->data[((h - 1) * 3 + w - 1) * 2 + c] : 0));
        }
}

static void
test_tensor_pad_mirrors_the_border (void **state G_GNUC_UNUSED)
{
  static const gint rows[] = { 2, 1, 0, 1, 2, 1, 0 };
  static const gint columns[] = { 2, 1, 0, 1, 2, 3, 2, 1 };
  g_autoptr (SinganTensor) small = singan_tensor_new (3, 4, 2, NULL);
  g_autoptr (SinganTensor) padded = singan_tensor_new (7, 8, 2, NULL);
  gint h, w, c;

  for (h = 0; h < 24; h++)
    small->data[h] = h + 1;
  singan_tensor_pad (small, 2, TRUE, padded);
  for (h = 0; h < 7; h++)
    for (w = 0; w < 8; w++)
      for (c = 0; c < 2; c++)
        assert_true (padded->data[(h * 8 + w) * 2 + c]
                     == small->data[(rows[h] * 4 + columns[w]) * 2 + c]);
}

static void
test_mirror_stays_inside (void **state G_GNUC_UNUSED)
{
  gint count;
  gint place;

  assert_int_equal (singan_mirror (-3, 8), 3);
  assert_int_equal (singan_mirror (9, 8), 5);
  for (count = 1; count < 8; count++)
    for (place = -5; place < count + 5; place++)
      assert_in_range (singan_mirror (place, count), 0, count - 1);
}

static void
test_tensor_copy_part_is_that_part (void **state G_GNUC_UNUSED)
{
  const SinganRectangle rectangle = { 4, 7, 3, 5 };
  g_autoptr (SinganTensor) tensor = singan_tensor_new (9, 13, 2, NULL);
  g_autoptr (SinganTensor) part = singan_tensor_new (3, 5, 2, NULL);
  gint h;
  gint i;

  for (i = 0; i < 9 * 13 * 2; i++)
    tensor->data[i] = (SinganReal) i;
  singan_tensor_copy_part (tensor, &rectangle, part);
  for (h = 0; h < 3; h++)
    for (i = 0; i < 5 * 2; i++)
      assert_true (part->data[h * 5 * 2 + i]
                   == tensor->data[((4 + h) * 13 + 7) * 2 + i]);
}

static void
test_tensor_difference_of_copy_is_zero (void **state G_GNUC_UNUSED)
{
  g_autoptr (SinganTensor) a = singan_tensor_new (3, 4, 1, NULL);
  g_autoptr (SinganTensor) b = NULL;

  a->data[5] = 2;
  b = singan_tensor_copy (a, NULL);
  assert_true (singan_tensor_mean_squared_difference (a, b) == 0);
  b->data[5] = 5;
  assert_true (singan_tensor_mean_squared_difference (a, b) == 9.0 / 12);
}

/* The tail reaches as far as it must, and no draw is infinite. */
static void
test_random_normal_has_its_tail (void **state G_GNUC_UNUSED)
{
  enum
  {
    COUNT = 400000
  };
  /* 2 (1 - Phi (3)) and 2 (1 - Phi (4)), times COUNT; five standard errors. */
  const gdouble         expected[] = { 1079.9, 25.3 };
  const SinganRandomKey key = { 3, SINGAN_RANDOM_Z_REC, 0, 0 };
  SinganReal           *x = singan_reals_new (COUNT, NULL);
  gint                  beyond[2] = { 0, 0 };
  gint                  i;

  singan_random_normal (&key, x, COUNT);
  for (i = 0; i < COUNT; i++)
    {
      assert_true (isfinite (x[i]));
      beyond[0] += fabs (x[i]) > 3;
      beyond[1] += fabs (x[i]) > 4;
    }
  for (i = 0; i < 2; i++)
    assert_true (fabs (beyond[i] - expected[i]) < 5 * sqrt (expected[i]));
  singan_reals_free (x);
}

static void
test_random_uniform_is_level_and_has_prefixes (void **state G_GNUC_UNUSED)
{
  enum
  {
    COUNT = 100003
  };
  const SinganRandomKey key = { 4, SINGAN_RANDOM_MIX, 1, 7 };
  SinganReal           *x = singan_reals_new (COUNT, NULL);
  SinganReal            first[7];
  gint                  tenths[10] = { 0 };
  gint                  i;

  singan_random_uniform (&key, x, COUNT);
  singan_random_uniform (&key, first, G_N_ELEMENTS (first));
  assert_memory_equal (x, first, sizeof first);
  for (i = 0; i < COUNT; i++)
    tenths[(gint) (10 * x[i])]++;
  /* Five standard errors of a count with p = 0.1. */
  for (i = 0; i < 10; i++)
    assert_true (fabs (tenths[i] - 0.1 * COUNT) < 5 * sqrt (0.09 * COUNT));
  singan_reals_free (x);
}

static void
test_tensor_new_absurd_size_is_an_error (void **state G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;

  assert_null (singan_tensor_new (G_MAXINT, G_MAXINT, G_MAXINT, &error));
  assert_true (g_error_matches (error, SINGAN_ERROR, SINGAN_ERROR_NO_MEMORY));
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_philox_known_answers),
    cmocka_unit_test (test_random_normal_has_its_moments),
    cmocka_unit_test (test_random_streams_prefix_threads_and_keys),
    cmocka_unit_test (test_random_normal_has_its_tail),
    cmocka_unit_test (test_random_uniform_is_level_and_has_prefixes),
    cmocka_unit_test (test_tensor_new_absurd_size_is_an_error),
    cmocka_unit_test (test_reals_new_absurd_size_is_an_error),
    cmocka_unit_test (test_reals_new_is_aligned_and_zero),
    cmocka_unit_test (test_size_product_overflow_is_told),
    cmocka_unit_test (test_tensor_pad_puts_zeros_around),
    cmocka_unit_test (test_tensor_pad_mirrors_the_border),
    cmocka_unit_test (test_mirror_stays_inside),
    cmocka_unit_test (test_tensor_copy_part_is_that_part),
    cmocka_unit_test (test_tensor_difference_of_copy_is_zero),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
