/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "core/kernels/kernels.h"

#include <string.h>

#include "core/base/blas.h"
#include "core/kernels/kernels-private.h"

#define PER_PIXEL_KERNELS                                                      \
  .channel_sums = singan_channel_sums,                                         \
  .channel_moments = singan_channel_moments,                                   \
  .norm_forward = singan_norm_forward, .leaky_forward = singan_leaky_forward,  \
  .leaky_backward = singan_leaky_backward,                                     \
  .norm_backward = singan_norm_backward,                                       \
  .norm_forward_tangent = singan_norm_forward_tangent,                         \
  .norm_backward_tangent = singan_norm_backward_tangent, .adam = singan_adam

static const SinganKernels kernels_c
    = { .name = "c",
        .conv_scratch = singan_conv_c_scratch,
        .conv_forward = singan_conv_c_forward,
        .conv_backward_data = singan_conv_c_backward_data,
        .conv_backward_weight = singan_conv_c_backward_weight,
        PER_PIXEL_KERNELS };

static const SinganKernels kernels_blas
    = { .name = "blas",
        .conv_scratch = singan_conv_blas_scratch,
        .conv_forward = singan_conv_blas_forward,
        .conv_backward_data = singan_conv_blas_backward_data,
        .conv_backward_weight = singan_conv_blas_backward_weight,
        PER_PIXEL_KERNELS };

/* Slowest first: the last one that runs here is the default. */
static const SinganKernels *const variants[] = { &kernels_c, &kernels_blas };

static const gchar *const names[] = { "c", "blas", NULL };

const SinganKernels *
singan_kernels_by_name (const gchar *name)
{
  gsize i;

  singan_blas_init ();
  for (i = 0; i < G_N_ELEMENTS (variants); i++)
    if (strcmp (variants[i]->name, name) == 0)
      return variants[i];

  return NULL;
}

const gchar *const *
singan_kernels_names (void)
{
  return names;
}

const SinganKernels *
singan_kernels_get (void)
{
  static const SinganKernels *kernels = NULL;

  if (g_once_init_enter (&kernels))
    {
      const gchar         *wanted = g_getenv ("SINGAN_CPU");
      const SinganKernels *chosen
          = wanted ? singan_kernels_by_name (wanted) : NULL;

      if (! chosen)
        chosen = singan_kernels_by_name (names[G_N_ELEMENTS (names) - 2]);
      g_once_init_leave (&kernels, chosen);
    }

  return kernels;
}
