/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Voting against a definition that asks, for each pixel, every patch of the
 * field.
 */

#include "config.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/parallel.h"
#include "core/detail/vote.h"
#include "tests/core/detail/patches.h"
#include "tests/core/detail/textures.h"

/* Of the weights, in patches. */
#define SIGMA 0.3

/* Roundings of two sums of 49 numbers of size one and of their quotient. */
#define TOLERANCE 5e-6

/* Pixels that are not made have this before and after. */
#define UNTOUCHED ((SinganReal) 77.125)

typedef struct
{
  SinganFieldShape shape;
  gint             channels;
  gdouble          made; /* share of the pixels; 1 for all */
} Case;

/* Heights around the blocks of 32 rows, widths around a patch. */
static const Case cases[] = {
  { { 31, 20, 1, FALSE, FALSE }, 3, 1 },
  { { 33, 19, 2, FALSE, FALSE }, 3, 1 },
  { { 64, 16, 2, TRUE, TRUE }, 1, 1 },
  { { 35, 15, 2, TRUE, FALSE }, 3, 1 },
  { { 20, 17, 1, FALSE, TRUE }, 3, 1 },
  { { 7, 7, 1, FALSE, FALSE }, 3, 1 },
  { { 7, 7, 1, TRUE, TRUE }, 1, 1 },
  { { 38, 8, 3, TRUE, TRUE }, 3, 1 },
  { { 40, 22, 7, FALSE, FALSE }, 3, 1 },
  { { 40, 22, 7, TRUE, TRUE }, 1, 1 },
  { { 33, 24, 1, TRUE, TRUE }, 3, 0.1 },
  { { 34, 25, 2, FALSE, TRUE }, 1, 0.02 },
  { { 70, 9, 2, TRUE, FALSE }, 3, 0.5 },
};

/* The pixels of the patch that lie at @pixel of an axis: which of the seven, or
 * -1. */
static gint
part (gint start, gint pixel, gint length, gboolean wraps)
{
  gint i;

  for (i = 0; i < SINGAN_FIELD_PATCH; i++)
    if ((wraps ? (start + i) % length : start + i) == pixel)
      return i;

  return -1;
}

static gdouble
naive_vote (const SinganField  *field,
            const SinganTensor *values,
            gint                row,
            gint                column,
            gint                channel)
{
  const SinganFieldShape *shape = &field->shape;
  gdouble                 sum = 0;
  gdouble                 weights = 0;
  gint                    i, j;

  for (i = 0; i < field->rows; i++)
    for (j = 0; j < field->columns; j++)
      {
        const gsize patch = (gsize) i * field->columns + j;
        const gint  h = part (
             naive_start (i, shape->height, shape->stride, shape->wraps_rows),
             row, shape->height, shape->wraps_rows);
        const gint w = part (
            naive_start (j, shape->width, shape->stride, shape->wraps_columns),
            column, shape->width, shape->wraps_columns);
        gdouble weight;

        if (h < 0 || w < 0 || (field->is_wanted && ! field->is_wanted[patch]))
          continue;
        weight = exp (-0.5 * ((h - 3) * (h - 3) + (w - 3) * (w - 3))
                      / (SIGMA * 7 * SIGMA * 7));
        sum += weight
               * values->data[((gsize) (field->targets[patch].row + h)
                                   * values->width
                               + field->targets[patch].column + w)
                                  * values->channels
                              + channel];
        weights += weight;
      }

  return sum / weights;
}

