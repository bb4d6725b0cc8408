/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The one place that sees OpenBLAS: the matrix product in the number type of
 * the build.  All matrices are row-major.
 */

#pragma once

#include <glib.h>

#include "core/base/real.h"

G_BEGIN_DECLS

/**
 * singan_blas_init:
 *
 * Makes OpenBLAS compute on the calling thread only: the parallel loops are
 * ours.  Call it once before the first product; calling it again is harmless.
 */
void singan_blas_init (void);

/**
 * singan_blas_name:
 *
 * Returns: (transfer full): which OpenBLAS it is and which of its kernels run
 */
gchar *singan_blas_name (void);

/**
 * singan_gemm:
 * @transpose_a: whether @a is stored [k, m] instead of [m, k]
 * @m: rows of @c
 * @n: columns of @c
 * @k: length of the inner products
 * @a: first factor, @lda elements from row to row
 * @b: second factor [k, n], @ldb elements from row to row
 * @beta: what to multiply the old @c with: 0 overwrites, 1 adds
 * @c: result [m, n], @ldc elements from row to row
 *
 * c = a b + beta c.  Any number of threads may call it at a time.
 */
void singan_gemm (gboolean          transpose_a,
                  gint              m,
                  gint              n,
                  gint              k,
                  const SinganReal *a,
                  gint              lda,
                  const SinganReal *b,
                  gint              ldb,
                  SinganReal        beta,
                  SinganReal       *c,
                  gint              ldc);

G_END_DECLS
