/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a host with windows has of a training: what there is to see of it, that
 * it can be stopped and kept or thrown away, what is said of the model before a
 * job, and pictures of its start scales.  Opens no window.
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

#include "core/singan.h"
#include "plugin/hosts/gtk/monitor.h"
#include "plugin/hosts/gtk/part.h"
#include "plugin/hosts/host.h"
#include "plugin/model-store.h"
#include "plugin/procedures/outlook.h"
#include "plugin/procedures/preview.h"
#include "plugin/procedures/status.h"
#include "tests/folder.h"

#define WIDTH 48
#define HEIGHT 40
#define ITERATIONS 3

struct _SinganHost
{
  SinganMonitor *monitor;
  SinganJob     *job;
  gint           stop_at;    /* scale at which the training is stopped */
  gint           discard_at; /* scale at which it is thrown away */
};

void
singan_host_progress (SinganHost *host, const gchar *text, gdouble fraction)
{
  singan_monitor_show_progress (host->monitor, text, fraction);
}

void
singan_host_show_training (SinganHost                   *host,
                           const SinganTrainer          *trainer,
                           const SinganTrainingProgress *progress)
{
  singan_monitor_show_training (host->monitor, trainer, progress);
  if (progress->scale == host->stop_at)
    g_cancellable_cancel (host->job->training_stop);
  if (progress->scale == host->discard_at)
    {
      host->job->discards_training = TRUE;
      g_cancellable_cancel (host->job->cancellable);
      g_cancellable_cancel (host->job->training_stop);
    }
}

void
singan_host_message (SinganHost *host, const gchar *text)
{
  singan_monitor_add_message (host->monitor, text, TRUE);
}

