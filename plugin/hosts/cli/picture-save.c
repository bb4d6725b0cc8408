/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "plugin/hosts/cli/picture-save.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/base/i18n.h"
#include "core/singan.h"
#include "plugin/hosts/cli/png-stream.h"

/* Of JPEG and WebP, from 1 to 100: nothing that a person sees gets lost. */
#define QUALITY 95

/* A classic TIFF file counts its bytes with 32 bits; what compression adds in
 * the worst case is less than this share. */
#define CLASSIC_TIFF_MAXIMUM (G_MAXUINT32 * 0.9)

/* Exif's word for sRGB. */
#define EXIF_SRGB "1"

static const struct
{
  const gchar    *ending;
  SinganCliFormat format;
} endings[] = {
  { ".png", SINGAN_CLI_FORMAT_PNG },   { ".jpg", SINGAN_CLI_FORMAT_JPEG },
  { ".jpeg", SINGAN_CLI_FORMAT_JPEG }, { ".tif", SINGAN_CLI_FORMAT_TIFF },
  { ".tiff", SINGAN_CLI_FORMAT_TIFF }, { ".webp", SINGAN_CLI_FORMAT_WEBP },
};

gboolean
singan_cli_find_format (const gchar *path, SinganCliFormat *format)
{
  const gchar *dot = strrchr (path, '.');
  gsize        i;

  for (i = 0; dot && i < G_N_ELEMENTS (endings); i++)
    if (g_ascii_strcasecmp (dot, endings[i].ending) == 0)
      {
        *format = endings[i].format;
        return TRUE;
      }

  return FALSE;
}

/* What a file is written with. */
typedef struct
{
  gint                fd;
  gint                code; /* the system's, once writing has failed */
  SinganCliPngStream *png;
} Writer;

static gboolean
write_all (const guint8 *bytes, gsize length, gpointer data)
{
  Writer *writer = data;

  while (length > 0)
    {
      const gssize written = write (writer->fd, bytes, length);

      if (written < 0 && errno == EINTR)
        continue;
      if (written < 0)
        {
          writer->code = errno;
          return FALSE;
        }
      bytes += written;
      length -= (gsize) written;
    }

  return TRUE;
}

static gint64
handle_write (VipsTargetCustom *target G_GNUC_UNUSED,
              const void              *bytes,
              gint64                   length,
              Writer                  *writer)
{
  const gboolean success
      = writer->png
            ? singan_cli_png_stream_write (writer->png, bytes, (gsize) length)
            : write_all (bytes, (gsize) length, writer);

  return success ? length : -1;
}

static gint64
handle_read (VipsTargetCustom *target G_GNUC_UNUSED,
             void                    *bytes,
             gint64                   length,
             Writer                  *writer)
{
  return read (writer->fd, bytes, (gsize) length);
}

static gint64
handle_seek (VipsTargetCustom *target G_GNUC_UNUSED,
             gint64                   offset,
             gint                     whence,
             Writer                  *writer)
{
  return lseek (writer->fd, offset, whence);
}

/* The buffer as libvips asks for it, a part at a time. */
typedef struct
{
  GeglBuffer *buffer;
  const Babl *format;
} Pixels;

static gint
fill_region (VipsRegion    *region,
             void *sequence G_GNUC_UNUSED,
             void          *data,
             void *unused   G_GNUC_UNUSED,
             gboolean *stop G_GNUC_UNUSED)
{
  const Pixels   *pixels = data;
  const VipsRect *part = &region->valid;

  gegl_buffer_get (
      pixels->buffer,
      GEGL_RECTANGLE (part->left, part->top, part->width, part->height), 1.0,
      pixels->format, VIPS_REGION_ADDR (region, part->left, part->top),
      (gint) VIPS_REGION_LSKIP (region), GEGL_ABYSS_NONE);

  return 0;
}

static void *
copy_field (VipsImage *image G_GNUC_UNUSED,
            const char      *name,
            GValue          *value,
            void            *copy)
{
  if (strcmp (name, VIPS_META_ICC_NAME) != 0
      && (g_str_has_prefix (name, "exif-") || strstr (name, "-data")
          || strcmp (name, VIPS_META_RESOLUTION_UNIT) == 0
          || strcmp (name, VIPS_META_IMAGEDESCRIPTION) == 0))
    vips_image_set (copy, name, value);

  return NULL;
}

