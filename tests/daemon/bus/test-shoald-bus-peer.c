/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "daemon/shoald-fixture.h"

#define INTERFACE "org.shoal.Shoal1.Peer"

static char *
dup_peer_path (Daemon *peer)
{
  g_autofree char *id = shoald_fixture_get_text (peer, SHOAL_DBUS_MANAGER_PATH,
                                                 "org.shoal.Shoal1.Manager", "PeerId");

  return g_strconcat (SHOAL_DBUS_PEERS_PATH "/", id, NULL);
}

static gboolean
is_text (Daemon *daemon, const char *path, const char *property, const char *value)
{
  g_autofree char *text = shoald_fixture_get_text (daemon, path, INTERFACE, property);

  return g_strcmp0 (text, value) == 0;
}

static gboolean
has_latency (Daemon *daemon, const char *path)
{
  g_autoptr (GVariant) value = shoald_fixture_get (daemon, path, INTERFACE, "LatencyMs");

  return value != NULL && g_variant_get_int32 (value) >= 0;
}

/* Two daemons on one machine see each other; one goes and its object goes with it. */
static void
test_pair (Fixture *fixture, gconstpointer data)
{
  Daemon *author = NULL;
  Daemon *user = NULL;
  g_autofree char *author_path = NULL;
  g_autofree char *user_path = NULL;
  g_autoptr (GError) error = NULL;

  shoald_fixture_start_pair (fixture, &author, &user);
  author_path = dup_peer_path (author);
  user_path = dup_peer_path (user);
  test_wait_until (is_text (user, author_path, "Agent", "shoal/" PACKAGE_VERSION));
  test_wait_until (is_text (author, user_path, "Direction", "inbound"));
  g_assert_true (is_text (user, author_path, "Direction", "outbound"));
  g_assert_true (is_text (user, author_path, "Transport", "tcp"));
  test_wait_until (has_latency (user, author_path));
  g_variant_unref (
      shoald_fixture_call (author, user_path, INTERFACE, "Disconnect", NULL, &error));
  g_assert_no_error (error);
  /* The user comes back: the author is its bootstrap peer. */
  test_wait_until (!is_text (author, user_path, "Direction", "inbound"));
  test_wait_until (is_text (author, user_path, "Direction", "inbound"));
  shoald_fixture_stop (author);
  test_wait_until (!is_text (user, author_path, "Direction", "outbound"));
  shoald_fixture_stop (user);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/shoald/bus-peer/pair", Fixture, NULL, shoald_fixture_set_up, test_pair,
              shoald_fixture_tear_down);
  return g_test_run ();
}
