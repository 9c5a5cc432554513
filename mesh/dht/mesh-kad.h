/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "base/mesh-rng.h"
#include "dht/mesh-kad-addrs.h"
#include "dht/mesh-kad-pool.h"
#include "dht/mesh-kad-validator.h"

/* One DHT as one node sees it (libp2p kad-dht): a routing table, the lookups under way
 * and the records kept for others. A pure core: bytes and the time go in, requests to be
 * sent and results come out of mesh_kad_poll_event(). A node has two of them, for the
 * internet and for the LAN.
 *
 * Requests. An event SEND carries a message (without its length prefix) for a peer that
 * may have to be dialed at the addresses given. For each the caller says once how it
 * ended: mesh_kad_handle_response() with the answer, mesh_kad_handle_sent() when none is
 * expected, or mesh_kad_handle_failure(). Silence ends by itself after the request's
 * timeout, with an event CANCEL; a late answer is ignored.
 *
 * Commands return an id, 0 when %MESH_KAD_MAX_COMMANDS are under way, and end with one
 * event DONE that repeats it. The node's own upkeep (refresh, probes, republishing)
 * has id 0 in its events SEND and no DONE. */
typedef struct MeshKad MeshKad;

#define MESH_KAD_K 20                 /* size of a bucket; holders of a record */
#define MESH_KAD_ALPHA 10             /* requests in flight of one lookup */
#define MESH_KAD_PATHS 3              /* disjoint paths of one lookup */
#define MESH_KAD_MAX_COMMANDS 128     /* under way at once */
#define MESH_KAD_MAX_UPKEEP 4         /* lookups of the node's own, at once */
#define MESH_KAD_MAX_LOOKUP_PEERS 512 /* heard of in one lookup */
#define MESH_KAD_MAX_LOOKUP_REQUESTS 200
#define MESH_KAD_MAX_LOOKUP_PROVIDERS 1024 /* named by one lookup */
#define MESH_KAD_MAX_KEY_BYTES 256
#define MESH_KAD_MAX_VALUE_BYTES (10u << 10)
#define MESH_KAD_MAX_PROVIDED 16384        /* keys this node announces */
#define MESH_KAD_MAX_PROVIDERS_PER_KEY 256 /* kept; the nearest to expiry makes room */
#define MESH_KAD_MAX_KEYS_PER_PEER 8192    /* records kept for one provider */
#define MESH_KAD_MAX_VALUES 4096           /* kept; the farthest from us makes room */

#define MESH_KAD_HOUR_US (G_GINT64_CONSTANT (3600) * G_USEC_PER_SEC)

/**
 * MeshKadConfig:
 *
 * Start from %MESH_KAD_CONFIG_DEFAULT and change what matters.
 */
typedef struct
{
  MeshKadScope scope;
  gboolean is_server;   /* see mesh_kad_set_server() */
  gboolean is_recorded; /* emit STORE_* and DROP_* for the caller to persist */
  MeshKadPool *pool;    /* (nullable): referenced; %NULL: one of its own */
  const MeshKadValidator *validators; /* (unowned): outlives the kad */
  gsize n_validators;
  guint k;
  guint alpha;
  guint n_paths;
  /* Peers of one network (mesh_kad_addrs_get_group()) in one bucket, in the table, and
   * among those one lookup asks; 0: any number. Only in a table of the WAN. */
  guint max_group_bucket;
  guint max_group_table;
  guint max_group_lookup;
  guint max_providers;           /* provider records kept, all together */
  gint64 request_timeout_us;     /* one request, dialing included */
  gint64 request_patience_us;    /* then another may be asked besides */
  gint64 lookup_timeout_us;      /* a whole lookup */
  gint64 refresh_interval_us;    /* of the table; 0: never */
  gint64 republish_interval_us;  /* of what mesh_kad_provide() announces; 0: never */
  gint64 provider_lifetime_us;   /* of a record kept for another */
  gint64 provider_addrs_life_us; /* how long its addresses are handed out */
  gint64 value_lifetime_us;
  gint64 probe_interval_us; /* a peer heard from since is taken to be alive */
  gint64 wall_offset_us;    /* wall clock (Unix) at now_us = 0, for "timeReceived" */
} MeshKadConfig;

