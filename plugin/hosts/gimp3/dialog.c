/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "plugin/hosts/gimp3/dialog.h"

#include <string.h>

#include <libgimp/gimpui.h>

#include "core/base/i18n.h"
#include "core/singan.h"
#include "plugin/hosts/gimp/dialogs.h"
#include "plugin/hosts/gimp/watch.h"
#include "plugin/hosts/gimp3/arguments.h"
#include "plugin/hosts/gimp3/layer-choice.h"
#include "plugin/hosts/gtk/toolkit.h"

/* The id under which the dialog knows the text on top. */
#define BLURB_ID "singan-blurb"

/* Column of GIMP's labelled widgets for what we put beside. */
#define BESIDE_COLUMN 3

/* A dialog and what it is for. */
typedef struct
{
  SinganJob           *job;
  GimpProcedureConfig *config;
  SinganPanel         *panel;
  gint32               looked_at; /* the layer whose model the panel tells of */
} Dialog;

static gboolean
number_to_check (GBinding *binding G_GNUC_UNUSED,
                 const GValue     *number,
                 GValue           *is_checked,
                 gpointer          data)
{
  const SinganArgument *argument = data;

  g_value_set_boolean (is_checked,
                       g_value_get_int (number) == argument->minimum);

  return TRUE;
}

static gboolean
check_to_number (GBinding *binding G_GNUC_UNUSED,
                 const GValue     *is_checked,
                 GValue           *number,
                 gpointer          data)
{
  const SinganArgument *argument = data;

  g_value_set_int (number, g_value_get_boolean (is_checked)
                               ? (gint) argument->minimum
                               : (gint) singan_gimp_least_number (argument));

  return TRUE;
}

/* Draws the number; none in particular is not told apart from others, but left
 * out. */
static gboolean
show_number (GtkSpinButton *spin, gpointer data)
{
  const SinganArgument *argument = data;

  if (gtk_spin_button_get_value (spin) != argument->minimum)
    return FALSE;
  gtk_entry_set_text (GTK_ENTRY (spin), "");

  return TRUE;
}

static void
draw_seed (GObject *config)
{
  g_object_set (config, "seed", singan_gimp_draw_seed (), NULL);
}

static void
add_check (GtkWidget            *labeled,
           GimpProcedureConfig  *config,
           const SinganArgument *argument)
{
  GtkWidget *spin = gimp_label_spin_get_spin_button (GIMP_LABEL_SPIN (labeled));
  GtkWidget *check = gtk_check_button_new_with_mnemonic (
      _ (singan_gimp_check_label (argument)));
  gint column = BESIDE_COLUMN;

  gimp_help_set_help_data (check, _ (argument->help), NULL);
  g_object_bind_property_full (config, argument->name, check, "active",
                               G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE,
                               number_to_check, check_to_number,
                               (gpointer) argument, NULL);
  g_object_bind_property (check, "active", spin, "sensitive",
                          G_BINDING_SYNC_CREATE | G_BINDING_INVERT_BOOLEAN);
  g_signal_connect (spin, "output", G_CALLBACK (show_number),
                    (gpointer) argument);
  gtk_spin_button_update (GTK_SPIN_BUTTON (spin));
  if (strcmp (argument->name, "seed") == 0)
    {
      GtkWidget *button
          = singan_gimp_seed_button_new (G_CALLBACK (draw_seed), config);

      g_object_bind_property (check, "active", button, "sensitive",
                              G_BINDING_SYNC_CREATE | G_BINDING_INVERT_BOOLEAN);
      gtk_grid_attach (GTK_GRID (labeled), button, column++, 0, 1, 1);
      gtk_widget_show (button);
    }
  gtk_grid_attach (GTK_GRID (labeled), check, column, 0, 1, 1);
  gtk_widget_show (check);
}

static void
add_note (GtkWidget *labeled, const SinganArgument *argument)
{
  GtkWidget *note = singan_label_new (_ (argument->note));

  gtk_grid_attach (GTK_GRID (labeled), note, BESIDE_COLUMN, 0, 1, 1);
  gtk_widget_show (note);
}

/* Where GIMP's own choice of a widget is not the one that is wanted. */
static void
prepare_widget (GimpProcedureDialog  *dialog,
                GimpProcedureConfig  *config,
                const SinganArgument *argument,
                SinganHost           *host)
{
  switch (argument->type)
    {
    case SINGAN_ARGUMENT_LAYER:
      singan_layer_choice_put (
          GIMP_DRAWABLE_CHOOSER (gimp_procedure_dialog_get_widget (
              dialog, argument->name, GIMP_TYPE_DRAWABLE_CHOOSER)),
          config, argument, host);
      break;
    case SINGAN_ARGUMENT_NUMBER:
      gimp_procedure_dialog_get_scale_entry (dialog, argument->name, 1);
      break;
    case SINGAN_ARGUMENT_INTEGER:
      if (singan_gimp_check_label (argument))
        add_check (gimp_procedure_dialog_get_widget (dialog, argument->name,
                                                     GIMP_TYPE_LABEL_SPIN),
                   config, argument);
      else if (argument->note)
        add_note (gimp_procedure_dialog_get_widget (dialog, argument->name,
                                                    GIMP_TYPE_LABEL_SPIN),
                  argument);
      break;
    default:
      break;
    }
}

