/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "plugin/hosts/cli/info.h"

#include <stdio.h>
#include <string.h>

#include <glib/gstdio.h>

#include "core/base/i18n.h"
#include "core/singan.h"
#include "plugin/hosts/cli/exit.h"

static void
print_cpu (void)
{
  const gchar      *wanted = g_getenv ("SINGAN_CPU");
  g_autofree gchar *all = g_strjoinv (", ", (gchar **) singan_kernels_names ());

  printf (_ ("Kernels in use: %s (of %s)\n"), singan_kernels_get ()->name, all);
  if (wanted && ! singan_kernels_by_name (wanted))
    printf (_ ("SINGAN_CPU=%s is not one of them and is ignored.\n"), wanted);
  printf (_ ("Kernels of OpenBLAS: %s\n"), singan_blas_name ());
  printf (_ ("Threads: %d\n"), singan_parallel_threads ());
}

static void
print_model (const SinganModel *model, const gchar *path)
{
  const SinganModelInfo *info = singan_model_get_info (model);
  const SinganSettings  *settings = &info->settings;
  const gint             n_trained = singan_model_n_trained (model);
  g_autofree gchar      *size = NULL;
  GStatBuf               status;
  gint                   n;

  if (g_stat (path, &status) == 0)
    size = g_format_size (status.st_size);
  printf (_ ("Model: %s (%s)\n"), path, size ? size : "?");
  printf (_ ("Trained on: %s, %s\n"), info->source_name,
          info->channels == 1 ? _ ("grey") : _ ("colour"));
  printf (_ ("Pixels: SHA-256 %s\n"), info->source_hash);
  printf (_ ("Preset: %s, %d iterations at the coarsest scale, %d at the "
             "finest, %d + %d steps, seed %u\n"),
          singan_preset_name (settings->preset), settings->iterations,
          singan_geometry_get_iterations (&info->geometry, settings,
                                          info->geometry.n_scales - 1),
          settings->discriminator_steps, settings->generator_steps,
          settings->seed);
  if (settings->detail_period > 1
      && singan_geometry_learns_detail (&info->geometry, settings,
                                        info->geometry.n_scales - 1))
    printf (_ ("Beyond %d pixels: one iteration in %d is a whole one, the "
               "others learn the reconstruction alone\n"),
            settings->detail_size, settings->detail_period);
  printf (_ ("Purpose: %s\n"), singan_purpose_name (settings->purpose));
  printf (_ ("Scales: %d, of which %d are trained\n"), info->geometry.n_scales,
          n_trained);
  for (n = 0; n < info->geometry.n_scales; n++)
    {
      printf (_ ("  scale %d: %d x %d pixels, %d channels"), n,
              info->geometry.widths[n], info->geometry.heights[n],
              info->geometry.features[n]);
      if (n < n_trained)
        printf (_ (", noise amplitude %g"),
                singan_model_get_noise_amplitude (model, n));
      printf ("\n");
    }
}

gint
singan_cli_info (gint argc, gchar **argv)
{
  gint     exit_code = SINGAN_EXIT_DONE;
  gboolean is_first = TRUE;
  gint     i;

  if (argc == 1 && strcmp (argv[0], "--cpu") == 0)
    {
      print_cpu ();
      return SINGAN_EXIT_DONE;
    }
  if (argc == 0 || argv[0][0] == '-')
    return singan_cli_fail (
        argc == 1 && strcmp (argv[0], "--help") == 0 ? SINGAN_EXIT_DONE
                                                     : SINGAN_EXIT_USAGE,
        _ ("usage: singan info MODEL..., or singan info --cpu"));

  for (i = 0; i < argc; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (SinganModel) model = singan_model_load (argv[i], &error);

      if (! model)
        {
          exit_code = singan_cli_fail (SINGAN_EXIT_FAILED, error->message);
          continue;
        }
      if (! is_first)
        printf ("\n");
      print_model (model, argv[i]);
      is_first = FALSE;
    }

  return exit_code;
}
