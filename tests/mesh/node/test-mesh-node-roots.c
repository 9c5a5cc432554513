/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "node/mesh-node-roots.h"

#include "swap-node.h"

static gboolean
says (MeshCapsService *caps, MeshCid *root)
{
  gsize len;
  const guint8 *multihash = mesh_cid_get_multihash (root, &len);

  return mesh_caps_may_hold (mesh_caps_service_get_own (caps), multihash, len);
}

static void
set_shared (SwapNode *node, MeshCid *root, gboolean is_shared)
{
  g_autoptr (GError) error = NULL;
  FIXTURE_RUN (result, mesh_store_set_shared_async, node->disk.store, root, is_shared,
               NULL);

  g_assert_true (mesh_store_set_shared_finish (node->disk.store, result, &error));
  g_assert_no_error (error);
}

/* The filter follows what is shared, and is empty when nothing is to be told. */
static void
test_caps (void)
{
  SwapNode node;
  MeshCapsService *caps;
  MeshNodeRoots *roots;
  g_autoptr (MeshCid) one = NULL;
  g_autoptr (MeshCid) two = NULL;

  swap_node_init (&node, 1, NULL);
  caps = mesh_caps_service_new (node.net.host, 1000);
  one = swap_add (&node, 1, 100000, TRUE);
  roots = mesh_node_roots_new (node.disk.store, caps, NULL);
  g_assert_false (says (caps, one));
  mesh_node_roots_set_telling (roots, TRUE, TRUE);
  net_test_wait (says (caps, one));
  two = swap_add (&node, 2, 100000, TRUE);
  net_test_wait (says (caps, two));
  g_assert_cmpuint (mesh_caps_service_get_own (caps)->n_roots, ==, 2);
  set_shared (&node, one, FALSE);
  net_test_wait (mesh_caps_service_get_own (caps)->n_roots == 1);
  g_assert_true (says (caps, two));
  mesh_node_roots_set_telling (roots, FALSE, FALSE);
  net_test_wait (mesh_caps_service_get_own (caps)->n_roots == 0);
  g_assert_false (says (caps, two));
  /* Without a hash table none is entered there. */
  g_assert_cmpuint (mesh_node_roots_get_n_provided (roots), ==, 0);
  mesh_node_roots_free (roots);
  g_object_unref (caps);
  swap_node_clear (&node);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/node-roots/caps", test_caps);
  return g_test_run ();
}
