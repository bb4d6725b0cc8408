/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Runs while the project is built: writes the manual page and the help pages,
 * whose lists of arguments come from the table of procedures, to stdout.
 *
 *   singan-pages man
 *   singan-pages page VERB FRAGMENT
 *   singan-pages index
 *   singan-pages map
 *   singan-pages labels
 *
 * The last is for the tests: each dialog's labels, with their keys.
 */

#include "config.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "plugin/procedures/procedure.h"

#define PROCEDURE_PREFIX "plug-in-singan-"

static gboolean
is_file (const SinganArgument *argument)
{
  return argument->type == SINGAN_ARGUMENT_PICTURE
         || argument->type == SINGAN_ARGUMENT_MASK;
}

/* A label without the underline that marks its key. */
static gchar *
strip_mnemonic (const gchar *label)
{
  g_auto (GStrv) parts = g_strsplit (label, "_", -1);

  return g_strjoinv ("", parts);
}

static gchar *
menu_title (const SinganProcedure *procedure)
{
  g_autofree gchar *label = strip_mnemonic (procedure->menu_label);
  gchar            *ellipsis = strstr (label, "...");

  return ellipsis ? g_strndup (label, ellipsis - label)
                  : g_steal_pointer (&label);
}

/* "1 to 64, else 4", or the names of a choice. */
static gchar *
describe_values (const SinganArgument *argument)
{
  GString *text;
  gint     i;

  switch (argument->type)
    {
    case SINGAN_ARGUMENT_INTEGER:
    case SINGAN_ARGUMENT_NUMBER:
      return g_strdup_printf ("%.12g to %.12g; %.12g if not given",
                              argument->minimum, argument->maximum,
                              argument->default_value);
    case SINGAN_ARGUMENT_BOOLEAN:
      return g_strdup ("yes or no; no if not given");
    case SINGAN_ARGUMENT_CHOICE:
      text = g_string_new (NULL);
      for (i = 0; i <= (gint) argument->maximum; i++)
        g_string_append_printf (text, "%s%s (%d)", i > 0 ? ", " : "",
                                argument->choices[i].name, i);
      g_string_append_printf (
          text, "; %s if not given",
          argument->choices[(gint) argument->default_value].name);
      return g_string_free (text, FALSE);
    case SINGAN_ARGUMENT_LAYER:
      return g_strdup ("a layer of the same image");
    default:
      return g_strdup ("a picture");
    }
}

/* --- The manual page --- */

/* A dash would be a hyphen, and a line must not start with a control
 * character. */
static void
print_roff (const gchar *text)
{
  const gchar *c;

  if (*text == '.' || *text == '\'')
    printf ("\\&");
  for (c = text; *c; c++)
    if (*c == '-')
      printf ("\\-");
    else if (*c == '\\')
      printf ("\\e");
    else
      putchar (*c);
}

static void
print_option (const gchar *name, const gchar *value, const gchar *help)
{
  printf (".TP\n\\fB");
  print_roff ("--");
  print_roff (name);
  printf ("\\fR");
  if (value)
    printf (" \\fI%s\\fR", value);
  printf ("\n");
  print_roff (help);
}

static void
print_verb (const SinganProcedure *procedure)
{
  gint i;

  printf (".SS \\fBsingan ");
  print_roff (procedure->verb);
  printf ("\\fR \\fIPICTURE\\fR\n");
  print_roff (procedure->help);
  printf ("\n");
  for (i = 0; i < procedure->n_arguments; i++)
    {
      const SinganArgument *argument = &procedure->arguments[i];
      g_autofree gchar     *values = describe_values (argument);

      /* The layer that the model learns is the picture itself. */
      if (argument->type == SINGAN_ARGUMENT_LAYER)
        continue;
      print_option (argument->name,
                    is_file (argument)                          ? "FILE"
                    : argument->type == SINGAN_ARGUMENT_BOOLEAN ? NULL
                                                                : "VALUE",
                    argument->help);
      if (is_file (argument) || argument->type == SINGAN_ARGUMENT_BOOLEAN)
        printf (".\n");
      else
        {
          printf (": ");
          print_roff (values);
          printf (".\n");
        }
    }
}

