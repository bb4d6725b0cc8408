/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Files that are written whole or not at all, and text that others wrote.
 */

#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <glib/gstdio.h>

#include "core/base/safe-file.h"
#include "core/base/text.h"
#include "tests/folder.h"

static gint
count_files (void)
{
  g_autoptr (GDir) directory = g_dir_open (folder, 0, NULL);
  gint count = 0;

  while (g_dir_read_name (directory))
    count++;

  return count;
}

static void
assert_contents (const gchar *path, const gchar *expected)
{
  g_autofree gchar *contents = NULL;

  assert_true (g_file_get_contents (path, &contents, NULL, NULL));
  assert_string_equal (contents, expected);
}

static gboolean
save (const gchar *path, const gchar *text, GError **error)
{
  g_autoptr (SinganSafeFile) file = singan_safe_file_new (folder, error);

  return file && singan_safe_file_write (file, text, strlen (text), error)
         && singan_safe_file_finish (file, path, TRUE, error);
}

static void
test_safe_file_replaces_whole_or_not (void **state G_GNUC_UNUSED)
{
  g_autofree gchar *path = path_of ("a");
  SinganSafeFile   *file;
  gint              before;

  assert_true (save (path, "one", NULL));
  assert_contents (path, "one");
  assert_true (save (path, "two", NULL));
  assert_contents (path, "two");

  before = count_files ();
  file = singan_safe_file_new (folder, NULL);
  assert_true (singan_safe_file_write (file, "three", 5, NULL));
  assert_int_equal (count_files (), before + 1);
  singan_safe_file_free (file);
  assert_contents (path, "two");
  assert_int_equal (count_files (), before);
}

static void
test_safe_file_has_the_mode_of_new_files (void **state G_GNUC_UNUSED)
{
  g_autofree gchar *path = path_of ("mode");
  const mode_t      mask = umask (027);
  GStatBuf          status;

  assert_true (save (path, "x", NULL));
  umask (mask);
  assert_int_equal (g_stat (path, &status), 0);
  assert_int_equal (status.st_mode & 0777, 0640);
}

static void
test_safe_file_errors_leave_nothing (void **state G_GNUC_UNUSED)
{
  g_autofree gchar *missing = path_of ("missing/a");
  g_autofree gchar *taken = path_of ("folder");
  g_autoptr (GError) error = NULL;
  gint before;

  assert_false (save (missing, "x", &error));
  assert_true (g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOENT));
  g_clear_error (&error);

  assert_int_equal (g_mkdir (taken, 0700), 0);
  before = count_files ();
  assert_false (save (taken, "x", &error));
  assert_int_equal (error->domain, G_FILE_ERROR);
  assert_int_equal (count_files (), before);
}

static void
test_safe_file_finish_keeps_what_must_stay (void **state G_GNUC_UNUSED)
{
  g_autofree gchar *path = path_of ("stays");
  g_autofree gchar *free_path = path_of ("free");
  g_autoptr (SinganSafeFile) file = singan_safe_file_new (folder, NULL);
  g_autoptr (GError) error = NULL;

  assert_true (g_file_set_contents (path, "mine", -1, NULL));
  assert_true (singan_safe_file_write (file, "new", 3, NULL));
  assert_false (singan_safe_file_finish (file, path, FALSE, &error));
  assert_true (g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_EXIST));
  assert_contents (path, "mine");

  assert_true (singan_safe_file_finish (file, free_path, FALSE, NULL));
  assert_contents (free_path, "new");
}

/* Another process begins a file, and is killed. */
static void
leave_file_behind (void)
{
  gint  status;
  pid_t child = fork ();

  if (child == 0)
    {
      SinganSafeFile *file = singan_safe_file_new (folder, NULL);

      singan_safe_file_write (file, "half", 4, NULL);
      raise (SIGKILL);
    }
  assert_int_equal (waitpid (child, &status, 0), child);
  assert_true (WIFSIGNALED (status));
}

