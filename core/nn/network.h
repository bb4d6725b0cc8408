/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Generator and discriminator: a chain of five 3x3 convolutions, four of them
 * followed by batch norm and LeakyReLU (SinGAN section 2.2).  Parameters here,
 * buffers of the passes in SinganPasses; knows no losses and no scales.
 */

#pragma once

#include <glib.h>

#include "core/base/parallel.h"
#include "core/base/random.h"
#include "core/base/real.h"
#include "core/base/tensor.h"
#include "core/nn/workspace.h"

G_BEGIN_DECLS

#define SINGAN_BLOCKS 5
#define SINGAN_NORM_BLOCKS (SINGAN_BLOCKS - 1)

/* Pixels that the five blocks eat at each border. */
#define SINGAN_BORDER SINGAN_BLOCKS

/* Widest network there is: bounds what a file may claim. */
#define SINGAN_FEATURES_MAXIMUM 128

/**
 * SinganBlockParameters:
 * @in_channels: of the convolution
 * @out_channels: of the convolution
 * @weight: offset of [3, 3, in, out] in the parameter block
 * @bias: offset of [out]
 * @gamma: offset of [out]; not for the last block
 * @beta: offset of [out]; not for the last block
 * @running_mean: offset of [out] in the block of running statistics
 * @running_variance: offset of [out] there
 */
typedef struct
{
  gint  in_channels;
  gint  out_channels;
  gsize weight;
  gsize bias;
  gsize gamma;
  gsize beta;
  gsize running_mean;
  gsize running_variance;
} SinganBlockParameters;

/**
 * SinganNetwork:
 * @in_channels: of the picture
 * @features: channels between the blocks
 * @out_channels: of the last block
 * @has_tanh: whether tanh follows the last block (generators)
 * @blocks: where each block's parameters are
 * @n_parameters: length of @value, @gradient and the moments
 * @n_running: length of @running
 * @value: all parameters
 * @gradient: dL/dvalue; NULL once frozen, as are the moments
 * @moment1: Adam's first moment
 * @moment2: Adam's second moment
 * @steps: Adam steps taken
 * @running: running means and variances
 * @keeps_statistics: while it is trained: whether batch norm uses the running
 *   statistics, as constants, instead of those of the picture at hand
 * @has_own_statistics: once frozen: whether batch norm uses the statistics of
 *   the picture at hand, as in training, instead of the running ones
 * @mirrors_border: of a generator: whether the picture that it is given is
 *   padded with itself, mirrored, instead of zeros
 * @folded: once frozen: weights and biases with batch norm in running
 *   statistics folded in, if it uses those, laid out as @value
 * @arranged: the weights, or once frozen the folded ones, as the kernels want
 *   them in the forward and the backward direction
 * @is_arranged: whether they are those of the weights as they are now
 *
 * Whoever writes to @value after a pass has to say so with
 * singan_network_changed ().
 */
typedef struct
{
  gint                  in_channels;
  gint                  features;
  gint                  out_channels;
  gboolean              has_tanh;
  SinganBlockParameters blocks[SINGAN_BLOCKS];
  gsize                 n_parameters;
  gsize                 n_running;
  SinganReal           *value;
  SinganReal           *gradient;
  SinganReal           *moment1;
  SinganReal           *moment2;
  gint                  steps;
  SinganReal           *running;
  gboolean              keeps_statistics;
  gboolean              has_own_statistics;
  gboolean              mirrors_border;
  SinganReal           *folded;
  SinganReal           *arranged[SINGAN_BLOCKS][2];
  gboolean              is_arranged[SINGAN_BLOCKS][2];
} SinganNetwork;

/**
 * singan_network_new:
 * @in_channels: 1 or more
 * @features: 1 .. SINGAN_FEATURES_MAXIMUM
 * @out_channels: 1 or more
 * @has_tanh: TRUE for a generator
 * @error: SINGAN_ERROR_NO_MEMORY
 *
 * Returns: (transfer full): a network of zeros with running variances 1
 */
