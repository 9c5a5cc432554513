/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <stdio.h>

#include <gio/gio.h>

/* Waiting without napping: runs the main context until something is so, or dies after
 * TEST_WAIT_S with what was waited for. */
#define TEST_WAIT_S 300

static inline gboolean
test_wait_tick (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

#define test_wait_until(condition) \
  G_STMT_START \
  { \
    gint64 test_deadline_us = g_get_monotonic_time () + TEST_WAIT_S * G_USEC_PER_SEC; \
    guint test_tick_id = g_timeout_add (20, test_wait_tick, NULL); \
\
    while (!(condition)) \
      { \
        if (g_get_monotonic_time () > test_deadline_us) \
          g_assertion_message (G_LOG_DOMAIN, __FILE__, __LINE__, G_STRFUNC, \
                               "never so: " #condition); \
        g_main_context_iteration (NULL, TRUE); \
      } \
    g_source_remove (test_tick_id); \
  } \
  G_STMT_END

static inline void
test_wait_result_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **kept = user_data;

  *kept = g_object_ref (result);
}

/* Makes an empty folder for one test. */
static inline char *
test_wait_make_dir (void)
{
  g_autoptr (GError) error = NULL;
  char *dir = g_dir_make_tmp ("shoald-test-XXXXXX", &error);

  g_assert_no_error (error);
  return dir;
}

static inline void
test_wait_remove_dir (const char *path)
{
  g_autoptr (GDir) dir
      = g_file_test (path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      test_wait_remove_dir (child);
    }
  (void) remove (path);
}
