/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <string.h>

#include "gossip/mesh-gossip-message.h"
#include "gossip/mesh-gossip-rpc.h"
#include "gossip/mesh-gossip.h"

/* One core whose peers are played by the test: it says what they send and reads what they
 * are sent. Time is virtual. */

#define GOSSIP_TOPIC "scm/global/updates"
#define GOSSIP_MAX_PEERS 64

typedef struct
{
  MeshGossip *gossip;   /* (owned) */
  MeshKeypair *keypair; /* (owned): its own */
  gint64 now_us;
  guint n_peers;
  MeshKeypair *keys[GOSSIP_MAX_PEERS]; /* (owned): of the peers */
  MeshPeerId *ids[GOSSIP_MAX_PEERS];   /* (owned) */
  GPtrArray *sent[GOSSIP_MAX_PEERS];   /* (owned) (element-type GBytes): RPCs */
  GArray *events; /* (owned) (element-type MeshGossipEvent): all but SEND */
} GossipFixture;

static inline MeshKeypair *
gossip_keypair (guint number)
{
  guint8 seed[MESH_ED25519_SEED_BYTES] = { 0x67 };

  seed[1] = (guint8) number;
  seed[2] = (guint8) (number >> 8);
  return mesh_keypair_new_from_seed (seed);
}

static inline MeshGossipConfig
gossip_config (void)
{
  return (MeshGossipConfig) MESH_GOSSIP_CONFIG_DEFAULT;
}

static inline void
gossip_fixture_init (GossipFixture *self, const MeshGossipConfig *config)
{
  MeshGossipConfig copy = *config;
  g_autoptr (GError) error = NULL;
  MeshRng rng;

  memset (self, 0, sizeof *self);
  mesh_rng_init (&rng, 7);
  self->keypair = gossip_keypair (1000);
  copy.keypair = self->keypair;
  self->gossip = mesh_gossip_new (&copy, &rng, &error);
  g_assert_no_error (error);
  self->now_us = G_USEC_PER_SEC;
  self->events = g_array_new (FALSE, FALSE, sizeof (MeshGossipEvent));
  g_array_set_clear_func (self->events, (GDestroyNotify) mesh_gossip_event_clear);
}

static inline void
gossip_fixture_clear (GossipFixture *self)
{
  mesh_gossip_free (self->gossip);
  mesh_keypair_unref (self->keypair);
  for (guint i = 0; i < self->n_peers; i++)
    {
      mesh_keypair_unref (self->keys[i]);
      mesh_peer_id_unref (self->ids[i]);
      g_ptr_array_unref (self->sent[i]);
    }
  g_array_unref (self->events);
}

/* Collects what the core has to say. */
static inline void
gossip_drain (GossipFixture *self)
{
  MeshGossipEvent event;

  while (mesh_gossip_poll_event (self->gossip, &event))
    {
      if (event.type != MESH_GOSSIP_EVENT_SEND)
        {
          g_array_append_val (self->events, event);
          continue;
        }
      for (guint i = 0; i < self->n_peers; i++)
        if (mesh_peer_id_equal (self->ids[i], event.peer))
          g_ptr_array_add (self->sent[i], g_bytes_ref (event.bytes));
      mesh_gossip_event_clear (&event);
    }
}

/* Forgets what was collected. */
static inline void
gossip_forget (GossipFixture *self)
{
  gossip_drain (self);
  for (guint i = 0; i < self->n_peers; i++)
    g_ptr_array_set_size (self->sent[i], 0);
  g_array_set_size (self->events, 0);
}

static inline guint
gossip_connect_ip (GossipFixture *self, gboolean is_outbound, const guint8 ip[4])
{
  guint peer = self->n_peers++;
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (peer, <, GOSSIP_MAX_PEERS);
  self->keys[peer] = gossip_keypair (peer);
  self->ids[peer]
      = mesh_peer_id_new_from_public_key (mesh_keypair_get_public_key (self->keys[peer]));
  self->sent[peer] = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_assert_true (mesh_gossip_add_peer (self->gossip, self->ids[peer], ip,
                                       ip != NULL ? 4 : 0, is_outbound,
                                       MESH_GOSSIP_VERSION_1_1_0, self->now_us, &error));
  g_assert_no_error (error);
  gossip_drain (self);
  return peer;
}

