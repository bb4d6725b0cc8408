/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "core/training/scale-trainer.h"

#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/nn/losses.h"
#include "core/nn/patch-loss.h"
#include "core/pyramid/stage.h"
#include "core/training/coarser-picture.h"
#include "core/training/window.h"

/* What the learning rate is multiplied by from decay_start on. */
#define LEARNING_RATE_DECAY 0.1

/* Detail is what the finest scales add: patches as small as there are, and
 * fewer directions than layouts need. */
#define DETAIL_STRIDE 1
#define DETAIL_DIRECTIONS 32

/* Patches a side of a tile: few enough that one shows one thing. */
#define DETAIL_TILE 16

/* When a generator has run away: after so many iterations, the running mean of
 * its reconstruction's squared error on [-1, 1], and how many times that of the
 * upsampled coarser picture it is. */
#define RUN_AWAY_ITERATIONS 100
#define RUN_AWAY_LOSS 0.25
#define RUN_AWAY_TIMES 4

/* What the last iteration counts for in that mean. */
#define MEAN_SHARE 0.05

struct _SinganScaleTrainer
{
  SinganSettings      settings;
  SinganModel        *model;
  const SinganTensor *real;
  gint                scale;
  gint                iterations; /* of this scale */

  SinganCoarserPicture *coarser;
  SinganNetwork        *generator;
  SinganNetwork        *discriminator;
  SinganPasses         *generator_passes;
  SinganPasses         *discriminator_passes;

  SinganPatchLoss *patch_loss;  /* of the fake; NULL at scales without one */
  SinganPatchLoss *detail_loss; /* of the reconstruction; NULL likewise */

  gdouble       noise_amplitude;
  gdouble       generator_rate; /* share of the learning rate */
  gint          period;         /* of the iterations that have a fake */
  SinganLosses  losses;         /* the last of each */
  gdouble       mean_loss;      /* running, of the reconstruction */
  gdouble       upsampled_loss;
  SinganTensor *reconstruction_noise; /* z* at scale 0, else NULL */

  const SinganTensor *x; /* the random coarser picture of a step */

  /* Of the window. */
  gboolean        is_whole; /* the window is the picture */
  SinganRectangle window;
  SinganTensor   *target; /* of real */
  SinganTensor   *window_x;
  SinganTensor   *noise;
  SinganTensor   *input; /* of the generator, padded */
  SinganTensor   *fake;
  SinganTensor   *mixed;
  SinganTensor   *grad_picture;
  SinganTensor   *grad_input; /* NULL without the scale below */
  SinganTensor   *grad_patches;
  SinganTensor   *grad_map;
};

static gboolean
learns_detail (const SinganScaleTrainer *trainer)
{
  return singan_geometry_learns_detail (
      &singan_model_get_info (trainer->model)->geometry, &trainer->settings,
      trainer->scale);
}

