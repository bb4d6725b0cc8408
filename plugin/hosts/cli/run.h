/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Does what a verb and its options say, for one picture after the other.
 */

#pragma once

#include <glib.h>

#include "plugin/hosts/cli/options.h"

G_BEGIN_DECLS

/**
 * singan_cli_run:
 * @program: argv[0]
 * @options: what to do
 *
 * A picture that fails does not keep the next one from its turn.
 *
 * Returns: the exit code
 */
gint singan_cli_run (const gchar *program, const SinganCliOptions *options);

G_END_DECLS
