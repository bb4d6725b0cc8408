/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What compares patches and lets them vote, every variant against definitions
 * written number by number in double.  What is read ends where its memory ends,
 * so that the address sanitizer sees whoever reads on.
 */

#include "config.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/kernels/kernels.h"
#include "tests/kernels/guarded.h"

/* Roundings of a sum of some 300 squares, in lanes, and of a few terms. */
#ifdef SINGAN_DOUBLE
#define SUM_TOLERANCE 1e-13
#define TOLERANCE 1e-15
#else
#define SUM_TOLERANCE 2e-5
#define TOLERANCE 5e-7
#endif

#define ROWS_MAXIMUM 7

/* How many numbers a row is longer than its patch. */
static const gint gaps[] = { 0, 1, 13 };

/* Those of the patches that are compared, and others around the vectors. */
static const gint runs[] = { 7, 21, 1, 3, 8, 16, 31, 32, 49 };

/* Where a patch begins: on a vector, and beside it. */
static const gint heads[] = { 0, 1, 3 };

/* Numbers that end with their memory. */
typedef struct
{
  SinganReal *block;
  SinganReal *data;
} Exact;

static Exact
exact_drawn (guint32 index, gint head, gsize count)
{
  const SinganRandomKey key = { 5, SINGAN_RANDOM_SAMPLE, 2, index };
  Exact                 exact = { g_new0 (SinganReal, head + count), NULL };

  exact.data = exact.block + head;
  singan_random_normal (&key, exact.data, count);

  return exact;
}

static gsize
patch_end (gint rows, gint run, gsize step)
{
  return (rows - 1) * step + run;
}

typedef void (*PatchCheck) (
    const SinganKernels *k, gint rows, gint run, gint gap, gint head);

static void
check_all_patches (PatchCheck check)
{
  const gchar *const *name;

  for (name = singan_kernels_names (); *name; name++)
    for (gint rows = 1; rows <= ROWS_MAXIMUM; rows++)
      for (gsize run = 0; run < G_N_ELEMENTS (runs); run++)
        for (gsize gap = 0; gap < G_N_ELEMENTS (gaps); gap++)
          for (gsize head = 0; head < G_N_ELEMENTS (heads); head++)
            check (singan_kernels_by_name (*name), rows, runs[run], gaps[gap],
                   heads[head]);
}

static gdouble
naive_distance (gint              rows,
                gint              run,
                const SinganReal *a,
                gsize             a_step,
                const SinganReal *b,
                gsize             b_step)
{
  gdouble sum = 0;

  for (gint row = 0; row < rows; row++)
    for (gint i = 0; i < run; i++)
      sum += pow ((gdouble) a[row * a_step + i] - b[row * b_step + i], 2);

  return sum;
}

static void
check_distance (
    const SinganKernels *k, gint rows, gint run, gint gap, gint head)
{
  static const gdouble limits[] = { 0, 0.01, 0.3, 0.5, 0.9, 1.1, 2 };
  const gsize          a_step = run + gap;
  const gsize          b_step = run + 2 * gap;
  Exact                a = exact_drawn (1, head, patch_end (rows, run, a_step));
  Exact   b = exact_drawn (2, (head + 1) % 4, patch_end (rows, run, b_step));
  gdouble expected = naive_distance (rows, run, a.data, a_step, b.data, b_step);
  gdouble ours = k->patch_distance (rows, run, a.data, a_step, b.data, b_step,
                                    (SinganReal) G_MAXFLOAT);

  if (! (fabs (ours - expected) <= SUM_TOLERANCE * expected))
    fail_msg ("%s, %d x %d, gap %d, head %d: %.12g instead of %.12g", k->name,
              rows, run, gap, head, ours, expected);
  for (gsize i = 0; i < G_N_ELEMENTS (limits); i++)
    {
      const SinganReal limit = (SinganReal) (limits[i] * expected);

      ours = k->patch_distance (rows, run, a.data, a_step, b.data, b_step,
                                limit);
      if (limits[i] < 1
              ? ! (ours >= limit)
              : ! (fabs (ours - expected) <= SUM_TOLERANCE * expected))
        fail_msg ("%s, %d x %d, gap %d, head %d, limit %.12g: %.12g, the sum "
                  "being %.12g",
                  k->name, rows, run, gap, head, (gdouble) limit, ours,
                  expected);
    }
  g_free (a.block);
  g_free (b.block);
}

static void
test_patch_distance_all_sizes_equal_definition (void **state G_GNUC_UNUSED)
{
  check_all_patches (check_distance);
}

/* What is equal is at a distance of 0 exactly, whatever the limit; rows that
 * lie above each other may overlap. */
