/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "plugin/procedures/injection.h"

#include <string.h>

#include "core/base/i18n.h"
#include "plugin/hosts/host.h"
#include "plugin/image.h"
#include "plugin/procedures/detail.h"
#include "plugin/procedures/find-model.h"
#include "plugin/procedures/outlook.h"
#include "plugin/procedures/preview.h"
#include "plugin/procedures/progress.h"
#include "plugin/procedures/training.h"

/* What the region takes, and each result beside the networks' work and the
 * photograph's detail, in resizings of it; and a guess at the part of a picture
 * that an edit is. */
#define REGION_RESIZINGS 1
#define RESULT_RESIZINGS 1.5
#define EDITED_SHARE 0.3

/* What all results of a task share. */
typedef struct
{
  SinganTensor    *weights; /* at the original's size; NULL without a region */
  GeglBuffer      *mask;    /* the same, if results have masks */
  SinganTensor    *reconstruction; /* for SINGAN_DETAIL_PHOTOGRAPH */
  SinganDetailTask detail;
} Common;

static void
common_clear (Common *common)
{
  singan_tensor_free (common->weights);
  singan_tensor_free (common->reconstruction);
  g_clear_object (&common->mask);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Common, common_clear)

/* How much of each result is seen over the original. */
static SinganTensor *
find_weights (const SinganInjectionTask *task,
              const SinganModel         *model,
              GError                   **error)
{
  const SinganGeometry *geometry = &singan_model_get_info (model)->geometry;
  const gdouble         model_pixel = (gdouble) task->region->width
                              / geometry->widths[geometry->n_scales - 1];
  const gdouble margin
      = task->margin == SINGAN_MARGIN_AUTOMATIC
            ? singan_blend_find_margin (task->region, model_pixel)
            : task->margin;

  return singan_blend_weights (task->region, margin, error);
}

static gboolean
common_init (Common                    *common,
             SinganJob                 *job,
             const SinganInjectionTask *task,
             const SinganModel         *model,
             GError                   **error)
{
  if (task->region && ! task->is_whole
      && ! (common->weights = find_weights (task, model, error)))
    return FALSE;
  if (task->has_mask && common->weights)
    common->mask = singan_image_write_mask (common->weights);
  if (task->detail != SINGAN_DETAIL_PHOTOGRAPH)
    return TRUE;

  common->reconstruction = singan_reconstruct (model, job->cancellable, error);
  common->detail = (SinganDetailTask){ .photograph = task->original,
                                       .reconstruction = common->reconstruction,
                                       .seed = task->seed };
  if (common->weights)
    {
      common->detail.kept = task->original;
      common->detail.weights = common->weights;
    }
  else
    {
      common->detail.completeness = SINGAN_DETAIL_COMPLETENESS_PAINTED;
    }

  return common->reconstruction != NULL;
}

/* The model's picture at the layer's size. */
static SinganTensor *
enlarge (SinganJob                 *job,
         const SinganInjectionTask *task,
         const Common              *common,
         const SinganTensor        *made,
         GError                   **error)
{
  switch (task->detail)
    {
    case SINGAN_DETAIL_PHOTOGRAPH:
      return singan_job_make_detail (job, &common->detail, made,
                                     task->original->height,
                                     task->original->width, error);
    case SINGAN_DETAIL_OBJECT:
      return singan_enlarge_object (made, task->entering, task->coverage,
                                    error);
    case SINGAN_DETAIL_SEAMLESS:
      return singan_enlarge_without_seam (made, task->entering, task->original,
                                          task->region, error);
    default:
      return singan_resize (made, task->original->height, task->original->width,
                            error);
    }
}

/* The model with that scale trained anew on a palette of its inputs. */
static SinganModel *
retrain (SinganJob                 *job,
         const SinganInjectionTask *task,
         const SinganModel         *model,
         gint                       scale,
         SinganPalette             *palette,
         GError                   **error)
{
  if (! singan_inject_check (scale, singan_model_n_trained (model), error)
      || ! singan_retrain_find_palette (palette, model, task->original, scale,
                                        error))
    return NULL;

  return singan_retrain_scale (model, task->original, scale, palette,
                               job->cancellable, singan_job_show_training, job,
                               error);
}

