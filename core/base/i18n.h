/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * _() and N_() in the engine's own gettext domain.  The hosts bind the domain
 * to its folder; without that the texts are English.
 */

#pragma once

#include "config.h"

#include <glib/gi18n-lib.h>
