/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "core/apply/super-resolution.h"

#include <math.h>

#include "core/apply/own-detail.h"
#include "core/apply/scale.h"
#include "core/apply/strips.h"
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/random.h"
#include "core/pyramid/resize.h"
#include "core/pyramid/stage.h"

/* Steps of back-projection at the end: each takes a good part of what is left
 * away.  One after each step of the enlargement keeps the next one's start
 * faithful. */
#define BACK_PROJECTIONS 10

/* Passes over the pixels of a step, for the progress: the generator's, and the
 * search for the picture's own detail. */
#define PASSES 2

/* A back-projection at the end, as a part of such a pass. */
#define BACK_PROJECTION_WORK 0.13

/* How far apart the excerpts are that are compared, as a part of their size. */
#define EXCERPT_STEPS 4

/* Sum over an excerpt of the absolute differences to the right and downwards:
 * what there is to learn. */
static gdouble
detail_of (
    const SinganTensor *picture, gint top, gint left, gint height, gint width)
{
  const gint  channels = picture->channels;
  const gsize row = (gsize) picture->width * channels;
  gdouble     sum = 0;
  gint        h;
  gint        i;

  for (h = top; h < top + height - 1; h++)
    {
      const SinganReal *at = picture->data + h * row + (gsize) left * channels;

      for (i = 0; i < (width - 1) * channels; i++)
        sum += fabs (at[i + channels] - at[i]) + fabs (at[i + row] - at[i]);
    }

  return sum;
}

SinganTensor *
singan_super_resolution_excerpt (const SinganTensor *picture,
                                 gint                size,
                                 GError            **error)
{
  const gint    height = MIN (picture->height, size);
  const gint    width = MIN (picture->width, size);
  SinganTensor *excerpt
      = singan_tensor_new (height, width, picture->channels, error);
  SinganRectangle best = { 0, 0, height, width };
  gdouble         most = -1;
  gint            top;
  gint            left;

  if (! excerpt)
    return NULL;
  for (top = 0; top <= picture->height - height;
       top += MAX (height / EXCERPT_STEPS, 1))
    for (left = 0; left <= picture->width - width;
         left += MAX (width / EXCERPT_STEPS, 1))
      {
        const gdouble detail = detail_of (picture, top, left, height, width);

        if (detail > most)
          {
            most = detail;
            best.top = top;
            best.left = left;
          }
      }
  singan_tensor_copy_part (picture, &best, excerpt);

  return excerpt;
}

gboolean
singan_super_resolution_check (gint     height,
                               gint     width,
                               gdouble  factor,
                               GError **error)
{
  const gdouble most
      = sqrt (SINGAN_ENLARGEMENT_PIXELS_MAXIMUM / ((gdouble) height * width));

  if (! (factor >= SINGAN_ENLARGEMENT_MINIMUM
         && factor <= SINGAN_ENLARGEMENT_MAXIMUM))
    {
      g_set_error (error, SINGAN_ERROR, SINGAN_ERROR_SETTINGS,
                   _ ("The factor is %g; it has to be between %g and %g."),
                   factor, SINGAN_ENLARGEMENT_MINIMUM,
                   SINGAN_ENLARGEMENT_MAXIMUM);
      return FALSE;
    }
  if (factor > most)
    {
      g_set_error (error, SINGAN_ERROR, SINGAN_ERROR_SETTINGS,
                   _ ("Enlarged %g times, %d x %d pixels would be too many to "
                      "hold in memory; up to %.2f times is possible."),
                   factor, width, height, floor (most * 100) / 100);
      return FALSE;
    }

  return TRUE;
}

/* How far all steps are. */
typedef struct
{
  SinganFractionFunc progress;
  gpointer           data;
  GCancellable      *cancellable;
  gdouble            done;
  gdouble            all;
  gdouble            pixels_a_row;
} Walk;

static gboolean
strip_done (gint rows, gpointer data, GError **error)
{
  Walk *walk = data;

  if (walk->progress)
    walk->progress ((walk->done + rows * walk->pixels_a_row) / walk->all,
                    walk->data);

  return ! g_cancellable_set_error_if_cancelled (walk->cancellable, error);
}

/* Adds the generator's detail to x, which is enlarged already. */
static SinganTensor *
add_learned_detail (const SinganModel       *model,
                    const SinganEnlargement *enlargement,
                    gint                     step,
                    const SinganTensor      *x,
                    Walk                    *walk,
                    GError                 **error)
{
  const gint            finest = singan_model_n_trained (model) - 1;
  const SinganRandomKey key
      = { enlargement->seed, SINGAN_RANDOM_ENLARGEMENT, finest, step };
  const SinganReal strength = (SinganReal) (1 - enlargement->fidelity);
  const gdouble    amplitude
      = strength * singan_model_get_noise_amplitude (model, finest);
  g_autoptr (SinganTensor) output
      = singan_tensor_new (x->height, x->width, x->channels, error);
  g_autoptr (SinganTensor) noise = NULL;
  gsize i;

  if (! output)
    return NULL;
  if (amplitude > 0)
    {
      noise = singan_tensor_new (x->height, x->width, x->channels, error);
      if (! noise)
        return NULL;
      singan_random_normal (&key, noise->data, singan_tensor_size (noise));
    }
  walk->pixels_a_row = x->width;
  if (! singan_strips_run (singan_model_get_generator (model, finest), x, noise,
                           amplitude, 0, 0, output, strip_done, walk, error))
    return NULL;
  walk->done += (gdouble) x->height * x->width;
  for (i = 0; i < singan_tensor_size (x); i++)
    output->data[i] = x->data[i] + strength * (output->data[i] - x->data[i]);

  return g_steal_pointer (&output);
}

