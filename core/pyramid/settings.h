/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a training does: the presets and the numbers behind them.  Knows no
 * pictures and no files.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Bounds of the longest side, in pixels, that a pyramid may be trained at. */
#define SINGAN_MAX_SIZE_MINIMUM 48
#define SINGAN_MAX_SIZE_MAXIMUM 1024
#define SINGAN_MAX_SIZE_DEFAULT 250 /* the paper's */

/* More scales than any allowed picture gives; bounds what a file may claim. */
#define SINGAN_SCALES_MAXIMUM 32

/* Iterations a scale: the most that may be asked for. */
#define SINGAN_ITERATIONS_MAXIMUM 100000

/* Patches of a loss are three times this at most; the coarsest scale of every
 * purpose has room for them. */
#define SINGAN_PATCH_STRIDE_MAXIMUM 4

/* Least that an iteration can train on: several receptive fields. */
#define SINGAN_WINDOW_MINIMUM 48

/* The shortest side, in pixels, of a picture that can be trained on. */
#define SINGAN_IMAGE_SIDE_MINIMUM 32

/**
 * SinganPreset:
 * @SINGAN_PRESET_PREVIEW: under a minute: small, narrow, few iterations
 * @SINGAN_PRESET_BALANCED: some minutes at the default size
 * @SINGAN_PRESET_PAPER: the paper's schedule, hours
 *
 * In rising order of quality, so that presets can be compared.
 */
typedef enum
{
  SINGAN_PRESET_PREVIEW,
  SINGAN_PRESET_BALANCED,
  SINGAN_PRESET_PAPER
} SinganPreset;

#define SINGAN_N_PRESETS 3

/**
 * SinganPurpose:
 * @SINGAN_PURPOSE_GENERATION: pictures of all kinds
 * @SINGAN_PURPOSE_ANIMATION: frames: the noise covers the border that the
 *   networks eat, so that the sides of a picture move too, and the coarsest
 *   scale is smaller
 * @SINGAN_PURPOSE_SUPER_RESOLUTION: enlargements: likeness counts ten times as
 *   much, and the scales are nearer to each other
 *
 * What a model is trained for.
 */
typedef enum
{
  SINGAN_PURPOSE_GENERATION,
  SINGAN_PURPOSE_ANIMATION,
  SINGAN_PURPOSE_SUPER_RESOLUTION
} SinganPurpose;

#define SINGAN_N_PURPOSES 3

/**
 * SinganSettings:
 * @preset: where the numbers come from
 * @max_size: longest side of the finest scale, pixels; rounding may add one
 * @min_size: shortest side of the coarsest scale, pixels
 * @scale_factor: nominal factor between scales, below 1
 * @features: channels of the coarsest scales' networks
 * @features_maximum: where the doubling every four scales stops
 * @iterations: of the coarsest scale
 * @discriminator_steps: an iteration
 * @generator_steps: an iteration
 * @reconstruction_weight: alpha of the paper's eq. (2)
 * @penalty_weight: lambda of WGAN-GP
 * @noise_weight: sigma_n is this times the RMSE of the upsampled reconstruction
 *   when the scale begins
 * @learning_rate: Adam's
 * @decay_start: fraction of the iterations after which the rate is divided by
 *   ten
 * @seed: of all random numbers
 * @finest_share: of @iterations that the finest scale has, 0 .. 1, before
 *   @detail_iterations; those between go down geometrically
 * @window: longest side, pixels, that an iteration trains on; scales that are
 *   larger, but for the coarsest, train on another part in each iteration
 * @patch_scales: so many of the coarsest scales have the patch loss, if they
 *   are not larger than the window
 * @patch_weight: of the patch loss
 * @patch_stride: a patch of that loss is three times as many pixels a side
 * @patch_directions: that it projects on, an iteration
 * @detail_weight: of the same between the reconstruction and the picture, in
 *   patches of 3 x 3 pixels without their means, tile by tile, at the scales
 *   that learn detail; 0 for none.  See singan_geometry_learns_detail ()
 * @detail_size: scales with a longer side, in pixels, learn detail
 * @detail_rate: learning rate of the generator at those scales, as a share of
 *   @learning_rate: where statistics are constants nothing holds it, and steps
 *   that others can take lead it away for good
 * @detail_iterations: those scales have so many times the iterations
 * @detail_period: of so many iterations there one has a fake for both networks;
 *   in the others the generator learns the reconstruction alone
 * @detail_noise: those scales, once they are trained, are given this share of
 *   the noise that they learnt with: of the whole of it they make a weave
 * @own_statistics_scales: so many of the coarsest generators go on to normalise
 *   each picture by its own statistics once they are trained; the others by
 *   the running ones
 * @below_rate: learning rate of the generator of the scale below, which goes on
 *   to learn with the one in training, as a share of @learning_rate; 0 leaves
 *   it as it is.  See singan_geometry_trains_below ()
 * @is_widened: 1 if networks with more features than those of the scale below
 *   start from those, 0 if they start from random numbers
 * @is_mirrored: 1 if pictures at scales that are larger than the window, but
 *   do not learn detail, are padded with themselves, mirrored, 0 if with zeros.
 *   See singan_geometry_mirrors_border ()
 * @purpose: what the model is for
 */
