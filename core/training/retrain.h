/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Trains one scale of a finished pyramid anew, on inputs in a few colours, so
 * that it knows what to do with a painting in these (SinGAN, supplementary
 * material, "Paint to image").
 */

#pragma once

#include <gio/gio.h>
#include <glib.h>

#include "core/base/tensor.h"
#include "core/pyramid/model.h"
#include "core/pyramid/palette.h"
#include "core/training/trainer.h"

G_BEGIN_DECLS

/**
 * singan_retrain_find_palette:
 * @palette: (out): the colours of the picture at that scale
 * @model: the model
 * @picture: what it was trained on, [h, w, c]
 * @scale: which scale
 * @error: SINGAN_ERROR_NO_MEMORY
 *
 * Seeded with the model's seed: a model has one palette at each scale.
 *
 * Returns: FALSE with @error set
 */
gboolean singan_retrain_find_palette (SinganPalette      *palette,
                                      const SinganModel  *model,
                                      const SinganTensor *picture,
                                      gint                scale,
                                      GError            **error);

/**
 * singan_retrain_scale:
 * @model: the model; it stays as it is
 * @picture: what it was trained on
 * @scale: which scale, 1 .. singan_model_n_trained () - 1
 * @palette: what its inputs are reduced to
 * @cancellable: (nullable): checked after every iteration
 * @progress: (nullable): told of every iteration
 * @data: for @progress
 * @error: SINGAN_ERROR_DIVERGED, SINGAN_ERROR_NO_MEMORY, G_IO_ERROR_CANCELLED
 *
 * The model's own settings and seed, starting from the scale's generator as it
 * is and a fresh discriminator.
 *
 * Returns: (transfer full): a model that differs in that scale only, or NULL
 *   with @error set
 */
SinganModel *singan_retrain_scale (const SinganModel   *model,
                                   const SinganTensor  *picture,
                                   gint                 scale,
                                   const SinganPalette *palette,
                                   GCancellable        *cancellable,
                                   SinganProgressFunc   progress,
                                   gpointer             data,
                                   GError             **error);

G_END_DECLS
