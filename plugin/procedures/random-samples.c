/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Random Samples: new versions of the layer's picture, of any size.
 */

#include "config.h"

#include <math.h>

#include "core/base/i18n.h"
#include "plugin/hosts/host.h"
#include "plugin/image.h"
#include "plugin/procedures/detail.h"
#include "plugin/procedures/find-model.h"
#include "plugin/procedures/outlook.h"
#include "plugin/procedures/preview.h"
#include "plugin/procedures/progress.h"
#include "plugin/procedures/rows.h"
#include "plugin/procedures/source.h"

#define COUNT_MAXIMUM 64

/* What a sample takes beside its detail, in resizings of it. */
#define SAMPLE_RESIZINGS 1

static const SinganArgument arguments[] = {
  { .name = "count",
    .label = N_ ("N_umber of samples"),
    .help = N_ ("How many pictures to make"),
    .type = SINGAN_ARGUMENT_INTEGER,
    .minimum = 1,
    .maximum = COUNT_MAXIMUM,
    .default_value = 4 },
  { .name = "start-scale",
    .label = N_ ("St_art at scale"),
    .help = N_ ("0 makes everything new; above 0 the layout stays the "
                "picture's own, for another width or height"),
    .type = SINGAN_ARGUMENT_INTEGER,
    .minimum = 0,
    .maximum = SINGAN_SCALES_MAXIMUM - 1,
    .default_value = 0 },
  { .name = "width-factor",
    .label = N_ ("_Width factor"),
    .help = N_ ("Width of the samples over the width of the layer"),
    .command_help = N_ ("Width of the samples over the width of the picture"),
    .type = SINGAN_ARGUMENT_NUMBER,
    .minimum = SINGAN_SIZE_FACTOR_MINIMUM,
    .maximum = SINGAN_SIZE_FACTOR_MAXIMUM,
    .default_value = 1 },
  { .name = "height-factor",
    .label = N_ ("Hei_ght factor"),
    .help = N_ ("Height of the samples over the height of the layer"),
    .command_help = N_ ("Height of the samples over the height of the picture"),
    .type = SINGAN_ARGUMENT_NUMBER,
    .minimum = SINGAN_SIZE_FACTOR_MINIMUM,
    .maximum = SINGAN_SIZE_FACTOR_MAXIMUM,
    .default_value = 1 },
  SINGAN_DETAIL_ARGUMENT,
  SINGAN_LEAST_PRESET_ARGUMENT,
  SINGAN_MAX_SIZE_ARGUMENT (TRUE),
  SINGAN_ITERATIONS_ARGUMENT (TRUE),
  { .name = "reconstruct",
    .label = N_ ("_Reconstruction"),
    .help = N_ ("Make the one picture that the model reconstructs without "
                "fresh noise instead of samples"),
    .type = SINGAN_ARGUMENT_BOOLEAN,
    .minimum = 0,
    .maximum = 1,
    .default_value = 0,
    .is_command_line_only = TRUE },
  SINGAN_SEED_ARGUMENT,
};

/* What is asked for, in the layer's pixels. */
static gint
target_size (SinganJob *job, const gchar *argument, gint size)
{
  return (gint) lround (singan_job_get (job, argument) * size);
}

static gboolean
add_sample (SinganJob          *job,
            SinganResults      *results,
            const SinganTensor *sample,
            const gchar        *name,
            const gchar        *stem,
            GError            **error)
{
  singan_results_add (results, g_strdup (name), g_strdup (stem),
                      singan_image_write (sample, job->source.buffer));

  return singan_host_keep_result (job->host, results, error);
}

/* The sample at the size that was asked for. */
static SinganTensor *
enlarge (SinganJob              *job,
         const SinganDetailTask *detail,
         const SinganTensor     *sample,
         const SinganResults    *results,
         GError                **error)
{
  return detail->reconstruction
             ? singan_job_make_detail (job, detail, sample, results->height,
                                       results->width, error)
             : singan_resize (sample, results->height, results->width, error);
}

/* From the coarsest scale on the layout is new, else it is the photograph's. */
static void
set_layout (SinganDetailTask *detail, gint start_scale)
{
  const gboolean is_new = start_scale == 0;

  detail->matches_colours = is_new;
  detail->completeness = is_new ? SINGAN_DETAIL_COMPLETENESS : 0;
  detail->keeps_places = ! is_new;
}

