/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "dht/mesh-kad-pool.h"

/* Whom to ask next on the way to a place: the iterative search of Kademlia along disjoint
 * paths (S/Kademlia). A pure state machine that knows no messages.
 *
 * What a peer answers is believed by the one path that asked it, and no peer is asked
 * twice, so a liar misleads one path of the d. A path is done when its k nearest, those
 * that failed left out, have answered some path; the lookup when each path is.
 *
 * A peer that is slow stops counting against the number in flight, so that k names of
 * nobody do not hold up a path for their timeouts one after the other. */
typedef struct MeshKadLookup MeshKadLookup;

#define MESH_KAD_LOOKUP_MAX_PATHS 8
#define MESH_KAD_LOOKUP_MAX_PEERS 512
#define MESH_KAD_LOOKUP_MAX_REQUESTS 200
#define MESH_KAD_LOOKUP_NONE G_MAXUINT

typedef enum
{
  MESH_KAD_LOOKUP_HEARD_OF,
  MESH_KAD_LOOKUP_ASKED,
  MESH_KAD_LOOKUP_SLOW, /* asked, and out of patience */
  MESH_KAD_LOOKUP_ANSWERED,
  MESH_KAD_LOOKUP_FAILED,
} MeshKadLookupState;

/* One peer of a lookup; found by its index, which does not change. */
typedef struct
{
  MeshKadPeer *peer;   /* (owned) */
  MeshKadAddrs *addrs; /* (owned) */
  MeshKadKey distance;
  guint64 group;
  guint8 state;  /* a MeshKadLookupState */
  guint8 paths;  /* bit i: path i has heard of it */
  guint8 path;   /* the one that asked it */
  guint8 tag;    /* for the caller */
  guint16 depth; /* peers asked one after the other to come here, itself included */
} MeshKadLookupPeer;

/**
 * mesh_kad_lookup_new:
 * @target: the place
 * @n_paths: at most %MESH_KAD_LOOKUP_MAX_PATHS
 * @max_group: peers of one network (mesh_kad_addrs_get_group()) among the k nearest of a
 *   path; 0: any number
 */
MeshKadLookup *mesh_kad_lookup_new (const MeshKadKey *target,
                                    guint k,
                                    guint alpha,
                                    guint n_paths,
                                    guint max_group) G_GNUC_WARN_UNUSED_RESULT;
void mesh_kad_lookup_free (MeshKadLookup *lookup);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshKadLookup, mesh_kad_lookup_free)

/* A peer to begin with; the paths get them in turn. */
void mesh_kad_lookup_seed (MeshKadLookup *lookup, MeshKadPeer *peer, MeshKadAddrs *addrs);

/**
 * mesh_kad_lookup_add:
 * @from: index of the peer that named it
 *
 * When %MESH_KAD_LOOKUP_MAX_PEERS are known, the farthest one not asked makes room.
 */
void mesh_kad_lookup_add (MeshKadLookup *lookup,
                          guint from,
                          MeshKadPeer *peer,
                          MeshKadAddrs *addrs);

/**
 * mesh_kad_lookup_next:
 *
 * Returns: index of the peer to ask now, which counts as asked from now on;
 *   %MESH_KAD_LOOKUP_NONE when no one is to be asked before something happens
 */
guint mesh_kad_lookup_next (MeshKadLookup *lookup);

/* The peer asked is slow, has answered (add what it named afterwards), or failed. */
void mesh_kad_lookup_set_slow (MeshKadLookup *lookup, guint i);
void mesh_kad_lookup_set_answered (MeshKadLookup *lookup, guint i);
void mesh_kad_lookup_set_failed (MeshKadLookup *lookup, guint i);

gboolean mesh_kad_lookup_is_done (MeshKadLookup *lookup);

/* Returns: (transfer none): until a peer is added */
MeshKadLookupPeer *mesh_kad_lookup_get_peer (MeshKadLookup *lookup, guint i);
guint mesh_kad_lookup_get_n_peers (const MeshKadLookup *lookup);
guint mesh_kad_lookup_get_n_requests (const MeshKadLookup *lookup);

/**
 * mesh_kad_lookup_get_closest:
 * @max: at most so many
 * @indexes: (out caller-allocates) (array length=max): of the nearest that answered
 *
 * Returns: how many, nearest first
 */
guint mesh_kad_lookup_get_closest (MeshKadLookup *lookup, guint max, guint *indexes);
