/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "plugin/hosts/gimp2/dialog.h"

#include <string.h>

#include <libgimp/gimp.h>
#include <libgimp/gimpui.h>

#include "core/base/i18n.h"
#include "plugin/hosts/gimp/dialogs.h"
#include "plugin/hosts/gimp/watch.h"
#include "plugin/hosts/gtk/panel.h"
#include "plugin/hosts/gtk/toolkit.h"

/* Width of the text on top, characters, and of the scales, pixels. */
#define BLURB_WIDTH 48
#define SCALE_WIDTH 140
#define SPIN_CHARACTERS 8
#define SPIN_WIDTH 10

/* Steps of a number's scale: its range is of the order of 1. */
#define NUMBER_STEP 0.05
#define NUMBER_PAGE 0.25
#define NUMBER_DIGITS 2

/* Steps of a whole number. */
#define INTEGER_STEP 1
#define INTEGER_PAGE 10

/* One argument's widgets: only those of its type are set. */
typedef struct
{
  GtkAdjustment *adjustment;
  GtkWidget     *combo;
  GtkWidget     *layers; /* a choice of layers */
  GtkWidget     *check;  /* a boolean, or whether the seed is random */
} Control;

/* A dialog and what it is for. */
typedef struct
{
  SinganJob   *job;
  Control      controls[SINGAN_ARGUMENTS_MAXIMUM];
  SinganPanel *panel;
  gint32       looked_at; /* the layer whose model the panel tells of */
} Dialog;

static void
add_boolean (GtkTable             *table,
             gint                  row,
             const SinganArgument *argument,
             gdouble               value,
             Control              *control)
{
  control->check = gtk_check_button_new_with_mnemonic (_ (argument->label));
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (control->check), value != 0);
  gimp_help_set_help_data (control->check, _ (argument->help), NULL);
  gtk_table_attach (table, control->check, 0, 3, row, row + 1,
                    GTK_EXPAND | GTK_FILL, GTK_FILL, 0, 0);
}

static void
add_choice (GtkTable             *table,
            gint                  row,
            const SinganArgument *argument,
            gdouble               value,
            Control              *control)
{
  gint i;

  control->combo = gtk_combo_box_text_new ();
  for (i = 0; i <= argument->maximum; i++)
    gtk_combo_box_text_append_text (GTK_COMBO_BOX_TEXT (control->combo),
                                    _ (argument->choices[i].label));
  gtk_combo_box_set_active (GTK_COMBO_BOX (control->combo), (gint) value);
  gimp_help_set_help_data (control->combo, _ (argument->help), NULL);
  gimp_table_attach_aligned (table, 0, row, _ (argument->label), 0.0, 0.5,
                             control->combo, 2, FALSE);
}

static void
add_number (GtkTable             *table,
            gint                  row,
            const SinganArgument *argument,
            gdouble               value,
            Control              *control)
{
  control->adjustment = GTK_ADJUSTMENT (gimp_scale_entry_new (
      table, 0, row, _ (argument->label), SCALE_WIDTH, SPIN_CHARACTERS, value,
      argument->minimum, argument->maximum, NUMBER_STEP, NUMBER_PAGE,
      NUMBER_DIGITS, TRUE, 0, 0, _ (argument->help), NULL));
}

static GtkWidget *
make_spin (const SinganArgument *argument, gdouble value, Control *control)
{
  GtkWidget *spin;

  control->adjustment = GTK_ADJUSTMENT (
      gtk_adjustment_new (value, singan_gimp_least_number (argument),
                          argument->maximum, INTEGER_STEP, INTEGER_PAGE, 0));
  spin = gtk_spin_button_new (control->adjustment, INTEGER_STEP, 0);
  gtk_spin_button_set_numeric (GTK_SPIN_BUTTON (spin), TRUE);
  gtk_entry_set_width_chars (GTK_ENTRY (spin), SPIN_WIDTH);
  gtk_entry_set_activates_default (GTK_ENTRY (spin), TRUE);
  gimp_help_set_help_data (spin, _ (argument->help), NULL);

  return spin;
}