static void
tell_of_copies (SinganJob *job, gint copies, gint count, gint start_scale)
{
  g_autofree gchar *text = g_strdup_printf (
      g_dngettext (GETTEXT_PACKAGE,
                   "%d of %d sample shows what the layer itself shows: from "
                   "scale %d on this model has nothing new. Start at scale 0, "
                   "or choose another width or height.",
                   "%d of %d samples show what the layer itself shows: from "
                   "scale %d on this model has nothing new. Start at scale 0, "
                   "or choose another width or height.",
                   count),
      copies, count, start_scale);

  singan_host_message (job->host, text);
}

static gboolean
make_samples (SinganJob          *job,
              const SinganTensor *picture,
              const SinganModel  *model,
              guint32             seed,
              SinganResults      *results,
              GError            **error)
{
  const gint     count = singan_job_get_integer (job, "count");
  SinganSampling sampling
      = { .seed = seed,
          .start_scale = singan_job_get_integer (job, "start-scale"),
          .width_factor = singan_job_get (job, "width-factor"),
          .height_factor = singan_job_get (job, "height-factor") };
  SinganDetailTask detail
      = { .photograph = picture, .seed = seed, .share = 1.0 / count };
  g_autoptr (SinganTensor) reconstruction = NULL;
  gint copies = 0;
  gint i;

  set_layout (&detail, sampling.start_scale);
  singan_job_begin_work (job);
  if (singan_job_get_integer (job, "detail") == SINGAN_DETAIL_CHOICE_PHOTOGRAPH)
    {
      reconstruction = singan_reconstruct (model, job->cancellable, error);
      if (! reconstruction)
        return FALSE;
      detail.reconstruction = reconstruction;
    }
  for (i = 0; i < count; i++)
    {
      g_autofree gchar *text
          = g_strdup_printf (_ ("Making sample %d of %d"), i + 1, count);
      g_autofree gchar *name
          = g_strdup_printf (_ ("Sample %d, seed %u"), i + 1, seed);
      g_autofree gchar *stem
          = g_strdup_printf ("sample-%d-seed-%u", i + 1, seed);
      g_autoptr (SinganTensor) sample = NULL;
      g_autoptr (SinganTensor) enlarged = NULL;

      detail.text = text;
      detail.first = (gdouble) i / count;
      singan_job_show_work (job, text, detail.first);
      sampling.index = i;
      sample = singan_sample (model, &sampling, job->cancellable, error);
      enlarged = sample ? enlarge (job, &detail, sample, results, error) : NULL;
      if (! enlarged
          || ! add_sample (job, results, enlarged, name, stem, error))
        return FALSE;
      copies += singan_job_is_copy (enlarged, picture);
    }
  if (copies > 0)
    tell_of_copies (job, copies, count, sampling.start_scale);

  return TRUE;
}

static gboolean
make_reconstruction (SinganJob         *job,
                     const SinganModel *model,
                     SinganResults     *results,
                     GError           **error)
{
  g_autoptr (SinganTensor) picture
      = singan_reconstruct (model, job->cancellable, error);
  g_autoptr (SinganTensor) enlarged
      = picture
            ? singan_resize (picture, results->height, results->width, error)
            : NULL;

  return enlarged
         && add_sample (job, results, enlarged, _ ("Reconstruction"),
                        "reconstruction", error);
}

/* The same at the model's size. */
static gboolean
preview (SinganJob          *job,
         const SinganTensor *picture,
         guint32             seed,
         GError            **error)
{
  SinganModel   *model = job->preview->model;
  SinganSampling sampling
      = { .seed = seed,
          .width_factor = singan_job_get (job, "width-factor"),
          .height_factor = singan_job_get (job, "height-factor") };
  const gboolean has_detail = singan_job_get_integer (job, "detail")
                              == SINGAN_DETAIL_CHOICE_PHOTOGRAPH;
  g_autoptr (SinganTensor) reconstruction
      = singan_reconstruct (model, job->cancellable, error);
  g_autoptr (SinganTensor) photograph
      = reconstruction ? singan_resize (picture, reconstruction->height,
                                        reconstruction->width, error)
                       : NULL;
  SinganDetailTask detail = { .photograph = photograph,
                              .reconstruction = reconstruction,
                              .seed = seed };

  if (! photograph)
    return FALSE;
  for (; sampling.start_scale < singan_model_n_trained (model);
       sampling.start_scale++)
    {
      g_autoptr (SinganTensor) sample
          = singan_sample (model, &sampling, job->cancellable, error);

      set_layout (&detail, sampling.start_scale);
      if (sample && has_detail)
        {
          g_autoptr (SinganTensor) drawn = g_steal_pointer (&sample);

          sample = singan_job_make_detail (job, &detail, drawn, drawn->height,
                                           drawn->width, error);
        }
      if (! sample)
        return FALSE;
      job->preview->show (sampling.start_scale, g_steal_pointer (&sample),
                          job->preview->data);
    }

  return TRUE;
}

