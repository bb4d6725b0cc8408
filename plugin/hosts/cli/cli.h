/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The command line's host: what its run.c asks of it beyond what procedures do
 * (plugin/hosts/host.h).
 */

#pragma once

#include <glib.h>

#include "plugin/hosts/cli/output.h"
#include "plugin/hosts/cli/picture-file.h"
#include "plugin/hosts/host.h"

G_BEGIN_DECLS

/**
 * singan_cli_host_new:
 * @input: the picture's file
 * @output: (nullable): where results go; NULL if there are none.  It has to
 *   outlive the host
 * @quiet: whether progress and messages are kept back
 *
 * Returns: (transfer full): the host
 */
SinganHost *singan_cli_host_new (const gchar     *input,
                                 SinganCliOutput *output,
                                 gboolean         quiet);

/**
 * singan_cli_host_set_picture:
 * @host: the host
 * @picture: what results are made of; it has to outlive the host
 */
void singan_cli_host_set_picture (SinganHost             *host,
                                  const SinganCliPicture *picture);

/**
 * singan_cli_host_count_results:
 * @host: the host
 *
 * Returns: how many results are written
 */
gint singan_cli_host_count_results (const SinganHost *host);

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
