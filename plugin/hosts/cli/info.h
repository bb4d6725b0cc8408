/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The verb "info": what model files are, and which kernels run here, for people
 * or, as JSON, for programs.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * singan_cli_info:
 * @argc: number of words after "info"
 * @argv: the words
 *
 * singan info [--json] MODEL..., singan info [--json] --cpu.
 *
 * Returns: the exit code
 */
gint singan_cli_info (gint argc, gchar **argv);

G_END_DECLS
