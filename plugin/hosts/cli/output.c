/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "plugin/hosts/cli/output.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "core/base/i18n.h"
#include "core/base/safe-file.h"
#include "core/singan.h"

/* Bytes that show whether the disk takes any. */
#define TRIAL_LENGTH 4096

/* Ending of results in a folder. */
#define FOLDER_ENDING ".png"

static gboolean
names_folder (const gchar *name)
{
  g_autofree gchar *base = g_path_get_basename (name);
  const gchar      *dot = strrchr (base, '.');

  return g_file_test (name, G_FILE_TEST_IS_DIR)
         || g_str_has_suffix (name, G_DIR_SEPARATOR_S) || ! dot || dot == base;
}

gboolean
singan_cli_output_init (SinganCliOutput    *output,
                        const gchar        *name,
                        gboolean            overwrites,
                        const gchar *const *inputs,
                        GError            **error)
{
  *output = (SinganCliOutput){ .format = SINGAN_CLI_FORMAT_PNG,
                               .overwrites = overwrites,
                               .inputs = inputs,
                               .written = g_hash_table_new_full (
                                   g_str_hash, g_str_equal, g_free, NULL) };
  if (g_strcmp0 (name, SINGAN_CLI_STANDARD_STREAM) == 0)
    {
      if (! isatty (STDOUT_FILENO))
        return TRUE;
      g_set_error_literal (error, SINGAN_ERROR, SINGAN_ERROR_SETTINGS,
                           _ ("--output - writes a picture to standard "
                              "output, which is a terminal; send it to a file "
                              "or to another program."));
      return FALSE;
    }
  if (! name || names_folder (name))
    {
      output->folder = g_strdup (name ? name : ".");
      return TRUE;
    }
  if (singan_cli_find_format (name, &output->format))
    {
      output->folder = g_path_get_dirname (name);
      output->file = g_strdup (name);
      return TRUE;
    }

  g_set_error (error, SINGAN_ERROR, SINGAN_ERROR_SETTINGS,
               _ ("--output is “%s”; the name of a file has to end with .png, "
                  ".jpg, .jpeg, .tif, .tiff or .webp, and that of a new folder "
                  "with a slash."),
               name);
  return FALSE;
}

gboolean
singan_cli_output_takes_one (const SinganCliOutput *output)
{
  return output->file || ! output->folder;
}

static gboolean
is_same_file (const gchar *a, const gchar *b)
{
  GStatBuf one;
  GStatBuf other;

  return g_stat (a, &one) == 0 && g_stat (b, &other) == 0
         && one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

static gboolean
is_input (const SinganCliOutput *output, const gchar *path)
{
  gint i;

  for (i = 0; output->inputs[i]; i++)
    if (is_same_file (output->inputs[i], path))
      return TRUE;

  return FALSE;
}

/* A link that leads nowhere is there as well. */
static gboolean
is_there (const gchar *path)
{
  return g_file_test (path, G_FILE_TEST_EXISTS)
         || g_file_test (path, G_FILE_TEST_IS_SYMLINK);
}

static gboolean
may_replace (const SinganCliOutput *output, const gchar *path)
{
  return output->overwrites && ! g_hash_table_contains (output->written, path)
         && ! is_input (output, path);
}

static gboolean
check_file (const SinganCliOutput *output, GError **error)
{
  if (! output->file || ! is_there (output->file))
    return TRUE;
  if (is_input (output, output->file))
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_EXIST,
                 _ ("--output is “%s”, a picture that the command reads; give "
                    "the result another name."),
                 output->file);
  else if (! output->overwrites)
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_EXIST,
                 _ ("“%s” is there already; --overwrite replaces it."),
                 output->file);
  else
    return TRUE;

  return FALSE;
}

/* The system's reason, and the folder that it is about. */
static gboolean
fail_in (const gchar *folder, const GError *reason, GError **error)
{
  g_set_error (error, reason->domain, reason->code,
               _ ("The folder “%s” cannot be written to: %s"), folder,
               reason->message);

  return FALSE;
}

