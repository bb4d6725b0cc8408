/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "core/storage/checkpoint.h"

#include "core/storage/metadata.h"
#include "core/storage/model-tensors.h"

#define KIND "checkpoint"

/* More Adam steps than any training takes, and far enough from the end of int
 * that as many can follow. */
#define STEPS_MAXIMUM 1000000000

/* What a network in training is made of, as flat tensors in the engine's own
 * order: only the same training reads them. */
typedef struct
{
  const gchar *name;
  SinganReal  *values;
  gsize        count;
} Part;

#define PARTS 4

static void
list_parts (const SinganNetwork *network, Part parts[PARTS])
{
  parts[0] = (Part){ "value", network->value, network->n_parameters };
  parts[1] = (Part){ "moment1", network->moment1, network->n_parameters };
  parts[2] = (Part){ "moment2", network->moment2, network->n_parameters };
  parts[3] = (Part){ "running", network->running, network->n_running };
}

static void
write_integer (SinganTensorWriter *writer, const gchar *key, gint value)
{
  g_autofree gchar *text = g_strdup_printf ("%d", value);

  singan_tensor_writer_set_metadata (writer, key, text);
}

static void
write_network (SinganTensorWriter  *writer,
               const gchar         *role,
               const SinganNetwork *network)
{
  g_autofree gchar *steps = g_strdup_printf ("%s_adam_steps", role);
  Part              parts[PARTS];
  gint              p;

  write_integer (writer, steps, network->steps);
  list_parts (network, parts);
  for (p = 0; p < PARTS; p++)
    {
      g_autofree gchar *name
          = g_strdup_printf ("training.%s.%s", role, parts[p].name);
      const SinganTensorShape shape = { 1, { (gint64) parts[p].count } };

      singan_tensor_writer_add (writer, name, &shape, parts[p].values);
    }
}

gboolean
singan_checkpoint_save (const SinganCheckpoint *checkpoint,
                        const gchar            *path,
                        GError                **error)
{
  g_autoptr (SinganTensorWriter) writer = singan_tensor_writer_new ();

  singan_model_write (checkpoint->model, KIND, writer);
  write_integer (writer, "iteration", checkpoint->iteration);
  write_network (writer, "generator", checkpoint->generator);
  write_network (writer, "discriminator", checkpoint->discriminator);
  if (checkpoint->below)
    write_network (writer, "below", checkpoint->below);

  return singan_tensor_writer_save (writer, path, error);
}

static SinganNetwork *
read_network (SinganTensorReader    *reader,
              const gchar           *role,
              const SinganModelInfo *info,
              gint                   scale,
              gboolean               is_generator,
              GError               **error)
{
  g_autofree gchar *key = g_strdup_printf ("%s_adam_steps", role);
  g_autoptr (SinganNetwork) network = singan_network_new (
      info->channels, info->geometry.features[scale],
      is_generator ? info->channels : 1, is_generator, error);
  Part   parts[PARTS];
  gint64 steps;
  gint   p;

  if (! network
      || ! singan_metadata_read_integer (reader, key, 0, STEPS_MAXIMUM, &steps,
                                         error))
    return NULL;
  network->steps = (gint) steps;

  list_parts (network, parts);
  for (p = 0; p < PARTS; p++)
    {
      g_autofree gchar *name
          = g_strdup_printf ("training.%s.%s", role, parts[p].name);
      const SinganTensorShape shape = { 1, { (gint64) parts[p].count } };

      if (! singan_tensor_reader_get (reader, name, &shape, parts[p].values,
                                      error))
        return NULL;
    }

  return g_steal_pointer (&network);
}

gboolean
singan_checkpoint_load (SinganCheckpoint *checkpoint,
                        const gchar      *path,
                        GError          **error)
{
  g_autoptr (SinganTensorReader) reader
      = singan_tensor_reader_open (path, error);
  const SinganModelInfo *info;
  gint64                 iteration = 0;
  gint                   scale;

  *checkpoint = (SinganCheckpoint){ NULL, NULL, NULL, NULL, 0 };
  if (! reader)
    return FALSE;
  checkpoint->model = singan_model_read (reader, KIND, error);
  if (! checkpoint->model)
    return FALSE;

  info = singan_model_get_info (checkpoint->model);
  scale = singan_model_n_trained (checkpoint->model);
  if (! (checkpoint->generator
         = read_network (reader, "generator", info, scale, TRUE, error))
      || ! (checkpoint->discriminator
            = read_network (reader, "discriminator", info, scale, FALSE, error))
      || (singan_geometry_trains_below (&info->geometry, &info->settings, scale)
          && ! (checkpoint->below
                = read_network (reader, "below", info, scale - 1, TRUE, error)))
      || ! singan_metadata_read_integer (
          reader, "iteration", 0,
          singan_geometry_get_iterations (&info->geometry, &info->settings,
                                          scale)
              - 1,
          &iteration, error)
      || ! singan_tensor_reader_finish (reader, error))
    {
      singan_checkpoint_clear (checkpoint);
      return FALSE;
    }
  checkpoint->iteration = (gint) iteration;

  return TRUE;
}

void
singan_checkpoint_clear (SinganCheckpoint *checkpoint)
{
  g_clear_pointer (&checkpoint->model, singan_model_unref);
  g_clear_pointer (&checkpoint->generator, singan_network_free);
  g_clear_pointer (&checkpoint->discriminator, singan_network_free);
  g_clear_pointer (&checkpoint->below, singan_network_free);
  checkpoint->iteration = 0;
}
