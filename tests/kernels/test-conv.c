/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every variant of the convolutions against definitions of its own: scatter
 * instead of gather, in double, at odd sizes, off alignment and with guard
 * words around all that is written.
 */

#include "config.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/parallel.h"
#include "core/kernels/kernels.h"
#include "tests/kernels/guarded.h"

/* Largest error relative to the output's root mean square.  Winograd's
 * transforms cost digits, the definition's sums next to none. */
#ifdef SINGAN_DOUBLE
#define TOLERANCE 1e-12
#else
#define TOLERANCE 1e-4
#endif

static const SinganConvShape shapes[]
    = { { 3, 3, 1, 1 },
        { 3, 4, 3, 5 },
        { 5, 3, 2, 3 },
        { 11, 13, 1, 32 },
        { 12, 9, 32, 1 },
        { 17, 19, 3, 64 },
        { 23, 16, 64, 3 },
        { 9, 11, 3, 4 },
        { 9, 11, 4, 3 },
        { 26, 34, 32, 32 },
        { 15, 31, 5, 7 },
        { 40, 21, 33, 9 },
        { 19, 45, 64, 64 },
        { 9, 30, 128, 128 },
        { 3, 3, 32, 32 },
        { 6, 7, 32, 64 },
        { 38, 27, 64, 32 },
        { 50, 41, 96, 32 },
        { 13, 14, 16, 16 },
        { 60, 71, 4, 32 },
        { 33, 500, 32, 3 },
        /* So wide that three rows are more than a block. */
        { 4, 1000, 1, 4 },
        { 3, 1300, 2, 3 },
        { 4, 1000, 4, 1 },
        { 3, 1300, 3, 2 },
        /* A block of the gradient, two columns narrower, has one row more. */
        { 20, 365, 4, 4 } };

/* Of a variant. */
static gdouble worst_seen;

/* Visits every product of the convolution once: x index, weight index, y
 * index. */
#define FOR_EACH_PRODUCT(shape, xi, wi, yi)                                    \
  for (gsize wi = 0,                                                           \
             n = (gsize) 9 * (shape)->in_channels * (shape)->out_channels;     \
       wi < n; wi++)                                                           \
    for (gint h = 0; h < (shape)->height - 2; h++)                             \
      for (gint w = 0; w < (shape)->width - 2; w++)                            \
        for (gsize tap = wi / (shape)->out_channels / (shape)->in_channels,    \
                   ic = wi / (shape)->out_channels % (shape)->in_channels,     \
                   oc = wi % (shape)->out_channels,                            \
                   xi = ((h + tap / 3) * (shape)->width + w + tap % 3)         \
                            * (shape)->in_channels                             \
                        + ic,                                                  \
                   yi = ((gsize) h * ((shape)->width - 2) + w)                 \
                            * (shape)->out_channels                            \
                        + oc,                                                  \
                   once = 1;                                                   \
             once; once = 0)

static void
assert_close (const gchar           *variant,
              const gchar           *what,
              const SinganConvShape *shape,
              const SinganReal      *ours,
              const gdouble         *expected,
              gsize                  count)
{
  gdouble worst = 0;
  gdouble squares = 0;
  gsize   i;

  for (i = 0; i < count; i++)
    {
      worst = MAX (worst, fabs (ours[i] - expected[i]));
      squares += expected[i] * expected[i];
      assert_true (isfinite (ours[i]));
    }
  worst /= sqrt (squares / count);
  worst_seen = MAX (worst_seen, worst);
  if (! (worst <= TOLERANCE))
    fail_msg ("%s, %s at %d x %d, %d -> %d channels: off by %g", variant, what,
              shape->height, shape->width, shape->in_channels,
              shape->out_channels, worst);
}

typedef struct
{
  Guarded x;
  Guarded w;
  Guarded b;
  Guarded y;
  Guarded gy;
  Guarded gx;
  Guarded gw;
} Arrays;

static void
run_all (const SinganKernels   *kernels,
         const SinganConvShape *shape,
         Arrays                *a,
         gboolean               has_bias)
{
  const gsize used = kernels->conv_scratch (shape);
  Guarded     arranged = guarded_new (
          kernels->conv_arranged (shape->in_channels, shape->out_channels));
  SinganScratch scratch;
  gsize         i;
  gint          thread;

  assert_true (singan_scratch_init (&scratch, used + GUARD, NULL));
  for (i = 0; i < scratch.per_thread * scratch.threads; i++)
    scratch.data[i]
        = i % scratch.per_thread < used ? (SinganReal) NAN : GUARD_VALUE;
  kernels->conv_arrange (shape->in_channels, shape->out_channels, a->w.data,
                         FALSE, arranged.data);
  kernels->conv_forward (shape, a->x.data, arranged.data,
                         has_bias ? a->b.data : NULL, a->y.data, &scratch);
  kernels->conv_arrange (shape->in_channels, shape->out_channels, a->w.data,
                         TRUE, arranged.data);
  kernels->conv_backward_data (shape, a->gy.data, arranged.data, a->gx.data,
                               &scratch);
  for (i = 0; i < a->gw.count; i++)
    a->gw.data[i] = 1;
  kernels->conv_backward_weight (shape, a->x.data, a->gy.data, a->gw.data,
                                 &scratch);
  for (thread = 0; thread < scratch.threads; thread++)
    for (i = used; i < scratch.per_thread; i++)
      assert_true (scratch.data[thread * scratch.per_thread + i]
                   == GUARD_VALUE);
  singan_scratch_clear (&scratch);
  guarded_check_and_free (&arranged);
}

