/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Blend Edit: a picture in which things were moved, copied or removed by hand
 * becomes seamless (SinGAN section 4, "Editing").
 */

#include "config.h"

#include "core/base/i18n.h"
#include "plugin/procedures/injection.h"
#include "plugin/procedures/rows.h"
#include "plugin/procedures/training.h"

static const SinganArgument arguments[] = {
  SINGAN_LAYER_ARGUMENT ("original",
                         N_ ("_Original"),
                         N_ ("The layer with the picture as it was before the "
                             "edit: the model is trained on it")),
  SINGAN_FILE_ARGUMENT (SINGAN_ARGUMENT_PICTURE,
                        "edited",
                        N_ ("The edited picture, of the original's size"),
                        .has_own_place = FALSE),
  SINGAN_FILE_ARGUMENT (SINGAN_ARGUMENT_MASK,
                        "mask",
                        N_ ("A picture that is white where the edit is; "
                            "without it, wherever the two pictures differ"),
                        .is_selection = TRUE),
  SINGAN_INJECTION_SCALE_ARGUMENT,
  SINGAN_LEAST_PRESET_ARGUMENT,
  SINGAN_MAX_SIZE_ARGUMENT (TRUE),
  SINGAN_ITERATIONS_ARGUMENT (TRUE),
  SINGAN_UNBLENDED_ARGUMENT,
  SINGAN_SEED_ARGUMENT,
};

/* The edit: the selection, if there is one; else what differs. */
static SinganTensor *
find_edit (SinganJob          *job,
           const SinganTensor *picture,
           const SinganTensor *entering,
           GError            **error)
{
  g_autoptr (SinganTensor) region = NULL;

  if (! singan_job_read_region (job, "mask", picture, &region, error))
    return NULL;
  if (region)
    return g_steal_pointer (&region);

  region = singan_region_from_difference (entering, picture,
                                          SINGAN_EDIT_THRESHOLD, error);
  if (region && singan_region_count (region) == 0)
    {
      g_set_error_literal (error, SINGAN_ERROR, SINGAN_ERROR_IMAGE,
                           _ ("The edited layer does not differ from the "
                              "original, and nothing is selected: there is "
                              "nothing to blend."));
      return NULL;
    }

  return g_steal_pointer (&region);
}

static gboolean
run (SinganJob *job, GError **error)
{
  const guint32       seed = singan_job_make_seed (job);
  SinganInjectionTask task = { .radius = SINGAN_EDIT_RADIUS,
                               .detail = SINGAN_DETAIL_SEAMLESS,
                               .seed = seed,
                               .stem = "edit" };
  g_autoptr (SinganTensor) picture = singan_job_read_picture (job, error);
  g_autoptr (SinganTensor) entering = NULL;
  g_autoptr (SinganTensor) alpha = NULL;
  g_autoptr (SinganTensor) region = NULL;
  g_autofree gchar *group = NULL;

  if (! picture)
    return FALSE;
  entering = singan_job_lay_over (job, "edited", picture, &alpha, error);
  if (! entering)
    return FALSE;
  region = find_edit (job, picture, entering, error);
  if (! region)
    return FALSE;

  group = g_strdup_printf (_ ("Blended edit of %s, seed %u"),
                           job->source.layer_name, seed);
  task.original = picture;
  task.entering = entering;
  task.region = region;
  task.has_mask = ! singan_job_get_integer (job, "unblended");
  task.group_name = group;

  return singan_job_inject (job, &task, error);
}

const SinganProcedure singan_procedure_edit = {
  .verb = "edit",
  .menu_label = N_ ("Blend _Edit..."),
  .blurb = N_ ("Make a rough edit of a picture seamless"),
  .help = N_ ("Takes a layer in which parts of the picture were moved, copied "
              "or painted over by hand, and makes it look as if it had always "
              "been so. Results come as layers, one for each start scale, to "
              "choose from. What is blended is the selection, if there is "
              "one, else all that differs from the original layer; the mask "
              "of a result can be changed or switched off. Detail that is too "
              "fine for the model stays that of the edited layer. If there is "
              "no model of the original yet, it is trained first."),
  .result = SINGAN_RESULT_LAYERS,
  .arguments = arguments,
  .n_arguments = G_N_ELEMENTS (arguments),
  .injects = TRUE,
  .run = run,
};
