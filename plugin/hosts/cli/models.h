/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The verb "models": which model files there are, and away with those that
 * nobody needs.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * singan_cli_models:
 * @program: argv[0] of the process
 * @argc: number of words after "models"
 * @argv: the words
 *
 * singan models [--remove-outdated] [PICTURE|FOLDER...].  Nothing is removed
 * without that option.
 *
 * Returns: the exit code
 */
gint singan_cli_models (const gchar *program, gint argc, gchar **argv);

G_END_DECLS
