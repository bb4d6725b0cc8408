/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The number of threads, and the memory that each of them has for itself.
 */

#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/error.h"
#include "core/base/memory.h"
#include "core/base/parallel.h"

/* More than any number of threads used here. */
#define THREADS 4

static void
test_set_threads_any_number_is_what_loops_have (void **state G_GNUC_UNUSED)
{
  gint threads;

  for (threads = 1; threads <= THREADS; threads++)
    {
      singan_parallel_set_threads (threads);
      assert_int_equal (singan_parallel_threads (), threads);
    }
  singan_parallel_set_threads (0);
  assert_in_range (singan_parallel_threads (), 1, 1 << 16);
}

static void
test_thread_outside_a_loop_is_0 (void **state G_GNUC_UNUSED)
{
  assert_int_equal (singan_parallel_thread (), 0);
}

static void
test_scratch_slices_are_apart_and_aligned (void **state G_GNUC_UNUSED)
{
  static const gsize lengths[] = { 1, 15, 16, 17, 1000 };
  gsize              l;

  singan_parallel_set_threads (THREADS);
  for (l = 0; l < G_N_ELEMENTS (lengths); l++)
    {
      SinganScratch scratch;
      SinganReal   *slices[THREADS] = { NULL };
      gint          i;

      assert_true (singan_scratch_init (&scratch, lengths[l], 3, NULL));
      assert_int_equal (scratch.threads, THREADS);
#pragma omp parallel for schedule(static, 1)
      for (i = 0; i < THREADS; i++)
        {
          SinganReal *slice = singan_scratch_get (&scratch);

          for (gsize k = 0; k < lengths[l]; k++)
            slice[k] = (SinganReal) i;
          slices[singan_parallel_thread ()] = slice;
        }
      for (i = 0; i < THREADS; i++)
        if (slices[i])
          {
            assert_true ((gsize) slices[i] % SINGAN_ALIGNMENT == 0);
            assert_ptr_equal (slices[i],
                              slices[0] + (gsize) i * scratch.per_thread);
            assert_true (scratch.per_thread >= lengths[l]);
          }
      singan_scratch_clear (&scratch);
      assert_null (scratch.data);
    }
  singan_parallel_set_threads (0);
}

static void
test_scratch_absurd_size_is_an_error (void **state G_GNUC_UNUSED)
{
  static const gsize lengths[] = { G_MAXSIZE / 8, G_MAXSIZE / 2 };
  gsize              l;

  for (l = 0; l < G_N_ELEMENTS (lengths); l++)
    {
      g_autoptr (GError) error = NULL;
      SinganScratch scratch;

      assert_false (singan_scratch_init (&scratch, lengths[l], 3, &error));
      assert_true (
          g_error_matches (error, SINGAN_ERROR, SINGAN_ERROR_NO_MEMORY));
      assert_null (scratch.data);
      singan_scratch_clear (&scratch);
    }
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_set_threads_any_number_is_what_loops_have),
    cmocka_unit_test (test_thread_outside_a_loop_is_0),
    cmocka_unit_test (test_scratch_slices_are_apart_and_aligned),
    cmocka_unit_test (test_scratch_absurd_size_is_an_error),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
