/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include <string.h>

#include "daemon/shoald-fixture.h"

#define MANAGER "org.shoal.Shoal1.Manager"

static GVariant *
call (Daemon *daemon, const char *method, const char *arguments, GError **error)
{
  GVariant *parsed
      = arguments != NULL ? g_variant_parse (NULL, arguments, NULL, NULL, NULL) : NULL;

  g_assert_true (arguments == NULL || parsed != NULL);
  return shoald_fixture_call (daemon, NULL, NULL, method, parsed, error);
}

static void
test_config (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *values;
    const char *nick;
  } bad[] = {
    { "({'colour': <'blue'>},)", "InvalidConfig" },
    { "({'max-transfers': <uint32 0>},)", "InvalidConfig" },
    { "({'max-transfers': <'ten'>},)", "InvalidConfig" },
    { "({'data-dir': <'/tmp'>},)", "InvalidConfig" },
    { "({'listen': <['/ip4/127.0.0.1/udp/1']>},)", "InvalidConfig" },
    { "({'sharing-mode': <'off'>, 'master-url': <'gopher://x'>},)", "InvalidConfig" },
  };
  Daemon *daemon = shoald_fixture_start (fixture, "One", "--sharing", "on", "--listen",
                                         "/ip4/127.0.0.1/tcp/0", NULL);
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) values = NULL;
  g_autofree char *mode = NULL;
  g_autoptr (GError) error = NULL;
  guint64 limit;

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_assert_null (call (daemon, "SetConfig", bad[i].values, &error));
      shoald_fixture_assert_error (&error, bad[i].nick);
    }
  mode
      = shoald_fixture_get_text (daemon, SHOAL_DBUS_MANAGER_PATH, MANAGER, "SharingMode");
  g_assert_cmpstr (mode, ==, "on");
  g_variant_unref (call (daemon, "SetConfig",
                         "({'sharing-mode': <'off'>, 'max-upload-bps': <uint64 77>},)",
                         &error));
  g_assert_no_error (error);
  reply = call (daemon, "GetConfig", NULL, &error);
  values = g_variant_get_child_value (reply, 0);
  g_assert_true (g_variant_lookup (values, "max-upload-bps", "t", &limit));
  g_assert_cmpuint (limit, ==, 77);
  shoald_fixture_stop (daemon);

  /* What was set is there again after a restart; what the command line said is not. */
  daemon = shoald_fixture_start (fixture, "One", NULL);
  g_free (mode);
  mode
      = shoald_fixture_get_text (daemon, SHOAL_DBUS_MANAGER_PATH, MANAGER, "SharingMode");
  g_assert_cmpstr (mode, ==, "off");
  shoald_fixture_stop (daemon);
}

static gboolean
has_agent (Daemon *daemon, const char *path)
{
  g_autofree char *agent
      = shoald_fixture_get_text (daemon, path, "org.shoal.Shoal1.Peer", "Agent");

  return g_strcmp0 (agent, "shoal/" PACKAGE_VERSION) == 0;
}

static void
test_peers (Fixture *fixture, gconstpointer data)
{
  Daemon *one = shoald_fixture_start (fixture, "One", "--sharing", "on", "--listen",
                                      "/ip4/127.0.0.1/tcp/0", NULL);
  Daemon *two = shoald_fixture_start (fixture, "Two", "--sharing", "off", NULL);
  g_autofree char *address = shoald_fixture_dup_address (one);
  g_autofree char *peer_id
      = shoald_fixture_get_text (one, SHOAL_DBUS_MANAGER_PATH, MANAGER, "PeerId");
  g_autofree char *arguments = g_strdup_printf ("('%s', @a{sv} {})", address);
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (call (two, "Connect", arguments, &error));
  shoald_fixture_assert_error (&error, "Refused");
  g_variant_unref (
      call (two, "SetConfig", "({'sharing-mode': <'download-only'>},)", NULL));
  g_assert_null (call (two, "Connect", "('nonsense', @a{sv} {})", &error));
  shoald_fixture_assert_error (&error, "InvalidArgument");
  g_assert_null (call (two, "Connect", "('/ip4/127.0.0.1/tcp/1', @a{sv} {})", &error));
  shoald_fixture_assert_error (&error, "Unreachable");
  path = shoald_fixture_begin (
      two, "Connect", g_variant_new ("(s@a{sv})", address, shoald_fixture_no_options ()),
      &error);
  g_assert_no_error (error);
  g_assert_true (g_str_has_suffix (path, peer_id));
  test_wait_until (has_agent (two, path));
  g_assert_null (call (two, "Disconnect", "('nobody',)", &error));
  shoald_fixture_assert_error (&error, "InvalidArgument");
  g_variant_unref (shoald_fixture_call (two, NULL, NULL, "Disconnect",
                                        g_variant_new ("(s)", peer_id), &error));
  g_assert_no_error (error);
  g_assert_null (shoald_fixture_call (two, NULL, NULL, "Disconnect",
                                      g_variant_new ("(s)", peer_id), &error));
  shoald_fixture_assert_error (&error, "NotFound");
  shoald_fixture_stop (one);
  shoald_fixture_stop (two);
}

