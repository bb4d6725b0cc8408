/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The host-free half of the plug-in: the table's invariants, values out of
 * range, the bridge between GeglBuffer and tensor, the model store.
 */

#include "config.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib/gstdio.h>

#include "plugin/hosts/host.h"
#include "plugin/image.h"
#include "plugin/model-store.h"
#include "plugin/procedures/procedure.h"
#include "tests/folder.h"

#define WIDTH 40
#define HEIGHT 36

/* The procedures want a host; nothing here runs one. */
void
singan_host_progress (SinganHost *host  G_GNUC_UNUSED,
                      const gchar *text G_GNUC_UNUSED,
                      gdouble fraction  G_GNUC_UNUSED)
{
}

void
singan_host_show_training (SinganHost *host                       G_GNUC_UNUSED,
                           const SinganTrainer *trainer           G_GNUC_UNUSED,
                           const SinganTrainingProgress *progress G_GNUC_UNUSED)
{
}

void
singan_host_message (SinganHost *host  G_GNUC_UNUSED,
                     const gchar *text G_GNUC_UNUSED)
{
}

void
singan_host_inform (SinganHost *host  G_GNUC_UNUSED,
                    const gchar *text G_GNUC_UNUSED)
{
}

gboolean
singan_host_keep_result (SinganHost *host             G_GNUC_UNUSED,
                         const SinganResults *results G_GNUC_UNUSED,
                         GError **error               G_GNUC_UNUSED)
{
  return TRUE;
}

gboolean
singan_host_add_results (SinganHost *host             G_GNUC_UNUSED,
                         const SinganResults *results G_GNUC_UNUSED,
                         GError **error               G_GNUC_UNUSED)
{
  return TRUE;
}

void
singan_host_remember_model (SinganHost *host      G_GNUC_UNUSED,
                            const gchar *path     G_GNUC_UNUSED,
                            SinganPurpose purpose G_GNUC_UNUSED)
{
}

static void
test_procedures_table_is_sound (void **state G_GNUC_UNUSED)
{
  gint i, j, k;

  for (i = 0; singan_procedures ()[i]; i++)
    {
      const SinganProcedure *procedure = singan_procedures ()[i];

      assert_ptr_equal (singan_procedure_find (procedure->verb), procedure);
      assert_true (g_str_has_suffix (procedure->menu_label, "..."));
      assert_true (strlen (procedure->blurb) > 0
                   && strlen (procedure->help) > 0);
      assert_in_range (procedure->n_arguments, 1, SINGAN_ARGUMENTS_MAXIMUM);
      assert_string_equal (
          procedure->arguments[procedure->n_arguments - 1].name, "seed");
      for (j = 0; j < procedure->n_arguments; j++)
        {
          const SinganArgument *argument = &procedure->arguments[j];

          assert_true (argument->minimum < argument->maximum);
          assert_true (argument->default_value >= argument->minimum
                       && argument->default_value <= argument->maximum);
          assert_true ((argument->type == SINGAN_ARGUMENT_CHOICE)
                       == (argument->choices != NULL));
          assert_true (strlen (argument->help) > 0);
          for (k = 0; k < j; k++)
            assert_string_not_equal (procedure->arguments[k].name,
                                     argument->name);
        }
    }
  assert_null (singan_procedure_find ("nothing"));
}

static void
test_job_validate_out_of_range_names_the_argument (void **state G_GNUC_UNUSED)
{
  static const gdouble bad[] = { -1e9, 1e9, NAN, INFINITY };
  gint                 i, j;
  gsize                b;

  for (i = 0; singan_procedures ()[i]; i++)
    for (j = 0; j < singan_procedures ()[i]->n_arguments; j++)
      for (b = 0; b < G_N_ELEMENTS (bad); b++)
        {
          const SinganProcedure *procedure = singan_procedures ()[i];
          g_autoptr (GError) error = NULL;
          SinganJob job;

          singan_job_init (&job, procedure);
          assert_true (singan_job_validate (&job, NULL));
          if (bad[b] <= procedure->arguments[j].maximum
              && bad[b] >= procedure->arguments[j].minimum)
            continue;
          job.values[j] = bad[b];
          assert_false (singan_job_validate (&job, &error));
          assert_true (
              g_error_matches (error, SINGAN_ERROR, SINGAN_ERROR_SETTINGS));
          assert_non_null (
              strstr (error->message, procedure->arguments[j].name));
        }
}

static GeglBuffer *
new_buffer (const gchar *format, gint width, gint height)
{
  return gegl_buffer_new (GEGL_RECTANGLE (0, 0, width, height),
                          babl_format (format));
}

