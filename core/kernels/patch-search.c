/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What compares patches and lets them vote, in vectors.
 */

#include "config.h"

#include "core/kernels/kernels-private.h"
#include "core/kernels/vector.h"

/* Rows that are summed up before a distance is held against its limit. */
#define ROWS_BEFORE_LIMIT 3

/* Numbers in which the least is looked for at a time. */
#define BLOCK 16

/* Vectors that every processor has, for what is shorter than one of its own. */
#define SHORT_BYTES 16
#define SHORT_LANES ((gint) (SHORT_BYTES / sizeof (SinganReal)))

typedef SinganReal Short __attribute__ ((vector_size (SHORT_BYTES)));

static inline Short
load_short (const SinganReal *from)
{
  Short some;

  memcpy (&some, from, sizeof some);

  return some;
}

static inline SinganReal
sum_lanes (SinganVector vector)
{
  SinganReal sum = 0;

  SINGAN_UNROLL
  for (gint lane = 0; lane < SINGAN_LANES; lane++)
    sum += vector[lane];

  return sum;
}

/* All bits in the last @count lanes. */
static inline SinganMask
last_lanes (gint count)
{
  SinganMask mask = { 0 };
  gint       lane;

  SINGAN_UNROLL
  for (lane = 0; lane < SINGAN_LANES; lane++)
    mask[lane] = lane >= SINGAN_LANES - count ? -1 : 0;

  return mask;
}

/* Rows shorter than a vector. */
static SinganReal
distance_of_short (gint              rows,
                   gint              run,
                   const SinganReal *a,
                   gsize             a_step,
                   const SinganReal *b,
                   gsize             b_step)
{
  Short      sums = { 0 };
  SinganReal sum = 0;
  gint       row;
  gint       i;

  for (row = 0; row < rows; row++, a += a_step, b += b_step)
    {
      for (i = 0; i + SHORT_LANES <= run; i += SHORT_LANES)
        {
          const Short difference = load_short (a + i) - load_short (b + i);

          sums += difference * difference;
        }
      for (; i < run; i++)
        sum += (a[i] - b[i]) * (a[i] - b[i]);
    }

  for (i = 0; i < SHORT_LANES; i++)
    sum += sums[i];

  return sum;
}

/* The last vector of a row begins where it ends with the row; the numbers in it
 * that others had before do not count twice. */
SinganReal
singan_patch_distance (gint              rows,
                       gint              run,
                       const SinganReal *a,
                       gsize             a_step,
                       const SinganReal *b,
                       gsize             b_step,
                       SinganReal        limit)
{
  const gint       whole = run / SINGAN_LANES * SINGAN_LANES;
  const SinganMask rest = last_lanes (run - whole);
  SinganVector     sums = { 0 };
  SinganVector     others = { 0 };
  gint             row;
  gint             i;

  if (run < SINGAN_LANES)
    return distance_of_short (rows, run, a, a_step, b, b_step);

  for (row = 0; row < rows; row++, a += a_step, b += b_step)
    {
      SinganVector difference;

      if (row == ROWS_BEFORE_LIMIT)
        {
          const SinganReal sum = sum_lanes (sums + others);

          if (sum >= limit)
            return sum;
        }
      for (i = 0; i < whole; i += SINGAN_LANES)
        {
          difference = singan_load (a + i) - singan_load (b + i);
          sums += difference * difference;
        }
      if (whole == run)
        continue;
      difference = singan_load (a + run - SINGAN_LANES)
                   - singan_load (b + run - SINGAN_LANES);
      difference = (SinganVector) ((SinganMask) difference & rest);
      others += difference * difference;
    }

  return sum_lanes (sums + others);
}

void
singan_patch_vote (gint              rows,
                   gint              run,
                   SinganReal        factor,
                   const SinganReal *weights,
                   const SinganReal *values,
                   gsize             values_step,
                   SinganReal       *sums,
                   gsize             sums_step)
{
  gint row;
  gint i;

  for (row = 0; row < rows; row++)
    {
      for (i = 0; i + SINGAN_LANES <= run; i += SINGAN_LANES)
        singan_store (sums + i, singan_load (sums + i)
                                    + factor * singan_load (weights + i)
                                          * singan_load (values + i));
      for (; i + SHORT_LANES <= run; i += SHORT_LANES)
        {
          const Short sum
              = load_short (sums + i)
                + factor * load_short (weights + i) * load_short (values + i);

          memcpy (sums + i, &sum, sizeof sum);
        }
      for (; i < run; i++)
        sums[i] += factor * weights[i] * values[i];
      weights += run;
      values += values_step;
      sums += sums_step;
    }
}

void
singan_patch_minima (gsize             count,
                     SinganReal        square,
                     const SinganReal *squares,
                     SinganReal       *distances,
                     SinganReal       *minima)
{
  gsize i;

  for (i = 0; i < count; i++)
    {
      const SinganReal sum = distances[i] + (square + squares[i]);
      const SinganReal distance = sum > 0 ? sum : 0;

      distances[i] = distance;
      minima[i] = distance < minima[i] ? distance : minima[i];
    }
}

/* The least of a block first, in lanes that do not wait for each other; only a
 * block that has a new least is looked at number by number. */
gsize
singan_patch_nearest (gsize             count,
                      const SinganReal *distances,
                      const SinganReal *factors)
{
  const gsize blocks = count / BLOCK * BLOCK;
  SinganReal  least = distances[0] * factors[0];
  gsize       nearest = 0;
  gsize       i;
  gsize       j;

  for (i = 0; i < blocks; i += BLOCK)
    {
      SinganReal scores[BLOCK];
      gint       below = 0;

      for (j = 0; j < BLOCK; j++)
        {
          scores[j] = distances[i + j] * factors[i + j];
          below |= scores[j] < least;
        }
      for (j = 0; below && j < BLOCK; j++)
        if (scores[j] < least)
          {
            least = scores[j];
            nearest = i + j;
          }
    }
  for (; i < count; i++)
    if (distances[i] * factors[i] < least)
      {
        least = distances[i] * factors[i];
        nearest = i;
      }

  return nearest;
}
