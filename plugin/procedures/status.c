/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "plugin/procedures/status.h"

#include <string.h>

#include <glib/gstdio.h>

#include "core/base/i18n.h"
#include "plugin/model-store.h"
#include "plugin/procedures/find-model.h"
#include "plugin/procedures/outlook.h"
#include "plugin/procedures/progress.h"
#include "plugin/procedures/source.h"
#include "plugin/procedures/training.h"

struct _SinganStatus
{
  gchar        *obstacle; /* why the layer cannot be trained on */
  gint          height;
  gint          width;
  gint          channels;
  SinganPurpose purpose;
  SinganSource  source; /* texts only */
  gchar        *pixel_hash;
  SinganModel  *model;
  gchar        *path;
  gchar        *outdated; /* path of a model of the layer as it was */
  gint64        n_translucent;
  guint         n_models; /* of the layer, also as it was */
  guint64       bytes;    /* that they take */
};

static SinganTensor *
read_picture (SinganJob *job, GError **error)
{
  g_autoptr (SinganTensor) alpha = NULL;

  return job->procedure->keeps_alpha
             ? singan_job_read_with_alpha (job, &alpha, error)
             : singan_job_read_picture (job, error);
}

SinganStatus *
singan_status_new (SinganJob *job)
{
  SinganStatus *status = g_new0 (SinganStatus, 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (SinganTensor) picture = read_picture (job, &error);
  SinganModelWish wish
      = { .preset = SINGAN_PRESET_PREVIEW, .purpose = job->procedure->purpose };

  if (! picture)
    {
      status->obstacle = g_strdup (error->message);
      return status;
    }
  singan_source_copy_texts (&status->source, &job->source);
  status->pixel_hash = g_strdup (job->pixel_hash);
  status->height = picture->height;
  status->width = picture->width;
  status->channels = picture->channels;
  status->purpose = job->procedure->purpose;
  status->n_translucent = job->n_translucent;
  wish.channels = picture->channels;
  status->model = singan_model_store_find (&job->source, job->pixel_hash, &wish,
                                           &status->path, NULL);
  if (! status->model)
    status->outdated = singan_model_store_find_outdated (
        &job->source, job->pixel_hash, status->purpose);
  status->bytes = singan_model_store_measure (&job->source, job->pixel_hash,
                                              &status->n_models);

  return status;
}

void
singan_status_free (SinganStatus *status)
{
  if (! status)
    return;
  g_clear_pointer (&status->model, singan_model_unref);
  g_free (status->obstacle);
  singan_source_clear (&status->source);
  g_free (status->pixel_hash);
  g_free (status->path);
  g_free (status->outdated);
  g_free (status);
}

SinganModel *
singan_status_get_model (const SinganStatus *status)
{
  return status->model;
}

/* Day and time, as the locale has them, when a file was written. */
static gchar *
format_date (const gchar *path)
{
  GStatBuf file;
  g_autoptr (GDateTime) date = NULL;

  if (g_stat (path, &file) == 0)
    date = g_date_time_new_from_unix_local (file.st_mtime);

  return date ? g_date_time_format (date, "%x %R") : g_strdup ("?");
}

static gchar *
describe_model (const SinganStatus *status)
{
  const SinganModelInfo *info = singan_model_get_info (status->model);
  const SinganGeometry  *geometry = &info->geometry;
  const gint             finest = geometry->n_scales - 1;
  const gint             n_trained = singan_model_n_trained (status->model);
  g_autofree gchar      *date = format_date (status->path);

  if (n_trained <= finest)
    return g_strdup_printf (
        g_dngettext (GETTEXT_PACKAGE,
                     "The model was trained on %s from “%s” (%s) and stopped "
                     "after %d of %d scale.",
                     "The model was trained on %s from “%s” (%s) and stopped "
                     "after %d of %d scales.",
                     geometry->n_scales),
        date, info->source_name, singan_preset_name (info->settings.preset),
        n_trained, geometry->n_scales);

  return g_strdup_printf (
      _ ("The model was trained on %s from “%s” (%s, %d x %d pixels)."), date,
      info->source_name, singan_preset_name (info->settings.preset),
      geometry->widths[finest], geometry->heights[finest]);
}

static gchar *
describe_outdated (const SinganStatus *status)
{
  g_autofree gchar *date = format_date (status->outdated);

  return g_strdup_printf (_ ("The model of %s is outdated, because the layer "
                             "has changed since."),
                          date);
}

/* What may be worth a look when the disk gets full; NULL if there is one model
 * or none. */
static gchar *
describe_space (const SinganStatus *status)
{
  g_autofree gchar *size = g_format_size (status->bytes);

  if (status->n_models < 2)
    return NULL;

  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE,
                                       "This layer has %u model, which takes "
                                       "%s.",
                                       "This layer has %u models, which take "
                                       "%s.",
                                       status->n_models),
                          status->n_models, size);
}

