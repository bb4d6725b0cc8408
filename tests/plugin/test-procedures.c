/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The procedures with a host that only takes notes: when they train, go on or
 * find a model, what they say, and what they give.
 */

#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib/gstdio.h>

#include "core/singan.h"
#include "plugin/hosts/host.h"
#include "plugin/model-store.h"
#include "tests/folder.h"

#define WIDTH 40
#define HEIGHT 33

struct _SinganHost
{
  GString *messages;
  gchar   *remembered;
  gchar   *group;
  gchar   *stems; /* joined by spaces */
  gint     width;
  gint     height;
  gint     n_results;
  gint     n_kept;

  GeglBuffer *first; /* of the results */

  /* Cancelled at the first progress, if it is set. */
  GCancellable *cancellable;
};

void
singan_host_progress (SinganHost *host, const gchar *text, gdouble fraction)
{
  assert_true (strlen (text) > 0);
  assert_true (fraction >= 0 && fraction <= 1);
  if (host->cancellable)
    g_cancellable_cancel (host->cancellable);
}

void
singan_host_show_training (SinganHost *host                       G_GNUC_UNUSED,
                           const SinganTrainer *trainer           G_GNUC_UNUSED,
                           const SinganTrainingProgress *progress G_GNUC_UNUSED)
{
}

void
singan_host_message (SinganHost *host, const gchar *text)
{
  g_string_append_printf (host->messages, "%s\n", text);
}

void
singan_host_inform (SinganHost *host, const gchar *text)
{
  singan_host_message (host, text);
}

gboolean
singan_host_keep_result (SinganHost          *host,
                         const SinganResults *results,
                         GError **error       G_GNUC_UNUSED)
{
  host->n_kept++;
  assert_int_equal (host->n_kept, results->buffers->len);

  return TRUE;
}

gboolean
singan_host_add_results (SinganHost          *host,
                         const SinganResults *results,
                         GError **error       G_GNUC_UNUSED)
{
  guint i;

  host->group = g_strdup (results->group_name);
  host->width = results->width;
  host->height = results->height;
  host->n_results = (gint) results->buffers->len;
  assert_int_equal (host->n_kept, host->n_results);
  g_ptr_array_add (results->stems, NULL);
  host->stems = g_strjoinv (" ", (gchar **) results->stems->pdata);
  for (i = 0; i < results->buffers->len; i++)
    {
      GeglBuffer *buffer = g_ptr_array_index (results->buffers, i);

      assert_int_equal (gegl_buffer_get_width (buffer), results->width);
      assert_int_equal (gegl_buffer_get_height (buffer), results->height);
    }
  host->first = g_object_ref (g_ptr_array_index (results->buffers, 0));

  return TRUE;
}

void
singan_host_remember_model (SinganHost   *host,
                            const gchar  *path,
                            SinganPurpose purpose)
{
  g_autoptr (SinganModel) model = singan_model_load (path, NULL);

  assert_int_equal (singan_model_get_info (model)->settings.purpose, purpose);
  g_free (host->remembered);
  host->remembered = g_strdup (path);
}

static void
set_value (SinganJob *job, const gchar *name, gdouble value)
{
  gint i;

  for (i = 0; i < job->procedure->n_arguments; i++)
    if (strcmp (job->procedure->arguments[i].name, name) == 0)
      job->values[i] = value;
}

/* The shortest job there is, on the image of that name. */
static void
init_job (SinganJob   *job,
          SinganHost  *host,
          const gchar *verb,
          const gchar *image,
          gint         seed)
{
  guint8 pixels[WIDTH * HEIGHT];
  gint   i;

  *host = (SinganHost){ .messages = g_string_new (NULL) };
  singan_job_init (job, singan_procedure_find (verb));
  job->host = host;
  job->cancellable = g_cancellable_new ();
  for (i = 0; i < WIDTH * HEIGHT; i++)
    pixels[i] = (guint8) (i * 7);
  job->source.buffer = gegl_buffer_new (GEGL_RECTANGLE (0, 0, WIDTH, HEIGHT),
                                        babl_format ("Y' u8"));
  gegl_buffer_set (job->source.buffer, NULL, 0, babl_format ("Y' u8"), pixels,
                   GEGL_AUTO_ROWSTRIDE);
  job->source.layer_name = g_strdup ("sky");
  job->source.image_path = g_build_filename (folder, image, NULL);
  set_value (job, "max-size", SINGAN_MAX_SIZE_MINIMUM);
  set_value (job, "iterations", 2);
  set_value (job, "seed", seed);
}

static void
clear_job (SinganJob *job, SinganHost *host)
{
  g_string_free (host->messages, TRUE);
  g_free (host->remembered);
  g_free (host->group);
  g_free (host->stems);
  g_clear_object (&host->first);
  singan_job_clear (job);
}

