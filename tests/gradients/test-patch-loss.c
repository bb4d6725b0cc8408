/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The patch loss against its definition, written out patch by patch in double,
 * and in the double build against central differences.
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

#include "core/base/memory.h"
#include "core/base/parallel.h"
#include "core/nn/patch-loss.h"

#define WEIGHT 3.0

/* Of the loss, relative: float projections are right to about 1e-6. */
#ifdef SINGAN_DOUBLE
#define VALUE_TOLERANCE 1e-12
#else
#define VALUE_TOLERANCE 1e-5
#endif

typedef struct
{
  gint     height;
  gint     width;
  gint     channels;
  gint     stride;
  gint     directions;
  gboolean is_of_detail;
  gint     tile;
} Case;

static const Case cases[] = {
  { 13, 12, 3, 2, 8, FALSE, 0 }, /* odd and even sides */
  { 9, 11, 1, 1, 5, FALSE, 0 },  /* grey, each patch */
  { 16, 14, 3, 3, 4, FALSE, 0 },
  { 15, 15, 2, 4, 3, FALSE, 0 }, /* the least there is room for */
  { 12, 13, 3, 1, 6, TRUE, 0 },
  { 14, 13, 2, 2, 5, TRUE, 0 },
  { 12, 13, 3, 1, 6, TRUE, 4 },   /* tiles of 4 x 4 .. 2 x 3 patches */
  { 16, 17, 1, 1, 4, FALSE, 7 },  /* 7 x 7 .. 7 x 1 */
  { 21, 16, 2, 2, 5, FALSE, 3 },  /* 3 x 3 .. 2 x 3 */
  { 9, 11, 3, 1, 5, TRUE, 1 },    /* each patch on its own */
  { 9, 11, 3, 1, 5, TRUE, 20 },   /* one tile */
  { 28, 27, 1, 1, 19, FALSE, 0 }, /* many patches for the sort, directions */
};

static const SinganRandomKey key = { 7, SINGAN_RANDOM_SAMPLE, 2, 5 };

static SinganReal *
draw_picture (const Case *c, guint32 index)
{
  const SinganRandomKey own = { 1, SINGAN_RANDOM_SAMPLE, 0, index };
  const gsize           count = (gsize) c->height * c->width * c->channels;
  SinganReal           *picture = singan_reals_new (count, NULL);

  singan_random_normal (&own, picture, count);

  return picture;
}

static int
compare_numbers (const void *a, const void *b)
{
  const gdouble x = *(const gdouble *) a;
  const gdouble y = *(const gdouble *) b;

  return (x > y) - (x < y);
}

/* Projections of the patches of one tile, sorted.  The tile's first patch is at
 * (top, left); it ends after so many patches, or with the picture. */
static gdouble *
project (const Case       *c,
         const SinganReal *picture,
         const gdouble    *direction,
         gint              top,
         gint              left,
         gsize            *count)
{
  const gint side = SINGAN_PATCH_BLOCKS * c->stride;
  const gint length = c->tile > 0 ? c->tile * c->stride : G_MAXINT / 2;
  gdouble   *values = g_new (gdouble, (gsize) c->height * c->width);
  gint       h, w, i, j, n;

  *count = 0;
  for (h = top; h + side <= c->height && h < top + length; h += c->stride)
    for (w = left; w + side <= c->width && w < left + length; w += c->stride)
      {
        const gdouble *at = direction;
        gdouble        sum = 0;

        for (i = 0; i < side; i++)
          for (j = 0; j < side; j++)
            for (n = 0; n < c->channels; n++)
              sum += *at++
                     * picture[((h + i) * c->width + w + j) * c->channels + n];
        values[(*count)++] = sum;
      }
  qsort (values, *count, sizeof *values, compare_numbers);

  return values;
}

/* The direction as it is drawn: three by three blocks of stride x stride
 * pixels, the pixels and channels of each together; as a patch, row by row. */
