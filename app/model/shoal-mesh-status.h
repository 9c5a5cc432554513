/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "proxy/shoal-dict-object.h"
#include "model/shoal-client.h"

#define SHOAL_TYPE_MESH_STATUS (shoal_mesh_status_get_type ())
G_DECLARE_FINAL_TYPE (ShoalMeshStatus,
                      shoal_mesh_status,
                      SHOAL,
                      MESH_STATUS,
                      ShoalDictObject)

/*
 * How the node stands in the mesh, as it was last asked. Read-only properties, all texts
 * for people: reach-text, lan-text, dht-text, gossip-text, bootstrap-text, catalog-text.
 */

/**
 * shoal_mesh_status_new:
 *
 * Returns: (transfer full): a status that knows nothing yet
 */
ShoalMeshStatus *shoal_mesh_status_new (void) G_GNUC_WARN_UNUSED_RESULT;

/**
 * shoal_mesh_status_refresh:
 * @self: the status
 * @client: whom to ask
 *
 * Asks again, unless it is being asked already. An answer that does not come changes
 * nothing.
 */
void shoal_mesh_status_refresh (ShoalMeshStatus *self, ShoalClient *client);
