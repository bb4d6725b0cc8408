/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * GIMP, 2.10 or 3, as a host: what a job needs of the image it was started on,
 * and where its results went.  Used by each GIMP's main.c; knows no dialogs,
 * and of windows only that there may be one.
 */

#pragma once

#include "plugin/hosts/gimp/api.h"
#include "plugin/hosts/host.h"

G_BEGIN_DECLS

/* How the procedures are made known to GIMP. */
#define SINGAN_GIMP_NAME_PREFIX "plug-in-singan-"
#define SINGAN_GIMP_MENU_PATH "<Image>/Filters/SinGAN"
/* GIMP sorts a menu by its labels: this one is the first, and tells with which
 * of the others to begin. */
#define SINGAN_GIMP_ABOUT_NAME SINGAN_GIMP_NAME_PREFIX "about"
#define SINGAN_GIMP_ABOUT_LABEL N_ ("_About SinGAN")
#define SINGAN_GIMP_ABOUT_BLURB N_ ("What each filter is for, and how to begin")

#define SINGAN_GIMP_IMAGE_TYPES "RGB*, GRAY*, INDEXED*"
#define SINGAN_GIMP_AUTHORS "The SinGAN for GIMP authors"
#define SINGAN_GIMP_YEAR "2026"

typedef struct _SinganSession SinganSession;

/**
 * SinganHost:
 * @image: the image
 * @layer: the layer that the procedure was called on
 * @base: the layer that the model learns, which the results fit; the same one,
 *   unless the procedure has a layer argument
 * @is_interactive: whether a person is looking
 * @is_watched: whether the job is to be watched in a window of its own instead
 *   of GIMP's progress bar; the user interface is initialized then
 * @is_awaited: whether a person chose just now what the job does, and is told
 *   its end
 * @session: (nullable): that window, while the job runs
 * @base_type: of the image
 * @precision: of the image
 * @profile: (nullable): of the image
 * @metadata: (nullable): Exif, XMP and IPTC of the image
 * @x_resolution: of the image, pixels an inch
 * @y_resolution: of the image, pixels an inch
 * @unit: of the image
 * @folder: where the image is saved, or would be
 * @guides: (nullable): of the image
 * @shown_at: when the progress was shown last, monotonic time; 0 for never
 * @result_image: (out): the image that holds the results
 * @result_group: (out): the layer group that holds them
 *
 * The image's properties are taken when the job starts: it may be closed or
 * changed while a training runs.
 */
struct _SinganHost
{
  SinganGimpImage   image;
  SinganGimpLayer   layer;
  SinganGimpLayer   base;
  gboolean          is_interactive;
  gboolean          is_watched;
  gboolean          is_awaited;
  SinganSession    *session;
  GimpImageBaseType base_type;
  GimpPrecision     precision;
  GimpColorProfile *profile;
  GimpMetadata     *metadata;
  gdouble           x_resolution;
  gdouble           y_resolution;
  SinganGimpUnit    unit;
  gchar            *folder;
  GArray           *guides;
  gint64            shown_at;
  SinganGimpImage   result_image;
  SinganGimpLayer   result_group;
};

/**
 * singan_host_init:
 * @host: (out): the host
 * @image: an image
 * @drawable: one of its drawables
 * @is_interactive: whether a person is looking
 * @error: SINGAN_ERROR_IMAGE if the drawable is not a layer
 *
 * Returns: FALSE with @error set and nothing to clear
 */
gboolean singan_host_init (SinganHost        *host,
                           SinganGimpImage    image,
                           SinganGimpDrawable drawable,
                           gboolean           is_interactive,
                           GError           **error);

/**
 * singan_host_clear:
 * @host: frees what it owns
 */
void singan_host_clear (SinganHost *host);

/**
 * singan_host_set_base:
 * @host: the host
 * @base: the layer that the model learns
 *
 * To be called once, before the job runs.
 */
void singan_host_set_base (SinganHost *host, SinganGimpLayer base);

/**
 * singan_gimp_show_progress:
 * @host: the host
 * @text: what is being done
 * @fraction: 0 .. 1
 *
 * In GIMP's own progress bar.  This and the two functions below do on the main
 * thread what a job asks for on its own.
 */
void singan_gimp_show_progress (SinganHost  *host,
                                const gchar *text,
                                gdouble      fraction);

/**
 * singan_gimp_add_results:
 * @host: the host
 * @results: as for singan_host_add_results ()
 * @error: whatever kept it from being shown
 *
 * Returns: FALSE with @error set and nothing added
 */
gboolean singan_gimp_add_results (SinganHost          *host,
                                  const SinganResults *results,
                                  GError             **error);

/**
 * singan_gimp_get_remembered_models:
 * @layer: a layer
 * @names: (inout): NULLs, one for each purpose; filled with the names of model
 *   files, to be freed
 *
 * Of a path, which earlier versions remembered, only the name is taken, for
 * whichever purpose there is no other.
 */
void singan_gimp_get_remembered_models (SinganGimpLayer layer, gchar **names);

/**
 * singan_gimp_remember_model:
 * @host: the host
 * @path: as for singan_host_remember_model ()
 * @purpose: as for singan_host_remember_model ()
 *
 * By its name only: an image is shown to others, and a path names a person.
 */
void singan_gimp_remember_model (SinganHost   *host,
                                 const gchar  *path,
                                 SinganPurpose purpose);

/**
 * singan_host_may_be_base:
 * @host: the host
 * @id: an item's id
 *
 * Returns: whether it is another layer of the same image
 */
gboolean singan_host_may_be_base (const SinganHost *host, gint32 id);

/**
 * singan_host_find_base:
 * @host: the host
 *
 * Returns: id of the layer that most likely is the one to be learned: the
 * lowest that may be it; SINGAN_LAYER_NONE if there is none
 */
gint32 singan_host_find_base (const SinganHost *host);

/**
 * singan_host_get_source:
 * @host: the host
 * @source: (out): the layer that the model learns, to be freed with the job
 */
void singan_host_get_source (const SinganHost *host, SinganSource *source);

/**
 * singan_host_get_pictures:
 * @host: the host
 * @job: its pictures are set: from the layer that the procedure was called on,
 *   and from the selection
 */
void singan_host_get_pictures (const SinganHost *host, SinganJob *job);

/**
 * singan_host_suggest_base:
 * @job: (inout): its layer argument, if it has one, is another layer of the
 *   image: as it is if it was one, else the likeliest
 * @error: SINGAN_ERROR_IMAGE if there is no other layer
 *
 * Before a dialog: the layer remembered may be gone, or may be the one that the
 * procedure is called on now.
 *
 * Returns: FALSE with @error set
 */
gboolean singan_host_suggest_base (SinganJob *job, GError **error);

/**
 * singan_host_take_base:
 * @job: its host's base is set from its layer argument, if it has one
 * @error: SINGAN_ERROR_SETTINGS if that is not another layer of the image;
 *   SINGAN_ERROR_IMAGE if the job's own layer went while a dialog was open
 *
 * Returns: FALSE with @error set
 */
gboolean singan_host_take_base (SinganJob *job, GError **error);

/**
 * singan_host_work:
 * @job: with all values
 * @error: as the procedure's
 *
 * Runs the procedure on what the layers and the selection hold.
 *
 * Returns: GIMP_PDB_CANCEL, without @error, if it was stopped
 */
GimpPDBStatusType singan_host_work (SinganJob *job, GError **error);

G_END_DECLS