/* A picture with 8-bit values, so that every format holds it exactly enough. */
static GeglBuffer *
drawn_buffer (const gchar *format, gfloat alpha)
{
  GeglBuffer *buffer = new_buffer (format, WIDTH, HEIGHT);
  gfloat      pixels[WIDTH * HEIGHT * 4];
  gint        i;

  for (i = 0; i < WIDTH * HEIGHT; i++)
    {
      pixels[4 * i] = (i * 7 % 256) / 255.0f;
      pixels[4 * i + 1] = pixels[4 * i + 2] = pixels[4 * i];
      pixels[4 * i + 3] = alpha;
    }
  gegl_buffer_set (buffer, NULL, 0, babl_format ("R'G'B'A float"), pixels,
                   GEGL_AUTO_ROWSTRIDE);

  return buffer;
}

static void
test_image_all_formats_give_the_same_pixels (void **state G_GNUC_UNUSED)
{
  static const gchar *const formats[]
      = { "R'G'B' u8",    "R'G'B'A u8", "R'G'B'A u16", "RGB u16", "R'G'B' half",
          "R'G'B' float", "RGBA float", "RGB u32",     "Y' u8",   "Y'A u8",
          "Y u16",        "Y' float",   "YA float" };
  gsize f;
  gint  i;

  for (f = 0; f < G_N_ELEMENTS (formats); f++)
    {
      g_autoptr (GeglBuffer) buffer = drawn_buffer (formats[f], 1);
      g_autoptr (SinganTensor) picture = singan_image_read (buffer, NULL);
      g_autoptr (GeglBuffer) back = singan_image_write (picture, buffer);
      g_autoptr (SinganTensor) again = singan_image_read (back, NULL);

      assert_true (
          singan_image_check (buffer, SINGAN_IMAGE_OPAQUE, NULL, NULL));
      assert_int_equal (picture->channels, formats[f][0] == 'Y' ? 1 : 3);
      for (i = 0; i < WIDTH * HEIGHT; i++)
        {
          const gdouble expected = (i * 7 % 256) / 255.0 * 2 - 1;

          /* Half a step of 8 bits; linear 16 bits are coarse in the dark. */
          assert_true (fabs (picture->data[i * picture->channels] - expected)
                       < 0.01);
        }
      assert_true (singan_tensor_mean_squared_difference (picture, again)
                   < 1e-12);
    }
}

static void
assert_unfit (GeglBuffer *buffer, const gchar *word)
{
  g_autoptr (GError) error = NULL;

  assert_false (singan_image_check (buffer, SINGAN_IMAGE_OPAQUE, NULL, &error));
  assert_true (g_error_matches (error, SINGAN_ERROR, SINGAN_ERROR_IMAGE));
  if (! strstr (error->message, word))
    fail_msg ("“%s” does not say %s", error->message, word);
  g_object_unref (buffer);
}

static void
test_image_check_unfit_layers_are_refused (void **state G_GNUC_UNUSED)
{
  GeglBuffer  *buffer;
  const gfloat bad[4] = { NAN, 0, 0, 1 };
  const gfloat hole[4] = { 0.5f, 0, 0, 0 };

  assert_unfit (new_buffer ("R'G'B'A u8", 12, 300), "12 x 300");
  assert_unfit (new_buffer ("R'G'B'A u8", WIDTH, HEIGHT), "transparent");
  assert_unfit (new_buffer ("R'G'B' u8", WIDTH, HEIGHT), "one colour");
  assert_unfit (drawn_buffer ("R'G'B'A u8", 0), "transparent");

  buffer = drawn_buffer ("R'G'B'A float", 1);
  gegl_buffer_set (buffer, GEGL_RECTANGLE (5, 6, 1, 1), 0,
                   babl_format ("R'G'B'A float"), bad, GEGL_AUTO_ROWSTRIDE);
  assert_unfit (buffer, "column 5, row 6");

  buffer = drawn_buffer ("R'G'B'A float", 1);
  gegl_buffer_set (buffer, GEGL_RECTANGLE (5, 6, 1, 1), 0,
                   babl_format ("R'G'B'A float"), hole, GEGL_AUTO_ROWSTRIDE);
  assert_unfit (buffer, "0.1 %");
}

static SinganModel *
make_model (const gchar *hash, SinganPreset preset)
{
  SinganModelInfo info = { .channels = 1,
                           .source_hash = (gchar *) hash,
                           .source_name = (gchar *) "layer" };
  SinganModel    *model;

  assert_true (singan_settings_init (&info.settings, preset, 48, 3, 1, NULL));
  assert_true (
      singan_geometry_init (&info.geometry, 40, 40, &info.settings, NULL));
  model = singan_model_new (&info, singan_tensor_new (info.geometry.heights[0],
                                                      info.geometry.widths[0],
                                                      1, NULL));
  assert_true (singan_model_append (
      model, singan_network_new (1, 32, 1, TRUE, NULL), 1, NULL));

  return model;
}

