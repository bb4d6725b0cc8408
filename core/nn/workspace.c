/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "core/nn/workspace.h"

#include "core/base/memory.h"

SinganWorkspace *
singan_workspace_new (void)
{
  SinganWorkspace *workspace = g_new0 (SinganWorkspace, 1);

  workspace->ref_count = 1;

  return workspace;
}

SinganWorkspace *
singan_workspace_ref (SinganWorkspace *workspace)
{
  workspace->ref_count++;

  return workspace;
}

void
singan_workspace_unref (SinganWorkspace *workspace)
{
  gint i;

  if (--workspace->ref_count > 0)
    return;
  singan_scratch_clear (&workspace->scratch);
  for (i = 0; i < SINGAN_WORKSPACE_MAPS; i++)
    singan_reals_free (workspace->maps[i]);
  g_free (workspace);
}

gboolean
singan_workspace_reserve_scratch (SinganWorkspace *workspace,
                                  gsize            per_thread,
                                  gsize            shared,
                                  GError         **error)
{
  if (workspace->scratch.data && per_thread <= workspace->per_thread
      && shared <= workspace->shared)
    return TRUE;

  workspace->per_thread = MAX (workspace->per_thread, per_thread);
  workspace->shared = MAX (workspace->shared, shared);
  singan_scratch_clear (&workspace->scratch);

  return singan_scratch_init (&workspace->scratch, workspace->per_thread,
                              workspace->shared, error);
}

gboolean
singan_workspace_reserve_map (SinganWorkspace *workspace,
                              gint             map,
                              gsize            count,
                              GError         **error)
{
  g_return_val_if_fail (map >= 0 && map < SINGAN_WORKSPACE_MAPS, FALSE);

  if (workspace->maps[map] && count <= workspace->lengths[map])
    return TRUE;

  singan_reals_free (workspace->maps[map]);
  workspace->maps[map] = singan_reals_new (count, error);
  workspace->lengths[map] = workspace->maps[map] ? count : 0;

  return workspace->maps[map] != NULL;
}
