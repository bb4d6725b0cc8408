/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the passes of the first order (passes.c) and of the second
 * (second-order.c) share: the buffers, and how a norm block's maps are read and
 * written.  Nobody else needs it.
 */

#pragma once

#include "core/kernels/kernels.h"
#include "core/nn/network.h"
#include "core/nn/workspace.h"

G_BEGIN_DECLS

typedef SinganReal SinganChannelReals[SINGAN_FEATURES_MAXIMUM];
typedef gdouble    SinganChannelSums[SINGAN_FEATURES_MAXIMUM];

/* What a norm block keeps from pass to pass, all [pixels, features]; what the
 * convolutions read of it are functions of these, per channel (SinganMap).
 * Nobody asks for some arrays once the block below has its own: then every
 * other block has the same one. */
typedef struct
{
  SinganReal *y;        /* the convolution's output */
  SinganReal *grad;     /* dL/d(norm's output) */
  SinganReal *dot_y;    /* tangent of y */
  SinganReal *dot_grad; /* tangent of grad, then of dL/dy */

  SinganChannelReals mean;    /* of y */
  SinganChannelReals inv_std; /* of y */

  /* act = leaky (scale y + shift) */
  SinganChannelReals scale;
  SinganChannelReals shift;

  /* dL/dy = grad_scale grad + grad_scale_y y + grad_shift */
  SinganChannelReals grad_scale;
  SinganChannelReals grad_scale_y;
  SinganChannelReals grad_shift;

  /* dot_act = (scale dot_y + dot_scale_y y + dot_shift) mask (act) */
  SinganChannelReals dot_scale_y;
  SinganChannelReals dot_shift;

  SinganChannelSums mean_grad;    /* mean (grad) */
  SinganChannelSums mean_grad_xh; /* mean (grad xh) */
  SinganChannelSums mean_dot;     /* mean (dot_y) */
  SinganChannelSums mean_dot_xh;  /* mean (dot_y xh) */
} SinganNormBlock;

/* Arrays that passes own at most. */
#define ARRAYS_MAXIMUM (4 * SINGAN_NORM_BLOCKS + 2)

struct _SinganPasses
{
  SinganPassKind    kind;
  SinganReal       *arrays[ARRAYS_MAXIMUM];
  gint              n_arrays;
  SinganConvShape   shapes[SINGAN_BLOCKS];
  SinganNormBlock   blocks[SINGAN_NORM_BLOCKS];
  SinganReal       *output;
  SinganReal       *grad_output; /* of the last block's convolution */
  SinganWorkspace  *workspace;
  const SinganReal *x;
};

static inline gsize
singan_passes_pixels (const SinganConvShape *shape)
{
  return (gsize) (shape->height - 2) * (shape->width - 2);
}

/* act = leaky (gamma xh + beta), of a block's y or of one in its place. */
static inline SinganMap
singan_norm_activation (const SinganNormBlock *block, const SinganReal *y)
{
  return (SinganMap){ .form = SINGAN_MAP_ACTIVATION,
                      .x = y,
                      .scale = block->scale,
                      .shift = block->shift };
}

/* dL/dy. */
static inline SinganMap
singan_norm_gradient (const SinganNormBlock *block)
{
  return (SinganMap){ .form = SINGAN_MAP_LINEAR,
                      .x = block->grad,
                      .beside = block->y,
                      .scale = block->grad_scale,
                      .scale_beside = block->grad_scale_y,
                      .shift = block->grad_shift };
}

/* The tangent of act. */
static inline SinganMap
singan_norm_tangent (const SinganNormBlock *block)
{
  return (SinganMap){ .form = SINGAN_MAP_MASKED,
                      .x = block->dot_y,
                      .beside = block->y,
                      .scale = block->scale,
                      .scale_beside = block->dot_scale_y,
                      .shift = block->dot_shift,
                      .mask_scale = block->scale,
                      .mask_shift = block->shift };
}

/* Of what is written: its sum over the pixels and that of it times xh; before
 * that, if it is dL/dact, it is made dL/d(norm's output). */
static inline SinganOutput
singan_norm_output (const SinganNormBlock *block,
                    gboolean               is_gradient,
                    SinganReal            *y,
                    gdouble               *sum,
                    gdouble               *sum_xh)
{
  return (SinganOutput){ .form = is_gradient ? SINGAN_OUTPUT_MASKED
                                             : SINGAN_OUTPUT_SUMS,
                         .y = y,
                         .beside = block->y,
                         .mask_scale = block->scale,
                         .mask_shift = block->shift,
                         .mean = block->mean,
                         .inv_std = block->inv_std,
                         .first = sum,
                         .second = sum_xh };
}

/* What a block's convolution reads in batch mode. */
static inline SinganMap
singan_passes_input (const SinganPasses *passes, gint b)
{
  return b > 0 ? singan_norm_activation (&passes->blocks[b - 1],
                                         passes->blocks[b - 1].y)
               : singan_map_plain (passes->x);
}

static inline void
singan_passes_add_sums (SinganReal *gradient, const gdouble *sum, gint channels)
{
  gint c;

  for (c = 0; c < channels; c++)
    gradient[c] += (SinganReal) sum[c];
}

/* Lets the blocks know where the workspace has their arrays: first of all in
 * whatever uses a grad, a dot_y or a dot_grad. */
void singan_passes_begin (SinganPasses *passes);

/* Adds a block's weight gradient. */
void singan_passes_accumulate (SinganNetwork   *network,
                               SinganPasses    *passes,
                               gint             b,
                               const SinganMap *x,
                               const SinganMap *grad_y);

/* dL/dx of block b's convolution, which becomes the grad, or dot_grad if
 * is_tangent, of the block below; its sums, and those of it times xh. */
void singan_passes_backward_data (SinganNetwork   *network,
                                  SinganPasses    *passes,
                                  gint             b,
                                  const SinganMap *grad_y,
                                  gboolean         is_tangent,
                                  gdouble         *sum,
                                  gdouble         *sum_xh);

G_END_DECLS
