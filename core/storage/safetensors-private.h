/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What writing and reading safetensors files share: a length of eight bytes,
 * a header in JSON, and the numbers.  Only these two include it.
 */

#pragma once

#include "core/storage/safetensors.h"

G_STATIC_ASSERT (sizeof (float) == 4);

#define LENGTH_BYTES 8
#define METADATA "__metadata__"

static inline gsize
shape_count (const SinganTensorShape *shape)
{
  gsize count = 1;
  gint  i;

  for (i = 0; i < shape->n; i++)
    count *= shape->sizes[i];

  return count;
}