gboolean
singan_status_measure (const SinganStatus *status,
                       SinganPreset        preset,
                       GCancellable       *cancellable,
                       SinganSpeed        *speed)
{
  SinganSettings settings;

  if (status->obstacle
      || ! singan_settings_init (&settings, preset, SINGAN_MAX_SIZE_DEFAULT, 0,
                                 0, NULL))
    return FALSE;
  singan_settings_set_purpose (&settings, status->purpose);

  return singan_speed_measure (speed, &settings, status->channels, cancellable,
                               NULL);
}

/* Animating and enlarging need models of their own: that there is another must
 * not look like a mistake. */
static const gchar *
describe_lack (const SinganStatus *status)
{
  return status->purpose == SINGAN_PURPOSE_GENERATION
             ? _ ("There is no model of this layer yet.")
             : _ ("This filter needs a model of its own kind, and this layer "
                  "has none yet.");
}

/* A training that the job would do. */
typedef struct
{
  SinganSettings settings;
  SinganGeometry geometry;
} Training;

static gboolean
training_init (Training           *training,
               const SinganStatus *status,
               const SinganJob    *job,
               GError            **error)
{
  return singan_job_init_settings (job, &training->settings, error)
         && singan_job_plan_training (&training->settings, status->height,
                                      status->width, &training->geometry,
                                      error);
}

/* Takes a line, or NULL for none. */
static void
add_line (GString *text, gchar *line)
{
  if (line)
    g_string_append_printf (text, "%s%s", text->len > 0 ? "\n" : "", line);
  g_free (line);
}

/* That the model which is there is used, and what would change that. */
static gchar *
describe_use (const SinganStatus *status,
              const SinganJob    *job,
              SinganModel        *used)
{
  const SinganModelInfo *info = singan_model_get_info (used);

  if (used != status->model)
    return g_strdup_printf (
        _ ("Another model with these values, of %d x %d pixels, is used."),
        info->geometry.widths[info->geometry.n_scales - 1],
        info->geometry.heights[info->geometry.n_scales - 1]);
  if ((gint) info->settings.preset == singan_job_get_integer (job, "preset"))
    return info->settings.preset == SINGAN_N_PRESETS - 1
               ? NULL
               : g_strdup (_ ("It is used; with a better preset another one "
                              "would be trained first."));

  return g_strdup (_ ("It is used, because its preset is better than the one "
                      "chosen."));
}

/* What the job has to do before it can do what it is for. */
static const gchar *
describe_need (const SinganStatus *status, const SinganJob *job)
{
  if (job->procedure->result == SINGAN_RESULT_MODEL)
    return NULL;

  return status->model ? _ ("One with the chosen values is trained first.")
                       : _ ("It is trained first.");
}