static Arrays
arrays_new (const SinganConvShape *shape)
{
  const gsize in = (gsize) shape->height * shape->width * shape->in_channels;
  const gsize out
      = (gsize) (shape->height - 2) * (shape->width - 2) * shape->out_channels;
  const gsize weights = (gsize) 9 * shape->in_channels * shape->out_channels;

  return (Arrays){ guarded_drawn (1, in),
                   guarded_drawn (2, weights),
                   guarded_drawn (3, shape->out_channels),
                   guarded_new (out),
                   guarded_drawn (4, out),
                   guarded_new (in),
                   guarded_new (weights) };
}

static void
arrays_clear (Arrays *a)
{
  guarded_check_and_free (&a->x);
  guarded_check_and_free (&a->w);
  guarded_check_and_free (&a->b);
  guarded_check_and_free (&a->y);
  guarded_check_and_free (&a->gy);
  guarded_check_and_free (&a->gx);
  guarded_check_and_free (&a->gw);
}

static void
check_shape (const SinganKernels   *kernels,
             const SinganConvShape *shape,
             gboolean               has_bias)
{
  Arrays              a = arrays_new (shape);
  g_autofree gdouble *y = g_new0 (gdouble, a.y.count);
  g_autofree gdouble *gx = g_new0 (gdouble, a.x.count);
  g_autofree gdouble *gw = g_new0 (gdouble, a.w.count);
  gsize               i;

  for (i = 0; i < a.y.count && has_bias; i++)
    y[i] = a.b.data[i % shape->out_channels];
  for (i = 0; i < a.w.count; i++)
    gw[i] = 1;
  FOR_EACH_PRODUCT (shape, xi, wi, yi)
  {
    y[yi] += (gdouble) a.x.data[xi] * a.w.data[wi];
    gx[xi] += (gdouble) a.gy.data[yi] * a.w.data[wi];
    gw[wi] += (gdouble) a.x.data[xi] * a.gy.data[yi];
  }

  run_all (kernels, shape, &a, has_bias);
  assert_close (kernels->name, "forward", shape, a.y.data, y, a.y.count);
  assert_close (kernels->name, "backward data", shape, a.gx.data, gx,
                a.x.count);
  assert_close (kernels->name, "backward weight", shape, a.gw.data, gw,
                a.w.count);
  arrays_clear (&a);
}

static void
test_conv_all_shapes_equals_definition (void **state G_GNUC_UNUSED)
{
  const gchar *const *name;
  gsize               i;

  for (name = singan_kernels_names (); *name; name++)
    {
      worst_seen = 0;
      for (i = 0; i < G_N_ELEMENTS (shapes); i++)
        {
          check_shape (singan_kernels_by_name (*name), &shapes[i], TRUE);
          check_shape (singan_kernels_by_name (*name), &shapes[i], FALSE);
        }
      print_message ("# %s: largest error %.1e\n", *name, worst_seen);
    }
}

static void
test_conv_any_threads_same_bits (void **state G_GNUC_UNUSED)
{
  const gchar *const *name;
  gsize               i;

  for (name = singan_kernels_names (); *name; name++)
    for (i = 0; i < G_N_ELEMENTS (shapes); i++)
      {
        const SinganKernels *kernels = singan_kernels_by_name (*name);
        Arrays               one = arrays_new (&shapes[i]);
        gint                 threads;

        singan_parallel_set_threads (1);
        run_all (kernels, &shapes[i], &one, TRUE);
        for (threads = 2; threads <= 4; threads++)
          {
            Arrays many = arrays_new (&shapes[i]);

            singan_parallel_set_threads (threads);
            run_all (kernels, &shapes[i], &many, TRUE);
            assert_guarded_same_bits (&one.y, &many.y);
            assert_guarded_same_bits (&one.gx, &many.gx);
            assert_guarded_same_bits (&one.gw, &many.gw);
            arrays_clear (&many);
          }
        arrays_clear (&one);
        singan_parallel_set_threads (0);
      }
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_conv_all_shapes_equals_definition),
    cmocka_unit_test (test_conv_any_threads_same_bits),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
