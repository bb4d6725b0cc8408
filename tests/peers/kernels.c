/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Our convolutions beside oneDNN's, direct and Winograd, in one process; a
 * program to be run by hand.  Prints GFLOP/s counted as direct convolution, and
 * what the multipliers alone can do.
 *
 *   kernels [VARIANT]
 */

#include "config.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <dnnl.h>

#include "core/base/memory.h"
#include "core/base/parallel.h"
#include "core/base/random.h"
#include "core/kernels/kernels.h"

/* Each is measured in turns with the others, so that a busy moment of the
 * machine meets all of them. */
#define ROUNDS 9
#define SECONDS_A_ROUND 0.04

typedef enum
{
  FORWARD,
  BACKWARD_DATA,
  BACKWARD_WEIGHT,
  N_PRODUCTS
} Product;

static const gchar *const product_names[]
    = { "forward", "backward data", "backward weight" };

static const SinganConvShape shapes[] = {
  { 188, 250, 32, 32 }, { 188, 250, 64, 64 }, { 188, 250, 128, 128 },
  { 104, 140, 64, 64 }, { 36, 44, 32, 32 },   { 188, 250, 3, 64 },
  { 188, 250, 64, 3 },  { 188, 250, 64, 1 },
};

static gdouble
now (void)
{
  return g_get_monotonic_time () * 1e-6;
}

/* Something to be timed. */
typedef struct
{
  void (*run) (gpointer data);
  gpointer data;
  gdouble  seconds[ROUNDS];
} Candidate;

static void
time_round (Candidate *candidate, gint round)
{
  gint    count = 0;
  gdouble start = now ();
  gdouble passed;

  do
    {
      candidate->run (candidate->data);
      count++;
      passed = now () - start;
    }
  while (passed < SECONDS_A_ROUND);
  candidate->seconds[round] = passed / count;
}

static int
compare (const void *a, const void *b)
{
  const gdouble x = *(const gdouble *) a;
  const gdouble y = *(const gdouble *) b;

  return (x > y) - (x < y);
}

static gdouble
median (Candidate *candidate)
{
  qsort (candidate->seconds, ROUNDS, sizeof (gdouble), compare);

  return candidate->seconds[ROUNDS / 2];
}

typedef struct
{
  const SinganKernels *kernels;
  SinganConvShape      shape;
  Product              product;
  SinganScratch        scratch;
  SinganReal          *x;
  SinganReal          *y;
  SinganReal          *weight;
  SinganReal          *arranged;
  SinganReal          *bias;
} Ours;

static void
run_ours (gpointer data)
{
  Ours              *o = data;
  const SinganMap    x = singan_map_plain (o->x);
  const SinganMap    grad_y = singan_map_plain (o->y);
  const SinganOutput y = singan_output_plain (o->y);
  const SinganOutput grad_x = singan_output_plain (o->x);

  switch (o->product)
    {
    case FORWARD:
      o->kernels->conv_forward (&o->shape, &x, o->arranged, o->bias, &y,
                                &o->scratch);
      break;
    case BACKWARD_DATA:
      o->kernels->conv_backward_data (&o->shape, &grad_y, o->arranged, &grad_x,
                                      &o->scratch);
      break;
    default:
      o->kernels->conv_backward_weight (&o->shape, &x, &grad_y, o->weight,
                                        &o->scratch);
      break;
    }
}

static SinganReal *
drawn (gsize count, guint32 index)
{
  const SinganRandomKey key = { 1, SINGAN_RANDOM_SAMPLE, 0, index };
  SinganReal           *values = singan_reals_new (count, NULL);

  singan_random_normal (&key, values, count);

  return values;
}

static gsize
inputs (const SinganConvShape *s)
{
  return (gsize) s->height * s->width * s->in_channels;
}

static gsize
outputs (const SinganConvShape *s)
{
  return (gsize) (s->height - 2) * (s->width - 2) * s->out_channels;
}

static gsize
weights (const SinganConvShape *s)
{
  return (gsize) 9 * s->in_channels * s->out_channels;
}

static Ours *
ours_new (const SinganKernels   *kernels,
          const SinganConvShape *shape,
          Product                product)
{
  Ours *o = g_new0 (Ours, 1);
  gsize per_thread;
  gsize shared;

  o->kernels = kernels;
  o->shape = *shape;
  o->product = product;
  per_thread = kernels->conv_scratch (shape, &shared);
  singan_scratch_init (&o->scratch, per_thread, shared, NULL);
  o->x = drawn (inputs (shape), 1);
  o->y = drawn (outputs (shape), 2);
  o->weight = drawn (weights (shape), 3);
  o->bias = drawn (shape->out_channels, 4);
  o->arranged = singan_reals_new (
      kernels->conv_arranged (shape->in_channels, shape->out_channels), NULL);
  kernels->conv_arrange (shape->in_channels, shape->out_channels, o->weight,
                         product == BACKWARD_DATA, o->arranged);

  return o;
}

