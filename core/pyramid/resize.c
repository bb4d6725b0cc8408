/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "core/pyramid/resize.h"

#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/memory.h"

/* Keys' parameter: a = -0.5 reproduces quadratics. */
#define CUBIC_A (-0.5)

/* Half the width of the cubic kernel. */
#define CUBIC_RADIUS 2.0

/* Numbers of a row that a thread takes at a time. */
#define BLOCK 64

/* Channels that are summed up at a time. */
#define PIXEL_CHANNELS 3

/* The weights of one axis: output i is the sum over t of
 * weights[i * taps + t] source[sources[i * taps + t]]. */
typedef struct
{
  gint     taps;
  gint    *sources;
  gdouble *weights;
} Axis;

/* Keys 1981, eq. (4). */
static gdouble
cubic (gdouble x)
{
  const gdouble a = CUBIC_A;

  x = fabs (x);
  if (x <= 1)
    return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < CUBIC_RADIUS)
    return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a;

  return 0;
}

/* The pixel that stands at i when the borders are mirrors: -1 is pixel 0. */
static gint
mirror (gint i, gint length)
{
  const gint period = 2 * length;

  i %= period;
  if (i < 0)
    i += period;

  return i < length ? i : period - 1 - i;
}

static void
axis_clear (Axis *axis)
{
  g_free (axis->sources);
  g_free (axis->weights);
}

/* The pixel that stands at i when the last one is followed by the first. */
static gint
wrap (gint i, gint length)
{
  return (i % length + length) % length;
}

static gboolean
axis_init (Axis *axis, gint from, gint to, gboolean wraps, GError **error)
{
  const gdouble scale = (gdouble) to / from;
  const gdouble stretch = MAX (1 / scale, 1);
  const gdouble radius = CUBIC_RADIUS * stretch;
  const gint    taps = (gint) ceil (2 * radius) + 1;
  gint          i;
  gint          t;

  axis->taps = taps;
  axis->sources = g_try_new (gint, (gsize) to * taps);
  axis->weights = g_try_new (gdouble, (gsize) to * taps);
  if (! axis->sources || ! axis->weights)
    {
      g_set_error_literal (error, SINGAN_ERROR, SINGAN_ERROR_NO_MEMORY,
                           _ ("There is not enough memory to resize the "
                              "picture. Choose a smaller size."));
      return FALSE;
    }

  for (i = 0; i < to; i++)
    {
      const gdouble centre = (i + 0.5) / scale - 0.5;
      const gint    first = (gint) ceil (centre - radius);
      gdouble      *weights = axis->weights + (gsize) i * taps;
      gdouble       sum = 0;

      for (t = 0; t < taps; t++)
        {
          weights[t] = cubic ((first + t - centre) / stretch);
          axis->sources[(gsize) i * taps + t]
              = wraps ? wrap (first + t, from) : mirror (first + t, from);
          sum += weights[t];
        }
      for (t = 0; t < taps; t++)
        weights[t] /= sum;
    }

  return TRUE;
}

struct _SinganResizer
{
  gboolean      is_copy; /* from and to the same size; then no more is set */
  Axis          rows;
  Axis          columns;
  SinganTensor *middle; /* the rows that there were, the columns wanted */
};

static SinganResizer *
resizer_new (const SinganTensor *source,
             gint                height,
             gint                width,
             gboolean            wraps_rows,
             gboolean            wraps_columns,
             GError            **error)
{
  g_autoptr (SinganResizer) resizer = g_new0 (SinganResizer, 1);

  resizer->is_copy = source->height == height && source->width == width;
  if (! resizer->is_copy
      && (! (resizer->middle = singan_tensor_new (source->height, width,
                                                  source->channels, error))
          || ! axis_init (&resizer->rows, source->height, height, wraps_rows,
                          error)
          || ! axis_init (&resizer->columns, source->width, width,
                          wraps_columns, error)))
    return NULL;

  return g_steal_pointer (&resizer);
}

