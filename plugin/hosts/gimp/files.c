/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "plugin/hosts/gimp/files.h"

static const gchar *program_path;

void
singan_gimp_files_init (const gchar *program)
{
  program_path = program;
}

gchar *
singan_gimp_find_file (const gchar *name)
{
  g_autofree gchar *folder = g_path_get_dirname (program_path);
  g_autofree gchar *path = g_build_filename (folder, name, NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS) ? g_steal_pointer (&path)
                                                : NULL;
}
