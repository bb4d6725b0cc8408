/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The functions that kernels.c puts into the tables.  Their contracts stand at
 * the entries of the same name in kernels.h; nobody else calls them.
 */

#pragma once

#include "core/kernels/kernels.h"

G_BEGIN_DECLS

/* Convolution, by definition. */
gsize singan_conv_c_scratch (const SinganConvShape *shape);
void  singan_conv_c_forward (const SinganConvShape *shape,
                             const SinganReal      *x,
                             const SinganReal      *weight,
                             const SinganReal      *bias,
                             SinganReal            *y,
                             const SinganScratch   *scratch);
void  singan_conv_c_backward_data (const SinganConvShape *shape,
                                   const SinganReal      *grad_y,
                                   const SinganReal      *weight,
                                   SinganReal            *grad_x,
                                   const SinganScratch   *scratch);
void  singan_conv_c_backward_weight (const SinganConvShape *shape,
                                     const SinganReal      *x,
                                     const SinganReal      *grad_y,
                                     SinganReal            *grad_weight,
                                     const SinganScratch   *scratch);

/* Convolution as matrix products. */
gsize singan_conv_blas_scratch (const SinganConvShape *shape);
void  singan_conv_blas_forward (const SinganConvShape *shape,
                                const SinganReal      *x,
                                const SinganReal      *weight,
                                const SinganReal      *bias,
                                SinganReal            *y,
                                const SinganScratch   *scratch);
void  singan_conv_blas_backward_data (const SinganConvShape *shape,
                                      const SinganReal      *grad_y,
                                      const SinganReal      *weight,
                                      SinganReal            *grad_x,
                                      const SinganScratch   *scratch);
void  singan_conv_blas_backward_weight (const SinganConvShape *shape,
                                        const SinganReal      *x,
                                        const SinganReal      *grad_y,
                                        SinganReal            *grad_weight,
                                        const SinganScratch   *scratch);

/* Batch norm and LeakyReLU. */
void singan_channel_sums (gsize             pixels,
                          gint              channels,
                          const SinganReal *u,
                          const SinganReal *v,
                          gdouble          *sum_u,
                          gdouble          *sum_uv);
void singan_channel_moments (gsize             pixels,
                             gint              channels,
                             const SinganReal *x,
                             gdouble          *mean,
                             gdouble          *variance);
void singan_norm_forward (gsize             pixels,
                          gint              channels,
                          SinganReal       *x_to_xh,
                          const gdouble    *mean,
                          const gdouble    *inv_std,
                          const SinganReal *gamma,
                          const SinganReal *beta,
                          SinganReal       *act);
void singan_leaky_forward (gsize count, SinganReal *y);
void singan_leaky_backward (gsize             count,
                            const SinganReal *act,
                            const SinganReal *grad_act,
                            SinganReal       *grad_y);
void singan_norm_backward (gsize             pixels,
                           gint              channels,
                           const SinganReal *xh,
                           const SinganReal *grad_y,
                           const gdouble    *scale,
                           const gdouble    *mean_grad,
                           const gdouble    *mean_grad_xh,
                           SinganReal       *grad_x);
void singan_norm_forward_tangent (gsize             pixels,
                                  gint              channels,
                                  const SinganReal *xh,
                                  const SinganReal *act,
                                  const gdouble    *mean,
                                  const gdouble    *mean_xh,
                                  const gdouble    *inv_std,
                                  const SinganReal *gamma,
                                  SinganReal       *dot_x_to_dot_xh,
                                  SinganReal       *dot_act);
void singan_norm_backward_tangent (gsize             pixels,
                                   gint              channels,
                                   const SinganReal *grad_y,
                                   const SinganReal *grad_dot_y,
                                   const SinganReal *xh,
                                   const SinganReal *dot_xh,
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

G_END_DECLS
