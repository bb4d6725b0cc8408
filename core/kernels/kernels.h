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
 * SinganMapForm:
 * @SINGAN_MAP_PLAIN: x
 * @SINGAN_MAP_ACTIVATION: leaky (scale x + shift): batch norm and LeakyReLU
 * @SINGAN_MAP_LINEAR: scale x + scale_beside beside + shift: batch norm's
 *   backward
 * @SINGAN_MAP_MASKED: the same, times mask (mask_scale beside + mask_shift):
 *   the tangent of batch norm and LeakyReLU
 *
 * What a convolution makes of a feature map while it reads it.  mask (u) is
 * LeakyReLU's derivative: 1 where u > 0, else SINGAN_LEAKY_SLOPE.
 */
typedef enum
{
  SINGAN_MAP_PLAIN,
  SINGAN_MAP_ACTIVATION,
  SINGAN_MAP_LINEAR,
  SINGAN_MAP_MASKED
} SinganMapForm;

/**
 * SinganMap:
 * @form: what is made of it
 * @x: [pixels, channels]
 * @beside: another map of that size
 * @scale: a number for each channel, as are all that follow
 * @scale_beside: of @beside
 * @shift: added
 * @mask_scale: of @beside, in the mask
 * @mask_shift: added there
 *
 * A feature map to be read.  Only what the form names has to be there.
 */
typedef struct
{
  SinganMapForm     form;
  const SinganReal *x;
  const SinganReal *beside;
  const SinganReal *scale;
  const SinganReal *scale_beside;
  const SinganReal *shift;
  const SinganReal *mask_scale;
  const SinganReal *mask_shift;
} SinganMap;

/**
 * SinganOutputForm:
 * @SINGAN_OUTPUT_PLAIN: nothing
 * @SINGAN_OUTPUT_MOMENTS: first[c] = mean over the pixels, second[c] = biased
 *   variance, stable for a mean far from 0
 * @SINGAN_OUTPUT_SUMS: first[c] = sum over the pixels of y, second[c] = of y xh
 *   with xh = (beside - mean) inv_std
 * @SINGAN_OUTPUT_MASKED: y times mask (mask_scale beside + mask_shift) is
 *   written, and summed in the same way
 *
 * What a convolution does besides while it writes y.  The sums of a few pixels
 * each are added up in double.
 */
typedef enum
{
  SINGAN_OUTPUT_PLAIN,
  SINGAN_OUTPUT_MOMENTS,
  SINGAN_OUTPUT_SUMS,
  SINGAN_OUTPUT_MASKED
} SinganOutputForm;

/**
 * SinganOutput:
 * @form: what is done besides
 * @y: [pixels, channels], overwritten
 * @beside: another map of that size
 * @mask_scale: a number for each channel, as are all that follow
 * @mask_shift: added in the mask
 * @mean: of @beside
 * @inv_std: of @beside
 * @first: overwritten
 * @second: overwritten
 *
 * A feature map to be written.  Only what the form names has to be there.
 */
typedef struct
{
  SinganOutputForm  form;
  SinganReal       *y;
  const SinganReal *beside;
  const SinganReal *mask_scale;
  const SinganReal *mask_shift;
  const SinganReal *mean;
  const SinganReal *inv_std;
  gdouble          *first;
  gdouble          *second;
} SinganOutput;

/**
 * SinganKernels:
 *
 * The table.  Names as in algorithm section 9: xh is the normalised input of
 * the scale-and-shift, act what LeakyReLU gives, grad_x dL/dx, dot_x a tangent.
 * Neither xh nor act is ever stored: both are per-channel functions of the
 * convolution's output, made where it is read.
 */
typedef struct
{
  const gchar *name;

  /* Reals a thread that the three convolutions need as scratch, and those that
   * all threads share. */
  gsize (*conv_scratch) (const SinganConvShape *shape, gsize *shared);

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
                        const SinganMap       *x,
                        const SinganReal      *arranged,
                        const SinganReal      *bias,
                        const SinganOutput    *y,
                        const SinganScratch   *scratch);

  /* grad_x[h,w,ic] = sum grad_y[h-kh,w-kw,oc] weight[kh,kw,ic,oc] over the
   * positions inside grad_y; overwrites. */
  void (*conv_backward_data) (const SinganConvShape *shape,
                              const SinganMap       *grad_y,
                              const SinganReal      *arranged,
                              const SinganOutput    *grad_x,
                              const SinganScratch   *scratch);

  /* grad_weight[kh,kw,ic,oc] += sum x[h+kh,w+kw,ic] grad_y[h,w,oc] */
  void (*conv_backward_weight) (const SinganConvShape *shape,
                                const SinganMap       *x,
                                const SinganMap       *grad_y,
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

  /* grad_dot_x = a[c] grad_y + b[c] grad_dot_y + p[c] x + q[c] dot_x + r[c],
   * the linear combination that batch norm's second-order formula comes to;
   * grad_dot_y may be NULL (zero) or the same array as grad_dot_x. */
  void (*norm_backward_tangent) (gsize             pixels,
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

  /* Sum of (a - b)^2 over two patches of @rows rows of @run numbers, which
   * begin a_step and b_step apart; or, if that is not below the limit, any
   * number that is not. */
  SinganReal (*patch_distance) (gint              rows,
                                gint              run,
                                const SinganReal *a,
                                gsize             a_step,
                                const SinganReal *b,
                                gsize             b_step,
                                SinganReal        limit);

  /* sums += factor weights values, of such patches; weights are dense. */
  void (*patch_vote) (gint              rows,
                      gint              run,
                      SinganReal        factor,
                      const SinganReal *weights,
                      const SinganReal *values,
                      gsize             values_step,
                      SinganReal       *sums,
                      gsize             sums_step);

  /* From -2 a . b_i to squared distances, in place, given |a|^2 and |b_i|^2;
   * minima[i] becomes the less of the two. */
  void (*patch_minima) (gsize             count,
                        SinganReal        square,
                        const SinganReal *squares,
                        SinganReal       *distances,
                        SinganReal       *minima);

  /* The first i for which distances[i] factors[i] is least. */
  gsize (*patch_nearest) (gsize             count,
                          const SinganReal *distances,
                          const SinganReal *factors);
} SinganKernels;

/**
 * singan_map_plain:
 * @x: (transfer none): [pixels, channels]
 *
 * Returns: a map that is read as it is
 */
static inline SinganMap
singan_map_plain (const SinganReal *x)
{
  return (SinganMap){ .form = SINGAN_MAP_PLAIN, .x = x };
}

/**
 * singan_output_plain:
 * @y: (transfer none): [pixels, channels]
 *
 * Returns: a map that is written as it is
 */
static inline SinganOutput
singan_output_plain (SinganReal *y)
{
  return (SinganOutput){ .form = SINGAN_OUTPUT_PLAIN, .y = y };
}

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
