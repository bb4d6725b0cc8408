/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The error domain of the engine.  The codes say who can mend the matter, so
 * that a host can react; the message says what, which value, and what to do.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * SINGAN_ERROR:
 *
 * Error domain of the engine and of the procedures.  Being cancelled is not
 * in it: that is G_IO_ERROR_CANCELLED, and never shown as an error.
 */
#define SINGAN_ERROR (singan_error_quark ())

/**
 * SinganError:
 * @SINGAN_ERROR_IMAGE: the picture cannot be used (too small, constant,
 *   transparent, not finite)
 * @SINGAN_ERROR_SETTINGS: an argument is out of range
 * @SINGAN_ERROR_MODEL: a model or checkpoint file is damaged or foreign
 * @SINGAN_ERROR_NO_MODEL: there is no model where one was asked for
 * @SINGAN_ERROR_DIVERGED: a training's losses are not finite or ran away
 * @SINGAN_ERROR_NO_MEMORY: memory that grows with the picture is not there
 */
typedef enum
{
  SINGAN_ERROR_IMAGE,
  SINGAN_ERROR_SETTINGS,
  SINGAN_ERROR_MODEL,
  SINGAN_ERROR_NO_MODEL,
  SINGAN_ERROR_DIVERGED,
  SINGAN_ERROR_NO_MEMORY
} SinganError;

/**
 * singan_error_quark:
 *
 * Returns: the quark behind SINGAN_ERROR
 */
GQuark singan_error_quark (void);

G_END_DECLS
