/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "peer/mesh-multiaddr.h"

/* The querier and responder of multicast DNS for one service (RFC 6762, libp2p specs
 * discovery/mdns.md), without I/O. It speaks over links: one is one interface and one IP
 * family, numbered by the caller.
 *
 * On each link: at once, then after 1 s, 2 s, 4 s … up to the longest interval, a query;
 * a query by another one without known answers counts for our own (RFC 6762 §7.3). Our
 * addresses are announced at once and after 1 s, and again when they change. Queries are
 * answered after 20 to 120 ms, several at once, at most every 250 ms (RFC 6762 §6 says
 * 1 s; a peer that comes up just after an answer would wait too long for the next). */
typedef struct MeshMdnsCore MeshMdnsCore;

#define MESH_MDNS_CORE_MAX_LINKS 64
#define MESH_MDNS_CORE_TTL_S 120
#define MESH_MDNS_CORE_MIN_ANSWER_US (250 * 1000)
#define MESH_MDNS_CORE_MAX_KNOWN 12 /* known answers in one query */
#define MESH_MDNS_CORE_MAX_NAMES 64 /* names looked at in one packet */
#define MESH_MDNS_CORE_PACKETS_PER_S \
  100                               /* looked at on one link; bursts of three times */
#define MESH_MDNS_CORE_NEW_PER_S 20 /* new peers; bursts of 256 */
#define MESH_MDNS_CORE_MIN_INTERVAL_US (G_USEC_PER_SEC)

typedef struct
{
  const char *service;     /* (unowned): "_p2p._udp.local" */
  const char *peer_name;   /* (unowned): one label, random */
  MeshPeerId *self;        /* (unowned) */
  gint64 max_interval_us;  /* between queries; at most 100 s, to be within the TTL */
  gboolean allow_loopback; /* announce and believe loopback addresses */
  guint64 seed;            /* for jitter */
} MeshMdnsCoreConfig;

/**
 * mesh_mdns_core_new:
 *
 * Returns: (transfer full) (nullable): %MESH_ERROR_INVALID when the service or the peer's
 *   name can not be a DNS name
 */
MeshMdnsCore *mesh_mdns_core_new (const MeshMdnsCoreConfig *config,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
void mesh_mdns_core_free (MeshMdnsCore *core);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshMdnsCore, mesh_mdns_core_free)

/**
 * mesh_mdns_core_add_link:
 *
 * Starts on a link; does nothing on one that is there.
 *
 * Returns: %FALSE when there are %MESH_MDNS_CORE_MAX_LINKS
 */
gboolean mesh_mdns_core_add_link (MeshMdnsCore *core, guint link, gint64 now_us);
void mesh_mdns_core_remove_link (MeshMdnsCore *core, guint link);

/**
 * mesh_mdns_core_set_addresses:
 * @addrs: (element-type MeshMultiaddr): where this peer listens, with /p2p; those of use
 *   on a LAN are announced, and withdrawn when they are no more
 */
void
mesh_mdns_core_set_addresses (MeshMdnsCore *core, const GPtrArray *addrs, gint64 now_us);

/**
 * mesh_mdns_core_handle_packet:
 * @source: 4 or 16 bytes: the sender's IP address
 * @error: %MESH_ERROR_BUSY when there are too many packets, or as
 *   mesh_dns_message_decode(): the packet was ignored
 */
gboolean mesh_mdns_core_handle_packet (MeshMdnsCore *core,
                                       guint link,
                                       const guint8 *source,
                                       gsize source_len,
                                       const guint8 *data,
                                       gsize len,
                                       gint64 now_us,
                                       GError **error);

/**
 * mesh_mdns_core_stop:
 *
 * Says goodbye on every link; the packets are to be polled.
 */
void mesh_mdns_core_stop (MeshMdnsCore *core);

typedef enum
{
  MESH_MDNS_EVENT_SEND,  /* @packet on @link, multicast */
  MESH_MDNS_EVENT_FOUND, /* @peer at @addrs */
  MESH_MDNS_EVENT_LOST,  /* @peer */
} MeshMdnsEventKind;

typedef struct
{
  MeshMdnsEventKind kind;
  guint link;
  GBytes *packet;   /* (owned) (nullable) */
  MeshPeerId *peer; /* (owned) (nullable) */
  GPtrArray *addrs; /* (owned) (nullable) (element-type MeshMultiaddr): with /p2p */
} MeshMdnsEvent;

/**
 * mesh_mdns_core_poll_event:
 * @event: (out caller-allocates): to be cleared with mesh_mdns_core_clear_event()
 *
 * To be called until it returns %FALSE after each call of another function.
 */
gboolean mesh_mdns_core_poll_event (MeshMdnsCore *core, MeshMdnsEvent *event);
void mesh_mdns_core_clear_event (MeshMdnsEvent *event);

gint64 mesh_mdns_core_next_deadline_us (const MeshMdnsCore *core); /* G_MAXINT64: none */
void mesh_mdns_core_handle_timeout (MeshMdnsCore *core, gint64 now_us);
guint mesh_mdns_core_get_n_peers (const MeshMdnsCore *core);
