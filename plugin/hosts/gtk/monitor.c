/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "plugin/hosts/gtk/monitor.h"

/* Microseconds between two drawings: at least this, and so many times what the
 * last one took. */
#define DRAWING_INTERVAL (4 * G_USEC_PER_SEC)
#define DRAWING_PERIODS 20

/* More points than this are not seen: then two become one. */
#define POINTS_MAXIMUM 2048

/* Of the samples, so that one picture is seen to grow. */
#define SAMPLE_SEED 1

struct _SinganMonitor
{
  GMutex     mutex;
  SinganView view; /* what nobody has taken yet */

  /* Of the thread that trains. */
  GArray *points;
  GArray *marks;        /* in iterations */
  gint    n_iterations; /* seen so far */
  gint    n_in_point;   /* of them in the last point */
  gint    n_a_point;    /* in any other */
  gint    n_reports;    /* of progress since the last iteration */
  gint    n_finished;   /* scales whose samples were drawn */
  gint64  next_drawing;
};

static void
free_message (gpointer data)
{
  SinganMessage *message = data;

  g_free (message->text);
  g_free (message);
}

SinganMonitor *
singan_monitor_new (void)
{
  SinganMonitor *monitor = g_new0 (SinganMonitor, 1);

  g_mutex_init (&monitor->mutex);
  monitor->view.scale = -1;
  monitor->view.messages = g_ptr_array_new_with_free_func (free_message);
  monitor->points = g_array_new (FALSE, FALSE, sizeof (SinganLossPoint));
  monitor->marks = g_array_new (FALSE, FALSE, sizeof (gdouble));
  monitor->n_a_point = 1;

  return monitor;
}

void
singan_monitor_free (SinganMonitor *monitor)
{
  singan_view_clear (&monitor->view);
  g_array_unref (monitor->points);
  g_array_unref (monitor->marks);
  g_mutex_clear (&monitor->mutex);
  g_free (monitor);
}

void
singan_view_clear (SinganView *view)
{
  gint n;

  g_clear_pointer (&view->text, g_free);
  g_clear_pointer (&view->points, g_array_unref);
  g_clear_pointer (&view->marks, g_array_unref);
  g_clear_pointer (&view->sample, singan_tensor_free);
  g_clear_pointer (&view->reconstruction, singan_tensor_free);
  for (n = 0; n < SINGAN_SCALES_MAXIMUM; n++)
    g_clear_pointer (&view->finished[n], singan_tensor_free);
  g_clear_pointer (&view->messages, g_ptr_array_unref);
}

void
singan_monitor_show_progress (SinganMonitor *monitor,
                              const gchar   *text,
                              gdouble        fraction)
{
  g_mutex_lock (&monitor->mutex);
  g_free (monitor->view.text);
  monitor->view.text = g_strdup (text);
  monitor->view.fraction = fraction;
  /* Each iteration of a training is reported here too: only a second report
   * is of something else. */
  monitor->n_reports++;
  if (monitor->n_reports > 1)
    monitor->view.is_training = FALSE;
  g_mutex_unlock (&monitor->mutex);
}

void
singan_monitor_add_message (SinganMonitor *monitor,
                            const gchar   *text,
                            gboolean       has_to_be_read)
{
  SinganMessage *message = g_new (SinganMessage, 1);

  *message = (SinganMessage){ g_strdup (text), has_to_be_read };
  g_mutex_lock (&monitor->mutex);
  g_ptr_array_add (monitor->view.messages, message);
  g_mutex_unlock (&monitor->mutex);
}

/* Makes one point of every two. */
static void
thin_out (SinganMonitor *monitor)
{
  SinganLossPoint *points = (SinganLossPoint *) monitor->points->data;
  guint            i;

  for (i = 0; i < POINTS_MAXIMUM / 2; i++)
    points[i] = (SinganLossPoint){
      (points[2 * i].critic + points[2 * i + 1].critic) / 2,
      (points[2 * i].generator + points[2 * i + 1].generator) / 2,
      (points[2 * i].reconstruction + points[2 * i + 1].reconstruction) / 2
    };
  g_array_set_size (monitor->points, POINTS_MAXIMUM / 2);
  monitor->n_a_point *= 2;
}

