/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A file that appears whole or not at all: it is written under a name of its
 * own in the folder where it is to be, and renamed when it is done.  Nothing is
 * followed that has that name already.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * SinganCliFile:
 * @fd: to write to; -1 if it is not open
 * @path: (nullable): where the file is meanwhile
 */
typedef struct
{
  gint   fd;
  gchar *path;
} SinganCliFile;

#define SINGAN_CLI_FILE_CLOSED                                                 \
  {                                                                            \
    .fd = -1                                                                   \
  }

/**
 * singan_cli_file_open:
 * @file: (out): the file
 * @folder: where it is to be
 * @error: G_FILE_ERROR with the system's reason
 *
 * Removes what processes that are no more have left in the folder.
 *
 * Returns: FALSE with @error set
 */
gboolean
singan_cli_file_open (SinganCliFile *file, const gchar *folder, GError **error);

/**
 * singan_cli_file_finish:
 * @file: the file, written
 * @path: the name that it gets, in the same folder
 * @replaces: whether it may replace another file
 * @error: G_FILE_ERROR with the system's reason; G_FILE_ERROR_EXIST if there is
 *   a file of that name and it must stay: another name may be tried then
 *
 * Returns: FALSE with @error set
 */
gboolean singan_cli_file_finish (SinganCliFile *file,
                                 const gchar   *path,
                                 gboolean       replaces,
                                 GError       **error);

/**
 * singan_cli_file_clear:
 * @file: closed, and removed unless it is finished
 */
void singan_cli_file_clear (SinganCliFile *file);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SinganCliFile, singan_cli_file_clear)

G_END_DECLS
