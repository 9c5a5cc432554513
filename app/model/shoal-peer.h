/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "proxy/shoal-proxy-object.h"

#define SHOAL_TYPE_PEER (shoal_peer_get_type ())
G_DECLARE_FINAL_TYPE (ShoalPeer, shoal_peer, SHOAL, PEER, ShoalProxyObject)

/*
 * A connected peer. Read-only properties, all texts for people but peer-id, address and
 * kind: peer-id, name, agent, address, direction-text, latency-text, down-text, up-text,
 * details-text, kind-text, score-text, roles-text, traffic-text, line-text (one line
 * about it); kind ("lan", "internet", "relayed" or "mini-master"); latency-ms (gint64,
 * -1: not measured), rate-bps (guint64, both directions); is-bootstrap; and the GVariant
 * target for actions on it (its peer id).
 */

/**
 * shoal_peer_new:
 * @proxy: the org.shoal.Shoal1.Peer
 *
 * Returns: (transfer full): the model
 */
ShoalPeer *shoal_peer_new (GDBusProxy *proxy) G_GNUC_WARN_UNUSED_RESULT;

/**
 * shoal_peer_dup_id:
 * @self: a peer
 *
 * Returns: (transfer full): the peer id in base58btc
 */
char *shoal_peer_dup_id (ShoalPeer *self) G_GNUC_WARN_UNUSED_RESULT;
