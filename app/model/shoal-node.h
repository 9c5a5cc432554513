/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "proxy/shoal-proxy-object.h"

#define SHOAL_TYPE_NODE (shoal_node_get_type ())
G_DECLARE_FINAL_TYPE (ShoalNode, shoal_node, SHOAL, NODE, ShoalProxyObject)

/*
 * Our own node and its settings, behind the org.shoal.Shoal1.Manager. One object for the
 * life of the window; while the daemon is away its properties are empty.
 *
 * Read-only properties. Texts for people: traffic-text, master-text, checked-text,
 * storage-text, version-text. Plain: peer-id, listen-addresses (strv), is-running,
 * is-undecided, is-metered, peer-count, upload-bps, download-bps, catalog-size (apps in
 * the index), categories (list of #ShoalCategory), split-views (list of #ShoalSplitView).
 *
 * Settings, which SetConfig() saves when they are written: sharing-mode, master-url,
 * metered-policy (strings), bootstrap (strv), max-upload-bps, max-download-bps,
 * cache-limit-bytes, auto-fetch, registry-mode, dht-mode (strings), mdns, announce. A
 * refused value is told by the signal "refused", and the property is notified with the
 * value that stays in force.
 *
 * Signals: refused (text), restart-needed ().
 */

/**
 * shoal_node_new:
 *
 * Returns: (transfer full): the model, without a daemon yet
 */
ShoalNode *shoal_node_new (void) G_GNUC_WARN_UNUSED_RESULT;

/**
 * shoal_node_is_running:
 * @self: the node
 *
 * Returns: whether the daemon is there and can be told what to do
 */
gboolean shoal_node_is_running (ShoalNode *self);

/**
 * shoal_node_set_sharing_mode:
 * @self: the node
 * @mode: "on", "download-only" or "off"
 */
void shoal_node_set_sharing_mode (ShoalNode *self, const char *mode);

GListModel *shoal_node_get_categories (ShoalNode *self);  /* (transfer none) */
GListModel *shoal_node_get_split_views (ShoalNode *self); /* (transfer none) */
