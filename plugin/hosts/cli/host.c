/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The host's functions for the command line: progress and messages go to
 * stderr, results become files as soon as they are made, and their paths go to
 * stdout.
 */

#include "config.h"

#include "plugin/hosts/cli/cli.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/base/i18n.h"
#include "core/base/text.h"

/* Microseconds between two progress texts: on a terminal, and in a log. */
#define TERMINAL_INTERVAL (G_USEC_PER_SEC / 5)
#define LOG_INTERVAL (5 * G_USEC_PER_SEC)

/* Name of results of what comes through standard input. */
#define STREAM_STEM "stdin"

struct _SinganHost
{
  gchar                  *stem;
  SinganCliOutput        *output;
  const SinganCliPicture *picture;
  gint                    n_results;
  gboolean                quiet;
  gboolean                is_terminal;
  gboolean                has_line; /* a progress text stands on the terminal */
  gint64                  last_progress;
};

SinganHost *
singan_cli_host_new (const gchar     *input,
                     SinganCliOutput *output,
                     gboolean         quiet)
{
  SinganHost *host = g_new0 (SinganHost, 1);
  gchar      *dot;

  host->stem = strcmp (input, SINGAN_CLI_STANDARD_STREAM) == 0
                   ? g_strdup (STREAM_STEM)
                   : g_path_get_basename (input);
  dot = strrchr (host->stem, '.');
  if (dot && dot != host->stem)
    *dot = '\0';
  host->output = output;
  host->quiet = quiet;
  host->is_terminal = isatty (STDERR_FILENO);

  return host;
}

void
singan_cli_host_set_picture (SinganHost *host, const SinganCliPicture *picture)
{
  host->picture = picture;
}

gint
singan_cli_host_count_results (const SinganHost *host)
{
  return host->n_results;
}

void
singan_cli_host_free (SinganHost *host)
{
  g_free (host->stem);
  g_free (host);
}

void
singan_cli_end_progress (SinganHost *host)
{
  if (host->has_line)
    fputc ('\n', stderr);
  host->has_line = FALSE;
}

void
singan_host_progress (SinganHost *host, const gchar *text, gdouble fraction)
{
  const gint64 now = g_get_monotonic_time ();
  const gint   percent = (gint) (fraction * 100);

  if (host->quiet
      || (host->last_progress > 0
          && now - host->last_progress
                 < (host->is_terminal ? TERMINAL_INTERVAL : LOG_INTERVAL)))
    return;
  host->last_progress = now;

  if (host->is_terminal)
    fprintf (stderr, "\r\033[K%3d %% %s", percent, text);
  else
    fprintf (stderr, "%3d %% %s\n", percent, text);
  host->has_line = host->is_terminal;
  fflush (stderr);
}

void
singan_host_show_training (SinganHost *host                       G_GNUC_UNUSED,
                           const SinganTrainer *trainer           G_GNUC_UNUSED,
                           const SinganTrainingProgress *progress G_GNUC_UNUSED)
{
}

void
singan_host_message (SinganHost *host, const gchar *text)
{
  g_autofree gchar *printable = NULL;

  if (host->quiet)
    return;
  printable = singan_text_message (text);
  singan_cli_end_progress (host);
  fprintf (stderr, "%s\n", printable);
}

static void
tell_of_transparency (SinganHost *host, GeglBuffer *buffer)
{
  if (host->n_results == 0 && host->output->format == SINGAN_CLI_FORMAT_JPEG
      && babl_format_has_alpha (gegl_buffer_get_format (buffer)))
    singan_host_message (host, _ ("JPEG has no transparency: what is "
                                  "transparent becomes white."));
}

/* Standard error is where both go. */
void
singan_host_inform (SinganHost *host, const gchar *text)
{
  singan_host_message (host, text);
}

gboolean
singan_host_keep_result (SinganHost          *host,
                         const SinganResults *results,
                         GError             **error)
{
  const guint last = results->buffers->len - 1;
  g_autoptr (GeglBuffer) buffer = singan_results_flatten (results, last, error);
  g_autofree gchar *stem = NULL;
  g_autofree gchar *path = NULL;

  if (! buffer)
    return FALSE;
  tell_of_transparency (host, buffer);
  stem = g_strdup_printf (
      "%s-%s", host->stem,
      (const gchar *) g_ptr_array_index (results->stems, last));
  path = singan_cli_output_write (host->output, stem, buffer, host->picture,
                                  error);
  if (! path)
    return FALSE;

  host->n_results++;
  if (strcmp (path, SINGAN_CLI_STANDARD_STREAM) != 0)
    {
      singan_cli_end_progress (host);
      printf ("%s\n", path);
      fflush (stdout);
    }

  return TRUE;
}

/* Each is written already. */
gboolean
singan_host_add_results (SinganHost *host             G_GNUC_UNUSED,
                         const SinganResults *results G_GNUC_UNUSED,
                         GError **error               G_GNUC_UNUSED)
{
  return TRUE;
}

void
singan_host_remember_model (SinganHost *host      G_GNUC_UNUSED,
                            const gchar *path     G_GNUC_UNUSED,
                            SinganPurpose purpose G_GNUC_UNUSED)
{
}
