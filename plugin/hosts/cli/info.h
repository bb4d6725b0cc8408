/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The verb "info": what a model file is, and which kernels run here.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * singan_cli_info:
 * @argc: number of words after "info"
 * @argv: the words
 *
 * singan info MODEL..., singan info --cpu.  A bad file does not keep the others
 * from being shown.
 *
 * Returns: the exit code
 */
gint singan_cli_info (gint argc, gchar **argv);

G_END_DECLS
