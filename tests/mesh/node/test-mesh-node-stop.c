/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "mesh/node/node-test.h"

static void
test_overlapping (void)
{
  g_autofree char *dir = node_test_make_dir ();
  g_autoptr (MeshNodeConfig) config = node_test_config (dir, "a", MESH_NODE_SHARING_ON);
  g_autoptr (MeshNode) node = node_test_start (config, NULL);
  GAsyncResult *results[3] = { NULL };

  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    mesh_node_stop_async (node, node_test_result, &results[i]);
  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    {
      g_autoptr (GError) error = NULL;

      node_test_wait (results[i] != NULL);
      g_assert_true (mesh_node_stop_finish (node, results[i], &error));
      g_assert_no_error (error);
      g_object_unref (results[i]);
    }
  node_test_remove_dir (dir);
}

/* Those who wait for the network are told; later calls fail and do not crash. */
static void
test_holders (void)
{
  g_autofree char *dir = node_test_make_dir ();
  g_autoptr (MeshNodeConfig) config = node_test_config (dir, "a", MESH_NODE_SHARING_OFF);
  g_autoptr (GSocketListener) silent = g_socket_listener_new ();
  guint16 port = g_socket_listener_add_any_inet_port (silent, NULL, NULL);
  g_autoptr (MeshNode) node = NULL;
  g_autoptr (GAsyncResult) held = NULL;
  g_autoptr (GAsyncResult) stopped = NULL;
  g_autoptr (GError) error = NULL;

  g_strfreev (config->bootstrap);
  config->bootstrap = g_new0 (char *, 2);
  config->bootstrap[0] = g_strdup_printf (
      "/ip4/127.0.0.1/tcp/%u/p2p/12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA",
      port);
  node = node_test_start (config, &error);
  g_assert_no_error (error);
  mesh_node_hold_async (node, NULL, node_test_result, &held);
  mesh_node_stop_async (node, node_test_result, &stopped);
  node_test_wait (held != NULL && stopped != NULL);
  g_assert_false (mesh_node_hold_finish (node, held, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_CLOSED);
  g_clear_error (&error);
  g_assert_true (mesh_node_stop_finish (node, stopped, &error));
  g_assert_null (mesh_node_new_source (node, NULL, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_CLOSED);
  node_test_remove_dir (dir);
}

/* A chain that outlives its node is a chain without sources, not a crash. */
static void
test_late_source (void)
{
  g_autofree char *dir = node_test_make_dir ();
  g_autoptr (MeshNodeConfig) config = node_test_config (dir, "a", MESH_NODE_SHARING_ON);
  g_autoptr (MeshNode) node = node_test_start (config, NULL);
  g_autoptr (MeshSourceChain) chain = mesh_node_new_source (node, NULL, NULL);
  g_autoptr (GAsyncResult) stopped = NULL;

  mesh_node_stop_async (node, node_test_result, &stopped);
  node_test_wait (stopped != NULL);
  g_assert_true (mesh_node_stop_finish (node, stopped, NULL));
  g_clear_object (&chain);
  node_test_remove_dir (dir);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/node/stop/overlapping", test_overlapping);
  g_test_add_func ("/node/stop/holders", test_holders);
  g_test_add_func ("/node/stop/late-source", test_late_source);
  return g_test_run ();
}
