/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where results go: a folder, one file, or standard output; and that nothing is
 * lost there that the command did not name.
 */

#pragma once

#include <gegl.h>
#include <glib.h>

#include "plugin/hosts/cli/picture-save.h"

G_BEGIN_DECLS

/**
 * SinganCliOutput:
 * @folder: where files are made; NULL for standard output
 * @file: (nullable): the one file that is wanted
 * @format: of the files
 * @overwrites: whether files may be replaced that were there before
 * @is_folder_new: whether the folder was made for it
 * @inputs: paths of files that are never replaced
 * @written: paths of the results so far
 */
typedef struct
{
  gchar              *folder;
  gchar              *file;
  SinganCliFormat     format;
  gboolean            overwrites;
  gboolean            is_folder_new;
  const gchar *const *inputs;
  GHashTable         *written;
} SinganCliOutput;

/**
 * singan_cli_output_init:
 * @output: (out): where results go
 * @name: (nullable): SINGAN_CLI_STANDARD_STREAM; a folder, which exists, ends
 *   with a slash or has no ending; or a file with an ending that can be
 *   written; the current folder if NULL
 * @overwrites: whether files may be replaced
 * @inputs: paths of all pictures that the command names, NULL-terminated; they
 *   have to outlive the output
 * @error: SINGAN_ERROR_SETTINGS with the endings that there are
 *
 * Touches nothing.
 *
 * Returns: FALSE with @error set
 */
gboolean singan_cli_output_init (SinganCliOutput    *output,
                                 const gchar        *name,
                                 gboolean            overwrites,
                                 const gchar *const *inputs,
                                 GError            **error);

/**
 * singan_cli_output_takes_one:
 * @output: where results go
 *
 * Returns: whether there is place for a single result only
 */
gboolean singan_cli_output_takes_one (const SinganCliOutput *output);

/**
 * singan_cli_output_prepare:
 * @output: where results go
 * @error: G_FILE_ERROR with the system's reason
 *
 * Makes the folder, and finds out whether a file can be written there, and
 * whether the one that is wanted would replace another.
 *
 * Returns: FALSE with @error set
 */
gboolean singan_cli_output_prepare (SinganCliOutput *output, GError **error);

/**
 * singan_cli_output_write:
 * @output: where results go
 * @stem: name of a result in a folder, without its ending; if there is a file
 *   of that name, a number is added
 * @buffer: the result
 * @like: the picture that it was made of
 * @error: as singan_cli_picture_save () and singan_safe_file_finish ()
 *
 * Returns: (transfer full): the path of the file, SINGAN_CLI_STANDARD_STREAM
 * for standard output; or NULL with @error set
 */
gchar *singan_cli_output_write (SinganCliOutput        *output,
                                const gchar            *stem,
                                GeglBuffer             *buffer,
                                const SinganCliPicture *like,
                                GError                **error);

/**
 * singan_cli_output_clear:
 * @output: cleared; a folder that was made for it and is empty goes
 */
void singan_cli_output_clear (SinganCliOutput *output);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SinganCliOutput, singan_cli_output_clear)

G_END_DECLS
