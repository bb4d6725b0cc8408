/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "plugin/hosts/cli/exit.h"

#include <stdio.h>

gint
singan_cli_fail (gint exit_code, const gchar *message)
{
  fprintf (stderr, "singan: %s\n", message);

  return exit_code;
}
