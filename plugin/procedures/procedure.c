/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "plugin/procedures/procedure.h"

#include <math.h>
#include <string.h>

#include "core/base/i18n.h"
#include "core/singan.h"
#include "plugin/image.h"
#include "plugin/procedures/rows.h"

static const SinganProcedure *const procedures[] = {
  &singan_procedure_train,
  &singan_procedure_random_samples,
  &singan_procedure_super_resolution,
  &singan_procedure_harmonize,
  &singan_procedure_edit,
  &singan_procedure_paint_to_image,
  &singan_procedure_animate,
  NULL,
};

gboolean
singan_argument_is_file (const SinganArgument *argument)
{
  return argument->type == SINGAN_ARGUMENT_PICTURE
         || argument->type == SINGAN_ARGUMENT_MASK;
}

const gchar *
singan_argument_command_help (const SinganArgument *argument)
{
  return argument->command_help ? argument->command_help : argument->help;
}

const SinganProcedure *const *
singan_procedures (void)
{
  return procedures;
}

const SinganProcedure *
singan_procedure_find (const gchar *verb)
{
  gint i;

  for (i = 0; procedures[i]; i++)
    if (strcmp (procedures[i]->verb, verb) == 0)
      return procedures[i];

  return NULL;
}

void
singan_source_copy_texts (SinganSource *copy, const SinganSource *source)
{
  gint i;

  *copy = (SinganSource){ .layer_name = g_strdup (source->layer_name),
                          .image_path = g_strdup (source->image_path),
                          .import_path = g_strdup (source->import_path) };
  for (i = 0; i < SINGAN_N_PURPOSES; i++)
    copy->remembered_models[i] = g_strdup (source->remembered_models[i]);
}

void
singan_source_clear (SinganSource *source)
{
  gint i;

  g_clear_object (&source->buffer);
  g_clear_pointer (&source->layer_name, g_free);
  g_clear_pointer (&source->image_path, g_free);
  g_clear_pointer (&source->import_path, g_free);
  for (i = 0; i < SINGAN_N_PURPOSES; i++)
    g_clear_pointer (&source->remembered_models[i], g_free);
}

void
singan_job_init (SinganJob *job, const SinganProcedure *procedure)
{
  gint i;

  memset (job, 0, sizeof *job);
  job->procedure = procedure;
  for (i = 0; i < procedure->n_arguments; i++)
    job->values[i] = procedure->arguments[i].default_value;
}

void
singan_job_clear (SinganJob *job)
{
  gint i;

  for (i = 0; i < SINGAN_ARGUMENTS_MAXIMUM; i++)
    g_clear_object (&job->pictures[i]);
  singan_source_clear (&job->source);
  g_clear_pointer (&job->model_file, g_free);
  g_clear_pointer (&job->model_path, g_free);
  g_clear_pointer (&job->pixel_hash, g_free);
  g_clear_pointer (&job->conclusion, g_free);
  g_clear_object (&job->cancellable);
  g_clear_object (&job->training_stop);
}

gboolean
singan_job_validate (const SinganJob *job, GError **error)
{
  gint i;

  for (i = 0; i < job->procedure->n_arguments; i++)
    {
      const SinganArgument *argument = &job->procedure->arguments[i];
      const gdouble         value = job->values[i];
      const gboolean        is_whole
          = argument->type == SINGAN_ARGUMENT_NUMBER || value == floor (value);
      const gboolean is_in_gap
          = value > argument->minimum && value < argument->least;

      /* Written so that a NaN fails too. */
      if (is_whole && ! is_in_gap && value >= argument->minimum
          && value <= argument->maximum)
        continue;

      if (is_in_gap)
        {
          g_set_error (error, SINGAN_ERROR, SINGAN_ERROR_SETTINGS,
                       _ ("The value of %s is %.12g; it has to be between "
                          "%.12g and %.12g, or %.12g."),
                       argument->name, value, argument->least,
                       argument->maximum, argument->minimum);
          return FALSE;
        }
      g_set_error (error, SINGAN_ERROR, SINGAN_ERROR_SETTINGS,
                   is_whole
                       ? _ ("The value of %s is %.12g; it has to be between "
                            "%.12g and %.12g.")
                       : _ ("The value of %s is %.12g; it has to be a whole "
                            "number between %.12g and %.12g."),
                   argument->name, value, argument->minimum, argument->maximum);
      return FALSE;
    }

  return TRUE;
}