/* What lies over the window that an iteration trains on. */
static gboolean
plan_window (SinganScaleTrainer *trainer,
             SinganWorkspace    *workspace,
             GError            **error)
{
  const SinganSettings *settings = &trainer->settings;
  const gint            channels = trainer->real->channels;
  /* The coarsest scale is small in any picture, and its z* is one. */
  const gint     limit = trainer->scale > 0 ? settings->window : G_MAXINT;
  const gint     height = MIN (trainer->real->height, limit);
  const gint     width = MIN (trainer->real->width, limit);
  const gint     padded_height = height + 2 * SINGAN_BORDER;
  const gint     padded_width = width + 2 * SINGAN_BORDER;
  SinganTensor **parts[]
      = { &trainer->target, &trainer->window_x,     &trainer->fake,
          &trainer->mixed,  &trainer->grad_picture, &trainer->grad_patches };
  gint  border;
  gsize i;

  trainer->window = (SinganRectangle){ 0, 0, height, width };
  trainer->is_whole
      = height == trainer->real->height && width == trainer->real->width;
  /* A window has noise around it unless the picture ends there. */
  border = trainer->is_whole ? singan_noise_border (settings) : SINGAN_BORDER;

  for (i = 0; i < G_N_ELEMENTS (parts); i++)
    if (! (*parts[i] = singan_tensor_new (height, width, channels, error)))
      return FALSE;
  if (! (trainer->noise = singan_tensor_new (
             height + 2 * border, width + 2 * border, channels, error))
      || ! (trainer->input
            = singan_tensor_new (padded_height, padded_width, channels, error))
      || ! (trainer->grad_map
            = singan_tensor_new (height - 2 * SINGAN_BORDER,
                                 width - 2 * SINGAN_BORDER, 1, error))
      || ! (trainer->generator_passes = singan_passes_new_within (
                workspace, trainer->generator, padded_height, padded_width,
                SINGAN_PASS_BACKWARD, error))
      || ! (trainer->discriminator_passes = singan_passes_new_within (
                workspace, trainer->discriminator, height, width,
                SINGAN_PASS_TANGENT, error)))
    return FALSE;

  /* The scale below goes on to learn where a window is the picture. */
  if (singan_coarser_picture_get_below (trainer->coarser))
    {
      g_assert (trainer->is_whole && trainer->scale > 1);
      trainer->grad_input
          = singan_tensor_new (padded_height, padded_width, channels, error);
      if (! trainer->grad_input)
        return FALSE;
    }

  /* The patches of a window are not distributed as the whole picture's. */
  if (trainer->is_whole && trainer->scale < settings->patch_scales
      && ! (trainer->patch_loss = singan_patch_loss_new (
                height, width, channels, settings->patch_stride,
                settings->patch_directions, FALSE, 0, error)))
    return FALSE;
  /* But a window of the reconstruction shows what the real one does. */
  if (learns_detail (trainer)
      && ! (trainer->detail_loss = singan_patch_loss_new (
                height, width, channels, DETAIL_STRIDE, DETAIL_DIRECTIONS, TRUE,
                DETAIL_TILE, error)))
    return FALSE;

  return TRUE;
}

/* z* of the coarsest scale. */
static gboolean
expand_z_rec (SinganScaleTrainer *trainer, GError **error)
{
  const SinganTensor *z_rec = singan_model_get_z_rec (trainer->model);

  trainer->reconstruction_noise = singan_tensor_new (
      z_rec->height, z_rec->width, trainer->real->channels, error);
  if (! trainer->reconstruction_noise)
    return FALSE;
  singan_noise_expand (z_rec, trainer->reconstruction_noise);

  return TRUE;
}

SinganScaleTrainer *
singan_scale_trainer_new (SinganModel        *model,
                          const SinganTensor *real,
                          SinganNetwork      *generator,
                          SinganNetwork      *discriminator,
                          SinganNetwork      *below,
                          GError            **error)
{
  g_autoptr (SinganScaleTrainer) trainer = g_new0 (SinganScaleTrainer, 1);
  /* The networks run one after the other. */
  g_autoptr (SinganWorkspace) workspace = singan_workspace_new ();

  trainer->settings = singan_model_get_info (model)->settings;
  trainer->model = singan_model_ref (model);
  trainer->real = real;
  trainer->scale = singan_model_n_trained (model);
  trainer->iterations = singan_geometry_get_iterations (
      &singan_model_get_info (model)->geometry, &trainer->settings,
      trainer->scale);
  trainer->generator = generator;
  trainer->generator->keeps_statistics = learns_detail (trainer);
  trainer->generator->mirrors_border = singan_geometry_mirrors_border (
      &singan_model_get_info (model)->geometry, &trainer->settings,
      trainer->scale);
  trainer->generator_rate
      = learns_detail (trainer) ? trainer->settings.detail_rate : 1;
  trainer->period
      = learns_detail (trainer) ? trainer->settings.detail_period : 1;
  trainer->discriminator = discriminator;

  trainer->coarser
      = singan_coarser_picture_new (workspace, model, below, error);
  if (! trainer->coarser || ! plan_window (trainer, workspace, error)
      || (trainer->scale == 0 && ! expand_z_rec (trainer, error)))
    return NULL;

  trainer->upsampled_loss = singan_tensor_mean_squared_difference (
      singan_coarser_picture_get_reconstruction (trainer->coarser), real);
  trainer->noise_amplitude
      = trainer->scale > 0
            ? trainer->settings.noise_weight * sqrt (trainer->upsampled_loss)
            : 1;

  return g_steal_pointer (&trainer);
}

