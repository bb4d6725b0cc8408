/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * GIMP 2.10 and GIMP 3 in one vocabulary, so that what is done to images is
 * written once: GIMP 3's names, over numbers in 2.10 and objects in 3.  Only
 * what the two spell differently; the only place that asks which GIMP this is.
 */

#pragma once

#include <gegl.h>
#include <libgimp/gimp.h>

#include "plugin/procedures/procedure.h"

G_BEGIN_DECLS

#if GIMP_MAJOR_VERSION == 2

typedef gint32   SinganGimpImage;
typedef gint32   SinganGimpItem;
typedef gint32   SinganGimpLayer;
typedef gint32   SinganGimpMask;
typedef gint32   SinganGimpDrawable;
typedef GimpUnit SinganGimpUnit;

/* No image, item, layer or drawable. */
#define SINGAN_GIMP_NONE (-1)

/* Any item's number will do for any kind of item. */
#define GIMP_ITEM(item) (item)
#define GIMP_DRAWABLE(item) (item)
#define GIMP_LAYER(item) (item)

#define gimp_drawable_get_width gimp_drawable_width
#define gimp_drawable_get_height gimp_drawable_height
#define gimp_drawable_get_offsets gimp_drawable_offsets
#define gimp_image_get_base_type gimp_image_base_type
#define gimp_image_get_height gimp_image_height
#define gimp_image_get_width gimp_image_width

static inline const gchar *
singan_gimp_last_error (void)
{
  return gimp_get_pdb_error ();
}

static inline SinganGimpItem
singan_gimp_item_from_id (gint32 id)
{
  return gimp_item_is_valid (id) ? id : SINGAN_GIMP_NONE;
}

static inline gint32
singan_gimp_item_get_id (SinganGimpItem item)
{
  return item;
}

static inline SinganGimpLayer *
singan_gimp_image_get_layers (SinganGimpImage image, gint *n_layers)
{
  return gimp_image_get_layers (image, n_layers);
}

static inline void
singan_gimp_image_select_layer (SinganGimpImage image, SinganGimpLayer layer)
{
  gimp_image_set_active_layer (image, layer);
}

static inline SinganGimpLayer
singan_gimp_group_new (SinganGimpImage image, const gchar *name)
{
  const gint32 group = gimp_layer_group_new (image);

  gimp_item_set_name (group, name);

  return group;
}

/* What another program wrote need not end in a NUL. */
static inline gchar *
singan_gimp_parasite_get_text (GimpParasite *parasite)
{
  return g_strndup (gimp_parasite_data (parasite),
                    gimp_parasite_data_size (parasite));
}

/* Layers have no effects. */
static inline GeglBuffer *
singan_gimp_layer_get_seen (SinganGimpLayer layer)
{
  return gimp_drawable_get_buffer (layer);
}

static inline GFile *
singan_gimp_file_from_uri (gchar *uri)
{
  g_autofree gchar *owned = uri;

  return owned ? g_file_new_for_uri (owned) : NULL;
}

static inline GFile *
gimp_image_get_xcf_file (SinganGimpImage image)
{
  return singan_gimp_file_from_uri (gimp_image_get_xcf_uri (image));
}

static inline GFile *
gimp_image_get_imported_file (SinganGimpImage image)
{
  return singan_gimp_file_from_uri (gimp_image_get_imported_uri (image));
}

static inline void
gimp_image_set_file (SinganGimpImage image, GFile *file)
{
  g_autofree gchar *path = g_file_get_path (file);

  gimp_image_set_filename (image, path);
}

/* For a name without a suffix GIMP 2.10 knows no saving procedure: Save asks
 * where to, whatever other images are called. */
#define SINGAN_GIMP_NAME_SUFFIX ""

static inline gboolean
singan_gimp_is_open (GFile *file G_GNUC_UNUSED)
{
  return FALSE;
}

#else

typedef GimpImage     *SinganGimpImage;
typedef GimpItem      *SinganGimpItem;
typedef GimpLayer     *SinganGimpLayer;
typedef GimpLayerMask *SinganGimpMask;
typedef GimpDrawable  *SinganGimpDrawable;
typedef GimpUnit      *SinganGimpUnit;

#define SINGAN_GIMP_NONE NULL

/* GIMP 3 takes no other name, and Save writes there without asking. */
#define SINGAN_GIMP_NAME_SUFFIX ".xcf"

/* Whether one of the images that are open will be saved as this file. */
static inline gboolean
singan_gimp_is_open (GFile *file)
{
  g_autofree GimpImage **images = gimp_get_images ();
  gint                   i;

  for (i = 0; images && images[i]; i++)
    {
      GFile   *other = gimp_image_get_file (images[i]);
      gboolean is_same = other && g_file_equal (other, file);

      g_clear_object (&other);
      if (is_same)
        return TRUE;
    }

  return FALSE;
}

static inline const gchar *
singan_gimp_last_error (void)
{
  return gimp_pdb_get_last_error (gimp_get_pdb ());
}

static inline SinganGimpItem
singan_gimp_item_from_id (gint32 id)
{
  GimpItem *item = id > 0 ? gimp_item_get_by_id (id) : NULL;

  return item && gimp_item_is_valid (item) ? item : NULL;
}

