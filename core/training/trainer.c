/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "core/training/trainer.h"

#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/text.h"
#include "core/pyramid/resize.h"
#include "core/pyramid/stage.h"
#include "core/storage/checkpoint.h"
#include "core/training/scale-trainer.h"

/* Iterations before their speed is believed. */
#define ITERATIONS_MEASURED 3

/* Share of the training that a speed measured beforehand counts for beside what
 * the training itself shows. */
#define SPEED_WEIGHT 0.05

struct _SinganTrainer
{
  SinganModel        *model; /* grows until done */
  SinganTensor       *real[SINGAN_SCALES_MAXIMUM];
  SinganScaleTrainer *scale_trainer; /* NULL once done */
  gint                iteration;     /* done at this scale */
  SinganLosses        losses;

  SinganSpeed speed;     /* of 1 where none was measured */
  gboolean    has_speed; /* that was measured */

  gint64  start;    /* monotonic microseconds */
  gint    n_done;   /* iterations since then */
  gdouble expected; /* seconds for those */
};

static const SinganModelInfo *
get_info (const SinganTrainer *trainer)
{
  return singan_model_get_info (trainer->model);
}

static gint
get_iterations (const SinganTrainer *trainer, gint scale)
{
  const SinganModelInfo *info = get_info (trainer);

  return singan_geometry_get_iterations (&info->geometry, &info->settings,
                                         scale);
}

/* Seconds at the measured speed, which is 1 if there is none. */
static gdouble
expect_iteration (const SinganTrainer *trainer, gint scale)
{
  const SinganModelInfo *info = get_info (trainer);

  return singan_training_work (&info->geometry, &info->settings, scale)
         / trainer->speed.work[scale];
}

static void
begin_clock (SinganTrainer *trainer)
{
  trainer->start = g_get_monotonic_time ();
  trainer->n_done = 0;
  trainer->expected = 0;
}

/* For a training that nobody measured anything for. */
static void
begin_without_speed (SinganTrainer *trainer)
{
  gint n;

  for (n = 0; n < SINGAN_SCALES_MAXIMUM; n++)
    trainer->speed.work[n] = 1;
  begin_clock (trainer);
}

static gboolean
check_picture (const SinganTensor *picture, GError **error)
{
  const gsize count = singan_tensor_size (picture);
  gboolean    is_constant = TRUE;
  gsize       i;

  for (i = 0; i < count; i++)
    {
      if (! isfinite (picture->data[i]))
        {
          const gsize pixel = i / picture->channels;

          g_set_error (
              error, SINGAN_ERROR, SINGAN_ERROR_IMAGE,
              _ ("The pixel at column %d, row %d is not a finite number. "
                 "Repair such pixels first."),
              (gint) (pixel % picture->width), (gint) (pixel / picture->width));
          return FALSE;
        }
      if (picture->data[i] != picture->data[i % picture->channels])
        is_constant = FALSE;
    }
  if (is_constant)
    {
      g_set_error_literal (error, SINGAN_ERROR, SINGAN_ERROR_IMAGE,
                           _ ("The layer has only one colour: there is nothing "
                              "to learn from it. Choose a layer with a "
                              "picture."));
      return FALSE;
    }

  return TRUE;
}

/* real[n]: the picture shrunk to the training size, and from there to each
 * scale. */
static gboolean
make_real_pyramid (SinganTrainer        *trainer,
                   const SinganTensor   *picture,
                   const SinganGeometry *geometry,
                   GError              **error)
{
  const gint finest = geometry->n_scales - 1;
  gint       n;

  trainer->real[finest] = singan_resize (picture, geometry->heights[finest],
                                         geometry->widths[finest], error);
  if (! trainer->real[finest])
    return FALSE;
  for (n = 0; n < finest; n++)
    {
      trainer->real[n]
          = singan_resize (trainer->real[finest], geometry->heights[n],
                           geometry->widths[n], error);
      if (! trainer->real[n])
        return FALSE;
    }

  return TRUE;
}

/* Starts the scale after the finished ones with the networks given. */
static gboolean
begin_scale (SinganTrainer *trainer,
             SinganNetwork *generator,
             SinganNetwork *discriminator,
             SinganNetwork *below,
             gint           iteration,
             GError       **error)
{
  const gint scale = singan_model_n_trained (trainer->model);

  trainer->scale_trainer
      = singan_scale_trainer_new (trainer->model, trainer->real[scale],
                                  generator, discriminator, below, error);
  if (! trainer->scale_trainer)
    return FALSE;
  trainer->iteration = iteration;
  trainer->losses = (SinganLosses){ 0, 0, 0 };

  return TRUE;
}

