/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "engine/shoald-engine.h"

/* Most topics of gossip that are described. */
#define SHOALD_MESH_STATUS_MAX_TOPICS 64

/**
 * shoald_mesh_status_build:
 * @error: the node is not running
 *
 * O(peers).
 *
 * Returns: (transfer floating) (nullable): a{sv} as Manager.GetMeshStatus() gives it
 */
GVariant *shoald_mesh_status_build (ShoaldEngine *engine, GError **error);