static void
test_search_without_master (Fixture *fixture, gconstpointer data)
{
  Daemon *daemon = shoald_fixture_start (fixture, "One", NULL);
  g_autofree char *state
      = shoald_fixture_get_text (daemon, SHOAL_DBUS_MANAGER_PATH, MANAGER, "MasterState");
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) results = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (state, ==, "none");
  /* The mesh is asked, and nobody is there. */
  reply = call (daemon, "Search", "('x', {'wait-ms': <uint32 1>})", &error);
  g_assert_no_error (error);
  results = g_variant_get_child_value (reply, 0);
  g_assert_cmpuint (g_variant_n_children (results), ==, 0);
  g_variant_unref (
      call (daemon, "SetConfig", "({'registry-mode': <'central'>},)", &error));
  g_assert_no_error (error);
  g_assert_null (call (daemon, "Search", "('x', @a{sv} {})", &error));
  shoald_fixture_assert_error (&error, "NotFound");
  g_assert_null (call (daemon, "Search", "('x', {'limit': <uint32 0>})", &error));
  shoald_fixture_assert_error (&error, "InvalidArgument");
  shoald_fixture_stop (daemon);
}

/* One value of a type, as hostile as the type allows. */
static GVariant *
make_noise (GRand *rand, const char *signature)
{
  static const char *const texts[] = { "",
                                       "/",
                                       "../../etc/passwd",
                                       "/dev/zero",
                                       "shoal:",
                                       "zdj",
                                       "\xc3\xa4\xe2\x82\xac",
                                       "/ip4/256.0.0.1/tcp/99999",
                                       "a@b@c",
                                       "/proc/self/mem",
                                       "-1",
                                       "%s%n" };
  static const char *const keys[] = { "peer",  "pin",     "chunker", "hash",  "app",
                                      "limit", "version", "keys",    "apply", "name" };
  GVariantDict dict;

  switch (*signature)
    {
    case 's':
      return g_variant_new_string (
          texts[g_rand_int_range (rand, 0, G_N_ELEMENTS (texts))]);
    case 'b':
      return g_variant_new_boolean (g_rand_boolean (rand));
    default:
      g_variant_dict_init (&dict, NULL);
      for (guint i = 0; i < 3; i++)
        {
          const char *key = keys[g_rand_int_range (rand, 0, G_N_ELEMENTS (keys))];

          if (g_rand_boolean (rand))
            g_variant_dict_insert (&dict, key, "u", g_rand_int (rand));
          else
            g_variant_dict_insert_value (&dict, key, make_noise (rand, "s"));
        }
      return g_variant_dict_end (&dict);
    }
}

/* Every method that takes something is called with noise, many times: each call is
 * answered, errors have our names, and the daemon goes on. */
static void
test_noise (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *name;
    const char *types[4];
  } methods[] = {
    { "Add", { "s", "a" } },       { "Get", { "s", "s", "a" } },
    { "Publish", { "s", "a" } },   { "Inspect", { "s", "a" } },
    { "Install", { "s", "a" } },   { "Check", { "s", "a" } },
    { "Search", { "s", "a" } },    { "Connect", { "s", "a" } },
    { "Disconnect", { "s" } },     { "Pin", { "s", "a" } },
    { "Unpin", { "s" } },          { "SetShared", { "s", "b" } },
    { "CreateKey", { "s" } },      { "ExportCar", { "s", "s", "a" } },
    { "ImportCar", { "s", "a" } }, { "SetConfig", { "a" } },
  };
  Daemon *daemon = shoald_fixture_start (fixture, "One", NULL);
  g_autoptr (GRand) rand = g_rand_new_with_seed (11);
  g_autofree char *state = NULL;

  for (guint i = 0; i < 40 * G_N_ELEMENTS (methods); i++)
    {
      const char *name = methods[i % G_N_ELEMENTS (methods)].name;
      const char *const *types = methods[i % G_N_ELEMENTS (methods)].types;
      GVariantBuilder builder;
      g_autoptr (GVariant) reply = NULL;
      g_autofree char *remote = NULL;
      g_autoptr (GError) error = NULL;

      g_variant_builder_init (&builder, G_VARIANT_TYPE_TUPLE);
      for (; *types != NULL; types++)
        g_variant_builder_add_value (&builder, make_noise (rand, *types));
      reply = shoald_fixture_call (daemon, NULL, NULL, name,
                                   g_variant_builder_end (&builder), &error);
      if (reply != NULL)
        continue;
      remote = g_dbus_error_get_remote_error (error);
      g_assert_nonnull (remote);
      g_assert_true (g_str_has_prefix (remote, SHOAL_DBUS_ERROR_PREFIX));
      g_assert_false (g_str_has_suffix (remote, ".Failed"));
    }
  state = shoald_fixture_get_text (daemon, SHOAL_DBUS_MANAGER_PATH, MANAGER, "State");
  g_assert_cmpstr (state, ==, "running");
  shoald_fixture_stop (daemon);
}

static void
test_quit (Fixture *fixture, gconstpointer data)
{
  Daemon *daemon = shoald_fixture_start (fixture, "One", NULL);
  g_autoptr (GError) error = NULL;

  g_variant_unref (call (daemon, "Quit", NULL, &error));
  g_assert_no_error (error);
  /* The same checks as after a signal. */
  shoald_fixture_stop (daemon);
}

#define ADD(path, func) \
  g_test_add ("/shoald/bus-manager/" path, Fixture, NULL, shoald_fixture_set_up, func, \
              shoald_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("config", test_config);
  ADD ("peers", test_peers);
  ADD ("search-without-master", test_search_without_master);
  ADD ("noise", test_noise);
  ADD ("quit", test_quit);
  return g_test_run ();
}
