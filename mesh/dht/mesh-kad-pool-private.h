/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "dht/mesh-kad-pool.h"

/* What an entry of the pool is found by: bytes that live as long as the entry. */
typedef struct
{
  const guint8 *data; /* (unowned) */
  guint32 len;
  guint32 hash;
} MeshKadName;

struct MeshKadAddrs
{
  MeshKadName name;  /* of @packed */
  MeshKadPool *pool; /* (owned) */
  guint n_refs;
  guint8 n;
  guint8 scopes; /* bit 1 << MeshKadScope: each address is known to be admitted */
  guint8 packed[];
};

/**
 * mesh_kad_pool_find_addrs:
 *
 * Returns: (transfer full) (nullable): the set packed like @packed, if somebody holds it
 *   and each of its addresses was admitted by @scope
 */
MeshKadAddrs *mesh_kad_pool_find_addrs (MeshKadPool *pool,
                                        const guint8 *packed,
                                        gsize len,
                                        MeshKadScope scope) G_GNUC_WARN_UNUSED_RESULT;
void mesh_kad_pool_note_scope (MeshKadAddrs *addrs, MeshKadScope scope);

/* The last reference is gone: frees it. */
void mesh_kad_pool_forget_addrs (MeshKadAddrs *addrs);
