/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Results as files, through libvips: PNG, JPEG, TIFF and WebP, with profile,
 * resolution and Exif of the picture that they were made of.  Knows no names of
 * files but their endings.
 */

#pragma once

#include <gegl.h>
#include <glib.h>

#include "plugin/hosts/cli/picture-file.h"

G_BEGIN_DECLS

/**
 * SinganCliFormat:
 * @SINGAN_CLI_FORMAT_PNG: 8 or 16 bits
 * @SINGAN_CLI_FORMAT_JPEG: 8 bits, no transparency
 * @SINGAN_CLI_FORMAT_TIFF: 8 or 16 bits
 * @SINGAN_CLI_FORMAT_WEBP: 8 bits
 */
typedef enum
{
  SINGAN_CLI_FORMAT_PNG,
  SINGAN_CLI_FORMAT_JPEG,
  SINGAN_CLI_FORMAT_TIFF,
  SINGAN_CLI_FORMAT_WEBP
} SinganCliFormat;

/**
 * singan_cli_find_format:
 * @path: the name of a file
 * @format: (out): what its ending says, in capitals or not
 *
 * Returns: FALSE if it says nothing that can be written
 */
gboolean singan_cli_find_format (const gchar *path, SinganCliFormat *format);

/**
 * singan_cli_picture_save:
 * @buffer: pixels whose values are in the colour space of @like
 * @like: the picture that they were made of
 * @format: of the file
 * @fd: what it is written to; a TIFF file has to be one that can be read and
 *   sought in
 * @path: what the error calls it
 * @error: G_FILE_ERROR with the system's reason, SINGAN_ERROR_IMAGE if the
 *   format cannot hold the picture
 *
 * Returns: FALSE with @error set
 */
gboolean singan_cli_picture_save (GeglBuffer             *buffer,
                                  const SinganCliPicture *like,
                                  SinganCliFormat         format,
                                  gint                    fd,
                                  const gchar            *path,
                                  GError                **error);

G_END_DECLS
