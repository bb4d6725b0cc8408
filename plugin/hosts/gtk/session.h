/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Runs a job on a thread of its own while the main loop shows it in a window,
 * so that the window answers and the host is usable meanwhile.  What a job asks
 * of its host reaches the main thread through the functions here; the job
 * itself works on copies of pixels only.
 */

#pragma once

#include <gtk/gtk.h>

#include "core/singan.h"
#include "plugin/procedures/procedure.h"

G_BEGIN_DECLS

/**
 * SinganSession:
 *
 * Opaque.  Where nothing else is said, a function is for the main thread.
 */
typedef struct _SinganSession SinganSession;

/**
 * SinganMainFunc:
 * @data: as given to singan_session_invoke ()
 */
typedef void (*SinganMainFunc) (gpointer data);

/**
 * singan_session_new:
 * @job: a job with its source, in buffers that no other thread uses; gets a
 *   cancellable and a training_stop.  Has to outlive the session
 * @title: of the window
 * @role: of the window
 * @is_awaited: whether the window shows the job's conclusion, if it has one,
 *   until it is closed
 *
 * Returns: (transfer full): the session
 */
SinganSession *singan_session_new (SinganJob   *job,
                                   const gchar *title,
                                   const gchar *role,
                                   gboolean     is_awaited);

/**
 * singan_session_free:
 * @session: (transfer full): a session that does not run
 */
void singan_session_free (SinganSession *session);

/**
 * singan_session_get_widget:
 * @session: the session
 *
 * Returns: (transfer none): the window, for what the host does with windows
 */
GtkWidget *singan_session_get_widget (SinganSession *session);

/**
 * singan_session_run:
 * @session: a session that did not run yet
 * @unread: (out) (transfer full): messages that were not in the window long
 *   enough to be read, gchar*
 * @error: as the procedure's run
 *
 * Runs the job, and a main loop until it is done and the window gone.
 *
 * Returns: FALSE with @error set
 */
gboolean
singan_session_run (SinganSession *session, GPtrArray **unread, GError **error);

/**
 * singan_session_show_progress:
 * @session: the session
 * @text: what is being done
 * @fraction: 0 .. 1
 *
 * Any thread.
 */
void singan_session_show_progress (SinganSession *session,
                                   const gchar   *text,
                                   gdouble        fraction);

/**
 * singan_session_show_training:
 * @session: the session
 * @trainer: between two iterations
 * @progress: where it is
 *
 * For the job's thread.
 */
void singan_session_show_training (SinganSession                *session,
                                   const SinganTrainer          *trainer,
                                   const SinganTrainingProgress *progress);

/**
 * singan_session_add_message:
 * @session: the session
 * @text: what the person should know
 *
 * Any thread.
 */
void singan_session_add_message (SinganSession *session, const gchar *text);

/**
 * singan_session_inform:
 * @session: the session
 * @text: what the person need not know
 *
 * Is never among what is unread in the end.  Any thread.
 */
void singan_session_inform (SinganSession *session, const gchar *text);

/**
 * singan_session_invoke:
 * @session: the session
 * @func: what the host does on its main thread
 * @data: for @func
 *
 * For the job's thread, which waits; on the main thread it is a plain call.
 */
void singan_session_invoke (SinganSession *session,
                            SinganMainFunc func,
                            gpointer       data);

G_END_DECLS
