/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Jobs in GIMP that a person watches in a window; jobs of scripts keep GIMP's
 * progress bar.
 */

#pragma once

#include "plugin/hosts/gimp/gimp.h"

G_BEGIN_DECLS

/**
 * singan_gimp_make_title:
 * @procedure: a procedure
 *
 * Returns: (transfer full): the title of its windows: the menu label without
 *   mnemonic and ellipsis
 */
gchar *singan_gimp_make_title (const SinganProcedure *procedure);

/**
 * singan_gimp_take_source:
 * @job: a job: gets its source and its pictures
 * @host: where they come from
 *
 * All pixels are copied: only this thread may ask GIMP for tiles.
 */
void singan_gimp_take_source (SinganJob *job, const SinganHost *host);

/**
 * singan_gimp_watch:
 * @job: a job with its host and what singan_gimp_take_source () gives
 * @error: as the procedure's run
 *
 * Runs the job, in a window as soon as it takes longer than a moment.
 *
 * Returns: FALSE with @error set
 */
gboolean singan_gimp_watch (SinganJob *job, GError **error);

G_END_DECLS