/* TIFF has a field of its own for the description, and libvips writes no other
 * Exif there.  The field's text stands before what libvips says of it: "TEXT
 * (TEXT, ASCII, 5 components, 5 bytes)". */
static void
set_description (VipsImage *image)
{
  static const gchar kind[] = ", ASCII, ";
  const gchar       *text;
  const gchar       *about;
  guint              length;
  g_autofree gchar  *description = NULL;

  if (vips_image_get_typeof (image, VIPS_META_IMAGEDESCRIPTION)
      || ! vips_image_get_typeof (image, "exif-ifd0-ImageDescription")
      || vips_image_get_string (image, "exif-ifd0-ImageDescription", &text)
      || ! (about = g_strrstr (text, kind))
      || sscanf (about + strlen (kind), "%u", &length) != 1 || length == 0
      || length > strlen (text))
    return;
  description = g_strndup (text, length - 1);
  vips_image_set_string (image, VIPS_META_IMAGEDESCRIPTION, description);
}

/* Exif of a picture without a profile would say that its colours are unknown;
 * JPEG and WebP get one even if there was none.  A camera has a reason: the
 * colours are those of Adobe RGB, which this index says. */
static void
set_colours (VipsImage *image, SinganCliFormat format)
{
  const gchar *index = "";

  if (vips_image_get_typeof (image, "exif-ifd4-InteroperabilityIndex"))
    vips_image_get_string (image, "exif-ifd4-InteroperabilityIndex", &index);
  if (g_str_has_prefix (index, "R03"))
    return;
  if (vips_image_get_typeof (image, VIPS_META_EXIF_NAME)
      || format == SINGAN_CLI_FORMAT_JPEG || format == SINGAN_CLI_FORMAT_WEBP)
    vips_image_set_string (image, "exif-ifd2-ColorSpace", EXIF_SRGB);
}

/* Profile, resolution, Exif; the picture stands upright. */
static void
set_metadata (VipsImage *image, VipsImage *metadata, SinganCliFormat format)
{
  gsize         length = 0;
  gconstpointer profile;

  vips_image_map (metadata, copy_field, image);
  vips_image_set_int (image, VIPS_META_ORIENTATION, 1);
  set_description (image);
  /* A profile is one of grey or of colour. */
  profile = (vips_image_get_bands (image) < 3)
                    == (vips_image_get_bands (metadata) < 3)
                ? singan_cli_find_profile (metadata, &length)
                : NULL;
  if (profile)
    vips_image_set_blob_copy (image, VIPS_META_ICC_NAME, profile, length);
  else
    set_colours (image, format);
}

static VipsImage *
make_image (Pixels                 *pixels,
            const SinganCliPicture *like,
            SinganCliFormat         format,
            gboolean                has_16_bits)
{
  static const gchar *const names[] = { "Y'", "Y'A", "R'G'B'", "R'G'B'A" };
  const Babl               *source = gegl_buffer_get_format (pixels->buffer);
  const gint                bands = babl_format_get_n_components (source);
  VipsImage                *image = vips_image_new ();
  g_autofree gchar         *name
      = g_strdup_printf ("%s %s", names[bands - 1], has_16_bits ? "u16" : "u8");

  pixels->format
      = babl_format_with_space (name, babl_format_get_space (source));
  vips_image_init_fields (
      image, gegl_buffer_get_width (pixels->buffer),
      gegl_buffer_get_height (pixels->buffer), bands,
      has_16_bits ? VIPS_FORMAT_USHORT : VIPS_FORMAT_UCHAR, VIPS_CODING_NONE,
      bands < 3
          ? (has_16_bits ? VIPS_INTERPRETATION_GREY16 : VIPS_INTERPRETATION_B_W)
          : (has_16_bits ? VIPS_INTERPRETATION_RGB16
                         : VIPS_INTERPRETATION_sRGB),
      vips_image_get_xres (like->metadata),
      vips_image_get_yres (like->metadata));
  set_metadata (image, like->metadata, format);
  if (vips_image_pipelinev (image, VIPS_DEMAND_STYLE_THINSTRIP, NULL)
      || vips_image_generate (image, NULL, fill_region, NULL, pixels, NULL))
    g_clear_object (&image);

  return image;
}

