/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Enlarges a picture with the detail that a generator has learned from the
 * picture itself (SinGAN section 4, super-resolution), and with the picture's
 * own.
 */

#pragma once

#include <gio/gio.h>
#include <glib.h>

#include "core/base/tensor.h"
#include "core/pyramid/model.h"

G_BEGIN_DECLS

/* Range of the factor. */
#define SINGAN_ENLARGEMENT_MINIMUM 1.5
#define SINGAN_ENLARGEMENT_MAXIMUM 8.0

/* Pixels that a result may have: what is kept whole beside it takes six times
 * its 12 bytes a pixel. */
#define SINGAN_ENLARGEMENT_PIXELS_MAXIMUM 67108864

/**
 * SinganEnlargement:
 * @factor: SINGAN_ENLARGEMENT_MINIMUM .. SINGAN_ENLARGEMENT_MAXIMUM
 * @fidelity: 0 .. 1: at 0 the generator's detail, its noise and the picture's
 *   own detail are added in full, at 1 none of them
 * @seed: of the noise and of the search for the picture's own detail
 */
typedef struct
{
  gdouble factor;
  gdouble fidelity;
  guint32 seed;
} SinganEnlargement;

/**
 * SinganFractionFunc:
 * @fraction: 0 .. 1: how much is done
 * @data: user data
 */
typedef void (*SinganFractionFunc) (gdouble fraction, gpointer data);

/**
 * singan_super_resolution_excerpt:
 * @picture: [h, w, c]
 * @size: longest side that is trained at
 * @error: SINGAN_ERROR_NO_MEMORY
 *
 * What a model for super-resolution is trained on.  A picture that is longer
 * than @size would, shrunk, teach nothing about its own fine detail: the part
 * of it is taken that has the most, pixels as they are.
 *
 * Returns: (transfer full): [min (h, size), min (w, size), c], or NULL with
 *   @error set
 */
SinganTensor *singan_super_resolution_excerpt (const SinganTensor *picture,
                                               gint                size,
                                               GError            **error);

/**
 * singan_super_resolution_check:
 * @height: of the picture
 * @width: of the picture
 * @factor: wanted
 * @error: SINGAN_ERROR_SETTINGS with the value and the largest factor possible
 *
 * Returns: FALSE with @error set if the result would have too many pixels
 */
gboolean singan_super_resolution_check (gint     height,
                                        gint     width,
                                        gdouble  factor,
                                        GError **error);

/**
 * singan_super_resolution_pixels:
 * @height: of the picture
 * @width: of the picture
 * @factor: of the enlargement
 *
 * Returns: how many pixels the results of all its steps have together
 */
gdouble
singan_super_resolution_pixels (gint height, gint width, gdouble factor);

/**
 * singan_super_resolve:
 * @model: trained for super-resolution, to its finest scale
 * @enlargement: how
 * @picture: [h, w, c] in [-1, 1], of any size
 * @progress: (nullable): called now and then
 * @data: for @progress
 * @cancellable: (nullable): checked between strips
 * @error: as for singan_super_resolution_check (); SINGAN_ERROR_NO_MEMORY,
 *   G_IO_ERROR_CANCELLED
 *
 * Enlarges in k steps of factor^(1/k), k = round (3 log2 factor), each followed
 * by the generator of the finest scale, which works in strips: memory does not
 * grow with the networks' width.  Then the picture's own detail is added (see
 * singan_own_detail_add ()), and the result is back-projected (Irani and Peleg
 * 1991), at the end until, shrunk again, it is the picture.
 *
 * Returns: (transfer full): [round (factor h), round (factor w), c] in [-1, 1],
 *   or NULL with @error set
 */
SinganTensor *singan_super_resolve (const SinganModel       *model,
                                    const SinganEnlargement *enlargement,
                                    const SinganTensor      *picture,
                                    SinganFractionFunc       progress,
                                    gpointer                 data,
                                    GCancellable            *cancellable,
                                    GError                 **error);

G_END_DECLS
