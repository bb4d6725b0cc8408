/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The model store's edges: names of files from any layer name, paths that a
 * stranger's picture remembers, which of several models is taken.
 */

#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib/gstdio.h>

#include "plugin/model-store.h"
#include "tests/folder.h"

#define HASH "0123456789abcdef0123"
#define OTHER_HASH "0123456789abffffffff" /* the same in a file's name */

static SinganSettings
settings_of (SinganPreset preset, gint iterations)
{
  SinganSettings settings;

  assert_true (
      singan_settings_init (&settings, preset, 48, iterations, 1, NULL));

  return settings;
}

static void
save_model (const gchar          *path,
            const gchar          *hash,
            const SinganSettings *settings)
{
  SinganModelInfo info = { .settings = *settings,
                           .channels = 1,
                           .source_hash = (gchar *) hash,
                           .source_name = (gchar *) "layer" };
  g_autoptr (SinganModel) model = NULL;

  assert_true (singan_geometry_init (&info.geometry, 40, 40, settings, NULL));
  model = singan_model_new (&info, singan_tensor_new (info.geometry.heights[0],
                                                      info.geometry.widths[0],
                                                      1, NULL));
  assert_true (singan_model_append (
      model, singan_network_new (1, 32, 1, TRUE, NULL), 1, NULL));
  assert_true (singan_model_save (model, path, NULL));
}

static SinganSource
source_of (gchar *image)
{
  return (SinganSource){ .layer_name = (gchar *) "a", .image_path = image };
}

static gchar *
place (const SinganSource *source, const SinganSettings *settings)
{
  g_autofree gchar *warning = NULL;
  gchar            *path
      = singan_model_store_place (source, HASH, settings, &warning, NULL);

  assert_non_null (path);
  assert_null (warning);

  return path;
}

static gchar *
find (const SinganSource *source, gint iterations)
{
  const SinganModelWish wish = { .channels = 1, .iterations = iterations };
  gchar                *path = NULL;
  g_autoptr (SinganModel) model
      = singan_model_store_find (source, HASH, &wish, &path, NULL);

  assert_true ((model != NULL) == (path != NULL));

  return path;
}

static void
assert_slug (const gchar *layer_name, const gchar *slug)
{
  g_autofree gchar  *image = g_build_filename (folder, "slug.xcf", NULL);
  const SinganSource source
      = { .layer_name = (gchar *) layer_name, .image_path = image };
  const SinganSettings settings = settings_of (SINGAN_PRESET_PREVIEW, 3);
  g_autofree gchar    *path = place (&source, &settings);
  g_autofree gchar    *name = g_path_get_basename (path);
  g_autofree gchar    *start = g_strconcat (slug, "-0123456789ab-", NULL);

  if (! g_str_has_prefix (name, start))
    fail_msg ("%s does not start with %s", name, start);
  assert_true (g_utf8_validate (name, -1, NULL));
}

static void
test_model_store_place_any_layer_name_gives_a_file_name (
    void **state G_GNUC_UNUSED)
{
  assert_slug ("Background copy #2", "Background-copy-2");
  assert_slug ("../../etc/passwd", "etc-passwd");
  assert_slug (".hidden", "hidden");
  assert_slug ("", "layer");
  assert_slug ("/ ?", "layer");
  /* Bytes that are no UTF-8, one of them announcing more than there are. */
  assert_slug ("a\xff"
               "b\xe2",
               "a-b-");
  assert_slug ("abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz",
               "abcdefghijklmnopqrstuvwxyzabcdefghijklmn");
}

static void
test_model_store_find_same_name_other_pixels_is_outdated (
    void **state G_GNUC_UNUSED)
{
  g_autofree gchar    *image = g_build_filename (folder, "old.xcf", NULL);
  const SinganSource   source = source_of (image);
  const SinganSettings settings = settings_of (SINGAN_PRESET_PREVIEW, 3);
  g_autofree gchar    *path = place (&source, &settings);

  save_model (path, OTHER_HASH, &settings);
  assert_null (find (&source, 0));
}

static void
test_model_store_find_wanted_iterations_must_match (void **state G_GNUC_UNUSED)
{
  g_autofree gchar    *image = g_build_filename (folder, "wish.xcf", NULL);
  const SinganSource   source = source_of (image);
  const SinganSettings settings = settings_of (SINGAN_PRESET_PREVIEW, 3);
  g_autofree gchar    *path = place (&source, &settings);
  g_autofree gchar    *found = NULL;

  save_model (path, HASH, &settings);
  found = find (&source, 3);
  assert_string_equal (found, path);
  assert_null (find (&source, 4));
}

