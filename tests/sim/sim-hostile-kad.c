/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "sim/sim-hostile-kad.h"

#include <string.h>

#include "base/mesh-protobuf.h"

/* kad-dht: Message, Message.Peer */
#define FIELD_TYPE 1
#define FIELD_KEY 2
#define FIELD_CLOSER 8
#define FIELD_PROVIDERS 9
#define FIELD_PEER_ID 1
#define TYPE_ADD_PROVIDER 2
#define TYPE_GET_PROVIDERS 3

#define NEAR_BITS 12 /* of the target that a chosen name shares */
#define N_NAMED 20   /* peers in an answer */
#define N_LIES 5     /* providers in an answer */

struct SimHostileKad
{
  SimKad *kad; /* (unowned) */
  SimHostileKadKind kind;
  MeshKadKey target;
  gboolean is_aimed;
  GArray *nodes; /* (owned) (element-type guint) */
  guint64 n_asked;
  guint64 n_swallowed;
};

const char *
sim_hostile_kad_get_name (SimHostileKadKind kind)
{
  static const char *const names[] = { "swallow", "lie", "poison" };

  G_STATIC_ASSERT (G_N_ELEMENTS (names) == SIM_HOSTILE_KAD_N_KINDS);
  return names[kind];
}

static GBytes *
random_id (SimHostileKad *hostile)
{
  return sim_kad_new_key (hostile->kad);
}

static void
append_peer (GByteArray *msg, guint32 field, GBytes *id, MeshKadAddrs *addrs)
{
  g_autoptr (GByteArray) peer = g_byte_array_new ();
  gsize len;
  const guint8 *packed = mesh_kad_addrs_get_packed (addrs, &len);

  mesh_protobuf_append_bytes (peer, FIELD_PEER_ID, g_bytes_get_data (id, NULL),
                              g_bytes_get_size (id));
  g_byte_array_append (peer, packed, (guint) len);
  mesh_protobuf_append_bytes (msg, field, peer->data, peer->len);
}

static void
append_node (SimHostileKad *hostile, GByteArray *msg, guint32 field, guint node)
{
  gsize len;
  const guint8 *data
      = mesh_peer_id_get_bytes (sim_kad_get_peer (hostile->kad, node)->id, &len);
  g_autoptr (GBytes) id = g_bytes_new (data, len);

  append_peer (msg, field, id, sim_kad_get_addrs (hostile->kad, node));
}

static guint
pick_own (SimHostileKad *hostile)
{
  MeshRng *rng = sim_loop_get_rng (sim_kad_get_loop (hostile->kad));

  return g_array_index (hostile->nodes, guint, mesh_rng_below (rng, hostile->nodes->len));
}

/* Somebody who is not there, at the address of one of its own: it will not answer by that
 * name. */
static void
append_nobody (SimHostileKad *hostile, GByteArray *msg, guint32 field)
{
  g_autoptr (GBytes) id = random_id (hostile);

  append_peer (msg, field, id, sim_kad_get_addrs (hostile->kad, pick_own (hostile)));
}

static void
append_closer (SimHostileKad *hostile, GByteArray *msg)
{
  guint n = MIN (N_NAMED, hostile->nodes->len);
  guint at = (guint) mesh_rng_below (sim_loop_get_rng (sim_kad_get_loop (hostile->kad)),
                                     hostile->nodes->len);

  for (guint i = 0; i < n; i++)
    if (hostile->kind == SIM_HOSTILE_KAD_POISON)
      append_nobody (hostile, msg, FIELD_CLOSER);
    else
      append_node (hostile, msg, FIELD_CLOSER,
                   g_array_index (hostile->nodes, guint, (at + i) % hostile->nodes->len));
}

static void
read_request (GBytes *bytes, guint64 *type, GBytes **key)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (bytes, &len);
  MeshCursor cursor = mesh_cursor_init (data, len);
  MeshProtobufField field;

  *type = 0;
  *key = NULL;
  while (mesh_protobuf_next (&cursor, &field) == MESH_PROTOBUF_FIELD)
    {
      if (field.number == FIELD_TYPE)
        *type = field.value;
      if (field.number == FIELD_KEY && *key == NULL)
        *key = g_bytes_new (field.data, field.len);
    }
}

