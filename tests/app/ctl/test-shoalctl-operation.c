/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include <signal.h>
#include <string.h>

#include "ctl-fixture.h"

#define A CTL_FIXTURE_NAME
#define B CTL_FIXTURE_SECOND
#define APP "org.example.App"

typedef struct
{
  GSubprocess *process; /* (owned) */
  GString *screen;      /* (owned): what came on the terminal */
} Terminal;

/* Runs shoalctl on a terminal of its own, with script(1). */
static void
run_on_terminal (Terminal *terminal, const char *line)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *command = g_strdup_printf ("stty cols 120; %s --bus-name " A " %s",
                                              g_getenv ("SHOALCTL"), line);

  terminal->screen = g_string_new (NULL);
  terminal->process
      = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDIN_PIPE,
                          &error, "script", "-qec", command, "/dev/null", NULL);
  g_assert_no_error (error);
}

static void
read_terminal (Terminal *terminal)
{
  GInputStream *input = g_subprocess_get_stdout_pipe (terminal->process);
  char buf[4096];
  gssize n;

  while ((n = g_input_stream_read (input, buf, sizeof buf, NULL, NULL)) > 0)
    g_string_append_len (terminal->screen, buf, n);
  g_assert_true (g_subprocess_wait (terminal->process, NULL, NULL));
}

static void
terminal_clear (Terminal *terminal)
{
  g_clear_object (&terminal->process);
  g_string_free (terminal->screen, TRUE);
}

/* One line is redrawn and gone at the end; without a terminal there is none. */
static void
test_progress (CtlFixture *fixture, gconstpointer unused)
{
  g_autofree char *dir = ctl_fixture_write_app (fixture, "app", 64 << 20);
  g_autofree char *line = g_strconcat ("add --no-pin ", dir, NULL);
  g_autofree char *quiet = g_strconcat ("--quiet ", line, NULL);
  g_autoptr (CtlRun) plain = ctl_fixture_run (fixture, "--bus-name", A, "add", dir, NULL);
  Terminal shown, hidden;
  char *last;

  g_assert_cmpstr (plain->err, ==, "");
  run_on_terminal (&shown, line);
  read_terminal (&shown);
  g_assert_cmpint (g_subprocess_get_exit_status (shown.process), ==, 0);
  last = g_strrstr (shown.screen->str, "\r\033[K");
  g_assert_nonnull (last);
  g_assert_true (g_str_has_prefix (last, "\r\033[KCID:"));
  terminal_clear (&shown);
  run_on_terminal (&hidden, quiet);
  read_terminal (&hidden);
  g_assert_null (strchr (hidden.screen->str, '\033'));
  terminal_clear (&hidden);
}

static char *
find_running (CtlFixture *fixture)
{
  for (;;)
    {
      g_autoptr (CtlRun) run = ctl_fixture_ask (fixture, A, "transfers", NULL);
      JsonArray *array = ctl_run_get_array (run);

      for (guint i = 0; i < json_array_get_length (array); i++)
        {
          JsonObject *object = json_array_get_object_element (array, i);

          if (g_str_equal (json_object_get_string_member (object, "state"), "running"))
            return g_strdup (json_object_get_string_member (object, "id"));
        }
    }
}

/* A pipe as long as the reader does not read it: cat runs until it is cancelled. */
static GSubprocess *
start_endless (CtlFixture *fixture)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *dir = ctl_fixture_write_app (fixture, "app", 64 << 20);
  g_autofree char *path = g_build_filename (dir, "data", NULL);
  g_autoptr (CtlRun) add = ctl_fixture_ask (fixture, A, "add", path, NULL);
  GSubprocess *process
      = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE,
                          &error, g_getenv ("SHOALCTL"), "--bus-name", A, "cat",
                          ctl_run_get_string (add, "cid"), NULL);

  g_assert_no_error (error);
  return process;
}

static void
test_interrupt (CtlFixture *fixture, gconstpointer unused)
{
  g_autoptr (GSubprocess) process = start_endless (fixture);
  g_autofree char *id = find_running (fixture);
  g_autoptr (CtlRun) after = NULL;

  g_subprocess_send_signal (process, SIGINT);
  g_assert_true (g_subprocess_wait (process, NULL, NULL));
  g_assert_true (g_subprocess_get_if_exited (process));
  g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 1);
  do
    {
      g_clear_pointer (&after, ctl_run_free);
      after = ctl_fixture_ask (fixture, A, "transfers", NULL);
    }
  while (strstr (after->out, "\"running\"") != NULL);
}

/* Cancelled from another shell: the first one says so and ends with 1. */
static void
test_cancelled_by_another (CtlFixture *fixture, gconstpointer unused)
{
  g_autoptr (GSubprocess) process = start_endless (fixture);
  g_autofree char *id = find_running (fixture);

  ctl_run_free (ctl_fixture_ask (fixture, A, "cancel", id, NULL));
  g_assert_true (g_subprocess_communicate (process, NULL, NULL, NULL, NULL, NULL));
  g_assert_true (g_subprocess_get_if_exited (process));
  g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 1);
}

static void
test_daemon_dies (CtlFixture *fixture, gconstpointer unused)
{
  g_autoptr (GSubprocess) process = start_endless (fixture);
  g_autofree char *id = find_running (fixture);

  g_subprocess_send_signal (fixture->processes->pdata[0], SIGTERM);
  g_assert_true (g_subprocess_wait (fixture->processes->pdata[0], NULL, NULL));
  g_assert_true (g_subprocess_communicate (process, NULL, NULL, NULL, NULL, NULL));
  g_assert_true (g_subprocess_get_if_exited (process));
  g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) \
  g_test_add ("/ctl/operation/" path, CtlFixture, NULL, ctl_fixture_set_up, func, \
              ctl_fixture_tear_down)
  ADD ("progress", test_progress);
  ADD ("interrupt", test_interrupt);
  ADD ("cancelled-by-another", test_cancelled_by_another);
  ADD ("daemon-dies", test_daemon_dies);
  return g_test_run ();
}
