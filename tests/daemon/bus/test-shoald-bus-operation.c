/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "daemon/shoald-fixture.h"

#define INTERFACE "org.shoal.Shoal1.Operation"

/* Adding much takes a while. */
static char *
begin_long (Daemon *daemon)
{
  g_autofree char *file = shoald_fixture_make_file (daemon->fixture, "big", 400 << 20, 1);
  g_autoptr (GError) error = NULL;
  char *path = shoald_fixture_begin (
      daemon, "Add", g_variant_new ("(s@a{sv})", file, shoald_fixture_no_options ()),
      &error);

  g_assert_no_error (error);
  return path;
}

static gboolean
is_gone (Daemon *daemon, const char *path)
{
  g_autofree char *state = shoald_fixture_get_text (daemon, path, INTERFACE, "State");

  return state == NULL;
}

static void
call (Daemon *daemon, const char *path, const char *method, GError **error)
{
  g_autoptr (GVariant) reply
      = shoald_fixture_call (daemon, path, INTERFACE, method, NULL, error);

  g_assert_true (reply != NULL || *error != NULL);
}

static void
test_cancel (Fixture *fixture, gconstpointer data)
{
  Daemon *daemon = shoald_fixture_start (fixture, "One", NULL);
  g_autofree char *path = begin_long (daemon);
  g_autoptr (GError) error = NULL;

  call (daemon, path, "Dismiss", &error);
  shoald_fixture_assert_error (&error, "WrongState");
  call (daemon, path, "Cancel", &error);
  g_assert_no_error (error);
  shoald_fixture_wait_error (daemon, path, "cancelled", "Cancelled");
  call (daemon, path, "Cancel", &error);
  shoald_fixture_assert_error (&error, "WrongState");
  call (daemon, path, "Dismiss", &error);
  g_assert_no_error (error);
  g_assert_true (is_gone (daemon, path));
  shoald_fixture_stop (daemon);
}

static void
count_cb (GDBusConnection *connection,
          const char *sender,
          const char *path,
          const char *interface,
          const char *signal,
          GVariant *parameters,
          gpointer user_data)
{
  guint *n = user_data;

  (*n)++;
}

/* PropertiesChanged comes at most four times a second, and once more with the end. */
static void
test_rate (Fixture *fixture, gconstpointer data)
{
  Daemon *daemon = shoald_fixture_start (fixture, "One", NULL);
  gint64 start_us = g_get_monotonic_time ();
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;
  guint n = 0;
  guint id = g_dbus_connection_signal_subscribe (
      fixture->connection, daemon->name, "org.freedesktop.DBus.Properties",
      "PropertiesChanged", NULL, INTERFACE, G_DBUS_SIGNAL_FLAGS_NONE, count_cb, &n, NULL);
  double seconds;

  path = begin_long (daemon);
  test_wait_until (g_get_monotonic_time () > start_us + G_USEC_PER_SEC);
  call (daemon, path, "Cancel", &error);
  g_clear_error (&error);
  g_variant_unref (shoald_fixture_wait_job (daemon, path));
  seconds = (double) (g_get_monotonic_time () - start_us) / G_USEC_PER_SEC;
  g_test_message ("%u changes in %.2f s", n, seconds);
  g_assert_cmpfloat (n, <=, 4 * seconds + 2);
  g_dbus_connection_signal_unsubscribe (fixture->connection, id);
  shoald_fixture_stop (daemon);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/shoald/bus-operation/cancel", Fixture, NULL, shoald_fixture_set_up,
              test_cancel, shoald_fixture_tear_down);
  g_test_add ("/shoald/bus-operation/rate", Fixture, NULL, shoald_fixture_set_up,
              test_rate, shoald_fixture_tear_down);
  return g_test_run ();
}