/* As make_samples (). */
static void
foresee (const SinganJob    *job,
         const SinganGround *ground,
         SinganOutlook      *outlook)
{
  const gint     start_scale = singan_job_get_integer (job, "start-scale");
  const gdouble  width_factor = singan_job_get (job, "width-factor");
  const gdouble  height_factor = singan_job_get (job, "height-factor");
  const gboolean is_photographs = singan_job_get_integer (job, "detail")
                                  == SINGAN_DETAIL_CHOICE_PHOTOGRAPH;
  SinganDetailTask task = { 0 };
  gdouble          seconds;

  outlook->width = (gint) lround (width_factor * ground->width);
  outlook->height = (gint) lround (height_factor * ground->height);
  outlook->fineness
      = is_photographs ? SINGAN_FINENESS_PHOTOGRAPH : SINGAN_FINENESS_MODEL;
  if (! ground->speed)
    return;

  seconds
      = singan_ground_draw (ground, start_scale, width_factor, height_factor);
  set_layout (&task, start_scale);
  if (is_photographs)
    {
      const SinganDetailOptions options = { .completeness = task.completeness,
                                            .keeps_places = task.keeps_places };

      seconds += singan_ground_make_detail (ground, outlook, &options, 1);
    }
  seconds += singan_ground_handle (
      ground, (gdouble) outlook->width * outlook->height, SAMPLE_RESIZINGS);
  outlook->seconds = singan_job_get (job, "count") * seconds;
}

static gboolean
run (SinganJob *job, GError **error)
{
  const gboolean reconstruct = singan_job_get_integer (job, "reconstruct");
  const guint32  seed = singan_job_make_seed (job);
  g_autoptr (SinganTensor) picture = singan_job_read_picture (job, error);
  g_autoptr (SinganModel) model = NULL;
  g_autoptr (SinganResults) results = NULL;
  g_autofree gchar *group = NULL;

  if (! picture)
    return FALSE;
  if (job->preview)
    return preview (job, picture, seed, error);

  model = singan_job_find_or_train (
      job, picture, singan_job_get_integer (job, "start-scale"), error);
  if (! model)
    return FALSE;

  group = reconstruct ? g_strdup_printf (_ ("Reconstruction of %s"),
                                         job->source.layer_name)
                      : g_strdup_printf (_ ("Samples of %s, seed %u"),
                                         job->source.layer_name, seed);
  results = singan_results_new (
      group,
      reconstruct ? picture->width
                  : target_size (job, "width-factor", picture->width),
      reconstruct ? picture->height
                  : target_size (job, "height-factor", picture->height));
  if (! (reconstruct
             ? make_reconstruction (job, model, results, error)
             : make_samples (job, picture, model, seed, results, error)))
    return FALSE;

  return singan_host_add_results (job->host, results, error);
}

static gboolean
gives_one (const SinganJob *job)
{
  return singan_job_get_integer (job, "reconstruct")
         || singan_job_get_integer (job, "count") == 1;
}

const SinganProcedure singan_procedure_random_samples = {
  .verb = "random-samples",
  .menu_label = N_ ("_Random Samples..."),
  .blurb = N_ ("Make new versions of this layer's picture"),
  .help = N_ ("Draws new pictures from the model of this layer, made of the "
              "same things at other places and as sharp as the layer itself, "
              "at its size or at another one. They come as layers in a group, "
              "or as a new image where the size differs. If there is no model "
              "yet, it is trained first."),
  .command_blurb = N_ ("Make new versions of a picture"),
  .command_help
  = N_ ("Draws new pictures from the model of this one, made of the same "
        "things at other places and as sharp as the picture itself, at its "
        "size or at another one. Each is a file, which is written as soon "
        "as it is made. If there is no model yet, it is trained first."),
  .result = SINGAN_RESULT_LAYERS,
  .arguments = arguments,
  .n_arguments = G_N_ELEMENTS (arguments),
  .has_preview = TRUE,
  .foresee = foresee,
  .gives_one = gives_one,
  .run = run,
};
