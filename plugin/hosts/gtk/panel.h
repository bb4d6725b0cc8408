/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The part of a procedure's dialog that tells of the layer's model: what it is,
 * how long a training would take, and what each start scale gives.  All that
 * takes time is done on a thread of its own.
 */

#pragma once

#include <gtk/gtk.h>

#include "plugin/hosts/gtk/chooser.h"
#include "plugin/procedures/procedure.h"

G_BEGIN_DECLS

/**
 * SinganPanel:
 *
 * Opaque.  Belongs to the thread of the main loop.
 */
typedef struct _SinganPanel SinganPanel;

/**
 * SinganPresetFunc:
 * @preset: of the layer's model, which the job will use
 * @data: as given to singan_panel_new ()
 */
typedef void (*SinganPresetFunc) (SinganPreset preset, gpointer data);

/**
 * singan_panel_new:
 * @procedure: what the dialog is for
 * @chosen: told if the person clicks the picture of a start scale
 * @found: told once a model of the layer is found, so that the dialog shows the
 *   preset that it has; not if the person chose another one meanwhile
 * @data: for @chosen and @found
 *
 * Returns: (transfer full): the panel
 */
SinganPanel *singan_panel_new (const SinganProcedure *procedure,
                               SinganChosenFunc       chosen,
                               SinganPresetFunc       found,
                               gpointer               data);

/**
 * singan_panel_free:
 * @panel: (transfer full): the panel; its widget lives as long as its parent
 *
 * Waits for the thread, which stops at once, but for a scale or a file that it
 * is at.
 */
void singan_panel_free (SinganPanel *panel);

/**
 * singan_panel_get_widget:
 * @panel: the panel
 *
 * Returns: (transfer none): what to put into the dialog
 */
GtkWidget *singan_panel_get_widget (SinganPanel *panel);

/**
 * singan_panel_look:
 * @panel: the panel
 * @job: (transfer full): a job with source and pictures that nobody else uses,
 *   made with g_new (); its values are those of the dialog
 *
 * Looks at the layer and its models anew.
 */
void singan_panel_look (SinganPanel *panel, SinganJob *job);

/**
 * singan_panel_set_values:
 * @panel: the panel
 * @values: one an argument
 *
 * Tells what the dialog's values are now.  New pictures are made once they have
 * not changed for a moment.
 */
void singan_panel_set_values (SinganPanel *panel, const gdouble *values);

G_END_DECLS
