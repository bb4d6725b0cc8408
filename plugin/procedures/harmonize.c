/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Harmonize Pasted Layer: an object from elsewhere takes on the background's
 * colours and texture (SinGAN section 4, "Harmonization").
 */

#include "config.h"

#include "core/base/i18n.h"
#include "plugin/procedures/blend.h"
#include "plugin/procedures/outlook.h"
#include "plugin/procedures/rows.h"

enum
{
  DETAIL_OBJECT,
  DETAIL_PHOTOGRAPH
};

static const SinganChoice detail_choices[] = {
  [DETAIL_OBJECT] = { "object", N_ ("The object's own") },
  [DETAIL_PHOTOGRAPH] = { "photograph", N_ ("The background's") },
};

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
                        N_ ("A picture that is white where the object is; "
                            "without it, wherever the pasted picture is not "
                            "transparent"),
                        .is_selection = TRUE),
  SINGAN_INJECTION_SCALE_ARGUMENT,
  { .name = "detail",
    .label = N_ ("_Detail"),
    .help = N_ ("Where the finest detail comes from: the pasted object keeps "
                "its own, or gets that of the background, as an object does "
                "that is pasted into a painting"),
    .type = SINGAN_ARGUMENT_CHOICE,
    .minimum = 0,
    .maximum = DETAIL_PHOTOGRAPH,
    .default_value = DETAIL_OBJECT,
    .choices = detail_choices },
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
  static const SinganBlend harmonization = {
    .picture = "paste",
    .has_outline = TRUE,
    .detail = SINGAN_DETAIL_OBJECT,
    .photograph = DETAIL_PHOTOGRAPH,
    .group_format = N_ ("Harmonized with %s, seed %u"),
    .no_region = N_ ("The pasted layer covers all of the background and does "
                     "not differ from it: there is no object to harmonize."),
    .stem = "harmonized",
  };

  return singan_job_blend (job, &harmonization, error);
}

const SinganProcedure singan_procedure_harmonize = {
  .verb = "harmonize",
  .menu_label = N_ ("_Harmonize Pasted Layer..."),
  .blurb = N_ ("Blend this layer's object into the picture below it"),
  .help = N_ ("Gives an object that was pasted as a layer of its own the "
              "colours and the texture of the background. Results come as "
              "layers, one for each start scale, to choose from; their masks "
              "follow the object's outline, and beyond their margin the "
              "background stays as it is. If there is a selection, only "
              "what of the object is inside it counts. Detail that is too fine "
              "for the model stays "
              "the object's own, unless that of the background is asked for. "
              "If there is no model of the background yet, it is trained "
              "first."),
  .command_blurb = N_ ("Blend an object into the picture it is pasted on"),
  .command_help
  = N_ ("Gives the object of the picture --paste the colours and the "
        "texture of the picture that it is pasted on. Results are files, "
        "one for each start scale, to choose from; outside the object's "
        "outline the background stays as it is. Detail that is too fine "
        "for the model stays the object's own, unless that of the "
        "background is asked for. If there is no model of the background "
        "yet, it is trained first."),
  .result = SINGAN_RESULT_LAYERS,
  .arguments = arguments,
  .n_arguments = G_N_ELEMENTS (arguments),
  .has_preview = TRUE,
  .injects = TRUE,
  .foresee = singan_foresee_injection,
  .gives_one = singan_job_injects_once,
  .run = run,
};