static void
add_integer (GtkTable             *table,
             gint                  row,
             const SinganArgument *argument,
             gdouble               value,
             Control              *control)
{
  GtkWidget *spin = make_spin (argument, value, control);
  GtkWidget *box = singan_box_new (GTK_ORIENTATION_HORIZONTAL, SINGAN_SPACING);
  GtkWidget *label;

  gtk_box_pack_start (GTK_BOX (box), spin, FALSE, FALSE, 0);
  if (argument->note)
    gtk_box_pack_start (GTK_BOX (box), singan_label_new (_ (argument->note)),
                        FALSE, FALSE, 0);
  label = gimp_table_attach_aligned (table, 0, row, _ (argument->label), 0.0,
                                     0.5, box, 2, TRUE);
  gtk_label_set_mnemonic_widget (GTK_LABEL (label), spin);
}

static void
draw_seed (GtkAdjustment *adjustment)
{
  gtk_adjustment_set_value (adjustment, singan_gimp_draw_seed ());
}

/* A spin button beside a check button that does without it. */
static void
add_checked (GtkTable             *table,
             gint                  row,
             const SinganArgument *argument,
             gdouble               value,
             Control              *control)
{
  const gboolean is_checked = value == argument->minimum;
  GtkWidget *box = singan_box_new (GTK_ORIENTATION_HORIZONTAL, SINGAN_SPACING);
  GtkWidget *spin = make_spin (
      argument, is_checked ? singan_gimp_least_number (argument) : value,
      control);
  GtkWidget *label;

  control->check = gtk_check_button_new_with_mnemonic (
      _ (singan_gimp_check_label (argument)));
  gimp_help_set_help_data (control->check, _ (argument->help), NULL);
  gtk_box_pack_start (GTK_BOX (box), spin, FALSE, FALSE, 0);
  g_object_bind_property (control->check, "active", spin, "sensitive",
                          G_BINDING_SYNC_CREATE | G_BINDING_INVERT_BOOLEAN);
  if (strcmp (argument->name, "seed") == 0)
    {
      GtkWidget *button = singan_gimp_seed_button_new (G_CALLBACK (draw_seed),
                                                       control->adjustment);

      gtk_box_pack_start (GTK_BOX (box), button, FALSE, FALSE, 0);
      g_object_bind_property (control->check, "active", button, "sensitive",
                              G_BINDING_SYNC_CREATE | G_BINDING_INVERT_BOOLEAN);
    }
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (control->check), is_checked);
  gtk_box_pack_start (GTK_BOX (box), control->check, FALSE, FALSE, 0);
  label = gimp_table_attach_aligned (table, 0, row, _ (argument->label), 0.0,
                                     0.5, box, 2, TRUE);
  gtk_label_set_mnemonic_widget (GTK_LABEL (label), spin);
}

static gboolean
is_offered (gint32 image G_GNUC_UNUSED, gint32 item, gpointer host)
{
  return singan_host_may_be_base (host, item);
}

static void
add_layer (GtkTable             *table,
           gint                  row,
           const SinganArgument *argument,
           gdouble               value,
           SinganHost           *host,
           Control              *control)
{
  control->layers = gimp_layer_combo_box_new (is_offered, host);
  gimp_int_combo_box_set_active (GIMP_INT_COMBO_BOX (control->layers),
                                 (gint) value);
  gimp_help_set_help_data (control->layers, _ (argument->help), NULL);
  gimp_table_attach_aligned (table, 0, row, _ (argument->label), 0.0, 0.5,
                             control->layers, 2, FALSE);
}