static void
test_patch_distance_of_equals_is_0 (void **state G_GNUC_UNUSED)
{
  const gchar *const *name;
  gsize               run;

  for (name = singan_kernels_names (); *name; name++)
    for (run = 0; run < G_N_ELEMENTS (runs); run++)
      {
        const SinganKernels *k = singan_kernels_by_name (*name);
        Exact a = exact_drawn (3, 1, patch_end (ROWS_MAXIMUM, runs[run], 5));
        const SinganReal distance = k->patch_distance (ROWS_MAXIMUM, runs[run],
                                                       a.data, 5, a.data, 5, 1);

        if (distance != 0)
          fail_msg ("%s, run %d: %g", k->name, runs[run], (gdouble) distance);
        g_free (a.block);
      }
}

static void
check_voted (const SinganKernels *k,
             gint                 rows,
             gint                 run,
             gint                 gap,
             gint                 head,
             const SinganReal    *weights,
             const SinganReal    *values,
             gsize                values_step,
             SinganReal          *sums)
{
  const SinganReal factor = (SinganReal) -1.7;
  const gsize      sums_step = run + 2 * gap;
  const gsize      count = patch_end (rows, run, sums_step);
  SinganReal      *before = g_new (SinganReal, count);

  memcpy (before, sums, count * sizeof *sums);
  k->patch_vote (rows, run, factor, weights, values, values_step, sums,
                 sums_step);
  for (gsize i = 0; i < count; i++)
    {
      const gsize   row = i / sums_step;
      const gsize   at = i % sums_step;
      const gdouble more = at < (gsize) run
                               ? (gdouble) factor * weights[row * run + at]
                                     * values[row * values_step + at]
                               : 0;
      const gdouble scale = fabs (before[i]) + fabs (more);
      const gdouble allowed = at < (gsize) run ? TOLERANCE * scale : 0;

      if (! (fabs (sums[i] - (before[i] + more)) <= allowed))
        fail_msg ("%s, %d x %d, gap %d, head %d: number %" G_GSIZE_FORMAT
                  " is %.12g instead of %.12g",
                  k->name, rows, run, gap, head, i, (gdouble) sums[i],
                  before[i] + more);
    }
  g_free (before);
}

static void
check_vote (const SinganKernels *k, gint rows, gint run, gint gap, gint head)
{
  const gsize values_step = run + gap;
  const gsize sums_count = patch_end (rows, run, run + 2 * gap);
  Exact       weights = exact_drawn (4, head, (gsize) rows * run);
  Exact       values = exact_drawn (5, 0, patch_end (rows, run, values_step));
  Exact       sums = exact_drawn (6, head, sums_count);
  Guarded     guarded = guarded_drawn (7, sums_count);

  check_voted (k, rows, run, gap, head, weights.data, values.data, values_step,
               sums.data);
  check_voted (k, rows, run, gap, head, weights.data, values.data, values_step,
               guarded.data);
  guarded_check_and_free (&guarded);

  /* One row of values for all, as of a patch that is all ones. */
  check_voted (k, rows, run, gap, head, weights.data, values.data, 0,
               sums.data);
  g_free (weights.block);
  g_free (values.block);
  g_free (sums.block);
}

static void
test_patch_vote_all_sizes_equal_definition (void **state G_GNUC_UNUSED)
{
  check_all_patches (check_vote);
}

static const gsize counts[]
    = { 1, 2, 7, 8, 15, 16, 17, 31, 32, 33, 100, 255, 256, 257, 1001 };

static void
check_minima (const SinganKernels *k, gsize count, guint32 head)
{
  const SinganReal square = (SinganReal) 0.8;
  Exact            squares = exact_drawn (8, head, count);
  Exact            products = exact_drawn (9, 0, count);
  Guarded          distances = guarded_drawn (10, count);
  Guarded          minima = guarded_drawn (11, count);
  Exact            old = exact_drawn (11, 0, count);
  gsize            n_zero = 0;

  memcpy (distances.data, products.data, count * sizeof (SinganReal));
  memcpy (old.data, minima.data, count * sizeof (SinganReal));
  k->patch_minima (count, square, squares.data, distances.data, minima.data);
  for (gsize i = 0; i < count; i++)
    {
      const gdouble sum = (gdouble) square + squares.data[i] + products.data[i];
      const gdouble scale
          = (gdouble) square + fabs (squares.data[i]) + fabs (products.data[i]);

      if (! (distances.data[i] >= 0
             && fabs (distances.data[i] - MAX (sum, 0)) <= TOLERANCE * scale)
          || minima.data[i] != MIN (old.data[i], distances.data[i]))
        fail_msg ("%s, number %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT
                  ": distance %.12g instead of %.12g, least %.12g after %.12g",
                  k->name, i, count, (gdouble) distances.data[i], MAX (sum, 0),
                  (gdouble) minima.data[i], (gdouble) old.data[i]);
      n_zero += distances.data[i] == 0;
    }
  /* Sums below 0 are among what is drawn. */
  assert_true (count < 100 || n_zero > 0);
  guarded_check_and_free (&distances);
  guarded_check_and_free (&minima);

  /* The same numbers at the very end of what may be read and written. */
  memcpy (old.data, squares.data, count * sizeof (SinganReal));
  k->patch_minima (count, square, squares.data, products.data, old.data);
  g_free (squares.block);
  g_free (products.block);
  g_free (old.block);
}

