/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "plugin/hosts/cli/exit.h"

#include <stdio.h>

#include "core/base/text.h"

gint
singan_cli_fail (gint exit_code, const gchar *message)
{
  g_autofree gchar *text = singan_text_message (message);

  fprintf (stderr, "singan: %s\n", text);

  return exit_code;
}
