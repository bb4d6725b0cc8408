/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "plugin/hosts/cli/png-stream.h"

#include <string.h>

#define SIGNATURE_LENGTH 8

/* A chunk is its length, its name, its data and a checksum. */
#define HEAD_LENGTH 8
#define CHECKSUM_LENGTH 4

/* The numbers are sRGB's, rendered perceptually. */
static const guint8 srgb_chunk[]
    = { 0, 0, 0, 1, 's', 'R', 'G', 'B', 0, 0xAE, 0xCE, 0x1C, 0xE9 };

struct _SinganCliPngStream
{
  SinganCliWriteFunc write;
  gpointer           data;
  GByteArray        *waiting; /* what is not a whole chunk yet */
  gboolean           has_signature;
  gboolean           has_colours; /* a profile or the chunk */
  gboolean           has_exif;
};

SinganCliPngStream *
singan_cli_png_stream_new (SinganCliWriteFunc write, gpointer data)
{
  SinganCliPngStream *stream = g_new0 (SinganCliPngStream, 1);

  stream->write = write;
  stream->data = data;
  stream->waiting = g_byte_array_new ();

  return stream;
}

static gboolean
pass_chunk (SinganCliPngStream *stream, const guint8 *chunk, gsize length)
{
  const guint8 *name = chunk + 4;

  if (memcmp (name, "iCCP", 4) == 0 || memcmp (name, "sRGB", 4) == 0)
    {
      stream->has_colours = TRUE;
    }
  else if (memcmp (name, "eXIf", 4) == 0)
    {
      if (stream->has_exif)
        return TRUE;
      stream->has_exif = TRUE;
    }
  else if (memcmp (name, "IDAT", 4) == 0 && ! stream->has_colours)
    {
      stream->has_colours = TRUE;
      if (! stream->write (srgb_chunk, sizeof srgb_chunk, stream->data))
        return FALSE;
    }

  return stream->write (chunk, length, stream->data);
}

/* How many of the waiting bytes can go: the signature or a chunk. */
static gsize
next_part (const SinganCliPngStream *stream)
{
  const guint8 *at = stream->waiting->data;
  const gsize   waiting = stream->waiting->len;
  gsize         length;

  if (! stream->has_signature)
    return waiting >= SIGNATURE_LENGTH ? SIGNATURE_LENGTH : 0;
  if (waiting < HEAD_LENGTH)
    return 0;
  length = ((gsize) at[0] << 24 | at[1] << 16 | at[2] << 8 | at[3])
           + HEAD_LENGTH + CHECKSUM_LENGTH;

  return waiting >= length ? length : 0;
}

gboolean
singan_cli_png_stream_write (SinganCliPngStream *stream,
                             const guint8       *bytes,
                             gsize               length)
{
  gsize part;

  g_byte_array_append (stream->waiting, bytes, (guint) length);
  while ((part = next_part (stream)) > 0)
    {
      const gboolean success
          = stream->has_signature
                ? pass_chunk (stream, stream->waiting->data, part)
                : stream->write (stream->waiting->data, part, stream->data);

      if (! success)
        return FALSE;
      stream->has_signature = TRUE;
      g_byte_array_remove_range (stream->waiting, 0, (guint) part);
    }

  return TRUE;
}

void
singan_cli_png_stream_free (SinganCliPngStream *stream)
{
  g_byte_array_unref (stream->waiting);
  g_free (stream);
}
