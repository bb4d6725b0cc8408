/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The parts of the plug-in for GIMP 2.10.  Only files of this folder see
 * libgimp 2 and GTK 2.
 */

#pragma once

#include <libgimp/gimp.h>

#include "plugin/hosts/host.h"

G_BEGIN_DECLS

/**
 * SinganHost:
 * @image: the image that the procedure was called on
 * @layer: the layer that it works on
 * @is_interactive: whether a person is waiting
 * @result_image: (out): where the results are
 * @result_layer: (out): the group they are in
 * @last_progress: when GIMP was told last, monotonic microseconds
 */
struct _SinganHost
{
  gint32   image;
  gint32   layer;
  gboolean is_interactive;
  gint32   result_image;
  gint32   result_layer;
  gint64   last_progress;
};

/**
 * singan_gimp2_open_source:
 * @host: image and layer are set
 * @source: (out): filled with what the layer is
 * @error: SINGAN_ERROR_IMAGE if it is no layer
 *
 * Returns: FALSE with @error set
 */
gboolean singan_gimp2_open_source (SinganHost   *host,
                                   SinganSource *source,
                                   GError      **error);

/**
 * singan_gimp2_dialog:
 * @job: a job whose values are shown first and changed by the person
 *
 * Returns: FALSE if the person does not want to go on
 */
gboolean singan_gimp2_dialog (SinganJob *job);

G_END_DECLS
