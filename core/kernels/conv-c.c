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

/* LeakyReLU's derivative. */
static gdouble
mask (gdouble u)
{
  return u > 0 ? 1 : SINGAN_LEAKY_SLOPE;
}

/* What number @i of a map is read as. */
static gdouble
read (const SinganMap *map, gsize i, gint c)
{
  gdouble u;

  switch (map->form)
    {
    case SINGAN_MAP_ACTIVATION:
      u = (gdouble) map->scale[c] * map->x[i] + map->shift[c];
      return u * mask (u);
    case SINGAN_MAP_LINEAR:
    case SINGAN_MAP_MASKED:
      u = (gdouble) map->scale[c] * map->x[i]
          + (gdouble) map->scale_beside[c] * map->beside[i] + map->shift[c];
      if (map->form == SINGAN_MAP_LINEAR)
        return u;
      return u
             * mask ((gdouble) map->mask_scale[c] * map->beside[i]
                     + map->mask_shift[c]);
    case SINGAN_MAP_PLAIN:
    default:
      return map->x[i];
    }
}

/* What is done besides with one channel of an output that has been written. */
static void
finish_channel (const SinganOutput *output, gsize pixels, gint channels, gint c)
{
  gdouble first = 0;
  gdouble second = 0;
  gsize   i;

  for (i = c; i < pixels * channels; i += channels)
    {
      SinganReal *y = &output->y[i];

      if (output->form == SINGAN_OUTPUT_MASKED)
        *y = (SinganReal) (*y
                           * mask ((gdouble) output->mask_scale[c]
                                       * output->beside[i]
                                   + output->mask_shift[c]));
      first += *y;
      if (output->form != SINGAN_OUTPUT_MOMENTS)
        second += *y * ((gdouble) output->beside[i] - output->mean[c])
                  * output->inv_std[c];
    }

  if (output->form == SINGAN_OUTPUT_MOMENTS)
    {
      first /= pixels;
      for (i = c; i < pixels * channels; i += channels)
        second += (output->y[i] - first) * (output->y[i] - first);
      second /= pixels;
    }

  output->first[c] = first;
  output->second[c] = second;
}

static void
finish (const SinganOutput *output, gsize pixels, gint channels)
{
  gint c;

  if (output->form == SINGAN_OUTPUT_PLAIN)
    return;

#pragma omp parallel for schedule(static)
  for (c = 0; c < channels; c++)
    finish_channel (output, pixels, channels, c);
}

static gsize
conv_scratch (const SinganConvShape *shape G_GNUC_UNUSED, gsize *shared)
{
  *shared = 0;

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
              const SinganMap             *x,
              const SinganReal            *weight,
              const SinganReal            *bias,
              const SinganOutput          *y,
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
                sum += read (x,
                             at (h + kh, w + kw, ic, shape->width,
                                 shape->in_channels),
                             ic)
                       * weight[weight_at (shape, kh, kw, ic, oc)];
          y->y[at (h, w, oc, out_width, shape->out_channels)]
              = (SinganReal) sum;
        }

  finish (y, (gsize) out_height * out_width, shape->out_channels);
}

static void
conv_backward_data (const SinganConvShape       *shape,
                    const SinganMap             *grad_y,
                    const SinganReal            *weight,
                    const SinganOutput          *grad_x,
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
                  sum += read (grad_y,
                               at (oh, ow, oc, out_width, shape->out_channels),
                               oc)
                         * weight[weight_at (shape, kh, kw, ic, oc)];
              }
          grad_x->y[at (h, w, ic, shape->width, shape->in_channels)]
              = (SinganReal) sum;
        }

  finish (grad_x, (gsize) shape->height * shape->width, shape->in_channels);
}

static void
conv_backward_weight (const SinganConvShape       *shape,
                      const SinganMap             *x,
                      const SinganMap             *grad_y,
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
                sum += read (x,
                             at (h + kh, w + kw, ic, shape->width,
                                 shape->in_channels),
                             ic)
                       * read (grad_y,
                               at (h, w, oc, out_width, shape->out_channels),
                               oc);
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
        SINGAN_PER_PIXEL_KERNELS,
        SINGAN_PATCH_KERNELS };
