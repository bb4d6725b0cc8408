/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The plug-in for GIMP 2.10: hands the table of procedures to GIMP, and GIMP's
 * calls to the procedures.
 */

#include "config.h"

#include <locale.h>
#include <string.h>

#include <gegl.h>
#include <libgimp/gimp.h>
#include <libgimp/gimpui.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/parallel.h"
#include "plugin/hosts/gimp/gimp.h"
#include "plugin/hosts/gimp/files.h"
#include "plugin/hosts/gimp2/dialog.h"

/* Run mode, image and drawable come before a procedure's own arguments. */
#define N_COMMON_PARAMETERS 3

/* Status and, at most, an image and a layer. */
#define N_RETURN_VALUES_MAXIMUM 3

static const gchar *
get_locale_folder (void)
{
  const gchar *folder = g_getenv ("SINGAN_LOCALEDIR");

  return folder ? folder : LOCALEDIR;
}

/* For scripts: the help, and what the numbers of a choice mean. */
static gchar *
describe (const SinganArgument *argument)
{
  GString *text = g_string_new (argument->help);
  gint     i;

  if (argument->type == SINGAN_ARGUMENT_CHOICE)
    {
      g_string_append (text, " {");
      for (i = 0; i <= argument->maximum; i++)
        g_string_append_printf (text, "%s %s (%d)", i > 0 ? "," : "",
                                argument->choices[i].name, i);
      g_string_append (text, " }");
    }
  else if (argument->type != SINGAN_ARGUMENT_LAYER)
    g_string_append_printf (text, " (%.12g <= %s <= %.12g)", argument->minimum,
                            argument->name, argument->maximum);

  return g_string_free (text, FALSE);
}

static GimpPDBArgType
parameter_type (const SinganArgument *argument)
{
  switch (argument->type)
    {
    case SINGAN_ARGUMENT_NUMBER:
      return GIMP_PDB_FLOAT;
    case SINGAN_ARGUMENT_LAYER:
      return GIMP_PDB_DRAWABLE;
    default:
      return GIMP_PDB_INT32;
    }
}

static void
install (const SinganProcedure *procedure)
{
  static const GimpParamDef model_values[] = {
    { GIMP_PDB_STRING, (gchar *) "model", (gchar *) "Path of the model file" },
  };
  static const GimpParamDef layer_values[] = {
    { GIMP_PDB_IMAGE, (gchar *) "result-image",
      (gchar *) "The image with the results" },
    { GIMP_PDB_LAYER, (gchar *) "group",
      (gchar *) "The layer group of the results" },
  };
  const gboolean gives_model = procedure->result == SINGAN_RESULT_MODEL;
  const gint     n_return_values
      = procedure->result == SINGAN_RESULT_LAYERS ? 2 : 1;
  g_autofree gchar *icon = singan_gimp_find_file (SINGAN_GIMP_ICON_FILE);
  g_autofree gchar *name
      = g_strconcat (SINGAN_GIMP_NAME_PREFIX, procedure->verb, NULL);
  GimpParamDef parameters[N_COMMON_PARAMETERS + SINGAN_ARGUMENTS_MAXIMUM]
      = { { GIMP_PDB_INT32, (gchar *) "run-mode",
            (gchar *) "The run mode { RUN-INTERACTIVE (0), "
                      "RUN-NONINTERACTIVE (1), RUN-WITH-LAST-VALS (2) }" },
          { GIMP_PDB_IMAGE, (gchar *) "image", (gchar *) "The image" },
          { GIMP_PDB_DRAWABLE, (gchar *) "drawable", (gchar *) "The layer" } };
  gint n_parameters = N_COMMON_PARAMETERS;
  gint i;

  for (i = 0; i < procedure->n_arguments; i++)
    {
      const SinganArgument *argument = &procedure->arguments[i];
      GimpParamDef         *parameter = &parameters[n_parameters];

      if (argument->is_command_line_only)
        continue;
      parameter->type = parameter_type (argument);
      parameter->name = (gchar *) argument->name;
      parameter->description = describe (argument);
      n_parameters++;
    }

  gimp_install_procedure (
      name, procedure->blurb, procedure->help, SINGAN_GIMP_AUTHORS,
      SINGAN_GIMP_AUTHORS, SINGAN_GIMP_YEAR, procedure->menu_label,
      SINGAN_GIMP_IMAGE_TYPES, GIMP_PLUGIN, n_parameters, n_return_values,
      parameters, gives_model ? model_values : layer_values);
  gimp_plugin_menu_register (name, SINGAN_GIMP_MENU_PATH);
  if (icon)
    gimp_plugin_icon_register (name, GIMP_ICON_TYPE_IMAGE_FILE,
                               (const guint8 *) icon);

  for (i = N_COMMON_PARAMETERS; i < n_parameters; i++)
    g_free (parameters[i].description);
}

