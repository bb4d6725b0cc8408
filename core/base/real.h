/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The number type of every tensor.  It is float; the gradient tests compile all
 * that a loss is differentiated through a second time with SINGAN_DOUBLE
 * defined, because central differences prove a gradient to 1e-6 only in double
 * precision.
 */

#pragma once

#ifdef SINGAN_DOUBLE
typedef double SinganReal;
#else
typedef float SinganReal;
#endif
