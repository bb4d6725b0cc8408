/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The dialog of any procedure in GIMP 3, made by GIMP from the procedure's
 * arguments, with the widgets that the row of the table asks for and the panel
 * of the layer's model.  Used by main.c.
 */

#pragma once

#include <libgimp/gimp.h>

#include "plugin/hosts/gimp/gimp.h"

G_BEGIN_DECLS

/**
 * singan_dialog_run:
 * @procedure: as GIMP knows it
 * @config: (inout): its values are where the dialog starts, and what the person
 *   chose
 * @job: what it is for, with its host; its values stay as they are
 *
 * Returns: FALSE if the person cancelled
 */
gboolean singan_dialog_run (GimpProcedure       *procedure,
                            GimpProcedureConfig *config,
                            SinganJob           *job);

G_END_DECLS
