/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The dialog of any procedure in GIMP 3, made by GIMP from the procedure's
 * arguments, with the widgets that the row of the table asks for.  Knows no
 * images; used by main.c.
 */

#pragma once

#include <libgimp/gimp.h>

#include "plugin/procedures/procedure.h"

G_BEGIN_DECLS

/**
 * singan_dialog_run:
 * @procedure: as GIMP knows it
 * @config: (inout): its values are where the dialog starts, and what the person
 *   chose
 * @row: of the table
 *
 * Returns: FALSE if the person cancelled
 */
gboolean singan_dialog_run (GimpProcedure         *procedure,
                            GimpProcedureConfig   *config,
                            const SinganProcedure *row);

G_END_DECLS
