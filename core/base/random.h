/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Counter-based random numbers: Philox4x32-10 (Salmon et al., "Parallel random
 * numbers: as easy as 1, 2, 3", SC 2011).  A draw is a function of its key
 * alone, so a resumed training draws what an uninterrupted one would have, and
 * the number of threads does not matter.
 */

#pragma once

#include <glib.h>

#include "core/base/real.h"

G_BEGIN_DECLS

/**
 * SinganRandomPurpose:
 * @SINGAN_RANDOM_GENERATOR: initial parameters of a generator
 * @SINGAN_RANDOM_DISCRIMINATOR: initial parameters of a discriminator
 * @SINGAN_RANDOM_Z_REC: the reconstruction noise z*
 * @SINGAN_RANDOM_NOISE: the training scale's own noise, one draw an iteration
 * @SINGAN_RANDOM_LOWER_NOISE: the coarser scales' noise in training
 * @SINGAN_RANDOM_MIX: the penalty's mixing weight
 * @SINGAN_RANDOM_SAMPLE: noise of a random sample
 * @SINGAN_RANDOM_INJECTION: noise of a picture that enters at a scale
 * @SINGAN_RANDOM_WALK: the steps of a walk through the noise, one a frame
 * @SINGAN_RANDOM_PALETTE: where the search for a palette starts
 * @SINGAN_RANDOM_ENLARGEMENT: noise of the steps of an enlargement
 * @SINGAN_RANDOM_PATCHES: where the patches that a loss compares begin
 * @SINGAN_RANDOM_DIRECTIONS: what it projects them on
 * @SINGAN_RANDOM_WINDOW: the part of a scale that an iteration trains on
 * @SINGAN_RANDOM_SEARCH: where a patch looks for nearer ones
 * @SINGAN_RANDOM_COLOURS: the directions along which colours are matched
 *
 * What a draw is for.  The numbers are part of what a seed means: never reuse
 * or reorder them.
 */
typedef enum
{
  SINGAN_RANDOM_GENERATOR = 1,
  SINGAN_RANDOM_DISCRIMINATOR = 2,
  SINGAN_RANDOM_Z_REC = 3,
  SINGAN_RANDOM_NOISE = 4,
  SINGAN_RANDOM_LOWER_NOISE = 5,
  SINGAN_RANDOM_MIX = 6,
  SINGAN_RANDOM_SAMPLE = 7,
  SINGAN_RANDOM_INJECTION = 8,
  SINGAN_RANDOM_WALK = 9,
  SINGAN_RANDOM_PALETTE = 10,
  SINGAN_RANDOM_ENLARGEMENT = 11,
  SINGAN_RANDOM_PATCHES = 12,
  SINGAN_RANDOM_DIRECTIONS = 13,
  SINGAN_RANDOM_WINDOW = 14,
  SINGAN_RANDOM_SEARCH = 15,
  SINGAN_RANDOM_COLOURS = 16
} SinganRandomPurpose;

/**
 * SinganRandomKey:
 * @seed: the job's seed
 * @purpose: what the numbers are for
 * @scale: the scale they belong to
 * @index: iteration, step or sample number
 *
 * Two keys that differ anywhere give independent streams.
 */
typedef struct
{
  guint64             seed;
  SinganRandomPurpose purpose;
  guint32             scale;
  guint32             index;
} SinganRandomKey;

/**
 * singan_philox4x32_10:
 * @counter: which block of the stream
 * @key: which stream
 * @block: (out): four random words
 *
 * The generator itself, ten rounds.
 */
void singan_philox4x32_10 (const guint32 counter[4],
                           const guint32 key[2],
                           guint32       block[4]);

/**
 * singan_random_uniform:
 * @key: the stream
 * @values: (out): @count numbers, uniform in [0, 1)
 * @count: how many; at most 2^34
 */
void singan_random_uniform (const SinganRandomKey *key,
                            SinganReal            *values,
                            gsize                  count);

/**
 * singan_random_normal:
 * @key: the stream
 * @values: (out): @count numbers of mean 0 and variance 1, normally distributed
 * @count: how many; at most 2^34
 *
 * Box-Muller (1958) on pairs of uniform numbers, computed in double.
 */
void singan_random_normal (const SinganRandomKey *key,
                           SinganReal            *values,
                           gsize                  count);

/**
 * singan_random_seed:
 *
 * Returns: a seed that nobody chose, 0 .. 2^31 - 1, from the system's entropy
 */
guint32 singan_random_seed (void);

G_END_DECLS
