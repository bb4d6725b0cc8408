/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "core/apply/blend.h"

#include <math.h>

#include "core/apply/scale.h"
#include "core/pyramid/resize.h"

/* Longest side, in pixels, that distances are measured at. */
#define MARGIN_SIZE 800

/* How much further, in pixels of that size, weights may reach at the
 * original's: along each axis resizing spreads them by two, and what is inside
 * may lie one beside the middle of its small pixel; both along the diagonal. */
#define MARGIN_SPREAD (3 * G_SQRT2)

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

/* A pixel of the small region is inside if anything under it is: nothing that
 * was inside gets lost, however thin. */
static SinganTensor *
shrink_region (const SinganTensor *region,
               gint                height,
               gint                width,
               GError            **error)
{
  SinganTensor *small = singan_tensor_new (height, width, 1, error);
  gint          h;
  gint          w;

  if (! small)
    return NULL;
  for (h = 0; h < region->height; h++)
    for (w = 0; w < region->width; w++)
      if (region->data[(gsize) h * region->width + w] > 0)
        {
          const gint row = (gint) ((gint64) h * height / region->height);
          const gint column = (gint) ((gint64) w * width / region->width);

          small->data[(gsize) row * width + column] = 1;
        }

  return small;
}

/* For each pixel of a row, the distance to the nearest one inside; a row
 * without any has the row's length. */
static void
measure_row (const SinganReal *row, gint width, gint *distances)
{
  gint distance = width;
  gint w;

  for (w = 0; w < width; w++)
    {
      distance = row[w] > 0 ? 0 : MIN (distance + 1, width);
      distances[w] = distance;
    }
  distance = width;
  for (w = width - 1; w >= 0; w--)
    {
      distance = row[w] > 0 ? 0 : MIN (distance + 1, width);
      distances[w] = MIN (distances[w], distance);
    }
}

/* Binary dilation by the disk x^2 + y^2 <= radius^2, row by row of the disk. */
static SinganTensor *
dilate (const SinganTensor *region, gint radius, GError **error)
{
  const gint       height = region->height;
  const gint       width = region->width;
  g_autofree gint *distances = g_new (gint, (gsize) height * width);
  SinganTensor    *grown = singan_tensor_new (height, width, 1, error);
  gint             h;
  gint             w;
  gint             dh;

  if (! grown)
    return NULL;
  for (h = 0; h < height; h++)
    measure_row (region->data + (gsize) h * width, width,
                 distances + (gsize) h * width);

  for (h = 0; h < height; h++)
    for (dh = MAX (-radius, -h); dh <= MIN (radius, height - 1 - h); dh++)
      {
        const gint *from = distances + (gsize) (h + dh) * width;
        const gint  reach = (gint) sqrt ((gdouble) radius * radius - dh * dh);
        SinganReal *to = grown->data + (gsize) h * width;

        for (w = 0; w < width; w++)
          if (from[w] < width && from[w] <= reach)
            to[w] = 1;
      }

  return grown;
}

/* One axis of the Gaussian; the borders repeat their last pixel. */
static void
smooth_axis (const SinganTensor *source,
             const gdouble      *kernel,
             gint                reach,
             gboolean            along_rows,
             SinganTensor       *target)
{
  gint h;
  gint w;
  gint d;

  for (h = 0; h < source->height; h++)
    for (w = 0; w < source->width; w++)
      {
        gdouble sum = 0;

        for (d = -reach; d <= reach; d++)
          {
            const gint row
                = along_rows ? h : CLAMP (h + d, 0, source->height - 1);
            const gint column
                = along_rows ? CLAMP (w + d, 0, source->width - 1) : w;

            sum += kernel[d + reach]
                   * source->data[(gsize) row * source->width + column];
          }
        target->data[(gsize) h * source->width + w] = (SinganReal) sum;
      }
}

static gboolean
smooth (SinganTensor *plane, GError **error)
{
  const gint          reach = (gint) (SINGAN_BLEND_SIGMAS * SINGAN_BLEND_SIGMA);
  g_autofree gdouble *kernel = g_new (gdouble, 2 * reach + 1);
  g_autoptr (SinganTensor) middle
      = singan_tensor_new (plane->height, plane->width, 1, error);
  gdouble sum = 0;
  gint    d;

  if (! middle)
    return FALSE;
  for (d = -reach; d <= reach; d++)
    {
      kernel[d + reach]
          = exp (-0.5 * d * d / (SINGAN_BLEND_SIGMA * SINGAN_BLEND_SIGMA));
      sum += kernel[d + reach];
    }
  for (d = 0; d <= 2 * reach; d++)
    kernel[d] /= sum;
  smooth_axis (plane, kernel, reach, TRUE, middle);
  smooth_axis (middle, kernel, reach, FALSE, plane);

  return TRUE;
}

