/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "plugin/hosts/gtk/window.h"

#include "core/base/i18n.h"
#include "plugin/hosts/gtk/curves.h"
#include "plugin/hosts/gtk/picture.h"
#include "plugin/hosts/gtk/toolkit.h"

/* Milliseconds between two looks into the monitor. */
#define LOOK_INTERVAL 200

/* Microseconds that a job may take without a window, and that a person needs
 * to read what is said in it. */
#define MOMENT G_USEC_PER_SEC
#define READING_TIME (8 * G_USEC_PER_SEC)

/* Boxes of the pictures, and of the strip of finished scales, pixels. */
#define PICTURE_WIDTH 304
#define PICTURE_HEIGHT 228
#define STRIP_WIDTH (2 * PICTURE_WIDTH + SINGAN_SPACING)
#define THUMBNAIL_WIDTH_MAXIMUM 96
#define THUMBNAIL_HEIGHT_MAXIMUM 72

/* Most characters in a line of text. */
#define TEXT_WIDTH 60

/* A message, and since when it stands in the window; 0 if it does not. */
typedef struct
{
  gchar   *text;
  gboolean has_to_be_read;
  gint64   shown_at;
} Message;

struct _SinganWindow
{
  SinganMonitor    *monitor;
  SinganRequestFunc request;
  gpointer          data;
  guint             timer;
  gint64            start;
  GArray           *messages; /* of Message */
  gboolean          is_training;
  gboolean          is_ending; /* a request was made */
  gboolean          is_concluded;
  gint              scale;
  gint              width; /* of the pictures, pixels; 0 if not known yet */
  gint              height;

  GtkWidget *dialog;
  GtkWidget *question; /* of Cancel; NULL if it is not asked */
  GtkWidget *training; /* what is only there for trainings */
  GtkWidget *sample;
  GtkWidget *reconstruction;
  GtkWidget *strip;
  GtkWidget *thumbnails[SINGAN_SCALES_MAXIMUM];
  gint       n_thumbnails;
  GtkWidget *losses;
  GtkWidget *likeness;
  GtkWidget *bar;
  GtkWidget *status;
  GtkWidget *notes;
};

static GtkWidget *
make_heading (const gchar *text)
{
  g_autofree gchar *markup = g_markup_printf_escaped ("<b>%s</b>", text);
  GtkWidget        *label = singan_label_new (NULL);

  gtk_label_set_markup (GTK_LABEL (label), markup);

  return label;
}

/* A heading with something below it. */
static GtkWidget *
make_group (GtkWidget *heading, GtkWidget *content)
{
  GtkWidget *box = singan_box_new (GTK_ORIENTATION_VERTICAL, SINGAN_SPACING);

  gtk_box_pack_start (GTK_BOX (box), heading, FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (box), content, FALSE, FALSE, 0);

  return box;
}

/* Two things beside each other, of the same width. */
static GtkWidget *
make_pair (GtkWidget *left, GtkWidget *right)
{
  GtkWidget *box = singan_box_new (GTK_ORIENTATION_HORIZONTAL, SINGAN_SPACING);

  gtk_box_set_homogeneous (GTK_BOX (box), TRUE);
  gtk_box_pack_start (GTK_BOX (box), left, TRUE, TRUE, 0);
  gtk_box_pack_start (GTK_BOX (box), right, TRUE, TRUE, 0);

  return box;
}

static GtkWidget *
make_picture (void)
{
  g_autoptr (GdkPixbuf) empty
      = singan_picture_new_empty (PICTURE_WIDTH, PICTURE_HEIGHT);
  GtkWidget *image = singan_image_new (empty);

  gtk_widget_set_size_request (image, PICTURE_WIDTH, PICTURE_HEIGHT);

  return image;
}

/* The names of curves, each behind a dot of its colour. */
static GtkWidget *
make_legend (const gchar *first, const gchar *second)
{
  GtkWidget        *label = singan_label_new (NULL);
  g_autofree gchar *markup
      = second ? g_markup_printf_escaped (
            "<span foreground=\"" SINGAN_CURVES_COLOUR_0 "\">●</span> <b>%s</b>"
            "   <span foreground=\"" SINGAN_CURVES_COLOUR_1
            "\">●</span> <b>%s</b>",
            first, second)
               : g_markup_printf_escaped (
                   "<span foreground=\"" SINGAN_CURVES_COLOUR_0
                   "\">●</span> <b>%s</b>",
                   first);

  gtk_label_set_markup (GTK_LABEL (label), markup);

  return label;
}

