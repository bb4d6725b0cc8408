/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Checkpoints: loading any bytes gives a training or an error that can be
 * shown, and one that was accepted goes on, or says why not.
 */

#include "config.h"

#include <stdlib.h>
#include <unistd.h>

#include "core/singan.h"
#include "core/storage/checkpoint.h"
#include "core/training/trainer.h"
#include "tests/fuzz/fuzz.h"

/* Iterations of what is accepted; of the scales in a sound file. */
#define ITERATIONS 2
#define ITERATIONS_MAXIMUM 3

void
fuzz_make_sound (const SinganSettings *settings,
                 gint                  height,
                 gint                  width,
                 gint                  channels,
                 const gchar          *path)
{
  SinganSettings own = *settings;
  g_autoptr (SinganTensor) picture = fuzz_draw (height, width, channels);
  g_autoptr (SinganTrainer) trainer = NULL;
  gint steps;

  own.iterations = MIN (own.iterations, ITERATIONS_MAXIMUM);
  trainer = singan_trainer_new (picture, &own, "abcd", "drawn", NULL);
  for (steps = (height + width) % 7; trainer && steps > 0; steps--)
    if (singan_trainer_is_done (trainer)
        || ! singan_trainer_step (trainer, NULL))
      return;
  if (trainer && ! singan_trainer_is_done (trainer))
    singan_trainer_save_checkpoint (trainer, path, NULL);
}

/* On a picture of the size that the checkpoint says, at which nothing is
 * shrunk. */
static void
go_on (const SinganModelInfo *info, const gchar *path)
{
  const gint last = info->geometry.n_scales - 1;
  g_autoptr (SinganTensor) picture
      = fuzz_draw (info->geometry.heights[last], info->geometry.widths[last],
                   info->channels);
  g_autoptr (GError) error = NULL;
  g_autoptr (SinganTrainer) trainer = singan_trainer_resume (
      picture, &info->settings, info->source_hash, path, &error);
  g_autoptr (SinganModel) snapshot = NULL;
  gint i;

  fuzz_check_error (trainer != NULL, error);
  for (i = 0; trainer && i < ITERATIONS; i++)
    {
      g_autoptr (GError) reason = NULL;
      const gboolean has_stepped = singan_trainer_step (trainer, &reason);

      fuzz_check_error (has_stepped, reason);
      if (! has_stepped || singan_trainer_is_done (trainer))
        return;
    }
  if (! trainer)
    return;
  snapshot = singan_trainer_get_snapshot (trainer, NULL);
  if (snapshot)
    {
      g_autoptr (GError) reason = NULL;
      SinganTensor *drawn = singan_reconstruct (snapshot, NULL, &reason);

      fuzz_check_picture (drawn, reason);
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const gchar *path = fuzz_write (data, size);
  g_autoptr (GError) error = NULL;
  SinganCheckpoint checkpoint;
  const gboolean is_loaded = singan_checkpoint_load (&checkpoint, path, &error);

  fuzz_check_error (is_loaded, error);
  if (is_loaded && fuzz_is_used (data, size)
      && fuzz_is_small (&singan_model_get_info (checkpoint.model)->settings))
    go_on (singan_model_get_info (checkpoint.model), path);
  singan_checkpoint_clear (&checkpoint);

  return 0;
}
