/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "content/mesh-dag-pb.h"
#include "content/mesh-unixfs.h"

/* Sharded folders: a folder too large for one block is a trie of blocks (shards) over the
 * hashes of its names, https://specs.ipfs.tech/unixfs/#dag-pb-hamtdirectory. Each level
 * takes log2 (fanout) bits of the hash, the highest first. The name of a link begins with
 * its place in the shard in hexadecimal; nothing more: it leads to a further shard.
 *
 * What is read is checked so hard that an entry can be in one place only: a walk that
 * checks each shard it enters and ends at the first bad one enters at most
 * mesh_hamt_get_max_depth() of them for each entry, finds no name twice and lists exactly
 * what a look-up finds, whatever the blocks say. */

/* murmur3-x64-64: the only hash there is in use. */
#define MESH_HAMT_HASH_CODE 0x22u
/* What is written, here as elsewhere. */
#define MESH_HAMT_FANOUT 256u
/* What is read: powers of two. */
#define MESH_HAMT_MIN_FANOUT 8u
#define MESH_HAMT_MAX_FANOUT 1024u
/* A folder whose size is above this is written as shards. */
#define MESH_HAMT_SPLIT_BYTES 262144u

/* Where in its trie a shard hangs. All zero: the root, and of which fanout is to be seen.
 */
typedef struct
{
  guint fanout;
  guint depth;  /* levels above it */
  guint64 path; /* what hashes of names below it begin with, in the high bits */
} MeshHamtPosition;

/**
 * mesh_hamt_check:
 * @node: a node whose data is @unixfs
 * @position: (inout): where it was found; the fanout is filled in for the root
 *
 * Whether this is a good shard at this place. Refused: another type, hash function or
 * fanout than the root's; a level for which the hash has no bits left; a place that is
 * malformed, taken twice or out of bounds; a bit field that does not name the places
 * taken; an entry that belongs elsewhere; a shard below the root without links.
 */
gboolean mesh_hamt_check (const MeshDagPbNode *node,
                          const MeshUnixfs *unixfs,
                          MeshHamtPosition *position,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_hamt_enter:
 * @position: of a shard that was checked
 * @link: a link of it
 * @child: (out): where the shard behind @link hangs
 *
 * Returns: whether @link leads to a further shard; else its name without the first
 *   mesh_hamt_get_prefix_len() bytes is the name of an entry
 */
gboolean mesh_hamt_enter (const MeshHamtPosition *position,
                          const MeshDagPbLink *link,
                          MeshHamtPosition *child);

/**
 * mesh_hamt_find:
 * @node: a shard that was checked
 * @position: of it
 *
 * Returns: (transfer none) (nullable): the link to the entry of this name or to the shard
 *   where it would be, as mesh_hamt_enter() tells; %NULL when there is no such entry
 */
const MeshDagPbLink *mesh_hamt_find (const MeshDagPbNode *node,
                                     const MeshHamtPosition *position,
                                     const char *name,
                                     gsize len);

/* Digits before the name of an entry. */
guint mesh_hamt_get_prefix_len (guint fanout);

/* Levels for which a hash has bits. */
guint mesh_hamt_get_max_depth (guint fanout);

/* The place of a hash at a level, below @fanout. */
guint mesh_hamt_get_place (guint64 hash, guint fanout, guint depth);
