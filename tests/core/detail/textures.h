/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pictures for the tests of detail: textures that are drawn, and look nowhere
 * quite as elsewhere.
 */

#pragma once

#include <math.h>

#include "core/base/random.h"
#include "core/base/tensor.h"
#include "core/pyramid/resize.h"

/* Uniform in -1 .. 1. */
static inline SinganTensor *
noise_new (guint32 index, gint height, gint width, gint channels)
{
  const SinganRandomKey key = { 11, SINGAN_RANDOM_SAMPLE, 0, index };
  SinganTensor *noise = singan_tensor_new (height, width, channels, NULL);
  gsize         i;

  singan_random_uniform (&key, noise->data, singan_tensor_size (noise));
  for (i = 0; i < singan_tensor_size (noise); i++)
    noise->data[i] = noise->data[i] * 2 - 1;

  return noise;
}

/* Coarse and fine noise on a gradient, in -1 .. 1.  All that comes from one
 * index is as large as the picture is. */
static inline SinganTensor *
texture_new (guint32 index, gint height, gint width, gint channels)
{
  SinganTensor *texture = noise_new (4 * index, height, width, channels);
  g_autoptr (SinganTensor) small
      = noise_new (4 * index + 1, height / 4 + 1, width / 4 + 1, channels);
  g_autoptr (SinganTensor) coarse = singan_resize (small, height, width, NULL);
  gint h, w, c;

  for (h = 0; h < height; h++)
    for (w = 0; w < width; w++)
      for (c = 0; c < channels; c++)
        {
          const gsize      at = ((gsize) h * width + w) * channels + c;
          const SinganReal gradient
              = (SinganReal) h / height - (c == 1 ? (SinganReal) w / width : 0);

          texture->data[at] = 0.2f * texture->data[at] + 0.4f * coarse->data[at]
                              + 0.3f * gradient;
        }

  return texture;
}

/* The picture at a smaller size, blurred a little: each pixel with a quarter of
 * its neighbours' mean, as what a model draws is soft. */
static inline SinganTensor *
softened_new (const SinganTensor *picture, gint height, gint width)
{
  g_autoptr (SinganTensor) small = singan_resize (picture, height, width, NULL);
  SinganTensor *soft = singan_tensor_new (height, width, small->channels, NULL);
  gint          h, w, c;

  for (h = 0; h < height; h++)
    for (w = 0; w < width; w++)
      for (c = 0; c < small->channels; c++)
        {
          const gint channels = small->channels;
          const gint up = MAX (h - 1, 0), down = MIN (h + 1, height - 1);
          const gint left = MAX (w - 1, 0), right = MIN (w + 1, width - 1);
          const SinganReal around
              = small->data[(up * width + w) * channels + c]
                + small->data[(down * width + w) * channels + c]
                + small->data[(h * width + left) * channels + c]
                + small->data[(h * width + right) * channels + c];

          soft->data[(h * width + w) * channels + c]
              = 0.75f * small->data[(h * width + w) * channels + c]
                + 0.0625f * around;
        }

  return soft;
}

/* Ones, but 0 in a rectangle. */
static inline SinganTensor *
mask_new (gint height, gint width, gint top, gint left, gint rows, gint columns)
{
  SinganTensor *mask = singan_tensor_new (height, width, 1, NULL);
  gint          h, w;

  for (h = 0; h < height; h++)
    for (w = 0; w < width; w++)
      mask->data[h * width + w]
          = ! (h >= top && h < top + rows && w >= left && w < left + columns);

  return mask;
}