SinganTensor *
singan_blend_weights (const SinganTensor *region,
                      gint                height,
                      gint                width,
                      gint                radius,
                      GError            **error)
{
  g_autoptr (SinganTensor) small = NULL;
  g_autoptr (SinganTensor) grown = NULL;
  SinganTensor *weights;
  gsize         p;

  small = shrink_region (region, height, width, error);
  grown = small ? dilate (small, radius, error) : NULL;
  if (! grown || ! smooth (grown, error))
    return NULL;
  weights = singan_resize (grown, region->height, region->width, error);
  if (! weights)
    return NULL;

  /* The cubic of the resizing overshoots a little. */
  for (p = 0; p < singan_tensor_size (weights); p++)
    weights->data[p] = region->data[p] > 0 ? 1 : CLAMP (weights->data[p], 0, 1);

  return weights;
}

/* Each pixel's squared distance to the region, no larger than @reach squared,
 * becomes a weight. */
static SinganTensor *
fade (const SinganTensor *region, gdouble reach, GError **error)
{
  const gint       height = region->height;
  const gint       width = region->width;
  const gint       rows = (gint) reach;
  g_autofree gint *distances = g_new (gint, (gsize) height * width);
  SinganTensor    *weights = singan_tensor_new (height, width, 1, error);
  gint             h;
  gint             w;
  gint             dh;

  if (! weights)
    return NULL;
  for (h = 0; h < height; h++)
    measure_row (region->data + (gsize) h * width, width,
                 distances + (gsize) h * width);

  for (h = 0; h < height; h++)
    for (w = 0; w < width; w++)
      {
        gdouble least = reach * reach;

        for (dh = MAX (-rows, -h); dh <= MIN (rows, height - 1 - h); dh++)
          {
            const gdouble dw = distances[(gsize) (h + dh) * width + w];

            /* A row without any of the region has no distance. */
            if (dw < width)
              least = MIN (least, dw * dw + (gdouble) dh * dh);
          }
        weights->data[(gsize) h * width + w]
            = (SinganReal) (1 - sqrt (least) / reach);
      }

  return weights;
}

SinganTensor *
singan_blend_margin (const SinganTensor *region, gdouble margin, GError **error)
{
  const gint    longer = MAX (region->height, region->width);
  const gdouble scale = MIN ((gdouble) MARGIN_SIZE / longer, 1);
  const gdouble reach
      = MAX (scale * margin * longer - (scale < 1 ? MARGIN_SPREAD : 0), 1);
  g_autoptr (SinganTensor) small = NULL;
  g_autoptr (SinganTensor) faded = NULL;
  SinganTensor *weights;
  gsize         p;

  small
      = shrink_region (region, MAX ((gint) lround (scale * region->height), 1),
                       MAX ((gint) lround (scale * region->width), 1), error);
  faded = small ? fade (small, reach, error) : NULL;
  weights = faded ? singan_resize (faded, region->height, region->width, error)
                  : NULL;
  if (! weights)
    return NULL;

  for (p = 0; p < singan_tensor_size (weights); p++)
    weights->data[p] = region->data[p] > 0 ? 1 : CLAMP (weights->data[p], 0, 1);

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

SinganTensor *
singan_enlarge_with_detail (const SinganTensor *result,
                            const SinganTensor *source,
                            GError            **error)
{
  g_autoptr (SinganTensor) change = NULL;
  g_autoptr (SinganTensor) large = NULL;
  const gsize count = singan_tensor_size (result);
  gsize       i;

  if (result->height == source->height && result->width == source->width)
    return singan_tensor_copy (result, error);

  change = singan_resize (source, result->height, result->width, error);
  if (! change)
    return NULL;
  for (i = 0; i < count; i++)
    change->data[i] = result->data[i] - change->data[i];

  large = singan_resize (change, source->height, source->width, error);
  if (! large)
    return NULL;
  for (i = 0; i < singan_tensor_size (large); i++)
    large->data[i] += source->data[i];
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
