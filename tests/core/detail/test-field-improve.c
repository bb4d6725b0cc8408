/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The nearest-neighbour field as it improves: what it says is true, and nothing
 * becomes worse.
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
#include "core/detail/field.h"
#include "tests/core/detail/patches.h"
#include "tests/core/detail/textures.h"

#define PATCH SINGAN_FIELD_PATCH

/* Of a distance: a sum of 147 squares in float, in lanes. */
#define DISTANCE_TOLERANCE 1e-5

typedef struct
{
  SinganFieldShape shape;
  gint             keys_height;
  gint             keys_width;
  gint             channels;
  gdouble          usable; /* share of the keys; 1 for no mask */
  gdouble          made;   /* share of the pixels; 1 for all */
  gint             rounds;
  gint             radius;
} Improvement;

static const Improvement improvements[] = {
  { { 31, 34, 1, FALSE, FALSE }, 30, 27, 3, 1, 1, 4, 16 },
  { { 31, 34, 2, FALSE, FALSE }, 30, 27, 1, 1, 1, 3, 8 },
  { { 31, 34, 1, TRUE, TRUE }, 30, 27, 3, 0.4, 1, 3, 8 },
  { { 33, 35, 2, TRUE, FALSE }, 19, 40, 3, 0.1, 1, 2, 1 },
  { { 30, 35, 2, FALSE, TRUE }, 19, 40, 1, 0.6, 0.01, 2, 4 },
  { { 30, 29, 3, TRUE, TRUE }, 9, 8, 3, 1, 0.02, 2, 64 },
  { { 7, 7, 1, TRUE, TRUE }, 7, 7, 3, 1, 1, 2, 3 },
  { { 7, 7, 1, FALSE, FALSE }, 12, 7, 3, 1, 1, 1, 1 },
};

/* The field of a case, from targets anywhere among the keys that may be used,
 * after so many rounds. */
static SinganField *
improved_new (const Improvement *one, gint rounds, guint64 seed, gint threads)
{
  SinganField *field = singan_field_new (&one->shape, NULL);
  g_autoptr (SinganTensor) picture
      = texture_new (1, one->shape.height, one->shape.width, one->channels);
  g_autoptr (SinganTensor) queries = queries_new (&one->shape, picture);
  g_autoptr (SinganTensor) keys_picture
      = texture_new (2, one->keys_height, one->keys_width, one->channels);
  const gint         columns = one->keys_width - PATCH + 1;
  const gsize        places = (gsize) (one->keys_height - PATCH + 1) * columns;
  g_autofree guint8 *usable = drawn_flags (3, places, one->usable);
  g_autofree guint8 *made = drawn_flags (
      4, (gsize) one->shape.height * one->shape.width, one->made);
  const SinganKeys   keys = { keys_picture, one->usable < 1 ? usable : NULL };
  const SinganSearch search = { rounds, one->radius, seed, 1 };
  gsize              p;

  if (one->made < 1)
    assert_true (singan_field_want (field, made, NULL));
  draw_targets (5, field, one->keys_height, one->keys_width);
  for (p = 0; p < (gsize) field->rows * field->columns; p++)
    {
      SinganPlace *target = &field->targets[p];

      field->distances[p] = -1; /* until something is measured */
      while (keys.is_usable
             && ! keys.is_usable[target->row * columns + target->column])
        {
          const gsize next
              = ((gsize) target->row * columns + target->column + 1) % places;

          *target = (SinganPlace){ (gint) (next / columns),
                                   (gint) (next % columns) };
        }
    }
  singan_parallel_set_threads (threads);
  singan_field_improve (field, queries, &keys, &search, NULL);
  singan_parallel_set_threads (0);

  return field;
}

