/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "plugin/model-store.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "core/base/i18n.h"

#define FOLDER_SUFFIX ".singan"
#define CACHE_FOLDER "singan"

/* What of the hashes goes into a file's name, and, in bytes, after how much the
 * layer's name is cut. */
#define PIXEL_HASH_LENGTH 12
#define SETTINGS_HASH_LENGTH 8
#define SLUG_LENGTH 40

/* For a layer whose name has nothing that can be kept. */
#define SLUG_OF_NOTHING "layer"

static gchar *
cache_folder (void)
{
  return g_build_filename (g_get_user_cache_dir (), CACHE_FOLDER, NULL);
}

static gchar *
image_folder (const SinganSource *source)
{
  return source->image_path
             ? g_strconcat (source->image_path, FOLDER_SUFFIX, NULL)
             : NULL;
}

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
} Search;

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

  if (g_stat (path, &status) < 0)
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

static gboolean
make_writable (const gchar *folder)
{
  return g_mkdir_with_parents (folder, 0777) == 0
         && g_access (folder, W_OK | X_OK) == 0;
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

/* Moves a model out of the cache; if that fails it is well where it is. */
static void
move_beside_image (const SinganModel *model,
                   const gchar       *cache,
                   const gchar       *folder,
                   gchar            **path)
{
  g_autofree gchar *parent = g_path_get_dirname (*path);
  g_autofree gchar *name = NULL;
  g_autofree gchar *moved = NULL;

  if (! folder || strcmp (parent, cache) != 0 || ! make_writable (folder))
    return;

  name = g_path_get_basename (*path);
  moved = g_build_filename (folder, name, NULL);
  if (! singan_model_save (model, moved, NULL))
    return;
  g_unlink (*path);
  g_free (*path);
  *path = g_steal_pointer (&moved);
}

SinganModel *
singan_model_store_find (const SinganSource    *source,
                         const gchar           *pixel_hash,
                         const SinganModelWish *wish,
                         gchar                **path,
                         GPtrArray             *warnings)
{
  g_autofree gchar *folder = image_folder (source);
  g_autofree gchar *cache = cache_folder ();
  g_autoptr (GArray) candidates
      = g_array_new (FALSE, FALSE, sizeof (Candidate));
  Search       search = { pixel_hash, wish, warnings, candidates };
  SinganModel *model;

  g_array_set_clear_func (candidates, clear_candidate);
  if (folder)
    try_folder (&search, folder);
  try_folder (&search, cache);
  /* A stranger's picture may remember anything: only a model file that it calls
   * one is looked at. */
  if (source->remembered_model
      && g_str_has_suffix (source->remembered_model, SINGAN_MODEL_SUFFIX))
    try_file (&search, source->remembered_model);

  *path = NULL;
  model = load_best (&search, path);
  if (model)
    move_beside_image (model, cache, folder, path);

  return model;
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
  g_autofree gchar *folder = image_folder (source);
  g_autofree gchar *cache = cache_folder ();
  g_autofree gchar *name = make_name (source, pixel_hash, settings);

  *warning = NULL;
  if (folder && make_writable (folder))
    return g_build_filename (folder, name, NULL);

  if (! make_writable (cache))
    {
      const gint code = errno;

      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code),
                   _ ("The folder “%s” for the model cannot be written to: "
                      "%s"),
                   cache, g_strerror (code));
      return NULL;
    }
  if (folder)
    *warning = g_strdup_printf (_ ("The folder “%s” cannot be written to; the "
                                   "model is kept in “%s”."),
                                folder, cache);

  return g_build_filename (cache, name, NULL);
}

gchar *
singan_model_store_find_checkpoint (const SinganSource   *source,
                                    const gchar          *pixel_hash,
                                    const SinganSettings *settings)
{
  g_autofree gchar *name = make_name (source, pixel_hash, settings);
  gchar            *folders[] = { image_folder (source), cache_folder () };
  gchar            *found = NULL;
  guint             i;

  for (i = 0; i < G_N_ELEMENTS (folders); i++)
    {
      if (folders[i] && ! found)
        {
          g_autofree gchar *path = g_build_filename (folders[i], name, NULL);

          found = singan_model_store_checkpoint (path);
          if (! g_file_test (found, G_FILE_TEST_EXISTS))
            g_clear_pointer (&found, g_free);
        }
      g_free (folders[i]);
    }

  return found;
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
