/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "core/apply/scale.h"

#include <math.h>

#include "core/apply/strips.h"
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/pyramid/resize.h"
#include "core/pyramid/stage.h"

/* How far the numbers of a picture may lie outside of -1 .. 1 on average: the
 * pictures of a trained model overshoot by a hundredth of that. */
#define OVERSHOOT_MAXIMUM 0.25

/* The noise of a scale; NULL if it has none, or, with error set, no memory. */
static SinganTensor *
make_noise (const SinganModel     *model,
            const SinganRandomKey *key,
            gint                   scale,
            gint                   height,
            gint                   width,
            GError               **error)
{
  const SinganModelInfo *info = singan_model_get_info (model);
  const gint             border = singan_noise_border (&info->settings);
  SinganTensor          *noise = NULL;

  if (! key && scale > 0)
    return NULL;

  noise = singan_tensor_new (height + 2 * border, width + 2 * border,
                             info->channels, error);
  if (! noise)
    return NULL;
  if (key)
    {
      SinganRandomKey own = *key;

      own.scale = scale;
      singan_noise_draw (&own, noise);
    }
  else
    {
      singan_noise_expand (singan_model_get_z_rec (model), noise);
    }

  return noise;
}

SinganTensor *
singan_scale_run (const SinganModel     *model,
                  const SinganRandomKey *key,
                  gint                   scale,
                  const SinganTensor    *x,
                  gint                   height,
                  gint                   width,
                  GError               **error)
{
  const gint channels = singan_model_get_info (model)->channels;
  g_autoptr (SinganTensor) enlarged = NULL;
  g_autoptr (SinganTensor) noise = NULL;
  g_autoptr (SinganTensor) output = NULL;
  g_autoptr (GError) reason = NULL;

  enlarged = x ? singan_resize (x, height, width, error)
               : singan_tensor_new (height, width, channels, error);
  if (! enlarged || scale >= singan_model_n_trained (model))
    return g_steal_pointer (&enlarged);

  noise = make_noise (model, key, scale, height, width, &reason);
  if (reason)
    {
      g_propagate_error (error, g_steal_pointer (&reason));
      return NULL;
    }
  output = singan_tensor_new (height, width, channels, error);
  if (! output
      || ! singan_strips_run (singan_model_get_generator (model, scale),
                              enlarged, noise,
                              singan_model_get_noise_amplitude (model, scale),
                              0, 0, output, NULL, NULL, error))
    return NULL;

  return g_steal_pointer (&output);
}

void
singan_clamp_pixels (SinganTensor *picture)
{
  const gsize count = singan_tensor_size (picture);
  gsize       i;

  for (i = 0; i < count; i++)
    picture->data[i] = CLAMP (picture->data[i], -1, 1);
}

gboolean
singan_finish_picture (SinganTensor *picture,
                       gboolean      is_from_noise,
                       GError      **error)
{
  const gsize  count = singan_tensor_size (picture);
  gdouble      overshoot = 0;
  gboolean     is_finite = TRUE;
  gboolean     is_constant = TRUE;
  const gchar *reason = NULL;
  gsize        i;

  for (i = 0; i < count; i++)
    {
      const SinganReal value = picture->data[i];

      is_finite = is_finite && isfinite (value);
      is_constant
          = is_constant && value == picture->data[i % picture->channels];
      overshoot += MAX (fabs (value) - 1, 0);
    }

  if (! is_finite)
    reason = _ ("some of its pixels are not finite numbers");
  else if (overshoot / count > OVERSHOOT_MAXIMUM)
    reason = _ ("its pixels are far beyond black and white");
  else if (is_from_noise && is_constant && count > (gsize) picture->channels)
    reason = _ ("all of its pixels are the same");
  if (reason)
    {
      g_set_error (error, SINGAN_ERROR, SINGAN_ERROR_MODEL,
                   _ ("The model gives no picture: %s. Train it again."),
                   reason);
      return FALSE;
    }
  singan_clamp_pixels (picture);

  return TRUE;
}
