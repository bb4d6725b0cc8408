/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One iteration of the paper's training at a scale, to be timed beside another
 * implementation: iteration.py starts this program and talks to it.
 *
 *   iteration HEIGHT WIDTH
 *
 * For each line on stdin, the number of a scale and how often, it does so many
 * iterations there and prints the seconds that one took; for the number after
 * the last one it draws samples.  The finished scales are drawn, not trained:
 * the time does not depend on what they learned.
 */

#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/base/random.h"
#include "core/singan.h"
#include "core/training/scale-trainer.h"

static SinganNetwork *
drawn_network (const SinganModelInfo *info, gint scale, gboolean is_generator)
{
  const SinganRandomKey key = { 1, SINGAN_RANDOM_GENERATOR, scale, 0 };
  SinganNetwork        *network = singan_network_new (
             info->channels, info->geometry.features[scale],
      is_generator ? info->channels : 1, is_generator, NULL);

  singan_network_init (network, &key);

  return network;
}

static SinganTensor *
drawn_picture (const SinganGeometry *geometry, gint scale, gint channels)
{
  const SinganRandomKey key = { 2, SINGAN_RANDOM_SAMPLE, scale, 0 };
  SinganTensor         *picture = singan_tensor_new (
              geometry->heights[scale], geometry->widths[scale], channels, NULL);

  singan_random_uniform (&key, picture->data, singan_tensor_size (picture));

  return picture;
}

static SinganModel *
drawn_model (const SinganModelInfo *info, gint n_trained)
{
  SinganModel *model
      = singan_model_new (info, drawn_picture (&info->geometry, 0, 1));
  gint n;

  for (n = 0; n < n_trained; n++)
    singan_model_append (model, drawn_network (info, n, TRUE), 0.1, NULL);

  return model;
}

static void
draw_sample (const SinganModelInfo *info)
{
  static SinganModel  *model = NULL;
  const SinganSampling sampling = { 1, 0, 0, 1, 1 };

  if (! model)
    model = drawn_model (info, info->geometry.n_scales);
  singan_tensor_free (singan_sample (model, &sampling, NULL, NULL));
}

static SinganScaleTrainer *
trainer_at (const SinganModelInfo *info, gint scale, SinganTensor *real)
{
  SinganModel        *model = drawn_model (info, scale);
  SinganScaleTrainer *trainer;

  trainer = singan_scale_trainer_new (
      model, real, drawn_network (info, scale, TRUE),
      drawn_network (info, scale, FALSE), NULL, NULL);
  singan_model_unref (model);

  return trainer;
}

int
main (int argc, char **argv)
{
  SinganModelInfo     info = { .channels = 3,
                               .source_hash = (gchar *) "",
                               .source_name = (gchar *) "" };
  SinganScaleTrainer *trainer = NULL;
  SinganTensor       *real = NULL;
  SinganLosses        losses;
  gint                current = -1;
  gint                iteration = 0;
  gint                wanted;
  gint                count;

  if (argc != 3)
    {
      fprintf (stderr, "usage: iteration HEIGHT WIDTH\n");
      return 2;
    }
  singan_parallel_begin (argv);
  if (! singan_settings_init (&info.settings, SINGAN_PRESET_PAPER,
                              MAX (atoi (argv[1]), atoi (argv[2])), 0, 1, NULL)
      || ! singan_geometry_init (&info.geometry, atoi (argv[1]), atoi (argv[2]),
                                 &info.settings, NULL))
    {
      fprintf (stderr, "iteration: no pyramid for %s x %s pixels\n", argv[2],
               argv[1]);
      return 1;
    }

  for (wanted = 0; wanted < info.geometry.n_scales; wanted++)
    printf ("%d %d %d\n", info.geometry.heights[wanted],
            info.geometry.widths[wanted], info.geometry.features[wanted]);
  printf ("%s kernels, %d threads\n", singan_kernels_get ()->name,
          singan_parallel_threads ());
  fflush (stdout);

  while (scanf ("%d %d", &wanted, &count) == 2 && wanted >= 0
         && wanted <= info.geometry.n_scales && count > 0)
    {
      gint64 start;
      gint   i;

      if (wanted != current && wanted < info.geometry.n_scales)
        {
          if (trainer)
            singan_scale_trainer_free (trainer);
          singan_tensor_free (real);
          real = drawn_picture (&info.geometry, wanted, info.channels);
          trainer = trainer_at (&info, wanted, real);
          current = wanted;
        }
      start = g_get_monotonic_time ();
      for (i = 0; i < count; i++)
        if (wanted == info.geometry.n_scales)
          draw_sample (&info);
        else if (! singan_scale_trainer_step (trainer, iteration++, &losses,
                                              NULL))
          return EXIT_FAILURE;
      printf ("%.6f\n", (g_get_monotonic_time () - start) * 1e-6 / count);
      fflush (stdout);
    }

  return 0;
}
