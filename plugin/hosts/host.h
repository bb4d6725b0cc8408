/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * All that a procedure asks of the program it runs in.  Each host (GIMP, the
 * command line) implements these functions and brings its own SinganHost; they
 * are chosen at link time.
 */

#pragma once

#include "core/singan.h"
#include "plugin/procedures/procedure.h"

G_BEGIN_DECLS

/**
 * singan_host_progress:
 * @host: the host
 * @text: a translated sentence: what is being done, and the time left
 * @fraction: 0 .. 1
 *
 * May be called very often; the host decides how often it shows something.
 */
void
singan_host_progress (SinganHost *host, const gchar *text, gdouble fraction);

/**
 * singan_host_show_training:
 * @host: the host
 * @trainer: the training, between two iterations; to be read from only until
 *   this returns
 * @progress: where it is
 *
 * Called after every iteration, beside singan_host_progress (), for a host that
 * shows more than that.
 */
void singan_host_show_training (SinganHost                   *host,
                                const SinganTrainer          *trainer,
                                const SinganTrainingProgress *progress);

/**
 * singan_host_message:
 * @host: the host
 * @text: a translated sentence that the person has to know: what went
 *   otherwise than was wanted
 */
void singan_host_message (SinganHost *host, const gchar *text);

/**
 * singan_host_inform:
 * @host: the host
 * @text: a translated sentence on what goes as it should
 *
 * Shown where it is in nobody's way, or not at all.
 */
void singan_host_inform (SinganHost *host, const gchar *text);

/**
 * singan_host_keep_result:
 * @host: the host
 * @results: the results so far, of which the last one has just been made
 * @error: whatever kept it from being kept
 *
 * For a host that keeps each result at once, so that a stop loses none: the
 * command line writes its file.  Others wait for singan_host_add_results ().
 *
 * Returns: FALSE with @error set
 */
gboolean singan_host_keep_result (SinganHost          *host,
                                  const SinganResults *results,
                                  GError             **error);

/**
 * singan_host_add_results:
 * @host: the host
 * @results: all of them
 * @error: whatever kept it from being shown
 *
 * GIMP: a group of layers in the layer's image, in one undo step, or a new
 * image where the size differs or the image cannot hold them; frames always are
 * a new image.  Masks become layer masks.  Command line: nothing, since each
 * is kept already, as what is seen through the masks.
 *
 * Returns: FALSE with @error set and nothing added
 */
gboolean singan_host_add_results (SinganHost          *host,
                                  const SinganResults *results,
                                  GError             **error);

/**
 * singan_host_remember_model:
 * @host: the host
 * @path: the model file of the job's layer
 * @purpose: what it was trained for
 *
 * Lets the layer know its model.
 */
void singan_host_remember_model (SinganHost   *host,
                                 const gchar  *path,
                                 SinganPurpose purpose);

G_END_DECLS
