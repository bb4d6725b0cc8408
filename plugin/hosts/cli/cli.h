/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The command line's host: what its main () asks of it beyond what procedures
 * do (plugin/hosts/host.h).
 */

#pragma once

#include <gegl.h>
#include <glib.h>

#include "plugin/hosts/host.h"

G_BEGIN_DECLS

/**
 * singan_cli_host_new:
 * @input: the picture's file
 * @output: (nullable): folder for results; the current one if NULL
 * @quiet: whether progress and messages are kept back
 *
 * Returns: (transfer full): the host
 */
SinganHost *
singan_cli_host_new (const gchar *input, const gchar *output, gboolean quiet);

/**
 * singan_cli_host_set_depth:
 * @host: the host
 * @source: the picture: results get 8 bits if it has 8, else 16
 */
void singan_cli_host_set_depth (SinganHost *host, GeglBuffer *source);

/**
 * singan_cli_host_free:
 * @host: (transfer full): the host
 */
void singan_cli_host_free (SinganHost *host);

/**
 * singan_cli_end_progress:
 * @host: the host
 *
 * Ends a progress line that stands on a terminal.
 */
void singan_cli_end_progress (SinganHost *host);

G_END_DECLS
