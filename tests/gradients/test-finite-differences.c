/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every gradient of the networks and losses against central differences, first
 * and second order, on the double build.  Steps that cross a LeakyReLU's kink
 * would measure nothing: a direction that changes the sign of any activation is
 * drawn again.
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
#include "core/nn/losses.h"
#include "core/nn/network.h"

/* The error of a central difference is about h^2 plus rounding / h. */
#define STEP 1e-5
#define TOLERANCE 1e-6

#define HEIGHT 13
#define WIDTH 14
#define CHANNELS 3
#define FEATURES 4
#define PIXELS (HEIGHT * WIDTH)
#define MAP_PIXELS ((HEIGHT - 10) * (WIDTH - 10))
#define DIRECTIONS 6

typedef struct
{
  SinganNetwork *network;
  SinganPasses  *passes;
  SinganReal     x[PIXELS * CHANNELS];
  SinganReal     weights[MAP_PIXELS * CHANNELS]; /* of the output in L */
  SinganReal     scratch[PIXELS * CHANNELS];
  SinganReal     map[MAP_PIXELS];
} Bench;

static void
draw (guint32 index, SinganReal *values, gsize count, gdouble scale)
{
  const SinganRandomKey key = { 99, SINGAN_RANDOM_SAMPLE, 0, index };
  gsize                 i;

  singan_random_normal (&key, values, count);
  for (i = 0; i < count; i++)
    values[i] *= scale;
}

static void
bench_init (Bench *bench, gboolean is_generator)
{
  SinganNetwork *network;
  gint           b;

  bench->network = network = singan_network_new (
      CHANNELS, FEATURES, is_generator ? CHANNELS : 1, is_generator, NULL);
  bench->passes = singan_passes_new (
      network, HEIGHT, WIDTH,
      is_generator ? SINGAN_PASS_BACKWARD : SINGAN_PASS_TANGENT, NULL);
  draw (1, network->value, network->n_parameters, 0.3);
  for (b = 0; b < SINGAN_NORM_BLOCKS; b++)
    for (gint c = 0; c < FEATURES; c++)
      network->value[network->blocks[b].gamma + c] += 1;
  draw (2, bench->x, G_N_ELEMENTS (bench->x), 1);
  draw (3, bench->weights, G_N_ELEMENTS (bench->weights), 1);
}

static void
bench_clear (Bench *bench)
{
  singan_network_free (bench->network);
  singan_passes_free (bench->passes);
}

/* A smooth function of the output: sum of weights output + output^2 / 2; or its
 * linear part alone. */
static gdouble
output_loss (Bench *bench, gboolean is_linear)
{
  const SinganReal *output = singan_network_forward (
      bench->network, bench->passes, bench->x, FALSE);
  const gint count = MAP_PIXELS * bench->network->out_channels;
  gdouble    sum = 0;
  gint       i;

  for (i = 0; i < count; i++)
    {
      sum += bench->weights[i] * output[i];
      if (! is_linear)
        sum += output[i] * output[i] / 2;
    }

  return sum;
}

static void
output_gradient (Bench *bench, gboolean is_linear, SinganReal *grad_x)
{
  const SinganReal *output = singan_network_forward (
      bench->network, bench->passes, bench->x, FALSE);
  const gint count = MAP_PIXELS * bench->network->out_channels;
  SinganReal grad[MAP_PIXELS * CHANNELS];
  gint       i;

  for (i = 0; i < count; i++)
    grad[i] = bench->weights[i] + (is_linear ? 0 : output[i]);
  singan_network_zero_gradient (bench->network);
  singan_network_backward (bench->network, bench->passes, grad, TRUE, grad_x);
}

static gdouble
dot (const SinganReal *a, const SinganReal *b, gsize count)
{
  gdouble sum = 0;
  gsize   i;

  for (i = 0; i < count; i++)
    sum += (gdouble) a[i] * b[i];

  return sum;
}

static void
add (SinganReal *to, const SinganReal *direction, gsize count, gdouble factor)
{
  gsize i;

  for (i = 0; i < count; i++)
    to[i] += factor * direction[i];
}

static void
assert_close (gdouble analytic, gdouble numeric, gdouble scale)
{
  if (! (fabs (analytic - numeric) <= TOLERANCE * MAX (fabs (numeric), scale)))
    fail_msg ("analytic %.12g, numeric %.12g", analytic, numeric);
}

