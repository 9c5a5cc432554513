/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <gio/gio.h>

#include "discovery/mesh-peer-table.h"
#include "net/host/mesh-host.h"
#include "work/mesh-work-pool.h"

G_BEGIN_DECLS

#define MESH_TYPE_PEER_BOOK (mesh_peer_book_get_type ())

/**
 * MeshPeerBook:
 *
 * The peers this node has met or heard of: addresses, class, score, when last seen. Kept
 * in SQLite, written in batches by the worker pool; a crash loses at most the last
 * %MESH_PEER_BOOK_FLUSH_S seconds of scores and nothing else. Follows the host by itself:
 * connections, identify, latency. Lives in the main context it was opened in.
 *
 * Addresses that a peer was reached at, or put its signature on, displace hearsay.
 * How many are kept and who goes first: mesh/discovery/mesh-peer-table.
 *
 * Signal "peer-changed" (#MeshPeerId as a pointer): class, roles or score of a connected
 * peer is new; several changes within %MESH_PEER_BOOK_TELL_MS are told at once.
 */
G_DECLARE_FINAL_TYPE (MeshPeerBook, mesh_peer_book, MESH, PEER_BOOK, GObject)

#define MESH_PEER_BOOK_FLUSH_S 30
#define MESH_PEER_BOOK_TICK_S 10 /* latency and presence are noted so often */
#define MESH_PEER_BOOK_TELL_MS 500

/* What is known of one peer; borrowed, valid until the main loop runs. */
typedef struct
{
  MeshPeerId *peer_id;      /* (unowned) */
  GPtrArray *addrs;         /* (unowned) (element-type MeshMultiaddr): best first */
  GBytes *signed_record;    /* (unowned) (nullable): verified */
  MeshPeerClass peer_class; /* exactly one */
  guint roles;              /* #MeshCapsRoles */
  gint64 last_seen_s;       /* Unix time it last answered us; 0: never did */
  gboolean is_connected;
  MeshPeerScoreParts score; /* at the present */
} MeshPeerBookEntry;

/**
 * mesh_peer_book_open_async:
 * @path: (nullable) (type filename): the database; %NULL: nothing is kept
 * @pool: (nullable): needed with @path
 *
 * A damaged database is set aside as "PATH.damaged" and a new one begun: what is in it
 * can be learned again. Fails with %MESH_ERROR_IO or %MESH_ERROR_UNSUPPORTED (made by a
 * newer version).
 */
void mesh_peer_book_open_async (MeshHost *host,
                                const char *path,
                                MeshWorkPool *pool,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
MeshPeerBook *mesh_peer_book_open_finish (GAsyncResult *result,
                                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_peer_book_close_async:
 *
 * Writes what is new and lets go of the host. To be called before the host is closed.
 */
void mesh_peer_book_close_async (MeshPeerBook *self,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
gboolean
mesh_peer_book_close_finish (MeshPeerBook *self, GAsyncResult *result, GError **error);

/**
 * mesh_peer_book_add_hearsay:
 * @addrs: (element-type MeshMultiaddr): with or without /p2p at their end
 *
 * Somebody (mDNS, the DHT, peer exchange) said that the peer is there. This node itself
 * is left out.
 */
void mesh_peer_book_add_hearsay (MeshPeerBook *self, MeshPeerId *peer, GPtrArray *addrs);

/**
 * mesh_peer_book_add_record:
 * @envelope: a signed peer record (mesh/peer/mesh-peer-record)
 * @giver: (nullable): where the peer is that gave it: from outside no address inside is
 *   taken, and loopback ones only from this machine; %NULL: all are
 * @error: as mesh_peer_record_open(); %MESH_ERROR_ROLLBACK when older than the one kept
 *
 * Returns: (transfer full) (nullable): whose it is
 */
MeshPeerId *mesh_peer_book_add_record (MeshPeerBook *self,
                                       GBytes *envelope,
                                       const MeshMultiaddr *giver,
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What peers did; see mesh/discovery/mesh-peer-score. Unknown peers are entered. */
void mesh_peer_book_note_transfer (MeshPeerBook *self,
                                   MeshPeerId *peer,
                                   guint64 n_bytes,
                                   gint64 elapsed_us);
void mesh_peer_book_note_success (MeshPeerBook *self, MeshPeerId *peer);
void mesh_peer_book_note_failure (MeshPeerBook *self, MeshPeerId *peer);
void mesh_peer_book_note_bad (MeshPeerBook *self, MeshPeerId *peer);

/* Roles as the capabilities of the peer say. */
void mesh_peer_book_set_roles (MeshPeerBook *self, MeshPeerId *peer, guint roles);

guint mesh_peer_book_get_n_peers (MeshPeerBook *self);

/**
 * mesh_peer_book_lookup:
 * @entry: (out caller-allocates): what is known
 *
 * Returns: %FALSE when the peer is not in the book
 */
gboolean mesh_peer_book_lookup (MeshPeerBook *self,
                                const MeshPeerId *peer,
                                MeshPeerBookEntry *entry);

/**
 * mesh_peer_book_get_score:
 *
 * Returns: from 0 to 1; %MESH_PEER_SCORE_NEUTRAL for a peer that is not in the book. For
 *   "whom to ask first". O(1)
 */
double mesh_peer_book_get_score (MeshPeerBook *self, const MeshPeerId *peer);

/**
 * mesh_peer_book_dup_candidates:
 * @classes: #MeshPeerClass, or'ed
 * @max: the most peers wanted
 *
 * Peers worth dialing now: not connected, with an address, not waiting after a failure.
 * A tenth of the places goes to peers that were never tried, so that newcomers are.
 * O(n log n)
 *
 * Returns: (transfer full) (element-type MeshPeerId): best first
 */
GPtrArray *mesh_peer_book_dup_candidates (MeshPeerBook *self,
                                          guint classes,
                                          guint max) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_peer_book_dup_best:
 *
 * Returns: (transfer full) (element-type MeshPeerId): peers that answered once and whose
 *   signed record is kept, best first. For peer exchange. O(n log n)
 */
GPtrArray *mesh_peer_book_dup_best (MeshPeerBook *self) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_peer_book_may_dial:
 *
 * Returns: whether @peer is known, not connected, not being dialed by the book and not
 *   waiting after a failure
 */
gboolean mesh_peer_book_may_dial (MeshPeerBook *self, const MeshPeerId *peer);

/**
 * mesh_peer_book_dial_async:
 *
 * mesh_host_connect_async() at the addresses of the book, and notes how it went. Finish
 * with mesh_peer_book_dial_finish(), which fails as mesh_host_connect_finish();
 * %MESH_ERROR_NOT_FOUND when the peer is not in the book.
 */
void mesh_peer_book_dial_async (MeshPeerBook *self,
                                MeshPeerId *peer,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
MeshConnection *mesh_peer_book_dial_finish (MeshPeerBook *self,
                                            GAsyncResult *result,
                                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
