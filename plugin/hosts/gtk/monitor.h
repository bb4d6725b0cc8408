/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Between the thread on which a job runs and the one that shows it: the job
 * leaves here what there is to see, and the window takes it when it likes.
 * Neither waits for the other.  Knows no widgets.
 */

#pragma once

#include <glib.h>

#include "core/singan.h"

G_BEGIN_DECLS

/**
 * SinganLossPoint:
 * @critic: of the discriminator
 * @generator: of the generator against it
 * @reconstruction: mean squared error of the reconstruction
 *
 * Means over a few iterations.
 */
typedef struct
{
  gfloat critic;
  gfloat generator;
  gfloat reconstruction;
} SinganLossPoint;

/**
 * SinganMessage:
 * @text: what the job says
 * @has_to_be_read: whether the person has to know it
 */
typedef struct
{
  gchar   *text;
  gboolean has_to_be_read;
} SinganMessage;

/**
 * SinganView:
 * @text: (owned) (nullable): what is being done
 * @fraction: of it that is done, 0 .. 1
 * @is_training: whether a training runs
 * @scale: in training, from 0; -1 if there was no training yet
 * @n_scales: of the training
 * @points: (owned) (nullable): SinganLossPoint, all so far; NULL if there are
 *   none that are new
 * @marks: (owned) (nullable): gdouble, where scales begin, in points
 * @sample: (owned) (nullable): a newer sample
 * @reconstruction: (owned) (nullable): a newer reconstruction
 * @finished: (owned): samples of scales that were finished since, else NULL
 * @messages: (owned): what the job said since, SinganMessage*
 *
 * What there is to see, taken out of a monitor.
 */
typedef struct
{
  gchar        *text;
  gdouble       fraction;
  gboolean      is_training;
  gint          scale;
  gint          n_scales;
  GArray       *points;
  GArray       *marks;
  SinganTensor *sample;
  SinganTensor *reconstruction;
  SinganTensor *finished[SINGAN_SCALES_MAXIMUM];
  GPtrArray    *messages;
} SinganView;

/**
 * SinganMonitor:
 *
 * Opaque.  One thread leaves things, another one takes them.
 */
typedef struct _SinganMonitor SinganMonitor;

/**
 * singan_monitor_new:
 *
 * Returns: (transfer full): a monitor with nothing to see
 */
SinganMonitor *singan_monitor_new (void);

/**
 * singan_monitor_free:
 * @monitor: (transfer full): the monitor
 */
void singan_monitor_free (SinganMonitor *monitor);

/**
 * singan_monitor_show_progress:
 * @monitor: the monitor
 * @text: what is being done
 * @fraction: 0 .. 1
 */
void singan_monitor_show_progress (SinganMonitor *monitor,
                                   const gchar   *text,
                                   gdouble        fraction);

/**
 * singan_monitor_show_training:
 * @monitor: the monitor
 * @trainer: between two iterations
 * @progress: where it is
 *
 * Now and then draws pictures, on the calling thread, which takes about a
 * twentieth of the time.  Where memory is short there are no pictures.
 */
void singan_monitor_show_training (SinganMonitor                *monitor,
                                   const SinganTrainer          *trainer,
                                   const SinganTrainingProgress *progress);

/**
 * singan_monitor_add_message:
 * @monitor: the monitor
 * @text: what the job says
 * @has_to_be_read: whether the person has to know it
 */
void singan_monitor_add_message (SinganMonitor *monitor,
                                 const gchar   *text,
                                 gboolean       has_to_be_read);

/**
 * singan_monitor_take:
 * @monitor: the monitor
 * @view: (out caller-allocates): what there is to see; free it with
 *   singan_view_clear ()
 */
void singan_monitor_take (SinganMonitor *monitor, SinganView *view);

/**
 * singan_view_clear:
 * @view: frees what it owns; what was taken out of it has to be NULL
 */
void singan_view_clear (SinganView *view);

G_END_DECLS
