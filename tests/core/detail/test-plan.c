/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The sizes of the levels, for pictures of many shapes.
 */

#include "config.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/detail/field.h"
#include "core/detail/plan.h"

/* What a level may be larger than the one below: a third, and rounding at the
 * smallest sizes. */
#define GROWTH (4.0 / 3)
#define ROUNDING 1

typedef struct
{
  SinganSize drawn;
  SinganSize reconstruction;
  SinganSize photograph;
  SinganSize output;
} Case;

/* A usual one; another shape; nothing finer; a large model; the smallest
 * result; a wide one of a tall picture. */
static const Case cases[] = {
  { { 55, 88 }, { 55, 88 }, { 1050, 1680 }, { 1050, 1680 } },
  { { 55, 132 }, { 55, 88 }, { 1050, 1680 }, { 1050, 2520 } },
  { { 64, 64 }, { 64, 64 }, { 64, 64 }, { 64, 64 } },
  { { 188, 250 }, { 188, 250 }, { 3000, 4000 }, { 3000, 4000 } },
  { { 5, 22 }, { 21, 88 }, { 32, 134 }, { 8, 34 } },
  { { 88, 220 }, { 88, 55 }, { 400, 250 }, { 400, 1000 } },
};

static void
assert_grows (gint before, gint after, gint last)
{
  assert_true (after >= before);
  assert_true (after <= last);
  assert_true (after <= GROWTH * before + ROUNDING);
}

static void
test_plan_sizes_grow_by_a_third_at_most (void **state G_GNUC_UNUSED)
{
  gsize i;
  gint  level;

  for (i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      SinganDetailPlan plan;
      SinganSize       size;

      singan_detail_plan_init (&plan, cases[i].drawn, cases[i].reconstruction,
                               cases[i].photograph, cases[i].output);
      for (level = 1; level <= plan.n_levels; level++)
        {
          const SinganSize before
              = singan_detail_plan_photograph (&plan, level - 1);

          size = singan_detail_plan_photograph (&plan, level);
          assert_grows (before.height, size.height, cases[i].photograph.height);
          assert_grows (before.width, size.width, cases[i].photograph.width);
        }
      size = singan_detail_plan_photograph (&plan, plan.n_levels);
      assert_int_equal (size.height, cases[i].photograph.height);
      assert_int_equal (size.width, cases[i].photograph.width);
      size = singan_detail_plan_output (&plan, plan.n_levels);
      assert_int_equal (size.height, cases[i].output.height);
      assert_int_equal (size.width, cases[i].output.width);
    }
}

static void
test_plan_every_level_has_a_patch (void **state G_GNUC_UNUSED)
{
  gsize i;
  gint  level;

  for (i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      SinganDetailPlan plan;

      singan_detail_plan_init (&plan, cases[i].drawn, cases[i].reconstruction,
                               cases[i].photograph, cases[i].output);
      for (level = 0; level <= plan.n_levels; level++)
        {
          const SinganSize photograph
              = singan_detail_plan_photograph (&plan, level);
          const SinganSize output = singan_detail_plan_output (&plan, level);

          assert_true (MIN (photograph.height, photograph.width)
                       >= SINGAN_FIELD_PATCH);
          assert_true (MIN (output.height, output.width) >= SINGAN_FIELD_PATCH);
          assert_true (singan_detail_plan_seconds (&plan, 1, level) > 0);
        }
    }
}

static void
test_plan_first_level_is_the_models_or_smaller (void **state G_GNUC_UNUSED)
{
  SinganDetailPlan plan;

  singan_detail_plan_init (&plan, cases[0].drawn, cases[0].reconstruction,
                           cases[0].photograph, cases[0].output);
  assert_int_equal (plan.first_photograph.height, 55);
  assert_int_equal (plan.first_photograph.width, 88);
  singan_detail_plan_init (&plan, cases[3].drawn, cases[3].reconstruction,
                           cases[3].photograph, cases[3].output);
  assert_true (plan.first_photograph.height < 188);
  assert_true (
      fabs ((gdouble) plan.first_photograph.width / plan.first_photograph.height
            - 250.0 / 188)
      < 0.03);
  assert_true (singan_detail_plan_pair_seconds (&plan, 0.5)
               < singan_detail_plan_pair_seconds (&plan, 1));
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_plan_sizes_grow_by_a_third_at_most),
    cmocka_unit_test (test_plan_every_level_has_a_patch),
    cmocka_unit_test (test_plan_first_level_is_the_models_or_smaller),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
