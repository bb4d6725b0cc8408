/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the harnesses have in common: a file of the bytes that are tried, and
 * changes that mean something to a loader, so that many files are accepted and
 * what was accepted can be used.
 */

#pragma once

#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "core/base/tensor.h"
#include "core/pyramid/settings.h"

/* What libFuzzer calls, and what it offers. */
int    LLVMFuzzerInitialize (int *argc, char ***argv);
int    LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator (uint8_t *data,
                                size_t   size,
                                size_t   maximum,
                                unsigned seed);
size_t LLVMFuzzerMutate (uint8_t *data, size_t size, size_t maximum);

/* The path of a file of this process that holds these bytes. */
const gchar *fuzz_write (const uint8_t *data, size_t size);

/* Aborts unless there is a result or an error that a person can be shown. */
void fuzz_check_error (gboolean has_result, const GError *error);

/* Aborts unless it is NULL or in the range of pixels; frees it. */
void fuzz_check_picture (SinganTensor *picture, const GError *error);

/* Whether models with such settings are used in milliseconds. */
gboolean fuzz_is_small (const SinganSettings *settings);

/* One in so many accepted files is used, for loading one takes a hundredth of
 * that; and which of so many uses.  Both follow from the bytes alone. */
gboolean fuzz_is_used (const uint8_t *data, size_t size);
guint    fuzz_choose (const uint8_t *data, size_t size, guint uses);

/* A picture of colour gradients and edges; to be freed. */
SinganTensor *fuzz_draw (gint height, gint width, gint channels);

/* Each harness has one: writes a sound file with these settings and a picture
 * of this size to a path, if there is one. */
void fuzz_make_sound (const SinganSettings *settings,
                      gint                  height,
                      gint                  width,
                      gint                  channels,
                      const gchar          *path);
