/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "daemon/shoald-fixture.h"

static gboolean
has_ended (GSubprocess *process)
{
  return g_subprocess_get_identifier (process) == NULL;
}

/* While a client is on the bus the daemon stays; when the last one goes, and sharing is
 * off, it ends by itself. */
static void
test_idle_exit (Fixture *fixture, gconstpointer data)
{
  Daemon *daemon = shoald_fixture_start (fixture, "One", "--idle-exit", "3", NULL);
  g_autoptr (GSubprocess) process = g_object_ref (daemon->process);
  gint64 end_us = g_get_monotonic_time () + 5 * G_USEC_PER_SEC;

  test_wait_until (g_get_monotonic_time () > end_us);
  g_assert_false (has_ended (process));
  g_dbus_connection_close_sync (fixture->connection, NULL, NULL);
  test_wait_until (has_ended (process));
  g_assert_true (g_subprocess_wait (process, NULL, NULL));
  g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 0);
  g_object_unref (daemon->manager);
  g_object_unref (daemon->objects);
  g_object_unref (daemon->process);
  g_free (daemon->name);
  g_free (daemon->data_dir);
  g_free (daemon);
}

/* One that shares does not end. */
static void
test_sharing_stays (Fixture *fixture, gconstpointer data)
{
  Daemon *daemon = shoald_fixture_start (fixture, "One", "--idle-exit", "1", "--sharing",
                                         "on", "--listen", "/ip4/127.0.0.1/tcp/0", NULL);
  g_autoptr (GSubprocess) process = g_object_ref (daemon->process);
  gint64 end_us;

  g_dbus_connection_close_sync (fixture->connection, NULL, NULL);
  end_us = g_get_monotonic_time () + 2500000;
  test_wait_until (g_get_monotonic_time () > end_us);
  g_assert_false (has_ended (process));
  shoald_fixture_stop (daemon);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/shoald/bus-clients/idle-exit", Fixture, NULL, shoald_fixture_set_up,
              test_idle_exit, shoald_fixture_tear_down);
  g_test_add ("/shoald/bus-clients/sharing-stays", Fixture, NULL, shoald_fixture_set_up,
              test_sharing_stays, shoald_fixture_tear_down);
  return g_test_run ();
}
