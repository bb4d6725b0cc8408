/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Model files: loading any bytes gives a model or an error that can be shown,
 * and a model that was accepted gives pictures or errors.
 */

#include "config.h"

#include "core/singan.h"
#include "core/pyramid/stage.h"
#include "core/storage/model-file.h"
#include "tests/fuzz/fuzz.h"

/* Of using a model. */
#define WAYS 6

void
fuzz_make_sound (const SinganSettings *settings,
                 gint                  height,
                 gint                  width,
                 gint                  channels,
                 const gchar          *path)
{
  SinganModelInfo info = { .settings = *settings,
                           .channels = channels,
                           .source_hash = (gchar *) "abcd",
                           .source_name = (gchar *) "drawn" };
  const gint      border = singan_noise_border (settings);
  g_autoptr (SinganModel) model = NULL;
  SinganTensor *z_rec;
  gint          n;

  if (! singan_geometry_init (&info.geometry, height, width, settings, NULL))
    return;
  z_rec = singan_tensor_new (info.geometry.heights[0] + 2 * border,
                             info.geometry.widths[0] + 2 * border, 1, NULL);
  z_rec->data[0] = 1;
  model = singan_model_new (&info, z_rec);
  for (n = 0; n < info.geometry.n_scales; n++)
    {
      const SinganRandomKey key = { 1, SINGAN_RANDOM_GENERATOR, n, 0 };
      SinganNetwork        *generator = singan_network_new (
                 channels, info.geometry.features[n], channels, TRUE, NULL);

      singan_network_init (generator, &key);
      singan_model_append (model, generator, n == 0 ? 1 : 0.1, NULL);
    }
  singan_model_save (model, path, NULL);
}

static void
stop_at_once (const SinganTrainingProgress *progress G_GNUC_UNUSED,
              gpointer                               data)
{
  g_cancellable_cancel (data);
}

static void
retrain (const SinganModel *model, const SinganTensor *picture)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (SinganModel) changed = NULL;
  g_autoptr (GError) error = NULL;
  SinganPalette palette;

  if (singan_retrain_find_palette (&palette, model, picture, 1, NULL))
    changed = singan_retrain_scale (model, picture, 1, &palette, cancellable,
                                    stop_at_once, cancellable, &error);
  g_clear_pointer (&changed, singan_model_unref);
}

static void
animate (SinganModel *model)
{
  const SinganWalk walk
      = { .seed = 1, .start_scale = 0, .alpha = 0.1, .beta = 0.9 };
  g_autoptr (GError) error = NULL;
  g_autoptr (SinganAnimation) animation
      = singan_animation_new (model, &walk, &error);
  gint i;

  fuzz_check_error (animation != NULL, error);
  for (i = 0; animation && i < 2; i++)
    {
      g_autoptr (GError) reason = NULL;
      SinganTensor *frame = singan_animation_next (animation, NULL, &reason);

      fuzz_check_picture (frame, reason);
    }
}

/* In one of the ways that there are. */
static void
use (SinganModel *model, guint way)
{
  const SinganModelInfo  *info = singan_model_get_info (model);
  const SinganSampling    sampling = { 1, 0, 0, 1.3, 0.8 };
  const SinganInjection   injection = { .start_scale = 1, .seed = 1 };
  const SinganEnlargement enlargement
      = { .factor = 1.5, .fidelity = 0.5, .seed = 1 };
  g_autoptr (SinganTensor) picture = fuzz_draw (30, 34, info->channels);
  g_autoptr (GError) error = NULL;
  SinganTensor *result = NULL;

  switch (way)
    {
    case 0:
      result = singan_sample (model, &sampling, NULL, &error);
      break;
    case 1:
      result = singan_reconstruct (model, NULL, &error);
      break;
    case 2:
      result = singan_inject (model, &injection, picture, NULL, &error);
      break;
    case 3:
      result = singan_super_resolve (model, &enlargement, picture, NULL, NULL,
                                     NULL, &error);
      break;
    case 4:
      animate (model);
      return;
    default:
      if (singan_model_n_trained (model) > 1)
        retrain (model, picture);
      return;
    }
  fuzz_check_picture (result, error);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const gchar *path = fuzz_write (data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (SinganModel) model = singan_model_load (path, &error);

  fuzz_check_error (model != NULL, error);
  if (model && fuzz_is_used (data, size)
      && fuzz_is_small (&singan_model_get_info (model)->settings))
    use (model, fuzz_choose (data, size, WAYS));

  return 0;
}
