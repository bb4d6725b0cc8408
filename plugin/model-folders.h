/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The folders that models are in: beside images, and the user's own.  The
 * user's folder keeps a list of those beside images, so that a model is found
 * from wherever its image went; the list never leaves this machine.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * singan_model_folder_of_image:
 * @path: (nullable): of an image
 *
 * Returns: (transfer full) (nullable): the folder of its models, whether it is
 *   there or not; NULL if there is no path
 */
gchar *singan_model_folder_of_image (const gchar *path);

/**
 * singan_model_folder_get_image:
 * @folder: a folder
 *
 * Returns: (transfer full) (nullable): path of the image that it is the folder
 *   of, by its name; NULL if it is no image's
 */
gchar *singan_model_folder_get_image (const gchar *folder);

/**
 * singan_model_folder_of_user:
 *
 * Returns: (transfer full): the folder for models without an image's, below
 *   XDG_DATA_HOME
 */
gchar *singan_model_folder_of_user (void);

/**
 * singan_model_folder_of_cache:
 *
 * Returns: (transfer full): where such models were put before there was that
 *   one, below XDG_CACHE_HOME; nothing is put there any more
 */
gchar *singan_model_folder_of_cache (void);

/**
 * singan_model_folder_make:
 * @folder: a folder
 *
 * Returns: whether it is there now and can be written to; if not, errno says
 *   why
 */
gboolean singan_model_folder_make (const gchar *folder);

/**
 * singan_model_folders_record:
 * @folder: an image's folder with a model
 *
 * Lists it in the user's folder.  If that fails, the model is only harder to
 * find.
 */
void singan_model_folders_record (const gchar *folder);

/**
 * singan_model_folders_recorded:
 *
 * Returns: (transfer full): gchar*: the image folders that were listed and are
 *   there, each once
 */
GPtrArray *singan_model_folders_recorded (void);

/**
 * singan_model_folders_beside:
 * @path: (nullable): of an image
 *
 * Returns: (transfer full): gchar*: folders of models, of whichever image, in
 *   the folder that the image is in
 */
GPtrArray *singan_model_folders_beside (const gchar *path);

G_END_DECLS
