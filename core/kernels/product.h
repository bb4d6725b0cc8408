/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The matrix product of the convolutions: small, in cache, called from inside
 * the parallel loops.  Each number of the result is one sum in the order of k,
 * so it does not depend on where in the matrix it stands: pictures can be cut
 * into strips, and loops into blocks, without a trace in the bits.  Inlined
 * always, because the steps are constants where it is called.
 */

#pragma once

#include "core/kernels/vector.h"

/* Vectors in a row of a block. */
#define SINGAN_PRODUCT_VECTORS 2

/* Numbers in a row of a block: results this wide, or a multiple, are fastest.
 */
#define SINGAN_PRODUCT_COLUMNS (SINGAN_PRODUCT_VECTORS * SINGAN_LANES)

/* The first factor of a product: a[i, p] is at data[i row_step + p k_step], so
 * that it can be read transposed; after k numbers of a row follow k more at
 * run_step from the first, runs times, so that it can be patches of a picture
 * as they lie there. */
typedef struct
{
  const SinganReal *data;
  gsize             row_step;
  gint              k;
  gsize             k_step;
  gint              runs;
  gsize             run_step;
} SinganFactor;

/* c[rows, vectors lanes] = a b, or += if @adds, from row @first of a. */
static inline __attribute__ ((always_inline)) void
singan_product_block (gint              rows,
                      gint              vectors,
                      SinganFactor      a,
                      gint              first,
                      const SinganReal *b,
                      gsize             b_step,
                      gboolean          adds,
                      SinganReal       *c,
                      gsize             c_step)
{
  SinganVector sums[SINGAN_PRODUCT_ROWS][SINGAN_PRODUCT_VECTORS];
  gint         run;
  gint         p;

  a.data += first * a.row_step;
  c += first * c_step;

  SINGAN_UNROLL
  for (gint i = 0; i < rows; i++)
    SINGAN_UNROLL
  for (gint v = 0; v < vectors; v++)
    sums[i][v] = adds ? singan_load (c + i * c_step + v * SINGAN_LANES)
                      : (SinganVector){ 0 };

  for (run = 0; run < a.runs; run++, a.data += a.run_step)
    for (p = 0; p < a.k; p++, b += b_step)
      {
        SinganVector row[SINGAN_PRODUCT_VECTORS];

        SINGAN_UNROLL
        for (gint v = 0; v < vectors; v++)
          row[v] = singan_load (b + v * SINGAN_LANES);
        SINGAN_UNROLL
        for (gint i = 0; i < rows; i++)
          {
            const SinganReal factor = a.data[i * a.row_step + p * a.k_step];

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

/* All m rows of a block of columns. */
static inline __attribute__ ((always_inline)) void
singan_product_columns (gint              m,
                        gint              vectors,
                        SinganFactor      a,
                        const SinganReal *b,
                        gsize             b_step,
                        gboolean          adds,
                        SinganReal       *c,
                        gsize             c_step)
{
  gint i;

  for (i = 0; i + SINGAN_PRODUCT_ROWS <= m; i += SINGAN_PRODUCT_ROWS)
    singan_product_block (SINGAN_PRODUCT_ROWS, vectors, a, i, b, b_step, adds,
                          c, c_step);

#define REST(rows)                                                             \
  for (; i + rows <= m; i += rows)                                             \
  singan_product_block (rows, vectors, a, i, b, b_step, adds, c, c_step)
  REST (4);
  REST (2);
  REST (1);
#undef REST
}

/* c[m, n] = a b, or += if @adds; the rows of b and c are b_step and c_step
 * apart. */
static inline __attribute__ ((always_inline)) void
singan_product (gint              m,
                gint              n,
                SinganFactor      a,
                const SinganReal *b,
                gsize             b_step,
                gboolean          adds,
                SinganReal       *c,
                gsize             c_step)
{
  gint j = 0;
  gint i;
  gint run;
  gint p;

  for (; j + SINGAN_PRODUCT_COLUMNS <= n; j += SINGAN_PRODUCT_COLUMNS)
    singan_product_columns (m, SINGAN_PRODUCT_VECTORS, a, b + j, b_step, adds,
                            c + j, c_step);
  for (; j + SINGAN_LANES <= n; j += SINGAN_LANES)
    singan_product_columns (m, 1, a, b + j, b_step, adds, c + j, c_step);
  for (; j < n; j++)
    for (i = 0; i < m; i++)
      {
        const SinganReal *factor = b + j;
        SinganReal        sum = adds ? c[i * c_step + j] : 0;

        for (run = 0; run < a.runs; run++)
          for (p = 0; p < a.k; p++, factor += b_step)
            sum += a.data[i * a.row_step + run * a.run_step + p * a.k_step]
                   * *factor;
        c[i * c_step + j] = sum;
      }
}