void
singan_scale_trainer_set_noise_amplitude (SinganScaleTrainer *trainer,
                                          gdouble             amplitude)
{
  trainer->noise_amplitude = amplitude;
}

void
singan_scale_trainer_set_palette (SinganScaleTrainer  *trainer,
                                  const SinganPalette *palette)
{
  singan_coarser_picture_set_palette (trainer->coarser, palette);
}

void
singan_scale_trainer_free (SinganScaleTrainer *trainer)
{
  if (! trainer)
    return;
  singan_coarser_picture_free (trainer->coarser);
  singan_model_unref (trainer->model);
  singan_network_free (trainer->generator);
  singan_network_free (trainer->discriminator);
  singan_passes_free (trainer->generator_passes);
  singan_passes_free (trainer->discriminator_passes);
  singan_tensor_free (trainer->reconstruction_noise);
  singan_tensor_free (trainer->target);
  singan_tensor_free (trainer->window_x);
  singan_tensor_free (trainer->noise);
  singan_tensor_free (trainer->input);
  singan_tensor_free (trainer->fake);
  singan_tensor_free (trainer->mixed);
  singan_tensor_free (trainer->grad_picture);
  singan_tensor_free (trainer->grad_input);
  singan_tensor_free (trainer->grad_patches);
  singan_tensor_free (trainer->grad_map);
  singan_patch_loss_free (trainer->patch_loss);
  singan_patch_loss_free (trainer->detail_loss);
  g_free (trainer);
}

/* fake = psi (pad5 (sigma z + x)) + x in the window, in batch mode. */
static void
generate (SinganScaleTrainer *trainer,
          const SinganTensor *x,
          const SinganTensor *noise)
{
  const gsize       count = singan_tensor_size (trainer->fake);
  const SinganReal *residual;
  gsize             i;

  if (trainer->is_whole)
    singan_generator_input (x, noise, trainer->noise_amplitude,
                            trainer->generator->mirrors_border, trainer->input);
  else
    singan_window_input (&trainer->window, x, noise, trainer->noise_amplitude,
                         singan_noise_border (&trainer->settings) > 0,
                         trainer->generator->mirrors_border, trainer->input);
  singan_tensor_copy_part (x, &trainer->window, trainer->window_x);
  residual
      = singan_network_forward (trainer->generator, trainer->generator_passes,
                                trainer->input->data, TRUE);
  for (i = 0; i < count; i++)
    trainer->fake->data[i] = residual[i] + trainer->window_x->data[i];
}

/* mixed = eps real + (1 - eps) fake, one eps for the picture. */
static void
mix (SinganScaleTrainer *trainer, guint32 step)
{
  const SinganRandomKey key
      = { trainer->settings.seed, SINGAN_RANDOM_MIX, trainer->scale, step };
  const gsize count = singan_tensor_size (trainer->mixed);
  SinganReal  eps;
  gsize       i;

  singan_random_uniform (&key, &eps, 1);
  for (i = 0; i < count; i++)
    trainer->mixed->data[i]
        = eps * trainer->target->data[i] + (1 - eps) * trainer->fake->data[i];
}

static gdouble
critic (SinganScaleTrainer *trainer,
        const SinganTensor *picture,
        gdouble             sign,
        gboolean            accumulate,
        SinganReal         *grad_picture)
{
  return singan_loss_critic (trainer->discriminator,
                             trainer->discriminator_passes, picture->data,
                             picture->height, picture->width, sign, accumulate,
                             grad_picture, trainer->grad_map->data);
}

/* Minimises mean D(fake) - mean D(real) + lambda GP over D. */
static gdouble
discriminator_step (SinganScaleTrainer *trainer,
                    guint32             step,
                    gdouble             learning_rate)
{
  gdouble loss;

  generate (trainer, trainer->x, trainer->noise);
  mix (trainer, step);

  singan_network_zero_gradient (trainer->discriminator);
  loss = -critic (trainer, trainer->target, -1, TRUE, NULL);
  loss += critic (trainer, trainer->fake, 1, TRUE, NULL);
  loss += singan_loss_gradient_penalty (
      trainer->discriminator, trainer->discriminator_passes,
      trainer->mixed->data, trainer->mixed->height, trainer->mixed->width,
      trainer->settings.penalty_weight, trainer->grad_picture->data,
      trainer->grad_map->data);
  singan_network_adam_step (trainer->discriminator, learning_rate);

  return loss;
}

