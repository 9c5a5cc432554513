/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "registry/mesh-registry-news.h"

#include "registry-node.h"

/* More than one page, from the beginning; and nothing twice. */
static void
test_pages (void)
{
  RegistryNode old, late;
  MeshRegistryStats stats = { 0 };
  const guint n = MESH_SEARCH_MESSAGE_MAX_RESULTS + 3;

  registry_node_init (&old, 73);
  for (guint i = 0; i < n; i++)
    {
      RegistryFixture one = registry_fixture_now ();
      g_autofree char *app_id = g_strdup_printf ("org.example.App%u", i);

      one.app_id = app_id;
      registry_node_announce (&old, &one);
    }
  registry_node_init (&late, 74);
  registry_node_connect (&late, &old);
  registry_wait_until (
      (mesh_registry_get_stats (late.registry, &stats), stats.n_listings == n));
  mesh_registry_news_read (late.registry);
  g_assert_cmpuint (stats.n_announced, ==, n);
  registry_node_clear (&late);
  registry_node_clear (&old);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/registry/news/pages", test_pages);
  return g_test_run ();
}
