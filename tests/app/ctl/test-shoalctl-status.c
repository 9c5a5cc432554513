/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include <string.h>

#include "ctl-fixture.h"

#define A CTL_FIXTURE_NAME

static void
test_shape (CtlFixture *fixture, gconstpointer unused)
{
  g_autoptr (CtlRun) run = ctl_fixture_ask (fixture, A, "status", NULL);
  g_autoptr (CtlRun) text = ctl_fixture_run (fixture, "--bus-name", A, "status", NULL);
  JsonObject *object = ctl_run_get_object (run);
  JsonArray *addresses = json_object_get_array_member (object, "listen_addresses");
  g_autofree char *tail
      = g_strconcat ("/p2p/", ctl_run_get_string (run, "peer_id"), NULL);

  ctl_fixture_assert_members (
      object,
      "state agent_version peer_id did_key listen_addresses observed_addresses "
      "sharing_mode master_url master_state mini_master http_address gateways bootstrap "
      "registry_mode catalog_size dht_mode mdns announce "
      "peer_count upload_bps download_bps bytes_uploaded bytes_downloaded metered "
      "data_dir "
      "storage last_check");
  ctl_fixture_assert_members (
      json_object_get_object_member (object, "storage"),
      "bytes blocks references referenced_bytes pinned_bytes cache_bytes limit_bytes "
      "free_bytes evicted dropped");
  g_assert_cmpuint (json_array_get_length (addresses), ==, 1);
  g_assert_true (g_str_has_suffix (json_array_get_string_element (addresses, 0), tail));
  g_assert_true (g_str_has_prefix (ctl_run_get_string (run, "did_key"), "did:key:z6Mk"));
  g_assert_nonnull (strstr (text->out, ctl_run_get_string (run, "peer_id")));
}

static void
test_config (CtlFixture *fixture, gconstpointer unused)
{
  g_autoptr (CtlRun) set
      = ctl_fixture_ask (fixture, A, "config", "set", "max-upload-bps", "12345", NULL);
  g_autoptr (CtlRun) flag
      = ctl_fixture_ask (fixture, A, "config", "set", "auto-fetch", "no", NULL);
  g_autoptr (CtlRun) list
      = ctl_fixture_ask (fixture, A, "config", "set", "gateways", "http://127.0.0.1:1",
                         "http://127.0.0.1:2", NULL);
  g_autoptr (CtlRun) all = ctl_fixture_ask (fixture, A, "config", "get", NULL);
  g_autoptr (CtlRun) one
      = ctl_fixture_ask (fixture, A, "config", "get", "gateways", NULL);
  g_autoptr (CtlRun) text = ctl_fixture_run (fixture, "--bus-name", A, "config", "get",
                                             "max-upload-bps", NULL);

  ctl_fixture_assert_members (ctl_run_get_object (set), "restart_needed");
  g_assert_cmpint (ctl_run_get_int (all, "max_upload_bps"), ==, 12345);
  g_assert_false (
      json_object_get_boolean_member (ctl_run_get_object (all), "auto_fetch"));
  g_assert_cmpuint (json_array_get_length (ctl_run_get_array (one)), ==, 2);
  g_assert_cmpstr (text->out, ==, "max-upload-bps = 12345\n");
}

static void
assert_list (CtlFixture *fixture, const char *key, const char *expected)
{
  g_autoptr (CtlRun) run = ctl_fixture_ask (fixture, A, "config", "get", key, NULL);
  JsonArray *array = ctl_run_get_array (run);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < json_array_get_length (array); i++)
    g_string_append_printf (text, "%s%s", i > 0 ? " " : "",
                            json_array_get_string_element (array, i));
  g_assert_cmpstr (text->str, ==, expected);
}