static GtkWidget *
make_training (SinganWindow *window)
{
  GtkWidget *box
      = singan_box_new (GTK_ORIENTATION_VERTICAL, SINGAN_GROUP_SPACING);

  window->sample = make_picture ();
  window->reconstruction = make_picture ();
  window->strip = singan_box_new (GTK_ORIENTATION_HORIZONTAL, SINGAN_SPACING);
  window->losses = singan_curves_new (2, FALSE);
  window->likeness = singan_curves_new (1, TRUE);

  gtk_box_pack_start (
      GTK_BOX (box),
      make_pair (make_group (make_heading (_ ("New Sample")), window->sample),
                 make_group (make_heading (_ ("Reconstruction")),
                             window->reconstruction)),
      FALSE, FALSE, 0);
  gtk_box_pack_start (
      GTK_BOX (box),
      make_group (make_heading (_ ("Finished Scales")), window->strip), FALSE,
      FALSE, 0);
  gtk_box_pack_start (
      GTK_BOX (box),
      make_pair (make_group (make_legend (_ ("Critic"), _ ("Generator")),
                             window->losses),
                 make_group (make_legend (_ ("Reconstruction Error"), NULL),
                             window->likeness)),
      FALSE, FALSE, 0);

  return box;
}

static GtkWidget *
make_text (void)
{
  GtkWidget *label = singan_label_new (NULL);

  gtk_label_set_line_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_max_width_chars (GTK_LABEL (label), TEXT_WIDTH);
  gtk_widget_set_size_request (label, STRIP_WIDTH, -1);

  return label;
}

static GtkWidget *
make_content (SinganWindow *window)
{
  GtkWidget *box
      = singan_box_new (GTK_ORIENTATION_VERTICAL, SINGAN_GROUP_SPACING);
  GtkWidget *progress
      = singan_box_new (GTK_ORIENTATION_VERTICAL, SINGAN_SPACING);

  window->training = make_training (window);
  window->bar = gtk_progress_bar_new ();
  window->status = make_text ();
  window->notes = make_text ();
  gtk_box_pack_start (GTK_BOX (progress), window->bar, FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (progress), window->status, FALSE, FALSE, 0);

  gtk_container_set_border_width (GTK_CONTAINER (box), SINGAN_BORDER_WIDTH);
  gtk_box_pack_start (GTK_BOX (box), window->training, FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (box), progress, FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (box), window->notes, FALSE, FALSE, 0);
  gtk_widget_show_all (box);
  gtk_widget_hide (window->training);
  gtk_widget_hide (window->notes);

  return box;
}

/* The buttons that make sense now. */
static void
update_buttons (SinganWindow *window)
{
  GtkDialog     *dialog = GTK_DIALOG (window->dialog);
  const gboolean may_stop = window->is_training && ! window->is_ending;
  GtkWidget     *keep
      = gtk_dialog_get_widget_for_response (dialog, SINGAN_REQUEST_KEEP);
  GtkWidget *pause
      = gtk_dialog_get_widget_for_response (dialog, SINGAN_REQUEST_PAUSE);
  GtkWidget *cancel
      = gtk_dialog_get_widget_for_response (dialog, SINGAN_REQUEST_CANCEL);
  GtkWidget *close
      = gtk_dialog_get_widget_for_response (dialog, SINGAN_REQUEST_CLOSE);

  gtk_widget_set_visible (keep, window->scale >= 0 && ! window->is_concluded);
  gtk_widget_set_visible (pause, window->scale >= 0 && ! window->is_concluded);
  gtk_widget_set_visible (cancel, ! window->is_concluded);
  gtk_widget_set_visible (close, window->is_concluded);
  gtk_widget_set_sensitive (keep, may_stop && window->scale > 0);
  gtk_widget_set_sensitive (pause, may_stop);
  gtk_dialog_set_response_sensitive (dialog, SINGAN_REQUEST_CANCEL,
                                     ! window->is_ending);
}

/* Nothing is asked any more that the job cannot do. */
static void
drop_question (SinganWindow *window)
{
  if (window->question)
    gtk_widget_destroy (window->question);
  window->question = NULL;
}

static void
make_request (SinganWindow *window, SinganRequest request)
{
  const gboolean waits = window->is_training;

  drop_question (window);
  if (request != SINGAN_REQUEST_KEEP)
    window->is_ending = TRUE;
  window->request (request, window->data);
  if (waits)
    gtk_label_set_text (GTK_LABEL (window->status),
                        _ ("Stopping after this iteration"));
  window->is_training = FALSE;
  update_buttons (window);
}