/* Networks for the next scale: from the trained ones of the scale below where
 * the widths match (SinGAN supplementary), else fresh or, if the settings say
 * so, widened. */
static SinganNetwork *
make_network (const SinganTrainer *trainer,
              gint                 out_channels,
              gboolean             is_generator,
              const SinganNetwork *below,
              GError             **error)
{
  const SinganModelInfo *info = get_info (trainer);
  const gint             scale = singan_model_n_trained (trainer->model);
  SinganNetwork         *network
      = singan_network_new (info->channels, info->geometry.features[scale],
                            out_channels, is_generator, error);

  if (! network)
    return NULL;

  if (below && below->features == network->features)
    {
      singan_network_copy (network, below);
    }
  else
    {
      const SinganRandomKey key = { info->settings.seed,
                                    is_generator ? SINGAN_RANDOM_GENERATOR
                                                 : SINGAN_RANDOM_DISCRIMINATOR,
                                    scale, 0 };

      singan_network_init (network, &key);
      if (below && info->settings.is_widened
          && below->features < network->features)
        singan_network_widen (network, below);
    }

  return network;
}

/* Begins the scale after the finished ones.  What the last one was trained with
 * makes room first: its buffers are half as large as the next one's. */
static gboolean
begin_next_scale (SinganTrainer       *trainer,
                  SinganScaleTrainer **finished,
                  GError             **error)
{
  const SinganModelInfo *info = get_info (trainer);
  const gint             scale = singan_model_n_trained (trainer->model);
  const SinganNetwork   *generator_below
      = *finished ? singan_scale_trainer_get_generator (*finished) : NULL;
  const SinganNetwork *discriminator_below
      = *finished ? singan_scale_trainer_get_discriminator (*finished) : NULL;
  g_autoptr (SinganNetwork) generator = NULL;
  g_autoptr (SinganNetwork) discriminator = NULL;
  g_autoptr (SinganNetwork) below = NULL;

  generator
      = make_network (trainer, info->channels, TRUE, generator_below, error);
  if (! generator)
    return FALSE;
  discriminator = make_network (trainer, 1, FALSE, discriminator_below, error);
  if (! discriminator)
    return FALSE;
  if (singan_geometry_trains_below (&info->geometry, &info->settings, scale)
      && ! (below = singan_network_duplicate (generator_below, error)))
    return FALSE;
  g_clear_pointer (finished, singan_scale_trainer_free);

  return begin_scale (trainer, g_steal_pointer (&generator),
                      g_steal_pointer (&discriminator),
                      g_steal_pointer (&below), 0, error);
}

static SinganTensor *
draw_z_rec (const SinganModelInfo *info, GError **error)
{
  const SinganRandomKey key
      = { info->settings.seed, SINGAN_RANDOM_Z_REC, 0, 0 };
  const gint    border = singan_noise_border (&info->settings);
  SinganTensor *z_rec
      = singan_tensor_new (info->geometry.heights[0] + 2 * border,
                           info->geometry.widths[0] + 2 * border, 1, error);

  if (z_rec)
    singan_noise_draw (&key, z_rec);

  return z_rec;
}

SinganTrainer *
singan_trainer_new (const SinganTensor   *picture,
                    const SinganSettings *settings,
                    const gchar          *source_hash,
                    const gchar          *source_name,
                    GError              **error)
{
  g_autoptr (SinganTrainer) trainer = g_new0 (SinganTrainer, 1);
  SinganModelInfo     info = { .settings = *settings,
                               .channels = picture->channels,
                               .source_hash = (gchar *) source_hash,
                               .source_name = (gchar *) source_name };
  SinganScaleTrainer *none = NULL;
  SinganTensor       *z_rec;

  if (! singan_geometry_init (&info.geometry, picture->height, picture->width,
                              settings, error)
      || ! check_picture (picture, error)
      || ! make_real_pyramid (trainer, picture, &info.geometry, error))
    return NULL;

  z_rec = draw_z_rec (&info, error);
  if (! z_rec)
    return NULL;
  trainer->model = singan_model_new (&info, z_rec);

  if (! begin_next_scale (trainer, &none, error))
    return NULL;
  begin_without_speed (trainer);

  return g_steal_pointer (&trainer);
}

