/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "plugin/hosts/gimp3/arguments.h"

#include "core/base/i18n.h"

static GimpChoice *
make_choice (const SinganArgument *argument)
{
  GimpChoice *choice = gimp_choice_new ();
  gint        i;

  for (i = 0; i <= argument->maximum; i++)
    gimp_choice_add (choice, argument->choices[i].name, i,
                     _ (argument->choices[i].label), NULL);

  return choice;
}

void
singan_argument_add (GimpProcedure *procedure, const SinganArgument *argument)
{
  const gchar *name = argument->name;
  const gchar *label = _ (argument->label);
  const gchar *help = _ (argument->help);
  const gint   default_value = (gint) argument->default_value;

  switch (argument->type)
    {
    case SINGAN_ARGUMENT_INTEGER:
      gimp_procedure_add_int_argument (
          procedure, name, label, help, (gint) argument->minimum,
          (gint) argument->maximum, default_value, G_PARAM_READWRITE);
      break;
    case SINGAN_ARGUMENT_NUMBER:
      gimp_procedure_add_double_argument (
          procedure, name, label, help, argument->minimum, argument->maximum,
          argument->default_value, G_PARAM_READWRITE);
      break;
    case SINGAN_ARGUMENT_BOOLEAN:
      gimp_procedure_add_boolean_argument (procedure, name, label, help,
                                           default_value, G_PARAM_READWRITE);
      break;
    case SINGAN_ARGUMENT_CHOICE:
      gimp_procedure_add_choice_argument (
          procedure, name, label, help, make_choice (argument),
          argument->choices[default_value].name, G_PARAM_READWRITE);
      break;
    case SINGAN_ARGUMENT_LAYER:
      gimp_procedure_add_drawable_argument (procedure, name, label, help, TRUE,
                                            G_PARAM_READWRITE);
      break;
    case SINGAN_ARGUMENT_PICTURE:
    case SINGAN_ARGUMENT_MASK:
      /* The layer that the filter is called on, and the selection. */
      break;
    }
}

static gdouble
read_layer (GimpProcedureConfig *config, const SinganArgument *argument)
{
  g_autoptr (GimpItem) layer = NULL;

  g_object_get (config, argument->name, &layer, NULL);

  return layer ? gimp_item_get_id (layer) : SINGAN_LAYER_NONE;
}

gboolean
singan_arguments_read (GimpProcedureConfig *config,
                       SinganJob           *job,
                       GError             **error)
{
  gint i;

  for (i = 0; i < job->procedure->n_arguments; i++)
    {
      const SinganArgument *argument = &job->procedure->arguments[i];
      gint                  whole;

      if (argument->is_command_line_only)
        continue;
      switch (argument->type)
        {
        case SINGAN_ARGUMENT_NUMBER:
          g_object_get (config, argument->name, &job->values[i], NULL);
          break;
        case SINGAN_ARGUMENT_LAYER:
          job->values[i] = read_layer (config, argument);
          break;
        case SINGAN_ARGUMENT_CHOICE:
          job->values[i]
              = gimp_procedure_config_get_choice_id (config, argument->name);
          break;
        default:
          g_object_get (config, argument->name, &whole, NULL);
          job->values[i] = whole;
        }
    }

  return singan_job_validate (job, error);
}
