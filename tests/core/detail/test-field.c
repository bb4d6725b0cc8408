/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The nearest-neighbour field: which patches there are, and where they are
 * looked for first.
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
#include "core/detail/field.h"
#include "tests/core/detail/patches.h"
#include "tests/core/detail/textures.h"

#define PATCH SINGAN_FIELD_PATCH

static void
check_starts (gint length, gint stride, gboolean wraps)
{
  const SinganFieldShape tall = { length, PATCH, stride, wraps, FALSE };
  const SinganFieldShape wide = { PATCH, length, stride, FALSE, wraps };
  g_autoptr (SinganField) column = singan_field_new (&tall, NULL);
  g_autoptr (SinganField) row = singan_field_new (&wide, NULL);
  gint n = 0;
  gint start;

  for (start = 0; start < length; start++)
    if (wraps ? start % stride == 0
              : start + PATCH == length
                    || (start % stride == 0 && start + PATCH < length))
      {
        if (n >= column->rows || singan_field_row (column, n) != start
            || n >= row->columns || singan_field_column (row, n) != start)
          fail_msg ("%d pixels, stride %d, wraps %d: no patch at %d", length,
                    stride, wraps, start);
        n++;
      }
  assert_int_equal (column->rows, n);
  assert_int_equal (column->columns, 1);
  assert_int_equal (row->columns, n);
  assert_int_equal (row->rows, 1);
}

static void
test_field_new_has_patches_at_strides_and_at_the_end (
    void **state G_GNUC_UNUSED)
{
  gint length;
  gint stride;

  for (length = PATCH; length < 40; length++)
    for (stride = 1; stride <= PATCH; stride++)
      {
        check_starts (length, stride, FALSE);
        check_starts (length, stride, TRUE);
      }
}

static void
test_field_new_absurd_size_is_an_error (void **state G_GNUC_UNUSED)
{
  const SinganFieldShape shape = { G_MAXINT, G_MAXINT, 1, FALSE, FALSE };
  g_autoptr (GError) error = NULL;

  assert_null (singan_field_new (&shape, &error));
  assert_true (g_error_matches (error, SINGAN_ERROR, SINGAN_ERROR_NO_MEMORY));
}

static const SinganFieldShape shapes[] = {
  { 21, 24, 1, FALSE, FALSE }, { 20, 17, 2, FALSE, FALSE },
  { 15, 22, 1, TRUE, TRUE },   { 18, 16, 2, TRUE, FALSE },
  { 17, 19, 2, FALSE, TRUE },  { 7, 9, 1, TRUE, TRUE },
};

static void
test_field_want_drawn_masks_equal_definition (void **state G_GNUC_UNUSED)
{
  static const gdouble shares[] = { 0, 0.01, 0.1, 1 };
  gsize                i, s;
  gint                 row, column, h, w;

  for (i = 0; i < G_N_ELEMENTS (shapes); i++)
    for (s = 0; s < G_N_ELEMENTS (shares); s++)
      {
        const SinganFieldShape *shape = &shapes[i];
        g_autoptr (SinganField) field = singan_field_new (shape, NULL);
        g_autofree guint8 *made = drawn_flags (
            (guint32) s, (gsize) shape->height * shape->width, shares[s]);

        assert_true (singan_field_want (field, made, NULL));
        for (row = 0; row < field->rows; row++)
          for (column = 0; column < field->columns; column++)
            {
              gboolean wanted = FALSE;

              for (h = 0; h < PATCH; h++)
                for (w = 0; w < PATCH; w++)
                  wanted |= made[(singan_field_row (field, row) + h)
                                     % shape->height * shape->width
                                 + (singan_field_column (field, column) + w)
                                       % shape->width];
              assert_int_equal (field->is_wanted[row * field->columns + column],
                                wanted);
            }
      }
}

/* Rows or columns, whichever are more, from one place to another. */
static gint
square_distance (SinganPlace one, gint row, gint column)
{
  return MAX (ABS (one.row - row), ABS (one.column - column));
}

/* The target is usable, and on no lesser square around the place is one that
 * is, as far as there are places. */
static void
assert_nearest_usable (const SinganKeys *keys,
                       SinganPlace       target,
                       gint              row,
                       gint              column)
{
  const gint rows = keys->picture->height - PATCH + 1;
  const gint columns = keys->picture->width - PATCH + 1;
  gint       least = G_MAXINT;
  gint       h, w;

  row = CLAMP (row, 0, rows - 1);
  column = CLAMP (column, 0, columns - 1);
  assert_in_range (target.row, 0, rows - 1);
  assert_in_range (target.column, 0, columns - 1);
  assert_true (! keys->is_usable
               || keys->is_usable[target.row * columns + target.column]);
  for (h = 0; h < rows; h++)
    for (w = 0; w < columns; w++)
      if (! keys->is_usable || keys->is_usable[h * columns + w])
        least
            = MIN (least, square_distance ((SinganPlace){ h, w }, row, column));
  if (square_distance (target, row, column) != least)
    fail_msg ("%d, %d became %d, %d; there is one at %d", row, column,
              target.row, target.column, least);
}

