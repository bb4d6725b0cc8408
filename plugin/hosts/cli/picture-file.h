/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pictures from files, through libvips: upright, in RGB or grey, whole or not
 * at all, with what came with them.  Knows neither jobs nor results; the files
 * that results become are picture-save.h's.
 */

#pragma once

#include <gegl.h>
#include <glib.h>
#include <vips/vips.h>

G_BEGIN_DECLS

/* Name of the file that is standard input or standard output. */
#define SINGAN_CLI_STANDARD_STREAM "-"

/* Most pixels of a picture that are read, unless more are asked for. */
#define SINGAN_CLI_PIXELS_DEFAULT 500000000

/**
 * SinganCliPicture:
 * @buffer: the pixels, as they are meant to be seen.  Their values are those of
 *   the picture's own profile, whatever the format's colour space is called
 * @metadata: an image of one pixel with the profile, the resolution and the
 *   Exif of the picture
 * @bit_depth: of the file's samples: 8, or 16 for all that has more
 * @n_pages: pages or frames that the file has; the first one was read
 */
typedef struct
{
  GeglBuffer *buffer;
  VipsImage  *metadata;
  gint        bit_depth;
  gint        n_pages;
} SinganCliPicture;

/**
 * singan_cli_pictures_init:
 * @program: argv[0]
 * @error: G_IO_ERROR_FAILED
 *
 * Starts libvips: one thread, no cache, nothing on stderr, and only the loaders
 * of formats that singan_cli_picture_load () names.  To be called before all
 * else of this file.
 *
 * Returns: FALSE with @error set
 */
gboolean singan_cli_pictures_init (const gchar *program, GError **error);

/**
 * singan_cli_picture_load:
 * @path: a PNG, JPEG, TIFF, WebP, HEIF, JPEG XL or GIF file, or
 *   SINGAN_CLI_STANDARD_STREAM
 * @pixels_maximum: most pixels that the picture may have
 * @like: (nullable): a picture in whose colour space the pixels are wanted
 * @error: SINGAN_ERROR_IMAGE, G_FILE_ERROR
 *
 * Width and height are read and held against the maximum before anything is
 * decoded.  A file that is damaged or not whole is refused.
 *
 * Returns: (transfer full): the picture, or NULL with @error set
 */
SinganCliPicture *singan_cli_picture_load (const gchar *path,
                                           gint64       pixels_maximum,
                                           const SinganCliPicture *like,
                                           GError                **error);

/**
 * singan_cli_picture_free:
 * @picture: (transfer full): what to free
 */
void singan_cli_picture_free (SinganCliPicture *picture);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SinganCliPicture, singan_cli_picture_free)

/**
 * singan_cli_take_vips_error:
 *
 * Returns: (transfer full): what libvips said of its last failure: one line,
 *   printable, cut to a length that can be read
 */
gchar *singan_cli_take_vips_error (void);

/**
 * singan_cli_find_profile:
 * @image: an image
 * @length: (out): bytes
 *
 * Returns: (transfer none) (nullable): the profile that came with the image, if
 *   it is one of its kind, grey or RGB
 */
gconstpointer singan_cli_find_profile (VipsImage *image, gsize *length);

G_END_DECLS
