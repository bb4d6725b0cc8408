/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "core/nn/losses.h"

#include <math.h>

static gsize
map_size (gint height, gint width)
{
  return (gsize) (height - 2 * SINGAN_BORDER) * (width - 2 * SINGAN_BORDER);
}

static void
fill (SinganReal *values, gsize count, gdouble value)
{
  gsize i;

  for (i = 0; i < count; i++)
    values[i] = (SinganReal) value;
}

gdouble
singan_loss_critic (SinganNetwork    *discriminator,
                    SinganPasses     *passes,
                    const SinganReal *x,
                    gint              height,
                    gint              width,
                    gdouble           sign,
                    gboolean          accumulate,
                    SinganReal       *grad_x,
                    SinganReal       *grad_map)
{
  const gsize       count = map_size (height, width);
  const SinganReal *map;
  gdouble           sum = 0;
  gsize             i;

  map = singan_network_forward (discriminator, passes, x, FALSE);
  for (i = 0; i < count; i++)
    sum += map[i];

  if (accumulate || grad_x)
    {
      fill (grad_map, count, sign / count);
      singan_network_backward (discriminator, passes, grad_map, accumulate,
                               grad_x);
    }

  return sum / count;
}

/* In place g becomes v = dpenalty/dg,
 *   v_p = (2 lambda / P) (||g_p|| - 1) g_p / ||g_p||,
 * and the penalty is returned. */
static gdouble
penalty_direction (SinganReal *g, gsize pixels, gint channels, gdouble weight)
{
  gdouble sum = 0;
  gsize   p;

  for (p = 0; p < pixels; p++)
    {
      SinganReal *pixel = g + p * channels;
      gdouble     squares = 0;
      gdouble     norm;
      gdouble     factor;
      gint        c;

      for (c = 0; c < channels; c++)
        squares += (gdouble) pixel[c] * pixel[c];
      norm = sqrt (squares);
      sum += (norm - 1) * (norm - 1);

      /* At g = 0 the norm has no derivative; 0 is one of its subgradients. */
      factor = norm > 0 ? 2 * weight / pixels * (norm - 1) / norm : 0;
      for (c = 0; c < channels; c++)
        pixel[c] = (SinganReal) (pixel[c] * factor);
    }

  return weight * sum / pixels;
}

gdouble
singan_loss_gradient_penalty (SinganNetwork    *discriminator,
                              SinganPasses     *passes,
                              const SinganReal *mixed,
                              gint              height,
                              gint              width,
                              gdouble           weight,
                              SinganReal       *grad_x,
                              SinganReal       *grad_map)
{
  gdouble penalty;

  singan_network_forward (discriminator, passes, mixed, FALSE);
  fill (grad_map, map_size (height, width), 1);
  singan_network_backward (discriminator, passes, grad_map, FALSE, grad_x);
  penalty = penalty_direction (grad_x, (gsize) height * width,
                               discriminator->in_channels, weight);
  singan_network_second_order (discriminator, passes, grad_x);

  return penalty;
}

gdouble
singan_loss_reconstruction (gsize             count,
                            const SinganReal *output,
                            const SinganReal *target,
                            gdouble           weight,
                            SinganReal       *grad_output)
{
  gdouble sum = 0;
  gsize   i;

  for (i = 0; i < count; i++)
    {
      const gdouble difference = (gdouble) output[i] - target[i];

      sum += difference * difference;
      grad_output[i] = (SinganReal) (2 * weight / count * difference);
    }

  return weight * sum / count;
}
