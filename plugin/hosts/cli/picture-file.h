/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pictures in files, through GEGL.  Its operations report no errors, so what
 * they did is checked afterwards.
 */

#pragma once

#include <gegl.h>
#include <glib.h>

G_BEGIN_DECLS

/**
 * singan_cli_load:
 * @path: a picture in any format that GEGL reads
 * @error: SINGAN_ERROR_IMAGE, G_FILE_ERROR
 *
 * Returns: (transfer full): its pixels, or NULL with @error set
 */
GeglBuffer *singan_cli_load (const gchar *path, GError **error);

/**
 * singan_cli_save:
 * @buffer: pixels
 * @path: the PNG file to make or replace, whole or not at all
 * @bit_depth: 8 or 16
 * @error: G_FILE_ERROR
 *
 * Returns: FALSE with @error set
 */
gboolean singan_cli_save (GeglBuffer  *buffer,
                          const gchar *path,
                          gint         bit_depth,
                          GError     **error);

G_END_DECLS
