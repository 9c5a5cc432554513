/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "registry/mesh-registry-topics.h"

#include "registry-node.h"

/* Subscribed to both topics, once; and left with the registry. */
static void
test_subscribed (void)
{
  RegistryNode node;
  g_auto (GStrv) topics = NULL;
  g_auto (GStrv) none = NULL;

  registry_node_init_full (&node, 76, MESH_REGISTRY_MODE_P2P, NULL, TRUE);
  mesh_registry_topics_update (node.registry);
  topics = mesh_gossip_service_dup_topics (node.gossip);
  g_assert_cmpuint (g_strv_length (topics), ==, 2);
  g_assert_true (
      g_strv_contains ((const char *const *) topics, MESH_ANNOUNCEMENT_TOPIC_UPDATES));
  g_assert_true (
      g_strv_contains ((const char *const *) topics, MESH_ANNOUNCEMENT_TOPIC_PLUGINS));
  mesh_registry_set_mode (node.registry, MESH_REGISTRY_MODE_CENTRAL);
  none = mesh_gossip_service_dup_topics (node.gossip);
  g_assert_cmpuint (g_strv_length (none), ==, 0);
  registry_node_clear (&node);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/registry/topics/subscribed", test_subscribed);
  return g_test_run ();
}
