/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The public face of the engine: what the plug-in includes.
 */

#pragma once

#include "core/apply/animate.h"
#include "core/apply/blend.h"
#include "core/apply/inject.h"
#include "core/apply/sample.h"
#include "core/apply/super-resolution.h"
#include "core/base/error.h"
#include "core/base/memory.h"
#include "core/base/parallel.h"
#include "core/base/random.h"
#include "core/base/tensor.h"
#include "core/kernels/kernels.h"
#include "core/pyramid/geometry.h"
#include "core/pyramid/model-file.h"
#include "core/pyramid/model.h"
#include "core/pyramid/palette.h"
#include "core/pyramid/resize.h"
#include "core/pyramid/retrain.h"
#include "core/pyramid/settings.h"
#include "core/pyramid/speed.h"
#include "core/pyramid/trainer.h"
