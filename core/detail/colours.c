/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "core/detail/colours.h"

#include <math.h>
#include <stdlib.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/random.h"

/* How many bases are drawn, and how far pixels move towards each quantile. */
#define BASES 30
#define STEP 0.5

#define CHANNELS_MAXIMUM 3

typedef struct
{
  SinganReal value;
  guint32    pixel;
} Projection;

/* Equal values in the order of the pixels, so that there is one result. */
static gint
compare (const void *one, const void *other)
{
  const Projection *a = one;
  const Projection *b = other;

  if (a->value != b->value)
    return a->value < b->value ? -1 : 1;

  return a->pixel < b->pixel ? -1 : 1;
}

/* Orthonormal rows: random normal ones, after Gram and Schmidt. */
static void
draw_basis (guint64 seed,
            gint    index,
            gint    channels,
            gdouble basis[CHANNELS_MAXIMUM][CHANNELS_MAXIMUM])
{
  const SinganRandomKey key
      = { seed, SINGAN_RANDOM_COLOURS, 0, (guint32) index };
  SinganReal normals[CHANNELS_MAXIMUM * CHANNELS_MAXIMUM];
  gint       i;
  gint       j;
  gint       c;

  singan_random_normal (&key, normals, G_N_ELEMENTS (normals));
  for (i = 0; i < channels; i++)
    {
      gdouble squares = 0;

      for (c = 0; c < channels; c++)
        basis[i][c] = normals[i * channels + c];
      for (j = 0; j < i; j++)
        {
          gdouble along = 0;

          for (c = 0; c < channels; c++)
            along += basis[i][c] * basis[j][c];
          for (c = 0; c < channels; c++)
            basis[i][c] -= along * basis[j][c];
        }
      for (c = 0; c < channels; c++)
        squares += basis[i][c] * basis[i][c];
      for (c = 0; c < channels; c++)
        basis[i][c] /= sqrt (squares);
    }
}

static void
project (const SinganTensor *picture,
         const gdouble      *axis,
         Projection         *projections)
{
  const gsize pixels = (gsize) picture->height * picture->width;
  gsize       p;
  gint        c;

  for (p = 0; p < pixels; p++)
    {
      const SinganReal *pixel = picture->data + p * picture->channels;
      gdouble           sum = 0;

      for (c = 0; c < picture->channels; c++)
        sum += axis[c] * pixel[c];
      projections[p] = (Projection){ (SinganReal) sum, (guint32) p };
    }
  qsort (projections, pixels, sizeof *projections, compare);
}

/* The target's quantile where the picture has its number @i of @count. */
static gdouble
quantile (const Projection *sorted, gsize n, gsize i, gsize count)
{
  const gdouble at
      = count > 1 ? (gdouble) i * (n - 1) / (count - 1) : (n - 1) / 2.0;
  const gsize   below = (gsize) at;
  const gdouble share = at - below;

  return below + 1 < n ? (1 - share) * sorted[below].value
                             + share * sorted[below + 1].value
                       : sorted[n - 1].value;
}

/* Moves the pixels along one axis; the others, being orthogonal, do not see
 * it. */
static void
move_along (SinganTensor     *picture,
            gsize             n_target,
            const gdouble    *axis,
            const Projection *sorted,
            const Projection *sorted_target)
{
  const gsize pixels = (gsize) picture->height * picture->width;
  gsize       i;
  gint        c;

  for (i = 0; i < pixels; i++)
    {
      SinganReal *pixel
          = picture->data + (gsize) sorted[i].pixel * picture->channels;
      const gdouble way
          = STEP
            * (quantile (sorted_target, n_target, i, pixels) - sorted[i].value);

      for (c = 0; c < picture->channels; c++)
        pixel[c] += (SinganReal) (way * axis[c]);
    }
}

gboolean
singan_match_colours (SinganTensor       *picture,
                      const SinganTensor *target,
                      guint64             seed,
                      GError            **error)
{
  const gint             channels = picture->channels;
  const gsize            pixels = (gsize) picture->height * picture->width;
  const gsize            target_pixels = (gsize) target->height * target->width;
  g_autofree Projection *sorted = g_try_new (Projection, pixels);
  g_autofree Projection *sorted_target = g_try_new (Projection, target_pixels);
  gdouble                basis[CHANNELS_MAXIMUM][CHANNELS_MAXIMUM] = { { 0 } };
  gint                   b;
  gint                   i;

  g_return_val_if_fail (channels == target->channels, FALSE);
  g_return_val_if_fail (channels <= CHANNELS_MAXIMUM, FALSE);

  if (! sorted || ! sorted_target)
    {
      g_set_error_literal (error, SINGAN_ERROR, SINGAN_ERROR_NO_MEMORY,
                           _ ("There is not enough memory to match colours. "
                              "Close other programs."));
      return FALSE;
    }
  for (b = 0; b < BASES; b++)
    {
      draw_basis (seed, b, channels, basis);
      for (i = 0; i < channels; i++)
        {
          project (target, basis[i], sorted_target);
          project (picture, basis[i], sorted);
          move_along (picture, target_pixels, basis[i], sorted, sorted_target);
        }
    }

  return TRUE;
}
