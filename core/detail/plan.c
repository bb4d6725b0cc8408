/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "core/detail/plan.h"

#include <math.h>

#include "core/detail/field.h"

#define PATCH SINGAN_FIELD_PATCH

/* Factor between levels, at most; and what of a level more is rounding. */
#define LEVEL_FACTOR (4.0 / 3)
#define LEVEL_TOLERANCE 1e-6

/* Patches of the photograph that all are compared with all at the first level,
 * at most: with those of a picture of the same size some 70 million pairs. */
#define FIRST_PATCHES_MAXIMUM 8400

/* What the progress is reckoned with. */
#define SECONDS_A_PAIR 3e-9
#define SECONDS_A_PIXEL_MADE 2e-7
#define SECONDS_A_PIXEL_RESIZED 4e-8

static SinganSize
scale_size (SinganSize size, gdouble scale, SinganSize most)
{
  return (SinganSize){
    CLAMP ((gint) lround (scale * size.height), PATCH, most.height),
    CLAMP ((gint) lround (scale * size.width), PATCH, most.width)
  };
}

static gdouble
pixels_of (SinganSize size)
{
  return (gdouble) size.height * size.width;
}

void
singan_detail_plan_init (SinganDetailPlan *plan,
                         SinganSize        drawn,
                         SinganSize        reconstruction,
                         SinganSize        photograph,
                         SinganSize        output)
{
  const gint    least = MIN (MIN (reconstruction.height, reconstruction.width),
                             MIN (drawn.height, drawn.width));
  const gdouble scale
      = MAX (MIN (sqrt (FIRST_PATCHES_MAXIMUM / pixels_of (reconstruction)), 1),
             (gdouble) PATCH / least);
  gdouble growth;

  plan->photograph = photograph;
  plan->output = output;
  plan->first_photograph = scale_size (reconstruction, scale, photograph);
  plan->first_output = scale_size (drawn, scale, output);
  growth = MAX ((gdouble) photograph.height / plan->first_photograph.height,
                (gdouble) photograph.width / plan->first_photograph.width);
  plan->n_levels = MAX (
      (gint) ceil (log (growth) / log (LEVEL_FACTOR) - LEVEL_TOLERANCE), 0);
}

/* Between the sizes of the first and of the last level. */
static gint
interpolate (const SinganDetailPlan *plan, gint first, gint last, gint level)
{
  if (level == plan->n_levels)
    return last;

  return (gint) lround (
      first * pow ((gdouble) last / first, (gdouble) level / plan->n_levels));
}

static SinganSize
size_at (const SinganDetailPlan *plan,
         SinganSize              first,
         SinganSize              last,
         gint                    level)
{
  return (SinganSize){ interpolate (plan, first.height, last.height, level),
                       interpolate (plan, first.width, last.width, level) };
}

SinganSize
singan_detail_plan_photograph (const SinganDetailPlan *plan, gint level)
{
  return size_at (plan, plan->first_photograph, plan->photograph, level);
}

SinganSize
singan_detail_plan_output (const SinganDetailPlan *plan, gint level)
{
  return size_at (plan, plan->first_output, plan->output, level);
}

gdouble
singan_detail_plan_pair_seconds (const SinganDetailPlan *plan,
                                 gdouble                 made_share)
{
  return SECONDS_A_PAIR * made_share
         * pixels_of (singan_detail_plan_output (plan, 0))
         * pixels_of (singan_detail_plan_photograph (plan, 0));
}

gdouble
singan_detail_plan_seconds (const SinganDetailPlan *plan,
                            gdouble                 made_share,
                            gint                    level)
{
  const gdouble pixels = pixels_of (singan_detail_plan_output (plan, level));

  return SECONDS_A_PIXEL_MADE * made_share * pixels
         + SECONDS_A_PIXEL_RESIZED
               * (pixels
                  + pixels_of (singan_detail_plan_photograph (plan, level)));
}
