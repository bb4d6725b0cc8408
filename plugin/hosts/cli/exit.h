/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How the program "singan" ends: the exit codes, and the line that says why.
 * Used by all of the verbs.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Exit codes. */
#define SINGAN_EXIT_DONE 0
#define SINGAN_EXIT_FAILED 1
#define SINGAN_EXIT_USAGE 2
#define SINGAN_EXIT_INTERRUPTED 130

/**
 * singan_cli_fail:
 * @exit_code: of the program
 * @message: what and why
 *
 * Writes "singan: message" to stderr.
 *
 * Returns: @exit_code
 */
gint singan_cli_fail (gint exit_code, const gchar *message);

G_END_DECLS
