/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What harmonizing, editing and painting share: a picture enters the model of
 * another one, and results come for one start scale or for each.  Only the
 * files of this folder include it.
 */

#pragma once

#include "core/singan.h"
#include "plugin/procedures/procedure.h"

G_BEGIN_DECLS

/**
 * SinganDetail:
 * @SINGAN_DETAIL_PHOTOGRAPH: the original's, wherever it has what the model
 *   drew; beside the region the original itself
 * @SINGAN_DETAIL_NONE: none
 * @SINGAN_DETAIL_OBJECT: all that the picture that enters has; what the model
 *   changes of the object stays within its outline
 * @SINGAN_DETAIL_SEAMLESS: inside the region that of the picture that enters,
 *   outside that of the original, and none at the border
 *
 * Where detail comes from that is too fine for the model.
 */
typedef enum
{
  SINGAN_DETAIL_PHOTOGRAPH,
  SINGAN_DETAIL_NONE,
  SINGAN_DETAIL_OBJECT,
  SINGAN_DETAIL_SEAMLESS
} SinganDetail;

/**
 * SinganInjectionTask:
 * @original: the layer's picture, [h, w, c], which the model learns
 * @entering: what enters the model, of the same shape
 * @region: (nullable): where results differ from the original, [h, w, 1], 0 or
 *   1; needed for SINGAN_DETAIL_SEAMLESS and masks
 * @coverage: (nullable): how much of each pixel is the object's, [h, w, 1];
 *   needed for SINGAN_DETAIL_OBJECT
 * @is_whole: whether all of each result counts in spite of the region
 * @has_mask: whether results get a mask around the region, instead of being
 *   blended
 * @margin: how far results reach beyond the region, pixels of the original;
 *   SINGAN_MARGIN_AUTOMATIC for what suits region and model
 * @detail: what a result has of detail that is too fine for the model
 * @quantizes: whether @entering is reduced to a few colours of the original,
 *   and the scale where it enters trained anew on these
 * @seed: of the noise
 * @group_name: of the results, translated
 * @stem: of their files' names
 */
typedef struct
{
  const SinganTensor *original;
  const SinganTensor *entering;
  const SinganTensor *region;
  const SinganTensor *coverage;
  gboolean            is_whole;
  gboolean            has_mask;
  gdouble             margin;
  SinganDetail        detail;
  gboolean            quantizes;
  guint32             seed;
  const gchar        *group_name;
  const gchar        *stem;
} SinganInjectionTask;

/**
 * singan_job_injects_once:
 * @job: a job with start-scale, whose procedure injects
 *
 * Returns: whether it gives one result, and not one for each scale
 */
gboolean singan_job_injects_once (const SinganJob *job);

/**
 * singan_job_inject:
 * @job: a job with start-scale, whose procedure injects
 * @task: what to do
 * @error: as for singan_job_find_or_train (), singan_inject () and
 *   singan_host_add_results ()
 *
 * Finds or trains the model, makes the results and hands them to the host.
 *
 * Returns: FALSE with @error set and nothing handed over
 */
gboolean singan_job_inject (SinganJob                 *job,
                            const SinganInjectionTask *task,
                            GError                   **error);

G_END_DECLS
