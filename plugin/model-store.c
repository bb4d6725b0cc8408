/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "plugin/model-store.h"

#include <errno.h>
#include <string.h>

#include <gio/gio.h>
#include <glib/gstdio.h>

#include "core/base/i18n.h"
#include "plugin/model-folders.h"

/* What of the hashes goes into a file's name, and, in bytes, after how much the
 * layer's name is cut. */
#define PIXEL_HASH_LENGTH 12
#define SETTINGS_HASH_LENGTH 8
#define SLUG_LENGTH 40

/* For a layer whose name has nothing that can be kept. */
#define SLUG_OF_NOTHING "layer"

/* The layer's name as part of a file's: letters, digits and a few signs. */
static gchar *
make_slug (const gchar *name)
{
  g_autofree gchar *valid = g_utf8_make_valid (name, -1);
  GString          *slug = g_string_new (NULL);
  const gchar      *at;

  for (at = valid; *at && slug->len < SLUG_LENGTH; at = g_utf8_next_char (at))
    {
      const gunichar c = g_utf8_get_char (at);

      if (g_unichar_isalnum (c) || c == '_' || (c == '.' && slug->len > 0))
        g_string_append_unichar (slug, c);
      else if (slug->len > 0 && slug->str[slug->len - 1] != '-')
        g_string_append_c (slug, '-');
    }
  if (slug->len == 0)
    g_string_append (slug, SLUG_OF_NOTHING);

  return g_string_free (slug, FALSE);
}

/* Files of these pixels have this in their names. */
static gchar *
pixel_mark (const gchar *pixel_hash)
{
  return g_strdup_printf ("-%.*s-", PIXEL_HASH_LENGTH, pixel_hash);
}

/* A file whose header says that its model will do. */
typedef struct
{
  gchar       *path;
  SinganPreset preset;
  gint64       changed;
} Candidate;

typedef struct
{
  const gchar           *pixel_hash;
  const SinganModelWish *wish;
  GPtrArray             *warnings;
  GArray                *candidates; /* Candidate */
  GHashTable            *seen;       /* paths that were looked at */
} Search;

/* The folders in which all of a layer's models may be, the first one being
 * where it is best. */
static GPtrArray *
list_folders (const SinganSource *source)
{
  GPtrArray *folders = g_ptr_array_new_with_free_func (g_free);

  if (source->image_path)
    g_ptr_array_add (folders,
                     singan_model_folder_of_image (source->image_path));
  if (source->import_path)
    g_ptr_array_add (folders,
                     singan_model_folder_of_image (source->import_path));
  g_ptr_array_add (folders, singan_model_folder_of_user ());
  g_ptr_array_add (folders, singan_model_folder_of_cache ());

  return folders;
}

/* The folders in which only the file that the layer remembers is looked for:
 * those of other images, beside this one's or wherever a model was put. */
static GPtrArray *
list_folders_of_others (const SinganSource *source)
{
  GPtrArray *folders = singan_model_folders_beside (source->image_path);

  g_ptr_array_extend_and_steal (
      folders, singan_model_folders_beside (source->import_path));
  g_ptr_array_extend_and_steal (folders, singan_model_folders_recorded ());

  return folders;
}

/* What the layer remembers, if it can be a file of ours.  A stranger's picture
 * may remember anything: a path would lead anywhere. */
static gchar *
get_remembered (const SinganSource *source, SinganPurpose purpose)
{
  const gchar      *text = source->remembered_models[purpose];
  g_autofree gchar *name = text ? g_path_get_basename (text) : NULL;

  return name && singan_model_store_is_name (name, SINGAN_MODEL_SUFFIX)
             ? g_steal_pointer (&name)
             : NULL;
}

gboolean
singan_model_wish_is_met (const SinganModelWish *wish,
                          const SinganModelInfo *info)
{
  return info->channels == wish->channels
         && info->settings.preset >= wish->preset
         && info->settings.purpose == wish->purpose
         && (wish->max_size == 0 || info->settings.max_size == wish->max_size)
         && (wish->iterations == 0
             || info->settings.iterations == wish->iterations);
}

static gboolean
fits (const SinganModelInfo *info, const Search *search)
{
  return strcmp (info->source_hash, search->pixel_hash) == 0
         && singan_model_wish_is_met (search->wish, info);
}

