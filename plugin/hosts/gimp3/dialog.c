/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "plugin/hosts/gimp3/dialog.h"

#include <string.h>

#include <libgimp/gimpui.h>

#include "core/apply/inject.h"
#include "core/base/i18n.h"

/* The id under which the dialog knows the text on top. */
#define BLURB_ID "singan-blurb"

/* Columns of GIMP's labelled widgets: label, widget, and what we put beside. */
#define WIDGET_COLUMN 1
#define CHECK_COLUMN 3

/* The model of a choice. */
enum
{
  NAME_COLUMN,
  LABEL_COLUMN
};

/* The menu label without mnemonic and ellipsis. */
static gchar *
make_title (const SinganProcedure *row)
{
  gchar *title = gimp_strip_uline (_ (row->menu_label));

  if (g_str_has_suffix (title, "..."))
    title[strlen (title) - strlen ("...")] = '\0';

  return title;
}

/* Arguments whose least value, -1, means none in particular: it gets a check
 * button beside the number. */
static const gchar *
check_label (const SinganArgument *argument)
{
  if (strcmp (argument->name, "seed") == 0)
    return N_ ("Randomi_ze");
  if (strcmp (argument->name, "start-scale") == 0
      && argument->minimum == SINGAN_START_SCALE_EACH)
    return N_ ("One _result for each scale");

  return NULL;
}

/* The number to start from when none in particular is not wanted any more. */
static gint
least_number (const SinganArgument *argument)
{
  return strcmp (argument->name, "seed") == 0 ? 0
                                              : SINGAN_INJECTION_SCALE_MINIMUM;
}

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
                               : least_number (argument));

  return TRUE;
}

static void
add_check (GtkWidget            *labeled,
           GimpProcedureConfig  *config,
           const SinganArgument *argument)
{
  GtkWidget *spin = gimp_label_spin_get_spin_button (GIMP_LABEL_SPIN (labeled));
  GtkWidget *check
      = gtk_check_button_new_with_mnemonic (_ (check_label (argument)));

  gimp_help_set_help_data (check, _ (argument->help), NULL);
  g_object_bind_property_full (config, argument->name, check, "active",
                               G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE,
                               number_to_check, check_to_number,
                               (gpointer) argument, NULL);
  g_object_bind_property (check, "active", spin, "sensitive",
                          G_BINDING_SYNC_CREATE | G_BINDING_INVERT_BOOLEAN);
  gtk_grid_attach (GTK_GRID (labeled), check, CHECK_COLUMN, 0, 1, 1);
  gtk_widget_show (check);
}

/* GIMP offers an entry for a string; ours is one of a few. */
static void
replace_entry (GtkWidget            *labeled,
               GimpProcedureConfig  *config,
               const SinganArgument *argument)
{
  GtkWidget *entry = gimp_label_entry_get_entry (GIMP_LABEL_ENTRY (labeled));
  g_autoptr (GtkListStore) model
      = gtk_list_store_new (2, G_TYPE_STRING, G_TYPE_STRING);
  GtkWidget *combo;
  gint       i;

  for (i = 0; i <= argument->maximum; i++)
    gtk_list_store_insert_with_values (model, NULL, -1, NAME_COLUMN,
                                       argument->choices[i].name, LABEL_COLUMN,
                                       _ (argument->choices[i].label), -1);
  combo = gimp_prop_string_combo_box_new (G_OBJECT (config), argument->name,
                                          GTK_TREE_MODEL (model), NAME_COLUMN,
                                          LABEL_COLUMN);
  gimp_help_set_help_data (combo, _ (argument->help), NULL);
  gtk_widget_set_hexpand (combo, TRUE);
  gtk_widget_set_no_show_all (entry, TRUE);
  gtk_widget_hide (entry);
  gtk_grid_attach (GTK_GRID (labeled), combo, WIDGET_COLUMN, 0, 1, 1);
  gtk_label_set_mnemonic_widget (
      GTK_LABEL (gimp_labeled_get_label (GIMP_LABELED (labeled))), combo);
  gtk_widget_show (combo);
}

/* Where GIMP's own choice of a widget is not the one that is wanted. */
static void
prepare_widget (GimpProcedureDialog  *dialog,
                GimpProcedureConfig  *config,
                const SinganArgument *argument)
{
  switch (argument->type)
    {
    case SINGAN_ARGUMENT_CHOICE:
      replace_entry (gimp_procedure_dialog_get_widget (dialog, argument->name,
                                                       GIMP_TYPE_LABEL_ENTRY),
                     config, argument);
      break;
    case SINGAN_ARGUMENT_NUMBER:
      gimp_procedure_dialog_get_scale_entry (dialog, argument->name, 1);
      break;
    case SINGAN_ARGUMENT_INTEGER:
      if (check_label (argument))
        add_check (gimp_procedure_dialog_get_widget (dialog, argument->name,
                                                     GIMP_TYPE_LABEL_SPIN),
                   config, argument);
      break;
    default:
      break;
    }
}

gboolean
singan_dialog_run (GimpProcedure         *procedure,
                   GimpProcedureConfig   *config,
                   const SinganProcedure *row)
{
  g_autofree gchar *title = make_title (row);
  g_autoptr (GList) shown = g_list_append (NULL, (gpointer) BLURB_ID);
  GimpProcedureDialog *dialog;
  GtkWidget           *blurb;
  gboolean             is_ok;
  gint                 i;

  gimp_ui_init (GETTEXT_PACKAGE);
  dialog = GIMP_PROCEDURE_DIALOG (
      gimp_procedure_dialog_new (procedure, config, title));
  blurb = gimp_procedure_dialog_get_label (dialog, BLURB_ID, _ (row->blurb),
                                           FALSE, FALSE);
  gtk_widget_set_halign (blurb, GTK_ALIGN_START);

  for (i = 0; i < row->n_arguments; i++)
    {
      const SinganArgument *argument = &row->arguments[i];

      if (argument->is_command_line_only)
        continue;
      prepare_widget (dialog, config, argument);
      shown = g_list_append (shown, (gpointer) argument->name);
    }
  gimp_procedure_dialog_fill_list (dialog, shown);
  is_ok = gimp_procedure_dialog_run (dialog);

  /* No main loop runs after this: the window has to go now. */
  gtk_widget_destroy (GTK_WIDGET (dialog));
  gdk_display_flush (gdk_display_get_default ());

  return is_ok;
}