/* The scales too: those of a stranger's checkpoint need not be the picture's.
 */
static gboolean
check_checkpoint_fits (const SinganModelInfo *info,
                       const SinganTensor    *picture,
                       const SinganSettings  *settings,
                       const gchar           *source_hash,
                       const gchar           *path,
                       GError               **error)
{
  g_autofree gchar *wanted = singan_settings_fingerprint (settings);
  g_autofree gchar *found = singan_settings_fingerprint (&info->settings);
  g_autofree gchar *printable = NULL;
  SinganGeometry    geometry;

  if (! singan_geometry_init (&geometry, picture->height, picture->width,
                              settings, error))
    return FALSE;
  if (strcmp (wanted, found) == 0
      && strcmp (source_hash, info->source_hash) == 0
      && picture->channels == info->channels
      && singan_geometry_is_like (&geometry, &info->geometry))
    return TRUE;

  printable = singan_text_printable (path, SINGAN_TEXT_PATH);
  g_set_error (error, SINGAN_ERROR, SINGAN_ERROR_MODEL,
               _ ("The checkpoint “%s” is of another picture or of other "
                  "settings. It is left as it is."),
               printable);
  return FALSE;
}

SinganTrainer *
singan_trainer_resume (const SinganTensor   *picture,
                       const SinganSettings *settings,
                       const gchar          *source_hash,
                       const gchar          *path,
                       GError              **error)
{
  g_autoptr (SinganTrainer) trainer = g_new0 (SinganTrainer, 1);
  SinganCheckpoint checkpoint;
  gboolean         success;

  if (! singan_checkpoint_load (&checkpoint, path, error))
    return NULL;

  success = check_checkpoint_fits (singan_model_get_info (checkpoint.model),
                                   picture, settings, source_hash, path, error)
            && check_picture (picture, error);
  if (success)
    {
      trainer->model = g_steal_pointer (&checkpoint.model);
      success
          = make_real_pyramid (trainer, picture, &get_info (trainer)->geometry,
                               error)
            && begin_scale (trainer, g_steal_pointer (&checkpoint.generator),
                            g_steal_pointer (&checkpoint.discriminator),
                            g_steal_pointer (&checkpoint.below),
                            checkpoint.iteration, error);
    }
  singan_checkpoint_clear (&checkpoint);
  begin_without_speed (trainer);

  return success ? g_steal_pointer (&trainer) : NULL;
}

void
singan_trainer_set_speed (SinganTrainer *trainer, const SinganSpeed *speed)
{
  trainer->speed = *speed;
  trainer->has_speed = TRUE;
  begin_clock (trainer);
}

void
singan_trainer_free (SinganTrainer *trainer)
{
  gint n;

  if (! trainer)
    return;
  singan_scale_trainer_free (trainer->scale_trainer);
  g_clear_pointer (&trainer->model, singan_model_unref);
  for (n = 0; n < SINGAN_SCALES_MAXIMUM; n++)
    singan_tensor_free (trainer->real[n]);
  g_free (trainer);
}

gboolean
singan_trainer_is_done (const SinganTrainer *trainer)
{
  return trainer->scale_trainer == NULL;
}

/* Adds a scale to the model: the generator in training, as it stands, and that
 * of the scale below as it goes with it. */
static gboolean
append_scale (SinganModel        *model,
              SinganScaleTrainer *scale_trainer,
              GError            **error)
{
  const SinganModelInfo *info = singan_model_get_info (model);
  const SinganNetwork *learnt = singan_scale_trainer_get_below (scale_trainer);
  gdouble amplitude = singan_scale_trainer_get_noise_amplitude (scale_trainer);
  g_autoptr (SinganNetwork) generator = singan_network_duplicate (
      singan_scale_trainer_get_generator (scale_trainer), error);
  g_autoptr (SinganNetwork) below = NULL;

  if (! generator)
    return FALSE;
  if (singan_geometry_learns_detail (&info->geometry, &info->settings,
                                     singan_model_n_trained (model)))
    amplitude *= info->settings.detail_noise;
  if (learnt
      && (! (below = singan_network_duplicate (learnt, error))
          || ! singan_model_replace_finest (model, g_steal_pointer (&below),
                                            error)))
    return FALSE;

  return singan_model_append (model, g_steal_pointer (&generator), amplitude,
                              error);
}

