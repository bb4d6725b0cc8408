/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What runs per pixel.  One table of functions; the plain C definitions fill
 * it first, faster variants replace entries.  The table is chosen once, at run
 * time.  Knows no networks and no pictures.
 *
 * Feature maps are [pixels, channels] or [height, width, channels].  Inputs and
 * outputs do not overlap unless said so.  All functions may run their own
 * parallel loops, give the same bits for any number of threads, and allocate
 * nothing.
 */

#pragma once

#include <glib.h>

#include "core/base/parallel.h"
#include "core/base/real.h"

G_BEGIN_DECLS

/* Slope of LeakyReLU for negative inputs. */
#define SINGAN_LEAKY_SLOPE ((SinganReal) 0.2)

/* Added to a variance before its root is taken. */
#define SINGAN_BATCHNORM_EPS 1e-5

/**
 * SinganConvShape:
 * @height: rows of the input, 3 or more
 * @width: columns of the input, 3 or more
 * @in_channels: channels of the input
 * @out_channels: channels of the output
 *
 * A 3x3 convolution without padding: the output is [height - 2, width - 2,
 * out_channels].  Weights are [3, 3, in_channels, out_channels].
 */
typedef struct
{
  gint height;
  gint width;
  gint in_channels;
  gint out_channels;
} SinganConvShape;

/**
 * SinganKernels:
 *
 * The table.  Names as in algorithm section 9: xh is the normalised input of
 * the scale-and-shift, act what LeakyReLU gives, grad_x dL/dx, dot_x a tangent.
 * A LeakyReLU's mask is kept as the sign of its output: 1 where act > 0, else
 * SINGAN_LEAKY_SLOPE.  Per-channel vectors are double.
 */
