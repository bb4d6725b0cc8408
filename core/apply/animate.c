/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "core/apply/animate.h"

#include <string.h>

#include "core/apply/scale.h"
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/pyramid/resize.h"
#include "core/pyramid/stage.h"

/* How much of the first step is new. */
#define FIRST_STEP 0.05

struct _SinganAnimation
{
  SinganModel *model;
  SinganWalk   walk;
  guint32      frame; /* the next one's number */
  SinganTensor
      *z_rec; /* at scale 0, as wide as the noise; NULL if it is held */
  SinganTensor *z[SINGAN_SCALES_MAXIMUM];          /* z_t */
  SinganTensor *z_previous[SINGAN_SCALES_MAXIMUM]; /* z_t-1 */
  SinganStage  *stages[SINGAN_SCALES_MAXIMUM];

  SinganWorkspace *workspace;
};

static gboolean
check_share (const gchar *name, gdouble value, GError **error)
{
  /* Written so that a NaN fails too. */
  if (value >= 0 && value <= 1)
    return TRUE;

  g_set_error (error, SINGAN_ERROR, SINGAN_ERROR_SETTINGS,
               _ ("The value of %s is %g; it has to be between 0 and 1."), name,
               value);
  return FALSE;
}

static gboolean
check_walk (const SinganWalk *walk, gint n_scales, GError **error)
{
  if (walk->start_scale < 0 || walk->start_scale >= n_scales)
    {
      g_set_error (error, SINGAN_ERROR, SINGAN_ERROR_SETTINGS,
                   _ ("The start-scale is %d; this model has the scales 0 "
                      "(coarsest) to %d (finest)."),
                   walk->start_scale, n_scales - 1);
      return FALSE;
    }

  return check_share ("alpha", walk->alpha, error)
         && check_share ("beta", walk->beta, error);
}

/* What the scales that hold still give, once and for all. */
static gboolean
prepare_below (SinganAnimation *animation, GError **error)
{
  const SinganGeometry *geometry
      = &singan_model_get_info (animation->model)->geometry;
  const gint start = animation->walk.start_scale;
  g_autoptr (SinganTensor) picture = NULL;
  gint n;

  for (n = 0; n < start; n++)
    {
      SinganTensor *finer
          = singan_scale_run (animation->model, NULL, n, picture,
                              geometry->heights[n], geometry->widths[n], error);

      if (! finer)
        return FALSE;
      singan_tensor_free (picture);
      picture = finer;
    }

  return ! picture
         || singan_resize_into (picture, animation->stages[start]->x, error);
}

static gboolean
prepare_scale (SinganAnimation *animation, gint scale, GError **error)
{
  const SinganModelInfo *info = singan_model_get_info (animation->model);
  const gint             border = singan_noise_border (&info->settings);
  const gint             height = info->geometry.heights[scale];
  const gint             width = info->geometry.widths[scale];
  const gint             noise_height = height + 2 * border;
  const gint             noise_width = width + 2 * border;

  return (animation->stages[scale] = singan_stage_new_within (
              animation->workspace,
              singan_model_get_generator (animation->model, scale), height,
              width, border, error))
         && (animation->z[scale] = singan_tensor_new (noise_height, noise_width,
                                                      info->channels, error))
         && (animation->z_previous[scale] = singan_tensor_new (
                 noise_height, noise_width, info->channels, error));
}

SinganAnimation *
singan_animation_new (SinganModel      *model,
                      const SinganWalk *walk,
                      GError          **error)
{
  g_autoptr (SinganAnimation) animation = NULL;
  gint n;

  if (! check_walk (walk, singan_model_n_trained (model), error))
    return NULL;

  animation = g_new0 (SinganAnimation, 1);
  animation->model = singan_model_ref (model);
  animation->walk = *walk;
  animation->workspace = singan_workspace_new ();
  for (n = walk->start_scale; n < singan_model_n_trained (model); n++)
    if (! prepare_scale (animation, n, error))
      return NULL;

  if (walk->start_scale == 0)
    {
      animation->z_rec = singan_tensor_copy (animation->z[0], error);
      if (! animation->z_rec)
        return NULL;
      singan_noise_expand (singan_model_get_z_rec (model), animation->z_rec);
    }
  if (! prepare_below (animation, error))
    return NULL;

  return g_steal_pointer (&animation);
}

void
singan_animation_free (SinganAnimation *animation)
{
  gint n;

  if (! animation)
    return;
  for (n = 0; n < SINGAN_SCALES_MAXIMUM; n++)
    {
      singan_stage_free (animation->stages[n]);
      singan_tensor_free (animation->z[n]);
      singan_tensor_free (animation->z_previous[n]);
    }
  singan_tensor_free (animation->z_rec);
  singan_workspace_unref (animation->workspace);
  singan_model_unref (animation->model);
  g_free (animation);
}

/* Goes on to this frame's z at one scale, which is left in the stage's noise
 * too. */
static void
step (SinganAnimation *animation, gint scale)
{
  const SinganWalk     *walk = &animation->walk;
  const SinganRandomKey key
      = { walk->seed, SINGAN_RANDOM_WALK, scale, animation->frame };
  SinganTensor     *noise = animation->stages[scale]->noise;
  SinganTensor     *previous = animation->z_previous[scale];
  SinganTensor     *z = animation->z[scale];
  const SinganReal *u = noise->data;
  const gsize       count = singan_tensor_size (z);
  gsize             i;

  singan_noise_draw (&key, noise);
  for (i = 0; i < count; i++)
    {
      const gdouble z_rec = scale == 0 ? animation->z_rec->data[i] : 0;
      gdouble       next = z_rec;

      if (animation->frame == 1)
        next = (1 - FIRST_STEP) * z_rec + FIRST_STEP * u[i];
      else if (animation->frame > 1)
        next
            = walk->alpha * z_rec
              + (1 - walk->alpha)
                    * (z->data[i]
                       + walk->beta * ((gdouble) z->data[i] - previous->data[i])
                       + (1 - walk->beta) * u[i]);
      previous->data[i] = z->data[i];
      z->data[i] = (SinganReal) next;
    }
  memcpy (noise->data, z->data, count * sizeof (SinganReal));
}

SinganTensor *
singan_animation_next (SinganAnimation *animation,
                       GCancellable    *cancellable,
                       GError         **error)
{
  const SinganModel    *model = animation->model;
  const SinganGeometry *geometry = &singan_model_get_info (model)->geometry;
  const gint            finest = geometry->n_scales - 1;
  const gint            last = singan_model_n_trained (model) - 1;
  g_autoptr (SinganTensor) frame = NULL;
  gint n;

  for (n = animation->walk.start_scale; n <= last; n++)
    {
      SinganStage *stage = animation->stages[n];

      if (g_cancellable_set_error_if_cancelled (cancellable, error)
          || (n > animation->walk.start_scale
              && ! singan_resize_into (animation->stages[n - 1]->output,
                                       stage->x, error)))
        return NULL;
      step (animation, n);
      singan_stage_run (stage, singan_model_get_generator (model, n),
                        singan_model_get_noise_amplitude (model, n));
    }
  animation->frame++;

  frame = singan_resize (animation->stages[last]->output,
                         geometry->heights[finest], geometry->widths[finest],
                         error);

  return frame && singan_finish_picture (frame, TRUE, error)
             ? g_steal_pointer (&frame)
             : NULL;
}