static inline guint
gossip_connect (GossipFixture *self)
{
  return gossip_connect_ip (self, FALSE, NULL);
}

/* @rpc: (transfer full) */
static inline gboolean
gossip_say_raw (GossipFixture *self, guint peer, GBytes *rpc)
{
  gboolean ok
      = mesh_gossip_handle_rpc (self->gossip, self->ids[peer], rpc, self->now_us, NULL);

  g_bytes_unref (rpc);
  gossip_drain (self);
  return ok;
}

/* @fragment: (transfer full): of the RPC itself */
static inline void
gossip_say (GossipFixture *self, guint peer, GBytes *fragment)
{
  g_assert_true (gossip_say_raw (self, peer, fragment));
}

/* @fragment: (transfer full): of its control part */
static inline void
gossip_say_control (GossipFixture *self, guint peer, GBytes *fragment)
{
  g_autoptr (GByteArray) control = g_bytes_unref_to_array (fragment);
  GByteArray *rpc = g_byte_array_new ();

  mesh_gossip_rpc_append_control (rpc, control);
  g_assert_true (gossip_say_raw (self, peer, g_byte_array_free_to_bytes (rpc)));
}

static inline void
gossip_say_graft (GossipFixture *self, guint peer, const char *topic)
{
  gossip_say_control (self, peer, mesh_gossip_rpc_graft (topic));
}

/* @ids: (transfer full) (element-type GBytes) */
static inline void
gossip_say_ihave (GossipFixture *self, guint peer, const char *topic, GPtrArray *ids)
{
  gossip_say_control (self, peer, mesh_gossip_rpc_ihave (topic, ids));
  g_ptr_array_unref (ids);
}

/* @id: (transfer none) */
static inline void
gossip_say_iwant (GossipFixture *self, guint peer, GBytes *id)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();

  g_ptr_array_add (ids, id);
  gossip_say_control (self, peer, mesh_gossip_rpc_iwant (ids));
}

static inline guint
gossip_join (GossipFixture *self, gboolean is_outbound, const char *topic)
{
  guint peer = gossip_connect_ip (self, is_outbound, NULL);

  gossip_say (self, peer, mesh_gossip_rpc_subscription (topic, TRUE));
  return peer;
}

static inline void
gossip_subscribe (GossipFixture *self, const char *topic, gboolean is_validated)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (mesh_gossip_subscribe (self->gossip, topic, is_validated, NULL,
                                        self->now_us, &error));
  g_assert_no_error (error);
  gossip_drain (self);
}

/* A message of @author, whoever sends it. */
static inline MeshGossipMessage *
gossip_message (GossipFixture *self,
                guint author,
                const char *topic,
                guint64 seqno,
                const char *text)
{
  g_autoptr (GBytes) data = g_bytes_new (text, strlen (text));

  return mesh_gossip_message_sign (self->keys[author], self->ids[author], topic, seqno,
                                   data);
}

static inline void
gossip_say_message (GossipFixture *self, guint peer, MeshGossipMessage *msg)
{
  gossip_say (self, peer, mesh_gossip_rpc_message (msg->raw));
}

/* Time passes; the core gets its timeouts. */
static inline void
gossip_pass (GossipFixture *self, gint64 us)
{
  gint64 end_us = self->now_us + us;

  while (mesh_gossip_next_deadline_us (self->gossip) <= end_us)
    {
      self->now_us = MAX (self->now_us, mesh_gossip_next_deadline_us (self->gossip));
      mesh_gossip_handle_timeout (self->gossip, self->now_us);
      gossip_drain (self);
    }
  self->now_us = end_us;
}

