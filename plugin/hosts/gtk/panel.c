/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "plugin/hosts/gtk/panel.h"

#include <string.h>

#include "core/base/i18n.h"
#include "plugin/hosts/gtk/toolkit.h"
#include "plugin/procedures/preview.h"
#include "plugin/procedures/status.h"

/* Of the text: most characters in a line, and its width in pixels. */
#define TEXT_WIDTH 60
#define TEXT_PIXELS 440

/* Milliseconds without a change before pictures are made anew. */
#define PATIENCE 400

/* A layer that is looked at.  One thread at a time has the job; once there is a
 * status, it does not change any more. */
typedef struct
{
  gint          ref_count; /* atomic */
  SinganJob    *job;
  SinganStatus *status;
} Subject;

struct _SinganPanel
{
  const SinganProcedure *procedure;
  GtkWidget             *box;
  GtkWidget             *text;
  GtkWidget             *chooser;
  gdouble                values[SINGAN_ARGUMENTS_MAXIMUM];
  Subject               *subject;
  SinganPresetFunc       found;
  gpointer               data;
  gint                   preset; /* as it was when the look began, until there
                                  * is a model; -1 after that */
  gboolean      has_status;      /* the subject's may be read */
  gboolean      has_speed[SINGAN_N_PRESETS];
  SinganSpeed   speeds[SINGAN_N_PRESETS];
  GCancellable *cancellable; /* of the last thread */
  GThread      *thread;
  guint         timer;
};

/* What a thread works on. */
typedef struct
{
  SinganPanel  *panel; /* for findings only */
  Subject      *subject;
  GCancellable *cancellable;
  GThread      *before; /* has to end first */
  gboolean      has_speed[SINGAN_N_PRESETS];
  gdouble       values[SINGAN_ARGUMENTS_MAXIMUM];
} Look;

/* What a thread has found, for the main loop: a status; else the speed of a
 * preset; else a picture of that scale; else an obstacle. */
typedef struct
{
  SinganPanel  *panel;
  GCancellable *cancellable;
  gboolean      is_status;
  SinganSpeed  *speed;
  SinganPreset  preset;
  gint          scale;
  SinganTensor *picture;
  gchar        *obstacle;
} Finding;

static Subject *
ref_subject (Subject *subject)
{
  g_atomic_int_inc (&subject->ref_count);

  return subject;
}

static void
unref_subject (Subject *subject)
{
  if (! g_atomic_int_dec_and_test (&subject->ref_count))
    return;

  singan_job_clear (subject->job);
  g_free (subject->job);
  singan_status_free (subject->status);
  g_free (subject);
}

static void
free_finding (gpointer data)
{
  Finding *finding = data;

  g_object_unref (finding->cancellable);
  g_free (finding->speed);
  singan_tensor_free (finding->picture);
  g_free (finding->obstacle);
  g_free (finding);
}

/* A job with the values that are chosen now, and nothing else. */
static void
init_job (SinganPanel *panel, SinganJob *job)
{
  singan_job_init (job, panel->procedure);
  memcpy (job->values, panel->values, sizeof job->values);
}

static gint
get_preset (SinganPanel *panel)
{
  SinganJob job;

  init_job (panel, &job);

  return singan_job_get_integer (&job, "preset");
}

/* The text for the values that are chosen now. */
static void
describe (SinganPanel *panel)
{
  SinganJob         job;
  const gint        preset = get_preset (panel);
  g_autofree gchar *text = NULL;

  if (! panel->has_status)
    return;
  init_job (panel, &job);
  text = singan_status_describe (
      panel->subject->status, &job,
      panel->has_speed[preset] ? &panel->speeds[preset] : NULL);
  gtk_label_set_text (GTK_LABEL (panel->text), text);
}

static void
take_status (SinganPanel *panel)
{
  const SinganModel *model = singan_status_get_model (panel->subject->status);
  const gint         first
      = panel->procedure->injects ? SINGAN_INJECTION_SCALE_MINIMUM : 0;
  const gint count = model && panel->procedure->has_preview
                         ? MAX (singan_model_n_trained (model) - first, 0)
                         : 0;

  panel->has_status = TRUE;
  if (model && panel->procedure->result != SINGAN_RESULT_MODEL
      && get_preset (panel) == panel->preset)
    panel->found (singan_model_get_info (model)->settings.preset, panel->data);
  panel->preset = -1;
  describe (panel);
  singan_chooser_set_range (panel->chooser, first, count);
}

