/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "core/apply/strips.h"

/* Rows of the tiles that convolutions work in: strips begin at multiples. */
#define TILE_ROWS 4

/* Further rows below a strip.  A tile that ends at the border of a strip is
 * rounded otherwise than a whole one, and so are all that read it; five layers
 * carry that eight rows up. */
#define MARGIN_ROWS 8

/* Pixels of a strip, if nobody says how many rows. */
#define STRIP_PIXELS 131072
#define STRIP_ROWS_MINIMUM 16

static gint
choose_rows (gint rows, const SinganTensor *x)
{
  if (rows <= 0)
    rows = MAX (STRIP_PIXELS / x->width, STRIP_ROWS_MINIMUM);
  rows = (rows + TILE_ROWS - 1) / TILE_ROWS * TILE_ROWS;

  return MIN (rows, (x->height + TILE_ROWS - 1) / TILE_ROWS * TILE_ROWS);
}

/* to += amplitude from, where there is such a row. */
static void
add_row (const SinganTensor *noise, gint row, gdouble amplitude, SinganReal *to)
{
  const gsize       run = (gsize) noise->width * noise->channels;
  const SinganReal *from = noise->data + row * (gssize) run;
  gsize             i;

  if (row < 0 || row >= noise->height)
    return;
  for (i = 0; i < run; i++)
    to[i] += (SinganReal) amplitude * from[i];
}

/* Rows of pad5 (sigma z + x) from row @first of the padded picture on. */
static void
fill_padded (const SinganTensor *x,
             const SinganTensor *noise,
             gdouble             amplitude,
             gboolean            mirrors_border,
             gint                first,
             gint                rows,
             SinganReal         *padded)
{
  const gsize run = (gsize) (x->width + 2 * SINGAN_BORDER) * x->channels;
  const gint  noise_border
      = noise ? SINGAN_BORDER - (noise->width - x->width) / 2 : 0;
  gint row;

  for (row = first; row < first + rows; row++, padded += run)
    {
      singan_tensor_pad_row (x, SINGAN_BORDER, mirrors_border,
                             row - SINGAN_BORDER, padded);
      if (noise)
        add_row (noise, row - noise_border, amplitude,
                 padded + (gsize) noise_border * x->channels);
    }
}

gboolean
singan_strips_run (const SinganNetwork *generator,
                   const SinganTensor  *x,
                   const SinganTensor  *noise,
                   gdouble              amplitude,
                   gint                 rows,
                   SinganTensor        *output,
                   SinganStripFunc      func,
                   gpointer             data,
                   GError             **error)
{
  /* Statistics are of the whole picture. */
  const gint strip
      = generator->has_own_statistics ? x->height : choose_rows (rows, x);
  const gsize run = (gsize) x->width * x->channels;
  g_autoptr (SinganTensor) padded
      = singan_tensor_new (strip + MARGIN_ROWS + 2 * SINGAN_BORDER,
                           x->width + 2 * SINGAN_BORDER, x->channels, error);
  g_autoptr (SinganPasses) passes = NULL;
  gint planned = 0;
  gint first;

  if (! padded)
    return FALSE;

  for (first = 0; first < x->height; first += strip)
    {
      const gint        end = MIN (x->height, first + strip);
      const gint        seen = MIN (x->height, end + MARGIN_ROWS) - first;
      const SinganReal *residual;
      gsize             i;

      /* The last strips may be shorter. */
      if (seen != planned)
        {
          g_clear_pointer (&passes, singan_passes_free);
          passes = singan_passes_new (generator, seen + 2 * SINGAN_BORDER,
                                      x->width + 2 * SINGAN_BORDER,
                                      SINGAN_PASS_INFER, error);
          if (! passes)
            return FALSE;
          planned = seen;
        }
      fill_padded (x, noise, amplitude, generator->mirrors_border, first,
                   seen + 2 * SINGAN_BORDER, padded->data);
      residual = singan_network_infer (generator, passes, padded->data);
      for (i = 0; i < (end - first) * run; i++)
        output->data[first * run + i] = residual[i] + x->data[first * run + i];
      if (func && ! func (end, data, error))
        return FALSE;
    }

  return TRUE;
}