/* The argument's place, or -1. */
static gint
look_for_argument (const SinganProcedure *procedure, const gchar *name)
{
  gint i;

  for (i = 0; i < procedure->n_arguments; i++)
    if (strcmp (procedure->arguments[i].name, name) == 0)
      return i;

  return -1;
}

static gint
find_argument (const SinganJob *job, const gchar *name)
{
  const gint i = look_for_argument (job->procedure, name);

  g_assert (i >= 0);

  return i;
}

gboolean
singan_procedure_has (const SinganProcedure *procedure, const gchar *name)
{
  return look_for_argument (procedure, name) >= 0;
}

gdouble
singan_job_get (const SinganJob *job, const gchar *name)
{
  return job->values[find_argument (job, name)];
}

gint
singan_job_get_integer (const SinganJob *job, const gchar *name)
{
  return (gint) lround (singan_job_get (job, name));
}

const gchar *
singan_job_get_choice (const SinganJob *job, const gchar *name)
{
  const gint i = find_argument (job, name);

  return job->procedure->arguments[i].choices[(gint) job->values[i]].name;
}

GeglBuffer *
singan_job_get_picture (const SinganJob *job, const gchar *name)
{
  return job->pictures[find_argument (job, name)];
}

guint32
singan_job_make_seed (const SinganJob *job)
{
  const gint seed = singan_job_get_integer (job, "seed");

  return seed == SINGAN_SEED_RANDOM ? singan_random_seed () : (guint32) seed;
}

gboolean
singan_job_is_default (const SinganJob *job, const gchar *name)
{
  const gint i = find_argument (job, name);

  return job->values[i] == job->procedure->arguments[i].default_value;
}

/* A result need not have a mask. */
static void
unref_mask (gpointer mask)
{
  if (mask)
    g_object_unref (mask);
}

SinganResults *
singan_results_new (const gchar *group_name, gint width, gint height)
{
  SinganResults *results = g_new0 (SinganResults, 1);

  results->group_name = g_strdup (group_name);
  results->width = width;
  results->height = height;
  results->names = g_ptr_array_new_with_free_func (g_free);
  results->stems = g_ptr_array_new_with_free_func (g_free);
  results->buffers = g_ptr_array_new_with_free_func (g_object_unref);
  results->masks = g_ptr_array_new_with_free_func (unref_mask);
  results->shown = SINGAN_SHOWN_ALL;

  return results;
}

void
singan_results_add_masked (SinganResults *results,
                           gchar         *name,
                           gchar         *stem,
                           GeglBuffer    *buffer,
                           GeglBuffer    *mask)
{
  g_ptr_array_add (results->names, name);
  g_ptr_array_add (results->stems, stem);
  g_ptr_array_add (results->buffers, buffer);
  g_ptr_array_add (results->masks, mask);
}

void
singan_results_add (SinganResults *results,
                    gchar         *name,
                    gchar         *stem,
                    GeglBuffer    *buffer)
{
  singan_results_add_masked (results, name, stem, buffer, NULL);
}

GeglBuffer *
singan_results_flatten (const SinganResults *results,
                        guint                index,
                        GError             **error)
{
  GeglBuffer *buffer = g_ptr_array_index (results->buffers, index);
  GeglBuffer *mask = g_ptr_array_index (results->masks, index);
  g_autoptr (SinganTensor) picture = NULL;
  g_autoptr (SinganTensor) original = NULL;
  g_autoptr (SinganTensor) weights = NULL;

  if (! mask)
    return g_object_ref (buffer);

  picture = singan_image_read (buffer, error);
  original = picture ? singan_image_read (results->backdrop, error) : NULL;
  weights = original ? singan_image_read_mask (mask, error) : NULL;
  if (! weights)
    return NULL;
  singan_blend (picture, original, weights);

  return singan_image_write (picture, results->backdrop);
}

void
singan_results_free (SinganResults *results)
{
  g_free (results->group_name);
  g_ptr_array_unref (results->names);
  g_ptr_array_unref (results->stems);
  g_ptr_array_unref (results->buffers);
  g_ptr_array_unref (results->masks);
  g_clear_object (&results->backdrop);
  g_free (results);
}
