/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "core/storage/metadata.h"

#include <math.h>

#include "core/base/i18n.h"
#include "core/base/text.h"
#include "core/nn/patch-loss.h"

/* The numbers of the settings, their keys and their ranges.  Some came when
 * there were models already: a file without one is as if it had @before. */
typedef struct
{
  const gchar *key;
  gsize        offset;
  gboolean     is_integer;
  gdouble      minimum;
  gdouble      maximum;
  gboolean     is_later;
  gdouble      before;
} Field;

#define INTEGER(key, member, minimum, maximum)                                 \
  {                                                                            \
    key, G_STRUCT_OFFSET (SinganSettings, member), TRUE, minimum, maximum,     \
        FALSE, 0                                                               \
  }
#define NUMBER(key, member, minimum, maximum)                                  \
  {                                                                            \
    key, G_STRUCT_OFFSET (SinganSettings, member), FALSE, minimum, maximum,    \
        FALSE, 0                                                               \
  }
#define LATER_INTEGER(member, minimum, maximum, before)                        \
  {                                                                            \
    G_STRINGIFY (member), G_STRUCT_OFFSET (SinganSettings, member), TRUE,      \
        minimum, maximum, TRUE, before                                         \
  }
#define LATER_NUMBER(member, minimum, maximum, before)                         \
  {                                                                            \
    G_STRINGIFY (member), G_STRUCT_OFFSET (SinganSettings, member), FALSE,     \
        minimum, maximum, TRUE, before                                         \
  }

static const Field fields[] = {
  INTEGER ("seed", seed, 0, G_MAXUINT32),
  INTEGER ("iterations", iterations, 1, SINGAN_ITERATIONS_MAXIMUM),
  INTEGER ("max_size", max_size, 1, SINGAN_MAX_SIZE_MAXIMUM),
  INTEGER ("min_size",
           min_size,
           SINGAN_METADATA_SIDE_MINIMUM,
           SINGAN_MAX_SIZE_MAXIMUM),
  INTEGER ("features", features, 1, SINGAN_FEATURES_MAXIMUM),
  INTEGER ("features_maximum", features_maximum, 1, SINGAN_FEATURES_MAXIMUM),
  INTEGER ("discriminator_steps", discriminator_steps, 1, 1000),
  INTEGER ("generator_steps", generator_steps, 1, 1000),
  NUMBER ("nominal_scale_factor", scale_factor, 0.01, 0.999),
  NUMBER ("reconstruction_weight", reconstruction_weight, 0, 1e6),
  NUMBER ("penalty_weight", penalty_weight, 0, 1e6),
  NUMBER ("noise_weight", noise_weight, 0, 1e6),
  NUMBER ("learning_rate", learning_rate, 0, 1),
  NUMBER ("decay_start", decay_start, 0, 1),
  LATER_NUMBER (finest_share, 1e-6, 1, 1),
  LATER_INTEGER (window,
                 SINGAN_WINDOW_MINIMUM,
                 SINGAN_MAX_SIZE_MAXIMUM,
                 SINGAN_MAX_SIZE_MAXIMUM),
  LATER_INTEGER (patch_scales, 0, SINGAN_SCALES_MAXIMUM, 0),
  LATER_NUMBER (patch_weight, 0, 1e6, 1),
  LATER_INTEGER (patch_stride, 1, SINGAN_PATCH_STRIDE_MAXIMUM, 2),
  LATER_INTEGER (patch_directions, 1, 4096, 64),
  LATER_NUMBER (detail_weight, 0, 1e6, 0),
  LATER_INTEGER (
      detail_size, 0, SINGAN_MAX_SIZE_MAXIMUM, SINGAN_MAX_SIZE_MAXIMUM),
  LATER_NUMBER (detail_rate, 0, 1, 1),
  LATER_NUMBER (detail_iterations, 0, 1000, 1),
  LATER_INTEGER (detail_period, 1, 1000, 1),
  LATER_NUMBER (detail_noise, 0, 1, 1),
  LATER_INTEGER (own_statistics_scales, 0, SINGAN_SCALES_MAXIMUM, 0),
  LATER_NUMBER (below_rate, 0, 1, 0),
  LATER_INTEGER (is_widened, 0, 1, 0),
  LATER_INTEGER (is_mirrored, 0, 1, 0),
};

