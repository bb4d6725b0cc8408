/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Losses as curves: a widget that draws a few lines over the iterations, with
 * the beginnings of the scales.
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Most lines in one widget. */
#define SINGAN_CURVES_MAXIMUM 2

/* Colours of the lines, as Pango markup has them. */
#define SINGAN_CURVES_COLOUR_0 "#3584e4"
#define SINGAN_CURVES_COLOUR_1 "#e66100"

/**
 * singan_curves_new:
 * @n_lines: 1 .. SINGAN_CURVES_MAXIMUM
 * @is_logarithmic: whether the vertical axis is; values then are positive
 *
 * Returns: (transfer floating): the widget, without data
 */
GtkWidget *singan_curves_new (gint n_lines, gboolean is_logarithmic);

/**
 * singan_curves_set_line:
 * @curves: the widget
 * @line: which one, from 0
 * @values: copied, one a point
 * @count: how many; the same for all lines
 */
void singan_curves_set_line (GtkWidget    *curves,
                             gint          line,
                             const gfloat *values,
                             guint         count);

/**
 * singan_curves_set_marks:
 * @curves: the widget
 * @marks: copied: where scales begin, in points
 * @count: how many
 */
void
singan_curves_set_marks (GtkWidget *curves, const gdouble *marks, guint count);

G_END_DECLS