void
singan_host_inform (SinganHost *host, const gchar *text)
{
  singan_monitor_add_message (host->monitor, text, FALSE);
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

/* A short job on an image of that name, whose pixels follow from a number. */
static void
init_job (SinganJob   *job,
          SinganHost  *host,
          const gchar *verb,
          const gchar *image,
          gint         pixel)
{
  guint8 pixels[WIDTH * HEIGHT];
  gint   i;

  *host = (SinganHost){ singan_monitor_new (), job, -1, -1 };
  singan_job_init (job, singan_procedure_find (verb));
  job->host = host;
  job->cancellable = g_cancellable_new ();
  job->training_stop = g_cancellable_new ();
  for (i = 0; i < WIDTH * HEIGHT; i++)
    pixels[i] = (guint8) (i * pixel);
  job->source.buffer = gegl_buffer_new (GEGL_RECTANGLE (0, 0, WIDTH, HEIGHT),
                                        babl_format ("Y' u8"));
  gegl_buffer_set (job->source.buffer, NULL, 0, babl_format ("Y' u8"), pixels,
                   GEGL_AUTO_ROWSTRIDE);
  job->source.layer_name = g_strdup ("sky");
  job->source.image_path = g_build_filename (folder, image, NULL);
  for (i = 0; i < job->procedure->n_arguments; i++)
    {
      if (strcmp (job->procedure->arguments[i].name, "max-size") == 0)
        job->values[i] = SINGAN_MAX_SIZE_MINIMUM;
      if (strcmp (job->procedure->arguments[i].name, "iterations") == 0)
        job->values[i] = ITERATIONS;
    }
}

static void
clear_job (SinganJob *job, SinganHost *host)
{
  singan_monitor_free (host->monitor);
  singan_job_clear (job);
}

static void
assert_describes (SinganStatus *status, SinganJob *job, const gchar *words)
{
  g_autofree gchar *text = singan_status_describe (status, job, NULL);

  if (! strstr (text, words))
    fail_msg ("“%s” does not say “%s”", text, words);
}

static void
test_training_whole_is_seen_to_its_end (void **state G_GNUC_UNUSED)
{
  SinganHost host;
  SinganJob  job;
  SinganView view;
  gint       n;

  init_job (&job, &host, "train", "whole.xcf", 7);
  assert_true (job.procedure->run (&job, NULL));
  singan_monitor_take (host.monitor, &view);
  assert_true (view.n_scales > 1);
  /* The last iteration of a scale is reported as the start of the next. */
  assert_int_equal (view.points->len, view.n_scales * (ITERATIONS - 1) + 1);
  assert_int_equal (view.marks->len, view.n_scales - 1);
  assert_true (g_array_index (view.marks, gdouble, 0) == ITERATIONS - 1);
  assert_int_equal (view.sample->width, WIDTH);
  assert_int_equal (view.reconstruction->height, HEIGHT);
  for (n = 0; n < view.n_scales; n++)
    assert_non_null (view.finished[n]);
  singan_view_clear (&view);

  singan_monitor_take (host.monitor, &view);
  assert_null (view.sample);
  assert_null (view.points);
  singan_view_clear (&view);
  clear_job (&job, &host);
}

static void
test_training_stopped_keeps_the_scales_done (void **state G_GNUC_UNUSED)
{
  g_autoptr (SinganModel) model = NULL;
  g_autofree gchar *checkpoint = NULL;
  SinganHost        host;
  SinganJob         job;
  SinganView        view;

  init_job (&job, &host, "random-samples", "stopped.xcf", 7);
  host.stop_at = 1;
  assert_true (job.procedure->run (&job, NULL));
  model = singan_model_load (job.model_path, NULL);
  assert_int_equal (singan_model_n_trained (model), 1);
  checkpoint = singan_model_store_checkpoint (job.model_path);
  assert_true (g_file_test (checkpoint, G_FILE_TEST_EXISTS));
  singan_monitor_take (host.monitor, &view);
  assert_false (view.is_training);
  assert_non_null (view.finished[0]);
  assert_null (view.finished[1]);
  assert_non_null (
      strstr (((SinganMessage *) g_ptr_array_index (view.messages, 2))->text,
              "The model is kept with 1 of its"));
  singan_view_clear (&view);
  clear_job (&job, &host);
}

static void
test_training_stopped_before_a_scale_is_done_is_paused (
    void **state G_GNUC_UNUSED)
{
  SinganHost host;
  SinganJob  job;
  g_autoptr (GError) error = NULL;

  init_job (&job, &host, "train", "early.xcf", 7);
  host.stop_at = 0;
  assert_false (job.procedure->run (&job, &error));
  assert_true (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
  assert_null (job.model_path);
  clear_job (&job, &host);
}

static void
test_training_discarded_leaves_nothing (void **state G_GNUC_UNUSED)
{
  g_autofree gchar *path
      = g_build_filename (folder, "discarded.xcf.singan", NULL);
  SinganHost host;
  SinganJob  job;
  g_autoptr (GError) error = NULL;

  init_job (&job, &host, "train", "discarded.xcf", 7);
  host.discard_at = 1;
  assert_false (job.procedure->run (&job, &error));
  assert_true (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
  assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  clear_job (&job, &host);
}

static void
test_status_tells_what_the_model_is (void **state G_GNUC_UNUSED)
{
  SinganHost host;
  SinganJob  job;
  g_autoptr (SinganStatus) none = NULL;
  g_autoptr (SinganStatus) trained = NULL;
  g_autoptr (SinganStatus) other = NULL;
  g_autoptr (SinganStatus) outdated = NULL;
  g_autofree gchar *path = NULL;

  init_job (&job, &host, "random-samples", "status.xcf", 7);
  none = singan_status_new (&job);
  assert_describes (none, &job, "There is no model of this layer yet");
  assert_null (singan_status_get_model (none));
  assert_true (job.procedure->run (&job, NULL));
  path = g_strdup (job.model_path);
  trained = singan_status_new (&job);
  assert_describes (trained, &job, "from “sky” (preview, 48 x 40 pixels)");
  assert_non_null (singan_status_get_model (trained));
  clear_job (&job, &host);

  init_job (&job, &host, "animate", "status.xcf", 7);
  other = singan_status_new (&job);
  assert_describes (other, &job, "needs a model of its own kind");
  clear_job (&job, &host);

  init_job (&job, &host, "random-samples", "status.xcf", 11);
  job.source.remembered_models[SINGAN_PURPOSE_GENERATION]
      = g_path_get_basename (path);
  outdated = singan_status_new (&job);
  assert_describes (outdated, &job, "is outdated");
  assert_null (singan_status_get_model (outdated));
  clear_job (&job, &host);
}

/* Work a second with which any small training takes a moment. */
#define QUICK_WORK 1e12

static void
test_status_tells_how_long_a_training_takes (void **state G_GNUC_UNUSED)
{
  SinganHost  host;
  SinganJob   job;
  SinganSpeed speed;
  g_autoptr (SinganStatus) status = NULL;
  g_autofree gchar *before = NULL;
  g_autofree gchar *after = NULL;
  gint              n;

  init_job (&job, &host, "train", "time.xcf", 7);
  status = singan_status_new (&job);
  before = singan_status_describe (status, &job, NULL);
  assert_null (strstr (before, "takes about"));
  assert_true (
      singan_status_measure (status, SINGAN_PRESET_PREVIEW, NULL, &speed));
  /* Of a machine that is never busy. */
  for (n = 0; n < SINGAN_SCALES_MAXIMUM; n++)
    speed.work[n] = QUICK_WORK;
  after = singan_status_describe (status, &job, &speed);
  assert_non_null (strstr (after, "Training at 48 x 40 pixels takes about 1 s "
                                  "here."));
  clear_job (&job, &host);
}

static void
set_value (SinganJob *job, const gchar *name, gdouble value)
{
  gint i;

  for (i = 0; i < job->procedure->n_arguments; i++)
    if (strcmp (job->procedure->arguments[i].name, name) == 0)
      job->values[i] = value;
}

static void
test_status_tells_size_and_detail_of_results (void **state G_GNUC_UNUSED)
{
  SinganHost  host;
  SinganJob   job;
  SinganSpeed speed;
  g_autoptr (SinganStatus) samples = NULL;
  g_autoptr (SinganStatus) film = NULL;
  g_autoptr (SinganStatus) large = NULL;
  g_autoptr (SinganStatus) pasted = NULL;
  g_autofree gchar *timed = NULL;

  init_job (&job, &host, "random-samples", "outlook.xcf", 7);
  samples = singan_status_new (&job);
  set_value (&job, "width-factor", 2);
  assert_describes (samples, &job,
                    "Results have 96 x 40 pixels, and the photograph's own");
  set_value (&job, "detail", 1);
  assert_describes (samples, &job, "enlarged from 48 x 40: soft");
  assert_true (
      singan_status_measure (samples, SINGAN_PRESET_PREVIEW, NULL, &speed));
  timed = singan_status_describe (samples, &job, &speed);
  assert_non_null (strstr (timed, "All of it takes about "));
  clear_job (&job, &host);

  init_job (&job, &host, "animate", "outlook.xcf", 7);
  film = singan_status_new (&job);
  assert_describes (film, &job, "Frames of 48 x 40 pixels");
  clear_job (&job, &host);

  init_job (&job, &host, "super-resolution", "outlook.xcf", 7);
  large = singan_status_new (&job);
  assert_describes (large, &job,
                    "192 x 160 pixels: the photograph, enlarged 4");
  clear_job (&job, &host);

  init_job (&job, &host, "harmonize", "outlook.xcf", 7);
  pasted = singan_status_new (&job);
  assert_describes (pasted, &job,
                    "48 x 40 pixels, and the object's own detail");
  clear_job (&job, &host);
}

/* Twice as fast, half as long; more of it, longer. */
static void
test_outlook_seconds_follow_speed_and_work (void **state G_GNUC_UNUSED)
{
  static const gchar *const verbs[]
      = { "random-samples", "super-resolution", "harmonize",
          "edit",           "paint-to-image",   "animate" };
  SinganSettings settings;
  SinganGeometry geometry;
  SinganSpeed    speed = { .drawing = 1e9 };
  SinganGround   ground = { 600, 800, &settings, &geometry, 0, &speed };
  guint          i;
  gint           n;

  assert_true (
      singan_settings_init (&settings, SINGAN_PRESET_PREVIEW, 0, 0, 1, NULL));
  assert_true (singan_geometry_init (&geometry, 600, 800, &settings, NULL));
  ground.n_scales = geometry.n_scales;
  for (n = 0; n < SINGAN_SCALES_MAXIMUM; n++)
    speed.work[n] = 1e8;
  for (i = 0; i < G_N_ELEMENTS (verbs); i++)
    {
      SinganJob     job;
      SinganOutlook slow, fast, large;

      singan_job_init (&job, singan_procedure_find (verbs[i]));
      assert_true (singan_job_foresee (&job, &ground, &slow));
      speed.drawing *= 2;
      assert_true (singan_job_foresee (&job, &ground, &fast));
      speed.drawing /= 2;
      assert_true (slow.seconds > 0);
      assert_true (fabs (slow.seconds / fast.seconds - 2) < 1e-9);
      ground.height *= 2;
      assert_true (singan_job_foresee (&job, &ground, &large));
      ground.height /= 2;
      assert_true (large.seconds > slow.seconds);
    }
}

static void
test_status_tells_which_model_is_used (void **state G_GNUC_UNUSED)
{
  SinganHost host;
  SinganJob  job;
  g_autoptr (SinganStatus) status = NULL;

  init_job (&job, &host, "animate", "used.xcf", 7);
  set_value (&job, "frames", 2);
  assert_true (job.procedure->run (&job, NULL));
  status = singan_status_new (&job);
  assert_describes (status, &job, "It is used; with a better preset");
  set_value (&job, "preset", SINGAN_PRESET_BALANCED);
  assert_describes (status, &job,
                    "One with the chosen values is trained first");
  set_value (&job, "preset", SINGAN_PRESET_PREVIEW);
  set_value (&job, "iterations", ITERATIONS + 1);
  assert_describes (status, &job,
                    "One with the chosen values is trained first");
  clear_job (&job, &host);
}

static void
test_train_concludes_with_what_there_is_now (void **state G_GNUC_UNUSED)
{
  SinganHost host;
  SinganJob  job;

  init_job (&job, &host, "train", "end.xcf", 7);
  assert_true (job.procedure->run (&job, NULL));
  assert_non_null (
      strstr (job.conclusion, "“sky” is ready, with 48 x 40 pixels"));
  clear_job (&job, &host);

  init_job (&job, &host, "train", "stopped-end.xcf", 7);
  host.stop_at = 1;
  assert_true (job.procedure->run (&job, NULL));
  assert_non_null (strstr (job.conclusion, "is ready, with 1 of its"));
  clear_job (&job, &host);
}

static void
test_part_is_where_pictures_differ (void **state G_GNUC_UNUSED)
{
  g_autoptr (SinganTensor) a = singan_tensor_new (9, 12, 3, NULL);
  g_autoptr (SinganTensor) b = singan_tensor_copy (a, NULL);
  g_autoptr (SinganTensor) small = singan_tensor_new (9, 11, 3, NULL);
  const SinganTensor *pair[] = { a, b };
  const SinganTensor *other[] = { a, small };
  SinganRectangle     part;

  assert_false (singan_part_find (&part, pair, 2));
  assert_false (singan_part_find (&part, other, 2));
  b->data[(8 * 12 + 11) * 3] = 1; /* below on the right */
  assert_true (singan_part_find (&part, pair, 2));
  assert_int_equal (part.height, 5);
  assert_int_equal (part.width, 6);
  assert_int_equal (part.top, 4);
  assert_int_equal (part.left, 6);
}

static void
test_status_tells_of_a_layer_that_cannot_be_trained_on (
    void **state G_GNUC_UNUSED)
{
  SinganHost host;
  SinganJob  job;
  g_autoptr (SinganStatus) status = NULL;

  init_job (&job, &host, "train", "flat.xcf", 0);
  status = singan_status_new (&job);
  assert_describes (status, &job, "only one colour");
  clear_job (&job, &host);
}

static void
take_picture (gint scale, SinganTensor *picture, gpointer data)
{
  gint *next = data;

  assert_int_equal (scale, *next);
  assert_int_equal (picture->width, WIDTH);
  assert_int_equal (picture->height, HEIGHT);
  singan_tensor_free (picture);
  (*next)++;
}

static void
test_preview_shows_each_start_scale (void **state G_GNUC_UNUSED)
{
  SinganHost host;
  SinganJob  job;
  g_autoptr (SinganModel) model = NULL;
  gint          next = 0;
  SinganPreview preview = { NULL, take_picture, &next };

  init_job (&job, &host, "random-samples", "preview.xcf", 7);
  assert_true (job.procedure->run (&job, NULL));
  model = singan_model_load (job.model_path, NULL);
  preview.model = model;
  assert_true (singan_job_preview (&job, &preview, NULL));
  assert_int_equal (next, singan_model_n_trained (model));
  clear_job (&job, &host);

  next = SINGAN_INJECTION_SCALE_MINIMUM;
  init_job (&job, &host, "paint-to-image", "preview.xcf", 7);
  job.pictures[1] = gegl_buffer_dup (job.source.buffer);
  assert_string_equal (job.procedure->arguments[1].name, "painting");
  assert_true (singan_job_preview (&job, &preview, NULL));
  assert_int_equal (next, singan_model_n_trained (model));
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
    cmocka_unit_test (test_training_whole_is_seen_to_its_end),
    cmocka_unit_test (test_training_stopped_keeps_the_scales_done),
    cmocka_unit_test (test_training_stopped_before_a_scale_is_done_is_paused),
    cmocka_unit_test (test_training_discarded_leaves_nothing),
    cmocka_unit_test (test_status_tells_what_the_model_is),
    cmocka_unit_test (test_status_tells_how_long_a_training_takes),
    cmocka_unit_test (test_status_tells_size_and_detail_of_results),
    cmocka_unit_test (test_outlook_seconds_follow_speed_and_work),
    cmocka_unit_test (test_status_tells_which_model_is_used),
    cmocka_unit_test (test_train_concludes_with_what_there_is_now),
    cmocka_unit_test (test_part_is_where_pictures_differ),
    cmocka_unit_test (test_status_tells_of_a_layer_that_cannot_be_trained_on),
    cmocka_unit_test (test_preview_shows_each_start_scale),
  };

  return cmocka_run_group_tests (tests, set_up, tear_down);
}
