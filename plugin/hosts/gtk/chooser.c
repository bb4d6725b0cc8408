/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "plugin/hosts/gtk/chooser.h"

#include "core/base/i18n.h"
#include "core/pyramid/geometry.h"
#include "plugin/hosts/gtk/part.h"
#include "plugin/hosts/gtk/picture.h"
#include "plugin/hosts/gtk/toolkit.h"

#define DATA_KEY "singan-chooser"
#define SCALE_KEY "singan-scale"

/* Box of a picture, pixels, and how many are in a row. */
#define PICTURE_WIDTH 80
#define PICTURE_HEIGHT 60
#define A_ROW 5

typedef struct
{
  SinganChosenFunc chosen;
  gpointer         data;
  GtkWidget       *box; /* of rows */
  gint             first;
  gint             count;
  gint             selected;
  gboolean         is_silent;
  GtkWidget       *buttons[SINGAN_SCALES_MAXIMUM];
  GtkWidget       *images[SINGAN_SCALES_MAXIMUM];
  GtkWidget       *numbers[SINGAN_SCALES_MAXIMUM];
  GtkWidget       *note; /* on what part is shown; NULL without pictures */
  SinganTensor    *pictures[SINGAN_SCALES_MAXIMUM];
} Chooser;

static Chooser *
get_chooser (GtkWidget *widget)
{
  return g_object_get_data (G_OBJECT (widget), DATA_KEY);
}

static void
drop_row (GtkWidget *row, gpointer data G_GNUC_UNUSED)
{
  gtk_widget_destroy (row);
}

static void
show_selected (Chooser *chooser)
{
  gint i;

  chooser->is_silent = TRUE;
  for (i = 0; i < chooser->count; i++)
    {
      const gint        scale = chooser->first + i;
      const gboolean    is_selected = scale == chooser->selected;
      g_autofree gchar *number
          = g_strdup_printf (is_selected ? "<b>%d</b>" : "%d", scale);

      gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (chooser->buttons[i]),
                                    is_selected);
      gtk_label_set_markup (GTK_LABEL (chooser->numbers[i]), number);
    }
  chooser->is_silent = FALSE;
}

static void
on_toggled (GtkToggleButton *button, gpointer data)
{
  Chooser *chooser = data;

  if (chooser->is_silent)
    return;
  chooser->selected
      = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (button), SCALE_KEY));
  show_selected (chooser);
  chooser->chosen (chooser->selected, chooser->data);
}

static void
drop_pictures (Chooser *chooser)
{
  gint i;

  for (i = 0; i < SINGAN_SCALES_MAXIMUM; i++)
    g_clear_pointer (&chooser->pictures[i], singan_tensor_free);
}

static void
free_chooser (gpointer data)
{
  drop_pictures (data);
  g_free (data);
}

GtkWidget *
singan_chooser_new (SinganChosenFunc chosen, gpointer data)
{
  Chooser *chooser = g_new0 (Chooser, 1);

  chooser->chosen = chosen;
  chooser->data = data;
  chooser->selected = SINGAN_CHOOSER_NONE;
  chooser->box = singan_box_new (GTK_ORIENTATION_VERTICAL, SINGAN_SPACING);
  g_object_set_data_full (G_OBJECT (chooser->box), DATA_KEY, chooser,
                          free_chooser);

  return chooser->box;
}

/* A button with a place for a picture and the scale's number below it. */
static GtkWidget *
make_button (Chooser *chooser, gint index)
{
  const gint scale = chooser->first + index;
  g_autoptr (GdkPixbuf) empty
      = singan_picture_new_empty (PICTURE_WIDTH, PICTURE_HEIGHT);
  GtkWidget *button = gtk_toggle_button_new ();
  GtkWidget *box = singan_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *image = gtk_image_new_from_pixbuf (empty);

  gtk_widget_set_size_request (image, PICTURE_WIDTH, PICTURE_HEIGHT);
  gtk_box_pack_start (GTK_BOX (box), image, FALSE, FALSE, 0);
  chooser->numbers[index] = gtk_label_new (NULL);
  gtk_box_pack_start (GTK_BOX (box), chooser->numbers[index], FALSE, FALSE, 0);
  gtk_container_add (GTK_CONTAINER (button), box);
  g_object_set_data (G_OBJECT (button), SCALE_KEY, GINT_TO_POINTER (scale));
  g_signal_connect (button, "toggled", G_CALLBACK (on_toggled), chooser);
  chooser->buttons[index] = button;
  chooser->images[index] = image;

  return button;
}

