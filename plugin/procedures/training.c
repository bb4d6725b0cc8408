/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "plugin/procedures/training.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/text.h"
#include "plugin/hosts/host.h"
#include "plugin/procedures/outlook.h"
#include "plugin/procedures/progress.h"
#include "plugin/procedures/rows.h"

const SinganChoice singan_preset_choices[SINGAN_N_PRESETS] = {
  [SINGAN_PRESET_PREVIEW] = { "preview", N_ ("Preview") },
  [SINGAN_PRESET_BALANCED] = { "balanced", N_ ("Balanced") },
  [SINGAN_PRESET_PAPER] = { "paper", N_ ("As in the paper") },
};

void
singan_job_show_training (const SinganTrainingProgress *progress, gpointer data)
{
  SinganJob        *job = data;
  const gdouble     seconds = progress->seconds_left;
  g_autofree gchar *left = singan_format_time_left (
      seconds < 0 ? seconds : seconds + job->seconds_after);
  g_autofree gchar *text
      = g_strdup_printf (_ ("Training scale %d of %d, iteration %d of %d: %s"),
                         progress->scale + 1, progress->n_scales,
                         progress->iteration, progress->iterations, left);

  singan_host_progress (job->host, text, progress->fraction);
}

/* NULL, with the reason told, if it is of another training. */
static SinganTrainer *
resume (SinganJob            *job,
        const SinganTensor   *picture,
        const SinganSettings *settings,
        const gchar          *checkpoint)
{
  const gint             seed = singan_job_get_integer (job, "seed");
  SinganTrainer         *trainer;
  SinganTrainingProgress progress;
  g_autofree gchar      *text = NULL;
  g_autoptr (GError) error = NULL;

  trainer = singan_trainer_resume (picture, settings, job->pixel_hash,
                                   checkpoint, &error);
  if (! trainer)
    {
      singan_host_message (job->host, error->message);
      return NULL;
    }
  /* Other jobs ask for a seed of what they make, not of the training. */
  if (job->procedure->result == SINGAN_RESULT_MODEL
      && seed != SINGAN_SEED_RANDOM
      && singan_trainer_get_seed (trainer) != (guint32) seed)
    {
      text = g_strdup_printf (
          _ ("The checkpoint has the seed %u and is left as it is: starting "
             "anew with the seed %d."),
          singan_trainer_get_seed (trainer), seed);
      singan_host_message (job->host, text);
      singan_trainer_free (trainer);
      return NULL;
    }

  singan_trainer_get_progress (trainer, &progress);
  text = g_strdup_printf (
      _ ("Going on from the checkpoint at scale %d of %d, iteration %d."),
      progress.scale + 1, progress.n_scales, progress.iteration);
  singan_host_inform (job->host, text);

  return trainer;
}

/* Goes on from the checkpoint of this training, if there is one, or begins, in
 * which case it is given a name that none of another training has. */
static SinganTrainer *
resume_or_begin (SinganJob            *job,
                 const SinganTensor   *picture,
                 const SinganSettings *settings,
                 const gchar          *model_path,
                 gchar               **checkpoint,
                 GError              **error)
{
  gint number;

  for (number = 1; number <= SINGAN_CHECKPOINTS_MAXIMUM; number++)
    {
      g_autofree gchar *path
          = singan_model_store_numbered_checkpoint (model_path, number);
      SinganTrainer *trainer = NULL;

      if (g_file_test (path, G_FILE_TEST_EXISTS))
        trainer = resume (job, picture, settings, path);
      else if (! *checkpoint)
        *checkpoint = g_steal_pointer (&path);
      if (trainer)
        {
          g_free (*checkpoint);
          *checkpoint = g_steal_pointer (&path);
          return trainer;
        }
    }

  if (! *checkpoint)
    {
      g_autofree gchar *path
          = singan_text_printable (model_path, SINGAN_TEXT_PATH);

      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_EXIST,
                   _ ("There are %d checkpoints of other trainings for “%s”. "
                      "Remove those that are not needed any more, or choose "
                      "another name."),
                   SINGAN_CHECKPOINTS_MAXIMUM, path);
      return NULL;
    }

  return singan_trainer_new (picture, settings, job->pixel_hash,
                             job->source.layer_name, error);
}

