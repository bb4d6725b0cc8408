/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The part of a scale that one iteration trains on.  A network sees in it what
 * it would see there in the whole picture: its neighbours, and the border's
 * zeros only where the picture ends.  Used by the scale trainer.
 */

#pragma once

#include <glib.h>

#include "core/base/random.h"
#include "core/base/tensor.h"

G_BEGIN_DECLS

/**
 * singan_window_draw:
 * @window: (inout): its size stays, its place is drawn
 * @key: the stream
 * @height: rows of the picture, at least the window's
 * @width: columns of the picture, at least the window's
 *
 * Windows that would reach over a border are moved in, so that the outermost
 * lines are in half as many as those in the middle, not in hardly any.
 */
void singan_window_draw (SinganRectangle       *window,
                         const SinganRandomKey *key,
                         gint                   height,
                         gint                   width);

/**
 * singan_window_input:
 * @window: which part
 * @x: the upsampled coarser picture, [h, w, c]
 * @noise: (nullable): [window's height + 10, width + 10, c]; NULL for none
 * @amplitude: sigma_n
 * @is_noise_beyond: whether there is noise beyond the picture's border, too
 * @mirrors_border: as singan_generator_input () has it
 * @padded: (inout): [window's height + 10, width + 10, c], overwritten with
 *   that part of pad5 (sigma_n z + x)
 */
void singan_window_input (const SinganRectangle *window,
                          const SinganTensor    *x,
                          const SinganTensor    *noise,
                          gdouble                amplitude,
                          gboolean               is_noise_beyond,
                          gboolean               mirrors_border,
                          SinganTensor          *padded);

G_END_DECLS
