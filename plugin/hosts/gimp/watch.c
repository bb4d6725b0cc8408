/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a job asks of its host, from whichever thread it runs on.
 */

#include "config.h"

#include "plugin/hosts/gimp/watch.h"

#include <string.h>

#include <libgimp/gimpui.h>

#include "core/base/i18n.h"
#include "plugin/hosts/gtk/session.h"

gchar *
singan_gimp_make_title (const SinganProcedure *procedure)
{
  gchar *title = gimp_strip_uline (_ (procedure->menu_label));

  if (g_str_has_suffix (title, "..."))
    title[strlen (title) - strlen ("...")] = '\0';

  return title;
}

void
singan_gimp_take_source (SinganJob *job, const SinganHost *host)
{
  g_autoptr (GeglBuffer) tiles = NULL;

  singan_host_get_source (host, &job->source);
  singan_host_get_pictures (host, job);
  tiles = job->source.buffer;
  job->source.buffer = gegl_buffer_new (gegl_buffer_get_extent (tiles),
                                        gegl_buffer_get_format (tiles));
  gegl_buffer_copy (tiles, NULL, GEGL_ABYSS_NONE, job->source.buffer, NULL);
}

gboolean
singan_gimp_watch (SinganJob *job, GError **error)
{
  SinganHost       *host = job->host;
  g_autofree gchar *name = singan_gimp_make_title (job->procedure);
  g_autofree gchar *title
      = g_strdup_printf ("%s: %s", name, job->source.layer_name);
  g_autofree gchar *role
      = g_strconcat (SINGAN_GIMP_NAME_PREFIX, job->procedure->verb, NULL);
  g_autoptr (GPtrArray) unread = NULL;
  gboolean success;
  guint    i;

  host->session = singan_session_new (job, title, role, host->is_awaited);
  gimp_window_set_transient (
      GTK_WINDOW (singan_session_get_widget (host->session)));
  success = singan_session_run (host->session, &unread, error);
  g_clear_pointer (&host->session, singan_session_free);
  for (i = 0; i < unread->len; i++)
    gimp_message (g_ptr_array_index (unread, i));

  return success;
}

void
singan_host_progress (SinganHost *host, const gchar *text, gdouble fraction)
{
  if (host->session)
    singan_session_show_progress (host->session, text, fraction);
  else
    singan_gimp_show_progress (host, text, fraction);
}

void
singan_host_show_training (SinganHost                   *host,
                           const SinganTrainer          *trainer,
                           const SinganTrainingProgress *progress)
{
  if (host->session)
    singan_session_show_training (host->session, trainer, progress);
}

void
singan_host_message (SinganHost *host, const gchar *text)
{
  if (host->session)
    singan_session_add_message (host->session, text);
  else
    gimp_message (text);
}

/* GIMP shows any message as a warning: this goes to the job's window, else to
 * the progress bar, and to whoever reads what GIMP writes. */
void
singan_host_inform (SinganHost *host, const gchar *text)
{
  if (host->session)
    {
      singan_session_inform (host->session, text);
      return;
    }
  singan_gimp_show_progress (host, text, 0);
  g_printerr ("%s\n", text);
}

typedef struct
{
  SinganHost          *host;
  const SinganResults *results;
  GError             **error;
  gboolean             success;
} Addition;

static void
add (gpointer data)
{
  Addition *addition = data;

  addition->success = singan_gimp_add_results (
      addition->host, addition->results, addition->error);
}

/* One undo step takes all of them. */
gboolean
singan_host_keep_result (SinganHost *host             G_GNUC_UNUSED,
                         const SinganResults *results G_GNUC_UNUSED,
                         GError **error               G_GNUC_UNUSED)
{
  return TRUE;
}

gboolean
singan_host_add_results (SinganHost          *host,
                         const SinganResults *results,
                         GError             **error)
{
  Addition addition = { host, results, error, FALSE };

  if (host->session)
    singan_session_invoke (host->session, add, &addition);
  else
    add (&addition);

  return addition.success;
}

typedef struct
{
  SinganHost   *host;
  const gchar  *path;
  SinganPurpose purpose;
} Memory;

static void
remember (gpointer data)
{
  const Memory *memory = data;

  singan_gimp_remember_model (memory->host, memory->path, memory->purpose);
}

void
singan_host_remember_model (SinganHost   *host,
                            const gchar  *path,
                            SinganPurpose purpose)
{
  Memory memory = { host, path, purpose };

  if (host->session)
    singan_session_invoke (host->session, remember, &memory);
  else
    remember (&memory);
}