/* Adds the losses of an iteration to the last point's means. */
static void
add_losses (SinganMonitor *monitor, const SinganTrainingProgress *progress)
{
  const SinganLossPoint none = { 0, 0, 0 };
  SinganLossPoint      *point;
  gfloat                share;

  if (monitor->n_in_point == 0)
    {
      if (monitor->points->len == POINTS_MAXIMUM)
        thin_out (monitor);
      g_array_append_val (monitor->points, none);
    }
  point = &g_array_index (monitor->points, SinganLossPoint,
                          monitor->points->len - 1);
  monitor->n_in_point++;
  share = 1.0f / monitor->n_in_point;
  point->critic
      += share * ((gfloat) progress->discriminator_loss - point->critic);
  point->generator
      += share * ((gfloat) progress->generator_loss - point->generator);
  point->reconstruction
      += share
         * ((gfloat) progress->reconstruction_loss - point->reconstruction);
  monitor->n_in_point %= monitor->n_a_point;
  monitor->n_iterations++;
}

static void
leave_losses (SinganMonitor *monitor, const SinganTrainingProgress *progress)
{
  SinganView *view = &monitor->view;
  guint       i;

  /* An iteration that ends a scale has left no losses of the next one. */
  if (progress->iteration > 0)
    add_losses (monitor, progress);
  if (view->scale >= 0 && progress->scale > view->scale)
    {
      const gdouble mark = monitor->n_iterations;

      g_array_append_val (monitor->marks, mark);
    }
  view->is_training = TRUE;
  view->scale = progress->scale;
  view->n_scales = progress->n_scales;

  g_clear_pointer (&view->points, g_array_unref);
  g_clear_pointer (&view->marks, g_array_unref);
  view->points = g_array_copy (monitor->points);
  view->marks = g_array_copy (monitor->marks);
  for (i = 0; i < view->marks->len; i++)
    g_array_index (view->marks, gdouble, i) /= monitor->n_a_point;
}

static void
leave_picture (SinganMonitor *monitor,
               SinganTensor **place,
               SinganTensor  *picture)
{
  g_mutex_lock (&monitor->mutex);
  singan_tensor_free (*place);
  *place = picture;
  g_mutex_unlock (&monitor->mutex);
}

static SinganTensor *
draw_sample (const SinganModel *model)
{
  const SinganSampling sampling = { SAMPLE_SEED, 0, 0, 1, 1 };

  return singan_sample (model, &sampling, NULL, NULL);
}

/* A sample of each finished scale; of a training that goes on, of all that
 * were finished before. */
static void
draw_finished (SinganMonitor *monitor, const SinganTrainer *trainer)
{
  g_autoptr (SinganModel) model = singan_trainer_get_model (trainer, NULL);

  while (model && monitor->n_finished < singan_model_n_trained (model))
    {
      g_autoptr (SinganModel) coarse
          = singan_model_copy_coarsest (model, monitor->n_finished + 1, NULL);

      if (coarse)
        leave_picture (monitor, &monitor->view.finished[monitor->n_finished],
                       draw_sample (coarse));
      monitor->n_finished++;
    }
}

/* What the pyramid makes now. */
static void
draw_now (SinganMonitor *monitor, const SinganTrainer *trainer)
{
  const gint64 start = g_get_monotonic_time ();
  gint64       end;
  g_autoptr (SinganModel) model = singan_trainer_get_snapshot (trainer, NULL);

  if (model)
    {
      leave_picture (monitor, &monitor->view.sample, draw_sample (model));
      leave_picture (monitor, &monitor->view.reconstruction,
                     singan_reconstruct (model, NULL, NULL));
    }
  end = g_get_monotonic_time ();
  monitor->next_drawing
      = end + MAX (DRAWING_INTERVAL, DRAWING_PERIODS * (end - start));
}

void
singan_monitor_show_training (SinganMonitor                *monitor,
                              const SinganTrainer          *trainer,
                              const SinganTrainingProgress *progress)
{
  const gboolean is_done = singan_trainer_is_done (trainer);
  const gint     n_finished = is_done ? progress->n_scales : progress->scale;

  g_mutex_lock (&monitor->mutex);
  monitor->n_reports = 0;
  leave_losses (monitor, progress);
  g_mutex_unlock (&monitor->mutex);

  if (n_finished > monitor->n_finished)
    draw_finished (monitor, trainer);
  if (is_done || g_get_monotonic_time () >= monitor->next_drawing)
    draw_now (monitor, trainer);
}

void
singan_monitor_take (SinganMonitor *monitor, SinganView *view)
{
  SinganView *left = &monitor->view;
  gint        n;

  g_mutex_lock (&monitor->mutex);
  *view = *left;
  view->text = g_strdup (left->text);
  left->points = NULL;
  left->marks = NULL;
  left->sample = NULL;
  left->reconstruction = NULL;
  for (n = 0; n < SINGAN_SCALES_MAXIMUM; n++)
    left->finished[n] = NULL;
  left->messages = g_ptr_array_new_with_free_func (free_message);
  g_mutex_unlock (&monitor->mutex);
}
