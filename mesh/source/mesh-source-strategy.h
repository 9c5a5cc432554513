/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

/* What matters most to the user. The local store is first in every strategy. */
typedef enum
{
  MESH_SOURCE_STRATEGY_PERFORMANCE, /* by measured speed, latency and failures */
  MESH_SOURCE_STRATEGY_TRUST,       /* peers, the Master, then other gateways */
  MESH_SOURCE_STRATEGY_PRIVACY,     /* peers; servers that log requests come last */
  MESH_SOURCE_STRATEGY_COST,        /* peers and gateways; the Master's bill comes last */
} MeshSourceStrategy;

#define MESH_SOURCE_N_STRATEGIES (MESH_SOURCE_STRATEGY_COST + 1)

/**
 * mesh_source_strategy_from_name:
 * @name: "performance", "trust", "privacy" or "cost"
 *
 * Returns: %FALSE when @name is none of these
 */
gboolean
mesh_source_strategy_from_name (const char *name,
                                MeshSourceStrategy *strategy) G_GNUC_WARN_UNUSED_RESULT;
const char *mesh_source_strategy_get_name (MeshSourceStrategy strategy);
