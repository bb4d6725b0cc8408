/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "core/apply/own-detail.h"

#include <math.h>

#include "core/detail/field.h"
#include "core/detail/vote.h"
#include "core/pyramid/resize.h"

/* Pixels from one patch to the next.  With every pixel a patch more of them
 * vote on each pixel, and the detail is softer. */
#define STRIDE 2

/* How long each patch looks for a nearer one, and how far away, pixels. */
#define ROUNDS 4
#define RADIUS 16

/* Root mean square of the numbers of a patch less those of the nearest, in
 * pixels of [-1, 1], where its weight has fallen to 1 / e. */
#define DISTANCE_SCALE 0.1

/* The blur is that of a picture shrunk and enlarged by so much. */
#define BLUR_FACTOR 2.0

static SinganTensor *
soften (const SinganTensor *picture, gdouble factor, GError **error)
{
  g_autoptr (SinganTensor) small = singan_resize (
      picture, MAX ((gint) lround (picture->height / factor), 1),
      MAX ((gint) lround (picture->width / factor), 1), error);

  return small ? singan_resize (small, picture->height, picture->width, error)
               : NULL;
}

/* Where the nearest patches are: where it looks, softened, like the enlarged
 * one. */
static SinganField *
look_up (const SinganOwnDetail *detail,
         const SinganTensor    *enlarged,
         GCancellable          *cancellable,
         GError               **error)
{
  const SinganFieldShape shape
      = { enlarged->height, enlarged->width, STRIDE, FALSE, FALSE };
  const SinganSearch search
      = { ROUNDS, RADIUS, detail->seed, (guint32) detail->step };
  g_autoptr (SinganTensor) soft
      = soften (detail->picture, detail->growth, error);
  g_autoptr (SinganField) field
      = soft ? singan_field_new (&shape, error) : NULL;

  if (! field)
    return NULL;
  {
    const SinganKeys keys = { soft, NULL };

    singan_field_stay (field, &keys);
    singan_field_improve (field, enlarged, &keys, &search, cancellable);
  }

  return g_cancellable_set_error_if_cancelled (cancellable, error)
             ? NULL
             : g_steal_pointer (&field);
}

/* Sums up what the patches that begin at one row weigh, and how many of them
 * there are, for one row of pixels that they cover. */
static void
add_patch_row (const SinganField *field, gint i, gint channels, SinganReal *row)
{
  const gdouble numbers
      = (gdouble) SINGAN_FIELD_PATCH * SINGAN_FIELD_PATCH * channels;
  const gdouble scale = -1 / (numbers * DISTANCE_SCALE * DISTANCE_SCALE);
  gint          j;

  for (j = 0; j < field->columns; j++)
    {
      const gsize      patch = (gsize) i * field->columns + j;
      const SinganReal weight
          = (SinganReal) exp (scale * field->distances[patch]);
      SinganReal *to = row + 2 * singan_field_column (field, j);
      gint        w;

      for (w = 0; w < SINGAN_FIELD_PATCH; w++, to += 2)
        {
          to[0] += weight;
          to[1]++;
        }
    }
}

/* How far each pixel is to be trusted, 0 .. 1: the mean over the patches that
 * cover it of exp (- d / (147 s^2)), d being a patch's squared distance; with
 * their number in the second channel. */
static SinganTensor *
find_trust (const SinganField *field, gint channels, GError **error)
{
  const gint    width = field->shape.width;
  SinganTensor *trust
      = singan_tensor_new (field->shape.height, width, 2, error);
  gint h;

  if (! trust)
    return NULL;
#pragma omp parallel for schedule(static)
  for (h = 0; h < trust->height; h++)
    {
      SinganReal *row = trust->data + (gsize) h * width * 2;
      gint        i = MAX (h - SINGAN_FIELD_PATCH + 1, 0) / STRIDE;

      for (; i < field->rows && singan_field_row (field, i) <= h; i++)
        if (singan_field_row (field, i) + SINGAN_FIELD_PATCH > h)
          add_patch_row (field, i, channels, row);
      for (i = 0; i < width; i++)
        row[2 * i] /= row[2 * i + 1];
    }

  return trust;
}

/* difference -> difference - blur (difference) */
static gboolean
keep_high_part (SinganTensor *difference, GError **error)
{
  g_autoptr (SinganTensor) blurred = soften (difference, BLUR_FACTOR, error);
  gsize i;

  for (i = 0; blurred && i < singan_tensor_size (difference); i++)
    difference->data[i] -= blurred->data[i];

  return blurred != NULL;
}

gboolean
singan_own_detail_add (const SinganOwnDetail *detail,
                       const SinganTensor    *enlarged,
                       SinganTensor          *result,
                       GCancellable          *cancellable,
                       GError               **error)
{
  const gsize      count = singan_tensor_size (result);
  const gint       channels = result->channels;
  const SinganReal weight = (SinganReal) detail->weight;
  g_autoptr (SinganField) field = NULL;
  g_autoptr (SinganTensor) difference = NULL;
  g_autoptr (SinganTensor) trust = NULL;
  gsize i;

  if (MIN (detail->picture->height, detail->picture->width)
      < SINGAN_FIELD_PATCH)
    return TRUE;

  if (! (field = look_up (detail, enlarged, cancellable, error))
      || ! (trust = find_trust (field, channels, error))
      || ! (difference = singan_tensor_new (result->height, result->width,
                                            channels, error))
      || ! singan_field_vote (field, detail->picture, SINGAN_FIELD_SIGMA, NULL,
                              difference, cancellable, error))
    return FALSE;
  g_clear_pointer (&field, singan_field_free);
  for (i = 0; i < count; i++)
    difference->data[i] -= result->data[i];
  if (! keep_high_part (difference, error))
    return FALSE;
  for (i = 0; i < count; i++)
    result->data[i]
        += weight * trust->data[i / channels * 2] * difference->data[i];

  return TRUE;
}
