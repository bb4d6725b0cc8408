/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The command-line tool for the search of a recipe: any number of the settings
 * can be given by its name in the environment,
 *
 *   TRIAL=patch_weight=10,window=128 trial train PICTURE ...
 *
 * which the tool itself does not offer.  It is linked with --wrap, so that
 * every training passes here once its preset and its purpose are set.
 */

#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/pyramid/settings.h"

typedef struct
{
  const gchar *name;
  gsize        offset;
  gboolean     is_integer;
} Field;

#define INTEGER(member)                                                        \
  {                                                                            \
    G_STRINGIFY (member), G_STRUCT_OFFSET (SinganSettings, member), TRUE       \
  }
#define NUMBER(member)                                                         \
  {                                                                            \
    G_STRINGIFY (member), G_STRUCT_OFFSET (SinganSettings, member), FALSE      \
  }

static const Field fields[] = {
  INTEGER (max_size),         INTEGER (min_size),
  INTEGER (features),         INTEGER (features_maximum),
  INTEGER (iterations),       INTEGER (discriminator_steps),
  INTEGER (generator_steps),  NUMBER (scale_factor),
  NUMBER (penalty_weight),    NUMBER (reconstruction_weight),
  NUMBER (noise_weight),      NUMBER (learning_rate),
  NUMBER (decay_start),       INTEGER (window),
  NUMBER (patch_weight),      INTEGER (patch_stride),
  INTEGER (patch_directions), INTEGER (patch_scales),
  NUMBER (finest_share),      INTEGER (own_statistics_scales),
  NUMBER (below_rate),        INTEGER (is_widened),
  INTEGER (is_mirrored),      INTEGER (detail_size),
  NUMBER (detail_weight),     NUMBER (detail_rate),
  NUMBER (detail_iterations), INTEGER (detail_period),
  NUMBER (detail_noise),
};

/* The linker's names. */
void __real_singan_settings_set_purpose (SinganSettings *settings,
                                         SinganPurpose   purpose);
void __wrap_singan_settings_set_purpose (SinganSettings *settings,
                                         SinganPurpose   purpose);

static void
set_field (SinganSettings *settings, const gchar *assignment)
{
  const gchar *value = strchr (assignment, '=');
  gsize        i;

  for (i = 0; value && i < G_N_ELEMENTS (fields); i++)
    {
      gpointer at = G_STRUCT_MEMBER_P (settings, fields[i].offset);

      if (strlen (fields[i].name) != (gsize) (value - assignment)
          || ! g_str_has_prefix (assignment, fields[i].name))
        continue;
      if (fields[i].is_integer)
        *(gint *) at = atoi (value + 1);
      else
        *(gdouble *) at = g_ascii_strtod (value + 1, NULL);
      return;
    }

  fprintf (stderr, "trial: “%s” is not FIELD=NUMBER\n", assignment);
  exit (EXIT_FAILURE);
}

void
__wrap_singan_settings_set_purpose (SinganSettings *settings,
                                    SinganPurpose   purpose)
{
  const gchar *trial = g_getenv ("TRIAL");
  g_auto (GStrv) assignments = g_strsplit (trial ? trial : "", ",", -1);
  gint i;

  __real_singan_settings_set_purpose (settings, purpose);
  for (i = 0; assignments[i]; i++)
    set_field (settings, assignments[i]);
}
