/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The nearest of all patches, by matrix products.
 */

#pragma once

#include "core/detail/field.h"

G_BEGIN_DECLS

/**
 * SinganNearest:
 *
 * Opaque: a search for the patches of one field, to be done any number of
 * times.
 */
typedef struct _SinganNearest SinganNearest;

/**
 * singan_nearest_new:
 * @field: the field; only its shape counts, and which patches are wanted
 * @keys: what is looked up in; of the picture only the size counts
 * @error: SINGAN_ERROR_NO_MEMORY
 *
 * Takes 256 MB at most besides the patches themselves, which are 49 times as
 * large as their pictures.
 *
 * Returns: (transfer full): the search, or NULL with @error set
 */
SinganNearest *singan_nearest_new (const SinganField *field,
                                   const SinganKeys  *keys,
                                   GError           **error);

/**
 * singan_nearest_free:
 * @nearest: (nullable) (transfer full): the search
 */
void singan_nearest_free (SinganNearest *nearest);

/**
 * singan_nearest_set_keys:
 * @nearest: the search
 * @picture: of the size that the search was made for
 *
 * What is looked up in from now on.
 */
void singan_nearest_set_keys (SinganNearest      *nearest,
                              const SinganTensor *picture);

/**
 * singan_nearest_find:
 * @nearest: a search that has keys
 * @queries: as for singan_field_improve ()
 * @completeness: alpha of GPNN (Granot et al., CVPR 2022, eq. 3), the mean
 *   squared difference of a number, on pixels in [0, 1]: the smaller, the more
 *   all keys are wanted; 0 for none of that
 * @field: (inout): the field; gets targets and distances
 * @cancellable: (nullable): stops it; then the field is not to be used
 *
 * Squared distances of all pairs, d_ij = |q_i|^2 - 2 q_i . k_j + |k_j|^2, as
 * matrix products.  A query takes the key of the least d_ij, or, with
 * completeness, of the least d_ij / (alpha + min_i d_ij).  The bits do not
 * depend on the number of threads.
 */
void singan_nearest_find (SinganNearest      *nearest,
                          const SinganTensor *queries,
                          gdouble             completeness,
                          SinganField        *field,
                          GCancellable       *cancellable);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SinganNearest, singan_nearest_free)

G_END_DECLS
