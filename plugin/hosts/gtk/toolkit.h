/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where GTK 2 and GTK 3 differ: all that the other files of this folder need
 * of it, so that each of them is written once.
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* GIMP's own dialogs use these, in pixels: around a dialog, between groups and
 * between the things of a group. */
#define SINGAN_BORDER_WIDTH 12
#define SINGAN_GROUP_SPACING 12
#define SINGAN_SPACING 6

/**
 * singan_box_new:
 * @orientation: of the things in it
 * @spacing: between them, pixels
 *
 * Returns: (transfer floating): a box
 */
static inline GtkWidget *
singan_box_new (GtkOrientation orientation, gint spacing)
{
#if GTK_CHECK_VERSION(3, 0, 0)
  return gtk_box_new (orientation, spacing);
#else
  return orientation == GTK_ORIENTATION_HORIZONTAL
             ? gtk_hbox_new (FALSE, spacing)
             : gtk_vbox_new (FALSE, spacing);
#endif
}

/**
 * singan_label_new:
 * @text: what it says
 *
 * Returns: (transfer floating): a label whose text begins at the left
 */
static inline GtkWidget *
singan_label_new (const gchar *text)
{
  GtkWidget *label = gtk_label_new (text);

#if GTK_CHECK_VERSION(3, 0, 0)
  gtk_label_set_xalign (GTK_LABEL (label), 0);
#else
  gtk_misc_set_alignment (GTK_MISC (label), 0, 0.5);
#endif

  return label;
}

/**
 * singan_image_new:
 * @pixbuf: the picture
 *
 * Returns: (transfer floating): a picture at the left of its place
 */
static inline GtkWidget *
singan_image_new (GdkPixbuf *pixbuf)
{
  GtkWidget *image = gtk_image_new_from_pixbuf (pixbuf);

#if GTK_CHECK_VERSION(3, 0, 0)
  gtk_widget_set_halign (image, GTK_ALIGN_START);
#else
  gtk_misc_set_alignment (GTK_MISC (image), 0, 0.5);
#endif

  return image;
}

/* The signal by which a widget draws itself, and what its handler gets after
 * the widget itself. */
#if GTK_CHECK_VERSION(3, 0, 0)
#define SINGAN_DRAW_SIGNAL "draw"
typedef cairo_t SinganDrawEvent;
#else
#define SINGAN_DRAW_SIGNAL "expose-event"
typedef GdkEventExpose SinganDrawEvent;
#endif

/**
 * singan_draw_begin:
 * @widget: a widget with a window of its own
 * @event: what the handler got
 *
 * Returns: (transfer full): where to draw
 */
static inline cairo_t *
singan_draw_begin (GtkWidget *widget, SinganDrawEvent *event)
{
#if GTK_CHECK_VERSION(3, 0, 0)
  (void) widget;
  return cairo_reference (event);
#else
  cairo_t *cairo = gdk_cairo_create (gtk_widget_get_window (widget));

  gdk_cairo_region (cairo, event->region);
  cairo_clip (cairo);

  return cairo;
#endif
}

/**
 * singan_set_source_text:
 * @cairo: where to draw
 * @widget: a widget
 * @alpha: 0 .. 1
 *
 * Draws with the colour of the widget's text from now on.
 */
static inline void
singan_set_source_text (cairo_t *cairo, GtkWidget *widget, gdouble alpha)
{
#if GTK_CHECK_VERSION(3, 0, 0)
  GtkStyleContext *context = gtk_widget_get_style_context (widget);
  GdkRGBA          colour;

  gtk_style_context_get_color (context, gtk_style_context_get_state (context),
                               &colour);
  cairo_set_source_rgba (cairo, colour.red, colour.green, colour.blue, alpha);
#else
  const GdkColor *colour
      = &gtk_widget_get_style (widget)->fg[gtk_widget_get_state (widget)];

  cairo_set_source_rgba (cairo, colour->red / (gdouble) G_MAXUINT16,
                         colour->green / (gdouble) G_MAXUINT16,
                         colour->blue / (gdouble) G_MAXUINT16, alpha);
#endif
}

G_END_DECLS