gboolean
singan_job_init_settings (const SinganJob *job,
                          SinganSettings  *settings,
                          GError         **error)
{
  const SinganPurpose purpose = job->procedure->purpose;
  const gint          seed = singan_job_get_integer (job, "seed");
  gint                max_size = singan_job_get_integer (job, "max-size");

  /* The presets' own sizes are for pictures that get the photograph's detail
   * afterwards; frames and enlargements do not. */
  if (max_size == 0 && purpose != SINGAN_PURPOSE_GENERATION)
    max_size = SINGAN_MAX_SIZE_DEFAULT;
  if (! singan_settings_init (
          settings, (SinganPreset) singan_job_get_integer (job, "preset"),
          max_size, singan_job_get_integer (job, "iterations"),
          seed == SINGAN_SEED_RANDOM ? singan_random_seed () : (guint32) seed,
          error))
    return FALSE;
  singan_settings_set_purpose (settings, purpose);

  return TRUE;
}

gboolean
singan_job_plan_training (const SinganSettings *settings,
                          gint                  height,
                          gint                  width,
                          SinganGeometry       *geometry,
                          GError              **error)
{
  /* It learns from a part of a large picture instead of all of it, shrunk. */
  const gint limit = settings->purpose == SINGAN_PURPOSE_SUPER_RESOLUTION
                         ? settings->max_size
                         : G_MAXINT;

  return singan_geometry_init (geometry, MIN (height, limit),
                               MIN (width, limit), settings, error);
}

gchar *
singan_describe_training_time (const SinganSpeed    *speed,
                               const SinganGeometry *geometry,
                               const SinganSettings *settings)
{
  g_autofree gchar *time = singan_format_duration (
      singan_training_seconds (speed, geometry, settings));

  return g_strdup_printf (_ ("Training at %d x %d pixels takes about %s here."),
                          geometry->widths[geometry->n_scales - 1],
                          geometry->heights[geometry->n_scales - 1], time);
}

/* Hours of training must not end at a folder that is not there. */
static gboolean
check_place (const gchar *path, GError **error)
{
  g_autofree gchar *folder = g_path_get_dirname (path);
  gint              code;

  if (g_file_test (path, G_FILE_TEST_IS_DIR))
    {
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_ISDIR,
                   _ ("“%s” is a folder; the model needs the name of a file."),
                   path);
      return FALSE;
    }
  if (g_access (folder, W_OK | X_OK) == 0)
    return TRUE;

  code = errno;
  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code),
               _ ("The folder “%s” for the model cannot be written to: %s"),
               folder, g_strerror (code));
  return FALSE;
}

/* A training and who watches it. */
typedef struct
{
  SinganJob           *job;
  const SinganTrainer *trainer;
} Watch;

static void
show_training (const SinganTrainingProgress *progress, gpointer data)
{
  const Watch *watch = data;

  singan_job_show_training (progress, watch->job);
  singan_host_show_training (watch->job->host, watch->trainer, progress);
}

/* What the job does once the model is there takes its time too. */
static void
foresee_rest (SinganJob            *job,
              const SinganTensor   *photograph,
              const SinganSettings *settings,
              const SinganGeometry *geometry,
              const SinganSpeed    *speed)
{
  const SinganGround ground
      = { photograph->height, photograph->width,  settings,
          geometry,           geometry->n_scales, speed };
  SinganOutlook outlook;

  if (singan_job_foresee (job, &ground, &outlook))
    job->seconds_after = outlook.seconds;
}

static void
show_warning (const gchar *text, gpointer data)
{
  const Watch *watch = data;

  singan_host_message (watch->job->host, text);
}

/* Says how long it will take, and lets the trainer know the time left. */
static gboolean
measure_speed (SinganJob            *job,
               SinganTrainer        *trainer,
               const SinganTensor   *photograph,
               const SinganTensor   *picture,
               const SinganSettings *settings,
               GError              **error)
{
  SinganTrainingProgress progress;
  SinganGeometry         geometry;
  SinganSpeed            speed;
  g_autofree gchar      *text = NULL;

  if (! singan_speed_measure (&speed, settings, picture->channels, NULL, error)
      || ! singan_job_plan_training (settings, picture->height, picture->width,
                                     &geometry, error))
    return FALSE;
  singan_trainer_set_speed (trainer, &speed);
  singan_trainer_get_progress (trainer, &progress);
  foresee_rest (job, photograph, settings, &geometry, &speed);
  if (progress.fraction > 0)
    return TRUE;

  text = singan_describe_training_time (&speed, &geometry, settings);
  singan_host_inform (job->host, text);

  return TRUE;
}

