/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "daemon/shoald-fixture.h"

static GVariant *
call (Daemon *daemon, const char *method, const char *arguments, GError **error)
{
  return shoald_fixture_call (daemon, NULL, NULL, method,
                              g_variant_parse (NULL, arguments, NULL, NULL, NULL), error);
}

static void
test_arguments (Fixture *fixture, gconstpointer data)
{
  static const char *const bad[][2] = {
    { "Publish", "('relative', {'app': <'org.example.A'>, 'version': <'1.0.0'>})" },
    { "Publish", "('/tmp', {'version': <'1.0.0'>})" },
    { "Publish", "('/tmp', {'app': <'org.example.A'>})" },
    { "Publish", "('/tmp', {'app': <1>, 'version': <'1.0.0'>})" },
    { "Publish",
      "('/tmp', {'app': <'org.example.A'>, 'version': <'1'>, 'key': <'a/b'>})" },
    { "Publish",
      "('/tmp', {'app': <'a.b'>, 'version': <'1'>, 'key': <'a'>, 'keys': <['b']>})" },
    { "Install", "('', @a{sv} {})" },
    { "Install", "('org.example.A', {'apply': <'no'>})" },
    { "Inspect", "('not an app', @a{sv} {})" },
    { "CreateKey", "('../key',)" },
  };
  Daemon *daemon = shoald_fixture_start (fixture, "One", NULL);
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_test_message ("%s %s", bad[i][0], bad[i][1]);
      g_assert_null (call (daemon, bad[i][0], bad[i][1], &error));
      shoald_fixture_assert_error (&error, "InvalidArgument");
    }
  g_assert_null (call (daemon, "Check", "('org.example.No', @a{sv} {})", &error));
  shoald_fixture_assert_error (&error, "NotFound");
  shoald_fixture_stop (daemon);
}

static void
test_keys (Fixture *fixture, gconstpointer data)
{
  Daemon *daemon = shoald_fixture_start (fixture, "One", NULL);
  g_autoptr (GVariant) created = NULL;
  g_autoptr (GVariant) listed = NULL;
  g_autoptr (GVariant) keys = NULL;
  g_autoptr (GError) error = NULL;

  created = call (daemon, "CreateKey", "('mine',)", &error);
  g_assert_no_error (error);
  g_assert_null (call (daemon, "CreateKey", "('mine',)", &error));
  shoald_fixture_assert_error (&error, "Exists");
  listed = shoald_fixture_call (daemon, NULL, NULL, "ListKeys", NULL, &error);
  g_assert_no_error (error);
  keys = g_variant_get_child_value (listed, 0);
  g_assert_cmpuint (g_variant_n_children (keys), ==, 1);
  shoald_fixture_stop (daemon);
}

static gboolean
is_text (Daemon *daemon, const char *property, const char *value)
{
  g_autofree char *text = shoald_fixture_get_text (daemon, SHOAL_DBUS_MANAGER_PATH,
                                                   "org.shoal.Shoal1.Manager", property);

  return g_strcmp0 (text, value) == 0;
}

/* A mini-master with no --master publishes to itself; another finds the app there. */
static void
test_mini_master (Fixture *fixture, gconstpointer data)
{
  Daemon *author
      = shoald_fixture_start (fixture, "Author", "--mini-master", "--http", "127.0.0.1:0",
                              "--listen", "/ip4/127.0.0.1/tcp/0", NULL);
  Daemon *user = NULL;
  g_autofree char *http = NULL;
  g_autofree char *url = NULL;
  g_autofree char *address = shoald_fixture_dup_address (author);
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) info = NULL;
  g_autoptr (GVariant) results = NULL;
  g_autoptr (GError) error = NULL;

  test_wait_until (!is_text (author, "HttpAddress", ""));
  http = shoald_fixture_get_text (author, SHOAL_DBUS_MANAGER_PATH,
                                  "org.shoal.Shoal1.Manager", "HttpAddress");
  url = g_strconcat ("http://", http, NULL);
  shoald_fixture_publish (author, "1.0.0", 3000000, 1);
  user = shoald_fixture_start (fixture, "User", "--sharing", "download-only", "--master",
                               url, "--bootstrap", address, NULL);
  reply = call (user, "Search", "('hello', @a{sv} {})", &error);
  g_assert_no_error (error);
  results = g_variant_get_child_value (reply, 0);
  g_assert_cmpuint (g_variant_n_children (results), ==, 1);
  info = call (user, "Inspect", "('" SHOALD_FIXTURE_APP "', @a{sv} {})", &error);
  g_assert_no_error (error);
  shoald_fixture_install (user);
  test_wait_until (is_text (user, "MasterState", "reachable"));
  g_assert_null (call (user, "Install", "('" SHOALD_FIXTURE_APP "', @a{sv} {})", &error));
  shoald_fixture_assert_error (&error, "WrongState");
  shoald_fixture_stop (user);
  shoald_fixture_stop (author);
}

#define ADD(path, func) \
  g_test_add ("/shoald/bus-release/" path, Fixture, NULL, shoald_fixture_set_up, func, \
              shoald_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("arguments", test_arguments);
  ADD ("keys", test_keys);
  ADD ("mini-master", test_mini_master);
  return g_test_run ();
}
