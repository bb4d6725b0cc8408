/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every derivative of the kernels, networks and losses against central
 * differences, first and second order, number by number.  For the double build
 * alone.  A step across a LeakyReLU's kink would measure nothing: each value
 * that goes into a difference is checked to have the signs of the middle.
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
#include "core/base/parallel.h"
#include "core/kernels/kernels.h"
#include "core/nn/losses.h"
#include "core/nn/network.h"
#include "tests/gradients/differences.h"
#include "tests/gradients/kernel-differences.h"

/* An array whose numbers are all below this part of the network's largest
 * gradient (the biases before a batch norm have none) is measured by that. */
#define LEAST_SCALE 1e-3

static void
test_convolution_equals_differences (void **state G_GNUC_UNUSED)
{
  const gchar *const *name;

  for (name = singan_kernels_names (); *name; name++)
    {
      const SinganKernels *kernels = singan_kernels_by_name (*name);

      print_message ("# variant %s\n", *name);
      check_convolution (kernels, (SinganConvShape){ 7, 6, 3, 5 });
      check_convolution (kernels, (SinganConvShape){ 3, 3, 1, 1 });
      check_convolution (kernels, (SinganConvShape){ 5, 11, 4, 3 });
    }
}

/* Networks and losses. */

typedef struct
{
  const gchar *name;
  gint         height; /* of the network's input */
  gint         width;
  gint         channels;
  gint         features;
  gboolean     is_generator;
  gboolean     keeps_statistics;
} NetworkShape;

static const NetworkShape generators[] = {
  { "G 12x13, 3 channels", 12, 13, 3, 4, TRUE, FALSE },
  { "G 15x14, 1 channel", 15, 14, 1, 3, TRUE, FALSE },
  { "G 13x12, 3 channels, statistics kept", 13, 12, 3, 4, TRUE, TRUE },
};

static const NetworkShape discriminators[] = {
  { "D 13x14, 3 channels", 13, 14, 3, 5, FALSE, FALSE },
  { "D 15x12, 1 channel", 15, 12, 1, 3, FALSE, FALSE },
};

#define WEIGHT_DEVIATION 0.3
#define PENALTY_WEIGHT 0.1
#define RECONSTRUCTION_WEIGHT 10.0

typedef struct
{
  NetworkShape   shape;
  SinganNetwork *network;
  SinganPasses  *passes;
  gsize          n_x;
  gsize          n_output;
  SinganReal    *x;
  SinganReal    *weights;   /* of the output in L */
  SinganReal    *direction; /* v */
  SinganReal    *grad_x;
  SinganReal    *grad_output;
  GByteArray    *signs; /* of the activations before any step */
} NetworkCase;

/* Whether each activation is above 0, from the definitions: convolution,
 * moments unless they are kept, norm. */
static GByteArray *
find_signs (const NetworkCase *net)
{
  const SinganKernels *kernels = singan_kernels_by_name ("c");
  GByteArray          *signs = g_byte_array_new ();
  const SinganNetwork *network = net->network;
  SinganReal          *x = g_memdup2 (net->x, net->n_x * sizeof (SinganReal));
  gint                 b;

  for (b = 0; b < SINGAN_NORM_BLOCKS; b++)
    {
      const SinganBlockParameters *block = &network->blocks[b];
      const SinganConvShape        shape
          = { net->shape.height - 2 * b, net->shape.width - 2 * b,
              block->in_channels, block->out_channels };
      const gint         channels = shape.out_channels;
      const gsize        count = conv_outputs (&shape);
      SinganReal        *act = g_new (SinganReal, count);
      gdouble            mean[SINGAN_FEATURES_MAXIMUM];
      gdouble            variance[SINGAN_FEATURES_MAXIMUM];
      const SinganMap    input = singan_map_plain (x);
      const SinganOutput output = { .form = SINGAN_OUTPUT_MOMENTS,
                                    .y = act,
                                    .first = mean,
                                    .second = variance };
      SinganScratch      scratch;
      gsize              per_thread;
      gsize              shared;
      gsize              i;
      gint               k;

      per_thread = kernels->conv_scratch (&shape, &shared);
      assert_true (singan_scratch_init (&scratch, per_thread, shared, NULL));
      kernels->conv_forward (&shape, &input, network->value + block->weight,
                             network->value + block->bias, &output, &scratch);
      singan_scratch_clear (&scratch);
      for (k = 0; k < channels && network->keeps_statistics; k++)
        {
          mean[k] = network->running[block->running_mean + k];
          variance[k] = network->running[block->running_variance + k];
        }
      for (i = 0; i < count; i++)
        {
          const gint    c = i % channels;
          const gdouble u = network->value[block->gamma + c]
                                * (act[i] - mean[c])
                                / sqrt (variance[c] + SINGAN_BATCHNORM_EPS)
                            + network->value[block->beta + c];

          act[i] = (SinganReal) (u > 0 ? u : SINGAN_LEAKY_SLOPE * u);
        }
      for (i = 0; i < count; i++)
        {
          const guint8 is_above = act[i] > 0;

          g_byte_array_append (signs, &is_above, 1);
        }
      g_free (x);
      x = act;
    }
  g_free (x);

  return signs;
}