static void
answer (GtkDialog *question, gint response, gpointer data)
{
  SinganWindow *window = data;

  (void) question;
  if (response == GTK_RESPONSE_YES)
    make_request (window, SINGAN_REQUEST_CANCEL);
  else
    drop_question (window);
}

/* Minutes or hours of work are not to go by one wrong click. */
static void
ask (SinganWindow *window)
{
  GtkWidget *question = gtk_message_dialog_new (
      GTK_WINDOW (window->dialog),
      GTK_DIALOG_MODAL | GTK_DIALOG_DESTROY_WITH_PARENT, GTK_MESSAGE_QUESTION,
      GTK_BUTTONS_NONE, "%s", _ ("Cancel the training?"));

  gtk_message_dialog_format_secondary_text (
      GTK_MESSAGE_DIALOG (question), "%s",
      _ ("What the model has learned so far will be lost. To go on another "
         "time, pause it instead."));
  gtk_window_set_title (GTK_WINDOW (question), _ ("Cancel Training"));
  gtk_dialog_add_button (GTK_DIALOG (question), _ ("_Go On Training"),
                         GTK_RESPONSE_NO);
  gtk_dialog_add_button (GTK_DIALOG (question), _ ("_Cancel Training"),
                         GTK_RESPONSE_YES);
  gtk_dialog_set_default_response (GTK_DIALOG (question), GTK_RESPONSE_NO);
  g_signal_connect (question, "response", G_CALLBACK (answer), window);
  window->question = question;
  gtk_widget_show (question);
}

static void
respond (GtkDialog *dialog, gint response, gpointer data)
{
  SinganWindow *window = data;

  (void) dialog;
  if (window->is_ending)
    return;
  if (window->is_concluded)
    {
      window->request (SINGAN_REQUEST_CLOSE, window->data);
      return;
    }
  if (response == GTK_RESPONSE_DELETE_EVENT)
    response
        = window->is_training ? SINGAN_REQUEST_PAUSE : SINGAN_REQUEST_CANCEL;

  if (response == SINGAN_REQUEST_CANCEL && window->is_training)
    {
      if (! window->question)
        ask (window);
    }
  else
    {
      make_request (window, (SinganRequest) response);
    }
}

static void
show_picture (GtkWidget          *image,
              const SinganTensor *picture,
              gint                width,
              gint                height)
{
  g_autoptr (GdkPixbuf) pixbuf
      = picture ? singan_picture_new (picture, width, height) : NULL;

  if (pixbuf)
    gtk_image_set_from_pixbuf (GTK_IMAGE (image), pixbuf);
}

/* The first picture tells the shape of all: no place is larger than what will
 * be in it. */
static void
fit_places (SinganWindow *window, const SinganTensor *picture)
{
  g_autoptr (GdkPixbuf) pixbuf
      = singan_picture_new (picture, PICTURE_WIDTH, PICTURE_HEIGHT);
  g_autoptr (GdkPixbuf) empty = NULL;

  window->width = gdk_pixbuf_get_width (pixbuf);
  window->height = gdk_pixbuf_get_height (pixbuf);
  empty = singan_picture_new_empty (window->width, window->height);
  gtk_image_set_from_pixbuf (GTK_IMAGE (window->sample), empty);
  gtk_image_set_from_pixbuf (GTK_IMAGE (window->reconstruction), empty);
  gtk_widget_set_size_request (window->sample, PICTURE_WIDTH, window->height);
  gtk_widget_set_size_request (window->reconstruction, PICTURE_WIDTH,
                               window->height);
}

/* All scales have a place in the strip, so that it shows how far it is. */
static void
show_finished (SinganWindow *window, const SinganView *view)
{
  const gint box_width
      = MIN (STRIP_WIDTH / MAX (1, view->n_scales) - SINGAN_SPACING,
             THUMBNAIL_WIDTH_MAXIMUM);
  const gint box_height
      = box_width * THUMBNAIL_HEIGHT_MAXIMUM / THUMBNAIL_WIDTH_MAXIMUM;
  const gdouble factor = MIN ((gdouble) box_width / window->width,
                              (gdouble) box_height / window->height);
  const gint    width = MAX (1, (gint) (factor * window->width));
  const gint    height = MAX (1, (gint) (factor * window->height));
  gint          n;

  for (; window->n_thumbnails < view->n_scales; window->n_thumbnails++)
    {
      g_autoptr (GdkPixbuf) empty = singan_picture_new_empty (width, height);
      GtkWidget *image = singan_image_new (empty);

      gtk_widget_set_size_request (image, width, height);
      gtk_box_pack_start (GTK_BOX (window->strip), image, FALSE, FALSE, 0);
      gtk_widget_show (image);
      window->thumbnails[window->n_thumbnails] = image;
    }
  for (n = 0; n < view->n_scales; n++)
    show_picture (window->thumbnails[n], view->finished[n], width, height);
}

