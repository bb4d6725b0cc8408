/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "plugin/hosts/gtk/picture.h"

#include <math.h>

#define RGB_CHANNELS 3
#define BITS 8

/* A grey that is seen on light and on dark grounds, red to alpha. */
#define EMPTY_COLOUR 0x80808040

/* From [-1, 1] to a byte. */
static guchar
make_byte (SinganReal value)
{
  return (guchar) lround (CLAMP ((value + 1) / 2, 0, 1) * G_MAXUINT8);
}

static GdkPixbuf *
convert (const SinganTensor *picture)
{
  GdkPixbuf *pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, BITS,
                                      picture->width, picture->height);
  const gint stride = gdk_pixbuf_get_rowstride (pixbuf);
  guchar    *pixels = gdk_pixbuf_get_pixels (pixbuf);
  gint       h, w, c;

  for (h = 0; h < picture->height; h++)
    for (w = 0; w < picture->width; w++)
      for (c = 0; c < RGB_CHANNELS; c++)
        {
          const gsize pixel = (gsize) h * picture->width + w;

          pixels[h * stride + w * RGB_CHANNELS + c]
              = make_byte (picture->data[pixel * picture->channels
                                         + MIN (c, picture->channels - 1)]);
        }

  return pixbuf;
}

GdkPixbuf *
singan_picture_new (const SinganTensor *picture, gint width, gint height)
{
  const gdouble factor = MIN ((gdouble) width / picture->width,
                              (gdouble) height / picture->height);
  g_autoptr (GdkPixbuf) pixbuf = convert (picture);

  return gdk_pixbuf_scale_simple (
      pixbuf, MAX (1, (gint) lround (factor * picture->width)),
      MAX (1, (gint) lround (factor * picture->height)), GDK_INTERP_BILINEAR);
}

GdkPixbuf *
singan_picture_new_empty (gint width, gint height)
{
  GdkPixbuf *pixbuf
      = gdk_pixbuf_new (GDK_COLORSPACE_RGB, TRUE, BITS, width, height);

  gdk_pixbuf_fill (pixbuf, EMPTY_COLOUR);

  return pixbuf;
}
