/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "net/host/mesh-limits.h"

#include "base/mesh-error.h"

static gboolean
admit (MeshLimits *limits, const char *text)
{
  g_autoptr (MeshMultiaddr) addr = mesh_multiaddr_parse (text, NULL);
  g_autoptr (GError) error = NULL;
  gboolean ok = mesh_limits_admit_inbound (limits, addr, &error);

  if (!ok)
    g_assert_error (error, MESH_ERROR, MESH_ERROR_LIMIT);
  return ok;
}

static void
drop (MeshLimits *limits, const char *text)
{
  g_autoptr (MeshMultiaddr) addr = mesh_multiaddr_parse (text, NULL);

  mesh_limits_drop_inbound (limits, addr);
}

static void
test_per_ip (void)
{
  MeshLimitsConfig config = { 100, 100, 2, 100 };
  g_autoptr (MeshLimits) limits = mesh_limits_new (&config);

  g_assert_true (admit (limits, "/ip4/192.0.2.1/tcp/1"));
  g_assert_true (admit (limits, "/ip4/192.0.2.1/tcp/2"));
  g_assert_false (admit (limits, "/ip4/192.0.2.1/tcp/3"));
  g_assert_true (admit (limits, "/ip4/192.0.2.2/tcp/3"));
  drop (limits, "/ip4/192.0.2.1/tcp/1");
  g_assert_true (admit (limits, "/ip4/192.0.2.1/tcp/3"));
  /* one /64 is one subscriber */
  g_assert_true (admit (limits, "/ip6/2001:db8:1:1::1/tcp/1"));
  g_assert_true (admit (limits, "/ip6/2001:db8:1:1::2/tcp/1"));
  g_assert_false (admit (limits, "/ip6/2001:db8:1:1:ffff::/tcp/1"));
  g_assert_true (admit (limits, "/ip6/2001:db8:1:2::1/tcp/1"));
}

static void
test_handshakes (void)
{
  MeshLimitsConfig config = { 100, 100, 100, 1 };
  g_autoptr (MeshLimits) limits = mesh_limits_new (&config);

  g_assert_true (admit (limits, "/ip4/192.0.2.1/tcp/1"));
  g_assert_false (admit (limits, "/ip4/192.0.2.2/tcp/1"));
  mesh_limits_end_handshake (limits);
  g_assert_true (admit (limits, "/ip4/192.0.2.2/tcp/1"));
}

static void
test_totals (void)
{
  MeshLimitsConfig config = { 3, 2, 100, 100 };
  g_autoptr (MeshLimits) limits = mesh_limits_new (&config);
  g_autoptr (GError) error = NULL;

  g_assert_true (admit (limits, "/ip4/192.0.2.1/tcp/1"));
  g_assert_true (admit (limits, "/ip4/192.0.2.2/tcp/1"));
  g_assert_false (admit (limits, "/ip4/192.0.2.3/tcp/1"));
  g_assert_true (mesh_limits_admit_outbound (limits, &error));
  g_assert_false (mesh_limits_admit_outbound (limits, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_LIMIT);
  drop (limits, "/ip4/192.0.2.1/tcp/9");
  g_clear_error (&error);
  g_assert_true (mesh_limits_admit_outbound (limits, &error));
  g_assert_false (admit (limits, "/ip4/192.0.2.1/tcp/1"));
  mesh_limits_drop_outbound (limits);
  g_assert_true (admit (limits, "/ip4/192.0.2.1/tcp/1"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/net/limits/per-ip", test_per_ip);
  g_test_add_func ("/net/limits/handshakes", test_handshakes);
  g_test_add_func ("/net/limits/totals", test_totals);
  return g_test_run ();
}
