/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "core/pyramid/palette.h"

#include <string.h>

#include "core/base/random.h"

/* Lloyd's rounds: it mostly settles after some twenty. */
#define ROUNDS_MAXIMUM 100

static gdouble
squared_distance (const SinganPalette *palette,
                  gint                 colour,
                  const SinganReal    *pixel)
{
  gdouble sum = 0;
  gint    c;

  for (c = 0; c < palette->channels; c++)
    {
      const gdouble difference = pixel[c] - palette->colours[colour][c];

      sum += difference * difference;
    }

  return sum;
}

/* The nearest of the first @count colours; the first of equals. */
static gint
find_nearest (const SinganPalette *palette,
              gint                 count,
              const SinganReal    *pixel,
              gdouble             *distance)
{
  gint nearest = 0;
  gint i;

  *distance = squared_distance (palette, 0, pixel);
  for (i = 1; i < count; i++)
    {
      const gdouble d = squared_distance (palette, i, pixel);

      if (d < *distance)
        {
          *distance = d;
          nearest = i;
        }
    }

  return nearest;
}

static void
take_colour (SinganPalette *palette, gint colour, const SinganReal *pixel)
{
  gint c;

  for (c = 0; c < palette->channels; c++)
    palette->colours[colour][c] = pixel[c];
}

/* Each colour after the first is a pixel, drawn with a probability that grows
 * with the square of its distance to those there are. */
static void
choose_start (SinganPalette *palette, const SinganTensor *picture, guint32 seed)
{
  const SinganRandomKey key = { seed, SINGAN_RANDOM_PALETTE, 0, 0 };
  const gsize           pixels = (gsize) picture->height * picture->width;
  SinganReal            draws[SINGAN_PALETTE_COLOURS];
  gdouble               distance;
  gsize                 p;
  gint                  i;

  singan_random_uniform (&key, draws, SINGAN_PALETTE_COLOURS);
  p = (gsize) (draws[0] * pixels);
  take_colour (palette, 0, picture->data + p * picture->channels);
  for (i = 1; i < SINGAN_PALETTE_COLOURS; i++)
    {
      gdouble all = 0;
      gdouble wanted;
      gdouble sum = 0;

      for (p = 0; p < pixels; p++)
        {
          find_nearest (palette, i, picture->data + p * picture->channels,
                        &distance);
          all += distance;
        }
      wanted = draws[i] * all;
      for (p = 0; p + 1 < pixels; p++)
        {
          find_nearest (palette, i, picture->data + p * picture->channels,
                        &distance);
          sum += distance;
          if (sum > wanted)
            break;
        }
      take_colour (palette, i, picture->data + p * picture->channels);
    }
}

/* Moves each colour to the mean of the pixels that are nearest to it; says
 * whether one moved. */
static gboolean
move_to_means (SinganPalette *palette, const SinganTensor *picture)
{
  const gsize pixels = (gsize) picture->height * picture->width;
  gdouble     sums[SINGAN_PALETTE_COLOURS][SINGAN_PALETTE_CHANNELS_MAXIMUM]
      = { { 0 } };
  gsize    counts[SINGAN_PALETTE_COLOURS] = { 0 };
  gboolean has_moved = FALSE;
  gdouble  distance;
  gsize    p;
  gint     i;
  gint     c;

  for (p = 0; p < pixels; p++)
    {
      const SinganReal *pixel = picture->data + p * picture->channels;

      i = find_nearest (palette, SINGAN_PALETTE_COLOURS, pixel, &distance);
      counts[i]++;
      for (c = 0; c < palette->channels; c++)
        sums[i][c] += pixel[c];
    }
  for (i = 0; i < SINGAN_PALETTE_COLOURS; i++)
    for (c = 0; counts[i] > 0 && c < palette->channels; c++)
      {
        const gdouble mean = sums[i][c] / counts[i];

        has_moved = has_moved || mean != palette->colours[i][c];
        palette->colours[i][c] = mean;
      }

  return has_moved;
}

void
singan_palette_init (SinganPalette      *palette,
                     const SinganTensor *picture,
                     guint32             seed)
{
  gint round;

  g_return_if_fail (picture->channels <= SINGAN_PALETTE_CHANNELS_MAXIMUM);

  memset (palette, 0, sizeof *palette);
  palette->channels = picture->channels;
  choose_start (palette, picture, seed);
  for (round = 0; round < ROUNDS_MAXIMUM; round++)
    if (! move_to_means (palette, picture))
      break;
}

void
singan_palette_apply (const SinganPalette *palette, SinganTensor *picture)
{
  const gsize pixels = (gsize) picture->height * picture->width;
  gsize       p;
  gint        c;

  g_return_if_fail (picture->channels == palette->channels);

  for (p = 0; p < pixels; p++)
    {
      SinganReal *pixel = picture->data + p * picture->channels;
      gdouble     distance;
      const gint  nearest
          = find_nearest (palette, SINGAN_PALETTE_COLOURS, pixel, &distance);

      for (c = 0; c < palette->channels; c++)
        pixel[c] = (SinganReal) palette->colours[nearest][c];
    }
}
