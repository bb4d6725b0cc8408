/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "core/base/sort.h"

#define BITS (8 * (gint) sizeof (SinganBits))

/* Bits of a digit.  Of few entries most digits would count nothing: then one
 * pass more over fewer digits is faster. */
#define DIGIT_BITS 11
#define DIGIT_BITS_OF_FEW 8
#define FEW 512

void
singan_sort_count_to_begins (guint32 *counts, gint digits)
{
  guint32 sum = 0;
  gint    digit;

  for (digit = 0; digit < digits; digit++)
    {
      const guint32 count = counts[digit];

      counts[digit] = sum;
      sum += count;
    }
}

static void
sort_by_digit (gsize                  count,
               const SinganSortEntry *from,
               gint                   shift,
               gint                   bits,
               SinganSortEntry       *to)
{
  const gint digits = 1 << bits;
  guint32    begins[1 << DIGIT_BITS];
  gsize      i;

  memset (begins, 0, digits * sizeof *begins);
  for (i = 0; i < count; i++)
    begins[from[i].key >> shift & (digits - 1)]++;
  singan_sort_count_to_begins (begins, digits);
  for (i = 0; i < count; i++)
    to[begins[from[i].key >> shift & (digits - 1)]++] = from[i];
}

/* Least digit first. */
SinganSortEntry *
singan_sort (gsize count, SinganSortEntry *entries, SinganSortEntry *others)
{
  const gint bits = count <= FEW ? DIGIT_BITS_OF_FEW : DIGIT_BITS;
  gint       shift;

  for (shift = 0; shift < BITS; shift += bits)
    {
      SinganSortEntry *swap = entries;

      sort_by_digit (count, entries, shift, bits, others);
      entries = others;
      others = swap;
    }

  return entries;
}
