/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the verb "info" tells programs: JSON, untranslated.
 */

#pragma once

#include <glib.h>
#include <json-glib/json-glib.h>

#include "core/singan.h"

G_BEGIN_DECLS

/**
 * singan_cli_add_model_json:
 * @builder: inside an array
 * @model: what to describe
 * @path: its file
 *
 * Adds an object.
 */
void singan_cli_add_model_json (JsonBuilder       *builder,
                                const SinganModel *model,
                                const gchar       *path);

/**
 * singan_cli_add_cpu_json:
 * @builder: where a value may stand
 *
 * Adds an object of the kernels that run here.
 */
void singan_cli_add_cpu_json (JsonBuilder *builder);

/**
 * singan_cli_print_json:
 * @builder: a whole value
 *
 * Writes it to stdout.
 */
void singan_cli_print_json (JsonBuilder *builder);

G_END_DECLS
