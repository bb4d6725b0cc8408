/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Aligned arrays of numbers whose size depends on the picture.  Taking them
 * can fail, and then it is an error for the user, not the end of the process.
 */

#pragma once

#include <glib.h>

#include "core/base/real.h"

G_BEGIN_DECLS

/* One cache line, and the widest vector register in use. */
#define SINGAN_ALIGNMENT 64

/**
 * singan_reals_new:
 * @count: number of elements; may be 0
 * @error: SINGAN_ERROR_NO_MEMORY
 *
 * Returns: (transfer full): @count zeros, aligned to SINGAN_ALIGNMENT bytes, or
 *   NULL with @error set.  Free with singan_reals_free ().
 */
SinganReal *singan_reals_new (gsize count, GError **error);

/**
 * singan_reals_free:
 * @reals: (nullable) (transfer full): what singan_reals_new () gave
 */
void singan_reals_free (SinganReal *reals);

/**
 * singan_size_product:
 * @product: (out): their product
 * @count: number of factors
 * @...: the factors, each a gsize
 *
 * Returns: FALSE, with @product untouched, if the product overflows a gsize
 */
gboolean singan_size_product (gsize *product, guint count, ...);

G_END_DECLS
