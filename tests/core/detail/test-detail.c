/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The photograph's own detail: what is drawn from a photograph becomes the
 * photograph again, all that is made comes from it, and what may not be used
 * or is not to be made is left alone.
 */

#include "config.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/parallel.h"
#include "core/detail/detail.h"
#include "tests/core/detail/textures.h"

/* How near the photograph its own reconstruction's detail comes, of the
 * distance that the reconstruction, enlarged, has. */
#define OWN_DETAIL_SHARE 0.1

/* A weighted mean's roundings: 49 weights and numbers of size one. */
#define MEAN_TOLERANCE 5e-6

/* The step over a border that wraps, in those between neighbours inside: the
 * mean over some 100 pixels, which the draw decides to some 10 %. */
#define SEAM_MAXIMUM 1.3

/* The same where nothing wraps, so that the measure sees a seam. */
#define SEAM_MINIMUM 1.6

static SinganTensor *
detail_of (const SinganTensor        *drawn,
           const SinganTensor        *reconstruction,
           const SinganTensor        *photograph,
           gint                       height,
           gint                       width,
           const SinganDetailOptions *options)
{
  g_autoptr (GError) error = NULL;
  SinganTensor *result = singan_detail (drawn, reconstruction, photograph,
                                        height, width, options, NULL, &error);
  gsize         i;

  if (! result)
    fail_msg ("%s", error->message);
  assert_int_equal (result->height, height);
  assert_int_equal (result->width, width);
  assert_int_equal (result->channels, photograph->channels);
  for (i = 0; i < singan_tensor_size (result); i++)
    assert_true (isfinite (result->data[i]));

  return result;
}

static void
assert_same_bits (const SinganTensor *one, const SinganTensor *other)
{
  assert_int_equal (singan_tensor_size (one), singan_tensor_size (other));
  assert_memory_equal (one->data, other->data,
                       singan_tensor_size (one) * sizeof (SinganReal));
}

static gboolean
has_same_bits (const SinganTensor *one, const SinganTensor *other)
{
  return memcmp (one->data, other->data,
                 singan_tensor_size (one) * sizeof (SinganReal))
         == 0;
}

static void
test_detail_of_the_reconstruction_is_the_photograph (void **state G_GNUC_UNUSED)
{
  static const SinganDetailOptions options[]
      = { { .seed = 1, .completeness = SINGAN_DETAIL_COMPLETENESS },
          { .seed = 2 },
          { .seed = 3, .keeps_places = TRUE },
          { .seed = 4, .matches_colours = TRUE } };
  gint  channels;
  gsize i;

  for (channels = 1; channels <= 3; channels += 2)
    {
      g_autoptr (SinganTensor) photograph = texture_new (1, 90, 120, channels);
      g_autoptr (SinganTensor) reconstruction
          = softened_new (photograph, 30, 40);
      g_autoptr (SinganTensor) enlarged
          = singan_resize (reconstruction, 90, 120, NULL);
      const gdouble soft
          = sqrt (singan_tensor_mean_squared_difference (enlarged, photograph));

      for (i = 0; i < G_N_ELEMENTS (options); i++)
        {
          g_autoptr (SinganTensor) result = detail_of (
              reconstruction, reconstruction, photograph, 90, 120, &options[i]);
          const gdouble error = sqrt (
              singan_tensor_mean_squared_difference (result, photograph));

          if (! (error < OWN_DETAIL_SHARE * soft))
            fail_msg ("%d channels, options %" G_GSIZE_FORMAT
                      ": %g, the reconstruction's own being %g",
                      channels, i, error, soft);
        }
    }
}

/* Each channel's least and greatest number, of what the mask has above a half.
 */
