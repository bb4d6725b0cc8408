/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A folder of its own for a test program.
 */

#pragma once

#include <gio/gio.h>

static gchar *folder;

/* The path of a file there; to be freed. */
static inline gchar *
path_of (const gchar *name)
{
  return g_build_filename (folder, name, NULL);
}

static inline int
make_folder (void **state G_GNUC_UNUSED)
{
  folder = g_dir_make_tmp ("singan-test-XXXXXX", NULL);

  return folder ? 0 : -1;
}

static inline int
remove_folder (void **state G_GNUC_UNUSED)
{
  gchar   *arguments[] = { (gchar *) "rm", (gchar *) "-rf", folder, NULL };
  gboolean is_removed
      = g_spawn_sync (NULL, arguments, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL,
                      NULL, NULL, NULL, NULL);

  g_clear_pointer (&folder, g_free);

  return is_removed ? 0 : -1;
}