static void
test_field_stay_targets_are_the_nearest_usable (void **state G_GNUC_UNUSED)
{
  static const gint    sizes[][2] = { { 21, 24 }, { 40, 31 }, { 9, 13 } };
  static const gdouble shares[] = { 1, 0.3, 0.03 };
  gsize                i, s, u;
  gint                 h, w;

  for (i = 0; i < G_N_ELEMENTS (shapes); i++)
    for (s = 0; s < G_N_ELEMENTS (sizes); s++)
      for (u = 0; u < G_N_ELEMENTS (shares); u++)
        {
          g_autoptr (SinganField) field = singan_field_new (&shapes[i], NULL);
          g_autoptr (SinganTensor) picture
              = noise_new (1, sizes[s][0], sizes[s][1], 1);
          const gsize places = (gsize) (sizes[s][0] - 6) * (sizes[s][1] - 6);
          g_autofree guint8 *usable
              = drawn_flags ((guint32) u, places, shares[u]);
          const SinganKeys keys = { picture, u == 0 ? NULL : usable };

          usable[places / 2] = 1;
          singan_field_stay (field, &keys);
          for (h = 0; h < field->rows; h++)
            for (w = 0; w < field->columns; w++)
              assert_nearest_usable (
                  &keys, field->targets[h * field->columns + w],
                  (gint) lround ((gdouble) singan_field_row (field, h)
                                 * sizes[s][0] / shapes[i].height),
                  (gint) lround ((gdouble) singan_field_column (field, w)
                                 * sizes[s][1] / shapes[i].width));
        }
}

/* What stays where it is at one size, refined, stays at the next; factors
 * without halves, which roundings would decide. */
