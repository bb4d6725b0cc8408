/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The command line.  Verbs and their options come from the table of
 * procedures; exit codes stand in exit.h.
 */

#include "config.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "core/base/i18n.h"
#include "core/singan.h"
#include "plugin/hosts/cli/exit.h"
#include "plugin/hosts/cli/info.h"
#include "plugin/hosts/cli/models.h"
#include "plugin/hosts/cli/options.h"
#include "plugin/hosts/cli/run.h"

static gboolean
is_option (const gchar *word, const gchar *name, const gchar *short_name)
{
  return strcmp (word, name) == 0 || strcmp (word, short_name) == 0;
}

static void
print_usage (FILE *stream)
{
  gint i;

  fprintf (stream,
           _ ("Usage: singan VERB PICTURE... [--option...]\n\nVerbs:\n"));
  for (i = 0; singan_procedures ()[i]; i++)
    fprintf (stream, "  %-18s %s\n", singan_procedures ()[i]->verb,
             _ (singan_procedures ()[i]->command_blurb));
  fprintf (stream, "  %-18s %s\n", "info",
           _ ("Show what model files are, or which kernels run (--cpu)"));
  fprintf (stream, "  %-18s %s\n", "models",
           _ ("List all models, or remove outdated ones (--remove-outdated)"));
  fprintf (stream, _ ("\n“singan VERB --help” lists the options of a verb.\n"));
}

gint
main (gint argc, gchar **argv)
{
  const gchar           *locale_dir = g_getenv ("SINGAN_LOCALEDIR");
  const SinganProcedure *procedure;
  g_auto (SinganCliOptions) options = { .procedure = NULL };
  g_autoptr (GError) error = NULL;

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
  if (is_option (argv[1], "--help", "-h"))
    {
      print_usage (stdout);
      return SINGAN_EXIT_DONE;
    }
  if (is_option (argv[1], "--version", "-V"))
    {
      printf ("singan %s\n", PACKAGE_VERSION);
      return SINGAN_EXIT_DONE;
    }
  if (strcmp (argv[1], "info") == 0)
    return singan_cli_info (argc - 2, argv + 2);
  if (strcmp (argv[1], "models") == 0)
    return singan_cli_models (argv[0], argc - 2, argv + 2);

  procedure = singan_procedure_find (argv[1]);
  if (! procedure)
    {
      g_autofree gchar *text = g_strdup_printf (
          _ ("there is no verb “%s”; “singan --help” lists them."), argv[1]);

      return singan_cli_fail (SINGAN_EXIT_USAGE, text);
    }
  if (! singan_cli_options_parse (&options, procedure, argc - 1, argv + 1,
                                  &error))
    return singan_cli_fail (SINGAN_EXIT_USAGE, error->message);

  return singan_cli_run (argv[0], &options);
}
