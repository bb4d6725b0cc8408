/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * All model files that the store has put anywhere, and which of them nobody
 * needs any more.
 */

#pragma once

#include <gegl.h>
#include <glib.h>

#include "core/singan.h"

G_BEGIN_DECLS

/**
 * SinganModelState:
 * @SINGAN_MODEL_CURRENT: trained on the picture as it is
 * @SINGAN_MODEL_OUTDATED: trained on the picture before that was changed
 * @SINGAN_MODEL_LEFTOVER: a checkpoint of a training that has ended since
 * @SINGAN_MODEL_PAUSED: a checkpoint that a training goes on from
 * @SINGAN_MODEL_OF_LAYER: of a layer or of an edited picture: whether it is
 *   still the same cannot be told
 * @SINGAN_MODEL_OF_UNSAVED: of an image that was not saved
 * @SINGAN_MODEL_WITHOUT_PICTURE: the picture is not there any more
 * @SINGAN_MODEL_UNREADABLE: no model, damaged, or of another version
 */
typedef enum
{
  SINGAN_MODEL_CURRENT,
  SINGAN_MODEL_OUTDATED,
  SINGAN_MODEL_LEFTOVER,
  SINGAN_MODEL_PAUSED,
  SINGAN_MODEL_OF_LAYER,
  SINGAN_MODEL_OF_UNSAVED,
  SINGAN_MODEL_WITHOUT_PICTURE,
  SINGAN_MODEL_UNREADABLE
} SinganModelState;

/**
 * SinganModelEntry:
 * @path: of the file
 * @name: (nullable): of the layer or picture that it was trained on
 * @preset: that it was trained with
 * @purpose: that it was trained for
 * @bytes: its size
 * @changed: when it was written, seconds since 1970
 * @state: what it is worth
 *
 * Without a @name, nothing is known of @preset and @purpose.
 */
typedef struct
{
  gchar           *path;
  gchar           *name;
  SinganPreset     preset;
  SinganPurpose    purpose;
  guint64          bytes;
  gint64           changed;
  SinganModelState state;
} SinganModelEntry;

/**
 * SinganLoadFunc:
 * @path: of a picture
 * @error: whatever kept it from being read
 *
 * Returns: (transfer full): its pixels, or NULL with @error set
 */
typedef GeglBuffer *(*SinganLoadFunc) (const gchar *path, GError **error);

/**
 * singan_inventory_list:
 * @places: (nullable): NULL-terminated pictures and folders to look at; NULL
 *   for all folders that models were put in
 * @load: reads pictures, to see whether they have changed
 *
 * A model is outdated only if that is certain: the picture itself, not a layer
 * of it, was trained, can be read, was written later and has other pixels.
 *
 * Returns: (transfer full): SinganModelEntry*, by path
 */
GPtrArray *singan_inventory_list (gchar **places, SinganLoadFunc load);

/**
 * singan_inventory_is_needless:
 * @entry: an entry
 *
 * Returns: whether it may go: it is outdated or left over
 */
gboolean singan_inventory_is_needless (const SinganModelEntry *entry);

/**
 * singan_inventory_remove:
 * @entry: an entry that is needless
 * @error: G_FILE_ERROR
 *
 * Removes the file, and the image's folder of models if that is empty then.
 *
 * Returns: FALSE with @error set
 */
gboolean singan_inventory_remove (const SinganModelEntry *entry,
                                  GError                **error);

/**
 * singan_inventory_describe:
 * @state: a state
 *
 * Returns: (transfer none): what it means, translated
 */
const gchar *singan_inventory_describe (SinganModelState state);

G_END_DECLS
