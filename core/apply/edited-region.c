/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "core/apply/edited-region.h"

#include <math.h>

#include "core/apply/blend.h"

#define LEVEL (2.0 / 255)

/* Half the side, in pixels, of the square over which a difference's energy is
 * taken, and of that over which differences and texture are: this one covers a
 * block of JPEG with its neighbour's border, over which errors cancel. */
#define DETAIL_RADIUS 2
#define MEAN_RADIUS 4

/* Differences of colour count more than those of light, since they are
 * smaller. */
#define COLOUR_WEIGHT 1.5

/* The picture's pixels in classes of equal size by their texture, of which so
 * many are looked at. */
#define CLASSES 8
#define SAMPLES_MAXIMUM 65536

/* An edit differs this many times more than is usual; compression leaves no
 * more than these differences, else they are those of an edit of nearly all of
 * the picture. */
#define TIMES_USUAL 4
#define DETAIL_USUAL_MAXIMUM (6 * LEVEL)
#define MEAN_USUAL_MAXIMUM (1.5 * LEVEL)

/* Rec. 601's weights of light, and what scales the differences from it. */
static const gdouble light_weights[] = { 0.299, 0.587, 0.114 };
#define BLUE_SCALE 0.564
#define RED_SCALE 0.713

typedef enum
{
  PLANE_LIGHT,
  PLANE_BLUE,
  PLANE_RED
} Plane;

static gdouble
plane_value (const SinganReal *pixel, gint channels, Plane plane)
{
  gdouble light;

  if (channels == 1)
    return pixel[0];
  light = light_weights[0] * pixel[0] + light_weights[1] * pixel[1]
          + light_weights[2] * pixel[2];

  return plane == PLANE_LIGHT  ? light
         : plane == PLANE_BLUE ? (pixel[2] - light) * BLUE_SCALE
                               : (pixel[0] - light) * RED_SCALE;
}

/* A plane of the picture, less that of the other one if there is one; squared
 * if it is an energy. */
static SinganTensor *
make_plane (const SinganTensor *picture,
            const SinganTensor *less,
            Plane               plane,
            gboolean            is_energy,
            GError            **error)
{
  const gint    channels = picture->channels;
  SinganTensor *values
      = singan_tensor_new (picture->height, picture->width, 1, error);
  gsize p;

  for (p = 0; values && p < singan_tensor_size (values); p++)
    {
      gdouble value
          = plane_value (picture->data + p * channels, channels, plane);

      if (less)
        value -= plane_value (less->data + p * channels, channels, plane);
      values->data[p] = is_energy ? value * value : value;
    }

  return values;
}

/* The mean over 2 radius + 1 values around each, of a row or a column; beyond
 * the ends the last one counts.  Line has room for that as well. */
static void
average_line (
    SinganReal *values, SinganReal *line, gint count, gsize step, gint radius)
{
  const gint side = 2 * radius + 1;
  gdouble    sum = 0;
  gint       i;

  for (i = 0; i < count + side; i++)
    line[i] = values[CLAMP (i - radius, 0, count - 1) * step];
  for (i = 0; i < side; i++)
    sum += line[i];
  for (i = 0; i < count; i++)
    {
      values[i * step] = sum / side;
      sum += (gdouble) line[i + side] - line[i];
    }
}

static void
average (SinganTensor *plane, gint radius)
{
  g_autofree SinganReal *line = g_new (
      SinganReal, (gsize) MAX (plane->height, plane->width) + 2 * radius + 1);
  gint i;

  for (i = 0; i < plane->height; i++)
    average_line (plane->data + (gsize) i * plane->width, line, plane->width, 1,
                  radius);
  for (i = 0; i < plane->width; i++)
    average_line (plane->data + i, line, plane->height, (gsize) plane->width,
                  radius);
}

static SinganTensor *
make_averaged_plane (const SinganTensor *picture,
                     const SinganTensor *less,
                     Plane               plane,
                     gboolean            is_energy,
                     gint                radius,
                     GError            **error)
{
  SinganTensor *values = make_plane (picture, less, plane, is_energy, error);

  if (values)
    average (values, radius);

  return values;
}

/* What is known of each pixel. */
typedef struct
{
  SinganTensor *texture; /* of the original: its deviation from its mean */
  SinganTensor *detail;  /* of the difference: the root of its mean square */
  SinganTensor *mean;    /* of the difference: the largest plane's */
} Measures;

static void
measures_clear (Measures *measures)
{
  singan_tensor_free (measures->texture);
  singan_tensor_free (measures->detail);
  singan_tensor_free (measures->mean);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Measures, measures_clear)

static gboolean
measure_texture (Measures           *measures,
                 const SinganTensor *original,
                 GError            **error)
{
  g_autoptr (SinganTensor) mean = make_averaged_plane (
      original, NULL, PLANE_LIGHT, FALSE, MEAN_RADIUS, error);
  gsize p;

  measures->texture = mean ? make_averaged_plane (original, NULL, PLANE_LIGHT,
                                                  TRUE, MEAN_RADIUS, error)
                           : NULL;
  if (! measures->texture)
    return FALSE;
  for (p = 0; p < singan_tensor_size (mean); p++)
    measures->texture->data[p]
        = sqrt (MAX (0, measures->texture->data[p]
                            - (gdouble) mean->data[p] * mean->data[p]));

  return TRUE;
}

