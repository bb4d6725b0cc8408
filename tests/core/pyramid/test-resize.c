/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Resizing against a definition of its own: for each output pixel the cubic
 * over all source pixels of an endlessly mirrored, or endlessly repeated,
 * picture, in two dimensions at once.
 */

#include "config.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/error.h"
#include "core/base/parallel.h"
#include "core/base/random.h"
#include "core/pyramid/resize.h"

/* Two roundings to float of numbers around one. */
#define TOLERANCE 1e-6

static SinganTensor *
drawn_as (guint32 index, gint height, gint width, gint channels)
{
  const SinganRandomKey key = { 8, SINGAN_RANDOM_SAMPLE, 3, index };
  SinganTensor *tensor = singan_tensor_new (height, width, channels, NULL);

  singan_random_normal (&key, tensor->data, singan_tensor_size (tensor));

  return tensor;
}

static SinganTensor *
drawn (gint height, gint width, gint channels)
{
  return drawn_as (0, height, width, channels);
}

/* The piecewise cubic with a = -1/2, expanded. */
static gdouble
keys (gdouble t)
{
  t = fabs (t);
  if (t < 1)
    return 1 - 2.5 * t * t + 1.5 * t * t * t;
  if (t < 2)
    return 2 - 4 * t + 2.5 * t * t - 0.5 * t * t * t;
  return 0;
}

static gint
reflect (gint i, gint n)
{
  while (i < 0 || i >= n)
    i = i < 0 ? -1 - i : 2 * n - 1 - i;
  return i;
}

static gint
repeat (gint i, gint n)
{
  while (i < 0)
    i += n;
  return i % n;
}

static gdouble
naive_wrapped (const SinganTensor *x,
               gint                height,
               gint                width,
               gboolean            wraps_rows,
               gboolean            wraps_columns,
               gint                h,
               gint                w,
               gint                c)
{
  const gdouble sh = fmin ((gdouble) height / x->height, 1);
  const gdouble sw = fmin ((gdouble) width / x->width, 1);
  const gdouble ch = (h + 0.5) * x->height / height - 0.5;
  const gdouble cw = (w + 0.5) * x->width / width - 0.5;
  gdouble       sum = 0, weights = 0;
  gint          i, j;

  for (i = (gint) floor (ch - 2 / sh) - 1; i <= ch + 2 / sh + 1; i++)
    for (j = (gint) floor (cw - 2 / sw) - 1; j <= cw + 2 / sw + 1; j++)
      {
        const gdouble weight = keys ((i - ch) * sh) * keys ((j - cw) * sw);
        const gint    row
            = wraps_rows ? repeat (i, x->height) : reflect (i, x->height);
        const gint column
            = wraps_columns ? repeat (j, x->width) : reflect (j, x->width);

        sum += weight * x->data[(row * x->width + column) * x->channels + c];
        weights += weight;
      }

  return sum / weights;
}

static gdouble
naive (const SinganTensor *x, gint height, gint width, gint h, gint w, gint c)
{
  return naive_wrapped (x, height, width, FALSE, FALSE, h, w, c);
}

static void
test_resize_any_sizes_equal_definition (void **state G_GNUC_UNUSED)
{
  static const gint sizes[][4]
      = { { 10, 13, 7, 9 }, { 7, 9, 10, 13 }, { 20, 5, 3, 11 },
          { 1, 1, 4, 3 },   { 2, 30, 9, 2 },  { 33, 41, 33, 40 },
          { 40, 40, 5, 5 }, { 3, 3, 1, 1 },   { 12, 17, 25, 17 },
          { 1, 60, 1, 7 },  { 60, 1, 2, 5 },  { 2, 2, 90, 1 } };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (SinganTensor) x = drawn (sizes[i][0], sizes[i][1], 2);
      g_autoptr (SinganTensor) y
          = singan_resize (x, sizes[i][2], sizes[i][3], NULL);
      gint h, w, c;

      for (h = 0; h < y->height; h++)
        for (w = 0; w < y->width; w++)
          for (c = 0; c < 2; c++)
            assert_true (fabs (y->data[(h * y->width + w) * 2 + c]
                               - naive (x, y->height, y->width, h, w, c))
                         < 5 * TOLERANCE);
    }
}

