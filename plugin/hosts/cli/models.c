/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "plugin/hosts/cli/models.h"

#include <stdio.h>
#include <string.h>

#include <gegl.h>

#include "core/base/i18n.h"
#include "core/singan.h"
#include "plugin/hosts/cli/exit.h"
#include "plugin/hosts/cli/picture-file.h"
#include "plugin/procedures/inventory.h"

static void
print_entry (const SinganModelEntry *entry)
{
  g_autofree gchar *size = g_format_size (entry->bytes);
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_local (entry->changed);
  g_autofree gchar *day = date ? g_date_time_format (date, "%F %R") : NULL;

  printf ("%s\n    ", entry->path);
  if (entry->name)
    printf ("“%s”, %s, %s, ", entry->name, singan_preset_name (entry->preset),
            singan_purpose_name (entry->purpose));
  printf ("%s, %s: %s\n", size, day ? day : "?",
          singan_inventory_describe (entry->state));
}

static void
print_list (GPtrArray *entries)
{
  guint64           bytes = 0;
  g_autofree gchar *size = NULL;
  guint             i;

  for (i = 0; i < entries->len; i++)
    {
      const SinganModelEntry *entry = g_ptr_array_index (entries, i);

      print_entry (entry);
      bytes += entry->bytes;
    }
  size = g_format_size (bytes);
  printf (g_dngettext (GETTEXT_PACKAGE, "%u file, %s\n", "%u files, %s\n",
                       entries->len),
          entries->len, size);
}

static gint
remove_needless (GPtrArray *entries)
{
  guint64           bytes = 0;
  guint             n_removed = 0;
  gint              exit_code = SINGAN_EXIT_DONE;
  g_autofree gchar *size = NULL;
  guint             i;

  for (i = 0; i < entries->len; i++)
    {
      const SinganModelEntry *entry = g_ptr_array_index (entries, i);
      g_autoptr (GError) error = NULL;

      if (! singan_inventory_is_needless (entry))
        continue;
      if (! singan_inventory_remove (entry, &error))
        {
          exit_code = singan_cli_fail (SINGAN_EXIT_FAILED, error->message);
          continue;
        }
      print_entry (entry);
      bytes += entry->bytes;
      n_removed++;
    }
  size = g_format_size (bytes);
  printf (g_dngettext (GETTEXT_PACKAGE, "%u file was removed, %s\n",
                       "%u files were removed, %s\n", n_removed),
          n_removed, size);

  return exit_code;
}

static GeglBuffer *
load (const gchar *path, GError **error)
{
  g_autoptr (SinganCliPicture) picture
      = singan_cli_picture_load (path, SINGAN_CLI_PIXELS_DEFAULT, NULL, error);

  return picture ? g_object_ref (picture->buffer) : NULL;
}

/* All entries, with what the pictures beside them look like now. */
static GPtrArray *
list (const gchar *program, GPtrArray *places, GError **error)
{
  GPtrArray *entries;

  if (! singan_cli_pictures_init (program, error))
    return NULL;
  gegl_init (NULL, NULL);
  entries = singan_inventory_list (
      places->len > 1 ? (gchar **) places->pdata : NULL, load);
  gegl_exit ();
  vips_shutdown ();

  return entries;
}

gint
singan_cli_models (const gchar *program, gint argc, gchar **argv)
{
  gboolean removes = FALSE;
  g_autoptr (GPtrArray) places = g_ptr_array_new ();
  g_autoptr (GPtrArray) entries = NULL;
  g_autoptr (GError) error = NULL;
  gint i;

  for (i = 0; i < argc; i++)
    if (strcmp (argv[i], "--remove-outdated") == 0)
      removes = TRUE;
    else if (argv[i][0] != '-')
      g_ptr_array_add (places, argv[i]);
    else
      return singan_cli_fail (
          strcmp (argv[i], "--help") == 0 || strcmp (argv[i], "-h") == 0
              ? SINGAN_EXIT_DONE
              : SINGAN_EXIT_USAGE,
          _ ("usage: singan models [--remove-outdated] [PICTURE or FOLDER...]: "
             "lists the models of these, or all; outdated are those of a "
             "picture that has changed since, and checkpoints of trainings "
             "that have ended"));

  g_ptr_array_add (places, NULL);
  entries = list (program, places, &error);
  if (! entries)
    return singan_cli_fail (SINGAN_EXIT_FAILED, error->message);
  if (removes)
    return remove_needless (entries);
  print_list (entries);

  return SINGAN_EXIT_DONE;
}
