/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "plugin/hosts/cli/picture-file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "core/base/i18n.h"
#include "core/singan.h"

/* Rows that are decoded at a time. */
#define STRIP_ROWS 128

/* Characters of a library's message that are shown. */
#define REASON_LENGTH 160

/* libvips's names for the profiles that it brings. */
#define SRGB "srgb"
#define CMYK "cmyk"

/* An ICC profile names the colour space of its pixels here. */
#define PROFILE_SPACE_AT 16
#define PROFILE_SIZE_MINIMUM 128

/* Pixels per millimetre that libvips gives a picture that says nothing, and
 * what is usual for such a picture: 72 per inch. */
#define RESOLUTION_UNKNOWN 1.0
#define RESOLUTION_USUAL (72 / 25.4)

static void
ignore_warning (const gchar *domain  G_GNUC_UNUSED,
                GLogLevelFlags level G_GNUC_UNUSED,
                const gchar *message G_GNUC_UNUSED,
                gpointer data        G_GNUC_UNUSED)
{
}

gboolean
singan_cli_pictures_init (const gchar *program, GError **error)
{
  /* All others stay closed: they draw scripts and vectors, or are not meant for
   * what strangers send. */
  static const gchar *const loaders[]
      = { "VipsForeignLoadPng",  "VipsForeignLoadJpeg", "VipsForeignLoadTiff",
          "VipsForeignLoadWebp", "VipsForeignLoadHeif", "VipsForeignLoadJxl",
          "VipsForeignLoadNsgif" };
  gsize i;

  if (VIPS_INIT (program))
    {
      g_autofree gchar *reason = singan_cli_take_vips_error ();

      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED,
                   _ ("libvips, which reads pictures, does not start: %s"),
                   reason);
      return FALSE;
    }
  g_log_set_handler ("VIPS",
                     G_LOG_LEVEL_WARNING | G_LOG_LEVEL_MESSAGE
                         | G_LOG_LEVEL_INFO | G_LOG_LEVEL_DEBUG,
                     ignore_warning, NULL);
  vips_cache_set_max (0);
  vips_concurrency_set (1);
  vips_operation_block_set ("VipsForeignLoad", TRUE);
  for (i = 0; i < G_N_ELEMENTS (loaders); i++)
    vips_operation_block_set (loaders[i], FALSE);

  return TRUE;
}

gchar *
singan_cli_take_vips_error (void)
{
  g_autofree gchar *all = vips_error_buffer_copy ();
  g_autofree gchar *valid = g_utf8_make_valid (g_strchomp (all), -1);
  GString          *line = g_string_new (NULL);
  const gchar      *at;
  glong             length = 0;

  for (at = valid; *at && *at != '\n' && length < REASON_LENGTH;
       at = g_utf8_next_char (at), length++)
    {
      const gunichar c = g_utf8_get_char (at);

      g_string_append_unichar (line, g_unichar_isprint (c) ? c : '?');
    }
  if (length == REASON_LENGTH)
    g_string_append (line, "…");

  return g_string_free (line, FALSE);
}

/* Opening a pipe would wait for somebody who writes into it. */
static gboolean
check_is_file (const gchar *path, GError **error)
{
  GStatBuf status;

  if (g_stat (path, &status) < 0 || g_access (path, R_OK) < 0)
    {
      const gint code = errno;

      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code),
                   _ ("“%s” could not be opened: %s"), path, g_strerror (code));
      return FALSE;
    }
  if (! S_ISREG (status.st_mode))
    {
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED,
                   _ ("“%s” is not a regular file."), path);
      return FALSE;
    }

  return TRUE;
}

static void
set_damaged (const gchar *path, GError **error)
{
  g_autofree gchar *reason = singan_cli_take_vips_error ();

  g_set_error (error, SINGAN_ERROR, SINGAN_ERROR_IMAGE,
               _ ("“%s” is damaged or not whole (%s). Get another copy of it."),
               path, reason);
}

static VipsSource *
open_source (const gchar *path, GError **error)
{
  VipsSource *source;

  if (strcmp (path, SINGAN_CLI_STANDARD_STREAM) == 0)
    source = vips_source_new_from_descriptor (STDIN_FILENO);
  else if (check_is_file (path, error))
    source = vips_source_new_from_file (path);
  else
    return NULL;

  if (! source)
    set_damaged (path, error);

  return source;
}

static gboolean
check_size (VipsImage   *image,
            const gchar *path,
            gint64       pixels_maximum,
            GError     **error)
{
  const gint width = vips_image_get_width (image);
  const gint height = vips_image_get_height (image);

  if ((gint64) width * height <= pixels_maximum)
    return TRUE;

  g_set_error (error, SINGAN_ERROR, SINGAN_ERROR_IMAGE,
               _ ("“%s” is %d x %d pixels, %.0f in all; no more than %.0f are "
                  "read. --max-pixels %.0f lets it through."),
               path, width, height, (gdouble) width * height,
               (gdouble) pixels_maximum, (gdouble) width * height);
  return FALSE;
}