void
singan_metadata_write_number (SinganTensorWriter *writer,
                              const gchar        *key,
                              gdouble             value)
{
  gchar text[G_ASCII_DTOSTR_BUF_SIZE];

  singan_tensor_writer_set_metadata (writer, key,
                                     g_ascii_dtostr (text, sizeof text, value));
}

void
singan_metadata_write_settings (SinganTensorWriter   *writer,
                                const SinganSettings *settings)
{
  gsize i;

  singan_tensor_writer_set_metadata (writer, "preset",
                                     singan_preset_name (settings->preset));
  for (i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      gconstpointer at = G_STRUCT_MEMBER_P (settings, fields[i].offset);

      if (fields[i].key == fields[0].key)
        singan_metadata_write_number (writer, fields[i].key, settings->seed);
      else if (fields[i].is_integer)
        singan_metadata_write_number (writer, fields[i].key,
                                      *(const gint *) at);
      else
        singan_metadata_write_number (writer, fields[i].key,
                                      *(const gdouble *) at);
    }
}

gboolean
singan_metadata_parse_number (const gchar *text,
                              gdouble      minimum,
                              gdouble      maximum,
                              gboolean     is_integer,
                              gdouble     *value)
{
  gchar *end;

  *value = g_ascii_strtod (text, &end);

  return end != text && *end == '\0' && *value >= minimum && *value <= maximum
         && (! is_integer || *value == floor (*value));
}

gboolean
singan_metadata_read_number (const SinganTensorReader *reader,
                             const gchar              *key,
                             gdouble                   minimum,
                             gdouble                   maximum,
                             gboolean                  is_integer,
                             gdouble                  *value,
                             GError                  **error)
{
  g_autofree gchar *reason = NULL;
  g_autofree gchar *printable = NULL;
  const gchar *text = singan_tensor_reader_get_metadata (reader, key, error);

  if (! text)
    return FALSE;
  if (singan_metadata_parse_number (text, minimum, maximum, is_integer, value))
    return TRUE;

  printable = singan_text_printable (text, SINGAN_TEXT_VALUE);
  reason = g_strdup_printf (
      _ ("its “%s” is “%s”; it has to be between %g and %g."), key, printable,
      minimum, maximum);
  return singan_tensor_reader_fail (reader, error, reason);
}

gboolean
singan_metadata_read_integer (const SinganTensorReader *reader,
                              const gchar              *key,
                              gint64                    minimum,
                              gint64                    maximum,
                              gint64                   *value,
                              GError                  **error)
{
  gdouble number;

  if (! singan_metadata_read_number (reader, key, minimum, maximum, TRUE,
                                     &number, error))
    return FALSE;
  *value = (gint64) number;

  return TRUE;
}

gboolean
singan_metadata_read_settings (const SinganTensorReader *reader,
                               SinganSettings           *settings,
                               GError                  **error)
{
  const gchar *preset
      = singan_tensor_reader_get_metadata (reader, "preset", error);
  const gchar *purpose
      = preset ? singan_tensor_reader_get_metadata (reader, "purpose", error)
               : NULL;
  gsize i;

  if (! purpose)
    return FALSE;
  if (! singan_purpose_from_name (purpose, &settings->purpose))
    return singan_tensor_reader_fail (reader, error,
                                      _ ("its purpose is unknown."));
  if (! singan_preset_from_name (preset, &settings->preset))
    return singan_tensor_reader_fail (reader, error,
                                      _ ("its preset is unknown."));

  for (i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      gpointer       at = G_STRUCT_MEMBER_P (settings, fields[i].offset);
      gdouble        value = fields[i].before;
      const gboolean is_missing = fields[i].is_later
                                  && ! singan_tensor_reader_get_metadata (
                                      reader, fields[i].key, NULL);

      if (! is_missing
          && ! singan_metadata_read_number (
              reader, fields[i].key, fields[i].minimum, fields[i].maximum,
              fields[i].is_integer, &value, error))
        return FALSE;
      if (fields[i].key == fields[0].key)
        settings->seed = (guint32) value;
      else if (fields[i].is_integer)
        *(gint *) at = (gint) value;
      else
        *(gdouble *) at = value;
    }

  /* The coarsest scale is the smallest that may have the patch loss. */
  if (settings->patch_scales > 0
      && settings->min_size < singan_patch_loss_side (settings->patch_stride))
    return singan_tensor_reader_fail (
        reader, error, _ ("its patches are larger than its coarsest scale."));

  return TRUE;
}
