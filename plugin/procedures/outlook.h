/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a job will give and how long that will take, once there is a model: for
 * dialogs, before it is done, and for the time left of a training that comes
 * first.  Only the files of this folder include it.
 */

#pragma once

#include "core/singan.h"
#include "plugin/procedures/procedure.h"

G_BEGIN_DECLS

/**
 * SinganGround:
 * @height: of the layer that the model learns
 * @width: of it
 * @settings: of the model
 * @geometry: of the model
 * @n_scales: how many of its scales are trained
 * @speed: (nullable): of this machine; NULL if it is not known
 *
 * What an outlook is made from.
 */
struct _SinganGround
{
  gint                  height;
  gint                  width;
  const SinganSettings *settings;
  const SinganGeometry *geometry;
  gint                  n_scales;
  const SinganSpeed    *speed;
};

/**
 * SinganFineness:
 * @SINGAN_FINENESS_PHOTOGRAPH: the photograph's own, at its own size
 * @SINGAN_FINENESS_OBJECT: that of the pasted object
 * @SINGAN_FINENESS_MODEL: the model's, enlarged
 * @SINGAN_FINENESS_ENLARGED: the photograph's, enlarged, with more of its kind
 * @SINGAN_FINENESS_FRAMES: the model's, at its own size
 *
 * How fine the detail of results is.
 */
typedef enum
{
  SINGAN_FINENESS_PHOTOGRAPH,
  SINGAN_FINENESS_OBJECT,
  SINGAN_FINENESS_MODEL,
  SINGAN_FINENESS_ENLARGED,
  SINGAN_FINENESS_FRAMES
} SinganFineness;

/**
 * SinganOutlook:
 * @width: of each result, pixels
 * @height: of each result, pixels
 * @fineness: of their detail
 * @factor: of an enlargement
 * @seconds: until they are there; 0 if the speed is not known
 */
struct _SinganOutlook
{
  gint           width;
  gint           height;
  SinganFineness fineness;
  gdouble        factor;
  gdouble        seconds;
};

/**
 * singan_ground_draw:
 * @ground: the ground; its speed is known, as in all that follow
 * @start_scale: where a picture enters or fresh noise does; 0 for all
 * @width_factor: of the results over the model's size, from there on
 * @height_factor: of the results over the model's size, from there on
 *
 * Returns: how long the model draws, seconds
 */
gdouble singan_ground_draw (const SinganGround *ground,
                            gint                start_scale,
                            gdouble             width_factor,
                            gdouble             height_factor);

/**
 * singan_ground_make_detail:
 * @ground: the ground
 * @outlook: its width and height are read
 * @options: see singan_detail_guess_seconds ()
 * @made_share: of a result's pixels that are made
 *
 * Returns: how long the photograph's detail for one result takes, seconds
 */
gdouble singan_ground_make_detail (const SinganGround        *ground,
                                   const SinganOutlook       *outlook,
                                   const SinganDetailOptions *options,
                                   gdouble                    made_share);

/**
 * singan_ground_handle:
 * @ground: the ground
 * @pixels: of a picture
 * @resizings: how often it is resized or something that takes as long
 *
 * Returns: how long that takes, seconds
 */
gdouble singan_ground_handle (const SinganGround *ground,
                              gdouble             pixels,
                              gdouble             resizings);

/**
 * singan_ground_enlarge:
 * @ground: the ground
 * @factor: of super-resolution
 *
 * Returns: how long that takes, seconds
 */
gdouble singan_ground_enlarge (const SinganGround *ground, gdouble factor);

/**
 * singan_job_foresee:
 * @job: a job of which nothing but the values is read
 * @ground: what it will be done with
 * @outlook: (out): what it gives
 *
 * Returns: FALSE if it gives no pictures
 */
gboolean singan_job_foresee (const SinganJob    *job,
                             const SinganGround *ground,
                             SinganOutlook      *outlook);

/**
 * singan_outlook_describe:
 * @outlook: what a job gives
 * @geometry: of its model
 *
 * Returns: (transfer full): a translated sentence on size and detail
 */
gchar *singan_outlook_describe (const SinganOutlook  *outlook,
                                const SinganGeometry *geometry);

/**
 * singan_foresee_injection:
 * @job: a job that injects
 * @ground: as for singan_job_foresee ()
 * @outlook: (out): what it gives
 *
 * Their foresee.
 */
void singan_foresee_injection (const SinganJob    *job,
                               const SinganGround *ground,
                               SinganOutlook      *outlook);

G_END_DECLS
