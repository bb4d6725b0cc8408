/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "plugin/hosts/gimp/gimp.h"
#include "plugin/hosts/gimp/guides.h"

#include <string.h>

#include "core/base/i18n.h"
#include "core/base/error.h"

/* Progress is shown no more often than this, in microseconds: each time is a
 * round trip to GIMP. */
#define PROGRESS_INTERVAL (G_USEC_PER_SEC / 10)

/* Characters of an image's name: with a suffix it has to be a file's, of which
 * each may take four bytes of 255. */
#define NAME_LENGTH_MAXIMUM 60

static gboolean
is_xcf (const gchar *path)
{
  static const gchar *const suffixes[]
      = { ".xcf", ".xcf.gz", ".xcf.bz2", ".xcf.xz" };
  g_autofree gchar *lower = g_ascii_strdown (path, -1);
  guint             i;

  for (i = 0; i < G_N_ELEMENTS (suffixes); i++)
    if (g_str_has_suffix (lower, suffixes[i]))
      return TRUE;

  return FALSE;
}

/* Takes the file; NULL if it is not a local one. */
static gchar *
file_to_path (GFile *file)
{
  g_autoptr (GFile) owned = file;

  return owned ? g_file_get_path (owned) : NULL;
}

/* Where the image is saved, if it is.  A picture that was opened without a
 * window says that it is its own XCF file: only the suffix tells.  An image
 * that was never saved may have a name: there is no such file. */
static gchar *
get_saved_path (SinganGimpImage image)
{
  g_autofree gchar *path = file_to_path (gimp_image_get_xcf_file (image));

  return path && g_file_test (path, G_FILE_TEST_EXISTS)
             ? g_steal_pointer (&path)
             : NULL;
}

/* Where the image is saved or was opened from; and, if it was opened from
 * another file than it is saved in, that one. */
static gchar *
get_image_path (SinganGimpImage image, gchar **import_path)
{
  g_autofree gchar *saved = get_saved_path (image);
  g_autofree gchar *imported
      = file_to_path (gimp_image_get_imported_file (image));

  if (import_path)
    *import_path = NULL;
  if (imported && ! (saved && is_xcf (saved)))
    return g_steal_pointer (&imported);
  if (import_path)
    *import_path = g_steal_pointer (&imported);

  return g_steal_pointer (&saved);
}

/* Of the image's file; else the user's own. */
static gchar *
find_folder (SinganGimpImage image)
{
  g_autofree gchar *path = get_image_path (image, NULL);

  return path ? g_path_get_dirname (path) : g_strdup (g_get_home_dir ());
}

gboolean
singan_host_init (SinganHost        *host,
                  SinganGimpImage    image,
                  SinganGimpDrawable drawable,
                  gboolean           is_interactive,
                  GError           **error)
{
  if (gimp_item_is_layer_mask (GIMP_ITEM (drawable)))
    {
      g_set_error_literal (error, SINGAN_ERROR, SINGAN_ERROR_IMAGE,
                           _ ("This is a layer mask, which has no picture to "
                              "learn from. Click the layer's own thumbnail "
                              "in the Layers dialog first."));
      return FALSE;
    }
  if (! gimp_item_is_layer (GIMP_ITEM (drawable)))
    {
      g_set_error_literal (error, SINGAN_ERROR, SINGAN_ERROR_IMAGE,
                           _ ("This is a channel, which has no picture to "
                              "learn from. Select a layer in the Layers "
                              "dialog first."));
      return FALSE;
    }

  *host = (SinganHost){ .image = image,
                        .layer = GIMP_LAYER (drawable),
                        .base = GIMP_LAYER (drawable),
                        .is_interactive = is_interactive,
                        .base_type = gimp_image_get_base_type (image),
                        .precision = gimp_image_get_precision (image),
                        .profile = gimp_image_get_color_profile (image),
                        .metadata = gimp_image_get_metadata (image),
                        .unit = gimp_image_get_unit (image),
                        .folder = find_folder (image),
                        .result_image = SINGAN_GIMP_NONE,
                        .result_group = SINGAN_GIMP_NONE };
  gimp_image_get_resolution (image, &host->x_resolution, &host->y_resolution);

  return TRUE;
}

void
singan_host_clear (SinganHost *host)
{
  g_clear_object (&host->profile);
  g_clear_object (&host->metadata);
  g_clear_pointer (&host->folder, g_free);
  g_clear_pointer (&host->guides, g_array_unref);
}