static void
check_vote (const Case *one)
{
  const gint height = one->shape.height;
  const gint width = one->shape.width;
  g_autoptr (SinganField) field = singan_field_new (&one->shape, NULL);
  g_autoptr (SinganTensor) values = noise_new (1, 23, 21, one->channels);
  g_autoptr (SinganTensor) picture
      = singan_tensor_new (height, width, one->channels, NULL);
  g_autofree guint8 *made = drawn_flags (3, (gsize) height * width, one->made);
  const guint8      *is_made = one->made < 1 ? made : NULL;
  gint               h, w, c;
  gsize              i;

  if (is_made)
    assert_true (singan_field_want (field, is_made, NULL));
  draw_targets (4, field, values->height, values->width);
  for (i = 0; i < singan_tensor_size (picture); i++)
    picture->data[i] = UNTOUCHED;
  assert_true (
      singan_field_vote (field, values, SIGMA, is_made, picture, NULL, NULL));

  for (h = 0; h < height; h++)
    for (w = 0; w < width; w++)
      for (c = 0; c < one->channels; c++)
        {
          const gboolean makes = ! is_made || is_made[h * width + w];
          const gdouble  ours
              = picture->data[(h * width + w) * one->channels + c];
          const gdouble expected
              = makes ? naive_vote (field, values, h, w, c) : UNTOUCHED;

          if (! (fabs (ours - expected) <= (makes ? TOLERANCE : 0)))
            fail_msg ("%d x %d, stride %d, wraps %d %d, %d channels, made %g: "
                      "%d, %d is %g instead of %g",
                      height, width, one->shape.stride, one->shape.wraps_rows,
                      one->shape.wraps_columns, one->channels, one->made, h, w,
                      ours, expected);
        }
}

static void
test_vote_any_case_equals_definition (void **state G_GNUC_UNUSED)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (cases); i++)
    check_vote (&cases[i]);
}

/* Patches that all stay where they are give the picture back. */
static void
test_vote_identity_gives_the_picture (void **state G_GNUC_UNUSED)
{
  gint  stride;
  gsize p;

  for (stride = 1; stride <= SINGAN_FIELD_PATCH; stride++)
    {
      const SinganFieldShape shape = { 41, 38, stride, FALSE, FALSE };
      g_autoptr (SinganTensor) values = noise_new (2, 41, 38, 3);
      g_autoptr (SinganTensor) picture = singan_tensor_new (41, 38, 3, NULL);
      g_autoptr (SinganField) field = singan_field_new (&shape, NULL);
      const SinganKeys keys = { values, NULL };

      singan_field_stay (field, &keys);
      assert_true (
          singan_field_vote (field, values, SIGMA, NULL, picture, NULL, NULL));
      for (p = 0; p < singan_tensor_size (picture); p++)
        if (! (fabs (picture->data[p] - values->data[p]) <= TOLERANCE))
          fail_msg ("stride %d, number %" G_GSIZE_FORMAT ": %g instead of %g",
                    stride, p, (gdouble) picture->data[p],
                    (gdouble) values->data[p]);
    }
}

static void
test_vote_any_threads_same_bits (void **state G_GNUC_UNUSED)
{
  const SinganFieldShape shape = { 150, 40, 2, TRUE, TRUE };
  g_autoptr (SinganTensor) values = noise_new (1, 50, 40, 3);
  g_autoptr (SinganField) field = singan_field_new (&shape, NULL);
  g_autoptr (SinganTensor) first = singan_tensor_new (150, 40, 3, NULL);
  gint threads;

  draw_targets (5, field, 50, 40);
  for (threads = 1; threads <= 4; threads *= 2)
    {
      g_autoptr (SinganTensor) picture = singan_tensor_new (150, 40, 3, NULL);

      singan_parallel_set_threads (threads);
      assert_true (singan_field_vote (field, values, SIGMA, NULL,
                                      threads == 1 ? first : picture, NULL,
                                      NULL));
      singan_parallel_set_threads (0);
      if (threads > 1)
        assert_memory_equal (first->data, picture->data,
                             singan_tensor_size (first) * sizeof (SinganReal));
    }
}

static void
test_vote_cancelled_is_an_error (void **state G_GNUC_UNUSED)
{
  const SinganFieldShape shape = { 20, 20, 1, FALSE, FALSE };
  g_autoptr (SinganTensor) values = noise_new (1, 20, 20, 3);
  g_autoptr (SinganTensor) picture = singan_tensor_new (20, 20, 3, NULL);
  g_autoptr (SinganField) field = singan_field_new (&shape, NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  assert_false (singan_field_vote (field, values, SIGMA, NULL, picture,
                                   cancellable, &error));
  assert_true (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_vote_any_case_equals_definition),
    cmocka_unit_test (test_vote_identity_gives_the_picture),
    cmocka_unit_test (test_vote_any_threads_same_bits),
    cmocka_unit_test (test_vote_cancelled_is_an_error),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
