/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The host's functions for the command line: progress and messages go to
 * stderr, results become files whose paths go to stdout.
 */

#include "config.h"

#include "plugin/hosts/cli/cli.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "core/base/i18n.h"
#include "core/base/text.h"
#include "plugin/hosts/cli/picture-file.h"

/* Microseconds between two progress texts: on a terminal, and in a log. */
#define TERMINAL_INTERVAL (G_USEC_PER_SEC / 5)
#define LOG_INTERVAL (5 * G_USEC_PER_SEC)

struct _SinganHost
{
  gchar   *stem;
  gchar   *output;
  gint     bit_depth;
  gboolean quiet;
  gboolean is_terminal;
  gboolean has_line; /* a progress text stands on the terminal */
  gint64   last_progress;
};

SinganHost *
singan_cli_host_new (const gchar *input, const gchar *output, gboolean quiet)
{
  SinganHost *host = g_new0 (SinganHost, 1);
  gchar      *dot;

  host->stem = g_path_get_basename (input);
  dot = strrchr (host->stem, '.');
  if (dot && dot != host->stem)
    *dot = '\0';
  host->output = g_strdup (output ? output : ".");
  host->quiet = quiet;
  host->is_terminal = isatty (STDERR_FILENO);

  return host;
}

void
singan_cli_host_set_depth (SinganHost *host, GeglBuffer *source)
{
  const Babl  *format = gegl_buffer_get_format (source);
  const gchar *type = babl_get_name (babl_format_get_type (format, 0));

  /* "u8", and "u8-luma" of Y'CbCr. */
  host->bit_depth = g_str_has_prefix (type, "u8") ? 8 : 16;
}

void
singan_cli_host_free (SinganHost *host)
{
  g_free (host->stem);
  g_free (host->output);
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

/* A name that ends in .png is that of a single picture, not of a folder. */
static gboolean
is_file_name (const SinganHost *host, const SinganResults *results)
{
  return results->buffers->len == 1 && g_str_has_suffix (host->output, ".png");
}

gboolean
singan_host_add_results (SinganHost          *host,
                         const SinganResults *results,
                         GError             **error)
{
  const gboolean    is_file = is_file_name (host, results);
  g_autofree gchar *folder
      = is_file ? g_path_get_dirname (host->output) : g_strdup (host->output);
  guint i;

  if (g_mkdir_with_parents (folder, 0777) < 0)
    {
      const gint code = errno;

      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code),
                   _ ("The folder “%s” could not be made: %s"), folder,
                   g_strerror (code));
      return FALSE;
    }

  singan_cli_end_progress (host);
  for (i = 0; i < results->buffers->len; i++)
    {
      g_autoptr (GeglBuffer) buffer
          = singan_results_flatten (results, i, error);
      g_autofree gchar *name = g_strdup_printf (
          "%s-%s.png", host->stem,
          (const gchar *) g_ptr_array_index (results->stems, i));
      g_autofree gchar *path = is_file ? g_strdup (host->output)
                                       : g_build_filename (folder, name, NULL);

      if (! buffer || ! singan_cli_save (buffer, path, host->bit_depth, error))
        return FALSE;
      printf ("%s\n", path);
    }

  return TRUE;
}

void
singan_host_remember_model (SinganHost *host        G_GNUC_UNUSED,
                            const gchar *path       G_GNUC_UNUSED,
                            const gchar *pixel_hash G_GNUC_UNUSED)
{
}
