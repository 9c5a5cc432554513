/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "dht/mesh-kad-key.h"

/* Somebody who wants a key not to be found makes up peer ids until enough of them lie
 * nearer to it than any other peer, and swallows what is stored there (S. Sridhar et al.,
 * "Content Censorship in the InterPlanetary File System", NDSS 2024). Such a crowd shows:
 * the network is denser there than our own neighbourhood says it is. Then a record is
 * also stored with, and looked for at, the nearest to a few detours: places that
 * everybody computes alike from the key, near enough that any estimate of the size of the
 * network leads to some of them, and in branches beside the crowd's. A value. */

#define MESH_KAD_CROWD_MAX_DETOURS 4
#define MESH_KAD_CROWD_NAME_BYTES 34 /* a sha2-256 multihash */

/**
 * mesh_kad_crowd_is_suspicious:
 * @network_size: as estimated; 0: unknown
 * @n: how many peers answered that are no farther from the key than @farthest
 * @farthest: the distance of the last of them
 *
 * Returns: whether there are three times more of them than there should be. Peers that
 *   are spread evenly look like that less than once in ten thousand keys.
 */
gboolean
mesh_kad_crowd_is_suspicious (double network_size, guint n, const MeshKadKey *farthest);

/**
 * mesh_kad_crowd_make_detour:
 * @key: the key of the record
 * @k: how many peers hold a record
 * @which: below %MESH_KAD_CROWD_MAX_DETOURS
 * @name: (out caller-allocates): what to look for so that the lookup goes there
 *
 * Takes about as many hashes as there are k-th parts in the network, at most 65536.
 *
 * Returns: %FALSE when there is no such detour in a network so small
 */
gboolean mesh_kad_crowd_make_detour (const guint8 *key,
                                     gsize key_len,
                                     double network_size,
                                     guint k,
                                     guint which,
                                     guint8 name[MESH_KAD_CROWD_NAME_BYTES]);
