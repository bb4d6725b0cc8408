/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "core/base/parallel.h"

#include <unistd.h>

#include <omp.h>

#include "core/base/memory.h"

/* Turns that an idle thread waits before it sleeps, some 20 us.  By itself
 * libgomp waits for tens of milliseconds, and on a machine with other work that
 * is time taken from the very threads it waits for.  It reads this as it is
 * loaded, too early to be set by the program that it is loaded into. */
#define SPIN_VARIABLE "GOMP_SPINCOUNT"
#define SPIN_TURNS "1000"

void
singan_parallel_begin (gchar **argv)
{
  /* Where there is no /proc, the program goes on as it is, only slower. */
  if (! g_getenv (SPIN_VARIABLE) && g_setenv (SPIN_VARIABLE, SPIN_TURNS, FALSE))
    execv ("/proc/self/exe", argv);
}

void
singan_parallel_set_threads (gint threads)
{
  g_return_if_fail (threads >= 0);

  omp_set_num_threads (threads > 0 ? threads : omp_get_num_procs ());
}

gint
singan_parallel_threads (void)
{
  return omp_get_max_threads ();
}

gint
singan_parallel_thread (void)
{
  return omp_get_thread_num ();
}

gboolean
singan_scratch_init (SinganScratch *scratch,
                     gsize          per_thread,
                     gsize          shared,
                     GError       **error)
{
  /* Whole cache lines, so that two threads never share one. */
  const gsize line = SINGAN_ALIGNMENT / sizeof (SinganReal);
  const gint  threads = singan_parallel_threads ();
  gsize       count;
  SinganReal *data;

  per_thread = per_thread <= G_MAXSIZE - line
                   ? (per_thread + line - 1) / line * line
                   : G_MAXSIZE;
  if (! singan_size_product (&count, 2, per_thread, (gsize) threads)
      || ! g_size_checked_add (&count, count, shared))
    count = G_MAXSIZE;
  data = singan_reals_new (count, error);
  *scratch = data ? (SinganScratch){ data, per_thread, threads,
                                     data + per_thread * threads, shared }
                  : (SinganScratch){ .data = NULL };

  return data != NULL;
}

void
singan_scratch_clear (SinganScratch *scratch)
{
  singan_reals_free (scratch->data);
  *scratch = (SinganScratch){ .data = NULL };
}

SinganReal *
singan_scratch_get (const SinganScratch *scratch)
{
  return scratch->data + singan_parallel_thread () * scratch->per_thread;
}
