/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sums over pixels, batch norm's second order and Adam against definitions
 * written pixel by pixel in double, at sizes around the blocks they are cut
 * into.
 */

#include "config.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/memory.h"
#include "core/base/random.h"
#include "core/kernels/kernels.h"

/* A few roundings of numbers of size one. */
#ifdef SINGAN_DOUBLE
#define TOLERANCE 1e-13
#define SUM_TOLERANCE 1e-13
#else
#define TOLERANCE 5e-6
#define SUM_TOLERANCE 2e-6
#endif

#define MOST 128

static const struct
{
  gsize pixels;
  gint  channels;
} sizes[] = { { 1, 1 },   { 1, 128 },  { 3, 5 },    { 15, 3 },   { 17, 32 },
              { 511, 7 }, { 513, 64 }, { 1025, 1 }, { 2000, 33 } };

static SinganReal *
drawn (guint32 index, gsize count)
{
  const SinganRandomKey key = { 6, SINGAN_RANDOM_SAMPLE, 2, index };
  SinganReal           *values = singan_reals_new (count, NULL);

  singan_random_normal (&key, values, count);

  return values;
}

static void
draw_channels (guint32 index, gdouble *values)
{
  SinganReal *numbers = drawn (index, MOST);
  gint        c;

  /* Numbers that both types hold, so that the definition sees the same. */
  for (c = 0; c < MOST; c++)
    values[c] = (float) numbers[c];
  singan_reals_free (numbers);
}

static void
assert_near (gdouble ours, gdouble expected)
{
  if (! (fabs (ours - expected) <= TOLERANCE * MAX (1, fabs (expected))))
    fail_msg ("%.12g instead of %.12g", ours, expected);
}

static void
check_sums (const SinganKernels *k, gsize pixels, gint channels)
{
  SinganReal *u = drawn (1, pixels * channels);
  SinganReal *v = drawn (2, pixels * channels);
  gdouble     sum_u[MOST], sum_uv[MOST], alone[MOST];
  gint        c;
  gsize       p;

  for (p = 0; p < pixels * channels; p++)
    u[p] += 1000; /* a mean far from 0 */
  k->channel_sums (pixels, channels, u, v, sum_u, sum_uv);
  k->channel_sums (pixels, channels, u, NULL, alone, NULL);
  for (c = 0; c < channels; c++)
    {
      gdouble s = 0, t = 0, magnitudes = 0;

      for (p = 0; p < pixels; p++)
        {
          s += u[p * channels + c];
          t += (gdouble) u[p * channels + c] * v[p * channels + c];
          magnitudes
              += fabs ((gdouble) u[p * channels + c] * v[p * channels + c]);
        }
      assert_true (fabs (sum_u[c] - s) <= SUM_TOLERANCE * fabs (s));
      assert_true (alone[c] == sum_u[c]);
      assert_true (fabs (sum_uv[c] - t) <= SUM_TOLERANCE * magnitudes);
    }
  singan_reals_free (u);
  singan_reals_free (v);
}

static void
check_norm (const SinganKernels *k, gsize pixels, gint channels)
{
  const gsize count = pixels * channels;
  SinganReal *x = drawn (1, count), *gy = drawn (3, count);
  SinganReal *gdot = drawn (4, count), *gdot0 = drawn (4, count);
  SinganReal *dot = drawn (5, count), *out = drawn (8, count);
  gdouble     a[MOST], b[MOST], p[MOST], q[MOST], r[MOST];
  gsize       i;

  draw_channels (21, a);
  draw_channels (22, b);
  draw_channels (23, p);
  draw_channels (24, q);
  draw_channels (25, r);

  k->norm_backward_tangent (pixels, channels, gy, NULL, x, dot, a, b, p, q, r,
                            out);
  k->norm_backward_tangent (pixels, channels, gy, gdot, x, dot, a, b, p, q, r,
                            gdot);
  for (i = 0; i < count; i++)
    {
      const gint    c = i % channels;
      const gdouble rest = a[c] * gy[i] + p[c] * x[i] + q[c] * dot[i] + r[c];

      assert_near (out[i], rest);
      assert_near (gdot[i], rest + b[c] * gdot0[i]);
    }

  SinganReal *all[] = { x, gy, gdot, gdot0, dot, out };
  for (i = 0; i < G_N_ELEMENTS (all); i++)
    singan_reals_free (all[i]);
}

static void
test_per_pixel_all_sizes_equal_definition (void **state G_GNUC_UNUSED)
{
  const gchar *const *name;
  gsize               i;

  for (name = singan_kernels_names (); *name; name++)
    for (i = 0; i < G_N_ELEMENTS (sizes); i++)
      {
        check_sums (singan_kernels_by_name (*name), sizes[i].pixels,
                    sizes[i].channels);
        check_norm (singan_kernels_by_name (*name), sizes[i].pixels,
                    sizes[i].channels);
      }
}

/* Algorithm 1 of the paper, with its bias-corrected moments spelled out. */
static void
test_adam_ten_steps_equal_definition (void **state G_GNUC_UNUSED)
{
  enum
  {
    COUNT = 37
  };
  SinganReal *value = drawn (1, COUNT);
  SinganReal  m[COUNT] = { 0 }, v[COUNT] = { 0 };
  gdouble     theta[COUNT], m0[COUNT] = { 0 }, v0[COUNT] = { 0 };
  gint        step;
  gint        i;

  for (i = 0; i < COUNT; i++)
    theta[i] = value[i];
  for (step = 1; step <= 10; step++)
    {
      SinganReal *g = drawn (100 + step, COUNT);

      singan_kernels_get ()->adam (COUNT, value, g, m, v, 5e-4, 0.5, 0.999,
                                   1e-8, step);
      for (i = 0; i < COUNT; i++)
        {
          m0[i] = 0.5 * m0[i] + 0.5 * g[i];
          v0[i] = 0.999 * v0[i] + (1 - 0.999) * g[i] * g[i];
          theta[i] -= 5e-4 * (m0[i] / (1 - pow (0.5, step)))
                      / (sqrt (v0[i] / (1 - pow (0.999, step))) + 1e-8);
          assert_near (value[i], theta[i]);
        }
      singan_reals_free (g);
    }
  singan_reals_free (value);
}

static void
test_kernels_by_name_unknown_is_null (void **state G_GNUC_UNUSED)
{
  assert_null (singan_kernels_by_name ("no such kernels"));
  assert_non_null (singan_kernels_by_name (singan_kernels_get ()->name));
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_per_pixel_all_sizes_equal_definition),
    cmocka_unit_test (test_adam_ten_steps_equal_definition),
    cmocka_unit_test (test_kernels_by_name_unknown_is_null),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
