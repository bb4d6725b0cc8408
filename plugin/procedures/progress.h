/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a job tells its host of the work ahead: how far it is, and the time
 * left.  Only the files of this folder include it.
 */

#pragma once

#include <glib.h>

#include "plugin/procedures/procedure.h"

G_BEGIN_DECLS

/**
 * singan_format_time_left:
 * @seconds: an estimate; negative if there is none yet
 *
 * Returns: (transfer full): a translated phrase, as "2 min 5 s left"
 */
gchar *singan_format_time_left (gdouble seconds);

/**
 * singan_format_duration:
 * @seconds: an estimate of work not begun, not negative
 *
 * Returns: (transfer full): a translated phrase, as "5 min"
 */
gchar *singan_format_duration (gdouble seconds);

/**
 * singan_job_begin_work:
 * @job: the job
 *
 * From here on singan_job_show_work () measures the time.
 */
void singan_job_begin_work (SinganJob *job);

/**
 * singan_job_show_work:
 * @job: the job
 * @text: a translated phrase: what is being done
 * @fraction: of the work since singan_job_begin_work () that is done, 0 .. 1
 *
 * Tells the host, with the time left.
 */
void singan_job_show_work (SinganJob *job, const gchar *text, gdouble fraction);

G_END_DECLS
