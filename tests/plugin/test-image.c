/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The bridge between GeglBuffer and tensor: which buffers are grey, colour
 * spaces, values that no screen shows, holes in linear layers, the hash.
 */

#include "config.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "plugin/image.h"
#include "plugin/transparency.h"

#define SIDE 40

/* What is lost between float and float through a colour space. */
#define FLOAT_TOLERANCE 1e-5

static GeglBuffer *
new_buffer (const Babl *format)
{
  return gegl_buffer_new (GEGL_RECTANGLE (0, 0, SIDE, SIDE), format);
}

/* Each pixel another grey between 0 and 1, and one of them as given. */
static GeglBuffer *
new_ramp (const Babl *format, const Babl *given, const gfloat *pixel)
{
  GeglBuffer *buffer = new_buffer (format);
  gfloat      ramp[SIDE * SIDE];
  gint        i;

  for (i = 0; i < SIDE * SIDE; i++)
    ramp[i] = i / (gfloat) (SIDE * SIDE);
  gegl_buffer_set (
      buffer, NULL, 0,
      babl_format_with_space ("Y' float", babl_format_get_space (format)), ramp,
      GEGL_AUTO_ROWSTRIDE);
  if (pixel)
    gegl_buffer_set (buffer, GEGL_RECTANGLE (7, 3, 1, 1), 0, given, pixel,
                     GEGL_AUTO_ROWSTRIDE);

  return buffer;
}

static gint
channels_of (const Babl *format)
{
  g_autoptr (GeglBuffer) buffer = new_buffer (format);
  g_autoptr (SinganTensor) picture = singan_image_read (buffer, NULL);

  return picture->channels;
}

static void
test_image_read_one_component_is_grey_unless_a_palette (
    void **state G_GNUC_UNUSED)
{
  const Babl *palette;
  const Babl *palette_with_alpha;

  babl_new_palette ("test", &palette, &palette_with_alpha);
  assert_int_equal (channels_of (babl_format ("Y' u8")), 1);
  assert_int_equal (channels_of (babl_format ("Y'A u16")), 1);
  assert_int_equal (channels_of (babl_format ("Y~ float")), 1);
  assert_int_equal (channels_of (babl_format ("Y'CbCr u8")), 3);
  assert_int_equal (channels_of (babl_format ("R'G'B'A u8")), 3);
  assert_int_equal (channels_of (palette), 3);
  assert_int_equal (channels_of (palette_with_alpha), 3);
}