/* Puts a model where the store wants it. */
static gchar *
store (const SinganSource *source, const gchar *hash, SinganPreset preset)
{
  g_autoptr (SinganModel) model = make_model (hash, preset);
  g_autofree gchar *warning = NULL;
  gchar            *path = singan_model_store_place (
                 source, hash, &singan_model_get_info (model)->settings, &warning, NULL);

  assert_non_null (path);
  assert_true (singan_model_save (model, path, NULL));

  return path;
}

static gchar *
find (const SinganSource *source, const gchar *hash, SinganPreset preset)
{
  const SinganModelWish wish = { 1, preset, 0, 0, SINGAN_PURPOSE_GENERATION };
  gchar                *path = NULL;
  g_autoptr (SinganModel) model
      = singan_model_store_find (source, hash, &wish, &path, NULL);

  assert_true ((model != NULL) == (path != NULL));

  return path;
}

#define HASH "0123456789abcdef0123"
#define OTHER_HASH "aaaaaaaaaaaaaaaaaaaa"

static void
test_model_store_finds_what_fits (void **state G_GNUC_UNUSED)
{
  g_autofree gchar  *image = g_build_filename (folder, "photo.xcf", NULL);
  const SinganSource source
      = { .layer_name = (gchar *) "Sky/é: “new” layer", .image_path = image };
  g_autofree gchar *preview = store (&source, HASH, SINGAN_PRESET_PREVIEW);
  g_autofree gchar *balanced = store (&source, HASH, SINGAN_PRESET_BALANCED);
  g_autofree gchar *found = find (&source, HASH, SINGAN_PRESET_PREVIEW);
  g_autofree gchar *parent = g_path_get_dirname (preview);
  g_autofree gchar *name = g_path_get_basename (preview);

  assert_true (g_str_has_suffix (parent, "photo.xcf.singan"));
  assert_true (g_str_has_prefix (name, "Sky-é-new-layer-0123456789ab-"));
  assert_string_not_equal (preview, balanced);
  assert_string_equal (found, balanced);
  assert_null (find (&source, HASH, SINGAN_PRESET_PAPER));
  assert_null (find (&source, OTHER_HASH, SINGAN_PRESET_PREVIEW));
}

static void
test_model_store_damaged_file_is_passed_over (void **state G_GNUC_UNUSED)
{
  g_autofree gchar  *image = g_build_filename (folder, "damaged.xcf", NULL);
  const SinganSource source
      = { .layer_name = (gchar *) "a", .image_path = image };
  g_autofree gchar *path = store (&source, HASH, SINGAN_PRESET_PREVIEW);
  g_autoptr (GPtrArray) warnings = g_ptr_array_new_with_free_func (g_free);
  const SinganModelWish wish
      = { 1, SINGAN_PRESET_PREVIEW, 0, 0, SINGAN_PURPOSE_GENERATION };
  g_autofree gchar *found = NULL;

  assert_true (g_file_set_contents (path, "not a model at all", -1, NULL));
  assert_null (
      singan_model_store_find (&source, HASH, &wish, &found, warnings));
  assert_int_equal (warnings->len, 1);
  assert_non_null (strstr (g_ptr_array_index (warnings, 0), path));
}

static void
test_model_store_unwritable_folder_uses_the_users (void **state G_GNUC_UNUSED)
{
  /* No folder can be made inside a file, not even by root. */
  g_autofree gchar  *file = g_build_filename (folder, "file", NULL);
  g_autofree gchar  *image = g_build_filename (file, "photo.xcf", NULL);
  const SinganSource source
      = { .layer_name = (gchar *) "c", .image_path = image };
  SinganSettings    settings;
  g_autofree gchar *warning = NULL;
  g_autofree gchar *path = NULL;

  assert_true (g_file_set_contents (file, "", 0, NULL));
  assert_true (
      singan_settings_init (&settings, SINGAN_PRESET_PREVIEW, 48, 3, 1, NULL));
  path = singan_model_store_place (&source, HASH, &settings, &warning, NULL);
  assert_true (g_str_has_prefix (path, g_get_user_data_dir ()));
  assert_non_null (strstr (warning, image));
}

static int
set_up (void **state)
{
  if (make_folder (state) != 0)
    return -1;
  g_setenv ("XDG_CACHE_HOME", folder, TRUE);
  g_setenv ("XDG_DATA_HOME", folder, TRUE);
  gegl_init (NULL, NULL);

  return 0;
}

static int
tear_down (void **state)
{
  gegl_exit ();

  return remove_folder (state);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_procedures_table_is_sound),
    cmocka_unit_test (test_job_validate_out_of_range_names_the_argument),
    cmocka_unit_test (test_image_all_formats_give_the_same_pixels),
    cmocka_unit_test (test_image_check_unfit_layers_are_refused),
    cmocka_unit_test (test_model_store_finds_what_fits),
    cmocka_unit_test (test_model_store_damaged_file_is_passed_over),
    cmocka_unit_test (test_model_store_unwritable_folder_uses_the_users),
  };

  return cmocka_run_group_tests (tests, set_up, tear_down);
}
