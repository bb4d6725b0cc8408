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
  g_autofree gchar    *image = g_build_filename (folder, "slug.xcf", NULL);
  const SinganSource   source = { NULL, (gchar *) layer_name, image, NULL };
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
  const SinganSource   source = { NULL, (gchar *) "a", image, NULL };
  const SinganSettings settings = settings_of (SINGAN_PRESET_PREVIEW, 3);
  g_autofree gchar    *path = place (&source, &settings);

  save_model (path, OTHER_HASH, &settings);
  assert_null (find (&source, 0));
}

static void
test_model_store_find_wanted_iterations_must_match (void **state G_GNUC_UNUSED)
{
  g_autofree gchar    *image = g_build_filename (folder, "wish.xcf", NULL);
  const SinganSource   source = { NULL, (gchar *) "a", image, NULL };
  const SinganSettings settings = settings_of (SINGAN_PRESET_PREVIEW, 3);
  g_autofree gchar    *path = place (&source, &settings);
  g_autofree gchar    *found = NULL;

  save_model (path, HASH, &settings);
  found = find (&source, 3);
  assert_string_equal (found, path);
  assert_null (find (&source, 4));
}

static void
test_model_store_find_remembered_path_is_used_if_it_is_a_model (
    void **state G_GNUC_UNUSED)
{
  const SinganSettings settings = settings_of (SINGAN_PRESET_PREVIEW, 3);
  g_autofree gchar    *image = g_build_filename (folder, "moved.xcf", NULL);
  g_autofree gchar    *kept
      = g_build_filename (folder, "kept" SINGAN_MODEL_SUFFIX, NULL);
  g_autofree gchar *other = g_build_filename (folder, "kept.txt", NULL);
  SinganSource      source = { NULL, (gchar *) "a", image, kept };
  g_autofree gchar *found = NULL;

  save_model (kept, HASH, &settings);
  save_model (other, HASH, &settings);
  found = find (&source, 0);
  assert_string_equal (found, kept);

  source.remembered_model = other;
  assert_null (find (&source, 0));
  source.remembered_model = (gchar *) "/nowhere/at/all" SINGAN_MODEL_SUFFIX;
  assert_null (find (&source, 0));
}

/* Headers alone decide which file is the best; then its data are damaged, or it
 * is cut off. */
static void
test_model_store_find_passes_over_damaged_data (void **state G_GNUC_UNUSED)
{
  g_autofree gchar     *image = g_build_filename (folder, "damaged.xcf", NULL);
  const SinganSource    source = { NULL, (gchar *) "a", image, NULL };
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
  const SinganSource source = { NULL, (gchar *) "a", image, NULL };

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
  if (make_folder (state) != 0)
    return -1;
  g_setenv ("XDG_CACHE_HOME", folder, TRUE);

  return 0;
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_model_store_place_any_layer_name_gives_a_file_name),
    cmocka_unit_test (test_model_store_find_same_name_other_pixels_is_outdated),
    cmocka_unit_test (test_model_store_find_wanted_iterations_must_match),
    cmocka_unit_test (
        test_model_store_find_remembered_path_is_used_if_it_is_a_model),
    cmocka_unit_test (test_model_store_find_passes_over_damaged_data),
    cmocka_unit_test (test_model_store_find_makes_no_folder),
    cmocka_unit_test (test_model_store_checkpoint_replaces_the_suffix),
  };

  return cmocka_run_group_tests (tests, set_up, remove_folder);
}
