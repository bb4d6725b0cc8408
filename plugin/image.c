/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "plugin/image.h"

#include <math.h>
#include <string.h>

#include "core/base/i18n.h"

/* Below this, what a pixel's colour is does not show. */
#define ALPHA_MINIMUM 0.5f

/* An index into a palette is one component too, but stands for a colour. */
static gboolean
is_grey (const Babl *format)
{
  const gint alphas = babl_format_has_alpha (format) ? 1 : 0;

  return ! babl_format_is_palette (format)
         && babl_format_get_n_components (format) - alphas == 1;
}

static const Babl *
in_space_of (GeglBuffer *buffer, const gchar *name)
{
  return babl_format_with_space (
      name, babl_format_get_space (gegl_buffer_get_format (buffer)));
}

/* What a scan over the pixels, R'G'B'A float, finds. */
typedef struct
{
  gint64   n_transparent;
  gint64   n_translucent;
  gint64   n_not_finite;
  gint     bad_column; /* the first that is not finite */
  gint     bad_row;
  gboolean is_constant;
  gboolean has_first;
  gfloat   first[3]; /* colour of the first pixel that is seen */
} Findings;

static void
scan_colour (const gfloat *pixel, Findings *findings)
{
  if (! findings->has_first)
    memcpy (findings->first, pixel, sizeof findings->first);
  findings->has_first = TRUE;
  if (pixel[0] != findings->first[0] || pixel[1] != findings->first[1]
      || pixel[2] != findings->first[2])
    findings->is_constant = FALSE;
}

static void
scan_row (const gfloat *row, gint width, gint y, Findings *findings)
{
  gint x;

  for (x = 0; x < width; x++, row += 4)
    {
      if (! isfinite (row[0]) || ! isfinite (row[1]) || ! isfinite (row[2])
          || ! isfinite (row[3]))
        {
          if (findings->n_not_finite++ == 0)
            {
              findings->bad_column = x;
              findings->bad_row = y;
            }
          continue;
        }
      if (row[3] < ALPHA_MINIMUM)
        {
          findings->n_transparent++;
          continue;
        }
      if (row[3] < 1)
        findings->n_translucent++;
      scan_colour (row, findings);
    }
}

