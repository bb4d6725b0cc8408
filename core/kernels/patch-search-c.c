/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The variant "c" of what compares patches and lets them vote, by definition:
 * the others are tested against it.
 */

#include "config.h"

#include <string.h>

#include "core/kernels/kernels-private.h"

SinganReal
singan_patch_distance (gint              rows,
                       gint              run,
                       const SinganReal *a,
                       gsize             a_step,
                       const SinganReal *b,
                       gsize             b_step,
                       SinganReal        limit)
{
  gdouble sum = 0;
  gint    row;
  gint    i;

  for (row = 0; row < rows; row++)
    for (i = 0; i < run; i++)
      {
        const gdouble difference
            = (gdouble) a[row * a_step + i] - b[row * b_step + i];

        sum += difference * difference;
      }

  /* The whole sum will do, whether it is below the limit or not. */
  (void) limit;

  return (SinganReal) sum;
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
    for (i = 0; i < run; i++)
      sums[row * sums_step + i]
          += (SinganReal) ((gdouble) factor * weights[row * run + i]
                           * values[row * values_step + i]);
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
      distances[i] = MAX (distances[i] + (square + squares[i]), 0);
      minima[i] = MIN (minima[i], distances[i]);
    }
}

gsize
singan_patch_nearest (gsize             count,
                      const SinganReal *distances,
                      const SinganReal *factors)
{
  gsize nearest = 0;
  gsize i;

  for (i = 1; i < count; i++)
    if (distances[i] * factors[i] < distances[nearest] * factors[nearest])
      nearest = i;

  return nearest;
}
