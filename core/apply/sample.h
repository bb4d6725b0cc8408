/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Draws pictures from a trained pyramid: random samples of any size from any
 * start scale, and the reconstruction.
 */

#pragma once

#include <gio/gio.h>
#include <glib.h>

#include "core/base/tensor.h"
#include "core/pyramid/model.h"

G_BEGIN_DECLS

/* Range of the size factors of a sample. */
#define SINGAN_SIZE_FACTOR_MINIMUM 0.25
#define SINGAN_SIZE_FACTOR_MAXIMUM 4.0

/**
 * SinganSampling:
 * @seed: of the noise
 * @index: number of the sample; each gives another picture
 * @start_scale: scales below draw no fresh noise but use the reconstruction's;
 *   0 .. geometry.n_scales - 1
 * @width_factor: width of the sample over that of the finest scale
 * @height_factor: height of the sample over that of the finest scale
 */
typedef struct
{
  guint32 seed;
  guint32 index;
  gint    start_scale;
  gdouble width_factor;
  gdouble height_factor;
} SinganSampling;

/**
 * singan_sample:
 * @model: the model
 * @sampling: what to draw
 * @cancellable: (nullable): checked between scales
 * @error: SINGAN_ERROR_SETTINGS if a value is out of its range,
 *   SINGAN_ERROR_NO_MEMORY, G_IO_ERROR_CANCELLED
 *
 * SinGAN section 2.1: from @start_scale up every scale draws fresh noise;
 * below it stands the reconstruction.  The same arguments give the same pixels.
 *
 * Returns: (transfer full): [round (height_factor h_N), round (width_factor
 *   w_N), c] in [-1, 1], or NULL with @error set
 */
SinganTensor *singan_sample (const SinganModel    *model,
                             const SinganSampling *sampling,
                             GCancellable         *cancellable,
                             GError              **error);

/**
 * singan_reconstruct:
 * @model: the model
 * @cancellable: (nullable): checked between scales
 * @error: SINGAN_ERROR_NO_MEMORY, G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full): what the pyramid makes of z* and no other noise,
 *   [h_N, w_N, c], or NULL with @error set
 */
SinganTensor *singan_reconstruct (const SinganModel *model,
                                  GCancellable      *cancellable,
                                  GError           **error);

G_END_DECLS
