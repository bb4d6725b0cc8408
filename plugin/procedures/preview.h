/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Small pictures of what each start scale gives, before a job is done: the
 * job's procedure itself makes them, from a model that is there, at the size
 * that the model works at.  For hosts with dialogs.
 */

#pragma once

#include "core/singan.h"
#include "plugin/procedures/procedure.h"

G_BEGIN_DECLS

/**
 * SinganPreviewFunc:
 * @scale: a start scale
 * @picture: (transfer full): what it gives
 * @data: as given to singan_job_preview ()
 *
 * Called on the thread of singan_job_preview ().
 */
typedef void (*SinganPreviewFunc) (gint          scale,
                                   SinganTensor *picture,
                                   gpointer      data);

/**
 * SinganPreview:
 * @model: what to make pictures with
 * @show: told of each picture
 * @data: for @show
 */
struct _SinganPreview
{
  SinganModel      *model;
  SinganPreviewFunc show;
  gpointer          data;
};

/**
 * singan_job_preview:
 * @job: a job whose procedure has a preview, with source and pictures; its host
 *   is not asked for anything
 * @preview: the model, and where the pictures go
 * @error: as the procedure's run
 *
 * From the coarsest start scale to the finest one that is trained.
 *
 * Returns: FALSE with @error set
 */
gboolean
singan_job_preview (SinganJob *job, SinganPreview *preview, GError **error);

G_END_DECLS
