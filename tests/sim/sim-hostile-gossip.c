/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "sim/sim-hostile-gossip.h"

#include <string.h>

#include "base/mesh-protobuf.h"

#define N_IHAVE_IDS 2000
#define N_IWANT_IDS 500
#define N_TOPICS 200
#define MAX_HEARD 64

struct SimHostileGossip
{
  SimGossip *gossip; /* (unowned) */
  SimHostileKind kind;
  gint64 period_us;
  GArray *nodes;    /* (owned) (element-type guint) */
  GPtrArray *heard; /* (owned) (element-type GBytes): ids that were announced to it */
  gboolean attacks;
  guint64 n_sent;
  guint64 n_topics;
};

const char *
sim_hostile_gossip_get_name (SimHostileKind kind)
{
  static const char *const names[] = {
    "ihave flood", "graft flood",        "rejected messages", "forged authors",
    "iwant flood", "subscription flood", "garbage",
  };

  G_STATIC_ASSERT (G_N_ELEMENTS (names) == SIM_HOSTILE_N_KINDS);
  return names[kind];
}

/* --- RPCs by hand (specs/pubsub: RPC, ControlMessage) ------------------------------- */

static void
append_message (GByteArray *rpc, guint32 number, GByteArray *inner)
{
  mesh_protobuf_append_bytes (rpc, number, inner->data, inner->len);
  g_byte_array_unref (inner);
}

static void
append_text (GByteArray *array, guint32 number, const char *text)
{
  mesh_protobuf_append_bytes (array, number, (const guint8 *) text, strlen (text));
}

static void
append_subscription (GByteArray *rpc, const char *topic)
{
  GByteArray *options = g_byte_array_new ();

  mesh_protobuf_append_varint (options, 1, 1);
  append_text (options, 2, topic);
  append_message (rpc, 1, options);
}

static void
append_control (GByteArray *rpc, guint32 number, GByteArray *inner)
{
  GByteArray *control = g_byte_array_new ();

  append_message (control, number, inner);
  append_message (rpc, 3, control);
}

static void
append_ihave (SimHostileGossip *hostile, GByteArray *rpc)
{
  GByteArray *ihave = g_byte_array_new ();
  guint8 id[40];

  append_text (ihave, 1, SIM_GOSSIP_TOPIC);
  for (guint i = 0; i < N_IHAVE_IDS; i++)
    {
      mesh_rng_fill (sim_loop_get_rng (sim_gossip_get_loop (hostile->gossip)), id,
                     sizeof id);
      mesh_protobuf_append_bytes (ihave, 2, id, sizeof id);
    }
  append_control (rpc, 1, ihave);
}

static void
append_iwant (SimHostileGossip *hostile, GByteArray *rpc)
{
  GByteArray *iwant = g_byte_array_new ();

  for (guint i = 0; i < N_IWANT_IDS && hostile->heard->len > 0; i++)
    {
      GBytes *id = g_ptr_array_index (hostile->heard, i % hostile->heard->len);

      mesh_protobuf_append_bytes (iwant, 1, g_bytes_get_data (id, NULL),
                                  g_bytes_get_size (id));
    }
  append_control (rpc, 2, iwant);
}

static void
append_graft (GByteArray *rpc)
{
  GByteArray *graft = g_byte_array_new ();

  append_text (graft, 1, SIM_GOSSIP_TOPIC);
  append_control (rpc, 3, graft);
}

static void
append_publication (SimHostileGossip *hostile, GByteArray *rpc, guint node)
{
  static const char prefix[] = "libp2p-pubsub:";
  SimGossip *gossip = hostile->gossip;
  guint author = hostile->kind == SIM_HOSTILE_FORGED ? node % 7 : node;
  g_autoptr (GBytes) payload = sim_gossip_poison (gossip);
  g_autoptr (GByteArray) signed_bytes = g_byte_array_new ();
  GByteArray *message = g_byte_array_new ();
  guint8 seqno[8], signature[MESH_ED25519_SIGNATURE_BYTES];
  gsize id_len;
  const guint8 *id
      = mesh_peer_id_get_bytes (sim_gossip_get_peer_id (gossip, author), &id_len);

  mesh_rng_fill (sim_loop_get_rng (sim_gossip_get_loop (gossip)), seqno, sizeof seqno);
  mesh_protobuf_append_bytes (message, 1, id, id_len);
  mesh_protobuf_append_bytes (message, 2, g_bytes_get_data (payload, NULL),
                              g_bytes_get_size (payload));
  mesh_protobuf_append_bytes (message, 3, seqno, sizeof seqno);
  append_text (message, 4, SIM_GOSSIP_TOPIC);
  g_byte_array_append (signed_bytes, (const guint8 *) prefix, sizeof prefix - 1);
  g_byte_array_append (signed_bytes, message->data, message->len);
  mesh_keypair_sign (sim_gossip_get_keypair (gossip, node), signed_bytes->data,
                     signed_bytes->len, signature);
  mesh_protobuf_append_bytes (message, 5, signature, sizeof signature);
  append_message (rpc, 2, message);
}

/* --- attacks ----------------------------------------------------------------------- */