SinganResizer *
singan_resizer_new (const SinganTensor *source,
                    gint                height,
                    gint                width,
                    GError            **error)
{
  return resizer_new (source, height, width, FALSE, FALSE, error);
}

void
singan_resizer_free (SinganResizer *resizer)
{
  if (! resizer)
    return;
  axis_clear (&resizer->rows);
  axis_clear (&resizer->columns);
  singan_tensor_free (resizer->middle);
  g_free (resizer);
}

/* to[c] = sum over the taps, in their order, of weight times pixel. */
static inline void
resize_pixel (gint              taps,
              const gint       *sources,
              const gdouble    *weights,
              gint              channels,
              const SinganReal *from,
              SinganReal       *to)
{
  gint c;
  gint t;

  for (c = 0; c < channels; c += PIXEL_CHANNELS)
    {
      const gint count = MIN (channels - c, PIXEL_CHANNELS);
      gdouble    sums[PIXEL_CHANNELS] = { 0 };

      for (t = 0; t < taps; t++)
        for (gint i = 0; i < count; i++)
          sums[i] += weights[t] * from[(gsize) sources[t] * channels + c + i];
      for (gint i = 0; i < count; i++)
        to[c + i] = (SinganReal) sums[i];
    }
}

static void
resize_rows (const SinganTensor *source,
             const Axis         *axis,
             GCancellable       *cancellable,
             SinganTensor       *target)
{
  const gint channels = source->channels;
  gint       h;

#pragma omp parallel for schedule(static)
  for (h = 0; h < target->height; h++)
    {
      const SinganReal *from
          = source->data + (gsize) h * source->width * channels;
      SinganReal *to = target->data + (gsize) h * target->width * channels;

      if (g_cancellable_is_cancelled (cancellable))
        continue;
      for (gint w = 0; w < target->width; w++)
        {
          const gint    *sources = axis->sources + (gsize) w * axis->taps;
          const gdouble *weights = axis->weights + (gsize) w * axis->taps;

          /* Colour pictures are nearly all there are. */
          if (channels == 3)
            resize_pixel (axis->taps, sources, weights, 3, from, to + 3 * w);
          else
            resize_pixel (axis->taps, sources, weights, channels, from,
                          to + (gsize) w * channels);
        }
    }
}

static void
resize_columns (const SinganTensor *source,
                const Axis         *axis,
                GCancellable       *cancellable,
                SinganTensor       *target)
{
  const gsize row = (gsize) source->width * source->channels;
  gint        h;

#pragma omp parallel for schedule(static)
  for (h = 0; h < target->height; h++)
    {
      const gint    *sources = axis->sources + (gsize) h * axis->taps;
      const gdouble *weights = axis->weights + (gsize) h * axis->taps;
      SinganReal    *to = target->data + h * row;

      if (g_cancellable_is_cancelled (cancellable))
        continue;
      for (gsize first = 0; first < row; first += BLOCK)
        {
          const gsize count = MIN (BLOCK, row - first);
          gdouble     sums[BLOCK] = { 0 };

          for (gint t = 0; t < axis->taps; t++)
            {
              const SinganReal *from = source->data + sources[t] * row + first;

              for (gsize i = 0; i < count; i++)
                sums[i] += weights[t] * from[i];
            }
          for (gsize i = 0; i < count; i++)
            to[first + i] = (SinganReal) sums[i];
        }
    }
}

static void
run_cancellable (SinganResizer      *resizer,
                 const SinganTensor *source,
                 GCancellable       *cancellable,
                 SinganTensor       *target)
{
  if (resizer->is_copy)
    {
      memcpy (target->data, source->data,
              singan_tensor_size (source) * sizeof (SinganReal));
      return;
    }

  resize_rows (source, &resizer->columns, cancellable, resizer->middle);
  resize_columns (resizer->middle, &resizer->rows, cancellable, target);
}

void
singan_resizer_run (SinganResizer      *resizer,
                    const SinganTensor *source,
                    SinganTensor       *target)
{
  run_cancellable (resizer, source, NULL, target);
}

