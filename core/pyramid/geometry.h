/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sizes and widths of the scales.  Scale 0 is the coarsest (the paper numbers
 * them the other way round).
 */

#pragma once

#include <glib.h>

#include "core/pyramid/settings.h"

G_BEGIN_DECLS

/**
 * SinganGeometry:
 * @n_scales: N + 1
 * @training_scale: what the picture is shrunk by before the pyramid, 0 .. 1
 * @factor: r, the adjusted factor between two scales; 1 if the picture is as
 *   small as the coarsest scale
 * @heights: pixels, scale by scale
 * @widths: pixels
 * @features: F(n), channels of the scale's networks
 */
typedef struct
{
  gint    n_scales;
  gdouble training_scale;
  gdouble factor;
  gint    heights[SINGAN_SCALES_MAXIMUM];
  gint    widths[SINGAN_SCALES_MAXIMUM];
  gint    features[SINGAN_SCALES_MAXIMUM];
} SinganGeometry;

/**
 * singan_geometry_init:
 * @geometry: (out): to be filled
 * @height: of the picture as opened, pixels
 * @width: of the picture as opened, pixels
 * @settings: max_size, min_size, scale_factor and the widths are read
 * @error: SINGAN_ERROR_IMAGE if a side is below SINGAN_IMAGE_SIDE_MINIMUM, or
 *   below min_size once the picture is shrunk to max_size
 *
 * The formulas of the authors' implementation, those for super-resolution if
 * that is the settings' purpose.
 *
 * Returns: FALSE with @error set
 */
gboolean singan_geometry_init (SinganGeometry       *geometry,
                               gint                  height,
                               gint                  width,
                               const SinganSettings *settings,
                               GError              **error);

/**
 * singan_geometry_init_super_resolution:
 * @geometry: (out): to be filled
 * @height: of the picture as opened, pixels
 * @width: of the picture as opened, pixels
 * @factor: enlargement, above 1
 * @settings: max_size, min_size (18 in the paper) and the widths are read
 * @error: as for singan_geometry_init ()
 *
 * The same for super-resolution: r is the k-th root of 1 / @factor that is
 * nearest to 2^(-1/3), and the counts are truncated instead of rounded up.
 *
 * Returns: FALSE with @error set
 */
gboolean singan_geometry_init_super_resolution (SinganGeometry       *geometry,
                                                gint                  height,
                                                gint                  width,
                                                gdouble               factor,
                                                const SinganSettings *settings,
                                                GError              **error);

/**
 * singan_geometry_is_like:
 * @a: the scales of one training
 * @b: of another
 *
 * Returns: whether they are the same, but for what machines may round
 *   differently: a pixel
 */
gboolean singan_geometry_is_like (const SinganGeometry *a,
                                  const SinganGeometry *b);

/**
 * singan_geometry_is_possible:
 * @geometry: what a file says
 * @settings: what it says that they came from, in their ranges
 *
 * Computes the scales anew, from the settings and the finest one's size: that
 * of the picture is known as well as rounding lets it be.
 *
 * Returns: whether a training with these settings can have these scales
 */
gboolean singan_geometry_is_possible (const SinganGeometry *geometry,
                                      const SinganSettings *settings);

/**
 * singan_geometry_trains_below:
 * @geometry: the scales
 * @settings: window and below_rate are read
 * @scale: number of a scale
 *
 * Layouts come from the coarsest scale, which is left as it is: with finer ones
 * to please it would make fewer of them.
 *
 * Returns: whether the scale below goes on to learn while this one trains
 */
gboolean singan_geometry_trains_below (const SinganGeometry *geometry,
                                       const SinganSettings *settings,
                                       gint                  scale);

/**
 * singan_geometry_learns_detail:
 * @geometry: the scales
 * @settings: window, detail_weight and detail_size are read
 * @scale: number of a scale
 *
 * Scales of which a window shows little.  Its statistics are not the picture's,
 * by which samples are normalised: the generator, which starts as the one
 * below, keeps the running statistics of that one, and for that learns at
 * detail_rate.  And few iterations on windows are not sharp: the detail of the
 * reconstruction is compared too, and there are detail_iterations times as
 * many, of which all but one in detail_period are cheap, on the reconstruction
 * alone.  What noise adds to that is a weave: detail_noise of it is left once
 * the scale is trained.
 *
 * Returns: whether this scale does so
 */
gboolean singan_geometry_learns_detail (const SinganGeometry *geometry,
                                        const SinganSettings *settings,
                                        gint                  scale);

/**
 * singan_geometry_mirrors_border:
 * @geometry: the scales
 * @settings: window, is_mirrored and what singan_geometry_learns_detail ()
 * reads
 * @scale: number of a scale
 *
 * Zeros around a picture are grey: an edge, which a generator has to learn not
 * to draw.  Where it trains on windows it sees too few of them for that, and
 * lines would go along the sides of what it draws; but not where it has the
 * many iterations of detail.
 *
 * Returns: whether this scale's generator is given the picture, mirrored, in
 *   their place
 */
gboolean singan_geometry_mirrors_border (const SinganGeometry *geometry,
                                         const SinganSettings *settings,
                                         gint                  scale);

/**
 * singan_geometry_get_iterations:
 * @geometry: the scales
 * @settings: iterations, finest_share, detail_iterations and what
 *   singan_geometry_learns_detail () reads
 * @scale: number of a scale
 *
 * They go down geometrically from scale to scale; those that learn detail have
 * detail_iterations times as many.
 *
 * Returns: the iterations of a scale, 1 .. SINGAN_ITERATIONS_MAXIMUM
 */
gint singan_geometry_get_iterations (const SinganGeometry *geometry,
                                     const SinganSettings *settings,
                                     gint                  scale);

G_END_DECLS
