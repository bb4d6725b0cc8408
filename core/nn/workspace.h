/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Memory that the passes of several networks have in common, because nothing in
 * it outlives the pass that wrote it: a training's scales and both networks of
 * the one in training run one after the other.  It is as large as the largest
 * of them needs.
 */

#pragma once

#include <glib.h>

#include "core/base/parallel.h"

G_BEGIN_DECLS

/* Arrays of a map's size that a pass uses for itself at most. */
#define SINGAN_WORKSPACE_MAPS 6

/**
 * SinganWorkspace:
 * @scratch: of the convolutions
 * @maps: arrays, NULL where nobody asked for one.  Their places change while
 *   passes are planned: they are looked up when a pass begins
 *
 * The other fields are private.  It belongs to one thread at a time.
 */
typedef struct
{
  SinganScratch scratch;
  SinganReal   *maps[SINGAN_WORKSPACE_MAPS];

  gint  ref_count;
  gsize per_thread;
  gsize shared;
  gsize lengths[SINGAN_WORKSPACE_MAPS];
} SinganWorkspace;

/**
 * singan_workspace_new:
 *
 * Returns: (transfer full): an empty one
 */
SinganWorkspace *singan_workspace_new (void);

/**
 * singan_workspace_ref:
 * @workspace: the workspace
 *
 * Returns: (transfer full): the same
 */
SinganWorkspace *singan_workspace_ref (SinganWorkspace *workspace);

/**
 * singan_workspace_unref:
 * @workspace: (transfer full): the workspace
 */
void singan_workspace_unref (SinganWorkspace *workspace);

/**
 * singan_workspace_reserve_scratch:
 * @workspace: grows if it has to
 * @per_thread: reals a thread
 * @shared: reals for all threads together
 * @error: SINGAN_ERROR_NO_MEMORY
 *
 * Returns: FALSE with @error set; then nobody may run in it any more
 */
gboolean singan_workspace_reserve_scratch (SinganWorkspace *workspace,
                                           gsize            per_thread,
                                           gsize            shared,
                                           GError         **error);

/**
 * singan_workspace_reserve_map:
 * @workspace: grows if it has to
 * @map: which of the arrays
 * @count: reals
 * @error: SINGAN_ERROR_NO_MEMORY
 *
 * Returns: FALSE with @error set; then nobody may run in it any more
 */
gboolean singan_workspace_reserve_map (SinganWorkspace *workspace,
                                       gint             map,
                                       gsize            count,
                                       GError         **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SinganWorkspace, singan_workspace_unref)

G_END_DECLS
