/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Small pictures of what each start scale gives, one of which is chosen by a
 * click.
 */

#pragma once

#include <gtk/gtk.h>

#include "core/base/tensor.h"

G_BEGIN_DECLS

/* No scale is chosen. */
#define SINGAN_CHOOSER_NONE (-1)

/**
 * SinganChosenFunc:
 * @scale: the scale that was clicked
 * @data: as given to singan_chooser_new ()
 */
typedef void (*SinganChosenFunc) (gint scale, gpointer data);

/**
 * singan_chooser_new:
 * @chosen: told of clicks
 * @data: for @chosen
 *
 * Returns: (transfer floating): the widget, without scales
 */
GtkWidget *singan_chooser_new (SinganChosenFunc chosen, gpointer data);

/**
 * singan_chooser_set_range:
 * @chooser: the widget
 * @first: the coarsest scale that can be chosen
 * @count: how many scales; 0 for none
 *
 * Makes places for their pictures, if they are not there already.
 */
void singan_chooser_set_range (GtkWidget *chooser, gint first, gint count);

/**
 * singan_chooser_set_picture:
 * @chooser: the widget
 * @scale: in its range
 * @picture: what that scale gives
 */
void singan_chooser_set_picture (GtkWidget          *chooser,
                                 gint                scale,
                                 const SinganTensor *picture);

/**
 * singan_chooser_select:
 * @chooser: the widget
 * @scale: what to mark as chosen; SINGAN_CHOOSER_NONE, or one that is not
 *   there, for none
 *
 * Tells nobody.
 */
void singan_chooser_select (GtkWidget *chooser, gint scale);

G_END_DECLS
