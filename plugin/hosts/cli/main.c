/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The command line.  Verbs and their options come from the table of
 * procedures; exit codes stand in exit.h.
 */

#include "config.h"

#include <locale.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <glib-unix.h>

#include "core/base/i18n.h"
#include "core/singan.h"
#include "plugin/hosts/cli/cli.h"
#include "plugin/hosts/cli/exit.h"
#include "plugin/hosts/cli/info.h"
#include "plugin/hosts/cli/picture-file.h"

/* Options that are not arguments of a procedure. */
typedef struct
{
  gchar   *output;
  gchar   *model;
  gint     threads;
  gboolean quiet;
  gchar  **files;
  gchar   *pictures[SINGAN_ARGUMENTS_MAXIMUM]; /* files of arguments */
} CommonOptions;

/* Stops the job in good order. */
static gboolean
handle_signal (gpointer cancellable)
{
  g_cancellable_cancel (cancellable);

  return G_SOURCE_CONTINUE;
}

/* Whoever presses Ctrl+C twice is in a hurry.  The other signals may come twice
 * by themselves: a terminal that is closed sends one, and its shell another. */
static gboolean
handle_interrupt (gpointer cancellable)
{
  if (g_cancellable_is_cancelled (cancellable))
    _exit (SINGAN_EXIT_INTERRUPTED);

  return handle_signal (cancellable);
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
wait_for_signals (gpointer cancellable)
{
  static const gint signals[] = { SIGINT, SIGTERM, SIGHUP };
  g_autoptr (GMainContext) context = g_main_context_new ();
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (signals); i++)
    {
      g_autoptr (GSource) source = NULL;

      if (is_ignored (signals[i]))
        continue;
      source = g_unix_signal_source_new (signals[i]);
      g_source_set_callback (
          source, signals[i] == SIGINT ? handle_interrupt : handle_signal,
          cancellable, NULL);
      g_source_attach (source, context);
    }
  while (TRUE)
    g_main_context_iteration (context, TRUE);

  return NULL;
}

static gboolean
is_file (const SinganArgument *argument)
{
  return argument->type == SINGAN_ARGUMENT_PICTURE
         || argument->type == SINGAN_ARGUMENT_MASK;
}

static gint
find_choice (const SinganArgument *argument, const gchar *text)
{
  gint i;

  for (i = 0; i <= (gint) argument->maximum; i++)
    if (strcmp (argument->choices[i].name, text) == 0)
      return i;

  return -1;
}

static gboolean
parse_value (const SinganArgument *argument,
             const gchar          *text,
             gdouble              *value,
             GError              **error)
{
  gchar *end;

  if (argument->type == SINGAN_ARGUMENT_CHOICE
      && find_choice (argument, text) >= 0)
    {
      *value = find_choice (argument, text);
      return TRUE;
    }

  *value = g_ascii_strtod (text, &end);
  if (end != text && *end == '\0')
    return TRUE;

  g_set_error (error, SINGAN_ERROR, SINGAN_ERROR_SETTINGS,
               _ ("--%s is “%s”; it has to be a number between %.12g and "
                  "%.12g, or the name of a choice."),
               argument->name, text, argument->minimum, argument->maximum);
  return FALSE;
}

static gchar *
describe (const SinganArgument *argument)
{
  GString *text = g_string_new (_ (argument->help));
  gint     i;

  if (argument->type == SINGAN_ARGUMENT_CHOICE)
    {
      g_string_append (text, " (");
      for (i = 0; i <= (gint) argument->maximum; i++)
        g_string_append_printf (text, "%s%s", i > 0 ? ", " : "",
                                argument->choices[i].name);
      g_string_append_printf (
          text, "; %s)",
          argument->choices[(gint) argument->default_value].name);
    }
  else if (argument->type != SINGAN_ARGUMENT_BOOLEAN && ! is_file (argument))
    {
      g_string_append_printf (text, " (%.12g..%.12g; %.12g)", argument->minimum,
                              argument->maximum, argument->default_value);
    }

  return g_string_free (text, FALSE);
}

static gboolean
check_pictures_given (const SinganProcedure *procedure,
                      const CommonOptions   *options,
                      GError               **error)
{
  gint i;

  for (i = 0; i < procedure->n_arguments; i++)
    {
      const SinganArgument *argument = &procedure->arguments[i];

      if (argument->type != SINGAN_ARGUMENT_PICTURE || options->pictures[i])
        continue;
      g_set_error (error, SINGAN_ERROR, SINGAN_ERROR_SETTINGS,
                   _ ("--%s FILE is needed: %s"), argument->name,
                   _ (argument->help));
      return FALSE;
    }

  return TRUE;
}

