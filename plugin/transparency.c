/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "plugin/transparency.h"

#include <string.h>

#include "plugin/image.h"

/* From this alpha on a pixel's own colour counts in full.  Below, programs that
 * keep colours multiplied by 8 bits of alpha know no more than 5 bits of it. */
#define ALPHA_TRUSTED 0.125f

gboolean
singan_transparency_read (GeglBuffer    *buffer,
                          SinganTensor **alpha,
                          GError       **error)
{
  const GeglRectangle *extent = gegl_buffer_get_extent (buffer);
  const Babl          *format = gegl_buffer_get_format (buffer);
  g_autoptr (SinganTensor) read = NULL;
  g_autofree gfloat *row = NULL;
  gboolean           is_opaque = TRUE;
  gint               h;
  gint               w;

  *alpha = NULL;
  if (! babl_format_has_alpha (format))
    return TRUE;
  read = singan_tensor_new (extent->height, extent->width, 1, error);
  if (! read)
    return FALSE;

  row = g_new (gfloat, (gsize) extent->width * 2);
  for (h = 0; h < extent->height; h++)
    {
      SinganReal *to = read->data + (gsize) h * extent->width;

      gegl_buffer_get (
          buffer, GEGL_RECTANGLE (extent->x, extent->y + h, extent->width, 1),
          1.0, babl_format ("Y'A float"), row, GEGL_AUTO_ROWSTRIDE,
          GEGL_ABYSS_NONE);
      for (w = 0; w < extent->width; w++)
        {
          to[w] = CLAMP (row[2 * w + 1], 0, 1);
          is_opaque = is_opaque && to[w] == 1;
        }
    }
  if (! is_opaque)
    *alpha = g_steal_pointer (&read);

  return TRUE;
}

gchar *
singan_transparency_hash (const SinganTensor *picture,
                          const SinganTensor *alpha,
                          GError            **error)
{
  const gint  channels = picture->channels;
  const gsize pixels = singan_tensor_size (alpha);
  g_autoptr (SinganTensor) both = singan_tensor_new (
      picture->height, picture->width, channels + 1, error);
  SinganReal *at;
  gsize       i;

  if (! both)
    return NULL;
  at = both->data;
  for (i = 0; i < pixels; i++, at += channels + 1)
    {
      if (alpha->data[i] > 0)
        memcpy (at, picture->data + i * channels, channels * sizeof *at);
      else
        memset (at, 0, channels * sizeof *at);
      at[channels] = alpha->data[i];
    }

  return singan_image_hash (both);
}

/* A level of the pyramid: [h, w, c + 1], colours and, last, how much each
 * counts.  Each pixel of the next one is the mean of four, by their weights,
 * and counts as much as they do together. */
static SinganTensor *
pull (const SinganTensor *level, GError **error)
{
  const gint    channels = level->channels;
  SinganTensor *coarse = singan_tensor_new (
      (level->height + 1) / 2, (level->width + 1) / 2, channels, error);
  gint h;
  gint w;
  gint c;

  if (! coarse)
    return NULL;
  memset (coarse->data, 0, singan_tensor_size (coarse) * sizeof (SinganReal));
  for (h = 0; h < level->height; h++)
    for (w = 0; w < level->width; w++)
      {
        const SinganReal *from
            = level->data + ((gsize) h * level->width + w) * channels;
        SinganReal *to = coarse->data
                         + ((gsize) (h / 2) * coarse->width + w / 2) * channels;

        for (c = 0; c < channels - 1; c++)
          to[c] += from[channels - 1] * from[c];
        to[channels - 1] += from[channels - 1];
      }
  for (h = 0; h < coarse->height; h++)
    for (w = 0; w < coarse->width; w++)
      {
        SinganReal *at
            = coarse->data + ((gsize) h * coarse->width + w) * channels;
        const SinganReal weight = at[channels - 1];

        for (c = 0; c < channels - 1; c++)
          at[c] = weight > 0 ? at[c] / weight : 0;
        at[channels - 1] = MIN (weight, 1);
      }

  return coarse;
}

/* The two pixels of a coarser level that lie around one, and how much the
 * second one counts: a quarter, or three. */
static void
find_neighbours (gint at, gint length, gint *first, gint *second, gfloat *part)
{
  const gint place = (at + 1) / 2 - 1;

  *first = CLAMP (place, 0, length - 1);
  *second = CLAMP (place + 1, 0, length - 1);
  *part = at % 2 == 0 ? 0.75f : 0.25f;
}