/* To be called by each loss, before it looks at values that the differences
 * have moved. */
static void
assert_same_signs (const NetworkCase *net)
{
  GByteArray *signs = find_signs (net);

  singan_network_changed (net->network);
  if (memcmp (signs->data, net->signs->data, signs->len) != 0)
    fail_msg ("the step crosses a kink: choose another seed than %d", SEED);
  g_byte_array_unref (signs);
}

static SinganReal *
new_drawn (guint32 index, gsize count)
{
  SinganReal *values = singan_reals_new (count, NULL);

  draw (index, values, count, 1);

  return values;
}

static void
network_init (NetworkCase *net, const NetworkShape *shape)
{
  SinganNetwork *network;
  gsize          i;
  gint           b;
  gint           c;

  net->shape = *shape;
  net->network = network = singan_network_new (
      shape->channels, shape->features,
      shape->is_generator ? shape->channels : 1, shape->is_generator, NULL);
  net->passes = singan_passes_new (
      network, shape->height, shape->width,
      shape->is_generator ? SINGAN_PASS_BACKWARD : SINGAN_PASS_TANGENT, NULL);
  draw (31, network->value, network->n_parameters, WEIGHT_DEVIATION);
  for (b = 0; b < SINGAN_NORM_BLOCKS; b++)
    for (c = 0; c < shape->features; c++)
      network->value[network->blocks[b].gamma + c] += 1;
  network->keeps_statistics = shape->keeps_statistics;
  draw (36, network->running, network->n_running, 1);
  for (i = 0; i < network->n_running; i++)
    network->running[i] = 1 + network->running[i] * network->running[i];

  net->n_x = (gsize) shape->height * shape->width * shape->channels;
  net->n_output = (gsize) (shape->height - 2 * SINGAN_BORDER)
                  * (shape->width - 2 * SINGAN_BORDER) * network->out_channels;
  net->x = new_drawn (32, net->n_x);
  net->weights = new_drawn (33, net->n_output);
  net->direction = new_drawn (34, net->n_x);
  net->grad_x = singan_reals_new (net->n_x, NULL);
  net->grad_output = singan_reals_new (net->n_output, NULL);
  net->signs = find_signs (net);
}

static void
network_clear (NetworkCase *net)
{
  singan_network_free (net->network);
  singan_passes_free (net->passes);
  singan_reals_free (net->x);
  singan_reals_free (net->weights);
  singan_reals_free (net->direction);
  singan_reals_free (net->grad_x);
  singan_reals_free (net->grad_output);
  g_byte_array_unref (net->signs);
}

/* Compares arrays like network->value, each part by its own scale. */
static void
check_parameters (const NetworkCase *net,
                  const gchar       *what,
                  const SinganReal  *analytic,
                  const SinganReal  *numeric)
{
  const SinganNetwork *network = net->network;
  const gdouble        at_least
      = LEAST_SCALE * largest_of (numeric, network->n_parameters);
  gdouble error = 0;
  gint    b;
  gint    kind;

  for (b = 0; b < SINGAN_BLOCKS; b++)
    for (kind = 0; kind < (b < SINGAN_NORM_BLOCKS ? 4 : 2); kind++)
      {
        const SinganBlockParameters *block = &network->blocks[b];
        const gsize                  offsets[]
            = { block->weight, block->bias, block->gamma, block->beta };
        const gchar *names[] = { "weight", "bias", "gamma", "beta" };
        const gsize  count = (kind == 0 ? 9 * (gsize) block->in_channels : 1)
                            * block->out_channels;
        g_autofree gchar *name = g_strdup_printf (
            "%s, %s: %s of block %d", net->shape.name, what, names[kind], b);

        if (kind == 1 && b < SINGAN_NORM_BLOCKS && network->keeps_statistics)
          assert_true (largest_of (analytic + offsets[kind], count) == 0);
        else
          error
              = MAX (error, compare (name, analytic + offsets[kind],
                                     numeric + offsets[kind], count, at_least));
      }
  assert_true (at_least > 0);
  report (what, error);
}

