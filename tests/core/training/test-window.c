/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Windows of a scale: what a network sees in one is what it sees there in the
 * whole picture, and together they cover it.
 */

#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/nn/network.h"
#include "core/pyramid/stage.h"
#include "core/training/window.h"

#define HEIGHT 23
#define WIDTH 31
#define CHANNELS 3

static SinganTensor *
draw_tensor (gint height, gint width, guint32 index)
{
  const SinganRandomKey key = { 3, SINGAN_RANDOM_SAMPLE, 1, index };
  SinganTensor *tensor = singan_tensor_new (height, width, CHANNELS, NULL);

  singan_random_normal (&key, tensor->data, singan_tensor_size (tensor));

  return tensor;
}

/* The part of the whole's input, at a window's place. */
static void
check_input (const SinganRectangle *window,
             gboolean               is_noise_beyond,
             gboolean               mirrors_border)
{
  const gint border = is_noise_beyond ? SINGAN_BORDER : 0;
  g_autoptr (SinganTensor) x = draw_tensor (HEIGHT, WIDTH, 0);
  g_autoptr (SinganTensor) noise
      = draw_tensor (HEIGHT + 2 * border, WIDTH + 2 * border, 1);
  g_autoptr (SinganTensor) whole
      = draw_tensor (HEIGHT + 2 * SINGAN_BORDER, WIDTH + 2 * SINGAN_BORDER, 2);
  g_autoptr (SinganTensor) part_noise = draw_tensor (
      window->height + 2 * SINGAN_BORDER, window->width + 2 * SINGAN_BORDER, 3);
  g_autoptr (SinganTensor) part = draw_tensor (
      window->height + 2 * SINGAN_BORDER, window->width + 2 * SINGAN_BORDER, 4);
  gint h;
  gint w;
  gint c;

  /* The same noise at the same place. */
  for (h = 0; h < part->height; h++)
    for (w = 0; w < part->width; w++)
      for (c = 0; c < CHANNELS; c++)
        {
          const gint row = window->top + h - SINGAN_BORDER + border;
          const gint column = window->left + w - SINGAN_BORDER + border;

          if (row >= 0 && row < noise->height && column >= 0
              && column < noise->width)
            part_noise->data[(h * part->width + w) * CHANNELS + c]
                = noise->data[(row * noise->width + column) * CHANNELS + c];
        }

  singan_generator_input (x, noise, 0.5, mirrors_border, whole);
  singan_window_input (window, x, part_noise, 0.5, is_noise_beyond,
                       mirrors_border, part);
  for (h = 0; h < part->height; h++)
    assert_memory_equal (part->data + h * part->width * CHANNELS,
                         whole->data
                             + ((window->top + h) * whole->width + window->left)
                                   * CHANNELS,
                         part->width * CHANNELS * sizeof *part->data);
}

static void
test_input_is_the_wholes_part (void **state G_GNUC_UNUSED)
{
  static const SinganRectangle windows[]
      = { { 0, 0, 12, 12 },                    /* a corner */
          { HEIGHT - 12, WIDTH - 12, 12, 12 }, /* the other */
          { 6, 8, 11, 13 },                    /* the middle */
          { 0, 9, HEIGHT, 12 },
          { 0, 0, HEIGHT, WIDTH } }; /* from side to side */
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (windows); i++)
    {
      check_input (&windows[i], FALSE, FALSE);
      check_input (&windows[i], TRUE, FALSE);
      check_input (&windows[i], FALSE, TRUE);
      check_input (&windows[i], TRUE, TRUE);
    }
}

static void
test_draw_covers_every_pixel (void **state G_GNUC_UNUSED)
{
  enum
  {
    DRAWS = 4000
  };
  gint rows[HEIGHT] = { 0 };
  gint draw;
  gint h;

  for (draw = 0; draw < DRAWS; draw++)
    {
      const SinganRandomKey key = { 3, SINGAN_RANDOM_WINDOW, 1, draw };
      SinganRectangle       window = { 0, 0, 9, WIDTH };

      singan_window_draw (&window, &key, HEIGHT, WIDTH);
      assert_in_range (window.top, 0, HEIGHT - 9);
      assert_int_equal (window.left, 0);
      for (h = 0; h < 9; h++)
        rows[window.top + h]++;
    }
  /* Of 23 places of the window, 9 have the row in the middle, 5 the first, and
   * 13 the row that windows at the border and next to it end with. */
  for (h = 0; h < HEIGHT; h++)
    assert_in_range (rows[h], DRAWS * 4 / HEIGHT, DRAWS * 14 / HEIGHT);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_input_is_the_wholes_part),
    cmocka_unit_test (test_draw_covers_every_pixel),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
