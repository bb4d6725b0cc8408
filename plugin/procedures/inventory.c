/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "plugin/procedures/inventory.h"

#include <errno.h>
#include <string.h>

#include <glib/gstdio.h>

#include "core/base/i18n.h"
#include "core/storage/checkpoint.h"
#include "plugin/image.h"
#include "plugin/model-folders.h"
#include "plugin/model-store.h"
#include "plugin/transparency.h"

/* The picture that a folder of models belongs to. */
typedef struct
{
  gchar         *path; /* NULL for the folders of unsaved images */
  SinganLoadFunc load;
  gboolean       is_there;
  gint64         changed;
  gboolean       was_read;
  gchar         *hash;            /* NULL if it cannot be read */
  gchar         *hash_with_alpha; /* NULL if it is opaque */
} Picture;

static void
picture_clear (Picture *picture)
{
  g_free (picture->path);
  g_free (picture->hash);
  g_free (picture->hash_with_alpha);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Picture, picture_clear)

static void
picture_init (Picture *picture, const gchar *folder, SinganLoadFunc load)
{
  GStatBuf status;

  *picture = (Picture){ .path = singan_model_folder_get_image (folder),
                        .load = load };
  if (! picture->path || g_stat (picture->path, &status) < 0)
    return;
  picture->is_there = TRUE;
  picture->changed = status.st_mtime;
}

static void
free_entry (gpointer data)
{
  SinganModelEntry *entry = data;

  g_free (entry->path);
  g_free (entry->name);
  g_free (entry);
}

/* Only once, and only if a model asks for it. */
static void
read_picture (Picture *picture)
{
  g_autoptr (GeglBuffer) buffer = NULL;
  g_autoptr (SinganTensor) pixels = NULL;
  g_autoptr (SinganTensor) alpha = NULL;

  if (picture->was_read)
    return;
  picture->was_read = TRUE;
  buffer = picture->load (picture->path, NULL);
  pixels = buffer ? singan_image_read (buffer, NULL) : NULL;
  if (! pixels || ! singan_transparency_read (buffer, &alpha, NULL))
    return;
  if (alpha)
    picture->hash_with_alpha = singan_transparency_hash (pixels, alpha, NULL);
  picture->hash = singan_image_hash (pixels);
}

static SinganModelState
compare (const SinganModelInfo *info, gint64 changed, Picture *picture)
{
  g_autofree gchar *name = NULL;

  if (! picture->path)
    return SINGAN_MODEL_OF_UNSAVED;
  if (! picture->is_there)
    return SINGAN_MODEL_WITHOUT_PICTURE;
  name = g_filename_display_basename (picture->path);
  if (strcmp (info->source_name, name) != 0)
    return SINGAN_MODEL_OF_LAYER;

  read_picture (picture);
  if (g_strcmp0 (info->source_hash, picture->hash) == 0
      || g_strcmp0 (info->source_hash, picture->hash_with_alpha) == 0)
    return SINGAN_MODEL_CURRENT;

  return picture->hash && picture->changed > changed ? SINGAN_MODEL_OUTDATED
                                                     : SINGAN_MODEL_OF_LAYER;
}

static void
describe_model (SinganModelEntry *entry, const SinganModelInfo *info)
{
  entry->name = g_strdup (info->source_name);
  entry->preset = info->settings.preset;
  entry->purpose = info->settings.purpose;
}

static void
take_model (SinganModelEntry *entry, Picture *picture)
{
  g_autoptr (SinganModel) model = singan_model_load (entry->path, NULL);

  entry->state = SINGAN_MODEL_UNREADABLE;
  if (! model)
    return;
  describe_model (entry, singan_model_get_info (model));
  entry->state
      = compare (singan_model_get_info (model), entry->changed, picture);
}

/* Whether the training that wrote the checkpoint has ended with a whole model.
 */
static gboolean
is_left_over (const SinganModelEntry *checkpoint)
{
  g_autofree gchar *stem
      = g_strndup (checkpoint->path, strlen (checkpoint->path)
                                         - strlen (SINGAN_CHECKPOINT_SUFFIX));
  g_autofree gchar *path = g_strconcat (stem, SINGAN_MODEL_SUFFIX, NULL);
  g_autoptr (SinganModel) model = NULL;
  GStatBuf status;

  if (g_stat (path, &status) < 0 || status.st_mtime < checkpoint->changed)
    return FALSE;
  model = singan_model_load (path, NULL);

  return model
         && singan_model_n_trained (model)
                == singan_model_get_info (model)->geometry.n_scales;
}

static void
take_checkpoint (SinganModelEntry *entry, Picture *picture)
{
  SinganCheckpoint       checkpoint;
  const SinganModelInfo *info;

  entry->state = SINGAN_MODEL_UNREADABLE;
  if (! singan_checkpoint_load (&checkpoint, entry->path, NULL))
    return;
  info = singan_model_get_info (checkpoint.model);
  describe_model (entry, info);
  if (is_left_over (entry))
    entry->state = SINGAN_MODEL_LEFTOVER;
  else if (compare (info, entry->changed, picture) == SINGAN_MODEL_OUTDATED)
    entry->state = SINGAN_MODEL_OUTDATED;
  else
    entry->state = SINGAN_MODEL_PAUSED;
  singan_checkpoint_clear (&checkpoint);
}

