/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "core/base/tensor.h"

#include <string.h>

#include "core/base/memory.h"

SinganTensor *
singan_tensor_new (gint height, gint width, gint channels, GError **error)
{
  SinganTensor *tensor;
  SinganReal   *data;
  gsize         count;

  g_return_val_if_fail (height > 0 && width > 0 && channels > 0, NULL);

  if (! singan_size_product (&count, 3, (gsize) height, (gsize) width,
                             (gsize) channels))
    count = G_MAXSIZE;
  data = singan_reals_new (count, error);
  if (! data)
    return NULL;

  tensor = g_new (SinganTensor, 1);
  *tensor = (SinganTensor){ height, width, channels, data };

  return tensor;
}

SinganTensor *
singan_tensor_copy (const SinganTensor *tensor, GError **error)
{
  SinganTensor *copy = singan_tensor_new (tensor->height, tensor->width,
                                          tensor->channels, error);

  if (copy)
    memcpy (copy->data, tensor->data,
            singan_tensor_size (tensor) * sizeof (SinganReal));

  return copy;
}

void
singan_tensor_free (SinganTensor *tensor)
{
  if (! tensor)
    return;
  singan_reals_free (tensor->data);
  g_free (tensor);
}

gsize
singan_tensor_size (const SinganTensor *tensor)
{
  return (gsize) tensor->height * tensor->width * tensor->channels;
}

gint
singan_mirror (gint place, gint count)
{
  place = ABS (place);
  if (place >= count)
    place = 2 * (count - 1) - place;

  return MAX (place, 0);
}

void
singan_tensor_pad_row (const SinganTensor *tensor,
                       gint                border,
                       gboolean            mirrors,
                       gint                row,
                       SinganReal         *padded)
{
  const gsize c = tensor->channels;
  const gsize count = tensor->width * c;
  const gint  inner = mirrors ? singan_mirror (row, tensor->height) : row;
  SinganReal *first = padded + border * c;
  gint        w;

  if (! mirrors)
    memset (padded, 0, (count + 2 * border * c) * sizeof (SinganReal));
  if (inner < 0 || inner >= tensor->height)
    return;

  memcpy (first, tensor->data + inner * count, count * sizeof (SinganReal));
  for (w = 1; mirrors && w <= border; w++)
    {
      const gint right = tensor->width - 1 + w;

      memcpy (first - w * c, first + singan_mirror (-w, tensor->width) * c,
              c * sizeof (SinganReal));
      memcpy (first + right * c,
              first + singan_mirror (right, tensor->width) * c,
              c * sizeof (SinganReal));
    }
}

void
singan_tensor_pad (const SinganTensor *tensor,
                   gint                border,
                   gboolean            mirrors,
                   SinganTensor       *padded)
{
  const gsize row = (gsize) padded->width * padded->channels;
  gint        h;

  g_return_if_fail (padded->height == tensor->height + 2 * border
                    && padded->width == tensor->width + 2 * border
                    && padded->channels == tensor->channels);

  for (h = 0; h < padded->height; h++)
    singan_tensor_pad_row (tensor, border, mirrors, h - border,
                           padded->data + h * row);
}

void
singan_tensor_copy_part (const SinganTensor    *tensor,
                         const SinganRectangle *rectangle,
                         SinganTensor          *part)
{
  const gsize row = (gsize) rectangle->width * tensor->channels;
  gint        h;

  for (h = 0; h < rectangle->height; h++)
    memcpy (
        part->data + h * row,
        tensor->data
            + ((gsize) (rectangle->top + h) * tensor->width + rectangle->left)
                  * tensor->channels,
        row * sizeof *part->data);
}

gdouble
singan_tensor_mean_squared_difference (const SinganTensor *a,
                                       const SinganTensor *b)
{
  const gsize count = singan_tensor_size (a);
  gdouble     sum = 0;
  gsize       i;

  g_return_val_if_fail (a->height == b->height && a->width == b->width
                            && a->channels == b->channels,
                        0);

  for (i = 0; i < count; i++)
    {
      const gdouble difference = (gdouble) a->data[i] - b->data[i];

      sum += difference * difference;
    }

  return sum / count;
}
