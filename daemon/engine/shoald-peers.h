/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "engine/shoald-peer.h"

#define SHOALD_TYPE_PEERS (shoald_peers_get_type ())

/**
 * ShoaldPeers:
 *
 * The connected peers as a #GListModel of #ShoaldPeer, oldest first. Looks at them once a
 * second while there are any. Owned by the engine.
 */
G_DECLARE_FINAL_TYPE (ShoaldPeers, shoald_peers, SHOALD, PEERS, GObject)

ShoaldPeers *shoald_peers_new (void) G_GNUC_WARN_UNUSED_RESULT;

/**
 * shoald_peers_set_node:
 * @node: (nullable): whose peers; %NULL empties the list
 */
void shoald_peers_set_node (ShoaldPeers *peers, MeshNode *node);

/**
 * shoald_peers_find:
 *
 * Returns: (transfer none) (nullable): the peer with this id
 */
ShoaldPeer *shoald_peers_find (ShoaldPeers *peers, const MeshPeerId *peer_id);
