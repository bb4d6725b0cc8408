/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One D step and one G step of the engine against what automatic
 * differentiation in another framework gives (make-fixtures.py): losses, all
 * gradients, the parameters after Adam, running statistics, inference.  Built
 * in float and in double.
 */

#include "config.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/memory.h"
#include "core/nn/losses.h"
#include "core/nn/network.h"

/* Largest difference over the largest number of a tensor.  In double the two
 * frameworks differ by the order of their sums alone. */
#ifdef SINGAN_DOUBLE
#define TOLERANCE 1e-9
#define BIAS_TOLERANCE 1e-12
#define FOLDED_TOLERANCE 1e-9
#else
#define TOLERANCE 1e-4
/* A bias before a batch norm has gradient zero: what is there is rounding. */
#define BIAS_TOLERANCE 1e-5
/* Adam turns that rounding into steps of up to the learning rate. */
#define FOLDED_TOLERANCE 1e-3
#endif

#define LEARNING_RATE 5e-4
#define PENALTY_WEIGHT 0.1
#define RECONSTRUCTION_WEIGHT 10.0

#define NAME_LENGTH 64

typedef struct
{
  GHashTable *tensors; /* gchar* -> gdouble* */
  gint        height;
  gint        width;
  gint        channels;
  gint        features;
} Fixture;

static void
fixture_load (Fixture *fixture, const gchar *path)
{
  FILE *file = fopen (path, "r");
  gchar name[NAME_LENGTH];
  gint  count;
  gint  i;

  if (! file)
    fail_msg ("%s is not there", path);
  fixture->tensors
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  assert_int_equal (fscanf (file, "%d %d %d %d", &fixture->height,
                            &fixture->width, &fixture->channels,
                            &fixture->features),
                    4);
  while (fscanf (file, "%63s %d", name, &count) == 2)
    {
      gdouble *values = g_new (gdouble, count);

      for (i = 0; i < count; i++)
        assert_int_equal (fscanf (file, "%la", &values[i]), 1);
      g_hash_table_insert (fixture->tensors, g_strdup (name), values);
    }
  fclose (file);
}

static const gdouble *
get (const Fixture *fixture, const gchar *name)
{
  const gdouble *values = g_hash_table_lookup (fixture->tensors, name);

  if (! values)
    fail_msg ("the fixture has no %s", name);

  return values;
}

static gdouble
get_part (const Fixture *fixture,
          const gchar   *prefix,
          const gchar   *part,
          gsize          i)
{
  g_autofree gchar *name = g_strconcat (prefix, ".", part, NULL);

  return get (fixture, name)[i];
}

/* An image, channels first in the fixture and last with us. */
static SinganReal *
get_image (const Fixture *fixture, const gchar *name, gint border)
{
  const gdouble *values = get (fixture, name);
  const gsize    pixels = (gsize) (fixture->height + 2 * border)
                       * (fixture->width + 2 * border);
  SinganReal *image = singan_reals_new (pixels * fixture->channels, NULL);
  gsize       p;
  gint        c;

  for (p = 0; p < pixels; p++)
    for (c = 0; c < fixture->channels; c++)
      image[p * fixture->channels + c] = (SinganReal) values[c * pixels + p];

  return image;
}

typedef void (*SliceFunc) (const gchar *part,
                           gsize        theirs,
                           SinganReal  *ours,
                           gpointer     data);

/* Calls func for each number of a block like network->value, with the part of
 * the fixture it belongs to and its position there. */
static void
for_each_parameter (const SinganNetwork *network,
                    SinganReal          *ours,
                    SliceFunc            func,
                    gpointer             data)
{
  gint b;
  gint tap;
  gint ic;
  gint oc;

  for (b = 0; b < SINGAN_BLOCKS; b++)
    {
      const SinganBlockParameters *block = &network->blocks[b];
      gchar                        part[NAME_LENGTH];

      g_snprintf (part, sizeof part, "conv%d.w", b);
      for (tap = 0; tap < 9; tap++)
        for (ic = 0; ic < block->in_channels; ic++)
          for (oc = 0; oc < block->out_channels; oc++)
            func (part, ((gsize) oc * block->in_channels + ic) * 9 + tap,
                  ours + block->weight
                      + ((gsize) tap * block->in_channels + ic)
                            * block->out_channels
                      + oc,
                  data);
      for (oc = 0; oc < block->out_channels; oc++)
        {
          g_snprintf (part, sizeof part, "conv%d.b", b);
          func (part, oc, ours + block->bias + oc, data);
          if (b == SINGAN_NORM_BLOCKS)
            continue;
          g_snprintf (part, sizeof part, "bn%d.w", b);
          func (part, oc, ours + block->gamma + oc, data);
          g_snprintf (part, sizeof part, "bn%d.b", b);
          func (part, oc, ours + block->beta + oc, data);
        }
    }
}

