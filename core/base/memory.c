/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "core/base/memory.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "core/base/error.h"
#include "core/base/i18n.h"

/* Arrays from this size on ask for huge pages, and begin with one: transforms
 * walk over dozens of pages at a time, more than the processor remembers. */
#define HUGE_BYTES ((gsize) 4 << 20)
#define HUGE_ALIGNMENT ((gsize) 2 << 20)

/* Aligned memory, or NULL. */
static void *
allocate (gsize bytes)
{
#ifdef MADV_HUGEPAGE
  if (bytes >= HUGE_BYTES)
    {
      const gsize rounded
          = (bytes + HUGE_ALIGNMENT - 1) / HUGE_ALIGNMENT * HUGE_ALIGNMENT;
      void *memory = aligned_alloc (HUGE_ALIGNMENT, rounded);

      /* A wish: nothing is lost where it is not granted. */
      if (memory)
        madvise (memory, rounded, MADV_HUGEPAGE);
      return memory;
    }
#endif

  return aligned_alloc (SINGAN_ALIGNMENT, bytes);
}

SinganReal *
singan_reals_new (gsize count, GError **error)
{
  gsize bytes = 0;
  void *reals = NULL;

  if (singan_size_product (&bytes, 2, MAX (count, 1), sizeof (SinganReal))
      && bytes <= G_MAXSIZE / 2)
    {
      bytes = (bytes + SINGAN_ALIGNMENT - 1) / SINGAN_ALIGNMENT
              * SINGAN_ALIGNMENT;
      reals = allocate (bytes);
    }
  if (! reals)
    {
      g_autofree gchar *size
          = g_format_size (bytes > 0 ? (guint64) bytes : G_MAXUINT64);

      g_set_error (error, SINGAN_ERROR, SINGAN_ERROR_NO_MEMORY,
                   _ ("There is not enough memory: %s more were needed. Choose "
                      "a smaller size, or close other programs."),
                   size);
      return NULL;
    }

  return memset (reals, 0, bytes);
}

void
singan_reals_free (SinganReal *reals)
{
  free (reals);
}

gboolean
singan_size_product (gsize *product, guint count, ...)
{
  va_list factors;
  gsize   result = 1;
  guint   i;

  va_start (factors, count);
  for (i = 0; i < count; i++)
    if (! g_size_checked_mul (&result, result, va_arg (factors, gsize)))
      break;
  va_end (factors);

  if (i < count)
    return FALSE;
  *product = result;

  return TRUE;
}
