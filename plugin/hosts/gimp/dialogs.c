/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "plugin/hosts/gimp/dialogs.h"

#include <string.h>

#include <libgimp/gimpui.h>

#include "core/apply/inject.h"
#include "core/base/i18n.h"
#include "plugin/hosts/gimp/watch.h"

static gboolean
is_seed (const SinganArgument *argument)
{
  return strcmp (argument->name, "seed") == 0;
}

const gchar *
singan_gimp_check_label (const SinganArgument *argument)
{
  if (is_seed (argument))
    return N_ ("Randomi_ze");
  if (strcmp (argument->name, "start-scale") == 0
      && argument->minimum == SINGAN_START_SCALE_EACH)
    return N_ ("One res_ult for each scale");
  if (strcmp (argument->name, "margin") == 0)
    return N_ ("Auto_matic");

  return NULL;
}

gdouble
singan_gimp_least_number (const SinganArgument *argument)
{
  if (! singan_gimp_check_label (argument))
    return argument->minimum;

  return strcmp (argument->name, "start-scale") == 0
             ? SINGAN_INJECTION_SCALE_MINIMUM
             : 0;
}

GtkWidget *
singan_gimp_seed_button_new (GCallback clicked, gpointer data)
{
  GtkWidget *button = gtk_button_new_with_mnemonic (_ ("_New Seed"));

  gimp_help_set_help_data (button, _ ("Draw another seed"), NULL);
  g_signal_connect_swapped (button, "clicked", clicked, data);

  return button;
}

gint
singan_gimp_draw_seed (void)
{
  return g_random_int_range (0, G_MAXINT32);
}

GtkWidget *
singan_gimp_frame_panel (SinganPanel *panel)
{
  GtkWidget *frame = gimp_frame_new (_ ("Model"));

  gtk_container_add (GTK_CONTAINER (frame), singan_panel_get_widget (panel));

  return frame;
}

void
singan_gimp_look (SinganPanel    *panel,
                  SinganJob      *job,
                  SinganGimpLayer layer,
                  const gdouble  *values)
{
  SinganJob *look;

  if (! gimp_item_is_valid (GIMP_ITEM (job->host->layer))
      || ! gimp_item_is_valid (GIMP_ITEM (layer)))
    return;

  look = g_new (SinganJob, 1);
  job->host->base = layer;
  singan_job_init (look, job->procedure);
  memcpy (look->values, values, sizeof look->values);
  singan_gimp_take_source (look, job->host);
  singan_panel_look (panel, look);
  singan_panel_set_values (panel, look->values);
}
