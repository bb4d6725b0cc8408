/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An image's guides, carried over to a new image of another size.
 */

#pragma once

#include "plugin/hosts/gimp/api.h"

G_BEGIN_DECLS

/**
 * singan_guides_read:
 * @image: an image
 * @layer: one of its layers
 *
 * Returns: (transfer full): those of the image's guides that cross the layer or
 *   touch its border, by their place in it; to be freed with g_array_unref ()
 */
GArray *singan_guides_read (SinganGimpImage image, SinganGimpLayer layer);

/**
 * singan_guides_add:
 * @guides: what singan_guides_read () gave
 * @image: an image that shows the layer at any size; gets the guides at
 *   the same relative places
 */
void singan_guides_add (const GArray *guides, SinganGimpImage image);

G_END_DECLS
