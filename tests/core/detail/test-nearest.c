/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The nearest of all patches against a search that goes through them one by
 * one, in double.
 */

#include "config.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/error.h"
#include "core/base/parallel.h"
#include "core/detail/nearest.h"
#include "tests/core/detail/patches.h"
#include "tests/core/detail/textures.h"

/* Roundings of |q|^2 - 2 q . k + |k|^2, each at most 147: absolute, as they do
 * not become less where the distance does. */
#define DISTANCE_TOLERANCE 1e-4

/* Patches of 100 that may have another target, one that is as near but for
 * roundings. */
#define OTHERS_PERCENT 1

typedef struct
{
  SinganFieldShape shape;
  gint             keys_height;
  gint             keys_width;
  gint             channels;
  gdouble          completeness;
  gdouble          usable; /* share of the keys; 1 for no mask */
  gdouble          made;   /* share of the pixels; 1 for all */
} Case;

static const Case cases[] = {
  { { 18, 21, 1, FALSE, FALSE }, 20, 17, 3, 0, 1, 1 },
  { { 18, 21, 1, FALSE, FALSE }, 20, 17, 3, 0.001, 1, 1 },
  { { 18, 21, 1, FALSE, FALSE }, 20, 17, 1, 0.001, 1, 1 },
  { { 23, 20, 2, FALSE, FALSE }, 15, 22, 3, 0, 1, 1 },
  { { 23, 20, 2, FALSE, FALSE }, 15, 22, 1, 0.01, 0.6, 1 },
  { { 25, 26, 1, FALSE, FALSE }, 15, 22, 3, 0.01, 0.3, 0.01 },
  { { 19, 15, 1, TRUE, TRUE }, 16, 16, 3, 0.001, 1, 1 },
  { { 19, 16, 2, TRUE, FALSE }, 16, 16, 1, 0, 0.5, 1 },
  { { 16, 19, 2, FALSE, TRUE }, 16, 16, 3, 0.001, 0.5, 0.02 },
  { { 7, 7, 1, FALSE, FALSE }, 7, 7, 3, 0.001, 1, 1 },
  { { 7, 30, 1, FALSE, FALSE }, 7, 12, 1, 0, 1, 1 },
  { { 7, 8, 3, TRUE, TRUE }, 24, 20, 3, 0.1, 0.2, 1 },
};

/* Distances of all wanted patches to all usable keys, and the keys' weights:
 * 1 / (alpha + min_i d_ij), or 1. */
typedef struct
{
  gsize        n_keys;
  SinganPlace *places;
  gdouble     *distances; /* [patches, n_keys] */
  gdouble     *weights;
} Naive;

static void
naive_init (Naive              *naive,
            const Case         *one,
            const SinganField  *field,
            const SinganTensor *picture,
            const SinganKeys   *keys)
{
  const gint  rows = keys->picture->height - 6;
  const gint  columns = keys->picture->width - 6;
  const gsize patches = (gsize) field->rows * field->columns;
  gsize       p;
  gsize       k;
  gint        at;

  naive->n_keys = 0;
  naive->places = g_new (SinganPlace, rows * columns);
  naive->weights = g_new (gdouble, rows * columns);
  for (at = 0; at < rows * columns; at++)
    if (! keys->is_usable || keys->is_usable[at])
      naive->places[naive->n_keys++]
          = (SinganPlace){ at / columns, at % columns };
  naive->distances = g_new0 (gdouble, patches * naive->n_keys);
  for (k = 0; k < naive->n_keys; k++)
    {
      gdouble least = G_MAXDOUBLE;

      for (p = 0; p < patches; p++)
        if (! field->is_wanted || field->is_wanted[p])
          {
            const gdouble distance = naive_field_distance (
                field, (gint) (p / field->columns), (gint) (p % field->columns),
                picture, keys->picture, naive->places[k]);

            naive->distances[p * naive->n_keys + k] = distance;
            least = MIN (least, distance);
          }
      /* Alpha is of pixels that span 1, not 2. */
      naive->weights[k]
          = one->completeness > 0
                ? 1 / (one->completeness * 4 * 49 * one->channels + least)
                : 1;
    }
}