static void
show_losses (SinganWindow *window, const SinganView *view)
{
  const guint            count = view->points->len;
  const SinganLossPoint *points = (SinganLossPoint *) view->points->data;
  g_autofree gfloat     *critic = g_new (gfloat, count);
  g_autofree gfloat     *generator = g_new (gfloat, count);
  g_autofree gfloat     *reconstruction = g_new (gfloat, count);
  const gdouble         *marks = (gdouble *) view->marks->data;
  guint                  i;

  for (i = 0; i < count; i++)
    {
      critic[i] = points[i].critic;
      generator[i] = points[i].generator;
      reconstruction[i] = points[i].reconstruction;
    }
  singan_curves_set_line (window->losses, 0, critic, count);
  singan_curves_set_line (window->losses, 1, generator, count);
  singan_curves_set_line (window->likeness, 0, reconstruction, count);
  singan_curves_set_marks (window->losses, marks, view->marks->len);
  singan_curves_set_marks (window->likeness, marks, view->marks->len);
}

/* Takes over what the job said; while the window is up it stands there. */
static void
show_messages (SinganWindow *window, const SinganView *view)
{
  const gint64 now = g_get_monotonic_time ();
  g_autoptr (GString) text = g_string_new (NULL);
  guint i;

  for (i = 0; i < view->messages->len; i++)
    {
      const SinganMessage *said = g_ptr_array_index (view->messages, i);
      const Message        message
          = { g_strdup (said->text), said->has_to_be_read, 0 };

      g_array_append_val (window->messages, message);
    }
  if (! gtk_widget_get_visible (window->dialog) || window->is_ending)
    return;

  for (i = 0; i < window->messages->len; i++)
    {
      Message *message = &g_array_index (window->messages, Message, i);

      if (message->shown_at == 0)
        message->shown_at = now;
      g_string_append_printf (text, "%s%s", i > 0 ? "\n" : "", message->text);
    }
  if (text->len > 0
      && g_strcmp0 (text->str, gtk_label_get_text (GTK_LABEL (window->notes))))
    {
      gtk_label_set_text (GTK_LABEL (window->notes), text->str);
      gtk_widget_show (window->notes);
    }
}

static void
show_view (SinganWindow *window, const SinganView *view)
{
  const SinganTensor *first = view->sample ? view->sample : view->finished[0];

  if (first && window->width == 0)
    fit_places (window, first);
  if (window->width > 0)
    {
      gtk_widget_show (window->training);
      show_picture (window->sample, view->sample, PICTURE_WIDTH,
                    PICTURE_HEIGHT);
      show_picture (window->reconstruction, view->reconstruction, PICTURE_WIDTH,
                    PICTURE_HEIGHT);
      show_finished (window, view);
    }
  if (view->points)
    show_losses (window, view);
  if (window->is_training && ! view->is_training)
    drop_question (window);
  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (window->bar),
                                 CLAMP (view->fraction, 0, 1));
}

/* Return, pressed without a look, loses nothing of a training. */
static void
present (SinganWindow *window)
{
  GtkWidget *pause = gtk_dialog_get_widget_for_response (
      GTK_DIALOG (window->dialog), SINGAN_REQUEST_PAUSE);

  if (window->is_training)
    gtk_widget_grab_focus (pause);
  gtk_window_present (GTK_WINDOW (window->dialog));
}

/* One look into the monitor. */
static void
look (SinganWindow *window)
{
  /* After Stop and Keep the last iteration may still run. */
  const gboolean was_kept = ! window->is_training && window->scale >= 0;
  SinganView     view;

  singan_monitor_take (window->monitor, &view);
  show_view (window, &view);
  if (! window->is_ending && ! (was_kept && view.is_training))
    {
      window->is_training = view.is_training;
      window->scale = view.scale;
      if (view.text)
        gtk_label_set_text (GTK_LABEL (window->status), view.text);
    }
  update_buttons (window);
  if (! gtk_widget_get_visible (window->dialog)
      && (view.is_training
          || g_get_monotonic_time () - window->start >= MOMENT))
    present (window);
  show_messages (window, &view);
  singan_view_clear (&view);
}

static gboolean
on_time (gpointer data)
{
  look (data);

  return G_SOURCE_CONTINUE;
}