static void
install_about (void)
{
  static const GimpParamDef parameters[] = {
    { GIMP_PDB_INT32, (gchar *) "run-mode",
      (gchar *) "The run mode { RUN-INTERACTIVE (0) }" },
  };

  gimp_install_procedure (SINGAN_GIMP_ABOUT_NAME, SINGAN_GIMP_ABOUT_BLURB,
                          SINGAN_GIMP_ABOUT_BLURB, SINGAN_GIMP_AUTHORS,
                          SINGAN_GIMP_AUTHORS, SINGAN_GIMP_YEAR,
                          SINGAN_GIMP_ABOUT_LABEL, NULL, GIMP_PLUGIN,
                          G_N_ELEMENTS (parameters), 0, parameters, NULL);
  gimp_plugin_menu_register (SINGAN_GIMP_ABOUT_NAME, SINGAN_GIMP_MENU_PATH);
}

static void
query (void)
{
  const SinganProcedure *const *procedures = singan_procedures ();
  g_autofree gchar *help = singan_gimp_find_file (SINGAN_GIMP_HELP_FOLDER);
  gint              i;

  if (help)
    {
      g_autofree gchar *uri = g_filename_to_uri (help, NULL, NULL);

      gimp_plugin_help_register (GETTEXT_PACKAGE, uri);
    }
  gimp_plugin_domain_register (GETTEXT_PACKAGE, get_locale_folder ());
  install_about ();
  for (i = 0; procedures[i]; i++)
    install (procedures[i]);
}

static gboolean
read_parameters (SinganJob       *job,
                 gint             n_parameters,
                 const GimpParam *parameters,
                 GError         **error)
{
  gint next = N_COMMON_PARAMETERS;
  gint i;

  for (i = 0; i < job->procedure->n_arguments; i++)
    {
      const SinganArgument *argument = &job->procedure->arguments[i];

      if (argument->is_command_line_only)
        continue;
      if (next < n_parameters)
        job->values[i] = argument->type == SINGAN_ARGUMENT_NUMBER
                             ? parameters[next].data.d_float
                         : argument->type == SINGAN_ARGUMENT_LAYER
                             ? parameters[next].data.d_drawable
                             : parameters[next].data.d_int32;
      next++;
    }
  if (next == n_parameters)
    return TRUE;

  g_set_error (error, SINGAN_ERROR, SINGAN_ERROR_SETTINGS,
               g_dngettext (GETTEXT_PACKAGE,
                            "%d argument was given; this procedure takes %d.",
                            "%d arguments were given; this procedure takes "
                            "%d.",
                            n_parameters),
               n_parameters, next);
  return FALSE;
}

/* The values of the last run; without one, the defaults stay. */
static void
recall_values (SinganJob *job, const gchar *name)
{
  SinganJob remembered = *job;

  if (gimp_get_data_size (name) != (gint) sizeof job->values
      || ! gimp_get_data (name, remembered.values)
      || ! singan_job_validate (&remembered, NULL))
    return;
  memcpy (job->values, remembered.values, sizeof job->values);
}

/* A script may repeat a filter with its last values where there is no display
 * for a window. */
static void
prepare_window (SinganHost *host, GimpRunMode run_mode, const gchar *name)
{
  host->is_awaited = run_mode == GIMP_RUN_INTERACTIVE;
  host->is_watched
      = run_mode == GIMP_RUN_INTERACTIVE
        || (run_mode == GIMP_RUN_WITH_LAST_VALS && gimp_default_display () > 0);
  if (host->is_watched)
    gimp_ui_init (name, FALSE);
}

