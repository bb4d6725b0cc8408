/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "plugin/hosts/gimp3/layer-choice.h"

#include "core/base/i18n.h"

/* The combo box knows by this which property it is for. */
#define PROPERTY_KEY "singan-property"

static gboolean
is_offered (GimpImage *image G_GNUC_UNUSED, GimpItem *item, gpointer host)
{
  return singan_host_may_be_base (host, gimp_item_get_id (item));
}

static void
take_layer (GtkWidget *combo, GimpProcedureConfig *config)
{
  const gchar *property = g_object_get_data (G_OBJECT (combo), PROPERTY_KEY);
  gint         id;

  if (gimp_int_combo_box_get_active (GIMP_INT_COMBO_BOX (combo), &id))
    g_object_set (config, property, singan_gimp_item_from_id (id), NULL);
}

/* Without a layer, which is what GIMP resets it to, the choice stays. */
static void
show_layer (GimpProcedureConfig *config,
            GParamSpec *property G_GNUC_UNUSED,
            GtkWidget           *combo)
{
  g_autoptr (GimpItem) layer = NULL;

  g_object_get (config, g_object_get_data (G_OBJECT (combo), PROPERTY_KEY),
                &layer, NULL);
  if (layer)
    gimp_int_combo_box_set_active (GIMP_INT_COMBO_BOX (combo),
                                   gimp_item_get_id (layer));
  else
    take_layer (combo, config);
}

static void
give_way (GtkWidget *child, gpointer label)
{
  if (child == label)
    return;
  gtk_widget_set_no_show_all (child, TRUE);
  gtk_widget_hide (child);
}

void
singan_layer_choice_put (GimpDrawableChooser  *chooser,
                         GimpProcedureConfig  *config,
                         const SinganArgument *argument,
                         SinganHost           *host)
{
  g_autofree gchar *signal = g_strconcat ("notify::", argument->name, NULL);
  GtkWidget        *label = gimp_drawable_chooser_get_label (chooser);
  GtkWidget        *combo = gimp_layer_combo_box_new (is_offered, host, NULL);

  gtk_container_foreach (GTK_CONTAINER (chooser), give_way, label);
  gtk_label_set_mnemonic_widget (GTK_LABEL (label), combo);
  gimp_help_set_help_data (combo, _ (argument->help), NULL);
  gtk_box_pack_start (GTK_BOX (chooser), combo, TRUE, TRUE, 0);
  gtk_widget_show (combo);

  g_object_set_data (G_OBJECT (combo), PROPERTY_KEY, (gpointer) argument->name);
  show_layer (config, NULL, combo);
  g_signal_connect (combo, "changed", G_CALLBACK (take_layer), config);
  g_signal_connect_object (config, signal, G_CALLBACK (show_layer), combo, 0);
}