static void
assert_says (const SinganHost *host, const gchar *words)
{
  if (! strstr (host->messages->str, words))
    fail_msg ("“%s” does not say “%s”", host->messages->str, words);
}

/* How many files beside the image end with the suffix. */
static gint
count_files (const gchar *image, const gchar *suffix)
{
  g_autofree gchar *name = g_strconcat (image, ".singan", NULL);
  g_autofree gchar *path = g_build_filename (folder, name, NULL);
  g_autoptr (GDir) directory = g_dir_open (path, 0, NULL);
  const gchar *file;
  gint         count = 0;

  while (directory && (file = g_dir_read_name (directory)))
    count += g_str_has_suffix (file, suffix);

  return count;
}

/* Leaves a checkpoint of a training with the seed. */
static void
interrupt_training (const gchar *image, gint seed)
{
  SinganHost host;
  SinganJob  job;
  g_autoptr (GError) error = NULL;

  init_job (&job, &host, "train", image, seed);
  host.cancellable = job.cancellable;
  assert_false (job.procedure->run (&job, &error));
  assert_true (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
  assert_says (&host, "The checkpoint is kept");
  assert_null (host.remembered);
  assert_int_equal (count_files (image, SINGAN_CHECKPOINT_SUFFIX), 1);
  assert_int_equal (count_files (image, SINGAN_MODEL_SUFFIX), 0);
  clear_job (&job, &host);
}

static void
test_random_samples_trains_once (void **state G_GNUC_UNUSED)
{
  g_autofree gchar *trained = NULL;
  SinganHost        host;
  SinganJob         job;

  init_job (&job, &host, "random-samples", "once.xcf", 5);
  set_value (&job, "count", 2);
  set_value (&job, "width-factor", 1.37);
  set_value (&job, "height-factor", 0.61);
  assert_true (job.procedure->run (&job, NULL));
  assert_says (&host,
               "training one first. Its preset, preview, works at 40 x 33");
  assert_string_equal (host.group, "Samples of sky, seed 5");
  assert_string_equal (host.stems, "sample-1-seed-5 sample-2-seed-5");
  assert_int_equal (host.n_results, 2);
  assert_int_equal (host.width, 55);  /* 54.8 */
  assert_int_equal (host.height, 20); /* 20.1 */
  assert_string_equal (host.remembered, job.model_path);
  trained = g_strdup (job.model_path);
  clear_job (&job, &host);

  init_job (&job, &host, "random-samples", "once.xcf", 6);
  set_value (&job, "reconstruct", 1);
  assert_true (job.procedure->run (&job, NULL));
  assert_string_equal (host.messages->str, "");
  assert_string_equal (job.model_path, trained);
  assert_string_equal (host.stems, "reconstruction");
  assert_int_equal (host.width, WIDTH);
  clear_job (&job, &host);
}

static void
test_random_samples_start_scale_too_fine_fails_before_training (
    void **state G_GNUC_UNUSED)
{
  SinganHost host;
  SinganJob  job;
  g_autoptr (GError) error = NULL;

  init_job (&job, &host, "random-samples", "scale.xcf", 5);
  set_value (&job, "start-scale", 20);
  assert_false (job.procedure->run (&job, &error));
  assert_true (g_error_matches (error, SINGAN_ERROR, SINGAN_ERROR_SETTINGS));
  assert_non_null (strstr (error->message, "20"));
  assert_string_equal (host.messages->str, "");
  assert_int_equal (count_files ("scale.xcf", ""), 0);
  clear_job (&job, &host);
}

static void
test_random_samples_goes_on_from_a_checkpoint_of_any_seed (
    void **state G_GNUC_UNUSED)
{
  SinganHost host;
  SinganJob  job;

  interrupt_training ("go-on.xcf", 7);
  init_job (&job, &host, "random-samples", "go-on.xcf", 8);
  assert_true (job.procedure->run (&job, NULL));
  assert_says (&host, "Going on from the checkpoint at scale 1");
  assert_int_equal (count_files ("go-on.xcf", SINGAN_CHECKPOINT_SUFFIX), 0);
  assert_int_equal (count_files ("go-on.xcf", SINGAN_MODEL_SUFFIX), 1);
  clear_job (&job, &host);
}

static void
test_train_another_seed_than_the_checkpoint_starts_anew (
    void **state G_GNUC_UNUSED)
{
  g_autoptr (SinganModel) model = NULL;
  SinganHost host;
  SinganJob  job;

  interrupt_training ("anew.xcf", 7);
  init_job (&job, &host, "train", "anew.xcf", 8);
  assert_true (job.procedure->run (&job, NULL));
  assert_says (&host, "the seed 7 and is left as it is: starting anew with the "
                      "seed 8");
  model = singan_model_load (job.model_path, NULL);
  assert_int_equal (singan_model_get_info (model)->settings.seed, 8);
  /* The other one can still go on. */
  assert_int_equal (count_files ("anew.xcf", SINGAN_CHECKPOINT_SUFFIX), 1);
  clear_job (&job, &host);
}

/* One that lies where this training's would is left as it is, and this one can
 * be stopped and gone on from all the same. */
static void
test_train_leaves_the_checkpoint_of_another_training (
    void **state G_GNUC_UNUSED)
{
  SinganHost        host;
  SinganJob         job;
  g_autofree gchar *model = path_of ("shared.singan");
  g_autofree gchar *first = singan_model_store_checkpoint (model);
  g_autofree gchar *second = singan_model_store_numbered_checkpoint (model, 2);
  g_autofree gchar *contents = NULL;

  assert_true (g_file_set_contents (first, "of somebody else", -1, NULL));
  init_job (&job, &host, "train", "shared.xcf", 7);
  job.model_file = g_strdup (model);
  host.cancellable = job.cancellable;
  assert_false (job.procedure->run (&job, NULL));
  assert_true (g_file_test (second, G_FILE_TEST_EXISTS));
  clear_job (&job, &host);

  init_job (&job, &host, "train", "shared.xcf", 7);
  job.model_file = g_strdup (model);
  assert_true (job.procedure->run (&job, NULL));
  assert_says (&host, "Going on from the checkpoint at scale 1");
  assert_false (g_file_test (second, G_FILE_TEST_EXISTS));
  assert_true (g_file_get_contents (first, &contents, NULL, NULL));
  assert_string_equal (contents, "of somebody else");
  clear_job (&job, &host);
}

static void
test_train_again_replaces_the_model (void **state G_GNUC_UNUSED)
{
  g_autofree gchar *first = NULL;
  SinganHost        host;
  SinganJob         job;
  gint              seed;

  for (seed = 1; seed <= 2; seed++)
    {
      g_autoptr (SinganModel) model = NULL;

      init_job (&job, &host, "train", "twice.xcf", seed);
      assert_true (job.procedure->run (&job, NULL));
      model = singan_model_load (job.model_path, NULL);
      assert_int_equal (singan_model_get_info (model)->settings.seed, seed);
      if (seed == 1)
        first = g_strdup (job.model_path);
      assert_string_equal (job.model_path, first);
      clear_job (&job, &host);
    }
  assert_int_equal (count_files ("twice.xcf", ""), 1);
}

static void
test_train_model_file_is_a_folder_fails_at_once (void **state G_GNUC_UNUSED)
{
  SinganHost host;
  SinganJob  job;
  g_autoptr (GError) error = NULL;

  init_job (&job, &host, "train", "folder.xcf", 5);
  job.model_file = g_strdup (folder);
  host.cancellable = job.cancellable; /* not reached */
  assert_false (job.procedure->run (&job, &error));
  assert_true (g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_ISDIR));
  clear_job (&job, &host);
}

