/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "core/training/speed.h"

#include <math.h>

#include "core/pyramid/model.h"
#include "core/pyramid/stage.h"
#include "core/training/scale-trainer.h"

/* Where the cost of a convolution, which grows with the square of the width,
 * equals that of what grows with the width. */
#define EVEN_FEATURES 48.0

/* What the scale below adds to an iteration, as a part of what one of its own
 * would cost.  Of a layer's 20 convolutions there, in one step of D and one of
 * G, G's own are six: a forward and two backward of the fake and of the
 * reconstruction each. */
#define BELOW_WORK (6. / 20)

/* Where detail is learnt: an iteration without a fake, as a part of a whole
 * one, is three of those; and what comparing the detail adds to any. */
#define RECONSTRUCTION_WORK (3. / 20)
#define DETAIL_WORK (0.9 / 20)

/* Steps of D and G x work of the iterations that are timed, and the bounds of
 * their pixels: fewer would not keep the machine as busy as larger pictures
 * do. */
#define MEASURED_WORK 4e7
#define MEASURED_PIXELS_LEAST 4096.0
#define MEASURED_PIXELS_MOST 16384.0

/* Side of the picture that a generator draws, and how often: the first time
 * it touches all memory. */
#define DRAWN_SIDE 128
#define DRAWN_RUNS 5

/* Each kind of scale is timed this often, in turns, so that what keeps the
 * machine busy for a moment is not all that one of them sees. */
#define ROUNDS 2

/* In a round its iterations go on until they took this long, in microseconds.
 */
#define TIME_MEASURED (G_USEC_PER_SEC / 40)

/* Of a pixel. */
static gdouble
pixel_work (const SinganGeometry *geometry, gint scale)
{
  const gdouble features = geometry->features[scale];

  return features * (features + EVEN_FEATURES);
}

static gdouble
scale_work (const SinganGeometry *geometry,
            const SinganSettings *settings,
            gint                  scale)
{
  return (gdouble) MIN (geometry->heights[scale], settings->window)
         * MIN (geometry->widths[scale], settings->window)
         * pixel_work (geometry, scale);
}

gdouble
singan_training_work (const SinganGeometry *geometry,
                      const SinganSettings *settings,
                      gint                  scale)
{
  gdouble work = scale_work (geometry, settings, scale);

  if (singan_geometry_learns_detail (geometry, settings, scale))
    work *= DETAIL_WORK
            + (1 + (settings->detail_period - 1) * RECONSTRUCTION_WORK)
                  / settings->detail_period;
  if (singan_geometry_trains_below (geometry, settings, scale))
    work += BELOW_WORK * scale_work (geometry, settings, scale - 1);

  return work;
}

/* The most pixels that iterations of a scale are timed with. */
static gdouble
measured_pixels (const SinganModelInfo *info, gint scale)
{
  const gdouble features = info->geometry.features[scale];
  const gdouble steps
      = info->settings.discriminator_steps + info->settings.generator_steps;

  return CLAMP (MEASURED_WORK / (steps * features * (features + EVEN_FEATURES)),
                MEASURED_PIXELS_LEAST, MEASURED_PIXELS_MOST);
}

static gdouble
count_pixels (const SinganModelInfo *info, gint scale)
{
  return (gdouble) info->geometry.heights[scale] * info->geometry.widths[scale];
}

/* The pyramid up to a scale, shrunk as a whole if that scale is larger than
 * what is measured. */
static void
shrink_geometry (SinganModelInfo *info, gint scale)
{
  SinganGeometry *geometry = &info->geometry;
  const gdouble   factor = MIN (
        1, sqrt (measured_pixels (info, scale) / count_pixels (info, scale)));
  gint n;

  for (n = 0; n <= scale; n++)
    {
      geometry->heights[n] = MAX ((gint) lround (geometry->heights[n] * factor),
                                  geometry->heights[0]);
      geometry->widths[n] = MAX ((gint) lround (geometry->widths[n] * factor),
                                 geometry->widths[0]);
    }
}