/* One interval: whatever its phase, a heartbeat was in it. */
static inline void
gossip_beat (GossipFixture *self)
{
  gossip_pass (self, 1 * G_USEC_PER_SEC);
}

/* How often @peer was sent an item of @kind, in @topic unless that is %NULL. */
static inline guint
gossip_count (GossipFixture *self, guint peer, MeshGossipRpcKind kind, const char *topic)
{
  guint n = 0;

  for (guint i = 0; i < self->sent[peer]->len; i++)
    {
      gsize len;
      const guint8 *data
          = g_bytes_get_data (g_ptr_array_index (self->sent[peer], i), &len);
      MeshGossipRpcReader reader = mesh_gossip_rpc_reader (data, len);
      MeshGossipRpcItem item;

      while (mesh_gossip_rpc_next (&reader, &item) != MESH_GOSSIP_RPC_END)
        {
          g_assert_cmpint (item.kind, !=, MESH_GOSSIP_RPC_MALFORMED);
          n += item.kind == kind
               && (topic == NULL
                   || (strlen (topic) == item.topic_len
                       && memcmp (topic, item.topic, item.topic_len) == 0));
        }
    }
  return n;
}

static inline guint
gossip_count_all (GossipFixture *self, MeshGossipRpcKind kind)
{
  guint n = 0;

  for (guint i = 0; i < self->n_peers; i++)
    n += gossip_count (self, i, kind, NULL);
  return n;
}

/* The last item of @kind that @peer was sent; kind is END when there was none. */
static inline MeshGossipRpcItem
gossip_last (GossipFixture *self, guint peer, MeshGossipRpcKind kind)
{
  MeshGossipRpcItem last = { 0 }, item;

  for (guint i = 0; i < self->sent[peer]->len; i++)
    {
      gsize len;
      const guint8 *data
          = g_bytes_get_data (g_ptr_array_index (self->sent[peer], i), &len);
      MeshGossipRpcReader reader = mesh_gossip_rpc_reader (data, len);

      while (mesh_gossip_rpc_next (&reader, &item) != MESH_GOSSIP_RPC_END)
        if (item.kind == kind)
          last = item;
    }
  return last;
}

static inline guint
gossip_count_events (GossipFixture *self, MeshGossipEventType type)
{
  guint n = 0;

  for (guint i = 0; i < self->events->len; i++)
    n += g_array_index (self->events, MeshGossipEvent, i).type == type;
  return n;
}

static inline MeshGossipEvent *
gossip_find_event (GossipFixture *self, MeshGossipEventType type)
{
  for (guint i = self->events->len; i-- > 0;)
    if (g_array_index (self->events, MeshGossipEvent, i).type == type)
      return &g_array_index (self->events, MeshGossipEvent, i);
  return NULL;
}

static inline MeshGossipStats
gossip_stats (GossipFixture *self)
{
  MeshGossipStats stats;

  mesh_gossip_get_stats (self->gossip, &stats);
  return stats;
}

static inline MeshGossipPeerStats
gossip_peer (GossipFixture *self, guint peer)
{
  MeshGossipPeerStats stats;

  g_assert_true (
      mesh_gossip_get_peer_stats (self->gossip, self->ids[peer], self->now_us, &stats));
  return stats;
}

static inline double
gossip_score (GossipFixture *self, guint peer)
{
  return mesh_gossip_get_score (self->gossip, self->ids[peer], self->now_us);
}

static inline gboolean
gossip_is_in_mesh (GossipFixture *self, guint peer, const char *topic)
{
  g_autoptr (GPtrArray) mesh = mesh_gossip_dup_mesh (self->gossip, topic);

  return g_ptr_array_find_with_equal_func (mesh, self->ids[peer], mesh_peer_id_equal,
                                           NULL);
}

static inline guint
gossip_mesh_size (GossipFixture *self, const char *topic)
{
  g_autoptr (GPtrArray) mesh = mesh_gossip_dup_mesh (self->gossip, topic);

  return mesh->len;
}
