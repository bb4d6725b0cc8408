/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The command line: the parts of the program "singan".
 */

#pragma once

#include <gio/gio.h>
#include <glib.h>

#include "plugin/hosts/host.h"

G_BEGIN_DECLS

/* Exit codes. */
#define SINGAN_EXIT_DONE 0
#define SINGAN_EXIT_FAILED 1
#define SINGAN_EXIT_USAGE 2
#define SINGAN_EXIT_INTERRUPTED 130

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

/**
 * singan_cli_load:
 * @path: a picture in any format that GEGL reads
 * @error: SINGAN_ERROR_IMAGE, G_FILE_ERROR
 *
 * Returns: (transfer full): its pixels, or NULL with @error set
 */
GeglBuffer *singan_cli_load (const gchar *path, GError **error);

/**
 * singan_cli_save:
 * @buffer: pixels
 * @path: the PNG file to make or replace, whole or not at all
 * @bit_depth: 8 or 16
 * @error: G_FILE_ERROR
 *
 * Returns: FALSE with @error set
 */
gboolean singan_cli_save (GeglBuffer  *buffer,
                          const gchar *path,
                          gint         bit_depth,
                          GError     **error);

/**
 * singan_cli_info:
 * @argc: number of words after "info"
 * @argv: the words
 *
 * singan info MODEL, singan info --cpu.
 *
 * Returns: the exit code
 */
gint singan_cli_info (gint argc, gchar **argv);

/**
 * singan_cli_fail:
 * @exit_code: of the program
 * @message: what and why
 *
 * Writes "singan: message" to stderr.
 *
 * Returns: @exit_code
 */
gint singan_cli_fail (gint exit_code, const gchar *message);

G_END_DECLS
