/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "registry-node.h"
#include "registry/mesh-registry-private.h"

static gboolean
serves (RegistryNode *node)
{
  g_auto (GStrv) protocols = mesh_host_dup_protocols (node->host);

  return g_strv_contains ((const char *const *) protocols, MESH_SEARCH_MESSAGE_PROTOCOL);
}

/* Found while it shares and uses the mesh, and not else. */
static void
test_modes (void)
{
  RegistryNode node;
  RegistryFixture one = registry_fixture_now ();

  registry_node_init (&node, 75);
  registry_node_track (&node, &one);
  g_assert_true (mesh_registry_presence_is_found (node.registry));
  g_assert_true (serves (&node));
  mesh_registry_set_sharing (node.registry, FALSE);
  g_assert_false (serves (&node));
  mesh_registry_set_sharing (node.registry, TRUE);
  mesh_registry_set_mode (node.registry, MESH_REGISTRY_MODE_CENTRAL);
  g_assert_false (serves (&node));
  mesh_registry_set_mode (node.registry, MESH_REGISTRY_MODE_HYBRID);
  g_assert_true (serves (&node));
  mesh_registry_untrack (node.registry, one.app_id);
  mesh_registry_untrack (node.registry, one.app_id);
  registry_node_clear (&node);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/registry/presence/modes", test_modes);
  return g_test_run ();
}
