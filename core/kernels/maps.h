/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Batch norm and LeakyReLU inside the convolutions: what is made of a map while
 * it is read, and what is done besides while one is written (SinganMap and
 * SinganOutput in kernels.h), a vector of channels at a time.  For the files
 * that are compiled once for each instruction set; inlined always, because the
 * form is a constant where it matters.
 */

#pragma once

#include "core/kernels/vector.h"

/* Widest map that a convolution sums over, or takes Winograd's way. */
#define SINGAN_CHANNELS_MAXIMUM 128

/* Parts that the sums of an output are cut into at most.  Their bounds depend
 * on the map's size alone: their order makes the bits. */
#define SINGAN_SUM_PARTS 64

/* Pixels that are summed before the sum is added up in double. */
#define SINGAN_CHUNK_PIXELS 32

#define SINGAN_INLINE static inline __attribute__ ((always_inline))

/* What the map at number @at, whose channel is @c, is read as.  Of fewer
 * channels than a vector has there are @some. */
SINGAN_INLINE SinganVector
singan_map_load (
    SinganMapForm form, const SinganMap *map, gsize at, gint c, gint some)
{
  const SinganVector x = singan_load_some (map->x + at, some);
  SinganVector       beside;
  SinganVector       y;

  if (form == SINGAN_MAP_PLAIN)
    return x;

  y = singan_load_some (map->scale + c, some) * x
      + singan_load_some (map->shift + c, some);
  if (form == SINGAN_MAP_ACTIVATION)
    return y * singan_leaky_mask (y);

  beside = singan_load_some (map->beside + at, some);
  y += singan_load_some (map->scale_beside + c, some) * beside;
  if (form == SINGAN_MAP_LINEAR)
    return y;

  return y
         * singan_leaky_mask (singan_load_some (map->mask_scale + c, some)
                                  * beside
                              + singan_load_some (map->mask_shift + c, some));
}

/* Some pixels of a map from number @first on, as they are read, to @to. */
SINGAN_INLINE void
singan_map_read_as (SinganMapForm    form,
                    const SinganMap *map,
                    gsize            first,
                    gsize            pixels,
                    gint             channels,
                    SinganReal      *to)
{
  gsize p;
  gint  c;

  for (p = 0; p < pixels; p++, first += channels, to += channels)
    for (c = 0; c < channels; c += SINGAN_LANES)
      singan_store_some (
          to + c, channels - c,
          singan_map_load (form, map, first + c, c, channels - c));
}

static inline void
singan_map_read (const SinganMap *map,
                 gsize            first,
                 gsize            pixels,
                 gint             channels,
                 SinganReal      *to)
{
  switch (map->form)
    {
    case SINGAN_MAP_PLAIN:
      memcpy (to, map->x + first, pixels * channels * sizeof (SinganReal));
      break;
    case SINGAN_MAP_ACTIVATION:
      singan_map_read_as (SINGAN_MAP_ACTIVATION, map, first, pixels, channels,
                          to);
      break;
    case SINGAN_MAP_LINEAR:
      singan_map_read_as (SINGAN_MAP_LINEAR, map, first, pixels, channels, to);
      break;
    case SINGAN_MAP_MASKED:
      singan_map_read_as (SINGAN_MAP_MASKED, map, first, pixels, channels, to);
      break;
    }
}

/* The sums over some pixels of an output.  Moments are sums of differences to
 * the first pixel, so that a mean far from 0 costs no digits. */
typedef struct
{
  gsize      pixels;
  SinganReal pivot[SINGAN_CHANNELS_MAXIMUM];
  gdouble    first[SINGAN_CHANNELS_MAXIMUM];
  gdouble    second[SINGAN_CHANNELS_MAXIMUM];
} SinganSums;

static inline void
singan_sums_begin (SinganSums *sums, gint channels)
{
  sums->pixels = 0;
  memset (sums->first, 0, channels * sizeof (gdouble));
  memset (sums->second, 0, channels * sizeof (gdouble));
}

/* What is written of @value at number @at, whose channel is @c; adds to the two
 * sums. */