/* The gradient that run () adds, found on top of one that is there. */
static SinganReal *
added_gradient (NetworkCase *net, LossFunc run)
{
  SinganNetwork *network = net->network;
  const gsize    count = network->n_parameters;
  SinganReal    *before = new_drawn (35, count);
  SinganReal    *added = g_new (SinganReal, count);

  memcpy (network->gradient, before, count * sizeof *before);
  run (net);
  move (added, network->gradient, before, count, -1);
  singan_reals_free (before);

  return added;
}

/* A loss that is not linear in the output: weights . output + |output|^2 / 2.
 * Its gradients are added, and found in grad_x, if is_backward. */
static gdouble
smooth_pass (NetworkCase *net, gboolean is_backward)
{
  const SinganReal *output
      = singan_network_forward (net->network, net->passes, net->x, FALSE);
  const gdouble loss = dot (net->weights, output, net->n_output)
                       + dot (output, output, net->n_output) / 2;

  move (net->grad_output, net->weights, output, net->n_output, 1);
  if (is_backward)
    singan_network_backward (net->network, net->passes, net->grad_output, TRUE,
                             net->grad_x);

  return loss;
}

static gdouble
smooth_run (gpointer data)
{
  return smooth_pass (data, TRUE);
}

static gdouble
smooth_loss (gpointer data)
{
  assert_same_signs (data);

  return smooth_pass (data, FALSE);
}

static gdouble
reconstruction_run (gpointer data)
{
  NetworkCase      *net = data;
  const SinganReal *output
      = singan_network_forward (net->network, net->passes, net->x, FALSE);
  const gdouble loss
      = singan_loss_reconstruction (net->n_output, output, net->weights,
                                    RECONSTRUCTION_WEIGHT, net->grad_output);

  singan_network_backward (net->network, net->passes, net->grad_output, TRUE,
                           net->grad_x);

  return loss;
}

static gdouble
reconstruction_loss (gpointer data)
{
  NetworkCase      *net = data;
  const SinganReal *output;
  gdouble           sum = 0;
  gsize             i;

  assert_same_signs (net);
  output = singan_network_forward (net->network, net->passes, net->x, FALSE);
  for (i = 0; i < net->n_output; i++)
    sum += (output[i] - net->weights[i]) * (output[i] - net->weights[i]);

  return RECONSTRUCTION_WEIGHT * sum / net->n_output;
}

static gdouble
critic_pass (NetworkCase *net, gdouble sign, gboolean accumulate)
{
  return sign
         * singan_loss_critic (net->network, net->passes, net->x,
                               net->shape.height, net->shape.width, sign,
                               accumulate, net->grad_x, net->grad_output);
}

static gdouble
critic_run (gpointer data)
{
  return critic_pass (data, -1, TRUE);
}

static gdouble
critic_loss (gpointer data)
{
  assert_same_signs (data);

  return critic_pass (data, -1, FALSE);
}

static gdouble
penalty_run (gpointer data)
{
  NetworkCase *net = data;

  return singan_loss_gradient_penalty (
      net->network, net->passes, net->x, net->shape.height, net->shape.width,
      PENALTY_WEIGHT, net->grad_x, net->grad_output);
}

/* lambda mean (||dS/dx_p|| - 1)^2 with the first-order passes alone. */
static gdouble
penalty_loss (gpointer data)
{
  NetworkCase *net = data;
  const gsize  pixels = (gsize) net->shape.height * net->shape.width;
  gdouble      sum = 0;
  gsize        i;

  assert_same_signs (net);
  singan_network_forward (net->network, net->passes, net->x, FALSE);
  for (i = 0; i < net->n_output; i++)
    net->grad_output[i] = 1;
  singan_network_backward (net->network, net->passes, net->grad_output, FALSE,
                           net->grad_x);
  for (i = 0; i < pixels; i++)
    {
      const SinganReal *g = net->grad_x + i * net->shape.channels;
      const gdouble     norm = sqrt (dot (g, g, net->shape.channels));

      sum += (norm - 1) * (norm - 1);
    }

  return PENALTY_WEIGHT * sum / pixels;
}

/* What run () adds to the parameters' gradient, and puts into grad_x if has_x,
 * against the differences of loss (). */
static void
check_network (const NetworkShape *shape,
               LossFunc            run,
               LossFunc            loss,
               gboolean            has_x)
{
  NetworkCase            net = { 0 };
  g_autofree SinganReal *added = NULL;
  g_autofree SinganReal *numeric = NULL;
  g_autofree SinganReal *grad_x = NULL;

  network_init (&net, shape);
  print_message ("# %s\n", shape->name);
  assert_true (fabs (run (&net) - loss (&net)) < TOLERANCE * STEP);
  added = added_gradient (&net, run);
  grad_x = g_memdup2 (net.grad_x, net.n_x * sizeof *grad_x);
  numeric
      = differences (loss, &net, net.network->value, net.network->n_parameters);
  check_parameters (&net, "parameters", added, numeric);
  if (has_x)
    check_gradient ("input", loss, &net, net.x, grad_x, net.n_x);
  network_clear (&net);
}

