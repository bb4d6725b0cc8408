/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "core/training/window.h"

#include "core/nn/network.h"

/* A place from half a window before the first to half a window behind the last,
 * moved to the nearest that there is. */
static gint
draw_place (gdouble uniform, gint window, gint picture)
{
  const gint last = picture - window;
  const gint place = (gint) (uniform * (last + 2 * (window / 2) + 1));

  return CLAMP (place - window / 2, 0, last);
}

void
singan_window_draw (SinganRectangle       *window,
                    const SinganRandomKey *key,
                    gint                   height,
                    gint                   width)
{
  SinganReal places[2];

  g_return_if_fail (window->height <= height && window->width <= width);

  singan_random_uniform (key, places, 2);
  window->top = draw_place (places[0], window->height, height);
  window->left = draw_place (places[1], window->width, width);
}

void
singan_window_input (const SinganRectangle *window,
                     const SinganTensor    *x,
                     const SinganTensor    *noise,
                     gdouble                amplitude,
                     gboolean               is_noise_beyond,
                     gboolean               mirrors_border,
                     SinganTensor          *padded)
{
  const gint channels = x->channels;
  gsize      i = 0;
  gint       h;
  gint       w;
  gint       c;

  for (h = 0; h < padded->height; h++)
    for (w = 0; w < padded->width; w++)
      {
        const gint     row = window->top + h - SINGAN_BORDER;
        const gint     column = window->left + w - SINGAN_BORDER;
        const gint     inner_row = singan_mirror (row, x->height);
        const gint     inner_column = singan_mirror (column, x->width);
        const gboolean is_inside = row == inner_row && column == inner_column;
        const gsize    at
            = ((gsize) inner_row * x->width + inner_column) * channels;

        for (c = 0; c < channels; c++, i++)
          {
            padded->data[i] = is_inside || mirrors_border ? x->data[at + c] : 0;
            if (noise && (is_inside || is_noise_beyond))
              padded->data[i] += (SinganReal) amplitude * noise->data[i];
          }
      }
}
