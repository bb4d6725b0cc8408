/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The matrix product of the convolutions: small, in cache, called from inside
 * the parallel loops.  Each number of the result is one sum in the order of k,
 * so it does not depend on where in the matrix it stands: pictures can be cut
 * into strips, and loops into blocks, without a trace in the bits.
 */

#pragma once

#include "core/kernels/vector.h"

/* Vectors in a row of a block. */
#define SINGAN_PRODUCT_VECTORS 2

/* Numbers in a row of a block: results this wide, or a multiple, are fastest.
 */
#define SINGAN_PRODUCT_COLUMNS (SINGAN_PRODUCT_VECTORS * SINGAN_LANES)

/* c[rows, vectors lanes] = a b, or += if @adds, with a[i, p] at
 * a[i row_step + p k_step]. */
static inline __attribute__ ((always_inline)) void
singan_product_block (gint              rows,
                      gint              vectors,
                      gint              k,
                      const SinganReal *a,
                      gsize             row_step,
                      gsize             k_step,
                      const SinganReal *b,
                      gsize             b_step,
                      gboolean          adds,
                      SinganReal       *c,
                      gsize             c_step)
{
  SinganVector sums[SINGAN_PRODUCT_ROWS][SINGAN_PRODUCT_VECTORS];
  gint         p;

  SINGAN_UNROLL
  for (gint i = 0; i < rows; i++)
    SINGAN_UNROLL
  for (gint v = 0; v < vectors; v++)
    sums[i][v] = adds ? singan_load (c + i * c_step + v * SINGAN_LANES)
                      : (SinganVector){ 0 };

  for (p = 0; p < k; p++)
    {
      SinganVector row[SINGAN_PRODUCT_VECTORS];

      SINGAN_UNROLL
      for (gint v = 0; v < vectors; v++)
        row[v] = singan_load (b + p * b_step + v * SINGAN_LANES);
      SINGAN_UNROLL
      for (gint i = 0; i < rows; i++)
        {
          const SinganReal factor = a[i * row_step + p * k_step];

          SINGAN_UNROLL
          for (gint v = 0; v < vectors; v++)
            sums[i][v] += factor * row[v];
        }
    }

  SINGAN_UNROLL
  for (gint i = 0; i < rows; i++)
    SINGAN_UNROLL
  for (gint v = 0; v < vectors; v++)
    singan_store (c + i * c_step + v * SINGAN_LANES, sums[i][v]);
}

/* All rows of a block of columns. */
static inline __attribute__ ((always_inline)) void
singan_product_columns (gint              m,
                        gint              vectors,
                        gint              k,
                        const SinganReal *a,
                        gsize             row_step,
                        gsize             k_step,
                        const SinganReal *b,
                        gsize             b_step,
                        gboolean          adds,
                        SinganReal       *c,
                        gsize             c_step)
{
  gint i;

  for (i = 0; i + SINGAN_PRODUCT_ROWS <= m; i += SINGAN_PRODUCT_ROWS)
    singan_product_block (SINGAN_PRODUCT_ROWS, vectors, k, a + i * row_step,
                          row_step, k_step, b, b_step, adds, c + i * c_step,
                          c_step);

#define REST(rows)                                                             \
  for (; i + rows <= m; i += rows)                                             \
  singan_product_block (rows, vectors, k, a + i * row_step, row_step, k_step,  \
                        b, b_step, adds, c + i * c_step, c_step)
  REST (4);
  REST (2);
  REST (1);
#undef REST
}

/* c[m, n] = a b, or += if @adds: a[i, p] at a[i row_step + p k_step], so that
 * it can be read transposed; the rows of b and c are b_step and c_step apart.
 */
static inline void
singan_product (gint              m,
                gint              n,
                gint              k,
                const SinganReal *a,
                gsize             row_step,
                gsize             k_step,
                const SinganReal *b,
                gsize             b_step,
                gboolean          adds,
                SinganReal       *c,
                gsize             c_step)
{
  gint j = 0;
  gint i;
  gint p;

  for (; j + SINGAN_PRODUCT_COLUMNS <= n; j += SINGAN_PRODUCT_COLUMNS)
    singan_product_columns (m, SINGAN_PRODUCT_VECTORS, k, a, row_step, k_step,
                            b + j, b_step, adds, c + j, c_step);
  for (; j + SINGAN_LANES <= n; j += SINGAN_LANES)
    singan_product_columns (m, 1, k, a, row_step, k_step, b + j, b_step, adds,
                            c + j, c_step);
  for (; j < n; j++)
    for (i = 0; i < m; i++)
      {
        SinganReal sum = adds ? c[i * c_step + j] : 0;

        for (p = 0; p < k; p++)
          sum += a[i * row_step + p * k_step] * b[p * b_step + j];
        c[i * c_step + j] = sum;
      }
}
