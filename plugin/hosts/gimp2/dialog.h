/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The dialog of any procedure, made from its row of arguments.  Knows no
 * images; used by main.c.
 */

#pragma once

#include <glib.h>

#include "plugin/procedures/procedure.h"

G_BEGIN_DECLS

/**
 * singan_dialog_run:
 * @job: its values are where the dialog starts, and what the person chose
 * @role: the procedure's name in the PDB, by which window managers know it
 *
 * Returns: FALSE if the person cancelled; the values are then as they were
 */
gboolean singan_dialog_run (SinganJob *job, const gchar *role);

G_END_DECLS
