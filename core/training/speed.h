/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How long a training will take: the work that it is, and how much of it this
 * machine does in a second.
 */

#pragma once

#include <gio/gio.h>

#include "core/pyramid/geometry.h"
#include "core/pyramid/settings.h"

G_BEGIN_DECLS

/**
 * SinganSpeed:
 * @work: a second, at each scale: networks of other widths, and other losses,
 *   keep a machine busy to another degree
 * @drawing: work a second of a generator that draws, without a training
 */
typedef struct
{
  gdouble work[SINGAN_SCALES_MAXIMUM];
  gdouble drawing;
} SinganSpeed;

/**
 * singan_speed_measure:
 * @speed: (out): to be filled
 * @settings: of the trainings to come; of any size
 * @channels: of the pictures, 1 or 3
 * @cancellable: (nullable): looked at before each iteration
 * @error: SINGAN_ERROR_NO_MEMORY, G_IO_ERROR_CANCELLED
 *
 * Times iterations of each kind of scale that the settings have, small ones:
 * less than a second.
 *
 * Returns: FALSE with @error set
 */
gboolean singan_speed_measure (SinganSpeed          *speed,
                               const SinganSettings *settings,
                               gint                  channels,
                               GCancellable         *cancellable,
                               GError              **error);

/**
 * singan_training_work:
 * @geometry: of the training
 * @settings: of the training
 * @scale: 0 .. @geometry->n_scales - 1
 *
 * Returns: the work of an iteration of this scale: pixels x width x (width +
 *   what of the cost grows with the width alone)
 */
gdouble singan_training_work (const SinganGeometry *geometry,
                              const SinganSettings *settings,
                              gint                  scale);

/**
 * singan_drawing_seconds:
 * @speed: measured with settings of any size
 * @geometry: of the model
 * @scale: 0 .. @geometry->n_scales - 1
 * @pixels: of the picture
 *
 * Returns: how long a scale's generator takes for a picture
 */
gdouble singan_drawing_seconds (const SinganSpeed    *speed,
                                const SinganGeometry *geometry,
                                gint                  scale,
                                gdouble               pixels);

/**
 * singan_training_seconds:
 * @speed: measured with such settings, of any size
 * @geometry: of the training
 * @settings: of the training
 *
 * Returns: how long the whole training will take
 */
gdouble singan_training_seconds (const SinganSpeed    *speed,
                                 const SinganGeometry *geometry,
                                 const SinganSettings *settings);

G_END_DECLS
