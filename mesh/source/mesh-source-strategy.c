/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "source/mesh-source-strategy.h"

static const char *const strategy_names[] = { "performance", "trust", "privacy", "cost" };

G_STATIC_ASSERT (G_N_ELEMENTS (strategy_names) == MESH_SOURCE_N_STRATEGIES);

gboolean
mesh_source_strategy_from_name (const char *name, MeshSourceStrategy *strategy)
{
  for (guint i = 0; i < G_N_ELEMENTS (strategy_names); i++)
    if (g_strcmp0 (name, strategy_names[i]) == 0)
      {
        *strategy = (MeshSourceStrategy) i;
        return TRUE;
      }
  return FALSE;
}

const char *
mesh_source_strategy_get_name (MeshSourceStrategy strategy)
{
  return strategy < G_N_ELEMENTS (strategy_names) ? strategy_names[strategy] : "";
}
