/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "node/mesh-node-bootstrap.h"
#include "source/mesh-master-client.h"
#include "work/mesh-work-pool.h"

/* Where the node begins: the addresses of the settings, and those of the list that the
 * Master Server signs, which is asked for while the network is used and kept for a start
 * without it. Tells #MeshNodeBootstrap. Owned by the node; its callbacks keep it. */
#define MESH_TYPE_NODE_ORIGIN (mesh_node_origin_get_type ())
G_DECLARE_FINAL_TYPE (MeshNodeOrigin, mesh_node_origin, MESH, NODE_ORIGIN, GObject)

#define MESH_NODE_ORIGIN_REFRESH_S (6 * 3600) /* from one answer to the next question */
#define MESH_NODE_ORIGIN_RETRY_S 900          /* the same, after a failure */

/**
 * mesh_node_origin_new:
 * @dir: the data folder: lists are kept there as bootstrap-*.json, one for each server
 * @pool: writes them
 */
MeshNodeOrigin *
mesh_node_origin_new (const char *dir,
                      MeshWorkPool *pool,
                      MeshNodeBootstrap *bootstrap) G_GNUC_WARN_UNUSED_RESULT;

/* Ends questions and timers; for the end of the node. */
void mesh_node_origin_stop (MeshNodeOrigin *self);

/* Addresses of the settings; those that are none are left out. */
void mesh_node_origin_set_own (MeshNodeOrigin *self, const char *const *addresses);

/**
 * mesh_node_origin_set_master:
 * @master: (nullable)
 *
 * Another server means another list: that of the old one is not used any more.
 */
void mesh_node_origin_set_master (MeshNodeOrigin *self, MeshMasterClient *master);

/* Whether the network may be used. */
void mesh_node_origin_set_active (MeshNodeOrigin *self, gboolean is_active);

/**
 * mesh_node_origin_dup_addresses:
 *
 * Returns: (transfer full): all, those of the settings first
 */
char **mesh_node_origin_dup_addresses (MeshNodeOrigin *self) G_GNUC_WARN_UNUSED_RESULT;
