/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "daemon/shoald-fixture.h"

#define MANAGER "org.shoal.Shoal1.Manager"
#define PEER "12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA"
#define ONE "/ip4/127.0.0.1/tcp/1/p2p/" PEER
#define TWO "/ip4/127.0.0.1/tcp/2/p2p/" PEER

static GVariant *
call_text (Daemon *daemon, const char *method, const char *text, GError **error)
{
  return shoald_fixture_call (daemon, NULL, NULL, method, g_variant_new ("(s)", text),
                              error);
}

static char *
dup_bootstrap (Daemon *daemon)
{
  g_autoptr (GVariant) value
      = shoald_fixture_get (daemon, SHOAL_DBUS_MANAGER_PATH, MANAGER, "Bootstrap");
  g_autofree const char **list = g_variant_get_strv (value, NULL);

  return g_strjoinv (" ", (char **) list);
}

static void
assert_bootstrap (Daemon *daemon, const char *expected)
{
  g_autofree char *list = dup_bootstrap (daemon);

  g_assert_cmpstr (list, ==, expected);
}

static void
change (Daemon *daemon, const char *method, const char *address)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = call_text (daemon, method, address, &error);

  g_assert_no_error (error);
  g_assert_nonnull (reply);
}

static void
test_bootstrap (Fixture *fixture, gconstpointer data)
{
  Daemon *daemon = shoald_fixture_start (fixture, "One", NULL);
  g_autoptr (GError) error = NULL;

  assert_bootstrap (daemon, "");
  change (daemon, "AddBootstrap", ONE);
  change (daemon, "AddBootstrap", TWO);
  change (daemon, "AddBootstrap", ONE);
  assert_bootstrap (daemon, ONE " " TWO);
  g_assert_null (call_text (daemon, "AddBootstrap", "/ip4/127.0.0.1/tcp/3", &error));
  shoald_fixture_assert_error (&error, "InvalidConfig");
  g_assert_null (call_text (daemon, "AddBootstrap", "", &error));
  shoald_fixture_assert_error (&error, "InvalidConfig");
  change (daemon, "RemoveBootstrap", ONE);
  g_assert_null (call_text (daemon, "RemoveBootstrap", ONE, &error));
  shoald_fixture_assert_error (&error, "NotFound");
  assert_bootstrap (daemon, TWO);
  shoald_fixture_stop (daemon);

  /* It was saved. */
  daemon = shoald_fixture_start (fixture, "One", NULL);
  assert_bootstrap (daemon, TWO);
  shoald_fixture_stop (daemon);
}

static void
assert_text (Daemon *daemon, const char *property, const char *expected)
{
  g_autofree char *text
      = shoald_fixture_get_text (daemon, SHOAL_DBUS_MANAGER_PATH, MANAGER, property);

  g_assert_cmpstr (text, ==, expected);
}

static void
set_config (Daemon *daemon, const char *values, const char *nick)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply
      = shoald_fixture_call (daemon, NULL, NULL, "SetConfig",
                             g_variant_parse (NULL, values, NULL, NULL, NULL), &error);

  if (nick == NULL)
    g_assert_no_error (error);
  else
    shoald_fixture_assert_error (&error, nick);
}

static gboolean
get_mdns (Daemon *daemon)
{
  g_autoptr (GVariant) value
      = shoald_fixture_get (daemon, SHOAL_DBUS_MANAGER_PATH, MANAGER, "Mdns");

  return g_variant_get_boolean (value);
}

static void
test_settings (Fixture *fixture, gconstpointer data)
{
  Daemon *daemon = shoald_fixture_start (fixture, "One", NULL);

  assert_text (daemon, "RegistryMode", "hybrid");
  assert_text (daemon, "DhtMode", "auto");
  set_config (daemon, "({'registry-mode': <'p2p'>, 'dht-mode': <'off'>},)", NULL);
  assert_text (daemon, "RegistryMode", "p2p");
  assert_text (daemon, "DhtMode", "off");
  set_config (daemon, "({'registry-mode': <'none'>},)", "InvalidConfig");
  set_config (daemon, "({'dht-mode': <'on'>},)", "InvalidConfig");
  set_config (daemon, "({'dht-prefix': <'ipfs'>},)", "InvalidConfig");
  set_config (daemon, "({'dht-prefix': <'/a//b'>},)", "InvalidConfig");
  set_config (daemon, "({'mdns': <true>},)", NULL);
  g_assert_true (get_mdns (daemon));
  shoald_fixture_stop (daemon);

  /* Saved; but the command line of the fixture says --no-mdns, and that wins. */
  daemon = shoald_fixture_start (fixture, "One", NULL);
  g_assert_false (get_mdns (daemon));
  assert_text (daemon, "RegistryMode", "p2p");
  shoald_fixture_stop (daemon);
}

static void
test_split_views (Fixture *fixture, gconstpointer data)
{
  Daemon *daemon = shoald_fixture_start (fixture, "One", NULL);
  g_autoptr (GVariant) views
      = shoald_fixture_get (daemon, SHOAL_DBUS_MANAGER_PATH, MANAGER, "SplitViews");
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (g_variant_n_children (views), ==, 0);
  g_assert_null (call_text (daemon, "DismissSplitView", "1", &error));
  shoald_fixture_assert_error (&error, "NotFound");
  shoald_fixture_stop (daemon);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/shoald/bus-mesh/bootstrap", Fixture, NULL, shoald_fixture_set_up,
              test_bootstrap, shoald_fixture_tear_down);
  g_test_add ("/shoald/bus-mesh/settings", Fixture, NULL, shoald_fixture_set_up,
              test_settings, shoald_fixture_tear_down);
  g_test_add ("/shoald/bus-mesh/split-views", Fixture, NULL, shoald_fixture_set_up,
              test_split_views, shoald_fixture_tear_down);
  return g_test_run ();
}