static void
warn (const Search *search, const GError *error)
{
  if (search->warnings)
    g_ptr_array_add (search->warnings, g_strdup (error->message));
}

/* Only its header is read: there may be many, and they may be large. */
static void
try_file (Search *search, const gchar *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SinganModelInfo) info = NULL;
  GStatBuf status;

  if (! g_hash_table_add (search->seen, g_strdup (path))
      || g_stat (path, &status) < 0)
    return;
  info = singan_model_info_load (path, &error);
  if (! info)
    {
      warn (search, error);
    }
  else if (fits (info, search))
    {
      const Candidate candidate
          = { g_strdup (path), info->settings.preset, status.st_mtime };

      g_array_append_val (search->candidates, candidate);
    }
}

static void
try_folder (Search *search, const gchar *folder)
{
  g_autofree gchar *mark = pixel_mark (search->pixel_hash);
  g_autoptr (GDir) directory = g_dir_open (folder, 0, NULL);
  const gchar *name;

  while (directory && (name = g_dir_read_name (directory)))
    if (g_str_has_suffix (name, SINGAN_MODEL_SUFFIX) && strstr (name, mark))
      {
        g_autofree gchar *path = g_build_filename (folder, name, NULL);

        try_file (search, path);
      }
}

/* Looks for the file of that name in each of the folders; gives a path or NULL
 * to begin with the next one. */
static gchar *
find_named (const gchar *name, GPtrArray *folders, guint *next)
{
  while (*next < folders->len)
    {
      gchar *path
          = g_build_filename (g_ptr_array_index (folders, *next), name, NULL);

      ++*next;
      if (g_file_test (path, G_FILE_TEST_IS_REGULAR))
        return path;
      g_free (path);
    }

  return NULL;
}

/* The best preset first, then the newest. */
static gint
compare_candidates (gconstpointer a, gconstpointer b)
{
  const Candidate *first = a;
  const Candidate *second = b;

  if (first->preset != second->preset)
    return first->preset > second->preset ? -1 : 1;

  return first->changed > second->changed ? -1
                                          : first->changed < second->changed;
}

static void
clear_candidate (gpointer candidate)
{
  g_free (((Candidate *) candidate)->path);
}

/* The best that is whole, and where it is. */
static SinganModel *
load_best (const Search *search, gchar **path)
{
  guint i;

  g_array_sort (search->candidates, compare_candidates);
  for (i = 0; i < search->candidates->len; i++)
    {
      const Candidate *candidate
          = &g_array_index (search->candidates, Candidate, i);
      g_autoptr (GError) error = NULL;
      SinganModel *model = singan_model_load (candidate->path, &error);

      if (model)
        {
          *path = g_strdup (candidate->path);
          return model;
        }
      warn (search, error);
    }

  return NULL;
}

SinganModel *
singan_model_store_find (const SinganSource    *source,
                         const gchar           *pixel_hash,
                         const SinganModelWish *wish,
                         gchar                **path,
                         GPtrArray             *warnings)
{
  g_autoptr (GPtrArray) folders = list_folders (source);
  g_autoptr (GHashTable) seen
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GArray) candidates
      = g_array_new (FALSE, FALSE, sizeof (Candidate));
  g_autofree gchar *name = get_remembered (source, wish->purpose);
  g_autofree gchar *mark = pixel_mark (pixel_hash);
  Search            search = { pixel_hash, wish, warnings, candidates, seen };
  guint             i;

  g_array_set_clear_func (candidates, clear_candidate);
  for (i = 0; i < folders->len; i++)
    try_folder (&search, g_ptr_array_index (folders, i));
  if (name && strstr (name, mark))
    {
      g_autoptr (GPtrArray) others = list_folders_of_others (source);
      gchar *found;

      i = 0;
      while ((found = find_named (name, others, &i)))
        {
          try_file (&search, found);
          g_free (found);
        }
    }

  *path = NULL;

  return load_best (&search, path);
}

