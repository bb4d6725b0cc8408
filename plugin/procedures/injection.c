/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "plugin/procedures/injection.h"

#include "core/base/i18n.h"
#include "plugin/hosts/host.h"
#include "plugin/image.h"
#include "plugin/procedures/preview.h"
#include "plugin/procedures/progress.h"
#include "plugin/procedures/training.h"

/* The model's picture at the layer's size. */
static SinganTensor *
enlarge (const SinganInjectionTask *task,
         const SinganTensor        *made,
         GError                   **error)
{
  switch (task->detail)
    {
    case SINGAN_DETAIL_ENTERING:
      return singan_enlarge_with_detail (made, task->entering, error);
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

/* One result: what the pyramid makes of the picture from this scale on. */
static gboolean
add_result (SinganJob                 *job,
            const SinganInjectionTask *task,
            const SinganModel         *model,
            gint                       scale,
            GeglBuffer                *mask,
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
  large = enlarge (task, made, error);
  if (! large)
    return FALSE;

  singan_results_add_masked (
      results, g_strdup_printf (_ ("Scale %d, seed %u"), scale, task->seed),
      g_strdup_printf ("%s-scale-%d-seed-%u", task->stem, scale, task->seed),
      singan_image_write (large, job->source.buffer),
      mask ? g_object_ref (mask) : NULL);

  return TRUE;
}

/* Lays a small picture over the original as the mask will. */
static gboolean
show_through_mask (const SinganInjectionTask *task,
                   SinganTensor              *made,
                   GError                   **error)
{
  g_autoptr (SinganTensor) original
      = singan_resize (task->original, made->height, made->width, error);
  g_autoptr (SinganTensor) region
      = original
            ? singan_resize (task->region, made->height, made->width, error)
            : NULL;
  g_autoptr (SinganTensor) weights = NULL;

  if (! region)
    return FALSE;
  singan_region_threshold (region, 0.5);
  weights = singan_blend_weights (region, made->height, made->width,
                                  task->radius, error);
  if (! weights)
    return FALSE;
  singan_blend (made, original, weights);

  return TRUE;
}

/* The same at the model's own size, from a model that is there, and as it is
 * seen through the mask. */
static gboolean
preview (SinganJob *job, const SinganInjectionTask *task, GError **error)
{
  SinganModel *model = job->preview->model;
  const gint   n_scales = singan_model_n_trained (model);
  gint         n;

  for (n = SINGAN_INJECTION_SCALE_MINIMUM; n < n_scales; n++)
    {
      const SinganInjection injection = { task->seed, n, NULL };
      SinganTensor *made = singan_inject (model, &injection, task->entering,
                                          job->cancellable, error);

      if (! made)
        return FALSE;
      if (task->has_mask && ! show_through_mask (task, made, error))
        {
          singan_tensor_free (made);
          return FALSE;
        }
      job->preview->show (n, made, job->preview->data);
    }

  return TRUE;
}

gboolean
singan_job_inject (SinganJob                 *job,
                   const SinganInjectionTask *task,
                   GError                   **error)
{
  const gint            start = singan_job_get_integer (job, "start-scale");
  const SinganGeometry *geometry;
  g_autoptr (SinganModel) model = NULL;
  g_autoptr (SinganResults) results = NULL;
  g_autoptr (SinganTensor) weights = NULL;
  g_autoptr (GeglBuffer) mask = NULL;
  gint first;
  gint last;
  gint n;

  if (job->preview)
    return preview (job, task, error);

  model = singan_job_find_or_train (job, task->original, start, error);
  if (! model)
    return FALSE;
  geometry = &singan_model_get_info (model)->geometry;
  first = start == SINGAN_START_SCALE_EACH ? SINGAN_INJECTION_SCALE_MINIMUM
                                           : start;
  last = start == SINGAN_START_SCALE_EACH
             ? MAX (singan_model_n_trained (model) - 1, first)
             : start;

  results = singan_results_new (task->group_name, task->original->width,
                                task->original->height);
  results->shown = (last - first) / 2;
  if (task->has_mask)
    {
      weights = singan_blend_weights (
          task->region, geometry->heights[geometry->n_scales - 1],
          geometry->widths[geometry->n_scales - 1], task->radius, error);
      if (! weights)
        return FALSE;
      mask = singan_image_write_mask (weights);
      results->backdrop = g_object_ref (job->source.buffer);
    }

  singan_job_begin_work (job);
  for (n = first; n <= last; n++)
    {
      g_autofree gchar *text = g_strdup_printf (
          _ ("Making the result for scale %d of %d"), n, last);

      singan_job_show_work (job, text,
                            (gdouble) (n - first) / (last - first + 1));
      if (! add_result (job, task, model, n, mask, results, error))
        return FALSE;
    }

  return singan_host_add_results (job->host, results, error);
}
