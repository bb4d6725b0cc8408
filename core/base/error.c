/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "core/base/error.h"

G_DEFINE_QUARK (singan - error - quark, singan_error)