static void
tell_of_copy (SinganJob *job, gint scale)
{
  g_autofree gchar *text = g_strdup_printf (
      _ ("The result for scale %d is the original: what entered there is gone. "
         "Try a larger start scale, or the model's detail."),
      scale);

  singan_host_message (job->host, text);
}

/* One result: what the pyramid makes of the picture from this scale on. */
static gboolean
add_result (SinganJob                 *job,
            const SinganInjectionTask *task,
            const SinganModel         *model,
            gint                       scale,
            const Common              *common,
            SinganResults             *results,
            GError                   **error)
{
  SinganInjection injection = { task->seed, scale, NULL };
  SinganPalette   palette;
  g_autoptr (SinganModel) retrained = NULL;
  g_autoptr (SinganTensor) made = NULL;
  g_autoptr (SinganTensor) large = NULL;

  if (task->quantizes)
    {
      retrained = retrain (job, task, model, scale, &palette, error);
      if (! retrained)
        return FALSE;
      model = retrained;
      injection.palette = &palette;
    }
  made = singan_inject (model, &injection, task->entering, job->cancellable,
                        error);
  if (! made)
    return FALSE;
  large = enlarge (job, task, common, made, error);
  if (! large)
    return FALSE;
  if (task->detail == SINGAN_DETAIL_PHOTOGRAPH
      && singan_job_is_copy (large, task->original))
    tell_of_copy (job, scale);

  if (common->weights && ! common->mask)
    singan_blend (large, task->original, common->weights);
  singan_results_add_masked (
      results, g_strdup_printf (_ ("Scale %d, seed %u"), scale, task->seed),
      g_strdup_printf ("%s-scale-%d-seed-%u", task->stem, scale, task->seed),
      singan_image_write (large, job->source.buffer),
      common->mask ? g_object_ref (common->mask) : NULL);

  return singan_host_keep_result (job->host, results, error);
}

/* The task at the model's size: what a dialog shows beforehand. */
typedef struct
{
  SinganInjectionTask task;
  SinganTensor       *original;
  SinganTensor       *entering;
  SinganTensor       *region;
  SinganTensor       *coverage;
} SmallTask;

static void
small_task_clear (SmallTask *small)
{
  singan_tensor_free (small->original);
  singan_tensor_free (small->entering);
  singan_tensor_free (small->region);
  singan_tensor_free (small->coverage);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SmallTask, small_task_clear)

static gboolean
small_task_init (SmallTask                 *small,
                 const SinganInjectionTask *task,
                 const SinganModel         *model,
                 GError                   **error)
{
  const SinganGeometry *geometry = &singan_model_get_info (model)->geometry;
  const gint            height = geometry->heights[geometry->n_scales - 1];
  const gint            width = geometry->widths[geometry->n_scales - 1];

  if (! (small->original = singan_resize (task->original, height, width, error))
      || ! (small->entering
            = singan_resize (task->entering, height, width, error))
      || (task->region
          && ! (small->region
                = singan_resize (task->region, height, width, error)))
      || (task->coverage
          && ! (small->coverage
                = singan_resize (task->coverage, height, width, error))))
    return FALSE;

  small->task = *task;
  small->task.original = small->original;
  small->task.entering = small->entering;
  small->task.coverage = small->coverage;
  if (task->margin != SINGAN_MARGIN_AUTOMATIC)
    small->task.margin = task->margin * width / task->original->width;
  if (small->region)
    {
      singan_region_threshold (small->region, 0.5);
      small->task.region = small->region;
    }

  return TRUE;
}

/* From a model that is there, and as it is seen through the mask. */
static gboolean
preview (SinganJob *job, const SinganInjectionTask *task, GError **error)
{
  SinganModel *model = job->preview->model;
  const gint   n_scales = singan_model_n_trained (model);
  g_auto (SmallTask) small = { .task = *task };
  g_auto (Common) common = { 0 };
  gint n;

  if (! small_task_init (&small, task, model, error)
      || ! common_init (&common, job, &small.task, model, error))
    return FALSE;
  for (n = SINGAN_INJECTION_SCALE_MINIMUM; n < n_scales; n++)
    {
      const SinganInjection injection = { task->seed, n, NULL };
      g_autoptr (SinganTensor) made = NULL;
      g_autoptr (SinganTensor) shown = NULL;

      made = singan_inject (model, &injection, task->entering, job->cancellable,
                            error);
      shown = made ? enlarge (job, &small.task, &common, made, error) : NULL;
      if (! shown)
        return FALSE;
      if (common.weights)
        singan_blend (shown, small.original, common.weights);
      job->preview->show (n, g_steal_pointer (&shown), job->preview->data);
    }

  return TRUE;
}

