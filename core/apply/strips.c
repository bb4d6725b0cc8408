/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "core/apply/strips.h"

#include <string.h>

/* Pixels a side of the tiles that convolutions work in: strips begin at
 * multiples, downwards and across. */
#define TILE 4

/* Further pixels below a strip and to its right.  A tile that ends at the
 * border of a strip is rounded otherwise than a whole one, and so are all that
 * read it; five layers carry that eight pixels on. */
#define MARGIN 8

/* Columns of a strip at most, and its pixels, if nobody says how many rows. */
#define STRIP_COLUMNS 2048
#define STRIP_PIXELS 131072

static gint
round_up (gint pixels)
{
  return (pixels + TILE - 1) / TILE * TILE;
}

/* A part of a picture, in pixels. */
typedef struct
{
  gint top;
  gint left;
  gint height;
  gint width;
} Part;

/* The size of a strip, of which there are several; at most the picture's,
 * rounded up. */
static Part
choose_size (gint                 rows,
             gint                 columns,
             const SinganTensor  *x,
             const SinganNetwork *generator)
{
  Part part = { 0, 0, x->height, x->width };

  /* Statistics are of the whole picture. */
  if (generator->has_own_statistics)
    return part;

  if (columns <= 0)
    columns = STRIP_COLUMNS;
  part.width = round_up (MIN (columns, x->width));
  if (rows <= 0)
    rows = MAX (STRIP_PIXELS / part.width, 1);
  part.height = round_up (MIN (rows, x->height));

  return part;
}

/* to += amplitude from, for columns of the padded picture from @left on, where
 * there is such noise. */
static void
add_row (const SinganTensor *noise,
         gint                row,
         gint                left,
         gint                columns,
         gdouble             amplitude,
         SinganReal         *to)
{
  const gint        channels = noise->channels;
  const gint        begin = MAX (left, 0);
  const gint        end = MIN (left + columns, noise->width);
  const SinganReal *from
      = noise->data + (row * (gssize) noise->width + begin) * channels;
  gint i;

  if (row < 0 || row >= noise->height || begin >= end)
    return;
  to += (begin - left) * channels;
  for (i = 0; i < (end - begin) * channels; i++)
    to[i] += (SinganReal) amplitude * from[i];
}

/* A part of pad5 (sigma z + x), in pixels of the padded picture. */
static void
fill_padded (const SinganTensor *x,
             const SinganTensor *noise,
             gdouble             amplitude,
             gboolean            mirrors_border,
             const Part         *part,
             SinganReal         *line,
             SinganReal         *padded)
{
  const gsize run = (gsize) part->width * x->channels;
  const gint  noise_border
      = noise ? SINGAN_BORDER - (noise->width - x->width) / 2 : 0;
  gint row;

  for (row = part->top; row < part->top + part->height; row++, padded += run)
    {
      singan_tensor_pad_row (x, SINGAN_BORDER, mirrors_border,
                             row - SINGAN_BORDER, line);
      memcpy (padded, line + (gsize) part->left * x->channels,
              run * sizeof *padded);
      if (noise)
        add_row (noise, row - noise_border, part->left - noise_border,
                 part->width, amplitude, padded);
    }
}

/* What passes over a picture in strips. */
typedef struct
{
  const SinganNetwork *generator;
  const SinganTensor  *x;
  const SinganTensor  *noise;
  gdouble              amplitude;
  SinganTensor        *output;

  SinganTensor *padded;
  SinganTensor *line; /* a row of the whole padded picture */
  SinganPasses *passes;
  Part          planned; /* that the passes are for */
} Walk;

/* The last strips may be smaller. */
static gboolean
plan (Walk *walk, gint height, gint width, GError **error)
{
  if (walk->passes && height == walk->planned.height
      && width == walk->planned.width)
    return TRUE;

  g_clear_pointer (&walk->passes, singan_passes_free);
  walk->planned = (Part){ 0, 0, height, width };
  walk->passes
      = singan_passes_new (walk->generator, height + 2 * SINGAN_BORDER,
                           width + 2 * SINGAN_BORDER, SINGAN_PASS_INFER, error);

  return walk->passes != NULL;
}

static gboolean
run_part (Walk *walk, const Part *part, GError **error)
{
  const SinganTensor *x = walk->x;
  const gint          channels = x->channels;
  const gint height = MIN (x->height - part->top, part->height + MARGIN);
  const gint width = MIN (x->width - part->left, part->width + MARGIN);
  const gint rows = MIN (height, part->height);
  const gint count = MIN (width, part->width) * channels;
  const Part padded = { part->top, part->left, height + 2 * SINGAN_BORDER,
                        width + 2 * SINGAN_BORDER };
  const SinganReal *residual;
  gint              row;
  gint              i;

  if (! plan (walk, height, width, error))
    return FALSE;
  fill_padded (x, walk->noise, walk->amplitude, walk->generator->mirrors_border,
               &padded, walk->line->data, walk->padded->data);
  residual = singan_network_infer (walk->generator, walk->passes,
                                   walk->padded->data);
  for (row = 0; row < rows; row++, residual += (gsize) width * channels)
    {
      const gsize at
          = ((gsize) (part->top + row) * x->width + part->left) * channels;

      for (i = 0; i < count; i++)
        walk->output->data[at + i] = residual[i] + x->data[at + i];
    }

  return TRUE;
}

gboolean
singan_strips_run (const SinganNetwork *generator,
                   const SinganTensor  *x,
                   const SinganTensor  *noise,
                   gdouble              amplitude,
                   gint                 rows,
                   gint                 columns,
                   SinganTensor        *output,
                   SinganStripFunc      func,
                   gpointer             data,
                   GError             **error)
{
  Part part = choose_size (rows, columns, x, generator);
  g_autoptr (SinganTensor) padded = singan_tensor_new (
      part.height + MARGIN + 2 * SINGAN_BORDER,
      part.width + MARGIN + 2 * SINGAN_BORDER, x->channels, error);
  g_autoptr (SinganTensor) line
      = padded ? singan_tensor_new (1, x->width + 2 * SINGAN_BORDER,
                                    x->channels, error)
               : NULL;
  Walk     walk = { .generator = generator,
                    .x = x,
                    .noise = noise,
                    .amplitude = amplitude,
                    .output = output,
                    .padded = padded,
                    .line = line };
  gboolean success = line != NULL;

  for (part.top = 0; success && part.top < x->height; part.top += part.height)
    {
      for (part.left = 0; success && part.left < x->width;
           part.left += part.width)
        success = run_part (&walk, &part, error);
      success
          = success
            && (! func
                || func (MIN (x->height, part.top + part.height), data, error));
    }
  g_clear_pointer (&walk.passes, singan_passes_free);

  return success;
}
