/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "core/detail/mask.h"

#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"

/* Half the width of the cubic that singan_resize () has. */
#define CUBIC_RADIUS 2.0

static guint8 *
mask_new (gsize count, GError **error)
{
  guint8 *mask = g_try_new (guint8, count);

  if (! mask)
    g_set_error_literal (error, SINGAN_ERROR, SINGAN_ERROR_NO_MEMORY,
                         _ ("There is not enough memory for the mask. Choose a "
                            "smaller size, or close other programs."));

  return mask;
}

/* The pixels from @first to @last that have a weight in pixel @i. */
static void
find_support (gint i, gint from, gint to, gint *first, gint *last)
{
  const gdouble scale = (gdouble) to / from;
  const gdouble radius = CUBIC_RADIUS * MAX (1 / scale, 1);
  const gdouble centre = (i + 0.5) / scale - 0.5;

  if (from == to)
    {
      *first = *last = i;
      return;
    }
  *first = MAX ((gint) floor (centre - radius) + 1, 0);
  *last = MIN ((gint) ceil (centre + radius) - 1, from - 1);
}

guint8 *
singan_mask_shrink (const SinganTensor *known,
                    gint                height,
                    gint                width,
                    GError            **error)
{
  g_autofree guint8 *middle = mask_new ((gsize) known->height * width, error);
  g_autofree guint8 *mask
      = middle ? mask_new ((gsize) height * width, error) : NULL;
  gint h;

  if (! mask)
    return NULL;

#pragma omp parallel for schedule(static)
  for (h = 0; h < known->height; h++)
    for (gint w = 0; w < width; w++)
      {
        gint   first, last;
        guint8 all = 1;

        find_support (w, known->width, width, &first, &last);
        for (gint i = first; i <= last; i++)
          all &= known->data[(gsize) h * known->width + i] > (SinganReal) 0.5;
        middle[(gsize) h * width + w] = all;
      }
#pragma omp parallel for schedule(static)
  for (h = 0; h < height; h++)
    {
      guint8 *row = mask + (gsize) h * width;
      gint    first, last;

      memset (row, 1, width);
      find_support (h, known->height, height, &first, &last);
      for (gint i = first; i <= last; i++)
        for (gint w = 0; w < width; w++)
          row[w] &= middle[(gsize) i * width + w];
    }

  return g_steal_pointer (&mask);
}

guint8 *
singan_mask_patches (
    const guint8 *known, gint height, gint width, gint patch, GError **error)
{
  const gint rows = height - patch + 1;
  const gint columns = width - patch + 1;
  guint8    *mask;
  gint       row;

  g_return_val_if_fail (rows > 0 && columns > 0, NULL);

  mask = mask_new ((gsize) rows * columns, error);
  if (! mask)
    return NULL;

#pragma omp parallel for schedule(static)
  for (row = 0; row < rows; row++)
    for (gint column = 0; column < columns; column++)
      {
        guint8 all = 1;

        for (gint h = 0; h < patch && all; h++)
          for (gint w = 0; w < patch; w++)
            all &= known[(gsize) (row + h) * width + column + w];
        mask[(gsize) row * columns + column] = all;
      }

  return mask;
}
