/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The rows of the table, one a file, and what several of them share.  Only the
 * files of this folder include it.
 */

#pragma once

#include "core/singan.h"
#include "plugin/procedures/detail.h"
#include "plugin/procedures/procedure.h"

G_BEGIN_DECLS

extern const SinganProcedure singan_procedure_train;
extern const SinganProcedure singan_procedure_random_samples;
extern const SinganProcedure singan_procedure_super_resolution;
extern const SinganProcedure singan_procedure_harmonize;
extern const SinganProcedure singan_procedure_edit;
extern const SinganProcedure singan_procedure_paint_to_image;
extern const SinganProcedure singan_procedure_animate;

/* The presets as choices, in the order of SinganPreset. */
extern const SinganChoice singan_preset_choices[SINGAN_N_PRESETS];

#define SINGAN_PRESET_ARGUMENT(text)                                           \
  {                                                                            \
    .name = "preset", .label = N_ ("_Preset"), .help = text,                   \
    .type = SINGAN_ARGUMENT_CHOICE, .minimum = 0,                              \
    .maximum = SINGAN_N_PRESETS - 1, .default_value = SINGAN_PRESET_PREVIEW,   \
    .choices = singan_preset_choices                                           \
  }

/* For procedures that use a model. */
#define SINGAN_LEAST_PRESET_ARGUMENT                                           \
  SINGAN_PRESET_ARGUMENT (                                                     \
      N_ ("The lowest preset that will do: a model that was trained with it, " \
          "or with a better one, is used; if there is none, one is trained "   \
          "first"))

#define SINGAN_INJECTION_SCALE_ARGUMENT                                        \
  {                                                                            \
    .name = "start-scale", .label = N_ ("St_art at scale"),                    \
    .help = N_ ("Where the picture enters the model: at 1 most of it is made " \
                "anew, at the finest scale only its finest details; -1 makes " \
                "one result for each scale to choose from"),                   \
    .type = SINGAN_ARGUMENT_INTEGER, .minimum = SINGAN_START_SCALE_EACH,       \
    .maximum = SINGAN_SCALES_MAXIMUM - 1,                                      \
    .default_value = SINGAN_START_SCALE_EACH                                   \
  }

#define SINGAN_MARGIN_ARGUMENT                                                 \
  {                                                                            \
    .name = "margin", .label = N_ ("Marg_in (pixels)"),                        \
    .help = N_ ("How far beyond the edit, the object or the painting a "       \
                "result may change the picture; farther away nothing "         \
                "changes. -1 for what suits its size and the model, at most "  \
                "3 percent of the picture's longer side; 0 for a hard "        \
                "border"),                                                     \
    .type = SINGAN_ARGUMENT_INTEGER, .minimum = SINGAN_MARGIN_AUTOMATIC,       \
    .maximum = SINGAN_MARGIN_MAXIMUM, .default_value = SINGAN_MARGIN_AUTOMATIC \
  }

/* The layer that was trained, which a result is made for: hosts know it by a
 * number, and may have none yet. */
#define SINGAN_LAYER_ARGUMENT(name_text, label_text, help_text)                \
  {                                                                            \
    .name = name_text, .label = label_text, .help = help_text,                 \
    .type = SINGAN_ARGUMENT_LAYER, .minimum = SINGAN_LAYER_NONE,               \
    .maximum = G_MAXINT32, .default_value = SINGAN_LAYER_NONE                  \
  }

/* Values of files are not used: a range is there for every argument. */
#define SINGAN_FILE_ARGUMENT(kind, name_text, help_text, ...)                  \
  {                                                                            \
    .name = name_text, .label = "", .help = help_text, .type = kind,           \
    .minimum = 0, .maximum = 1, .default_value = 0,                            \
    .is_command_line_only = TRUE, __VA_ARGS__                                  \
  }

#define SINGAN_UNBLENDED_ARGUMENT                                              \
  {                                                                            \
    .name = "unblended", .label = N_ ("_Unblended"),                           \
    .help = N_ ("Give what the model made of the whole picture instead of "    \
                "blending it into the original"),                              \
    .type = SINGAN_ARGUMENT_BOOLEAN, .minimum = 0, .maximum = 1,               \
    .default_value = 0, .is_command_line_only = TRUE                           \
  }

#define SINGAN_MAX_SIZE_ARGUMENT(command_line_only)                            \
  {                                                                            \
    .name = "max-size", .label = N_ ("Ma_ximum size (pixels)"),                \
    .help = N_ ("Longest side, in pixels, that the model is trained at, from " \
                "48 on; 0 for the preset's. The preview preset trains at no "  \
                "more than 112"),                                              \
    .note = N_ ("0: the preset's"), .type = SINGAN_ARGUMENT_INTEGER,           \
    .minimum = 0, .maximum = SINGAN_MAX_SIZE_MAXIMUM,                          \
    .least = SINGAN_MAX_SIZE_MINIMUM, .default_value = 0,                      \
    .is_command_line_only = command_line_only                                  \
  }

#define SINGAN_ITERATIONS_ARGUMENT(command_line_only)                          \
  {                                                                            \
    .name = "iterations", .label = N_ ("_Iterations"),                         \
    .help = N_ ("Iterations at each scale; 0 for the preset's"),               \
    .note = N_ ("0: the preset's"), .type = SINGAN_ARGUMENT_INTEGER,           \
    .minimum = 0, .maximum = SINGAN_ITERATIONS_MAXIMUM, .default_value = 0,    \
    .is_command_line_only = command_line_only                                  \
  }

#define SINGAN_SEED_ARGUMENT                                                   \
  {                                                                            \
    .name = "seed", .label = N_ ("S_eed"),                                     \
    .help = N_ ("Seed of the random numbers, which makes a result "            \
                "repeatable; -1 for a random one"),                            \
    .type = SINGAN_ARGUMENT_INTEGER, .minimum = SINGAN_SEED_RANDOM,            \
    .maximum = G_MAXINT32, .default_value = SINGAN_SEED_RANDOM                 \
  }

G_END_DECLS
