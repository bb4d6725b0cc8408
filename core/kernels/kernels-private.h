/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The functions that fill the tables.  Most files here are compiled once for
 * each variant: SINGAN_VARIANT is its name, which SINGAN_NAME () puts at the
 * end of the names of functions that other files call.  Contracts stand at
 * the entries of the same name in kernels.h; nobody else calls them.
 */

#pragma once

#include "core/kernels/kernels.h"

#define SINGAN_NAME(name) SINGAN_PASTE (name, SINGAN_VARIANT)
#define SINGAN_PASTE(name, variant) SINGAN_PASTE_ (name, variant)
#define SINGAN_PASTE_(name, variant) name##_##variant

#define singan_channel_sums SINGAN_NAME (singan_channel_sums)
#define singan_norm_backward_tangent SINGAN_NAME (singan_norm_backward_tangent)
#define singan_adam SINGAN_NAME (singan_adam)
#define singan_patch_distance SINGAN_NAME (singan_patch_distance)
#define singan_patch_vote SINGAN_NAME (singan_patch_vote)
#define singan_patch_minima SINGAN_NAME (singan_patch_minima)
#define singan_patch_nearest SINGAN_NAME (singan_patch_nearest)

/* Their entries in a table. */
#define SINGAN_PER_PIXEL_KERNELS                                               \
  .channel_sums = singan_channel_sums,                                         \
  .norm_backward_tangent = singan_norm_backward_tangent, .adam = singan_adam

/* The same of what compares patches. */
#define SINGAN_PATCH_KERNELS                                                   \
  .patch_distance = singan_patch_distance, .patch_vote = singan_patch_vote,    \
  .patch_minima = singan_patch_minima, .patch_nearest = singan_patch_nearest

G_BEGIN_DECLS

/* The tables: the definitions, and one for each instruction set. */
extern const SinganKernels singan_kernels_c;
extern const SinganKernels singan_kernels_sse2;
extern const SinganKernels singan_kernels_avx2;
extern const SinganKernels singan_kernels_avx512;
extern const SinganKernels singan_kernels_neon;
extern const SinganKernels singan_kernels_vector;

/* Batch norm. */
void singan_channel_sums (gsize             pixels,
                          gint              channels,
                          const SinganReal *u,
                          const SinganReal *v,
                          gdouble          *sum_u,
                          gdouble          *sum_uv);
void singan_norm_backward_tangent (gsize             pixels,
                                   gint              channels,
                                   const SinganReal *grad_y,
                                   const SinganReal *grad_dot_y,
                                   const SinganReal *x,
                                   const SinganReal *dot_x,
                                   const gdouble    *a,
                                   const gdouble    *b,
                                   const gdouble    *p,
                                   const gdouble    *q,
                                   const gdouble    *r,
                                   SinganReal       *grad_dot_x);

/* The optimiser. */
void singan_adam (gsize             count,
                  SinganReal       *value,
                  const SinganReal *gradient,
                  SinganReal       *moment1,
                  SinganReal       *moment2,
                  gdouble           learning_rate,
                  gdouble           beta1,
                  gdouble           beta2,
                  gdouble           epsilon,
                  gint              step);

/* Patches. */
SinganReal singan_patch_distance (gint              rows,
                                  gint              run,
                                  const SinganReal *a,
                                  gsize             a_step,
                                  const SinganReal *b,
                                  gsize             b_step,
                                  SinganReal        limit);
void       singan_patch_vote (gint              rows,
                              gint              run,
                              SinganReal        factor,
                              const SinganReal *weights,
                              const SinganReal *values,
                              gsize             values_step,
                              SinganReal       *sums,
                              gsize             sums_step);
void       singan_patch_minima (gsize             count,
                                SinganReal        square,
                                const SinganReal *squares,
                                SinganReal       *distances,
                                SinganReal       *minima);
gsize      singan_patch_nearest (gsize             count,
                                 const SinganReal *distances,
                                 const SinganReal *factors);

G_END_DECLS
