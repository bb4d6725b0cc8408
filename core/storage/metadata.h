/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Numbers in the metadata of a model or a checkpoint, among them all of the
 * settings, and the ranges that they have to keep to.  Knows nothing of
 * tensors; used by what writes and reads the two.
 */

#pragma once

#include <glib.h>

#include "core/nn/network.h"
#include "core/pyramid/settings.h"
#include "core/storage/safetensors.h"

G_BEGIN_DECLS

/* Bounds of a scale's sides in pixels: what the five blocks leave something of,
 * and the largest training, to which rounding may add one. */
#define SINGAN_METADATA_SIDE_MINIMUM (2 * SINGAN_BORDER + 1)
#define SINGAN_METADATA_SIDE_MAXIMUM (SINGAN_MAX_SIZE_MAXIMUM + 1)

/**
 * singan_metadata_write_number:
 * @writer: to be added to
 * @key: of the metadata
 * @value: written so that the same number is read
 */
void singan_metadata_write_number (SinganTensorWriter *writer,
                                   const gchar        *key,
                                   gdouble             value);

/**
 * singan_metadata_write_settings:
 * @writer: to be added to
 * @settings: all but the purpose
 */
void singan_metadata_write_settings (SinganTensorWriter   *writer,
                                     const SinganSettings *settings);

/**
 * singan_metadata_parse_number:
 * @text: of the whole number
 * @minimum: smallest value allowed
 * @maximum: largest value allowed
 * @is_integer: whether it has to be whole
 * @value: (out): the value
 *
 * Returns: FALSE if @text is no such number
 */
gboolean singan_metadata_parse_number (const gchar *text,
                                       gdouble      minimum,
                                       gdouble      maximum,
                                       gboolean     is_integer,
                                       gdouble     *value);

/**
 * singan_metadata_read_number:
 * @reader: an open file
 * @key: of the metadata
 * @minimum: smallest value allowed
 * @maximum: largest value allowed
 * @is_integer: whether it has to be whole
 * @value: (out): the value
 * @error: SINGAN_ERROR_MODEL, with the value and the range
 *
 * Returns: FALSE with @error set
 */
gboolean singan_metadata_read_number (const SinganTensorReader *reader,
                                      const gchar              *key,
                                      gdouble                   minimum,
                                      gdouble                   maximum,
                                      gboolean                  is_integer,
                                      gdouble                  *value,
                                      GError                  **error);

/**
 * singan_metadata_read_integer:
 * @reader: an open file
 * @key: of the metadata
 * @minimum: smallest value allowed
 * @maximum: largest value allowed
 * @value: (out): the value
 * @error: SINGAN_ERROR_MODEL
 *
 * Returns: FALSE with @error set
 */
gboolean singan_metadata_read_integer (const SinganTensorReader *reader,
                                       const gchar              *key,
                                       gint64                    minimum,
                                       gint64                    maximum,
                                       gint64                   *value,
                                       GError                  **error);

/**
 * singan_metadata_read_settings:
 * @reader: an open file
 * @settings: (out): to be filled; what the file is too old for is as models
 *   had it then
 * @error: SINGAN_ERROR_MODEL
 *
 * Returns: FALSE with @error set
 */
gboolean singan_metadata_read_settings (const SinganTensorReader *reader,
                                        SinganSettings           *settings,
                                        GError                  **error);

G_END_DECLS
