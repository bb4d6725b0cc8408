/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "plugin/procedures/blend.h"

#include "core/base/i18n.h"
#include "plugin/hosts/host.h"
#include "plugin/image.h"
#include "plugin/procedures/source.h"

/* What counts as inside a mask or a selection, which have soft borders: of an
 * edit, whose borders are hard, and of an object, which is to have that soft
 * border: more than four of 255 levels, which compressed pictures have for
 * black. */
#define MASK_THRESHOLD 0.5
#define MASK_MINIMUM (4.5 / 255)

/* If more of the picture than this seems edited, something else may differ. */
#define EDIT_SHARE_USUAL 0.5

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

/* What the mask selects, more or less; NULL if there is no mask. */
static gboolean
read_mask (SinganJob          *job,
           const SinganTensor *picture,
           gdouble             threshold,
           SinganTensor      **selected,
           GError            **error)
{
  GeglBuffer *mask = singan_job_get_picture (job, "mask");
  g_autoptr (SinganTensor) weights = NULL;
  g_autoptr (SinganTensor) inside = NULL;

  *selected = NULL;
  if (! mask)
    return TRUE;

  weights
      = singan_image_read_region (mask, picture->height, picture->width, error);
  inside = weights ? singan_tensor_copy (weights, error) : NULL;
  if (! inside)
    return FALSE;
  singan_region_threshold (inside, threshold);
  if (singan_region_count (inside) == 0)
    {
      g_set_error (error, SINGAN_ERROR, SINGAN_ERROR_IMAGE,
                   _ ("The mask is empty: nothing of the %d x %d pixels is "
                      "selected. Select what is to be blended, or nothing at "
                      "all."),
                   picture->width, picture->height);
      return FALSE;
    }
  *selected = g_steal_pointer (&weights);

  return TRUE;
}

/* Only what is selected of an object lies over the picture. */
static gboolean
lay_over_selected (const SinganTensor *selected,
                   const SinganTensor *picture,
                   SinganTensor       *entering,
                   SinganTensor       *alpha,
                   GError            **error)
{
  const gint channels = picture->channels;
  gboolean   is_empty = TRUE;
  gsize      p;
  gint       c;

  for (p = 0; p < singan_tensor_size (alpha); p++)
    {
      const SinganReal share = selected->data[p] > (SinganReal) MASK_MINIMUM
                                   ? MIN (selected->data[p], 1)
                                   : 0;

      alpha->data[p] *= share;
      is_empty = is_empty && alpha->data[p] <= 0;
      for (c = 0; c < channels && share < 1; c++)
        {
          const gsize i = p * channels + c;

          entering->data[i]
              = share * entering->data[i] + (1 - share) * picture->data[i];
        }
    }
  if (is_empty)
    g_set_error_literal (error, SINGAN_ERROR, SINGAN_ERROR_IMAGE,
                         _ ("Nothing of the pasted layer is selected. Select "
                            "what of it is to be harmonized, or nothing at "
                            "all."));

  return ! is_empty;
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

static void
tell_of_large_region (SinganJob *job, const SinganTensor *region)
{
  const gdouble share
      = (gdouble) singan_region_count (region) / singan_tensor_size (region);
  g_autofree gchar *text = NULL;

  if (share <= EDIT_SHARE_USUAL)
    return;
  text = g_strdup_printf (
      _ ("%.0f %% of the picture differ and count as edited. If it is less, "
         "say where: with a selection, or on the command line with --mask."),
      100 * share);
  singan_host_message (job->host, text);
}

/* 1 where an object is, or an edit. */
static SinganTensor *
find_region (SinganJob          *job,
             const SinganBlend  *blend,
             const SinganTensor *picture,
             const SinganTensor *entering,
             const SinganTensor *alpha,
             const SinganTensor *selected,
             GError            **error)
{
  const gboolean is_outlined = blend->has_outline && has_transparency (alpha);
  SinganTensor  *region;

  if (is_outlined || (! blend->has_outline && selected))
    {
      region = singan_tensor_copy (is_outlined ? alpha : selected, error);
      if (region)
        singan_region_threshold (region, is_outlined ? 0 : MASK_THRESHOLD);
      return region;
    }

  region = singan_region_from_edit (entering, picture, error);
  if (region && singan_region_count (region) == 0)
    {
      g_set_error_literal (error, SINGAN_ERROR, SINGAN_ERROR_IMAGE,
                           _ (blend->no_region));
      g_clear_pointer (&region, singan_tensor_free);
    }
  if (region)
    tell_of_large_region (job, region);

  return region;
}

gboolean
singan_job_blend (SinganJob *job, const SinganBlend *blend, GError **error)
{
  const guint32 seed = singan_job_make_seed (job);
  g_autoptr (SinganTensor) picture = singan_job_read_picture (job, error);
  g_autoptr (SinganTensor) entering = NULL;
  g_autoptr (SinganTensor) alpha = NULL;
  g_autoptr (SinganTensor) selected = NULL;
  g_autoptr (SinganTensor) region = NULL;
  g_autofree gchar   *group = NULL;
  SinganInjectionTask task;

  if (! picture)
    return FALSE;
  entering = lay_over (job, blend->picture, picture, &alpha, error);
  if (! entering)
    return FALSE;
  if (! read_mask (job, picture,
                   blend->has_outline ? MASK_MINIMUM : MASK_THRESHOLD,
                   &selected, error)
      || (selected && blend->has_outline
          && ! lay_over_selected (selected, picture, entering, alpha, error)))
    return FALSE;
  region = find_region (job, blend, picture, entering, alpha, selected, error);
  if (! region)
    return FALSE;

  group
      = g_strdup_printf (_ (blend->group_format), job->source.layer_name, seed);
  task = (SinganInjectionTask){
    .original = picture,
    .entering = entering,
    .region = region,
    .coverage = has_transparency (alpha) ? alpha : region,
    .is_whole = singan_job_get_integer (job, "unblended"),
    .has_mask = TRUE,
    .margin = singan_job_get (job, "margin"),
    .detail = singan_job_get_integer (job, "detail") == blend->photograph
                  ? SINGAN_DETAIL_PHOTOGRAPH
                  : blend->detail,
    .seed = seed,
    .group_name = group,
    .stem = blend->stem,
  };

  return singan_job_inject (job, &task, error);
}