/* A model in the folder, with a name as the store gives them. */
static gchar *
save_in (const gchar *parent, const gchar *hash)
{
  const SinganSettings settings = settings_of (SINGAN_PRESET_PREVIEW, 3);
  gchar               *path = g_build_filename (
                    parent, "a-0123456789ab-01234567" SINGAN_MODEL_SUFFIX, NULL);

  assert_int_equal (g_mkdir_with_parents (parent, 0777), 0);
  save_model (path, hash, &settings);

  return path;
}

/* What a layer remembers is a name, and only folders of models are looked in.
 */
static void
test_model_store_find_remembered_path_leads_nowhere (void **state G_GNUC_UNUSED)
{
  g_autofree gchar *image = path_of ("moved.xcf");
  g_autofree gchar *elsewhere = path_of ("elsewhere");
  g_autofree gchar *path = save_in (elsewhere, HASH);
  SinganSource      source = source_of (image);

  source.remembered_models[SINGAN_PURPOSE_GENERATION] = path;
  assert_null (find (&source, 0));
  source.remembered_models[SINGAN_PURPOSE_GENERATION]
      = (gchar *) "../elsewhere/a-0123456789ab-01234567" SINGAN_MODEL_SUFFIX;
  assert_null (find (&source, 0));
  source.remembered_models[SINGAN_PURPOSE_GENERATION] = (gchar *) "";
  assert_null (find (&source, 0));
}

static void
test_model_store_find_looks_in_the_folder_of_the_import (
    void **state G_GNUC_UNUSED)
{
  g_autofree gchar *image = path_of ("imported.xcf");
  g_autofree gchar *import = path_of ("import/photo.png");
  g_autofree gchar *beside = g_strconcat (import, ".singan", NULL);
  g_autofree gchar *path = save_in (beside, HASH);
  g_autofree gchar *found = NULL;
  SinganSource      source = source_of (image);

  assert_null (find (&source, 0));
  source.import_path = import;
  found = find (&source, 0);
  assert_string_equal (found, path);
}

/* An XCF file does not tell what it was imported from. */
static void
test_model_store_find_remembered_name_is_found_beside (
    void **state G_GNUC_UNUSED)
{
  g_autofree gchar *image = path_of ("pair/photo.xcf");
  g_autofree gchar *beside = path_of ("pair/photo.png.singan");
  g_autofree gchar *path = save_in (beside, HASH);
  g_autofree gchar *name = g_path_get_basename (path);
  g_autofree gchar *found = NULL;
  SinganSource      source = source_of (image);

  assert_null (find (&source, 0));
  source.remembered_models[SINGAN_PURPOSE_ANIMATION] = name;
  assert_null (find (&source, 0));
  source.remembered_models[SINGAN_PURPOSE_GENERATION] = name;
  found = find (&source, 0);
  assert_string_equal (found, path);
}

static void
test_model_store_find_remembered_name_is_found_where_it_was_put (
    void **state G_GNUC_UNUSED)
{
  const SinganSettings settings = settings_of (SINGAN_PRESET_PREVIEW, 9);
  g_autofree gchar    *png = path_of ("far away/photo\n1.png");
  g_autofree gchar    *xcf = path_of ("near/photo.xcf");
  const SinganSource   opened = source_of (png);
  SinganSource         saved = source_of (xcf);
  g_autofree gchar    *path = place (&opened, &settings);
  g_autofree gchar    *name = g_path_get_basename (path);
  g_autofree gchar    *found = NULL;

  save_model (path, HASH, &settings);
  assert_null (find (&saved, 9));
  saved.remembered_models[SINGAN_PURPOSE_GENERATION] = name;
  found = find (&saved, 9);
  assert_string_equal (found, path);
}

static void
test_model_store_find_outdated_is_what_the_layer_remembers (
    void **state G_GNUC_UNUSED)
{
  g_autofree gchar *image = path_of ("outdated.xcf");
  g_autofree gchar *beside = g_strconcat (image, ".singan", NULL);
  g_autofree gchar *path = save_in (beside, HASH);
  SinganSource      source = source_of (image);
  g_autofree gchar *found = NULL;

  assert_null (singan_model_store_find_outdated (&source, "other",
                                                 SINGAN_PURPOSE_GENERATION));
  source.remembered_models[SINGAN_PURPOSE_GENERATION] = path;
  assert_null (singan_model_store_find_outdated (&source, HASH,
                                                 SINGAN_PURPOSE_GENERATION));
  found = singan_model_store_find_outdated (&source, "other",
                                            SINGAN_PURPOSE_GENERATION);
  assert_string_equal (found, path);
}

