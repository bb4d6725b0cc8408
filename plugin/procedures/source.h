/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The picture of the layer that a job works on, as the core takes it.  Only the
 * files of this folder include it.
 */

#pragma once

#include "core/base/tensor.h"
#include "plugin/procedures/procedure.h"

G_BEGIN_DECLS

/**
 * singan_job_read_picture:
 * @job: pixel_hash and n_translucent are set
 * @error: SINGAN_ERROR_IMAGE if the layer cannot be trained on
 *
 * Says so if partly transparent pixels are taken for opaque ones.
 *
 * Returns: (transfer full): the layer's picture, or NULL with @error set
 */
SinganTensor *singan_job_read_picture (SinganJob *job, GError **error);

/**
 * singan_job_read_with_alpha:
 * @job: pixel_hash is set
 * @alpha: (out) (nullable): [h, w, 1] in [0, 1]; NULL if the layer is opaque
 * @error: SINGAN_ERROR_IMAGE if the layer cannot be trained on
 *
 * For jobs that keep transparency.  Of a layer that is opaque it is the same as
 * singan_job_read_picture ().
 *
 * Returns: (transfer full): the layer's picture with the colours of opaque
 *   pixels below transparent ones, or NULL with @error set
 */
SinganTensor *singan_job_read_with_alpha (SinganJob     *job,
                                          SinganTensor **alpha,
                                          GError       **error);

/**
 * singan_describe_translucency:
 * @n_translucent: how many pixels of a layer count as opaque; above 0
 *
 * Returns: (transfer full): a translated sentence
 */
gchar *singan_describe_translucency (gint64 n_translucent);

G_END_DECLS
