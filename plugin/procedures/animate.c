/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Animate: a short film out of one picture.
 */

#include "config.h"

#include "core/base/i18n.h"
#include "plugin/hosts/host.h"
#include "plugin/image.h"
#include "plugin/procedures/find-model.h"
#include "plugin/procedures/outlook.h"
#include "plugin/procedures/preview.h"
#include "plugin/procedures/progress.h"
#include "plugin/procedures/rows.h"
#include "plugin/procedures/source.h"

/* The fewest that move, the most that anybody waits for; and the range of what
 * the file formats hold, in milliseconds. */
#define FRAMES_MINIMUM 2
#define FRAMES_MAXIMUM 600
#define FRAME_MS_MINIMUM 10
#define FRAME_MS_MAXIMUM 10000

/* What a frame takes beside the networks' work, in resizings of it. */
#define FRAME_RESIZINGS 3

/* The frame that a preview shows. */
#define PREVIEW_FRAME 6

static const SinganArgument arguments[] = {
  { .name = "frames",
    .label = N_ ("_Frames"),
    .help = N_ ("How many pictures the animation has"),
    .type = SINGAN_ARGUMENT_INTEGER,
    .minimum = FRAMES_MINIMUM,
    .maximum = FRAMES_MAXIMUM,
    .default_value = 60 },
  { .name = "frame-ms",
    .label = N_ ("_Milliseconds per frame"),
    .help = N_ ("How long each picture is shown, in milliseconds"),
    .command_help = N_ ("How long each picture is shown, in milliseconds: for "
                        "GIMP, a file does not say it"),
    .type = SINGAN_ARGUMENT_INTEGER,
    .minimum = FRAME_MS_MINIMUM,
    .maximum = FRAME_MS_MAXIMUM,
    .default_value = 100 },
  { .name = "start-scale",
    .label = N_ ("St_art at scale"),
    .help = N_ ("0 moves everything; from a larger scale on the layout stands "
                "still and only finer details move"),
    .type = SINGAN_ARGUMENT_INTEGER,
    .minimum = 0,
    .maximum = SINGAN_SCALES_MAXIMUM - 1,
    .default_value = 0 },
  { .name = "alpha",
    .label = N_ ("Alpha (p_ull to the picture)"),
    .help = N_ ("How strongly each frame is pulled back to the picture: near 0 "
                "the animation goes far away from it"),
    .type = SINGAN_ARGUMENT_NUMBER,
    .minimum = 0,
    .maximum = 1,
    .default_value = 0.1 },
  { .name = "beta",
    .label = N_ ("_Beta (smoothness)"),
    .help = N_ ("How much the movement from frame to frame goes on as it was: "
                "near 0 it trembles, near 1 it flows"),
    .type = SINGAN_ARGUMENT_NUMBER,
    .minimum = 0,
    .maximum = 1,
    .default_value = 0.9 },
  SINGAN_LEAST_PRESET_ARGUMENT,
  SINGAN_MAX_SIZE_ARGUMENT (FALSE),
  SINGAN_ITERATIONS_ARGUMENT (TRUE),
  SINGAN_SEED_ARGUMENT,
};

static gboolean
make_frames (SinganJob     *job,
             SinganModel   *model,
             guint32        seed,
             SinganResults *results,
             GError       **error)
{
  const gint       count = singan_job_get_integer (job, "frames");
  const gint       milliseconds = singan_job_get_integer (job, "frame-ms");
  const SinganWalk walk
      = { seed, singan_job_get_integer (job, "start-scale"),
          singan_job_get (job, "alpha"), singan_job_get (job, "beta") };
  g_autoptr (SinganAnimation) animation
      = singan_animation_new (model, &walk, error);
  gint i;

  if (! animation)
    return FALSE;
  singan_job_begin_work (job);
  for (i = 0; i < count; i++)
    {
      g_autofree gchar *text
          = g_strdup_printf (_ ("Making frame %d of %d"), i + 1, count);
      g_autofree gchar *frame_name = g_strdup_printf (_ ("Frame %d"), i + 1);
      g_autoptr (SinganTensor) frame = NULL;

      singan_job_show_work (job, text, (gdouble) i / count);
      frame = singan_animation_next (animation, job->cancellable, error);
      if (! frame)
        return FALSE;
      /* Duration and disposal as GIMP's export of animations reads them: not
       * to be translated. */
      singan_results_add (
          results,
          g_strdup_printf ("%s (%dms) (replace)", frame_name, milliseconds),
          g_strdup_printf ("seed-%u-frame-%03d", seed, i + 1),
          singan_image_write (frame, job->source.buffer));
      if (! singan_host_keep_result (job->host, results, error))
        return FALSE;
    }

  return TRUE;
}