/* result += enlarge (picture - shrink (result)), so that the result, shrunk,
 * becomes the picture. */
static gboolean
back_project (SinganTensor       *result,
              const SinganTensor *picture,
              GCancellable       *cancellable,
              GError            **error)
{
  const gsize pixels = singan_tensor_size (picture);
  const gsize count = singan_tensor_size (result);
  g_autoptr (SinganTensor) small
      = singan_resize (result, picture->height, picture->width, error);
  g_autoptr (SinganTensor) large = NULL;
  gsize i;

  if (! small || g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  for (i = 0; i < pixels; i++)
    small->data[i] = picture->data[i] - small->data[i];
  large = singan_resize (small, result->height, result->width, error);
  if (! large)
    return FALSE;
  for (i = 0; i < count; i++)
    result->data[i] += large->data[i];

  return TRUE;
}

/* One step of the enlargement, of x, which is enlarged already. */
static SinganTensor *
enlarge_step (const SinganModel       *model,
              const SinganEnlargement *enlargement,
              gint                     step,
              const SinganOwnDetail   *own,
              const SinganTensor      *x,
              Walk                    *walk,
              GError                 **error)
{
  g_autoptr (SinganTensor) result
      = add_learned_detail (model, enlargement, step, x, walk, error);

  if (! result
      || (own->weight > 0
          && ! singan_own_detail_add (own, x, result, walk->cancellable,
                                      error)))
    return NULL;
  walk->pixels_a_row = x->width;
  if (! strip_done (x->height, walk, error)
      || ! back_project (result, own->picture, walk->cancellable, error))
    return NULL;
  walk->done += (gdouble) x->height * x->width;

  return g_steal_pointer (&result);
}

static gdouble
back_projection_work (gdouble pixels)
{
  return BACK_PROJECTION_WORK * pixels;
}

static gboolean
project_to_the_end (SinganTensor       *result,
                    const SinganTensor *picture,
                    Walk               *walk,
                    GError            **error)
{
  gint n;

  for (n = 0; n < BACK_PROJECTIONS; n++)
    {
      if (! back_project (result, picture, walk->cancellable, error))
        return FALSE;
      walk->done
          += back_projection_work ((gdouble) result->height * result->width);
      if (walk->progress)
        walk->progress (MIN (walk->done / walk->all, 1), walk->data);
    }

  return TRUE;
}

static gint
count_steps (gdouble factor)
{
  return MAX ((gint) lround (3 * log2 (factor)), 1);
}

gdouble
singan_super_resolution_pixels (gint height, gint width, gdouble factor)
{
  const gint steps = count_steps (factor);
  gdouble    pixels = 0;
  gint       n;

  for (n = 1; n <= steps; n++)
    pixels += (gdouble) height * width * pow (factor, 2. * n / steps);

  return pixels;
}

SinganTensor *
singan_super_resolve (const SinganModel       *model,
                      const SinganEnlargement *enlargement,
                      const SinganTensor      *picture,
                      SinganFractionFunc       progress,
                      gpointer                 data,
                      GCancellable            *cancellable,
                      GError                 **error)
{
  const gint steps = count_steps (enlargement->factor);
  Walk       walk = { progress, data, cancellable, 0, 0, 0 };
  g_autoptr (SinganTensor) result = NULL;
  gint n;

  if (! singan_super_resolution_check (picture->height, picture->width,
                                       enlargement->factor, error))
    return NULL;
  walk.all
      = PASSES
            * singan_super_resolution_pixels (picture->height, picture->width,
                                              enlargement->factor)
        + BACK_PROJECTIONS
              * back_projection_work (enlargement->factor * enlargement->factor
                                      * picture->height * picture->width);
  for (n = 1; n <= steps; n++)
    {
      const gdouble factor = pow (enlargement->factor, (gdouble) n / steps);
      g_autoptr (SinganTensor) x = singan_resize (
          result ? result : picture, (gint) lround (factor * picture->height),
          (gint) lround (factor * picture->width), error);
      const SinganOwnDetail own
          = { picture, pow (enlargement->factor, 1. / steps),
              1 - enlargement->fidelity, enlargement->seed, n };

      g_clear_pointer (&result, singan_tensor_free);
      if (! x
          || ! (result
                = enlarge_step (model, enlargement, n, &own, x, &walk, error)))
        return NULL;
    }

  if (! project_to_the_end (result, picture, &walk, error)
      || ! singan_finish_picture (result, FALSE, error))
    return NULL;

  return g_steal_pointer (&result);
}