static SinganNetwork *
make_network (const SinganModelInfo *info,
              gint                   scale,
              gboolean               is_generator,
              GError               **error)
{
  const SinganRandomKey key
      = { 0,
          is_generator ? SINGAN_RANDOM_GENERATOR : SINGAN_RANDOM_DISCRIMINATOR,
          scale, 0 };
  SinganNetwork *network = singan_network_new (
      info->channels, info->geometry.features[scale],
      is_generator ? info->channels : 1, is_generator, error);

  if (network)
    singan_network_init (network, &key);

  return network;
}

static SinganTensor *
draw_picture (gint height, gint width, gint channels, GError **error)
{
  const SinganRandomKey key = { 0, SINGAN_RANDOM_Z_REC, 1, 0 };
  SinganTensor *picture = singan_tensor_new (height, width, channels, error);

  if (picture)
    singan_noise_draw (&key, picture);

  return picture;
}

/* A model of networks that know nothing, up to a scale. */
static SinganModel *
make_model (const SinganModelInfo *info, gint n_trained, GError **error)
{
  const gint    border = singan_noise_border (&info->settings);
  SinganTensor *z_rec
      = draw_picture (info->geometry.heights[0] + 2 * border,
                      info->geometry.widths[0] + 2 * border, 1, error);
  g_autoptr (SinganModel) model = NULL;
  gint n;

  if (! z_rec)
    return NULL;
  model = singan_model_new (info, z_rec);
  for (n = 0; n < n_trained; n++)
    {
      SinganNetwork *generator = make_network (info, n, TRUE, error);

      if (! generator || ! singan_model_append (model, generator, 0.1, error))
        return NULL;
    }

  return g_steal_pointer (&model);
}

/* A training of noise at this scale, before its first iteration. */
static SinganScaleTrainer *
make_trainer (const SinganModelInfo *info,
              SinganModel           *model,
              const SinganTensor    *real,
              GError               **error)
{
  const gint scale = singan_model_n_trained (model);
  g_autoptr (SinganNetwork) generator = make_network (info, scale, TRUE, error);
  g_autoptr (SinganNetwork) discriminator = NULL;
  g_autoptr (SinganNetwork) below = NULL;

  if (! generator)
    return NULL;
  discriminator = make_network (info, scale, FALSE, error);
  if (! discriminator)
    return NULL;
  if (singan_geometry_trains_below (&info->geometry, &info->settings, scale)
      && ! (below = make_network (info, scale - 1, TRUE, error)))
    return NULL;

  return singan_scale_trainer_new (model, real, g_steal_pointer (&generator),
                                   g_steal_pointer (&discriminator),
                                   g_steal_pointer (&below), error);
}

/* Seconds of an iteration, the shortest of some: what else the machine does
 * now and then has nothing to do with it.  Negative, with error set, if it
 * fails. */
static gdouble
time_iteration (const SinganModelInfo *info,
                gint                   scale,
                GCancellable          *cancellable,
                GError               **error)
{
  g_autoptr (SinganTensor) real
      = draw_picture (info->geometry.heights[scale],
                      info->geometry.widths[scale], info->channels, error);
  g_autoptr (SinganModel) model = NULL;
  g_autoptr (SinganScaleTrainer) trainer = NULL;
  gint64 shortest = G_MAXINT64;
  gint64 all = 0;
  gint   i;

  if (! real || ! (model = make_model (info, scale, error))
      || ! (trainer = make_trainer (info, model, real, error)))
    return -1;

  /* The first one touches all memory for the first time. */
  for (i = 0; all < TIME_MEASURED; i++)
    {
      const gint64 start = g_get_monotonic_time ();
      SinganLosses losses;
      gint64       time;

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return -1;
      if (! singan_scale_trainer_step (trainer, i, &losses, error))
        return -1;
      time = g_get_monotonic_time () - start;
      if (i > 0)
        {
          shortest = MIN (shortest, time);
          all += time;
        }
    }

  return (gdouble) MAX (shortest, 1) / G_USEC_PER_SEC;
}

static gdouble
measure_scale (const SinganModelInfo *all,
               gint                   scale,
               GCancellable          *cancellable,
               GError               **error)
{
  SinganModelInfo info = *all;
  gdouble         seconds;

  shrink_geometry (&info, scale);
  seconds = time_iteration (&info, scale, cancellable, error);

  return seconds < 0
             ? -1
             : singan_training_work (&info.geometry, &info.settings, scale)
                   / seconds;
}