static void
check_improvement (gsize number)
{
  const Improvement *one = &improvements[number];
  g_autoptr (SinganField) before = improved_new (one, 0, 9, 1);
  g_autoptr (SinganField) field = improved_new (one, one->rounds, 9, 1);
  g_autoptr (SinganTensor) picture
      = texture_new (1, one->shape.height, one->shape.width, one->channels);
  g_autoptr (SinganTensor) keys
      = texture_new (2, one->keys_height, one->keys_width, one->channels);
  const gint         rows = one->keys_height - PATCH + 1;
  const gint         columns = one->keys_width - PATCH + 1;
  g_autofree guint8 *usable
      = drawn_flags (3, (gsize) rows * columns, one->usable);
  gint i, j;

  for (i = 0; i < field->rows; i++)
    for (j = 0; j < field->columns; j++)
      {
        const gsize       patch = (gsize) i * field->columns + j;
        const SinganPlace start = before->targets[patch];
        const SinganPlace target = field->targets[patch];
        gdouble           expected;

        if (field->is_wanted && ! field->is_wanted[patch])
          {
            assert_memory_equal (&target, &start, sizeof target);
            continue;
          }
        assert_in_range (target.row, 0, rows - 1);
        assert_in_range (target.column, 0, columns - 1);
        assert_true (one->usable == 1
                     || usable[target.row * columns + target.column]);
        expected = naive_field_distance (field, i, j, picture, keys, target);
        if (! (fabs (field->distances[patch] - expected)
               <= DISTANCE_TOLERANCE * expected)
            || ! (field->distances[patch] <= before->distances[patch])
            || ! (fabs (before->distances[patch]
                        - naive_field_distance (field, i, j, picture, keys,
                                                start))
                  <= DISTANCE_TOLERANCE * before->distances[patch]))
          fail_msg ("case %" G_GSIZE_FORMAT ", patch %d, %d: %g, by definition "
                    "%g, %g before",
                    number, i, j, (gdouble) field->distances[patch], expected,
                    (gdouble) before->distances[patch]);
      }
}

static void
test_field_improve_distances_are_true_and_not_larger (
    void **state G_GNUC_UNUSED)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (improvements); i++)
    check_improvement (i);
}

static void
test_field_improve_any_threads_same_bits (void **state G_GNUC_UNUSED)
{
  gsize i;
  gint  threads;

  for (i = 0; i < G_N_ELEMENTS (improvements); i++)
    for (threads = 2; threads <= 4; threads += 2)
      {
        const Improvement *one = &improvements[i];
        g_autoptr (SinganField) field = improved_new (one, one->rounds, 9, 1);
        g_autoptr (SinganField) other
            = improved_new (one, one->rounds, 9, threads);
        const gsize count = (gsize) field->rows * field->columns;

        assert_memory_equal (field->targets, other->targets,
                             count * sizeof *field->targets);
        assert_memory_equal (field->distances, other->distances,
                             count * sizeof *field->distances);
      }
}

static void
test_field_improve_other_seed_other_targets (void **state G_GNUC_UNUSED)
{
  g_autoptr (SinganField) one = improved_new (&improvements[0], 2, 9, 1);
  g_autoptr (SinganField) other = improved_new (&improvements[0], 2, 10, 1);
  g_autoptr (SinganField) high
      = improved_new (&improvements[0], 2, 9 + ((guint64) 1 << 32), 1);
  const gsize bytes = (gsize) one->rows * one->columns * sizeof *one->targets;

  assert_true (memcmp (one->targets, other->targets, bytes) != 0);
  assert_true (memcmp (one->targets, high->targets, bytes) != 0);
}

/* The picture itself is found again from targets that are anywhere. */
static void
test_field_improve_finds_the_picture_itself (void **state G_GNUC_UNUSED)
{
  const SinganFieldShape shape = { 40, 44, 1, FALSE, FALSE };
  const SinganSearch     search = { 12, 32, 1, 0 };
  g_autoptr (SinganField) field = singan_field_new (&shape, NULL);
  g_autoptr (SinganTensor) picture = texture_new (1, 40, 44, 3);
  const SinganKeys keys = { picture, NULL };
  gint             i, j;

  draw_targets (6, field, 40, 44);
  singan_field_improve (field, picture, &keys, &search, NULL);
  for (i = 0; i < field->rows; i++)
    for (j = 0; j < field->columns; j++)
      {
        const SinganPlace target = field->targets[i * field->columns + j];

        assert_int_equal (target.row, i);
        assert_int_equal (target.column, j);
      }
}

/* A picture that wraps, in keys that repeat it.  Only patches of the first row
 * or column know where they are; after a round so do those of the last one,
 * whose neighbours they are, and after none where nothing wraps. */