static void
scan (GeglBuffer *buffer, Findings *findings)
{
  const GeglRectangle *extent = gegl_buffer_get_extent (buffer);
  const Babl          *format = in_space_of (buffer, "R'G'B'A float");
  g_autofree gfloat   *row = g_new (gfloat, (gsize) extent->width * 4);
  gint                 y;

  *findings = (Findings){ .is_constant = TRUE };
  for (y = 0; y < extent->height; y++)
    {
      gegl_buffer_get (
          buffer, GEGL_RECTANGLE (extent->x, extent->y + y, extent->width, 1),
          1.0, format, row, GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
      scan_row (row, extent->width, y, findings);
    }
}

/* Whether there is enough to learn from beside the transparent pixels. */
static gboolean
check_alpha (const Findings  *findings,
             gint64           pixels,
             SinganImageAlpha alpha,
             GError         **error)
{
  const gint64 n_seen = pixels - findings->n_transparent;
  const gint64 least
      = (gint64) SINGAN_IMAGE_SIDE_MINIMUM * SINGAN_IMAGE_SIDE_MINIMUM;

  if (n_seen == 0)
    g_set_error_literal (error, SINGAN_ERROR, SINGAN_ERROR_IMAGE,
                         _ ("The layer is fully transparent: there is nothing "
                            "to learn from it. Choose a layer with a "
                            "picture."));
  else if (alpha == SINGAN_IMAGE_OPAQUE && findings->n_transparent > 0)
    g_set_error (error, SINGAN_ERROR, SINGAN_ERROR_IMAGE,
                 _ ("%.1f %% of the layer is transparent. Crop the layer to "
                    "its opaque part, or flatten the image."),
                 100.0 * findings->n_transparent / pixels);
  else if (n_seen < least)
    g_set_error (error, SINGAN_ERROR, SINGAN_ERROR_IMAGE,
                 g_dngettext (GETTEXT_PACKAGE,
                              "Only %.0f pixel of the layer is not "
                              "transparent; to learn from it takes at least "
                              "%.0f. Choose a layer with more of a picture.",
                              "Only %.0f pixels of the layer are not "
                              "transparent; to learn from it takes at least "
                              "%.0f. Choose a layer with more of a picture.",
                              (gulong) n_seen),
                 (gdouble) n_seen, (gdouble) least);
  else
    return TRUE;

  return FALSE;
}

gboolean
singan_image_check (GeglBuffer      *buffer,
                    SinganImageAlpha alpha,
                    gint64          *n_translucent,
                    GError         **error)
{
  const gint width = gegl_buffer_get_width (buffer);
  const gint height = gegl_buffer_get_height (buffer);
  Findings   findings;

  if (MIN (width, height) < SINGAN_IMAGE_SIDE_MINIMUM)
    {
      g_set_error (error, SINGAN_ERROR, SINGAN_ERROR_IMAGE,
                   _ ("The layer is %d x %d pixels; each side needs at least "
                      "%d."),
                   width, height, SINGAN_IMAGE_SIDE_MINIMUM);
      return FALSE;
    }

  scan (buffer, &findings);
  if (n_translucent)
    *n_translucent = findings.n_translucent;
  if (findings.n_not_finite > 0)
    {
      g_set_error (error, SINGAN_ERROR, SINGAN_ERROR_IMAGE,
                   g_dngettext (GETTEXT_PACKAGE,
                                "The layer has %.0f pixel that is not a finite "
                                "number, at column %d, row %d. Repair it "
                                "first, for instance by painting over it.",
                                "The layer has %.0f pixels that are not finite "
                                "numbers, the first at column %d, row %d. "
                                "Repair them first, for instance by painting "
                                "over them.",
                                (gulong) findings.n_not_finite),
                   (gdouble) findings.n_not_finite, findings.bad_column,
                   findings.bad_row);
      return FALSE;
    }
  if (! check_alpha (&findings, (gint64) width * height, alpha, error))
    return FALSE;
  if (! findings.is_constant)
    return TRUE;

  g_set_error_literal (error, SINGAN_ERROR, SINGAN_ERROR_IMAGE,
                       _ ("The layer has only one colour: there is nothing to "
                          "learn from it. Choose a layer with a picture."));
  return FALSE;
}

SinganTensor *
singan_image_read (GeglBuffer *buffer, GError **error)
{
  const GeglRectangle *extent = gegl_buffer_get_extent (buffer);
  const gboolean       grey = is_grey (gegl_buffer_get_format (buffer));
  SinganTensor        *picture
      = singan_tensor_new (extent->height, extent->width, grey ? 1 : 3, error);
  gsize count;
  gsize i;

  if (! picture)
    return NULL;

  gegl_buffer_get (buffer, extent, 1.0,
                   in_space_of (buffer, grey ? "Y' float" : "R'G'B' float"),
                   picture->data, GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
  count = singan_tensor_size (picture);
  for (i = 0; i < count; i++)
    picture->data[i] = CLAMP (picture->data[i], 0, 1) * 2 - 1;

  return picture;
}

GeglBuffer *
singan_image_write (const SinganTensor *picture, GeglBuffer *source)
{
  const Babl *format = in_space_of (
      source, picture->channels == 1 ? "Y' float" : "R'G'B' float");
  GeglBuffer *buffer = gegl_buffer_new (
      GEGL_RECTANGLE (0, 0, picture->width, picture->height), format);
  const gsize        row = (gsize) picture->width * picture->channels;
  g_autofree gfloat *pixels = g_new (gfloat, row);
  gint               h;
  gsize              i;

  for (h = 0; h < picture->height; h++)
    {
      for (i = 0; i < row; i++)
        pixels[i] = CLAMP ((picture->data[h * row + i] + 1) / 2, 0, 1);
      gegl_buffer_set (buffer, GEGL_RECTANGLE (0, h, picture->width, 1), 0,
                       format, pixels, GEGL_AUTO_ROWSTRIDE);
    }

  return buffer;
}

/* Lays a row of grey or colour and alpha over a row of the picture. */
static void
composite_row (const gfloat *over,
               gint          width,
               gint          channels,
               SinganReal   *pixels,
               SinganReal   *alphas)
{
  gint w;
  gint c;

  for (w = 0; w < width; w++, over += channels + 1, pixels += channels)
    {
      gboolean is_finite = isfinite (over[channels]);
      gfloat   alpha;

      for (c = 0; c < channels; c++)
        is_finite = is_finite && isfinite (over[c]);
      alpha = is_finite ? CLAMP (over[channels], 0, 1) : 0;
      alphas[w] = alpha;
      if (alpha == 0)
        continue;
      for (c = 0; c < channels; c++)
        {
          const gfloat value = CLAMP (over[c], 0, 1) * 2 - 1;

          pixels[c]
              = alpha == 1 ? value : alpha * value + (1 - alpha) * pixels[c];
        }
    }
}

SinganTensor *
singan_image_composite (SinganTensor *picture,
                        GeglBuffer   *source,
                        GeglBuffer   *overlay,
                        GError      **error)
{
  const gint  channels = picture->channels;
  const Babl *format
      = in_space_of (source, channels == 1 ? "Y'A float" : "R'G'B'A float");
  const gsize        row = (gsize) picture->width * channels;
  g_autofree gfloat *over
      = g_new (gfloat, (gsize) picture->width * (channels + 1));
  SinganTensor *alpha
      = singan_tensor_new (picture->height, picture->width, 1, error);
  gint h;

  if (! alpha)
    return NULL;
  for (h = 0; h < picture->height; h++)
    {
      gegl_buffer_get (overlay, GEGL_RECTANGLE (0, h, picture->width, 1), 1.0,
                       format, over, GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
      composite_row (over, picture->width, channels, picture->data + h * row,
                     alpha->data + (gsize) h * picture->width);
    }

  return alpha;
}

SinganTensor *
singan_image_read_mask (GeglBuffer *mask, GError **error)
{
  const GeglRectangle *extent = gegl_buffer_get_extent (mask);
  SinganTensor        *weights
      = singan_tensor_new (extent->height, extent->width, 1, error);

  if (weights)
    gegl_buffer_get (mask, extent, 1.0, babl_format ("Y float"), weights->data,
                     GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);

  return weights;
}

SinganTensor *
singan_image_read_region (GeglBuffer *mask,
                          gint        height,
                          gint        width,
                          GError    **error)
{
  const Babl        *format = in_space_of (mask, "Y'A float");
  g_autofree gfloat *row = g_new (gfloat, (gsize) width * 2);
  SinganTensor      *region = singan_tensor_new (height, width, 1, error);
  gint               h;
  gint               w;

  if (! region)
    return NULL;
  for (h = 0; h < height; h++)
    {
      gegl_buffer_get (mask, GEGL_RECTANGLE (0, h, width, 1), 1.0, format, row,
                       GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
      for (w = 0; w < width; w++)
        region->data[(gsize) h * width + w] = row[2 * w] * row[2 * w + 1];
    }

  return region;
}

GeglBuffer *
singan_image_write_mask (const SinganTensor *weights)
{
  const Babl *format = babl_format ("Y float");
  GeglBuffer *mask = gegl_buffer_new (
      GEGL_RECTANGLE (0, 0, weights->width, weights->height), format);

  gegl_buffer_set (mask, NULL, 0, format, weights->data, GEGL_AUTO_ROWSTRIDE);

  return mask;
}

gchar *
singan_image_hash (const SinganTensor *picture)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree gchar *size = g_strdup_printf ("%dx%dx%d ", picture->height,
                                            picture->width, picture->channels);
  const gsize       row = (gsize) picture->width * picture->channels;
  gint              h;

  g_checksum_update (checksum, (const guchar *) size, -1);
  for (h = 0; h < picture->height; h++)
    g_checksum_update (checksum, (const guchar *) (picture->data + h * row),
                       row * sizeof (SinganReal));

  return g_strdup (g_checksum_get_string (checksum));
}
