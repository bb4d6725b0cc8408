/* SPDX-License-Identifier: GPL-3.0-or-later */

/* For renameat2 (). */
#define _GNU_SOURCE

#include "config.h"

#include "plugin/hosts/cli/safe-file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "core/base/i18n.h"

#define PREFIX ".singan-"
#define SUFFIX ".part"

static void
set_error (GError **error, gint code, const gchar *path)
{
  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code),
               _ ("“%s” could not be written: %s"), path, g_strerror (code));
}

/* A process holds a lock on what it is writing, which ends with it, however
 * that was and on whichever machine. */
static void
remove_left_behind (const gchar *folder)
{
  g_autoptr (GDir) directory = g_dir_open (folder, 0, NULL);
  const gchar *name;

  while (directory && (name = g_dir_read_name (directory)))
    {
      g_autofree gchar *path = NULL;
      gint              fd;

      if (! g_str_has_prefix (name, PREFIX)
          || ! g_str_has_suffix (name, SUFFIX))
        continue;
      path = g_build_filename (folder, name, NULL);
      fd = open (path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
      if (fd < 0)
        continue;
      if (flock (fd, LOCK_EX | LOCK_NB) == 0)
        g_unlink (path);
      close (fd);
    }
}

/* Another process may have taken the file for one left behind before it was
 * locked: then it has no name any more. */
static gboolean
is_ours (gint fd)
{
  struct stat status;

  if (flock (fd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK)
    return FALSE;

  return fstat (fd, &status) == 0 && status.st_nlink > 0;
}

gboolean
singan_cli_file_open (SinganCliFile *file, const gchar *folder, GError **error)
{
  *file = (SinganCliFile) SINGAN_CLI_FILE_CLOSED;
  remove_left_behind (folder);
  while (TRUE)
    {
      file->path = g_build_filename (folder, PREFIX "XXXXXX" SUFFIX, NULL);
      /* With the rights that the person's umask leaves. */
      file->fd = g_mkstemp_full (file->path, O_RDWR | O_CLOEXEC, 0666);
      if (file->fd < 0)
        {
          const gint code = errno;

          g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code),
                       _ ("The folder “%s” cannot be written to: %s"), folder,
                       g_strerror (code));
          g_clear_pointer (&file->path, g_free);
          return FALSE;
        }
      if (is_ours (file->fd))
        return TRUE;
      close (file->fd);
      g_free (file->path);
    }
}

/* Without replacing, in one step where the file system can do that. */
static gboolean
move_to_new_name (const gchar *from, const gchar *to)
{
  if (renameat2 (AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
    return TRUE;
  if (errno != EINVAL && errno != ENOSYS)
    return FALSE;
  if (g_file_test (to, G_FILE_TEST_EXISTS | G_FILE_TEST_IS_SYMLINK))
    {
      errno = EEXIST;
      return FALSE;
    }

  return g_rename (from, to) == 0;
}

gboolean
singan_cli_file_finish (SinganCliFile *file,
                        const gchar   *path,
                        gboolean       replaces,
                        GError       **error)
{
  gboolean success = fsync (file->fd) == 0;

  if (success)
    success = replaces ? g_rename (file->path, path) == 0
                       : move_to_new_name (file->path, path);
  if (! success)
    {
      set_error (error, errno, path);
      return FALSE;
    }
  g_clear_pointer (&file->path, g_free);
  singan_cli_file_clear (file);

  return TRUE;
}

void
singan_cli_file_clear (SinganCliFile *file)
{
  if (file->path)
    g_unlink (file->path);
  if (file->fd >= 0)
    close (file->fd);
  g_clear_pointer (&file->path, g_free);
  file->fd = -1;
}
