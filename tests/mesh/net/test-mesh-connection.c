/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "net/iface/mesh-connection.h"

#include "fake-muxer.h"

static void
test_latency (void)
{
  g_autoptr (MeshConnection) connection = fake_connection (1);
  FakeMuxer *muxer = (FakeMuxer *) mesh_connection_get_muxer (connection);

  g_assert_cmpint (mesh_connection_get_latency_us (connection), ==, -1);
  muxer->rtt_us = 700;
  g_assert_cmpint (mesh_connection_get_latency_us (connection), ==, 700);
  mesh_connection_add_latency (connection, 8000);
  g_assert_cmpint (mesh_connection_get_latency_us (connection), ==, 8000);
  mesh_connection_add_latency (connection, 0);
  g_assert_cmpint (mesh_connection_get_latency_us (connection), ==, 7000);
}

static void
test_info (void)
{
  g_autoptr (MeshConnection) connection = fake_connection (1);
  MeshPeerInfo *info = g_new0 (MeshPeerInfo, 1);

  g_assert_false (mesh_connection_supports (connection, "/a"));
  info->protocols = g_strsplit ("/a,/b", ",", -1);
  mesh_connection_take_peer_info (connection, info);
  g_assert_true (mesh_connection_supports (connection, "/a"));
  g_assert_false (mesh_connection_supports (connection, "/"));
  g_assert_cmpuint (mesh_connection_get_bytes_in (connection), ==, 10);
  g_assert_cmpuint (mesh_connection_get_bytes_out (connection), ==, 20);
  g_assert_cmpuint (mesh_connection_get_n_streams (connection), ==, 3);
  mesh_connection_close (connection, NULL);
  g_assert_true (mesh_connection_is_closed (connection));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/net/connection/latency", test_latency);
  g_test_add_func ("/net/connection/info", test_info);
  return g_test_run ();
}
