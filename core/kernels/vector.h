/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Vectors in portable C, for files that are compiled once for each instruction
 * set.
 */

#pragma once

#include <string.h>

#include "core/kernels/kernels-private.h"

/* What the registers of an instruction set hold: bytes of a vector, and rows of
 * the block of a product that is summed up in them. */
#if defined(__AVX512F__)
#define SINGAN_VECTOR_BYTES 64
#define SINGAN_PRODUCT_ROWS 8
#elif defined(__AVX2__)
#define SINGAN_VECTOR_BYTES 32
#define SINGAN_PRODUCT_ROWS 6
#elif defined(__aarch64__)
#define SINGAN_VECTOR_BYTES 16
#define SINGAN_PRODUCT_ROWS 8
#else
#define SINGAN_VECTOR_BYTES 16
#define SINGAN_PRODUCT_ROWS 4
#endif

typedef SinganReal SinganVector
    __attribute__ ((vector_size (SINGAN_VECTOR_BYTES)));

/* Numbers in a vector. */
#define SINGAN_LANES ((gint) (SINGAN_VECTOR_BYTES / sizeof (SinganReal)))

/* Loops over rows and vectors of a block have to be unrolled whole, or the sums
 * would not stay in registers. */
#define SINGAN_UNROLL _Pragma ("GCC unroll 16")

/* Comparisons give all bits or none. */
#ifdef SINGAN_DOUBLE
typedef gint64 SinganMask __attribute__ ((vector_size (SINGAN_VECTOR_BYTES)));
#else
typedef gint32 SinganMask __attribute__ ((vector_size (SINGAN_VECTOR_BYTES)));
#endif

static inline SinganVector
singan_load (const SinganReal *from)
{
  SinganVector vector;

  memcpy (&vector, from, sizeof vector);

  return vector;
}

static inline void
singan_store (SinganReal *to, SinganVector vector)
{
  memcpy (to, &vector, sizeof vector);
}

/* The first @count numbers, which may be fewer than a vector has; the others
 * are 0. */
static inline SinganVector
singan_load_some (const SinganReal *from, gint count)
{
  SinganVector vector = { 0 };

  if (count >= SINGAN_LANES)
    return singan_load (from);
  memcpy (&vector, from, count * sizeof (SinganReal));

  return vector;
}

static inline void
singan_store_some (SinganReal *to, gint count, SinganVector vector)
{
  if (count >= SINGAN_LANES)
    singan_store (to, vector);
  else
    memcpy (to, &vector, count * sizeof (SinganReal));
}

/* LeakyReLU's derivative, which is also what it multiplies with. */
static inline SinganVector
singan_leaky_mask (SinganVector u)
{
  const SinganVector zero = { 0 };
  const SinganMask   is_above = u > zero;
  const SinganMask   one = (SinganMask) (zero + 1);
  const SinganMask   slope = (SinganMask) (zero + SINGAN_LEAKY_SLOPE);

  return (SinganVector) ((is_above & one) | (~is_above & slope));
}

/* Adds the first @some numbers of a vector, or all, each to a sum in double. */
static inline void
singan_add_lanes (gdouble *sum, gint some, SinganVector vector)
{
  const gint count = MIN (some, SINGAN_LANES);
  gint       lane;

  if (count == SINGAN_LANES)
    for (lane = 0; lane < SINGAN_LANES; lane++)
      sum[lane] += vector[lane];
  else
    for (lane = 0; lane < count; lane++)
      sum[lane] += vector[lane];
}