static gdouble
length (const SinganReal *values, gsize count)
{
  return sqrt (dot (values, values, count));
}

/* Central difference of loss along a direction in values, or NAN if the step
 * is not small enough to stay off the kinks: two step sizes then disagree. */
static gdouble
central_difference (gdouble (*loss) (Bench *),
                    Bench            *bench,
                    SinganReal       *values,
                    const SinganReal *direction,
                    gsize             count)
{
  g_autofree SinganReal *saved = g_memdup2 (values, count * sizeof *values);
  gdouble                difference[2];
  gint                   i;

  for (i = 0; i < 2; i++)
    {
      const gdouble h = i == 0 ? STEP : STEP / 4;
      gdouble       above;

      memcpy (values, saved, count * sizeof *values);
      add (values, direction, count, h);
      above = loss (bench);
      memcpy (values, saved, count * sizeof *values);
      add (values, direction, count, -h);
      difference[i] = (above - loss (bench)) / (2 * h);
    }
  memcpy (values, saved, count * sizeof *values);

  /* Off a kink the two agree to h^2 and rounding; across one they do not. */
  return fabs (difference[0] - difference[1])
                 <= TOLERANCE / 3 * MAX (fabs (difference[0]), 1e-3)
             ? difference[1]
             : NAN;
}

/* grad . direction against differences, along random directions and along some
 * axes. */
static void
check_gradient (gdouble (*loss) (Bench *),
                Bench            *bench,
                SinganReal       *values,
                const SinganReal *gradient,
                gsize             count)
{
  g_autofree SinganReal *direction = g_new (SinganReal, count);
  const gdouble          scale = length (gradient, count) * 1e-3;
  gint                   checked = 0;
  guint32                i;

  for (i = 0; i < 40 && checked < DIRECTIONS; i++)
    {
      gdouble numeric;

      if (i % 2 == 0)
        {
          draw (100 + i, direction, count, 1 / sqrt (count));
        }
      else
        {
          memset (direction, 0, count * sizeof *direction);
          direction[(i * 7919) % count] = 1;
        }
      numeric = central_difference (loss, bench, values, direction, count);
      if (isnan (numeric))
        continue;
      assert_close (dot (gradient, direction, count), numeric, scale);
      checked++;
    }
  assert_int_equal (checked, DIRECTIONS);
}

static gdouble
smooth_loss (Bench *bench)
{
  return output_loss (bench, FALSE);
}

static void
check_first_order (gboolean is_generator)
{
  Bench                  bench;
  SinganReal             grad_x[PIXELS * CHANNELS];
  g_autofree SinganReal *gradient = NULL;

  bench_init (&bench, is_generator);
  output_gradient (&bench, FALSE, grad_x);
  gradient
      = g_memdup2 (bench.network->gradient,
                   bench.network->n_parameters * sizeof (SinganReal));
  check_gradient (smooth_loss, &bench, bench.network->value, gradient,
                  bench.network->n_parameters);
  check_gradient (smooth_loss, &bench, bench.x, grad_x,
                  G_N_ELEMENTS (bench.x));
  bench_clear (&bench);
}

static void
test_backward_generator_equals_differences (void **state G_GNUC_UNUSED)
{
  check_first_order (TRUE);
}

static void
test_backward_discriminator_equals_differences (void **state G_GNUC_UNUSED)
{
  check_first_order (FALSE);
}

/* The linear loss's derivative along v in the input. */
static SinganReal second_order_direction[PIXELS * CHANNELS];

static gdouble
directional_derivative (Bench *bench)
{
  output_gradient (bench, TRUE, bench->scratch);

  return dot (bench->scratch, second_order_direction,
              G_N_ELEMENTS (second_order_direction));
}

static void
test_second_order_equals_differences (void **state G_GNUC_UNUSED)
{
  Bench                  bench;
  g_autofree SinganReal *gradient = NULL;

  bench_init (&bench, FALSE);
  draw (4, second_order_direction, G_N_ELEMENTS (second_order_direction), 1);
  output_gradient (&bench, TRUE, bench.scratch);
  singan_network_zero_gradient (bench.network);
  singan_network_second_order (bench.network, bench.passes,
                               second_order_direction);
  gradient
      = g_memdup2 (bench.network->gradient,
                   bench.network->n_parameters * sizeof (SinganReal));
  check_gradient (directional_derivative, &bench, bench.network->value,
                  gradient, bench.network->n_parameters);
  bench_clear (&bench);
}