static void
print_man (void)
{
  gint i;

  printf (
      ".TH SINGAN 1 \"\" \"singan %s\" \"User Commands\"\n"
      ".SH NAME\n"
      "singan \\- learn from one picture, and make new ones like it\n"
      ".SH SYNOPSIS\n"
      ".B singan\n"
      ".I VERB PICTURE\n"
      ".RI [ OPTION ...]\n"
      ".br\n"
      ".B singan info\n"
      ".IR MODEL \"... | \"\n"
      ".B \\-\\-cpu\n"
      ".SH DESCRIPTION\n"
      "Trains SinGAN, a pyramid of small generative networks, on a single\n"
      "picture, and makes new pictures with it. A verb that needs a model\n"
      "trains it first if there is none. Models are kept in the folder\n"
      ".IR PICTURE .singan\n"
      "beside the picture, or in\n"
      ".I ~/.cache/singan\n"
      "where that cannot be written to. Reads PNG, JPEG and TIFF, writes PNG.\n"
      "The paths of results go to standard output, one a line; progress and\n"
      "messages to standard error.\n"
      ".SH VERBS\n",
      PACKAGE_VERSION);
  for (i = 0; singan_procedures ()[i]; i++)
    print_verb (singan_procedures ()[i]);
  printf (".SS \\fBsingan info\\fR \\fIMODEL\\fR... | \\fB\\-\\-cpu\\fR\n"
          "Shows what model files are, or which kernels run here.\n"
          ".SH COMMON OPTIONS\n");
  print_option ("model", "FILE",
                "The model to use instead of the picture's own, or, for "
                "train, the one to write.\n");
  print_option ("output", "FOLDER",
                "Where to write the results; the current folder if not "
                "given. Super-resolution takes the name of a file, too.\n");
  print_option ("threads", "N",
                "How many threads compute; one a processor if not given.\n");
  print_option ("quiet", NULL, "No progress and no messages.\n");
  print_option ("help", NULL, "The options of a verb.\n");
  printf (".SH EXIT STATUS\n"
          ".TP\n0\nDone.\n"
          ".TP\n1\nFailed; one line says what and why.\n"
          ".TP\n2\nWrong usage.\n"
          ".TP\n130\nInterrupted. The checkpoint is kept: the same command "
          "goes on from it.\n"
          ".SH ENVIRONMENT\n"
          ".TP\n.B SINGAN_CPU\n"
          "The kernels to use, no better than the processor's:\n"
          "c, sse2, avx2 or avx512.\n"
          ".SH EXAMPLES\n"
          ".nf\n"
          "singan train photo.jpg\n"
          "singan random\\-samples photo.jpg \\-\\-count 4 \\-\\-output out\n"
          "parallel \\-j 2 singan super\\-resolution \\-\\-factor 2 ::: *.jpg\n"
          ".fi\n");
}

/* --- The help pages --- */

static void
print_escaped (const gchar *text)
{
  g_autofree gchar *escaped = g_markup_escape_text (text, -1);

  printf ("%s", escaped);
}

static void
print_head (const gchar *title)
{
  printf ("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
          "<meta charset=\"utf-8\">\n"
          "<meta name=\"viewport\" content=\"width=device-width\">\n"
          "<title>");
  print_escaped (title);
  printf ("</title>\n<link rel=\"stylesheet\" href=\"help.css\">\n"
          "</head>\n<body>\n");
}

static void
print_arguments (const SinganProcedure *procedure)
{
  gint i;

  printf ("<h2>Settings</h2>\n<table>\n"
          "<tr><th>In the dialog</th><th>In Script-Fu</th>"
          "<th>What it does</th><th>Values</th></tr>\n");
  for (i = 0; i < procedure->n_arguments; i++)
    {
      const SinganArgument *argument = &procedure->arguments[i];
      g_autofree gchar     *label = NULL;
      g_autofree gchar     *values = NULL;

      if (argument->is_command_line_only || is_file (argument))
        continue;
      label = strip_mnemonic (argument->label);
      values = describe_values (argument);
      printf ("<tr><td>");
      print_escaped (label);
      printf ("</td><td><code>%s</code></td><td>", argument->name);
      print_escaped (argument->help);
      printf ("</td><td>");
      print_escaped (values);
      printf ("</td></tr>\n");
    }
  printf ("</table>\n");
}