static void
test_safe_file_removes_those_of_the_dead_only (void **state G_GNUC_UNUSED)
{
  g_autofree gchar *path = path_of ("killed");
  g_autofree gchar *other = path_of ("other");
  g_autofree gchar *foreign = path_of (".singan-stories.part");
  const gint        before = count_files ();
  g_autoptr (SinganSafeFile) living = singan_safe_file_new (folder, NULL);

  leave_file_behind ();
  leave_file_behind ();
  /* The second one took away the first one's. */
  assert_int_equal (count_files (), before + 2);
  assert_true (g_file_set_contents (foreign, "kept", -1, NULL));

  assert_true (save (path, "whole", NULL));
  assert_contents (path, "whole");
  assert_contents (foreign, "kept");
  /* This one, the file of that name and the living one. */
  assert_int_equal (count_files (), before + 3);
  assert_true (singan_safe_file_write (living, "alive", 5, NULL));
  assert_true (singan_safe_file_finish (living, other, TRUE, NULL));
  assert_contents (other, "alive");
}

/* A link that a stranger laid where a file on its way could lie. */
static void
test_safe_file_follows_no_links (void **state G_GNUC_UNUSED)
{
  g_autofree gchar *victim = path_of ("victim");
  g_autofree gchar *link = path_of (".singan-aaaaaa.part");
  g_autofree gchar *path = path_of ("linked");

  assert_true (g_file_set_contents (victim, "mine", -1, NULL));
  assert_int_equal (symlink (victim, link), 0);
  assert_int_equal (symlink (victim, path), 0);
  assert_true (save (path, "new", NULL));
  assert_contents (victim, "mine");
  assert_contents (path, "new");
}

static void
assert_printable (const gchar *text, gsize bytes, const gchar *expected)
{
  g_autofree gchar *once = singan_text_printable (text, bytes);
  g_autofree gchar *twice = singan_text_printable (once, bytes);

  assert_string_equal (once, expected);
  assert_string_equal (twice, expected);
  assert_true (strlen (once) <= bytes);
}

static void
test_text_printable_escapes_and_cuts (void **state G_GNUC_UNUSED)
{
  assert_printable ("", 20, "");
  assert_printable ("Layer “1” #2 \\ ü 絵", 80, "Layer “1” #2 \\ ü 絵");
  assert_printable ("a\x1b[31m\n", 80, "a\\x1b[31m\\x0a");
  /* The eight-bit form of escape [, and a turn of direction. */
  assert_printable ("\xc2\x9b"
                    "2J\xe2\x80\xae",
                    80, "\\x9b2J\\u202e");
  assert_printable ("a\xff", 80, "a\xef\xbf\xbd");
  /* Words of Persian have a joint that is none. */
  assert_printable ("\xd9\x85\xe2\x80\x8c\xdb\x8c", 80,
                    "\xd9\x85\xe2\x80\x8c\xdb\x8c");
  assert_printable ("0123456789", 10, "0123456789");
  assert_printable ("0123456789a", 10, "0123456…");
  assert_printable ("012345\xc3\xbc\xc3\xbc\xc3\xbc", 10, "012345…");
  assert_printable ("0123456\x1b\x1b", 10, "0123456…");
}

static void
test_text_message_keeps_lines (void **state G_GNUC_UNUSED)
{
  g_autofree gchar *longer = g_strnfill (900000, 'x');
  g_autofree gchar *cut = singan_text_message (longer);
  g_autofree gchar *lines = singan_text_message ("one\ntwo\x1b");

  assert_int_equal (strlen (cut), SINGAN_TEXT_MESSAGE);
  assert_string_equal (lines, "one\ntwo\\x1b");
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (test_safe_file_replaces_whole_or_not),
    cmocka_unit_test (test_safe_file_has_the_mode_of_new_files),
    cmocka_unit_test (test_safe_file_errors_leave_nothing),
    cmocka_unit_test (test_safe_file_finish_keeps_what_must_stay),
    cmocka_unit_test (test_safe_file_removes_those_of_the_dead_only),
    cmocka_unit_test (test_safe_file_follows_no_links),
    cmocka_unit_test (test_text_printable_escapes_and_cuts),
    cmocka_unit_test (test_text_message_keeps_lines),
  };

  return cmocka_run_group_tests (tests, make_folder, remove_folder);
}
