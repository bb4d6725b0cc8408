/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Central differences and how a derivative is compared with them.  For the
 * double build alone; knows neither kernels nor networks.
 */

#pragma once

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "core/base/random.h"
#include "core/base/real.h"

#ifndef SINGAN_DOUBLE
#error "differences of float numbers prove nothing"
#endif

/* The error of a central difference is about STEP^2 plus rounding / STEP. */
#define STEP 1e-5

/* Largest difference of an array over its largest number. */
#define TOLERANCE 1e-6

#define SEED 1

static void
draw (guint32 index, SinganReal *values, gsize count, gdouble scale)
{
  const SinganRandomKey key = { SEED, SINGAN_RANDOM_SAMPLE, 0, index };
  gsize                 i;

  singan_random_normal (&key, values, count);
  for (i = 0; i < count; i++)
    values[i] *= scale;
}

static gdouble
dot (const SinganReal *a, const SinganReal *b, gsize count)
{
  gdouble sum = 0;
  gsize   i;

  for (i = 0; i < count; i++)
    sum += a[i] * b[i];

  return sum;
}

static gdouble
largest_of (const SinganReal *values, gsize count)
{
  gdouble largest = 0;
  gsize   i;

  for (i = 0; i < count; i++)
    largest = MAX (largest, fabs (values[i]));

  return largest;
}

/* Returns the largest difference over the largest numeric value, or over
 * at_least if that is larger. */
static gdouble
compare (const gchar      *what,
         const SinganReal *analytic,
         const SinganReal *numeric,
         gsize             count,
         gdouble           at_least)
{
  const gdouble scale = MAX (largest_of (numeric, count), at_least);
  gdouble       worst = 0;
  gsize         i;

  for (i = 0; i < count; i++)
    {
      const gdouble difference = fabs (analytic[i] - numeric[i]);

      if (! (difference <= TOLERANCE * scale))
        fail_msg ("%s: number %u is %.12g, by differences %.12g (seed %d)",
                  what, (guint) i, analytic[i], numeric[i], SEED);
      worst = MAX (worst, difference);
    }

  return scale > 0 ? worst / scale : 0;
}

static void
report (const gchar *what, gdouble error)
{
  print_message ("# %-32s %.1e\n", what, error);
}

static void
check_array (const gchar      *what,
             const SinganReal *analytic,
             const SinganReal *numeric,
             gsize             count)
{
  report (what, compare (what, analytic, numeric, count, 0));
}

typedef gdouble (*LossFunc) (gpointer data);

/* The central differences of loss in each of values. */
static SinganReal *
differences (LossFunc loss, gpointer data, SinganReal *values, gsize count)
{
  SinganReal *numeric = g_new (SinganReal, count);
  gsize       i;

  for (i = 0; i < count; i++)
    {
      const SinganReal saved = values[i];
      gdouble          above;

      values[i] = saved + STEP;
      above = loss (data);
      values[i] = saved - STEP;
      numeric[i] = (above - loss (data)) / (2 * STEP);
      values[i] = saved;
    }

  return numeric;
}

static void
check_gradient (const gchar      *what,
                LossFunc          loss,
                gpointer          data,
                SinganReal       *values,
                const SinganReal *gradient,
                gsize             count)
{
  g_autofree SinganReal *numeric = differences (loss, data, values, count);

  check_array (what, gradient, numeric, count);
}

/* to = x + step direction */
static void
move (SinganReal       *to,
      const SinganReal *x,
      const SinganReal *direction,
      gsize             count,
      gdouble           step)
{
  gsize i;

  for (i = 0; i < count; i++)
    to[i] = x[i] + step * direction[i];
}