/* The header only: nothing is decoded yet. */
static VipsImage *
open_image (VipsSource  *source,
            const gchar *path,
            gint64       pixels_maximum,
            GError     **error)
{
  const gchar *loader = vips_foreign_find_load_source (source);
  const gint   blocked = loader
                             ? VIPS_OPERATION_CLASS (
                                   g_type_class_peek (g_type_from_name (loader)))
                                     ->flags
                                 & VIPS_OPERATION_BLOCKED
                             : VIPS_OPERATION_BLOCKED;
  VipsImage   *image;

  if (blocked)
    {
      vips_error_clear ();
      g_set_error (error, SINGAN_ERROR, SINGAN_ERROR_IMAGE,
                   _ ("“%s” is not a picture in a format that can be read. "
                      "Use PNG, JPEG, TIFF, WebP, HEIF, JPEG XL or GIF."),
                   path);
      return NULL;
    }

  image = vips_image_new_from_source (source, "", "access",
                                      VIPS_ACCESS_SEQUENTIAL, "fail_on",
                                      VIPS_FAIL_ON_ERROR, NULL);
  if (! image)
    {
      set_damaged (path, error);
      return NULL;
    }
  if (! check_size (image, path, pixels_maximum, error))
    g_clear_object (&image);

  return image;
}

static gint
colour_bands (VipsImage *image)
{
  return vips_image_get_bands (image) < 3 ? 1 : 3;
}

gconstpointer
singan_cli_find_profile (VipsImage *image, gsize *length)
{
  const gchar *space = colour_bands (image) == 1 ? "GRAY" : "RGB ";
  const void  *profile;
  size_t       size;

  if (! vips_image_get_typeof (image, VIPS_META_ICC_NAME)
      || vips_image_get_blob (image, VIPS_META_ICC_NAME, &profile, &size)
      || size < PROFILE_SIZE_MINIMUM
      || memcmp ((const gchar *) profile + PROFILE_SPACE_AT, space, 4) != 0)
    return NULL;
  *length = size;

  return profile;
}

static gint
icc_depth (VipsImage *image)
{
  return vips_image_get_format (image) == VIPS_FORMAT_UCHAR ? 8 : 16;
}

/* Takes the image and gives the next one of a chain; NULL if it failed. */
#define NEXT(image, next, failed)                                              \
  G_STMT_START                                                                 \
  {                                                                            \
    const gboolean has_failed = (failed);                                      \
                                                                               \
    g_object_unref (image);                                                    \
    image = has_failed ? NULL : next;                                          \
  }                                                                            \
  G_STMT_END

/* Turns the picture as its camera was held.  Rows are decoded from the top
 * on: a turned picture needs all of them first. */
static VipsImage *
make_upright (VipsImage *image)
{
  VipsImage *next = NULL;

  if (vips_image_get_orientation (image) <= 1)
    return image;
  next = vips_image_copy_memory (image);
  NEXT (image, next, ! next);
  if (image)
    NEXT (image, next, vips_autorot (image, &next, NULL));

  return image;
}

/* Inks and spaces that no screen has become sRGB. */
static VipsImage *
make_rgb (VipsImage *image)
{
  VipsImage *next = NULL;

  switch (vips_image_guess_interpretation (image))
    {
    case VIPS_INTERPRETATION_CMYK:
      NEXT (image, next,
            vips_icc_transform (image, &next, SRGB, "embedded", TRUE,
                                "input_profile", CMYK, "depth",
                                icc_depth (image), NULL));
      break;
    case VIPS_INTERPRETATION_XYZ:
    case VIPS_INTERPRETATION_LAB:
    case VIPS_INTERPRETATION_LABQ:
    case VIPS_INTERPRETATION_LABS:
    case VIPS_INTERPRETATION_CMC:
    case VIPS_INTERPRETATION_LCH:
    case VIPS_INTERPRETATION_YXY:
    case VIPS_INTERPRETATION_HSV:
      NEXT (image, next,
            vips_colourspace (image, &next,
                              icc_depth (image) == 8
                                  ? VIPS_INTERPRETATION_sRGB
                                  : VIPS_INTERPRETATION_RGB16,
                              NULL));
      break;
    default:
      break;
    }

  return image;
}

