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
 * @path: the file to make or replace
 * @error: G_FILE_ERROR; its message is the system's alone
 *
 * Returns: (transfer full): an empty file, or NULL with @error set
 */
SinganSafeFile *singan_safe_file_new (const gchar *path, GError **error);

/**
 * singan_safe_file_free:
 * @file: (nullable) (transfer full): if it was not finished, nothing is left of
 *   it
 */
void singan_safe_file_free (SinganSafeFile *file);

/**
 * singan_safe_file_get_path:
 * @file: the file
 *
 * For libraries that write to a name: it is an empty file that is there.
 *
 * Returns: (transfer none): what it is called until it is finished
 */
const gchar *singan_safe_file_get_path (const SinganSafeFile *file);

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
 * @error: G_FILE_ERROR
 *
 * Waits until it is on the disk, and gives it the wanted name.
 *
 * Returns: FALSE with @error set, and an older file left as it was
 */
gboolean singan_safe_file_finish (SinganSafeFile *file, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SinganSafeFile, singan_safe_file_free)

G_END_DECLS
