/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Blend Edit: a picture in which things were moved, copied or removed by hand
 * becomes seamless (SinGAN section 4, "Editing").
 */

#include "config.h"

#include "core/base/i18n.h"
#include "plugin/procedures/blend.h"
#include "plugin/procedures/outlook.h"
#include "plugin/procedures/rows.h"

static const SinganArgument arguments[] = {
  SINGAN_LAYER_ARGUMENT ("original",
                         N_ ("Ori_ginal"),
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
  SINGAN_DETAIL_ARGUMENT,
  SINGAN_MARGIN_ARGUMENT,
  SINGAN_LEAST_PRESET_ARGUMENT,
  SINGAN_MAX_SIZE_ARGUMENT (TRUE),
  SINGAN_ITERATIONS_ARGUMENT (TRUE),
  SINGAN_UNBLENDED_ARGUMENT,
  SINGAN_SEED_ARGUMENT,
};

static gboolean
run (SinganJob *job, GError **error)
{
  static const SinganBlend edit = {
    .picture = "edited",
    .detail = SINGAN_DETAIL_SEAMLESS,
    .photograph = SINGAN_DETAIL_CHOICE_PHOTOGRAPH,
    .group_format = N_ ("Blended edit of %s, seed %u"),
    .no_region = N_ ("The edited layer does not differ from the original, and "
                     "nothing is selected: there is nothing to blend."),
    .stem = "edit",
  };

  return singan_job_blend (job, &edit, error);
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
              "of a result can be changed. Beyond a narrow margin around it "
              "nothing changes. "
              "If there is no model of the original yet, it is trained first."),
  .command_blurb = N_ ("Make a rough edit of a picture seamless"),
  .command_help
  = N_ ("Takes a copy of the picture in which parts were moved, copied or "
        "painted over by hand, --edited, and makes it look as if it had "
        "always been so. Results are files, one for each start scale, to "
        "choose from. What is blended is what --mask says, if it is given, "
        "else all that differs from the picture by more than what "
        "compression does to it. With the photograph's detail nothing "
        "farther away than 3 percent of the longer side changes. If there "
        "is no model of the picture yet, it is trained first."),
  .result = SINGAN_RESULT_LAYERS,
  .arguments = arguments,
  .n_arguments = G_N_ELEMENTS (arguments),
  .has_preview = TRUE,
  .injects = TRUE,
  .foresee = singan_foresee_injection,
  .gives_one = singan_job_injects_once,
  .run = run,
};
