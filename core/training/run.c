/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "core/training/run.h"

#include "core/base/i18n.h"

/* Checkpoints are this many times their own duration apart, so that they take
 * one percent of the time: what kills a program does not ask before. */
#define CHECKPOINT_PERIODS 100

/* When checkpoints are written. */
typedef struct
{
  const gchar *path; /* NULL for none */
  gint64       last;
  gint64       interval;
  gint         scale;      /* that the last one was of */
  gboolean     has_failed; /* the last one */

  SinganWarningFunc warn; /* NULL if nobody listens */
  gpointer          data;
} Checkpoints;

/* The scale in training; that of a training that is done does not matter. */
static gint
get_scale (const SinganTrainer *trainer)
{
  SinganTrainingProgress progress;

  singan_trainer_get_progress (trainer, &progress);

  return progress.scale;
}

/* A disk that is full for a moment does not end a training of hours: a person
 * is told, once until one succeeds, and the next one is tried. */
static void
save_now_and_then (SinganTrainer *trainer, Checkpoints *checkpoints)
{
  const gint64 start = g_get_monotonic_time ();
  const gint   scale = get_scale (trainer);
  g_autoptr (GError) reason = NULL;

  if (! checkpoints->path
      || (scale == checkpoints->scale
          && start - checkpoints->last < checkpoints->interval))
    return;

  if (singan_trainer_save_checkpoint (trainer, checkpoints->path, &reason))
    {
      checkpoints->has_failed = FALSE;
    }
  else
    {
      if (! checkpoints->has_failed && checkpoints->warn)
        {
          g_autofree gchar *text = g_strdup_printf (
              _ ("%s. The training goes on, and tries again later."),
              reason->message);

          checkpoints->warn (text, checkpoints->data);
        }
      checkpoints->has_failed = TRUE;
    }
  checkpoints->last = g_get_monotonic_time ();
  checkpoints->interval = MIN (CHECKPOINT_PERIODS * (checkpoints->last - start),
                               SINGAN_CHECKPOINT_SECONDS * G_USEC_PER_SEC);
  checkpoints->scale = scale;
}

gboolean
singan_trainer_run (SinganTrainer     *trainer,
                    const gchar       *checkpoint_path,
                    GCancellable      *cancellable,
                    SinganProgressFunc progress_func,
                    SinganWarningFunc  warn,
                    gpointer           data,
                    GError           **error)
{
  Checkpoints checkpoints = { checkpoint_path,
                              g_get_monotonic_time (),
                              0,
                              get_scale (trainer),
                              FALSE,
                              warn,
                              data };

  while (! singan_trainer_is_done (trainer))
    {
      if (! singan_trainer_step (trainer, error))
        return FALSE;

      if (progress_func)
        {
          SinganTrainingProgress progress;

          singan_trainer_get_progress (trainer, &progress);
          progress_func (&progress, data);
        }

      /* A cancel that comes with the last iteration has nothing left to stop.
       */
      if (singan_trainer_is_done (trainer))
        break;

      if (g_cancellable_is_cancelled (cancellable))
        {
          /* The last one: there is nothing to try again. */
          if (! checkpoint_path
              || singan_trainer_save_checkpoint (trainer, checkpoint_path,
                                                 error))
            g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED,
                                 "cancelled");
          return FALSE;
        }
      save_now_and_then (trainer, &checkpoints);
    }

  return TRUE;
}
