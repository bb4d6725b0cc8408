/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The two ways to convolve that a variant chooses from: Winograd's where both
 * sides have many channels, patches where one has few.  Each "arranges" the
 * weights once for as long as they stay, and sees backward data as forward
 * over a padded gradient.  Contracts as in kernels.h.
 */

#pragma once

#include "core/kernels/maps.h"

/* One of each for every instruction set. */
#define singan_patches_arrange SINGAN_NAME (singan_patches_arrange)
#define singan_patches_arranged SINGAN_NAME (singan_patches_arranged)
#define singan_patches_backward_weight                                         \
  SINGAN_NAME (singan_patches_backward_weight)
#define singan_patches_correlate SINGAN_NAME (singan_patches_correlate)
#define singan_patches_scratch SINGAN_NAME (singan_patches_scratch)
#define singan_winograd_arrange SINGAN_NAME (singan_winograd_arrange)
#define singan_winograd_arranged SINGAN_NAME (singan_winograd_arranged)
#define singan_winograd_backward_weight                                        \
  SINGAN_NAME (singan_winograd_backward_weight)
#define singan_winograd_correlate SINGAN_NAME (singan_winograd_correlate)
#define singan_winograd_scratch SINGAN_NAME (singan_winograd_scratch)
#define singan_winograd_suits SINGAN_NAME (singan_winograd_suits)

G_BEGIN_DECLS

/**
 * SinganSource:
 * @map: [height, width, channels]
 * @height: rows
 * @width: columns
 * @channels: numbers a pixel
 * @pad: rows and columns of zeros to be read around the map
 */
typedef struct
{
  const SinganMap *map;
  gint             height;
  gint             width;
  gint             channels;
  gint             pad;
} SinganSource;

/* Whether Winograd's way takes these numbers of channels. */
gboolean singan_winograd_suits (gint in_channels, gint out_channels);

gsize singan_winograd_scratch (const SinganConvShape *shape, gsize *shared);
gsize singan_winograd_arranged (gint in_channels, gint out_channels);
void  singan_winograd_arrange (gint              in_channels,
                               gint              out_channels,
                               const SinganReal *weight,
                               gboolean          is_backward,
                               SinganReal       *arranged);
void  singan_winograd_correlate (const SinganSource  *source,
                                 const SinganReal    *arranged,
                                 const SinganReal    *bias,
                                 gint                 out_channels,
                                 const SinganOutput  *output,
                                 const SinganScratch *scratch);
void  singan_winograd_backward_weight (const SinganConvShape *shape,
                                       const SinganMap       *x,
                                       const SinganMap       *grad_y,
                                       SinganReal            *grad_weight,
                                       const SinganScratch   *scratch);

gsize singan_patches_scratch (const SinganConvShape *shape, gsize *shared);
gsize singan_patches_arranged (gint in_channels, gint out_channels);
void  singan_patches_arrange (gint              in_channels,
                              gint              out_channels,
                              const SinganReal *weight,
                              gboolean          is_backward,
                              SinganReal       *arranged);
void  singan_patches_correlate (const SinganSource  *source,
                                const SinganReal    *arranged,
                                const SinganReal    *bias,
                                gint                 out_channels,
                                const SinganOutput  *output,
                                const SinganScratch *scratch);
void  singan_patches_backward_weight (const SinganConvShape *shape,
                                      const SinganMap       *x,
                                      const SinganMap       *grad_y,
                                      SinganReal            *grad_weight,
                                      const SinganScratch   *scratch);

G_END_DECLS