static gdouble
dot (const SinganTensor *x, const SinganTensor *y)
{
  gdouble sum = 0;
  gsize   i;

  for (i = 0; i < singan_tensor_size (x); i++)
    sum += (gdouble) x->data[i] * y->data[i];

  return sum;
}

/* R being the resizing: y . R x = R' y . x, for any x and y. */
static void
test_resizer_any_times_same_bits_and_transpose (void **state G_GNUC_UNUSED)
{
  static const gint sizes[][4]
      = { { 10, 13, 14, 18 },  { 20, 5, 3, 11 },   { 1, 1, 4, 3 },
          { 40, 40, 5, 5 },    { 12, 17, 25, 17 }, { 33, 41, 33, 41 },
          { 75, 100, 99, 130 } };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (SinganTensor) x = drawn (sizes[i][0], sizes[i][1], 3);
      g_autoptr (SinganTensor) y = drawn_as (1, sizes[i][2], sizes[i][3], 3);
      g_autoptr (SinganTensor) resized
          = singan_resize (x, y->height, y->width, NULL);
      g_autoptr (SinganTensor) transposed = drawn (x->height, x->width, 3);
      g_autoptr (SinganTensor) again = drawn (x->height, x->width, 3);
      g_autoptr (SinganResizer) resizer
          = singan_resizer_new (x, y->height, y->width, NULL);

      singan_parallel_set_threads (1);
      singan_resizer_run_transposed (resizer, y, transposed);
      assert_true (fabs (dot (y, resized) - dot (transposed, x))
                   < 10 * TOLERANCE
                         * sqrt (dot (y, y) * dot (resized, resized)));

      singan_parallel_set_threads (4);
      singan_resizer_run_transposed (resizer, y, again);
      assert_memory_equal (transposed->data, again->data,
                           singan_tensor_size (again) * sizeof (SinganReal));
      singan_resizer_run (resizer, x, y);
      assert_memory_equal (resized->data, y->data,
                           singan_tensor_size (y) * sizeof (SinganReal));
      singan_parallel_set_threads (0);
    }
}

static void
test_resize_constant_stays_constant (void **state G_GNUC_UNUSED)
{
  static const gint sizes[][2]
      = { { 7, 9 }, { 50, 61 }, { 25, 33 }, { 1, 1 }, { 100, 3 } };
  g_autoptr (SinganTensor) x = singan_tensor_new (40, 53, 3, NULL);
  gsize i, p;

  for (p = 0; p < singan_tensor_size (x); p++)
    x->data[p] = (SinganReal) 0.7;
  for (i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (SinganTensor) y
          = singan_resize (x, sizes[i][0], sizes[i][1], NULL);

      for (p = 0; p < singan_tensor_size (y); p++)
        assert_true (fabs (y->data[p] - x->data[0]) < TOLERANCE);
    }
}

static void
test_resize_same_size_is_a_copy (void **state G_GNUC_UNUSED)
{
  g_autoptr (SinganTensor) x = drawn (9, 8, 3);
  g_autoptr (SinganTensor) y = singan_resize (x, 9, 8, NULL);

  assert_memory_equal (x->data, y->data,
                       singan_tensor_size (x) * sizeof (SinganReal));
}

static void
test_resize_any_threads_same_bits (void **state G_GNUC_UNUSED)
{
  g_autoptr (SinganTensor) x = drawn (37, 29, 3);
  g_autoptr (SinganTensor) y = NULL;
  g_autoptr (SinganTensor) z = NULL;

  singan_parallel_set_threads (1);
  y = singan_resize (x, 50, 20, NULL);
  singan_parallel_set_threads (4);
  z = singan_resize (x, 50, 20, NULL);
  singan_parallel_set_threads (0);
  assert_memory_equal (y->data, z->data,
                       singan_tensor_size (y) * sizeof (SinganReal));
}