static void
find_ranges (const SinganTensor *picture,
             const SinganTensor *mask,
             gdouble             least[3],
             gdouble             most[3])
{
  gsize i;

  for (i = 0; i < 3; i++)
    {
      least[i] = G_MAXDOUBLE;
      most[i] = -G_MAXDOUBLE;
    }
  for (i = 0; i < singan_tensor_size (picture); i++)
    if (! mask || mask->data[i / picture->channels] > 0.5f)
      {
        const gsize c = i % picture->channels;

        least[c] = MIN (least[c], picture->data[i]);
        most[c] = MAX (most[c], picture->data[i]);
      }
}

static void
assert_in_ranges (const SinganTensor *result,
                  const SinganTensor *photograph,
                  const SinganTensor *usable)
{
  gdouble least[3], most[3];
  gsize   i;

  find_ranges (photograph, usable, least, most);
  for (i = 0; i < singan_tensor_size (result); i++)
    {
      const gsize c = i % result->channels;

      if (! (result->data[i] >= least[c] - MEAN_TOLERANCE
             && result->data[i] <= most[c] + MEAN_TOLERANCE))
        fail_msg ("%d x %d: number %" G_GSIZE_FORMAT
                  " is %g, the photograph's being %g to %g",
                  result->height, result->width, i, (gdouble) result->data[i],
                  least[c], most[c]);
    }
}

/* The photograph's third channel follows from the others, as it then does in
 * all weighted means of its pixels; not in what is drawn, nor in the
 * reconstruction. */
static SinganTensor *
dependent_photograph (guint32 index, gint height, gint width)
{
  SinganTensor *photograph = texture_new (index, height, width, 3);
  gsize         p;

  for (p = 0; p < (gsize) height * width; p++)
    photograph->data[3 * p + 2] = 0.5f * photograph->data[3 * p]
                                  - 0.25f * photograph->data[3 * p + 1] + 0.25f;

  return photograph;
}

static void
assert_dependent (const SinganTensor *result)
{
  gsize p;

  for (p = 0; p < (gsize) result->height * result->width; p++)
    {
      const gdouble expected
          = 0.5 * result->data[3 * p] - 0.25 * result->data[3 * p + 1] + 0.25;

      if (! (fabs (result->data[3 * p + 2] - expected) <= MEAN_TOLERANCE))
        fail_msg ("%d x %d: pixel %" G_GSIZE_FORMAT " has %g instead of %g",
                  result->height, result->width, p,
                  (gdouble) result->data[3 * p + 2], expected);
    }
}

static void
test_detail_pixels_are_means_of_the_photographs (void **state G_GNUC_UNUSED)
{
  static const SinganDetailOptions options[]
      = { { .seed = 1,
            .matches_colours = TRUE,
            .completeness = SINGAN_DETAIL_COMPLETENESS },
          { .seed = 2, .wraps_rows = TRUE },
          { .seed = 3, .keeps_places = TRUE, .wraps_columns = TRUE } };
  g_autoptr (SinganTensor) photograph = dependent_photograph (1, 90, 120);
  g_autoptr (SinganTensor) reconstruction = texture_new (3, 30, 40, 3);
  g_autoptr (SinganTensor) drawn = texture_new (2, 27, 43, 3);
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (options); i++)
    {
      g_autoptr (SinganTensor) result
          = detail_of (drawn, reconstruction, photograph, 81, 129, &options[i]);

      assert_in_ranges (result, photograph, NULL);
      assert_dependent (result);
    }
}

/* Half, twice, odd, another shape, less than what is drawn, hardly a patch. */
static void
test_detail_any_size_has_the_photographs_pixels (void **state G_GNUC_UNUSED)
{
  static const gint sizes[][2] = { { 45, 60 },  { 180, 240 }, { 91, 77 },
                                   { 20, 131 }, { 7, 7 },     { 7, 50 } };
  const SinganDetailOptions options
      = { .seed = 1, .completeness = SINGAN_DETAIL_COMPLETENESS };
  g_autoptr (SinganTensor) photograph = dependent_photograph (1, 90, 120);
  g_autoptr (SinganTensor) reconstruction = softened_new (photograph, 30, 40);
  g_autoptr (SinganTensor) drawn = texture_new (2, 28, 41, 3);
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (SinganTensor) result
          = detail_of (drawn, reconstruction, photograph, sizes[i][0],
                       sizes[i][1], &options);

      assert_in_ranges (result, photograph, NULL);
      assert_dependent (result);
    }
}

