/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "content/mesh-cid.h"
#include "dht/mesh-kad.h"
#include "net/host/mesh-host.h"

G_BEGIN_DECLS

#define MESH_TYPE_DHT (mesh_dht_get_type ())

/**
 * MeshDht:
 *
 * The DHT of a node: the tables of the internet and of the LAN bound to the streams of a
 * #MeshHost. Every question goes to both at once and the answers are merged. Owned by the
 * node; lives in the host's main context; ends with mesh_dht_stop_async().
 *
 * Peers enter the tables by themselves: those that connect and whose identify names the
 * protocol, and those met in lookups. To join a network it is enough to connect to one
 * DHT server; mesh_dht_dup_good_peers() knows some from last time.
 *
 * Signals:
 *  - "changed": modes or table sizes in mesh_dht_get_stats() are new; at most one for
 *    each turn of the main loop
 */
G_DECLARE_FINAL_TYPE (MeshDht, mesh_dht, MESH, DHT, GObject)

#define MESH_DHT_PREFIX "/ipfs"
#define MESH_DHT_WAN_SUFFIX "/kad/1.0.0"
#define MESH_DHT_LAN_SUFFIX "/lan/kad/1.0.0"

#define MESH_DHT_MAX_GOOD_PEERS 100 /* remembered across restarts */
#define MESH_DHT_MAX_QUERIES 96     /* calls under way at once */

typedef enum
{
  MESH_DHT_MODE_AUTO,   /* server once we are reachable, else client */
  MESH_DHT_MODE_CLIENT, /* never serve */
  MESH_DHT_MODE_SERVER, /* serve both tables */
} MeshDhtMode;

/**
 * MeshDhtOptions:
 *
 * Start from %MESH_DHT_OPTIONS_DEFAULT and change what matters. Copied, but for the
 * validators, which outlive the object.
 */
typedef struct
{
  const char *prefix;  /* (unowned): before the protocol names */
  const char *db_path; /* (unowned) (nullable): SQLite file; %NULL: nothing persists */
  MeshDhtMode mode;
  gboolean use_wan;
  gboolean use_lan;
  gboolean is_closed;                 /* the WAN table takes any address: a private net */
  const MeshKadValidator *validators; /* (unowned) (nullable): besides "/pk/" */
  gsize n_validators;
  gint64 republish_interval_us;
  gint64 refresh_interval_us;
} MeshDhtOptions;

#define MESH_DHT_OPTIONS_DEFAULT \
  { \
    .prefix = MESH_DHT_PREFIX, .mode = MESH_DHT_MODE_AUTO, .use_wan = TRUE, \
    .use_lan = TRUE, .republish_interval_us = 22 * MESH_KAD_HOUR_US, \
    .refresh_interval_us = 600 * G_USEC_PER_SEC \
  }

/* A peer that was found; a value behind a pointer. */
typedef struct
{
  MeshPeerId *id;   /* (owned) */
  GPtrArray *addrs; /* (owned) (element-type MeshMultiaddr): may be empty */
} MeshDhtPeer;

/* Both are referenced. */
MeshDhtPeer *
mesh_dht_peer_new (MeshPeerId *id, GPtrArray *addrs) G_GNUC_WARN_UNUSED_RESULT;
void mesh_dht_peer_free (MeshDhtPeer *peer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshDhtPeer, mesh_dht_peer_free)

/**
 * mesh_dht_new:
 * @options: (nullable): %NULL for the defaults
 *
 * Returns: (transfer full): a DHT that does nothing before mesh_dht_start_async()
 */
MeshDht *
mesh_dht_new (MeshHost *host, const MeshDhtOptions *options) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_dht_start_async:
 *
 * Opens the database, takes up what is in it, and begins to serve and ask. A damaged
 * database is begun anew: all that is in it comes back by itself in a day.
 */
void mesh_dht_start_async (MeshDht *dht,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data);

/**
 * mesh_dht_start_finish:
 * @error: %MESH_ERROR_IO, %MESH_ERROR_NO_SPACE, or %MESH_ERROR_UNSUPPORTED for a database
 *   of a newer version
 */
gboolean mesh_dht_start_finish (MeshDht *dht, GAsyncResult *result, GError **error);

/**
 * mesh_dht_stop_async:
 *
 * Ends everything now; what is being asked fails with %MESH_ERROR_CLOSED. Finishes when
 * what was not yet written is.
 */
void mesh_dht_stop_async (MeshDht *dht,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data);
gboolean mesh_dht_stop_finish (MeshDht *dht, GAsyncResult *result, GError **error);

/**
 * mesh_dht_set_active:
 *
 * An inactive DHT (sharing is off) serves nothing, announces nothing, does no upkeep and
 * refuses to ask with %MESH_ERROR_REFUSED, except while it is held: then it is a client.
 */
void mesh_dht_set_active (MeshDht *dht, gboolean is_active);
void mesh_dht_hold (MeshDht *dht);
void mesh_dht_release (MeshDht *dht);

