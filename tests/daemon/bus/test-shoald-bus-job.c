/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include <unistd.h>

#include "daemon/shoald-fixture.h"

#define PEER "12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA"

/* Each test runs with both kinds. */
typedef struct
{
  const char *interface;
  char *(*begin) (Daemon *daemon);
} Kind;

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
begin_transfer (Daemon *daemon)
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

/* Adding much takes a while: zeros that take no space, and more of them than any machine
 * can hash while this process waits for its turn. */
#define BIG_BYTES (G_GUINT64_CONSTANT (16) << 30)

static char *
begin_operation (Daemon *daemon)
{
  g_autofree char *file = g_build_filename (daemon->fixture->dir, "big", NULL);
  g_autoptr (GError) error = NULL;
  char *path;

  g_assert_true (g_file_set_contents (file, "", 0, &error));
  g_assert_cmpint (truncate (file, (off_t) BIG_BYTES), ==, 0);
  path = shoald_fixture_begin (
      daemon, "Add", g_variant_new ("(s@a{sv})", file, shoald_fixture_no_options ()),
      &error);

  g_assert_no_error (error);
  return path;
}

static const Kind kinds[] = {
  { "org.shoal.Shoal1.Transfer", begin_transfer },
  { "org.shoal.Shoal1.Operation", begin_operation },
};

static Daemon *
start (Fixture *fixture)
{
  g_autofree char *silent = dup_silent_address ();

  return shoald_fixture_start (fixture, "One", "--sharing", "download-only",
                               "--bootstrap", silent, NULL);
}

static void
call (Daemon *daemon,
      const char *path,
      const Kind *kind,
      const char *method,
      GError **error)
{
  g_autoptr (GVariant) reply
      = shoald_fixture_call (daemon, path, kind->interface, method, NULL, error);

  g_assert_true (reply != NULL || *error != NULL);
}

static void
test_cancel (Fixture *fixture, gconstpointer data)
{
  const Kind *kind = data;
  Daemon *daemon = start (fixture);
  g_autofree char *path = kind->begin (daemon);
  g_autofree char *state = NULL;
  g_autoptr (GError) error = NULL;

  call (daemon, path, kind, "Dismiss", &error);
  shoald_fixture_assert_error (&error, "WrongState");
  call (daemon, path, kind, "Cancel", &error);
  g_assert_no_error (error);
  shoald_fixture_wait_error (daemon, path, "cancelled", "Cancelled");
  call (daemon, path, kind, "Cancel", &error);
  shoald_fixture_assert_error (&error, "WrongState");
  call (daemon, path, kind, "Dismiss", &error);
  g_assert_no_error (error);
  state = shoald_fixture_get_text (daemon, path, kind->interface, "State");
  g_assert_null (state);
  shoald_fixture_stop (daemon);
}

/* Each kind of job has the property that is its own, and not that of the other. */
static void
test_own_property (Fixture *fixture, gconstpointer data)
{
  const Kind *kind = data;
  gboolean is_transfer = kind == &kinds[0];
  Daemon *daemon = start (fixture);
  g_autofree char *path = kind->begin (daemon);
  g_autoptr (GVariant) own = NULL;
  g_autoptr (GVariant) foreign = NULL;
  g_autoptr (GVariant) version = NULL;
  g_autoptr (GError) error = NULL;

  own = shoald_fixture_get (daemon, path, kind->interface,
                            is_transfer ? "Sources" : "Items");
  g_assert_nonnull (own);
  g_assert_cmpstr (g_variant_get_type_string (own), ==, "aa{sv}");
  foreign = shoald_fixture_get (daemon, path, kind->interface,
                                is_transfer ? "Items" : "Sources");
  g_assert_null (foreign);
  version = shoald_fixture_get (daemon, path, kind->interface, "Version");
  g_assert_cmpuint (g_variant_get_uint32 (version), ==, is_transfer ? 1 : 2);
  call (daemon, path, kind, "Cancel", &error);
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
  const Kind *kind = data;
  Daemon *daemon = start (fixture);
  gint64 start_us = g_get_monotonic_time ();
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;
  guint n = 0;
  guint id = g_dbus_connection_signal_subscribe (
      fixture->connection, daemon->name, "org.freedesktop.DBus.Properties",
      "PropertiesChanged", NULL, kind->interface, G_DBUS_SIGNAL_FLAGS_NONE, count_cb, &n,
      NULL);
  double seconds;

  path = kind->begin (daemon);
  test_wait_until (g_get_monotonic_time () > start_us + G_USEC_PER_SEC);
  call (daemon, path, kind, "Cancel", &error);
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
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      const char *name = i == 0 ? "transfer" : "operation";
      g_autofree char *cancel = g_strconcat ("/shoald/bus-job/cancel/", name, NULL);
      g_autofree char *own = g_strconcat ("/shoald/bus-job/own-property/", name, NULL);
      g_autofree char *rate = g_strconcat ("/shoald/bus-job/rate/", name, NULL);

      g_test_add (cancel, Fixture, &kinds[i], shoald_fixture_set_up, test_cancel,
                  shoald_fixture_tear_down);
      g_test_add (own, Fixture, &kinds[i], shoald_fixture_set_up, test_own_property,
                  shoald_fixture_tear_down);
      g_test_add (rate, Fixture, &kinds[i], shoald_fixture_set_up, test_rate,
                  shoald_fixture_tear_down);
    }
  return g_test_run ();
}
