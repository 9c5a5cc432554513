/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "gossip/mesh-gossip-cache.h"
#include "gossip/mesh-gossip-outbox.h"
#include "gossip/mesh-gossip-promises.h"
#include "gossip/mesh-gossip-score.h"
#include "gossip/mesh-gossip-seen.h"
#include "gossip/mesh-gossip-times.h"
#include "gossip/mesh-gossip.h"

/* What the files of the core share. Peers and topics point at each other; both are owned
 * by MeshGossip, and leave each other's lists before they are freed. */

/* Peers for whom a backoff is remembered, of one topic. */
#define MESH_GOSSIP_MAX_BACKOFFS 4096
/* Direct senders whose rate is remembered. */
#define MESH_GOSSIP_MAX_SENDERS MESH_GOSSIP_MAX_PEERS

typedef struct
{
  MeshPeerId *id; /* (owned) */
  guint64 number;
  MeshGossipScorePeer *score; /* (unowned): of MeshGossip.score, until removed */
  GPtrArray *topics; /* (owned) (element-type MeshGossipTopic): it subscribes to */
  MeshGossipOutbox outbox;
  GBytes *record; /* (owned) (nullable): signed peer record */
  guint n_ihave;  /* since the heartbeat: IHAVEs, */
  guint n_asked;  /* ids asked of it, */
  guint n_iwant;  /* ids it asked for */
  guint n_validations;
  guint8 version;
  guint8 id_form; /* a MeshGossipIdForm: what it understands in an IHAVE */
  guint is_outbound : 1;
  guint is_direct : 1;
  guint is_busy : 1;
  guint is_graylisted : 1;
  guint is_dirty : 1; /* in MeshGossip.dirty */
} MeshGossipPeer;

typedef struct
{
  char *name; /* (owned) */
  guint64 number;
  GPtrArray *peers;  /* (owned) (element-type MeshGossipPeer): who subscribes */
  GPtrArray *mesh;   /* (owned) (element-type MeshGossipPeer): empty unless subscribed */
  GPtrArray *fanout; /* (owned) (nullable) (element-type MeshGossipPeer) */
  gint64 fanout_us;  /* of the last message published, while there is a fanout */
  MeshGossipTimes *backoff;    /* (owned) (nullable) */
  MeshGossipScoreTopic *score; /* (unowned) (nullable): set when first subscribed */
  gboolean is_subscribed;
  gboolean is_validated;
} MeshGossipTopic;

/* A message that waits for its verdict. */
typedef struct
{
  guint64 handle;
  MeshGossipMessage *msg; /* (owned) */
  MeshPeerId *from;       /* (owned) */
  gint64 since_us;
} MeshGossipValidation;

struct MeshGossip
{
  MeshGossipConfig config;
  MeshKeypair *keypair; /* (owned) */
  MeshPeerId *self;     /* (owned) */
  MeshRng rng;
  GHashTable *peers;            /* (owned) (element-type MeshPeerId MeshGossipPeer) */
  GPtrArray *peer_order;        /* (owned) (element-type MeshGossipPeer): as they came */
  GHashTable *topics;           /* (owned) (element-type utf8 MeshGossipTopic) */
  GPtrArray *topic_order;       /* (owned) (element-type MeshGossipTopic): as they came */
  GPtrArray *direct;            /* (owned) (element-type MeshPeerId) */
  MeshGossipSeen *seen;         /* (owned) */
  MeshGossipCache *cache;       /* (owned) */
  MeshGossipScore *score;       /* (owned) */
  MeshGossipTimes *authors;     /* (owned) */
  MeshGossipTimes *senders;     /* (owned) */
  MeshGossipPromises *promises; /* (owned) */
  GHashTable *validations;      /* (owned) (element-type guint64 MeshGossipValidation) */
  GQueue waiting; /* of MeshGossipValidation (owned by validations), in order */
  GQueue events;  /* of MeshGossipEvent */
  GQueue dirty;   /* of MeshGossipPeer: something is in the outbox */
  guint n_subscribed;
  guint n_fanout;
  gboolean has_counts; /* of some peer, since the heartbeat */
  guint64 next_seqno;
  guint64 next_number;
  guint64 next_handle;
  guint64 n_ticks;
  gint64 next_heartbeat_us; /* G_MAXINT64: none is due */
  gint64 last_heartbeat_us;
  gint64 now_us; /* of the last call: time never goes back */
  MeshGossipStats counters;
};

/* Returns: (transfer none) (nullable). */
MeshGossipPeer *mesh_gossip_find_peer (const MeshGossip *gossip, const MeshPeerId *id);

/* Queues an event about @peer and @topic, both nullable; the caller may add to it. */
MeshGossipEvent *mesh_gossip_emit (MeshGossip *gossip,
                                   MeshGossipEventType type,
                                   const MeshGossipPeer *peer,
                                   const MeshGossipTopic *topic);

/* Queues @fragment (transfer full) for @peer; @topic is nullable. Returns: %FALSE when a
 * message was dropped, because the peer takes nothing. */
gboolean mesh_gossip_push (MeshGossip *gossip,
                           MeshGossipPeer *peer,
                           MeshGossipOutKind kind,
                           const MeshGossipTopic *topic,
                           GBytes *fragment);

/* Puts @peer in line to be sent what is in its outbox, when it takes anything. */
void mesh_gossip_mark_dirty (MeshGossip *gossip, MeshGossipPeer *peer);
void mesh_gossip_unmark_dirty (MeshGossip *gossip, MeshGossipPeer *peer);

double mesh_gossip_rate (MeshGossip *gossip, MeshGossipPeer *peer, gint64 now_us);

/* Returns: (transfer full) (element-type GBytes): @ids as a peer of @form reads them. */
GPtrArray *mesh_gossip_write_ids (const GPtrArray *ids,
                                  MeshGossipIdForm form) G_GNUC_WARN_UNUSED_RESULT;

/* Fisher and Yates. */
void mesh_gossip_shuffle (MeshGossip *gossip, GPtrArray *array);

static inline gboolean
mesh_gossip_has (const GPtrArray *array, gconstpointer item)
{
  for (guint i = 0; i < array->len; i++)
    if (g_ptr_array_index (array, i) == item)
      return TRUE;
  return FALSE;
}