/* Seconds for the scale where a picture enters, if it is trained anew. */
static gdouble
foresee_retraining (const SinganGround *ground, gint scale)
{
  return singan_training_work (ground->geometry, ground->settings, scale)
         / ground->speed->work[scale]
         * singan_geometry_get_iterations (ground->geometry, ground->settings,
                                           scale);
}

void
singan_foresee_injection (const SinganJob    *job,
                          const SinganGround *ground,
                          SinganOutlook      *outlook)
{
  const gint     start = singan_job_get_integer (job, "start-scale");
  const gboolean is_each = start == SINGAN_START_SCALE_EACH;
  const gchar   *detail = singan_job_get_choice (job, "detail");
  const gboolean is_photographs = strcmp (detail, "photograph") == 0;
  const gboolean is_painting
      = singan_procedure_has (job->procedure, "quantize");
  const gboolean quantizes
      = is_painting && singan_job_get_integer (job, "quantize");
  const SinganDetailOptions options
      = { .completeness
          = is_painting ? SINGAN_DETAIL_COMPLETENESS_PAINTED : 0 };
  const gdouble pixels = (gdouble) ground->width * ground->height;
  gint          n;

  outlook->fineness = is_photographs ? SINGAN_FINENESS_PHOTOGRAPH
                      : strcmp (detail, "object") == 0 ? SINGAN_FINENESS_OBJECT
                                                       : SINGAN_FINENESS_MODEL;
  if (! ground->speed)
    return;

  outlook->seconds = singan_ground_handle (ground, pixels, REGION_RESIZINGS);
  for (n = is_each ? SINGAN_INJECTION_SCALE_MINIMUM : start;
       n < (is_each ? ground->n_scales : start + 1); n++)
    {
      outlook->seconds
          += singan_ground_draw (ground, n, 1, 1)
             + singan_ground_handle (ground, pixels, RESULT_RESIZINGS);
      if (is_photographs)
        outlook->seconds += singan_ground_make_detail (
            ground, outlook, &options, is_painting ? 1 : EDITED_SHARE);
      if (quantizes && n < ground->n_scales)
        outlook->seconds += foresee_retraining (ground, n);
    }
}

gboolean
singan_job_injects_once (const SinganJob *job)
{
  return singan_job_get_integer (job, "start-scale") != SINGAN_START_SCALE_EACH;
}

gboolean
singan_job_inject (SinganJob                 *job,
                   const SinganInjectionTask *task,
                   GError                   **error)
{
  const gint start = singan_job_get_integer (job, "start-scale");
  g_autoptr (SinganModel) model = NULL;
  g_autoptr (SinganResults) results = NULL;
  g_auto (Common) common = { 0 };
  gint first;
  gint last;
  gint n;

  if (job->preview)
    return preview (job, task, error);

  model = singan_job_find_or_train (job, task->original, start, error);
  if (! model)
    return FALSE;
  first = start == SINGAN_START_SCALE_EACH ? SINGAN_INJECTION_SCALE_MINIMUM
                                           : start;
  last = start == SINGAN_START_SCALE_EACH
             ? MAX (singan_model_n_trained (model) - 1, first)
             : start;

  results = singan_results_new (task->group_name, task->original->width,
                                task->original->height);
  results->shown = (last - first) / 2;
  if (! common_init (&common, job, task, model, error))
    return FALSE;
  if (common.mask)
    results->backdrop = g_object_ref (job->source.buffer);

  singan_job_begin_work (job);
  for (n = first; n <= last; n++)
    {
      g_autofree gchar *text = g_strdup_printf (
          _ ("Making the result for scale %d of %d"), n, last);

      common.detail.text = text;
      common.detail.first = (gdouble) (n - first) / (last - first + 1);
      common.detail.share = 1.0 / (last - first + 1);
      singan_job_show_work (job, text, common.detail.first);
      if (! add_result (job, task, model, n, &common, results, error))
        return FALSE;
    }

  return singan_host_add_results (job->host, results, error);
}
