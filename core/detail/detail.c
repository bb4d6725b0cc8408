/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "core/detail/detail.h"

#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/detail/colours.h"
#include "core/detail/field.h"
#include "core/detail/mask.h"
#include "core/detail/nearest.h"
#include "core/detail/plan.h"
#include "core/detail/vote.h"
#include "core/pyramid/resize.h"

#define PATCH SINGAN_FIELD_PATCH

/* How often the picture looks itself up in the photograph at the first level,
 * after it was looked up in the reconstruction: until all of the photograph has
 * found a place, or, where that is not wanted, until little changes. */
#define FIRST_ROUNDS 8
#define FIRST_ROUNDS_INCOMPLETE 3

/* Patches begin at every second pixel where there are more pixels than this. */
#define DENSE_PIXELS 60000

/* Searches at levels of fewer pixels than this are longer. */
#define SMALL_PIXELS 60000

/* Standard deviation of the last votes' weights, in patches.  Where patches do
 * not agree a wide one blurs, which no round mends after the last one. */
#define LAST_SIGMA 0.1

typedef struct
{
  const SinganTensor        *photograph;
  const SinganDetailOptions *options;
  GCancellable              *cancellable;
  SinganDetailPlan           plan;
  SinganTensor *shown;      /* the photograph without what may not be used */
  SinganTensor *known;      /* of the output: where nothing is made */
  gdouble       made_share; /* of the result's pixels */
  gdouble       done;       /* work, in seconds or so */
  gdouble       all;
} Job;

/* What goes from a level to the next one. */
typedef struct
{
  const SinganTensor *values; /* the photograph at this level */
  SinganTensor       *own_values;
  SinganTensor       *picture; /* what was made so far */
  SinganField        *field;
  guint8             *is_made;   /* of the picture's pixels; NULL for all */
  guint8             *is_usable; /* of the values' patches; NULL for all */
  SinganNearest      *nearest;   /* where all are compared with all */
} Level;

static void
level_clear (Level *level)
{
  singan_tensor_free (level->own_values);
  singan_tensor_free (level->picture);
  singan_field_free (level->field);
  g_free (level->is_made);
  g_free (level->is_usable);
  singan_nearest_free (level->nearest);
  *level = (Level){ 0 };
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Level, level_clear)

static void
job_clear (Job *job)
{
  singan_tensor_free (job->shown);
  singan_tensor_free (job->known);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Job, job_clear)

static gboolean
is_cancelled (const Job *job, GError **error)
{
  return g_cancellable_set_error_if_cancelled (job->cancellable, error);
}

static void
show_progress (Job *job, gdouble more)
{
  job->done += more;
  if (job->options->progress)
    job->options->progress (MIN (job->done / job->all, 1), job->options->data);
}

static gint
first_rounds (const Job *job)
{
  return job->options->completeness > 0 ? FIRST_ROUNDS
                                        : FIRST_ROUNDS_INCOMPLETE;
}

static gdouble
guess_work (const Job *job, gint level)
{
  return singan_detail_plan_seconds (&job->plan, job->made_share, level);
}

static gdouble
guess_first_work (const Job *job)
{
  return job->options->keeps_places ? first_rounds (job) * guess_work (job, 0)
                                    : (first_rounds (job) + 1)
                                          * singan_detail_plan_pair_seconds (
                                              &job->plan, job->made_share);
}

static gdouble
guess_all_work (const Job *job)
{
  gdouble all = guess_first_work (job);
  gint    level;

  for (level = 1; level <= job->plan.n_levels; level++)
    all += guess_work (job, level);

  return all;
}

gdouble
singan_detail_guess_seconds (SinganSize                 drawn,
                             SinganSize                 reconstruction,
                             SinganSize                 photograph,
                             SinganSize                 output,
                             const SinganDetailOptions *options,
                             gdouble                    made_share)
{
  Job job = { .options = options, .made_share = made_share };

  singan_detail_plan_init (&job.plan, drawn, reconstruction, photograph,
                           output);

  return guess_all_work (&job);
}

static SinganSize
size_of (const SinganTensor *picture)
{
  return (SinganSize){ picture->height, picture->width };
}

