/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <gio/gio.h>

#include "bitswap/mesh-bitswap.h"
#include "dht/mesh-dht.h"
#include "discovery/mesh-caps-service.h"
#include "mdns/mesh-mdns.h"
#include "discovery/mesh-peer-book.h"
#include "gossip/mesh-gossip-service.h"
#include "net/host/mesh-host.h"
#include "node/mesh-node-config.h"
#include "registry/mesh-registry.h"
#include "source/mesh-source-chain.h"
#include "store/mesh-store.h"
#include "update/mesh-update-engine.h"
#include "work/mesh-work-pool.h"

#define MESH_TYPE_NODE (mesh_node_get_type ())

/**
 * MeshNode:
 *
 * A whole peer. Lives in the main context it was started in; ends with
 * mesh_node_stop_async(), after which every object it gave is closed.
 *
 * On disk, below the data folder: `lock` (held while the node runs), `identity.key` (the
 * Ed25519 key, mode 0600, made at the first start), `blocks/`, `ledger`, `peers.db` (the
 * peer book), `dht.db`, `registry.db` and what the update engine keeps.
 *
 * Signals:
 *  - "listen-changed": mesh_node_dup_listen_addresses() is new
 */
G_DECLARE_FINAL_TYPE (MeshNode, mesh_node, MESH, NODE, GObject)

/* Most source chains alive at once; more: %MESH_ERROR_BUSY from mesh_node_new_source().
 */
#define MESH_NODE_MAX_SOURCES 1024
/* How long mesh_node_hold_async() waits for the bootstrap peers to answer. */
#define MESH_NODE_HOLD_TIMEOUT_S 10

/**
 * mesh_node_start_async:
 * @config: copied
 *
 * Locks the data folder, then builds everything in order. On failure what was built is
 * stopped again. Fails with %MESH_ERROR_INVALID (@config), %MESH_ERROR_BUSY (another
 * process uses the folder), %MESH_ERROR_AUTH (the key file may be read by others),
 * %MESH_ERROR_EXISTS (a listen address is taken), %MESH_ERROR_CORRUPT,
 * %MESH_ERROR_UNSUPPORTED (data of a newer version) or %MESH_ERROR_IO.
 */
void mesh_node_start_async (const MeshNodeConfig *config,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
MeshNode *
mesh_node_start_finish (GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Says to whoever wants the data folder whether this process will give it back soon; when
 * the node is stopped, that is said by itself. */
void mesh_node_set_leaving (MeshNode *node, gboolean is_leaving);

/**
 * mesh_node_stop_async:
 *
 * Stops everything in reverse order and unlocks the folder. Never fails half way: the
 * first error is reported and the rest is stopped all the same. Calls that overlap all
 * finish together.
 */
void
mesh_node_stop_async (MeshNode *node, GAsyncReadyCallback callback, gpointer user_data);
gboolean mesh_node_stop_finish (MeshNode *node, GAsyncResult *result, GError **error);

/**
 * mesh_node_reconfigure:
 * @config: copied; data_dir, desktop_dir and max_connections stay as they were at start
 *
 * Puts new settings in force at once. On failure (an address that can not be listened
 * on: %MESH_ERROR_EXISTS, %MESH_ERROR_IO, %MESH_ERROR_UNSUPPORTED, or an invalid
 * @config) the old ones are kept.
 */
gboolean mesh_node_reconfigure (MeshNode *node,
                                const MeshNodeConfig *config,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* All (transfer none); valid until the node is stopped. */
const MeshNodeConfig *mesh_node_get_config (MeshNode *node);
MeshWorkPool *mesh_node_get_pool (MeshNode *node);
MeshStore *mesh_node_get_store (MeshNode *node);
MeshHost *mesh_node_get_host (MeshNode *node);
MeshBitswap *mesh_node_get_bitswap (MeshNode *node);
MeshUpdateEngine *mesh_node_get_updates (MeshNode *node);
MeshDht *mesh_node_get_dht (MeshNode *node);
MeshGossipService *mesh_node_get_gossip (MeshNode *node);
MeshRegistry *mesh_node_get_registry (MeshNode *node);
MeshPeerBook *mesh_node_get_peer_book (MeshNode *node);
MeshCapsService *mesh_node_get_caps (MeshNode *node);
MeshMdns *mesh_node_get_mdns (MeshNode *node);

/**
 * mesh_node_get_n_provided:
 *
 * Returns: how many roots are entered in the hash table for this node
 */
guint mesh_node_get_n_provided (MeshNode *node);

/**
 * mesh_node_is_network_wanted:
 *
 * Returns: whether the node may keep connections now: sharing is not off, or something
 *   holds the network
 */
gboolean mesh_node_is_network_wanted (MeshNode *node);

/**
 * mesh_node_get_master:
 *
 * Returns: (transfer none) (nullable): the client of the Master Server, if one is set
 */
MeshMasterClient *mesh_node_get_master (MeshNode *node);
MeshPeerId *mesh_node_get_peer_id (MeshNode *node);

/**
 * mesh_node_dup_did_key:
 *
 * Returns: (transfer full): the identity as "did:key:z6Mk…"
 */
char *mesh_node_dup_did_key (MeshNode *node) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_node_dup_listen_addresses:
 *
 * Returns: (transfer full): full multiaddrs with /p2p; empty while nothing listens
 */
char **mesh_node_dup_listen_addresses (MeshNode *node) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_node_new_source:
 * @root: (nullable): what the transfer is for
 *
 * A chain for one transfer: store, connected peers, gateways and the Master, in the order
 * of the strategy. While the chain lives the node holds its network as
 * mesh_node_hold_async() does.
 *
 * Returns: (transfer full) (nullable): %NULL with %MESH_ERROR_BUSY or %MESH_ERROR_CLOSED
 */
MeshSourceChain *mesh_node_new_source (MeshNode *node,
                                       MeshCid *root,
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_node_hold_async:
 *
 * Keeps the bootstrap connections also while sharing is off, until mesh_node_release().
 * Done when each bootstrap peer is connected and known, or has failed once, or after
 * %MESH_NODE_HOLD_TIMEOUT_S. Fails only when cancelled or closed; then nothing is held.
 */
void mesh_node_hold_async (MeshNode *node,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
gboolean mesh_node_hold_finish (MeshNode *node,
                                GAsyncResult *result,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_node_release:
 *
 * Gives back one hold. With the last one, while sharing is off, every connection is
 * closed.
 */
void mesh_node_release (MeshNode *node);

/**
 * mesh_node_dup_bootstrap_addresses:
 *
 * Returns: (transfer full): where the node begins: the addresses of its configuration,
 *   then those that the Master Server signed
 */
char **mesh_node_dup_bootstrap_addresses (MeshNode *node) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_node_is_bootstrap:
 *
 * Returns: whether @peer_id is one of the bootstrap peers
 */
gboolean mesh_node_is_bootstrap (MeshNode *node, MeshPeerId *peer_id);

/**
 * mesh_node_get_traffic:
 * @sent_bytes: (out): to peers, since start, encryption included
 * @received_bytes: (out): from peers and servers, since start
 *
 * O(connections).
 */
void mesh_node_get_traffic (MeshNode *node, guint64 *sent_bytes, guint64 *received_bytes);
