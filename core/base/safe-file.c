/* SPDX-License-Identifier: GPL-3.0-or-later */

/* For renameat2 (). */
#define _GNU_SOURCE

#include "config.h"

#include "core/base/safe-file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

/* What files on their way are called; mkstemp () chooses the middle. */
#define PREFIX ".singan-"
#define MIDDLE "XXXXXX"
#define SUFFIX ".part"

/* How often a new file may be lost to another process that took it for one
 * left behind. */
#define ATTEMPTS 100

struct _SinganSafeFile
{
  gchar *folder;
  gchar *part; /* its path until it is finished; NULL then */
  gint   fd;
};

static gboolean
fail (gint code, GError **error)
{
  g_set_error_literal (error, G_FILE_ERROR, g_file_error_from_errno (code),
                       g_strerror (code));

  return FALSE;
}

/* Whoever writes to a file has it locked, and the system unlocks what a process
 * leaves, however it ends.  Symbolic links are not followed. */
static void
remove_if_left (const gchar *path)
{
  struct stat status;
  const gint  fd
      = g_open (path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0);

  if (fd < 0)
    return;
  if (fstat (fd, &status) == 0 && S_ISREG (status.st_mode)
      && flock (fd, LOCK_EX | LOCK_NB) == 0)
    g_unlink (path);
  close (fd);
}

static void
remove_left_behind (const gchar *folder)
{
  g_autoptr (GDir) directory = g_dir_open (folder, 0, NULL);
  const gchar *name;

  while (directory && (name = g_dir_read_name (directory)))
    if (g_str_has_prefix (name, PREFIX) && g_str_has_suffix (name, SUFFIX)
        && strlen (name) == strlen (PREFIX MIDDLE SUFFIX))
      {
        g_autofree gchar *path = g_build_filename (folder, name, NULL);

        remove_if_left (path);
      }
}

/* Between its making and its lock another process may take it for one that was
 * left, and remove it: then it has no name any more. */
static gboolean
open_part (SinganSafeFile *file, GError **error)
{
  gint attempt;

  for (attempt = 0; attempt < ATTEMPTS; attempt++)
    {
      struct stat status;

      file->part = g_build_filename (file->folder, PREFIX MIDDLE SUFFIX, NULL);
      file->fd = g_mkstemp_full (file->part, O_RDWR | O_CLOEXEC, 0666);
      if (file->fd < 0)
        {
          const gint code = errno;

          g_clear_pointer (&file->part, g_free);
          return fail (code, error);
        }
      /* Where a file system has no locks, nothing is removed either. */
      while (flock (file->fd, LOCK_EX) < 0 && errno == EINTR)
        continue;
      if (fstat (file->fd, &status) == 0 && status.st_nlink > 0)
        return TRUE;
      close (file->fd);
      file->fd = -1;
      g_clear_pointer (&file->part, g_free);
    }

  return fail (EBUSY, error);
}

SinganSafeFile *
singan_safe_file_new (const gchar *folder, GError **error)
{
  g_autoptr (SinganSafeFile) file = g_new0 (SinganSafeFile, 1);

  file->fd = -1;
  file->folder = g_strdup (folder);
  remove_left_behind (file->folder);

  return open_part (file, error) ? g_steal_pointer (&file) : NULL;
}

void
singan_safe_file_free (SinganSafeFile *file)
{
  if (! file)
    return;
  if (file->part)
    g_unlink (file->part);
  if (file->fd >= 0)
    close (file->fd);
  g_free (file->folder);
  g_free (file->part);
  g_free (file);
}

gint
singan_safe_file_get_descriptor (const SinganSafeFile *file)
{
  return file->fd;
}

gboolean
singan_safe_file_write (SinganSafeFile *file,
                        gconstpointer   data,
                        gsize           length,
                        GError        **error)
{
  const guint8 *at = data;

  while (length > 0)
    {
      const gssize count = write (file->fd, at, length);

      if (count >= 0)
        {
          at += count;
          length -= (gsize) count;
        }
      else if (errno != EINTR)
        {
          return fail (errno, error);
        }
    }

  return TRUE;
}

/* The name, too, has to be on the disk; a folder that cannot be opened or
 * synchronised has the file all the same. */
static void
synchronise_folder (const gchar *folder)
{
  const gint fd = g_open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);

  if (fd < 0)
    return;
  fsync (fd);
  close (fd);
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
singan_safe_file_finish (SinganSafeFile *file,
                         const gchar    *path,
                         gboolean        replaces,
                         GError        **error)
{
  g_return_val_if_fail (file->part, FALSE);

  if (fsync (file->fd) < 0
      || ! (replaces ? g_rename (file->part, path) == 0
                     : move_to_new_name (file->part, path)))
    return fail (errno, error);
  g_clear_pointer (&file->part, g_free);
  synchronise_folder (file->folder);

  return TRUE;
}