static void
take_direction (const Case       *c,
                const SinganReal *drawn,
                gint              d,
                gdouble          *direction)
{
  const gint side = SINGAN_PATCH_BLOCKS * c->stride;
  const gint count = side * side * c->channels;
  gdouble    squares = 0;
  gint       i, j, n;

  for (i = 0; i < side; i++)
    for (j = 0; j < side; j++)
      for (n = 0; n < c->channels; n++)
        {
          const gint block
              = i / c->stride * SINGAN_PATCH_BLOCKS + j / c->stride;
          const gint pixel = i % c->stride * c->stride + j % c->stride;
          const gint tap
              = (block * c->stride * c->stride + pixel) * c->channels + n;
          const gdouble value = drawn[tap * c->directions + d];

          direction[(i * side + j) * c->channels + n] = value;
        }
  for (n = 0; n < c->channels && c->is_of_detail; n++)
    {
      gdouble sum = 0;

      for (i = n; i < count; i += c->channels)
        sum += direction[i];
      for (i = n; i < count; i += c->channels)
        direction[i] -= sum / (side * side);
    }
  for (i = 0; i < count; i++)
    squares += direction[i] * direction[i];
  for (i = 0; i < count; i++)
    direction[i] /= sqrt (squares);
}

static gdouble
define_loss (const Case *c, const SinganReal *x, const SinganReal *target)
{
  const gint             side = SINGAN_PATCH_BLOCKS * c->stride;
  const gint             taps = side * side * c->channels;
  g_autofree SinganReal *drawn
      = g_new (SinganReal, (gsize) taps * c->directions);
  g_autofree gdouble *direction = g_new (gdouble, taps);
  SinganRandomKey     own = key;
  SinganReal          place[2];
  gdouble             sum = 0;
  gint                d;

  own.purpose = SINGAN_RANDOM_PATCHES;
  singan_random_uniform (&own, place, 2);
  own.purpose = SINGAN_RANDOM_DIRECTIONS;
  singan_random_normal (&own, drawn, (gsize) taps * c->directions);

  for (d = 0; d < c->directions; d++)
    {
      const gint step = c->tile > 0 ? c->tile * c->stride : G_MAXINT / 2;
      gdouble    distance = 0;
      gsize      patches = 0;
      gint       top;
      gint       left;

      take_direction (c, drawn, d, direction);
      for (top = (gint) (place[0] * c->stride); top + side <= c->height;
           top += step)
        for (left = (gint) (place[1] * c->stride); left + side <= c->width;
             left += step)
          {
            gsize               count;
            gsize               i;
            g_autofree gdouble *one
                = project (c, x, direction, top, left, &count);
            g_autofree gdouble *other
                = project (c, target, direction, top, left, &count);

            for (i = 0; i < count; i++)
              distance += fabs (one[i] - other[i]);
            patches += count;
          }
      sum += distance / patches;
    }

  return WEIGHT * sum / c->directions;
}

static gdouble
measure (const Case       *c,
         const SinganReal *x,
         const SinganReal *target,
         SinganReal       *grad_x)
{
  g_autoptr (SinganPatchLoss) loss
      = singan_patch_loss_new (c->height, c->width, c->channels, c->stride,
                               c->directions, c->is_of_detail, c->tile, NULL);

  assert_non_null (loss);
  singan_patch_loss_draw (loss, &key);

  return singan_patch_loss_compare (loss, x, target, WEIGHT, grad_x);
}

static void
test_compare_equals_the_definition (void **state G_GNUC_UNUSED)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const Case   *c = &cases[i];
      SinganReal   *x = draw_picture (c, 1);
      SinganReal   *target = draw_picture (c, 2);
      SinganReal   *grad = draw_picture (c, 3);
      const gdouble value = measure (c, x, target, grad);
      const gdouble expected = define_loss (c, x, target);

      print_message ("# %d x %d x %d: %.12g, defined %.12g\n", c->height,
                     c->width, c->channels, value, expected);
      assert_true (fabs (value - expected) <= VALUE_TOLERANCE * expected);
      singan_reals_free (x);
      singan_reals_free (target);
      singan_reals_free (grad);
    }
}

