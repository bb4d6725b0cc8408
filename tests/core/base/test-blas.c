/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * OpenBLAS's product against its definition, and that threads leave no trace
 * in its bits.
 */

#include "config.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/blas.h"
#include "core/base/memory.h"
#include "core/base/parallel.h"
#include "core/base/random.h"

/* Of a sum of k products of numbers of about 1, over k: some roundings each. */
#ifdef SINGAN_DOUBLE
#define TOLERANCE 1e-14
#else
#define TOLERANCE 1e-6
#endif

#define ALPHA ((SinganReal) -1.5)

/* Stands between the rows of the result, and has to stay. */
#define GUARD ((SinganReal) 12345)

typedef struct
{
  gint  m;
  gint  n;
  gint  k;
  gsize a_step;
  gsize b_step;
  gsize c_step;
} Case;

static const Case cases[] = {
  { 1, 1, 1, 1, 1, 1 },           { 1, 7, 3, 3, 3, 7 },
  { 13, 1, 5, 5, 5, 1 },          { 17, 13, 11, 11, 11, 13 },
  { 17, 13, 11, 14, 19, 15 }, /* steps larger than the rows are long */
  { 31, 108, 64, 64, 64, 108 },   { 129, 27, 33, 40, 33, 31 },
  { 3, 257, 101, 101, 128, 257 }, { 150, 131, 259, 260, 261, 140 },
};

static SinganReal *
draw (gsize count, guint32 index)
{
  const SinganRandomKey key = { 3, SINGAN_RANDOM_SAMPLE, 0, index };
  SinganReal           *numbers = singan_reals_new (count, NULL);

  assert_non_null (numbers);
  singan_random_normal (&key, numbers, count);

  return numbers;
}

static SinganReal *
new_result (const Case *s)
{
  SinganReal *c = singan_reals_new (s->m * s->c_step, NULL);
  gsize       i;

  assert_non_null (c);
  for (i = 0; i < s->m * s->c_step; i++)
    c[i] = GUARD;

  return c;
}

static void
multiply (const Case       *s,
          const SinganReal *a,
          const SinganReal *b,
          SinganReal       *c)
{
  singan_blas_product_transposed (s->m, s->n, s->k, ALPHA, a, s->a_step, b,
                                  s->b_step, c, s->c_step);
}

static gdouble
define (const Case *s, const SinganReal *a, const SinganReal *b, gint i, gint j)
{
  gdouble sum = 0;
  gint    p;

  for (p = 0; p < s->k; p++)
    sum += (gdouble) a[i * s->a_step + p] * b[j * s->b_step + p];

  return ALPHA * sum;
}

static void
test_product_transposed_equals_the_definition (void **state G_GNUC_UNUSED)
{
  gsize n;

  for (n = 0; n < G_N_ELEMENTS (cases); n++)
    {
      const Case *s = &cases[n];
      SinganReal *a = draw (s->m * s->a_step, 1);
      SinganReal *b = draw (s->n * s->b_step, 2);
      SinganReal *c = new_result (s);
      gdouble     worst = 0;
      gint        i;
      gint        j;

      multiply (s, a, b, c);
      for (i = 0; i < s->m; i++)
        for (j = 0; j < (gint) s->c_step; j++)
          if (j < s->n)
            worst = MAX (worst,
                         fabs (c[i * s->c_step + j] - define (s, a, b, i, j)));
          else
            assert_true (c[i * s->c_step + j] == GUARD);
      print_message ("# %d x %d x %d: off by %.3g\n", s->m, s->n, s->k, worst);
      assert_true (worst <= TOLERANCE * s->k);
      singan_reals_free (a);
      singan_reals_free (b);
      singan_reals_free (c);
    }
}

static void
test_product_transposed_without_rows_writes_nothing (void **state G_GNUC_UNUSED)
{
  const SinganReal one = 1;
  SinganReal       guard = GUARD;

  singan_blas_product_transposed (0, 1, 1, 1, &one, 1, &one, 1, &guard, 1);
  singan_blas_product_transposed (1, 0, 1, 1, &one, 1, &one, 1, &guard, 1);
  assert_true (guard == GUARD);
}

/* More than there are processors here: some of them wait. */
#define THREADS 4
#define CALLS 64

static void
test_product_transposed_by_many_threads_same_bits (void **state G_GNUC_UNUSED)
{
  const Case  s = { 61, 108, 256, 256, 256, 108 };
  const gsize bytes = s.m * s.c_step * sizeof (SinganReal);
  SinganReal *a = draw (s.m * s.a_step, 1);
  SinganReal *b = draw (s.n * s.b_step, 2);
  SinganReal *alone = new_result (&s);
  SinganReal *together[CALLS];
  gint        i;

  multiply (&s, a, b, alone);
  for (i = 0; i < CALLS; i++)
    together[i] = new_result (&s);

  singan_parallel_set_threads (THREADS);
#pragma omp parallel for schedule(static, 1)
  for (i = 0; i < CALLS; i++)
    multiply (&s, a, b, together[i]);
  singan_parallel_set_threads (0);

  for (i = 0; i < CALLS; i++)
    {
      assert_memory_equal (together[i], alone, bytes);
      singan_reals_free (together[i]);
    }
  singan_reals_free (a);
  singan_reals_free (b);
  singan_reals_free (alone);
}

static void
test_product_transposed_leaves_the_threads_of_loops (void **state G_GNUC_UNUSED)
{
  const SinganReal one = 1;
  SinganReal       c;

  /* Whether or not this is the process's first call. */
  singan_parallel_set_threads (THREADS);
  singan_blas_product_transposed (1, 1, 1, 1, &one, 1, &one, 1, &c, 1);
  assert_int_equal (singan_parallel_threads (), THREADS);
  singan_parallel_set_threads (0);
}

static void
test_name_says_something (void **state G_GNUC_UNUSED)
{
  print_message ("# %s\n", singan_blas_name ());
  assert_true (strlen (singan_blas_name ()) > 0);
}

int
main (void)
{
  /* The first of them makes the first call. */
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_product_transposed_leaves_the_threads_of_loops),
    cmocka_unit_test (test_product_transposed_equals_the_definition),
    cmocka_unit_test (test_product_transposed_without_rows_writes_nothing),
    cmocka_unit_test (test_product_transposed_by_many_threads_same_bits),
    cmocka_unit_test (test_name_says_something),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
