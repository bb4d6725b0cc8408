/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "plugin/hosts/cli/options.h"

#include <string.h>

#include "core/base/i18n.h"
#include "core/singan.h"
#include "plugin/hosts/cli/picture-file.h"

/* An entry for each argument, and one that ends them. */
typedef struct
{
  GOptionEntry entries[SINGAN_ARGUMENTS_MAXIMUM + 1];
  gint         n_entries;
  gchar       *texts[SINGAN_ARGUMENTS_MAXIMUM];
  gboolean     flags[SINGAN_ARGUMENTS_MAXIMUM];
  GPtrArray   *descriptions;
} Arguments;

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
  GString *text = g_string_new (_ (singan_argument_command_help (argument)));
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
  else if (argument->type != SINGAN_ARGUMENT_BOOLEAN
           && ! singan_argument_is_file (argument))
    {
      g_string_append_printf (text, " (%.12g..%.12g; %.12g)", argument->minimum,
                              argument->maximum, argument->default_value);
    }

  return g_string_free (text, FALSE);
}

static void
fill_entry (GOptionEntry         *entry,
            const SinganArgument *argument,
            gint                  i,
            SinganCliOptions     *options,
            Arguments            *arguments)
{
  entry->long_name = argument->name;
  entry->description = describe (argument);
  g_ptr_array_add (arguments->descriptions, (gchar *) entry->description);
  if (singan_argument_is_file (argument))
    {
      entry->arg = G_OPTION_ARG_FILENAME;
      entry->arg_data = &options->pictures[i];
      entry->arg_description = _ ("FILE");
    }
  else if (argument->type == SINGAN_ARGUMENT_BOOLEAN)
    {
      entry->arg = G_OPTION_ARG_NONE;
      entry->arg_data = &arguments->flags[i];
    }
  else
    {
      entry->arg = G_OPTION_ARG_STRING;
      entry->arg_data = &arguments->texts[i];
      entry->arg_description = _ ("VALUE");
    }
}

static void
arguments_init (Arguments *arguments, SinganCliOptions *options)
{
  const SinganProcedure *procedure = options->procedure;
  gint                   i;

  memset (arguments, 0, sizeof *arguments);
  arguments->descriptions = g_ptr_array_new_with_free_func (g_free);
  for (i = 0; i < procedure->n_arguments; i++)
    {
      options->values[i] = procedure->arguments[i].default_value;
      /* The layer that the model learns is the picture itself. */
      if (procedure->arguments[i].type != SINGAN_ARGUMENT_LAYER)
        fill_entry (&arguments->entries[arguments->n_entries++],
                    &procedure->arguments[i], i, options, arguments);
    }
}

static void
arguments_clear (Arguments *arguments)
{
  gint i;

  g_ptr_array_unref (arguments->descriptions);
  for (i = 0; i < SINGAN_ARGUMENTS_MAXIMUM; i++)
    g_free (arguments->texts[i]);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Arguments, arguments_clear)

static gboolean
read_values (SinganCliOptions *options,
             const Arguments  *arguments,
             GError          **error)
{
  const SinganProcedure *procedure = options->procedure;
  SinganJob              job;
  gint                   i;

  for (i = 0; i < procedure->n_arguments; i++)
    {
      if (arguments->texts[i]
          && ! parse_value (&procedure->arguments[i], arguments->texts[i],
                            &options->values[i], error))
        return FALSE;
      if (arguments->flags[i])
        options->values[i] = 1;
    }
  singan_cli_options_make_job (options, &job);

  return singan_job_validate (&job, error);
}

static gboolean
parse_words (SinganCliOptions *options,
             Arguments        *arguments,
             gint              argc,
             gchar           **argv,
             GError          **error)
{
  const SinganProcedure *procedure = options->procedure;
  g_autofree gchar      *usage
      = g_strdup_printf (_ ("%s PICTURE..."), procedure->verb);
  g_autoptr (GOptionContext) context = g_option_context_new (usage);
  const GOptionEntry results[]
      = { { "output", 'o', 0, G_OPTION_ARG_FILENAME, &options->output,
            N_ ("Where to write the results (the current folder): a folder, a "
                "file, whose name ends with .png, .jpg, .tif or .webp, for a "
                "single result, or - for standard output. In a folder a "
                "number is added to the name of a file that is there already"),
            N_ ("PLACE") },
          { .long_name = NULL } };
  const GOptionEntry common[]
      = { { "model", 0, 0, G_OPTION_ARG_FILENAME, &options->model,
            procedure->result == SINGAN_RESULT_MODEL
                ? N_ ("Where to write the model")
                : N_ ("The model to use instead of the picture's own"),
            N_ ("FILE") },
          { "overwrite", 0, 0, G_OPTION_ARG_NONE, &options->overwrites,
            procedure->result == SINGAN_RESULT_MODEL
                ? N_ ("Train anew where there is a finished model, and "
                      "replace it")
                : N_ ("Replace files of the results' names"),
            NULL },
          { "max-pixels", 0, 0, G_OPTION_ARG_INT64, &options->pixels_maximum,
            N_ ("Refuse pictures that have more pixels than this (500000000)"),
            N_ ("N") },
          { "threads", 0, 0, G_OPTION_ARG_INT, &options->threads,
            N_ ("How many threads compute (one a processor)"), N_ ("N") },
          { "quiet", 'q', 0, G_OPTION_ARG_NONE, &options->quiet,
            N_ ("No progress and no messages"), NULL },
          { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY,
            &options->files, NULL, NULL },
          { .long_name = NULL } };

  g_option_context_set_summary (context, _ (procedure->command_help));
  g_option_context_set_translation_domain (context, GETTEXT_PACKAGE);
  g_option_context_add_main_entries (context, arguments->entries, NULL);
  if (procedure->result != SINGAN_RESULT_MODEL)
    g_option_context_add_main_entries (context, results, GETTEXT_PACKAGE);
  g_option_context_add_main_entries (context, common, GETTEXT_PACKAGE);

  return g_option_context_parse (context, &argc, &argv, error);
}

