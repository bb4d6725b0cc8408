/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "plugin/hosts/gtk/curves.h"

#include <math.h>
#include <stdlib.h>

#include "plugin/hosts/gtk/toolkit.h"

#define DATA_KEY "singan-curves"

/* Least size, and distance of lines and texts from the sides, pixels. */
#define WIDTH 260
#define HEIGHT 96
#define MARGIN 4

/* Share of the values that may lie beyond either end of the vertical axis: a
 * few that jump far away would make a flat line of all others. */
#define OUTSIDE 0.01

/* How strong the text colour is in frame and marks. */
#define FAINT 0.15

typedef struct
{
  gint     n_lines;
  gboolean is_logarithmic;
  GArray  *lines[SINGAN_CURVES_MAXIMUM]; /* of gfloat */
  GArray  *marks;                        /* of gdouble */
} Curves;

static const gdouble colours[SINGAN_CURVES_MAXIMUM][3] = {
  { 0x35 / 255.0, 0x84 / 255.0, 0xe4 / 255.0 },
  { 0xe6 / 255.0, 0x61 / 255.0, 0x00 / 255.0 },
};

static void
free_curves (gpointer data)
{
  Curves *curves = data;
  gint    i;

  for (i = 0; i < SINGAN_CURVES_MAXIMUM; i++)
    g_array_unref (curves->lines[i]);
  g_array_unref (curves->marks);
  g_free (curves);
}

static gint
compare (gconstpointer a, gconstpointer b)
{
  const gfloat x = *(const gfloat *) a;
  const gfloat y = *(const gfloat *) b;

  return (x > y) - (x < y);
}

/* The ends of the vertical axis. */
static void
find_range (const Curves *curves, gdouble *bottom, gdouble *top)
{
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (gfloat));
  guint outside;
  gint  i;

  for (i = 0; i < curves->n_lines; i++)
    g_array_append_vals (all, curves->lines[i]->data, curves->lines[i]->len);
  g_array_sort (all, compare);
  outside = (guint) (OUTSIDE * all->len);
  *bottom = g_array_index (all, gfloat, outside);
  *top = g_array_index (all, gfloat, all->len - 1 - outside);
  if (*top <= *bottom)
    *top = *bottom + 1;
}

static gdouble
height_of (const Curves *curves, gdouble value, gdouble bottom, gdouble top)
{
  if (curves->is_logarithmic)
    return log (value / bottom) / log (top / bottom);

  return (value - bottom) / (top - bottom);
}

static void
draw_text (GtkWidget *widget,
           cairo_t   *cairo,
           gdouble    value,
           gint       height,
           gboolean   is_top)
{
  g_autofree gchar *text = g_strdup_printf ("%.2g", value);
  g_autoptr (PangoLayout) layout
      = gtk_widget_create_pango_layout (widget, NULL);
  g_autofree gchar *markup = g_strdup_printf ("<small>%s</small>", text);
  gint              text_height;

  pango_layout_set_markup (layout, markup, -1);
  pango_layout_get_pixel_size (layout, NULL, &text_height);
  cairo_move_to (cairo, MARGIN,
                 is_top ? MARGIN : height - MARGIN - text_height);
  singan_set_source_text (cairo, widget, 1);
  pango_cairo_show_layout (cairo, layout);
}

static void
draw_line (const Curves *curves,
           cairo_t      *cairo,
           gint          line,
           gdouble       bottom,
           gdouble       top,
           gdouble       width,
           gdouble       height)
{
  const GArray *values = curves->lines[line];
  guint         i;

  cairo_set_source_rgb (cairo, colours[line][0], colours[line][1],
                        colours[line][2]);
  for (i = 0; i < values->len; i++)
    {
      const gdouble at
          = height_of (curves, g_array_index (values, gfloat, i), bottom, top);

      cairo_line_to (cairo, width * i / (values->len - 1),
                     MARGIN + (height - 2 * MARGIN) * (1 - CLAMP (at, 0, 1)));
    }
  cairo_stroke (cairo);
}

static gboolean
draw (GtkWidget *widget, SinganDrawEvent *event, gpointer data)
{
  const Curves *curves = data;
  const guint   count = curves->lines[0]->len;
  GtkAllocation place;
  cairo_t      *cairo = singan_draw_begin (widget, event);
  gdouble       bottom;
  gdouble       top;
  guint         m;
  gint          i;

  gtk_widget_get_allocation (widget, &place);
  cairo_set_line_width (cairo, 1);
  singan_set_source_text (cairo, widget, FAINT);
  cairo_rectangle (cairo, 0.5, 0.5, place.width - 1, place.height - 1);
  cairo_stroke (cairo);
  if (count >= 2)
    {
      for (m = 0; m < curves->marks->len; m++)
        {
          const gdouble mark = g_array_index (curves->marks, gdouble, m);

          cairo_move_to (cairo, floor (place.width * mark / (count - 1)) + 0.5,
                         0);
          cairo_rel_line_to (cairo, 0, place.height);
        }
      cairo_stroke (cairo);

      find_range (curves, &bottom, &top);
      for (i = 0; i < curves->n_lines; i++)
        draw_line (curves, cairo, i, bottom, top, place.width, place.height);
      draw_text (widget, cairo, top, place.height, TRUE);
      draw_text (widget, cairo, bottom, place.height, FALSE);
    }
  cairo_destroy (cairo);

  return FALSE;
}

GtkWidget *
singan_curves_new (gint n_lines, gboolean is_logarithmic)
{
  GtkWidget *widget = gtk_drawing_area_new ();
  Curves    *curves = g_new0 (Curves, 1);
  gint       i;

  curves->n_lines = n_lines;
  curves->is_logarithmic = is_logarithmic;
  for (i = 0; i < SINGAN_CURVES_MAXIMUM; i++)
    curves->lines[i] = g_array_new (FALSE, FALSE, sizeof (gfloat));
  curves->marks = g_array_new (FALSE, FALSE, sizeof (gdouble));

  gtk_widget_set_size_request (widget, WIDTH, HEIGHT);
  g_object_set_data_full (G_OBJECT (widget), DATA_KEY, curves, free_curves);
  g_signal_connect (widget, SINGAN_DRAW_SIGNAL, G_CALLBACK (draw), curves);

  return widget;
}

void
singan_curves_set_line (GtkWidget    *widget,
                        gint          line,
                        const gfloat *values,
                        guint         count)
{
  Curves *curves = g_object_get_data (G_OBJECT (widget), DATA_KEY);

  g_array_set_size (curves->lines[line], 0);
  g_array_append_vals (curves->lines[line], values, count);
  gtk_widget_queue_draw (widget);
}

void
singan_curves_set_marks (GtkWidget *widget, const gdouble *marks, guint count)
{
  Curves *curves = g_object_get_data (G_OBJECT (widget), DATA_KEY);

  g_array_set_size (curves->marks, 0);
  g_array_append_vals (curves->marks, marks, count);
  gtk_widget_queue_draw (widget);
}