static SinganSafeFile *
open_in (const gchar *folder, GError **error)
{
  g_autoptr (GError) reason = NULL;
  SinganSafeFile *file = singan_safe_file_new (folder, &reason);

  if (! file)
    fail_in (folder, reason, error);

  return file;
}

/* Whether the disk takes anything. */
static gboolean
try_to_write (const gchar *folder, GError **error)
{
  g_autoptr (SinganSafeFile) file = open_in (folder, error);
  g_autoptr (GError) reason = NULL;
  const gchar zeros[TRIAL_LENGTH] = { 0 };

  if (! file)
    return FALSE;
  if (! singan_safe_file_write (file, zeros, sizeof zeros, &reason))
    return fail_in (folder, reason, error);
  if (fsync (singan_safe_file_get_descriptor (file)) == 0)
    return TRUE;
  g_set_error_literal (&reason, G_FILE_ERROR, g_file_error_from_errno (errno),
                       g_strerror (errno));

  return fail_in (folder, reason, error);
}

gboolean
singan_cli_output_prepare (SinganCliOutput *output, GError **error)
{
  if (! output->folder)
    return TRUE;
  if (! check_file (output, error))
    return FALSE;

  output->is_folder_new = ! g_file_test (output->folder, G_FILE_TEST_EXISTS);
  if (g_mkdir_with_parents (output->folder, 0777) < 0)
    {
      const gint code = errno;

      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code),
                   _ ("The folder “%s” could not be made: %s"), output->folder,
                   g_strerror (code));
      return FALSE;
    }

  return try_to_write (output->folder, error);
}

/* Gives a file that is written a name that is free, or may be replaced; NULL
 * with error set. */
static gchar *
finish (SinganCliOutput *output,
        SinganSafeFile  *file,
        const gchar     *stem,
        GError         **error)
{
  gint n;

  for (n = 1;; n++)
    {
      g_autofree gchar *name
          = n == 1 ? g_strconcat (stem, FOLDER_ENDING, NULL)
                   : g_strdup_printf ("%s-%d" FOLDER_ENDING, stem, n);
      g_autofree gchar *path
          = output->file ? g_strdup (output->file)
                         : g_build_filename (output->folder, name, NULL);
      g_autoptr (GError) reason = NULL;

      if (singan_safe_file_finish (file, path, may_replace (output, path),
                                   &reason))
        return g_steal_pointer (&path);
      if (output->file
          || ! g_error_matches (reason, G_FILE_ERROR, G_FILE_ERROR_EXIST))
        {
          g_set_error (error, reason->domain, reason->code,
                       _ ("“%s” could not be written: %s"), path,
                       reason->message);
          return NULL;
        }
    }
}

gchar *
singan_cli_output_write (SinganCliOutput        *output,
                         const gchar            *stem,
                         GeglBuffer             *buffer,
                         const SinganCliPicture *like,
                         GError                **error)
{
  g_autoptr (SinganSafeFile) file = NULL;
  g_autofree gchar *wanted = NULL;
  gchar            *path;

  if (! output->folder)
    return singan_cli_picture_save (buffer, like, output->format, STDOUT_FILENO,
                                    SINGAN_CLI_STANDARD_STREAM, error)
               ? g_strdup (SINGAN_CLI_STANDARD_STREAM)
               : NULL;

  wanted = output->file ? g_strdup (output->file)
                        : g_build_filename (output->folder, stem, NULL);
  file = open_in (output->folder, error);
  if (! file
      || ! singan_cli_picture_save (buffer, like, output->format,
                                    singan_safe_file_get_descriptor (file),
                                    wanted, error))
    return NULL;
  path = finish (output, file, stem, error);
  if (path)
    g_hash_table_add (output->written, g_strdup (path));

  return path;
}

void
singan_cli_output_clear (SinganCliOutput *output)
{
  /* Fails, as it should, where there are results. */
  if (output->is_folder_new)
    g_rmdir (output->folder);
  g_clear_pointer (&output->folder, g_free);
  g_clear_pointer (&output->file, g_free);
  g_clear_pointer (&output->written, g_hash_table_unref);
}
