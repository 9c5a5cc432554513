/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include <string.h>

#include "ctl-fixture.h"

#define A CTL_FIXTURE_NAME
#define B CTL_FIXTURE_SECOND
#define APP "org.example.App"

static void
test_peers (CtlFixture *fixture, gconstpointer unused)
{
  g_autoptr (CtlRun) status = ctl_fixture_ask (fixture, A, "status", NULL);
  const char *address = json_array_get_string_element (
      json_object_get_array_member (ctl_run_get_object (status), "listen_addresses"), 0);
  const char *peer_id = ctl_run_get_string (status, "peer_id");
  g_autoptr (CtlRun) none = ctl_fixture_run (fixture, "--bus-name", A, "peers", NULL);
  g_autoptr (CtlRun) connect = NULL;
  g_autoptr (CtlRun) peers = NULL;
  g_autoptr (CtlRun) after = NULL;
  JsonObject *peer;

  g_assert_cmpstr (none->out, ==, "No peer is connected.\n");
  ctl_fixture_start (fixture, B, "--sharing", "download-only", NULL);
  connect = ctl_fixture_ask (fixture, B, "connect", address, NULL);
  ctl_fixture_assert_members (ctl_run_get_object (connect), "peer_id");
  g_assert_cmpstr (ctl_run_get_string (connect, "peer_id"), ==, peer_id);
  peers = ctl_fixture_ask (fixture, B, "peers", NULL);
  peer = json_array_get_object_element (ctl_run_get_array (peers), 0);
  ctl_fixture_assert_members (peer,
                              "peer_id addresses agent direction transport latency_ms "
                              "bytes_up bytes_down rate_up_bps rate_down_bps protocols "
                              "connected_since is_bootstrap kind score score_parts roles "
                              "caps");
  g_assert_cmpstr (json_object_get_string_member (peer, "peer_id"), ==, peer_id);
  g_assert_cmpstr (json_object_get_string_member (peer, "direction"), ==, "outbound");
  ctl_run_free (ctl_fixture_ask (fixture, B, "disconnect", peer_id, NULL));
  after = ctl_fixture_ask (fixture, B, "peers", NULL);
  g_assert_cmpuint (json_array_get_length (ctl_run_get_array (after)), ==, 0);
  ctl_fixture_ask_fails (fixture, B, "NotFound", "disconnect", peer_id, NULL);
}

static void
test_transfers (CtlFixture *fixture, gconstpointer unused)
{
  g_autofree char *path = ctl_fixture_write (fixture, "f", "x");
  g_autoptr (CtlRun) add = ctl_fixture_ask (fixture, A, "add", path, NULL);
  g_autoptr (CtlRun) none = ctl_fixture_run (fixture, "--bus-name", A, "transfers", NULL);

  /* What shoalctl began it also dismisses. */
  g_assert_cmpstr (none->out, ==, "Nothing is on its way.\n");
  ctl_fixture_ask_fails (fixture, A, "Failed", "cancel", "transfer-99", NULL);
  ctl_fixture_ask_fails (fixture, A, "Failed", "cancel", "transfer-", NULL);
  ctl_fixture_ask_fails (fixture, A, "Failed", "cancel", "../../x", NULL);
}

static void
test_errors (CtlFixture *fixture, gconstpointer unused)
{
  ctl_fixture_ask_fails (fixture, A, "InvalidArgument", "connect", "/ip4/1", NULL);
  ctl_fixture_ask_fails (fixture, A, "Unreachable", "connect", "/ip4/127.0.0.1/tcp/1",
                         NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) \
  g_test_add ("/ctl/network/" path, CtlFixture, NULL, ctl_fixture_set_up, func, \
              ctl_fixture_tear_down)
  ADD ("peers", test_peers);
  ADD ("transfers", test_transfers);
  ADD ("errors", test_errors);
  return g_test_run ();
}
