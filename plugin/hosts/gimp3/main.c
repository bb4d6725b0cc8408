/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The plug-in for GIMP 3: hands the table of procedures to GIMP, and GIMP's
 * calls to the procedures.
 */

#include "config.h"

#include <string.h>

#include <gegl.h>
#include <libgimp/gimp.h>
#include <libgimp/gimpui.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/parallel.h"
#include "plugin/hosts/gimp/files.h"
#include "plugin/hosts/gimp/gimp.h"
#include "plugin/hosts/gimp3/arguments.h"
#include "plugin/hosts/gimp3/dialog.h"

/* Below the plug-in's own folder. */
#define LOCALE_FOLDER "locale"

/* Places of the return values, after the status. */
#define VALUE_MODEL 1
#define VALUE_IMAGE 1
#define VALUE_GROUP 2

#define SINGAN_TYPE_PLUG_IN (singan_plug_in_get_type ())
G_DECLARE_FINAL_TYPE (SinganPlugIn, singan_plug_in, SINGAN, PLUG_IN, GimpPlugIn)

struct _SinganPlugIn
{
  GimpPlugIn parent_instance;
};

G_DEFINE_FINAL_TYPE (SinganPlugIn, singan_plug_in, GIMP_TYPE_PLUG_IN)

static void
add_return_values (GimpProcedure *procedure, SinganResultKind result)
{
  if (result == SINGAN_RESULT_MODEL)
    {
      gimp_procedure_add_file_return_value (
          procedure, "model", "Model", "The model file", G_PARAM_READWRITE);
      return;
    }
  gimp_procedure_add_image_return_value (
      procedure, "result-image", "Result image", "The image with the results",
      FALSE, G_PARAM_READWRITE);
  if (result == SINGAN_RESULT_LAYERS)
    gimp_procedure_add_layer_return_value (procedure, "group", "Group",
                                           "The layer group of the results",
                                           FALSE, G_PARAM_READWRITE);
}

/* The dialog starts with a layer that will do. */
static gboolean
suggest_base (SinganJob *job, GimpProcedureConfig *config, GError **error)
{
  gint i;

  if (! singan_host_suggest_base (job, error))
    return FALSE;
  for (i = 0; i < job->procedure->n_arguments; i++)
    if (job->procedure->arguments[i].type == SINGAN_ARGUMENT_LAYER)
      g_object_set (config, job->procedure->arguments[i].name,
                    gimp_item_get_by_id ((gint) job->values[i]), NULL);

  return TRUE;
}

static GimpPDBStatusType
perform (SinganJob           *job,
         GimpProcedure       *procedure,
         GimpRunMode          run_mode,
         GimpProcedureConfig *config,
         GError             **error)
{
  if (! singan_arguments_read (config, job, error))
    return GIMP_PDB_CALLING_ERROR;
  if (run_mode != GIMP_RUN_NONINTERACTIVE
      && ! suggest_base (job, config, error))
    return GIMP_PDB_EXECUTION_ERROR;
  if (run_mode == GIMP_RUN_INTERACTIVE)
    {
      if (! singan_dialog_run (procedure, config, job))
        return GIMP_PDB_CANCEL;
      if (! singan_arguments_read (config, job, error))
        return GIMP_PDB_CALLING_ERROR;
    }
  if (! singan_host_take_base (job, error))
    return GIMP_PDB_EXECUTION_ERROR;

  job->host->is_awaited = run_mode == GIMP_RUN_INTERACTIVE;
  job->host->is_watched
      = run_mode == GIMP_RUN_INTERACTIVE
        || (run_mode == GIMP_RUN_WITH_LAST_VALS && gimp_default_display ());
  if (job->host->is_watched)
    gimp_ui_init (GETTEXT_PACKAGE);

  return singan_host_work (job, error);
}

static void
set_return_values (GimpValueArray *values, const SinganJob *job)
{
  if (job->procedure->result == SINGAN_RESULT_MODEL)
    {
      g_value_take_object (gimp_value_array_index (values, VALUE_MODEL),
                           g_file_new_for_path (job->model_path));
      return;
    }
  GIMP_VALUES_SET_IMAGE (values, VALUE_IMAGE, job->host->result_image);
  if (job->procedure->result == SINGAN_RESULT_LAYERS)
    GIMP_VALUES_SET_LAYER (values, VALUE_GROUP, job->host->result_group);
}

static GimpValueArray *
run (GimpProcedure       *procedure,
     GimpRunMode          run_mode,
     GimpImage           *image,
     GimpDrawable       **drawables,
     GimpProcedureConfig *config,
     gpointer             row)
{
  SinganHost        host = { 0 };
  SinganJob         job;
  GimpPDBStatusType status = GIMP_PDB_EXECUTION_ERROR;
  GimpValueArray   *values;
  GError           *error = NULL;

  gegl_init (NULL, NULL);
  singan_job_init (&job, row);
  job.host = &host;
  if (! drawables[0] || drawables[1])
    g_set_error_literal (&error, SINGAN_ERROR, SINGAN_ERROR_IMAGE,
                         _ ("This filter works on one layer: select one, and "
                            "no more, in the Layers dialog first."));
  else if (singan_host_init (&host, image, drawables[0],
                             run_mode != GIMP_RUN_NONINTERACTIVE, &error))
    {
      status = perform (&job, procedure, run_mode, config, &error);
      singan_host_clear (&host);
    }

  /* After a success GIMP writes the dialog's values into the image; where that
   * was closed meanwhile, this would end in a message of an error in GIMP. */
  if (run_mode != GIMP_RUN_NONINTERACTIVE && status == GIMP_PDB_SUCCESS
      && ! gimp_image_is_valid (image))
    status = GIMP_PDB_CANCEL;
  values = gimp_procedure_new_return_values (procedure, status, error);
  if (status == GIMP_PDB_SUCCESS)
    set_return_values (values, &job);
  singan_job_clear (&job);

  return values;
}

