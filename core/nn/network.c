/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "core/nn/network.h"

#include <math.h>
#include <string.h>

#include "core/base/memory.h"
#include "core/kernels/kernels.h"

/* SinGAN supplementary, and the authors' implementation. */
#define INIT_STD 0.02
#define ADAM_BETA1 0.5
#define ADAM_BETA2 0.999
#define ADAM_EPSILON 1e-8

#define KERNEL_AREA 9

static void
plan_blocks (SinganNetwork *network)
{
  gsize parameters = 0;
  gsize running = 0;
  gint  b;

  for (b = 0; b < SINGAN_BLOCKS; b++)
    {
      SinganBlockParameters *block = &network->blocks[b];

      block->in_channels = b == 0 ? network->in_channels : network->features;
      block->out_channels
          = b == SINGAN_BLOCKS - 1 ? network->out_channels : network->features;

      block->weight = parameters;
      parameters
          += (gsize) KERNEL_AREA * block->in_channels * block->out_channels;
      block->bias = parameters;
      parameters += block->out_channels;
      if (b < SINGAN_NORM_BLOCKS)
        {
          block->gamma = parameters;
          parameters += block->out_channels;
          block->beta = parameters;
          parameters += block->out_channels;
          block->running_mean = running;
          running += block->out_channels;
          block->running_variance = running;
          running += block->out_channels;
        }
    }

  network->n_parameters = parameters;
  network->n_running = running;
}

static gboolean
reserve_arranged (SinganNetwork *network, GError **error)
{
  gint b;
  gint direction;

  for (b = 0; b < SINGAN_BLOCKS; b++)
    for (direction = 0; direction < 2; direction++)
      {
        const gsize count = singan_kernels_get ()->conv_arranged (
            network->blocks[b].in_channels, network->blocks[b].out_channels);

        network->arranged[b][direction] = singan_reals_new (count, error);
        if (! network->arranged[b][direction])
          return FALSE;
      }

  return TRUE;
}

SinganNetwork *
singan_network_new (gint     in_channels,
                    gint     features,
                    gint     out_channels,
                    gboolean has_tanh,
                    GError **error)
{
  g_autoptr (SinganNetwork) network = g_new0 (SinganNetwork, 1);
  gint b;
  gint c;

  g_return_val_if_fail (in_channels > 0 && out_channels > 0, NULL);
  g_return_val_if_fail (features > 0 && features <= SINGAN_FEATURES_MAXIMUM,
                        NULL);

  network->in_channels = in_channels;
  network->features = features;
  network->out_channels = out_channels;
  network->has_tanh = has_tanh;
  plan_blocks (network);

  if (! (network->value = singan_reals_new (network->n_parameters, error))
      || ! (network->gradient = singan_reals_new (network->n_parameters, error))
      || ! (network->moment1 = singan_reals_new (network->n_parameters, error))
      || ! (network->moment2 = singan_reals_new (network->n_parameters, error))
      || ! (network->running = singan_reals_new (network->n_running, error))
      || ! reserve_arranged (network, error))
    return NULL;

  for (b = 0; b < SINGAN_NORM_BLOCKS; b++)
    for (c = 0; c < features; c++)
      network->running[network->blocks[b].running_variance + c] = 1;

  return g_steal_pointer (&network);
}

void
singan_network_free (SinganNetwork *network)
{
  gint b;

  if (! network)
    return;
  singan_reals_free (network->value);
  singan_reals_free (network->gradient);
  singan_reals_free (network->moment1);
  singan_reals_free (network->moment2);
  singan_reals_free (network->running);
  singan_reals_free (network->folded);
  for (b = 0; b < SINGAN_BLOCKS; b++)
    {
      singan_reals_free (network->arranged[b][FALSE]);
      singan_reals_free (network->arranged[b][TRUE]);
    }
  g_free (network);
}

void
singan_network_init (SinganNetwork *network, const SinganRandomKey *key)
{
  SinganRandomKey uniform_key = *key;
  gint            b;

  /* One normal and one uniform stream over the whole block: which number goes
   * where does not depend on the order of the loops. */
  uniform_key.index = key->index + 1;
  singan_random_normal (key, network->value, network->n_parameters);
  singan_random_uniform (&uniform_key, network->gradient,
                         network->n_parameters);

  for (b = 0; b < SINGAN_BLOCKS; b++)
    {
      const SinganBlockParameters *block = &network->blocks[b];
      const gdouble bound = 1.0 / sqrt (KERNEL_AREA * block->in_channels);
      gsize         i;

      for (i = block->weight; i < block->bias; i++)
        network->value[i] *= (SinganReal) INIT_STD;
      for (i = block->bias; i < block->bias + block->out_channels; i++)
        network->value[i]
            = (SinganReal) ((2 * network->gradient[i] - 1) * bound);
      if (b == SINGAN_NORM_BLOCKS)
        break;
      for (i = block->gamma; i < block->beta; i++)
        network->value[i] = 1 + (SinganReal) INIT_STD * network->value[i];
      for (i = block->beta; i < block->beta + block->out_channels; i++)
        network->value[i] = 0;
    }

  singan_network_zero_gradient (network);
  singan_network_changed (network);
}

void
singan_network_copy (SinganNetwork *network, const SinganNetwork *source)
{
  g_return_if_fail (network->n_parameters == source->n_parameters
                    && network->n_running == source->n_running);

  memcpy (network->value, source->value,
          network->n_parameters * sizeof (SinganReal));
  memcpy (network->running, source->running,
          network->n_running * sizeof (SinganReal));
  singan_network_changed (network);
}