/* Where the stop was, so that a person knows what is kept. */
static void
say_where_it_stopped (SinganJob *job, const SinganTrainer *trainer)
{
  SinganTrainingProgress progress;
  g_autofree gchar      *text = NULL;

  singan_trainer_get_progress (trainer, &progress);
  text = g_strdup_printf (
      _ ("Stopped at scale %d of %d, iteration %d. The checkpoint is kept: the "
         "same training goes on from it."),
      progress.scale + 1, progress.n_scales, progress.iteration);
  singan_host_message (job->host, text);
}

/* A training that a person does not want leaves nothing behind, not even the
 * folder that was made for it. */
static void
discard (const gchar *checkpoint)
{
  g_autofree gchar *folder = g_path_get_dirname (checkpoint);

  g_unlink (checkpoint);
  /* Fails, as it should, where there are models. */
  g_rmdir (folder);
}

static void
say_what_is_kept (SinganJob *job, const SinganModel *model)
{
  const gint        n_scales = singan_model_get_info (model)->geometry.n_scales;
  g_autofree gchar *text = g_strdup_printf (
      g_dngettext (GETTEXT_PACKAGE,
                   "The model is kept with %d of its %d scale: what is finer "
                   "is not made anew but enlarged. To go on, train again with "
                   "the same values.",
                   "The model is kept with %d of its %d scales: what is finer "
                   "is not made anew but enlarged. To go on, train again with "
                   "the same values.",
                   n_scales),
      singan_model_n_trained (model), n_scales);

  singan_host_message (job->host, text);
}

/* Trains until it is done, stopped or diverged.  FALSE with error set unless
 * there is something to be kept as the model. */
static gboolean
run_trainer (SinganJob     *job,
             SinganTrainer *trainer,
             const gchar   *checkpoint,
             GError       **error)
{
  SinganTrainingProgress progress;
  Watch                  watch = { job, trainer };
  g_autoptr (GError) reason = NULL;

  if (singan_trainer_run (trainer, checkpoint,
                          job->training_stop ? job->training_stop
                                             : job->cancellable,
                          show_training, show_warning, &watch, &reason))
    return TRUE;

  singan_trainer_get_progress (trainer, &progress);
  if (g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      if (! g_cancellable_is_cancelled (job->cancellable) && progress.scale > 0)
        return TRUE;
      if (job->discards_training)
        discard (checkpoint);
      else
        say_where_it_stopped (job, trainer);
    }
  else if (g_error_matches (reason, SINGAN_ERROR, SINGAN_ERROR_DIVERGED))
    {
      /* From the checkpoint it would run away again; the finished scales are
       * as good as those of any stopped training. */
      g_unlink (checkpoint);
      if (progress.scale > 0)
        {
          singan_host_message (job->host, reason->message);
          return TRUE;
        }
    }
  else if (g_cancellable_is_cancelled (job->training_stop)
           && ! g_cancellable_is_cancelled (job->cancellable)
           && progress.scale > 0)
    {
      /* The last checkpoint could not be written: the model is all the more
       * worth keeping. */
      singan_host_message (job->host, reason->message);
      return TRUE;
    }
  g_propagate_error (error, g_steal_pointer (&reason));

  return FALSE;
}

static gboolean
has_same_settings (const SinganModelInfo *info, const SinganSettings *settings)
{
  g_autofree gchar *there = singan_settings_fingerprint (&info->settings);
  g_autofree gchar *wanted = singan_settings_fingerprint (settings);

  return strcmp (there, wanted) == 0;
}

/* Whether it is what this training would give. */
static gboolean
is_wanted (const SinganJob       *job,
           const SinganModelInfo *info,
           const SinganSettings  *settings)
{
  const gint seed = singan_job_get_integer (job, "seed");

  return g_strcmp0 (info->source_hash, job->pixel_hash) == 0
         && has_same_settings (info, settings)
         && (seed == SINGAN_SEED_RANDOM
             || info->settings.seed == (guint32) seed);
}

