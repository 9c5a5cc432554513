/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "daemon/shoald-fixture.h"

#define INTERFACE "org.shoal.Shoal1.Transfer"

#define PEER "12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA"

/* A bootstrap peer that takes connections and never says a word, so that a transfer
 * waits for it. */
static char *
dup_silent_address (void)
{
  static GSocketListener *listener; /* (owned): until the end of the process */
  static guint16 port;
  g_autoptr (GError) error = NULL;

  if (listener == NULL)
    {
      listener = g_socket_listener_new ();
      port = g_socket_listener_add_any_inet_port (listener, NULL, &error);
      g_assert_no_error (error);
    }
  return g_strdup_printf ("/ip4/127.0.0.1/tcp/%u/p2p/" PEER, port);
}

static char *
begin_long (Daemon *daemon)
{
  g_autofree char *out = g_build_filename (daemon->fixture->dir, "out", NULL);
  g_autoptr (GError) error = NULL;
  char *path = shoald_fixture_begin (
      daemon, "Get",
      g_variant_new ("(ss@a{sv})", "QmdfTbBqBPQ7VNxZEYEj14VmRuZBkqFbiwReogJgS1zR1n", out,
                     shoald_fixture_no_options ()),
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
  g_autofree char *silent = dup_silent_address ();
  Daemon *daemon = shoald_fixture_start (fixture, "One", "--sharing", "download-only",
                                         "--bootstrap", silent, NULL);
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
  g_autofree char *silent = dup_silent_address ();
  Daemon *daemon = shoald_fixture_start (fixture, "One", "--sharing", "download-only",
                                         "--bootstrap", silent, NULL);
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
  g_test_add ("/shoald/bus-transfer/cancel", Fixture, NULL, shoald_fixture_set_up,
              test_cancel, shoald_fixture_tear_down);
  g_test_add ("/shoald/bus-transfer/rate", Fixture, NULL, shoald_fixture_set_up,
              test_rate, shoald_fixture_tear_down);
  return g_test_run ();
}