/* A frame in which what moves has gone some way. */
static gboolean
preview (SinganJob *job, guint32 seed, GError **error)
{
  SinganModel *model = job->preview->model;
  SinganWalk   walk = { seed, 0, singan_job_get (job, "alpha"),
                        singan_job_get (job, "beta") };

  for (; walk.start_scale < singan_model_n_trained (model); walk.start_scale++)
    {
      g_autoptr (SinganAnimation) animation
          = singan_animation_new (model, &walk, error);
      g_autoptr (SinganTensor) frame = NULL;
      gint i;

      if (! animation)
        return FALSE;
      for (i = 0; i <= PREVIEW_FRAME; i++)
        {
          singan_tensor_free (frame);
          frame = singan_animation_next (animation, job->cancellable, error);
          if (! frame)
            return FALSE;
        }
      job->preview->show (walk.start_scale, g_steal_pointer (&frame),
                          job->preview->data);
    }

  return TRUE;
}

static void
foresee (const SinganJob    *job,
         const SinganGround *ground,
         SinganOutlook      *outlook)
{
  const SinganGeometry *geometry = ground->geometry;

  outlook->width = geometry->widths[geometry->n_scales - 1];
  outlook->height = geometry->heights[geometry->n_scales - 1];
  outlook->fineness = SINGAN_FINENESS_FRAMES;
  if (ground->speed)
    outlook->seconds
        = singan_job_get (job, "frames")
          * (singan_ground_draw (ground, 0, 1, 1)
             + singan_ground_handle (ground,
                                     (gdouble) outlook->width * outlook->height,
                                     FRAME_RESIZINGS));
}

static gboolean
run (SinganJob *job, GError **error)
{
  const guint32 seed = singan_job_make_seed (job);
  g_autoptr (SinganTensor) picture = singan_job_read_picture (job, error);
  g_autoptr (SinganModel) model = NULL;
  g_autoptr (SinganResults) results = NULL;
  g_autofree gchar     *group = NULL;
  g_autofree gchar     *text = NULL;
  const SinganGeometry *geometry;

  if (! picture)
    return FALSE;
  if (job->preview)
    return preview (job, seed, error);

  model = singan_job_find_or_train (
      job, picture, singan_job_get_integer (job, "start-scale"), error);
  if (! model)
    return FALSE;

  geometry = &singan_model_get_info (model)->geometry;
  group = g_strdup_printf (_ ("Animation of %s, seed %u"),
                           job->source.layer_name, seed);
  results = singan_results_new (group, geometry->widths[geometry->n_scales - 1],
                                geometry->heights[geometry->n_scales - 1]);
  results->is_image = TRUE;
  if (! make_frames (job, model, seed, results, error)
      || ! singan_host_add_results (job->host, results, error))
    return FALSE;

  text
      = g_strdup_printf (_ ("%s: the frames have the size that the model works "
                            "at, %d x %d pixels."),
                         group, results->width, results->height);
  singan_host_message (job->host, text);

  return TRUE;
}

static gboolean
gives_one (const SinganJob *job G_GNUC_UNUSED)
{
  return FALSE;
}

const SinganProcedure singan_procedure_animate = {
  .verb = "animate",
  .menu_label = N_ ("_Animate..."),
  .blurb = N_ ("Make a short animation out of this layer's picture"),
  .help = N_ ("Makes a new image whose layers are the frames of an animation, "
              "which starts with the picture and moves around it; export it "
              "as GIF or WebP. The frames have the size that the model works "
              "at. Animations need a model of their own; if there is none "
              "yet, it is trained first."),
  .command_blurb = N_ ("Make a short animation out of a picture"),
  .command_help
  = N_ ("Makes the frames of an animation, which starts with the picture "
        "and moves around it: a file each, with numbers in their names, "
        "for a program that makes a film of them. They have the size that "
        "the model works at. Animations need a model of their own; if "
        "there is none yet, it is trained first."),
  .result = SINGAN_RESULT_IMAGE,
  .arguments = arguments,
  .n_arguments = G_N_ELEMENTS (arguments),
  .has_preview = TRUE,
  .purpose = SINGAN_PURPOSE_ANIMATION,
  .foresee = foresee,
  .gives_one = gives_one,
  .run = run,
};