/* Whether iterations of two scales differ in nothing but their pixels, and what
 * the scale below adds to them. */
static gboolean
is_alike (const SinganModelInfo *info, gint m, gint n)
{
  return info->geometry.features[m] == info->geometry.features[n]
         && (m < info->settings.patch_scales)
                == (n < info->settings.patch_scales);
}

/* Times each kind of scale once, and keeps the speed if it is the greatest so
 * far: what else the machine does has nothing to do with it. */
static gboolean
measure_round (SinganSpeed           *speed,
               const SinganModelInfo *info,
               GCancellable          *cancellable,
               GError               **error)
{
  gint n = 0;

  while (n < info->geometry.n_scales)
    {
      const gint first = n;
      gint       measured = n;
      gdouble    work;

      for (; n < info->geometry.n_scales && is_alike (info, first, n); n++)
        if (count_pixels (info, measured) < measured_pixels (info, first))
          measured = n;
      work = measure_scale (info, measured, cancellable, error);
      if (work < 0)
        return FALSE;
      work = MAX (work, speed->work[first]);
      for (gint i = first; i < n; i++)
        speed->work[i] = work;
    }
  for (; n < SINGAN_SCALES_MAXIMUM; n++)
    speed->work[n] = speed->work[n - 1];

  return TRUE;
}

/* Times a generator once; keeps the speed if it is the greatest so far. */
static gboolean
measure_drawing (SinganSpeed           *speed,
                 const SinganModelInfo *info,
                 GCancellable          *cancellable,
                 GError               **error)
{
  g_autoptr (SinganModel) model = make_model (info, 1, error);
  g_autoptr (SinganStage) stage = NULL;
  const SinganNetwork *generator;
  gint                 i;

  if (! model || g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  generator = singan_model_get_generator (model, 0);
  stage = singan_stage_new (generator, DRAWN_SIDE, DRAWN_SIDE,
                            singan_noise_border (&info->settings), error);
  if (! stage)
    return FALSE;
  for (i = 0; i < DRAWN_RUNS; i++)
    {
      const gint64 start = g_get_monotonic_time ();
      gint64       time;

      singan_stage_run (stage, generator, 0);
      time = MAX (g_get_monotonic_time () - start, 1);
      speed->drawing
          = MAX (speed->drawing, DRAWN_SIDE * DRAWN_SIDE
                                     * pixel_work (&info->geometry, 0)
                                     * G_USEC_PER_SEC / time);
    }

  return TRUE;
}

gboolean
singan_speed_measure (SinganSpeed          *speed,
                      const SinganSettings *settings,
                      gint                  channels,
                      GCancellable         *cancellable,
                      GError              **error)
{
  SinganModelInfo info = { .settings = *settings,
                           .channels = channels,
                           .source_hash = (gchar *) "",
                           .source_name = (gchar *) "" };
  gint            round;

  /* As many kinds of scales as there can be. */
  info.settings.max_size = SINGAN_MAX_SIZE_MAXIMUM;
  if (! singan_geometry_init (&info.geometry, SINGAN_MAX_SIZE_MAXIMUM,
                              SINGAN_MAX_SIZE_MAXIMUM, &info.settings, error))
    return FALSE;

  *speed = (SinganSpeed){ .work = { 0 } };
  for (round = 0; round < ROUNDS; round++)
    if (! measure_round (speed, &info, cancellable, error)
        || ! measure_drawing (speed, &info, cancellable, error))
      return FALSE;

  return TRUE;
}

gdouble
singan_drawing_seconds (const SinganSpeed    *speed,
                        const SinganGeometry *geometry,
                        gint                  scale,
                        gdouble               pixels)
{
  return pixels * pixel_work (geometry, scale) / speed->drawing;
}

gdouble
singan_training_seconds (const SinganSpeed    *speed,
                         const SinganGeometry *geometry,
                         const SinganSettings *settings)
{
  gdouble seconds = 0;
  gint    n;

  for (n = 0; n < geometry->n_scales; n++)
    seconds += singan_training_work (geometry, settings, n) / speed->work[n]
               * singan_geometry_get_iterations (geometry, settings, n);

  return seconds;
}
