/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A drawn picture, settings for trainings of seconds, and their trainer.
 */

#pragma once

#include <math.h>

#include "core/training/trainer.h"

/* Sky, a round sun, a horizon and striped ground. */
static inline SinganTensor *
draw_picture (gint height, gint width, gint channels)
{
  SinganTensor *picture = singan_tensor_new (height, width, channels, NULL);
  gint          h, w, c;

  for (h = 0; h < height; h++)
    for (w = 0; w < width; w++)
      for (c = 0; c < channels; c++)
        {
          const gdouble  y = (gdouble) h / height;
          const gdouble  x = (gdouble) w / width;
          const gboolean is_sun = hypot (x - 0.7, y - 0.3) < 0.15;
          const gdouble  value = is_sun ? 0.9 - 0.3 * c
                                 : y < 0.6
                                     ? -0.5 + 0.4 * c + 0.3 * y
                                     : 0.4 * sin (40 * x + 25 * y) - 0.2 * c;

          picture->data[(h * width + w) * channels + c] = (SinganReal) value;
        }

  return picture;
}

static inline SinganSettings
short_settings (gint iterations, guint32 seed)
{
  SinganSettings settings;

  assert_true (singan_settings_init (&settings, SINGAN_PRESET_PREVIEW, 56,
                                     iterations, seed, NULL));
  settings.features = settings.features_maximum = 8;

  return settings;
}

/* What the balanced preset has and the paper has not. */
static inline SinganSettings
balanced_settings (gint iterations, guint32 seed)
{
  SinganSettings settings = short_settings (iterations, seed);

  settings.features = 6;
  settings.features_maximum = 12;
  settings.min_size = 18;
  settings.below_rate = 0.5;
  settings.is_widened = 1;
  settings.is_mirrored = 1;
  settings.detail_weight = 1;
  settings.detail_size = 50;
  settings.generator_steps = 2;
  settings.window = 50; /* not at the finest scale */

  return settings;
}

static inline SinganTrainer *
make_trainer_of (const SinganSettings *settings, gint channels)
{
  g_autoptr (SinganTensor) picture = draw_picture (44, 56, channels);
  SinganTrainer *trainer
      = singan_trainer_new (picture, settings, "abcd", "drawn", NULL);

  assert_non_null (trainer);

  return trainer;
}
