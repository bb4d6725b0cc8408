/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What happens between GIMP's call and a procedure's own code: finding the
 * layer to be learned, gathering what the job needs, running it.
 */

#include "config.h"

#include "plugin/hosts/gimp/gimp.h"

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "plugin/hosts/gimp/watch.h"

/* The argument that names the layer to be learned, or -1. */
static gint
find_layer_argument (const SinganProcedure *procedure)
{
  gint i;

  for (i = 0; i < procedure->n_arguments; i++)
    if (procedure->arguments[i].type == SINGAN_ARGUMENT_LAYER)
      return i;

  return -1;
}

gboolean
singan_host_suggest_base (SinganJob *job, GError **error)
{
  const gint i = find_layer_argument (job->procedure);

  if (i < 0 || singan_host_may_be_base (job->host, (gint32) job->values[i]))
    return TRUE;

  job->values[i] = singan_host_find_base (job->host);
  if (job->values[i] != SINGAN_LAYER_NONE)
    return TRUE;

  g_set_error (error, SINGAN_ERROR, SINGAN_ERROR_IMAGE,
               _ ("The image has only this layer. This filter needs another "
                  "one in the same image: %s."),
               _ (job->procedure->arguments[i].help));
  return FALSE;
}

gboolean
singan_host_take_base (SinganJob *job, GError **error)
{
  const gint i = find_layer_argument (job->procedure);

  if (! gimp_item_is_valid (GIMP_ITEM (job->host->layer)))
    {
      g_set_error_literal (error, SINGAN_ERROR, SINGAN_ERROR_IMAGE,
                           _ ("The layer is not there any more."));
      return FALSE;
    }
  if (i < 0 || singan_host_may_be_base (job->host, (gint32) job->values[i]))
    {
      const SinganGimpLayer layer
          = i < 0 ? job->host->layer
                  : GIMP_LAYER (
                      singan_gimp_item_from_id ((gint32) job->values[i]));

      singan_host_set_base (job->host, layer);
      return TRUE;
    }

  g_set_error (error, SINGAN_ERROR, SINGAN_ERROR_SETTINGS,
               _ ("The value of %s is %d; it has to be another layer of the "
                  "same image."),
               job->procedure->arguments[i].name, (gint) job->values[i]);
  return FALSE;
}

GimpPDBStatusType
singan_host_work (SinganJob *job, GError **error)
{
  GError  *reason = NULL;
  gboolean success;

  singan_gimp_take_source (job, job->host);
  if (job->host->is_watched)
    {
      success = singan_gimp_watch (job, &reason);
    }
  else
    {
      success = job->procedure->run (job, &reason);
      gimp_progress_end ();
    }
  if (! success)
    {
      if (g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        {
          g_clear_error (&reason);
          return GIMP_PDB_CANCEL;
        }
      g_propagate_error (error, reason);
      return GIMP_PDB_EXECUTION_ERROR;
    }

  return GIMP_PDB_SUCCESS;
}
