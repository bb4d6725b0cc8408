/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Text that somebody else wrote, made fit for a terminal or a dialog: what a
 * file says of itself may hold commands for a terminal, marks that turn the
 * direction of what follows, or a megabyte.  Used wherever a message quotes a
 * file or the name of one.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Bytes that a message quotes of a value from a file, of a file's name, and
 * bytes of a whole message. */
#define SINGAN_TEXT_VALUE 80
#define SINGAN_TEXT_PATH 1024
#define SINGAN_TEXT_MESSAGE 4096

/**
 * singan_text_printable:
 * @text: any bytes
 * @bytes: how long the result may be, at least 8
 *
 * Control characters, line breaks among them, and characters that only change
 * how others are shown become \x1b or \u202e, bytes that are no UTF-8 U+FFFD.
 * What is too long ends with an ellipsis.  Printable text comes back as it is,
 * so that doing it twice changes nothing.
 *
 * Returns: (transfer full): valid UTF-8
 */
gchar *singan_text_printable (const gchar *text, gsize bytes);

/**
 * singan_text_message:
 * @message: any bytes
 *
 * The same for a whole message, whose line breaks stay.
 *
 * Returns: (transfer full): valid UTF-8 of at most SINGAN_TEXT_MESSAGE bytes
 */
gchar *singan_text_message (const gchar *message);

G_END_DECLS