#define MESH_KAD_CONFIG_DEFAULT \
  { \
    .scope = MESH_KAD_SCOPE_WAN, .k = MESH_KAD_K, .alpha = MESH_KAD_ALPHA, \
    .n_paths = MESH_KAD_PATHS, .max_group_bucket = 2, .max_group_table = 6, \
    .max_group_lookup = 5, .max_providers = 65536, \
    .request_timeout_us = 10 * G_USEC_PER_SEC, \
    .request_patience_us = 2500 * G_TIME_SPAN_MILLISECOND, \
    .lookup_timeout_us = 60 * G_USEC_PER_SEC, \
    .refresh_interval_us = 600 * G_USEC_PER_SEC, \
    .republish_interval_us = 22 * MESH_KAD_HOUR_US, \
    .provider_lifetime_us = 48 * MESH_KAD_HOUR_US, \
    .provider_addrs_life_us = 24 * MESH_KAD_HOUR_US, \
    .value_lifetime_us = 48 * MESH_KAD_HOUR_US, \
    .probe_interval_us = 300 * G_USEC_PER_SEC \
  }

/* A peer and where it may be reached. */
typedef struct
{
  MeshKadPeer *peer;   /* (owned) */
  MeshKadAddrs *addrs; /* (owned) */
} MeshKadContact;

/* Both pointers are referenced. */
MeshKadContact *
mesh_kad_contact_new (MeshKadPeer *peer, MeshKadAddrs *addrs) G_GNUC_WARN_UNUSED_RESULT;
void mesh_kad_contact_free (MeshKadContact *contact);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshKadContact, mesh_kad_contact_free)

typedef enum
{
  MESH_KAD_COMMAND_FIND_PEER,
  MESH_KAD_COMMAND_FIND_CLOSEST,
  MESH_KAD_COMMAND_FIND_PROVIDERS,
  MESH_KAD_COMMAND_PROVIDE,
  MESH_KAD_COMMAND_GET_VALUE,
  MESH_KAD_COMMAND_PUT_VALUE,
  MESH_KAD_COMMAND_REFRESH,
} MeshKadCommand;

/**
 * MeshKadResult:
 *
 * How a command ended.
 */
typedef struct
{
  MeshKadCommand command;
  /* The peer or a value was found, as many working providers as were wanted, the record
   * was stored with one peer at least, the nearest peers answered. */
  gboolean is_ok;
  gboolean is_timed_out; /* the whole lookup took too long */
  guint n_hops;          /* peers asked one after the other to come to the result */
  guint n_messages;      /* requests sent */
  guint n_failures;      /* of those, without a good answer in time */
  guint n_found;         /* providers named, or peers that had a value */
  guint n_working;       /* providers reported to work */
  guint n_stored;        /* peers that took the record */
  gint64 duration_us;
  GPtrArray *closest; /* (owned) (element-type MeshKadContact): at most k that answered,
                         nearest to the key first */
} MeshKadResult;

typedef enum
{
  MESH_KAD_EVENT_SEND,     /* request_id, peer, addrs, msg, expects_reply */
  MESH_KAD_EVENT_CANCEL,   /* request_id: nobody waits for it any more */
  MESH_KAD_EVENT_PEER,     /* id, peer, addrs: the peer sought by find_peer */
  MESH_KAD_EVENT_PROVIDER, /* id, peer, addrs (newest known, may be empty) */
  MESH_KAD_EVENT_VALUE,    /* id, value: valid, and better than the one before */
  MESH_KAD_EVENT_DONE,     /* id, result */
  MESH_KAD_EVENT_TABLE,    /* the peers in the table have changed */
  /* For the caller to persist, and give back after a restart: */
  MESH_KAD_EVENT_STORE_PROVIDER, /* key, peer, addrs, expires_us: new or renewed */
  MESH_KAD_EVENT_DROP_PROVIDER,  /* key, peer: expired or pushed out */
  MESH_KAD_EVENT_STORE_VALUE,    /* key, value, expires_us */
  MESH_KAD_EVENT_DROP_VALUE,     /* key */
  MESH_KAD_EVENT_PROVIDED,       /* key, expires_us: announced; due again then */
} MeshKadEventType;

/* Fields that the type does not name are zero. */
typedef struct
{
  MeshKadEventType type;
  gboolean expects_reply;
  guint64 id;
  guint64 request_id;
  gint64 expires_us;
  MeshKadPeer *peer;     /* (owned) (nullable) */
  MeshKadAddrs *addrs;   /* (owned) (nullable) */
  GBytes *msg;           /* (owned) (nullable) */
  GBytes *key;           /* (owned) (nullable) */
  GBytes *value;         /* (owned) (nullable) */
  MeshKadResult *result; /* (owned) (nullable) */
} MeshKadEvent;

/**
 * mesh_kad_new:
 * @config: copied
 * @self: this node; referenced
 * @rng: copied
 */