/* The cubic reproduces straight lines wherever no border is in reach. */
static void
test_resize_enlarged_ramp_stays_a_ramp (void **state G_GNUC_UNUSED)
{
  g_autoptr (SinganTensor) x = singan_tensor_new (12, 10, 1, NULL);
  g_autoptr (SinganTensor) y = NULL;
  gint h, w;

  for (h = 0; h < x->height; h++)
    for (w = 0; w < x->width; w++)
      x->data[h * x->width + w] = (SinganReal) (0.05 * h - 0.03 * w);
  y = singan_resize (x, 31, 23, NULL);
  for (h = 0; h < y->height; h++)
    for (w = 0; w < y->width; w++)
      {
        const gdouble at_h = (h + 0.5) * x->height / y->height - 0.5;
        const gdouble at_w = (w + 0.5) * x->width / y->width - 0.5;

        if (at_h >= 1 && at_h <= x->height - 2 && at_w >= 1
            && at_w <= x->width - 2)
          assert_true (
              fabs (y->data[h * y->width + w] - (0.05 * at_h - 0.03 * at_w))
              < TOLERANCE);
      }
}

/* Shrunk by a whole number, every source pixel weighs the same. */
static void
test_resize_shrunk_by_whole_factor_keeps_mean (void **state G_GNUC_UNUSED)
{
  g_autoptr (SinganTensor) x = drawn (30, 48, 1);
  g_autoptr (SinganTensor) y = singan_resize (x, 10, 12, NULL);
  gdouble before = 0, after = 0;
  gsize   i;

  for (i = 0; i < singan_tensor_size (x); i++)
    before += x->data[i];
  for (i = 0; i < singan_tensor_size (y); i++)
    after += y->data[i];
  assert_true (fabs (before / (30 * 48) - after / (10 * 12)) < TOLERANCE);
}

static void
test_resize_symmetric_picture_stays_symmetric (void **state G_GNUC_UNUSED)
{
  static const gint sizes[][2]
      = { { 7, 9 }, { 8, 40 }, { 41, 10 }, { 26, 34 }, { 1, 2 } };
  g_autoptr (SinganTensor) x = drawn (21, 16, 1);
  gsize i;
  gint  h, w;

  for (h = 0; h < x->height; h++)
    for (w = 0; w < x->width; w++)
      x->data[h * x->width + w] = x->data[MIN (h, x->height - 1 - h) * x->width
                                          + MIN (w, x->width - 1 - w)];
  for (i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (SinganTensor) y
          = singan_resize (x, sizes[i][0], sizes[i][1], NULL);

      for (h = 0; h < y->height; h++)
        for (w = 0; w < y->width; w++)
          {
            const SinganReal *row = y->data + h * y->width;
            const SinganReal *mirrored
                = y->data + (y->height - 1 - h) * y->width;

            assert_true (fabs (row[w] - row[y->width - 1 - w]) < 5 * TOLERANCE);
            assert_true (fabs (row[w] - mirrored[w]) < 5 * TOLERANCE);
          }
    }
}

static void
check_wrapped (const SinganTensor *x,
               gint                height,
               gint                width,
               gboolean            wraps_rows,
               gboolean            wraps_columns)
{
  g_autoptr (SinganTensor) y = singan_resize_wrapped (
      x, height, width, wraps_rows, wraps_columns, NULL, NULL);
  gint h, w, c;

  assert_int_equal (y->height, height);
  assert_int_equal (y->width, width);
  assert_int_equal (y->channels, x->channels);
  for (h = 0; h < height; h++)
    for (w = 0; w < width; w++)
      for (c = 0; c < x->channels; c++)
        {
          const gdouble ours = y->data[(h * width + w) * x->channels + c];
          const gdouble expected = naive_wrapped (x, height, width, wraps_rows,
                                                  wraps_columns, h, w, c);

          if (! (fabs (ours - expected) < 5 * TOLERANCE))
            fail_msg ("%d x %d to %d x %d, wraps %d %d, at %d, %d: %g instead "
                      "of %g",
                      x->height, x->width, height, width, wraps_rows,
                      wraps_columns, h, w, ours, expected);
        }
}