SinganWindow *
singan_window_new (const gchar      *title,
                   const gchar      *role,
                   SinganMonitor    *monitor,
                   SinganRequestFunc request,
                   gpointer          data)
{
  SinganWindow *window = g_new0 (SinganWindow, 1);
  GtkDialog    *dialog;

  window->monitor = monitor;
  window->request = request;
  window->data = data;
  window->start = g_get_monotonic_time ();
  window->scale = -1;
  window->messages = g_array_new (FALSE, FALSE, sizeof (Message));

  window->dialog = gtk_dialog_new ();
  dialog = GTK_DIALOG (window->dialog);
  gtk_window_set_title (GTK_WINDOW (dialog), title);
  gtk_window_set_role (GTK_WINDOW (dialog), role);
  gtk_window_set_resizable (GTK_WINDOW (dialog), FALSE);
  gtk_box_pack_start (GTK_BOX (gtk_dialog_get_content_area (dialog)),
                      make_content (window), TRUE, TRUE, 0);
  gtk_dialog_add_button (dialog, _ ("_Cancel"), SINGAN_REQUEST_CANCEL);
  gtk_dialog_add_button (dialog, _ ("_Pause and Continue Later"),
                         SINGAN_REQUEST_PAUSE);
  gtk_dialog_add_button (dialog, _ ("_Stop and Keep"), SINGAN_REQUEST_KEEP);
  gtk_dialog_add_button (dialog, _ ("_Close"), SINGAN_REQUEST_CLOSE);
  gtk_widget_set_tooltip_text (
      gtk_dialog_get_widget_for_response (dialog, SINGAN_REQUEST_KEEP),
      _ ("Use the model as it is after the scales that are finished: finer "
         "ones are only enlarged"));
  gtk_widget_set_tooltip_text (
      gtk_dialog_get_widget_for_response (dialog, SINGAN_REQUEST_PAUSE),
      _ ("Keep what was learned: the next training of this layer with the "
         "same values goes on from here"));
  gtk_widget_set_tooltip_text (
      gtk_dialog_get_widget_for_response (dialog, SINGAN_REQUEST_CANCEL),
      _ ("Stop, and remove what was made so far"));
  g_signal_connect (dialog, "response", G_CALLBACK (respond), window);
  /* It goes when the job has stopped, not before. */
  g_signal_connect_after (dialog, "delete-event", G_CALLBACK (gtk_true), NULL);
  update_buttons (window);
  window->timer = g_timeout_add (LOOK_INTERVAL, on_time, window);

  return window;
}

GtkWidget *
singan_window_get_widget (SinganWindow *window)
{
  return window->dialog;
}

gboolean
singan_window_conclude (SinganWindow *window, const gchar *text)
{
  GtkDialog *dialog = GTK_DIALOG (window->dialog);

  if (window->is_ending)
    return FALSE;
  look (window);
  g_source_remove (window->timer);
  window->timer = 0;
  drop_question (window);
  window->is_training = FALSE;
  window->is_concluded = TRUE;
  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (window->bar), 1);
  gtk_label_set_text (GTK_LABEL (window->status), text);
  update_buttons (window);
  gtk_dialog_set_default_response (dialog, SINGAN_REQUEST_CLOSE);
  gtk_widget_grab_focus (
      gtk_dialog_get_widget_for_response (dialog, SINGAN_REQUEST_CLOSE));
  /* After hours the person does something else: the window only asks. */
  if (gtk_widget_get_visible (window->dialog))
    gtk_window_set_urgency_hint (GTK_WINDOW (dialog), TRUE);
  else
    gtk_window_present (GTK_WINDOW (dialog));

  return TRUE;
}

GPtrArray *
singan_window_free (SinganWindow *window)
{
  const gint64 now = g_get_monotonic_time ();
  GPtrArray   *unread = g_ptr_array_new_with_free_func (g_free);
  SinganView   view;
  guint        i;

  if (window->timer)
    g_source_remove (window->timer);
  window->is_ending = TRUE;
  singan_monitor_take (window->monitor, &view);
  show_messages (window, &view);
  singan_view_clear (&view);
  for (i = 0; i < window->messages->len; i++)
    {
      const Message *message = &g_array_index (window->messages, Message, i);

      if (message->has_to_be_read
          && (message->shown_at == 0
              || (now - message->shown_at < READING_TIME
                  && ! window->is_concluded)))
        g_ptr_array_add (unread, message->text);
      else
        g_free (message->text);
    }
  g_array_unref (window->messages);
  drop_question (window);
  gtk_widget_destroy (window->dialog);
  g_free (window);

  return unread;
}