/* Fills job and options from the words after the verb. */
static gboolean
parse (SinganJob     *job,
       CommonOptions *options,
       gint           argc,
       gchar        **argv,
       GError       **error)
{
  const SinganProcedure *procedure = job->procedure;
  g_autofree gchar *usage = g_strdup_printf (_ ("%s PICTURE"), procedure->verb);
  g_autoptr (GOptionContext) context = g_option_context_new (usage);
  g_autoptr (GPtrArray) help = g_ptr_array_new_with_free_func (g_free);
  gchar       *texts[SINGAN_ARGUMENTS_MAXIMUM] = { NULL };
  gboolean     flags[SINGAN_ARGUMENTS_MAXIMUM] = { FALSE };
  GOptionEntry entries[SINGAN_ARGUMENTS_MAXIMUM + 1]
      = { { .long_name = NULL } };
  gint               n_entries = 0;
  const GOptionEntry results[]
      = { { "output", 0, 0, G_OPTION_ARG_FILENAME, &options->output,
            N_ ("Where to write the results (the current folder)"),
            N_ ("FOLDER") },
          { .long_name = NULL } };
  const GOptionEntry common[]
      = { { "model", 0, 0, G_OPTION_ARG_FILENAME, &options->model,
            procedure->result == SINGAN_RESULT_MODEL
                ? N_ ("Where to write the model")
                : N_ ("The model to use instead of the picture's own"),
            N_ ("FILE") },
          { "threads", 0, 0, G_OPTION_ARG_INT, &options->threads,
            N_ ("How many threads compute (one a processor)"), N_ ("N") },
          { "quiet", 0, 0, G_OPTION_ARG_NONE, &options->quiet,
            N_ ("No progress and no messages"), NULL },
          { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY,
            &options->files, NULL, NULL },
          { .long_name = NULL } };
  gboolean success;
  gint     i;

  for (i = 0; i < procedure->n_arguments; i++)
    {
      const SinganArgument *argument = &procedure->arguments[i];
      const gboolean        is_flag = argument->type == SINGAN_ARGUMENT_BOOLEAN;
      GOptionEntry         *entry = &entries[n_entries];

      /* The layer that the model learns is the picture itself. */
      if (argument->type == SINGAN_ARGUMENT_LAYER)
        continue;
      n_entries++;
      entry->long_name = argument->name;
      entry->description = describe (argument);
      g_ptr_array_add (help, (gchar *) entry->description);
      if (is_file (argument))
        {
          entry->arg = G_OPTION_ARG_FILENAME;
          entry->arg_data = &options->pictures[i];
          entry->arg_description = _ ("FILE");
        }
      else if (is_flag)
        {
          entry->arg = G_OPTION_ARG_NONE;
          entry->arg_data = &flags[i];
        }
      else
        {
          entry->arg = G_OPTION_ARG_STRING;
          entry->arg_data = &texts[i];
          entry->arg_description = _ ("VALUE");
        }
    }
  g_option_context_set_summary (context, _ (procedure->help));
  g_option_context_set_translation_domain (context, GETTEXT_PACKAGE);
  g_option_context_add_main_entries (context, entries, NULL);
  if (procedure->result != SINGAN_RESULT_MODEL)
    g_option_context_add_main_entries (context, results, GETTEXT_PACKAGE);
  g_option_context_add_main_entries (context, common, GETTEXT_PACKAGE);

  success = g_option_context_parse (context, &argc, &argv, error);
  for (i = 0; i < procedure->n_arguments; i++)
    {
      if (success && texts[i])
        success = parse_value (&procedure->arguments[i], texts[i],
                               &job->values[i], error);
      else if (flags[i])
        job->values[i] = 1;
      g_free (texts[i]);
    }
  if (! success || ! singan_job_validate (job, error))
    return FALSE;

  if (options->threads < 0)
    g_set_error (error, SINGAN_ERROR, SINGAN_ERROR_SETTINGS,
                 _ ("--threads is %d; it has to be 1 or more."),
                 options->threads);
  else if (! options->files || g_strv_length (options->files) != 1)
    g_set_error (error, SINGAN_ERROR, SINGAN_ERROR_SETTINGS,
                 _ ("usage: singan %s PICTURE [--option...]; “singan %s "
                    "--help” lists the options."),
                 procedure->verb, procedure->verb);
  else
    return check_pictures_given (procedure, options, error);

  return FALSE;
}

/* Loads the files of the arguments.  A picture that lies over the job's own has
 * no other place than its pixels give it. */