void
singan_chooser_set_range (GtkWidget *widget, gint first, gint count)
{
  Chooser   *chooser = get_chooser (widget);
  GtkWidget *row = NULL;
  gint       i;

  if (chooser->first == first && chooser->count == count)
    return;

  gtk_container_foreach (GTK_CONTAINER (chooser->box), drop_row, NULL);
  drop_pictures (chooser);
  chooser->note = NULL;
  chooser->first = first;
  chooser->count = count;
  for (i = 0; i < count; i++)
    {
      if (i % A_ROW == 0)
        {
          row = singan_box_new (GTK_ORIENTATION_HORIZONTAL, SINGAN_SPACING);
          gtk_box_pack_start (GTK_BOX (chooser->box), row, FALSE, FALSE, 0);
        }
      gtk_box_pack_start (GTK_BOX (row), make_button (chooser, i), FALSE, FALSE,
                          0);
    }
  if (count > 1)
    {
      chooser->note = singan_label_new ("");
      gtk_box_pack_start (GTK_BOX (chooser->box), chooser->note, FALSE, FALSE,
                          0);
    }
  gtk_widget_show_all (chooser->box);
  show_selected (chooser);
}

static void
show_picture (Chooser *chooser, gint index, const SinganTensor *picture)
{
  g_autoptr (GdkPixbuf) pixbuf
      = singan_picture_new (picture, PICTURE_WIDTH, PICTURE_HEIGHT);

  gtk_image_set_from_pixbuf (GTK_IMAGE (chooser->images[index]), pixbuf);
}

/* Once all are there: of each the part that tells them from each other. */
static void
show_parts (Chooser *chooser)
{
  SinganRectangle part;
  gint            i;

  for (i = 0; i < chooser->count; i++)
    if (! chooser->pictures[i])
      return;
  if (chooser->count < 2
      || ! singan_part_find (&part,
                             (const SinganTensor *const *) chooser->pictures,
                             chooser->count))
    return;

  for (i = 0; i < chooser->count; i++)
    {
      g_autoptr (SinganTensor) cut = singan_tensor_new (
          part.height, part.width, chooser->pictures[i]->channels, NULL);

      if (! cut)
        return;
      singan_tensor_copy_part (chooser->pictures[i], &part, cut);
      show_picture (chooser, i, cut);
    }
  gtk_label_set_text (GTK_LABEL (chooser->note),
                      _ ("Shown is the part where scales differ most."));
}

void
singan_chooser_set_picture (GtkWidget          *widget,
                            gint                scale,
                            const SinganTensor *picture)
{
  Chooser   *chooser = get_chooser (widget);
  const gint index = scale - chooser->first;

  g_return_if_fail (scale >= chooser->first
                    && scale < chooser->first + chooser->count);

  /* Of a new set the coarsest scale comes first. */
  if (index == 0)
    drop_pictures (chooser);
  singan_tensor_free (chooser->pictures[index]);
  chooser->pictures[index] = singan_tensor_copy (picture, NULL);
  show_picture (chooser, index, picture);
  if (chooser->note)
    gtk_label_set_text (GTK_LABEL (chooser->note), "");
  show_parts (chooser);
}

void
singan_chooser_select (GtkWidget *widget, gint scale)
{
  Chooser *chooser = get_chooser (widget);

  chooser->selected = scale;
  show_selected (chooser);
}