/* What is drawn, or its model, may be smaller than a patch; the model may have
 * more patches than are compared with all, or be as large as the photograph, or
 * larger. */
static void
test_detail_any_model_size_has_the_photographs_pixels (
    void **state G_GNUC_UNUSED)
{
  static const struct
  {
    gint drawn[2], reconstruction[2], photograph[2], result[2];
  } sizes[] = {
    { { 5, 6 }, { 5, 6 }, { 20, 24 }, { 20, 24 } },
    { { 30, 4 }, { 30, 40 }, { 60, 80 }, { 60, 9 } },
    { { 21, 25 }, { 200, 150 }, { 210, 160 }, { 22, 27 } },
    { { 30, 40 }, { 30, 40 }, { 30, 40 }, { 30, 40 } },
    { { 30, 40 }, { 30, 40 }, { 20, 30 }, { 20, 30 } },
    { { 1, 1 }, { 1, 1 }, { 9, 9 }, { 9, 9 } },
    { { 60, 50 }, { 30, 40 }, { 7, 80 }, { 100, 90 } },
    /* No finer level, and yet not the size that is drawn. */
    { { 30, 40 }, { 30, 40 }, { 30, 40 }, { 60, 80 } },
    { { 25, 26 }, { 30, 40 }, { 20, 30 }, { 51, 33 } },
  };
  static const SinganDetailOptions options[]
      = { { .seed = 1, .completeness = SINGAN_DETAIL_COMPLETENESS },
          { .seed = 2, .keeps_places = TRUE } };
  gsize i;
  gsize o;

  for (i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (o = 0; o < G_N_ELEMENTS (options); o++)
      {
        g_autoptr (SinganTensor) photograph = dependent_photograph (
            1, sizes[i].photograph[0], sizes[i].photograph[1]);
        g_autoptr (SinganTensor) reconstruction = softened_new (
            photograph, sizes[i].reconstruction[0], sizes[i].reconstruction[1]);
        g_autoptr (SinganTensor) drawn
            = texture_new (2, sizes[i].drawn[0], sizes[i].drawn[1], 3);
        g_autoptr (SinganTensor) result
            = detail_of (drawn, reconstruction, photograph, sizes[i].result[0],
                         sizes[i].result[1], &options[o]);

        assert_in_ranges (result, photograph, NULL);
        assert_dependent (result);
      }
}

static void
test_detail_any_threads_same_bits (void **state G_GNUC_UNUSED)
{
  static const SinganDetailOptions options[]
      = { { .seed = 1,
            .matches_colours = TRUE,
            .completeness = SINGAN_DETAIL_COMPLETENESS },
          { .seed = 1, .keeps_places = TRUE, .wraps_columns = TRUE } };
  g_autoptr (SinganTensor) photograph = texture_new (1, 40, 52, 3);
  g_autoptr (SinganTensor) reconstruction = softened_new (photograph, 20, 26);
  g_autoptr (SinganTensor) drawn = texture_new (2, 20, 26, 3);
  gsize i;
  gint  threads;

  for (i = 0; i < G_N_ELEMENTS (options); i++)
    {
      SinganDetailOptions other_seed = options[i];
      g_autoptr (SinganTensor) first = NULL;
      g_autoptr (SinganTensor) other = NULL;

      for (threads = 1; threads <= 4; threads *= 2)
        {
          g_autoptr (SinganTensor) result = NULL;

          singan_parallel_set_threads (threads);
          result = detail_of (drawn, reconstruction, photograph, 45, 51,
                              &options[i]);
          singan_parallel_set_threads (0);
          if (first)
            assert_same_bits (first, result);
          else
            first = g_steal_pointer (&result);
        }
      other_seed.seed = 2;
      other
          = detail_of (drawn, reconstruction, photograph, 45, 51, &other_seed);
      assert_false (has_same_bits (first, other));
    }
}

/* What is not made is not touched, what is made has the photograph's pixels
 * only: those that are kept are not its. */
static void
check_kept (const SinganTensor *made, gboolean keeps_places, gboolean wraps)
{
  const gint height = made->height;
  const gint width = made->width;
  g_autoptr (SinganTensor) photograph = dependent_photograph (1, 40, 52);
  g_autoptr (SinganTensor) reconstruction = softened_new (photograph, 20, 26);
  g_autoptr (SinganTensor) drawn = texture_new (2, 20, 26, 3);
  g_autoptr (SinganTensor) kept = noise_new (3, height, width, 3);
  const SinganDetailOptions options = { .seed = 1,
                                        .keeps_places = keeps_places,
                                        .kept = kept,
                                        .made = made,
                                        .wraps_rows = wraps,
                                        .wraps_columns = wraps };
  g_autoptr (SinganTensor) result = NULL;
  gsize p;

  /* Numbers that no photograph has. */
  for (p = 0; p < singan_tensor_size (kept); p++)
    kept->data[p] += 7;
  result
      = detail_of (drawn, reconstruction, photograph, height, width, &options);
  for (p = 0; p < (gsize) height * width; p++)
    if (made->data[p] > 0.5f)
      {
        const SinganReal *pixel = result->data + 3 * p;

        assert_true (fabs (pixel[0]) <= 1 && fabs (pixel[1]) <= 1);
        assert_true (fabs (pixel[2] - (0.5 * pixel[0] - 0.25 * pixel[1] + 0.25))
                     <= MEAN_TOLERANCE);
      }
    else
      assert_memory_equal (result->data + 3 * p, kept->data + 3 * p,
                           3 * sizeof (SinganReal));
}

static void
test_detail_not_made_is_kept_bit_for_bit (void **state G_GNUC_UNUSED)
{
  gint  variant;
  gsize i;

  for (variant = 0; variant < 4; variant++)
    {
      g_autoptr (SinganTensor) hole = mask_new (40, 52, 0, 12, 40, 30);
      g_autoptr (SinganTensor) frame = mask_new (51, 47, 4, 9, 38, 29);
      g_autoptr (SinganTensor) dots = noise_new (9, 40, 52, 1);
      g_autoptr (SinganTensor) nothing = singan_tensor_new (40, 52, 1, NULL);
      const SinganTensor *masks[] = { hole, frame, dots, nothing };

      for (i = 0; i < G_N_ELEMENTS (masks); i++)
        check_kept (masks[i], variant & 1, variant >> 1);
    }
}

/* Hidden pixels, of a colour that nothing else has, come into no result. */
static void
test_detail_hidden_pixels_are_not_used (void **state G_GNUC_UNUSED)
{
  g_autoptr (SinganTensor) photograph = dependent_photograph (1, 60, 80);
  g_autoptr (SinganTensor) reconstruction = softened_new (photograph, 20, 27);
  g_autoptr (SinganTensor) drawn = texture_new (2, 20, 27, 3);
  g_autoptr (SinganTensor) usable = mask_new (60, 80, 20, 25, 24, 22);
  gint  keeps;
  gsize i;

  for (i = 0; i < singan_tensor_size (photograph); i++)
    if (usable->data[i / 3] < 0.5f)
      photograph->data[i] = 50;
  for (keeps = 0; keeps < 2; keeps++)
    {
      const SinganDetailOptions options
          = { .seed = 1,
              .keeps_places = keeps,
              .completeness = keeps ? 0 : SINGAN_DETAIL_COMPLETENESS,
              .usable = usable };
      g_autoptr (SinganTensor) result
          = detail_of (drawn, reconstruction, photograph, 60, 80, &options);

      assert_in_ranges (result, photograph, usable);
      assert_dependent (result);
    }
}

/* Nor do they decide what else is used. */
static void
test_detail_hidden_pixels_do_not_count (void **state G_GNUC_UNUSED)
{
  g_autoptr (SinganTensor) photograph = texture_new (1, 60, 80, 3);
  g_autoptr (SinganTensor) other = singan_tensor_copy (photograph, NULL);
  g_autoptr (SinganTensor) reconstruction = softened_new (photograph, 20, 27);
  g_autoptr (SinganTensor) drawn = texture_new (2, 20, 27, 3);
  g_autoptr (SinganTensor) usable = mask_new (60, 80, 20, 25, 24, 22);
  gint  keeps;
  gsize i;

  for (i = 0; i < singan_tensor_size (other); i++)
    if (usable->data[i / 3] < 0.5f)
      other->data[i] = 0.3f - other->data[i];
  for (keeps = 0; keeps < 2; keeps++)
    {
      const SinganDetailOptions options
          = { .seed = 1, .keeps_places = keeps, .usable = usable };
      g_autoptr (SinganTensor) one
          = detail_of (drawn, reconstruction, photograph, 60, 80, &options);
      g_autoptr (SinganTensor) two
          = detail_of (drawn, reconstruction, other, 60, 80, &options);

      assert_same_bits (one, two);
    }
}

/* Mean absolute difference of two columns, or rows. */
static gdouble
step_between (const SinganTensor *x, gint one, gint other, gboolean is_row)
{
  const gint count = is_row ? x->width : x->height;
  gdouble    sum = 0;
  gint       i, c;

  for (i = 0; i < count; i++)
    for (c = 0; c < x->channels; c++)
      {
        const gint a = is_row ? one * x->width + i : i * x->width + one;
        const gint b = is_row ? other * x->width + i : i * x->width + other;

        sum += fabs (x->data[a * x->channels + c]
                     - x->data[b * x->channels + c]);
      }

  return sum / (count * x->channels);
}

/* The step from the last column, or row, to the first, in those inside. */
static gdouble
seam (const SinganTensor *x, gboolean is_row)
{
  const gint last = (is_row ? x->height : x->width) - 1;
  gdouble    sum = 0;
  gint       i;

  for (i = 0; i < last; i++)
    sum += step_between (x, i, i + 1, is_row);

  return step_between (x, last, 0, is_row) / (sum / last);
}

static void
test_detail_wrapping_result_has_no_seam (void **state G_GNUC_UNUSED)
{
  g_autoptr (SinganTensor) photograph = texture_new (1, 60, 80, 3);
  g_autoptr (SinganTensor) reconstruction = softened_new (photograph, 20, 27);
  g_autoptr (SinganTensor) soft = softened_new (photograph, 20, 27);
  gint wraps;
  gint is_row;

  for (wraps = 0; wraps < 4; wraps++)
    {
      const SinganDetailOptions options
          = { .seed = 1, .wraps_rows = wraps & 1, .wraps_columns = wraps >> 1 };
      g_autoptr (SinganTensor) result
          = detail_of (soft, reconstruction, photograph, 60, 80, &options);

      for (is_row = 0; is_row < 2; is_row++)
        {
          const gboolean wraps_it = is_row ? wraps & 1 : wraps >> 1;
          const gdouble  found = seam (result, is_row);

          if (wraps_it ? ! (found < SEAM_MAXIMUM) : ! (found > SEAM_MINIMUM))
            fail_msg ("wraps %d: the seam of the %s is %g", wraps,
                      is_row ? "rows" : "columns", found);
        }
    }
}

/* Element (h, w) comes from (h - rows, w - columns). */
static SinganTensor *
shifted_new (const SinganTensor *x, gint rows, gint columns)
{
  SinganTensor *y = singan_tensor_new (x->height, x->width, x->channels, NULL);
  gint          h, w, c;

  for (h = 0; h < x->height; h++)
    for (w = 0; w < x->width; w++)
      for (c = 0; c < x->channels; c++)
        y->data[((h + rows) % x->height * x->width + (w + columns) % x->width)
                    * x->channels
                + c]
            = x->data[(h * x->width + w) * x->channels + c];

  return y;
}

/* At the first level all are compared with all, so that where a picture that
 * wraps begins does not count, but for roundings. */
static void
test_detail_wrapping_shifted_gives_the_same_shifted (void **state G_GNUC_UNUSED)
{
  const SinganDetailOptions options
      = { .seed = 1,
          .completeness = SINGAN_DETAIL_COMPLETENESS,
          .wraps_rows = TRUE,
          .wraps_columns = TRUE };
  g_autoptr (SinganTensor) photograph = texture_new (1, 24, 26, 3);
  g_autoptr (SinganTensor) reconstruction = softened_new (photograph, 24, 26);
  g_autoptr (SinganTensor) drawn = texture_new (2, 25, 23, 3);
  g_autoptr (SinganTensor) drawn_shifted = shifted_new (drawn, 5, 17);
  g_autoptr (SinganTensor) result
      = detail_of (drawn, reconstruction, photograph, 25, 23, &options);
  g_autoptr (SinganTensor) expected = shifted_new (result, 5, 17);
  g_autoptr (SinganTensor) ours
      = detail_of (drawn_shifted, reconstruction, photograph, 25, 23, &options);
  gsize i;

  for (i = 0; i < singan_tensor_size (ours); i++)
    if (! (fabs (ours->data[i] - expected->data[i]) <= MEAN_TOLERANCE))
      fail_msg ("number %" G_GSIZE_FORMAT ": %g instead of %g", i,
                (gdouble) ours->data[i], (gdouble) expected->data[i]);
}

static void
test_detail_flat_photograph_gives_flat_result (void **state G_GNUC_UNUSED)
{
  gint  channels;
  gint  matches;
  gsize i;

  for (channels = 1; channels <= 3; channels += 2)
    for (matches = 0; matches < 2; matches++)
      {
        const SinganDetailOptions options
            = { .seed = 1,
                .matches_colours = matches,
                .completeness = SINGAN_DETAIL_COMPLETENESS };
        g_autoptr (SinganTensor) photograph
            = singan_tensor_new (30, 32, channels, NULL);
        g_autoptr (SinganTensor) reconstruction
            = singan_tensor_new (15, 16, channels, NULL);
        g_autoptr (SinganTensor) drawn = texture_new (2, 15, 16, channels);
        g_autoptr (SinganTensor) result = NULL;

        for (i = 0; i < singan_tensor_size (photograph); i++)
          photograph->data[i] = (SinganReal) 0.3;
        result
            = detail_of (drawn, reconstruction, photograph, 30, 32, &options);
        for (i = 0; i < singan_tensor_size (result); i++)
          assert_true (fabs (result->data[i] - 0.3) <= MEAN_TOLERANCE);
      }
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_detail_of_the_reconstruction_is_the_photograph),
    cmocka_unit_test (test_detail_pixels_are_means_of_the_photographs),
    cmocka_unit_test (test_detail_any_size_has_the_photographs_pixels),
    cmocka_unit_test (test_detail_any_model_size_has_the_photographs_pixels),
    cmocka_unit_test (test_detail_any_threads_same_bits),
    cmocka_unit_test (test_detail_not_made_is_kept_bit_for_bit),
    cmocka_unit_test (test_detail_hidden_pixels_are_not_used),
    cmocka_unit_test (test_detail_hidden_pixels_do_not_count),
    cmocka_unit_test (test_detail_wrapping_result_has_no_seam),
    cmocka_unit_test (test_detail_wrapping_shifted_gives_the_same_shifted),
    cmocka_unit_test (test_detail_flat_photograph_gives_flat_result),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
