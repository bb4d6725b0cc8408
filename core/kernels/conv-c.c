/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The variant "c": the 3x3 convolution and its two gradients by definition,
 * direct loops with double accumulators, written to be read and to test the
 * others against.
 */

#include "config.h"

#include <string.h>

#include "core/kernels/kernels-private.h"

/* Element (h, w, c) of a map that is width x channels a row. */
static gsize
at (gint h, gint w, gint c, gint width, gint channels)
{
  return ((gsize) h * width + w) * channels + c;
}

/* Element (kh, kw, ic, oc) of the weights. */
static gsize
weight_at (const SinganConvShape *shape, gint kh, gint kw, gint ic, gint oc)
{
  return (((gsize) kh * 3 + kw) * shape->in_channels + ic) * shape->out_channels
         + oc;
}

static gsize
conv_scratch (const SinganConvShape *shape G_GNUC_UNUSED)
{
  return 0;
}

/* The definitions take the weights as they are. */
static gsize
conv_arranged (gint in_channels, gint out_channels)
{
  return (gsize) 9 * in_channels * out_channels;
}

static void
conv_arrange (gint                 in_channels,
              gint                 out_channels,
              const SinganReal    *weight,
              gboolean is_backward G_GNUC_UNUSED,
              SinganReal          *arranged)
{
  memcpy (arranged, weight,
          conv_arranged (in_channels, out_channels) * sizeof (SinganReal));
}

static void
conv_forward (const SinganConvShape       *shape,
              const SinganReal            *x,
              const SinganReal            *weight,
              const SinganReal            *bias,
              SinganReal                  *y,
              const SinganScratch *scratch G_GNUC_UNUSED)
{
  const gint out_height = shape->height - 2;
  const gint out_width = shape->width - 2;
  gint       h;

#pragma omp parallel for schedule(static)
  for (h = 0; h < out_height; h++)
    for (gint w = 0; w < out_width; w++)
      for (gint oc = 0; oc < shape->out_channels; oc++)
        {
          gdouble sum = bias ? bias[oc] : 0;

          for (gint kh = 0; kh < 3; kh++)
            for (gint kw = 0; kw < 3; kw++)
              for (gint ic = 0; ic < shape->in_channels; ic++)
                sum += (gdouble) x[at (h + kh, w + kw, ic, shape->width,
                                       shape->in_channels)]
                       * weight[weight_at (shape, kh, kw, ic, oc)];
          y[at (h, w, oc, out_width, shape->out_channels)] = (SinganReal) sum;
        }
}

static void
conv_backward_data (const SinganConvShape       *shape,
                    const SinganReal            *grad_y,
                    const SinganReal            *weight,
                    SinganReal                  *grad_x,
                    const SinganScratch *scratch G_GNUC_UNUSED)
{
  const gint out_height = shape->height - 2;
  const gint out_width = shape->width - 2;
  gint       h;

#pragma omp parallel for schedule(static)
  for (h = 0; h < shape->height; h++)
    for (gint w = 0; w < shape->width; w++)
      for (gint ic = 0; ic < shape->in_channels; ic++)
        {
          gdouble sum = 0;

          for (gint kh = 0; kh < 3; kh++)
            for (gint kw = 0; kw < 3; kw++)
              {
                const gint oh = h - kh;
                const gint ow = w - kw;

                if (oh < 0 || oh >= out_height || ow < 0 || ow >= out_width)
                  continue;
                for (gint oc = 0; oc < shape->out_channels; oc++)
                  sum += (gdouble) grad_y[at (oh, ow, oc, out_width,
                                              shape->out_channels)]
                         * weight[weight_at (shape, kh, kw, ic, oc)];
              }
          grad_x[at (h, w, ic, shape->width, shape->in_channels)]
              = (SinganReal) sum;
        }
}

static void
conv_backward_weight (const SinganConvShape       *shape,
                      const SinganReal            *x,
                      const SinganReal            *grad_y,
                      SinganReal                  *grad_weight,
                      const SinganScratch *scratch G_GNUC_UNUSED)
{
  const gint out_height = shape->height - 2;
  const gint out_width = shape->width - 2;
  gint       ic;

#pragma omp parallel for schedule(static)
  for (ic = 0; ic < shape->in_channels; ic++)
    for (gint oc = 0; oc < shape->out_channels; oc++)
      for (gint kh = 0; kh < 3; kh++)
        for (gint kw = 0; kw < 3; kw++)
          {
            gdouble sum = 0;

            for (gint h = 0; h < out_height; h++)
              for (gint w = 0; w < out_width; w++)
                sum += (gdouble) x[at (h + kh, w + kw, ic, shape->width,
                                       shape->in_channels)]
                       * grad_y[at (h, w, oc, out_width, shape->out_channels)];
            grad_weight[weight_at (shape, kh, kw, ic, oc)] += (SinganReal) sum;
          }
}

const SinganKernels singan_kernels_c
    = { .name = "c",
        .conv_scratch = conv_scratch,
        .conv_arranged = conv_arranged,
        .conv_arrange = conv_arrange,
        .conv_forward = conv_forward,
        .conv_backward_data = conv_backward_data,
        .conv_backward_weight = conv_backward_weight,
        SINGAN_PER_PIXEL_KERNELS };
