/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "net/host/mesh-dials.h"

#include "base/mesh-error.h"

#include "net-test.h"

/* Two who want the same peer share a dial; one that is cancelled does not end it. */
static void
test_shared (void)
{
  NetTestNode a = net_test_node (1, NULL, NULL);
  NetTestNode b = net_test_node (2, NULL, "/ip4/127.0.0.1/tcp/0");
  g_autoptr (GPtrArray) addrs = mesh_host_dup_addresses (b.host);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  GAsyncResult *results[3] = { NULL };
  g_autoptr (MeshConnection) first = NULL, third = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 3; i++)
    mesh_host_connect_async (a.host, NULL, addrs, i == 1 ? cancellable : NULL,
                             net_test_result_cb, &results[i]);
  g_cancellable_cancel (cancellable);
  net_test_wait (results[0] != NULL && results[1] != NULL && results[2] != NULL);
  first = mesh_host_connect_finish (a.host, results[0], &error);
  g_assert_no_error (error);
  third = mesh_host_connect_finish (a.host, results[2], &error);
  g_assert_true (first == third);
  g_assert_null (mesh_host_connect_finish (a.host, results[1], &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  for (guint i = 0; i < 3; i++)
    g_clear_object (&results[i]);
  net_test_node_clear (&a);
  net_test_node_clear (&b);
}

/* With one dial at a time everybody still gets a turn. */
static void
test_queue (void)
{
  MeshHostOptions options = MESH_HOST_OPTIONS_DEFAULT;
  NetTestNode a, others[3];
  GAsyncResult *results[3] = { NULL };

  options.max_dials = 1;
  a = net_test_node (1, &options, NULL);
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (GPtrArray) addrs = NULL;

      others[i] = net_test_node ((guint8) (i + 2), NULL, "/ip4/127.0.0.1/tcp/0");
      addrs = mesh_host_dup_addresses (others[i].host);
      mesh_host_connect_async (a.host, NULL, addrs, NULL, net_test_result_cb,
                               &results[i]);
    }
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (MeshConnection) connection = NULL;

      net_test_wait (results[i] != NULL);
      connection = mesh_host_connect_finish (a.host, results[i], NULL);
      g_assert_nonnull (connection);
      g_clear_object (&results[i]);
    }
  net_test_node_clear (&a);
  for (guint i = 0; i < 3; i++)
    net_test_node_clear (&others[i]);
}

static void
test_limit (void)
{
  MeshHostOptions options = MESH_HOST_OPTIONS_DEFAULT;
  NetTestNode a, b = net_test_node (2, NULL, "/ip4/127.0.0.1/tcp/0");
  g_autoptr (GError) error = NULL;

  options.max_connections = 0;
  a = net_test_node (1, &options, NULL);
  g_assert_null (net_test_connect (&a, &b, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_LIMIT);
  net_test_node_clear (&a);
  net_test_node_clear (&b);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/net/dials/shared", test_shared);
  g_test_add_func ("/net/dials/queue", test_queue);
  g_test_add_func ("/net/dials/limit", test_limit);
  return g_test_run ();
}
