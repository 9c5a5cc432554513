/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "base/mesh-rng.h"
#include "discovery/mesh-peer-score.h"
#include "peer/mesh-multiaddr.h"

/* The pages of the peer book: who was met or heard of, at which addresses, how good. A
 * pure table; time is microseconds since 1970 that never go back while it lives.
 *
 * Over %MESH_PEER_TABLE_MAX peers those with the lowest worth go: the score, half of it
 * for a peer that never answered; among equals the one longest unheard of. Connected
 * peers stay. So whoever floods the table with names displaces only other names. */
typedef struct MeshPeerTable MeshPeerTable;

#define MESH_PEER_TABLE_MAX 10000
#define MESH_PEER_TABLE_MAX_ADDRS 16                     /* of one peer */
#define MESH_PEER_TABLE_MAX_PROVEN 4                     /* of those, proven ones */
#define MESH_PEER_TABLE_MAX_RECORD_BYTES 2048            /* of a signed record */
#define MESH_PEER_TABLE_MAX_AGE_S (30 * 24 * 3600)       /* unheard of: forgotten */
#define MESH_PEER_TABLE_MIN_WAIT_US (5 * G_USEC_PER_SEC) /* after a failed dial… */
#define MESH_PEER_TABLE_MAX_WAIT_US (G_TIME_SPAN_HOUR)   /* …doubling, +- 20 % */

typedef enum
{
  MESH_PEER_CLASS_LAN = 1 << 0,         /* "lan": loopback, link or private address */
  MESH_PEER_CLASS_INTERNET = 1 << 1,    /* "internet" */
  MESH_PEER_CLASS_RELAYED = 1 << 2,     /* "relayed": only through a relay */
  MESH_PEER_CLASS_MINI_MASTER = 1 << 3, /* "mini-master": says so in its capabilities */
} MeshPeerClass;

#define MESH_PEER_CLASS_ANY 0xf

/* How sure an address is; the surer ones are kept and tried first. */
typedef enum
{
  MESH_PEER_ADDR_PROVEN,  /* the peer answered there */
  MESH_PEER_ADDR_SIGNED,  /* the peer itself says so */
  MESH_PEER_ADDR_HEARSAY, /* somebody says so */
} MeshPeerAddrRank;

/* One peer. Belongs to the table; fields are read by all, written by the table and, where
 * it says so, by the book. */
typedef struct
{
  MeshPeerId *peer_id;   /* (owned) */
  GPtrArray *addrs;      /* (owned) (element-type MeshMultiaddr): best first, bare */
  guint n_proven;        /* of @addrs, at their front */
  guint n_signed;        /* of @addrs, after those */
  GBytes *record;        /* (owned) (nullable): see mesh_peer_table_get_record() */
  guint64 record_seq;    /* of @record */
  MeshPeerScore score;   /* written by the book */
  guint roles;           /* #MeshCapsRoles; written by the book */
  gint64 last_seen_s;    /* Unix time it last answered; 0 never; written by the book */
  gint64 last_heard_s;   /* Unix time it was last spoken of */
  guint n_failures;      /* dials, in a row */
  gint64 failed_us;      /* the last of them */
  gint64 retry_us;       /* not to be dialed before */
  MeshMultiaddr *remote; /* (owned) (nullable): while connected; written by the book */
  gint64 present_us;     /* connected time was counted until; written by the book */
  gboolean is_record_checked; /* that @record is what it should be, after a restart */
  gboolean is_dialing;        /* written by the book */
  gboolean is_dirty;          /* differs from the disk; set by the book, too */
  guint index;
} MeshPeerEntry;

/* One peer as it is kept on disk. */
typedef struct
{
  GBytes *id;     /* (owned): MeshPeerId */
  GBytes *addrs;  /* (owned): each with its length before it */
  GBytes *record; /* (owned) (nullable) */
  guint64 record_seq;
  GBytes *score; /* (owned): mesh_peer_score_encode() */
  guint n_proven;
  guint n_signed;
  guint roles;
  gint64 last_seen_s;
  gint64 last_heard_s;
  gboolean is_removed; /* only @id counts */
} MeshPeerRow;

void mesh_peer_table_free_row (MeshPeerRow *row);

/**
 * mesh_peer_table_new:
 * @self: this node, which is never in the table; referenced
 * @seed: for jitter and the choice among equals
 */