gboolean
singan_resize_into (const SinganTensor *source,
                    SinganTensor       *target,
                    GError            **error)
{
  g_autoptr (SinganResizer) resizer
      = singan_resizer_new (source, target->height, target->width, error);

  g_return_val_if_fail (source->channels == target->channels, FALSE);

  if (! resizer)
    return FALSE;
  singan_resizer_run (resizer, source, target);

  return TRUE;
}

/* Each number of the middle is the sum, in the order of the rows of
 * grad_target, of those that it was spread to. */
static void
transpose_columns (const SinganTensor *grad_target,
                   const Axis         *axis,
                   SinganTensor       *middle)
{
  const gint row = grad_target->width * grad_target->channels;
  gint       first;

  memset (middle->data, 0, singan_tensor_size (middle) * sizeof *middle->data);
#pragma omp parallel for schedule(static)
  for (first = 0; first < row; first += BLOCK)
    for (gint h = 0; h < grad_target->height; h++)
      for (gint t = 0; t < axis->taps; t++)
        {
          const gsize       at = (gsize) h * axis->taps + t;
          const SinganReal  weight = (SinganReal) axis->weights[at];
          const gint        count = MIN (BLOCK, row - first);
          const SinganReal *from = grad_target->data + (gsize) h * row + first;
          SinganReal       *to
              = middle->data + (gsize) axis->sources[at] * row + first;

          for (gint i = 0; i < count; i++)
            to[i] += weight * from[i];
        }
}

static void
transpose_rows (const SinganTensor *middle,
                const Axis         *axis,
                SinganTensor       *grad_source)
{
  const gint channels = middle->channels;
  gint       h;

#pragma omp parallel for schedule(static)
  for (h = 0; h < middle->height; h++)
    {
      const SinganReal *from
          = middle->data + (gsize) h * middle->width * channels;
      const gsize row = (gsize) grad_source->width * channels;
      SinganReal *to = grad_source->data + h * row;

      memset (to, 0, row * sizeof *to);
      for (gint w = 0; w < middle->width; w++)
        for (gint t = 0; t < axis->taps; t++)
          {
            const gsize      at = (gsize) w * axis->taps + t;
            const SinganReal weight = (SinganReal) axis->weights[at];

            for (gint c = 0; c < channels; c++)
              to[(gsize) axis->sources[at] * channels + c]
                  += weight * from[(gsize) w * channels + c];
          }
    }
}

void
singan_resizer_run_transposed (SinganResizer      *resizer,
                               const SinganTensor *grad_target,
                               SinganTensor       *grad_source)
{
  if (resizer->is_copy)
    {
      memcpy (grad_source->data, grad_target->data,
              singan_tensor_size (grad_target) * sizeof (SinganReal));
      return;
    }

  transpose_columns (grad_target, &resizer->rows, resizer->middle);
  transpose_rows (resizer->middle, &resizer->columns, grad_source);
}

SinganTensor *
singan_resize (const SinganTensor *source,
               gint                height,
               gint                width,
               GError            **error)
{
  g_autoptr (SinganTensor) target
      = singan_tensor_new (height, width, source->channels, error);

  if (! target || ! singan_resize_into (source, target, error))
    return NULL;

  return g_steal_pointer (&target);
}

SinganTensor *
singan_resize_wrapped (const SinganTensor *source,
                       gint                height,
                       gint                width,
                       gboolean            wraps_rows,
                       gboolean            wraps_columns,
                       GCancellable       *cancellable,
                       GError            **error)
{
  g_autoptr (SinganTensor) target
      = singan_tensor_new (height, width, source->channels, error);
  g_autoptr (SinganResizer) resizer
      = target ? resizer_new (source, height, width, wraps_rows, wraps_columns,
                              error)
               : NULL;

  if (! resizer)
    return NULL;
  run_cancellable (resizer, source, cancellable, target);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;

  return g_steal_pointer (&target);
}