/* 8 bits, 16 bits or float, with no more bands than a pixel has. */
static VipsImage *
make_samples_plain (VipsImage *image, GError **error)
{
  const VipsBandFormat format = vips_image_get_format (image);
  VipsImage           *next = NULL;

  if (format == VIPS_FORMAT_UINT)
    {
      NEXT (image, next, vips_rshift_const1 (image, &next, 16, NULL));
      if (image)
        NEXT (image, next, vips_cast_ushort (image, &next, NULL));
    }
  else if (format == VIPS_FORMAT_DOUBLE)
    {
      NEXT (image, next, vips_cast_float (image, &next, NULL));
    }
  else if (format != VIPS_FORMAT_UCHAR && format != VIPS_FORMAT_USHORT
           && format != VIPS_FORMAT_FLOAT)
    {
      g_set_error (error, SINGAN_ERROR, SINGAN_ERROR_IMAGE,
                   _ ("Its samples are of the kind “%s”; what is read has 8, "
                      "16 or 32 bits without a sign, or floating point."),
                   vips_enum_nick (VIPS_TYPE_BAND_FORMAT, format));
      g_clear_object (&image);
    }
  if (image && vips_image_get_bands (image) > 4)
    NEXT (image, next, vips_extract_band (image, &next, 0, "n", 4, NULL));

  return image;
}

/* The space that a profile describes, which is the same one for all profiles
 * that do, as there are many of sRGB; NULL for one of another kind. */
static const Babl *
find_space (gconstpointer profile, gsize length)
{
  const char *error = NULL;

  if (length == 0)
    return babl_space ("sRGB");

  return babl_space_from_icc (profile, (int) length,
                              BABL_ICC_INTENT_RELATIVE_COLORIMETRIC, &error);
}

static gboolean
is_same_space (gconstpointer a, gsize a_length, gconstpointer b, gsize b_length)
{
  const Babl *space = find_space (a, a_length);

  return space && space == find_space (b, b_length);
}

/* The values that the other picture would have for these colours.  A profile
 * that cannot be used counts as that of the other picture.  Between profiles of
 * one space nothing is converted: it would change values by some levels. */
static VipsImage *
make_like (VipsImage *image, VipsImage *other)
{
  gsize         length = 0;
  gsize         own_length = 0;
  gconstpointer profile = singan_cli_find_profile (other, &length);
  gconstpointer own = singan_cli_find_profile (image, &own_length);
  VipsImage    *connected = NULL;
  VipsImage    *copy = NULL;
  VipsImage    *next = NULL;
  gboolean      success;

  if (colour_bands (image) == 1 || colour_bands (other) == 1
      || vips_image_get_format (image) == VIPS_FORMAT_FLOAT
      || (length == own_length
          && (length == 0 || memcmp (profile, own, length) == 0))
      || is_same_space (profile, length, own, own_length))
    return image;

  success = ! vips_icc_import (image, &connected, "embedded", TRUE,
                               "input_profile", SRGB, NULL)
            && ! vips_copy (connected, &copy, NULL);
  if (success && profile)
    {
      vips_image_set_blob_copy (copy, VIPS_META_ICC_NAME, profile, length);
      success
          = ! vips_icc_export (copy, &next, "depth", icc_depth (image), NULL);
    }
  else if (success)
    {
      success = ! vips_icc_export (copy, &next, "depth", icc_depth (image),
                                   "output_profile", SRGB, NULL);
    }
  g_clear_object (&connected);
  g_clear_object (&copy);
  vips_error_clear ();
  if (! success)
    return image;
  g_object_unref (image);

  return next;
}

/* Float samples without a profile are light, as in scRGB. */
static const Babl *
find_format (VipsImage *image)
{
  static const gchar *const names[] = { "Y'", "Y'A", "R'G'B'", "R'G'B'A" };
  static const gchar *const linear[] = { "Y", "YA", "RGB", "RGBA" };
  const gint                bands = vips_image_get_bands (image);
  const VipsBandFormat      format = vips_image_get_format (image);
  const gchar              *type = format == VIPS_FORMAT_UCHAR    ? "u8"
                                   : format == VIPS_FORMAT_USHORT ? "u16"
                                                                  : "float";
  gsize                     length;
  g_autofree gchar         *name = g_strdup_printf (
              "%s %s",
      format == VIPS_FORMAT_FLOAT && ! singan_cli_find_profile (image, &length)
                  ? linear[bands - 1]
                  : names[bands - 1],
              type);

  return babl_format (name);
}

