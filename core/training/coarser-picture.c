/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "core/training/coarser-picture.h"

#include "core/base/random.h"
#include "core/pyramid/finished-scales.h"
#include "core/pyramid/stage.h"
#include "core/training/scale-below.h"

struct _SinganCoarserPicture
{
  guint32               seed;
  gint                  scale; /* in training */
  SinganFinishedScales *finished;
  SinganScaleBelow     *below; /* NULL if it does not go on to learn */
  gboolean              has_palette;
  SinganPalette         palette;

  SinganTensor *reconstruction; /* upsampled, or zeros */
  SinganTensor *random;         /* likewise */
  gboolean      is_drawn;
  guint32       number; /* of random */
};

static SinganStage *
get_stage_below (SinganCoarserPicture *coarser)
{
  return singan_finished_scales_get_stage (coarser->finished,
                                           coarser->scale - 1);
}

/* After the reconstruction has run. */
static gboolean
plan_below (SinganCoarserPicture *coarser,
            SinganWorkspace      *workspace,
            const SinganModel    *model,
            SinganNetwork        *generator,
            GError              **error)
{
  coarser->below = singan_scale_below_new (
      workspace, generator,
      singan_model_get_noise_amplitude (model, coarser->scale - 1),
      get_stage_below (coarser)->x, coarser->reconstruction->height,
      coarser->reconstruction->width, error);

  return coarser->below != NULL;
}

SinganCoarserPicture *
singan_coarser_picture_new (SinganWorkspace *workspace,
                            SinganModel     *model,
                            SinganNetwork   *below,
                            GError         **error)
{
  const SinganModelInfo *info = singan_model_get_info (model);
  const gint             scale = singan_model_n_trained (model);
  const gint             height = info->geometry.heights[scale];
  const gint             width = info->geometry.widths[scale];
  g_autoptr (SinganCoarserPicture) coarser = g_new0 (SinganCoarserPicture, 1);

  coarser->seed = info->settings.seed;
  coarser->scale = scale;
  if (! (coarser->finished
         = singan_finished_scales_new (workspace, model, error))
      || ! (coarser->reconstruction
            = singan_tensor_new (height, width, info->channels, error))
      || ! (coarser->random
            = singan_tensor_new (height, width, info->channels, error)))
    {
      singan_network_free (below);
      return NULL;
    }
  singan_finished_scales_run (coarser->finished, scale, NULL,
                              coarser->reconstruction);
  if (below && ! plan_below (coarser, workspace, model, below, error))
    return NULL;

  return g_steal_pointer (&coarser);
}

void
singan_coarser_picture_free (SinganCoarserPicture *coarser)
{
  if (! coarser)
    return;
  singan_finished_scales_free (coarser->finished);
  singan_scale_below_free (coarser->below);
  singan_tensor_free (coarser->reconstruction);
  singan_tensor_free (coarser->random);
  g_free (coarser);
}

void
singan_coarser_picture_set_palette (SinganCoarserPicture *coarser,
                                    const SinganPalette  *palette)
{
  g_return_if_fail (coarser->scale > 0 && ! coarser->below
                    && ! coarser->is_drawn);

  coarser->has_palette = TRUE;
  coarser->palette = *palette;
  singan_palette_apply (palette, coarser->reconstruction);
}

/* As the finished scales give it, but for the last of them if that learns. */
static void
run_scales (SinganCoarserPicture *coarser, SinganRandomKey *key)
{
  const gint   n = coarser->scale - 1;
  SinganStage *stage;

  if (! coarser->below)
    {
      singan_finished_scales_run (coarser->finished, coarser->scale, key,
                                  coarser->random);
      return;
    }

  stage = get_stage_below (coarser);
  singan_finished_scales_run (coarser->finished, n, key, NULL);
  key->scale = n;
  singan_noise_draw (key, stage->noise);
  singan_scale_below_run (coarser->below, stage, coarser->random);
}

const SinganTensor *
singan_coarser_picture_draw (SinganCoarserPicture *coarser, guint32 number)
{
  /* The scale in training is part of the index, so that each scale sees other
   * coarser pictures. */
  SinganRandomKey key = { coarser->seed, SINGAN_RANDOM_LOWER_NOISE, 0,
                          number * SINGAN_SCALES_MAXIMUM + coarser->scale };

  if (coarser->is_drawn && coarser->number == number)
    return coarser->random;

  run_scales (coarser, &key);
  if (coarser->has_palette)
    singan_palette_apply (&coarser->palette, coarser->random);
  coarser->is_drawn = TRUE;
  coarser->number = number;

  return coarser->random;
}

const SinganTensor *
singan_coarser_picture_draw_again (SinganCoarserPicture *coarser)
{
  if (coarser->below)
    singan_scale_below_run (coarser->below, get_stage_below (coarser),
                            coarser->random);

  return coarser->random;
}

const SinganTensor *
singan_coarser_picture_reconstruct (SinganCoarserPicture *coarser)
{
  if (coarser->below)
    singan_scale_below_run (coarser->below, NULL, coarser->reconstruction);

  return coarser->reconstruction;
}

const SinganTensor *
singan_coarser_picture_get_reconstruction (const SinganCoarserPicture *coarser)
{
  return coarser->reconstruction;
}

void
singan_coarser_picture_backward (SinganCoarserPicture *coarser,
                                 const SinganReal     *grad_picture,
                                 const SinganReal     *grad_input)
{
  singan_scale_below_backward (coarser->below, grad_picture, grad_input);
}

SinganNetwork *
singan_coarser_picture_get_below (const SinganCoarserPicture *coarser)
{
  return coarser->below ? singan_scale_below_get_generator (coarser->below)
                        : NULL;
}
