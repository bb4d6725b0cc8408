/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The words after a verb: files, the procedure's own arguments, and options
 * that all verbs have.
 */

#pragma once

#include <glib.h>

#include "plugin/procedures/procedure.h"

G_BEGIN_DECLS

/**
 * SinganCliOptions:
 * @procedure: the verb's
 * @values: one number an argument
 * @pictures: one path an argument that is a picture or a mask; NULL for others
 * @files: the pictures to work on, one after the other
 * @output: (nullable): where results go
 * @model: (nullable): the model file
 * @overwrites: whether results and models may replace files
 * @threads: that compute; 0 for one a processor
 * @pixels_maximum: most pixels that a picture may have
 * @quiet: no progress, no messages
 */
typedef struct
{
  const SinganProcedure *procedure;
  gdouble                values[SINGAN_ARGUMENTS_MAXIMUM];
  gchar                 *pictures[SINGAN_ARGUMENTS_MAXIMUM];
  gchar                **files;
  gchar                 *output;
  gchar                 *model;
  gboolean               overwrites;
  gint                   threads;
  gint64                 pixels_maximum;
  gboolean               quiet;
} SinganCliOptions;

/**
 * singan_cli_options_parse:
 * @options: (out): what the words say; to be cleared also if it failed
 * @procedure: the verb's
 * @argc: number of words
 * @argv: the verb and the words after it
 * @error: SINGAN_ERROR_SETTINGS, or GLib's of options
 *
 * Prints the help and ends the program if that is asked for.
 *
 * Returns: FALSE with @error set
 */
gboolean singan_cli_options_parse (SinganCliOptions      *options,
                                   const SinganProcedure *procedure,
                                   gint                   argc,
                                   gchar                **argv,
                                   GError               **error);

/**
 * singan_cli_options_make_job:
 * @options: the options
 * @job: (out): a job with these values
 */
void singan_cli_options_make_job (const SinganCliOptions *options,
                                  SinganJob              *job);

/**
 * singan_cli_options_clear:
 * @options: cleared
 */
void singan_cli_options_clear (SinganCliOptions *options);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SinganCliOptions, singan_cli_options_clear)

G_END_DECLS