/* A channel between two pixels of a row. */
static gfloat
between (const SinganTensor *level,
         gint                row,
         const gint         *columns,
         gfloat              right,
         gint                channel)
{
  const SinganReal *start
      = level->data + (gsize) row * level->width * level->channels + channel;

  return (1 - right) * start[(gsize) columns[0] * level->channels]
         + right * start[(gsize) columns[1] * level->channels];
}

/* What a level's pixels lack, from the coarser one, which lacks nothing. */
static void
push (SinganTensor *level, const SinganTensor *coarse)
{
  const gint channels = level->channels;
  gint       h;
  gint       w;
  gint       c;

  for (h = 0; h < level->height; h++)
    {
      gint   rows[2];
      gfloat down;

      find_neighbours (h, coarse->height, &rows[0], &rows[1], &down);
      for (w = 0; w < level->width; w++)
        {
          SinganReal *at
              = level->data + ((gsize) h * level->width + w) * channels;
          const SinganReal weight = at[channels - 1];
          gint             columns[2];
          gfloat           right;

          if (weight >= 1)
            continue;
          find_neighbours (w, coarse->width, &columns[0], &columns[1], &right);
          for (c = 0; c < channels - 1; c++)
            {
              const gfloat above = between (coarse, rows[0], columns, right, c);
              const gfloat below = between (coarse, rows[1], columns, right, c);

              at[c] = weight * at[c]
                      + (1 - weight) * ((1 - down) * above + down * below);
            }
        }
    }
}

static gboolean
fill_level (SinganTensor *level, GError **error)
{
  g_autoptr (SinganTensor) coarse = NULL;

  if (MAX (level->height, level->width) == 1)
    return TRUE;
  coarse = pull (level, error);
  if (! coarse || ! fill_level (coarse, error))
    return FALSE;
  push (level, coarse);

  return TRUE;
}

gboolean
singan_transparency_fill (SinganTensor       *picture,
                          const SinganTensor *alpha,
                          GError            **error)
{
  const gint  channels = picture->channels;
  const gsize pixels = singan_tensor_size (alpha);
  g_autoptr (SinganTensor) level = singan_tensor_new (
      picture->height, picture->width, channels + 1, error);
  gsize i;
  gint  c;

  if (! level)
    return FALSE;
  for (i = 0; i < pixels; i++)
    {
      for (c = 0; c < channels; c++)
        level->data[i * (channels + 1) + c] = picture->data[i * channels + c];
      level->data[i * (channels + 1) + channels]
          = MIN (alpha->data[i] / ALPHA_TRUSTED, 1);
    }
  if (! fill_level (level, error))
    return FALSE;
  for (i = 0; i < pixels; i++)
    for (c = 0; c < channels; c++)
      picture->data[i * channels + c] = level->data[i * (channels + 1) + c];

  return TRUE;
}

GeglBuffer *
singan_transparency_write (const SinganTensor *picture,
                           const SinganTensor *alpha,
                           GeglBuffer         *source)
{
  const gint  channels = picture->channels;
  const Babl *format = babl_format_with_space (
      channels == 1 ? "Y'A float" : "R'G'B'A float",
      babl_format_get_space (gegl_buffer_get_format (source)));
  GeglBuffer *buffer = gegl_buffer_new (
      GEGL_RECTANGLE (0, 0, picture->width, picture->height), format);
  g_autofree gfloat *row
      = g_new (gfloat, (gsize) picture->width * (channels + 1));
  gint h;
  gint w;
  gint c;

  for (h = 0; h < picture->height; h++)
    {
      const gsize first = (gsize) h * picture->width;

      for (w = 0; w < picture->width; w++)
        {
          const SinganReal *pixel = picture->data + (first + w) * channels;
          gfloat           *to = row + (gsize) w * (channels + 1);

          for (c = 0; c < channels; c++)
            to[c] = CLAMP ((pixel[c] + 1) / 2, 0, 1);
          to[channels] = CLAMP (alpha->data[first + w], 0, 1);
        }
      gegl_buffer_set (buffer, GEGL_RECTANGLE (0, h, picture->width, 1), 0,
                       format, row, GEGL_AUTO_ROWSTRIDE);
    }

  return buffer;
}
