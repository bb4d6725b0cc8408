/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The photograph's own detail for what a model drew, as the procedures give it
 * to their results.  Only the files of this folder include it.
 */

#pragma once

#include "core/singan.h"
#include "plugin/procedures/procedure.h"

G_BEGIN_DECLS

/**
 * SinganDetailChoice:
 * @SINGAN_DETAIL_CHOICE_PHOTOGRAPH: the photograph's own, at its own size
 * @SINGAN_DETAIL_CHOICE_MODEL: what the model draws, enlarged
 *
 * Values of the argument "detail", but for procedures with another default.
 */
typedef enum
{
  SINGAN_DETAIL_CHOICE_PHOTOGRAPH,
  SINGAN_DETAIL_CHOICE_MODEL
} SinganDetailChoice;

/* They, in that order. */
extern const SinganChoice singan_detail_choices[2];

#define SINGAN_DETAIL_ARGUMENT                                                 \
  {                                                                            \
    .name = "detail", .label = N_ ("_Detail"),                                 \
    .help                                                                      \
        = N_ ("Where the finest detail comes from: the photograph, as sharp "  \
              "as it is itself, or the model, which works at a small size "    \
              "and is enlarged"),                                              \
    .type = SINGAN_ARGUMENT_CHOICE, .minimum = 0,                              \
    .maximum = SINGAN_DETAIL_CHOICE_MODEL,                                     \
    .default_value = SINGAN_DETAIL_CHOICE_PHOTOGRAPH,                          \
    .choices = singan_detail_choices                                           \
  }

/**
 * SinganDetailTask:
 * @photograph: the layer's picture, [h, w, c], which the model learnt
 * @reconstruction: what the model makes of it without fresh noise
 * @seed: of the search
 * @matches_colours: whether the layout is new, and the colours' shares with it
 * @completeness: how much all of the photograph should appear, see
 *   singan_detail ()
 * @keeps_places: whether it is the photograph's, so that nothing is far away
 * @kept: (nullable): of the results' size: what stays where nothing is made
 * @weights: (nullable): [height, width, 1], with @kept: above 0 where anything
 *   is made
 * @text: (nullable): a translated phrase for the progress; NULL for none
 * @first: where the progress begins, 0 .. 1
 * @share: how far it goes
 */
typedef struct
{
  const SinganTensor *photograph;
  const SinganTensor *reconstruction;
  guint64             seed;
  gboolean            matches_colours;
  gdouble             completeness;
  gboolean            keeps_places;
  const SinganTensor *kept;
  const SinganTensor *weights;
  const gchar        *text;
  gdouble             first;
  gdouble             share;
} SinganDetailTask;

/**
 * singan_job_make_detail:
 * @job: the job; progress is shown of the work since singan_job_begin_work ()
 * @task: how
 * @drawn: what the model drew
 * @height: rows wanted
 * @width: columns wanted
 * @error: as singan_detail ()
 *
 * Returns: (transfer full): [@height, @width, c], or NULL with @error set
 */
SinganTensor *singan_job_make_detail (SinganJob              *job,
                                      const SinganDetailTask *task,
                                      const SinganTensor     *drawn,
                                      gint                    height,
                                      gint                    width,
                                      GError                **error);

/**
 * singan_job_is_copy:
 * @result: [h, w, c]
 * @picture: of any size
 *
 * Returns: whether nobody could tell the two from each other
 */
gboolean singan_job_is_copy (const SinganTensor *result,
                             const SinganTensor *picture);

G_END_DECLS
