/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "registry-node.h"
#include "registry/mesh-registry-private.h"

static void
note (RegistryNode *node, MeshSplitViewKind kind, guint64 a, guint64 b)
{
  g_autoptr (GBytes) proof = g_bytes_new_static ("x", 1);
  MeshSplitViewSide one = { "master m", "1.0.0", proof, a };
  MeshSplitViewSide other = { "peer p", "1.1.0", proof, b };
  g_autoptr (MeshSplitView) view
      = mesh_split_view_new (kind, "a.b", "stable", &one, &other, 7);

  mesh_registry_evidence_note (node->registry, view, "1.0.0", "1.1.0");
}

static guint
count (RegistryNode *node)
{
  g_autoptr (GPtrArray) views = mesh_registry_dup_split_views (node->registry);

  return views->len;
}

/* What is held against the Master is settled when it has caught up; a twin never is. */
static void
test_settle (void)
{
  RegistryNode node;

  registry_node_init (&node, 72);
  note (&node, MESH_SPLIT_VIEW_STALE_MASTER, 1, 2);
  note (&node, MESH_SPLIT_VIEW_SAME_COUNTER, 5, 5);
  note (&node, MESH_SPLIT_VIEW_SAME_COUNTER, 5, 5);
  registry_wait_until (count (&node) == 2);
  mesh_registry_evidence_settle (node.registry, "a.b", 1);
  mesh_registry_evidence_settle (node.registry, "other", 9);
  g_assert_cmpuint (count (&node), ==, 2);
  mesh_registry_evidence_settle (node.registry, "a.b", 2);
  g_assert_cmpuint (count (&node), ==, 1);
  registry_node_clear (&node);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/registry/evidence/settle", test_settle);
  return g_test_run ();
}
