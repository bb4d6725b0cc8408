/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The files that are installed beside the plug-in: its help and its icon.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define SINGAN_GIMP_HELP_FOLDER "help"
#define SINGAN_GIMP_ICON_FILE "singan.svg"

/**
 * singan_gimp_files_init:
 * @program: the first word of the command line, by which GIMP calls the
 *   plug-in; has to outlive it
 */
void singan_gimp_files_init (const gchar *program);

/**
 * singan_gimp_find_file:
 * @name: of a file or folder beside the plug-in
 *
 * Returns: (transfer full) (nullable): its path; NULL if it is not there
 */
gchar *singan_gimp_find_file (const gchar *name);

G_END_DECLS