/* The distance of the fake's patches from the real ones, times a weight, if
 * there is a loss for it.  Adds its derivative by the fake to grad. */
static gdouble
patch_distance (SinganScaleTrainer *trainer,
                SinganPatchLoss    *patches,
                gdouble             weight,
                guint32             step,
                SinganReal         *grad)
{
  const SinganRandomKey key
      = { trainer->settings.seed, SINGAN_RANDOM_PATCHES, trainer->scale, step };
  const gsize count = singan_tensor_size (trainer->fake);
  gdouble     distance;
  gsize       i;

  if (! patches)
    return 0;

  singan_patch_loss_draw (patches, &key);
  distance = singan_patch_loss_compare (patches, trainer->fake->data,
                                        trainer->target->data, weight,
                                        trainer->grad_patches->data);
  for (i = 0; i < count; i++)
    grad[i] += trainer->grad_patches->data[i];

  return distance;
}

/* From the derivative by what the generator gave to those by the parameters. */
static void
learn (SinganScaleTrainer *trainer, const SinganReal *grad)
{
  SinganReal *grad_input
      = trainer->grad_input ? trainer->grad_input->data : NULL;

  singan_network_backward (trainer->generator, trainer->generator_passes, grad,
                           TRUE, grad_input);
  if (grad_input)
    singan_coarser_picture_backward (trainer->coarser, grad, grad_input);
}

/* Adds -mean D(fake) and the distance of the fake's patches to what the
 * generators minimise.  The authors keep the fake's activations through all G
 * steps. */
static gdouble
learn_fake (SinganScaleTrainer *trainer, gboolean has_moved, guint32 step)
{
  SinganReal *grad = trainer->grad_picture->data;
  gdouble     loss;

  if (has_moved)
    generate (trainer, singan_coarser_picture_draw_again (trainer->coarser),
              trainer->noise);
  loss = -critic (trainer, trainer->fake, -1, FALSE, grad);
  loss += patch_distance (trainer, trainer->patch_loss,
                          trainer->settings.patch_weight, step, grad);
  learn (trainer, grad);

  return loss;
}

/* Adds alpha L_rec and the distance of the reconstruction's detail.  Returns
 * L_rec. */
static gdouble
learn_reconstruction (SinganScaleTrainer *trainer, guint32 step)
{
  const gdouble alpha = trainer->settings.reconstruction_weight;
  SinganReal   *grad = trainer->grad_picture->data;
  gdouble       loss;

  generate (trainer, singan_coarser_picture_reconstruct (trainer->coarser),
            trainer->reconstruction_noise);
  loss = singan_loss_reconstruction (singan_tensor_size (trainer->fake),
                                     trainer->fake->data, trainer->target->data,
                                     alpha, grad);
  patch_distance (trainer, trainer->detail_loss,
                  trainer->settings.detail_weight, step, grad);
  learn (trainer, grad);

  return loss / alpha;
}

/* One step of the generator, and of that of the scale below if it goes on to
 * learn. */
static void
generator_step (SinganScaleTrainer *trainer,
                gboolean            has_fake,
                gboolean            has_moved,
                guint32             step,
                gdouble             learning_rate)
{
  SinganNetwork *below = singan_scale_trainer_get_below (trainer);

  singan_network_zero_gradient (trainer->generator);
  if (below)
    singan_network_zero_gradient (below);

  if (has_fake)
    trainer->losses.generator = learn_fake (trainer, has_moved, step);
  trainer->losses.reconstruction = learn_reconstruction (trainer, step);

  singan_network_adam_step (trainer->generator,
                            learning_rate * trainer->generator_rate);
  if (below)
    singan_network_adam_step (below,
                              learning_rate * trainer->settings.below_rate);
}

/* A coarser picture serves for as many steps as it has windows. */
static void
draw_x (SinganScaleTrainer *trainer, guint32 step)
{
  const gsize   pixels = (gsize) trainer->real->height * trainer->real->width;
  const guint32 windows
      = (guint32) (pixels / trainer->window.height / trainer->window.width);

  trainer->x
      = singan_coarser_picture_draw (trainer->coarser, step - step % windows);
}

