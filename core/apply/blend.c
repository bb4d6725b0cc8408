/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "core/apply/blend.h"

#include <math.h>

#include "core/apply/scale.h"
#include "core/pyramid/resize.h"

/* Of a pixel of a small picture, the least share that an object has to have for
 * what happened there to be known. */
#define KNOWN_SHARE 0.01

/* How often what is known spreads to the neighbours: as far as the cubic of the
 * resizing reaches, and one more. */
#define SPREAD_ROUNDS 3

SinganTensor *
singan_region_from_difference (const SinganTensor *a,
                               const SinganTensor *b,
                               gdouble             threshold,
                               GError            **error)
{
  SinganTensor *region = singan_tensor_new (a->height, a->width, 1, error);
  gsize         p;
  gint          c;

  g_return_val_if_fail (singan_tensor_size (a) == singan_tensor_size (b), NULL);

  if (! region)
    return NULL;
  for (p = 0; p < singan_tensor_size (region); p++)
    for (c = 0; c < a->channels; c++)
      {
        const gsize i = p * a->channels + c;

        if (fabs ((gdouble) a->data[i] - b->data[i]) > threshold)
          region->data[p] = 1;
      }

  return region;
}

void
singan_region_threshold (SinganTensor *region, gdouble threshold)
{
  const gsize count = singan_tensor_size (region);
  gsize       p;

  for (p = 0; p < count; p++)
    region->data[p] = region->data[p] > threshold ? 1 : 0;
}

gsize
singan_region_count (const SinganTensor *region)
{
  const gsize count = singan_tensor_size (region);
  gsize       inside = 0;
  gsize       p;

  for (p = 0; p < count; p++)
    inside += region->data[p] > 0;

  return inside;
}

gdouble
singan_blend_find_margin (const SinganTensor *region, gdouble model_pixel)
{
  const gdouble size = sqrt ((gdouble) singan_region_count (region));
  const gdouble margin = MAX (SINGAN_BLEND_MARGIN_SHARE * size, model_pixel);

  return MIN (margin,
              SINGAN_BLEND_MARGIN_MOST * MAX (region->height, region->width));
}

/* Each pixel's distance to the nearest one of the region in its column; where
 * there is none, @none. */
static void
measure_columns (const SinganTensor *region,
                 gfloat              none,
                 SinganTensor       *distances)
{
  const gint width = region->width;
  gint       h;
  gint       w;

  for (h = 0; h < region->height; h++)
    for (w = 0; w < width; w++)
      {
        const gsize  p = (gsize) h * width + w;
        const gfloat above = h > 0 ? distances->data[p - width] + 1 : none;

        distances->data[p] = region->data[p] > 0 ? 0 : MIN (above, none);
      }
  for (h = region->height - 2; h >= 0; h--)
    for (w = 0; w < width; w++)
      {
        const gsize p = (gsize) h * width + w;

        distances->data[p]
            = MIN (distances->data[p], distances->data[p + width] + 1);
      }
}

/* One row of Felzenszwalb and Huttenlocher's distance transform (2012): the
 * least of (w - j)^2 + d_j^2 over all j with d_j <= @margin, a lower envelope
 * of parabolas.  FALSE if there is no such j. */
static gboolean
measure_row (const SinganReal *columns,
             gint              width,
             gdouble           margin,
             gint             *places,
             gdouble          *borders,
             gdouble          *squares)
{
  gint n = 0;
  gint w;

  for (w = 0; w < width; w++)
    {
      const gdouble height
          = (gdouble) columns[w] * columns[w] + (gdouble) w * w;
      gdouble border = -1;

      if (columns[w] > margin)
        continue;
      while (n > 0)
        {
          const gint    last = places[n - 1];
          const gdouble d = columns[last];

          /* Where the new parabola falls below the last one. */
          border
              = (height - d * d - (gdouble) last * last) / (2.0 * (w - last));
          if (border > borders[n - 1])
            break;
          n--;
        }
      places[n] = w;
      borders[n] = n == 0 ? -1 : border;
      n++;
    }
  if (n == 0)
    return FALSE;

  for (w = width - 1; w >= 0; w--)
    {
      gdouble d;

      while (n > 1 && borders[n - 1] >= w)
        n--;
      d = columns[places[n - 1]];
      squares[w] = (gdouble) (w - places[n - 1]) * (w - places[n - 1]) + d * d;
    }

  return TRUE;
}

