/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "core/kernels/kernels-private.h"

#include <string.h>

/* Slowest first.  The compiler's own check also asks whether the operating
 * system saves the registers. */
typedef struct
{
  const SinganKernels *kernels;
  gboolean (*runs_here) (void);
} Variant;

static gboolean
always (void)
{
  return TRUE;
}

#ifdef __x86_64__
static gboolean
has_avx2 (void)
{
  return __builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("fma");
}

static gboolean
has_avx512 (void)
{
  return has_avx2 () && __builtin_cpu_supports ("avx512f")
         && __builtin_cpu_supports ("avx512bw")
         && __builtin_cpu_supports ("avx512dq")
         && __builtin_cpu_supports ("avx512vl");
}
#endif

static const Variant variants[] = {
  { &singan_kernels_c, always },
#if defined(__x86_64__)
  { &singan_kernels_sse2, always },
  { &singan_kernels_avx2, has_avx2 },
  { &singan_kernels_avx512, has_avx512 },
#elif defined(__aarch64__)
  { &singan_kernels_neon, always },
#else
  { &singan_kernels_vector, always },
#endif
};

const SinganKernels *
singan_kernels_by_name (const gchar *name)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (variants); i++)
    if (strcmp (variants[i].kernels->name, name) == 0)
      return variants[i].runs_here () ? variants[i].kernels : NULL;

  return NULL;
}

const gchar *const *
singan_kernels_names (void)
{
  static const gchar *names[G_N_ELEMENTS (variants) + 1];
  static gsize        is_done = 0;

  if (g_once_init_enter (&is_done))
    {
      gsize n = 0;
      gsize i;

      for (i = 0; i < G_N_ELEMENTS (variants); i++)
        if (variants[i].runs_here ())
          names[n++] = variants[i].kernels->name;
      g_once_init_leave (&is_done, 1);
    }

  return names;
}

const SinganKernels *
singan_kernels_get (void)
{
  static const SinganKernels *kernels = NULL;

  if (g_once_init_enter (&kernels))
    {
      const gchar         *wanted = g_getenv ("SINGAN_CPU");
      const SinganKernels *chosen
          = wanted ? singan_kernels_by_name (wanted) : NULL;
      const gchar *const *name;

      for (name = singan_kernels_names (); ! chosen && *name; name++)
        if (! name[1])
          chosen = singan_kernels_by_name (*name);
      g_once_init_leave (&kernels, chosen);
    }

  return kernels;
}
