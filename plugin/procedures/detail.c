/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "plugin/procedures/detail.h"

#include "core/base/i18n.h"
#include "plugin/procedures/progress.h"

/* Root of the mean squared difference, on [-1, 1], of what is still a copy:
 * half of one of 255 levels. */
#define COPY_DIFFERENCE (0.5 * 2 / 255)

const SinganChoice singan_detail_choices[2] = {
  [SINGAN_DETAIL_CHOICE_PHOTOGRAPH] = { "photograph", N_ ("The photograph's") },
  [SINGAN_DETAIL_CHOICE_MODEL] = { "model", N_ ("The model's") },
};

typedef struct
{
  SinganJob              *job;
  const SinganDetailTask *task;
} Progress;

static void
show_progress (gdouble fraction, gpointer data)
{
  const Progress         *progress = data;
  const SinganDetailTask *task = progress->task;

  if (task->text)
    singan_job_show_work (progress->job, task->text,
                          task->first + fraction * task->share);
}

/* 1 where the weights are above 0. */
static SinganTensor *
find_made (const SinganTensor *weights, GError **error)
{
  SinganTensor *made = singan_tensor_copy (weights, error);

  if (made)
    singan_region_threshold (made, 0);

  return made;
}

SinganTensor *
singan_job_make_detail (SinganJob              *job,
                        const SinganDetailTask *task,
                        const SinganTensor     *drawn,
                        gint                    height,
                        gint                    width,
                        GError                **error)
{
  Progress            progress = { job, task };
  SinganDetailOptions options = { .seed = task->seed,
                                  .matches_colours = task->matches_colours,
                                  .keeps_places = task->keeps_places,
                                  .completeness = task->completeness,
                                  .kept = task->kept,
                                  .progress = show_progress,
                                  .data = &progress };
  g_autoptr (SinganTensor) made = NULL;

  if (task->weights)
    {
      made = find_made (task->weights, error);
      if (! made)
        return NULL;
      options.made = made;
    }

  return singan_detail (drawn, task->reconstruction, task->photograph, height,
                        width, &options, job->cancellable, error);
}

gboolean
singan_job_is_copy (const SinganTensor *result, const SinganTensor *picture)
{
  return result->height == picture->height && result->width == picture->width
         && singan_tensor_mean_squared_difference (result, picture)
                < COPY_DIFFERENCE * COPY_DIFFERENCE;
}