static GBytes *
on_request (gpointer data, guint node, guint from, GBytes *bytes)
{
  SimHostileKad *hostile = data;
  GByteArray *msg;
  g_autoptr (GBytes) key = NULL;
  guint64 type;

  hostile->n_asked++;
  read_request (bytes, &type, &key);
  if (type == TYPE_ADD_PROVIDER)
    {
      hostile->n_swallowed++;
      return g_bytes_new (NULL, 0);
    }
  msg = g_byte_array_new ();
  mesh_protobuf_append_varint (msg, FIELD_TYPE, type);
  if (key != NULL)
    mesh_protobuf_append_bytes (msg, FIELD_KEY, g_bytes_get_data (key, NULL),
                                g_bytes_get_size (key));
  append_closer (hostile, msg);
  for (guint i = 0;
       i < N_LIES && type == TYPE_GET_PROVIDERS && hostile->kind == SIM_HOSTILE_KAD_LIAR;
       i++)
    if (i % 2 == 0)
      append_nobody (hostile, msg, FIELD_PROVIDERS);
    else
      append_node (hostile, msg, FIELD_PROVIDERS, pick_own (hostile));
  return g_byte_array_free_to_bytes (msg);
}

static const SimKadHostile table = { .request = on_request };

/* A name; near the target when it is aimed: found by trying, as an attacker does. */
static MeshPeerId *
choose_name (SimHostileKad *hostile)
{
  for (;;)
    {
      g_autoptr (GBytes) id = random_id (hostile);
      const guint8 *data = g_bytes_get_data (id, NULL);
      MeshKadKey place;

      mesh_kad_key_init (&place, data, g_bytes_get_size (id));
      if (!hostile->is_aimed
          || mesh_kad_key_common_prefix (&place, &hostile->target) >= NEAR_BITS)
        return mesh_peer_id_from_bytes (data, g_bytes_get_size (id), NULL);
    }
}

SimHostileKad *
sim_hostile_kad_new (SimKad *kad,
                     SimHostileKadKind kind,
                     GBytes *target,
                     guint n,
                     guint n_groups)
{
  SimHostileKad *hostile = g_new0 (SimHostileKad, 1);

  hostile->kad = kad;
  hostile->kind = kind;
  hostile->is_aimed = target != NULL;
  if (target != NULL)
    mesh_kad_key_init (&hostile->target, g_bytes_get_data (target, NULL),
                       g_bytes_get_size (target));
  hostile->nodes = g_array_new (FALSE, FALSE, sizeof (guint));
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (MeshPeerId) id = choose_name (hostile);
      guint node = sim_kad_add_hostile (kad, id, n_groups == 0 ? 0 : 1 + i % n_groups,
                                        &table, hostile);

      g_array_append_val (hostile->nodes, node);
    }
  return hostile;
}

void
sim_hostile_kad_free (SimHostileKad *hostile)
{
  g_array_unref (hostile->nodes);
  g_free (hostile);
}

const GArray *
sim_hostile_kad_get_nodes (const SimHostileKad *hostile)
{
  return hostile->nodes;
}

guint64
sim_hostile_kad_get_n_asked (const SimHostileKad *hostile)
{
  return hostile->n_asked;
}

guint64
sim_hostile_kad_get_n_swallowed (const SimHostileKad *hostile)
{
  return hostile->n_swallowed;
}

void
sim_hostile_kad_announce (SimHostileKad *hostile, guint to, GBytes *key, guint victim)
{
  for (guint i = 0; i < hostile->nodes->len; i++)
    {
      guint node = g_array_index (hostile->nodes, guint, i);
      GByteArray *msg = g_byte_array_new ();
      g_autoptr (GBytes) bytes = NULL;

      mesh_protobuf_append_varint (msg, FIELD_TYPE, TYPE_ADD_PROVIDER);
      mesh_protobuf_append_bytes (msg, FIELD_KEY, g_bytes_get_data (key, NULL),
                                  g_bytes_get_size (key));
      append_node (hostile, msg, FIELD_PROVIDERS, victim == G_MAXUINT ? node : victim);
      bytes = g_byte_array_free_to_bytes (msg);
      sim_net_request (sim_kad_get_net (hostile->kad), node, to, 0, bytes);
    }
}