gchar *
singan_model_store_find_outdated (const SinganSource *source,
                                  const gchar        *pixel_hash,
                                  SinganPurpose       purpose)
{
  g_autoptr (GPtrArray) folders = list_folders (source);
  g_autofree gchar *name = get_remembered (source, purpose);
  guint             i = 0;
  gchar            *path;

  if (! name)
    return NULL;

  g_ptr_array_extend_and_steal (folders, list_folders_of_others (source));
  while ((path = find_named (name, folders, &i)))
    {
      g_autoptr (SinganModelInfo) info = singan_model_info_load (path, NULL);

      if (info && info->settings.purpose == purpose
          && strcmp (info->source_hash, pixel_hash) != 0)
        return path;
      g_free (path);
    }

  return NULL;
}

void
singan_model_store_settle (const SinganSource *source,
                           const SinganModel  *model,
                           gchar             **path)
{
  g_autofree gchar *user = singan_model_folder_of_user ();
  g_autofree gchar *cache = singan_model_folder_of_cache ();
  g_autofree gchar *beside = singan_model_folder_of_image (source->image_path);
  g_autofree gchar *parent = g_path_get_dirname (*path);
  g_autofree gchar *name = g_path_get_basename (*path);
  g_autofree gchar *place = NULL;
  const gchar      *folder;

  if (strcmp (parent, user) != 0 && strcmp (parent, cache) != 0)
    return;
  folder = beside && singan_model_folder_make (beside) ? beside : user;
  if (strcmp (parent, folder) == 0 || ! singan_model_folder_make (folder))
    return;

  place = g_build_filename (folder, name, NULL);
  if (! singan_model_save (model, place, NULL))
    return;
  g_unlink (*path);
  if (folder == beside)
    singan_model_folders_record (folder);
  g_free (*path);
  *path = g_steal_pointer (&place);
}

/* Whether the text is that many hexadecimal digits and then the end. */
static gboolean
is_hash (const gchar *text, gint length, gchar end)
{
  gint i;

  for (i = 0; i < length; i++)
    if (! g_ascii_isxdigit (text[i]))
      return FALSE;

  return text[length] == end;
}

/* Where in a name of ours the hashes begin, with the layer's name before; NULL
 * if it is none. */
static const gchar *
find_hashes (const gchar *name, const gchar *suffix)
{
  const gsize  length = PIXEL_HASH_LENGTH + 1 + SETTINGS_HASH_LENGTH;
  const gchar *hashes;

  if (! g_str_has_suffix (name, suffix)
      || strlen (name) < length + strlen (suffix) + 2)
    return NULL;
  hashes = name + strlen (name) - strlen (suffix) - length;

  return hashes[-1] == '-' && is_hash (hashes, PIXEL_HASH_LENGTH, '-')
                 && is_hash (hashes + PIXEL_HASH_LENGTH + 1,
                             SETTINGS_HASH_LENGTH, suffix[0])
             ? hashes
             : NULL;
}

gboolean
singan_model_store_is_name (const gchar *name, const gchar *suffix)
{
  return find_hashes (name, suffix) != NULL;
}

/* A file of ours: an image's folder has layers that are told apart by their
 * names, and those of a folder for all images only by what they show. */
static gboolean
is_of_layer (const gchar        *name,
             const gchar        *suffix,
             const SinganSource *source,
             const gchar        *pixel_hash,
             gboolean            is_beside)
{
  const gchar      *hashes = find_hashes (name, suffix);
  g_autofree gchar *slug = make_slug (source->layer_name);

  if (! hashes)
    return FALSE;

  return is_beside ? strlen (slug) == (gsize) (hashes - 1 - name)
                         && g_str_has_prefix (name, slug)
                   : strncmp (hashes, pixel_hash, PIXEL_HASH_LENGTH) == 0;
}

guint64
singan_model_store_measure (const SinganSource *source,
                            const gchar        *pixel_hash,
                            guint              *n_models)
{
  g_autoptr (GPtrArray) folders = list_folders (source);
  guint64 bytes = 0;
  guint   i;

  *n_models = 0;
  for (i = 0; i < folders->len; i++)
    {
      const gchar      *folder = g_ptr_array_index (folders, i);
      g_autofree gchar *image = singan_model_folder_get_image (folder);
      g_autoptr (GDir) directory = g_dir_open (folder, 0, NULL);
      const gchar *name;

      while (directory && (name = g_dir_read_name (directory)))
        {
          const gboolean is_model = is_of_layer (
              name, SINGAN_MODEL_SUFFIX, source, pixel_hash, image != NULL);
          g_autofree gchar *path = g_build_filename (folder, name, NULL);
          GStatBuf          status;

          if ((! is_model
               && ! is_of_layer (name, SINGAN_CHECKPOINT_SUFFIX, source,
                                 pixel_hash, image != NULL))
              || g_stat (path, &status) < 0)
            continue;
          *n_models += is_model;
          bytes += status.st_size;
        }
    }

  return bytes;
}