static void
make_plan (Job                *job,
           const SinganTensor *drawn,
           const SinganTensor *reconstruction,
           gint                height,
           gint                width)
{
  singan_detail_plan_init (&job->plan, size_of (drawn),
                           size_of (reconstruction), size_of (job->photograph),
                           (SinganSize){ height, width });
  job->all = guess_all_work (job);
}

static gboolean
check (const SinganTensor *drawn,
       const SinganTensor *photograph,
       gint                height,
       gint                width,
       GError            **error)
{
  if (MIN (photograph->height, photograph->width) < PATCH)
    {
      g_set_error (error, SINGAN_ERROR, SINGAN_ERROR_IMAGE,
                   _ ("The photograph is %d x %d pixels: for its detail each "
                      "side needs at least %d."),
                   photograph->width, photograph->height, PATCH);
      return FALSE;
    }
  if (MIN (height, width) < PATCH)
    {
      g_set_error (error, SINGAN_ERROR, SINGAN_ERROR_IMAGE,
                   _ ("The result is to have %d x %d pixels: with the "
                      "photograph's detail each side needs at least %d."),
                   width, height, PATCH);
      return FALSE;
    }
  g_return_val_if_fail (drawn->channels == photograph->channels, FALSE);

  return TRUE;
}

static SinganTensor *
resize (const Job          *job,
        const SinganTensor *picture,
        gint                height,
        gint                width,
        GError            **error)
{
  return singan_resize_wrapped (picture, height, width, FALSE, FALSE,
                                job->cancellable, error);
}

/* The photograph and the masks at a level; what is not to be made is there
 * already. */
static gboolean
begin_level (Job *job, gint number, Level *level, GError **error)
{
  const SinganDetailOptions *options = job->options;
  const SinganSize size = singan_detail_plan_photograph (&job->plan, number);
  const SinganSize output = singan_detail_plan_output (&job->plan, number);

  if (number == job->plan.n_levels)
    level->values = job->photograph;
  else if ((level->own_values
            = resize (job, job->photograph, size.height, size.width, error)))
    level->values = level->own_values;
  else
    return FALSE;

  if (options->usable)
    {
      g_autofree guint8 *usable = singan_mask_shrink (
          options->usable, size.height, size.width, error);

      level->is_usable = usable ? singan_mask_patches (usable, size.height,
                                                       size.width, PATCH, error)
                                : NULL;
      if (! level->is_usable)
        return FALSE;
    }

  if (job->known)
    {
      gsize p;

      level->is_made
          = singan_mask_shrink (job->known, output.height, output.width, error);
      if (! level->is_made
          || ! (level->picture = resize (job, options->kept, output.height,
                                         output.width, error)))
        return FALSE;
      for (p = 0; p < (gsize) output.height * output.width; p++)
        level->is_made[p] = ! level->is_made[p];
    }
  else if (! (level->picture
              = singan_tensor_new (output.height, output.width,
                                   job->photograph->channels, error)))
    return FALSE;

  return TRUE;
}

static gboolean
has_usable (const Level *level, GError **error)
{
  const gsize places = (gsize) (level->values->height - PATCH + 1)
                       * (level->values->width - PATCH + 1);

  if (! level->is_usable || memchr (level->is_usable, 1, places))
    return TRUE;

  g_set_error (error, SINGAN_ERROR, SINGAN_ERROR_IMAGE,
               _ ("Too little of the photograph may be used: at %d x %d pixels "
                  "there is no part of %d x %d that is known as a whole. Leave "
                  "more of it."),
               level->values->width, level->values->height, PATCH, PATCH);
  return FALSE;
}

static gboolean
make_field (const Job *job, Level *level, GError **error)
{
  const gint pixels = level->picture->height * level->picture->width;
  const SinganFieldShape shape
      = { level->picture->height, level->picture->width,
          pixels > DENSE_PIXELS ? 2 : 1, job->options->wraps_rows,
          job->options->wraps_columns };

  level->field = singan_field_new (&shape, error);

  return level->field
         && (! level->is_made
             || singan_field_want (level->field, level->is_made, error));
}

/* The picture with its first rows and columns repeated after the last ones, of
 * what wraps. */
