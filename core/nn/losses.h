/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a scale minimises (SinGAN eq. 2): the critic's mean score, WGAN-GP's
 * gradient penalty and the reconstruction error.  Each adds its gradient and
 * gives its value; knows no schedule.
 */

#pragma once

#include <glib.h>

#include "core/nn/network.h"

G_BEGIN_DECLS

/**
 * singan_loss_critic:
 * @discriminator: if @accumulate, its gradient is added to
 * @passes: made for a discriminator on [h, w] pixels, kind BACKWARD or TANGENT
 * @x: the picture, [h, w, c]
 * @height: h
 * @width: w
 * @sign: +1 or -1
 * @accumulate: whether the parameters' gradient is wanted
 * @grad_x: (out) (nullable): derivative by @x, [h, w, c], overwritten
 * @grad_map: scratch, [h - 10, w - 10, 1]
 *
 * @sign times the mean of D's score map: a term of L_adv.
 *
 * Returns: the mean score, without @sign
 */
gdouble singan_loss_critic (SinganNetwork    *discriminator,
                            SinganPasses     *passes,
                            const SinganReal *x,
                            gint              height,
                            gint              width,
                            gdouble           sign,
                            gboolean          accumulate,
                            SinganReal       *grad_x,
                            SinganReal       *grad_map);

/**
 * singan_loss_gradient_penalty:
 * @discriminator: its gradient is added to
 * @passes: made for a discriminator on [h, w] pixels, kind TANGENT
 * @mixed: eps real + (1 - eps) fake, [h, w, c]
 * @height: h
 * @width: w
 * @weight: lambda
 * @grad_x: scratch, [h, w, c]
 * @grad_map: scratch, [h - 10, w - 10, 1]
 *
 * WGAN-GP as SinGAN uses it: lambda times the mean over the pixels of
 * (||dS/dx_p||_2 - 1)^2, S the sum of the score map; algorithm section 9.
 *
 * Returns: the weighted penalty
 */
gdouble singan_loss_gradient_penalty (SinganNetwork    *discriminator,
                                      SinganPasses     *passes,
                                      const SinganReal *mixed,
                                      gint              height,
                                      gint              width,
                                      gdouble           weight,
                                      SinganReal       *grad_x,
                                      SinganReal       *grad_map);

/**
 * singan_loss_reconstruction:
 * @count: numbers in each array
 * @output: what the generator made
 * @target: what it should be
 * @weight: alpha
 * @grad_output: (out): derivative by @output, overwritten
 *
 * Returns: the mean squared difference, times @weight
 */
gdouble singan_loss_reconstruction (gsize             count,
                                    const SinganReal *output,
                                    const SinganReal *target,
                                    gdouble           weight,
                                    SinganReal       *grad_output);

G_END_DECLS
