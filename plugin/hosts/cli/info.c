/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "plugin/hosts/cli/info.h"

#include <stdio.h>
#include <string.h>

#include <glib/gstdio.h>

#include "core/base/i18n.h"
#include "core/singan.h"
#include "plugin/hosts/cli/exit.h"
#include "plugin/hosts/cli/info-json.h"

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

/* Which of the words are options; the others, moved to the front, are files. */
typedef struct
{
  gboolean wants_help;
  gboolean wants_cpu;
  gboolean wants_json;
  gboolean is_wrong;
  gint     n_files;
} Words;

static Words
sort_words (gint argc, gchar **argv)
{
  Words words = { .wants_help = FALSE };
  gint  i;

  for (i = 0; i < argc; i++)
    if (strcmp (argv[i], "--help") == 0 || strcmp (argv[i], "-h") == 0)
      words.wants_help = TRUE;
    else if (strcmp (argv[i], "--cpu") == 0)
      words.wants_cpu = TRUE;
    else if (strcmp (argv[i], "--json") == 0)
      words.wants_json = TRUE;
    else if (argv[i][0] == '-')
      words.is_wrong = TRUE;
    else
      argv[words.n_files++] = argv[i];
  if (words.wants_cpu ? words.n_files > 0 : words.n_files == 0)
    words.is_wrong = TRUE;

  return words;
}

/* One file that cannot be read does not keep the others from being told. */
static gint
tell_models (gchar **paths, gint count, JsonBuilder *builder)
{
  gint     exit_code = SINGAN_EXIT_DONE;
  gboolean is_first = TRUE;
  gint     i;

  for (i = 0; i < count; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (SinganModel) model = singan_model_load (paths[i], &error);

      if (! model)
        {
          exit_code = singan_cli_fail (SINGAN_EXIT_FAILED, error->message);
          continue;
        }
      if (builder)
        singan_cli_add_model_json (builder, model, paths[i]);
      else
        {
          if (! is_first)
            printf ("\n");
          print_model (model, paths[i]);
          is_first = FALSE;
        }
    }

  return exit_code;
}

gint
singan_cli_info (gint argc, gchar **argv)
{
  const Words words = sort_words (argc, argv);
  g_autoptr (JsonBuilder) builder = NULL;
  gint exit_code = SINGAN_EXIT_DONE;

  if (words.wants_help || words.is_wrong)
    return singan_cli_fail (
        words.wants_help ? SINGAN_EXIT_DONE : SINGAN_EXIT_USAGE,
        _ ("usage: singan info [--json] MODEL..., or singan info [--json] "
           "--cpu"));

  if (! words.wants_json)
    {
      if (! words.wants_cpu)
        return tell_models (argv, words.n_files, NULL);
      print_cpu ();
      return SINGAN_EXIT_DONE;
    }

  builder = json_builder_new ();
  if (words.wants_cpu)
    {
      singan_cli_add_cpu_json (builder);
    }
  else
    {
      json_builder_begin_array (builder);
      exit_code = tell_models (argv, words.n_files, builder);
      json_builder_end_array (builder);
    }
  singan_cli_print_json (builder);

  return exit_code;
}
