/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The host's functions for GIMP 2.10: the layer as a source, progress, results
 * as layers, the parasite that remembers a layer's model.
 */

#include "config.h"

#include <string.h>

#include <libgimp/gimp.h>

#include "core/base/i18n.h"
#include "core/singan.h"
#include "plugin/hosts/gimp2/gimp2.h"

/* Microseconds between two progress calls: each is a message to GIMP. */
#define PROGRESS_INTERVAL (G_USEC_PER_SEC / 10)

/* "PATH\nPIXEL HASH\nTATTOO": ids change when an image is opened again, tattoos
 * do not, and a duplicated layer has another one. */
#define PARASITE "singan-model"

/* Only these names tell an XCF: GIMP 2.10 also reports a PNG as one. */
static gboolean
is_xcf (const gchar *path)
{
  static const gchar *const suffixes[]
      = { ".xcf", ".xcf.gz", ".xcf.bz2", ".xcf.xz" };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (suffixes); i++)
    if (g_str_has_suffix (path, suffixes[i]))
      return TRUE;

  return FALSE;
}

static gchar *
uri_to_path (gchar *uri)
{
  g_autofree gchar *owned = uri;

  return uri ? g_filename_from_uri (uri, NULL, NULL) : NULL;
}

static gchar *
get_image_path (gint32 image)
{
  g_autofree gchar *xcf = uri_to_path (gimp_image_get_xcf_uri (image));

  if (xcf && is_xcf (xcf))
    return g_steal_pointer (&xcf);

  return uri_to_path (gimp_image_get_uri (image));
}

static gchar *
get_remembered_model (gint32 layer)
{
  GimpParasite *parasite = gimp_item_get_parasite (layer, PARASITE);
  g_autofree gchar *text = NULL;
  g_auto (GStrv) lines = NULL;

  if (! parasite)
    return NULL;
  text = g_strndup (gimp_parasite_data (parasite),
                    gimp_parasite_data_size (parasite));
  gimp_parasite_free (parasite);
  lines = g_strsplit (text, "\n", 2);

  return g_strdup (lines[0]);
}

gboolean
singan_gimp2_open_source (SinganHost   *host,
                          SinganSource *source,
                          GError      **error)
{
  if (! gimp_item_is_valid (host->layer) || ! gimp_item_is_layer (host->layer))
    {
      g_set_error_literal (error, SINGAN_ERROR, SINGAN_ERROR_IMAGE,
                           _ ("SinGAN works on layers, not on masks or "
                              "channels. Choose a layer."));
      return FALSE;
    }

  source->buffer = gimp_drawable_get_buffer (host->layer);
  source->layer_name = gimp_item_get_name (host->layer);
  source->image_path = get_image_path (host->image);
  source->remembered_model = get_remembered_model (host->layer);

  return TRUE;
}

void
singan_host_progress (SinganHost *host, const gchar *text, gdouble fraction)
{
  const gint64 now = g_get_monotonic_time ();

  if (now - host->last_progress < PROGRESS_INTERVAL)
    return;
  if (host->last_progress == 0)
    gimp_progress_init (text);
  else
    gimp_progress_set_text (text);
  gimp_progress_update (fraction);
  host->last_progress = now;
}

void
singan_host_message (SinganHost *host G_GNUC_UNUSED, const gchar *text)
{
  gimp_message (text);
}

void
singan_host_remember_model (SinganHost  *host,
                            const gchar *path,
                            const gchar *pixel_hash)
{
  g_autofree gchar *text = g_strdup_printf (
      "%s\n%s\n%d", path, pixel_hash, gimp_item_get_tattoo (host->layer));
  GimpParasite *old = gimp_item_get_parasite (host->layer, PARASITE);
  gboolean      is_same
      = old && (gsize) gimp_parasite_data_size (old) == strlen (text)
        && memcmp (gimp_parasite_data (old), text, strlen (text)) == 0;
  GimpParasite *parasite;

  if (old)
    gimp_parasite_free (old);
  if (is_same)
    return;

  /* Not undoable: undoing a result must not make the layer forget. */
  parasite = gimp_parasite_new (PARASITE, GIMP_PARASITE_PERSISTENT,
                                strlen (text), text);
  gimp_item_attach_parasite (host->layer, parasite);
  gimp_parasite_free (parasite);
}

/* A new image like the layer's own, but of the results' size; RGB where the
 * own one is indexed. */