static GimpPDBStatusType
perform (SinganJob       *job,
         const gchar     *name,
         gint             n_parameters,
         const GimpParam *parameters,
         GError         **error)
{
  const GimpRunMode run_mode = (GimpRunMode) parameters[0].data.d_int32;
  GimpPDBStatusType status;

  if (run_mode == GIMP_RUN_NONINTERACTIVE)
    {
      if (! read_parameters (job, n_parameters, parameters, error))
        return GIMP_PDB_CALLING_ERROR;
    }
  else
    recall_values (job, name);
  if (! singan_job_validate (job, error))
    return GIMP_PDB_CALLING_ERROR;

  if (! singan_host_init (job->host, parameters[1].data.d_image,
                          parameters[2].data.d_drawable,
                          run_mode != GIMP_RUN_NONINTERACTIVE, error))
    return GIMP_PDB_EXECUTION_ERROR;
  if (run_mode != GIMP_RUN_NONINTERACTIVE
      && ! singan_host_suggest_base (job, error))
    status = GIMP_PDB_EXECUTION_ERROR;
  else if (run_mode == GIMP_RUN_INTERACTIVE && ! singan_dialog_run (job, name))
    status = GIMP_PDB_CANCEL;
  else if (! singan_host_take_base (job, error))
    status = GIMP_PDB_EXECUTION_ERROR;
  else
    {
      /* What a script wants is not what a person wants next time. */
      if (run_mode == GIMP_RUN_INTERACTIVE)
        gimp_set_data (name, job->values, sizeof job->values);
      prepare_window (job->host, run_mode, name);
      status = singan_host_work (job, error);
    }
  singan_host_clear (job->host);

  return status;
}

/* Fills the values that a procedure returns; gives their number. */
static gint
set_return_values (GimpParam        *values,
                   const SinganJob  *job,
                   GimpPDBStatusType status,
                   const GError     *error)
{
  values[0].type = GIMP_PDB_STATUS;
  values[0].data.d_status = status;
  if (status != GIMP_PDB_SUCCESS)
    {
      if (! error)
        return 1;
      values[1].type = GIMP_PDB_STRING;
      values[1].data.d_string = g_strdup (error->message);
      return 2;
    }
  if (job->procedure->result == SINGAN_RESULT_MODEL)
    {
      values[1].type = GIMP_PDB_STRING;
      values[1].data.d_string = g_strdup (job->model_path);
      return 2;
    }
  values[1].type = GIMP_PDB_IMAGE;
  values[1].data.d_image = job->host->result_image;
  if (job->procedure->result == SINGAN_RESULT_IMAGE)
    return 2;
  values[2].type = GIMP_PDB_LAYER;
  values[2].data.d_layer = job->host->result_group;

  return N_RETURN_VALUES_MAXIMUM;
}

static void
run (const gchar     *name,
     gint             n_parameters,
     const GimpParam *parameters,
     gint            *n_return_values,
     GimpParam      **return_values)
{
  /* GIMP reads these after the function has returned. */
  static GimpParam  values[N_RETURN_VALUES_MAXIMUM];
  SinganHost        host = { 0 };
  SinganJob         job;
  GimpPDBStatusType status;
  g_autoptr (GError) error = NULL;

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, get_locale_folder ());
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  gegl_init (NULL, NULL);

  if (strcmp (name, SINGAN_GIMP_ABOUT_NAME) == 0)
    {
      values[0].type = GIMP_PDB_STATUS;
      values[0].data.d_status = gimp_help (GETTEXT_PACKAGE, name)
                                    ? GIMP_PDB_SUCCESS
                                    : GIMP_PDB_EXECUTION_ERROR;
      *n_return_values = 1;
      *return_values = values;
      return;
    }

  singan_job_init (
      &job, singan_procedure_find (name + strlen (SINGAN_GIMP_NAME_PREFIX)));
  job.host = &host;
  status = perform (&job, name, n_parameters, parameters, &error);
  *n_return_values = set_return_values (values, &job, status, error);
  *return_values = values;
  singan_job_clear (&job);
}

const GimpPlugInInfo PLUG_IN_INFO = {
  NULL,
  NULL,
  query,
  run,
};

gint
main (gint argc, gchar **argv)
{
  singan_parallel_begin (argv);
  singan_gimp_files_init (argv[0]);

  return gimp_main (&PLUG_IN_INFO, argc, argv);
}