static void
test_backward_generator_equals_differences (void **state G_GNUC_UNUSED)
{
  check_network (&generators[0], smooth_run, smooth_loss, TRUE);
  check_network (&generators[1], smooth_run, smooth_loss, TRUE);
  check_network (&generators[2], smooth_run, smooth_loss, TRUE);
}

static void
test_backward_discriminator_equals_differences (void **state G_GNUC_UNUSED)
{
  check_network (&discriminators[0], smooth_run, smooth_loss, TRUE);
  check_network (&discriminators[1], smooth_run, smooth_loss, TRUE);
}

static void
test_loss_reconstruction_equals_differences (void **state G_GNUC_UNUSED)
{
  check_network (&generators[0], reconstruction_run, reconstruction_loss, TRUE);
}

static void
test_loss_critic_equals_differences (void **state G_GNUC_UNUSED)
{
  check_network (&discriminators[0], critic_run, critic_loss, TRUE);
  check_network (&discriminators[1], critic_run, critic_loss, TRUE);
}

static void
test_loss_critic_without_accumulate_leaves_gradient (void **state G_GNUC_UNUSED)
{
  NetworkCase net = { 0 };
  gsize       i;

  network_init (&net, &discriminators[0]);
  singan_network_zero_gradient (net.network);
  critic_pass (&net, 1, FALSE);
  for (i = 0; i < net.network->n_parameters; i++)
    assert_true (net.network->gradient[i] == 0);
  assert_true (largest_of (net.grad_x, net.n_x) > 0);
  network_clear (&net);
}

static void
test_loss_gradient_penalty_equals_differences (void **state G_GNUC_UNUSED)
{
  check_network (&discriminators[0], penalty_run, penalty_loss, FALSE);
  check_network (&discriminators[1], penalty_run, penalty_loss, FALSE);
}

static void
central (SinganReal *above, const SinganReal *below, gsize count)
{
  gsize i;

  for (i = 0; i < count; i++)
    above[i] = (above[i] - below[i]) / (2 * STEP);
}

/* dL/dparameters of L = weights . output, at x as it stands. */
static void
linear_gradient (NetworkCase *net)
{
  assert_same_signs (net);
  singan_network_zero_gradient (net->network);
  singan_network_forward (net->network, net->passes, net->x, FALSE);
  singan_network_backward (net->network, net->passes, net->weights, TRUE,
                           net->grad_x);
}

static gdouble
second_order_run (gpointer data)
{
  NetworkCase *net = data;

  singan_network_forward (net->network, net->passes, net->x, FALSE);
  singan_network_backward (net->network, net->passes, net->weights, FALSE,
                           net->grad_x);
  singan_network_second_order (net->network, net->passes, net->direction);

  return 0;
}

static void
check_second_order (const NetworkShape *shape)
{
  NetworkCase            net = { 0 };
  g_autofree SinganReal *added = NULL;
  g_autofree SinganReal *numeric = NULL;
  g_autofree SinganReal *x = NULL;
  gsize                  count;

  network_init (&net, shape);
  print_message ("# %s\n", shape->name);
  count = net.network->n_parameters;
  added = added_gradient (&net, second_order_run);

  x = g_memdup2 (net.x, net.n_x * sizeof *x);
  move (net.x, x, net.direction, net.n_x, STEP);
  linear_gradient (&net);
  numeric = g_memdup2 (net.network->gradient, count * sizeof *numeric);
  move (net.x, x, net.direction, net.n_x, -STEP);
  linear_gradient (&net);
  central (numeric, net.network->gradient, count);
  check_parameters (&net, "parameters", added, numeric);
  network_clear (&net);
}

static void
test_second_order_equals_differences (void **state G_GNUC_UNUSED)
{
  check_second_order (&discriminators[0]);
  check_second_order (&discriminators[1]);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_convolution_equals_differences),
    cmocka_unit_test (test_backward_generator_equals_differences),
    cmocka_unit_test (test_backward_discriminator_equals_differences),
    cmocka_unit_test (test_loss_reconstruction_equals_differences),
    cmocka_unit_test (test_loss_critic_equals_differences),
    cmocka_unit_test (test_loss_critic_without_accumulate_leaves_gradient),
    cmocka_unit_test (test_second_order_equals_differences),
    cmocka_unit_test (test_loss_gradient_penalty_equals_differences),
  };

  /* Thousands of passes over a few pixels each: threads would only wait. */
  singan_parallel_set_threads (1);

  return cmocka_run_group_tests (tests, NULL, NULL);
}