static void
ours_free (Ours *o)
{
  singan_reals_free (o->x);
  singan_reals_free (o->y);
  singan_reals_free (o->weight);
  singan_reals_free (o->bias);
  singan_reals_free (o->arranged);
  singan_scratch_clear (&o->scratch);
  g_free (o);
}

/* OneDNN, in the layouts that it chooses for itself. */
typedef struct
{
  dnnl_engine_t    engine;
  dnnl_stream_t    stream;
  dnnl_primitive_t primitive;
  dnnl_exec_arg_t  arguments[4];
} Theirs;

static void
run_theirs (gpointer data)
{
  Theirs *t = data;

  dnnl_primitive_execute (t->primitive, t->stream, 3, t->arguments);
  dnnl_stream_wait (t->stream);
}

static dnnl_memory_t
memory_of (Theirs               *t,
           dnnl_primitive_desc_t descriptor,
           dnnl_query_t          what,
           guint32               index)
{
  const dnnl_memory_desc_t *layout
      = dnnl_primitive_desc_query_md (descriptor, what, 0);
  const gsize   count = dnnl_memory_desc_get_size (layout) / sizeof (float);
  SinganReal   *values = drawn (count, index);
  dnnl_memory_t memory;

  dnnl_memory_create (&memory, layout, t->engine, values);

  return memory;
}

/* NULL if it has no such implementation here. */
static Theirs *
theirs_new (const SinganConvShape *shape, Product product, gboolean is_winograd)
{
  const dnnl_alg_kind_t kind
      = is_winograd ? dnnl_convolution_winograd : dnnl_convolution_direct;
  const dnnl_dims_t x_dims
      = { 1, shape->in_channels, shape->height, shape->width };
  const dnnl_dims_t w_dims = { shape->out_channels, shape->in_channels, 3, 3 };
  const dnnl_dims_t y_dims
      = { 1, shape->out_channels, shape->height - 2, shape->width - 2 };
  const dnnl_dims_t       strides = { 1, 1 };
  const dnnl_dims_t       no_padding = { 0, 0 };
  Theirs                 *t = g_new0 (Theirs, 1);
  dnnl_memory_desc_t      x;
  dnnl_memory_desc_t      w;
  dnnl_memory_desc_t      y;
  dnnl_convolution_desc_t forward;
  dnnl_convolution_desc_t backward;
  dnnl_primitive_desc_t   forward_hint;
  dnnl_primitive_desc_t   chosen;

  dnnl_engine_create (&t->engine, dnnl_cpu, 0);
  dnnl_stream_create (&t->stream, t->engine, dnnl_stream_default_flags);
  dnnl_memory_desc_init_by_tag (&x, 4, x_dims, dnnl_f32, dnnl_format_tag_any);
  dnnl_memory_desc_init_by_tag (&w, 4, w_dims, dnnl_f32, dnnl_format_tag_any);
  dnnl_memory_desc_init_by_tag (&y, 4, y_dims, dnnl_f32, dnnl_format_tag_any);
  dnnl_convolution_forward_desc_init (&forward, dnnl_forward_training, kind, &x,
                                      &w, NULL, &y, strides, no_padding,
                                      no_padding);
  if (dnnl_primitive_desc_create (&forward_hint, &forward, NULL, t->engine,
                                  NULL)
      != dnnl_success)
    return NULL;
  chosen = forward_hint;
  if (product == BACKWARD_DATA)
    dnnl_convolution_backward_data_desc_init (&backward, kind, &x, &w, &y,
                                              strides, no_padding, no_padding);
  else if (product == BACKWARD_WEIGHT)
    dnnl_convolution_backward_weights_desc_init (
        &backward, kind, &x, &w, NULL, &y, strides, no_padding, no_padding);
  if (product != FORWARD
      && dnnl_primitive_desc_create (&chosen, &backward, NULL, t->engine,
                                     forward_hint)
             != dnnl_success)
    return NULL;
  if (dnnl_primitive_create (&t->primitive, chosen) != dnnl_success)
    return NULL;

  t->arguments[0] = (dnnl_exec_arg_t){
    product == BACKWARD_DATA ? DNNL_ARG_DIFF_SRC : DNNL_ARG_SRC,
    memory_of (t, chosen,
               product == BACKWARD_DATA ? dnnl_query_diff_src_md
                                        : dnnl_query_src_md,
               1)
  };
  t->arguments[1] = (dnnl_exec_arg_t){
    product == BACKWARD_WEIGHT ? DNNL_ARG_DIFF_WEIGHTS : DNNL_ARG_WEIGHTS,
    memory_of (t, chosen,
               product == BACKWARD_WEIGHT ? dnnl_query_diff_weights_md
                                          : dnnl_query_weights_md,
               3)
  };
  t->arguments[2] = (dnnl_exec_arg_t){
    product == FORWARD ? DNNL_ARG_DST : DNNL_ARG_DIFF_DST,
    memory_of (t, chosen,
               product == FORWARD ? dnnl_query_dst_md : dnnl_query_diff_dst_md,
               2)
  };

  return t;
}

