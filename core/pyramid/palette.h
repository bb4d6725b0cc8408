/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A few colours that stand for all of a picture's.  A painting in these, and a
 * scale that was trained on pictures in these, understand each other.
 */

#pragma once

#include <glib.h>

#include "core/base/tensor.h"

G_BEGIN_DECLS

/* How many colours a painting is reduced to (SinGAN, supplementary material),
 * and the most channels that they have. */
#define SINGAN_PALETTE_COLOURS 5
#define SINGAN_PALETTE_CHANNELS_MAXIMUM 3

/**
 * SinganPalette:
 * @channels: of each colour
 * @colours: the colours, in [-1, 1]
 */
typedef struct
{
  gint    channels;
  gdouble colours[SINGAN_PALETTE_COLOURS][SINGAN_PALETTE_CHANNELS_MAXIMUM];
} SinganPalette;

/**
 * singan_palette_init:
 * @palette: (out): to be filled
 * @picture: [h, w, c], c at most SINGAN_PALETTE_CHANNELS_MAXIMUM
 * @seed: of the search's start
 *
 * The centres of k-means (Lloyd 1982), started as in k-means++ (Arthur and
 * Vassilvitskii 2007).  The same arguments give the same colours.  A picture of
 * fewer colours gives some of them more than once.
 */
void singan_palette_init (SinganPalette      *palette,
                          const SinganTensor *picture,
                          guint32             seed);

/**
 * singan_palette_apply:
 * @palette: the palette
 * @picture: (inout): each pixel becomes the nearest of the colours
 */
void singan_palette_apply (const SinganPalette *palette, SinganTensor *picture);

G_END_DECLS
