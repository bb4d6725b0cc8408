/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A stable radix sort of real numbers that remember their places: what sliced
 * distances between distributions take most of their time for.
 */

#pragma once

#include <string.h>

#include <glib.h>

#include "core/base/real.h"

G_BEGIN_DECLS

/* A SinganReal's bits. */
#ifdef SINGAN_DOUBLE
typedef guint64 SinganBits;
#else
typedef guint32 SinganBits;
#endif

#define SINGAN_SIGN_BIT ((SinganBits) 1 << (8 * sizeof (SinganBits) - 1))

/**
 * SinganSortEntry:
 * @key: of the number, from singan_sort_key ()
 * @place: where it was, or anything else that goes along
 */
typedef struct
{
  SinganBits key;
  guint32    place;
} SinganSortEntry;

/**
 * singan_sort_key:
 * @value: a number that is not NaN
 *
 * Returns: an unsigned number; keys are in the order of the real numbers, since
 *   the bits of those below 0 are turned around
 */
static inline SinganBits
singan_sort_key (SinganReal value)
{
  SinganBits bits;

  memcpy (&bits, &value, sizeof bits);

  return bits & SINGAN_SIGN_BIT ? ~bits : bits | SINGAN_SIGN_BIT;
}

/**
 * singan_sort_value:
 * @key: what singan_sort_key () gave
 *
 * Returns: the number
 */
static inline SinganReal
singan_sort_value (SinganBits key)
{
  const SinganBits bits = key & SINGAN_SIGN_BIT ? key & ~SINGAN_SIGN_BIT : ~key;
  SinganReal       value;

  memcpy (&value, &bits, sizeof value);

  return value;
}

/**
 * singan_sort_count_to_begins:
 * @counts: (inout): how many entries each digit has; then where those begin
 * @digits: how many digits
 */
void singan_sort_count_to_begins (guint32 *counts, gint digits);

/**
 * singan_sort:
 * @count: how many entries
 * @entries: (inout): to be sorted
 * @others: as many, overwritten
 *
 * By rising keys; entries of equal keys keep their order.
 *
 * Returns: (transfer none): that of the two arrays that has the result
 */
SinganSortEntry *
singan_sort (gsize count, SinganSortEntry *entries, SinganSortEntry *others);

G_END_DECLS