static void
naive_clear (Naive *naive)
{
  g_free (naive->places);
  g_free (naive->distances);
  g_free (naive->weights);
}

static void
describe (const Case *one, gchar *text, gsize size)
{
  g_snprintf (text, size,
              "%d x %d (stride %d, wraps %d %d) in %d x %d, %d channels, "
              "completeness %g, usable %g, made %g",
              one->shape.height, one->shape.width, one->shape.stride,
              one->shape.wraps_rows, one->shape.wraps_columns, one->keys_height,
              one->keys_width, one->channels, one->completeness, one->usable,
              one->made);
}

/* Whether the target is the naive one. */
static gboolean
check_patch (const Case        *one,
             const Naive       *naive,
             const SinganField *field,
             gsize              patch)
{
  const gdouble    *distances = naive->distances + patch * naive->n_keys;
  const SinganPlace target = field->targets[patch];
  gdouble           most = G_MAXDOUBLE; /* that the least score may be */
  gdouble           least = G_MAXDOUBLE;
  gdouble           score = -1, slack = 0;
  gsize             first = 0, found = naive->n_keys;
  gchar             text[256];
  gsize             k;

  describe (one, text, sizeof text);
  for (k = 0; k < naive->n_keys; k++)
    {
      const gdouble weight = naive->weights[k];
      const gdouble its = distances[k] * weight;
      /* Both the distance and the weight's own may be off. */
      const gdouble its_slack
          = DISTANCE_TOLERANCE * weight * (one->completeness > 0 ? 1 + its : 1);

      most = MIN (most, its + its_slack);
      if (its < least)
        {
          least = its;
          first = k;
        }
      if (naive->places[k].row == target.row
          && naive->places[k].column == target.column)
        {
          found = k;
          score = its;
          slack = its_slack;
        }
    }
  if (found == naive->n_keys)
    fail_msg ("%s: patch %" G_GSIZE_FORMAT " has %d, %d, which is no key", text,
              patch, target.row, target.column);
  if (! (score - slack <= most)
      || ! (fabs (field->distances[patch] - distances[found])
            <= DISTANCE_TOLERANCE))
    fail_msg ("%s: patch %" G_GSIZE_FORMAT " has a score of %g, not %g, and a "
              "distance of %g, not %g",
              text, patch, score, least, (gdouble) field->distances[patch],
              distances[found]);

  return found == first;
}

static void
check_found (const Case         *one,
             const SinganField  *field,
             const SinganTensor *picture,
             const SinganKeys   *keys)
{
  const gsize patches = (gsize) field->rows * field->columns;
  Naive       naive;
  gsize       n_wanted = 0;
  gsize       n_same = 0;
  gsize       p;

  naive_init (&naive, one, field, picture, keys);
  for (p = 0; p < patches; p++)
    if (! field->is_wanted || field->is_wanted[p])
      {
        n_wanted++;
        n_same += check_patch (one, &naive, field, p);
      }
    else
      {
        assert_int_equal (field->targets[p].row, -1);
        assert_true (field->distances[p] == -2);
      }
  assert_true ((n_wanted - n_same) * 100 <= n_wanted * OTHERS_PERCENT);
  assert_true (n_wanted > 0);
  assert_true (one->made == 1 || n_wanted < patches);
  naive_clear (&naive);
}

/* What is not looked up keeps this. */
static void
mark_all (SinganField *field)
{
  gsize p;

  for (p = 0; p < (gsize) field->rows * field->columns; p++)
    {
      field->targets[p] = (SinganPlace){ -1, -1 };
      field->distances[p] = -2;
    }
}

static SinganField *
field_of (const Case *one)
{
  SinganField       *field = singan_field_new (&one->shape, NULL);
  g_autofree guint8 *made = drawn_flags (
      3, (gsize) one->shape.height * one->shape.width, one->made);

  if (one->made < 1)
    assert_true (singan_field_want (field, made, NULL));
  mark_all (field);

  return field;
}