static void
test_lists (CtlFixture *fixture, gconstpointer unused)
{
  static const struct
  {
    const char *key;
    const char *one;
    const char *two;
    const char *nick; /* of taking out what is not there */
  } lists[] = {
    { "gateways", "http://127.0.0.1:1", "http://127.0.0.1:2", "Failed" },
    { "bootstrap",
      "/ip4/127.0.0.1/tcp/1/p2p/12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA",
      "/ip4/127.0.0.1/tcp/2/p2p/12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA",
      "NotFound" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (lists); i++)
    {
      const char *key = lists[i].key;
      g_autofree char *both = g_strconcat (lists[i].one, " ", lists[i].two, NULL);
      g_autoptr (CtlRun) one
          = ctl_fixture_ask (fixture, A, "config", "add", key, lists[i].one, NULL);
      g_autoptr (CtlRun) two
          = ctl_fixture_ask (fixture, A, "config", "add", key, lists[i].two, NULL);

      ctl_fixture_assert_members (ctl_run_get_object (one), "restart_needed");
      assert_list (fixture, key, both);
      ctl_run_free (
          ctl_fixture_ask (fixture, A, "config", "remove", key, lists[i].one, NULL));
      assert_list (fixture, key, lists[i].two);
      ctl_fixture_ask_fails (fixture, A, lists[i].nick, "config", "remove", key,
                             lists[i].one, NULL);
    }
  ctl_fixture_ask_fails (fixture, A, "Failed", "config", "add", "sharing-mode", "on",
                         NULL);
  ctl_fixture_ask_fails (fixture, A, "InvalidConfig", "config", "add", "bootstrap",
                         "nonsense", NULL);
}

static void
test_config_errors (CtlFixture *fixture, gconstpointer unused)
{
  ctl_fixture_ask_fails (fixture, A, "Failed", "config", "get", "no-such-key", NULL);
  ctl_fixture_ask_fails (fixture, A, "Failed", "config", "set", "no-such-key", "1", NULL);
  ctl_fixture_ask_fails (fixture, A, "Failed", "config", "set", "max-upload-bps", "many",
                         NULL);
  ctl_fixture_ask_fails (fixture, A, "Failed", "config", "set", "auto-fetch", "2", NULL);
  ctl_fixture_ask_fails (fixture, A, "InvalidConfig", "config", "set", "max-transfers",
                         "1000", NULL);
  ctl_fixture_ask_fails (fixture, A, "InvalidConfig", "config", "set", "mini-master",
                         "false", NULL);
}

static void
test_sharing (CtlFixture *fixture, gconstpointer unused)
{
  static const char *const modes[] = { "download-only", "off", "on" };

  for (gsize i = 0; i < G_N_ELEMENTS (modes); i++)
    {
      g_autoptr (CtlRun) set = ctl_fixture_ask (fixture, A, "sharing", modes[i], NULL);
      g_autoptr (CtlRun) get = ctl_fixture_ask (fixture, A, "sharing", NULL);
      g_autoptr (CtlRun) status = ctl_fixture_ask (fixture, A, "status", NULL);
      gboolean is_on = g_str_equal (modes[i], "on");

      ctl_fixture_assert_members (ctl_run_get_object (get), "sharing_mode");
      g_assert_cmpstr (ctl_run_get_string (get, "sharing_mode"), ==, modes[i]);
      g_assert_cmpuint (json_array_get_length (json_object_get_array_member (
                            ctl_run_get_object (status), "listen_addresses")),
                        ==, is_on ? 1 : 0);
    }
  ctl_fixture_ask_fails (fixture, A, "InvalidConfig", "sharing", "sometimes", NULL);
}

static void
test_shutdown (CtlFixture *fixture, gconstpointer unused)
{
  g_autoptr (CtlRun) run = ctl_fixture_ask (fixture, A, "shutdown", NULL);

  ctl_fixture_assert_members (ctl_run_get_object (run), "");
  g_assert_true (g_subprocess_wait_check (fixture->processes->pdata[0], NULL, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) \
  g_test_add ("/ctl/status/" path, CtlFixture, NULL, ctl_fixture_set_up, func, \
              ctl_fixture_tear_down)
  ADD ("shape", test_shape);
  ADD ("config", test_config);
  ADD ("lists", test_lists);
  ADD ("config-errors", test_config_errors);
  ADD ("sharing", test_sharing);
  ADD ("shutdown", test_shutdown);
  return g_test_run ();
}
