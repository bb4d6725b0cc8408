/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What harmonizing and editing share: a picture laid over the layer's, of which
 * one region is to become seamless.  Only the files of this folder include it.
 */

#pragma once

#include "plugin/procedures/injection.h"

G_BEGIN_DECLS

/**
 * SinganBlend:
 * @picture: name of the argument with the picture that is laid over the layer's
 * @has_outline: whether the picture's own transparency outlines the region
 * @detail: what a result has of detail that is too fine for the model, unless
 *   it is the photograph's
 * @photograph: value of the argument detail for that
 * @group_format: the group's name, marked for translation: a format of the
 *   layer's name and of the seed
 * @no_region: what to say if the picture does not differ from the layer's,
 *   marked for translation
 * @stem: of the files' names
 *
 * What tells one kind of blending from another.
 */
typedef struct
{
  const gchar *picture;
  gboolean     has_outline;
  SinganDetail detail;
  gint         photograph;
  const gchar *group_format;
  const gchar *no_region;
  const gchar *stem;
} SinganBlend;

/**
 * singan_job_blend:
 * @job: a job with the arguments mask, start-scale, detail, margin and
 * unblended
 * @blend: which kind
 * @error: SINGAN_ERROR_IMAGE if the picture is transparent, beside the layer or
 *   the same; and as for singan_job_inject ()
 *
 * Lays a picture over the layer's, finds the region of interest (the mask's;
 * else the picture's outline; else what differs), and injects it.  Of a picture
 * with an outline only what is inside the mask is laid over.
 *
 * Returns: FALSE with @error set and nothing handed to the host
 */
gboolean
singan_job_blend (SinganJob *job, const SinganBlend *blend, GError **error);

G_END_DECLS
