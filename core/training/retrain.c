/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "core/training/retrain.h"

#include "core/pyramid/resize.h"
#include "core/training/scale-trainer.h"

/* real[n], by way of the finest scale as in the trainer. */
static SinganTensor *
make_real (const SinganModel  *model,
           const SinganTensor *picture,
           gint                scale,
           GError            **error)
{
  const SinganGeometry *geometry = &singan_model_get_info (model)->geometry;
  const gint            finest = geometry->n_scales - 1;
  g_autoptr (SinganTensor) large = singan_resize (
      picture, geometry->heights[finest], geometry->widths[finest], error);

  return large ? singan_resize (large, geometry->heights[scale],
                                geometry->widths[scale], error)
               : NULL;
}

gboolean
singan_retrain_find_palette (SinganPalette      *palette,
                             const SinganModel  *model,
                             const SinganTensor *picture,
                             gint                scale,
                             GError            **error)
{
  g_autoptr (SinganTensor) real = make_real (model, picture, scale, error);

  if (! real)
    return FALSE;
  singan_palette_init (palette, real,
                       singan_model_get_info (model)->settings.seed);

  return TRUE;
}

static SinganScaleTrainer *
begin (SinganModel         *coarser,
       const SinganModel   *model,
       const SinganTensor  *real,
       gint                 scale,
       const SinganPalette *palette,
       GError             **error)
{
  const SinganRandomKey key = { singan_model_get_info (model)->settings.seed,
                                SINGAN_RANDOM_DISCRIMINATOR, scale, 1 };
  const SinganNetwork  *trained = singan_model_get_generator (model, scale);
  g_autoptr (SinganNetwork) generator
      = singan_network_duplicate (trained, error);
  g_autoptr (SinganNetwork) discriminator = NULL;
  SinganScaleTrainer *trainer;

  if (! generator)
    return NULL;
  discriminator = singan_network_new (trained->in_channels, trained->features,
                                      1, FALSE, error);
  if (! discriminator)
    return NULL;
  singan_network_init (discriminator, &key);

  trainer = singan_scale_trainer_new (
      coarser, real, g_steal_pointer (&generator),
      g_steal_pointer (&discriminator), NULL, error);
  if (! trainer)
    return NULL;
  /* The scale below may have moved since the one above began. */
  singan_scale_trainer_set_noise_amplitude (
      trainer, singan_model_get_noise_amplitude (model, scale));
  singan_scale_trainer_set_palette (trainer, palette);

  return trainer;
}

static gboolean
train (SinganScaleTrainer *trainer,
       const SinganModel  *model,
       gint                scale,
       GCancellable       *cancellable,
       SinganProgressFunc  progress_func,
       gpointer            data,
       GError            **error)
{
  const SinganModelInfo *info = singan_model_get_info (model);
  const gint             iterations = singan_geometry_get_iterations (
                  &info->geometry, &info->settings, scale);
  const gint64           start = g_get_monotonic_time ();
  SinganTrainingProgress progress = { .scale = scale,
                                      .n_scales = info->geometry.n_scales,
                                      .iterations = iterations };
  gint                   i;

  for (i = 0; i < iterations; i++)
    {
      SinganLosses losses;

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      if (! singan_scale_trainer_step (trainer, i, &losses, error))
        return FALSE;
      progress.iteration = i + 1;
      progress.fraction = (gdouble) (i + 1) / iterations;
      progress.seconds_left = (g_get_monotonic_time () - start)
                              / (gdouble) G_USEC_PER_SEC / (i + 1)
                              * (iterations - i - 1);
      if (progress_func)
        progress_func (&progress, data);
    }

  return TRUE;
}

SinganModel *
singan_retrain_scale (const SinganModel   *model,
                      const SinganTensor  *picture,
                      gint                 scale,
                      const SinganPalette *palette,
                      GCancellable        *cancellable,
                      SinganProgressFunc   progress,
                      gpointer             data,
                      GError             **error)
{
  g_autoptr (SinganModel) changed = NULL;
  g_autoptr (SinganTensor) real = NULL;
  g_autoptr (SinganScaleTrainer) trainer = NULL;
  gint n;

  g_return_val_if_fail (scale > 0 && scale < singan_model_n_trained (model),
                        NULL);

  changed = singan_model_copy_coarsest (model, scale, error);
  real = changed ? make_real (model, picture, scale, error) : NULL;
  trainer = real ? begin (changed, model, real, scale, palette, error) : NULL;
  if (! trainer
      || ! train (trainer, model, scale, cancellable, progress, data, error))
    return NULL;

  for (n = scale; n < singan_model_n_trained (model); n++)
    {
      const gboolean is_retrained = n == scale;
      SinganNetwork *generator = singan_network_duplicate (
          is_retrained ? singan_scale_trainer_get_generator (trainer)
                       : singan_model_get_generator (model, n),
          error);

      if (! generator
          || ! singan_model_append (
              changed, generator,
              is_retrained ? singan_scale_trainer_get_noise_amplitude (trainer)
                           : singan_model_get_noise_amplitude (model, n),
              error))
        return NULL;
    }

  return g_steal_pointer (&changed);
}