static gint32
make_image (const SinganHost *host, const SinganResults *results)
{
  const GimpImageBaseType own = gimp_image_base_type (host->image);
  const GimpImageBaseType type = own == GIMP_INDEXED ? GIMP_RGB : own;
  const gint32            image = gimp_image_new_with_precision (
      results->width, results->height, type,
      gimp_image_get_precision (host->image));
  GimpColorProfile *profile = gimp_image_get_color_profile (host->image);
  gdouble           x_resolution;
  gdouble           y_resolution;

  gimp_image_undo_disable (image);
  gimp_image_get_resolution (host->image, &x_resolution, &y_resolution);
  gimp_image_set_resolution (image, x_resolution, y_resolution);
  if (profile)
    {
      gimp_image_set_color_profile (image, profile);
      g_object_unref (profile);
    }

  return image;
}

static gboolean
add_layer (gint32       image,
           gint32       group,
           const gchar *name,
           GeglBuffer  *pixels,
           gint         x,
           gint         y)
{
  const GimpImageType type = gimp_image_base_type (image) == GIMP_GRAY
                                 ? GIMP_GRAYA_IMAGE
                                 : GIMP_RGBA_IMAGE;
  const gint32 layer = gimp_layer_new (
      image, name, gegl_buffer_get_width (pixels),
      gegl_buffer_get_height (pixels), type, 100,
      gimp_image_get_default_new_layer_mode (image));
  GeglBuffer *buffer;

  /* Below the ones before, so that the first is on top. */
  if (layer == -1
      || ! gimp_image_insert_layer (image, layer, group,
                                    group == 0 ? 0 : G_MAXINT32))
    return FALSE;
  gimp_layer_set_offsets (layer, x, y);
  buffer = gimp_drawable_get_buffer (layer);
  gegl_buffer_copy (pixels, NULL, GEGL_ABYSS_NONE, buffer, NULL);
  gegl_buffer_flush (buffer);
  g_object_unref (buffer);
  gimp_drawable_update (layer, 0, 0, gegl_buffer_get_width (pixels),
                        gegl_buffer_get_height (pixels));

  return TRUE;
}

/* The group is as a new one is in GIMP: above the layer, with its parent. */
static gint32
add_group (SinganHost *host, gint32 image, const SinganResults *results)
{
  const gboolean is_own = image == host->image;
  const gint32   group = gimp_layer_group_new (image);

  gimp_item_set_name (group, results->group_name);
  gimp_image_insert_layer (
      image, group, is_own ? MAX (gimp_item_get_parent (host->layer), 0) : 0,
      is_own ? gimp_image_get_item_position (image, host->layer) : 0);

  return group;
}

static gboolean
add_layers (SinganHost          *host,
            gint32               image,
            const SinganResults *results,
            GError             **error)
{
  gint  x = 0;
  gint  y = 0;
  guint i;

  if (image == host->image)
    gimp_drawable_offsets (host->layer, &x, &y);
  host->result_image = image;
  host->result_layer = add_group (host, image, results);
  for (i = 0; i < results->buffers->len; i++)
    if (! add_layer (image, host->result_layer,
                     g_ptr_array_index (results->names, i),
                     g_ptr_array_index (results->buffers, i), x, y))
      {
        g_set_error (error, SINGAN_ERROR, SINGAN_ERROR_IMAGE,
                     _ ("GIMP could not add a layer of %d x %d pixels."),
                     results->width, results->height);
        return FALSE;
      }

  return TRUE;
}

gboolean
singan_host_add_results (SinganHost          *host,
                         const SinganResults *results,
                         GError             **error)
{
  const gboolean is_indexed
      = gimp_image_base_type (host->image) == GIMP_INDEXED;
  const gboolean is_own
      = ! is_indexed && results->width == gimp_drawable_width (host->layer)
        && results->height == gimp_drawable_height (host->layer);
  gint32   image;
  gboolean success;

  if (is_own)
    {
      gimp_image_undo_group_start (host->image);
      success = add_layers (host, host->image, results, error);
      gimp_image_undo_group_end (host->image);
      gimp_displays_flush ();

      return success;
    }

  if (is_indexed)
    singan_host_message (host, _ ("The image is indexed and its palette does "
                                  "not hold new colours: the results are in a "
                                  "new RGB image."));
  image = make_image (host, results);
  success = add_layers (host, image, results, error);
  gimp_image_undo_enable (image);
  if (! success)
    {
      gimp_image_delete (image);
      return FALSE;
    }
  gimp_image_clean_all (image);
  if (host->is_interactive)
    gimp_display_new (image);

  return TRUE;
}
