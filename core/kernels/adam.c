/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "core/kernels/kernels-private.h"

#include <math.h>

/* Adam, algorithm 1, with the two bias corrections drawn out of the loop:
 *   theta -= rate / (1 - beta1^t) m / (sqrt (v) / sqrt (1 - beta2^t) + eps) */
void
singan_adam (gsize             count,
             SinganReal       *value,
             const SinganReal *gradient,
             SinganReal       *moment1,
             SinganReal       *moment2,
             gdouble           learning_rate,
             gdouble           beta1,
             gdouble           beta2,
             gdouble           epsilon,
             gint              step)
{
  const SinganReal keep1 = (SinganReal) beta1;
  const SinganReal keep2 = (SinganReal) beta2;
  const SinganReal take1 = (SinganReal) (1 - beta1);
  const SinganReal take2 = (SinganReal) (1 - beta2);
  const SinganReal rate
      = (SinganReal) (learning_rate / (1 - pow (beta1, step)));
  const SinganReal correction2
      = (SinganReal) (1 / sqrt (1 - pow (beta2, step)));
  const SinganReal eps = (SinganReal) epsilon;
  gsize            i;

  for (i = 0; i < count; i++)
    {
      const SinganReal g = gradient[i];

      moment1[i] = keep1 * moment1[i] + take1 * g;
      moment2[i] = keep2 * moment2[i] + take2 * g * g;
      value[i] -= rate * moment1[i]
                  / ((SinganReal) sqrt (moment2[i]) * correction2 + eps);
    }
}