MeshPeerTable *
mesh_peer_table_new (MeshPeerId *self, guint64 seed) G_GNUC_WARN_UNUSED_RESULT;
void mesh_peer_table_free (MeshPeerTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshPeerTable, mesh_peer_table_free)

guint mesh_peer_table_get_n_peers (const MeshPeerTable *table);

/**
 * mesh_peer_table_find:
 *
 * Returns: (transfer none) (nullable): valid until mesh_peer_table_ensure()
 */
MeshPeerEntry *mesh_peer_table_find (MeshPeerTable *table, const MeshPeerId *peer);

/**
 * mesh_peer_table_ensure:
 *
 * Finds @peer or enters it; notes that it was heard of. May remove others.
 *
 * Returns: (transfer none) (nullable): %NULL for this node itself
 */
MeshPeerEntry *
mesh_peer_table_ensure (MeshPeerTable *table, MeshPeerId *peer, gint64 now_us);

/**
 * mesh_peer_table_add_addr:
 * @addr: with or without /p2p at its end; left out when it names another peer or leads
 *   nowhere (%MESH_ADDR_SCOPE_NONE)
 *
 * Returns: whether that was news
 */
gboolean mesh_peer_table_add_addr (MeshPeerEntry *entry,
                                   MeshMultiaddr *addr,
                                   MeshPeerAddrRank rank);

/**
 * mesh_peer_table_take_record:
 * @record: verified, of this peer, at most %MESH_PEER_TABLE_MAX_RECORD_BYTES
 *
 * Returns: %FALSE when one as new or newer is there
 */
gboolean mesh_peer_table_take_record (MeshPeerEntry *entry, GBytes *record, guint64 seq);

/**
 * mesh_peer_table_get_record:
 *
 * Returns: (transfer none) (nullable): the signed record; one that came from the disk is
 *   verified now
 */
GBytes *mesh_peer_table_get_record (MeshPeerEntry *entry);

/**
 * mesh_peer_table_clear_signed:
 *
 * Drops the addresses the peer signed before; to be called before new ones are added.
 */
void mesh_peer_table_clear_signed (MeshPeerEntry *entry);

/* A dial failed, or worked. */
void mesh_peer_table_note_dial (MeshPeerTable *table,
                                MeshPeerEntry *entry,
                                gboolean is_good,
                                gint64 now_us);

/**
 * mesh_peer_table_is_dialable:
 *
 * Returns: whether @entry has an address, is neither connected nor being dialed, and does
 *   not wait after a failure
 */
gboolean mesh_peer_table_is_dialable (const MeshPeerEntry *entry, gint64 now_us);

MeshPeerClass mesh_peer_table_get_class (const MeshPeerEntry *entry);
const char *mesh_peer_table_get_class_name (MeshPeerClass peer_class);

/**
 * mesh_peer_table_pick:
 * @classes: #MeshPeerClass, or'ed
 * @max: the most wanted
 *
 * Peers worth dialing now. A tenth of the places (at least one, if there are two) goes to
 * peers that were never tried, any of them. O(n log n)
 *
 * Returns: (transfer full) (element-type MeshPeerId): best first
 */
GPtrArray *mesh_peer_table_pick (MeshPeerTable *table,
                                 guint classes,
                                 guint max,
                                 gint64 now_us) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_peer_table_best:
 *
 * Returns: (transfer full) (element-type MeshPeerId): all peers with a signed record that
 *   answered once, best first. O(n log n)
 */
GPtrArray *
mesh_peer_table_best (MeshPeerTable *table, gint64 now_us) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_peer_table_expire:
 *
 * Forgets who was not heard of for %MESH_PEER_TABLE_MAX_AGE_S.
 */
void mesh_peer_table_expire (MeshPeerTable *table, gint64 now_us);

/**
 * mesh_peer_table_take_rows:
 *
 * Returns: (transfer full) (element-type MeshPeerRow): what differs from the disk, which
 *   from now on counts as written
 */
GPtrArray *mesh_peer_table_take_rows (MeshPeerTable *table) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_peer_table_load:
 * @row: from the disk; nothing in it is trusted to be well-formed
 *
 * Returns: whether it was taken
 */
gboolean
mesh_peer_table_load (MeshPeerTable *table, const MeshPeerRow *row, gint64 now_us);