typedef struct
{
  const Fixture *fixture;
  const gchar   *prefix;
  gboolean       skip_biases;
  GHashTable    *differences; /* part -> gdouble[2]: difference, largest */
} Comparison;

static void
load_number (const gchar *part, gsize theirs, SinganReal *ours, gpointer data)
{
  Comparison *comparison = data;

  *ours = (SinganReal) get_part (comparison->fixture, comparison->prefix, part,
                                 theirs);
}

static void
compare_number (const gchar *part,
                gsize        theirs,
                SinganReal  *ours,
                gpointer     data)
{
  Comparison   *comparison = data;
  const gdouble expected
      = get_part (comparison->fixture, comparison->prefix, part, theirs);
  gdouble *worst = g_hash_table_lookup (comparison->differences, part);

  if (! worst)
    {
      worst = g_new0 (gdouble, 2);
      g_hash_table_insert (comparison->differences, g_strdup (part), worst);
    }
  assert_true (isfinite (*ours));
  worst[0] = MAX (worst[0], fabs (*ours - expected));
  worst[1] = MAX (worst[1], fabs (expected));
}

static void
load_parameters (const Fixture *fixture,
                 const gchar   *prefix,
                 SinganNetwork *network)
{
  Comparison comparison = { fixture, prefix, FALSE, NULL };

  for_each_parameter (network, network->value, load_number, &comparison);
}

static void
check_parameters (const Fixture *fixture,
                  const gchar   *prefix,
                  SinganNetwork *network,
                  SinganReal    *ours,
                  gboolean       skip_biases)
{
  Comparison comparison
      = { fixture, prefix, skip_biases,
          g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free) };
  GHashTableIter iter;
  gpointer       part;
  gpointer       value;
  gdouble        largest = 0;

  for_each_parameter (network, ours, compare_number, &comparison);
  g_hash_table_iter_init (&iter, comparison.differences);
  while (g_hash_table_iter_next (&iter, &part, &value))
    {
      const gdouble *worst = value;
      const gboolean is_normed_bias
          = g_str_has_suffix (part, ".b") && g_str_has_prefix (part, "conv")
            && ((const gchar *) part)[4] != '4';

      if (is_normed_bias && skip_biases)
        continue;
      if (is_normed_bias)
        {
          if (worst[0] > BIAS_TOLERANCE)
            fail_msg ("%s %s: %g instead of rounding", prefix,
                      (gchar *) part, worst[0]);
          continue;
        }
      /* D's last bias has gradient zero too: -1 + 1. */
      if (worst[0] > TOLERANCE * worst[1] && worst[0] > BIAS_TOLERANCE / 1e3)
        fail_msg ("%s %s: off by %g of %g", prefix, (gchar *) part, worst[0],
                  worst[1]);
      if (worst[1] > 0)
        largest = MAX (largest, worst[0] / worst[1]);
    }
  print_message ("%-14s largest relative error %.2g\n", prefix, largest);
  g_hash_table_unref (comparison.differences);
}

static void
check_running (const Fixture       *fixture,
               const gchar         *prefix,
               const SinganNetwork *network)
{
  gint b;
  gint c;

  for (b = 0; b < SINGAN_NORM_BLOCKS; b++)
    for (c = 0; c < network->features; c++)
      {
        const SinganBlockParameters *block = &network->blocks[b];
        gchar                        part[NAME_LENGTH];
        gdouble                      expected;

        g_snprintf (part, sizeof part, "bn%d.rm", b);
        expected = get_part (fixture, prefix, part, c);
        assert_true (fabs (network->running[block->running_mean + c] - expected)
                     <= TOLERANCE * MAX (fabs (expected), 1e-2));
        g_snprintf (part, sizeof part, "bn%d.rv", b);
        expected = get_part (fixture, prefix, part, c);
        assert_true (
            fabs (network->running[block->running_variance + c] - expected)
            <= TOLERANCE * fabs (expected));
      }
}

static void
check_image (const Fixture    *fixture,
             const gchar      *name,
             const SinganReal *ours,
             gdouble           tolerance)
{
  SinganReal *theirs = get_image (fixture, name, 0);
  const gsize count
      = (gsize) fixture->height * fixture->width * fixture->channels;
  gdouble worst = 0;
  gdouble largest = 0;
  gsize   i;

  for (i = 0; i < count; i++)
    {
      worst = MAX (worst, fabs ((gdouble) ours[i] - theirs[i]));
      largest = MAX (largest, fabs ((gdouble) theirs[i]));
    }
  singan_reals_free (theirs);
  if (! (worst <= tolerance * largest))
    fail_msg ("%s: off by %g of %g", name, worst, largest);
}

