/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A choice among the layers of an image by their names.  GIMP's own chooser,
 * a button that opens a window with all drawables of all images, does not say
 * which one is chosen.
 */

#pragma once

#include <libgimp/gimp.h>
#include <libgimp/gimpui.h>

#include "plugin/hosts/gimp/gimp.h"

G_BEGIN_DECLS

/**
 * singan_layer_choice_put:
 * @chooser: GIMP's widget of the argument: keeps its label, the rest gives way
 * @config: (inout): its property is what is chosen
 * @argument: a layer
 * @host: which layers may be it; has to live as long as @chooser
 */
void singan_layer_choice_put (GimpDrawableChooser  *chooser,
                              GimpProcedureConfig  *config,
                              const SinganArgument *argument,
                              SinganHost           *host);

G_END_DECLS