static void
test_resize_wrapped_any_sizes_equal_definition (void **state G_GNUC_UNUSED)
{
  static const gint sizes[][4]
      = { { 10, 13, 7, 9 }, { 7, 9, 10, 13 },  { 20, 5, 3, 11 },
          { 1, 1, 4, 3 },   { 2, 30, 9, 2 },   { 33, 41, 33, 40 },
          { 40, 40, 5, 5 }, { 12, 17, 25, 17 } };
  gsize i;
  gint  wraps;

  for (i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (SinganTensor) x = drawn (sizes[i][0], sizes[i][1], 2);

      for (wraps = 0; wraps < 4; wraps++)
        check_wrapped (x, sizes[i][2], sizes[i][3], wraps & 1, wraps >> 1);
    }
}

/* Element (h, w) comes from (h - rows, w - columns). */
static SinganTensor *
shifted (const SinganTensor *x, gint rows, gint columns)
{
  SinganTensor *y = singan_tensor_new (x->height, x->width, x->channels, NULL);
  gint          h, w, c;

  for (h = 0; h < x->height; h++)
    for (w = 0; w < x->width; w++)
      for (c = 0; c < x->channels; c++)
        y->data[(h * x->width + w) * x->channels + c]
            = x->data[(repeat (h - rows, x->height) * x->width
                       + repeat (w - columns, x->width))
                          * x->channels
                      + c];

  return y;
}

/* Enlarged three times and twice, shrunk to a half: what is shifted by as much
 * as whole pixels of both sizes gives the same, shifted. */
static void
test_resize_wrapped_shifted_gives_the_same_shifted (void **state G_GNUC_UNUSED)
{
  static const struct
  {
    gint height, width; /* wanted, of 10 x 14 */
    gint rows, columns; /* that are shifted */
    gint result_rows, result_columns;
  } cases[] = { { 30, 28, 1, 1, 3, 2 },
                { 30, 28, -4, 11, -12, 22 },
                { 5, 7, 2, 4, 1, 2 },
                { 5, 28, -6, 3, -3, 6 },
                { 20, 14, 0, 5, 0, 5 } };
  g_autoptr (SinganTensor) x = drawn (10, 14, 3);
  gsize i, p;

  for (i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (SinganTensor) y = singan_resize_wrapped (
          x, cases[i].height, cases[i].width, TRUE, TRUE, NULL, NULL);
      g_autoptr (SinganTensor) y_shifted
          = shifted (y, cases[i].result_rows, cases[i].result_columns);
      g_autoptr (SinganTensor) x_shifted
          = shifted (x, cases[i].rows, cases[i].columns);
      g_autoptr (SinganTensor) other = singan_resize_wrapped (
          x_shifted, cases[i].height, cases[i].width, TRUE, TRUE, NULL, NULL);

      for (p = 0; p < singan_tensor_size (y); p++)
        if (! (fabs (other->data[p] - y_shifted->data[p]) < TOLERANCE))
          fail_msg ("to %d x %d, shifted by %d, %d: number %" G_GSIZE_FORMAT
                    " is %g instead of %g",
                    cases[i].height, cases[i].width, cases[i].rows,
                    cases[i].columns, p, (gdouble) other->data[p],
                    (gdouble) y_shifted->data[p]);
    }
}

/* Where the cubic, 2 pixels of the smaller size wide on each side, does not
 * reach a border, nothing tells whether the picture wraps. */