static void
test_image_read_keeps_the_numbers_of_the_buffers_space (
    void **state G_GNUC_UNUSED)
{
  const Babl  *space = babl_space ("ProPhoto");
  const Babl  *format = babl_format_with_space ("R'G'B' float", space);
  const gfloat colour[3] = { 0.9f, 0.1f, 0.25f };
  g_autoptr (GeglBuffer) buffer = new_ramp (format, format, colour);
  g_autoptr (SinganTensor) picture = singan_image_read (buffer, NULL);
  g_autoptr (GeglBuffer) written = singan_image_write (picture, buffer);
  const SinganReal *at = picture->data + (3 * SIDE + 7) * 3;
  gfloat            back[3];
  gint              c;

  assert_ptr_equal (babl_format_get_space (gegl_buffer_get_format (written)),
                    space);
  gegl_buffer_get (written, GEGL_RECTANGLE (7, 3, 1, 1), 1.0, format, back,
                   GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
  for (c = 0; c < 3; c++)
    {
      assert_true (fabs (at[c] - (colour[c] * 2 - 1)) < FLOAT_TOLERANCE);
      assert_true (fabsf (back[c] - colour[c]) < FLOAT_TOLERANCE);
    }
}

static void
test_image_read_and_write_clamp (void **state G_GNUC_UNUSED)
{
  const Babl  *format = babl_format ("R'G'B' float");
  const gfloat outside[3] = { -2, 0.5f, 7 };
  g_autoptr (GeglBuffer) buffer = new_ramp (format, format, outside);
  g_autoptr (SinganTensor) picture = singan_image_read (buffer, NULL);
  g_autoptr (GeglBuffer) written = NULL;
  SinganReal *at = picture->data + (3 * SIDE + 7) * 3;
  gfloat      back[3];

  assert_true (singan_image_check (buffer, SINGAN_IMAGE_OPAQUE, NULL, NULL));
  assert_true (at[0] == -1 && at[1] == 0 && at[2] == 1);

  at[0] = -1.5f;
  at[2] = 1.5f;
  written = singan_image_write (picture, buffer);
  gegl_buffer_get (written, GEGL_RECTANGLE (7, 3, 1, 1), 1.0, format, back,
                   GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
  assert_true (back[0] == 0 && back[1] == 0.5f && back[2] == 1);
}

static void
test_image_check_not_finite_is_found_in_every_float_format (
    void **state G_GNUC_UNUSED)
{
  static const gchar *const formats[]
      = { "R'G'B'A float", "RGBA float", "R'G'B'A half", "RGBA half" };
  static const gfloat bad[] = { NAN, INFINITY, -INFINITY };
  gsize               f;
  gsize               b;

  for (f = 0; f < G_N_ELEMENTS (formats); f++)
    for (b = 0; b < G_N_ELEMENTS (bad); b++)
      {
        const gfloat pixel[4] = { 0.5f, bad[b], 0.5f, 1 };
        const Babl  *format = babl_format (formats[f]);
        const Babl  *given = babl_format (
             strstr (formats[f], "R'") ? "R'G'B'A float" : "RGBA float");
        g_autoptr (GeglBuffer) buffer = new_ramp (format, given, pixel);
        g_autoptr (GError) error = NULL;

        assert_false (
            singan_image_check (buffer, SINGAN_IMAGE_OPAQUE, NULL, &error));
        assert_true (g_error_matches (error, SINGAN_ERROR, SINGAN_ERROR_IMAGE));
        assert_non_null (strstr (error->message, "1 pixel that"));
        assert_non_null (strstr (error->message, "column 7, row 3"));
      }
}

static void
test_image_check_half_transparent_is_the_limit (void **state G_GNUC_UNUSED)
{
  const Babl  *format = babl_format ("R'G'B'A float");
  const gfloat above[4] = { 0.5f, 0.5f, 0.5f, 0.51f };
  const gfloat below[4] = { 0.5f, 0.5f, 0.5f, 0.49f };
  g_autoptr (GeglBuffer) fit = new_ramp (format, format, above);
  g_autoptr (GeglBuffer) unfit = new_ramp (format, format, below);

  assert_true (singan_image_check (fit, SINGAN_IMAGE_OPAQUE, NULL, NULL));
  assert_false (singan_image_check (unfit, SINGAN_IMAGE_OPAQUE, NULL, NULL));
}

/* A ramp of which only the first pixels can be seen. */
static GeglBuffer *
new_hidden_ramp (const Babl *format, gint n_seen)
{
  GeglBuffer        *buffer = new_buffer (format);
  g_autofree gfloat *pixels = g_new (gfloat, SIDE * SIDE * 2);
  gint               i;

  for (i = 0; i < SIDE * SIDE; i++)
    {
      pixels[2 * i] = i / (gfloat) (SIDE * SIDE);
      pixels[2 * i + 1] = i < n_seen ? 1 : 0;
    }
  gegl_buffer_set (buffer, NULL, 0, babl_format ("Y'A float"), pixels,
                   GEGL_AUTO_ROWSTRIDE);

  return buffer;
}

static void
test_image_check_with_alpha_needs_enough_to_learn_from (
    void **state G_GNUC_UNUSED)
{
  const Babl *format = babl_format ("R'G'B'A u16");
  const gint  least = SINGAN_IMAGE_SIDE_MINIMUM * SINGAN_IMAGE_SIDE_MINIMUM;
  g_autoptr (GeglBuffer) enough = new_hidden_ramp (format, least);
  g_autoptr (GeglBuffer) few = new_hidden_ramp (format, least - 1);
  g_autoptr (GeglBuffer) none = new_hidden_ramp (format, 0);
  g_autoptr (GError) of_few = NULL;
  g_autoptr (GError) of_none = NULL;

  assert_true (
      singan_image_check (enough, SINGAN_IMAGE_WITH_ALPHA, NULL, NULL));
  assert_false (singan_image_check (enough, SINGAN_IMAGE_OPAQUE, NULL, NULL));
  assert_false (
      singan_image_check (few, SINGAN_IMAGE_WITH_ALPHA, NULL, &of_few));
  assert_non_null (strstr (of_few->message, "Only 1023 pixels"));
  assert_false (
      singan_image_check (none, SINGAN_IMAGE_WITH_ALPHA, NULL, &of_none));
  assert_non_null (strstr (of_none->message, "fully transparent"));
}

static void
test_image_check_counts_translucent_pixels (void **state G_GNUC_UNUSED)
{
  const Babl  *format = babl_format ("R'G'B'A float");
  const gfloat pixel[4] = { 0.5f, 0.5f, 0.5f, 0.75f };
  g_autoptr (GeglBuffer) one = new_ramp (format, format, pixel);
  g_autoptr (GeglBuffer) none = new_ramp (format, format, NULL);
  gint64 n;

  assert_true (singan_image_check (one, SINGAN_IMAGE_OPAQUE, &n, NULL));
  assert_int_equal (n, 1);
  assert_true (singan_image_check (none, SINGAN_IMAGE_OPAQUE, &n, NULL));
  assert_int_equal (n, 0);
}

/* Green that is seen, beside red that is not, with a pixel between. */
static GeglBuffer *
new_half_hidden (const Babl *format, gfloat alpha)
{
  const Babl        *given = babl_format ("R'G'B'A float");
  const gfloat       green[4] = { 0, 1, 0, 1 };
  const gfloat       red[4] = { 1, 0, 0, 0 };
  const gfloat       blue[4] = { 0, 0, 1, alpha };
  GeglBuffer        *buffer = new_buffer (format);
  g_autofree gfloat *pixels = g_new (gfloat, SIDE * SIDE * 4);
  gint               i;

  for (i = 0; i < SIDE * SIDE; i++)
    memcpy (pixels + 4 * i, i % SIDE < SIDE / 2 ? green : red, sizeof green);
  memcpy (pixels + (3 * SIDE + 7) * 4, blue, sizeof blue);
  gegl_buffer_set (buffer, NULL, 0, given, pixels, GEGL_AUTO_ROWSTRIDE);

  return buffer;
}

static void
test_transparency_read_opaque_is_nothing (void **state G_GNUC_UNUSED)
{
  g_autoptr (GeglBuffer) with
      = new_ramp (babl_format ("R'G'B'A u8"), NULL, NULL);
  g_autoptr (GeglBuffer) without
      = new_ramp (babl_format ("R'G'B' u8"), NULL, NULL);
  SinganTensor *alpha;

  assert_true (singan_transparency_read (with, &alpha, NULL));
  assert_null (alpha);
  assert_true (singan_transparency_read (without, &alpha, NULL));
  assert_null (alpha);
}

static void
test_transparency_fill_takes_no_hidden_colour (void **state G_GNUC_UNUSED)
{
  static const gchar *const formats[]
      = { "R'G'B'A u8", "R'G'B'A u16", "R'G'B'A float" };
  gsize f;
  gint  i;

  for (f = 0; f < G_N_ELEMENTS (formats); f++)
    {
      g_autoptr (GeglBuffer) buffer
          = new_half_hidden (babl_format (formats[f]), 0.5f);
      g_autoptr (SinganTensor) picture = singan_image_read (buffer, NULL);
      g_autoptr (SinganTensor) alpha = NULL;
      const SinganReal *blue = picture->data + (3 * SIDE + 7) * 3;

      assert_true (singan_transparency_read (buffer, &alpha, NULL));
      assert_true (fabsf (alpha->data[3 * SIDE + 7] - 0.5f) < 1.0f / 255);
      assert_true (alpha->data[0] == 1 && alpha->data[SIDE - 1] == 0);
      assert_true (singan_transparency_fill (picture, alpha, NULL));
      /* Red is nowhere, and what is half seen keeps its colour. */
      for (i = 0; i < SIDE * SIDE; i++)
        assert_true (picture->data[3 * i] == -1);
      assert_true (blue[1] == -1 && blue[2] == 1);
      assert_true (picture->data[3 * (SIDE / 2) + 1] > 0.9f);
    }
}

static void
test_transparency_hash_hidden_colours_do_not_count (void **state G_GNUC_UNUSED)
{
  g_autoptr (SinganTensor) picture = singan_tensor_new (2, 2, 3, NULL);
  g_autoptr (SinganTensor) alpha = singan_tensor_new (2, 2, 1, NULL);
  g_autofree gchar *first = NULL;
  g_autofree gchar *hidden = NULL;
  g_autofree gchar *seen = NULL;
  g_autofree gchar *thinner = NULL;

  memset (picture->data, 0, 12 * sizeof (SinganReal));
  memset (alpha->data, 0, 4 * sizeof (SinganReal));
  alpha->data[0] = 1;
  first = singan_transparency_hash (picture, alpha, NULL);
  picture->data[11] = 0.5f;
  hidden = singan_transparency_hash (picture, alpha, NULL);
  picture->data[0] = 0.5f;
  seen = singan_transparency_hash (picture, alpha, NULL);
  alpha->data[0] = 0.5f;
  thinner = singan_transparency_hash (picture, alpha, NULL);
  assert_string_equal (first, hidden);
  assert_string_not_equal (first, seen);
  assert_string_not_equal (seen, thinner);
}

static void
test_image_hash_tells_pixels_and_sizes_apart (void **state G_GNUC_UNUSED)
{
  g_autoptr (SinganTensor) picture = singan_tensor_new (4, 6, 3, NULL);
  g_autoptr (SinganTensor) turned = singan_tensor_new (6, 4, 3, NULL);
  g_autofree gchar *first = singan_image_hash (picture);
  g_autofree gchar *second = singan_image_hash (picture);
  g_autofree gchar *of_turned = singan_image_hash (turned);
  g_autofree gchar *of_changed = NULL;

  picture->data[4 * 6 * 3 - 1] = 1.0f / 255;
  of_changed = singan_image_hash (picture);

  assert_int_equal (strlen (first), 64);
  assert_int_equal (strspn (first, "0123456789abcdef"), 64);
  assert_string_equal (first, second);
  assert_string_not_equal (first, of_turned);
  assert_string_not_equal (first, of_changed);
}

static int
set_up (void **state G_GNUC_UNUSED)
{
  gegl_init (NULL, NULL);

  return 0;
}

static int
tear_down (void **state G_GNUC_UNUSED)
{
  gegl_exit ();

  return 0;
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_image_read_one_component_is_grey_unless_a_palette),
    cmocka_unit_test (test_image_read_keeps_the_numbers_of_the_buffers_space),
    cmocka_unit_test (test_image_read_and_write_clamp),
    cmocka_unit_test (
        test_image_check_not_finite_is_found_in_every_float_format),
    cmocka_unit_test (test_image_check_half_transparent_is_the_limit),
    cmocka_unit_test (test_image_check_with_alpha_needs_enough_to_learn_from),
    cmocka_unit_test (test_image_check_counts_translucent_pixels),
    cmocka_unit_test (test_transparency_read_opaque_is_nothing),
    cmocka_unit_test (test_transparency_fill_takes_no_hidden_colour),
    cmocka_unit_test (test_transparency_hash_hidden_colours_do_not_count),
    cmocka_unit_test (test_image_hash_tells_pixels_and_sizes_apart),
  };

  return cmocka_run_group_tests (tests, set_up, tear_down);
}