/* The values of the dialog; FALSE if there is one that will not do. */
static gboolean
get_values (const Dialog *dialog, gdouble *values)
{
  SinganJob job;

  singan_job_init (&job, dialog->job->procedure);
  if (! singan_arguments_read (dialog->config, &job, NULL))
    return FALSE;
  memcpy (values, job.values, sizeof job.values);

  return TRUE;
}

/* Id of the layer that the model learns. */
static gint32
chosen_layer (const Dialog *dialog, const gdouble *values)
{
  const SinganProcedure *procedure = dialog->job->procedure;
  gint                   i;

  for (i = 0; i < procedure->n_arguments; i++)
    if (procedure->arguments[i].type == SINGAN_ARGUMENT_LAYER)
      return (gint32) values[i];

  return gimp_item_get_id (GIMP_ITEM (dialog->job->host->layer));
}

static void
on_changed (Dialog *dialog)
{
  gdouble values[SINGAN_ARGUMENTS_MAXIMUM];
  gint32  layer;

  if (! get_values (dialog, values))
    return;
  singan_panel_set_values (dialog->panel, values);
  layer = chosen_layer (dialog, values);
  if (layer == dialog->looked_at || ! gimp_item_id_is_layer (layer))
    return;

  dialog->looked_at = layer;
  singan_gimp_look (dialog->panel, dialog->job,
                    GIMP_LAYER (singan_gimp_item_from_id (layer)), values);
}

/* A start scale's picture was clicked. */
static void
on_chosen (gint scale, gpointer data)
{
  const Dialog *dialog = data;

  g_object_set (dialog->config, "start-scale", scale, NULL);
}

/* The layer has a model: its preset is the one that will be used. */
static void
on_found (SinganPreset preset, gpointer data)
{
  const Dialog *dialog = data;

  g_object_set (dialog->config, "preset", singan_preset_name (preset), NULL);
}

/* GIMP's part of the dialog: a text on top, and one widget an argument. */
static void
fill (GimpProcedureDialog *dialog, GimpProcedureConfig *config, SinganJob *job)
{
  const SinganProcedure *row = job->procedure;
  g_autoptr (GList) shown = g_list_append (NULL, (gpointer) BLURB_ID);
  GtkWidget *blurb;
  gint       i;

  blurb = gimp_procedure_dialog_get_label (dialog, BLURB_ID, _ (row->blurb),
                                           FALSE, FALSE);
  gtk_widget_set_halign (blurb, GTK_ALIGN_START);
  for (i = 0; i < row->n_arguments; i++)
    {
      const SinganArgument *argument = &row->arguments[i];

      if (argument->is_command_line_only)
        continue;
      prepare_widget (dialog, config, argument, job->host);
      shown = g_list_append (shown, (gpointer) argument->name);
    }
  gimp_procedure_dialog_fill_list (dialog, shown);
}

gboolean
singan_dialog_run (GimpProcedure       *procedure,
                   GimpProcedureConfig *config,
                   SinganJob           *job)
{
  g_autofree gchar *title = singan_gimp_make_title (job->procedure);
  Dialog            dialog
      = { .job = job, .config = config, .looked_at = SINGAN_LAYER_NONE };
  GtkWidget *window;
  GtkWidget *frame;
  gulong     handler;
  gboolean   is_ok;

  gimp_ui_init (GETTEXT_PACKAGE);
  dialog.panel
      = singan_panel_new (job->procedure, on_chosen, on_found, &dialog);
  window = gimp_procedure_dialog_new (procedure, config, title);
  fill (GIMP_PROCEDURE_DIALOG (window), config, job);
  frame = singan_gimp_frame_panel (dialog.panel);
  gtk_widget_set_margin_top (frame, SINGAN_SPACING);
  gtk_widget_set_margin_bottom (frame, SINGAN_SPACING);
  gtk_box_pack_start (
      GTK_BOX (gtk_dialog_get_content_area (GTK_DIALOG (window))), frame, FALSE,
      FALSE, 0);
  gtk_widget_show_all (frame);

  handler = g_signal_connect_swapped (config, "notify", G_CALLBACK (on_changed),
                                      &dialog);
  on_changed (&dialog);
  is_ok = gimp_procedure_dialog_run (GIMP_PROCEDURE_DIALOG (window));
  g_signal_handler_disconnect (config, handler);

  /* No main loop runs after this: the window has to go now. */
  gtk_widget_destroy (window);
  gdk_display_flush (gdk_display_get_default ());
  singan_panel_free (dialog.panel);

  return is_ok;
}
