/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "core/base/blas.h"

#include <cblas.h>

void
singan_blas_init (void)
{
  static gsize done = 0;

  if (g_once_init_enter (&done))
    {
      openblas_set_num_threads (1);
      g_once_init_leave (&done, 1);
    }
}

gchar *
singan_blas_name (void)
{
  return g_strdup_printf ("%s, %s kernels", openblas_get_config (),
                          openblas_get_corename ());
}

void
singan_gemm (gboolean          transpose_a,
             gint              m,
             gint              n,
             gint              k,
             const SinganReal *a,
             gint              lda,
             const SinganReal *b,
             gint              ldb,
             SinganReal        beta,
             SinganReal       *c,
             gint              ldc)
{
#ifdef SINGAN_DOUBLE
  cblas_dgemm (CblasRowMajor, transpose_a ? CblasTrans : CblasNoTrans,
               CblasNoTrans, m, n, k, 1, a, lda, b, ldb, beta, c, ldc);
#else
  cblas_sgemm (CblasRowMajor, transpose_a ? CblasTrans : CblasNoTrans,
               CblasNoTrans, m, n, k, 1, a, lda, b, ldb, beta, c, ldc);
#endif
}
