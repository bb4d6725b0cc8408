/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A generator over a picture of any size, a strip at a time.
 */

#pragma once

#include <glib.h>

#include "core/base/tensor.h"
#include "core/nn/network.h"

G_BEGIN_DECLS

/**
 * SinganStripFunc:
 * @done: rows that are done
 * @data: user data
 * @error: why not to go on
 *
 * Returns: FALSE with @error set to stop
 */
typedef gboolean (*SinganStripFunc) (gint done, gpointer data, GError **error);

/**
 * singan_strips_run:
 * @generator: a frozen generator
 * @x: [h, w, c]: the enlarged coarser picture
 * @noise: (nullable): [h, w, c], or [h + 10, w + 10, c] if it covers the
 *   border too
 * @amplitude: of the noise
 * @rows: rows of a strip; 0 for as many as take about 64 MB at 64 features
 * @columns: columns of a strip; 0 for all of them where that is not too wide
 * @output: (inout): [h, w, c], overwritten with psi (pad5 (sigma z + x)) + x
 * @func: (nullable): called when all strips of the same rows are done
 * @data: for @func
 * @error: SINGAN_ERROR_NO_MEMORY, and what @func sets
 *
 * Each strip sees as much beyond its borders as it takes for the bits to be
 * those of one run over the whole picture.
 *
 * Returns: FALSE with @error set
 */
gboolean singan_strips_run (const SinganNetwork *generator,
                            const SinganTensor  *x,
                            const SinganTensor  *noise,
                            gdouble              amplitude,
                            gint                 rows,
                            gint                 columns,
                            SinganTensor        *output,
                            SinganStripFunc      func,
                            gpointer             data,
                            GError             **error);

G_END_DECLS
