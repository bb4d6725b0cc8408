/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "plugin/procedures/find-model.h"

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "plugin/hosts/host.h"
#include "plugin/procedures/training.h"

void
singan_job_init_wish (const SinganJob      *job,
                      const SinganSettings *settings,
                      gint                  channels,
                      SinganModelWish      *wish)
{
  *wish = (SinganModelWish){ .channels = channels,
                             .preset = settings->preset,
                             .purpose = settings->purpose };
  if (! singan_job_is_default (job, "max-size"))
    wish->max_size = settings->max_size;
  if (! singan_job_is_default (job, "iterations"))
    wish->iterations = settings->iterations;
}

static SinganModel *
load_given_model (SinganJob *job, const SinganTensor *picture, GError **error)
{
  g_autoptr (SinganModel) model = singan_model_load (job->model_file, error);
  const SinganModelInfo *info;

  if (! model)
    return NULL;
  info = singan_model_get_info (model);
  if (info->channels != picture->channels)
    {
      g_set_error (error, SINGAN_ERROR, SINGAN_ERROR_MODEL,
                   g_dngettext (GETTEXT_PACKAGE,
                                "The model “%s” was trained on a picture of %d "
                                "channel; this one has %d.",
                                "The model “%s” was trained on a picture of %d "
                                "channels; this one has %d.",
                                info->channels),
                   job->model_file, info->channels, picture->channels);
      return NULL;
    }
  if (g_strcmp0 (info->source_hash, job->pixel_hash) != 0)
    {
      g_autofree gchar *text = g_strdup_printf (
          _ ("The model “%s” was trained on another picture, “%s”."),
          job->model_file, info->source_name);

      if (job->procedure->injects)
        {
          g_set_error_literal (error, SINGAN_ERROR, SINGAN_ERROR_MODEL, text);
          return NULL;
        }
      singan_host_message (job->host, text);
    }
  job->model_path = g_strdup (job->model_file);

  return g_steal_pointer (&model);
}

static gboolean
check_start_scale (const SinganJob      *job,
                   gint                  start_scale,
                   const SinganGeometry *geometry,
                   GError              **error)
{
  if (job->procedure->injects)
    return start_scale == SINGAN_START_SCALE_EACH
           || singan_inject_check (start_scale, geometry->n_scales, error);
  if (start_scale < geometry->n_scales)
    return TRUE;

  g_set_error (error, SINGAN_ERROR, SINGAN_ERROR_SETTINGS,
               _ ("The start-scale is %d; this model has the scales 0 "
                  "(coarsest) to %d (finest)."),
               start_scale, geometry->n_scales - 1);
  return FALSE;
}

/* Trains, saying so, unless the job could not use the model. */
static SinganModel *
train_first (SinganJob            *job,
             const SinganTensor   *picture,
             const SinganSettings *settings,
             gint                  start_scale,
             GError              **error)
{
  SinganGeometry    geometry;
  g_autofree gchar *text = NULL;

  if (! singan_job_plan_training (settings, picture->height, picture->width,
                                  &geometry, error)
      || ! check_start_scale (job, start_scale, &geometry, error))
    return NULL;

  text = g_strdup_printf (
      _ ("There is no model of this layer yet: training one first. Its preset, "
         "%s, works at %d x %d pixels; a better preset or a larger max-size "
         "gives more detail."),
      singan_preset_name (settings->preset),
      geometry.widths[geometry.n_scales - 1],
      geometry.heights[geometry.n_scales - 1]);
  singan_host_inform (job->host, text);

  return singan_job_train (job, picture, error);
}

static SinganModel *
find_model (SinganJob            *job,
            const SinganTensor   *picture,
            const SinganSettings *settings)
{
  g_autoptr (GPtrArray) warnings = g_ptr_array_new_with_free_func (g_free);
  SinganModelWish wish;
  SinganModel    *model;
  guint           i;

  singan_job_init_wish (job, settings, picture->channels, &wish);
  model = singan_model_store_find (&job->source, job->pixel_hash, &wish,
                                   &job->model_path, warnings);
  for (i = 0; i < warnings->len; i++)
    singan_host_message (job->host, g_ptr_array_index (warnings, i));
  if (model)
    {
      singan_model_store_settle (&job->source, model, &job->model_path);
      singan_host_remember_model (job->host, job->model_path,
                                  settings->purpose);
    }

  return model;
}

SinganModel *
singan_job_find_or_train (SinganJob          *job,
                          const SinganTensor *picture,
                          gint                start_scale,
                          GError            **error)
{
  g_autoptr (SinganModel) model = NULL;
  SinganSettings settings;

  if (! singan_job_init_settings (job, &settings, error))
    return NULL;

  model = job->model_file ? load_given_model (job, picture, error)
                          : find_model (job, picture, &settings);
  if (! model)
    return job->model_file
               ? NULL
               : train_first (job, picture, &settings, start_scale, error);
  if (! check_start_scale (job, start_scale,
                           &singan_model_get_info (model)->geometry, error))
    return NULL;

  return g_steal_pointer (&model);
}