static gchar *
describe_training (const SinganStatus *status,
                   const SinganJob    *job,
                   const Training     *training,
                   const SinganSpeed  *speed)
{
  const gchar      *need = describe_need (status, job);
  g_autofree gchar *checkpoint = singan_model_store_find_checkpoint (
      &status->source, status->pixel_hash, &training->settings);
  g_autofree gchar *time = NULL;

  if (checkpoint)
    return g_strdup (_ ("A training with these values was stopped: it goes on "
                        "from there."));
  if (speed)
    time = singan_describe_training_time (speed, &training->geometry,
                                          &training->settings);

  return need && time ? g_strjoin (" ", need, time, NULL)
         : time       ? g_steal_pointer (&time)
                      : g_strdup (need);
}

/* The layer's model that the job will use, of which the one that is shown is
 * the best; NULL if it trains one. */
static SinganModel *
find_used (const SinganStatus   *status,
           const SinganJob      *job,
           const SinganSettings *settings)
{
  SinganModelWish   wish;
  g_autofree gchar *path = NULL;

  if (! status->model || job->procedure->result == SINGAN_RESULT_MODEL)
    return NULL;
  singan_job_init_wish (job, settings, status->channels, &wish);
  if (singan_model_wish_is_met (&wish, singan_model_get_info (status->model)))
    return singan_model_ref (status->model);
  if (wish.max_size == 0 && wish.iterations == 0)
    return NULL;

  return singan_model_store_find (&status->source, status->pixel_hash, &wish,
                                  &path, NULL);
}

/* What comes out, and, unless the training is all there is, how long all takes.
 */
static gchar *
describe_outlook (const SinganJob    *job,
                  const SinganGround *ground,
                  gdouble             training_seconds)
{
  SinganOutlook     outlook;
  g_autofree gchar *results = NULL;
  g_autofree gchar *time = NULL;
  g_autofree gchar *all = NULL;

  if (! singan_job_foresee (job, ground, &outlook))
    return NULL;
  results = singan_outlook_describe (&outlook, ground->geometry);
  if (! ground->speed)
    return g_steal_pointer (&results);

  time = singan_format_duration (training_seconds + outlook.seconds);
  all = g_strdup_printf (_ ("All of it takes about %s here."), time);

  return g_strjoin ("\n", results, all, NULL);
}

gchar *
singan_status_describe (const SinganStatus *status,
                        const SinganJob    *job,
                        const SinganSpeed  *speed)
{
  g_autoptr (GString) text = NULL;
  g_autoptr (SinganModel) used = NULL;
  Training training;
  g_autoptr (GError) error = NULL;

  if (status->obstacle)
    return g_strdup (status->obstacle);

  text = g_string_new (NULL);
  add_line (text, status->model      ? describe_model (status)
                  : status->outdated ? describe_outdated (status)
                                     : g_strdup (describe_lack (status)));
  add_line (text, describe_space (status));
  if (status->n_translucent > 0)
    add_line (text, singan_describe_translucency (status->n_translucent));
  if (! training_init (&training, status, job, &error))
    {
      add_line (text, g_strdup (error->message));
      return g_string_free (g_steal_pointer (&text), FALSE);
    }
  used = find_used (status, job, &training.settings);
  if (used)
    {
      const SinganModelInfo *info = singan_model_get_info (used);
      const SinganGround     ground = { status->height,
                                        status->width,
                                        &info->settings,
                                        &info->geometry,
                                        singan_model_n_trained (used),
                                        speed };

      add_line (text, describe_use (status, job, used));
      add_line (text, describe_outlook (job, &ground, 0));
    }
  else
    {
      const SinganGround ground = { status->height,
                                    status->width,
                                    &training.settings,
                                    &training.geometry,
                                    training.geometry.n_scales,
                                    speed };

      add_line (text, describe_training (status, job, &training, speed));
      add_line (text, describe_outlook (
                          job, &ground,
                          speed ? singan_training_seconds (
                              speed, &training.geometry, &training.settings)
                                : 0));
    }

  return g_string_free (g_steal_pointer (&text), FALSE);
}
