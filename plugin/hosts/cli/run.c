/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "plugin/hosts/cli/run.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <gegl.h>
#include <glib-unix.h>

#include "core/base/i18n.h"
#include "core/singan.h"
#include "plugin/hosts/cli/cli.h"
#include "plugin/hosts/cli/exit.h"

/* Who hears of a signal, in a thread of their own. */
typedef struct
{
  GCancellable *cancellable;
  gint          is_loading; /* atomic */
} Interrupt;

/* Stops the job in good order.  While a picture is read there is nothing to be
 * kept, and it may come through a pipe in which nothing comes. */
static gboolean
handle_signal (gpointer data)
{
  Interrupt *interrupt = data;

  if (g_atomic_int_get (&interrupt->is_loading))
    _exit (singan_cli_fail (SINGAN_EXIT_INTERRUPTED,
                            _ ("interrupted while a picture was read.")));
  g_cancellable_cancel (interrupt->cancellable);

  return G_SOURCE_CONTINUE;
}

/* Whoever presses Ctrl+C twice is in a hurry.  The other signals may come twice
 * by themselves: a terminal that is closed sends one, and its shell another. */
static gboolean
handle_interrupt (gpointer data)
{
  Interrupt *interrupt = data;

  if (g_cancellable_is_cancelled (interrupt->cancellable))
    _exit (SINGAN_EXIT_INTERRUPTED);

  return handle_signal (interrupt);
}

/* As nohup has it. */
static gboolean
is_ignored (gint signal_number)
{
  struct sigaction action;

  return sigaction (signal_number, NULL, &action) == 0
         && action.sa_handler == SIG_IGN;
}

static gpointer
wait_for_signals (gpointer context)
{
  while (TRUE)
    g_main_context_iteration (context, TRUE);

  return NULL;
}

/* None is missed once this returns. */
static void
hear_signals (Interrupt *interrupt)
{
  static const gint signals[] = { SIGINT, SIGTERM, SIGHUP };
  GMainContext     *context = g_main_context_new ();
  gsize             i;

  for (i = 0; i < G_N_ELEMENTS (signals); i++)
    {
      g_autoptr (GSource) source = NULL;

      if (is_ignored (signals[i]))
        continue;
      source = g_unix_signal_source_new (signals[i]);
      g_source_set_callback (
          source, signals[i] == SIGINT ? handle_interrupt : handle_signal,
          interrupt, NULL);
      g_source_attach (source, context);
    }
  g_thread_unref (g_thread_new ("signals", wait_for_signals, context));
}

/* A run over all pictures of a command. */
typedef struct
{
  const SinganCliOptions *options;
  SinganCliOutput         output;
  Interrupt              *interrupt;
} Run;

static void
tell_of_pages (SinganHost             *host,
               const gchar            *path,
               const SinganCliPicture *picture)
{
  g_autofree gchar *text = NULL;

  if (picture->n_pages < 2)
    return;
  text = g_strdup_printf (
      g_dngettext (GETTEXT_PACKAGE, "“%s” has %d page; the first one is taken.",
                   "“%s” has %d pages or frames; the first one is taken.",
                   picture->n_pages),
      path, picture->n_pages);
  singan_host_message (host, text);
}

static SinganCliPicture *
load (const Run              *run,
      SinganHost             *host,
      const gchar            *path,
      const SinganCliPicture *like,
      GError                **error)
{
  SinganCliPicture *picture;

  g_atomic_int_set (&run->interrupt->is_loading, TRUE);
  picture = singan_cli_picture_load (path, run->options->pixels_maximum, like,
                                     error);
  g_atomic_int_set (&run->interrupt->is_loading, FALSE);
  if (picture)
    tell_of_pages (host, path, picture);

  return picture;
}

/* A picture that lies over the job's own has no other place than its pixels
 * give it. */
static gboolean
check_place (const SinganJob *job, gint i, const gchar *path, GError **error)
{
  const gint  width = gegl_buffer_get_width (job->source.buffer);
  const gint  height = gegl_buffer_get_height (job->source.buffer);
  GeglBuffer *buffer = job->pictures[i];

  if (job->procedure->arguments[i].has_own_place
      || (gegl_buffer_get_width (buffer) == width
          && gegl_buffer_get_height (buffer) == height))
    return TRUE;

  g_set_error (error, SINGAN_ERROR, SINGAN_ERROR_IMAGE,
               _ ("“%s” is %d x %d pixels and “%s” %d x %d; it has to have "
                  "the same size, with everything where it belongs."),
               path, gegl_buffer_get_width (buffer),
               gegl_buffer_get_height (buffer), job->source.layer_name, width,
               height);
  return FALSE;
}

/* Loads the files of the arguments, in the colours of the job's own. */
static gboolean
load_pictures (const Run              *run,
               SinganJob              *job,
               const SinganCliPicture *source,
               GError                **error)
{
  gint i;

  for (i = 0; i < job->procedure->n_arguments; i++)
    {
      const gchar   *path = run->options->pictures[i];
      const gboolean is_mask
          = job->procedure->arguments[i].type == SINGAN_ARGUMENT_MASK;
      g_autoptr (SinganCliPicture) picture = NULL;

      if (! path)
        continue;
      picture = load (run, job->host, path, is_mask ? NULL : source, error);
      if (! picture)
        return FALSE;
      job->pictures[i] = g_object_ref (picture->buffer);
      if (! check_place (job, i, path, error))
        return FALSE;
    }

  return TRUE;
}

