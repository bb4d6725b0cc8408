/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A picture that enters a trained pyramid at one of its scales: what
 * harmonizing, editing and painting have in common.
 */

#pragma once

#include <gio/gio.h>
#include <glib.h>

#include "core/base/tensor.h"
#include "core/pyramid/model.h"
#include "core/pyramid/palette.h"

G_BEGIN_DECLS

/* Nothing enters at the coarsest scale, which makes its picture of noise. */
#define SINGAN_INJECTION_SCALE_MINIMUM 1

/**
 * SinganInjection:
 * @seed: of the noise
 * @start_scale: where the picture enters, SINGAN_INJECTION_SCALE_MINIMUM ..
 *   singan_model_n_trained () - 1.  At a coarse scale much of it is made anew,
 *   at a fine one little.
 * @palette: (nullable): what the picture is reduced to as it enters, for a
 *   model whose start scale was trained anew on that
 */
typedef struct
{
  guint32 seed;
  gint    start_scale;

  const SinganPalette *palette;
} SinganInjection;

/**
 * singan_inject_check:
 * @start_scale: a scale
 * @n_scales: how many scales there are
 * @error: SINGAN_ERROR_SETTINGS with the value and the range
 *
 * Returns: FALSE with @error set if nothing can enter at that scale
 */
gboolean singan_inject_check (gint start_scale, gint n_scales, GError **error);

/**
 * singan_inject:
 * @model: the model
 * @injection: where and with which noise
 * @picture: [h, w, c] in [-1, 1], of any size
 * @cancellable: (nullable): checked between scales
 * @error: as for singan_inject_check (); SINGAN_ERROR_NO_MEMORY,
 *   G_IO_ERROR_CANCELLED
 *
 * SinGAN section 4: the picture is shrunk to the scale below the start,
 * enlarged to the start scale and enters there in place of what the coarser
 * scales would give; every scale from there on draws fresh noise.  The same
 * arguments give the same pixels; at one seed, a scale's noise does not depend
 * on the start.
 *
 * Returns: (transfer full): [h_N, w_N, c] in [-1, 1], or NULL with @error set
 */
SinganTensor *singan_inject (const SinganModel     *model,
                             const SinganInjection *injection,
                             const SinganTensor    *picture,
                             GCancellable          *cancellable,
                             GError               **error);

G_END_DECLS
