/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "plugin/procedures/source.h"

#include "core/base/i18n.h"
#include "plugin/hosts/host.h"
#include "plugin/image.h"
#include "plugin/transparency.h"

gchar *
singan_describe_translucency (gint64 n_translucent)
{
  return g_strdup_printf (
      g_dngettext (GETTEXT_PACKAGE,
                   "%.0f pixel of the layer is partly transparent: it is taken "
                   "for opaque, and results are opaque. To choose what is seen "
                   "below it, flatten the image first.",
                   "%.0f pixels of the layer are partly transparent: they are "
                   "taken for opaque, and results are opaque. To choose what "
                   "is seen below them, flatten the image first.",
                   (gulong) n_translucent),
      (gdouble) n_translucent);
}

SinganTensor *
singan_job_read_picture (SinganJob *job, GError **error)
{
  SinganTensor     *picture;
  g_autofree gchar *text = NULL;

  if (! singan_image_check (job->source.buffer, SINGAN_IMAGE_OPAQUE,
                            &job->n_translucent, error))
    return NULL;
  picture = singan_image_read (job->source.buffer, error);
  if (! picture)
    return NULL;

  g_free (job->pixel_hash);
  job->pixel_hash = singan_image_hash (picture);
  /* A look has no host, and says it in its own way. */
  if (job->n_translucent > 0 && job->host && ! job->preview)
    {
      text = singan_describe_translucency (job->n_translucent);
      singan_host_message (job->host, text);
    }

  return picture;
}

SinganTensor *
singan_job_read_with_alpha (SinganJob     *job,
                            SinganTensor **alpha,
                            GError       **error)
{
  g_autoptr (SinganTensor) picture = NULL;
  g_autoptr (SinganTensor) read = NULL;

  if (! singan_image_check (job->source.buffer, SINGAN_IMAGE_WITH_ALPHA, NULL,
                            error)
      || ! (picture = singan_image_read (job->source.buffer, error))
      || ! singan_transparency_read (job->source.buffer, &read, error))
    return NULL;

  g_free (job->pixel_hash);
  job->pixel_hash = read ? singan_transparency_hash (picture, read, error)
                         : singan_image_hash (picture);
  if (! job->pixel_hash
      || (read && ! singan_transparency_fill (picture, read, error)))
    return NULL;
  *alpha = g_steal_pointer (&read);

  return g_steal_pointer (&picture);
}