/* 1 at no distance, 0 beyond the margin, without a corner at either end. */
static SinganReal
fade (gdouble square, gdouble margin)
{
  const gdouble t = 1 - sqrt (square) / (margin + 1);

  return square > margin * margin ? 0 : (SinganReal) (t * t * (3 - 2 * t));
}

SinganTensor *
singan_blend_weights (const SinganTensor *region,
                      gdouble             margin,
                      GError            **error)
{
  const gint          width = region->width;
  g_autofree gint    *places = g_new (gint, width);
  g_autofree gdouble *borders = g_new (gdouble, width);
  g_autofree gdouble *squares = g_new (gdouble, width);
  SinganTensor *weights = singan_tensor_new (region->height, width, 1, error);
  gint          h;
  gint          w;

  if (! weights)
    return NULL;
  measure_columns (region, (gfloat) (margin + 1), weights);
  for (h = 0; h < region->height; h++)
    {
      SinganReal    *row = weights->data + (gsize) h * width;
      const gboolean is_near
          = measure_row (row, width, margin, places, borders, squares);

      for (w = 0; w < width; w++)
        row[w] = is_near ? fade (squares[w], margin) : 0;
    }

  return weights;
}

void
singan_blend (SinganTensor       *picture,
              const SinganTensor *original,
              const SinganTensor *weights)
{
  const gsize pixels = singan_tensor_size (weights);
  gsize       p;
  gint        c;

  g_return_if_fail (
      singan_tensor_size (picture) == singan_tensor_size (original)
      && singan_tensor_size (picture) == pixels * picture->channels);

  for (p = 0; p < pixels; p++)
    for (c = 0; c < picture->channels; c++)
      {
        const gsize      i = p * picture->channels + c;
        const SinganReal weight = weights->data[p];

        picture->data[i] = weight > 0 ? weight * picture->data[i]
                                            + (1 - weight) * original->data[i]
                                      : original->data[i];
      }
}

/* The mean of a small picture around a pixel, weighted by squared shares;
 * FALSE if nothing is known there. */
static gboolean
find_mean_around (const SinganTensor *picture,
                  const SinganTensor *shares,
                  gint                h,
                  gint                w,
                  SinganReal         *mean)
{
  const gint channels = picture->channels;
  gdouble    sum = 0;
  gint       i;
  gint       j;
  gint       c;

  for (c = 0; c < channels; c++)
    mean[c] = 0;
  for (i = MAX (h - 1, 0); i <= MIN (h + 1, picture->height - 1); i++)
    for (j = MAX (w - 1, 0); j <= MIN (w + 1, picture->width - 1); j++)
      {
        const gsize   p = (gsize) i * picture->width + j;
        const gdouble share = shares->data[p];

        sum += share * share;
        for (c = 0; c < channels; c++)
          mean[c]
              += (SinganReal) (share * share * picture->data[p * channels + c]);
      }
  for (c = 0; sum > 0 && c < channels; c++)
    mean[c] /= (SinganReal) sum;

  return sum > 0;
}

/* One round: what is wholly the object's stays, and what is in part or is next
 * to such gets the mean around it. */
static gboolean
spread_once (SinganTensor *picture, SinganTensor *shares, GError **error)
{
  const gint channels = picture->channels;
  g_autoptr (SinganTensor) old = singan_tensor_copy (picture, error);
  g_autoptr (SinganTensor) known
      = old ? singan_tensor_copy (shares, error) : NULL;
  gint h;
  gint w;

  if (! known)
    return FALSE;
  for (h = 0; h < picture->height; h++)
    for (w = 0; w < picture->width; w++)
      {
        const gsize p = (gsize) h * picture->width + w;

        if (known->data[p] < 1
            && find_mean_around (old, known, h, w,
                                 picture->data + p * channels))
          shares->data[p] = 1;
      }

  return TRUE;
}

