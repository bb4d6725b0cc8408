/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "core/base/random.h"

#include <math.h>

/* Table 2 of the paper: multipliers, and the Weyl increments of the key. */
#define PHILOX_M0 0xD2511F53u
#define PHILOX_M1 0xCD9E8D57u
#define PHILOX_W0 0x9E3779B9u
#define PHILOX_W1 0xBB67AE85u
#define PHILOX_ROUNDS 10

#define WORDS_A_BLOCK 4
#define TWO_POW_MINUS_32 (1.0 / 4294967296.0)

/* Blocks of the stream that one parallel piece of work fills. */
#define BLOCKS_A_CHUNK 1024

void
singan_philox4x32_10 (const guint32 counter[4],
                      const guint32 key[2],
                      guint32       block[4])
{
  guint32 c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3];
  guint32 k0 = key[0], k1 = key[1];
  gint    round;

  for (round = 0; round < PHILOX_ROUNDS; round++)
    {
      const guint64 p0 = (guint64) PHILOX_M0 * c0;
      const guint64 p1 = (guint64) PHILOX_M1 * c2;

      c0 = (guint32) (p1 >> 32) ^ c1 ^ k0;
      c1 = (guint32) p1;
      c2 = (guint32) (p0 >> 32) ^ c3 ^ k1;
      c3 = (guint32) p0;
      k0 += PHILOX_W0;
      k1 += PHILOX_W1;
    }

  block[0] = c0;
  block[1] = c1;
  block[2] = c2;
  block[3] = c3;
}

static void
draw_block (const SinganRandomKey *key, gsize position, guint32 block[4])
{
  const guint32 philox_key[2]
      = { (guint32) key->seed, (guint32) (key->seed >> 32) };
  const guint32 counter[4]
      = { (guint32) position, key->index, key->scale, (guint32) key->purpose };

  singan_philox4x32_10 (counter, philox_key, block);
}

/* Two uniform words to two normal numbers.  The half steps keep the logarithm
 * away from 0. */
static void
box_muller (guint32 word0, guint32 word1, gdouble normal[2])
{
  const gdouble radius = sqrt (-2.0 * log ((word0 + 0.5) * TWO_POW_MINUS_32));
  const gdouble angle = 2.0 * G_PI * ((word1 + 0.5) * TWO_POW_MINUS_32);

  normal[0] = radius * cos (angle);
  normal[1] = radius * sin (angle);
}

void
singan_random_uniform (const SinganRandomKey *key,
                       SinganReal            *values,
                       gsize                  count)
{
  /* 24 bits are what a float holds without rounding up to 1. */
  const gdouble step = 1.0 / (1 << 24);
  guint32       block[WORDS_A_BLOCK];
  gsize         i;

  for (i = 0; i < count; i++)
    {
      if (i % WORDS_A_BLOCK == 0)
        draw_block (key, i / WORDS_A_BLOCK, block);
      values[i] = (SinganReal) ((block[i % WORDS_A_BLOCK] >> 8) * step);
    }
}

void
singan_random_normal (const SinganRandomKey *key,
                      SinganReal            *values,
                      gsize                  count)
{
  const gsize chunk = BLOCKS_A_CHUNK * WORDS_A_BLOCK;
  const gint  n_chunks = (gint) ((count + chunk - 1) / chunk);
  gint        n;

#pragma omp parallel for schedule(static) if (n_chunks > 1)
  for (n = 0; n < n_chunks; n++)
    {
      const gsize end = MIN (count, (n + 1) * chunk);
      gsize       i;

      for (i = n * chunk; i < end; i += WORDS_A_BLOCK)
        {
          guint32 block[WORDS_A_BLOCK];
          gdouble normal[WORDS_A_BLOCK];
          gsize   j;

          draw_block (key, i / WORDS_A_BLOCK, block);
          box_muller (block[0], block[1], normal);
          box_muller (block[2], block[3], normal + 2);
          for (j = 0; j < WORDS_A_BLOCK && i + j < end; j++)
            values[i + j] = (SinganReal) normal[j];
        }
    }
}

guint32
singan_random_seed (void)
{
  return g_random_int () >> 1;
}
