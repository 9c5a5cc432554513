/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include <signal.h>
#include <string.h>

#include "daemon/shoald-fixture.h"

/* Runs shoald to its end and returns what it said on stderr. */
static char *
run (Fixture *fixture, int status, const char *const *arguments)
{
  g_autoptr (GSubprocess) process = shoald_fixture_spawn (fixture, arguments);
  g_autoptr (GError) error = NULL;
  char *said = NULL;

  g_assert_true (
      g_subprocess_communicate_utf8 (process, NULL, NULL, NULL, &said, &error));
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_if_exited (process));
  g_test_message ("%s", said);
  g_assert_cmpint (g_subprocess_get_exit_status (process), ==, status);
  return said;
}

static void
test_refused (Fixture *fixture, gconstpointer data)
{
  Daemon *daemon = shoald_fixture_start (fixture, "One", NULL);
  g_autofree char *fresh = g_build_filename (fixture->dir, "fresh", NULL);
  const char *const same_dir[]
      = { g_getenv ("SHOALD"), "--data-dir",         daemon->data_dir,
          "--bus-name",        "org.shoal.Test.Two", NULL };
  const char *const same_name[]
      = { g_getenv ("SHOALD"), "--data-dir", fresh, "--bus-name", daemon->name, NULL };
  const char *const usage[] = { g_getenv ("SHOALD"), "--nonsense", NULL };
  g_autofree char *first = run (fixture, 1, same_dir);
  g_autofree char *second = run (fixture, 1, same_name);
  g_autofree char *third = run (fixture, 2, usage);

  g_assert_nonnull (strstr (first, daemon->data_dir));
  g_assert_nonnull (strstr (first, g_subprocess_get_identifier (daemon->process)));
  g_assert_nonnull (strstr (second, daemon->name));
  g_assert_nonnull (strstr (third, "--help"));
  /* One that was refused by its name has not touched the folder. */
  g_assert_false (g_file_test (fresh, G_FILE_TEST_EXISTS));
  shoald_fixture_stop (daemon);
}

/* Killed at any moment of an add, the next start finds its identity and works. */
static void
test_kill (Fixture *fixture, gconstpointer data)
{
  g_autofree char *file = shoald_fixture_make_file (fixture, "f", 60 << 20, 1);
  g_autoptr (GRand) rand = g_rand_new_with_seed (9);
  g_autofree char *first_id = NULL;
  g_autofree char *cid = NULL;

  for (guint i = 0; i < 5; i++)
    {
      Daemon *daemon = shoald_fixture_start (fixture, "One", NULL);
      g_autofree char *id = shoald_fixture_get_text (
          daemon, SHOAL_DBUS_MANAGER_PATH, "org.shoal.Shoal1.Manager", "PeerId");
      g_autofree char *operation = shoald_fixture_begin (
          daemon, "Add", g_variant_new ("(s@a{sv})", file, shoald_fixture_no_options ()),
          NULL);
      gint64 end_us = g_get_monotonic_time () + g_rand_int_range (rand, 0, 400) * 1000;

      g_assert_nonnull (operation);
      if (first_id == NULL)
        first_id = g_strdup (id);
      g_assert_cmpstr (id, ==, first_id);
      test_wait_until (g_get_monotonic_time () >= end_us);
      shoald_fixture_kill (daemon);
    }
  {
    Daemon *daemon = shoald_fixture_start (fixture, "One", NULL);

    cid = shoald_fixture_add (daemon, file);
    shoald_fixture_stop (daemon);
  }
}

/* Signals while it starts, too, end it well. */
static void
test_early_signal (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 10; i++)
    {
      g_autofree char *dir = g_strdup_printf ("%s/early", fixture->dir);
      const char *const arguments[]
          = { g_getenv ("SHOALD"),    "--data-dir", dir,  "--bus-name",
              "org.shoal.Test.E",     "--sharing",  "on", "--listen",
              "/ip4/127.0.0.1/tcp/0", NULL };
      g_autoptr (GSubprocess) process = shoald_fixture_spawn (fixture, arguments);
      gint64 end_us = g_get_monotonic_time () + (gint64) (20 + i * 10) * 1000;
      g_autofree char *said = NULL;

      test_wait_until (g_get_monotonic_time () >= end_us);
      g_subprocess_send_signal (process, SIGTERM);
      g_assert_true (
          g_subprocess_communicate_utf8 (process, NULL, NULL, NULL, &said, NULL));
      /* Before main has set its handlers the signal kills; after that it is in order. */
      if (g_subprocess_get_if_exited (process))
        g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 0);
      else
        g_assert_cmpint (g_subprocess_get_term_sig (process), ==, SIGTERM);
    }
}

#define ADD(path, func) \
  g_test_add ("/shoald/daemon/" path, Fixture, NULL, shoald_fixture_set_up, func, \
              shoald_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("refused", test_refused);
  ADD ("kill", test_kill);
  ADD ("early-signal", test_early_signal);
  return g_test_run ();
}
