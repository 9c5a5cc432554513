/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

/* What the index and the store above it both speak of. */

/* The largest block any source returns or any store takes: Bitswap's own limit. */
#define MESH_BLOCK_MAX_BYTES (2u * 1024 * 1024)

/* Deepest and largest DAG that a pin or share walks. */
#define MESH_STORE_MAX_WALK_BLOCKS (16 * 1000 * 1000)

typedef enum
{
  MESH_REFERENCE_RAW,         /* the block is the bytes of the file as they are */
  MESH_REFERENCE_UNIXFS_LEAF, /* the block is a dag-pb UnixFS file node around them */
} MeshReferenceKind;

typedef struct
{
  guint64 n_blocks;         /* blocks of all kinds */
  guint64 n_references;     /* blocks that are references only */
  guint64 stored_bytes;     /* in block files: what the limit counts */
  guint64 referenced_bytes; /* in references only */
  guint64 pinned_bytes;     /* of stored_bytes, held by pins */
  guint64 reserved_bytes;   /* of writes in progress */
  guint64 limit_bytes;      /* 0: none */
  guint64 n_evicted;        /* blocks evicted since open */
  guint64 n_dropped;        /* damaged blocks and stale references dropped since open */
} MeshStoreStats;
