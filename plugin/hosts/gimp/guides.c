/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "plugin/hosts/gimp/guides.h"

/* Where a guide lies: 0 at the layer's left or top, 1 at its right or bottom.
 */
typedef struct
{
  gboolean is_horizontal;
  gdouble  place;
} Guide;

GArray *
singan_guides_read (SinganGimpImage image, SinganGimpLayer layer)
{
  GArray *guides = g_array_new (FALSE, FALSE, sizeof (Guide));
  gint32  id;
  gint    x;
  gint    y;

  gimp_drawable_get_offsets (GIMP_DRAWABLE (layer), &x, &y);
  for (id = gimp_image_find_next_guide (image, 0); id != 0;
       id = gimp_image_find_next_guide (image, id))
    {
      const gboolean is_horizontal
          = gimp_image_get_guide_orientation (image, id)
            == GIMP_ORIENTATION_HORIZONTAL;
      const gint  position = gimp_image_get_guide_position (image, id);
      const gint  size = is_horizontal
                             ? gimp_drawable_get_height (GIMP_DRAWABLE (layer))
                             : gimp_drawable_get_width (GIMP_DRAWABLE (layer));
      const Guide guide
          = { is_horizontal,
              (gdouble) (position - (is_horizontal ? y : x)) / size };

      if (guide.place >= 0 && guide.place <= 1)
        g_array_append_val (guides, guide);
    }

  return guides;
}

void
singan_guides_add (const GArray *guides, SinganGimpImage image)
{
  guint i;

  for (i = 0; i < guides->len; i++)
    {
      const Guide *guide = &g_array_index (guides, Guide, i);

      if (guide->is_horizontal)
        gimp_image_add_hguide (
            image,
            (gint32) (guide->place * gimp_image_get_height (image) + 0.5));
      else
        gimp_image_add_vguide (
            image,
            (gint32) (guide->place * gimp_image_get_width (image) + 0.5));
    }
}
