/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How the engine's numbers are compared with a fixture's: networks part by
 * part, pictures and maps in the other order of their channels, losses.  Knows
 * no passes and no steps.
 */

#pragma once

#include <math.h>

#include "core/nn/network.h"
#include "tests/gradients/fixture.h"

/* Largest difference of a tensor over its largest number.  The frameworks
 * differ in the order of their sums; in float that is some 1e-6 here. */
#ifdef SINGAN_DOUBLE
#define TOLERANCE 1e-9
#define ROUNDING 1e-12
#else
#define TOLERANCE 1e-4
#define ROUNDING 1e-5
#endif

/* ROUNDING: a bias before a batch norm has gradient zero in exact arithmetic,
 * and what is there is rounding.  A tensor below this part of the network's
 * largest gradient has to be below it here as well, and no more. */

/* A convolution's weights or bias, or a batch norm's gamma or beta. */
typedef struct
{
  gchar    name[NAME_LENGTH];
  gsize    offset;
  gsize    count;
  gint     in_channels; /* of weights; 0 of vectors */
  gint     out_channels;
  gboolean is_bias;
} Part;

#define N_PARTS (2 * SINGAN_BLOCKS + 2 * SINGAN_NORM_BLOCKS)

static void
list_parts (const SinganNetwork *network, Part parts[N_PARTS])
{
  Part *part = parts;
  gint  b;
  gint  kind;

  for (b = 0; b < SINGAN_BLOCKS; b++)
    for (kind = 0; kind < (b < SINGAN_NORM_BLOCKS ? 4 : 2); kind++, part++)
      {
        const SinganBlockParameters *block = &network->blocks[b];
        const gsize                  offsets[]
            = { block->weight, block->bias, block->gamma, block->beta };

        *part = (Part){ .offset = offsets[kind],
                        .count = block->out_channels,
                        .out_channels = block->out_channels,
                        .is_bias = kind == 1 };
        if (kind == 0)
          {
            part->in_channels = block->in_channels;
            part->count *= 9 * (gsize) block->in_channels;
          }
        g_snprintf (part->name, NAME_LENGTH, "%s%d.%s",
                    kind < 2 ? "conv" : "bn", b, kind % 2 ? "b" : "w");
      }
}

/* What the fixture has of a part, in our order: [3, 3, in, out] instead of
 * [out, in, 3, 3]. */
static gdouble *
get_part (const Fixture *fixture, const gchar *prefix, const Part *part)
{
  g_autofree gchar *name = g_strconcat (prefix, ".", part->name, NULL);
  const gdouble    *theirs = get (fixture, name, part->count);
  gdouble          *values = g_memdup2 (theirs, part->count * sizeof *theirs);
  gint              tap;
  gint              ic;
  gint              oc;

  for (tap = 0; tap < 9; tap++)
    for (ic = 0; ic < part->in_channels; ic++)
      for (oc = 0; oc < part->out_channels; oc++)
        values[((gsize) tap * part->in_channels + ic) * part->out_channels + oc]
            = theirs[((gsize) oc * part->in_channels + ic) * 9 + tap];

  return values;
}

static void
load_parameters (const Fixture *fixture,
                 const gchar   *prefix,
                 SinganNetwork *network,
                 gboolean       biases_only)
{
  Part  parts[N_PARTS];
  gint  p;
  gsize i;

  list_parts (network, parts);
  for (p = 0; p < N_PARTS; p++)
    {
      g_autofree gdouble *values = get_part (fixture, prefix, &parts[p]);

      if (biases_only && ! parts[p].is_bias)
        continue;
      for (i = 0; i < parts[p].count; i++)
        network->value[parts[p].offset + i] = (SinganReal) values[i];
    }
}

static gdouble
largest_of (const gdouble *values, gsize count)
{
  gdouble largest = 0;
  gsize   i;

  for (i = 0; i < count; i++)
    largest = MAX (largest, fabs (values[i]));

  return largest;
}

/* Returns the largest difference over the largest number, or over at_least if
 * that is larger. */
static gdouble
check_tensor (const gchar      *prefix,
              const gchar      *name,
              const SinganReal *ours,
              const gdouble    *theirs,
              gsize             count,
              gdouble           at_least)
{
  const gdouble scale = MAX (largest_of (theirs, count), at_least);
  gdouble       worst = 0;
  gsize         i;

  for (i = 0; i < count; i++)
    {
      if (! isfinite (ours[i]))
        fail_msg ("%s %s: number %u is %g", prefix, name, (guint) i, ours[i]);
      worst = MAX (worst, fabs (ours[i] - theirs[i]));
    }
  if (! (worst <= TOLERANCE * scale))
    fail_msg ("%s %s: off by %g of %g", prefix, name, worst, scale);

  return scale > 0 ? worst / scale : 0;
}

