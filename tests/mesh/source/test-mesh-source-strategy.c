/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "source/mesh-source-strategy.h"

static void
test_names (void)
{
  MeshSourceStrategy strategy = MESH_SOURCE_STRATEGY_COST;

  for (guint i = 0; i < MESH_SOURCE_N_STRATEGIES; i++)
    {
      g_assert_true (mesh_source_strategy_from_name (
          mesh_source_strategy_get_name ((MeshSourceStrategy) i), &strategy));
      g_assert_cmpuint (strategy, ==, i);
    }
  g_assert_false (mesh_source_strategy_from_name ("speed", &strategy));
  g_assert_false (mesh_source_strategy_from_name (NULL, &strategy));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/source/strategy/names", test_names);
  return g_test_run ();
}
