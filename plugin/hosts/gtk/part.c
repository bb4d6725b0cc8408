/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "plugin/hosts/gtk/part.h"

#include <math.h>

/* Of the pictures' sides. */
#define SHARE 0.5

static gboolean
have_one_size (const SinganTensor *const *pictures, gint count)
{
  gint i;

  for (i = 1; i < count; i++)
    if (pictures[i]->height != pictures[0]->height
        || pictures[i]->width != pictures[0]->width
        || pictures[i]->channels != pictures[0]->channels)
      return FALSE;

  return TRUE;
}

static gdouble
pixel_difference (const SinganTensor *a, const SinganTensor *b, gsize pixel)
{
  gdouble sum = 0;
  gint    c;

  for (c = 0; c < a->channels; c++)
    sum += fabs (a->data[pixel * a->channels + c]
                 - b->data[pixel * b->channels + c]);

  return sum;
}

/* sums[(h + 1) (width + 1) + w + 1] += differences of all pixels up to (h, w),
 * over those of all. */
static gboolean
add_pair (gdouble *sums, const SinganTensor *a, const SinganTensor *b)
{
  const gint width = a->width;
  gdouble    all = 0;
  gsize      p;
  gint       h;
  gint       w;

  for (p = 0; p < (gsize) a->height * width; p++)
    all += pixel_difference (a, b, p);
  if (! (all > 0))
    return FALSE;

  for (h = 0; h < a->height; h++)
    {
      gdouble row = 0;

      for (w = 0; w < width; w++)
        {
          row += pixel_difference (a, b, (gsize) h * width + w) / all;
          sums[(gsize) (h + 1) * (width + 1) + w + 1] += row;
        }
    }

  return TRUE;
}

/* Rows are added to those below them once all pairs are there. */
static void
accumulate_rows (gdouble *sums, gint height, gint width)
{
  gint h;
  gint w;

  for (h = 1; h <= height; h++)
    for (w = 0; w <= width; w++)
      sums[(gsize) h * (width + 1) + w]
          += sums[(gsize) (h - 1) * (width + 1) + w];
}

static gdouble
sum_of (const gdouble *sums, gint width, const SinganRectangle *part)
{
  const gsize    stride = (gsize) width + 1;
  const gdouble *upper = sums + part->top * stride + part->left;
  const gdouble *lower = upper + part->height * stride;

  return lower[part->width] - lower[0] - upper[part->width] + upper[0];
}

gboolean
singan_part_find (SinganRectangle           *part,
                  const SinganTensor *const *pictures,
                  gint                       count)
{
  const gint          height = pictures[0]->height;
  const gint          width = pictures[0]->width;
  g_autofree gdouble *sums
      = g_new0 (gdouble, (gsize) (height + 1) * (width + 1));
  gboolean        is_any = FALSE;
  gdouble         most = -1;
  SinganRectangle at
      = { 0, 0, (gint) ceil (SHARE * height), (gint) ceil (SHARE * width) };
  gint i;

  if (! have_one_size (pictures, count))
    return FALSE;
  for (i = 1; i < count; i++)
    is_any |= add_pair (sums, pictures[i - 1], pictures[i]);
  if (! is_any)
    return FALSE;

  accumulate_rows (sums, height, width);
  for (at.top = 0; at.top <= height - at.height; at.top++)
    for (at.left = 0; at.left <= width - at.width; at.left++)
      {
        const gdouble sum = sum_of (sums, width, &at);

        if (sum > most)
          {
            most = sum;
            *part = at;
          }
      }

  return TRUE;
}