/* The folder of earlier versions, then the user's, then the image's. */
static void
test_model_store_find_moves_nothing_but_settle_does (void **state G_GNUC_UNUSED)
{
  g_autofree gchar     *cache = path_of ("cache/singan");
  g_autofree gchar     *old = save_in (cache, HASH);
  g_autofree gchar     *image = path_of ("late.xcf");
  const SinganSource    unsaved = source_of (NULL);
  const SinganSource    saved = source_of (image);
  const SinganModelWish wish = { .channels = 1 };
  g_autofree gchar     *path = NULL;
  g_autofree gchar     *again = NULL;
  g_autoptr (SinganModel) model
      = singan_model_store_find (&saved, HASH, &wish, &path, NULL);

  assert_string_equal (path, old);
  assert_true (g_file_test (old, G_FILE_TEST_EXISTS));

  singan_model_store_settle (&unsaved, model, &path);
  assert_true (g_str_has_prefix (path, g_get_user_data_dir ()));
  assert_false (g_file_test (old, G_FILE_TEST_EXISTS));

  singan_model_store_settle (&saved, model, &path);
  assert_non_null (strstr (path, "late.xcf.singan"));
  again = find (&saved, 0);
  assert_string_equal (again, path);
  assert_null (find (&unsaved, 0));
}

static void
test_model_store_take_checkpoint_brings_it_along (void **state G_GNUC_UNUSED)
{
  const SinganSettings settings = settings_of (SINGAN_PRESET_PREVIEW, 7);
  g_autofree gchar    *image = path_of ("paused.xcf");
  const SinganSource   unsaved = source_of (NULL);
  const SinganSource   saved = source_of (image);
  g_autofree gchar    *before = place (&unsaved, &settings);
  g_autofree gchar    *after = place (&saved, &settings);
  g_autofree gchar    *left = singan_model_store_checkpoint (before);
  g_autofree gchar    *wanted = singan_model_store_checkpoint (after);
  g_autofree gchar    *found = NULL;

  assert_true (g_file_set_contents (left, "a checkpoint", -1, NULL));
  found = singan_model_store_find_checkpoint (&saved, HASH, &settings);
  assert_string_equal (found, left);
  singan_model_store_take_checkpoint (&saved, HASH, &settings, after);
  assert_false (g_file_test (left, G_FILE_TEST_EXISTS));
  assert_true (g_file_test (wanted, G_FILE_TEST_EXISTS));
}

static void
test_model_store_measure_counts_the_layers_models (void **state G_GNUC_UNUSED)
{
  g_autofree gchar *image = path_of ("many.xcf");
  g_autofree gchar *beside = g_strconcat (image, ".singan", NULL);
  g_autofree gchar *path = save_in (beside, HASH);
  g_autofree gchar *older = g_build_filename (
      beside, "a-bbbbbbbbbbbb-01234567" SINGAN_MODEL_SUFFIX, NULL);
  g_autofree gchar *paused = g_build_filename (
      beside, "a-bbbbbbbbbbbb-00000000" SINGAN_CHECKPOINT_SUFFIX, NULL);
  g_autofree gchar *other = g_build_filename (
      beside, "aa-0123456789ab-01234567" SINGAN_MODEL_SUFFIX, NULL);
  const SinganSource source = source_of (image);
  GStatBuf           status;
  guint              n;

  assert_int_equal (g_stat (path, &status), 0);
  assert_true (g_file_set_contents (older, "123", 3, NULL));
  assert_true (g_file_set_contents (paused, "1234", 4, NULL));
  assert_true (g_file_set_contents (other, "12345", 5, NULL));
  assert_int_equal (singan_model_store_measure (&source, HASH, &n),
                    status.st_size + 7);
  assert_int_equal (n, 2);
}

static void
test_model_store_is_name_wants_both_hashes (void **state G_GNUC_UNUSED)
{
  const gchar *const names[] = {
    "",
    SINGAN_MODEL_SUFFIX,
    "-0123456789ab-01234567" SINGAN_MODEL_SUFFIX,
    "a-0123456789ab_01234567" SINGAN_MODEL_SUFFIX,
    "a-0123456789ag-01234567" SINGAN_MODEL_SUFFIX,
    "a-0123456789ab-01234567" SINGAN_CHECKPOINT_SUFFIX,
    "model" SINGAN_MODEL_SUFFIX,
  };
  gsize i;

  assert_true (singan_model_store_is_name (
      "a-0123456789ab-01234567" SINGAN_MODEL_SUFFIX, SINGAN_MODEL_SUFFIX));
  for (i = 0; i < G_N_ELEMENTS (names); i++)
    assert_false (singan_model_store_is_name (names[i], SINGAN_MODEL_SUFFIX));
}