static inline gint32
singan_gimp_item_get_id (SinganGimpItem item)
{
  return gimp_item_get_id (item);
}

static inline SinganGimpLayer *
singan_gimp_image_get_layers (SinganGimpImage image, gint *n_layers)
{
  SinganGimpLayer *layers = gimp_image_get_layers (image);

  for (*n_layers = 0; layers[*n_layers];)
    (*n_layers)++;

  return layers;
}

static inline void
singan_gimp_image_select_layer (SinganGimpImage image, SinganGimpLayer layer)
{
  const GimpLayer *layers[] = { layer, NULL };

  gimp_image_set_selected_layers (image, layers);
}

static inline SinganGimpLayer
singan_gimp_group_new (SinganGimpImage image, const gchar *name)
{
  return GIMP_LAYER (gimp_group_layer_new (image, name));
}

static inline gchar *
singan_gimp_parasite_get_text (GimpParasite *parasite)
{
  guint32       size;
  gconstpointer data = gimp_parasite_get_data (parasite, &size);

  return g_strndup (data, size);
}

static inline gboolean
singan_gimp_has_effects (GimpDrawable *drawable)
{
  g_autofree GimpDrawableFilter **filters
      = gimp_drawable_get_filters (drawable);
  gint i;

  for (i = 0; filters && filters[i]; i++)
    if (gimp_drawable_filter_get_visible (filters[i]))
      return TRUE;

  return FALSE;
}

/* What the image of one group shows: GIMP merges no effects of groups.  The
 * group's mask and opacity are no effects. */
static inline GimpLayer *
singan_gimp_draw_group (GimpImage *aside, GimpLayer *group)
{
  if (gimp_layer_get_mask (group))
    gimp_layer_remove_mask (group, GIMP_MASK_DISCARD);
  gimp_layer_set_opacity (group, 100);
  gimp_layer_set_mode (group, GIMP_LAYER_MODE_NORMAL);
  gimp_item_set_visible (GIMP_ITEM (group), TRUE);
  gimp_layer_set_offsets (group, 0, 0);

  return gimp_layer_new_from_visible (aside, aside, NULL);
}

/* Merges the effects of a layer's copy in an image of its size that nobody
 * sees, and gives what is at the layer's own place: an effect may reach beyond
 * it. */
static inline GeglBuffer *
singan_gimp_merge_effects (GimpImage *aside, GimpLayer *layer)
{
  const gboolean is_group = gimp_item_is_group (GIMP_ITEM (layer));
  GimpLayer *copy = gimp_layer_new_from_drawable (GIMP_DRAWABLE (layer), aside);
  g_autoptr (GeglBuffer) merged = NULL;
  GeglBuffer *seen;
  gint        x;
  gint        y;
  gint        copy_x = 0;
  gint        copy_y = 0;

  if (! copy || ! gimp_image_insert_layer (aside, copy, NULL, 0))
    return NULL;
  gimp_drawable_get_offsets (GIMP_DRAWABLE (copy), &x, &y);
  if (is_group)
    copy = singan_gimp_draw_group (aside, copy);
  else if (! gimp_drawable_merge_filters (GIMP_DRAWABLE (copy)))
    return NULL;
  if (! copy)
    return NULL;

  if (is_group)
    x = y = 0;
  else
    gimp_drawable_get_offsets (GIMP_DRAWABLE (copy), &copy_x, &copy_y);
  merged = gimp_drawable_get_buffer (GIMP_DRAWABLE (copy));
  seen = gegl_buffer_new (GEGL_RECTANGLE (0, 0, gimp_image_get_width (aside),
                                          gimp_image_get_height (aside)),
                          gegl_buffer_get_format (merged));
  gegl_buffer_copy (merged,
                    GEGL_RECTANGLE (x - copy_x, y - copy_y,
                                    gimp_image_get_width (aside),
                                    gimp_image_get_height (aside)),
                    GEGL_ABYSS_NONE, seen, GEGL_RECTANGLE (0, 0, 0, 0));

  return seen;
}

/* The layer's pixels as its effects show them, which gimp_drawable_get_buffer
 * () does not give.  The image is not touched. */
static inline GeglBuffer *
singan_gimp_layer_get_seen (SinganGimpLayer layer)
{
  GimpImage *image = gimp_item_get_image (GIMP_ITEM (layer));
  GimpImage *aside;
  g_autoptr (GimpColorProfile) profile = NULL;
  GeglBuffer *seen;

  if (! singan_gimp_has_effects (GIMP_DRAWABLE (layer)))
    return gimp_drawable_get_buffer (GIMP_DRAWABLE (layer));

  aside = gimp_image_new_with_precision (
      gimp_drawable_get_width (GIMP_DRAWABLE (layer)),
      gimp_drawable_get_height (GIMP_DRAWABLE (layer)),
      gimp_image_get_base_type (image) == GIMP_GRAY ? GIMP_GRAY : GIMP_RGB,
      gimp_image_get_precision (image));
  gimp_image_undo_disable (aside);
  profile = gimp_image_get_color_profile (image);
  if (profile)
    gimp_image_set_color_profile (aside, profile);
  seen = singan_gimp_merge_effects (aside, layer);
  gimp_image_delete (aside);

  return seen ? seen : gimp_drawable_get_buffer (GIMP_DRAWABLE (layer));
}

#endif

G_END_DECLS