void
singan_host_set_base (SinganHost *host, SinganGimpLayer base)
{
  host->base = base;
  host->guides = singan_guides_read (host->image, base);
}

void
singan_host_get_source (const SinganHost *host, SinganSource *source)
{
  source->buffer = singan_gimp_layer_get_seen (host->base);
  source->layer_name = gimp_item_get_name (GIMP_ITEM (host->base));
  source->image_path = get_image_path (host->image, &source->import_path);
  singan_gimp_get_remembered_models (host->base, source->remembered_models);
}

void
singan_gimp_show_progress (SinganHost  *host,
                           const gchar *text,
                           gdouble      fraction)
{
  const gint64 now = g_get_monotonic_time ();

  if (host->shown_at == 0)
    gimp_progress_init (text);
  else if (now - host->shown_at < PROGRESS_INTERVAL)
    return;
  else
    gimp_progress_set_text (text);

  gimp_progress_update (fraction);
  /* GIMP's console shows no progress.  Who runs it with G_MESSAGES_DEBUG=singan
   * reads it in what GIMP writes. */
  g_log (GETTEXT_PACKAGE, G_LOG_LEVEL_DEBUG, "%3.0f %% %s", 100 * fraction,
         text);
  host->shown_at = now;
}

/* What GIMP said of the last call. */
static void
set_gimp_error (GError **error)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED,
               _ ("The results cannot be put into the image: %s"),
               singan_gimp_last_error ());
}

static gboolean
is_in_image (SinganGimpLayer layer, SinganGimpImage image)
{
  return gimp_item_is_valid (GIMP_ITEM (layer))
         && gimp_item_get_image (GIMP_ITEM (layer)) == image;
}

/* Why the image cannot hold what was made of it; NULL if it can.  It may have
 * changed while the job ran. */
static const gchar *
find_obstacle (const SinganHost *host)
{
  if (! gimp_image_is_valid (host->image)
      || ! is_in_image (host->layer, host->image)
      || ! is_in_image (host->base, host->image))
    return _ ("The layer is not there any more: the results are in a new "
              "image.");
  if (host->base_type == GIMP_INDEXED)
    return _ ("The image is indexed, and its palette cannot hold the results: "
              "they are in a new RGB image.");
  if (gimp_image_get_base_type (host->image) != host->base_type)
    return _ ("The image's mode has changed: the results are in a new image.");
  if (gimp_image_get_floating_sel (host->image) != SINGAN_GIMP_NONE)
    return _ ("The image has a floating selection: the results are in a new "
              "image. To get them into this one, anchor the selection or turn "
              "it into a layer first.");

  return NULL;
}

/* A name for an image that is not saved yet, in its title and when it is saved
 * for the first time: nothing that is there can be overwritten then. */
static void
name_image (const SinganHost *host, SinganGimpImage image, const gchar *text)
{
  g_autofree gchar *name = g_utf8_substring (
      text, 0, MIN (g_utf8_strlen (text, -1), NAME_LENGTH_MAXIMUM));
  gchar *dot = strrchr (name, '.');
  gint   n = 0;
  g_autoptr (GFile) file = NULL;

  g_strdelimit (name, G_DIR_SEPARATOR_S, '-');
  if (dot && ! strchr (dot, ' '))
    *dot = '-';
  /* Neither a file nor another image that is open may be there. */
  do
    {
      g_autofree gchar *number
          = ++n > 1 ? g_strdup_printf (" (%d)", n) : g_strdup ("");
      g_autofree gchar *base
          = g_strconcat (name, number, SINGAN_GIMP_NAME_SUFFIX, NULL);

      g_clear_object (&file);
      file = g_file_new_build_filename (host->folder, base, NULL);
    }
  while (g_file_query_exists (file, NULL) || singan_gimp_is_open (file));
  gimp_image_set_file (image, file);
}

