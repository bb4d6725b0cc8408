/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where models live: in the folder IMAGE.singan beside the image, or in the
 * user's data folder until there is one.  A file is named by the layer and by
 * hashes of the pixels and of the settings it was trained with.
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
 * Looks in the folders of the image, of what it was imported from, and of the
 * user; and for the name that the layer remembers in the folders beside the
 * image and in all that a model was put in.  Reads headers of files
 * alone, and takes the best preset, then the newest.  Only looks: nothing is
 * written or moved.
 *
 * Returns: (transfer full) (nullable): the model
 */
SinganModel *singan_model_store_find (const SinganSource    *source,
                                      const gchar           *pixel_hash,
                                      const SinganModelWish *wish,
                                      gchar                **path,
                                      GPtrArray             *warnings);

/**
 * singan_model_store_find_outdated:
 * @source: the layer
 * @pixel_hash: of its pixels
 * @purpose: of the model
 *
 * Returns: (transfer full) (nullable): path of the model that the layer
 *   remembers, if that is there and was trained on other pixels
 */
gchar *singan_model_store_find_outdated (const SinganSource *source,
                                         const gchar        *pixel_hash,
                                         SinganPurpose       purpose);

/**
 * singan_model_store_settle:
 * @source: the layer
 * @model: one of the layer
 * @path: (inout) (transfer full): its file
 *
 * Moves a model that is in the user's folder beside the image, if there is one
 * by now, and one that is in the cache to either.  To be called when a job uses
 * the model.  If it cannot be moved, it is well where it is.
 */
void singan_model_store_settle (const SinganSource *source,
                                const SinganModel  *model,
                                gchar             **path);

/**
 * singan_model_store_measure:
 * @source: the layer
 * @pixel_hash: of its pixels
 * @n_models: (out): how many models the layer has, older states of its pixels
 *   included
 *
 * Returns: bytes that these and their checkpoints take
 */
guint64 singan_model_store_measure (const SinganSource *source,
                                    const gchar        *pixel_hash,
                                    guint              *n_models);

/**
 * singan_model_store_is_name:
 * @name: of a file, without folder
 * @suffix: SINGAN_MODEL_SUFFIX or SINGAN_CHECKPOINT_SUFFIX
 *
 * Returns: whether the store gives such names
 */
gboolean singan_model_store_is_name (const gchar *name, const gchar *suffix);

/**
 * singan_model_store_place:
 * @source: the layer
 * @pixel_hash: of its pixels
 * @settings: what the model will be trained with
 * @warning: (out): a translated sentence if the image's folder cannot be
 *   written to and the user's has to do, else NULL
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
 * Looks in the folders of the image, of what it was imported from, and of the
 * user, and makes none.
 *
 * Returns: (transfer full) (nullable): path of the checkpoint that such a
 *   training goes on from, if there is one
 */
gchar *singan_model_store_find_checkpoint (const SinganSource   *source,
                                           const gchar          *pixel_hash,
                                           const SinganSettings *settings);

/**
 * singan_model_store_take_checkpoint:
 * @source: the layer
 * @pixel_hash: of its pixels
 * @settings: what the model will be trained with
 * @model_path: what singan_model_store_place () gave
 *
 * Brings a checkpoint that was left in another folder of the layer to where
 * this training looks for it.
 */
void singan_model_store_take_checkpoint (const SinganSource   *source,
                                         const gchar          *pixel_hash,
                                         const SinganSettings *settings,
                                         const gchar          *model_path);

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
