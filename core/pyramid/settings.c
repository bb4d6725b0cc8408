/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "core/pyramid/settings.h"

#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"

/* Where nothing else was measured. */
#define PATCH_DIRECTIONS 64

/* What differs between the presets; tests/quality/README.md has what was
 * measured. */
typedef struct
{
  const gchar *name;
  gint         max_size; /* trains at no more than this */
  gint         size;     /* at which pictures are trained if none is given */
  gint         min_size; /* for generation */
  gint         features_maximum;
  gint         iterations;
  gdouble      finest_share;
  gint         super_resolution_iterations;
  gint         discriminator_steps;
  gint         generator_steps;
  gint         window;
  gint         patch_scales;
  gint         patch_directions;
  gdouble      detail_weight;
  gint         detail_size;
  gdouble      detail_rate;
  gdouble      detail_iterations;
  gint         detail_period;
  gdouble      detail_noise;
  gint         own_statistics_scales;
  gdouble      below_rate;
  gint         is_widened;
  gint         is_mirrored;
} Preset;

static const Preset presets[SINGAN_N_PRESETS] = {
  [SINGAN_PRESET_PREVIEW] = { .name = "preview",
                              .max_size = 112,
                              .size = 88,
                              .min_size = 24,
                              .features_maximum = 32,
                              .iterations = 700,
                              .finest_share = 0.13,
                              .super_resolution_iterations = 240,
                              .discriminator_steps = 1,
                              .generator_steps = 1,
                              .window = SINGAN_MAX_SIZE_MAXIMUM,
                              .patch_scales = 8,
                              .patch_directions = PATCH_DIRECTIONS,
                              .detail_weight = 0,
                              .detail_size = SINGAN_MAX_SIZE_MAXIMUM,
                              .detail_rate = 1,
                              .detail_iterations = 1,
                              .detail_period = 1,
                              .detail_noise = 1,
                              .own_statistics_scales = 1,
                              .below_rate = 0.6,
                              .is_widened = 0,
                              .is_mirrored = 0 },
  [SINGAN_PRESET_BALANCED] = { .name = "balanced",
                               .max_size = SINGAN_MAX_SIZE_MAXIMUM,
                               .size = 96,
                               .min_size = 21,
                               .features_maximum = 64,
                               .iterations = 800,
                               .finest_share = 0.2,
                               .super_resolution_iterations = 250,
                               .discriminator_steps = 1,
                               .generator_steps = 1,
                               .window = 160,
                               .patch_scales = 8,
                               .patch_directions = 128,
                               .detail_weight = 3,
                               .detail_size = 256,
                               .detail_rate = 0.2,
                               .detail_iterations = 10,
                               .detail_period = 20,
                               .detail_noise = 0.25,
                               .own_statistics_scales = 1,
                               .below_rate = 0.6,
                               .is_widened = 1,
                               .is_mirrored = 1 },
  [SINGAN_PRESET_PAPER] = { .name = "paper",
                            .max_size = SINGAN_MAX_SIZE_MAXIMUM,
                            .size = SINGAN_MAX_SIZE_DEFAULT,
                            .min_size = 25,
                            .features_maximum = 128,
                            .iterations = 2000,
                            .finest_share = 1,
                            .super_resolution_iterations = 2000,
                            .discriminator_steps = 3,
                            .generator_steps = 3,
                            .window = SINGAN_MAX_SIZE_MAXIMUM,
                            .patch_scales = 0,
                            .patch_directions = PATCH_DIRECTIONS,
                            .detail_weight = 0,
                            .detail_size = SINGAN_MAX_SIZE_MAXIMUM,
                            .detail_rate = 1,
                            .detail_iterations = 1,
                            .detail_period = 1,
                            .detail_noise = 1,
                            .own_statistics_scales = 0,
                            .below_rate = 0,
                            .is_widened = 0,
                            .is_mirrored = 0 },
};

/* What differs between the purposes. */
typedef struct
{
  const gchar *name;
  gint         min_size;
  gdouble      scale_factor;
  gdouble      reconstruction_weight;
} Purpose;

