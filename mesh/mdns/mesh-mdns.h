/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <gio/gio.h>

#include "net/host/mesh-host.h"

G_BEGIN_DECLS

#define MESH_TYPE_MDNS (mesh_mdns_get_type ())

/**
 * MeshMdns:
 *
 * Finds peers on the local network, and is found, as libp2p specifies it
 * (discovery/mdns.md: `_p2p._udp.local`). Where Avahi runs it speaks for us; where not, a
 * socket of its own does. Never both: when Avahi comes or goes, MeshMdns changes over.
 * Keeps a reference on the host; lives in its main context; ends with its last reference.
 *
 * Announces the host's addresses that a machine on the network can reach: private,
 * link-local (IPv4 only: IPv6 ones would need a zone) and public ones. Loopback addresses
 * are neither announced nor believed, unless allowed by the options, which is how nodes
 * on one machine that listen on nothing else find each other. A host that listens nowhere
 * asks but does not answer.
 *
 * Signals:
 *  - "peer-found" (#MeshPeerId, #GPtrArray of #MeshMultiaddr): a peer, new or with new
 *    addresses (with /p2p), or seen again after a while. Unproven: the peer's id is
 *    proven when it is dialed.
 *  - "peer-lost" (#MeshPeerId): said goodbye, or was not heard of for two minutes
 *  - "backend-changed": mesh_mdns_get_backend() is new
 */
G_DECLARE_FINAL_TYPE (MeshMdns, mesh_mdns, MESH, MDNS, GObject)

typedef struct
{
  gboolean enabled;        /* %FALSE: no socket is opened and nothing asked of Avahi */
  gboolean use_avahi;      /* where it runs */
  gboolean allow_loopback; /* announce and believe loopback addresses */
  gint64 max_interval_us;  /* queries: at start, after 1 s, 2 s, 4 s … up to this */
  const char *service;     /* (unowned): copied: "_p2p._udp.local" */
  guint16 port;            /* 5353; tests may use another */
} MeshMdnsOptions;

#define MESH_MDNS_OPTIONS_DEFAULT \
  { \
    .enabled = TRUE, .use_avahi = TRUE, .allow_loopback = FALSE, \
    .max_interval_us = 60 * G_USEC_PER_SEC, .service = "_p2p._udp.local", .port = 5353 \
  }

/**
 * mesh_mdns_new:
 * @options: (nullable): copied
 */
MeshMdns *
mesh_mdns_new (MeshHost *host, const MeshMdnsOptions *options) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_mdns_set_enabled:
 *
 * Switching off says goodbye and closes the socket at once.
 */
void mesh_mdns_set_enabled (MeshMdns *self, gboolean enabled);

/**
 * mesh_mdns_get_backend:
 *
 * Returns: (transfer none): "off", "starting" (looking for Avahi), "avahi" or "socket"
 */
const char *mesh_mdns_get_backend (MeshMdns *self);

/**
 * mesh_mdns_get_n_peers:
 *
 * Returns: peers on the network at present, ourselves not counted
 */
guint mesh_mdns_get_n_peers (MeshMdns *self);

G_END_DECLS
