/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Files that are written whole or not at all.  The bytes go into a new file of
 * a name that nobody can foresee, in the same folder, which takes the wanted
 * name once it is on the disk.  Such a file is locked while its process lives:
 * the next one that writes there removes what killed processes left behind.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * SinganSafeFile:
 *
 * Opaque: a file on its way.
 */
typedef struct _SinganSafeFile SinganSafeFile;

/**
 * singan_safe_file_new:
 * @folder: where the file is to be
 * @error: G_FILE_ERROR; its message is the system's alone
 *
 * Returns: (transfer full): an empty file, or NULL with @error set
 */
SinganSafeFile *singan_safe_file_new (const gchar *folder, GError **error);

/**
 * singan_safe_file_free:
 * @file: (nullable) (transfer full): if it was not finished, nothing is left of
 *   it
 */
void singan_safe_file_free (SinganSafeFile *file);

/**
 * singan_safe_file_get_descriptor:
 * @file: the file
 *
 * Returns: what to write to, read from and seek in, until the file is freed
 */
gint singan_safe_file_get_descriptor (const SinganSafeFile *file);

/**
 * singan_safe_file_write:
 * @file: the file
 * @data: bytes to be added to it
 * @length: how many
 * @error: G_FILE_ERROR
 *
 * Returns: FALSE with @error set
 */
gboolean singan_safe_file_write (SinganSafeFile *file,
                                 gconstpointer   data,
                                 gsize           length,
                                 GError        **error);

/**
 * singan_safe_file_finish:
 * @file: the file, complete
 * @path: the name that it gets, in its folder
 * @replaces: whether it may replace another file
 * @error: G_FILE_ERROR; G_FILE_ERROR_EXIST if there is a file of that name and
 *   it must stay: another name may be tried then
 *
 * Waits until it is on the disk, and gives it the wanted name.
 *
 * Returns: FALSE with @error set, and an older file left as it was
 */
gboolean singan_safe_file_finish (SinganSafeFile *file,
                                  const gchar    *path,
                                  gboolean        replaces,
                                  GError        **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SinganSafeFile, singan_safe_file_free)

G_END_DECLS
