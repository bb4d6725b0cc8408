/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "plugin/procedures/preview.h"

gboolean
singan_job_preview (SinganJob *job, SinganPreview *preview, GError **error)
{
  gboolean success;

  g_return_val_if_fail (job->procedure->has_preview, FALSE);

  job->preview = preview;
  success = job->procedure->run (job, error);
  job->preview = NULL;

  return success;
}
