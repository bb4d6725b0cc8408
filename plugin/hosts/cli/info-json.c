/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "plugin/hosts/cli/info-json.h"

#include <stdio.h>

#include <glib/gstdio.h>

static void
add_text (JsonBuilder *builder, const gchar *name, const gchar *text)
{
  g_autofree gchar *valid = g_utf8_make_valid (text, -1);

  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, valid);
}

static void
add_integer (JsonBuilder *builder, const gchar *name, gint64 value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, value);
}

static void
add_scales (JsonBuilder *builder, const SinganModel *model)
{
  const SinganModelInfo *info = singan_model_get_info (model);
  const gint             n_trained = singan_model_n_trained (model);
  gint                   n;

  json_builder_set_member_name (builder, "scales");
  json_builder_begin_array (builder);
  for (n = 0; n < info->geometry.n_scales; n++)
    {
      json_builder_begin_object (builder);
      add_integer (builder, "width", info->geometry.widths[n]);
      add_integer (builder, "height", info->geometry.heights[n]);
      add_integer (builder, "channels", info->geometry.features[n]);
      json_builder_set_member_name (builder, "trained");
      json_builder_add_boolean_value (builder, n < n_trained);
      if (n < n_trained)
        {
          json_builder_set_member_name (builder, "noise-amplitude");
          json_builder_add_double_value (
              builder, singan_model_get_noise_amplitude (model, n));
        }
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

void
singan_cli_add_model_json (JsonBuilder       *builder,
                           const SinganModel *model,
                           const gchar       *path)
{
  const SinganModelInfo *info = singan_model_get_info (model);
  const SinganSettings  *settings = &info->settings;
  GStatBuf               status;

  json_builder_begin_object (builder);
  add_text (builder, "path", path);
  if (g_stat (path, &status) == 0)
    add_integer (builder, "bytes", status.st_size);
  add_text (builder, "source", info->source_name);
  add_text (builder, "pixels-sha256", info->source_hash);
  add_integer (builder, "channels", info->channels);
  add_text (builder, "purpose", singan_purpose_name (settings->purpose));
  add_text (builder, "preset", singan_preset_name (settings->preset));
  add_integer (builder, "max-size", settings->max_size);
  add_integer (builder, "iterations", settings->iterations);
  add_integer (builder, "iterations-at-finest",
               singan_geometry_get_iterations (&info->geometry, settings,
                                               info->geometry.n_scales - 1));
  add_integer (builder, "seed", settings->seed);
  add_integer (builder, "scales-trained", singan_model_n_trained (model));
  add_scales (builder, model);
  json_builder_end_object (builder);
}

void
singan_cli_add_cpu_json (JsonBuilder *builder)
{
  const gchar *const *names = singan_kernels_names ();
  gint                i;

  json_builder_begin_object (builder);
  add_text (builder, "kernels", singan_kernels_get ()->name);
  json_builder_set_member_name (builder, "kernels-available");
  json_builder_begin_array (builder);
  for (i = 0; names[i]; i++)
    json_builder_add_string_value (builder, names[i]);
  json_builder_end_array (builder);
  add_text (builder, "openblas", singan_blas_name ());
  add_integer (builder, "threads", singan_parallel_threads ());
  json_builder_end_object (builder);
}

void
singan_cli_print_json (JsonBuilder *builder)
{
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  g_autofree gchar *text = json_to_string (root, TRUE);

  printf ("%s\n", text);
}
