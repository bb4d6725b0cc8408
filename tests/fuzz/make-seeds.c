/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sound files of each purpose for one harness: make-seeds FOLDER.
 */

#include "config.h"

#include <glib/gstdio.h>

#include "core/base/parallel.h"
#include "tests/fuzz/fuzz.h"

/* The mutator, which libFuzzer's is for, is not used here. */
size_t
LLVMFuzzerMutate (uint8_t *data  G_GNUC_UNUSED,
                  size_t         size,
                  size_t maximum G_GNUC_UNUSED)
{
  return size;
}

int
main (int argc, char **argv)
{
  gint purpose;
  gint channels;

  if (argc != 2 || g_mkdir_with_parents (argv[1], 0777) < 0)
    return 1;
  singan_parallel_set_threads (1);
  for (purpose = 0; purpose < SINGAN_N_PURPOSES; purpose++)
    for (channels = 1; channels <= 3; channels += 2)
      {
        g_autofree gchar *name = g_strdup_printf ("%d-%d", purpose, channels);
        g_autofree gchar *path = g_build_filename (argv[1], name, NULL);
        SinganSettings    settings;

        if (! singan_settings_init (&settings, SINGAN_PRESET_BALANCED, 48, 3, 1,
                                    NULL))
          return 1;
        singan_settings_set_purpose (&settings, (SinganPurpose) purpose);
        settings.features = 2;
        settings.features_maximum = 4;
        settings.patch_directions = 4;
        fuzz_make_sound (&settings, 36, 45, channels, path);
        if (! g_file_test (path, G_FILE_TEST_EXISTS))
          return 1;
      }

  return 0;
}