static void
test_nearest_find_any_case_equals_definition (void **state G_GNUC_UNUSED)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const Case *one = &cases[i];
      g_autoptr (SinganField) field = field_of (one);
      g_autoptr (SinganTensor) picture
          = texture_new (1, one->shape.height, one->shape.width, one->channels);
      g_autoptr (SinganTensor) soft
          = texture_new (2, one->keys_height, one->keys_width, one->channels);
      g_autoptr (SinganTensor) hard
          = noise_new (3, one->keys_height, one->keys_width, one->channels);
      g_autoptr (SinganTensor) queries = queries_new (&one->shape, picture);
      g_autofree guint8 *usable = drawn_flags (
          4, (gsize) (one->keys_height - 6) * (one->keys_width - 6),
          one->usable);
      SinganKeys keys = { soft, one->usable < 1 ? usable : NULL };
      g_autoptr (SinganNearest) nearest
          = singan_nearest_new (field, &keys, NULL);

      singan_nearest_set_keys (nearest, soft);
      singan_nearest_find (nearest, queries, one->completeness, field, NULL);
      check_found (one, field, picture, &keys);

      /* The same search with other keys. */
      mark_all (field);
      keys.picture = hard;
      singan_nearest_set_keys (nearest, hard);
      singan_nearest_find (nearest, queries, one->completeness, field, NULL);
      check_found (one, field, picture, &keys);
    }
}

static SinganField *
found_by (const SinganTensor *picture,
          const SinganTensor *keys_picture,
          gdouble             completeness,
          gint                threads)
{
  const SinganFieldShape shape
      = { picture->height, picture->width, 1, TRUE, TRUE };
  const SinganKeys keys = { keys_picture, NULL };
  SinganField     *field = singan_field_new (&shape, NULL);
  g_autoptr (SinganTensor) queries = queries_new (&shape, picture);
  g_autoptr (SinganNearest) nearest = NULL;

  singan_parallel_set_threads (threads);
  nearest = singan_nearest_new (field, &keys, NULL);
  assert_non_null (nearest);
  singan_nearest_set_keys (nearest, keys_picture);
  singan_nearest_find (nearest, queries, completeness, field, NULL);
  singan_parallel_set_threads (0);

  return field;
}

/* More patches than one block of them. */
static void
test_nearest_find_any_threads_same_bits (void **state G_GNUC_UNUSED)
{
  static const gdouble alphas[] = { 0, 0.001 };
  g_autoptr (SinganTensor) picture = texture_new (1, 31, 33, 3);
  g_autoptr (SinganTensor) keys = texture_new (2, 30, 29, 3);
  const gsize count = 31 * 33;
  gsize       a;
  gint        threads;

  for (a = 0; a < G_N_ELEMENTS (alphas); a++)
    {
      g_autoptr (SinganField) one = found_by (picture, keys, alphas[a], 1);

      for (threads = 2; threads <= 4; threads += 2)
        {
          g_autoptr (SinganField) other
              = found_by (picture, keys, alphas[a], threads);

          assert_memory_equal (one->targets, other->targets,
                               count * sizeof *one->targets);
          assert_memory_equal (one->distances, other->distances,
                               count * sizeof *one->distances);
        }
    }
}

/* More pairs than the search keeps: 100 x 100 patches, in which those of a
 * picture of 20 x 20 that wraps are repeated 25 times, and 94 x 94 keys.  What
 * is repeated changes no minimum, so the small picture has the same field. */