static gchar *
describe_interruption (const SinganHost *host)
{
  const gint count = singan_cli_host_count_results (host);

  if (count == 0)
    return g_strdup (_ ("interrupted; what was trained is kept: run the same "
                        "command again to go on."));

  return g_strdup_printf (
      g_dngettext (GETTEXT_PACKAGE,
                   "interrupted; the %d result that was made "
                   "is kept.",
                   "interrupted; the %d results that were "
                   "made are kept.",
                   count),
      count);
}

static gboolean
is_cancelled (const GError *error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* Where a model would be looked for beside the picture. */
static void
set_source (SinganJob *job, const gchar *path, const SinganCliPicture *picture)
{
  const gboolean is_stream = strcmp (path, SINGAN_CLI_STANDARD_STREAM) == 0;

  job->source.image_path
      = is_stream ? NULL : g_canonicalize_filename (path, NULL);
  job->source.layer_name = is_stream ? g_strdup ("standard-input")
                                     : g_filename_display_basename (path);
  job->source.buffer = g_object_ref (picture->buffer);
}

static gint
run_one (Run *run, const gchar *path)
{
  const SinganCliOptions *options = run->options;
  const gboolean          is_one_of_many = options->files[1] != NULL;
  SinganJob               job;
  g_autoptr (SinganCliPicture) picture = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree gchar *text = NULL;
  gint              exit_code = SINGAN_EXIT_DONE;

  singan_cli_options_make_job (options, &job);
  job.cancellable = g_object_ref (run->interrupt->cancellable);
  job.host = singan_cli_host_new (path, &run->output, options->quiet);
  picture = load (run, job.host, path, NULL, &error);
  if (picture)
    {
      set_source (&job, path, picture);
      singan_cli_host_set_picture (job.host, picture);
    }
  if (picture && load_pictures (run, &job, picture, &error)
      && (options->procedure->result == SINGAN_RESULT_MODEL
          || singan_cli_output_prepare (&run->output, &error))
      && job.procedure->run (&job, &error))
    {
      singan_cli_end_progress (job.host);
      if (options->procedure->result == SINGAN_RESULT_MODEL)
        printf ("%s\n", job.model_path);
      fflush (stdout);
    }
  else
    {
      singan_cli_end_progress (job.host);
      exit_code
          = is_cancelled (error) ? SINGAN_EXIT_INTERRUPTED : SINGAN_EXIT_FAILED;
      text = is_cancelled (error) ? describe_interruption (job.host)
             : is_one_of_many
                 ? g_strdup_printf (_ ("“%s”: %s"), path, error->message)
                 : g_strdup (error->message);
      singan_cli_fail (exit_code, text);
    }
  singan_cli_host_free (job.host);
  singan_job_clear (&job);

  return exit_code;
}

/* All files of the command, which no result may replace. */
static GPtrArray *
list_inputs (const SinganCliOptions *options)
{
  GPtrArray *inputs = g_ptr_array_new ();
  gint       i;

  for (i = 0; options->files[i]; i++)
    g_ptr_array_add (inputs, options->files[i]);
  for (i = 0; i < SINGAN_ARGUMENTS_MAXIMUM; i++)
    if (options->pictures[i])
      g_ptr_array_add (inputs, options->pictures[i]);
  g_ptr_array_add (inputs, NULL);

  return inputs;
}

static gboolean
check_results_fit (const Run *run, GError **error)
{
  const SinganCliOptions *options = run->options;
  SinganJob               job;
  gboolean                is_one;

  singan_cli_options_make_job (options, &job);
  is_one = ! options->files[1]
           && (! options->procedure->gives_one
               || options->procedure->gives_one (&job));
  singan_job_clear (&job);
  if (is_one || ! singan_cli_output_takes_one (&run->output))
    return TRUE;

  g_set_error (error, SINGAN_ERROR, SINGAN_ERROR_SETTINGS,
               _ ("--output is “%s”, which takes one picture, and there are "
                  "more; give the name of a folder."),
               options->output);
  return FALSE;
}

static gint
run_all (Run *run)
{
  gint exit_code = SINGAN_EXIT_DONE;
  gint i;

  for (i = 0; run->options->files[i]; i++)
    {
      const gint code = run_one (run, run->options->files[i]);

      if (code == SINGAN_EXIT_INTERRUPTED)
        return code;
      exit_code = MAX (exit_code, code);
    }

  return exit_code;
}

gint
singan_cli_run (const gchar *program, const SinganCliOptions *options)
{
  g_autoptr (GPtrArray) inputs = list_inputs (options);
  g_autoptr (GError) error = NULL;
  /* The thread that waits for signals ends with the program. */
  static Interrupt interrupt = { .is_loading = TRUE };
  Run              run = { .options = options, .interrupt = &interrupt };
  gint             exit_code;

  if (! singan_cli_output_init (&run.output, options->output,
                                options->overwrites,
                                (const gchar *const *) inputs->pdata, &error)
      || ! check_results_fit (&run, &error))
    {
      singan_cli_output_clear (&run.output);
      return singan_cli_fail (SINGAN_EXIT_USAGE, error->message);
    }
  if (! singan_cli_pictures_init (program, &error))
    {
      singan_cli_output_clear (&run.output);
      return singan_cli_fail (SINGAN_EXIT_FAILED, error->message);
    }

  gegl_init (NULL, NULL);
  singan_parallel_set_threads (options->threads);
  interrupt.cancellable = g_cancellable_new ();
  hear_signals (&interrupt);
  exit_code = run_all (&run);
  singan_cli_output_clear (&run.output);
  gegl_exit ();
  vips_shutdown ();

  return exit_code;
}
