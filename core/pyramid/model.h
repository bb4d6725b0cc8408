/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A trained pyramid: what the applications read.  Immutable once made and
 * reference counted; any number of threads may read one at a time.
 */

#pragma once

#include <glib.h>

#include "core/base/tensor.h"
#include "core/nn/network.h"
#include "core/pyramid/geometry.h"
#include "core/pyramid/settings.h"

G_BEGIN_DECLS

/* Bytes of a source's name that a model keeps: enough for a person to know it
 * by. */
#define SINGAN_SOURCE_NAME_BYTES 1024

/**
 * SinganModelInfo:
 * @settings: what it was trained with
 * @geometry: sizes and widths of all scales, also of those not trained
 * @channels: of the picture, 1 or 3
 * @source_hash: of the pixels it was trained on, lower-case hexadecimal
 * @source_name: of the layer or file, for people; a model keeps it as
 *   singan_text_printable () gives it in SINGAN_SOURCE_NAME_BYTES
 *
 * What is known of a model before its first scale is trained.
 */
typedef struct
{
  SinganSettings settings;
  SinganGeometry geometry;
  gint           channels;
  gchar         *source_hash;
  gchar         *source_name;
} SinganModelInfo;

/**
 * SinganModel:
 *
 * Opaque, atomically reference counted.
 */
typedef struct _SinganModel SinganModel;

/**
 * singan_model_new:
 * @info: copied
 * @z_rec: (transfer full): reconstruction noise, [h_0 + 2 b, w_0 + 2 b, 1], b
 *   being what singan_noise_border () says
 *
 * Returns: (transfer full): a model without scales.  Until it is shared, scales
 *   are added to it with singan_model_append ().
 */
SinganModel *singan_model_new (const SinganModelInfo *info,
                               SinganTensor          *z_rec);

/**
 * singan_model_append:
 * @model: a model that nobody else reads yet
 * @generator: (transfer full): of the next finer scale; it is frozen
 * @noise_amplitude: sigma_n of that scale
 * @error: SINGAN_ERROR_NO_MEMORY
 *
 * Returns: FALSE with @error set, @generator freed and @model as it was
 */
gboolean singan_model_append (SinganModel   *model,
                              SinganNetwork *generator,
                              gdouble        noise_amplitude,
                              GError       **error);

/**
 * singan_model_replace_finest:
 * @model: a model that nobody else reads, with at least one trained scale
 * @generator: (transfer full): instead of the finest trained one; it is frozen
 * @error: SINGAN_ERROR_NO_MEMORY
 *
 * Returns: FALSE with @error set, @generator freed and @model as it was
 */
gboolean singan_model_replace_finest (SinganModel   *model,
                                      SinganNetwork *generator,
                                      GError       **error);

/**
 * singan_model_copy:
 * @model: the model
 * @error: SINGAN_ERROR_NO_MEMORY
 *
 * Returns: (transfer full): a model of its own with the same contents, which
 *   may grow independently, or NULL with @error set
 */
SinganModel *singan_model_copy (const SinganModel *model, GError **error);

/**
 * singan_model_copy_coarsest:
 * @model: the model
 * @count: how many of its trained scales, from the coarsest
 * @error: SINGAN_ERROR_NO_MEMORY
 *
 * Returns: (transfer full): as singan_model_copy (), with those scales only
 */
SinganModel *singan_model_copy_coarsest (const SinganModel *model,
                                         gint               count,
                                         GError           **error);

/**
 * singan_model_ref:
 * @model: the model
 *
 * Returns: (transfer full): the same model
 */
SinganModel *singan_model_ref (SinganModel *model);

/**
 * singan_model_unref:
 * @model: (transfer full): the model
 */
void singan_model_unref (SinganModel *model);

/**
 * singan_model_get_info:
 * @model: the model
 *
 * Returns: (transfer none): what it is
 */
const SinganModelInfo *singan_model_get_info (const SinganModel *model);

/**
 * singan_model_n_trained:
 * @model: the model
 *
 * Returns: how many scales, from the coarsest, are trained.  Below
 *   geometry.n_scales if the training was stopped early; the finer scales are
 *   then plain upsampling.
 */
gint singan_model_n_trained (const SinganModel *model);

/**
 * singan_model_get_generator:
 * @model: the model
 * @scale: below singan_model_n_trained ()
 *
 * Returns: (transfer none): that scale's frozen generator
 */
const SinganNetwork *singan_model_get_generator (const SinganModel *model,
                                                 gint               scale);

/**
 * singan_model_get_noise_amplitude:
 * @model: the model
 * @scale: below singan_model_n_trained ()
 *
 * Returns: sigma_n
 */
gdouble singan_model_get_noise_amplitude (const SinganModel *model, gint scale);

/**
 * singan_model_get_z_rec:
 * @model: the model
 *
 * Returns: (transfer none): z*, [h_0 + 2 b, w_0 + 2 b, 1], b being what
 *   singan_noise_border () says
 */
const SinganTensor *singan_model_get_z_rec (const SinganModel *model);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SinganModel, singan_model_unref)

G_END_DECLS