SinganNetwork *
singan_network_duplicate (const SinganNetwork *source, GError **error)
{
  SinganNetwork *network
      = singan_network_new (source->in_channels, source->features,
                            source->out_channels, source->has_tanh, error);

  if (network)
    singan_network_copy (network, source);

  return network;
}

static void
widen_block (SinganNetwork *network, const SinganNetwork *source, gint b)
{
  const SinganBlockParameters *to = &network->blocks[b];
  const SinganBlockParameters *from = &source->blocks[b];
  const gsize                  bytes = from->out_channels * sizeof (SinganReal);
  SinganReal                  *weights = network->value + to->weight;
  const SinganReal            *known = source->value + from->weight;
  gint                         tap;
  gint                         c;

  for (tap = 0; tap < KERNEL_AREA; tap++)
    for (c = 0; c < to->in_channels; c++, weights += to->out_channels)
      if (c < from->in_channels)
        {
          memcpy (weights, known, bytes);
          known += from->out_channels;
        }
      else
        {
          memset (weights, 0, bytes);
        }

  memcpy (network->value + to->bias, source->value + from->bias, bytes);
  if (b == SINGAN_NORM_BLOCKS)
    return;
  memcpy (network->value + to->gamma, source->value + from->gamma, bytes);
  memcpy (network->value + to->beta, source->value + from->beta, bytes);
  memcpy (network->running + to->running_mean,
          source->running + from->running_mean, bytes);
  memcpy (network->running + to->running_variance,
          source->running + from->running_variance, bytes);
}

void
singan_network_widen (SinganNetwork *network, const SinganNetwork *source)
{
  gint b;

  g_return_if_fail (network->in_channels == source->in_channels
                    && network->out_channels == source->out_channels
                    && network->features >= source->features);

  for (b = 0; b < SINGAN_BLOCKS; b++)
    widen_block (network, source, b);
  singan_network_changed (network);
}

/* conv followed by gamma (y - mean) / std + beta is a convolution with weights
 * w gamma / std and bias (b - mean) gamma / std + beta. */
static void
fold_block (const SinganNetwork         *network,
            const SinganBlockParameters *block,
            SinganReal                  *folded)
{
  const SinganReal *value = network->value;
  const gsize       rows = (gsize) KERNEL_AREA * block->in_channels;
  gint              c;

  for (c = 0; c < block->out_channels; c++)
    {
      const gdouble mean = network->running[block->running_mean + c];
      const gdouble variance = network->running[block->running_variance + c];
      const gdouble scale
          = value[block->gamma + c] / sqrt (variance + SINGAN_BATCHNORM_EPS);
      gsize i;

      for (i = 0; i < rows; i++)
        {
          const gsize at = block->weight + i * block->out_channels + c;

          folded[at] = (SinganReal) (value[at] * scale);
        }
      folded[block->bias + c]
          = (SinganReal) ((value[block->bias + c] - mean) * scale
                          + value[block->beta + c]);
    }
}

gboolean
singan_network_freeze (SinganNetwork *network,
                       gboolean       has_own_statistics,
                       GError       **error)
{
  gint b;

  if (network->folded)
    return TRUE;

  network->folded = singan_reals_new (network->n_parameters, error);
  if (! network->folded)
    return FALSE;

  memcpy (network->folded, network->value,
          network->n_parameters * sizeof (SinganReal));
  network->has_own_statistics = has_own_statistics;
  if (! has_own_statistics)
    for (b = 0; b < SINGAN_NORM_BLOCKS; b++)
      fold_block (network, &network->blocks[b], network->folded);

  singan_network_changed (network);
  for (b = 0; b < SINGAN_BLOCKS; b++)
    {
      g_clear_pointer (&network->arranged[b][TRUE], singan_reals_free);
      singan_network_get_arranged (network, b, FALSE);
    }
  g_clear_pointer (&network->gradient, singan_reals_free);
  g_clear_pointer (&network->moment1, singan_reals_free);
  g_clear_pointer (&network->moment2, singan_reals_free);

  return TRUE;
}

void
singan_network_changed (SinganNetwork *network)
{
  memset (network->is_arranged, 0, sizeof network->is_arranged);
}

const SinganReal *
singan_network_get_arranged (SinganNetwork *network,
                             gint           block,
                             gboolean       is_backward)
{
  const SinganBlockParameters *parameters = &network->blocks[block];
  const SinganReal *value = network->folded ? network->folded : network->value;

  is_backward = is_backward != FALSE;
  if (! network->is_arranged[block][is_backward])
    {
      singan_kernels_get ()->conv_arrange (
          parameters->in_channels, parameters->out_channels,
          value + parameters->weight, is_backward,
          network->arranged[block][is_backward]);
      network->is_arranged[block][is_backward] = TRUE;
    }

  return network->arranged[block][is_backward];
}

void
singan_network_zero_gradient (SinganNetwork *network)
{
  memset (network->gradient, 0, network->n_parameters * sizeof (SinganReal));
}

void
singan_network_adam_step (SinganNetwork *network, gdouble learning_rate)
{
  network->steps++;
  singan_kernels_get ()->adam (network->n_parameters, network->value,
                               network->gradient, network->moment1,
                               network->moment2, learning_rate, ADAM_BETA1,
                               ADAM_BETA2, ADAM_EPSILON, network->steps);
  singan_network_changed (network);
}