void mesh_dht_set_mode (MeshDht *dht, MeshDhtMode mode);

/**
 * mesh_dht_add_peer:
 * @addrs: (element-type MeshMultiaddr): where to reach it
 *
 * Connects to a peer and, when it serves the DHT, takes it into the tables.
 */
void mesh_dht_add_peer (MeshDht *dht, MeshPeerId *id, GPtrArray *addrs);

/**
 * MeshDhtProviderFunc:
 * @query: for mesh_dht_report_provider()
 * @provider: (transfer none): named once a call
 *
 * A provider was found. Called from the main loop.
 */
typedef void (*MeshDhtProviderFunc) (MeshDht *dht,
                                     guint64 query,
                                     const MeshDhtPeer *provider,
                                     gpointer user_data);

/**
 * mesh_dht_find_providers_async:
 * @max: providers wanted, 0 for all
 * @func: (nullable): told of each as it is found; then only those that it reports with
 *   mesh_dht_report_provider() to work count for @max. %NULL: every one counts.
 * @func_data: for @func
 */
void mesh_dht_find_providers_async (MeshDht *dht,
                                    MeshCid *cid,
                                    guint max,
                                    MeshDhtProviderFunc func,
                                    gpointer func_data,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);

/**
 * mesh_dht_find_providers_finish:
 * @error: %MESH_ERROR_REFUSED when inactive, %MESH_ERROR_BUSY, %MESH_ERROR_UNREACHABLE
 *   when no peer of the DHT is known, %MESH_ERROR_CLOSED, %G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full) (nullable) (element-type MeshDhtPeer): all that were found, in
 *   that order; empty when nobody has it
 */
GPtrArray *mesh_dht_find_providers_finish (MeshDht *dht,
                                           GAsyncResult *result,
                                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
void mesh_dht_report_provider (MeshDht *dht,
                               guint64 query,
                               const MeshPeerId *peer,
                               gboolean works);

/**
 * mesh_dht_provide_async:
 *
 * Announces that this node has @cid, now and every 22 hours (across restarts) until
 * mesh_dht_unprovide(), even when this first time fails. Announce roots only.
 */
void mesh_dht_provide_async (MeshDht *dht,
                             MeshCid *cid,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);

/**
 * mesh_dht_provide_finish:
 * @error: as mesh_dht_find_providers_finish(); %MESH_ERROR_UNREACHABLE when nobody took
 *   the record yet; %MESH_ERROR_LIMIT when too many keys are announced
 */
gboolean mesh_dht_provide_finish (MeshDht *dht, GAsyncResult *result, GError **error);
gboolean mesh_dht_unprovide (MeshDht *dht, MeshCid *cid);

void mesh_dht_find_peer_async (MeshDht *dht,
                               MeshPeerId *id,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);

/* Returns: (transfer full) (nullable): the peer; %MESH_ERROR_NOT_FOUND when nobody knows
 * it. */
MeshDhtPeer *mesh_dht_find_peer_finish (MeshDht *dht,
                                        GAsyncResult *result,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

void mesh_dht_get_closest_async (MeshDht *dht,
                                 GBytes *key,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);

/* Returns: (transfer full) (nullable) (element-type MeshDhtPeer): the servers nearest to
 * the key, nearest first. */
GPtrArray *mesh_dht_get_closest_finish (MeshDht *dht,
                                        GAsyncResult *result,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

void mesh_dht_put_value_async (MeshDht *dht,
                               GBytes *key,
                               GBytes *value,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);

/* @error: %MESH_ERROR_INVALID when no validator admits the value;
 * %MESH_ERROR_UNREACHABLE when nobody took it. */
gboolean mesh_dht_put_value_finish (MeshDht *dht, GAsyncResult *result, GError **error);

void mesh_dht_get_value_async (MeshDht *dht,
                               GBytes *key,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);

/* Returns: (transfer full) (nullable): the best value; %MESH_ERROR_NOT_FOUND when there
 * is none. */
GBytes *mesh_dht_get_value_finish (MeshDht *dht,
                                   GAsyncResult *result,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_dht_dup_good_peers:
 *
 * Returns: (transfer full) (element-type MeshDhtPeer): at most %MESH_DHT_MAX_GOOD_PEERS
 *   that were in the tables when they were last saved
 */
GPtrArray *mesh_dht_dup_good_peers (MeshDht *dht) G_GNUC_WARN_UNUSED_RESULT;

typedef struct
{
  gboolean is_used;   /* the table exists */
  gboolean is_server; /* else client */
  MeshKadStats kad;
} MeshDhtTableStats;

typedef struct
{
  gboolean is_active;
  MeshDhtTableStats wan;
  MeshDhtTableStats lan;
} MeshDhtStats;

void mesh_dht_get_stats (MeshDht *dht, MeshDhtStats *stats);

G_END_DECLS
