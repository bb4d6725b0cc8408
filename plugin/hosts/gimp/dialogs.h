/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the procedures' dialogs of GIMP 2.10 and GIMP 3 have in common, beside
 * the panel of the model.
 */

#pragma once

#include <gtk/gtk.h>

#include "plugin/hosts/gimp/gimp.h"
#include "plugin/hosts/gtk/panel.h"

G_BEGIN_DECLS

/**
 * singan_gimp_check_label:
 * @argument: an argument
 *
 * Whole numbers whose least value, -1, means none in particular get a check
 * button beside the number, which does without it.
 *
 * Returns: (nullable): the untranslated label of that button; NULL if the
 *   argument needs none
 */
const gchar *singan_gimp_check_label (const SinganArgument *argument);

/**
 * singan_gimp_least_number:
 * @argument: an argument
 *
 * Returns: the least number that a person may choose, where there is a check
 *   button without it
 */
gdouble singan_gimp_least_number (const SinganArgument *argument);

/**
 * singan_gimp_seed_button_new:
 * @clicked: called with @data
 * @data: for @clicked
 *
 * Returns: (transfer floating): a button that asks for another seed
 */
GtkWidget *singan_gimp_seed_button_new (GCallback clicked, gpointer data);

/**
 * singan_gimp_draw_seed:
 *
 * Returns: another seed
 */
gint singan_gimp_draw_seed (void);

/**
 * singan_gimp_frame_panel:
 * @panel: a panel
 *
 * Returns: (transfer floating): the panel's widget below a bold title, as
 *   GIMP's dialogs have their groups
 */
GtkWidget *singan_gimp_frame_panel (SinganPanel *panel);

/**
 * singan_gimp_look:
 * @panel: the panel
 * @job: what the dialog is for; its host's base is set
 * @layer: a layer, which the model learns
 * @values: of the dialog, one an argument
 *
 * Lets the panel look at a layer.  Does nothing where that or the job's own
 * layer went while the dialog is open.
 */
void singan_gimp_look (SinganPanel    *panel,
                       SinganJob      *job,
                       SinganGimpLayer layer,
                       const gdouble  *values);

G_END_DECLS