SinganNetwork *singan_network_new (gint     in_channels,
                                   gint     features,
                                   gint     out_channels,
                                   gboolean has_tanh,
                                   GError **error);

/**
 * singan_network_free:
 * @network: (nullable) (transfer full): the network
 */
void singan_network_free (SinganNetwork *network);

/**
 * singan_network_init:
 * @network: to be overwritten
 * @key: where the random numbers come from
 *
 * Convolution weights N(0, 0.02), biases uniform in +-1 / sqrt (9 in_channels),
 * gamma N(1, 0.02), beta 0.
 */
void singan_network_init (SinganNetwork *network, const SinganRandomKey *key);

/**
 * singan_network_copy:
 * @network: to be overwritten: parameters and running statistics
 * @source: of the same shape, frozen or not
 */
void singan_network_copy (SinganNetwork *network, const SinganNetwork *source);

/**
 * singan_network_duplicate:
 * @source: frozen or not
 * @error: SINGAN_ERROR_NO_MEMORY
 *
 * Returns: (transfer full): a network with the same parameters and running
 *   statistics that is not frozen and has not moved yet, or NULL with @error
 *   set
 */
SinganNetwork *singan_network_duplicate (const SinganNetwork *source,
                                         GError             **error);

/**
 * singan_network_widen:
 * @network: initialised; parameters and running statistics are written to
 * @source: of as many input and output channels and of no more features
 *
 * The first features become those of @source, which read nothing of the others
 * yet: the network computes what @source does, and learns to use the others
 * from there.
 */
void singan_network_widen (SinganNetwork *network, const SinganNetwork *source);

/**
 * singan_network_freeze:
 * @network: a network that will not be trained any more
 * @has_own_statistics: whether batch norm uses those of each input
 * @error: SINGAN_ERROR_NO_MEMORY
 *
 * Folds batch norm with running statistics into the convolutions, unless it
 * uses each input's own, and gives up gradient and moments.  From then on
 * singan_network_infer () may read it on any number of threads.
 *
 * Returns: FALSE with @error set and the network as it was
 */
gboolean singan_network_freeze (SinganNetwork *network,
                                gboolean       has_own_statistics,
                                GError       **error);

/**
 * singan_network_changed:
 * @network: a network whose values were written to
 */
void singan_network_changed (SinganNetwork *network);

/**
 * singan_network_get_arranged:
 * @network: the network
 * @block: number of a block
 * @is_backward: for the backward direction; not once frozen
 *
 * Returns: (transfer none): the block's weights as the kernels want them, which
 *   are arranged anew if they have changed
 */
const SinganReal *singan_network_get_arranged (SinganNetwork *network,
                                               gint           block,
                                               gboolean       is_backward);

/**
 * singan_network_zero_gradient:
 * @network: the network
 */
void singan_network_zero_gradient (SinganNetwork *network);

/**
 * singan_network_adam_step:
 * @network: value, moments and steps move
 * @learning_rate: of this step
 *
 * One Adam step along @gradient: betas 0.5 and 0.999, epsilon 1e-8.
 */
void singan_network_adam_step (SinganNetwork *network, gdouble learning_rate);

/**
 * SinganPassKind:
 * @SINGAN_PASS_INFER: forward with running statistics, nothing kept
 * @SINGAN_PASS_BACKWARD: forward and backward in batch mode
 * @SINGAN_PASS_TANGENT: also the two tangent passes
 *
 * What buffers are planned for; each includes nothing of the others but
 * TANGENT, which includes BACKWARD.
 */
typedef enum
{
  SINGAN_PASS_INFER,
  SINGAN_PASS_BACKWARD,
  SINGAN_PASS_TANGENT
} SinganPassKind;

/**
 * SinganPasses:
 *
 * Opaque: the buffers of a network's passes over inputs of one size.  Networks
 * of the same shape may take turns with it.
 */
typedef struct _SinganPasses SinganPasses;

