/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <gio/gio.h>

#include "node/mesh.h"

#define SHOALD_TYPE_PEER (shoald_peer_get_type ())

/**
 * ShoaldPeer:
 *
 * What is known of one connected peer. Owned by #ShoaldPeers; brought up to date once a
 * second. Signal "changed".
 */
G_DECLARE_FINAL_TYPE (ShoaldPeer, shoald_peer, SHOALD, PEER, GObject)

ShoaldPeer *shoald_peer_new (MeshConnection *connection,
                             gboolean is_bootstrap) G_GNUC_WARN_UNUSED_RESULT;

/**
 * shoald_peer_update:
 * @is_bootstrap: whether the settings name it now
 * @now_us: monotonic
 *
 * Looks at the connection and emits "changed" when something is new.
 */
void shoald_peer_update (ShoaldPeer *peer, gboolean is_bootstrap, gint64 now_us);

/**
 * shoald_peer_set_standing:
 * @entry: (nullable): what the peer book knows; %NULL: nothing
 * @caps: (nullable): what the peer says of itself
 *
 * Emits "changed" when something is new. Scores are rounded to hundredths, so that a
 * quiet peer stays quiet.
 */
void shoald_peer_set_standing (ShoaldPeer *peer,
                               const MeshPeerBookEntry *entry,
                               const MeshCaps *caps);

/* All (transfer none). Text is valid UTF-8; "" when it is not known. */
MeshConnection *shoald_peer_get_connection (ShoaldPeer *peer);
MeshPeerId *shoald_peer_get_peer_id (ShoaldPeer *peer);
const char *shoald_peer_get_id (ShoaldPeer *peer);
const char *shoald_peer_get_agent (ShoaldPeer *peer);
const char *shoald_peer_get_address (ShoaldPeer *peer);
const char *shoald_peer_get_direction (ShoaldPeer *peer); /* "inbound", "outbound" */
const char *shoald_peer_get_transport (ShoaldPeer *peer); /* "tcp", "quic", … */
int shoald_peer_get_latency_ms (ShoaldPeer *peer);        /* -1: unknown */
guint64 shoald_peer_get_bytes_up (ShoaldPeer *peer);
guint64 shoald_peer_get_bytes_down (ShoaldPeer *peer);
guint64 shoald_peer_get_rate_up_bps (ShoaldPeer *peer);
guint64 shoald_peer_get_rate_down_bps (ShoaldPeer *peer);
const char *const *shoald_peer_get_protocols (ShoaldPeer *peer);
gint64 shoald_peer_get_since_s (ShoaldPeer *peer); /* Unix time */
gboolean shoald_peer_is_bootstrap (ShoaldPeer *peer);
const char *shoald_peer_get_kind (ShoaldPeer *peer); /* "lan", "internet", "relayed", … */
double shoald_peer_get_score (ShoaldPeer *peer);     /* 0 to 1; 0.5: a stranger */
GVariant *shoald_peer_get_score_parts (ShoaldPeer *peer); /* a{sv} */
const char *const *shoald_peer_get_roles (ShoaldPeer *peer);
GVariant *shoald_peer_get_caps (ShoaldPeer *peer); /* a{sv}; empty: not known */
