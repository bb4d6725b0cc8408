/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Train Model: learns the layer and keeps the model beside the image.
 */

#include "config.h"

#include "core/base/i18n.h"
#include "plugin/procedures/rows.h"
#include "plugin/procedures/source.h"
#include "plugin/procedures/training.h"

static const SinganArgument arguments[] = {
  SINGAN_PRESET_ARGUMENT (N_ ("How long and how well the model is trained")),
  SINGAN_MAX_SIZE_ARGUMENT (FALSE),
  SINGAN_ITERATIONS_ARGUMENT (FALSE),
  SINGAN_SEED_ARGUMENT,
};

/* What the person has now. */
static gchar *
conclude (const SinganJob *job, const SinganModel *model)
{
  const SinganGeometry *geometry = &singan_model_get_info (model)->geometry;
  const gint            n_trained = singan_model_n_trained (model);
  const gint            finest = n_trained - 1;

  if (n_trained < geometry->n_scales)
    return g_strdup_printf (
        g_dngettext (GETTEXT_PACKAGE,
                     "The model of “%s” is ready, with %d of its %d scale. "
                     "Random Samples, Harmonize Pasted Layer, Blend Edit and "
                     "Paint to Image use it now.",
                     "The model of “%s” is ready, with %d of its %d scales. "
                     "Random Samples, Harmonize Pasted Layer, Blend Edit and "
                     "Paint to Image use it now.",
                     geometry->n_scales),
        job->source.layer_name, n_trained, geometry->n_scales);

  return g_strdup_printf (
      _ ("The model of “%s” is ready, with %d x %d pixels. Random Samples, "
         "Harmonize Pasted Layer, Blend Edit and Paint to Image need no "
         "training any more; Super-Resolution and Animate train models of "
         "their own."),
      job->source.layer_name, geometry->widths[finest],
      geometry->heights[finest]);
}

static gboolean
run (SinganJob *job, GError **error)
{
  g_autoptr (SinganTensor) picture = singan_job_read_picture (job, error);
  g_autoptr (SinganModel) model = NULL;

  if (! picture)
    return FALSE;
  model = singan_job_train (job, picture, error);
  if (! model)
    return FALSE;
  job->conclusion = conclude (job, model);

  return TRUE;
}

const SinganProcedure singan_procedure_train = {
  .verb = "train",
  .menu_label = N_ ("_Train Model..."),
  .blurb = N_ ("Train a generative model on this layer"),
  .help = N_ ("Trains a SinGAN (Rott Shaham et al., ICCV 2019) on the picture "
              "in this layer and keeps the model beside the image, where the "
              "other SinGAN filters find it. The layer itself is not changed. "
              "A training that is stopped goes on from its last checkpoint "
              "when it is started again."),
  .command_blurb = N_ ("Train a generative model on a picture"),
  .command_help
  = N_ ("Trains a SinGAN (Rott Shaham et al., ICCV 2019) on a picture and "
        "keeps the model in the folder PICTURE.singan beside it, where the "
        "other verbs find it. The picture itself is not changed. A "
        "training that is stopped goes on from its last checkpoint when "
        "the same command is run again; a model that is finished stays as "
        "it is, unless --overwrite is given."),
  .result = SINGAN_RESULT_MODEL,
  .arguments = arguments,
  .n_arguments = G_N_ELEMENTS (arguments),
  .run = run,
};
