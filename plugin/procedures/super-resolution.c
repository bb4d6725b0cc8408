/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Super-Resolution: the picture enlarged, with detail of its own kind.
 */

#include "config.h"

#include <math.h>

#include "core/base/i18n.h"
#include "plugin/hosts/host.h"
#include "plugin/image.h"
#include "plugin/procedures/find-model.h"
#include "plugin/procedures/outlook.h"
#include "plugin/procedures/progress.h"
#include "plugin/procedures/rows.h"
#include "plugin/procedures/source.h"
#include "plugin/transparency.h"

static const SinganArgument arguments[] = {
  { .name = "factor",
    .label = N_ ("_Factor"),
    .help = N_ ("How many times as wide and as high the result is"),
    .type = SINGAN_ARGUMENT_NUMBER,
    .minimum = SINGAN_ENLARGEMENT_MINIMUM,
    .maximum = SINGAN_ENLARGEMENT_MAXIMUM,
    .default_value = 4 },
  { .name = "fidelity",
    .label = N_ ("Fi_delity"),
    .help = N_ ("At 1 the picture is enlarged without the model; towards 0 "
                "the model adds more and more detail"),
    .type = SINGAN_ARGUMENT_NUMBER,
    .minimum = 0,
    .maximum = 1,
    .default_value = 0.5 },
  SINGAN_LEAST_PRESET_ARGUMENT,
  SINGAN_MAX_SIZE_ARGUMENT (TRUE),
  SINGAN_ITERATIONS_ARGUMENT (TRUE),
  SINGAN_SEED_ARGUMENT,
};

static void
show_progress (gdouble fraction, gpointer data)
{
  SinganJob *job = data;

  singan_job_show_work (job, _ ("Enlarging"), fraction);
}

static void
foresee (const SinganJob    *job,
         const SinganGround *ground,
         SinganOutlook      *outlook)
{
  outlook->factor = singan_job_get (job, "factor");
  outlook->width = (gint) lround (outlook->factor * ground->width);
  outlook->height = (gint) lround (outlook->factor * ground->height);
  outlook->fineness = SINGAN_FINENESS_ENLARGED;
  if (ground->speed)
    outlook->seconds = singan_ground_enlarge (ground, outlook->factor);
}

/* The model knows nothing of transparency, which has no detail to be made: it
 * is only enlarged. */
static GeglBuffer *
make_buffer (const SinganTensor *enlarged,
             const SinganTensor *alpha,
             GeglBuffer         *source,
             GError            **error)
{
  g_autoptr (SinganTensor) large = NULL;

  if (! alpha)
    return singan_image_write (enlarged, source);
  large = singan_resize (alpha, enlarged->height, enlarged->width, error);

  return large ? singan_transparency_write (enlarged, large, source) : NULL;
}

static gboolean
run (SinganJob *job, GError **error)
{
  const SinganEnlargement enlargement
      = { singan_job_get (job, "factor"), singan_job_get (job, "fidelity"),
          singan_job_make_seed (job) };
  g_autoptr (SinganTensor) alpha = NULL;
  g_autoptr (SinganTensor) picture
      = singan_job_read_with_alpha (job, &alpha, error);
  g_autoptr (SinganModel) model = NULL;
  g_autoptr (SinganTensor) enlarged = NULL;
  g_autoptr (GeglBuffer) buffer = NULL;
  g_autoptr (SinganResults) results = NULL;
  g_autofree gchar *name = NULL;
  gchar             times[G_ASCII_DTOSTR_BUF_SIZE];

  /* Not only after a training. */
  if (! picture
      || ! singan_super_resolution_check (picture->height, picture->width,
                                          enlargement.factor, error))
    return FALSE;
  model = singan_job_find_or_train (job, picture, 0, error);
  if (! model)
    return FALSE;
  singan_job_begin_work (job);
  enlarged = singan_super_resolve (model, &enlargement, picture, show_progress,
                                   job, job->cancellable, error);
  buffer = enlarged ? make_buffer (enlarged, alpha, job->source.buffer, error)
                    : NULL;
  if (! buffer)
    return FALSE;

  g_ascii_formatd (times, sizeof times, "%g", enlargement.factor);
  name = g_strdup_printf (_ ("%s, enlarged %g times, seed %u"),
                          job->source.layer_name, enlargement.factor,
                          enlargement.seed);
  results = singan_results_new (name, enlarged->width, enlarged->height);
  results->is_image = TRUE;
  singan_results_add (
      results, g_strdup (name),
      g_strdup_printf ("enlarged-%s-times-seed-%u", times, enlargement.seed),
      g_steal_pointer (&buffer));

  return singan_host_keep_result (job->host, results, error)
         && singan_host_add_results (job->host, results, error);
}

const SinganProcedure singan_procedure_super_resolution = {
  .verb = "super-resolution",
  .menu_label = N_ ("_Super-Resolution..."),
  .blurb = N_ ("Enlarge this layer's picture with detail of its own kind"),
  .help = N_ ("Makes a new image that is larger, with fine detail like that "
              "which the picture itself has at its own size. It needs a model "
              "of its own, which learns from the part of the picture with the "
              "most detail; if there is none yet, it is trained first. "
              "Transparency is enlarged with the picture."),
  .command_blurb = N_ ("Enlarge a picture with detail of its own kind"),
  .command_help
  = N_ ("Makes a larger picture, with fine detail like that which the "
        "picture itself has at its own size. It needs a model of its own, "
        "which learns from the part of the picture with the most detail; "
        "if there is none yet, it is trained first."),
  .result = SINGAN_RESULT_IMAGE,
  .arguments = arguments,
  .n_arguments = G_N_ELEMENTS (arguments),
  .purpose = SINGAN_PURPOSE_SUPER_RESOLUTION,
  .keeps_alpha = TRUE,
  .foresee = foresee,
  .run = run,
};
