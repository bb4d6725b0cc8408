/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every variant of the convolutions against definitions of its own: scatter
 * instead of gather, in double, at odd sizes, off alignment and with guard
 * words around all that is written; what is made of maps while they are read
 * and written likewise.
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
#define SUM_TOLERANCE 1e-13
#else
#define TOLERANCE 1e-4
#define SUM_TOLERANCE 2e-6 /* of the magnitudes: a few pixels each in float */
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

/* Above this a shape's definition takes long. */
#define LARGE_PRODUCTS 300000

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
  gsize       shared;
  const gsize used = kernels->conv_scratch (shape, &shared);
  Guarded     arranged = guarded_new (
          kernels->conv_arranged (shape->in_channels, shape->out_channels));
  const SinganMap    x = singan_map_plain (a->x.data);
  const SinganMap    grad_y = singan_map_plain (a->gy.data);
  const SinganOutput y = singan_output_plain (a->y.data);
  const SinganOutput grad_x = singan_output_plain (a->gx.data);
  SinganScratch      scratch;
  gsize              i;
  gint               thread;

  assert_true (
      singan_scratch_init (&scratch, used + GUARD, shared + GUARD, NULL));
  for (i = 0; i < scratch.per_thread * scratch.threads; i++)
    scratch.data[i]
        = i % scratch.per_thread < used ? (SinganReal) NAN : GUARD_VALUE;
  for (i = 0; i < scratch.n_shared; i++)
    scratch.shared[i] = i < shared ? (SinganReal) NAN : GUARD_VALUE;
  kernels->conv_arrange (shape->in_channels, shape->out_channels, a->w.data,
                         FALSE, arranged.data);
  kernels->conv_forward (shape, &x, arranged.data, has_bias ? a->b.data : NULL,
                         &y, &scratch);
  kernels->conv_arrange (shape->in_channels, shape->out_channels, a->w.data,
                         TRUE, arranged.data);
  kernels->conv_backward_data (shape, &grad_y, arranged.data, &grad_x,
                               &scratch);
  for (i = 0; i < a->gw.count; i++)
    a->gw.data[i] = 1;
  kernels->conv_backward_weight (shape, &x, &grad_y, a->gw.data, &scratch);
  for (thread = 0; thread < scratch.threads; thread++)
    for (i = used; i < scratch.per_thread; i++)
      assert_true (scratch.data[thread * scratch.per_thread + i]
                   == GUARD_VALUE);
  for (i = shared; i < scratch.n_shared; i++)
    assert_true (scratch.shared[i] == GUARD_VALUE);
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

/* What a map makes of its numbers, per channel. */
typedef struct
{
  SinganMap    map;
  SinganOutput output;
  Guarded      x;
  Guarded      beside;
  Guarded      channels[5];
  gdouble     *first;
  gdouble     *second;
} FormCase;

static gdouble
slope (gdouble u)
{
  return u > 0 ? 1 : SINGAN_LEAKY_SLOPE;
}

static FormCase
form_new (SinganMapForm    form,
          SinganOutputForm output_form,
          guint32          index,
          gsize            pixels,
          gint             channels)
{
  FormCase f = { .x = guarded_drawn (index, pixels * channels),
                 .beside = guarded_drawn (index + 1, pixels * channels),
                 .first = g_new (gdouble, channels),
                 .second = g_new (gdouble, channels) };
  gint     i;

  for (i = 0; i < 5; i++)
    f.channels[i] = guarded_drawn (index + 2 + i, channels);
  f.map = (SinganMap){ .form = form,
                       .x = f.x.data,
                       .beside = f.beside.data,
                       .scale = f.channels[0].data,
                       .scale_beside = f.channels[1].data,
                       .shift = f.channels[2].data,
                       .mask_scale = f.channels[3].data,
                       .mask_shift = f.channels[4].data };
  f.output = (SinganOutput){ .form = output_form,
                             .y = f.x.data,
                             .beside = f.beside.data,
                             .mask_scale = f.channels[3].data,
                             .mask_shift = f.channels[4].data,
                             .mean = f.channels[0].data,
                             .inv_std = f.channels[1].data,
                             .first = f.first,
                             .second = f.second };

  return f;
}

static void
form_clear (FormCase *f)
{
  gint i;

  guarded_check_and_free (&f->x);
  guarded_check_and_free (&f->beside);
  for (i = 0; i < 5; i++)
    guarded_check_and_free (&f->channels[i]);
  g_free (f->first);
  g_free (f->second);
}

/* The definition of SinganMap. */
static gdouble *
form_read (const FormCase *f, gint channels)
{
  gdouble *read = g_new (gdouble, f->x.count);
  gsize    i;

  for (i = 0; i < f->x.count; i++)
    {
      const gint    c = i % channels;
      const gdouble x = f->x.data[i];
      const gdouble beside = f->beside.data[i];
      const gdouble scaled
          = f->channels[0].data[c] * x + f->channels[2].data[c];
      const gdouble both = scaled + f->channels[1].data[c] * beside;

      read[i] = f->map.form == SINGAN_MAP_PLAIN        ? x
                : f->map.form == SINGAN_MAP_ACTIVATION ? scaled * slope (scaled)
                : f->map.form == SINGAN_MAP_LINEAR
                    ? both
                    : both
                          * slope (f->channels[3].data[c] * beside
                                   + f->channels[4].data[c]);
    }

  return read;
}

/* The definition of SinganOutput: @y becomes what has to be written, and the
 * sums have to be those of what was. */
