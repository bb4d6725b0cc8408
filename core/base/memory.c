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

/* Before an array stands where its memory begins; the array ends with it. */
static void *
remember_start (void *start, gsize offset)
{
  void **array = (void **) ((guint8 *) start + offset);

  array[-1] = start;

  return array;
}

/* Fresh memory of the system is zero already: calloc () leaves it untouched,
 * and the threads that use it first share the work of mapping it. */
static void *
allocate_huge (gsize bytes)
{
  guint8 *start = calloc (1, bytes + HUGE_ALIGNMENT);
  gsize   offset;

  if (! start)
    return NULL;
  offset = HUGE_ALIGNMENT - (guintptr) start % HUGE_ALIGNMENT;
  /* A multiple of the alignment that the start has, so there is room. */
  g_assert (offset >= sizeof (void *));
#ifdef MADV_HUGEPAGE
  /* A wish: nothing is lost where it is not granted. */
  madvise (start + offset, bytes / HUGE_ALIGNMENT * HUGE_ALIGNMENT,
           MADV_HUGEPAGE);
#endif

  return remember_start (start, offset);
}

/* Aligned zeros, or NULL. */
static void *
allocate (gsize bytes)
{
  void *start;

  if (bytes >= HUGE_BYTES)
    return allocate_huge (bytes);

  start = aligned_alloc (SINGAN_ALIGNMENT, SINGAN_ALIGNMENT + bytes);
  if (! start)
    return NULL;
  memset (start, 0, SINGAN_ALIGNMENT + bytes);

  return remember_start (start, SINGAN_ALIGNMENT);
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

  return reals;
}

void
singan_reals_free (SinganReal *reals)
{
  if (reals)
    free (((void **) reals)[-1]);
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