/* Headers alone decide which file is the best; then its data are damaged, or it
 * is cut off. */
static void
test_model_store_find_passes_over_damaged_data (void **state G_GNUC_UNUSED)
{
  g_autofree gchar     *image = g_build_filename (folder, "damaged.xcf", NULL);
  const SinganSource    source = source_of (image);
  const SinganSettings  settings = settings_of (SINGAN_PRESET_PREVIEW, 3);
  const SinganSettings  better = settings_of (SINGAN_PRESET_PAPER, 3);
  g_autofree gchar     *good = place (&source, &settings);
  g_autofree gchar     *bad = place (&source, &better);
  const SinganModelWish wish = { .channels = 1 };
  g_autoptr (GPtrArray) warnings = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (SinganModel) model = NULL;
  g_autofree gchar *found = NULL;
  g_autofree gchar *bytes = NULL;
  gsize             length;

  save_model (good, HASH, &settings);
  save_model (bad, HASH, &better);
  assert_true (g_file_get_contents (bad, &bytes, &length, NULL));
  memset (bytes + length - 4, 0xff, 4); /* no finite number */
  assert_true (g_file_set_contents (bad, bytes, (gssize) length, NULL));
  model = singan_model_store_find (&source, HASH, &wish, &found, warnings);
  assert_non_null (model);
  assert_string_equal (found, good);
  assert_int_equal (warnings->len, 1);
}

static void
test_model_store_find_makes_no_folder (void **state G_GNUC_UNUSED)
{
  g_autofree gchar  *image = g_build_filename (folder, "none.xcf", NULL);
  g_autofree gchar  *made = g_strconcat (image, ".singan", NULL);
  const SinganSource source = source_of (image);

  assert_null (find (&source, 0));
  assert_false (g_file_test (made, G_FILE_TEST_EXISTS));
}

static void
test_model_store_checkpoint_replaces_the_suffix (void **state G_GNUC_UNUSED)
{
  g_autofree gchar *of_model
      = singan_model_store_checkpoint ("/a/b" SINGAN_MODEL_SUFFIX);
  g_autofree gchar *of_other = singan_model_store_checkpoint ("/a/b.bin");

  assert_string_equal (of_model, "/a/b" SINGAN_CHECKPOINT_SUFFIX);
  assert_string_equal (of_other, "/a/b.bin" SINGAN_CHECKPOINT_SUFFIX);
}

static int
set_up (void **state)
{
  g_autofree gchar *cache = NULL;
  g_autofree gchar *data = NULL;

  if (make_folder (state) != 0)
    return -1;
  cache = path_of ("cache");
  data = path_of ("data");
  g_setenv ("XDG_CACHE_HOME", cache, TRUE);
  g_setenv ("XDG_DATA_HOME", data, TRUE);

  return 0;
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_model_store_place_any_layer_name_gives_a_file_name),
    cmocka_unit_test (test_model_store_find_same_name_other_pixels_is_outdated),
    cmocka_unit_test (test_model_store_find_wanted_iterations_must_match),
    cmocka_unit_test (test_model_store_find_remembered_path_leads_nowhere),
    cmocka_unit_test (test_model_store_find_looks_in_the_folder_of_the_import),
    cmocka_unit_test (test_model_store_find_remembered_name_is_found_beside),
    cmocka_unit_test (
        test_model_store_find_remembered_name_is_found_where_it_was_put),
    cmocka_unit_test (test_model_store_find_passes_over_damaged_data),
    cmocka_unit_test (
        test_model_store_find_outdated_is_what_the_layer_remembers),
    cmocka_unit_test (test_model_store_find_moves_nothing_but_settle_does),
    cmocka_unit_test (test_model_store_take_checkpoint_brings_it_along),
    cmocka_unit_test (test_model_store_measure_counts_the_layers_models),
    cmocka_unit_test (test_model_store_is_name_wants_both_hashes),
    cmocka_unit_test (test_model_store_find_makes_no_folder),
    cmocka_unit_test (test_model_store_checkpoint_replaces_the_suffix),
  };

  return cmocka_run_group_tests (tests, set_up, remove_folder);
}