/* A file that is to be replaced by the model has to be one as well, and, if the
 * job keeps models, one that the training only goes on with.  Finished is that
 * file's model, if nothing is left to do. */
static gboolean
check_file_there (SinganJob            *job,
                  const gchar          *path,
                  const SinganSettings *settings,
                  SinganModel         **finished,
                  GError              **error)
{
  g_autoptr (SinganModel) there = NULL;
  g_autoptr (GError) reason = NULL;
  g_autofree gchar *text = NULL;

  *finished = NULL;
  if (! g_file_test (path, G_FILE_TEST_EXISTS))
    return TRUE;
  there = singan_model_load (path, &reason);
  if (! there)
    {
      /* The store's own names are taken by models only. */
      if (! job->model_file)
        return TRUE;
      g_set_error (error, SINGAN_ERROR, SINGAN_ERROR_MODEL,
                   _ ("“%s” is there already and is not a model, so that "
                      "nothing is written over it (%s)"),
                   path, reason->message);
      return FALSE;
    }
  if (! job->keeps_models)
    return TRUE;
  if (! is_wanted (job, singan_model_get_info (there), settings))
    {
      g_set_error (error, SINGAN_ERROR, SINGAN_ERROR_MODEL,
                   _ ("“%s” is there already, a model of another picture or "
                      "with other settings; --overwrite replaces it."),
                   path);
      return FALSE;
    }
  if (singan_model_n_trained (there)
      < singan_model_get_info (there)->geometry.n_scales)
    return TRUE;

  text = g_strdup_printf (_ ("The model “%s” is finished already; --overwrite "
                             "trains it anew."),
                          path);
  singan_host_message (job->host, text);
  *finished = g_steal_pointer (&there);

  return TRUE;
}

SinganModel *
singan_job_train (SinganJob *job, const SinganTensor *picture, GError **error)
{
  const SinganTensor *photograph = picture;
  SinganSettings      settings;
  gboolean            is_kept;
  g_autoptr (SinganTensor) excerpt = NULL;
  g_autofree gchar *path = g_strdup (job->model_file);
  g_autofree gchar *checkpoint = NULL;
  g_autofree gchar *warning = NULL;
  g_autoptr (SinganTrainer) trainer = NULL;
  g_autoptr (SinganModel) model = NULL;

  if (! singan_job_init_settings (job, &settings, error))
    return NULL;
  if (settings.purpose == SINGAN_PURPOSE_SUPER_RESOLUTION)
    {
      excerpt
          = singan_super_resolution_excerpt (picture, settings.max_size, error);
      if (! excerpt)
        return NULL;
      picture = excerpt;
    }
  if (! path)
    path = singan_model_store_place (&job->source, job->pixel_hash, &settings,
                                     &warning, error);
  if (! path || ! check_place (path, error)
      || ! check_file_there (job, path, &settings, &model, error))
    return NULL;
  if (warning)
    singan_host_message (job->host, warning);
  if (model)
    {
      g_free (job->model_path);
      job->model_path = g_steal_pointer (&path);
      return g_steal_pointer (&model);
    }
  if (! job->model_file)
    singan_model_store_take_checkpoint (&job->source, job->pixel_hash,
                                        &settings, path);

  trainer = resume_or_begin (job, picture, &settings, path, &checkpoint, error);
  if (! trainer
      || ! measure_speed (job, trainer, photograph, picture, &settings, error))
    return NULL;

  is_kept = run_trainer (job, trainer, checkpoint, error);
  job->seconds_after = 0;
  if (! is_kept)
    return NULL;
  model = singan_trainer_get_model (trainer, error);
  if (! model || ! singan_model_save (model, path, error))
    return NULL;

  /* The model is safe: the way there is needed only where it goes on. */
  if (singan_trainer_is_done (trainer))
    g_unlink (checkpoint);
  else if (g_file_test (checkpoint, G_FILE_TEST_EXISTS))
    say_what_is_kept (job, model);
  singan_host_remember_model (job->host, path, settings.purpose);
  g_free (job->model_path);
  job->model_path = g_steal_pointer (&path);

  return g_steal_pointer (&model);
}