static void
test_resize_wrapped_interior_is_as_without (void **state G_GNUC_UNUSED)
{
  static const gint sizes[][2] = { { 40, 50 }, { 17, 19 }, { 23, 61 } };
  g_autoptr (SinganTensor) x = drawn (31, 35, 2);
  gsize i;
  gint  h, w;

  for (i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      const gint height = sizes[i][0];
      const gint width = sizes[i][1];
      g_autoptr (SinganTensor) one = singan_resize (x, height, width, NULL);
      g_autoptr (SinganTensor) other
          = singan_resize_wrapped (x, height, width, TRUE, TRUE, NULL, NULL);
      const gint border_h = (gint) ceil (2.0 * MAX (height, 31) / 31) + 1;
      const gint border_w = (gint) ceil (2.0 * MAX (width, 35) / 35) + 1;
      gint       n_different = 0;

      for (h = 0; h < height; h++)
        for (w = 0; w < width; w++)
          {
            const gsize at = ((gsize) h * width + w) * 2;

            if (h >= border_h && h < height - border_h && w >= border_w
                && w < width - border_w)
              assert_memory_equal (one->data + at, other->data + at,
                                   2 * sizeof (SinganReal));
            else
              n_different += one->data[at] != other->data[at];
          }
      assert_true (n_different > height + width);
    }
}

static void
test_resize_wrapped_same_size_is_a_copy (void **state G_GNUC_UNUSED)
{
  g_autoptr (SinganTensor) x = drawn (9, 8, 3);
  gint wraps;

  for (wraps = 0; wraps < 4; wraps++)
    {
      g_autoptr (SinganTensor) y
          = singan_resize_wrapped (x, 9, 8, wraps & 1, wraps >> 1, NULL, NULL);

      assert_memory_equal (x->data, y->data,
                           singan_tensor_size (x) * sizeof (SinganReal));
    }
}

static void
test_resize_wrapped_nothing_wraps_is_resize (void **state G_GNUC_UNUSED)
{
  g_autoptr (SinganTensor) x = drawn (11, 8, 3);
  g_autoptr (SinganTensor) y = singan_resize (x, 15, 5, NULL);
  g_autoptr (SinganTensor) z
      = singan_resize_wrapped (x, 15, 5, FALSE, FALSE, NULL, NULL);

  assert_memory_equal (y->data, z->data,
                       singan_tensor_size (y) * sizeof (SinganReal));
}

static void
test_resize_wrapped_absurd_size_is_an_error (void **state G_GNUC_UNUSED)
{
  g_autoptr (SinganTensor) x = drawn (2, 2, 1);
  g_autoptr (GError) error = NULL;

  assert_null (
      singan_resize_wrapped (x, G_MAXINT, G_MAXINT, TRUE, TRUE, NULL, &error));
  assert_true (g_error_matches (error, SINGAN_ERROR, SINGAN_ERROR_NO_MEMORY));
}

static void
test_resize_absurd_size_is_an_error (void **state G_GNUC_UNUSED)
{
  g_autoptr (SinganTensor) x = drawn (2, 2, 1);
  g_autoptr (GError) error = NULL;

  assert_null (singan_resize (x, G_MAXINT, G_MAXINT, &error));
  assert_true (g_error_matches (error, SINGAN_ERROR, SINGAN_ERROR_NO_MEMORY));
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_resize_any_sizes_equal_definition),
    cmocka_unit_test (test_resizer_any_times_same_bits_and_transpose),
    cmocka_unit_test (test_resize_constant_stays_constant),
    cmocka_unit_test (test_resize_same_size_is_a_copy),
    cmocka_unit_test (test_resize_any_threads_same_bits),
    cmocka_unit_test (test_resize_enlarged_ramp_stays_a_ramp),
    cmocka_unit_test (test_resize_shrunk_by_whole_factor_keeps_mean),
    cmocka_unit_test (test_resize_symmetric_picture_stays_symmetric),
    cmocka_unit_test (test_resize_wrapped_any_sizes_equal_definition),
    cmocka_unit_test (test_resize_wrapped_shifted_gives_the_same_shifted),
    cmocka_unit_test (test_resize_wrapped_interior_is_as_without),
    cmocka_unit_test (test_resize_wrapped_same_size_is_a_copy),
    cmocka_unit_test (test_resize_wrapped_nothing_wraps_is_resize),
    cmocka_unit_test (test_resize_wrapped_absurd_size_is_an_error),
    cmocka_unit_test (test_resize_absurd_size_is_an_error),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
