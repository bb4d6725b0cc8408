/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The table of the instruction set that this file is compiled for.
 */

#include "config.h"

#include "core/kernels/conv.h"
#include "core/kernels/kernels-private.h"

/* Whether the convolution and both its gradients go Winograd's way. */
static gboolean
is_wide (gint in_channels, gint out_channels)
{
  return singan_winograd_suits (in_channels, out_channels);
}

static gsize
conv_scratch (const SinganConvShape *shape, gsize *shared)
{
  return is_wide (shape->in_channels, shape->out_channels)
             ? singan_winograd_scratch (shape, shared)
             : singan_patches_scratch (shape, shared);
}

static gsize
conv_arranged (gint in_channels, gint out_channels)
{
  return is_wide (in_channels, out_channels)
             ? singan_winograd_arranged (in_channels, out_channels)
             : singan_patches_arranged (in_channels, out_channels);
}

static void
conv_arrange (gint              in_channels,
              gint              out_channels,
              const SinganReal *weight,
              gboolean          is_backward,
              SinganReal       *arranged)
{
  if (is_wide (in_channels, out_channels))
    singan_winograd_arrange (in_channels, out_channels, weight, is_backward,
                             arranged);
  else
    singan_patches_arrange (in_channels, out_channels, weight, is_backward,
                            arranged);
}

static void
correlate (const SinganSource  *source,
           const SinganReal    *arranged,
           const SinganReal    *bias,
           gint                 out_channels,
           const SinganOutput  *output,
           const SinganScratch *scratch)
{
  if (is_wide (source->channels, out_channels))
    singan_winograd_correlate (source, arranged, bias, out_channels, output,
                               scratch);
  else
    singan_patches_correlate (source, arranged, bias, out_channels, output,
                              scratch);
}

static void
conv_forward (const SinganConvShape *shape,
              const SinganMap       *x,
              const SinganReal      *arranged,
              const SinganReal      *bias,
              const SinganOutput    *y,
              const SinganScratch   *scratch)
{
  const SinganSource source
      = { x, shape->height, shape->width, shape->in_channels, 0 };

  correlate (&source, arranged, bias, shape->out_channels, y, scratch);
}

static void
conv_backward_data (const SinganConvShape *shape,
                    const SinganMap       *grad_y,
                    const SinganReal      *arranged,
                    const SinganOutput    *grad_x,
                    const SinganScratch   *scratch)
{
  const SinganSource source
      = { grad_y, shape->height - 2, shape->width - 2, shape->out_channels, 2 };

  correlate (&source, arranged, NULL, shape->in_channels, grad_x, scratch);
}

static void
conv_backward_weight (const SinganConvShape *shape,
                      const SinganMap       *x,
                      const SinganMap       *grad_y,
                      SinganReal            *grad_weight,
                      const SinganScratch   *scratch)
{
  if (is_wide (shape->in_channels, shape->out_channels))
    singan_winograd_backward_weight (shape, x, grad_y, grad_weight, scratch);
  else
    singan_patches_backward_weight (shape, x, grad_y, grad_weight, scratch);
}

const SinganKernels SINGAN_NAME (singan_kernels)
    = { .name = G_STRINGIFY (SINGAN_VARIANT),
        .conv_scratch = conv_scratch,
        .conv_arranged = conv_arranged,
        .conv_arrange = conv_arrange,
        .conv_forward = conv_forward,
        .conv_backward_data = conv_backward_data,
        .conv_backward_weight = conv_backward_weight,
        SINGAN_PER_PIXEL_KERNELS,
        SINGAN_PATCH_KERNELS };
