/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "core/storage/model-tensors.h"

#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/memory.h"
#include "core/base/text.h"
#include "core/pyramid/stage.h"
#include "core/storage/metadata.h"

#define FORMAT "singan"
#define FORMAT_VERSION "1"

/* What lies around a picture before it enters a network: zeros around picture
 * and noise, or zeros around the picture under noise that goes on. */
#define PADDING_IMAGE "image"
#define PADDING_NOISE "noise"

#define SOURCE_TEXT_MAXIMUM 4096

/* Of a source's hash: SHA-256 has 64 digits. */
#define HASH_MAXIMUM 128

#define TAPS 9

static const gchar *const block_names[SINGAN_BLOCKS]
    = { "head", "body.1", "body.2", "body.3", "tail" };

/* Most that a noise amplitude can sensibly be. */
#define AMPLITUDE_MAXIMUM 1e3

static const gchar *
padding_of (const SinganSettings *settings)
{
  return singan_noise_border (settings) > 0 ? PADDING_NOISE : PADDING_IMAGE;
}

static void
write_geometry (SinganTensorWriter *writer, const SinganModel *model)
{
  const SinganGeometry *geometry = &singan_model_get_info (model)->geometry;
  g_autoptr (GString) sizes = g_string_new (NULL);
  g_autoptr (GString) channels = g_string_new (NULL);
  g_autoptr (GString) amplitudes = g_string_new (NULL);
  gint n;

  for (n = 0; n < geometry->n_scales; n++)
    {
      const gchar *comma = n > 0 ? "," : "";

      g_string_append_printf (sizes, "%s%dx%d", comma, geometry->heights[n],
                              geometry->widths[n]);
      g_string_append_printf (channels, "%s%d", comma, geometry->features[n]);
      if (n < singan_model_n_trained (model))
        {
          gchar text[G_ASCII_DTOSTR_BUF_SIZE];

          g_string_append (amplitudes, comma);
          g_string_append (
              amplitudes,
              g_ascii_dtostr (text, sizeof text,
                              singan_model_get_noise_amplitude (model, n)));
        }
    }

  singan_metadata_write_number (writer, "scale_factor", geometry->factor);
  singan_metadata_write_number (writer, "training_scale",
                                geometry->training_scale);
  singan_metadata_write_number (writer, "scales", geometry->n_scales);
  singan_metadata_write_number (writer, "trained_scales",
                                singan_model_n_trained (model));
  singan_tensor_writer_set_metadata (writer, "sizes", sizes->str);
  singan_tensor_writer_set_metadata (writer, "channels", channels->str);
  singan_tensor_writer_set_metadata (writer, "noise_amplitudes",
                                     amplitudes->str);
}

/* Where a block's tensor comes from and goes to. */
typedef struct
{
  const gchar      *name; /* "conv.weight" ... */
  SinganTensorShape shape;
  SinganReal       *values; /* in the network */
} Slice;

#define SLICES_A_BLOCK 6

/* The slices of a block; a tail has only the first two. */
static gint
list_slices (const SinganNetwork *network, gint block, Slice *slices)
{
  const SinganBlockParameters *at = &network->blocks[block];
  const SinganTensorShape      vector = { 1, { at->out_channels } };
  const Slice                  list[SLICES_A_BLOCK] = {
                     { "conv.weight",
                       { 4, { at->out_channels, at->in_channels, 3, 3 } },
                       network->value + at->weight },
                     { "conv.bias", vector, network->value + at->bias },
                     { "norm.weight", vector, network->value + at->gamma },
                     { "norm.bias", vector, network->value + at->beta },
                     { "norm.running_mean", vector, network->running + at->running_mean },
                     { "norm.running_var", vector, network->running + at->running_variance },
  };

  memcpy (slices, list, sizeof list);

  return block < SINGAN_NORM_BLOCKS ? SLICES_A_BLOCK : 2;
}