/* Freezes the trained scale into the model and begins the next one. */
static gboolean
finish_scale (SinganTrainer *trainer, GError **error)
{
  g_autoptr (SinganScaleTrainer) finished
      = g_steal_pointer (&trainer->scale_trainer);

  if (! append_scale (trainer->model, finished, error))
    return FALSE;

  if (singan_model_n_trained (trainer->model)
      == get_info (trainer)->geometry.n_scales)
    return TRUE;

  return begin_next_scale (trainer, &finished, error);
}

gboolean
singan_trainer_step (SinganTrainer *trainer, GError **error)
{
  const gint scale = singan_model_n_trained (trainer->model);

  g_return_val_if_fail (trainer->scale_trainer, FALSE);

  if (! singan_scale_trainer_step (trainer->scale_trainer, trainer->iteration,
                                   &trainer->losses, error))
    return FALSE;
  trainer->iteration++;
  trainer->n_done++;
  trainer->expected += expect_iteration (trainer, scale);

  if (trainer->iteration == get_iterations (trainer, scale))
    return finish_scale (trainer, error);

  return TRUE;
}

void
singan_trainer_get_progress (const SinganTrainer    *trainer,
                             SinganTrainingProgress *progress)
{
  const SinganModelInfo *info = get_info (trainer);
  const gint             n_scales = info->geometry.n_scales;
  const gint             n_trained = singan_model_n_trained (trainer->model);
  const gint             scale = MIN (n_trained, n_scales - 1);
  const gint             iterations = get_iterations (trainer, scale);
  const gdouble all = singan_training_seconds (&trainer->speed, &info->geometry,
                                               &info->settings);
  gdouble       done = 0;
  gint          n;

  for (n = 0; n < n_trained; n++)
    done += expect_iteration (trainer, n) * get_iterations (trainer, n);
  if (trainer->scale_trainer)
    done += expect_iteration (trainer, scale) * trainer->iteration;

  *progress = (SinganTrainingProgress){
    .scale = scale,
    .n_scales = n_scales,
    .iteration = trainer->scale_trainer ? trainer->iteration : iterations,
    .iterations = iterations,
    .fraction = done / all,
    .seconds_left = -1,
    .discriminator_loss = trainer->losses.discriminator,
    .generator_loss = trainer->losses.generator,
    .reconstruction_loss = trainer->losses.reconstruction,
    .upsampled_loss
    = trainer->scale_trainer
          ? singan_scale_trainer_get_upsampled_loss (trainer->scale_trainer)
          : 0
  };

  if (! trainer->scale_trainer)
    progress->seconds_left = 0;
  else if (trainer->has_speed || trainer->n_done >= ITERATIONS_MEASURED)
    {
      const gdouble known = trainer->has_speed ? SPEED_WEIGHT * all : 0;
      const gdouble elapsed = (g_get_monotonic_time () - trainer->start)
                              / (gdouble) G_USEC_PER_SEC;

      progress->seconds_left
          = (all - done) * (elapsed + known) / (trainer->expected + known);
    }
}

guint32
singan_trainer_get_seed (const SinganTrainer *trainer)
{
  return get_info (trainer)->settings.seed;
}

SinganModel *
singan_trainer_get_model (const SinganTrainer *trainer, GError **error)
{
  if (singan_trainer_is_done (trainer))
    return singan_model_ref (trainer->model);

  return singan_model_copy (trainer->model, error);
}

SinganModel *
singan_trainer_get_snapshot (const SinganTrainer *trainer, GError **error)
{
  g_autoptr (SinganModel) model = singan_trainer_get_model (trainer, error);

  if (model && trainer->scale_trainer
      && ! append_scale (model, trainer->scale_trainer, error))
    return NULL;

  return g_steal_pointer (&model);
}

gboolean
singan_trainer_save_checkpoint (const SinganTrainer *trainer,
                                const gchar         *path,
                                GError             **error)
{
  SinganCheckpoint checkpoint;

  g_return_val_if_fail (trainer->scale_trainer, FALSE);

  checkpoint = (SinganCheckpoint){
    trainer->model, singan_scale_trainer_get_generator (trainer->scale_trainer),
    singan_scale_trainer_get_discriminator (trainer->scale_trainer),
    singan_scale_trainer_get_below (trainer->scale_trainer), trainer->iteration
  };

  return singan_checkpoint_save (&checkpoint, path, error);
}