MeshKad *mesh_kad_new (const MeshKadConfig *config,
                       MeshPeerId *self,
                       const MeshRng *rng) G_GNUC_WARN_UNUSED_RESULT;

/* Commands under way end without an event. */
void mesh_kad_free (MeshKad *kad);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshKad, mesh_kad_free)

/**
 * mesh_kad_set_server:
 *
 * A server answers and keeps records; a client only asks. A new kad is what its config
 * says.
 */
void mesh_kad_set_server (MeshKad *kad, gboolean is_server);
gboolean mesh_kad_is_server (const MeshKad *kad);

/**
 * mesh_kad_set_addrs:
 * @addrs: (element-type MeshMultiaddr): where this node can be reached; those its scope
 *   does not admit are left out. They go into announcements from now on.
 */
void mesh_kad_set_addrs (MeshKad *kad, GPtrArray *addrs);

/* Whether the node does its own upkeep: refreshes and announcements. A new kad does. */
void mesh_kad_set_upkeep (MeshKad *kad, gboolean is_on);

/**
 * mesh_kad_add_peer:
 * @addrs: (element-type MeshMultiaddr): the first one is where it was met
 *
 * A DHT server was seen: connected, and its identify names the protocol. It enters the
 * table when there is room for it, else it waits in the bucket's replacement cache while
 * the peer heard from least recently is probed. Calling it again renews it.
 *
 * Returns: whether it is in the table now
 */
gboolean
mesh_kad_add_peer (MeshKad *kad, MeshPeerId *id, GPtrArray *addrs, gint64 now_us);

/* The peer is no DHT server any more: it leaves the table. */
void mesh_kad_remove_peer (MeshKad *kad, const MeshPeerId *id, gint64 now_us);

/**
 * mesh_kad_handle_request:
 * @from: the peer, its identity proven by the connection
 * @msg: what it sent, without the length prefix
 * @reply: (out) (transfer full) (nullable): what to answer; %NULL for ADD_PROVIDER, which
 *   has no answer
 * @error: %MESH_ERROR_PROTOCOL for garbage: reset the stream; %MESH_ERROR_REFUSED in
 *   client mode or for a value that is not valid; %MESH_ERROR_UNSUPPORTED
 *
 * A provider record whose provider is not @from is ignored, not an error.
 */