static gdouble
penalty_loss (Bench *bench)
{
  return singan_loss_gradient_penalty (bench->network, bench->passes, bench->x,
                                       HEIGHT, WIDTH, 0.1, bench->scratch,
                                       bench->map);
}

static void
test_penalty_gradient_equals_differences (void **state G_GNUC_UNUSED)
{
  Bench                  bench;
  g_autofree SinganReal *gradient = NULL;

  bench_init (&bench, FALSE);
  singan_network_zero_gradient (bench.network);
  penalty_loss (&bench);
  gradient
      = g_memdup2 (bench.network->gradient,
                   bench.network->n_parameters * sizeof (SinganReal));
  check_gradient (penalty_loss, &bench, bench.network->value, gradient,
                  bench.network->n_parameters);
  bench_clear (&bench);
}

static gdouble
critic_loss (Bench *bench)
{
  return -singan_loss_critic (bench->network, bench->passes, bench->x, HEIGHT,
                              WIDTH, -1, FALSE, NULL, bench->map);
}

static void
test_critic_gradient_equals_differences (void **state G_GNUC_UNUSED)
{
  Bench                  bench;
  g_autofree SinganReal *gradient = NULL;
  SinganReal             grad_x[PIXELS * CHANNELS];

  bench_init (&bench, FALSE);
  singan_network_zero_gradient (bench.network);
  singan_loss_critic (bench.network, bench.passes, bench.x, HEIGHT, WIDTH, -1,
                      TRUE, grad_x, bench.map);
  gradient
      = g_memdup2 (bench.network->gradient,
                   bench.network->n_parameters * sizeof (SinganReal));
  check_gradient (critic_loss, &bench, bench.network->value, gradient,
                  bench.network->n_parameters);
  check_gradient (critic_loss, &bench, bench.x, grad_x,
                  G_N_ELEMENTS (bench.x));
  bench_clear (&bench);
}

/* The convolutions of each variant: linear in x and in the weights, so that a
 * difference quotient is exact but for rounding. */
static void
test_convolutions_equal_differences (void **state G_GNUC_UNUSED)
{
  const gchar *const *name;

  for (name = singan_kernels_names (); *name; name++)
    {
      const SinganKernels  *kernels = singan_kernels_by_name (*name);
      const SinganConvShape shape = { 7, 6, 3, 5 };
      SinganReal            x[7 * 6 * 3], dx[7 * 6 * 3];
      SinganReal            w[9 * 3 * 5], dw[9 * 3 * 5] = { 0 };
      SinganReal            y[5 * 4 * 5], gy[5 * 4 * 5];
      SinganScratch         scratch;
      gsize                 i;

      assert_true (singan_scratch_init (&scratch,
                                        kernels->conv_scratch (&shape), NULL));
      draw (11, x, G_N_ELEMENTS (x), 1);
      draw (12, w, G_N_ELEMENTS (w), 1);
      draw (13, gy, G_N_ELEMENTS (gy), 1);
      kernels->conv_backward_data (&shape, gy, w, dx, &scratch);
      kernels->conv_backward_weight (&shape, x, gy, dw, &scratch);
      for (i = 0; i < G_N_ELEMENTS (x) + G_N_ELEMENTS (w); i++)
        {
          const gboolean is_x = i < G_N_ELEMENTS (x);
          SinganReal    *at = is_x ? &x[i] : &w[i - G_N_ELEMENTS (x)];
          const gdouble  analytic = is_x ? dx[i] : dw[i - G_N_ELEMENTS (x)];
          const gdouble  saved = *at;
          gdouble        above;

          *at = saved + STEP;
          kernels->conv_forward (&shape, x, w, NULL, y, &scratch);
          above = dot (y, gy, G_N_ELEMENTS (y));
          *at = saved - STEP;
          kernels->conv_forward (&shape, x, w, NULL, y, &scratch);
          *at = saved;
          assert_close (analytic,
                        (above - dot (y, gy, G_N_ELEMENTS (y))) / (2 * STEP),
                        1e-2);
        }
      singan_scratch_clear (&scratch);
    }
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_convolutions_equal_differences),
    cmocka_unit_test (test_backward_generator_equals_differences),
    cmocka_unit_test (test_backward_discriminator_equals_differences),
    cmocka_unit_test (test_second_order_equals_differences),
    cmocka_unit_test (test_penalty_gradient_equals_differences),
    cmocka_unit_test (test_critic_gradient_equals_differences),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
