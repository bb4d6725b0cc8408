/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the scale in training starts from: the picture of the scales below it,
 * upsampled, random or of the reconstruction, and the way back if the scale
 * below goes on to learn.  Used by the scale trainer.
 */

#pragma once

#include <glib.h>

#include "core/base/tensor.h"
#include "core/nn/network.h"
#include "core/pyramid/model.h"
#include "core/pyramid/palette.h"

G_BEGIN_DECLS

/**
 * SinganCoarserPicture:
 *
 * Opaque: the finished scales, and the last picture of each kind.
 */
typedef struct _SinganCoarserPicture SinganCoarserPicture;

/**
 * singan_coarser_picture_new:
 * @workspace: for the passes of the finished scales; a reference is kept
 * @model: the finished scales; the one in training is the next.  It may neither
 *   grow nor change while the result lives; a reference is kept
 * @below: (transfer full) (nullable): the generator of the scale below, if it
 *   is to go on to learn
 * @error: SINGAN_ERROR_NO_MEMORY
 *
 * Returns: (transfer full): the coarser picture, or NULL with @error set
 */
SinganCoarserPicture *singan_coarser_picture_new (SinganWorkspace *workspace,
                                                  SinganModel     *model,
                                                  SinganNetwork   *below,
                                                  GError         **error);

/**
 * singan_coarser_picture_free:
 * @coarser: (nullable) (transfer full): the coarser picture
 */
void singan_coarser_picture_free (SinganCoarserPicture *coarser);

/**
 * singan_coarser_picture_set_palette:
 * @coarser: before the first picture is drawn, of a scale above 0 and without a
 *   scale below that learns
 * @palette: copied: what every picture from now on is reduced to, and the
 *   reconstruction at once
 */
void singan_coarser_picture_set_palette (SinganCoarserPicture *coarser,
                                         const SinganPalette  *palette);

/**
 * singan_coarser_picture_draw:
 * @coarser: the coarser picture
 * @number: of the random picture; the same one as the last is not made again
 *
 * Returns: (transfer none): a random picture of the scales below, [h, w, c] of
 *   the scale in training; zeros at scale 0
 */
const SinganTensor *singan_coarser_picture_draw (SinganCoarserPicture *coarser,
                                                 guint32               number);

/**
 * singan_coarser_picture_draw_again:
 * @coarser: after a draw
 *
 * Returns: (transfer none): the last random picture as the scale below, if it
 *   learns, makes it now
 */
const SinganTensor *
singan_coarser_picture_draw_again (SinganCoarserPicture *coarser);

/**
 * singan_coarser_picture_reconstruct:
 * @coarser: the coarser picture
 *
 * Returns: (transfer none): the reconstruction, [h, w, c], as the scale below,
 *   if it learns, makes it now; zeros at scale 0
 */
const SinganTensor *
singan_coarser_picture_reconstruct (SinganCoarserPicture *coarser);

/**
 * singan_coarser_picture_get_reconstruction:
 * @coarser: the coarser picture
 *
 * Returns: (transfer none): the last reconstruction that was made; at first
 *   that of the finished scales
 */
const SinganTensor *
singan_coarser_picture_get_reconstruction (const SinganCoarserPicture *coarser);

/**
 * singan_coarser_picture_backward:
 * @coarser: after a picture was made, with a scale below that learns
 * @grad_picture: dL/d(G (z, x)) of the scale in training, [h, w, c]
 * @grad_input: dL/d(pad5 (sigma z + x)) by way of psi alone, [h + 10, w + 10,
 * c]
 *
 * Adds dL/dparameters to the gradient of the generator below.
 */
void singan_coarser_picture_backward (SinganCoarserPicture *coarser,
                                      const SinganReal     *grad_picture,
                                      const SinganReal     *grad_input);

/**
 * singan_coarser_picture_get_below:
 * @coarser: the coarser picture
 *
 * Returns: (transfer none) (nullable): the generator of the scale below, if it
 *   goes on to learn
 */
SinganNetwork *
singan_coarser_picture_get_below (const SinganCoarserPicture *coarser);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SinganCoarserPicture,
                               singan_coarser_picture_free)

G_END_DECLS