static gint
print_page (const gchar *verb, const gchar *path)
{
  const SinganProcedure *procedure = singan_procedure_find (verb);
  g_autofree gchar      *title = NULL;
  g_autofree gchar      *fragment = NULL;
  g_autoptr (GError) error = NULL;

  if (! procedure)
    {
      fprintf (stderr, "singan-pages: there is no verb “%s”\n", verb);
      return 1;
    }
  if (! g_file_get_contents (path, &fragment, NULL, &error))
    {
      fprintf (stderr, "singan-pages: %s\n", error->message);
      return 1;
    }

  title = menu_title (procedure);
  print_head (title);
  printf ("<p class=\"menu\"><a href=\"index.html\">SinGAN</a> &gt; Filters "
          "&gt; SinGAN &gt; ");
  print_escaped (title);
  printf ("...</p>\n<h1>");
  print_escaped (title);
  printf ("</h1>\n<p class=\"blurb\">");
  print_escaped (procedure->blurb);
  printf (".</p>\n%s", fragment);
  print_arguments (procedure);
  printf ("<p>In Script-Fu: <code>" PROCEDURE_PREFIX
          "%s</code>; on the command line: <code>singan %s</code>.</p>\n"
          "</body>\n</html>\n",
          procedure->verb, procedure->verb);

  return 0;
}

static void
print_index (void)
{
  gint i;

  print_head ("SinGAN for GIMP");
  printf ("<h1>SinGAN for GIMP</h1>\n"
          "<p>Learns from the one picture on your canvas, and draws new "
          "versions of it. To begin, open a photograph and choose <b>Filters "
          "&gt; SinGAN &gt; Random Samples</b>: the model is trained first, "
          "which the dialog says how long it takes, and after that each filter "
          "of this menu but two takes seconds.</p>\n<dl>\n");
  for (i = 0; singan_procedures ()[i]; i++)
    {
      const SinganProcedure *procedure = singan_procedures ()[i];
      g_autofree gchar      *title = menu_title (procedure);

      printf ("<dt><a href=\"%s.html\">", procedure->verb);
      print_escaped (title);
      printf ("</a></dt>\n<dd>");
      print_escaped (procedure->blurb);
      printf (".</dd>\n");
    }
  printf ("</dl>\n<p>Nothing is sent anywhere: training and drawing happen on "
          "this computer.</p>\n</body>\n</html>\n");
}

/* What GIMP reads to find the page of a help id. */
static void
print_map (void)
{
  gint i;

  printf ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<gimp-help>\n"
          "  <help-missing ref=\"index.html\"/>\n");
  for (i = 0; singan_procedures ()[i]; i++)
    {
      const SinganProcedure *procedure = singan_procedures ()[i];
      g_autofree gchar      *title = menu_title (procedure);

      printf ("  <help-item id=\"" PROCEDURE_PREFIX
              "%s\" ref=\"%s.html\" title=\"",
              procedure->verb, procedure->verb);
      print_escaped (title);
      printf ("\"/>\n");
    }
  printf ("</gimp-help>\n");
}

static void
print_labels (void)
{
  gint p;
  gint i;

  for (p = 0; singan_procedures ()[p]; p++)
    {
      const SinganProcedure *procedure = singan_procedures ()[p];

      for (i = 0; i < procedure->n_arguments; i++)
        if (! procedure->arguments[i].is_command_line_only)
          printf ("%s\t%s\t%s\n", procedure->verb, procedure->arguments[i].name,
                  procedure->arguments[i].label);
    }
}

gint
main (gint argc, gchar **argv)
{
  setlocale (LC_CTYPE, "C.UTF-8");

  if (argc == 2 && strcmp (argv[1], "man") == 0)
    print_man ();
  else if (argc == 2 && strcmp (argv[1], "index") == 0)
    print_index ();
  else if (argc == 2 && strcmp (argv[1], "map") == 0)
    print_map ();
  else if (argc == 2 && strcmp (argv[1], "labels") == 0)
    print_labels ();
  else if (argc == 4 && strcmp (argv[1], "page") == 0)
    return print_page (argv[2], argv[3]);
  else
    {
      fprintf (stderr, "usage: singan-pages man | index | map | labels | "
                       "page VERB FRAGMENT\n");
      return 2;
    }

  return 0;
}
