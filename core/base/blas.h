/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Plain dense products, by OpenBLAS: what is no convolution.  The one thread
 * of its caller computes each of them, and its bits depend on the sizes and on
 * the processor alone.  Knows no tensors; the file blas.c is the only one that
 * includes cblas.h.
 */

#pragma once

#include <glib.h>

#include "core/base/real.h"

G_BEGIN_DECLS

/**
 * singan_blas_product_transposed:
 * @m: rows of @a and of @c, 0 or more
 * @n: rows of @b, and columns of @c, 0 or more
 * @k: columns of @a and of @b, 1 or more
 * @alpha: what each sum is multiplied by
 * @a: [m, k]
 * @a_step: numbers from one row of @a to the next, at least @k
 * @b: [n, k]
 * @b_step: the same of @b, at least @k
 * @c: (out): [m, n], overwritten; must not overlap @a or @b
 * @c_step: the same of @c, at least @n
 *
 * c[i, j] = alpha sum_p a[i, p] b[j, p]: a times b transposed.  Between two
 * rows of @c nothing is written.
 *
 * Any thread may call it at any time, also from inside a parallel loop.
 */
void singan_blas_product_transposed (gint              m,
                                     gint              n,
                                     gint              k,
                                     SinganReal        alpha,
                                     const SinganReal *a,
                                     gsize             a_step,
                                     const SinganReal *b,
                                     gsize             b_step,
                                     SinganReal       *c,
                                     gsize             c_step);

/**
 * singan_blas_name:
 *
 * Returns: (transfer none): the processor whose kernels OpenBLAS chose, as it
 *   calls it: "Haswell", "SkylakeX"
 */
const gchar *singan_blas_name (void);

G_END_DECLS