static SinganGimpImage
make_image (const SinganHost *host, const SinganResults *results)
{
  const GimpImageBaseType base_type
      = host->base_type == GIMP_GRAY ? GIMP_GRAY : GIMP_RGB;
  const SinganGimpImage image = gimp_image_new_with_precision (
      results->width, results->height, base_type, host->precision);

  if (image == SINGAN_GIMP_NONE)
    return SINGAN_GIMP_NONE;
  gimp_image_undo_disable (image);
  if (host->profile)
    gimp_image_set_color_profile (image, host->profile);
  /* Sizes in it are put right by GIMP when the image is exported. */
  if (host->metadata)
    gimp_image_set_metadata (image, host->metadata);
  gimp_image_set_resolution (image, host->x_resolution, host->y_resolution);
  gimp_image_set_unit (image, host->unit);
  singan_guides_add (host->guides, image);
  name_image (host, image, results->group_name);

  return image;
}

static gboolean
add_mask (SinganGimpLayer layer, GeglBuffer *weights)
{
  const SinganGimpMask mask
      = gimp_layer_create_mask (layer, GIMP_ADD_MASK_BLACK);
  g_autoptr (GeglBuffer) buffer = NULL;

  if (mask == SINGAN_GIMP_NONE || ! gimp_layer_add_mask (layer, mask))
    return FALSE;
  buffer = gimp_drawable_get_buffer (GIMP_DRAWABLE (mask));
  gegl_buffer_copy (weights, NULL, GEGL_ABYSS_NONE, buffer, NULL);
  gegl_buffer_flush (buffer);
  /* Painting should go to the picture, as on any new layer. */
  gimp_layer_set_edit_mask (layer, FALSE);

  return TRUE;
}

/* The weights are meant for the pixels' values as they stand, not for light. */
static void
blend_perceptually (SinganGimpLayer layer)
{
  gimp_layer_set_blend_space (layer, GIMP_LAYER_COLOR_SPACE_RGB_PERCEPTUAL);
  gimp_layer_set_composite_space (layer, GIMP_LAYER_COLOR_SPACE_RGB_PERCEPTUAL);
}

/* A layer that is in no image yet, or SINGAN_GIMP_NONE. */
static SinganGimpLayer
make_layer (SinganGimpImage image,
            const gchar    *name,
            GeglBuffer     *pixels,
            GeglBuffer     *mask)
{
  const GimpImageType   type = gimp_image_get_base_type (image) == GIMP_GRAY
                                   ? GIMP_GRAYA_IMAGE
                                   : GIMP_RGBA_IMAGE;
  const SinganGimpLayer layer
      = gimp_layer_new (image, name, gegl_buffer_get_width (pixels),
                        gegl_buffer_get_height (pixels), type, 100,
                        gimp_image_get_default_new_layer_mode (image));
  g_autoptr (GeglBuffer) buffer = NULL;

  if (layer == SINGAN_GIMP_NONE)
    return SINGAN_GIMP_NONE;
  buffer = gimp_drawable_get_buffer (GIMP_DRAWABLE (layer));
  gegl_buffer_copy (pixels, NULL, GEGL_ABYSS_NONE, buffer, NULL);
  gegl_buffer_flush (buffer);
  if (! mask)
    return layer;

  blend_perceptually (layer);
  if (! add_mask (layer, mask))
    {
      gimp_item_delete (GIMP_ITEM (layer));
      return SINGAN_GIMP_NONE;
    }

  return layer;
}

/* The results' layers, in no image yet; or NULL with error set. */
static SinganGimpLayer *
make_layers (SinganGimpImage      image,
             const SinganResults *results,
             gint                 x,
             gint                 y,
             GError             **error)
{
  SinganGimpLayer *layers = g_new (SinganGimpLayer, results->buffers->len);
  guint            i;

  for (i = 0; i < results->buffers->len; i++)
    {
      layers[i] = make_layer (image, g_ptr_array_index (results->names, i),
                              g_ptr_array_index (results->buffers, i),
                              g_ptr_array_index (results->masks, i));
      if (layers[i] == SINGAN_GIMP_NONE)
        {
          set_gimp_error (error);
          while (i > 0)
            gimp_item_delete (GIMP_ITEM (layers[--i]));
          g_free (layers);
          return NULL;
        }
      gimp_layer_set_offsets (layers[i], x, y);
      gimp_item_set_visible (GIMP_ITEM (layers[i]),
                             results->shown == SINGAN_SHOWN_ALL
                                 || results->shown == (gint) i);
    }

  return layers;
}

/* Hands the layers to the image; on failure those that GIMP took so far are in
 * the group. */
