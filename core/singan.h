/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The public face of the engine: what the plug-in includes.
 */

#pragma once

#include "core/apply/animate.h"
#include "core/apply/blend.h"
#include "core/apply/edited-region.h"
#include "core/apply/inject.h"
#include "core/apply/sample.h"
#include "core/apply/super-resolution.h"
#include "core/base/blas.h"
#include "core/base/error.h"
#include "core/base/memory.h"
#include "core/base/parallel.h"
#include "core/base/random.h"
#include "core/base/tensor.h"
#include "core/detail/detail.h"
#include "core/kernels/kernels.h"
#include "core/pyramid/geometry.h"
#include "core/pyramid/model.h"
#include "core/pyramid/palette.h"
#include "core/pyramid/resize.h"
#include "core/pyramid/settings.h"
#include "core/storage/model-file.h"
#include "core/training/retrain.h"
#include "core/training/run.h"
#include "core/training/speed.h"
#include "core/training/trainer.h"
