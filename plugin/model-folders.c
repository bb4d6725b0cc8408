/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "plugin/model-folders.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>

#define FOLDER_SUFFIX ".singan"
#define USER_FOLDER "singan"

/* The list of image folders: URIs, one a line. */
#define LIST_NAME "folders"

gchar *
singan_model_folder_of_image (const gchar *path)
{
  return path ? g_strconcat (path, FOLDER_SUFFIX, NULL) : NULL;
}

gchar *
singan_model_folder_get_image (const gchar *folder)
{
  g_autofree gchar *name = g_path_get_basename (folder);

  if (! g_str_has_suffix (name, FOLDER_SUFFIX)
      || strlen (name) == strlen (FOLDER_SUFFIX))
    return NULL;

  return g_strndup (folder, strlen (folder) - strlen (FOLDER_SUFFIX));
}

gchar *
singan_model_folder_of_user (void)
{
  return g_build_filename (g_get_user_data_dir (), USER_FOLDER, NULL);
}

gchar *
singan_model_folder_of_cache (void)
{
  return g_build_filename (g_get_user_cache_dir (), USER_FOLDER, NULL);
}

gboolean
singan_model_folder_make (const gchar *folder)
{
  return g_mkdir_with_parents (folder, 0777) == 0
         && g_access (folder, W_OK | X_OK) == 0;
}

static gchar *
list_path (void)
{
  return g_build_filename (g_get_user_data_dir (), USER_FOLDER, LIST_NAME,
                           NULL);
}

/* All folders that were ever listed, each once. */
static GPtrArray *
read_list (void)
{
  GPtrArray        *folders = g_ptr_array_new_with_free_func (g_free);
  g_autofree gchar *path = list_path ();
  g_autofree gchar *text = NULL;
  g_auto (GStrv) lines = NULL;
  gint i;

  if (! g_file_get_contents (path, &text, NULL, NULL))
    return folders;
  lines = g_strsplit (text, "\n", -1);
  for (i = 0; lines[i]; i++)
    {
      g_autofree gchar *folder = g_filename_from_uri (lines[i], NULL, NULL);

      if (folder
          && ! g_ptr_array_find_with_equal_func (folders, folder, g_str_equal,
                                                 NULL))
        g_ptr_array_add (folders, g_steal_pointer (&folder));
    }

  return folders;
}

void
singan_model_folders_record (const gchar *folder)
{
  g_autofree gchar *absolute = g_canonicalize_filename (folder, NULL);
  g_autofree gchar *uri = g_filename_to_uri (absolute, NULL, NULL);
  g_autofree gchar *user = singan_model_folder_of_user ();
  g_autofree gchar *path = list_path ();
  g_autoptr (GPtrArray) listed = read_list ();
  FILE *file;

  if (! uri
      || g_ptr_array_find_with_equal_func (listed, absolute, g_str_equal, NULL)
      || ! singan_model_folder_make (user))
    return;

  /* A line is appended as one piece: several programs may do so at once. */
  file = g_fopen (path, "a");
  if (! file)
    return;
  fprintf (file, "%s\n", uri);
  fclose (file);
}

GPtrArray *
singan_model_folders_recorded (void)
{
  GPtrArray *folders = read_list ();
  guint      i;

  for (i = folders->len; i > 0; i--)
    if (! g_file_test (g_ptr_array_index (folders, i - 1), G_FILE_TEST_IS_DIR))
      g_ptr_array_remove_index (folders, i - 1);

  return folders;
}

GPtrArray *
singan_model_folders_beside (const gchar *path)
{
  GPtrArray        *folders = g_ptr_array_new_with_free_func (g_free);
  g_autofree gchar *parent = path ? g_path_get_dirname (path) : NULL;
  g_autoptr (GDir) directory = parent ? g_dir_open (parent, 0, NULL) : NULL;
  const gchar *name;

  while (directory && (name = g_dir_read_name (directory)))
    if (g_str_has_suffix (name, FOLDER_SUFFIX))
      g_ptr_array_add (folders, g_build_filename (parent, name, NULL));

  return folders;
}