/* What changed of the object goes on beyond its outline, instead of what
 * changed of the picture there. */
static gboolean
spread (SinganTensor *change, const SinganTensor *coverage, GError **error)
{
  g_autoptr (SinganTensor) shares = singan_tensor_copy (coverage, error);
  gsize p;
  gint  round;

  if (! shares)
    return FALSE;
  for (p = 0; p < singan_tensor_size (shares); p++)
    shares->data[p] = shares->data[p] < (SinganReal) KNOWN_SHARE
                          ? 0
                          : MIN (shares->data[p], 1);
  for (round = 0; round < SPREAD_ROUNDS; round++)
    if (! spread_once (change, shares, error))
      return FALSE;

  return TRUE;
}

SinganTensor *
singan_enlarge_object (const SinganTensor *result,
                       const SinganTensor *source,
                       const SinganTensor *coverage,
                       GError            **error)
{
  g_autoptr (SinganTensor) change = NULL;
  g_autoptr (SinganTensor) small = NULL;
  g_autoptr (SinganTensor) large = NULL;
  gsize i;

  if (result->height == source->height && result->width == source->width)
    return singan_tensor_copy (result, error);

  if (! (change = singan_resize (source, result->height, result->width, error))
      || ! (small
            = singan_resize (coverage, result->height, result->width, error)))
    return NULL;
  for (i = 0; i < singan_tensor_size (change); i++)
    change->data[i] = result->data[i] - change->data[i];

  if (! spread (change, small, error)
      || ! (large
            = singan_resize (change, source->height, source->width, error)))
    return NULL;
  for (i = 0; i < singan_tensor_size (large); i++)
    large->data[i] = source->data[i]
                     + coverage->data[i / source->channels] * large->data[i];
  singan_clamp_pixels (large);

  return g_steal_pointer (&large);
}

/* The source at the size of the result, and back. */
static SinganTensor *
lose_detail (const SinganTensor *source,
             const SinganTensor *result,
             GError            **error)
{
  g_autoptr (SinganTensor) small
      = singan_resize (source, result->height, result->width, error);

  return small ? singan_resize (small, source->height, source->width, error)
               : NULL;
}

SinganTensor *
singan_enlarge_without_seam (const SinganTensor *result,
                             const SinganTensor *edited,
                             const SinganTensor *original,
                             const SinganTensor *region,
                             GError            **error)
{
  const gsize pixels = singan_tensor_size (region);
  g_autoptr (SinganTensor) large = NULL;
  g_autoptr (SinganTensor) coarse_edited = NULL;
  g_autoptr (SinganTensor) coarse_original = NULL;
  g_autoptr (SinganTensor) soft_region = NULL;
  gsize p;
  gint  c;

  if (result->height == edited->height && result->width == edited->width)
    return singan_tensor_copy (result, error);

  if (! (large = singan_resize (result, edited->height, edited->width, error))
      || ! (coarse_edited = lose_detail (edited, result, error))
      || ! (coarse_original = lose_detail (original, result, error))
      || ! (soft_region = lose_detail (region, result, error)))
    return NULL;

  for (p = 0; p < pixels; p++)
    for (c = 0; c < large->channels; c++)
      {
        const gsize i = p * large->channels + c;
        /* A half at the border, 1 well inside. */
        const gdouble fade = CLAMP (2 * soft_region->data[p] - 1, 0, 1);

        large->data[i] += region->data[p] > 0
                              ? (SinganReal) fade
                                    * (edited->data[i] - coarse_edited->data[i])
                              : original->data[i] - coarse_original->data[i];
      }
  singan_clamp_pixels (large);

  return g_steal_pointer (&large);
}