static void
check_loss (const Fixture *fixture, const gchar *name, gdouble ours)
{
  g_autofree gchar *key = g_strconcat ("loss.", name, NULL);
  const gdouble     theirs = get (fixture, key)[0];

  if (! (fabs (ours - theirs) <= TOLERANCE * MAX (fabs (theirs), 0.1)))
    fail_msg ("%s is %.12g instead of %.12g", name, ours, theirs);
}

/* output + the middle of the padded picture */
static SinganReal *
add_residual (const Fixture    *fixture,
              const SinganReal *output,
              const SinganReal *padded)
{
  const gint  row = fixture->width * fixture->channels;
  const gint  padded_row = row + 2 * SINGAN_BORDER * fixture->channels;
  SinganReal *sum = singan_reals_new ((gsize) fixture->height * row, NULL);
  gint        h;
  gint        i;

  for (h = 0; h < fixture->height; h++)
    for (i = 0; i < row; i++)
      sum[h * row + i] = output[h * row + i]
                         + padded[(h + SINGAN_BORDER) * padded_row
                                  + SINGAN_BORDER * fixture->channels + i];

  return sum;
}

typedef struct
{
  Fixture        fixture;
  SinganNetwork *generator;
  SinganNetwork *discriminator;
  SinganPasses  *generator_passes;
  SinganPasses  *discriminator_passes;
  SinganReal    *real;
  SinganReal    *fake;
  SinganReal    *input;
  SinganReal    *prev;
  SinganReal    *grad;
  SinganReal    *map;
} Bench;

static void
check_discriminator_step (Bench *bench)
{
  const Fixture *fixture = &bench->fixture;
  SinganNetwork *d = bench->discriminator;
  SinganPasses  *passes = bench->discriminator_passes;
  SinganReal    *mixed = get_image (fixture, "interp", 0);
  const gint     height = fixture->height;
  const gint     width = fixture->width;
  gdouble        penalty;

  check_image (fixture, "fake", bench->fake, TOLERANCE);

  singan_network_zero_gradient (d);
  penalty = singan_loss_gradient_penalty (d, passes, mixed, height, width,
                                          PENALTY_WEIGHT, bench->grad,
                                          bench->map);
  check_loss (fixture, "gp", penalty);
  check_parameters (fixture, "D.grad_gp", d, d->gradient, FALSE);

  check_loss (fixture, "errD_real",
              -singan_loss_critic (d, passes, bench->real, height, width, -1,
                                   TRUE, NULL, bench->map));
  check_loss (fixture, "errD_fake",
              singan_loss_critic (d, passes, bench->fake, height, width, 1,
                                  TRUE, NULL, bench->map));
  check_parameters (fixture, "D.grad_total", d, d->gradient, FALSE);

  /* What dS/dx is. */
  singan_network_forward (d, passes, mixed, FALSE);
  for (gint i = 0; i < (height - 10) * (width - 10); i++)
    bench->map[i] = 1;
  singan_network_backward (d, passes, bench->map, FALSE, bench->grad);
  check_image (fixture, "gp.grad_x", bench->grad, TOLERANCE);

  /* The losses leave D's running statistics alone; the fixture's saw the three
   * batches in this order. */
  singan_network_forward (d, passes, bench->real, TRUE);
  singan_network_forward (d, passes, bench->fake, TRUE);
  singan_network_forward (d, passes, mixed, TRUE);
  check_running (fixture, "D.after_dstep", d);

  singan_network_adam_step (d, LEARNING_RATE);
  check_parameters (fixture, "D.after", d, d->value, TRUE);
  singan_reals_free (mixed);
}

static void
check_generator_step (Bench *bench)
{
  const Fixture *fixture = &bench->fixture;
  SinganNetwork *g = bench->generator;
  SinganReal    *z_prev
      = get_image (fixture, "z_prev_padded", SINGAN_BORDER);
  SinganReal *z_opt = get_image (fixture, "z_opt_padded", SINGAN_BORDER);
  const gdouble amplitude = get (fixture, "noise_amp")[0];
  const gsize   count
      = (gsize) fixture->height * fixture->width * fixture->channels;
  const gsize padded_count
      = (gsize) (fixture->height + 2 * SINGAN_BORDER)
        * (fixture->width + 2 * SINGAN_BORDER) * fixture->channels;
  SinganReal *reconstruction;
  gsize       i;

  /* The biases that Adam moved along rounding are put where the fixture has
   * them: their exact gradient is zero either way. */
  load_parameters (fixture, "D.after", bench->discriminator);
  singan_network_zero_gradient (g);
  check_loss (fixture, "errG",
              -singan_loss_critic (bench->discriminator,
                                   bench->discriminator_passes, bench->fake,
                                   fixture->height, fixture->width, -1, FALSE,
                                   bench->grad, bench->map));
  singan_network_backward (g, bench->generator_passes, bench->grad, TRUE, NULL);
  check_parameters (fixture, "G.grad_adv", g, g->gradient, FALSE);

  for (i = 0; i < padded_count; i++)
    z_opt[i] = (SinganReal) (amplitude * z_opt[i] + z_prev[i]);
  reconstruction = add_residual (
      fixture,
      singan_network_forward (g, bench->generator_passes, z_opt, TRUE), z_prev);
  check_loss (fixture, "rec",
              singan_loss_reconstruction (count, reconstruction, bench->real,
                                          RECONSTRUCTION_WEIGHT, bench->grad));
  singan_network_backward (g, bench->generator_passes, bench->grad, TRUE, NULL);
  check_parameters (fixture, "G.grad_total", g, g->gradient, FALSE);
  check_running (fixture, "G.after_gstep", g);

  singan_network_adam_step (g, LEARNING_RATE);
  check_parameters (fixture, "G.after", g, g->value, TRUE);
  singan_reals_free (reconstruction);
  singan_reals_free (z_prev);
  singan_reals_free (z_opt);
}