static void
report (const gchar *name, gdouble error)
{
  print_message ("# %-16s %.1e\n", name, error);
}

/* Compares ours, laid out as network->value, part by part. */
static void
check_parameters (const Fixture       *fixture,
                  const gchar         *prefix,
                  const SinganNetwork *network,
                  const SinganReal    *ours,
                  gboolean             skip_normed_biases)
{
  Part     parts[N_PARTS];
  gdouble *theirs[N_PARTS];
  gdouble  largest = 0;
  gdouble  error = 0;
  gint     p;

  list_parts (network, parts);
  for (p = 0; p < N_PARTS; p++)
    {
      theirs[p] = get_part (fixture, prefix, &parts[p]);
      largest = MAX (largest, largest_of (theirs[p], parts[p].count));
    }
  for (p = 0; p < N_PARTS; p++)
    {
      const Part    *part = &parts[p];
      const gboolean is_rounding
          = largest_of (theirs[p], part->count) <= ROUNDING * largest;

      if (skip_normed_biases && part->is_bias && p != N_PARTS - 1)
        continue;
      if (is_rounding)
        check_tensor (prefix, part->name, ours + part->offset, theirs[p],
                      part->count, largest * ROUNDING / TOLERANCE);
      else
        error
            = MAX (error, check_tensor (prefix, part->name, ours + part->offset,
                                        theirs[p], part->count, 0));
    }
  for (p = 0; p < N_PARTS; p++)
    g_free (theirs[p]);
  report (prefix, error);
}

/* A block like network->running against the fixture's. */
static void
check_running (const Fixture       *fixture,
               const gchar         *prefix,
               const SinganNetwork *network)
{
  gdouble error = 0;
  gint    b;

  for (b = 0; b < SINGAN_NORM_BLOCKS; b++)
    {
      const SinganBlockParameters *block = &network->blocks[b];
      const gsize                  count = block->out_channels;
      g_autofree gchar *mean = g_strdup_printf ("%s.bn%d.rm", prefix, b);
      g_autofree gchar *variance = g_strdup_printf ("%s.bn%d.rv", prefix, b);

      error = MAX (error, check_tensor (prefix, mean,
                                        network->running + block->running_mean,
                                        get (fixture, mean, count), count, 0));
      error = MAX (error,
                   check_tensor (prefix, variance,
                                 network->running + block->running_variance,
                                 get (fixture, variance, count), count, 0));
    }
  report (prefix, error);
}

/* Compares [h, w, c] with an image of the fixture. */
static void
check_image (const Fixture    *fixture,
             const gchar      *name,
             const SinganReal *ours,
             gint              height,
             gint              width,
             gint              channels)
{
  const gsize         pixels = (gsize) height * width;
  const gdouble      *theirs = get (fixture, name, pixels * channels);
  g_autofree gdouble *image = g_new (gdouble, pixels * channels);
  gsize               p;
  gint                c;

  for (p = 0; p < pixels; p++)
    for (c = 0; c < channels; c++)
      image[p * channels + c] = theirs[c * pixels + p];
  report (name, check_tensor (name, "", ours, image, pixels * channels, 0));
}

static void
check_picture (const Fixture    *fixture,
               const gchar      *name,
               const SinganReal *ours)
{
  check_image (fixture, name, ours, fixture->height, fixture->width,
               fixture->channels);
}

static void
check_map (const Fixture *fixture, const gchar *name, const SinganReal *ours)
{
  check_image (fixture, name, ours, fixture->height - 2 * SINGAN_BORDER,
               fixture->width - 2 * SINGAN_BORDER, 1);
}

/* A mean is as exact as the numbers that it is taken over: at_least is the
 * scale of those. */
static void
check_loss (const Fixture *fixture,
            const gchar   *name,
            gdouble        ours,
            gdouble        at_least)
{
  g_autofree gchar *key = g_strconcat ("loss.", name, NULL);
  const gdouble     theirs = get (fixture, key, 1)[0];
  const gdouble     scale = MAX (fabs (theirs), at_least);

  if (! (fabs (ours - theirs) <= TOLERANCE * scale))
    fail_msg ("%s is %.12g instead of %.12g", key, ours, theirs);
  report (key, fabs (ours - theirs) / scale);
}