gboolean mesh_kad_handle_request (MeshKad *kad,
                                  MeshPeerId *from,
                                  const guint8 *msg,
                                  gsize len,
                                  gint64 now_us,
                                  GBytes **reply,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_kad_handle_response:
 * @error: %MESH_ERROR_PROTOCOL when the answer is garbage (it counts as a failure),
 *   %MESH_ERROR_NOT_FOUND when nobody waits for it
 */
gboolean mesh_kad_handle_response (MeshKad *kad,
                                   guint64 request_id,
                                   const guint8 *msg,
                                   gsize len,
                                   gint64 now_us,
                                   GError **error);

/* A request that expects no reply has left. */
void mesh_kad_handle_sent (MeshKad *kad, guint64 request_id, gint64 now_us);

/* The peer could not be reached, refused or broke the stream. */
void mesh_kad_handle_failure (MeshKad *kad, guint64 request_id, gint64 now_us);

/* Commands. @key is hashed to its place by the core: pass the binary peer id, multihash
 * or record key itself, at most %MESH_KAD_MAX_KEY_BYTES. */

/* Ends as soon as somebody knows addresses of @id. */
guint64 mesh_kad_find_peer (MeshKad *kad,
                            MeshPeerId *id,
                            gint64 now_us) G_GNUC_WARN_UNUSED_RESULT;
guint64 mesh_kad_find_closest (MeshKad *kad,
                               const guint8 *key,
                               gsize key_len,
                               gint64 now_us) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_kad_find_providers:
 * @multihash: of the CID
 * @max: working providers wanted; 0 for all there are
 *
 * Each provider is named once, as soon as it is known, by an event PROVIDER. The lookup
 * ends when @max of them were reported to work, or when the nearest peers have been
 * asked: never because of providers that do not work.
 */
guint64 mesh_kad_find_providers (MeshKad *kad,
                                 const guint8 *multihash,
                                 gsize len,
                                 guint max,
                                 gint64 now_us) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_kad_report_provider:
 * @id: of the command; one that is over is ignored
 * @works: whether @peer really has it
 */
void mesh_kad_report_provider (MeshKad *kad,
                               guint64 id,
                               const MeshPeerId *peer,
                               gboolean works,
                               gint64 now_us);

/**
 * mesh_kad_provide:
 *
 * Announces that this node has what @multihash names, now and again every republish
 * interval until mesh_kad_unprovide(). When nobody could be told, or there is no address
 * of ours to tell, it is tried again: after a minute, then ever less often, and as soon
 * as the empty table gets a peer or we an address.
 */
guint64 mesh_kad_provide (MeshKad *kad, const guint8 *multihash, gsize len, gint64 now_us)
    G_GNUC_WARN_UNUSED_RESULT;

/* Announced before a restart: due again at @due_us. Returns: %FALSE when there are too
 * many. */
gboolean mesh_kad_restore_provided (MeshKad *kad,
                                    const guint8 *multihash,
                                    gsize len,
                                    gint64 due_us);

/* Stops announcing; records others hold end with their lifetime. Returns: whether it was
 * announced. */
gboolean mesh_kad_unprovide (MeshKad *kad, const guint8 *multihash, gsize len);

/**
 * mesh_kad_get_value:
 * @quorum: peers that must have had a value; 0 asks all the nearest
 *
 * Each better value is an event. At the end those of the nearest that had a worse one or
 * none are sent the best (entry correction).
 */
guint64 mesh_kad_get_value (MeshKad *kad,
                            const guint8 *key,
                            gsize key_len,
                            guint quorum,
                            gint64 now_us) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_kad_put_value:
 *
 * Returns: the id; 0 also when no validator admits the value
 */
guint64 mesh_kad_put_value (MeshKad *kad,
                            const guint8 *key,
                            gsize key_len,
                            const guint8 *value,
                            gsize value_len,
                            gint64 now_us) G_GNUC_WARN_UNUSED_RESULT;

/* Looks for ourselves and for a random place in each bucket; one event DONE at the end.
 */
guint64 mesh_kad_refresh (MeshKad *kad, gint64 now_us) G_GNUC_WARN_UNUSED_RESULT;

/* Ends a command; its DONE comes with what was found so far. */
void mesh_kad_cancel (MeshKad *kad, guint64 id, gint64 now_us);

/* Records persisted before a restart; those that cannot be kept are left out. */
void mesh_kad_restore_provider (MeshKad *kad,
                                const guint8 *multihash,
                                gsize len,
                                MeshPeerId *provider,
                                GPtrArray *addrs,
                                gint64 expires_us,
                                gint64 now_us);
void mesh_kad_restore_value (MeshKad *kad,
                             const guint8 *key,
                             gsize key_len,
                             const guint8 *value,
                             gsize value_len,
                             gint64 expires_us,
                             gint64 now_us);

/**
 * mesh_kad_poll_event:
 * @event: (out caller-allocates): cleared by the caller with mesh_kad_event_clear()
 *
 * Returns: %FALSE when there is none
 */
gboolean mesh_kad_poll_event (MeshKad *kad, MeshKadEvent *event);
void mesh_kad_event_clear (MeshKadEvent *event);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MeshKadEvent, mesh_kad_event_clear)

gint64 mesh_kad_next_deadline_us (const MeshKad *kad);
void mesh_kad_handle_timeout (MeshKad *kad, gint64 now_us);

typedef struct
{
  guint n_peers;        /* in the routing table */
  guint n_replacements; /* waiting for a place in it */
  guint n_buckets;
  guint n_commands;  /* under way */
  guint n_requests;  /* in flight */
  guint n_provided;  /* keys we announce */
  guint n_providers; /* provider records kept */
  guint n_values;    /* values kept */
  guint64 n_lookups; /* finished since the start */
  guint64 n_messages_out;
  guint64 n_messages_in;      /* requests served */
  guint64 n_foreign_records;  /* provider records of others than their sender, ignored */
  guint64 n_refused_requests; /* garbage and invalid values */
  double network_size;        /* estimated from how near our neighbours are; 0: unknown */
} MeshKadStats;

void mesh_kad_get_stats (const MeshKad *kad, MeshKadStats *stats);

/**
 * mesh_kad_dup_peers:
 *
 * Returns: (transfer full) (element-type MeshKadContact): the table, nearest bucket last,
 *   longest in the table first
 */
GPtrArray *mesh_kad_dup_peers (const MeshKad *kad) G_GNUC_WARN_UNUSED_RESULT;

/* The k nearest of the table to @key, nearest first; as mesh_kad_dup_peers(). */
GPtrArray *mesh_kad_dup_closest (const MeshKad *kad,
                                 const guint8 *key,
                                 gsize key_len) G_GNUC_WARN_UNUSED_RESULT;