static SinganTensor *
repeat_first (const Job *job, const SinganTensor *picture, GError **error)
{
  const gint    channels = picture->channels;
  SinganTensor *padded = singan_tensor_new (
      picture->height + (job->options->wraps_rows ? PATCH - 1 : 0),
      picture->width + (job->options->wraps_columns ? PATCH - 1 : 0), channels,
      error);
  gint h;
  gint w;

  for (h = 0; padded && h < padded->height; h++)
    for (w = 0; w < padded->width; w++)
      {
        const gsize from = (gsize) (h % picture->height) * picture->width
                           + w % picture->width;
        const gsize to = (gsize) h * padded->width + w;

        memcpy (padded->data + to * channels, picture->data + from * channels,
                channels * sizeof *padded->data);
      }

  return padded;
}

/* Every patch around where it was found so far. */
static void
look_up_around (const Job          *job,
                Level              *level,
                const SinganTensor *queries,
                const SinganTensor *keys,
                gint                round)
{
  const SinganKeys   all = { keys, level->is_usable };
  const gint         pixels = level->picture->height * level->picture->width;
  const gboolean     is_small = pixels <= SMALL_PIXELS;
  const SinganSearch search
      = { .rounds = (is_small ? 3 : 1) + (round == 0 ? 1 : 0),
          .radius = (is_small ? 8 : 2) * (round == 0 ? 2 : 1),
          .seed = job->options->seed,
          .level = (guint32) (level->picture->height * 64 + round) };

  singan_field_improve (level->field, queries, &all, &search, job->cancellable);
}

static gboolean
look_up (const Job          *job,
         Level              *level,
         SinganTensor       *queries,
         const SinganTensor *keys,
         gint                round,
         GError            **error)
{
  const gboolean wraps
      = job->options->wraps_rows || job->options->wraps_columns;
  g_autoptr (SinganTensor) padded
      = wraps ? repeat_first (job, queries, error) : NULL;

  if (wraps && ! padded)
    return FALSE;
  if (level->nearest)
    singan_nearest_find (level->nearest, wraps ? padded : queries,
                         job->options->completeness, level->field,
                         job->cancellable);
  else
    look_up_around (job, level, wraps ? padded : queries, keys, round);

  return ! is_cancelled (job, error);
}

/* Makes the level's picture; then looks it up in the photograph itself, so many
 * times. */
static gboolean
settle (Job *job, Level *level, gint rounds, gdouble work, GError **error)
{
  gint round;

  for (round = 0;; round++)
    {
      const gdouble sigma = round == rounds && level->values == job->photograph
                                ? LAST_SIGMA
                                : SINGAN_FIELD_SIGMA;

      if (! singan_field_vote (level->field, level->values, sigma,
                               level->is_made, level->picture, job->cancellable,
                               error))
        return FALSE;
      show_progress (job, work / (rounds + 1));
      if (round == rounds)
        return TRUE;
      if (level->nearest && round == 0)
        singan_nearest_set_keys (level->nearest, level->values);
      if (! look_up (job, level, level->picture, level->values, round + 1,
                     error))
        return FALSE;
    }
}

/* Where each patch of the first level is looked for. */
static gboolean
begin_search (const Job          *job,
              Level              *level,
              const SinganTensor *keys,
              GError            **error)
{
  const SinganKeys all = { keys, level->is_usable };

  if (job->options->keeps_places)
    {
      singan_field_stay (level->field, &all);
      return TRUE;
    }
  level->nearest = singan_nearest_new (level->field, &all, error);
  if (! level->nearest)
    return FALSE;
  singan_nearest_set_keys (level->nearest, keys);

  return TRUE;
}

static gboolean
make_first_level (Job                *job,
                  const SinganTensor *drawn,
                  const SinganTensor *reconstruction,
                  Level              *level,
                  GError            **error)
{
  const SinganDetailOptions *options = job->options;
  g_autoptr (SinganTensor) queries = NULL;
  g_autoptr (SinganTensor) keys = NULL;
  gboolean is_made;

  if (! begin_level (job, 0, level, error) || ! has_usable (level, error)
      || ! make_field (job, level, error)
      || ! (queries = resize (job, drawn, level->picture->height,
                              level->picture->width, error))
      || ! (keys = resize (job, reconstruction, level->values->height,
                           level->values->width, error))
      || (options->matches_colours
          && ! singan_match_colours (queries, keys, options->seed, error)))
    return FALSE;

  is_made = begin_search (job, level, keys, error)
            && look_up (job, level, queries, keys, 0, error)
            && settle (job, level, first_rounds (job), guess_first_work (job),
                       error);
  g_clear_pointer (&level->nearest, singan_nearest_free);

  return is_made;
}