static void
append_attack (SimHostileGossip *hostile, GByteArray *rpc, guint node)
{
  switch (hostile->kind)
    {
    case SIM_HOSTILE_IHAVE:
      append_ihave (hostile, rpc);
      return;
    case SIM_HOSTILE_GRAFT:
      append_graft (rpc);
      return;
    case SIM_HOSTILE_INVALID:
    case SIM_HOSTILE_FORGED:
      append_publication (hostile, rpc, node);
      return;
    case SIM_HOSTILE_IWANT:
      append_iwant (hostile, rpc);
      return;
    case SIM_HOSTILE_SUBSCRIBE:
      for (guint i = 0; i < N_TOPICS; i++)
        {
          g_autofree char *topic
              = g_strdup_printf ("noise/%" G_GUINT64_FORMAT, hostile->n_topics++);

          append_subscription (rpc, topic);
        }
      return;
    case SIM_HOSTILE_GARBAGE:
    default:
      g_byte_array_set_size (rpc, 200);
      mesh_rng_fill (sim_loop_get_rng (sim_gossip_get_loop (hostile->gossip)), rpc->data,
                     rpc->len);
      rpc->data[0] = 0x07; /* a wire type that there is not */
      return;
    }
}

static void
strike (gpointer data, guint64 name)
{
  SimHostileGossip *hostile = data;
  guint node = (guint) name;
  const GArray *neighbours = sim_gossip_get_neighbours (hostile->gossip, node);
  GByteArray *rpc = g_byte_array_new ();
  g_autoptr (GBytes) bytes = NULL;

  append_attack (hostile, rpc, node);
  bytes = g_byte_array_free_to_bytes (rpc);
  for (guint i = 0; i < neighbours->len; i++)
    {
      guint peer = g_array_index (neighbours, guint, i);

      if (!sim_gossip_is_honest (hostile->gossip, peer))
        continue;
      sim_gossip_send (hostile->gossip, node, peer, bytes);
      hostile->n_sent++;
    }
  sim_loop_after (sim_gossip_get_loop (hostile->gossip), hostile->period_us, strike,
                  hostile, node);
}

static void
connected (gpointer data, guint node, guint peer)
{
  SimHostileGossip *hostile = data;
  GByteArray *rpc = g_byte_array_new ();
  g_autoptr (GBytes) bytes = NULL;

  append_subscription (rpc, SIM_GOSSIP_TOPIC);
  append_graft (rpc);
  bytes = g_byte_array_free_to_bytes (rpc);
  sim_gossip_send (hostile->gossip, node, peer, bytes);
}

/* Remembers the ids of an IHAVE. */
static void
hear_control (SimHostileGossip *hostile, const guint8 *data, gsize len)
{
  MeshCursor cursor = mesh_cursor_init (data, len), inner;
  MeshProtobufField field, id;

  while (mesh_protobuf_next (&cursor, &field) == MESH_PROTOBUF_FIELD)
    {
      if (field.number != 1 || field.type != MESH_PROTOBUF_BYTES)
        continue;
      inner = mesh_cursor_init (field.data, field.len);
      while (mesh_protobuf_next (&inner, &id) == MESH_PROTOBUF_FIELD)
        if (id.number == 2 && id.type == MESH_PROTOBUF_BYTES)
          g_ptr_array_add (hostile->heard, g_bytes_new (id.data, id.len));
    }
  while (hostile->heard->len > MAX_HEARD)
    g_ptr_array_remove_index (hostile->heard, 0);
}

static void
received (gpointer data, guint node, guint from, GBytes *bytes)
{
  SimHostileGossip *hostile = data;
  MeshCursor cursor;
  MeshProtobufField field;
  gsize len;
  const guint8 *rpc = g_bytes_get_data (bytes, &len);

  if (hostile->kind != SIM_HOSTILE_IWANT)
    return;
  cursor = mesh_cursor_init (rpc, len);
  while (mesh_protobuf_next (&cursor, &field) == MESH_PROTOBUF_FIELD)
    if (field.number == 3 && field.type == MESH_PROTOBUF_BYTES)
      hear_control (hostile, field.data, field.len);
}

static const SimGossipHostile table = { .received = received, .connected = connected };

SimHostileGossip *
sim_hostile_gossip_new (SimGossip *gossip, SimHostileKind kind, guint n, gint64 period_us)
{
  SimHostileGossip *hostile = g_new0 (SimHostileGossip, 1);

  hostile->gossip = gossip;
  hostile->kind = kind;
  hostile->period_us = period_us;
  hostile->nodes = g_array_new (FALSE, FALSE, sizeof (guint));
  hostile->heard = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  for (guint i = 0; i < n; i++)
    {
      guint node = sim_gossip_add_hostile (gossip, &table, hostile);

      g_array_append_val (hostile->nodes, node);
    }
  return hostile;
}

void
sim_hostile_gossip_free (SimHostileGossip *hostile)
{
  g_array_unref (hostile->nodes);
  g_ptr_array_unref (hostile->heard);
  g_free (hostile);
}

void
sim_hostile_gossip_attack (SimHostileGossip *hostile)
{
  for (guint i = 0; i < hostile->nodes->len && !hostile->attacks; i++)
    strike (hostile, g_array_index (hostile->nodes, guint, i));
  hostile->attacks = TRUE;
}

const GArray *
sim_hostile_gossip_get_nodes (const SimHostileGossip *hostile)
{
  return hostile->nodes;
}

guint64
sim_hostile_gossip_get_n_sent (const SimHostileGossip *hostile)
{
  return hostile->n_sent;
}