/**
 * singan_passes_new:
 * @network: gives the shape; not kept
 * @height: rows of the input, above 2 SINGAN_BORDER
 * @width: columns of the input, above 2 SINGAN_BORDER
 * @kind: which passes will run
 * @error: SINGAN_ERROR_NO_MEMORY
 *
 * Returns: (transfer full): the buffers, or NULL with @error set
 */
SinganPasses *singan_passes_new (const SinganNetwork *network,
                                 gint                 height,
                                 gint                 width,
                                 SinganPassKind       kind,
                                 GError             **error);

/**
 * singan_passes_new_within:
 * @workspace: where what does not outlive a pass lies; a reference is kept
 * @network: gives the shape; not kept
 * @height: rows of the input, above 2 SINGAN_BORDER
 * @width: columns of the input, above 2 SINGAN_BORDER
 * @kind: which passes will run
 * @error: SINGAN_ERROR_NO_MEMORY
 *
 * For networks that run one after the other.
 *
 * Returns: (transfer full): the buffers, or NULL with @error set
 */
SinganPasses *singan_passes_new_within (SinganWorkspace     *workspace,
                                        const SinganNetwork *network,
                                        gint                 height,
                                        gint                 width,
                                        SinganPassKind       kind,
                                        GError             **error);

/**
 * singan_passes_free:
 * @passes: (nullable) (transfer full): the buffers
 */
void singan_passes_free (SinganPasses *passes);

/**
 * singan_network_infer:
 * @network: a frozen network
 * @passes: of kind INFER
 * @x: [h, w, in_channels]; not kept
 *
 * Returns: (transfer none): [h - 10, w - 10, out_channels], valid until the
 *   next pass
 */
const SinganReal *singan_network_infer (const SinganNetwork *network,
                                        SinganPasses        *passes,
                                        const SinganReal    *x);

/**
 * singan_network_forward:
 * @network: the network
 * @passes: of kind BACKWARD or TANGENT
 * @x: [h, w, in_channels]; has to stay as it is until the backward passes
 * @update_running: whether the running statistics move (momentum 0.1, unbiased
 *   variance), unless the network keeps them
 *
 * Forward in batch mode: batch norm uses the statistics of this input, or those
 * that the network keeps.
 *
 * Returns: (transfer none): [h - 10, w - 10, out_channels], valid until the
 *   next forward
 */
const SinganReal *singan_network_forward (SinganNetwork    *network,
                                          SinganPasses     *passes,
                                          const SinganReal *x,
                                          gboolean          update_running);

/**
 * singan_network_backward:
 * @network: the network of the last forward; if @accumulate, its gradient is
 *   added to.  Biases before a batch norm have none: it takes the mean away or,
 *   if statistics are kept, its beta does the same work
 * @passes: the buffers of the last forward
 * @grad_output: dL/doutput, [h - 10, w - 10, out_channels]
 * @accumulate: whether dL/dparameters is wanted
 * @grad_x: (out) (nullable): dL/dx, [h, w, in_channels], overwritten
 */
void singan_network_backward (SinganNetwork    *network,
                              SinganPasses     *passes,
                              const SinganReal *grad_output,
                              gboolean          accumulate,
                              SinganReal       *grad_x);

/**
 * singan_network_second_order:
 * @network: a network without tanh that keeps no statistics; its gradient is
 *   added to
 * @passes: of kind TANGENT, after a forward and a backward
 * @dot_x: direction v in the input, [h, w, in_channels]
 *
 * The R-operator (Pearlmutter 1994): adds to the parameter gradients the
 * derivative of dL/dparameters along @dot_x, L being what the last backward
 * differentiated, linear in the output.  Forward-tangent, then
 * backward-tangent; algorithm section 9.
 */
void singan_network_second_order (SinganNetwork    *network,
                                  SinganPasses     *passes,
                                  const SinganReal *dot_x);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SinganNetwork, singan_network_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SinganPasses, singan_passes_free)

G_END_DECLS