static gchar *
make_name (const SinganSource   *source,
           const gchar          *pixel_hash,
           const SinganSettings *settings)
{
  g_autofree gchar *slug = make_slug (source->layer_name);
  g_autofree gchar *mark = pixel_mark (pixel_hash);
  g_autofree gchar *fingerprint = singan_settings_fingerprint (settings);
  g_autofree gchar *hash
      = g_compute_checksum_for_string (G_CHECKSUM_SHA256, fingerprint, -1);

  return g_strdup_printf ("%s%s%.*s" SINGAN_MODEL_SUFFIX, slug, mark,
                          SETTINGS_HASH_LENGTH, hash);
}

gchar *
singan_model_store_place (const SinganSource   *source,
                          const gchar          *pixel_hash,
                          const SinganSettings *settings,
                          gchar               **warning,
                          GError              **error)
{
  g_autofree gchar *folder = singan_model_folder_of_image (source->image_path);
  g_autofree gchar *user = singan_model_folder_of_user ();
  g_autofree gchar *name = make_name (source, pixel_hash, settings);

  *warning = NULL;
  if (folder && singan_model_folder_make (folder))
    {
      singan_model_folders_record (folder);
      return g_build_filename (folder, name, NULL);
    }

  if (! singan_model_folder_make (user))
    {
      const gint code = errno;

      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code),
                   _ ("The folder “%s” for the model cannot be written to: "
                      "%s"),
                   user, g_strerror (code));
      return NULL;
    }
  if (folder)
    *warning = g_strdup_printf (_ ("The folder “%s” cannot be written to; the "
                                   "model is kept in “%s”."),
                                folder, user);

  return g_build_filename (user, name, NULL);
}

gchar *
singan_model_store_find_checkpoint (const SinganSource   *source,
                                    const gchar          *pixel_hash,
                                    const SinganSettings *settings)
{
  g_autoptr (GPtrArray) folders = list_folders (source);
  g_autofree gchar *name = make_name (source, pixel_hash, settings);
  g_autofree gchar *checkpoint = singan_model_store_checkpoint (name);
  guint             i = 0;

  return find_named (checkpoint, folders, &i);
}

void
singan_model_store_take_checkpoint (const SinganSource   *source,
                                    const gchar          *pixel_hash,
                                    const SinganSettings *settings,
                                    const gchar          *model_path)
{
  g_autofree gchar *place = singan_model_store_checkpoint (model_path);
  g_autofree gchar *path
      = singan_model_store_find_checkpoint (source, pixel_hash, settings);
  g_autoptr (GFile) from = NULL;
  g_autoptr (GFile) to = NULL;

  if (! path || g_file_test (place, G_FILE_TEST_EXISTS))
    return;
  from = g_file_new_for_path (path);
  to = g_file_new_for_path (place);
  g_file_move (from, to, G_FILE_COPY_NONE, NULL, NULL, NULL, NULL);
}

gchar *
singan_model_store_checkpoint (const gchar *model_path)
{
  return singan_model_store_numbered_checkpoint (model_path, 1);
}

gchar *
singan_model_store_numbered_checkpoint (const gchar *model_path, gint number)
{
  g_autofree gchar *stem = g_strdup (model_path);

  if (g_str_has_suffix (stem, SINGAN_MODEL_SUFFIX))
    stem[strlen (stem) - strlen (SINGAN_MODEL_SUFFIX)] = '\0';

  return number == 1
             ? g_strconcat (stem, SINGAN_CHECKPOINT_SUFFIX, NULL)
             : g_strdup_printf ("%s-%d" SINGAN_CHECKPOINT_SUFFIX, stem, number);
}
