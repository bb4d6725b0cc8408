/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "core/pyramid/finished-scales.h"

#include "core/pyramid/resize.h"

struct _SinganFinishedScales
{
  SinganModel   *model;
  gint           count;
  SinganStage   *stages[SINGAN_SCALES_MAXIMUM];
  SinganResizer *resizers[SINGAN_SCALES_MAXIMUM]; /* each to the next */
};

SinganFinishedScales *
singan_finished_scales_new (SinganWorkspace *workspace,
                            SinganModel     *model,
                            GError         **error)
{
  g_autoptr (SinganFinishedScales) scales = g_new0 (SinganFinishedScales, 1);
  const SinganModelInfo *info = singan_model_get_info (model);
  const SinganGeometry  *geometry = &info->geometry;
  gint                   n;

  scales->model = singan_model_ref (model);
  scales->count = singan_model_n_trained (model);

  for (n = 0; n < scales->count; n++)
    {
      scales->stages[n] = singan_stage_new_within (
          workspace, singan_model_get_generator (model, n),
          geometry->heights[n], geometry->widths[n],
          singan_noise_border (&info->settings), error);
      if (! scales->stages[n])
        return NULL;
      scales->resizers[n] = singan_resizer_new (scales->stages[n]->output,
                                                geometry->heights[n + 1],
                                                geometry->widths[n + 1], error);
      if (! scales->resizers[n])
        return NULL;
    }

  return g_steal_pointer (&scales);
}

void
singan_finished_scales_free (SinganFinishedScales *scales)
{
  gint n;

  if (! scales)
    return;
  for (n = 0; n < scales->count; n++)
    {
      singan_stage_free (scales->stages[n]);
      singan_resizer_free (scales->resizers[n]);
    }
  singan_model_unref (scales->model);
  g_free (scales);
}

SinganStage *
singan_finished_scales_get_stage (SinganFinishedScales *scales, gint scale)
{
  g_return_val_if_fail (scale >= 0 && scale < scales->count, NULL);

  return scales->stages[scale];
}

void
singan_finished_scales_run (SinganFinishedScales *scales,
                            gint                  count,
                            SinganRandomKey      *key,
                            SinganTensor         *x)
{
  gint n;

  g_return_if_fail (count <= scales->count);

  for (n = 0; n < count; n++)
    {
      SinganStage   *stage = scales->stages[n];
      const gboolean has_noise = key || n == 0;

      if (key)
        {
          key->scale = n;
          singan_noise_draw (key, stage->noise);
        }
      else if (n == 0)
        {
          singan_noise_expand (singan_model_get_z_rec (scales->model),
                               stage->noise);
        }
      singan_stage_run (
          stage, singan_model_get_generator (scales->model, n),
          has_noise ? singan_model_get_noise_amplitude (scales->model, n) : 0);
      singan_resizer_run (scales->resizers[n], stage->output,
                          n + 1 < scales->count ? scales->stages[n + 1]->x : x);
    }
}
