/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "dht/mesh-kad-pool.h"

/* The routing table: a bucket for each length of the prefix that a peer's place shares
 * with ours, of at most k peers, and as many waiting for a place. Who is heard from
 * stays: a newcomer gets a place only when there is one, and the old are the ones that
 * are still there tomorrow. Buckets exist once somebody is in them. */
typedef struct MeshKadTable MeshKadTable;

#define MESH_KAD_TABLE_MAX_K 32
/* One more request without an answer and the peer leaves; at the first one it is no
 * longer named to others, and whoever waits for a place takes it. */
#define MESH_KAD_TABLE_MAX_FAILURES 2

typedef struct
{
  MeshKadPeer *peer;   /* (owned) */
  MeshKadAddrs *addrs; /* (owned) */
  gint64 seen_us;      /* last heard from */
  guint64 group;       /* mesh_kad_addrs_get_group() */
  guint8 n_failures;   /* in a row */
  guint8 is_probed;    /* a question is on its way to see whether it is alive */
} MeshKadTableEntry;

typedef enum
{
  MESH_KAD_TABLE_ADDED,
  MESH_KAD_TABLE_RENEWED, /* was there, was heard from again */
  MESH_KAD_TABLE_WAITING, /* its bucket is full: in the replacement cache */
  MESH_KAD_TABLE_REFUSED, /* too many of its network, or it is ourselves */
} MeshKadTableVerdict;

/**
 * mesh_kad_table_new:
 * @self: our place
 * @k: at most %MESH_KAD_TABLE_MAX_K
 * @max_group_bucket: peers of one network in a bucket; 0: any number
 * @max_group_table: the same for the whole table
 */
MeshKadTable *mesh_kad_table_new (const MeshKadKey *self,
                                  guint k,
                                  guint max_group_bucket,
                                  guint max_group_table) G_GNUC_WARN_UNUSED_RESULT;
void mesh_kad_table_free (MeshKadTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshKadTable, mesh_kad_table_free)

/* The peer was heard from at @addrs. O(k), a new one O(size of the table). */
MeshKadTableVerdict mesh_kad_table_add (MeshKadTable *table,
                                        MeshKadPeer *peer,
                                        MeshKadAddrs *addrs,
                                        gint64 now_us);

/* Returns: whether it was in the table; a waiting one takes its place. */
gboolean mesh_kad_table_remove (MeshKadTable *table, const MeshKadPeer *peer);

/* A question to the peer was not answered. Returns: whether it left. */
gboolean mesh_kad_table_fail (MeshKadTable *table, const MeshKadPeer *peer);

/**
 * mesh_kad_table_find:
 *
 * Returns: (transfer none) (nullable): the entry, until the table changes
 */
MeshKadTableEntry *mesh_kad_table_find (MeshKadTable *table, const MeshKadPeer *peer);

/**
 * mesh_kad_table_get_stale:
 * @before_us: not heard from since
 *
 * Whom to probe so that the peers that wait in the bucket of @peer get a place.
 *
 * Returns: (transfer none) (nullable): who was heard from least recently, if that is
 *   before @before_us, nobody is being probed and somebody waits
 */
MeshKadTableEntry *
mesh_kad_table_get_stale (MeshKadTable *table, const MeshKadPeer *peer, gint64 before_us);

/**
 * mesh_kad_table_get_closest:
 * @max: at most so many
 * @except: (nullable): not this one
 * @entries: (out caller-allocates) (array length=max): (transfer none), until the table
 *   changes
 *
 * Peers that failed to answer come only when there are too few others.
 *
 * Returns: how many, nearest to @key first
 */
guint mesh_kad_table_get_closest (MeshKadTable *table,
                                  const MeshKadKey *key,
                                  guint max,
                                  const MeshKadPeer *except,
                                  const MeshKadTableEntry **entries);

guint mesh_kad_table_get_n_peers (const MeshKadTable *table);
guint mesh_kad_table_get_n_waiting (const MeshKadTable *table);

/* Buckets 0 to this less one; those above are empty. */
guint mesh_kad_table_get_n_buckets (const MeshKadTable *table);

/**
 * mesh_kad_table_get_bucket:
 * @n: (out): how many
 *
 * Returns: (transfer none): the peers that share @prefix bits with us, longest in the
 *   table first
 */
const MeshKadTableEntry *
mesh_kad_table_get_bucket (const MeshKadTable *table, guint prefix, guint *n);

/* When somebody was last looked for in the bucket; 0: never. */
gint64 mesh_kad_table_get_refreshed_us (const MeshKadTable *table, guint prefix);
void mesh_kad_table_note_refreshed (MeshKadTable *table, guint prefix, gint64 now_us);

/* How many peers the network has by how near our nearest are; 0 when too few are known.
 */
double mesh_kad_table_estimate_size (MeshKadTable *table);