static gboolean
load_pictures (SinganJob *job, const CommonOptions *options, GError **error)
{
  const gint width = gegl_buffer_get_width (job->source.buffer);
  const gint height = gegl_buffer_get_height (job->source.buffer);
  gint       i;

  for (i = 0; i < job->procedure->n_arguments; i++)
    {
      const gchar *path = options->pictures[i];
      GeglBuffer  *buffer;

      if (! path)
        continue;
      buffer = job->pictures[i] = singan_cli_load (path, error);
      if (! buffer)
        return FALSE;
      if (job->procedure->arguments[i].has_own_place
          || (gegl_buffer_get_width (buffer) == width
              && gegl_buffer_get_height (buffer) == height))
        continue;
      g_set_error (error, SINGAN_ERROR, SINGAN_ERROR_IMAGE,
                   _ ("“%s” is %d x %d pixels and “%s” %d x %d; it has to have "
                      "the same size, with everything where it belongs."),
                   path, gegl_buffer_get_width (buffer),
                   gegl_buffer_get_height (buffer), job->source.layer_name,
                   width, height);
      return FALSE;
    }

  return TRUE;
}

static gint
run_job (SinganJob *job, const CommonOptions *options)
{
  const gchar *input = options->files[0];
  g_autoptr (GError) error = NULL;
  gint exit_code = SINGAN_EXIT_DONE;

  singan_parallel_set_threads (options->threads);
  job->cancellable = g_cancellable_new ();
  g_thread_unref (g_thread_new ("signals", wait_for_signals, job->cancellable));
  job->host = singan_cli_host_new (input, options->output, options->quiet);
  job->model_file = g_strdup (options->model);
  job->source.image_path = g_canonicalize_filename (input, NULL);
  job->source.layer_name = g_filename_display_basename (input);
  job->source.buffer = singan_cli_load (input, &error);

  if (job->source.buffer)
    singan_cli_host_set_depth (job->host, job->source.buffer);
  if (job->source.buffer && load_pictures (job, options, &error)
      && job->procedure->run (job, &error))
    {
      singan_cli_end_progress (job->host);
      if (job->procedure->result == SINGAN_RESULT_MODEL)
        printf ("%s\n", job->model_path);
    }
  else
    {
      singan_cli_end_progress (job->host);
      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        exit_code = singan_cli_fail (
            SINGAN_EXIT_INTERRUPTED,
            _ ("interrupted; what was trained is kept: run the same command "
               "again to go on."));
      else
        exit_code = singan_cli_fail (SINGAN_EXIT_FAILED, error->message);
    }
  singan_cli_host_free (job->host);

  return exit_code;
}

static void
print_usage (FILE *stream)
{
  gint i;

  fprintf (stream, _ ("Usage: singan VERB PICTURE [--option...]\n\nVerbs:\n"));
  for (i = 0; singan_procedures ()[i]; i++)
    fprintf (stream, "  %-18s %s\n", singan_procedures ()[i]->verb,
             _ (singan_procedures ()[i]->blurb));
  fprintf (stream, "  %-18s %s\n", "info",
           _ ("Show what a model file is, or which kernels run (--cpu)"));
  fprintf (stream, _ ("\n“singan VERB --help” lists the options of a verb.\n"));
}

gint
main (gint argc, gchar **argv)
{
  const gchar           *locale_dir = g_getenv ("SINGAN_LOCALEDIR");
  const SinganProcedure *procedure;
  CommonOptions          options = { .output = NULL };
  SinganJob              job;
  g_autoptr (GError) error = NULL;
  gint exit_code;
  gint i;

  singan_parallel_begin (argv);
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, locale_dir ? locale_dir : LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  g_set_prgname ("singan");

  if (argc < 2)
    {
      print_usage (stderr);
      return SINGAN_EXIT_USAGE;
    }
  if (strcmp (argv[1], "--help") == 0)
    {
      print_usage (stdout);
      return SINGAN_EXIT_DONE;
    }
  if (strcmp (argv[1], "--version") == 0)
    {
      printf ("singan %s\n", PACKAGE_VERSION);
      return SINGAN_EXIT_DONE;
    }
  if (strcmp (argv[1], "info") == 0)
    return singan_cli_info (argc - 2, argv + 2);

  procedure = singan_procedure_find (argv[1]);
  if (! procedure)
    {
      g_autofree gchar *text = g_strdup_printf (
          _ ("there is no verb “%s”; “singan --help” lists them."), argv[1]);

      return singan_cli_fail (SINGAN_EXIT_USAGE, text);
    }

  singan_job_init (&job, procedure);
  if (parse (&job, &options, argc - 1, argv + 1, &error))
    {
      gegl_init (NULL, NULL);
      exit_code = run_job (&job, &options);
      singan_job_clear (&job);
      gegl_exit ();
    }
  else
    {
      exit_code = singan_cli_fail (SINGAN_EXIT_USAGE, error->message);
    }
  g_free (options.output);
  g_free (options.model);
  g_strfreev (options.files);
  for (i = 0; i < SINGAN_ARGUMENTS_MAXIMUM; i++)
    g_free (options.pictures[i]);

  return exit_code;
}
