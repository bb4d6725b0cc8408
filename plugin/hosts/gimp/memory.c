/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a layer remembers of its models: it goes with the image wherever that is
 * sent, so that there is no path in it.
 */

#include "config.h"

#include "plugin/hosts/gimp/gimp.h"

#include <string.h>

#include "core/base/i18n.h"

/* The parasite by which a layer remembers its models: a line for each purpose,
 * with the purpose and the name of the file. */
#define PARASITE_NAME "singan-models"

/* The parasite of earlier versions, for one model of any purpose: three lines,
 * of which the last one is a path. */
#define OLD_PARASITE_NAME "singan-model"
#define OLD_PARASITE_LINES 3

static gchar *
read_parasite (SinganGimpLayer layer, const gchar *name)
{
  GimpParasite *parasite = gimp_item_get_parasite (GIMP_ITEM (layer), name);
  gchar        *text;

  if (! parasite)
    return NULL;
  text = singan_gimp_parasite_get_text (parasite);
  gimp_parasite_free (parasite);

  return text;
}

/* The purpose of a line of the parasite, and where the name begins; -1 if it is
 * no such line. */
static gint
parse_line (const gchar *line, const gchar **name)
{
  gint purpose;

  for (purpose = 0; purpose < SINGAN_N_PURPOSES; purpose++)
    {
      const gchar *word = singan_purpose_name ((SinganPurpose) purpose);
      const gsize  length = strlen (word);

      if (strncmp (line, word, length) != 0 || line[length] != ' ')
        continue;
      *name = line + length + 1;
      return purpose;
    }

  return -1;
}

void
singan_gimp_get_remembered_models (SinganGimpLayer layer, gchar **names)
{
  g_autofree gchar *text = read_parasite (layer, PARASITE_NAME);
  g_autofree gchar *old = read_parasite (layer, OLD_PARASITE_NAME);
  g_auto (GStrv) lines = g_strsplit (text ? text : "", "\n", -1);
  g_auto (GStrv) old_lines
      = g_strsplit (old ? old : "", "\n", OLD_PARASITE_LINES);
  const gchar *name;
  gint         purpose;
  gint         i;

  for (i = 0; lines[i]; i++)
    {
      purpose = parse_line (lines[i], &name);
      if (purpose >= 0 && ! names[purpose])
        names[purpose] = g_path_get_basename (name);
    }
  if (g_strv_length (old_lines) < OLD_PARASITE_LINES)
    return;
  /* Which purpose it is for is seen in the file. */
  for (purpose = 0; purpose < SINGAN_N_PURPOSES; purpose++)
    if (! names[purpose])
      names[purpose] = g_path_get_basename (old_lines[OLD_PARASITE_LINES - 1]);
}

/* Not a step that can be undone: undo should take the results away, not the
 * knowledge of where the model is. */
static void
write_parasite (const SinganHost *host, const gchar *text)
{
  GimpParasite *parasite = gimp_parasite_new (
      PARASITE_NAME, GIMP_PARASITE_PERSISTENT, strlen (text) + 1, text);

  gimp_image_undo_freeze (host->image);
  gimp_item_attach_parasite (GIMP_ITEM (host->base), parasite);
  gimp_item_detach_parasite (GIMP_ITEM (host->base), OLD_PARASITE_NAME);
  gimp_image_undo_thaw (host->image);
  gimp_parasite_free (parasite);
}

void
singan_gimp_remember_model (SinganHost   *host,
                            const gchar  *path,
                            SinganPurpose purpose)
{
  gchar            *names[SINGAN_N_PURPOSES] = { NULL };
  g_autofree gchar *before = NULL;
  g_autofree gchar *old = NULL;
  g_autoptr (GString) text = NULL;
  gint i;

  if (! gimp_item_is_valid (GIMP_ITEM (host->base)))
    {
      text = g_string_new (NULL);
      g_string_printf (text,
                       _ ("The layer is not there any more; its model is kept "
                          "in “%s”."),
                       path);
      gimp_message (text->str);
      return;
    }

  before = read_parasite (host->base, PARASITE_NAME);
  old = read_parasite (host->base, OLD_PARASITE_NAME);
  singan_gimp_get_remembered_models (host->base, names);
  g_free (names[purpose]);
  names[purpose] = g_path_get_basename (path);
  text = g_string_new (NULL);
  for (i = 0; i < SINGAN_N_PURPOSES; i++)
    {
      if (names[i])
        g_string_append_printf (
            text, "%s %s\n", singan_purpose_name ((SinganPurpose) i), names[i]);
      g_free (names[i]);
    }
  if (old || g_strcmp0 (before, text->str) != 0)
    write_parasite (host, text->str);
}
