/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where models live: in the folder IMAGE.singan beside the image, or in the
 * user's cache until there is one.  A file is named by the layer and by hashes
 * of the pixels and of the settings it was trained with.
 */

#pragma once

#include <glib.h>

#include "core/singan.h"
#include "plugin/procedures/procedure.h"

G_BEGIN_DECLS

/**
 * SinganModelWish:
 * @channels: of the layer
 * @preset: the least that the model must have been trained with
 * @max_size: what it must have been trained at; 0 for any
 * @iterations: how many it must have been trained with; 0 for any
 * @purpose: what it must have been trained for
 *
 * Which models of a layer will do.
 */
typedef struct
{
  gint         channels;
  SinganPreset preset;
  gint         max_size;
  gint         iterations;

  SinganPurpose purpose;
} SinganModelWish;

/**
 * singan_model_wish_is_met:
 * @wish: which models will do
 * @info: of a model of the layer
 *
 * Returns: whether that one will do
 */
gboolean singan_model_wish_is_met (const SinganModelWish *wish,
                                   const SinganModelInfo *info);

/**
 * singan_model_store_find:
 * @source: the layer
 * @pixel_hash: of its pixels
 * @wish: which models will do
 * @path: (out): the file, if there is one
 * @warnings: (out) (nullable): translated sentences on files that had to be
 *   passed over, gchar*
 *
 * Looks where the layer remembers its model, beside the image and in the cache,
 * at the headers of files alone, and takes the best preset, then the newest.  A
 * model in the cache moves beside the image once there is one.
 *
 * Returns: (transfer full) (nullable): the model
 */
SinganModel *singan_model_store_find (const SinganSource    *source,
                                      const gchar           *pixel_hash,
                                      const SinganModelWish *wish,
                                      gchar                **path,
                                      GPtrArray             *warnings);

/**
 * singan_model_store_place:
 * @source: the layer
 * @pixel_hash: of its pixels
 * @settings: what the model will be trained with
 * @warning: (out): a translated sentence if the image's folder cannot be
 *   written to and the cache has to do, else NULL
 * @error: G_FILE_ERROR if neither can be written to
 *
 * Makes the folder.
 *
 * Returns: (transfer full): path of the model file to be, or NULL with @error
 *   set
 */
gchar *singan_model_store_place (const SinganSource   *source,
                                 const gchar          *pixel_hash,
                                 const SinganSettings *settings,
                                 gchar               **warning,
                                 GError              **error);

/**
 * singan_model_store_find_checkpoint:
 * @source: the layer
 * @pixel_hash: of its pixels
 * @settings: what the model would be trained with
 *
 * Looks where singan_model_store_place () would put it, and makes no folder.
 *
 * Returns: (transfer full) (nullable): path of the checkpoint that such a
 *   training goes on from, if there is one
 */
gchar *singan_model_store_find_checkpoint (const SinganSource   *source,
                                           const gchar          *pixel_hash,
                                           const SinganSettings *settings);

/**
 * singan_model_store_checkpoint:
 * @model_path: a model file to be
 *
 * Returns: (transfer full): path of the checkpoint that leads to it
 */
gchar *singan_model_store_checkpoint (const gchar *model_path);

/* As many trainings that were stopped can lead to one model. */
#define SINGAN_CHECKPOINTS_MAXIMUM 9

/**
 * singan_model_store_numbered_checkpoint:
 * @model_path: a model file to be
 * @number: 1 .. SINGAN_CHECKPOINTS_MAXIMUM; 1 is the plain one
 *
 * Where the checkpoint of one training is in another's way.
 *
 * Returns: (transfer full): path of such a checkpoint
 */
gchar *singan_model_store_numbered_checkpoint (const gchar *model_path,
                                               gint         number);

G_END_DECLS
