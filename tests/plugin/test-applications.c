/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The applications with a host that only takes notes: names, masks, sizes,
 * what is laid over what, and what is refused.
 */

#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/singan.h"
#include "plugin/hosts/host.h"
#include "plugin/image.h"
#include "tests/folder.h"

#define WIDTH 48
#define HEIGHT 40

/* The object that lies over the picture. */
#define OBJECT_SIDE 6

struct _SinganHost
{
  GString       *messages;
  SinganResults *results; /* a copy of the last ones; NULL if there were none */
};

void
singan_host_progress (SinganHost *host G_GNUC_UNUSED,
                      const gchar     *text,
                      gdouble          fraction)
{
  assert_true (strlen (text) > 0);
  assert_true (fraction >= 0 && fraction <= 1);
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
singan_host_keep_result (SinganHost *host             G_GNUC_UNUSED,
                         const SinganResults *results G_GNUC_UNUSED,
                         GError **error               G_GNUC_UNUSED)
{
  return TRUE;
}

gboolean
singan_host_add_results (SinganHost          *host,
                         const SinganResults *results,
                         GError **error       G_GNUC_UNUSED)
{
  guint i;

  assert_null (host->results);
  host->results = singan_results_new (results->group_name, results->width,
                                      results->height);
  host->results->shown = results->shown;
  host->results->is_image = results->is_image;
  if (results->backdrop)
    host->results->backdrop = g_object_ref (results->backdrop);
  for (i = 0; i < results->buffers->len; i++)
    {
      GeglBuffer *buffer = g_ptr_array_index (results->buffers, i);
      GeglBuffer *mask = g_ptr_array_index (results->masks, i);

      assert_int_equal (gegl_buffer_get_width (buffer), results->width);
      assert_int_equal (gegl_buffer_get_height (buffer), results->height);
      singan_results_add_masked (
          host->results, g_strdup (g_ptr_array_index (results->names, i)),
          g_strdup (g_ptr_array_index (results->stems, i)),
          g_object_ref (buffer), mask ? g_object_ref (mask) : NULL);
    }

  return TRUE;
}

void
singan_host_remember_model (SinganHost *host      G_GNUC_UNUSED,
                            const gchar *path     G_GNUC_UNUSED,
                            SinganPurpose purpose G_GNUC_UNUSED)
{
}

static gint
find (const SinganJob *job, const gchar *name)
{
  gint i;

  for (i = 0; i < job->procedure->n_arguments; i++)
    if (strcmp (job->procedure->arguments[i].name, name) == 0)
      return i;

  fail_msg ("%s has no argument %s", job->procedure->verb, name);
  return -1;
}

static void
set_value (SinganJob *job, const gchar *name, gdouble value)
{
  job->values[find (job, name)] = value;
}

static void
set_picture (SinganJob *job, const gchar *name, GeglBuffer *picture)
{
  g_set_object (&job->pictures[find (job, name)], picture);
  g_object_unref (picture);
}

/* A picture in colour, of gradients and stripes. */
static GeglBuffer *
draw (gint width, gint height)
{
  const Babl *format = babl_format ("R'G'B' u8");
  GeglBuffer *buffer
      = gegl_buffer_new (GEGL_RECTANGLE (0, 0, width, height), format);
  g_autofree guint8 *pixels = g_new (guint8, (gsize) width * height * 3);
  gint               i;

  for (i = 0; i < width * height * 3; i++)
    pixels[i] = (guint8) (i % 3 * 50 + i / 3 % width * 3 + i / 3 / width % 7);
  gegl_buffer_set (buffer, NULL, 0, format, pixels, GEGL_AUTO_ROWSTRIDE);

  return buffer;
}

/* An object of one colour, at that place. */
static GeglBuffer *
draw_object (gint x, gint y, gfloat alpha)
{
  const gfloat pixel[4] = { 0.9f, 0.1f, 0.5f, alpha };
  GeglBuffer  *buffer
      = gegl_buffer_new (GEGL_RECTANGLE (x, y, OBJECT_SIDE, OBJECT_SIDE),
                         babl_format ("R'G'B'A float"));
  gint i;
  gint j;

  for (i = 0; i < OBJECT_SIDE; i++)
    for (j = 0; j < OBJECT_SIDE; j++)
      gegl_buffer_set (buffer, GEGL_RECTANGLE (x + i, y + j, 1, 1), 0,
                       babl_format ("R'G'B'A float"), pixel,
                       GEGL_AUTO_ROWSTRIDE);

  return buffer;
}

/* Of the picture's size, white where the object would be. */
static GeglBuffer *
draw_mask (gint x, gint y)
{
  GeglBuffer *mask = gegl_buffer_new (GEGL_RECTANGLE (0, 0, WIDTH, HEIGHT),
                                      babl_format ("Y' float"));
  GeglColor  *white = gegl_color_new ("white");

  gegl_buffer_set_color (mask, GEGL_RECTANGLE (x, y, OBJECT_SIDE, OBJECT_SIDE),
                         white);
  g_object_unref (white);

  return mask;
}

static void
init_job (SinganJob *job, SinganHost *host, const gchar *verb)
{
  *host = (SinganHost){ .messages = g_string_new (NULL) };
  singan_job_init (job, singan_procedure_find (verb));
  job->host = host;
  job->source.buffer = draw (WIDTH, HEIGHT);
  job->source.layer_name = g_strdup ("sky");
  job->source.image_path = g_build_filename (folder, "sky.xcf", NULL);
  set_value (job, "max-size", SINGAN_MAX_SIZE_MINIMUM);
  set_value (job, "iterations", 2);
  set_value (job, "seed", 5);
}

static void
clear_job (SinganJob *job, SinganHost *host)
{
  g_string_free (host->messages, TRUE);
  g_clear_pointer (&host->results, singan_results_free);
  singan_job_clear (job);
}

static void
assert_refused (SinganJob *job, SinganHost *host, gint code, const gchar *words)
{
  g_autoptr (GError) error = NULL;

  assert_false (job->procedure->run (job, &error));
  if (! g_error_matches (error, SINGAN_ERROR, code)
      || ! strstr (error->message, words))
    fail_msg ("“%s” does not say “%s”", error->message, words);
  assert_null (host->results);
  clear_job (job, host);
}

/* The mask's weight at a pixel. */
static gfloat
weight_at (const SinganResults *results, guint i, gint x, gint y)
{
  gfloat weight;

  gegl_buffer_get (g_ptr_array_index (results->masks, i),
                   GEGL_RECTANGLE (x, y, 1, 1), 1.0, babl_format ("Y float"),
                   &weight, GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);

  return weight;
}

static void
test_harmonize_gives_a_masked_layer_for_each_scale (void **state G_GNUC_UNUSED)
{
  SinganHost host;
  SinganJob  job;
  guint      i;

  init_job (&job, &host, "harmonize");
  set_picture (&job, "paste", draw_object (2, 3, 1));
  assert_true (job.procedure->run (&job, NULL));
  assert_string_equal (host.results->group_name, "Harmonized with sky, seed 5");
  assert_int_equal (host.results->width, WIDTH);
  assert_int_equal (host.results->height, HEIGHT);
  assert_true (host.results->buffers->len >= 2);
  assert_in_range (host.results->shown, 0, host.results->buffers->len - 1);
  assert_ptr_equal (host.results->backdrop, job.source.buffer);
  for (i = 0; i < host.results->buffers->len; i++)
    {
      g_autofree gchar *name = g_strdup_printf ("Scale %u, seed 5", i + 1);
      g_autofree gchar *stem
          = g_strdup_printf ("harmonized-scale-%u-seed-5", i + 1);

      assert_string_equal (g_ptr_array_index (host.results->names, i), name);
      assert_string_equal (g_ptr_array_index (host.results->stems, i), stem);
      assert_true (weight_at (host.results, i, 2, 3) == 1);
      assert_true (weight_at (host.results, i, WIDTH - 1, HEIGHT - 1) == 0);
    }
  clear_job (&job, &host);
}

static void
test_results_flatten_outside_is_the_original (void **state G_GNUC_UNUSED)
{
  g_autoptr (GeglBuffer) flat = NULL;
  guint8     got[3 * WIDTH];
  guint8     wanted[3 * WIDTH];
  SinganHost host;
  SinganJob  job;

  init_job (&job, &host, "harmonize");
  set_picture (&job, "paste", draw_object (2, 3, 1));
  set_value (&job, "start-scale", 1);
  assert_true (job.procedure->run (&job, NULL));
  assert_int_equal (host.results->buffers->len, 1);
  flat = singan_results_flatten (host.results, 0, NULL);
  /* The lowest row is 32 pixels away. */
  gegl_buffer_get (flat, GEGL_RECTANGLE (0, HEIGHT - 1, WIDTH, 1), 1.0,
                   babl_format ("R'G'B' u8"), got, GEGL_AUTO_ROWSTRIDE,
                   GEGL_ABYSS_NONE);
  gegl_buffer_get (job.source.buffer, GEGL_RECTANGLE (0, HEIGHT - 1, WIDTH, 1),
                   1.0, babl_format ("R'G'B' u8"), wanted, GEGL_AUTO_ROWSTRIDE,
                   GEGL_ABYSS_NONE);
  assert_memory_equal (got, wanted, sizeof got);
  clear_job (&job, &host);
}

static void
test_edit_mask_is_taken_before_the_difference (void **state G_GNUC_UNUSED)
{
  SinganHost host;
  SinganJob  job;

  init_job (&job, &host, "edit");
  set_value (&job, "start-scale", 1);
  set_picture (&job, "edited", draw_object (40, 30, 1));
  assert_true (job.procedure->run (&job, NULL));
  assert_true (weight_at (host.results, 0, 41, 31) == 1);
  assert_true (weight_at (host.results, 0, 0, 0) == 0);
  clear_job (&job, &host);

  init_job (&job, &host, "edit");
  set_value (&job, "start-scale", 1);
  set_picture (&job, "edited", draw_object (40, 30, 1));
  set_picture (&job, "mask", draw_mask (0, 0));
  assert_true (job.procedure->run (&job, NULL));
  assert_true (weight_at (host.results, 0, 41, 31) == 0);
  assert_true (weight_at (host.results, 0, 0, 0) == 1);
  clear_job (&job, &host);

  init_job (&job, &host, "edit");
  set_value (&job, "start-scale", 1);
  set_value (&job, "unblended", 1);
  set_picture (&job, "edited", draw_object (40, 30, 1));
  assert_true (job.procedure->run (&job, NULL));
  assert_null (g_ptr_array_index (host.results->masks, 0));
  clear_job (&job, &host);
}

/* One row of a buffer, as it is in a file. */
static void
read_row (GeglBuffer *buffer, gint row, guint8 pixels[3 * WIDTH])
{
  gegl_buffer_get (buffer, GEGL_RECTANGLE (0, row, WIDTH, 1), 1.0,
                   babl_format ("R'G'B' u8"), pixels, GEGL_AUTO_ROWSTRIDE,
                   GEGL_ABYSS_NONE);
}

/* The farthest pixel from the object at 2, 3 in its rows that a result
 * changes, seen through its mask; 0 for none. */
static gint
find_reach (const SinganJob *job, const SinganResults *results, guint i)
{
  g_autoptr (GeglBuffer) flat = singan_results_flatten (results, i, NULL);
  guint8 got[3 * WIDTH];
  guint8 wanted[3 * WIDTH];
  gint   reach = 0;
  gint   row;
  gint   w;

  for (row = 3; row < 3 + OBJECT_SIDE; row++)
    {
      read_row (flat, row, got);
      read_row (job->source.buffer, row, wanted);
      for (w = 2 + OBJECT_SIDE; w < WIDTH; w++)
        if (memcmp (got + 3 * w, wanted + 3 * w, 3) != 0)
          reach = MAX (reach, w - (2 + OBJECT_SIDE) + 1);
    }

  return reach;
}

/* Whatever the detail: all of the object counts, no pixel beyond the margin
 * changes, and one that is asked for is used up.  The automatic one of so small
 * a picture is a single pixel. */
static void
test_edit_and_harmonize_reach_as_far_as_the_margin (void **state G_GNUC_UNUSED)
{
  static const gchar *const verbs[][2]
      = { { "harmonize", "paste" }, { "edit", "edited" } };
  static const gint margins[][2]
      = { { SINGAN_MARGIN_AUTOMATIC, 1 }, { 0, 0 }, { 5, 5 }, { 17, 17 } };
  SinganHost host;
  SinganJob  job;
  gsize      i;
  gsize      j;
  gint       detail;

  for (i = 0; i < G_N_ELEMENTS (verbs); i++)
    for (j = 0; j < G_N_ELEMENTS (margins); j++)
      for (detail = 0; detail < 2; detail++)
        {
          const gint farthest = 2 + OBJECT_SIDE - 1 + margins[j][1];

          init_job (&job, &host, verbs[i][0]);
          set_value (&job, "start-scale", 1);
          set_value (&job, "detail", detail);
          set_value (&job, "margin", margins[j][0]);
          set_picture (&job, verbs[i][1], draw_object (2, 3, 1));
          assert_true (job.procedure->run (&job, NULL));
          assert_true (weight_at (host.results, 0, 2, 3) == 1);
          assert_true (weight_at (host.results, 0, farthest, 3) > 0);
          assert_true (weight_at (host.results, 0, farthest + 1, 3) == 0);
          assert_true (find_reach (&job, host.results, 0) <= margins[j][1]);
          clear_job (&job, &host);
        }
}

/* Of an object only what is selected is laid over the picture; all of it that
 * is not is as if it was transparent. */
static void
test_harmonize_selection_cuts_the_object (void **state G_GNUC_UNUSED)
{
  guint8     got[3 * WIDTH];
  guint8     wanted[3 * WIDTH];
  SinganHost host;
  SinganJob  job;
  gint       row;

  init_job (&job, &host, "harmonize");
  set_value (&job, "start-scale", 1);
  set_value (&job, "margin", 0);
  set_picture (&job, "paste", draw_object (2, 3, 1));
  set_picture (&job, "mask", draw_mask (5, 3));
  assert_true (job.procedure->run (&job, NULL));
  for (row = 0; row < HEIGHT; row++)
    {
      const gboolean is_inside = row >= 3 && row < 3 + OBJECT_SIDE;

      assert_true (weight_at (host.results, 0, 4, row) == 0);
      assert_true (weight_at (host.results, 0, 5, row) == is_inside);
      assert_true (weight_at (host.results, 0, 2 + OBJECT_SIDE, row) == 0);
    }
  {
    g_autoptr (GeglBuffer) flat
        = singan_results_flatten (host.results, 0, NULL);

    read_row (flat, 5, got);
    read_row (job.source.buffer, 5, wanted);
    assert_memory_equal (got, wanted, 3 * 5);
  }
  clear_job (&job, &host);

  init_job (&job, &host, "harmonize");
  set_picture (&job, "paste", draw_object (2, 3, 1));
  set_picture (&job, "mask", draw_mask (30, 30));
  assert_refused (&job, &host, SINGAN_ERROR_IMAGE,
                  "Nothing of the pasted layer is selected");
}

/* The lowest rows of the painting are transparent. */
static void
test_paint_transparent_parts_keep_the_photograph (void **state G_GNUC_UNUSED)
{
  guint8     got[3 * WIDTH];
  guint8     wanted[3 * WIDTH];
  SinganHost host;
  SinganJob  job;
  gint       detail;

  for (detail = 0; detail < 2; detail++)
    {
      GeglBuffer *painting = gegl_buffer_new (
          GEGL_RECTANGLE (0, 0, WIDTH, HEIGHT), babl_format ("R'G'B'A u8"));
      GeglColor *red = gegl_color_new ("red");

      gegl_buffer_set_color (painting, GEGL_RECTANGLE (0, 0, WIDTH, HEIGHT / 2),
                             red);
      g_object_unref (red);
      init_job (&job, &host, "paint-to-image");
      set_picture (&job, "painting", painting);
      set_value (&job, "start-scale", 1);
      set_value (&job, "detail", detail);
      assert_true (job.procedure->run (&job, NULL));
      assert_null (g_ptr_array_index (host.results->masks, 0));

      read_row (job.source.buffer, HEIGHT - 1, wanted);
      read_row (g_ptr_array_index (host.results->buffers, 0), HEIGHT - 1, got);
      assert_memory_equal (got, wanted, sizeof got);
      read_row (job.source.buffer, 0, wanted);
      read_row (g_ptr_array_index (host.results->buffers, 0), 0, got);
      assert_memory_not_equal (got, wanted, sizeof got);
      clear_job (&job, &host);
    }
}

static void
test_injections_bad_input_is_refused_before_training (
    void **state G_GNUC_UNUSED)
{
  static const gchar *const verbs[][2]
      = { { "harmonize", "paste" }, { "edit", "edited" } };
  SinganHost host;
  SinganJob  job;
  gsize      i;

  for (i = 0; i < G_N_ELEMENTS (verbs); i++)
    {
      init_job (&job, &host, verbs[i][0]);
      set_picture (&job, verbs[i][1], draw_object (-9, 3, 1));
      assert_refused (&job, &host, SINGAN_ERROR_IMAGE, "at -9, 3 lies outside");

      init_job (&job, &host, verbs[i][0]);
      set_picture (&job, verbs[i][1], draw_object (3, 3, 0));
      assert_refused (&job, &host, SINGAN_ERROR_IMAGE, "transparent there");

      init_job (&job, &host, verbs[i][0]);
      set_picture (&job, verbs[i][1], draw_object (3, 3, 1));
      set_picture (&job, "mask", draw_object (WIDTH, 3, 1));
      assert_refused (&job, &host, SINGAN_ERROR_IMAGE, "mask is empty");

      init_job (&job, &host, verbs[i][0]);
      set_picture (&job, verbs[i][1], draw (WIDTH, HEIGHT));
      assert_refused (&job, &host, SINGAN_ERROR_IMAGE, "does not differ");

      init_job (&job, &host, verbs[i][0]);
      set_picture (&job, verbs[i][1], draw_object (3, 3, 1));
      set_value (&job, "start-scale", 0);
      assert_refused (&job, &host, SINGAN_ERROR_SETTINGS, "is 0;");

      init_job (&job, &host, verbs[i][0]);
      set_picture (&job, verbs[i][1], draw_object (3, 3, 1));
      set_value (&job, "start-scale", 20);
      assert_refused (&job, &host, SINGAN_ERROR_SETTINGS, "is 20;");
    }
}

static void
test_paint_takes_a_painting_of_the_same_shape (void **state G_GNUC_UNUSED)
{
  SinganHost host;
  SinganJob  job;
  gint       quantize;

  for (quantize = 0; quantize < 2; quantize++)
    {
      init_job (&job, &host, "paint-to-image");
      set_picture (&job, "painting", draw (WIDTH / 2, HEIGHT / 2));
      set_value (&job, "start-scale", 1);
      set_value (&job, "quantize", quantize);
      assert_true (job.procedure->run (&job, NULL));
      assert_string_equal (host.results->group_name,
                           "Painting made like sky, seed 5");
      assert_string_equal (g_ptr_array_index (host.results->stems, 0),
                           "painted-scale-1-seed-5");
      assert_int_equal (host.results->width, WIDTH);
      assert_null (g_ptr_array_index (host.results->masks, 0));
      assert_null (host.results->backdrop);
      clear_job (&job, &host);
    }

  init_job (&job, &host, "paint-to-image");
  set_picture (&job, "painting", draw (WIDTH, WIDTH));
  assert_refused (&job, &host, SINGAN_ERROR_IMAGE,
                  "48 x 48 pixels and the trained picture 48 x 40");

  init_job (&job, &host, "paint-to-image");
  set_picture (&job, "painting",
               gegl_buffer_new (GEGL_RECTANGLE (0, 0, WIDTH, HEIGHT),
                                babl_format ("R'G'B'A u8")));
  assert_refused (&job, &host, SINGAN_ERROR_IMAGE, "fully transparent");
}

static void
test_animate_gives_frames_of_a_model_of_its_own (void **state G_GNUC_UNUSED)
{
  g_autofree gchar *first = NULL;
  SinganHost        host;
  SinganJob         job;
  gint              i;

  for (i = 0; i < 2; i++)
    {
      init_job (&job, &host, "animate");
      set_value (&job, "frames", 3);
      set_value (&job, "frame-ms", 40);
      set_value (&job, "start-scale", 0);
      assert_true (job.procedure->run (&job, NULL));
      assert_true (host.results->is_image);
      assert_int_equal (host.results->buffers->len, 3);
      assert_int_equal (host.results->width, WIDTH);
      assert_string_equal (g_ptr_array_index (host.results->names, 0),
                           "Frame 1 (40ms) (replace)");
      assert_string_equal (g_ptr_array_index (host.results->stems, 2),
                           "seed-5-frame-003");
      assert_non_null (
          strstr (host.messages->str,
                  "Animation of sky, seed 5: the frames have the size that the "
                  "model works at, 48 x 40 pixels."));
      assert_true ((strstr (host.messages->str, "training one first") != NULL)
                   == (i == 0));
      if (i == 0)
        first = g_strdup (job.model_path);
      assert_string_equal (job.model_path, first);
      clear_job (&job, &host);
    }

  /* Other jobs do not take it for theirs. */
  init_job (&job, &host, "random-samples");
  set_value (&job, "count", 1);
  assert_true (job.procedure->run (&job, NULL));
  assert_string_not_equal (job.model_path, first);
  clear_job (&job, &host);

  init_job (&job, &host, "animate");
  set_value (&job, "start-scale", 20);
  assert_refused (&job, &host, SINGAN_ERROR_SETTINGS, "is 20;");
}

static void
test_injection_model_of_another_picture_is_refused (void **state G_GNUC_UNUSED)
{
  g_autofree gchar *model
      = g_build_filename (folder, "other" SINGAN_MODEL_SUFFIX, NULL);
  SinganHost host;
  SinganJob  job;

  init_job (&job, &host, "train");
  g_clear_object (&job.source.buffer);
  job.source.buffer = draw (WIDTH + 1, HEIGHT);
  job.model_file = g_strdup (model);
  assert_true (job.procedure->run (&job, NULL));
  clear_job (&job, &host);

  init_job (&job, &host, "harmonize");
  set_picture (&job, "paste", draw_object (3, 3, 1));
  job.model_file = g_strdup (model);
  assert_refused (&job, &host, SINGAN_ERROR_MODEL, "another picture, “sky”");
}

static void
test_image_composite_lays_alpha_over (void **state G_GNUC_UNUSED)
{
  g_autoptr (GeglBuffer) source = draw (WIDTH, HEIGHT);
  g_autoptr (GeglBuffer) object = draw_object (WIDTH - 2, -1, 0.25f);
  g_autoptr (SinganTensor) picture = singan_image_read (source, NULL);
  g_autoptr (SinganTensor) before = singan_tensor_copy (picture, NULL);
  g_autoptr (SinganTensor) alpha
      = singan_image_composite (picture, source, object, NULL);
  const gsize i = 3 * WIDTH - 1;

  assert_int_equal (singan_region_count (alpha), 2 * (OBJECT_SIDE - 1));
  assert_true (alpha->data[WIDTH - 1] == 0.25f);
  assert_true (alpha->data[WIDTH - 3] == 0);
  /* Blue is 0.5, which is 0 on [-1, 1]. */
  assert_true (ABS (picture->data[i] - 0.75 * before->data[i]) < 1e-5);
  assert_memory_equal (picture->data, before->data,
                       3 * (WIDTH - 2) * sizeof (SinganReal));
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
    cmocka_unit_test (test_injections_bad_input_is_refused_before_training),
    cmocka_unit_test (test_harmonize_gives_a_masked_layer_for_each_scale),
    cmocka_unit_test (test_results_flatten_outside_is_the_original),
    cmocka_unit_test (test_edit_mask_is_taken_before_the_difference),
    cmocka_unit_test (test_edit_and_harmonize_reach_as_far_as_the_margin),
    cmocka_unit_test (test_harmonize_selection_cuts_the_object),
    cmocka_unit_test (test_paint_transparent_parts_keep_the_photograph),
    cmocka_unit_test (test_paint_takes_a_painting_of_the_same_shape),
    cmocka_unit_test (test_animate_gives_frames_of_a_model_of_its_own),
    cmocka_unit_test (test_injection_model_of_another_picture_is_refused),
    cmocka_unit_test (test_image_composite_lays_alpha_over),
  };

  return cmocka_run_group_tests (tests, set_up, tear_down);
}