static GimpValueArray *
run_about (GimpProcedure              *procedure,
           GimpProcedureConfig *config G_GNUC_UNUSED,
           gpointer data               G_GNUC_UNUSED)
{
  return gimp_procedure_new_return_values (
      procedure,
      gimp_help (GETTEXT_PACKAGE, SINGAN_GIMP_ABOUT_NAME)
          ? GIMP_PDB_SUCCESS
          : GIMP_PDB_EXECUTION_ERROR,
      NULL);
}

static GimpProcedure *
create_about (GimpPlugIn *plug_in)
{
  GimpProcedure *procedure
      = gimp_procedure_new (plug_in, SINGAN_GIMP_ABOUT_NAME,
                            GIMP_PDB_PROC_TYPE_PLUGIN, run_about, NULL, NULL);

  /* Without it GIMP takes no procedure into this menu. */
  gimp_procedure_add_enum_argument (procedure, "run-mode", "Run mode",
                                    "The run mode", GIMP_TYPE_RUN_MODE,
                                    GIMP_RUN_INTERACTIVE, G_PARAM_READWRITE);
  gimp_procedure_set_menu_label (procedure, _ (SINGAN_GIMP_ABOUT_LABEL));
  gimp_procedure_add_menu_path (procedure, SINGAN_GIMP_MENU_PATH);
  gimp_procedure_set_documentation (procedure, _ (SINGAN_GIMP_ABOUT_BLURB),
                                    _ (SINGAN_GIMP_ABOUT_BLURB),
                                    SINGAN_GIMP_ABOUT_NAME);
  gimp_procedure_set_attribution (procedure, SINGAN_GIMP_AUTHORS,
                                  SINGAN_GIMP_AUTHORS, SINGAN_GIMP_YEAR);

  return procedure;
}

static GList *
query_procedures (GimpPlugIn *plug_in)
{
  const SinganProcedure *const *procedures = singan_procedures ();
  g_autofree gchar *help = singan_gimp_find_file (SINGAN_GIMP_HELP_FOLDER);
  GList            *names = NULL;
  gint              i;

  if (help)
    {
      g_autoptr (GFile) folder = g_file_new_for_path (help);

      gimp_plug_in_set_help_domain (plug_in, GETTEXT_PACKAGE, folder);
    }
  for (i = 0; procedures[i]; i++)
    names = g_list_append (names, g_strconcat (SINGAN_GIMP_NAME_PREFIX,
                                               procedures[i]->verb, NULL));
  names = g_list_append (names, g_strdup (SINGAN_GIMP_ABOUT_NAME));

  return names;
}

static GimpProcedure *
create_procedure (GimpPlugIn *plug_in, const gchar *name)
{
  const SinganProcedure *row
      = singan_procedure_find (name + strlen (SINGAN_GIMP_NAME_PREFIX));
  GimpProcedure    *procedure;
  g_autofree gchar *icon = singan_gimp_find_file (SINGAN_GIMP_ICON_FILE);
  gint              i;

  if (! row)
    return create_about (plug_in);
  procedure = gimp_image_procedure_new (
      plug_in, name, GIMP_PDB_PROC_TYPE_PLUGIN, run, (gpointer) row, NULL);
  gimp_procedure_set_image_types (procedure, SINGAN_GIMP_IMAGE_TYPES);
  gimp_procedure_set_sensitivity_mask (procedure,
                                       GIMP_PROCEDURE_SENSITIVE_DRAWABLE);
  gimp_procedure_set_menu_label (procedure, _ (row->menu_label));
  gimp_procedure_add_menu_path (procedure, SINGAN_GIMP_MENU_PATH);
  if (icon)
    {
      g_autoptr (GFile) file = g_file_new_for_path (icon);

      gimp_procedure_set_icon_file (procedure, file);
    }
  gimp_procedure_set_documentation (procedure, _ (row->blurb), _ (row->help),
                                    name);
  gimp_procedure_set_attribution (procedure, SINGAN_GIMP_AUTHORS,
                                  SINGAN_GIMP_AUTHORS, SINGAN_GIMP_YEAR);
  for (i = 0; i < row->n_arguments; i++)
    if (! row->arguments[i].is_command_line_only)
      singan_argument_add (procedure, &row->arguments[i]);
  add_return_values (procedure, row->result);

  return procedure;
}

static gboolean
set_i18n (GimpPlugIn *plug_in         G_GNUC_UNUSED,
          const gchar *procedure_name G_GNUC_UNUSED,
          gchar                     **gettext_domain,
          gchar                     **catalog_dir)
{
  *gettext_domain = g_strdup (GETTEXT_PACKAGE);
  *catalog_dir = g_strdup (LOCALE_FOLDER);

  return TRUE;
}

static void
singan_plug_in_class_init (SinganPlugInClass *klass)
{
  GimpPlugInClass *plug_in_class = GIMP_PLUG_IN_CLASS (klass);

  plug_in_class->query_procedures = query_procedures;
  plug_in_class->create_procedure = create_procedure;
  plug_in_class->set_i18n = set_i18n;
}

static void
singan_plug_in_init (SinganPlugIn *plug_in G_GNUC_UNUSED)
{
}

gint
main (gint argc, gchar **argv)
{
  singan_parallel_begin (argv);
  singan_gimp_files_init (argv[0]);

  return gimp_main (SINGAN_TYPE_PLUG_IN, argc, argv);
}
