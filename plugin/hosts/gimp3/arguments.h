/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The table's arguments as GIMP 3 knows them: properties of a procedure and of
 * its config.
 */

#pragma once

#include <libgimp/gimp.h>

#include "plugin/procedures/procedure.h"

G_BEGIN_DECLS

/**
 * singan_argument_add:
 * @procedure: gets an argument
 * @argument: which is not of the command line only
 */
void singan_argument_add (GimpProcedure        *procedure,
                          const SinganArgument *argument);

/**
 * singan_arguments_read:
 * @config: a config
 * @job: (inout): its values are the config's
 * @error: SINGAN_ERROR_SETTINGS for a value that is out of range, or a choice
 *   that there is not
 *
 * Returns: FALSE with @error set
 */
gboolean singan_arguments_read (GimpProcedureConfig *config,
                                SinganJob           *job,
                                GError             **error);

G_END_DECLS