static void
check_inference (Bench *bench)
{
  const Fixture *fixture = &bench->fixture;
  SinganPasses  *passes = singan_passes_new (
      bench->generator, fixture->height + 2 * SINGAN_BORDER,
      fixture->width + 2 * SINGAN_BORDER, SINGAN_PASS_INFER, NULL);
  SinganReal *output;

  assert_true (singan_network_freeze (bench->generator, NULL));
  output = add_residual (
      fixture, singan_network_infer (bench->generator, passes, bench->input),
      bench->prev);
  check_image (fixture, "G.eval_out", output, FOLDED_TOLERANCE);
  singan_reals_free (output);
  singan_passes_free (passes);
}

static void
check_fixture (const gchar *path)
{
  Bench bench = { 0 };
  gsize count;

  fixture_load (&bench.fixture, path);
  count = (gsize) bench.fixture.height * bench.fixture.width
          * bench.fixture.channels;
  bench.generator
      = singan_network_new (bench.fixture.channels, bench.fixture.features,
                            bench.fixture.channels, TRUE, NULL);
  bench.discriminator = singan_network_new (
      bench.fixture.channels, bench.fixture.features, 1, FALSE, NULL);
  bench.generator_passes = singan_passes_new (
      bench.generator, bench.fixture.height + 2 * SINGAN_BORDER,
      bench.fixture.width + 2 * SINGAN_BORDER, SINGAN_PASS_BACKWARD, NULL);
  bench.discriminator_passes
      = singan_passes_new (bench.discriminator, bench.fixture.height,
                           bench.fixture.width, SINGAN_PASS_TANGENT, NULL);
  load_parameters (&bench.fixture, "G.before", bench.generator);
  load_parameters (&bench.fixture, "D.before", bench.discriminator);
  bench.real = get_image (&bench.fixture, "real", 0);
  bench.input = get_image (&bench.fixture, "G.in", SINGAN_BORDER);
  bench.prev = get_image (&bench.fixture, "prev_padded", SINGAN_BORDER);
  bench.grad = singan_reals_new (count, NULL);
  bench.map = singan_reals_new (count, NULL);
  bench.fake = add_residual (
      &bench.fixture,
      singan_network_forward (bench.generator, bench.generator_passes,
                              bench.input, TRUE),
      bench.prev);

  check_discriminator_step (&bench);
  check_generator_step (&bench);
  check_inference (&bench);

  singan_network_free (bench.generator);
  singan_network_free (bench.discriminator);
  singan_passes_free (bench.generator_passes);
  singan_passes_free (bench.discriminator_passes);
  singan_reals_free (bench.real);
  singan_reals_free (bench.input);
  singan_reals_free (bench.prev);
  singan_reals_free (bench.grad);
  singan_reals_free (bench.map);
  singan_reals_free (bench.fake);
  g_hash_table_unref (bench.fixture.tensors);
}

static void
check_named (const gchar *name)
{
  g_autofree gchar *path = g_build_filename (g_getenv ("SINGAN_TEST_DATA"),
                                             "gradients", name, NULL);

  check_fixture (path);
}

static void
test_steps_colour_equal_golden (void **state G_GNUC_UNUSED)
{
  check_named ("colour.txt");
}

static void
test_steps_grey_equal_golden (void **state G_GNUC_UNUSED)
{
  check_named ("grey.txt");
}

static void
test_steps_external_equal_golden (void **state G_GNUC_UNUSED)
{
  const gchar *path = g_getenv ("SINGAN_GOLDEN");

  if (! path)
    {
      print_message ("SINGAN_GOLDEN names no external fixture\n");
      skip ();
    }
  check_fixture (path);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_steps_colour_equal_golden),
    cmocka_unit_test (test_steps_grey_equal_golden),
    cmocka_unit_test (test_steps_external_equal_golden),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