static void
add_control (GtkTable             *table,
             gint                  row,
             const SinganArgument *argument,
             gdouble               value,
             SinganHost           *host,
             Control              *control)
{
  switch (argument->type)
    {
    case SINGAN_ARGUMENT_LAYER:
      add_layer (table, row, argument, value, host, control);
      break;
    case SINGAN_ARGUMENT_PICTURE:
    case SINGAN_ARGUMENT_MASK:
      /* The layer that the filter is called on, and the selection. */
      break;
    case SINGAN_ARGUMENT_BOOLEAN:
      add_boolean (table, row, argument, value, control);
      break;
    case SINGAN_ARGUMENT_CHOICE:
      add_choice (table, row, argument, value, control);
      break;
    case SINGAN_ARGUMENT_NUMBER:
      add_number (table, row, argument, value, control);
      break;
    case SINGAN_ARGUMENT_INTEGER:
      if (singan_gimp_check_label (argument))
        add_checked (table, row, argument, value, control);
      else
        add_integer (table, row, argument, value, control);
      break;
    }
}

static gdouble
get_value (const SinganArgument *argument, const Control *control)
{
  const gboolean is_checked
      = control->check
        && gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (control->check));

  if (control->layers)
    {
      gint layer = SINGAN_LAYER_NONE;

      gimp_int_combo_box_get_active (GIMP_INT_COMBO_BOX (control->layers),
                                     &layer);
      return layer;
    }
  if (control->combo)
    return gtk_combo_box_get_active (GTK_COMBO_BOX (control->combo));
  if (! control->adjustment)
    return is_checked;

  return is_checked ? argument->minimum
                    : gtk_adjustment_get_value (control->adjustment);
}

static gint32
chosen_layer (const Dialog *dialog)
{
  const SinganProcedure *procedure = dialog->job->procedure;
  gint                   i;

  for (i = 0; i < procedure->n_arguments; i++)
    if (dialog->controls[i].layers)
      return (gint32) get_value (&procedure->arguments[i],
                                 &dialog->controls[i]);

  return dialog->job->host->layer;
}

static void
get_values (const Dialog *dialog, gdouble *values)
{
  const SinganProcedure *procedure = dialog->job->procedure;
  gint                   i;

  memcpy (values, dialog->job->values, sizeof dialog->job->values);
  for (i = 0; i < procedure->n_arguments; i++)
    if (! procedure->arguments[i].is_command_line_only)
      values[i] = get_value (&procedure->arguments[i], &dialog->controls[i]);
}

/* Lets the panel look at the layer that the model learns. */
static void
look (Dialog *dialog)
{
  gdouble values[SINGAN_ARGUMENTS_MAXIMUM];

  dialog->looked_at = chosen_layer (dialog);
  get_values (dialog, values);
  singan_gimp_look (dialog->panel, dialog->job, dialog->looked_at, values);
}

static void
on_changed (Dialog *dialog)
{
  gdouble      values[SINGAN_ARGUMENTS_MAXIMUM];
  const gint32 layer = chosen_layer (dialog);

  get_values (dialog, values);
  singan_panel_set_values (dialog->panel, values);
  if (layer != dialog->looked_at && gimp_item_is_valid (layer))
    look (dialog);
}

static const Control *
find_control (const Dialog *dialog, const gchar *name)
{
  const SinganProcedure *procedure = dialog->job->procedure;
  gint                   i;

  for (i = 0; i < procedure->n_arguments; i++)
    if (strcmp (procedure->arguments[i].name, name) == 0)
      return &dialog->controls[i];

  return NULL;
}

/* A start scale's picture was clicked. */
static void
on_chosen (gint scale, gpointer data)
{
  const Control *control = find_control (data, "start-scale");

  if (control->check)
    gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (control->check), FALSE);
  gtk_adjustment_set_value (control->adjustment, scale);
}

/* The layer has a model: its preset is the one that will be used. */
static void
on_found (SinganPreset preset, gpointer data)
{
  gtk_combo_box_set_active (
      GTK_COMBO_BOX (find_control (data, "preset")->combo), (gint) preset);
}