static void
test_patch_minima_all_sizes_equal_definition (void **state G_GNUC_UNUSED)
{
  const gchar *const *name;

  for (name = singan_kernels_names (); *name; name++)
    for (gsize i = 0; i < G_N_ELEMENTS (counts); i++)
      for (gsize head = 0; head < G_N_ELEMENTS (heads); head++)
        check_minima (singan_kernels_by_name (*name), counts[i], heads[head]);
}

static void
assert_nearest_is_first_least (const SinganKernels *k,
                               gsize                count,
                               const SinganReal    *distances,
                               const SinganReal    *factors,
                               const gchar         *numbers)
{
  gsize      expected = 0;
  SinganReal least = distances[0] * factors[0];
  gsize      ours;

  for (gsize i = 1; i < count; i++)
    {
      const SinganReal score = distances[i] * factors[i];

      if (score < least)
        {
          least = score;
          expected = i;
        }
    }
  ours = k->patch_nearest (count, distances, factors);
  if (ours != expected)
    fail_msg ("%s, %" G_GSIZE_FORMAT " %s: number %" G_GSIZE_FORMAT
              " instead of %" G_GSIZE_FORMAT,
              k->name, count, numbers, ours, expected);
}

static void
check_nearest (const SinganKernels *k, gsize count, guint32 draw)
{
  const gint head = heads[draw % G_N_ELEMENTS (heads)];
  Exact      distances = exact_drawn (20 + 2 * draw, head, count);
  Exact      factors = exact_drawn (21 + 2 * draw, 0, count);
  gsize      i;

  for (i = 0; i < count; i++)
    {
      distances.data[i] = (SinganReal) fabs (distances.data[i]);
      factors.data[i] = (SinganReal) (0.1 + fabs (factors.data[i]));
    }
  assert_nearest_is_first_least (k, count, distances.data, factors.data,
                                 "drawn ones");

  /* Three values, with factors that no rounding tells apart: ties. */
  for (i = 0; i < count; i++)
    {
      distances.data[i] = (SinganReal) MIN (floor (2 * distances.data[i]), 2);
      factors.data[i] = factors.data[i] > 1 ? 2 : 1;
    }
  assert_nearest_is_first_least (k, count, distances.data, factors.data,
                                 "of three values");

  for (i = 0; i < count; i++)
    distances.data[i] = factors.data[i] = 1;
  assert_nearest_is_first_least (k, count, distances.data, factors.data,
                                 "equal ones");
  g_free (distances.block);
  g_free (factors.block);
}

static void
test_patch_nearest_ties_give_the_first (void **state G_GNUC_UNUSED)
{
  const gchar *const *name;
  guint32             draw;
  gsize               i;

  for (name = singan_kernels_names (); *name; name++)
    for (i = 0; i < G_N_ELEMENTS (counts); i++)
      for (draw = 0; draw < 20; draw++)
        check_nearest (singan_kernels_by_name (*name), counts[i], draw);
}

/* The least at each place in turn, with another one of the same value behind
 * it. */
static void
test_patch_nearest_least_anywhere_is_found (void **state G_GNUC_UNUSED)
{
  enum
  {
    COUNT = 53
  };
  const gchar *const *name;
  Exact               distances = exact_drawn (12, 1, COUNT);
  Exact               factors = exact_drawn (13, 0, COUNT);

  for (name = singan_kernels_names (); *name; name++)
    for (gsize at = 0; at < COUNT; at++)
      for (gsize behind = at; behind < COUNT; behind++)
        {
          for (gsize i = 0; i < COUNT; i++)
            {
              distances.data[i] = i == at || i == behind ? 2 : 3;
              factors.data[i] = 1;
            }
          assert_int_equal (singan_kernels_by_name (*name)->patch_nearest (
                                COUNT, distances.data, factors.data),
                            at);
        }
  g_free (distances.block);
  g_free (factors.block);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_patch_distance_all_sizes_equal_definition),
    cmocka_unit_test (test_patch_distance_of_equals_is_0),
    cmocka_unit_test (test_patch_vote_all_sizes_equal_definition),
    cmocka_unit_test (test_patch_minima_all_sizes_equal_definition),
    cmocka_unit_test (test_patch_nearest_ties_give_the_first),
    cmocka_unit_test (test_patch_nearest_least_anywhere_is_found),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