static const Purpose purposes[SINGAN_N_PURPOSES] = {
  /* Its presets differ in the least size. */
  [SINGAN_PURPOSE_GENERATION] = { "generation", 0, 0.75, 10 },
  [SINGAN_PURPOSE_ANIMATION] = { "animation", 20, 0.75, 10 },
  /* The cube root of a half: three steps double a picture. */
  [SINGAN_PURPOSE_SUPER_RESOLUTION]
  = { "super-resolution", 18, 0.7937005259840998, 100 },
};

gboolean
singan_settings_init (SinganSettings *settings,
                      SinganPreset    preset,
                      gint            max_size,
                      gint            iterations,
                      guint32         seed,
                      GError        **error)
{
  const Preset *chosen;

  g_return_val_if_fail (preset < SINGAN_N_PRESETS, FALSE);

  if (max_size != 0
      && (max_size < SINGAN_MAX_SIZE_MINIMUM
          || max_size > SINGAN_MAX_SIZE_MAXIMUM))
    {
      g_set_error (error, SINGAN_ERROR, SINGAN_ERROR_SETTINGS,
                   _ ("The max-size is %d pixels; it has to be between %d and "
                      "%d, or 0 for the preset's."),
                   max_size, SINGAN_MAX_SIZE_MINIMUM, SINGAN_MAX_SIZE_MAXIMUM);
      return FALSE;
    }
  if (iterations < 0 || iterations > SINGAN_ITERATIONS_MAXIMUM)
    {
      g_set_error (error, SINGAN_ERROR, SINGAN_ERROR_SETTINGS,
                   _ ("The number of iterations is %d; it has to be between 1 "
                      "and %d, or 0 for the preset's."),
                   iterations, SINGAN_ITERATIONS_MAXIMUM);
      return FALSE;
    }

  chosen = &presets[preset];
  *settings = (SinganSettings){
    .preset = preset,
    .max_size = max_size > 0 ? MIN (max_size, chosen->max_size) : chosen->size,
    .features = 32,
    .features_maximum = chosen->features_maximum,
    .iterations = iterations > 0 ? iterations : chosen->iterations,
    .discriminator_steps = chosen->discriminator_steps,
    .generator_steps = chosen->generator_steps,
    .penalty_weight = 0.1,
    .noise_weight = 0.1,
    .learning_rate = 5e-4,
    .decay_start = 0.8,
    .seed = seed,
    .finest_share = iterations > 0 ? 1 : chosen->finest_share,
    .window = chosen->window,
    .patch_scales = chosen->patch_scales,
    .patch_weight = 1,
    .patch_stride = 2,
    .patch_directions = chosen->patch_directions,
    .detail_weight = chosen->detail_weight,
    .detail_size = chosen->detail_size,
    .detail_rate = chosen->detail_rate,
    .detail_iterations = iterations > 0 ? 1 : chosen->detail_iterations,
    .detail_period = chosen->detail_period,
    .detail_noise = chosen->detail_noise,
    .own_statistics_scales = chosen->own_statistics_scales,
    .below_rate = chosen->below_rate,
    .is_widened = chosen->is_widened,
    .is_mirrored = chosen->is_mirrored
  };
  singan_settings_set_purpose (settings, SINGAN_PURPOSE_GENERATION);

  return TRUE;
}

void
singan_settings_set_purpose (SinganSettings *settings, SinganPurpose purpose)
{
  g_return_if_fail (purpose < SINGAN_N_PURPOSES);

  settings->purpose = purpose;
  settings->min_size = purpose == SINGAN_PURPOSE_GENERATION
                           ? presets[settings->preset].min_size
                           : purposes[purpose].min_size;
  settings->scale_factor = purposes[purpose].scale_factor;
  settings->reconstruction_weight = purposes[purpose].reconstruction_weight;

  if (purpose == SINGAN_PURPOSE_SUPER_RESOLUTION)
    {
      /* Only the finest scale is used, and it keeps to its picture: all scales
       * have as many iterations, those that were asked for or the preset's. */
      if (settings->finest_share < 1)
        settings->iterations
            = presets[settings->preset].super_resolution_iterations;
      settings->finest_share = 1;
      settings->patch_scales = 0;
      settings->patch_directions = PATCH_DIRECTIONS;
      settings->detail_weight = 0;
      settings->detail_size = SINGAN_MAX_SIZE_MAXIMUM;
      settings->detail_rate = 1;
      settings->detail_iterations = 1;
      settings->detail_period = 1;
      settings->detail_noise = 1;
      settings->own_statistics_scales = 0;
      settings->below_rate = 0;
      settings->is_widened = 0;
    }
}

