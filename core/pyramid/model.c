/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "core/pyramid/model.h"

#include "core/base/text.h"

struct _SinganModel
{
  gatomicrefcount ref_count;
  SinganModelInfo info;
  SinganTensor   *z_rec;
  gint            n_trained;
  SinganNetwork  *generators[SINGAN_SCALES_MAXIMUM];
  gdouble         noise_amplitudes[SINGAN_SCALES_MAXIMUM];
};

SinganModel *
singan_model_new (const SinganModelInfo *info, SinganTensor *z_rec)
{
  SinganModel *model = g_new0 (SinganModel, 1);

  g_atomic_ref_count_init (&model->ref_count);
  model->info = *info;
  model->info.source_hash = g_strdup (info->source_hash);
  model->info.source_name
      = singan_text_printable (info->source_name, SINGAN_SOURCE_NAME_BYTES);
  model->z_rec = z_rec;

  return model;
}

gboolean
singan_model_append (SinganModel   *model,
                     SinganNetwork *generator,
                     gdouble        noise_amplitude,
                     GError       **error)
{
  g_return_val_if_fail (model->n_trained < model->info.geometry.n_scales,
                        FALSE);

  if (! singan_network_freeze (
          generator,
          model->n_trained < model->info.settings.own_statistics_scales, error))
    {
      singan_network_free (generator);
      return FALSE;
    }
  generator->mirrors_border = singan_geometry_mirrors_border (
      &model->info.geometry, &model->info.settings, model->n_trained);
  model->generators[model->n_trained] = generator;
  model->noise_amplitudes[model->n_trained] = noise_amplitude;
  model->n_trained++;

  return TRUE;
}

gboolean
singan_model_replace_finest (SinganModel   *model,
                             SinganNetwork *generator,
                             GError       **error)
{
  SinganNetwork *before;

  g_return_val_if_fail (model->n_trained > 0, FALSE);

  model->n_trained--;
  before = model->generators[model->n_trained];
  if (! singan_model_append (model, generator,
                             model->noise_amplitudes[model->n_trained], error))
    {
      model->n_trained++;
      return FALSE;
    }
  singan_network_free (before);

  return TRUE;
}

SinganModel *
singan_model_copy (const SinganModel *model, GError **error)
{
  return singan_model_copy_coarsest (model, model->n_trained, error);
}

SinganModel *
singan_model_copy_coarsest (const SinganModel *model,
                            gint               count,
                            GError           **error)
{
  g_autoptr (SinganModel) copy = NULL;
  SinganTensor *z_rec = singan_tensor_copy (model->z_rec, error);
  gint          n;

  g_return_val_if_fail (count >= 0 && count <= model->n_trained, NULL);

  if (! z_rec)
    return NULL;
  copy = singan_model_new (&model->info, z_rec);

  for (n = 0; n < count; n++)
    {
      SinganNetwork *generator
          = singan_network_duplicate (model->generators[n], error);

      if (! generator
          || ! singan_model_append (copy, generator, model->noise_amplitudes[n],
                                    error))
        return NULL;
    }

  return g_steal_pointer (&copy);
}

SinganModel *
singan_model_ref (SinganModel *model)
{
  g_atomic_ref_count_inc (&model->ref_count);

  return model;
}

void
singan_model_unref (SinganModel *model)
{
  gint n;

  if (! g_atomic_ref_count_dec (&model->ref_count))
    return;

  for (n = 0; n < model->n_trained; n++)
    singan_network_free (model->generators[n]);
  singan_tensor_free (model->z_rec);
  g_free (model->info.source_hash);
  g_free (model->info.source_name);
  g_free (model);
}

const SinganModelInfo *
singan_model_get_info (const SinganModel *model)
{
  return &model->info;
}

gint
singan_model_n_trained (const SinganModel *model)
{
  return model->n_trained;
}

const SinganNetwork *
singan_model_get_generator (const SinganModel *model, gint scale)
{
  g_return_val_if_fail (scale >= 0 && scale < model->n_trained, NULL);

  return model->generators[scale];
}

gdouble
singan_model_get_noise_amplitude (const SinganModel *model, gint scale)
{
  g_return_val_if_fail (scale >= 0 && scale < model->n_trained, 0);

  return model->noise_amplitudes[scale];
}

const SinganTensor *
singan_model_get_z_rec (const SinganModel *model)
{
  return model->z_rec;
}
