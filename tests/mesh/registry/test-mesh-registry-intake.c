/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "registry-node.h"
#include "registry/mesh-registry-private.h"

static MeshRegistryVerdict
take (RegistryNode *node, GBytes *data)
{
  RegistryWait wait = { NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (MeshRegistryOutcome) outcome = NULL;

  mesh_registry_intake_async (node->registry, data, "peer x", FALSE, registry_wait_cb,
                              &wait);
  outcome
      = mesh_registry_intake_finish (node->registry, registry_wait_for (&wait), &error);
  g_assert_no_error (error);
  g_clear_object (&wait.result);
  return outcome->verdict;
}

/* What is counted, and what is remembered of a tracked app to hold the Master against. */
static void
test_newest (void)
{
  RegistryNode node;
  RegistryFixture one = registry_fixture_now ();
  RegistryFixture two = one;
  g_autoptr (GBytes) data = NULL;
  g_autoptr (GBytes) noise = g_bytes_new_static ("x", 1);
  const MeshRegistryNewest *newest;
  MeshRegistryStats stats;

  registry_node_init (&node, 71);
  registry_node_track (&node, &one);
  g_assert_null (mesh_registry_intake_find_newest (node.registry, one.app_id, "stable"));
  two.counter = 2;
  data = registry_fixture_bytes (&two);
  g_assert_cmpint (take (&node, data), ==, MESH_REGISTRY_VERDICT_ACCEPT);
  g_assert_cmpint (take (&node, data), ==, MESH_REGISTRY_VERDICT_IGNORE);
  g_assert_cmpint (take (&node, noise), ==, MESH_REGISTRY_VERDICT_REJECT);
  newest = mesh_registry_intake_find_newest (node.registry, one.app_id, "stable");
  g_assert_cmpstr (newest->via, ==, "peer x");
  g_assert_null (mesh_registry_intake_find_newest (node.registry, one.app_id, "beta"));
  mesh_registry_get_stats (node.registry, &stats);
  g_assert_cmpuint (stats.n_announced, ==, 1);
  g_assert_cmpuint (stats.n_ignored, ==, 1);
  g_assert_cmpuint (stats.n_refused, >=, 1);
  registry_node_clear (&node);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/registry/intake/newest", test_newest);
  return g_test_run ();
}
