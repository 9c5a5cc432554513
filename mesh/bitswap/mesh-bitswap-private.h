/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "base/mesh-token-bucket.h"
#include "bitswap/mesh-bitswap-client.h"
#include "bitswap/mesh-bitswap-hasher.h"
#include "bitswap/mesh-bitswap-ledger.h"
#include "bitswap/mesh-bitswap-server.h"
#include "bitswap/mesh-bitswap.h"

/* What the files of the service share. */

typedef struct MeshBitswapLink MeshBitswapLink;

/* A peer that was met in this run; its number is the same each time it connects. */
typedef struct
{
  guint64 number;
  MeshPeerId *peer_id;   /* (owned) */
  char *text;            /* (owned): peer_id as text, its name in the ledger */
  gboolean is_banned;    /* broke the rules: not used again */
  MeshBitswapLink *link; /* (owned) (nullable): while it is connected */
  guint64 bytes_sent;
  guint64 blocks_sent;
  MeshBitswapClientStats received; /* of earlier connections */
} MeshBitswapPeer;

/* Peers remembered; of those not connected the one met first is forgotten. */
#define MESH_BITSWAP_MAX_PEERS_MET 2048

struct _MeshBitswap
{
  GObject parent_instance;

  MeshHost *host;            /* (owned) */
  MeshStore *store;          /* (owned) */
  MeshBitswapClient *client; /* (owned) */
  MeshBitswapServer *server; /* (owned) */
  MeshBitswapLedger *ledger; /* (owned) */
  MeshBitswapHasher *hasher; /* (owned) */
  GHashTable *peers;         /* (owned) (element-type guint64 MeshBitswapPeer) */
  GHashTable *peers_by_id;   /* (owned) (element-type MeshPeerId MeshBitswapPeer) */
  GPtrArray *peer_order; /* (owned) (element-type MeshBitswapPeer): by first contact */
  GHashTable *requests;  /* (owned) (element-type guint64 GTask) */
  GPtrArray *got;        /* (owned) (element-type GTask): of the block just handled */
  gsize receive_bytes;   /* of messages admitted and not done with */
  guint64 next_number;
  MeshTokenBucket upload;
  MeshTokenBucket download;
  char *ledger_path; /* (owned) (nullable) */
  gboolean is_serving;
  gboolean is_started;
  gboolean is_stopped;
  gboolean is_settling;
  gboolean must_settle; /* again, when done */
  guint timer_id;       /* of the client core and the rate limits */
  gint64 timer_us;
  guint idle_id; /* lookups go on */
  guint save_id;
};

/* Does what the cores ask for, until they ask for nothing. Any change of a core is
 * followed by it; it may be called from anywhere. */
void mesh_bitswap_settle (MeshBitswap *self);

/* Asks for settle() at @at_us at the latest. */
void mesh_bitswap_wake_at (MeshBitswap *self, gint64 at_us);

/* Returns: (transfer none) (nullable): the link of a connected peer */
MeshBitswapLink *mesh_bitswap_find_link (MeshBitswap *self, guint64 number);

/* Returns: (transfer none): the peer, met now if not before */
MeshBitswapPeer *mesh_bitswap_meet (MeshBitswap *self, MeshPeerId *peer_id);

/* The peer broke the rules or (with @error %NULL) has no Bitswap. */
void mesh_bitswap_drop (MeshBitswap *self, guint64 number, const GError *error);

/**
 * mesh_bitswap_request:
 * @task: (transfer full): returns the block as GBytes
 *
 * Returns: the number of the request, 0 when @task has been answered already
 */
guint64 mesh_bitswap_request (MeshBitswap *self,
                              guint64 session,
                              MeshCid *cid,
                              int priority,
                              GTask *task);

/**
 * mesh_bitswap_cancel_request:
 *
 * Returns: %FALSE when it is answered already, or about to be; otherwise its task is
 *   forgotten and the caller answers it
 */
gboolean mesh_bitswap_cancel_request (MeshBitswap *self,
                                      guint64 request) G_GNUC_WARN_UNUSED_RESULT;