static void
take_speed (SinganPanel *panel, SinganPreset preset, const SinganSpeed *speed)
{
  panel->speeds[preset] = *speed;
  panel->has_speed[preset] = TRUE;
  describe (panel);
}

/* In the main loop; what a thread found that was stopped meanwhile is of no
 * use, and its panel may be gone. */
static gboolean
take_finding (gpointer data)
{
  const Finding *finding = data;
  SinganPanel   *panel = finding->panel;

  if (g_cancellable_is_cancelled (finding->cancellable))
    return G_SOURCE_REMOVE;

  if (finding->is_status)
    take_status (panel);
  else if (finding->speed)
    take_speed (panel, finding->preset, finding->speed);
  else if (finding->picture)
    singan_chooser_set_picture (panel->chooser, finding->scale,
                                finding->picture);
  else
    gtk_label_set_text (GTK_LABEL (panel->text), finding->obstacle);

  return G_SOURCE_REMOVE;
}

static void
post (const Look *look, const Finding *what)
{
  Finding *finding = g_new (Finding, 1);

  *finding = *what;
  finding->panel = look->panel;
  finding->cancellable = g_object_ref (look->cancellable);
  g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, take_finding, finding,
                   free_finding);
}

static void
post_picture (gint scale, SinganTensor *picture, gpointer data)
{
  const Finding finding = { .scale = scale, .picture = picture };

  post (data, &finding);
}

static void
make_pictures (Look *look)
{
  SinganJob    *job = look->subject->job;
  SinganPreview preview
      = { singan_status_get_model (look->subject->status), post_picture, look };
  g_autoptr (GError) error = NULL;

  if (! preview.model || ! job->procedure->has_preview)
    return;

  memcpy (job->values, look->values, sizeof job->values);
  g_set_object (&job->cancellable, look->cancellable);
  if (! singan_job_preview (job, &preview, &error)
      && ! g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      const Finding finding = { .obstacle = g_strdup (error->message) };

      post (look, &finding);
    }
}

static void
measure_speed (Look *look, SinganPreset preset)
{
  g_autofree SinganSpeed *speed = g_new0 (SinganSpeed, 1);
  const Finding           finding = { .speed = speed, .preset = preset };

  if (look->has_speed[preset] || g_cancellable_is_cancelled (look->cancellable)
      || ! singan_status_measure (look->subject->status, preset,
                                  look->cancellable, speed))
    return;
  look->has_speed[preset] = TRUE;
  g_steal_pointer (&speed);
  post (look, &finding);
}

/* All of them take seconds on a slow machine: the chosen preset's first. */
static void
measure_speeds (Look *look)
{
  SinganJob job;
  gint      preset;

  singan_job_init (&job, look->subject->job->procedure);
  memcpy (job.values, look->values, sizeof job.values);
  measure_speed (look, (SinganPreset) singan_job_get_integer (&job, "preset"));
  for (preset = 0; preset < SINGAN_N_PRESETS; preset++)
    measure_speed (look, (SinganPreset) preset);
}

static gpointer
run (gpointer data)
{
  Look    *look = data;
  Subject *subject = look->subject;

  if (look->before)
    g_thread_join (look->before);
  if (! g_cancellable_is_cancelled (look->cancellable))
    {
      const Finding finding = { .is_status = TRUE };

      if (! subject->status)
        subject->status = singan_status_new (subject->job);
      post (look, &finding);
      make_pictures (look);
      measure_speeds (look);
    }
  unref_subject (subject);
  g_object_unref (look->cancellable);
  g_free (look);

  return NULL;
}

static void
stop (SinganPanel *panel)
{
  if (panel->timer)
    g_source_remove (panel->timer);
  panel->timer = 0;
  if (panel->cancellable)
    g_cancellable_cancel (panel->cancellable);
  g_clear_object (&panel->cancellable);
}