typedef struct
{
  const gchar *name;

  /* Reals a thread that the three convolutions need as scratch. */
  gsize (*conv_scratch) (const SinganConvShape *shape);

  /* Reals of weights as the forward and the backward direction want them. */
  gsize (*conv_arranged) (gint in_channels, gint out_channels);

  /* Weights [3, 3, in, out] to how conv_forward, or conv_backward_data, wants
   * them.  To be done once for as long as the weights stay. */
  void (*conv_arrange) (gint              in_channels,
                        gint              out_channels,
                        const SinganReal *weight,
                        gboolean          is_backward,
                        SinganReal       *arranged);

  /* y[h,w,oc] = bias[oc] + sum x[h+kh,w+kw,ic] weight[kh,kw,ic,oc];
   * bias may be NULL. */
  void (*conv_forward) (const SinganConvShape *shape,
                        const SinganReal      *x,
                        const SinganReal      *arranged,
                        const SinganReal      *bias,
                        SinganReal            *y,
                        const SinganScratch   *scratch);

  /* grad_x[h,w,ic] = sum grad_y[h-kh,w-kw,oc] weight[kh,kw,ic,oc] over the
   * positions inside grad_y; overwrites. */
  void (*conv_backward_data) (const SinganConvShape *shape,
                              const SinganReal      *grad_y,
                              const SinganReal      *arranged,
                              SinganReal            *grad_x,
                              const SinganScratch   *scratch);

  /* grad_weight[kh,kw,ic,oc] += sum x[h+kh,w+kw,ic] grad_y[h,w,oc] */
  void (*conv_backward_weight) (const SinganConvShape *shape,
                                const SinganReal      *x,
                                const SinganReal      *grad_y,
                                SinganReal            *grad_weight,
                                const SinganScratch   *scratch);

  /* sum_u[c] = sum over pixels of u; sum_uv[c] = sum of u v.  sum_uv and v may
   * both be NULL.  Overwrites; the sums of a few pixels each are added up in
   * double. */
  void (*channel_sums) (gsize             pixels,
                        gint              channels,
                        const SinganReal *u,
                        const SinganReal *v,
                        gdouble          *sum_u,
                        gdouble          *sum_uv);

  /* Mean and biased variance of each channel, stable for a mean far from 0. */
  void (*channel_moments) (gsize             pixels,
                           gint              channels,
                           const SinganReal *x,
                           gdouble          *mean,
                           gdouble          *variance);

  /* xh = (x - mean) inv_std, in place; act = leaky (gamma xh + beta). */
  void (*norm_forward) (gsize             pixels,
                        gint              channels,
                        SinganReal       *x_to_xh,
                        const gdouble    *mean,
                        const gdouble    *inv_std,
                        const SinganReal *gamma,
                        const SinganReal *beta,
                        SinganReal       *act);

  /* y = leaky (y), in place. */
  void (*leaky_forward) (gsize count, SinganReal *y);

  /* In place grad *= mask(act); sum[c] = sum over pixels of it, sum_xh[c] of it
   * times xh. */
  void (*leaky_backward) (gsize             pixels,
                          gint              channels,
                          const SinganReal *act,
                          const SinganReal *xh,
                          SinganReal       *grad,
                          gdouble          *sum,
                          gdouble          *sum_xh);

  /* grad_x = scale[c] (grad_y - mean_grad[c] - xh mean_grad_xh[c]), the
   * projection P of algorithm section 9 times scale = gamma inv_std; grad_x may
   * be the same array as grad_y. */
  void (*norm_backward) (gsize             pixels,
                         gint              channels,
                         const SinganReal *xh,
                         const SinganReal *grad_y,
                         const gdouble    *scale,
                         const gdouble    *mean_grad,
                         const gdouble    *mean_grad_xh,
                         SinganReal       *grad_x);

  /* In place dot_x becomes dot_xh = inv_std (dot_x - mean[c] - xh mean_xh[c]);
   * dot_act = gamma dot_xh mask(act). */
  void (*norm_forward_tangent) (gsize             pixels,
                                gint              channels,
                                const SinganReal *xh,
                                const SinganReal *act,
                                const gdouble    *mean,
                                const gdouble    *mean_xh,
                                const gdouble    *inv_std,
                                const SinganReal *gamma,
                                SinganReal       *dot_x_to_dot_xh,
                                SinganReal       *dot_act);

  /* grad_dot_x = a[c] grad_y + b[c] grad_dot_y + p[c] xh + q[c] dot_xh + r[c],
   * the linear combination that the second-order formula comes to; grad_dot_y
   * may be NULL (zero) or the same array as grad_dot_x. */
  void (*norm_backward_tangent) (gsize             pixels,
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

  /* Adam (Kingma and Ba 2015, algorithm 1), in place on all arrays; step counts
   * from 1. */
  void (*adam) (gsize             count,
                SinganReal       *value,
                const SinganReal *gradient,
                SinganReal       *moment1,
                SinganReal       *moment2,
                gdouble           learning_rate,
                gdouble           beta1,
                gdouble           beta2,
                gdouble           epsilon,
                gint              step);
} SinganKernels;

/**
 * singan_kernels_get:
 *
 * The table for this machine, chosen at the first call: the fastest variant,
 * or the one that the environment's SINGAN_CPU names if there is one of that
 * name.  Any thread.
 *
 * Returns: (transfer none): the table
 */
const SinganKernels *singan_kernels_get (void);

/**
 * singan_kernels_by_name:
 * @name: "c" (the definitions), or of an instruction set: "sse2", "avx2",
 *   "avx512"; "neon"; "vector" on other processors
 *
 * Returns: (transfer none) (nullable): the variant of that name, or NULL if
 *   there is none or this machine cannot run it
 */
const SinganKernels *singan_kernels_by_name (const gchar *name);

/**
 * singan_kernels_names:
 *
 * Returns: (transfer none): NULL-terminated names of all variants that this
 *   machine can run, slowest first
 */
const gchar *const *singan_kernels_names (void);

G_END_DECLS