static void
test_random_samples_model_file_of_other_pixels_is_told (
    void **state G_GNUC_UNUSED)
{
  g_autofree gchar *model
      = g_build_filename (folder, "given" SINGAN_MODEL_SUFFIX, NULL);
  const guint8 pixel = 99;
  SinganHost   host;
  SinganJob    job;

  init_job (&job, &host, "train", "given.xcf", 5);
  job.model_file = g_strdup (model);
  assert_true (job.procedure->run (&job, NULL));
  assert_string_equal (job.model_path, model);
  clear_job (&job, &host);

  init_job (&job, &host, "random-samples", "given.xcf", 5);
  job.model_file = g_strdup (model);
  gegl_buffer_set (job.source.buffer, GEGL_RECTANGLE (0, 0, 1, 1), 0,
                   babl_format ("Y' u8"), &pixel, GEGL_AUTO_ROWSTRIDE);
  assert_true (job.procedure->run (&job, NULL));
  assert_says (&host, "was trained on another picture, “sky”");
  clear_job (&job, &host);
}

/* Gives the job another picture: green noise; a column of it is half
 * transparent, and below full transparency it is bright red. */
static void
make_transparent (SinganJob *job, const gchar *format, gint n_hidden)
{
  g_autofree gfloat *pixels = g_new (gfloat, WIDTH * HEIGHT * 4);
  gint               i;

  for (i = 0; i < WIDTH * HEIGHT; i++)
    {
      const gint     x = i % WIDTH;
      const gboolean is_hidden = x >= WIDTH - n_hidden;
      gfloat        *pixel = pixels + 4 * i;

      pixel[0] = is_hidden ? 1 : 0;
      pixel[1] = is_hidden ? 0 : 0.4f + i * 7 % 64 / 128.0f;
      pixel[2] = 0;
      pixel[3] = is_hidden ? 0 : x == 0 ? 0.6f : 1;
    }
  g_clear_object (&job->source.buffer);
  job->source.buffer = gegl_buffer_new (GEGL_RECTANGLE (0, 0, WIDTH, HEIGHT),
                                        babl_format (format));
  gegl_buffer_set (job->source.buffer, NULL, 0, babl_format ("R'G'B'A float"),
                   pixels, GEGL_AUTO_ROWSTRIDE);
}