static void
watch (Dialog *dialog)
{
  gint i;

  for (i = 0; i < dialog->job->procedure->n_arguments; i++)
    {
      const Control *control = &dialog->controls[i];

      if (control->adjustment)
        g_signal_connect_swapped (control->adjustment, "value-changed",
                                  G_CALLBACK (on_changed), dialog);
      if (control->check)
        g_signal_connect_swapped (control->check, "toggled",
                                  G_CALLBACK (on_changed), dialog);
      if (control->combo)
        g_signal_connect_swapped (control->combo, "changed",
                                  G_CALLBACK (on_changed), dialog);
      if (control->layers)
        g_signal_connect_swapped (control->layers, "changed",
                                  G_CALLBACK (on_changed), dialog);
    }
}

static GtkWidget *
make_table (Dialog *dialog)
{
  const SinganProcedure *procedure = dialog->job->procedure;
  GtkWidget *table = gtk_table_new (procedure->n_arguments, 3, FALSE);
  gint       row = 0;
  gint       i;

  gtk_table_set_row_spacings (GTK_TABLE (table), SINGAN_SPACING);
  gtk_table_set_col_spacings (GTK_TABLE (table), SINGAN_SPACING);
  for (i = 0; i < procedure->n_arguments; i++)
    if (! procedure->arguments[i].is_command_line_only)
      add_control (GTK_TABLE (table), row++, &procedure->arguments[i],
                   dialog->job->values[i], dialog->job->host,
                   &dialog->controls[i]);

  return table;
}

static GtkWidget *
make_dialog (Dialog *dialog, const gchar *role)
{
  const SinganProcedure *procedure = dialog->job->procedure;
  g_autofree gchar      *title = singan_gimp_make_title (procedure);
  GtkWidget             *window;
  GtkWidget             *box;
  GtkWidget             *blurb;

  window = gimp_dialog_new (title, role, NULL, 0, gimp_standard_help_func, role,
                            _ ("_Cancel"), GTK_RESPONSE_CANCEL, _ ("_OK"),
                            GTK_RESPONSE_OK, NULL);
  gtk_dialog_set_default_response (GTK_DIALOG (window), GTK_RESPONSE_OK);
  gtk_window_set_resizable (GTK_WINDOW (window), FALSE);
  gimp_window_set_transient (GTK_WINDOW (window));

  box = singan_box_new (GTK_ORIENTATION_VERTICAL, SINGAN_GROUP_SPACING);
  gtk_container_set_border_width (GTK_CONTAINER (box), SINGAN_BORDER_WIDTH);
  gtk_box_pack_start (
      GTK_BOX (gtk_dialog_get_content_area (GTK_DIALOG (window))), box, TRUE,
      TRUE, 0);

  blurb = singan_label_new (_ (procedure->blurb));
  gtk_label_set_line_wrap (GTK_LABEL (blurb), TRUE);
  gtk_label_set_width_chars (GTK_LABEL (blurb), BLURB_WIDTH);
  gtk_box_pack_start (GTK_BOX (box), blurb, FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (box), make_table (dialog), FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (box), singan_gimp_frame_panel (dialog->panel),
                      FALSE, FALSE, 0);
  gtk_widget_show_all (box);

  return window;
}

gboolean
singan_dialog_run (SinganJob *job, const gchar *role)
{
  Dialog     dialog = { .job = job };
  GtkWidget *window;
  gboolean   is_ok;

  gimp_ui_init (role, FALSE);
  dialog.panel
      = singan_panel_new (job->procedure, on_chosen, on_found, &dialog);
  window = make_dialog (&dialog, role);
  watch (&dialog);
  look (&dialog);

  is_ok = gimp_dialog_run (GIMP_DIALOG (window)) == GTK_RESPONSE_OK;
  if (is_ok)
    get_values (&dialog, job->values);

  /* Maybe no main loop runs after this: the window has to go now. */
  gtk_widget_destroy (window);
  gdk_flush ();
  singan_panel_free (dialog.panel);

  return is_ok;
}