static void
test_nearest_find_more_pairs_than_are_kept_as_fewer (void **state G_GNUC_UNUSED)
{
  static const gdouble alphas[] = { 0, 0.001 };
  g_autoptr (SinganTensor) small = texture_new (1, 20, 20, 1);
  g_autoptr (SinganTensor) large = singan_tensor_new (100, 100, 1, NULL);
  g_autoptr (SinganTensor) keys = texture_new (2, 100, 100, 1);
  gsize a;
  gint  h, w;

  for (h = 0; h < 100; h++)
    for (w = 0; w < 100; w++)
      large->data[h * 100 + w] = small->data[h % 20 * 20 + w % 20];
  for (a = 0; a < G_N_ELEMENTS (alphas); a++)
    {
      g_autoptr (SinganField) few = found_by (small, keys, alphas[a], 1);
      g_autoptr (SinganField) many = found_by (large, keys, alphas[a], 1);
      gint n_other = 0;

      for (h = 0; h < 100; h++)
        for (w = 0; w < 100; w++)
          {
            const gint at = h % 20 * 20 + w % 20;

            if (memcmp (&many->targets[h * 100 + w], &few->targets[at],
                        sizeof *few->targets)
                != 0)
              n_other++;
            else
              assert_true (
                  fabs (many->distances[h * 100 + w] - few->distances[at])
                  <= DISTANCE_TOLERANCE);
          }
      assert_true (n_other * 100 <= 100 * 100 * OTHERS_PERCENT);
    }
}

/* Completeness wants keys that the nearest do not show. */
static void
test_nearest_find_completeness_uses_more_keys (void **state G_GNUC_UNUSED)
{
  static const gdouble alphas[] = { 0, 0.001 };
  g_autoptr (SinganTensor) picture = texture_new (1, 40, 40, 3);
  g_autoptr (SinganTensor) keys = texture_new (2, 40, 40, 3);
  gint  used[2] = { 0 };
  gsize a;
  gsize p;

  for (a = 0; a < G_N_ELEMENTS (alphas); a++)
    {
      g_autoptr (SinganField) field = found_by (picture, keys, alphas[a], 1);
      guint8 is_used[40 * 40] = { 0 };

      for (p = 0; p < 40 * 40; p++)
        {
          guint8 *key
              = &is_used[field->targets[p].row * 40 + field->targets[p].column];

          used[a] += ! *key;
          *key = 1;
        }
    }
  assert_true (used[1] > 1.2 * used[0]);
}

static void
test_nearest_find_nothing_wanted_changes_nothing (void **state G_GNUC_UNUSED)
{
  const SinganFieldShape shape = { 9, 10, 1, FALSE, FALSE };
  g_autoptr (SinganField) field = singan_field_new (&shape, NULL);
  g_autoptr (SinganTensor) picture = texture_new (1, 9, 10, 3);
  const SinganKeys keys = { picture, NULL };
  guint8           made[9 * 10] = { 0 };
  g_autoptr (SinganNearest) nearest = NULL;
  gint p;

  assert_true (singan_field_want (field, made, NULL));
  mark_all (field);
  nearest = singan_nearest_new (field, &keys, NULL);
  singan_nearest_set_keys (nearest, picture);
  singan_nearest_find (nearest, picture, 0.001, field, NULL);
  for (p = 0; p < field->rows * field->columns; p++)
    assert_int_equal (field->targets[p].row, -1);
}

static void
test_nearest_find_cancelled_still_returns (void **state G_GNUC_UNUSED)
{
  const SinganFieldShape shape = { 9, 10, 1, FALSE, FALSE };
  g_autoptr (SinganField) field = singan_field_new (&shape, NULL);
  g_autoptr (SinganTensor) picture = texture_new (1, 9, 10, 3);
  const SinganKeys keys = { picture, NULL };
  g_autoptr (SinganNearest) nearest = singan_nearest_new (field, &keys, NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  g_cancellable_cancel (cancellable);
  singan_nearest_set_keys (nearest, picture);
  singan_nearest_find (nearest, picture, 0.001, field, cancellable);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_nearest_find_any_case_equals_definition),
    cmocka_unit_test (test_nearest_find_any_threads_same_bits),
    cmocka_unit_test (test_nearest_find_more_pairs_than_are_kept_as_fewer),
    cmocka_unit_test (test_nearest_find_completeness_uses_more_keys),
    cmocka_unit_test (test_nearest_find_nothing_wanted_changes_nothing),
    cmocka_unit_test (test_nearest_find_cancelled_still_returns),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
