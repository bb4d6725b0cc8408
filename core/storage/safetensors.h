/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The safetensors container: an 8-byte little-endian header length, a JSON
 * header, raw little-endian data.  Only float32 tensors and a map of strings.
 * Knows no models; used by model-file and checkpoint.  A file may come from a
 * stranger: opening it checks everything that does not depend on what it is
 * for.
 */

#pragma once

#include <glib.h>

#include "core/base/real.h"

G_BEGIN_DECLS

/* Most dimensions that a tensor has. */
#define SINGAN_DIMENSIONS 4

/**
 * SinganTensorShape:
 * @n: number of dimensions, 1 .. SINGAN_DIMENSIONS
 * @sizes: the dimensions
 */
typedef struct
{
  gint   n;
  gint64 sizes[SINGAN_DIMENSIONS];
} SinganTensorShape;

typedef struct _SinganTensorWriter SinganTensorWriter;
typedef struct _SinganTensorReader SinganTensorReader;

/**
 * singan_tensor_writer_new:
 *
 * Returns: (transfer full): an empty file in memory
 */
SinganTensorWriter *singan_tensor_writer_new (void);

/**
 * singan_tensor_writer_free:
 * @writer: (transfer full): the writer
 */
void singan_tensor_writer_free (SinganTensorWriter *writer);

/**
 * singan_tensor_writer_set_metadata:
 * @writer: the writer
 * @key: a new key
 * @value: its value, UTF-8
 */
void singan_tensor_writer_set_metadata (SinganTensorWriter *writer,
                                        const gchar        *key,
                                        const gchar        *value);

/**
 * singan_tensor_writer_add:
 * @writer: the writer
 * @name: a new name
 * @shape: of the tensor
 * @values: as many numbers; copied
 */
void singan_tensor_writer_add (SinganTensorWriter      *writer,
                               const gchar             *name,
                               const SinganTensorShape *shape,
                               const SinganReal        *values);

/**
 * singan_tensor_writer_save:
 * @writer: the writer
 * @path: the file to make or replace
 * @error: G_FILE_ERROR
 *
 * Writes another file, synchronises and renames it.  Same contents, same bytes.
 *
 * Returns: FALSE with @error set, and an older @path left as it was
 */
gboolean singan_tensor_writer_save (SinganTensorWriter *writer,
                                    const gchar        *path,
                                    GError            **error);

/**
 * singan_tensor_reader_open:
 * @path: a safetensors file
 * @error: SINGAN_ERROR_MODEL with the file's name, G_FILE_ERROR
 *
 * Returns: (transfer full): the file with its header checked: sizes, nesting,
 *   names, and tensors that tile the data; or NULL with @error set
 */
SinganTensorReader *singan_tensor_reader_open (const gchar *path,
                                               GError     **error);

/**
 * singan_tensor_reader_free:
 * @reader: (nullable) (transfer full): the reader
 */
void singan_tensor_reader_free (SinganTensorReader *reader);

/**
 * singan_tensor_reader_get_path:
 * @reader: the reader
 *
 * Returns: (transfer none): the file's name
 */
const gchar *singan_tensor_reader_get_path (const SinganTensorReader *reader);

/**
 * singan_tensor_reader_get_metadata:
 * @reader: the reader
 * @key: a key
 * @error: SINGAN_ERROR_MODEL if it is not there
 *
 * Returns: (transfer none): its value, or NULL with @error set
 */
const gchar *singan_tensor_reader_get_metadata (
    const SinganTensorReader *reader, const gchar *key, GError **error);

/**
 * singan_tensor_reader_get:
 * @reader: the reader
 * @name: a tensor's name
 * @shape: what its shape has to be
 * @values: (out): room for as many numbers
 * @error: SINGAN_ERROR_MODEL if it is not there, has another shape, or holds
 *   numbers that are not finite
 *
 * Returns: FALSE with @error set
 */
gboolean singan_tensor_reader_get (SinganTensorReader      *reader,
                                   const gchar             *name,
                                   const SinganTensorShape *shape,
                                   SinganReal              *values,
                                   GError                 **error);

/**
 * singan_tensor_reader_finish:
 * @reader: a reader from which all that is expected has been read
 * @error: SINGAN_ERROR_MODEL
 *
 * Returns: FALSE with @error set if the file has other tensors too
 */
gboolean singan_tensor_reader_finish (SinganTensorReader *reader,
                                      GError            **error);

/**
 * singan_tensor_reader_fail:
 * @reader: the reader
 * @error: (nullable): where to put the error
 * @reason: a translated sentence with what is wrong
 *
 * Sets a SINGAN_ERROR_MODEL that names the file.
 *
 * Returns: FALSE
 */
gboolean singan_tensor_reader_fail (const SinganTensorReader *reader,
                                    GError                  **error,
                                    const gchar              *reason);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SinganTensorWriter, singan_tensor_writer_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SinganTensorReader, singan_tensor_reader_free)

G_END_DECLS
