/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Patches by definition, pixel by pixel, for the tests of the nearest-neighbour
 * field.
 */

#pragma once

#include "core/detail/field.h"

/* Where the patch of a field begins that is number @i along an axis: at
 * multiples of the stride, the last one ending with what does not wrap. */
static inline gint
naive_start (gint i, gint length, gint stride, gboolean wraps)
{
  return ! wraps && i * stride > length - SINGAN_FIELD_PATCH
             ? length - SINGAN_FIELD_PATCH
             : i * stride;
}

/* Squared distance of the patch of @picture, which goes on at its beginning,
 * and of that of @keys. */
static inline gdouble
naive_distance (const SinganTensor *picture,
                gint                row,
                gint                column,
                const SinganTensor *keys,
                SinganPlace         place)
{
  gdouble sum = 0;
  gint    h, w, c;

  for (h = 0; h < SINGAN_FIELD_PATCH; h++)
    for (w = 0; w < SINGAN_FIELD_PATCH; w++)
      for (c = 0; c < keys->channels; c++)
        {
          const gint    from_row = (row + h) % picture->height;
          const gint    from_column = (column + w) % picture->width;
          const gdouble difference
              = picture->data[((gsize) from_row * picture->width + from_column)
                                  * picture->channels
                              + c]
                - keys->data[((gsize) (place.row + h) * keys->width
                              + place.column + w)
                                 * keys->channels
                             + c];

          sum += difference * difference;
        }

  return sum;
}

/* The same of a patch of a field. */
static inline gdouble
naive_field_distance (const SinganField  *field,
                      gint                i,
                      gint                j,
                      const SinganTensor *picture,
                      const SinganTensor *keys,
                      SinganPlace         place)
{
  const SinganFieldShape *shape = &field->shape;

  return naive_distance (
      picture, naive_start (i, shape->height, shape->stride, shape->wraps_rows),
      naive_start (j, shape->width, shape->stride, shape->wraps_columns), keys,
      place);
}

/* The picture as queries: with its first rows and columns after the last ones
 * where it wraps. */
static inline SinganTensor *
queries_new (const SinganFieldShape *shape, const SinganTensor *picture)
{
  SinganTensor *queries = singan_tensor_new (
      picture->height + (shape->wraps_rows ? SINGAN_FIELD_PATCH - 1 : 0),
      picture->width + (shape->wraps_columns ? SINGAN_FIELD_PATCH - 1 : 0),
      picture->channels, NULL);
  gint h, w, c;

  for (h = 0; h < queries->height; h++)
    for (w = 0; w < queries->width; w++)
      for (c = 0; c < queries->channels; c++)
        queries->data[((gsize) h * queries->width + w) * queries->channels + c]
            = picture->data[((gsize) (h % picture->height) * picture->width
                             + w % picture->width)
                                * picture->channels
                            + c];

  return queries;
}

/* A share of ones, at random. */
static inline guint8 *
drawn_flags (guint32 index, gsize count, gdouble share)
{
  const SinganRandomKey key = { 12, SINGAN_RANDOM_SAMPLE, 0, index };
  guint8               *flags = g_new (guint8, count);
  SinganReal           *numbers = g_new (SinganReal, count);
  gsize                 i;

  singan_random_uniform (&key, numbers, count);
  for (i = 0; i < count; i++)
    flags[i] = numbers[i] < share;
  g_free (numbers);

  return flags;
}

/* Targets anywhere in keys of that size. */
static inline void
draw_targets (guint32 index, SinganField *field, gint height, gint width)
{
  const SinganRandomKey key = { 13, SINGAN_RANDOM_SAMPLE, 0, index };
  const gsize           count = (gsize) field->rows * field->columns;
  SinganReal           *numbers = g_new (SinganReal, 2 * count);
  gsize                 i;

  singan_random_uniform (&key, numbers, 2 * count);
  for (i = 0; i < count; i++)
    field->targets[i] = (SinganPlace){
      (gint) (numbers[2 * i] * (height - SINGAN_FIELD_PATCH + 1)),
      (gint) (numbers[2 * i + 1] * (width - SINGAN_FIELD_PATCH + 1))
    };
  g_free (numbers);
}
