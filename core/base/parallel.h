/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Threads of the parallel loops (OpenMP).  The rule that keeps a training's
 * bits independent of their number: a loop is cut into blocks whose bounds
 * depend on the data's size alone, a block writes only what is its own, and
 * partial sums are added in the order of the blocks.
 */

#pragma once

#include <glib.h>

#include "core/base/real.h"

G_BEGIN_DECLS

/**
 * singan_parallel_begin:
 * @argv: the arguments of main (), ended by NULL
 *
 * Call it first in main ().  Starts the program anew, once, if the environment
 * does not yet say how the threads are to wait for each other.
 */
void singan_parallel_begin (gchar **argv);

/**
 * singan_parallel_set_threads:
 * @threads: 1 or more; 0 for one a processor
 *
 * How many threads the loops started from the calling thread use from now on.
 */
void singan_parallel_set_threads (gint threads);

/**
 * singan_parallel_threads:
 *
 * Returns: how many threads a loop started here uses at most
 */
gint singan_parallel_threads (void);

/**
 * singan_parallel_thread:
 *
 * Returns: the number of the running thread inside its loop, from 0
 */
gint singan_parallel_thread (void);

/**
 * SinganScratch:
 * @data: @threads slices of @per_thread numbers
 * @per_thread: length of a slice
 * @threads: how many threads a loop that uses this scratch may have
 * @shared: what all threads share, behind the slices
 * @n_shared: its length
 *
 * Memory that a kernel may overwrite, planned before the loops run so that
 * nothing is allocated inside a training step.
 */
typedef struct
{
  SinganReal *data;
  gsize       per_thread;
  gint        threads;
  SinganReal *shared;
  gsize       n_shared;
} SinganScratch;

/**
 * singan_scratch_init:
 * @scratch: (out caller-allocates): to be filled
 * @per_thread: numbers a thread
 * @shared: numbers for all threads together
 * @error: SINGAN_ERROR_NO_MEMORY
 *
 * Plans for singan_parallel_threads () threads.  End it with
 * singan_scratch_clear ().
 *
 * Returns: FALSE, with @error set and @scratch empty, if there is no memory
 */
gboolean singan_scratch_init (SinganScratch *scratch,
                              gsize          per_thread,
                              gsize          shared,
                              GError       **error);

/**
 * singan_scratch_clear:
 * @scratch: what singan_scratch_init () filled, or zeros
 */
void singan_scratch_clear (SinganScratch *scratch);

/**
 * singan_scratch_get:
 * @scratch: the scratch
 *
 * Returns: the running thread's slice
 */
SinganReal *singan_scratch_get (const SinganScratch *scratch);

G_END_DECLS