/* Multiplications and additions in registers, as many in flight as it takes. */
#define CHAINS 12
#define CHAIN_LENGTH 2000000

#define DEFINE_PEAK(name, bytes, instructions)                                 \
  typedef float name##_vector __attribute__ ((vector_size (bytes)));           \
                                                                               \
  static __attribute__ ((target (instructions), noinline))                     \
  gdouble measure_##name (void)                                                \
  {                                                                            \
    name##_vector  chains[CHAINS];                                             \
    name##_vector  factor = { 0 };                                             \
    volatile float sink;                                                       \
    gdouble        best = 0;                                                   \
    gint           round;                                                      \
                                                                               \
    for (round = 0; round < ROUNDS; round++)                                   \
      {                                                                        \
        const gdouble start = now ();                                          \
        gint          n;                                                       \
                                                                               \
        _Pragma ("GCC unroll 16") for (gint i = 0; i < CHAINS; i++) chains[i]  \
            = factor + (float) i;                                              \
        for (n = 0; n < CHAIN_LENGTH; n++)                                     \
          _Pragma ("GCC unroll 16") for (gint i = 0; i < CHAINS; i++)          \
              chains[i]                                                        \
              = chains[i] * factor + factor;                                   \
        best = MAX (best, 2. * CHAINS * CHAIN_LENGTH                           \
                              * (bytes / sizeof (float)) / (now () - start));  \
        for (gint i = 0; i < CHAINS; i++)                                      \
          sink = chains[i][0];                                                 \
      }                                                                        \
    (void) sink;                                                               \
                                                                               \
    return best;                                                               \
  }

#if defined(__x86_64__)
DEFINE_PEAK (avx2, 32, "avx2,fma")
DEFINE_PEAK (avx512, 64, "avx512f")
#endif

static void
print_peak (const SinganKernels *kernels)
{
#if defined(__x86_64__)
  if (strcmp (kernels->name, "avx2") == 0)
    printf ("one core's peak: %.0f GFLOP/s\n", measure_avx2 () / 1e9);
  if (strcmp (kernels->name, "avx512") == 0)
    printf ("one core's peak: %.0f GFLOP/s\n", measure_avx512 () / 1e9);
#endif
}

static void
print_rate (gdouble flops, gdouble seconds)
{
  printf (" %8.0f", flops / seconds / 1e9);
}

static void
compare_shape (const SinganKernels   *kernels,
               const SinganConvShape *shape,
               Product                product)
{
  const gdouble flops
      = 2. * weights (shape) * (shape->height - 2) * (shape->width - 2);
  Ours     *ours = ours_new (kernels, shape, product);
  Candidate candidates[3] = { { run_ours, ours, { 0 } } };
  gint      n = 1;
  gint      round;
  gint      i;

  for (i = 0; i < 2; i++)
    {
      Theirs *theirs = theirs_new (shape, product, i);

      candidates[1 + i] = (Candidate){ run_theirs, theirs, { 0 } };
      n++;
    }
  for (round = 0; round < ROUNDS; round++)
    for (i = 0; i < n; i++)
      if (candidates[i].data)
        time_round (&candidates[i], round);

  printf ("%3d x %3d %3d -> %3d  %-16s", shape->height, shape->width,
          shape->in_channels, shape->out_channels, product_names[product]);
  for (i = 0; i < n; i++)
    if (candidates[i].data)
      print_rate (flops, median (&candidates[i]));
    else
      printf (" %8s", "-");
  printf ("\n");
  fflush (stdout);
  ours_free (ours);
}

int
main (int argc, char **argv)
{
  const SinganKernels *kernels
      = argc > 1 ? singan_kernels_by_name (argv[1]) : singan_kernels_get ();
  gsize i;
  gint  product;

  printf ("%s, %d threads, oneDNN %d.%d; GFLOP/s counted as direct "
          "convolution\n",
          kernels->name, singan_parallel_threads (), dnnl_version ()->major,
          dnnl_version ()->minor);
  print_peak (kernels);
  printf ("%-37s %8s %8s %8s\n", "", "ours", "direct", "Winograd");
  for (i = 0; i < G_N_ELEMENTS (shapes); i++)
    for (product = 0; product < N_PRODUCTS; product++)
      compare_shape (kernels, &shapes[i], product);

  return 0;
}