static GeglBuffer *
read_pixels (VipsImage *image)
{
  const gint  width = vips_image_get_width (image);
  const gint  height = vips_image_get_height (image);
  const Babl *format = find_format (image);
  g_autoptr (GeglBuffer) buffer
      = gegl_buffer_new (GEGL_RECTANGLE (0, 0, width, height), format);
  VipsRegion *region = NULL;
  gint        y;

  if (vips_image_pio_input (image) || ! (region = vips_region_new (image)))
    return NULL;
  for (y = 0; y < height; y += STRIP_ROWS)
    {
      const gint rows = MIN (STRIP_ROWS, height - y);
      VipsRect   strip = { 0, y, width, rows };

      if (vips_region_prepare (region, &strip))
        {
          g_object_unref (region);
          return NULL;
        }
      gegl_buffer_set (buffer, GEGL_RECTANGLE (0, y, width, rows), 0, format,
                       VIPS_REGION_ADDR (region, 0, y),
                       (gint) VIPS_REGION_LSKIP (region));
    }
  g_object_unref (region);

  return g_steal_pointer (&buffer);
}

/* What a result may say of itself as well.  A thumbnail would show another
 * picture. */
static void *
keep_field (VipsImage *image G_GNUC_UNUSED,
            const char      *name,
            GValue          *value,
            void            *kept)
{
  if (strcmp (name, VIPS_META_EXIF_NAME) == 0
      || strcmp (name, VIPS_META_IPTC_NAME) == 0
      || strcmp (name, VIPS_META_ICC_NAME) == 0
      || strcmp (name, VIPS_META_RESOLUTION_UNIT) == 0
      || strcmp (name, VIPS_META_IMAGEDESCRIPTION) == 0
      || (g_str_has_prefix (name, "exif-ifd")
          && ! g_str_has_prefix (name, "exif-ifd1")))
    vips_image_set (kept, name, value);

  return NULL;
}

/* Pixels per millimetre; some loaders leave them to the Exif. */
static gdouble
find_resolution (VipsImage *image, const gchar *field, gdouble known)
{
  const gchar *text;
  gint         above;
  gint         below;
  gint         unit = 2;

  if (known != RESOLUTION_UNKNOWN)
    return known;
  if (! vips_image_get_typeof (image, field)
      || vips_image_get_string (image, field, &text)
      || sscanf (text, "%d/%d", &above, &below) != 2 || above <= 0
      || below <= 0)
    return RESOLUTION_USUAL;
  if (vips_image_get_typeof (image, "exif-ifd0-ResolutionUnit")
      && ! vips_image_get_string (image, "exif-ifd0-ResolutionUnit", &text))
    unit = atoi (text);

  /* In Exif 2 is the inch, and 3 the centimetre. */
  return (gdouble) above / below / (unit == 3 ? 10 : 25.4);
}

static VipsImage *
read_metadata (VipsImage *image)
{
  VipsImage *black = NULL;
  VipsImage *metadata = NULL;

  if (vips_black (&black, 1, 1, "bands", vips_image_get_bands (image), NULL))
    return NULL;
  if (vips_copy (black, &metadata, "xres",
                 find_resolution (image, "exif-ifd0-XResolution",
                                  vips_image_get_xres (image)),
                 "yres",
                 find_resolution (image, "exif-ifd0-YResolution",
                                  vips_image_get_yres (image)),
                 NULL))
    metadata = NULL;
  g_object_unref (black);
  if (metadata)
    vips_image_map (image, keep_field, metadata);

  return metadata;
}

SinganCliPicture *
singan_cli_picture_load (const gchar            *path,
                         gint64                  pixels_maximum,
                         const SinganCliPicture *like,
                         GError                **error)
{
  g_autoptr (SinganCliPicture) picture = g_new0 (SinganCliPicture, 1);
  VipsSource *source = open_source (path, error);
  VipsImage  *image;
  g_autoptr (GError) reason = NULL;

  if (! source)
    return NULL;
  image = open_image (source, path, pixels_maximum, error);
  g_object_unref (source);
  if (! image)
    return NULL;

  picture->n_pages = vips_image_get_n_pages (image);
  image = make_upright (image);
  image = image ? make_rgb (image) : NULL;
  image = image ? make_samples_plain (image, &reason) : NULL;
  if (image && like)
    image = make_like (image, like->metadata);
  if (image)
    {
      picture->bit_depth = icc_depth (image);
      picture->metadata = read_metadata (image);
      picture->buffer = picture->metadata ? read_pixels (image) : NULL;
      g_object_unref (image);
    }
  if (picture->buffer)
    return g_steal_pointer (&picture);

  if (reason)
    g_set_error (error, SINGAN_ERROR, SINGAN_ERROR_IMAGE,
                 _ ("“%s” cannot be read: %s"), path, reason->message);
  else
    set_damaged (path, error);

  return NULL;
}

void
singan_cli_picture_free (SinganCliPicture *picture)
{
  g_clear_object (&picture->buffer);
  g_clear_object (&picture->metadata);
  g_free (picture);
}
