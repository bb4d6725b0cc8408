/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "core/base/text.h"

#include <string.h>

#define ELLIPSIS "…"

/* Within words of Persian and Indian scripts, and in composed emoji. */
#define NON_JOINER 0x200c
#define JOINER 0x200d

/* Whether a character does something instead of being shown: controls, and what
 * Unicode calls format characters, which turn directions, for instance. */
static gboolean
is_hidden (gunichar c)
{
  switch (g_unichar_type (c))
    {
    case G_UNICODE_CONTROL:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
      return TRUE;
    case G_UNICODE_FORMAT:
      return c != NON_JOINER && c != JOINER;
    default:
      return FALSE;
    }
}

static gchar *
make_printable (const gchar *text, gsize bytes, gboolean keeps_lines)
{
  /* A character takes four bytes at most; one more tells that some are left. */
  const gsize       seen = strnlen (text, bytes + 4);
  g_autofree gchar *valid = g_utf8_make_valid (text, (gssize) seen);
  GString          *result = g_string_new (NULL);
  gsize             cut = 0;
  const gchar      *at;

  for (at = valid; *at; at = g_utf8_next_char (at))
    {
      const gunichar c = g_utf8_get_char (at);

      if (! is_hidden (c) || (keeps_lines && c == '\n'))
        g_string_append_unichar (result, c);
      else if (c < 0x100)
        g_string_append_printf (result, "\\x%02x", c);
      else
        g_string_append_printf (result, "\\u%04x", c);
      /* Where it still has room for the ellipsis. */
      if (result->len + strlen (ELLIPSIS) <= bytes)
        cut = result->len;
      if (result->len > bytes)
        break;
    }
  if (result->len > bytes)
    {
      g_string_truncate (result, cut);
      g_string_append (result, ELLIPSIS);
    }

  return g_string_free (result, FALSE);
}

gchar *
singan_text_printable (const gchar *text, gsize bytes)
{
  return make_printable (text, bytes, FALSE);
}

gchar *
singan_text_message (const gchar *message)
{
  return make_printable (message, SINGAN_TEXT_MESSAGE, TRUE);
}