static void
append_number (GString *text, const gchar *name, gdouble number)
{
  gchar digits[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append_printf (text, " %s%s", name,
                          g_ascii_dtostr (digits, sizeof digits, number));
}

gchar *
singan_settings_fingerprint (const SinganSettings *settings)
{
  const gdouble numbers[] = { settings->max_size,
                              settings->min_size,
                              settings->scale_factor,
                              settings->features,
                              settings->features_maximum,
                              settings->iterations,
                              settings->discriminator_steps,
                              settings->generator_steps,
                              settings->reconstruction_weight,
                              settings->penalty_weight,
                              settings->noise_weight,
                              settings->learning_rate,
                              settings->decay_start };
  const struct
  {
    const gchar *name;
    gdouble      value;
    gdouble      before;
  } later[]
      = { { "finest-share", settings->finest_share, 1 },
          { "window", settings->window, SINGAN_MAX_SIZE_MAXIMUM },
          { "patch-scales", settings->patch_scales, 0 },
          { "patch-weight", settings->patch_weight, 1 },
          { "patch-stride", settings->patch_stride, 2 },
          { "patch-directions", settings->patch_directions, 64 },
          { "detail-weight", settings->detail_weight, 0 },
          { "detail-size", settings->detail_size, SINGAN_MAX_SIZE_MAXIMUM },
          { "detail-rate", settings->detail_rate, 1 },
          { "detail-iterations", settings->detail_iterations, 1 },
          { "detail-period", settings->detail_period, 1 },
          { "detail-noise", settings->detail_noise, 1 },
          { "own-statistics-scales", settings->own_statistics_scales, 0 },
          { "below-rate", settings->below_rate, 0 },
          { "is-widened", settings->is_widened, 0 },
          { "is-mirrored", settings->is_mirrored, 0 } };
  GString *text = g_string_new (singan_preset_name (settings->preset));
  gsize    i;

  for (i = 0; i < G_N_ELEMENTS (numbers); i++)
    append_number (text, "", numbers[i]);
  /* Nor do models made before these could be set change their names. */
  for (i = 0; i < G_N_ELEMENTS (later); i++)
    if (later[i].value != later[i].before)
      append_number (text, later[i].name, later[i].value);
  /* The models that there were before purposes keep their names. */
  if (settings->purpose != SINGAN_PURPOSE_GENERATION)
    g_string_append_printf (text, " %s",
                            singan_purpose_name (settings->purpose));

  return g_string_free (text, FALSE);
}

const gchar *
singan_preset_name (SinganPreset preset)
{
  g_return_val_if_fail (preset < SINGAN_N_PRESETS, NULL);

  return presets[preset].name;
}

gboolean
singan_preset_from_name (const gchar *name, SinganPreset *preset)
{
  gint i;

  for (i = 0; i < SINGAN_N_PRESETS; i++)
    if (strcmp (presets[i].name, name) == 0)
      {
        *preset = (SinganPreset) i;
        return TRUE;
      }

  return FALSE;
}

const gchar *
singan_purpose_name (SinganPurpose purpose)
{
  g_return_val_if_fail (purpose < SINGAN_N_PURPOSES, NULL);

  return purposes[purpose].name;
}

gboolean
singan_purpose_from_name (const gchar *name, SinganPurpose *purpose)
{
  gint i;

  for (i = 0; i < SINGAN_N_PURPOSES; i++)
    if (strcmp (purposes[i].name, name) == 0)
      {
        *purpose = (SinganPurpose) i;
        return TRUE;
      }

  return FALSE;
}