SINGAN_INLINE SinganVector
singan_output_pass (SinganOutputForm    form,
                    const SinganOutput *output,
                    gsize               at,
                    gint                c,
                    gint                some,
                    SinganVector        value,
                    SinganVector        pivot,
                    SinganVector       *first,
                    SinganVector       *second)
{
  SinganVector beside;

  if (form == SINGAN_OUTPUT_PLAIN)
    return value;

  if (form == SINGAN_OUTPUT_MOMENTS)
    {
      const SinganVector difference = value - pivot;

      *first += difference;
      *second += difference * difference;

      return value;
    }

  beside = singan_load_some (output->beside + at, some);
  if (form == SINGAN_OUTPUT_MASKED)
    value *= singan_leaky_mask (
        singan_load_some (output->mask_scale + c, some) * beside
        + singan_load_some (output->mask_shift + c, some));
  *first += value;
  *second += value * (beside - singan_load_some (output->mean + c, some))
             * singan_load_some (output->inv_std + c, some);

  return value;
}

/* What an output does besides, over some pixels that have been written. */
SINGAN_INLINE void
singan_output_finish_as (SinganOutputForm    form,
                         const SinganOutput *output,
                         gsize               first,
                         gsize               pixels,
                         gint                channels,
                         SinganSums         *sums)
{
  const gsize end = first + pixels;
  gsize       chunk;
  gint        c;

  if (sums->pixels == 0)
    memcpy (sums->pivot, output->y + first * channels,
            channels * sizeof (SinganReal));
  sums->pixels += pixels;

  for (chunk = first; chunk < end; chunk += SINGAN_CHUNK_PIXELS)
    for (c = 0; c < channels; c += SINGAN_LANES)
      {
        const gint         some = channels - c;
        const gsize        chunk_end = MIN (end, chunk + SINGAN_CHUNK_PIXELS);
        const SinganVector pivot = singan_load_some (sums->pivot + c, some);
        SinganVector       of_first = { 0 };
        SinganVector       of_second = { 0 };
        gsize              p;

        for (p = chunk; p < chunk_end; p++)
          {
            SinganReal        *y = output->y + p * channels + c;
            const SinganVector passed = singan_output_pass (
                form, output, p * channels + c, c, some,
                singan_load_some (y, some), pivot, &of_first, &of_second);

            if (form == SINGAN_OUTPUT_MASKED)
              singan_store_some (y, some, passed);
          }
        singan_add_lanes (sums->first + c, some, of_first);
        singan_add_lanes (sums->second + c, some, of_second);
      }
}

static inline void
singan_output_finish (const SinganOutput *output,
                      gsize               first,
                      gsize               pixels,
                      gint                channels,
                      SinganSums         *sums)
{
  switch (output->form)
    {
    case SINGAN_OUTPUT_PLAIN:
      break;
    case SINGAN_OUTPUT_MOMENTS:
      singan_output_finish_as (SINGAN_OUTPUT_MOMENTS, output, first, pixels,
                               channels, sums);
      break;
    case SINGAN_OUTPUT_SUMS:
      singan_output_finish_as (SINGAN_OUTPUT_SUMS, output, first, pixels,
                               channels, sums);
      break;
    case SINGAN_OUTPUT_MASKED:
      singan_output_finish_as (SINGAN_OUTPUT_MASKED, output, first, pixels,
                               channels, sums);
      break;
    }
}

/* The blocks' moments together (Chan, Golub and LeVeque 1983), or their sums in
 * their order. */
static inline void
singan_sums_end (const SinganSums   *parts,
                 gint                n_parts,
                 gint                channels,
                 const SinganOutput *output)
{
  gint c;
  gint i;

  for (c = 0; c < channels; c++)
    {
      gdouble first = 0;
      gdouble second = 0;
      gsize   pixels = 0;

      for (i = 0; i < n_parts; i++)
        {
          const SinganSums *part = &parts[i];

          if (output->form == SINGAN_OUTPUT_MOMENTS)
            {
              const gdouble mean
                  = part->pivot[c] + part->first[c] / part->pixels;
              const gdouble squares
                  = part->second[c]
                    - part->first[c] * part->first[c] / part->pixels;
              const gdouble difference = mean - first;
              const gsize   together = pixels + part->pixels;

              first += difference * part->pixels / together;
              second += MAX (squares, 0)
                        + difference * difference * pixels * part->pixels
                              / together;
              pixels = together;
            }
          else
            {
              first += part->first[c];
              second += part->second[c];
            }
        }
      output->first[c] = first;
      output->second[c]
          = output->form == SINGAN_OUTPUT_MOMENTS ? second / pixels : second;
    }
}
