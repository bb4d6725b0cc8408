/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "plugin/procedures/blend.h"

#include "core/base/i18n.h"
#include "plugin/image.h"
#include "plugin/procedures/training.h"

/* What counts as inside a mask or a selection, which have soft borders. */
#define MASK_THRESHOLD 0.5

/* Difference on [-1, 1] that an edit has to make to a pixel: more than four of
 * 255 levels. */
#define EDIT_THRESHOLD (4.5 * 2 / 255)

/* The layer's picture with the other one over it, and the other one's alpha. */
static SinganTensor *
lay_over (SinganJob          *job,
          const gchar        *name,
          const SinganTensor *picture,
          SinganTensor      **alpha,
          GError            **error)
{
  GeglBuffer          *overlay = singan_job_get_picture (job, name);
  const GeglRectangle *extent = gegl_buffer_get_extent (overlay);
  const GeglRectangle  canvas = { 0, 0, picture->width, picture->height };
  g_autoptr (SinganTensor) entering = singan_tensor_copy (picture, error);
  g_autoptr (SinganTensor) coverage = NULL;

  coverage = entering ? singan_image_composite (entering, job->source.buffer,
                                                overlay, error)
                      : NULL;
  if (! coverage)
    return NULL;

  if (! gegl_rectangle_intersect (NULL, extent, &canvas))
    {
      g_set_error (error, SINGAN_ERROR, SINGAN_ERROR_IMAGE,
                   _ ("The layer of %d x %d pixels at %d, %d lies outside the "
                      "other one, which has %d x %d pixels. Move it there."),
                   extent->width, extent->height, extent->x, extent->y,
                   canvas.width, canvas.height);
      return NULL;
    }
  if (singan_region_count (coverage) == 0)
    {
      g_set_error_literal (error, SINGAN_ERROR, SINGAN_ERROR_IMAGE,
                           _ ("Nothing of the layer lies over the other one: "
                              "it is transparent there."));
      return NULL;
    }
  *alpha = g_steal_pointer (&coverage);

  return g_steal_pointer (&entering);
}

/* What the mask selects; region is NULL if there is no mask. */
static gboolean
read_mask (SinganJob          *job,
           const SinganTensor *picture,
           SinganTensor      **region,
           GError            **error)
{
  GeglBuffer *mask = singan_job_get_picture (job, "mask");
  g_autoptr (SinganTensor) inside = NULL;

  *region = NULL;
  if (! mask)
    return TRUE;

  inside
      = singan_image_read_region (mask, picture->height, picture->width, error);
  if (! inside)
    return FALSE;
  singan_region_threshold (inside, MASK_THRESHOLD);
  if (singan_region_count (inside) == 0)
    {
      g_set_error (error, SINGAN_ERROR, SINGAN_ERROR_IMAGE,
                   _ ("The mask is empty: nothing of the %d x %d pixels is "
                      "selected. Select what is to be blended, or nothing at "
                      "all."),
                   picture->width, picture->height);
      return FALSE;
    }
  *region = g_steal_pointer (&inside);

  return TRUE;
}

static gboolean
has_transparency (const SinganTensor *alpha)
{
  gsize p;

  for (p = 0; p < singan_tensor_size (alpha); p++)
    if (alpha->data[p] < 1)
      return TRUE;

  return FALSE;
}

/* The alpha is no longer needed: its tensor may become the region. */
static SinganTensor *
find_region (SinganJob          *job,
             const SinganBlend  *blend,
             const SinganTensor *picture,
             const SinganTensor *entering,
             SinganTensor      **alpha,
             GError            **error)
{
  g_autoptr (SinganTensor) region = NULL;

  if (! read_mask (job, picture, &region, error))
    return NULL;
  if (region)
    return g_steal_pointer (&region);

  if (blend->has_outline && has_transparency (*alpha))
    {
      singan_region_threshold (*alpha, 0);
      return g_steal_pointer (alpha);
    }

  region = singan_region_from_difference (entering, picture, EDIT_THRESHOLD,
                                          error);
  if (region && singan_region_count (region) == 0)
    {
      g_set_error_literal (error, SINGAN_ERROR, SINGAN_ERROR_IMAGE,
                           _ (blend->no_region));
      return NULL;
    }

  return g_steal_pointer (&region);
}

gboolean
singan_job_blend (SinganJob *job, const SinganBlend *blend, GError **error)
{
  const guint32 seed = singan_job_make_seed (job);
  g_autoptr (SinganTensor) picture = singan_job_read_picture (job, error);
  g_autoptr (SinganTensor) entering = NULL;
  g_autoptr (SinganTensor) alpha = NULL;
  g_autoptr (SinganTensor) region = NULL;
  g_autofree gchar   *group = NULL;
  SinganInjectionTask task;

  if (! picture)
    return FALSE;
  entering = lay_over (job, blend->picture, picture, &alpha, error);
  if (! entering)
    return FALSE;
  region = find_region (job, blend, picture, entering, &alpha, error);
  if (! region)
    return FALSE;

  group
      = g_strdup_printf (_ (blend->group_format), job->source.layer_name, seed);
  task = (SinganInjectionTask){
    .original = picture,
    .entering = entering,
    .region = region,
    .is_whole = singan_job_get_integer (job, "unblended"),
    .has_mask = TRUE,
    .radius = blend->radius,
    .detail = singan_job_get_integer (job, "detail") == blend->photograph
                  ? SINGAN_DETAIL_PHOTOGRAPH
                  : blend->detail,
    .seed = seed,
    .group_name = group,
    .stem = blend->stem,
  };

  return singan_job_inject (job, &task, error);
}