/* Random pictures should not change with every other value. */
static void
fix_seed (const SinganProcedure *procedure, gdouble *values)
{
  gint i;

  for (i = 0; i < procedure->n_arguments; i++)
    if (strcmp (procedure->arguments[i].name, "seed") == 0
        && values[i] == SINGAN_SEED_RANDOM)
      values[i] = 0;
}

static void
start (SinganPanel *panel)
{
  Look *look = g_new0 (Look, 1);

  stop (panel);
  panel->cancellable = g_cancellable_new ();
  look->panel = panel;
  look->subject = ref_subject (panel->subject);
  look->cancellable = g_object_ref (panel->cancellable);
  look->before = panel->thread;
  memcpy (look->has_speed, panel->has_speed, sizeof look->has_speed);
  memcpy (look->values, panel->values, sizeof look->values);
  fix_seed (panel->procedure, look->values);
  panel->thread = g_thread_new ("singan-look", run, look);
}

SinganPanel *
singan_panel_new (const SinganProcedure *procedure,
                  SinganChosenFunc       chosen,
                  SinganPresetFunc       found,
                  gpointer               data)
{
  SinganPanel *panel = g_new0 (SinganPanel, 1);

  panel->procedure = procedure;
  panel->found = found;
  panel->data = data;
  panel->box = singan_box_new (GTK_ORIENTATION_VERTICAL, SINGAN_SPACING);
  panel->text = singan_label_new (_ ("Looking for a model of this layer"));
  gtk_label_set_line_wrap (GTK_LABEL (panel->text), TRUE);
  gtk_label_set_max_width_chars (GTK_LABEL (panel->text), TEXT_WIDTH);
  gtk_widget_set_size_request (panel->text, TEXT_PIXELS, -1);
  panel->chooser = singan_chooser_new (chosen, data);
  gtk_box_pack_start (GTK_BOX (panel->box), panel->text, FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (panel->box), panel->chooser, FALSE, FALSE, 0);

  return panel;
}

void
singan_panel_free (SinganPanel *panel)
{
  stop (panel);
  if (panel->thread)
    g_thread_join (panel->thread);
  if (panel->subject)
    unref_subject (panel->subject);
  g_free (panel);
}

GtkWidget *
singan_panel_get_widget (SinganPanel *panel)
{
  return panel->box;
}

void
singan_panel_look (SinganPanel *panel, SinganJob *job)
{
  if (panel->subject)
    unref_subject (panel->subject);
  panel->subject = g_new0 (Subject, 1);
  panel->subject->ref_count = 1;
  panel->subject->job = job;
  panel->has_status = FALSE;
  memcpy (panel->values, job->values, sizeof panel->values);
  panel->preset = get_preset (panel);
  start (panel);
}

static gboolean
on_patience (gpointer data)
{
  SinganPanel *panel = data;

  panel->timer = 0;
  start (panel);

  return G_SOURCE_REMOVE;
}

/* The one value that pictures are there for does not change them, nor do those
 * of a training or of how many results there are. */
static gboolean
change_pictures (const SinganPanel *panel, const gdouble *values)
{
  static const gchar *const others[]
      = { "start-scale", "preset",   "max-size", "count",
          "frames",      "frame-ms", NULL };
  gint i;

  for (i = 0; i < panel->procedure->n_arguments; i++)
    if (values[i] != panel->values[i]
        && ! g_strv_contains (others, panel->procedure->arguments[i].name))
      return TRUE;

  return FALSE;
}

void
singan_panel_set_values (SinganPanel *panel, const gdouble *values)
{
  const gboolean is_new
      = panel->procedure->has_preview && change_pictures (panel, values);
  gint i;

  memcpy (panel->values, values, sizeof panel->values);
  describe (panel);
  for (i = 0; i < panel->procedure->n_arguments; i++)
    if (strcmp (panel->procedure->arguments[i].name, "start-scale") == 0)
      singan_chooser_select (panel->chooser, (gint) values[i]);
  if (! is_new)
    return;

  if (panel->timer)
    g_source_remove (panel->timer);
  panel->timer = g_timeout_add (PATIENCE, on_patience, panel);
}
