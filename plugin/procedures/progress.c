/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "plugin/procedures/progress.h"

#include <math.h>

#include "core/base/i18n.h"
#include "plugin/hosts/host.h"

/* Microseconds of work before its speed is believed. */
#define TIME_MEASURED (G_USEC_PER_SEC / 2)

gchar *
singan_format_time_left (gdouble seconds)
{
  const gint whole = (gint) ceil (seconds);

  if (seconds < 0)
    return g_strdup (_ ("estimating the time left"));
  if (whole < 60)
    return g_strdup_printf (_ ("%d s left"), whole);
  if (whole < 3600)
    return g_strdup_printf (_ ("%d min %d s left"), whole / 60, whole % 60);

  return g_strdup_printf (_ ("%d h %d min left"), whole / 3600,
                          whole / 60 % 60);
}

gchar *
singan_format_duration (gdouble seconds)
{
  const gint minutes = (gint) lround (seconds / 60);

  /* To five seconds: it is an estimate. */
  if (seconds < 10)
    return g_strdup_printf (_ ("%d s"), MAX ((gint) ceil (seconds), 1));
  if (seconds < 90)
    return g_strdup_printf (_ ("%d s"), 5 * (gint) ceil (seconds / 5));
  if (minutes < 60)
    return g_strdup_printf (_ ("%d min"), minutes);

  return g_strdup_printf (_ ("%d h %d min"), minutes / 60, minutes % 60);
}

void
singan_job_begin_work (SinganJob *job)
{
  job->work_start = g_get_monotonic_time ();
}

void
singan_job_show_work (SinganJob *job, const gchar *text, gdouble fraction)
{
  const gint64      elapsed = g_get_monotonic_time () - job->work_start;
  const gboolean    is_known = fraction > 0 && elapsed >= TIME_MEASURED;
  const gdouble     seconds = is_known ? elapsed / (gdouble) G_USEC_PER_SEC
                                         * (1 - fraction) / fraction
                                       : -1;
  g_autofree gchar *left = singan_format_time_left (seconds);
  g_autofree gchar *whole = g_strdup_printf ("%s: %s", text, left);

  singan_host_progress (job->host, is_known ? whole : text, fraction);
}
