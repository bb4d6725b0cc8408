/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the losses of one scale say of the generator of the scale below, through
 * the upsampling and through the finer generator, against central differences.
 * For the double build alone.  The seed is one whose steps cross no kink of a
 * LeakyReLU: one that does fails by far more than the tolerance.
 */

#include "config.h"

#include "core/training/scale-below.h"
#include "tests/gradients/differences.h"

/* Of the scale below, of the scale above. */
#define HEIGHT 8
#define WIDTH 9
#define HEIGHT_ABOVE 10
#define WIDTH_ABOVE 13
#define CHANNELS 3
#define FEATURES 4

#define AMPLITUDE 0.5
#define WEIGHT_DEVIATION 0.3

typedef struct
{
  SinganStage      *stage; /* of the scale below */
  gboolean          is_reconstruction;
  SinganScaleBelow *below;
  SinganNetwork    *above;
  SinganPasses     *passes; /* of above */
  SinganTensor     *upsampled;
  SinganTensor     *input;
  SinganTensor     *grad_input;
  SinganTensor     *fake;
  SinganTensor     *grad_fake;
  SinganTensor     *weights; /* of the fake in the loss */
} Pair;

static SinganNetwork *
drawn_generator (guint32 index)
{
  SinganNetwork *network
      = singan_network_new (CHANNELS, FEATURES, CHANNELS, TRUE, NULL);
  gint b;
  gint c;

  draw (index, network->value, network->n_parameters, WEIGHT_DEVIATION);
  for (b = 0; b < SINGAN_NORM_BLOCKS; b++)
    for (c = 0; c < FEATURES; c++)
      network->value[network->blocks[b].gamma + c] += 1;

  return network;
}

static SinganTensor *
drawn_tensor (guint32 index, gint height, gint width)
{
  SinganTensor *tensor = singan_tensor_new (height, width, CHANNELS, NULL);

  draw (index, tensor->data, singan_tensor_size (tensor), 1);

  return tensor;
}

static void
pair_init (Pair *pair, gboolean is_reconstruction)
{
  g_autoptr (SinganWorkspace) workspace = singan_workspace_new ();
  SinganNetwork *generator = drawn_generator (41);
  const gint     padded_height = HEIGHT_ABOVE + 2 * SINGAN_BORDER;
  const gint     padded_width = WIDTH_ABOVE + 2 * SINGAN_BORDER;

  pair->is_reconstruction = is_reconstruction;
  pair->stage = singan_stage_new (generator, HEIGHT, WIDTH, 0, NULL);
  draw (42, pair->stage->x->data, singan_tensor_size (pair->stage->x), 1);
  pair->below
      = singan_scale_below_new (workspace, generator, AMPLITUDE, pair->stage->x,
                                HEIGHT_ABOVE, WIDTH_ABOVE, NULL);
  /* The reconstruction has its own. */
  draw (43, pair->stage->x->data, singan_tensor_size (pair->stage->x), 1);
  draw (44, pair->stage->noise->data, singan_tensor_size (pair->stage->noise),
        1);

  pair->above = drawn_generator (46);
  pair->passes = singan_passes_new (pair->above, padded_height, padded_width,
                                    SINGAN_PASS_BACKWARD, NULL);
  pair->upsampled = drawn_tensor (47, HEIGHT_ABOVE, WIDTH_ABOVE);
  pair->input = drawn_tensor (47, padded_height, padded_width);
  pair->grad_input = drawn_tensor (47, padded_height, padded_width);
  pair->fake = drawn_tensor (47, HEIGHT_ABOVE, WIDTH_ABOVE);
  pair->grad_fake = drawn_tensor (47, HEIGHT_ABOVE, WIDTH_ABOVE);
  pair->weights = drawn_tensor (48, HEIGHT_ABOVE, WIDTH_ABOVE);
}

static void
pair_clear (Pair *pair)
{
  singan_scale_below_free (pair->below);
  singan_stage_free (pair->stage);
  singan_network_free (pair->above);
  singan_passes_free (pair->passes);
  singan_tensor_free (pair->upsampled);
  singan_tensor_free (pair->input);
  singan_tensor_free (pair->grad_input);
  singan_tensor_free (pair->fake);
  singan_tensor_free (pair->grad_fake);
  singan_tensor_free (pair->weights);
}

/* weights . fake + |fake|^2 / 2 */
static gdouble
pair_loss (gpointer data)
{
  Pair             *pair = data;
  const gsize       count = singan_tensor_size (pair->fake);
  const SinganReal *residual;

  singan_network_changed (singan_scale_below_get_generator (pair->below));
  singan_scale_below_run (pair->below,
                          pair->is_reconstruction ? NULL : pair->stage,
                          pair->upsampled);
  singan_generator_input (pair->upsampled, NULL, 0, FALSE, pair->input);
  residual = singan_network_forward (pair->above, pair->passes,
                                     pair->input->data, FALSE);
  move (pair->fake->data, pair->upsampled->data, residual, count, 1);

  return dot (pair->weights->data, pair->fake->data, count)
         + dot (pair->fake->data, pair->fake->data, count) / 2;
}

static void
check_pair (gboolean is_reconstruction)
{
  Pair           pair;
  SinganNetwork *generator;

  pair_init (&pair, is_reconstruction);
  generator = singan_scale_below_get_generator (pair.below);
  singan_network_zero_gradient (generator);
  pair_loss (&pair);
  move (pair.grad_fake->data, pair.weights->data, pair.fake->data,
        singan_tensor_size (pair.fake), 1);
  singan_network_backward (pair.above, pair.passes, pair.grad_fake->data, FALSE,
                           pair.grad_input->data);
  singan_scale_below_backward (pair.below, pair.grad_fake->data,
                               pair.grad_input->data);

  check_gradient (is_reconstruction ? "reconstruction" : "fake", pair_loss,
                  &pair, generator->value, generator->gradient,
                  generator->n_parameters);
  pair_clear (&pair);
}

static void
test_scale_below_equals_differences (void **state G_GNUC_UNUSED)
{
  check_pair (FALSE);
  check_pair (TRUE);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_scale_below_equals_differences),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