/* Without transparency, before white. */
static VipsImage *
flatten (VipsImage *image)
{
  VipsArrayDouble *white = vips_array_double_newv (1, 255.0);
  VipsImage       *opaque = NULL;

  if (vips_flatten (image, &opaque, "background", white, NULL))
    opaque = NULL;
  vips_area_unref (VIPS_AREA (white));

  return opaque;
}

static gboolean
write_image (VipsImage *image, SinganCliFormat format, VipsTarget *target)
{
  VipsImage *opaque;
  gboolean   success;

  switch (format)
    {
    case SINGAN_CLI_FORMAT_PNG:
      return ! vips_pngsave_target (image, target, NULL);
    case SINGAN_CLI_FORMAT_TIFF:
      return ! vips_tiffsave_target (
          image, target, "compression", VIPS_FOREIGN_TIFF_COMPRESSION_DEFLATE,
          "predictor", VIPS_FOREIGN_TIFF_PREDICTOR_HORIZONTAL, "bigtiff",
          VIPS_IMAGE_SIZEOF_IMAGE (image) > CLASSIC_TIFF_MAXIMUM, NULL);
    case SINGAN_CLI_FORMAT_WEBP:
      return ! vips_webpsave_target (image, target, "Q", QUALITY,
                                     "smart_subsample", TRUE, NULL);
    case SINGAN_CLI_FORMAT_JPEG:
      break;
    }

  opaque = vips_image_hasalpha (image) ? flatten (image) : g_object_ref (image);
  success = opaque
            && ! vips_jpegsave_target (
                opaque, target, "Q", QUALITY, "subsample_mode",
                VIPS_FOREIGN_SUBSAMPLE_OFF, "optimize_coding", TRUE, NULL);
  g_clear_object (&opaque);

  return success;
}

static VipsTarget *
make_target (Writer *writer)
{
  VipsTargetCustom *target = vips_target_custom_new ();

  g_signal_connect (target, "write", G_CALLBACK (handle_write), writer);
  g_signal_connect (target, "read", G_CALLBACK (handle_read), writer);
  g_signal_connect (target, "seek", G_CALLBACK (handle_seek), writer);

  return VIPS_TARGET (target);
}

gboolean
singan_cli_picture_save (GeglBuffer             *buffer,
                         const SinganCliPicture *like,
                         SinganCliFormat         format,
                         gint                    fd,
                         const gchar            *path,
                         GError                **error)
{
  const gboolean has_16_bits = like->bit_depth > 8
                               && (format == SINGAN_CLI_FORMAT_PNG
                                   || format == SINGAN_CLI_FORMAT_TIFF);
  Pixels      pixels = { .buffer = buffer };
  Writer      writer = { .fd = fd };
  VipsImage  *image = make_image (&pixels, like, format, has_16_bits);
  VipsTarget *target = make_target (&writer);
  gboolean    success;

  if (format == SINGAN_CLI_FORMAT_PNG)
    writer.png = singan_cli_png_stream_new (write_all, &writer);
  success = image && write_image (image, format, target);
  g_object_unref (target);
  g_clear_object (&image);
  g_clear_pointer (&writer.png, singan_cli_png_stream_free);

  if (success && writer.code == 0)
    return TRUE;
  if (writer.code != 0)
    {
      vips_error_clear ();
      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (writer.code),
                   _ ("“%s” could not be written: %s"), path,
                   g_strerror (writer.code));
    }
  else
    {
      g_autofree gchar *reason = singan_cli_take_vips_error ();

      g_set_error (error, SINGAN_ERROR, SINGAN_ERROR_IMAGE,
                   _ ("“%s” could not be written: %s"), path, reason);
    }

  return FALSE;
}
