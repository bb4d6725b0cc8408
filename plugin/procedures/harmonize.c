/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Harmonize Pasted Layer: an object from elsewhere takes on the background's
 * colours and texture (SinGAN section 4, "Harmonization").
 */

#include "config.h"

#include "core/base/i18n.h"
#include "plugin/procedures/injection.h"
#include "plugin/procedures/rows.h"
#include "plugin/procedures/training.h"

static const SinganArgument arguments[] = {
  SINGAN_LAYER_ARGUMENT ("background",
                         N_ ("_Background"),
                         N_ ("The layer with the picture that the object was "
                             "pasted onto: the model is trained on it")),
  SINGAN_FILE_ARGUMENT (SINGAN_ARGUMENT_PICTURE,
                        "paste",
                        N_ ("The pasted object, in a picture of the "
                            "background's size, transparent around it"),
                        .has_own_place = FALSE),
  SINGAN_FILE_ARGUMENT (SINGAN_ARGUMENT_MASK,
                        "mask",
                        N_ ("A picture that is white where the object is, for "
                            "a pasted picture without transparency"),
                        .is_selection = FALSE),
  SINGAN_INJECTION_SCALE_ARGUMENT,
  SINGAN_LEAST_PRESET_ARGUMENT,
  SINGAN_MAX_SIZE_ARGUMENT (TRUE),
  SINGAN_ITERATIONS_ARGUMENT (TRUE),
  SINGAN_UNBLENDED_ARGUMENT,
  SINGAN_SEED_ARGUMENT,
};

/* The object: the mask's, if there is one; else where the pasted layer is;
 * else, if it is everywhere and opaque, where it differs from the background.
 */
static SinganTensor *
find_object (SinganJob          *job,
             const SinganTensor *picture,
             const SinganTensor *entering,
             SinganTensor       *alpha,
             GError            **error)
{
  g_autoptr (SinganTensor) region = NULL;
  gsize p;

  if (! singan_job_read_region (job, "mask", picture, &region, error))
    return NULL;
  if (region)
    return g_steal_pointer (&region);

  for (p = 0; p < singan_tensor_size (alpha); p++)
    if (alpha->data[p] < 1)
      {
        region = singan_tensor_copy (alpha, error);
        if (region)
          singan_region_threshold (region, 0);
        return g_steal_pointer (&region);
      }

  region = singan_region_from_difference (entering, picture,
                                          SINGAN_EDIT_THRESHOLD, error);
  if (region && singan_region_count (region) == 0)
    {
      g_set_error_literal (error, SINGAN_ERROR, SINGAN_ERROR_IMAGE,
                           _ ("The pasted layer covers all of the background "
                              "and does not differ from it: there is no "
                              "object to harmonize."));
      return NULL;
    }

  return g_steal_pointer (&region);
}

static gboolean
run (SinganJob *job, GError **error)
{
  const guint32       seed = singan_job_make_seed (job);
  SinganInjectionTask task = { .radius = SINGAN_HARMONIZE_RADIUS,
                               .detail = SINGAN_DETAIL_ENTERING,
                               .seed = seed,
                               .stem = "harmonized" };
  g_autoptr (SinganTensor) picture = singan_job_read_picture (job, error);
  g_autoptr (SinganTensor) entering = NULL;
  g_autoptr (SinganTensor) alpha = NULL;
  g_autoptr (SinganTensor) region = NULL;
  g_autofree gchar *group = NULL;

  if (! picture)
    return FALSE;
  entering = singan_job_lay_over (job, "paste", picture, &alpha, error);
  if (! entering)
    return FALSE;
  region = find_object (job, picture, entering, alpha, error);
  if (! region)
    return FALSE;

  group = g_strdup_printf (_ ("Harmonized with %s, seed %u"),
                           job->source.layer_name, seed);
  task.original = picture;
  task.entering = entering;
  task.region = region;
  task.has_mask = ! singan_job_get_integer (job, "unblended");
  task.group_name = group;

  return singan_job_inject (job, &task, error);
}

const SinganProcedure singan_procedure_harmonize = {
  .verb = "harmonize",
  .menu_label = N_ ("_Harmonize Pasted Layer..."),
  .blurb = N_ ("Blend this layer's object into the picture below it"),
  .help = N_ ("Gives an object that was pasted as a layer of its own the "
              "colours and the texture of the background. Results come as "
              "layers, one for each start scale, to choose from; their masks "
              "follow the object's outline, and outside them the background "
              "stays as it is. Detail that is too fine for the model stays "
              "the object's own. If there is no model of the background yet, "
              "it is trained first."),
  .result = SINGAN_RESULT_LAYERS,
  .arguments = arguments,
  .n_arguments = G_N_ELEMENTS (arguments),
  .injects = TRUE,
  .run = run,
};
