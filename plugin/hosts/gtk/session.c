/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "plugin/hosts/gtk/session.h"

#include "plugin/hosts/gtk/window.h"

struct _SinganSession
{
  SinganJob     *job;
  SinganMonitor *monitor;
  SinganWindow  *window;
  GThread       *main_thread;
  GMainLoop     *loop;
  gboolean       is_awaited;
  gboolean       success;
  GError        *error;
};

/* What the job's thread waits for. */
typedef struct
{
  SinganMainFunc func;
  gpointer       data;
  GMutex         mutex;
  GCond          cond;
  gboolean       is_done;
} Call;

static void
take_request (SinganRequest request, gpointer data)
{
  SinganSession *session = data;
  SinganJob     *job = session->job;

  if (request == SINGAN_REQUEST_CLOSE)
    {
      g_main_loop_quit (session->loop);
      return;
    }
  if (request == SINGAN_REQUEST_CANCEL)
    job->discards_training = TRUE;
  /* A training asks first whether it shall stop, then whether all shall. */
  if (request != SINGAN_REQUEST_KEEP)
    g_cancellable_cancel (job->cancellable);
  g_cancellable_cancel (job->training_stop);
}

SinganSession *
singan_session_new (SinganJob   *job,
                    const gchar *title,
                    const gchar *role,
                    gboolean     is_awaited)
{
  SinganSession *session;

  g_return_val_if_fail (! job->cancellable && ! job->training_stop, NULL);

  job->cancellable = g_cancellable_new ();
  job->training_stop = g_cancellable_new ();
  session = g_new0 (SinganSession, 1);
  session->job = job;
  session->is_awaited = is_awaited;
  session->main_thread = g_thread_self ();
  session->loop = g_main_loop_new (NULL, FALSE);
  session->monitor = singan_monitor_new ();
  session->window = singan_window_new (title, role, session->monitor,
                                       take_request, session);

  return session;
}

void
singan_session_free (SinganSession *session)
{
  if (session->window)
    g_ptr_array_unref (singan_window_free (session->window));
  singan_monitor_free (session->monitor);
  g_main_loop_unref (session->loop);
  g_clear_error (&session->error);
  g_free (session);
}

GtkWidget *
singan_session_get_widget (SinganSession *session)
{
  return singan_window_get_widget (session->window);
}

/* The job is done: what came of it stays in the window, if somebody waits. */
static gboolean
end (gpointer data)
{
  SinganSession *session = data;
  const gchar   *conclusion = session->job->conclusion;

  if (! (session->success && session->is_awaited && conclusion
         && singan_window_conclude (session->window, conclusion)))
    g_main_loop_quit (session->loop);

  return G_SOURCE_REMOVE;
}

static gpointer
work (gpointer data)
{
  SinganSession *session = data;

  session->success
      = session->job->procedure->run (session->job, &session->error);
  g_idle_add (end, session);

  return NULL;
}

gboolean
singan_session_run (SinganSession *session, GPtrArray **unread, GError **error)
{
  GThread *thread = g_thread_new ("singan-job", work, session);

  g_main_loop_run (session->loop);
  g_thread_join (thread);
  *unread = singan_window_free (g_steal_pointer (&session->window));
  /* No main loop runs after this: the window has to go now. */
  gdk_display_sync (gdk_display_get_default ());
  if (session->error)
    g_propagate_error (error, g_steal_pointer (&session->error));

  return session->success;
}

void
singan_session_show_progress (SinganSession *session,
                              const gchar   *text,
                              gdouble        fraction)
{
  singan_monitor_show_progress (session->monitor, text, fraction);
}

void
singan_session_show_training (SinganSession                *session,
                              const SinganTrainer          *trainer,
                              const SinganTrainingProgress *progress)
{
  singan_monitor_show_training (session->monitor, trainer, progress);
}

void
singan_session_add_message (SinganSession *session, const gchar *text)
{
  singan_monitor_add_message (session->monitor, text, TRUE);
}

void
singan_session_inform (SinganSession *session, const gchar *text)
{
  singan_monitor_add_message (session->monitor, text, FALSE);
}

static gboolean
answer_call (gpointer data)
{
  Call *call = data;

  call->func (call->data);
  g_mutex_lock (&call->mutex);
  call->is_done = TRUE;
  g_cond_signal (&call->cond);
  g_mutex_unlock (&call->mutex);

  return G_SOURCE_REMOVE;
}

void
singan_session_invoke (SinganSession *session,
                       SinganMainFunc func,
                       gpointer       data)
{
  Call call = { .func = func, .data = data };

  if (g_thread_self () == session->main_thread)
    {
      func (data);
      return;
    }

  g_mutex_init (&call.mutex);
  g_cond_init (&call.cond);
  g_idle_add_full (G_PRIORITY_DEFAULT, answer_call, &call, NULL);
  g_mutex_lock (&call.mutex);
  while (! call.is_done)
    g_cond_wait (&call.cond, &call.mutex);
  g_mutex_unlock (&call.mutex);
  g_cond_clear (&call.cond);
  g_mutex_clear (&call.mutex);
}
