/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "plugin/procedures/outlook.h"

#include "core/base/i18n.h"

/* What is not the networks' work was timed on one core on which they draw as
 * fast as this; elsewhere all of it takes longer or shorter in proportion. */
#define REFERENCE_DRAWING 3.95e9

/* Seconds a pixel there: of a resizing, of the search for a picture's own
 * detail at a step of super-resolution, of the noise for it; and of reading a
 * layer, and of handing one over. */
#define RESIZING_SECONDS 4.5e-8
#define OWN_DETAIL_SECONDS 9e-7
#define NOISE_SECONDS 9e-8
#define READING_SECONDS 1e-7
#define WRITING_SECONDS 5e-8

/* The photograph's detail, over what its own guess says, which is of more than
 * one core. */
#define DETAIL_FACTOR 1.5

/* Resizings of a step of super-resolution, and of all steps at its end. */
#define STEP_RESIZINGS 5
#define LAST_RESIZINGS 20

static gdouble
relative_seconds (const SinganGround *ground)
{
  return REFERENCE_DRAWING / ground->speed->drawing;
}

gdouble
singan_ground_draw (const SinganGround *ground,
                    gint                start_scale,
                    gdouble             width_factor,
                    gdouble             height_factor)
{
  const SinganGeometry *geometry = ground->geometry;
  gdouble               seconds = 0;
  gint                  n;

  for (n = 0; n < ground->n_scales; n++)
    seconds += singan_drawing_seconds (
        ground->speed, geometry, n,
        (n < start_scale ? 1 : width_factor * height_factor)
            * geometry->heights[n] * geometry->widths[n]);

  return seconds;
}

gdouble
singan_ground_make_detail (const SinganGround        *ground,
                           const SinganOutlook       *outlook,
                           const SinganDetailOptions *options,
                           gdouble                    made_share)
{
  const SinganGeometry *geometry = ground->geometry;
  const gint            finest = geometry->n_scales - 1;
  const SinganSize      model
      = { geometry->heights[finest], geometry->widths[finest] };
  const SinganSize photograph = { ground->height, ground->width };
  const SinganSize output = { outlook->height, outlook->width };
  const SinganSize drawn
      = { MAX (model.height * output.height / photograph.height, 1),
          MAX (model.width * output.width / photograph.width, 1) };

  return DETAIL_FACTOR * relative_seconds (ground)
         * singan_detail_guess_seconds (drawn, model, photograph, output,
                                        options, made_share);
}

gdouble
singan_ground_handle (const SinganGround *ground,
                      gdouble             pixels,
                      gdouble             resizings)
{
  return relative_seconds (ground) * pixels * resizings * RESIZING_SECONDS;
}

gdouble
singan_ground_enlarge (const SinganGround *ground, gdouble factor)
{
  const gdouble steps
      = singan_super_resolution_pixels (ground->height, ground->width, factor);
  const gdouble last
      = factor * factor * (gdouble) ground->height * ground->width;

  return singan_drawing_seconds (ground->speed, ground->geometry,
                                 ground->n_scales - 1, steps)
         + relative_seconds (ground) * steps
               * (OWN_DETAIL_SECONDS + NOISE_SECONDS)
         + singan_ground_handle (ground, steps, STEP_RESIZINGS)
         + singan_ground_handle (ground, last, LAST_RESIZINGS);
}

gboolean
singan_job_foresee (const SinganJob    *job,
                    const SinganGround *ground,
                    SinganOutlook      *outlook)
{
  if (! job->procedure->foresee)
    return FALSE;

  *outlook = (SinganOutlook){ .width = ground->width,
                              .height = ground->height,
                              .factor = 1 };
  job->procedure->foresee (job, ground, outlook);
  if (ground->speed)
    outlook->seconds
        += relative_seconds (ground)
           * (READING_SECONDS * ground->height * ground->width
              + WRITING_SECONDS * outlook->height * outlook->width);

  return TRUE;
}

gchar *
singan_outlook_describe (const SinganOutlook  *outlook,
                         const SinganGeometry *geometry)
{
  const gint finest = geometry->n_scales - 1;

  switch (outlook->fineness)
    {
    case SINGAN_FINENESS_PHOTOGRAPH:
      return g_strdup_printf (_ ("Results have %d x %d pixels, and the "
                                 "photograph's own detail at full size."),
                              outlook->width, outlook->height);
    case SINGAN_FINENESS_OBJECT:
      return g_strdup_printf (_ ("Results have %d x %d pixels, and the "
                                 "object's own detail at full size."),
                              outlook->width, outlook->height);
    case SINGAN_FINENESS_MODEL:
      return g_strdup_printf (_ ("Results have %d x %d pixels, and the model's "
                                 "detail, enlarged from %d x %d: soft."),
                              outlook->width, outlook->height,
                              geometry->widths[finest],
                              geometry->heights[finest]);
    case SINGAN_FINENESS_ENLARGED:
      return g_strdup_printf (_ ("The result has %d x %d pixels: the "
                                 "photograph, enlarged %g times, with more "
                                 "detail of its kind."),
                              outlook->width, outlook->height, outlook->factor);
    default:
      return g_strdup_printf (_ ("Frames of %d x %d pixels: an animation has "
                                 "the model's size."),
                              outlook->width, outlook->height);
    }
}