static void
test_field_refine_identity_stays_identity (void **state G_GNUC_UNUSED)
{
  static const gint sizes[][4] = { { 21, 24, 28, 32 },
                                   { 15, 18, 30, 36 },
                                   { 33, 30, 33, 40 },
                                   { 14, 15, 14, 15 },
                                   { 12, 10, 36, 30 } };
  gsize             i;
  gint              stride;
  gint              coarse_stride;
  gint              h, w;

  for (i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (coarse_stride = 1; coarse_stride <= 2; coarse_stride++)
      for (stride = 1; stride <= 2; stride++)
        {
          const SinganFieldShape coarse_shape
              = { sizes[i][0], sizes[i][1], coarse_stride, FALSE, FALSE };
          const SinganFieldShape shape
              = { sizes[i][2], sizes[i][3], stride, FALSE, FALSE };
          g_autoptr (SinganField) coarse
              = singan_field_new (&coarse_shape, NULL);
          g_autoptr (SinganField) field = singan_field_new (&shape, NULL);
          g_autoptr (SinganTensor) coarse_picture
              = noise_new (1, sizes[i][0], sizes[i][1], 1);
          g_autoptr (SinganTensor) picture
              = noise_new (2, sizes[i][2], sizes[i][3], 1);
          const SinganKeys coarse_keys = { coarse_picture, NULL };
          const SinganKeys keys = { picture, NULL };

          singan_field_stay (coarse, &coarse_keys);
          singan_field_refine (coarse, coarse_picture, field, &keys);
          for (h = 0; h < field->rows; h++)
            for (w = 0; w < field->columns; w++)
              {
                const SinganPlace target
                    = field->targets[h * field->columns + w];

                if (target.row != singan_field_row (field, h)
                    || target.column != singan_field_column (field, w))
                  fail_msg (
                      "%d x %d to %d x %d, stride %d: patch at %d, %d has "
                      "%d, %d",
                      sizes[i][0], sizes[i][1], sizes[i][2], sizes[i][3],
                      stride, singan_field_row (field, h),
                      singan_field_column (field, w), target.row,
                      target.column);
              }
        }
}

/* Whether the coarse patch that begins at @start is the nearest one to @at; of
 * two that are as near each is. */
static gboolean
is_nearest (gdouble at, gint start, const SinganField *coarse, gboolean is_row)
{
  const gint count = is_row ? coarse->rows : coarse->columns;
  gint       i;

  for (i = 0; i < count; i++)
    {
      const gint other = is_row ? singan_field_row (coarse, i)
                                : singan_field_column (coarse, i);

      if (fabs (other - at) < fabs (start - at) - 1e-9)
        return FALSE;
    }

  return TRUE;
}

/* Moves from coarse to fine pixels, along an axis of so many places. */
static gboolean
is_inherited (
    gint target, gint from, gdouble beside, gdouble key_scale, gint places)
{
  const gdouble expected = CLAMP ((from + beside) * key_scale, 0, places - 1);

  /* Two roundings of a half each. */
  return fabs (target - expected) <= 1 + 1e-9;
}

static gboolean
has_parent (const SinganField  *coarse,
            const SinganTensor *coarse_keys,
            const SinganTensor *keys,
            SinganPlace         target,
            gdouble             row,
            gdouble             column)
{
  gint i, j;

  for (i = 0; i < coarse->rows; i++)
    for (j = 0; j < coarse->columns; j++)
      {
        const SinganPlace from = coarse->targets[i * coarse->columns + j];
        const gint        start_row = singan_field_row (coarse, i);
        const gint        start_column = singan_field_column (coarse, j);

        if (is_nearest (row, start_row, coarse, TRUE)
            && is_nearest (column, start_column, coarse, FALSE)
            && is_inherited (target.row, from.row, row - start_row,
                             (gdouble) keys->height / coarse_keys->height,
                             keys->height - PATCH + 1)
            && is_inherited (target.column, from.column, column - start_column,
                             (gdouble) keys->width / coarse_keys->width,
                             keys->width - PATCH + 1))
          return TRUE;
      }

  return FALSE;
}

static void
test_field_refine_targets_are_those_of_coarse_moved (void **state G_GNUC_UNUSED)
{
  static const struct
  {
    SinganFieldShape coarse, fine;
    gint             coarse_keys[2], keys[2];
  } cases[] = {
    { { 15, 18, 1, FALSE, FALSE },
      { 20, 24, 1, FALSE, FALSE },
      { 16, 17 },
      { 21, 23 } },
    { { 15, 18, 1, TRUE, TRUE },
      { 19, 25, 2, TRUE, TRUE },
      { 16, 30 },
      { 24, 40 } },
    { { 21, 23, 2, FALSE, FALSE },
      { 28, 29, 2, FALSE, FALSE },
      { 12, 13 },
      { 15, 18 } },
    { { 18, 16, 2, TRUE, TRUE },
      { 36, 33, 1, TRUE, TRUE },
      { 20, 20 },
      { 20, 20 } },
    { { 20, 20, 1, FALSE, TRUE },
      { 15, 10, 1, FALSE, TRUE },
      { 20, 20 },
      { 15, 19 } },
  };
  gsize n;
  gint  i, j;

  for (n = 0; n < G_N_ELEMENTS (cases); n++)
    {
      g_autoptr (SinganField) coarse
          = singan_field_new (&cases[n].coarse, NULL);
      g_autoptr (SinganField) field = singan_field_new (&cases[n].fine, NULL);
      g_autoptr (SinganTensor) coarse_picture
          = noise_new (1, cases[n].coarse_keys[0], cases[n].coarse_keys[1], 1);
      g_autoptr (SinganTensor) picture
          = noise_new (2, cases[n].keys[0], cases[n].keys[1], 1);
      const SinganKeys keys = { picture, NULL };

      draw_targets ((guint32) n, coarse, coarse_picture->height,
                    coarse_picture->width);
      singan_field_refine (coarse, coarse_picture, field, &keys);
      for (i = 0; i < field->rows; i++)
        for (j = 0; j < field->columns; j++)
          {
            const SinganPlace target = field->targets[i * field->columns + j];

            if (! has_parent (
                    coarse, coarse_picture, picture, target,
                    (gdouble) singan_field_row (field, i)
                        * cases[n].coarse.height / cases[n].fine.height,
                    (gdouble) singan_field_column (field, j)
                        * cases[n].coarse.width / cases[n].fine.width))
              fail_msg ("case %" G_GSIZE_FORMAT ", patch %d, %d: %d, %d", n, i,
                        j, target.row, target.column);
          }
    }
}

static void
test_field_refine_targets_are_usable (void **state G_GNUC_UNUSED)
{
  const SinganFieldShape coarse_shape = { 15, 18, 1, TRUE, FALSE };
  const SinganFieldShape shape = { 20, 24, 1, TRUE, FALSE };
  g_autoptr (SinganField) coarse = singan_field_new (&coarse_shape, NULL);
  g_autoptr (SinganField) field = singan_field_new (&shape, NULL);
  g_autoptr (SinganTensor) coarse_picture = noise_new (1, 15, 18, 1);
  g_autoptr (SinganTensor) picture = noise_new (2, 20, 24, 1);
  g_autofree guint8 *usable = drawn_flags (5, 14 * 18, 0.05);
  const SinganKeys   keys = { picture, usable };
  gint               p;

  draw_targets (3, coarse, 15, 18);
  singan_field_refine (coarse, coarse_picture, field, &keys);
  for (p = 0; p < field->rows * field->columns; p++)
    assert_int_equal (
        usable[field->targets[p].row * 18 + field->targets[p].column], 1);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_field_new_has_patches_at_strides_and_at_the_end),
    cmocka_unit_test (test_field_new_absurd_size_is_an_error),
    cmocka_unit_test (test_field_want_drawn_masks_equal_definition),
    cmocka_unit_test (test_field_stay_targets_are_the_nearest_usable),
    cmocka_unit_test (test_field_refine_identity_stays_identity),
    cmocka_unit_test (test_field_refine_targets_are_those_of_coarse_moved),
    cmocka_unit_test (test_field_refine_targets_are_usable),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
