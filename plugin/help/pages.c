/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Runs while the project is built: writes the manual page, bash's completion
 * and the help pages, whose lists of arguments come from the table of
 * procedures, to stdout.
 *
 *   singan-pages man
 *   singan-pages completion
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

/* Name may have a short one before it: "q, quiet". */
static void
print_option (const gchar *name, const gchar *value, const gchar *help)
{
  printf (".TP\n\\fB");
  if (name[1] == ',')
    {
      printf ("\\-%c\\fR, \\fB", name[0]);
      name += 3;
    }
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
  printf ("\\fR \\fIPICTURE\\fR...\n");
  print_roff (procedure->command_help);
  printf ("\n");
  for (i = 0; i < procedure->n_arguments; i++)
    {
      const SinganArgument *argument = &procedure->arguments[i];
      g_autofree gchar     *values = describe_values (argument);

      /* The layer that the model learns is the picture itself. */
      if (argument->type == SINGAN_ARGUMENT_LAYER)
        continue;
      print_option (argument->name,
                    singan_argument_is_file (argument)          ? "FILE"
                    : argument->type == SINGAN_ARGUMENT_BOOLEAN ? NULL
                                                                : "VALUE",
                    singan_argument_command_help (argument));
      if (singan_argument_is_file (argument)
          || argument->type == SINGAN_ARGUMENT_BOOLEAN)
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
      ".I VERB PICTURE\\fR...\n"
      ".RI [ OPTION ...]\n"
      ".br\n"
      ".B singan info\n"
      ".RB [ \\-\\-json ]\n"
      ".IR MODEL ...\\ |\n"
      ".B \\-\\-cpu\n"
      ".br\n"
      ".B singan models\n"
      ".RB [ \\-\\-remove\\-outdated ]\n"
      ".RI [ PICTURE | FOLDER ...]\n"
      ".SH DESCRIPTION\n"
      "Trains SinGAN, a pyramid of small generative networks, on a single\n"
      "picture, and makes new pictures with it. A verb that needs a model\n"
      "trains it first if there is none. Models are kept in the folder\n"
      ".IR PICTURE .singan\n"
      "beside the picture, or in\n"
      ".I ~/.local/share/singan\n"
      "where that cannot be written to. Several pictures are worked on one\n"
      "after the other; one that fails does not keep the next from its turn.\n"
      "The paths of results go to standard output, one a line; progress and\n"
      "messages to standard error. Each result is written as soon as it is\n"
      "made.\n"
      ".SH FILES\n"
      "Reads PNG, JPEG, TIFF, WebP, HEIF, JPEG XL and GIF, upright and of\n"
      "several pages or frames the first; inks become sRGB. Writes PNG, JPEG,\n"
      "TIFF and WebP with the profile, the resolution and the Exif of the\n"
      "picture (in TIFF of the Exif the description only), in 16 bits, where\n"
      "the picture has more than 8 and the format can hold them. The name\n"
      ".B \\-\n"
      "is standard input, or standard output, for one picture.\n"
      ".PP\n"
      "No file is replaced that was there before: in a folder a number is\n"
      "added to the result's name, and the name of a file that is there is\n"
      "refused, unless\n"
      ".B \\-\\-overwrite\n"
      "is given. Pictures that the command reads are never replaced.\n"
      ".SH VERBS\n",
      PACKAGE_VERSION);
  for (i = 0; singan_procedures ()[i]; i++)
    print_verb (singan_procedures ()[i]);
  printf (".SS \\fBsingan info\\fR \\fIMODEL\\fR... | \\fB\\-\\-cpu\\fR\n"
          "Shows what model files are, or which kernels run here; with\n"
          ".B \\-\\-json\n"
          "as JSON, the models as an array.\n"
          ".SS \\fBsingan models\\fR [\\fB\\-\\-remove\\-outdated\\fR] "
          "[\\fIPICTURE\\fR|\\fIFOLDER\\fR...]\n"
          "Lists the models and checkpoints of these pictures and folders, or\n"
          "all that were ever put beside pictures or into the user's folder.\n"
          "With the option it removes those of pictures that have changed "
          "since,\nand checkpoints of trainings that have ended. GIMP's own "
          "images (XCF)\nit cannot read, and it leaves their models.\n"
          ".SH COMMON OPTIONS\n");
  print_option ("model", "FILE",
                "The model to use instead of the picture's own, or, for "
                "train, the one to write.\n");
  print_option ("o, output", "PLACE",
                "Where to write the results: a folder, which exists, ends with "
                "a slash or has no ending; a file, whose name ends with .png, "
                ".jpg, .jpeg, .tif, .tiff or .webp, for a single result; or - "
                "for standard output. The current folder if not given.\n");
  print_option ("overwrite", NULL,
                "Replace files of the results' names; for train, train anew "
                "where there is a finished model.\n");
  print_option ("max-pixels", "N",
                "Refuse pictures that have more pixels than this; 500000000 if "
                "not given.\n");
  print_option ("threads", "N",
                "How many threads compute; one a processor if not given.\n");
  print_option ("q, quiet", NULL, "No progress and no messages.\n");
  print_option ("h, help", NULL, "The verbs, or the options of a verb.\n");
  print_option ("V, version", NULL, "The version, instead of a verb.\n");
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

/* --- Completion --- */

static void
print_verb_completion (const SinganProcedure *procedure)
{
  gint i;

  printf ("    %s)\n      options=\"", procedure->verb);
  for (i = 0; i < procedure->n_arguments; i++)
    if (procedure->arguments[i].type != SINGAN_ARGUMENT_LAYER)
      printf ("--%s ", procedure->arguments[i].name);
  printf ("%s--model --overwrite --max-pixels --threads --quiet --help\"\n",
          procedure->result == SINGAN_RESULT_MODEL ? "" : "--output ");
  printf ("      case $before in\n");
  for (i = 0; i < procedure->n_arguments; i++)
    {
      const SinganArgument *argument = &procedure->arguments[i];
      gint                  c;

      if (argument->type == SINGAN_ARGUMENT_CHOICE)
        {
          printf ("        --%s) words=\"", argument->name);
          for (c = 0; c <= (gint) argument->maximum; c++)
            printf ("%s%s", c > 0 ? " " : "", argument->choices[c].name);
          printf ("\" ;;\n");
        }
      else if (argument->type == SINGAN_ARGUMENT_INTEGER
               || argument->type == SINGAN_ARGUMENT_NUMBER)
        {
          printf ("        --%s) return ;;\n", argument->name);
        }
    }
  printf ("        --threads | --max-pixels) return ;;\n"
          "      esac\n"
          "      ;;\n");
}

/* Verbs, their options, names of choices; where a file may stand, files. */
static void
print_completion (void)
{
  gint i;

  printf ("# bash completion for singan\n"
          "_singan ()\n"
          "{\n"
          "  local word=${COMP_WORDS[COMP_CWORD]} options= words=\n"
          "  local before=${COMP_WORDS[COMP_CWORD - 1]}\n"
          "  COMPREPLY=()\n"
          "  if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
          "    COMPREPLY=($(compgen -W \"");
  for (i = 0; singan_procedures ()[i]; i++)
    printf ("%s ", singan_procedures ()[i]->verb);
  printf ("info models --help --version\" -- \"$word\"))\n"
          "    return\n"
          "  fi\n"
          "  case ${COMP_WORDS[1]} in\n"
          "    info) options=\"--json --cpu --help\" ;;\n"
          "    models) options=\"--remove-outdated --help\" ;;\n");
  for (i = 0; singan_procedures ()[i]; i++)
    print_verb_completion (singan_procedures ()[i]);
  printf ("  esac\n"
          "  [ -z \"$words\" ] && [[ $word = -* ]] && words=$options\n"
          "  if [ -n \"$words\" ]; then\n"
          "    COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
          "  else\n"
          "    compopt -o filenames\n"
          "    mapfile -t COMPREPLY < <(compgen -f -- \"$word\")\n"
          "  fi\n"
          "}\n"
          "complete -F _singan singan\n");
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

      if (argument->is_command_line_only || singan_argument_is_file (argument))
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
  else if (argc == 2 && strcmp (argv[1], "completion") == 0)
    print_completion ();
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
      fprintf (stderr,
               "usage: singan-pages man | completion | index | map | labels | "
               "page VERB FRAGMENT\n");
      return 2;
    }

  return 0;
}