static gboolean
measure_means (Measures           *measures,
               const SinganTensor *edited,
               const SinganTensor *original,
               GError            **error)
{
  const Plane last = original->channels == 1 ? PLANE_LIGHT : PLANE_RED;
  Plane       plane;
  gsize       p;

  measures->mean
      = singan_tensor_new (original->height, original->width, 1, error);
  if (! measures->mean)
    return FALSE;
  for (plane = PLANE_LIGHT; plane <= last; plane++)
    {
      const gdouble weight = plane == PLANE_LIGHT ? 1 : COLOUR_WEIGHT;
      g_autoptr (SinganTensor) values = make_averaged_plane (
          edited, original, plane, FALSE, MEAN_RADIUS, error);

      if (! values)
        return FALSE;
      for (p = 0; p < singan_tensor_size (values); p++)
        measures->mean->data[p]
            = MAX (measures->mean->data[p], weight * fabs (values->data[p]));
    }

  return TRUE;
}

static gboolean
measures_init (Measures           *measures,
               const SinganTensor *edited,
               const SinganTensor *original,
               GError            **error)
{
  gsize p;

  measures->detail = make_averaged_plane (edited, original, PLANE_LIGHT, TRUE,
                                          DETAIL_RADIUS, error);
  if (! measures->detail || ! measure_texture (measures, original, error)
      || ! measure_means (measures, edited, original, error))
    return FALSE;
  for (p = 0; p < singan_tensor_size (measures->detail); p++)
    measures->detail->data[p] = sqrt (MAX (0, measures->detail->data[p]));

  return TRUE;
}

/* Where a class of texture begins, and what an edit has to differ by in it. */
typedef struct
{
  SinganReal texture;
  gdouble    detail;
  gdouble    mean;
} Class;

static gint
compare_reals (gconstpointer a, gconstpointer b)
{
  const SinganReal one = *(const SinganReal *) a;
  const SinganReal other = *(const SinganReal *) b;

  return (one > other) - (one < other);
}

/* Sorts the values. */
static gdouble
find_median (GArray *values)
{
  g_array_sort (values, compare_reals);

  return values->len > 0 ? g_array_index (values, SinganReal, values->len / 2)
                         : 0;
}

static gsize
sample_step (const Measures *measures)
{
  return singan_tensor_size (measures->texture) / SAMPLES_MAXIMUM + 1;
}

static void
find_classes (const Measures *measures, Class *classes)
{
  const gsize size = singan_tensor_size (measures->texture);
  const gsize step = sample_step (measures);
  g_autoptr (GArray) textures = g_array_new (FALSE, FALSE, sizeof (SinganReal));
  gsize p;
  gint  i;

  for (p = 0; p < size; p += step)
    g_array_append_val (textures, measures->texture->data[p]);
  g_array_sort (textures, compare_reals);
  for (i = 0; i < CLASSES; i++)
    classes[i].texture
        = g_array_index (textures, SinganReal, textures->len * i / CLASSES);
}

static gint
find_class (const Class *classes, SinganReal texture)
{
  gint i = CLASSES - 1;

  while (i > 0 && texture < classes[i].texture)
    i--;

  return i;
}

static gdouble
find_limit (GArray *values, gdouble usual_maximum)
{
  const gdouble usual = MIN (find_median (values), usual_maximum);

  return MAX (SINGAN_EDIT_THRESHOLD, TIMES_USUAL * usual);
}

/* What is usual is the median: edits are the smaller part of each class. */
static void
find_limits (const Measures *measures, Class *classes)
{
  const gsize size = singan_tensor_size (measures->texture);
  const gsize step = sample_step (measures);
  gsize       p;
  gint        i;

  for (i = 0; i < CLASSES; i++)
    {
      g_autoptr (GArray) details
          = g_array_new (FALSE, FALSE, sizeof (SinganReal));
      g_autoptr (GArray) means
          = g_array_new (FALSE, FALSE, sizeof (SinganReal));

      for (p = 0; p < size; p += step)
        if (find_class (classes, measures->texture->data[p]) == i)
          {
            g_array_append_val (details, measures->detail->data[p]);
            g_array_append_val (means, measures->mean->data[p]);
          }
      classes[i].detail = find_limit (details, DETAIL_USUAL_MAXIMUM);
      classes[i].mean = find_limit (means, MEAN_USUAL_MAXIMUM);
    }
}

static gboolean
are_mostly_equal (const SinganTensor *a, const SinganTensor *b)
{
  const gsize pixels = (gsize) a->height * a->width;
  gsize       equal = 0;
  gsize       p;
  gint        c;

  for (p = 0; p < pixels; p++)
    {
      for (c = 0; c < a->channels; c++)
        if (a->data[p * a->channels + c] != b->data[p * a->channels + c])
          break;
      equal += c == a->channels;
    }

  return equal > pixels / 2;
}

SinganTensor *
singan_region_from_edit (const SinganTensor *edited,
                         const SinganTensor *original,
                         GError            **error)
{
  g_auto (Measures) measures = { .detail = NULL };
  Class         classes[CLASSES];
  SinganTensor *region;
  gsize         p;

  g_return_val_if_fail (
      singan_tensor_size (edited) == singan_tensor_size (original), NULL);

  if (are_mostly_equal (edited, original))
    return singan_region_from_difference (edited, original,
                                          SINGAN_EDIT_THRESHOLD, error);
  if (! measures_init (&measures, edited, original, error))
    return NULL;
  region = singan_tensor_new (original->height, original->width, 1, error);
  if (! region)
    return NULL;

  find_classes (&measures, classes);
  find_limits (&measures, classes);
  for (p = 0; p < singan_tensor_size (region); p++)
    {
      const Class *limits
          = &classes[find_class (classes, measures.texture->data[p])];

      region->data[p] = measures.detail->data[p] > limits->detail
                        || measures.mean->data[p] > limits->mean;
    }
  /* What compression left now and then is alone in its surroundings. */
  average (region, MEAN_RADIUS);
  singan_region_threshold (region, 0.5);

  return region;
}
