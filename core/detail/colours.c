/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "core/detail/colours.h"

#include <math.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/random.h"
#include "core/base/sort.h"

/* How many bases are drawn, and how far pixels move towards each quantile. */
#define BASES 30
#define STEP 0.5

#define CHANNELS_MAXIMUM 3

/* A picture's pixels along an axis. */
typedef struct
{
  SinganSortEntry *entries;
  SinganSortEntry *others;
  SinganSortEntry *sorted; /* that of the two that has the result */
} Projection;

/* Of the picture and of its target, along each axis. */
typedef struct
{
  Projection own[CHANNELS_MAXIMUM];
  Projection target[CHANNELS_MAXIMUM];
} Projections;

static void
projections_clear (Projections *projections)
{
  gint i;

  for (i = 0; i < CHANNELS_MAXIMUM; i++)
    {
      g_free (projections->own[i].entries);
      g_free (projections->own[i].others);
      g_free (projections->target[i].entries);
      g_free (projections->target[i].others);
    }
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Projections, projections_clear)

static gboolean
projection_init (Projection *projection, gsize count)
{
  projection->entries = g_try_new (SinganSortEntry, count);
  projection->others = g_try_new (SinganSortEntry, count);

  return projection->entries && projection->others;
}

static gboolean
projections_init (Projections *projections,
                  gint         channels,
                  gsize        count,
                  gsize        target_count,
                  GError     **error)
{
  gint i;

  for (i = 0; i < channels; i++)
    if (! projection_init (&projections->own[i], count)
        || ! projection_init (&projections->target[i], target_count))
      {
        g_set_error_literal (error, SINGAN_ERROR, SINGAN_ERROR_NO_MEMORY,
                             _ ("There is not enough memory to match colours. "
                                "Close other programs."));
        return FALSE;
      }

  return TRUE;
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
         Projection         *projection)
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
      projection->entries[p]
          = (SinganSortEntry){ singan_sort_key ((SinganReal) sum),
                               (guint32) p };
    }
  projection->sorted
      = singan_sort (pixels, projection->entries, projection->others);
}

/* The target's quantile where the picture has its number @i of @count. */
static gdouble
quantile (const SinganSortEntry *sorted, gsize n, gsize i, gsize count)
{
  const gdouble at
      = count > 1 ? (gdouble) i * (n - 1) / (count - 1) : (n - 1) / 2.0;
  const gsize   below = (gsize) at;
  const gdouble share = at - below;

  return below + 1 < n ? (1 - share) * singan_sort_value (sorted[below].key)
                             + share * singan_sort_value (sorted[below + 1].key)
                       : singan_sort_value (sorted[n - 1].key);
}

/* Moves the pixels along one axis; the others, being orthogonal, do not see
 * it. */
static void
move_along (SinganTensor     *picture,
            gsize             n_target,
            const gdouble    *axis,
            const Projection *own,
            const Projection *target)
{
  const gsize pixels = (gsize) picture->height * picture->width;
  gsize       i;
  gint        c;

  for (i = 0; i < pixels; i++)
    {
      const SinganSortEntry entry = own->sorted[i];
      SinganReal           *pixel
          = picture->data + (gsize) entry.place * picture->channels;
      const gdouble way = STEP
                          * (quantile (target->sorted, n_target, i, pixels)
                             - singan_sort_value (entry.key));

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
  const gint  channels = picture->channels;
  const gsize pixels = (gsize) picture->height * picture->width;
  const gsize target_pixels = (gsize) target->height * target->width;
  g_auto (Projections) projections = { 0 };
  gint b;
  gint i;

  g_return_val_if_fail (channels == target->channels, FALSE);
  g_return_val_if_fail (channels <= CHANNELS_MAXIMUM, FALSE);

  if (! projections_init (&projections, channels, pixels, target_pixels, error))
    return FALSE;
  for (b = 0; b < BASES; b++)
    {
      gdouble basis[CHANNELS_MAXIMUM][CHANNELS_MAXIMUM];

      draw_basis (seed, b, channels, basis);
#pragma omp parallel for schedule(static)
      for (i = 0; i < 2 * channels; i++)
        project (i % 2 ? target : picture, basis[i / 2],
                 &(i % 2 ? projections.target : projections.own)[i / 2]);
      for (i = 0; i < channels; i++)
        move_along (picture, target_pixels, basis[i], &projections.own[i],
                    &projections.target[i]);
    }

  return TRUE;
}