/* Half of a step of 8 bits, and what cubic weights add to a border. */
#define ALPHA_TOLERANCE 0.08

static void
test_super_resolution_enlarges_the_alpha (void **state G_GNUC_UNUSED)
{
  static const gchar *const formats[] = { "R'G'B'A u8", "R'G'B'A u16" };
  gsize                     f;

  for (f = 0; f < G_N_ELEMENTS (formats); f++)
    {
      g_autofree gchar  *image = g_strdup_printf ("alpha-%d.xcf", (gint) f);
      g_autofree gfloat *pixels
          = g_new (gfloat, (gsize) 4 * WIDTH * HEIGHT * 4);
      SinganHost host;
      SinganJob  job;
      gint       i;

      init_job (&job, &host, "super-resolution", image, 5);
      set_value (&job, "factor", 2);
      make_transparent (&job, formats[f], 6);
      assert_true (job.procedure->run (&job, NULL));
      assert_null (strstr (host.messages->str, "transparent"));
      gegl_buffer_get (host.first, NULL, 1.0, babl_format ("R'G'B'A float"),
                       pixels, GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
      for (i = 0; i < 4 * WIDTH * HEIGHT; i++)
        {
          const gint    x = i % (2 * WIDTH);
          const gfloat *pixel = pixels + 4 * i;

          if (x == 0)
            assert_true (ABS (pixel[3] - 0.6f) < ALPHA_TOLERANCE);
          else if (x >= 6 && x < 2 * (WIDTH - 6) - 4)
            assert_true (pixel[3] == 1);
          else if (x >= 2 * (WIDTH - 6) + 4)
            assert_true (pixel[3] == 0);
          /* Two iterations leave the network's noise, but no red. */
          assert_true (pixel[0] < 0.5f);
        }
      clear_job (&job, &host);
    }
}

static void
test_super_resolution_too_little_to_learn_from_is_told (
    void **state G_GNUC_UNUSED)
{
  SinganHost host;
  SinganJob  job;
  g_autoptr (GError) error = NULL;

  init_job (&job, &host, "super-resolution", "little.xcf", 5);
  make_transparent (&job, "R'G'B'A u8", WIDTH - 10);
  assert_false (job.procedure->run (&job, &error));
  assert_true (g_error_matches (error, SINGAN_ERROR, SINGAN_ERROR_IMAGE));
  assert_non_null (strstr (error->message, "Only 330 pixels"));
  clear_job (&job, &host);
}

static void
test_random_samples_half_transparent_is_told (void **state G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;
  SinganHost host;
  SinganJob  job;

  init_job (&job, &host, "random-samples", "translucent.xcf", 5);
  make_transparent (&job, "R'G'B'A u16", 0);
  assert_true (job.procedure->run (&job, NULL));
  assert_says (&host, "33 pixels of the layer are partly transparent");
  assert_false (babl_format_has_alpha (gegl_buffer_get_format (host.first)));
  clear_job (&job, &host);

  init_job (&job, &host, "random-samples", "transparent.xcf", 5);
  make_transparent (&job, "R'G'B'A u8", 6);
  assert_false (job.procedure->run (&job, &error));
  assert_non_null (strstr (error->message, "15.0 % of the layer"));
  clear_job (&job, &host);
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
    cmocka_unit_test (test_random_samples_trains_once),
    cmocka_unit_test (
        test_random_samples_start_scale_too_fine_fails_before_training),
    cmocka_unit_test (
        test_random_samples_goes_on_from_a_checkpoint_of_any_seed),
    cmocka_unit_test (test_train_another_seed_than_the_checkpoint_starts_anew),
    cmocka_unit_test (test_train_leaves_the_checkpoint_of_another_training),
    cmocka_unit_test (test_train_again_replaces_the_model),
    cmocka_unit_test (test_train_model_file_is_a_folder_fails_at_once),
    cmocka_unit_test (test_random_samples_model_file_of_other_pixels_is_told),
    cmocka_unit_test (test_super_resolution_enlarges_the_alpha),
    cmocka_unit_test (test_super_resolution_too_little_to_learn_from_is_told),
    cmocka_unit_test (test_random_samples_half_transparent_is_told),
  };

  return cmocka_run_group_tests (tests, set_up, tear_down);
}
