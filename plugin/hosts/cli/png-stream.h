/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Puts right what libvips leaves out of a PNG file, or writes twice, while the
 * file goes by: which colours the numbers are, and the Exif once.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _SinganCliPngStream SinganCliPngStream;

/**
 * SinganCliWriteFunc:
 * @bytes: what goes on
 * @length: how many
 * @data: the caller's
 *
 * Returns: FALSE if it could not be written
 */
typedef gboolean (*SinganCliWriteFunc) (const guint8 *bytes,
                                        gsize         length,
                                        gpointer      data);

/**
 * singan_cli_png_stream_new:
 * @write: what takes the bytes
 * @data: for @write
 *
 * A file without a profile gets an sRGB chunk.
 *
 * Returns: (transfer full): the stream
 */
SinganCliPngStream *singan_cli_png_stream_new (SinganCliWriteFunc write,
                                               gpointer           data);

/**
 * singan_cli_png_stream_write:
 * @stream: the stream
 * @bytes: the next bytes of the file
 * @length: how many
 *
 * Returns: what the stream's function did: FALSE if it failed
 */
gboolean singan_cli_png_stream_write (SinganCliPngStream *stream,
                                      const guint8       *bytes,
                                      gsize               length);

/**
 * singan_cli_png_stream_free:
 * @stream: (transfer full): what to free
 */
void singan_cli_png_stream_free (SinganCliPngStream *stream);

G_END_DECLS