/* Between our [3, 3, in, out] and PyTorch's [out, in, 3, 3]. */
static void
transpose_weights (const SinganBlockParameters *block,
                   SinganReal                  *ours,
                   SinganReal                  *theirs,
                   gboolean                     to_ours)
{
  gint tap;
  gint ic;
  gint oc;

  for (tap = 0; tap < TAPS; tap++)
    for (ic = 0; ic < block->in_channels; ic++)
      for (oc = 0; oc < block->out_channels; oc++, ours++)
        {
          SinganReal *their
              = theirs + ((gsize) oc * block->in_channels + ic) * TAPS + tap;

          if (to_ours)
            *ours = *their;
          else
            *their = *ours;
        }
}

static gchar *
slice_name (gint scale, gint block, const Slice *slice)
{
  return g_strdup_printf ("scale.%d.generator.%s.%s", scale, block_names[block],
                          slice->name);
}

static SinganReal *
new_weights (const SinganBlockParameters *block)
{
  return g_new (SinganReal,
                (gsize) TAPS * block->in_channels * block->out_channels);
}

static void
write_generator (SinganTensorWriter  *writer,
                 gint                 scale,
                 const SinganNetwork *network)
{
  gint block;

  for (block = 0; block < SINGAN_BLOCKS; block++)
    {
      g_autofree SinganReal *weights = new_weights (&network->blocks[block]);
      Slice                  slices[SLICES_A_BLOCK];
      const gint             count = list_slices (network, block, slices);
      gint                   s;

      transpose_weights (&network->blocks[block], slices[0].values, weights,
                         FALSE);
      for (s = 0; s < count; s++)
        {
          g_autofree gchar *name = slice_name (scale, block, &slices[s]);

          singan_tensor_writer_add (writer, name, &slices[s].shape,
                                    s == 0 ? weights : slices[s].values);
        }
    }
}

void
singan_model_write (const SinganModel  *model,
                    const gchar        *kind,
                    SinganTensorWriter *writer)
{
  const SinganModelInfo  *info = singan_model_get_info (model);
  const SinganTensor     *z_rec = singan_model_get_z_rec (model);
  const SinganTensorShape z_shape = { 2, { z_rec->height, z_rec->width } };
  gint                    n;

  singan_tensor_writer_set_metadata (writer, "format", FORMAT);
  singan_tensor_writer_set_metadata (writer, "format_version", FORMAT_VERSION);
  singan_tensor_writer_set_metadata (writer, "kind", kind);
  singan_tensor_writer_set_metadata (
      writer, "purpose", singan_purpose_name (info->settings.purpose));
  singan_metadata_write_number (writer, "image_channels", info->channels);
  write_geometry (writer, model);
  singan_tensor_writer_set_metadata (writer, "padding",
                                     padding_of (&info->settings));
  singan_metadata_write_settings (writer, &info->settings);
  singan_tensor_writer_set_metadata (writer, "source_hash", info->source_hash);
  singan_tensor_writer_set_metadata (writer, "source_name", info->source_name);
  singan_tensor_writer_set_metadata (writer, "software",
                                     "singan " PACKAGE_VERSION);

  singan_tensor_writer_add (writer, "z_rec", &z_shape, z_rec->data);
  for (n = 0; n < singan_model_n_trained (model); n++)
    write_generator (writer, n, singan_model_get_generator (model, n));
}

static gboolean
expect (const SinganTensorReader *reader,
        const gchar              *key,
        const gchar              *expected,
        GError                  **error)
{
  g_autofree gchar *reason = NULL;
  g_autofree gchar *printable = NULL;
  const gchar *text = singan_tensor_reader_get_metadata (reader, key, error);

  if (! text)
    return FALSE;
  if (strcmp (text, expected) == 0)
    return TRUE;

  printable = singan_text_printable (text, SINGAN_TEXT_VALUE);
  reason = g_strdup_printf (_ ("its “%s” is “%s”; it has to be “%s”."), key,
                            printable, expected);
  return singan_tensor_reader_fail (reader, error, reason);
}

/* The comma-separated words of a metadata value, as many as expected. */
static gchar **
read_list (const SinganTensorReader *reader,
           const gchar              *key,
           gint                      count,
           GError                  **error)
{
  const gchar *text = singan_tensor_reader_get_metadata (reader, key, error);
  g_auto (GStrv) words = NULL;
  g_autofree gchar *reason = NULL;

  if (! text)
    return NULL;
  words = g_strsplit (text, ",", SINGAN_SCALES_MAXIMUM + 1);
  if ((gint) g_strv_length (words) == count)
    return g_steal_pointer (&words);

  reason = g_strdup_printf (_ ("its “%s” are not %d."), key, count);
  singan_tensor_reader_fail (reader, error, reason);
  return NULL;
}