/* Other files than the store's are not ours to judge. */
static void
take_file (GPtrArray   *entries,
           const gchar *folder,
           const gchar *name,
           Picture     *picture)
{
  const gboolean is_model
      = singan_model_store_is_name (name, SINGAN_MODEL_SUFFIX);
  SinganModelEntry *entry;
  GStatBuf          status;
  g_autofree gchar *path = g_build_filename (folder, name, NULL);

  if ((! is_model
       && ! singan_model_store_is_name (name, SINGAN_CHECKPOINT_SUFFIX))
      || g_stat (path, &status) < 0)
    return;

  entry = g_new0 (SinganModelEntry, 1);
  entry->path = g_steal_pointer (&path);
  entry->bytes = status.st_size;
  entry->changed = status.st_mtime;
  if (is_model)
    take_model (entry, picture);
  else
    take_checkpoint (entry, picture);
  g_ptr_array_add (entries, entry);
}

static void
take_folder (GPtrArray *entries, const gchar *folder, SinganLoadFunc load)
{
  g_autoptr (GDir) directory = g_dir_open (folder, 0, NULL);
  g_auto (Picture) picture = { .path = NULL };
  const gchar *name;

  if (! directory)
    return;
  picture_init (&picture, folder, load);
  while ((name = g_dir_read_name (directory)))
    take_file (entries, folder, name, &picture);
}

static GPtrArray *
list_folders (gchar **places)
{
  GPtrArray *folders = g_ptr_array_new_with_free_func (g_free);
  gint       i;

  for (i = 0; places && places[i]; i++)
    g_ptr_array_add (folders, g_file_test (places[i], G_FILE_TEST_IS_DIR)
                                  ? g_strdup (places[i])
                                  : singan_model_folder_of_image (places[i]));
  if (places)
    return folders;

  g_ptr_array_add (folders, singan_model_folder_of_user ());
  g_ptr_array_add (folders, singan_model_folder_of_cache ());
  g_ptr_array_extend_and_steal (folders, singan_model_folders_recorded ());

  return folders;
}

static gint
compare_paths (gconstpointer a, gconstpointer b)
{
  const SinganModelEntry *const *first = a;
  const SinganModelEntry *const *second = b;

  return strcmp ((*first)->path, (*second)->path);
}

GPtrArray *
singan_inventory_list (gchar **places, SinganLoadFunc load)
{
  GPtrArray *entries = g_ptr_array_new_with_free_func (free_entry);
  g_autoptr (GPtrArray) folders = list_folders (places);
  guint i;

  for (i = 0; i < folders->len; i++)
    take_folder (entries, g_ptr_array_index (folders, i), load);
  g_ptr_array_sort (entries, compare_paths);

  return entries;
}

gboolean
singan_inventory_is_needless (const SinganModelEntry *entry)
{
  return entry->state == SINGAN_MODEL_OUTDATED
         || entry->state == SINGAN_MODEL_LEFTOVER;
}

gboolean
singan_inventory_remove (const SinganModelEntry *entry, GError **error)
{
  g_autofree gchar *folder = g_path_get_dirname (entry->path);
  g_autofree gchar *image = singan_model_folder_get_image (folder);

  g_return_val_if_fail (singan_inventory_is_needless (entry), FALSE);

  if (g_unlink (entry->path) < 0)
    {
      const gint code = errno;

      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code),
                   _ ("“%s” could not be removed: %s"), entry->path,
                   g_strerror (code));
      return FALSE;
    }
  /* Fails, as it should, where there are others. */
  if (image)
    g_rmdir (folder);

  return TRUE;
}

const gchar *
singan_inventory_describe (SinganModelState state)
{
  switch (state)
    {
    case SINGAN_MODEL_CURRENT:
      return _ ("of the picture as it is");
    case SINGAN_MODEL_OUTDATED:
      return _ ("outdated: the picture has changed since");
    case SINGAN_MODEL_LEFTOVER:
      return _ ("left over: its training has ended");
    case SINGAN_MODEL_PAUSED:
      return _ ("a training that was stopped and can go on");
    case SINGAN_MODEL_OF_LAYER:
      return _ ("of a layer or an edited picture: whether it has changed "
                "cannot be told");
    case SINGAN_MODEL_OF_UNSAVED:
      return _ ("of an image that was not saved");
    case SINGAN_MODEL_WITHOUT_PICTURE:
      return _ ("the picture is not there");
    case SINGAN_MODEL_UNREADABLE:
      return _ ("cannot be read");
    }

  g_return_val_if_reached (NULL);
}
