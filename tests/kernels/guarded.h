/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Arrays for the kernel tests: one element off alignment, with guard words on
 * both sides and, until something is written, NaN between them.
 */

#pragma once

#include <math.h>
#include <string.h>

#include "core/base/memory.h"
#include "core/base/random.h"

#define GUARD 16
#define GUARD_VALUE ((SinganReal) 12345)

typedef struct
{
  SinganReal *block;
  SinganReal *data;
  gsize       count;
} Guarded;

static inline Guarded
guarded_new (gsize count)
{
  Guarded guarded
      = { singan_reals_new (count + 2 * GUARD + 1, NULL), NULL, count };
  gsize i;

  assert_non_null (guarded.block);
  guarded.data = guarded.block + GUARD + 1;
  for (i = 0; i < count + 2 * GUARD + 1; i++)
    guarded.block[i] = GUARD_VALUE;
  for (i = 0; i < count; i++)
    guarded.data[i] = (SinganReal) NAN;

  return guarded;
}

static inline Guarded
guarded_drawn (guint32 index, gsize count)
{
  const SinganRandomKey key = { 5, SINGAN_RANDOM_SAMPLE, 1, index };
  Guarded               guarded = guarded_new (count);

  singan_random_normal (&key, guarded.data, count);

  return guarded;
}

static inline void
assert_guarded_same_bits (const Guarded *one, const Guarded *other)
{
  assert_int_equal (one->count, other->count);
  assert_memory_equal (one->data, other->data,
                       one->count * sizeof (SinganReal));
}

static inline void
guarded_check_and_free (Guarded *guarded)
{
  gsize i;

  for (i = 0; i < GUARD; i++)
    {
      assert_true (guarded->data[-1 - (gssize) i] == GUARD_VALUE);
      assert_true (guarded->data[guarded->count + i] == GUARD_VALUE);
    }
  singan_reals_free (guarded->block);
}