/* Afterwards the sizes are those that such a training gives, and no others. */
static gboolean
read_geometry (const SinganTensorReader *reader,
               const SinganSettings     *settings,
               SinganGeometry           *geometry,
               GError                  **error)
{
  g_auto (GStrv) sizes = NULL;
  g_auto (GStrv) channels = NULL;
  gint64 n_scales;
  gint   n;

  if (! singan_metadata_read_integer (reader, "scales", 1,
                                      SINGAN_SCALES_MAXIMUM, &n_scales, error)
      || ! singan_metadata_read_number (reader, "scale_factor", 1e-3, 1, FALSE,
                                        &geometry->factor, error)
      || ! singan_metadata_read_number (reader, "training_scale", 1e-6, 1,
                                        FALSE, &geometry->training_scale,
                                        error))
    return FALSE;
  geometry->n_scales = (gint) n_scales;

  if (! (sizes = read_list (reader, "sizes", geometry->n_scales, error))
      || ! (channels
            = read_list (reader, "channels", geometry->n_scales, error)))
    return FALSE;
  for (n = 0; n < geometry->n_scales; n++)
    {
      g_auto (GStrv) sides = g_strsplit (sizes[n], "x", 3);
      gdouble height;
      gdouble width;
      gdouble features;

      if (g_strv_length (sides) != 2
          || ! singan_metadata_parse_number (
              sides[0], SINGAN_METADATA_SIDE_MINIMUM,
              SINGAN_METADATA_SIDE_MAXIMUM, TRUE, &height)
          || ! singan_metadata_parse_number (
              sides[1], SINGAN_METADATA_SIDE_MINIMUM,
              SINGAN_METADATA_SIDE_MAXIMUM, TRUE, &width)
          || ! singan_metadata_parse_number (
              channels[n], 1, SINGAN_FEATURES_MAXIMUM, TRUE, &features))
        return singan_tensor_reader_fail (
            reader, error,
            _ ("the size or the width of one of its scales is out of range."));
      geometry->heights[n] = (gint) height;
      geometry->widths[n] = (gint) width;
      geometry->features[n] = (gint) features;
    }
  if (! singan_geometry_is_possible (geometry, settings))
    return singan_tensor_reader_fail (
        reader, error, _ ("its scales are not those that its settings give."));

  return TRUE;
}

static gboolean
read_source (const SinganTensorReader *reader,
             SinganModelInfo          *info,
             GError                  **error)
{
  info->source_hash = (gchar *) singan_tensor_reader_get_metadata (
      reader, "source_hash", error);
  if (! info->source_hash)
    return FALSE;
  info->source_name = (gchar *) singan_tensor_reader_get_metadata (
      reader, "source_name", error);
  if (! info->source_name)
    return FALSE;
  if (strlen (info->source_hash) > HASH_MAXIMUM
      || strspn (info->source_hash, "0123456789abcdef")
             != strlen (info->source_hash))
    return singan_tensor_reader_fail (
        reader, error, _ ("the hash of its source is not hexadecimal."));
  if (strlen (info->source_name) > SOURCE_TEXT_MAXIMUM)
    return singan_tensor_reader_fail (reader, error,
                                      _ ("the name of its source is too "
                                         "long."));

  return TRUE;
}

