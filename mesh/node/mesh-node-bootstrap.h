/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "net/host/mesh-host.h"

#define MESH_TYPE_NODE_BOOTSTRAP (mesh_node_bootstrap_get_type ())

/**
 * MeshNodeBootstrap:
 *
 * Keeps a connection to each bootstrap peer while it is active: dials again after 1 s,
 * 2 s, 4 s … up to five minutes, each ± 20 %, and starts afresh when a connection that
 * lasted a minute is lost. Owned by the node; ends with its last reference.
 *
 * Signal "settled": each peer is connected and has said what it speaks, or has failed
 * once, since it became active.
 */
G_DECLARE_FINAL_TYPE (MeshNodeBootstrap,
                      mesh_node_bootstrap,
                      MESH,
                      NODE_BOOTSTRAP,
                      GObject)

#define MESH_NODE_BOOTSTRAP_MIN_WAIT_S 1
#define MESH_NODE_BOOTSTRAP_MAX_WAIT_S 300
#define MESH_NODE_BOOTSTRAP_STABLE_S 60

MeshNodeBootstrap *mesh_node_bootstrap_new (MeshHost *host) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_node_bootstrap_set_addresses:
 * @addresses: (array zero-terminated=1): multiaddrs with /p2p; those that do not parse
 *   are left out. Addresses of one peer are tried together.
 */
void
mesh_node_bootstrap_set_addresses (MeshNodeBootstrap *self, const char *const *addresses);

/**
 * mesh_node_bootstrap_set_active:
 * @is_active: %FALSE stops dialing; connections stay
 */
void mesh_node_bootstrap_set_active (MeshNodeBootstrap *self, gboolean is_active);

/**
 * mesh_node_bootstrap_retry:
 *
 * The network is another one: peers that are not connected are dialed now.
 */
void mesh_node_bootstrap_retry (MeshNodeBootstrap *self);

gboolean mesh_node_bootstrap_is_settled (MeshNodeBootstrap *self);
gboolean mesh_node_bootstrap_contains (MeshNodeBootstrap *self, MeshPeerId *peer_id);