static void
test_compare_same_picture_is_nothing (void **state G_GNUC_UNUSED)
{
  const Case *c = &cases[0];
  const gsize count = (gsize) c->height * c->width * c->channels;
  SinganReal *x = draw_picture (c, 1);
  SinganReal *grad = draw_picture (c, 3);
  gsize       i;

  assert_true (measure (c, x, x, grad) == 0);
  for (i = 0; i < count; i++)
    assert_true (grad[i] == 0);
  singan_reals_free (x);
  singan_reals_free (grad);
}

static void
test_detail_does_not_see_colour (void **state G_GNUC_UNUSED)
{
  const Case  detail = { 12, 13, 3, 1, 6, TRUE, 0 };
  Case        whole = detail;
  const gsize count = (gsize) detail.height * detail.width * detail.channels;
  SinganReal *x = draw_picture (&detail, 1);
  SinganReal *grad = draw_picture (&detail, 3);
  SinganReal *target = draw_picture (&detail, 1);
  gsize       i;

  for (i = 0; i < count; i++)
    target[i] += (SinganReal) 0.5 * (SinganReal) (1 + i % detail.channels);
  whole.is_of_detail = FALSE;
  assert_true (measure (&whole, x, target, grad) > 0.1);
  assert_true (measure (&detail, x, target, grad) < 1e-5);
  singan_reals_free (x);
  singan_reals_free (grad);
  singan_reals_free (target);
}

static void
test_compare_any_threads_same_bits (void **state G_GNUC_UNUSED)
{
  const Case  c = { 61, 47, 3, 2, 32, TRUE, 9 };
  const gsize count = (gsize) c.height * c.width * c.channels;
  SinganReal *x = draw_picture (&c, 1);
  SinganReal *target = draw_picture (&c, 2);
  SinganReal *grads[3];
  gdouble     values[3];
  gint        i;

  for (i = 0; i < 3; i++)
    {
      grads[i] = draw_picture (&c, 3);
      singan_parallel_set_threads (1 << i);
      values[i] = measure (&c, x, target, grads[i]);
    }
  singan_parallel_set_threads (0);
  for (i = 1; i < 3; i++)
    {
      assert_true (values[i] == values[0]);
      assert_memory_equal (grads[i], grads[0], count * sizeof *grads[0]);
    }
  for (i = 0; i < 3; i++)
    singan_reals_free (grads[i]);
  singan_reals_free (x);
  singan_reals_free (target);
}

#ifdef SINGAN_DOUBLE

/* Small enough that no two projections change places. */
#define STEP 1e-6
#define TOLERANCE 1e-6

static void
test_compare_gradient_equals_differences (void **state G_GNUC_UNUSED)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const Case *c = &cases[i];
      const gsize count = (gsize) c->height * c->width * c->channels;
      SinganReal *x = draw_picture (c, 1);
      SinganReal *target = draw_picture (c, 2);
      SinganReal *grad = draw_picture (c, 3);
      gdouble     largest = 0;
      gdouble     worst = 0;
      gsize       n;

      measure (c, x, target, grad);
      for (n = 0; n < count; n++)
        largest = MAX (largest, fabs (grad[n]));
      for (n = 0; n < count; n++)
        {
          const SinganReal middle = x[n];
          gdouble          difference;

          x[n] = middle + STEP;
          difference = define_loss (c, x, target);
          x[n] = middle - STEP;
          difference -= define_loss (c, x, target);
          x[n] = middle;
          worst = MAX (worst, fabs (difference / (2 * STEP) - grad[n]));
        }
      print_message ("# %d x %d x %d: worst %.3g of the largest\n", c->height,
                     c->width, c->channels, worst / largest);
      assert_true (worst < TOLERANCE * largest);
      singan_reals_free (x);
      singan_reals_free (target);
      singan_reals_free (grad);
    }
}

#endif

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_compare_equals_the_definition),
    cmocka_unit_test (test_compare_same_picture_is_nothing),
    cmocka_unit_test (test_detail_does_not_see_colour),
    cmocka_unit_test (test_compare_any_threads_same_bits),
#ifdef SINGAN_DOUBLE
    cmocka_unit_test (test_compare_gradient_equals_differences),
#endif
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
