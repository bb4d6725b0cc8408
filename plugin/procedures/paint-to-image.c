/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Paint to Image: a rough painting becomes a picture made of what the trained
 * layer shows (SinGAN section 4, "Paint-to-image").
 */

#include "config.h"

#include <math.h>

#include "core/base/i18n.h"
#include "plugin/image.h"
#include "plugin/procedures/injection.h"
#include "plugin/procedures/outlook.h"
#include "plugin/procedures/rows.h"
#include "plugin/procedures/source.h"

/* How much the shape of a painting may differ from the picture's: what rounding
 * the sides of a small one does. */
#define ASPECT_TOLERANCE 0.02

/* Alpha from which a pixel counts as painted: one of 255 levels. */
#define PAINTED_MINIMUM (1.0 / 255)

static const SinganArgument arguments[] = {
  SINGAN_LAYER_ARGUMENT ("trained",
                         N_ ("_Trained layer"),
                         N_ ("The layer with the picture that the painting "
                             "is to look like: the model is trained on it")),
  SINGAN_FILE_ARGUMENT (SINGAN_ARGUMENT_PICTURE,
                        "painting",
                        N_ ("The painting, of the trained picture's shape"),
                        .has_own_place = TRUE),
  SINGAN_INJECTION_SCALE_ARGUMENT,
  { .name = "quantize",
    .label = N_ ("_Quantize colours"),
    .help = N_ ("Reduce the painting to a few colours of the trained picture, "
                "and train the scale where it enters anew on these: better "
                "for flat paintings, but it takes as long as that scale's "
                "first training, each time and for each scale"),
    .type = SINGAN_ARGUMENT_BOOLEAN,
    .minimum = 0,
    .maximum = 1,
    .default_value = 0 },
  SINGAN_DETAIL_ARGUMENT,
  SINGAN_MARGIN_ARGUMENT,
  SINGAN_LEAST_PRESET_ARGUMENT,
  SINGAN_MAX_SIZE_ARGUMENT (TRUE),
  SINGAN_ITERATIONS_ARGUMENT (TRUE),
  SINGAN_SEED_ARGUMENT,
};

static gboolean
check_shape (GeglBuffer *painting, const SinganTensor *picture, GError **error)
{
  const gint    width = gegl_buffer_get_width (painting);
  const gint    height = gegl_buffer_get_height (painting);
  const gdouble ratio = ((gdouble) width / height)
                        / ((gdouble) picture->width / picture->height);

  if (fabs (ratio - 1) <= ASPECT_TOLERANCE)
    return TRUE;

  g_set_error (error, SINGAN_ERROR, SINGAN_ERROR_IMAGE,
               _ ("The painting is %d x %d pixels and the trained picture %d "
                  "x %d: their shapes differ. Crop or scale the painting to "
                  "%d x %d."),
               width, height, picture->width, picture->height, picture->width,
               picture->height);
  return FALSE;
}

/* The painting at the picture's size; where it is transparent, the picture.
 * Region is where it is not. */
static SinganTensor *
read_painting (SinganJob          *job,
               const SinganTensor *picture,
               SinganTensor      **region,
               GError            **error)
{
  GeglBuffer *painting = singan_job_get_picture (job, "painting");
  g_autoptr (SinganTensor) colours = NULL;
  g_autoptr (SinganTensor) alpha = NULL;
  g_autoptr (SinganTensor) large = NULL;
  g_autoptr (SinganTensor) large_alpha = NULL;
  gsize p;
  gint  c;

  if (! check_shape (painting, picture, error))
    return NULL;
  /* Over the grey that is zero: colours times alpha. */
  colours = singan_tensor_new (gegl_buffer_get_height (painting),
                               gegl_buffer_get_width (painting),
                               picture->channels, error);
  alpha = colours ? singan_image_composite (colours, job->source.buffer,
                                            painting, error)
                  : NULL;
  if (! alpha)
    return NULL;
  if (singan_region_count (alpha) == 0)
    {
      g_set_error_literal (error, SINGAN_ERROR, SINGAN_ERROR_IMAGE,
                           _ ("The painting is fully transparent: there is "
                              "nothing to make a picture of."));
      return NULL;
    }

  large = singan_resize (colours, picture->height, picture->width, error);
  large_alpha
      = large ? singan_resize (alpha, picture->height, picture->width, error)
              : NULL;
  if (! large_alpha)
    return NULL;
  for (p = 0; p < singan_tensor_size (large_alpha); p++)
    for (c = 0; c < picture->channels; c++)
      {
        const gsize i = p * picture->channels + c;

        large->data[i] += (1 - large_alpha->data[p]) * picture->data[i];
      }
  singan_region_threshold (large_alpha, PAINTED_MINIMUM);
  *region = g_steal_pointer (&large_alpha);

  return g_steal_pointer (&large);
}

static gboolean
run (SinganJob *job, GError **error)
{
  const guint32       seed = singan_job_make_seed (job);
  SinganInjectionTask task
      = { .detail = singan_job_get_integer (job, "detail")
                            == SINGAN_DETAIL_CHOICE_PHOTOGRAPH
                        ? SINGAN_DETAIL_PHOTOGRAPH
                        : SINGAN_DETAIL_NONE,
          .quantizes = singan_job_get_integer (job, "quantize"),
          .seed = seed,
          .stem = "painted" };
  g_autoptr (SinganTensor) picture = singan_job_read_picture (job, error);
  g_autoptr (SinganTensor) entering = NULL;
  g_autoptr (SinganTensor) region = NULL;
  g_autofree gchar *group = NULL;

  if (! picture)
    return FALSE;
  entering = read_painting (job, picture, &region, error);
  if (! entering)
    return FALSE;

  group = g_strdup_printf (_ ("Painting made like %s, seed %u"),
                           job->source.layer_name, seed);
  task.original = picture;
  task.entering = entering;
  task.region = region;
  task.is_whole = singan_region_count (region) == singan_tensor_size (region);
  task.margin = singan_job_get (job, "margin");
  task.group_name = group;

  return singan_job_inject (job, &task, error);
}

const SinganProcedure singan_procedure_paint_to_image = {
  .verb = "paint-to-image",
  .menu_label = N_ ("_Paint to Image..."),
  .blurb = N_ ("Turn a rough painting into a picture like a trained one"),
  .help = N_ ("Takes a layer with a rough painting and makes of it a picture "
              "of what the trained layer shows: where the painting has the "
              "sky's colour there will be sky. Results come as layers, one "
              "for each start scale, to choose from: coarse ones are more "
              "like the trained picture, fine ones more like the painting. "
              "They are made of the trained layer's own pixels, at its size; "
              "where the painting is transparent, that layer stays as it is. "
              "If there is no model yet, it is trained first."),
  .command_blurb = N_ ("Turn a rough painting into a picture like another one"),
  .command_help
  = N_ ("Makes of a rough painting, --painting, a picture of what this "
        "picture shows: where the painting has the sky's colour there will "
        "be sky. Results are files, one for each start scale, to choose "
        "from: coarse ones are more like the picture, fine ones more like "
        "the painting. They are made of the picture's own pixels, at its "
        "size; where the painting is transparent, the picture stays as it "
        "is. If there is no model of the picture yet, it is trained "
        "first."),
  .result = SINGAN_RESULT_LAYERS,
  .arguments = arguments,
  .n_arguments = G_N_ELEMENTS (arguments),
  .has_preview = TRUE,
  .injects = TRUE,
  .foresee = singan_foresee_injection,
  .gives_one = singan_job_injects_once,
  .run = run,
};
