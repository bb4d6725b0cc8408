/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "core/base/blas.h"

#include <cblas.h>

#include "core/base/parallel.h"

#ifdef SINGAN_DOUBLE
#define GEMM cblas_dgemm
#else
#define GEMM cblas_sgemm
#endif

/* By itself OpenBLAS starts threads of its own for each of a loop's.  The build
 * of it that has its own threads is told once how many to use; the build with
 * OpenMP uses as many as a loop of its caller would, whatever it was told. */
static void
keep_to_one_thread (void)
{
  static gsize is_done = 0;

  if (g_once_init_enter (&is_done))
    {
      openblas_set_num_threads (1);
      g_once_init_leave (&is_done, 1);
    }
  singan_parallel_set_threads (1);
}

void
singan_blas_product_transposed (gint              m,
                                gint              n,
                                gint              k,
                                SinganReal        alpha,
                                const SinganReal *a,
                                gsize             a_step,
                                const SinganReal *b,
                                gsize             b_step,
                                SinganReal       *c,
                                gsize             c_step)
{
  const gint threads = singan_parallel_threads ();

  g_return_if_fail (m >= 0 && n >= 0 && k >= 1);
  g_return_if_fail (a_step >= (gsize) k && a_step <= G_MAXINT);
  g_return_if_fail (b_step >= (gsize) k && b_step <= G_MAXINT);
  g_return_if_fail (c_step >= (gsize) n && c_step <= G_MAXINT);

  if (m == 0 || n == 0)
    return;

  keep_to_one_thread ();
  GEMM (CblasRowMajor, CblasNoTrans, CblasTrans, m, n, k, alpha, a,
        (gint) a_step, b, (gint) b_step, 0, c, (gint) c_step);
  singan_parallel_set_threads (threads);
}

const gchar *
singan_blas_name (void)
{
  return openblas_get_corename ();
}
