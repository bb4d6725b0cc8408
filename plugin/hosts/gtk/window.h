/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The window that a job is watched in, and steered from: pictures of what the
 * model draws now, the finished scales, the losses, the time left.  Knows no
 * job: what there is to see comes out of a monitor, and what the person wants
 * goes to a callback.
 */

#pragma once

#include <gtk/gtk.h>

#include "plugin/hosts/gtk/monitor.h"

G_BEGIN_DECLS

/**
 * SinganRequest:
 * @SINGAN_REQUEST_KEEP: end the training, with the scales done so far
 * @SINGAN_REQUEST_PAUSE: stop, to go on another time
 * @SINGAN_REQUEST_CANCEL: stop; nothing shall be left of it
 * @SINGAN_REQUEST_CLOSE: the end was seen, see singan_window_conclude ()
 *
 * What a person wants of a job that runs.
 */
typedef enum
{
  SINGAN_REQUEST_KEEP,
  SINGAN_REQUEST_PAUSE,
  SINGAN_REQUEST_CANCEL,
  SINGAN_REQUEST_CLOSE
} SinganRequest;

/**
 * SinganRequestFunc:
 * @request: what the person wants
 * @data: as given to singan_window_new ()
 */
typedef void (*SinganRequestFunc) (SinganRequest request, gpointer data);

/**
 * SinganWindow:
 *
 * Opaque.  Belongs to the thread of the main loop.
 */
typedef struct _SinganWindow SinganWindow;

/**
 * singan_window_new:
 * @title: of the window
 * @role: of the window
 * @monitor: where it takes from what there is to see; has to outlive it
 * @request: told what the person wants
 * @data: for @request
 *
 * It comes up by itself once a training runs, or once a job turns out to take
 * longer than a moment.
 *
 * Returns: (transfer full): the window
 */
SinganWindow *singan_window_new (const gchar      *title,
                                 const gchar      *role,
                                 SinganMonitor    *monitor,
                                 SinganRequestFunc request,
                                 gpointer          data);

/**
 * singan_window_get_widget:
 * @window: the window
 *
 * Returns: (transfer none): the widget, for what the host does with windows
 */
GtkWidget *singan_window_get_widget (SinganWindow *window);

/**
 * singan_window_conclude:
 * @window: the window of a job that is done
 * @text: what came of it
 *
 * The window stays, with this text, until the person closes it, which is a
 * request of its own.
 *
 * Returns: FALSE if nothing is to be waited for, because the person wanted the
 *   job to end
 */
gboolean singan_window_conclude (SinganWindow *window, const gchar *text);

/**
 * singan_window_free:
 * @window: (transfer full): closes it
 *
 * Returns: (transfer full): what the job said that the person cannot have read
 *   yet, gchar*
 */
GPtrArray *singan_window_free (SinganWindow *window);

G_END_DECLS