static SinganNetwork *
read_generator (SinganTensorReader    *reader,
                const SinganModelInfo *info,
                gint                   scale,
                GError               **error)
{
  g_autoptr (SinganNetwork) network = NULL;
  gsize i;
  gint  block;

  network = singan_network_new (info->channels, info->geometry.features[scale],
                                info->channels, TRUE, error);
  if (! network)
    return NULL;

  for (block = 0; block < SINGAN_BLOCKS; block++)
    {
      g_autofree SinganReal *weights = new_weights (&network->blocks[block]);
      Slice                  slices[SLICES_A_BLOCK];
      const gint             count = list_slices (network, block, slices);
      gint                   s;

      for (s = 0; s < count; s++)
        {
          g_autofree gchar *name = slice_name (scale, block, &slices[s]);

          if (! singan_tensor_reader_get (reader, name, &slices[s].shape,
                                          s == 0 ? weights : slices[s].values,
                                          error))
            return NULL;
        }
      transpose_weights (&network->blocks[block], slices[0].values, weights,
                         TRUE);
      if (block == SINGAN_NORM_BLOCKS)
        break;
      for (i = 0; i < (gsize) network->features; i++)
        if (slices[SLICES_A_BLOCK - 1].values[i] < 0)
          {
            singan_tensor_reader_fail (reader, error,
                                       _ ("a running variance is negative."));
            return NULL;
          }
    }

  return g_steal_pointer (&network);
}

static gboolean
read_generators (SinganTensorReader *reader,
                 SinganModel        *model,
                 gint                count,
                 GError            **error)
{
  g_auto (GStrv) amplitudes = NULL;
  gint n;

  /* An empty list splits into no words. */
  amplitudes = read_list (reader, "noise_amplitudes", count, error);
  if (! amplitudes)
    return FALSE;

  for (n = 0; n < count; n++)
    {
      SinganNetwork *generator;
      gdouble        amplitude;

      if (! singan_metadata_parse_number (amplitudes[n], 0, AMPLITUDE_MAXIMUM,
                                          FALSE, &amplitude))
        return singan_tensor_reader_fail (
            reader, error, _ ("a noise amplitude is out of range."));
      generator
          = read_generator (reader, singan_model_get_info (model), n, error);
      if (! generator
          || ! singan_model_append (model, generator, amplitude, error))
        return FALSE;
    }

  return TRUE;
}

gboolean
singan_model_read_info (SinganTensorReader *reader,
                        const gchar        *kind,
                        SinganModelInfo    *info,
                        gint               *n_trained,
                        GError            **error)
{
  const gboolean is_model = strcmp (kind, "model") == 0;
  gint64         channels;
  gint64         trained;

  *info = (SinganModelInfo){ .channels = 0 };
  if (! expect (reader, "format", FORMAT, error)
      || ! expect (reader, "format_version", FORMAT_VERSION, error)
      || ! expect (reader, "kind", kind, error)
      || ! singan_metadata_read_integer (reader, "image_channels", 1, 3,
                                         &channels, error)
      || ! singan_metadata_read_settings (reader, &info->settings, error)
      || ! expect (reader, "padding", padding_of (&info->settings), error)
      || ! read_geometry (reader, &info->settings, &info->geometry, error)
      || ! singan_metadata_read_integer (
          reader, "trained_scales", is_model ? 1 : 0,
          info->geometry.n_scales - (is_model ? 0 : 1), &trained, error)
      || ! read_source (reader, info, error))
    return FALSE;
  if (channels == 2)
    return singan_tensor_reader_fail (
        reader, error, _ ("pictures have 1 or 3 channels, not 2."));
  info->channels = (gint) channels;
  *n_trained = (gint) trained;

  return TRUE;
}

SinganModel *
singan_model_read (SinganTensorReader *reader,
                   const gchar        *kind,
                   GError            **error)
{
  g_autoptr (SinganModel) model = NULL;
  g_autoptr (SinganTensor) z_rec = NULL;
  SinganModelInfo   info;
  SinganTensorShape z_shape = { .n = 2 };
  gint              n_trained;
  gint              border;

  if (! singan_model_read_info (reader, kind, &info, &n_trained, error))
    return NULL;

  border = singan_noise_border (&info.settings);
  z_shape.sizes[0] = info.geometry.heights[0] + 2 * border;
  z_shape.sizes[1] = info.geometry.widths[0] + 2 * border;
  z_rec = singan_tensor_new (info.geometry.heights[0] + 2 * border,
                             info.geometry.widths[0] + 2 * border, 1, error);
  if (! z_rec
      || ! singan_tensor_reader_get (reader, "z_rec", &z_shape, z_rec->data,
                                     error))
    return NULL;

  model = singan_model_new (&info, g_steal_pointer (&z_rec));
  if (! read_generators (reader, model, n_trained, error))
    return NULL;

  return g_steal_pointer (&model);
}
