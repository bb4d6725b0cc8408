/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pictures in files, through GEGL.  Its operations report no errors, so what
 * they did is checked afterwards.
 */

#include "config.h"

#include "plugin/hosts/cli/cli.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "core/base/i18n.h"
#include "core/singan.h"

/* A PNG file that is whole ends with this. */
static const guint8 png_end[]
    = { 0, 0, 0, 0, 'I', 'E', 'N', 'D', 0xAE, 0x42, 0x60, 0x82 };

/* GEGL's loaders only log that they failed, and leave what they had read: half
 * a picture must not pass for a whole one. */
#define LOADER_FAILED "failed to open file"

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

/* For what it does not know, gegl:load asks ImageMagick, whose picture has
 * random sides if it does not know it either, or draws a text that says so. */
static gboolean
knows_format (GeglNode *load)
{
  g_autoptr (GSList) children = gegl_node_get_children (load);
  GSList *child;

  for (child = children; child; child = child->next)
    {
      const gchar *operation = gegl_node_get_operation (child->data);

      if (g_strcmp0 (operation, "gegl:magick-load") == 0
          || g_strcmp0 (operation, "gegl:text") == 0)
        return FALSE;
    }

  return TRUE;
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
load_with_gegl (const gchar *path, GString *warnings)
{
  g_autoptr (GeglNode) graph = gegl_node_new ();
  GeglBuffer   *buffer = NULL;
  GLogFunc      handler = g_log_set_default_handler (collect_warning, warnings);
  GeglRectangle extent;
  GeglNode     *load;
  GeglNode     *sink;

  load = gegl_node_new_child (graph, "operation", "gegl:load", "path", path,
                              NULL);
  sink = gegl_node_new_child (graph, "operation", "gegl:buffer-sink", "buffer",
                              &buffer, NULL);
  gegl_node_link (load, sink);

  /* Of a file that it cannot read, GEGL makes nothing or an endless plane. */
  if (knows_format (load))
    {
      extent = gegl_node_get_bounding_box (load);
      if (extent.width > 0 && extent.height > 0
          && ! gegl_rectangle_is_infinite_plane (&extent))
        gegl_node_process (sink);
    }
  g_log_set_default_handler (handler, NULL);

  return buffer;
}

GeglBuffer *
singan_cli_load (const gchar *path, GError **error)
{
  g_autoptr (GeglBuffer) buffer = NULL;
  g_autoptr (GString) warnings = g_string_new (NULL);

  if (! check_is_file (path, error))
    return NULL;

  buffer = load_with_gegl (path, warnings);
  if (! buffer)
    {
      g_set_error (error, SINGAN_ERROR, SINGAN_ERROR_IMAGE,
                   _ ("“%s” is not a picture in a format that can be read. "
                      "Use PNG, JPEG or TIFF."),
                   path);
      return NULL;
    }
  if (strstr (warnings->str, LOADER_FAILED))
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
