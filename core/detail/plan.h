/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How many levels the photograph's detail takes, how large they are and how
 * long they may last.  Knows no pixels.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * SinganSize:
 * @height: rows
 * @width: columns
 */
typedef struct
{
  gint height;
  gint width;
} SinganSize;

/**
 * SinganDetailPlan:
 * @n_levels: after the first
 * @photograph: its own size
 * @output: of the result
 * @first_photograph: the photograph's at the first level
 * @first_output: the result's there
 */
typedef struct
{
  gint       n_levels;
  SinganSize photograph;
  SinganSize output;
  SinganSize first_photograph;
  SinganSize first_output;
} SinganDetailPlan;

/**
 * singan_detail_plan_init:
 * @plan: (out): the plan
 * @drawn: of what the model drew
 * @reconstruction: of what it makes of the photograph
 * @photograph: a patch a side or more, as are all sizes that follow
 * @output: of the result
 *
 * The first level has the model's size, unless too many patches would have to
 * be compared with each other, or there would be fewer than one.  From there on
 * sizes grow by a third at most, evenly.
 */
void singan_detail_plan_init (SinganDetailPlan *plan,
                              SinganSize        drawn,
                              SinganSize        reconstruction,
                              SinganSize        photograph,
                              SinganSize        output);

/**
 * singan_detail_plan_photograph:
 * @plan: the plan
 * @level: 0 to n_levels
 *
 * Returns: the photograph's size there
 */
SinganSize singan_detail_plan_photograph (const SinganDetailPlan *plan,
                                          gint                    level);

/**
 * singan_detail_plan_output:
 * @plan: the plan
 * @level: 0 to n_levels
 *
 * Returns: the result's size there
 */
SinganSize singan_detail_plan_output (const SinganDetailPlan *plan, gint level);

/**
 * singan_detail_plan_pair_seconds:
 * @plan: the plan
 * @made_share: of the result's pixels that are made
 *
 * Returns: about how long it takes to compare all patches of the first level
 *   with all, once; seconds of two cores, or what is in proportion to them
 */
gdouble singan_detail_plan_pair_seconds (const SinganDetailPlan *plan,
                                         gdouble                 made_share);

/**
 * singan_detail_plan_seconds:
 * @plan: the plan
 * @made_share: of the result's pixels that are made
 * @level: 0 to n_levels
 *
 * Returns: about how long the search at that level takes, where patches are
 *   looked for around their places; both pictures are resized as a whole
 */
gdouble singan_detail_plan_seconds (const SinganDetailPlan *plan,
                                    gdouble                 made_share,
                                    gint                    level);

G_END_DECLS