/* The level takes what the one below made, enlarged, to where it looks the
 * same in what the photograph shows there, enlarged. */
static gboolean
make_finer_level (
    Job *job, gint number, const Level *below, Level *level, GError **error)
{
  const SinganDetailOptions *options = job->options;
  g_autoptr (SinganTensor) queries = NULL;
  g_autoptr (SinganTensor) keys = NULL;

  if (! begin_level (job, number, level, error) || ! has_usable (level, error)
      || ! make_field (job, level, error)
      || ! (queries = singan_resize_wrapped (
                below->picture, level->picture->height, level->picture->width,
                options->wraps_rows, options->wraps_columns, job->cancellable,
                error))
      || ! (keys = resize (job, below->values, level->values->height,
                           level->values->width, error)))
    return FALSE;

  {
    const SinganKeys all = { keys, level->is_usable };

    singan_field_refine (below->field, below->values, level->field, &all);
  }
  if (! look_up (job, level, queries, keys, 0, error))
    return FALSE;
  g_clear_pointer (&queries, singan_tensor_free);
  g_clear_pointer (&keys, singan_tensor_free);

  return settle (job, level, 1, guess_work (job, number), error);
}

/* What may not be used becomes the mean of what may: enlarged, even keys that
 * may be used would else have something of it. */
static gboolean
hide_unusable (Job *job, GError **error)
{
  const SinganTensor *usable = job->options->usable;
  const gint          channels = job->photograph->channels;
  gsize               count = 0;
  gsize               p;
  gint                c;

  if (! usable)
    return TRUE;
  job->shown = singan_tensor_copy (job->photograph, error);
  if (! job->shown)
    return FALSE;
  for (p = 0; p < singan_tensor_size (usable); p++)
    count += usable->data[p] > (SinganReal) 0.5;
  for (c = 0; count > 0 && c < channels; c++)
    {
      gdouble sum = 0;

      for (p = 0; p < singan_tensor_size (usable); p++)
        if (usable->data[p] > (SinganReal) 0.5)
          sum += job->photograph->data[p * channels + c];
      for (p = 0; p < singan_tensor_size (usable); p++)
        if (! (usable->data[p] > (SinganReal) 0.5))
          job->shown->data[p * channels + c] = (SinganReal) (sum / count);
    }
  job->photograph = job->shown;

  return TRUE;
}

static gboolean
set_known (Job *job, GError **error)
{
  const SinganTensor *made = job->options->made;
  gsize               p;

  if (! made)
    return TRUE;
  job->known = singan_tensor_new (made->height, made->width, 1, error);
  if (! job->known)
    return FALSE;
  job->made_share = 0;
  for (p = 0; p < singan_tensor_size (made); p++)
    {
      const gboolean is_made = made->data[p] > (SinganReal) 0.5;

      job->known->data[p] = is_made ? 0 : 1;
      job->made_share += is_made;
    }
  job->made_share /= singan_tensor_size (made);

  return TRUE;
}

SinganTensor *
singan_detail (const SinganTensor        *drawn,
               const SinganTensor        *reconstruction,
               const SinganTensor        *photograph,
               gint                       height,
               gint                       width,
               const SinganDetailOptions *options,
               GCancellable              *cancellable,
               GError                   **error)
{
  g_auto (Job) job = { .photograph = photograph,
                       .options = options,
                       .cancellable = cancellable,
                       .made_share = 1 };
  g_auto (Level) below = { 0 };
  gint number;

  if (! check (drawn, photograph, height, width, error)
      || ! hide_unusable (&job, error) || ! set_known (&job, error))
    return NULL;

  make_plan (&job, drawn, reconstruction, height, width);
  if (! make_first_level (&job, drawn, reconstruction, &below, error))
    return NULL;
  for (number = 1; number <= job.plan.n_levels; number++)
    {
      g_auto (Level) level = { 0 };

      if (is_cancelled (&job, error)
          || ! make_finer_level (&job, number, &below, &level, error))
        return NULL;
      level_clear (&below);
      below = level;
      level = (Level){ 0 };
    }

  return g_steal_pointer (&below.picture);
}