static void
form_check_output (const gchar           *variant,
                   const SinganConvShape *shape,
                   const FormCase        *f,
                   gint                   channels,
                   gdouble               *y)
{
  const gsize pixels = f->x.count / channels;
  gint        c;
  gsize       i;

  for (i = 0; i < f->x.count && f->output.form == SINGAN_OUTPUT_MASKED; i++)
    y[i] *= slope (f->channels[3].data[i % channels]
                       * (gdouble) f->beside.data[i]
                   + f->channels[4].data[i % channels]);
  assert_close (variant, "output", shape, f->x.data, y, f->x.count);

  for (c = 0; c < channels && f->output.form != SINGAN_OUTPUT_PLAIN; c++)
    {
      const gboolean is_moments = f->output.form == SINGAN_OUTPUT_MOMENTS;
      gdouble        first = 0, second = 0, of_first = 0, of_second = 0;

      for (i = c; i < f->x.count; i += channels)
        {
          first += f->x.data[i];
          of_first += fabs (f->x.data[i]);
        }
      for (i = c; i < f->x.count; i += channels)
        {
          const gdouble written = f->x.data[i];
          const gdouble product
              = is_moments
                    ? (written - first / pixels) * (written - first / pixels)
                    : written
                          * ((gdouble) f->beside.data[i]
                             - f->channels[0].data[c])
                          * f->channels[1].data[c];

          second += product;
          of_second += is_moments ? written * written : fabs (product);
        }
      if (is_moments)
        {
          first /= pixels;
          of_first /= pixels;
          second /= pixels;
          of_second /= pixels;
        }
      if (! (fabs (f->first[c] - first) <= SUM_TOLERANCE * of_first
             && fabs (f->second[c] - second) <= SUM_TOLERANCE * of_second))
        fail_msg ("%s, sums at %d x %d, %d -> %d channels: %.9g and %.9g "
                  "instead of %.9g and %.9g",
                  variant, shape->height, shape->width, shape->in_channels,
                  shape->out_channels, f->first[c], f->second[c], first,
                  second);
    }
}

static void
check_forms (const SinganKernels   *kernels,
             const SinganConvShape *shape,
             SinganMapForm          form,
             SinganOutputForm       output_form)
{
  const gint  in = shape->in_channels;
  const gint  out = shape->out_channels;
  const gsize in_pixels = (gsize) shape->height * shape->width;
  const gsize out_pixels = (gsize) (shape->height - 2) * (shape->width - 2);
  FormCase    x = form_new (form, output_form, 10, in_pixels, in);
  FormCase    gy = form_new (form, output_form, 20, out_pixels, out);
  FormCase    y = form_new (form, output_form, 30, out_pixels, out);
  FormCase    gx = form_new (form, output_form, 40, in_pixels, in);
  Guarded     weight = guarded_drawn (50, (gsize) 9 * in * out);
  Guarded     gw = guarded_drawn (51, weight.count);
  Guarded     arranged = guarded_new (kernels->conv_arranged (in, out));
  g_autofree gdouble *x_read = form_read (&x, in);
  g_autofree gdouble *gy_read = form_read (&gy, out);
  g_autofree gdouble *expected_y = g_new0 (gdouble, y.x.count);
  g_autofree gdouble *expected_gx = g_new0 (gdouble, x.x.count);
  g_autofree gdouble *expected_gw = g_new0 (gdouble, weight.count);
  SinganScratch       scratch;
  gsize               per_thread;
  gsize               shared;
  gsize               i;

  for (i = 0; i < weight.count; i++)
    expected_gw[i] = gw.data[i];
  FOR_EACH_PRODUCT (shape, xi, wi, yi)
  {
    expected_y[yi] += x_read[xi] * weight.data[wi];
    expected_gx[xi] += gy_read[yi] * weight.data[wi];
    expected_gw[wi] += x_read[xi] * gy_read[yi];
  }

  per_thread = kernels->conv_scratch (shape, &shared);
  assert_true (singan_scratch_init (&scratch, per_thread, shared, NULL));
  kernels->conv_arrange (in, out, weight.data, FALSE, arranged.data);
  kernels->conv_forward (shape, &x.map, arranged.data, NULL, &y.output,
                         &scratch);
  kernels->conv_arrange (in, out, weight.data, TRUE, arranged.data);
  kernels->conv_backward_data (shape, &gy.map, arranged.data, &gx.output,
                               &scratch);
  kernels->conv_backward_weight (shape, &x.map, &gy.map, gw.data, &scratch);
  singan_scratch_clear (&scratch);

  form_check_output (kernels->name, shape, &y, out, expected_y);
  form_check_output (kernels->name, shape, &gx, in, expected_gx);
  assert_close (kernels->name, "weights from forms", shape, gw.data,
                expected_gw, weight.count);
  form_clear (&x);
  form_clear (&gy);
  form_clear (&y);
  form_clear (&gx);
  guarded_check_and_free (&weight);
  guarded_check_and_free (&gw);
  guarded_check_and_free (&arranged);
}

/* Each form of a map and of an output on each small shape; large ones take
 * turns. */
static void
test_conv_all_forms_equal_definition (void **state G_GNUC_UNUSED)
{
  const gint          n_forms = SINGAN_MAP_MASKED + 1;
  const gchar *const *name;
  gsize               i;
  gint                form;

  for (name = singan_kernels_names (); *name; name++)
    for (i = 0; i < G_N_ELEMENTS (shapes); i++)
      for (form = 0; form < n_forms; form++)
        {
          const SinganConvShape *shape = &shapes[i];
          const gboolean         is_large = shape->height * shape->width
                                        * shape->in_channels
                                        * shape->out_channels
                                    > LARGE_PRODUCTS;

          if (! is_large || form == (gint) i % n_forms)
            check_forms (singan_kernels_by_name (*name), shape, form,
                         (form + i) % n_forms);
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
    cmocka_unit_test (test_conv_all_forms_equal_definition),
    cmocka_unit_test (test_conv_any_threads_same_bits),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
