/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "plugin/hosts/cli/picture-file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <glib/gstdio.h>

#include "core/base/i18n.h"
#include "core/singan.h"

/* A PNG file that is whole ends with this. */
static const guint8 png_end[]
    = { 0, 0, 0, 0, 'I', 'E', 'N', 'D', 0xAE, 0x42, 0x60, 0x82 };

/* GEGL's loaders only log that they failed, and leave what they had read: half
 * a picture must not pass for a whole one. */
#define LOADER_FAILED "failed to open file"

#define JPEG_MAGIC "\xFF\xD8\xFF"
#define JPEG_LOADER "gegl:jpg-load"

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

/* What the first bytes of a file say, whatever its name is, and who loads it.
 * Not gegl:load: it goes by the name, and for what it does not know it draws a
 * text that says so. */
static const struct
{
  const gchar *magic;
  gsize        length;
  const gchar *loader;
} formats[] = {
  { "\x89PNG\r\n\x1A\n", 8, "gegl:png-load" },
  { JPEG_MAGIC, sizeof JPEG_MAGIC - 1, JPEG_LOADER },
  { "II*\0", 4, "gegl:tiff-load" },
  { "MM\0*", 4, "gegl:tiff-load" },
};

/* NULL if the format is not known. */
static const gchar *
find_loader (const gchar *contents, gsize length)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (formats); i++)
    if (length > formats[i].length
        && memcmp (contents, formats[i].magic, formats[i].length) == 0)
      return formats[i].loader;

  return NULL;
}

/* Whether the end marker stands behind the last scan.  Libjpeg, which GEGL's
 * loader lets end the whole program if it finds nonsense, paints what is
 * missing grey; GdkPixbuf's loader does say what it found. */
static gboolean
is_jpeg_whole (const gchar *path, const gchar *contents, gsize length)
{
  g_autoptr (GdkPixbuf) decoded = gdk_pixbuf_new_from_file (path, NULL);
  gsize at;

  if (! decoded)
    return FALSE;
  for (at = length - 2; at > 0; at--)
    if (contents[at] == '\xFF'
        && (contents[at + 1] == '\xD9' || contents[at + 1] == '\xDA'))
      return contents[at + 1] == '\xD9';

  return FALSE;
}

static void
collect_warning (const gchar *domain G_GNUC_UNUSED,
                 GLogLevelFlags      level,
                 const gchar        *message,
                 gpointer            data)
{
  if (level & (G_LOG_LEVEL_WARNING | G_LOG_LEVEL_CRITICAL))
    g_string_append_printf (data, "%s\n", message);
}

static GeglBuffer *
load_with_gegl (const gchar *path, const gchar *loader, GString *warnings)
{
  g_autoptr (GeglNode) graph = gegl_node_new ();
  GeglBuffer   *buffer = NULL;
  GLogFunc      handler = g_log_set_default_handler (collect_warning, warnings);
  GeglRectangle extent;
  GeglNode     *load;
  GeglNode     *sink;

  load = gegl_node_new_child (graph, "operation", loader, "path", path, NULL);
  sink = gegl_node_new_child (graph, "operation", "gegl:buffer-sink", "buffer",
                              &buffer, NULL);
  gegl_node_link (load, sink);

  /* Of a file that it cannot read, GEGL makes nothing or an endless plane. */
  extent = gegl_node_get_bounding_box (load);
  if (extent.width > 0 && extent.height > 0
      && ! gegl_rectangle_is_infinite_plane (&extent))
    gegl_node_process (sink);
  g_log_set_default_handler (handler, NULL);

  return buffer;
}

GeglBuffer *
singan_cli_load (const gchar *path, GError **error)
{
  g_autoptr (GMappedFile) file = NULL;
  g_autoptr (GeglBuffer) buffer = NULL;
  g_autoptr (GString) warnings = g_string_new (NULL);
  const gchar *contents;
  const gchar *loader;
  gsize        length;

  if (! check_is_file (path, error))
    return NULL;
  file = g_mapped_file_new (path, FALSE, error);
  if (! file)
    return NULL;
  contents = g_mapped_file_get_contents (file);
  length = g_mapped_file_get_length (file);

  loader = find_loader (contents, length);
  if (! loader)
    {
      g_set_error (error, SINGAN_ERROR, SINGAN_ERROR_IMAGE,
                   _ ("“%s” is not a picture in a format that can be read. "
                      "Use PNG, JPEG or TIFF."),
                   path);
      return NULL;
    }
  if (strcmp (loader, JPEG_LOADER) != 0
      || is_jpeg_whole (path, contents, length))
    buffer = load_with_gegl (path, loader, warnings);
  if (! buffer || strstr (warnings->str, LOADER_FAILED))
    {
      g_set_error (error, SINGAN_ERROR, SINGAN_ERROR_IMAGE,
                   _ ("“%s” is damaged or not whole. Get another copy of it."),
                   path);
      return NULL;
    }
  fputs (warnings->str, stderr);

  return g_steal_pointer (&buffer);
}

static gboolean
ends_as_png (const gchar *path)
{
  g_autoptr (GMappedFile) file = g_mapped_file_new (path, FALSE, NULL);
  gsize length;

  if (! file)
    return FALSE;
  length = g_mapped_file_get_length (file);

  return length > sizeof png_end
         && memcmp (g_mapped_file_get_contents (file) + length - sizeof png_end,
                    png_end, sizeof png_end)
                == 0;
}

gboolean
singan_cli_save (GeglBuffer  *buffer,
                 const gchar *path,
                 gint         bit_depth,
                 GError     **error)
{
  g_autoptr (GeglNode) graph = gegl_node_new ();
  g_autofree gchar *part
      = g_strdup_printf ("%s.%d.part", path, (gint) getpid ());
  GeglNode *source;
  GeglNode *save;

  source = gegl_node_new_child (graph, "operation", "gegl:buffer-source",
                                "buffer", buffer, NULL);
  save = gegl_node_new_child (graph, "operation", "gegl:png-save", "path", part,
                              "bitdepth", bit_depth, NULL);
  gegl_node_link (source, save);
  gegl_node_process (save);

  if (ends_as_png (part) && g_rename (part, path) == 0)
    return TRUE;

  g_unlink (part);
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED,
               _ ("The picture “%s” could not be written. Is the folder "
                  "writable, and is there room on the disk?"),
               path);
  return FALSE;
}