typedef struct
{
  SinganPreset preset;
  gint         max_size;
  gint         min_size;
  gdouble      scale_factor;
  gint         features;
  gint         features_maximum;
  gint         iterations;
  gint         discriminator_steps;
  gint         generator_steps;
  gdouble      reconstruction_weight;
  gdouble      penalty_weight;
  gdouble      noise_weight;
  gdouble      learning_rate;
  gdouble      decay_start;
  guint32      seed;
  gdouble      finest_share;
  gint         window;
  gint         patch_scales;
  gdouble      patch_weight;
  gint         patch_stride;
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

  SinganPurpose purpose;
} SinganSettings;

/**
 * singan_settings_init:
 * @settings: (out): to be filled
 * @preset: which preset
 * @max_size: longest side wanted, SINGAN_MAX_SIZE_MINIMUM .. _MAXIMUM, of
 *   which the preview preset trains at no more than its own limit; 0 for the
 *   preset's
 * @iterations: of each scale, up to SINGAN_ITERATIONS_MAXIMUM; 0 for the
 *   preset's, which may differ between scales
 * @seed: of all random numbers
 * @error: SINGAN_ERROR_SETTINGS
 *
 * Returns: FALSE with @error set if a value is out of its range
 */
gboolean singan_settings_init (SinganSettings *settings,
                               SinganPreset    preset,
                               gint            max_size,
                               gint            iterations,
                               guint32         seed,
                               GError        **error);

/**
 * singan_settings_set_purpose:
 * @settings: (inout): what singan_settings_init () filled, for generation
 * @purpose: what the model will be for
 *
 * Sets the purpose and what follows from it: min_size, the scale factor and the
 * reconstruction's weight; for super-resolution, which uses the finest scale
 * alone, also the same iterations at each scale, and nothing that only samples
 * are better by: patch losses, own statistics, the scale below, widening.
 */
void singan_settings_set_purpose (SinganSettings *settings,
                                  SinganPurpose   purpose);

/**
 * singan_settings_fingerprint:
 * @settings: the settings
 *
 * Returns: (transfer full): a text that is the same if and only if two
 *   trainings differ in nothing but the seed
 */
gchar *singan_settings_fingerprint (const SinganSettings *settings);

/**
 * singan_preset_name:
 * @preset: a preset
 *
 * Returns: its untranslated name: "preview", "balanced" or "paper"
 */
const gchar *singan_preset_name (SinganPreset preset);

/**
 * singan_preset_from_name:
 * @name: an untranslated name
 * @preset: (out): the preset
 *
 * Returns: FALSE if no preset has that name
 */
gboolean singan_preset_from_name (const gchar *name, SinganPreset *preset);

/**
 * singan_purpose_name:
 * @purpose: a purpose
 *
 * Returns: its untranslated name: "generation", "animation" or
 *   "super-resolution"
 */
const gchar *singan_purpose_name (SinganPurpose purpose);

/**
 * singan_purpose_from_name:
 * @name: an untranslated name
 * @purpose: (out): the purpose
 *
 * Returns: FALSE if no purpose has that name
 */
gboolean singan_purpose_from_name (const gchar *name, SinganPurpose *purpose);

G_END_DECLS
