/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a job takes from the image beside the layer that its model learns: the
 * layer it was called on, and the selection.
 */

#include "config.h"

#include "plugin/hosts/gimp/gimp.h"

/* What opacity is measured in. */
#define OPACITY_FULL 100.0

gboolean
singan_host_may_be_base (const SinganHost *host, gint32 id)
{
  const SinganGimpItem item = singan_gimp_item_from_id (id);

  return item != SINGAN_GIMP_NONE && item != GIMP_ITEM (host->layer)
         && gimp_item_is_layer (item) && ! gimp_item_is_layer_mask (item)
         && gimp_item_get_image (item) == host->image;
}

gint32
singan_host_find_base (const SinganHost *host)
{
  gint                        n_layers;
  g_autofree SinganGimpLayer *layers
      = singan_gimp_image_get_layers (host->image, &n_layers);
  gint32 found = SINGAN_LAYER_NONE;
  gint   i;

  /* From the top to the bottom: a group, which may hold the very layer that
   * the procedure was called on, only if there is nothing else. */
  for (i = 0; i < n_layers; i++)
    {
      const SinganGimpItem item = GIMP_ITEM (layers[i]);
      const gint32         id = singan_gimp_item_get_id (item);

      if (singan_host_may_be_base (host, id)
          && (found == SINGAN_LAYER_NONE || ! gimp_item_is_group (item)))
        found = id;
    }

  return found;
}

/* Multiplies a row's alpha with the layer's opacity and the row of its mask. */
static void
weaken_row (gfloat *row, const gfloat *mask, gdouble opacity, gint width)
{
  gint i;

  for (i = 0; i < width; i++)
    row[4 * i + 3] *= (gfloat) opacity * (mask ? mask[i] : 1);
}

/* The layer as it is seen: its effects, its mask and its opacity count, as what
 * is seen is what a person wants to have blended. */
static GeglBuffer *
read_layer (SinganGimpLayer layer, gint x, gint y)
{
  const gdouble        opacity = gimp_layer_get_opacity (layer) / OPACITY_FULL;
  const SinganGimpMask mask = gimp_layer_get_apply_mask (layer)
                                  ? gimp_layer_get_mask (layer)
                                  : SINGAN_GIMP_NONE;
  g_autoptr (GeglBuffer) pixels = singan_gimp_layer_get_seen (layer);
  g_autoptr (GeglBuffer) weights
      = mask == SINGAN_GIMP_NONE
            ? NULL
            : gimp_drawable_get_buffer (GIMP_DRAWABLE (mask));
  const gint  width = gegl_buffer_get_width (pixels);
  const gint  height = gegl_buffer_get_height (pixels);
  const Babl *format = babl_format_with_space (
      "R'G'B'A float", babl_format_get_space (gegl_buffer_get_format (pixels)));
  GeglBuffer *seen
      = gegl_buffer_new (GEGL_RECTANGLE (x, y, width, height), format);
  g_autofree gfloat *row = g_new (gfloat, (gsize) width * 4);
  g_autofree gfloat *weight = weights ? g_new (gfloat, width) : NULL;
  gint               h;

  for (h = 0; h < height; h++)
    {
      const GeglRectangle line = { 0, h, width, 1 };

      gegl_buffer_get (pixels, &line, 1.0, format, row, GEGL_AUTO_ROWSTRIDE,
                       GEGL_ABYSS_NONE);
      if (weights)
        gegl_buffer_get (weights, &line, 1.0, babl_format ("Y float"), weight,
                         GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
      weaken_row (row, weight, opacity, width);
      gegl_buffer_set (seen, GEGL_RECTANGLE (x, y + h, width, 1), 0, format,
                       row, GEGL_AUTO_ROWSTRIDE);
    }

  return seen;
}

/* NULL if nothing is selected.  What a selection holds are weights, not light:
 * they are handed on as they stand. */
static GeglBuffer *
read_selection (SinganGimpImage image, gint x, gint y)
{
  g_autoptr (GeglBuffer) selection = NULL;
  g_autofree gfloat *row = NULL;
  GeglBuffer        *mask;
  gint               width;
  gint               height;
  gint               h;

  if (gimp_selection_is_empty (image))
    return NULL;

  selection = gimp_drawable_get_buffer (
      GIMP_DRAWABLE (gimp_image_get_selection (image)));
  width = gegl_buffer_get_width (selection);
  height = gegl_buffer_get_height (selection);
  mask = gegl_buffer_new (GEGL_RECTANGLE (x, y, width, height),
                          babl_format ("Y' float"));
  row = g_new (gfloat, width);
  for (h = 0; h < height; h++)
    {
      gegl_buffer_get (selection, GEGL_RECTANGLE (0, h, width, 1), 1.0,
                       babl_format ("Y float"), row, GEGL_AUTO_ROWSTRIDE,
                       GEGL_ABYSS_NONE);
      gegl_buffer_set (mask, GEGL_RECTANGLE (x, y + h, width, 1), 0,
                       babl_format ("Y' float"), row, GEGL_AUTO_ROWSTRIDE);
    }

  return mask;
}

void
singan_host_get_pictures (const SinganHost *host, SinganJob *job)
{
  gint base_x;
  gint base_y;
  gint x;
  gint y;
  gint i;

  gimp_drawable_get_offsets (GIMP_DRAWABLE (host->base), &base_x, &base_y);
  gimp_drawable_get_offsets (GIMP_DRAWABLE (host->layer), &x, &y);
  for (i = 0; i < job->procedure->n_arguments; i++)
    {
      const SinganArgument *argument = &job->procedure->arguments[i];

      if (argument->type == SINGAN_ARGUMENT_PICTURE)
        job->pictures[i]
            = argument->has_own_place
                  ? read_layer (host->layer, 0, 0)
                  : read_layer (host->layer, x - base_x, y - base_y);
      else if (argument->is_selection)
        job->pictures[i] = read_selection (host->image, -base_x, -base_y);
    }
}