static gboolean
check_pictures_given (const SinganCliOptions *options, GError **error)
{
  const SinganProcedure *procedure = options->procedure;
  gint                   i;

  for (i = 0; i < procedure->n_arguments; i++)
    {
      const SinganArgument *argument = &procedure->arguments[i];

      if (argument->type != SINGAN_ARGUMENT_PICTURE || options->pictures[i])
        continue;
      g_set_error (error, SINGAN_ERROR, SINGAN_ERROR_SETTINGS,
                   _ ("--%s FILE is needed: %s"), argument->name,
                   _ (singan_argument_command_help (argument)));
      return FALSE;
    }

  return TRUE;
}

/* Standard input can be read once. */
static gboolean
check_streams (const SinganCliOptions *options, GError **error)
{
  gint count = 0;
  gint i;

  for (i = 0; options->files[i]; i++)
    count += strcmp (options->files[i], SINGAN_CLI_STANDARD_STREAM) == 0;
  for (i = 0; i < SINGAN_ARGUMENTS_MAXIMUM; i++)
    count += g_strcmp0 (options->pictures[i], SINGAN_CLI_STANDARD_STREAM) == 0;
  /* Pictures that go with others are read for each of these. */
  if (count == 0 || (count == 1 && ! options->files[1]))
    return TRUE;

  g_set_error_literal (error, SINGAN_ERROR, SINGAN_ERROR_SETTINGS,
                       _ ("“-” is standard input, which gives one picture "
                          "only; give the others as files, each in a command "
                          "of its own."));
  return FALSE;
}

static gboolean
check_words (const SinganCliOptions *options, GError **error)
{
  const gchar *verb = options->procedure->verb;

  if (options->threads < 0)
    g_set_error (error, SINGAN_ERROR, SINGAN_ERROR_SETTINGS,
                 _ ("--threads is %d; it has to be 1 or more."),
                 options->threads);
  else if (options->pixels_maximum < 1)
    g_set_error (error, SINGAN_ERROR, SINGAN_ERROR_SETTINGS,
                 _ ("--max-pixels is %.0f; it has to be 1 or more."),
                 (gdouble) options->pixels_maximum);
  else if (! options->files)
    g_set_error (error, SINGAN_ERROR, SINGAN_ERROR_SETTINGS,
                 _ ("usage: singan %s PICTURE... [--option...]; “singan %s "
                    "--help” lists the options."),
                 verb, verb);
  else if (options->model && options->files[1]
           && options->procedure->result == SINGAN_RESULT_MODEL)
    g_set_error (error, SINGAN_ERROR, SINGAN_ERROR_SETTINGS,
                 _ ("--model names one file, and there are %u pictures; each "
                    "needs a model of its own."),
                 g_strv_length (options->files));
  else
    return check_pictures_given (options, error)
           && check_streams (options, error);

  return FALSE;
}

gboolean
singan_cli_options_parse (SinganCliOptions      *options,
                          const SinganProcedure *procedure,
                          gint                   argc,
                          gchar                **argv,
                          GError               **error)
{
  g_auto (Arguments) arguments;

  *options = (SinganCliOptions){ .procedure = procedure,
                                 .pixels_maximum = SINGAN_CLI_PIXELS_DEFAULT };
  arguments_init (&arguments, options);

  return parse_words (options, &arguments, argc, argv, error)
         && read_values (options, &arguments, error)
         && check_words (options, error);
}

void
singan_cli_options_make_job (const SinganCliOptions *options, SinganJob *job)
{
  singan_job_init (job, options->procedure);
  memcpy (job->values, options->values, sizeof job->values);
  job->model_file = g_strdup (options->model);
  job->keeps_models = ! options->overwrites;
}

void
singan_cli_options_clear (SinganCliOptions *options)
{
  gint i;

  for (i = 0; i < SINGAN_ARGUMENTS_MAXIMUM; i++)
    g_clear_pointer (&options->pictures[i], g_free);
  g_clear_pointer (&options->files, g_strfreev);
  g_clear_pointer (&options->output, g_free);
  g_clear_pointer (&options->model, g_free);
}