static gboolean
insert_layers (SinganGimpLayer        group,
               const SinganGimpLayer *layers,
               const SinganResults   *results,
               SinganGimpImage        image,
               SinganGimpLayer        parent,
               gint                   position)
{
  guint i;

  if (! gimp_image_insert_layer (image, group, parent, position))
    return FALSE;
  for (i = 0; i < results->buffers->len; i++)
    if (! gimp_image_insert_layer (image, layers[i], group, i))
      return FALSE;

  return TRUE;
}

/* What the masks of a new image's results let through. */
static gboolean
add_backdrop (SinganGimpImage image, const SinganResults *results)
{
  SinganGimpLayer layer;

  if (! results->backdrop)
    return TRUE;
  layer = make_layer (image, _ ("Original"), results->backdrop, NULL);

  return layer != SINGAN_GIMP_NONE
         && gimp_image_insert_layer (image, layer, SINGAN_GIMP_NONE, 0);
}

/* Puts the results into a group above the layer, or at the top of an image
 * without it, in one undo step.  The layer stays the active one, so that the
 * filter can be repeated. */
static gboolean
add_group (SinganHost          *host,
           SinganGimpImage      image,
           gboolean             is_new,
           const SinganResults *results,
           GError             **error)
{
  SinganGimpLayer parent = SINGAN_GIMP_NONE;
  const gint      position
      = is_new ? 0
               : gimp_image_get_item_position (image, GIMP_ITEM (host->layer));
  gint                        x = 0;
  gint                        y = 0;
  SinganGimpLayer             group;
  gboolean                    is_inserted;
  g_autofree SinganGimpLayer *layers = NULL;

  if (! is_new)
    {
      parent = GIMP_LAYER (gimp_item_get_parent (GIMP_ITEM (host->layer)));
      gimp_drawable_get_offsets (GIMP_DRAWABLE (host->base), &x, &y);
    }
  layers = make_layers (image, results, x, y, error);
  if (! layers)
    return FALSE;

  gimp_image_undo_group_start (image);
  group = singan_gimp_group_new (image, results->group_name);
  if (results->backdrop)
    blend_perceptually (group);
  is_inserted = insert_layers (group, layers, results, image, parent, position);
  if (! is_inserted)
    {
      set_gimp_error (error);
      gimp_image_remove_layer (image, group);
    }
  if (! is_new)
    singan_gimp_image_select_layer (image, host->layer);
  gimp_image_undo_group_end (image);

  host->result_image = image;
  host->result_group = group;

  return is_inserted;
}

/* Layers of an image without groups, the first at the bottom, as the export of
 * animations wants them. */
static gboolean
add_frames (SinganHost          *host,
            SinganGimpImage      image,
            const SinganResults *results,
            GError             **error)
{
  g_autofree SinganGimpLayer *layers
      = make_layers (image, results, 0, 0, error);
  guint i;

  if (! layers)
    return FALSE;
  for (i = 0; i < results->buffers->len; i++)
    if (! gimp_image_insert_layer (image, layers[i], SINGAN_GIMP_NONE, 0))
      {
        set_gimp_error (error);
        return FALSE;
      }
  host->result_image = image;

  return TRUE;
}

gboolean
singan_gimp_add_results (SinganHost          *host,
                         const SinganResults *results,
                         GError             **error)
{
  const gchar   *obstacle = results->is_image ? NULL : find_obstacle (host);
  const gboolean is_new
      = obstacle || results->is_image
        || gimp_drawable_get_width (GIMP_DRAWABLE (host->base))
               != results->width
        || gimp_drawable_get_height (GIMP_DRAWABLE (host->base))
               != results->height;
  const SinganGimpImage image
      = is_new ? make_image (host, results) : host->image;

  if (image == SINGAN_GIMP_NONE)
    {
      set_gimp_error (error);
      return FALSE;
    }
  if (is_new && ! add_backdrop (image, results))
    {
      set_gimp_error (error);
      gimp_image_delete (image);
      return FALSE;
    }
  if (! (results->is_image ? add_frames (host, image, results, error)
                           : add_group (host, image, is_new, results, error)))
    {
      if (is_new)
        gimp_image_delete (image);
      return FALSE;
    }

  if (is_new)
    {
      gimp_image_undo_enable (image);
      if (obstacle)
        gimp_message (obstacle);
      if (host->is_interactive)
        gimp_display_new (image);
    }
  gimp_displays_flush ();

  return TRUE;
}