static void
check_neighbours (gboolean is_row, gboolean wraps)
{
  const SinganFieldShape shape
      = { 20, 20, 1, wraps && is_row, wraps && ! is_row };
  const SinganSearch search = { 1, 1, 1, 0 };
  g_autoptr (SinganField) field = singan_field_new (&shape, NULL);
  g_autoptr (SinganTensor) picture = texture_new (1, 20, 20, 3);
  g_autoptr (SinganTensor) queries = queries_new (&shape, picture);
  g_autoptr (SinganTensor) repeated = singan_tensor_new (40, 40, 3, NULL);
  const SinganKeys keys = { repeated, NULL };
  const gint       last = wraps ? 19 : 13;
  gint             h, w, c;

  for (h = 0; h < 40; h++)
    for (w = 0; w < 40; w++)
      for (c = 0; c < 3; c++)
        repeated->data[(h * 40 + w) * 3 + c]
            = picture->data[(h % 20 * 20 + w % 20) * 3 + c];
  for (h = 0; h < field->rows; h++)
    for (w = 0; w < field->columns; w++)
      field->targets[h * field->columns + w]
          = is_row ? (SinganPlace){ h ? 1 : 20, h ? 25 - w : w }
                   : (SinganPlace){ w ? 25 - h : h, w ? 1 : 20 };
  singan_field_improve (field, queries, &keys, &search, NULL);
  for (c = 2; c < 12; c++)
    {
      const SinganReal distance
          = is_row ? field->distances[last * field->columns + c]
                   : field->distances[c * field->columns + last];

      if (wraps != (distance == 0))
        fail_msg ("%s, wraps %d: number %d has a distance of %g",
                  is_row ? "rows" : "columns", wraps, c, (gdouble) distance);
    }
}

static void
test_field_improve_neighbours_go_around (void **state G_GNUC_UNUSED)
{
  check_neighbours (TRUE, TRUE);
  check_neighbours (FALSE, TRUE);
  check_neighbours (TRUE, FALSE);
  check_neighbours (FALSE, FALSE);
}

/* A key that may not be used stays the target of whom it was given to, unless
 * a nearer one is found, and goes to nobody else. */
static void
test_field_improve_unusable_start_stays_or_improves (void **state G_GNUC_UNUSED)
{
  const SinganFieldShape shape = { 20, 20, 1, FALSE, FALSE };
  const SinganSearch     search = { 3, 8, 1, 0 };
  g_autoptr (SinganField) field = singan_field_new (&shape, NULL);
  g_autoptr (SinganTensor) picture = texture_new (1, 20, 20, 3);
  guint8           usable[14 * 14] = { 0 };
  const SinganKeys keys = { picture, usable };
  gint             p;

  usable[100] = 1;
  for (p = 0; p < 14 * 14; p++)
    field->targets[p] = (SinganPlace){ p / 14, p % 14 };
  field->targets[3] = (SinganPlace){ 8, 8 };
  singan_field_improve (field, picture, &keys, &search, NULL);
  for (p = 0; p < 14 * 14; p++)
    {
      const gint target = field->targets[p].row * 14 + field->targets[p].column;

      assert_true (target == (p == 3 ? 8 * 14 + 8 : p) || target == 100);
      assert_true (p == 3 || field->distances[p] == 0);
    }
}

static void
test_field_improve_cancelled_keeps_targets (void **state G_GNUC_UNUSED)
{
  const SinganFieldShape shape = { 20, 20, 1, FALSE, FALSE };
  const SinganSearch     search = { 3, 8, 1, 0 };
  g_autoptr (SinganField) field = singan_field_new (&shape, NULL);
  g_autoptr (SinganTensor) picture = texture_new (1, 20, 20, 3);
  const SinganKeys keys = { picture, NULL };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  gint p;

  g_cancellable_cancel (cancellable);
  singan_field_improve (field, picture, &keys, &search, cancellable);
  for (p = 0; p < field->rows * field->columns; p++)
    {
      assert_int_equal (field->targets[p].row, 0);
      assert_int_equal (field->targets[p].column, 0);
    }
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_field_improve_distances_are_true_and_not_larger),
    cmocka_unit_test (test_field_improve_any_threads_same_bits),
    cmocka_unit_test (test_field_improve_other_seed_other_targets),
    cmocka_unit_test (test_field_improve_finds_the_picture_itself),
    cmocka_unit_test (test_field_improve_neighbours_go_around),
    cmocka_unit_test (test_field_improve_unusable_start_stays_or_improves),
    cmocka_unit_test (test_field_improve_cancelled_keeps_targets),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