/* Chooses what the iteration trains on. */
static void
draw_window (SinganScaleTrainer *trainer, gint iteration)
{
  const SinganRandomKey key = { trainer->settings.seed, SINGAN_RANDOM_WINDOW,
                                trainer->scale, iteration };

  if (! trainer->is_whole)
    singan_window_draw (&trainer->window, &key, trainer->real->height,
                        trainer->real->width);
  singan_tensor_copy_part (trainer->real, &trainer->window, trainer->target);
}

/* Draws what the fakes of an iteration are made of, and moves D. */
static void
discriminator_steps (SinganScaleTrainer *trainer,
                     gint                iteration,
                     gdouble             learning_rate)
{
  const SinganSettings *settings = &trainer->settings;
  const SinganRandomKey key
      = { settings->seed, SINGAN_RANDOM_NOISE, trainer->scale, iteration };
  const guint32 first
      = (guint32) (iteration / trainer->period) * settings->discriminator_steps;
  gint s;

  singan_noise_draw (&key, trainer->noise);
  for (s = 0; s < settings->discriminator_steps; s++)
    {
      draw_x (trainer, first + s);
      trainer->losses.discriminator
          = discriminator_step (trainer, first + s, learning_rate);
    }
}

/* A scale begins with the upsampled coarser picture; a generator has run away
 * if its reconstruction is several times as far off, and as far as a large part
 * of what a residual of 1 all over gives: where tanh is flat it does not come
 * back.  New networks are given some time, and the coarsest scale has no
 * picture to begin with.  A training that goes on from a checkpoint notices
 * later. */
static gboolean
has_run_away (SinganScaleTrainer *trainer, gint iteration, gdouble loss)
{
  trainer->mean_loss += MEAN_SHARE * (loss - trainer->mean_loss);

  return trainer->scale > 0 && iteration + 1 >= RUN_AWAY_ITERATIONS
         && trainer->mean_loss > RUN_AWAY_LOSS
         && trainer->mean_loss > RUN_AWAY_TIMES * trainer->upsampled_loss;
}

gboolean
singan_scale_trainer_step (SinganScaleTrainer *trainer,
                           gint                iteration,
                           SinganLosses       *losses,
                           GError            **error)
{
  const SinganSettings *settings = &trainer->settings;
  const gboolean        has_decayed
      = iteration >= settings->decay_start * trainer->iterations;
  const gdouble learning_rate
      = settings->learning_rate * (has_decayed ? LEARNING_RATE_DECAY : 1);
  const gboolean has_fake = iteration % trainer->period == 0;
  gint           s;

  draw_window (trainer, iteration);

  if (has_fake)
    discriminator_steps (trainer, iteration, learning_rate);
  for (s = 0; s < settings->generator_steps; s++)
    generator_step (trainer, has_fake, s > 0,
                    (guint32) iteration * settings->generator_steps + s,
                    learning_rate);

  *losses = trainer->losses;
  if (! isfinite (losses->discriminator) || ! isfinite (losses->generator)
      || ! isfinite (losses->reconstruction)
      || has_run_away (trainer, iteration, losses->reconstruction))
    {
      g_set_error (error, SINGAN_ERROR, SINGAN_ERROR_DIVERGED,
                   _ ("The training diverged at scale %d, iteration %d. Train "
                      "again with another seed."),
                   trainer->scale + 1, iteration + 1);
      return FALSE;
    }

  return TRUE;
}

SinganNetwork *
singan_scale_trainer_get_generator (SinganScaleTrainer *trainer)
{
  return trainer->generator;
}

SinganNetwork *
singan_scale_trainer_get_discriminator (SinganScaleTrainer *trainer)
{
  return trainer->discriminator;
}

SinganNetwork *
singan_scale_trainer_get_below (SinganScaleTrainer *trainer)
{
  return singan_coarser_picture_get_below (trainer->coarser);
}

gdouble
singan_scale_trainer_get_noise_amplitude (const SinganScaleTrainer *trainer)
{
  return trainer->noise_amplitude;
}

gdouble
singan_scale_trainer_get_upsampled_loss (const SinganScaleTrainer *trainer)
{
  return trainer->upsampled_loss;
}
