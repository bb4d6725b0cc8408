/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The rows of the table, one a file, and what several of them share.  Only the
 * files of this folder include it.
 */

#pragma once

#include "core/singan.h"
#include "plugin/procedures/procedure.h"

G_BEGIN_DECLS

extern const SinganProcedure singan_procedure_train;
extern const SinganProcedure singan_procedure_random_samples;

/* The presets as choices, in the order of SinganPreset. */
extern const SinganChoice singan_preset_choices[SINGAN_N_PRESETS];

#define SINGAN_PRESET_ARGUMENT(text)                                           \
  {                                                                            \
    .name = "preset", .label = N_ ("_Preset"), .help = text,                   \
    .type = SINGAN_ARGUMENT_CHOICE, .minimum = 0,                              \
    .maximum = SINGAN_N_PRESETS - 1, .default_value = SINGAN_PRESET_PREVIEW,   \
    .choices = singan_preset_choices                                           \
  }

#define SINGAN_MAX_SIZE_ARGUMENT(command_line_only)                            \
  {                                                                            \
    .name = "max-size", .label = N_ ("_Longest side"),                         \
    .help = N_ ("Longest side, in pixels, that the model is trained at; the "  \
                "preview preset trains at no more than 112 and the balanced "  \
                "one at no more than 180"),                                    \
    .type = SINGAN_ARGUMENT_INTEGER, .minimum = SINGAN_MAX_SIZE_MINIMUM,       \
    .maximum = SINGAN_MAX_SIZE_MAXIMUM,                                        \
    .default_value = SINGAN_MAX_SIZE_DEFAULT,                                  \
    .is_command_line_only = command_line_only                                  \
  }

#define SINGAN_ITERATIONS_ARGUMENT(command_line_only)                          \
  {                                                                            \
    .name = "iterations", .label = N_ ("_Iterations"),                         \
    .help = N_ ("Iterations at each scale; 0 for the preset's"),               \
    .type = SINGAN_ARGUMENT_INTEGER, .minimum = 0,                             \
    .maximum = SINGAN_ITERATIONS_MAXIMUM, .default_value = 0,                  \
    .is_command_line_only = command_line_only                                  \
  }

#define SINGAN_SEED_ARGUMENT                                                   \
  {                                                                            \
    .name = "seed", .label = N_ ("_Seed"),                                     \
    .help = N_ ("Seed of the random numbers, which makes a result "            \
                "repeatable; -1 for a random one"),                            \
    .type = SINGAN_ARGUMENT_INTEGER, .minimum = SINGAN_SEED_RANDOM,            \
    .maximum = G_MAXINT32, .default_value = SINGAN_SEED_RANDOM                 \
  }

G_END_DECLS
