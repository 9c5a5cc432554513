/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "sim/sim-gossip.h"

#include <math.h>
#include <string.h>

#include "base/mesh-error.h"
#include "sim/sim-random.h"

/* As mesh/discovery/mesh-peer-keeper.h and mesh/node/mesh-node-bootstrap.h have them. */
#define KEEPER_INTERVAL_US (15 * G_USEC_PER_SEC)
#define KEEPER_DIALS 4
#define MIN_WAIT_US (1 * G_USEC_PER_SEC)
#define MAX_WAIT_US (300 * G_USEC_PER_SEC)
#define POISON 0xbadbadbadbadbad0u

typedef struct
{
  MeshGossip *core;     /* (owned) (nullable) */
  MeshKeypair *keypair; /* (owned) */
  MeshPeerId *id;       /* (owned) */
  GArray *neighbours;   /* (owned) (element-type guint) */
  gint64 *waits_us;     /* (owned): of each bootstrap node, until it is dialled again */
  const SimGossipHostile *hostile; /* (unowned) (nullable) */
  gpointer hostile_data;           /* (unowned) */
  gint64 armed_us;                 /* G_MAXINT64: no timer */
} Node;

struct SimGossip
{
  SimLoop *loop; /* (unowned) */
  SimNet *net;   /* (owned) */
  SimGossipConfig config;
  GArray *nodes;       /* (owned) (element-type Node) */
  GHashTable *by_id;   /* (owned) (element-type MeshPeerId guint) */
  GPtrArray *messages; /* (owned) (element-type SimGossipMessage) */
};

static void pump (SimGossip *gossip, guint node);

static Node *
node_at (const SimGossip *gossip, guint node)
{
  g_assert (node < gossip->nodes->len);
  return &g_array_index (gossip->nodes, Node, node);
}

static gint64
now_us (const SimGossip *gossip)
{
  return sim_loop_get_now_us (gossip->loop);
}

static void
remove_name (GArray *names, guint name)
{
  for (guint i = 0; i < names->len; i++)
    if (g_array_index (names, guint, i) == name)
      {
        g_array_remove_index (names, i);
        return;
      }
}

static gboolean
has_name (const GArray *names, guint name)
{
  for (guint i = 0; i < names->len; i++)
    if (g_array_index (names, guint, i) == name)
      return TRUE;
  return FALSE;
}

/* --- what a core says -------------------------------------------------------------- */

static void
deliver (SimGossip *gossip, guint node, GBytes *data)
{
  guint64 words[2];
  gsize len;
  const guint8 *payload = g_bytes_get_data (data, &len);
  SimGossipMessage *message;

  g_assert (len >= sizeof words);
  memcpy (words, payload, sizeof words);
  g_assert (words[0] == 0 && words[1] < gossip->messages->len);
  message = g_ptr_array_index (gossip->messages, words[1]);
  if (message->seen[node])
    {
      message->n_twice++;
      return;
    }
  message->seen[node] = 1;
  message->n_delivered++;
  sim_samples_add (&message->delays_ms,
                   (double) (now_us (gossip) - message->published_us) / 1000);
}

static MeshGossipVerdict
validate (GBytes *data)
{
  guint64 word = POISON;

  if (g_bytes_get_size (data) >= 16)
    memcpy (&word, g_bytes_get_data (data, NULL), sizeof word);
  return word == POISON ? MESH_GOSSIP_REJECT : MESH_GOSSIP_ACCEPT;
}

static void
handle_event (SimGossip *gossip, guint node, MeshGossipEvent *event)
{
  switch (event->type)
    {
    case MESH_GOSSIP_EVENT_SEND:
      sim_net_send (gossip->net, node,
                    GPOINTER_TO_UINT (g_hash_table_lookup (gossip->by_id, event->peer))
                        - 1,
                    event->bytes);
      return;
    case MESH_GOSSIP_EVENT_VALIDATE:
      mesh_gossip_validated (node_at (gossip, node)->core, event->handle,
                             validate (event->data), now_us (gossip));
      return;
    case MESH_GOSSIP_EVENT_DELIVER:
      deliver (gossip, node, event->data);
      return;
    case MESH_GOSSIP_EVENT_PX:
      for (guint i = 0; i < event->px->len; i++)
        {
          const MeshGossipPx *px = g_ptr_array_index (event->px, i);
          guint other
              = GPOINTER_TO_UINT (g_hash_table_lookup (gossip->by_id, px->peer_id));

          if (other > 0
              && node_at (gossip, node)->neighbours->len < gossip->config.max_connections)
            sim_net_connect (gossip->net, node, other - 1);
        }
      return;
    default:
      return;
    }
}

static void
on_timer (gpointer data, guint64 node)
{
  SimGossip *gossip = data;
  Node *n = node_at (gossip, (guint) node);

  if (n->armed_us > now_us (gossip))
    return;
  n->armed_us = G_MAXINT64;
  if (!sim_net_is_up (gossip->net, (guint) node))
    return;
  if (mesh_gossip_next_deadline_us (n->core) <= now_us (gossip))
    mesh_gossip_handle_timeout (n->core, now_us (gossip));
  pump (gossip, (guint) node);
}

static void
pump (SimGossip *gossip, guint node)
{
  Node *n = node_at (gossip, node);
  gint64 deadline_us;

  for (;;)
    {
      g_auto (MeshGossipEvent) event = { 0 };

      if (!mesh_gossip_poll_event (n->core, &event))
        break;
      handle_event (gossip, node, &event);
    }
  deadline_us = mesh_gossip_next_deadline_us (n->core);
  if (deadline_us >= n->armed_us || deadline_us == G_MAXINT64)
    return;
  n->armed_us = MAX (deadline_us, now_us (gossip));
  sim_loop_at (gossip->loop, n->armed_us, on_timer, gossip, node);
}

/* --- what the network says --------------------------------------------------------- */

static void
on_message (gpointer world, guint node, guint from, GBytes *bytes)
{
  SimGossip *gossip = world;
  Node *n = node_at (gossip, node);
  g_autoptr (GError) error = NULL;

  if (n->core == NULL)
    {
      if (n->hostile->received != NULL)
        n->hostile->received (n->hostile_data, node, from, bytes);
      return;
    }
  if (!has_name (n->neighbours, from))
    return;
  if (!mesh_gossip_handle_rpc (n->core, node_at (gossip, from)->id, bytes,
                               now_us (gossip), &error))
    {
      /* Only a hostile node writes what can not be read; its stream is opened again. */
      g_assert_error (error, MESH_ERROR, MESH_ERROR_PROTOCOL);
      g_assert_null (node_at (gossip, from)->core);
      mesh_gossip_reset_peer (n->core, node_at (gossip, from)->id);
    }
  pump (gossip, node);
}

static void
on_connected (gpointer world, guint node, guint peer, gboolean dialled)
{
  SimGossip *gossip = world;
  Node *n = node_at (gossip, node);
  /* Public, and everybody has an address of his own: P6 helps nobody here. */
  guint8 ip[4] = { 198, (guint8) (peer >> 16), (guint8) (peer >> 8), (guint8) peer };
  g_autoptr (GError) error = NULL;

  if (peer < gossip->config.n_bootstrap)
    n->waits_us[peer] = MIN_WAIT_US;
  if (has_name (n->neighbours, peer))
    return;
  g_array_append_val (n->neighbours, peer);
  if (n->core == NULL)
    {
      n->hostile->connected (n->hostile_data, node, peer);
      return;
    }
  if (!mesh_gossip_add_peer (n->core, node_at (gossip, peer)->id, ip, sizeof ip, dialled,
                             MESH_GOSSIP_VERSION_1_1_0, now_us (gossip), &error))
    g_assert_no_error (error);
  pump (gossip, node);
}

static void
on_disconnected (gpointer world, guint node, guint peer)
{
  SimGossip *gossip = world;
  Node *n = node_at (gossip, node);

  if (!has_name (n->neighbours, peer))
    return;
  remove_name (n->neighbours, peer);
  if (n->core == NULL)
    return;
  mesh_gossip_remove_peer (n->core, node_at (gossip, peer)->id, now_us (gossip));
  pump (gossip, node);
}

static const SimNetHandler handler = {
  .message = on_message,
  .connected = on_connected,
  .disconnected = on_disconnected,
};

/* --- nodes ------------------------------------------------------------------------- */

static void
node_clear (gpointer data)
{
  Node *node = data;

  g_clear_pointer (&node->core, mesh_gossip_free);
  mesh_keypair_unref (node->keypair);
  mesh_peer_id_unref (node->id);
  g_array_unref (node->neighbours);
  g_free (node->waits_us);
}

static void
message_free (gpointer data)
{
  SimGossipMessage *message = data;

  sim_samples_clear (&message->delays_ms);
  g_free (message->seen);
  g_free (message);
}

static guint
add_node (SimGossip *gossip)
{
  Node node = { .armed_us = G_MAXINT64 };
  guint8 seed[MESH_ED25519_SEED_BYTES];
  guint name = gossip->nodes->len;

  mesh_rng_fill (sim_loop_get_rng (gossip->loop), seed, sizeof seed);
  node.keypair = mesh_keypair_new_from_seed (seed);
  node.id = mesh_peer_id_new_from_public_key (mesh_keypair_get_public_key (node.keypair));
  node.neighbours = g_array_new (FALSE, FALSE, sizeof (guint));
  node.waits_us = g_new0 (gint64, gossip->config.n_bootstrap + 1);
  g_array_append_val (gossip->nodes, node);
  g_hash_table_insert (gossip->by_id, node.id, GUINT_TO_POINTER (name + 1));
  sim_net_add (gossip->net, SIM_NODE_PLAIN);
  return name;
}

static void
start_core (SimGossip *gossip, guint node)
{
  Node *n = node_at (gossip, node);
  MeshGossipConfig config = gossip->config.core;
  g_autoptr (GError) error = NULL;
  MeshRng rng;

  config.keypair = n->keypair;
  config.first_seqno = (guint64) now_us (gossip) + 1;
  mesh_rng_init (&rng, sim_loop_next_seed (gossip->loop));
  n->core = mesh_gossip_new (&config, &rng, &error);
  g_assert_no_error (error);
  if (!mesh_gossip_subscribe (n->core, SIM_GOSSIP_TOPIC, TRUE, NULL, now_us (gossip),
                              &error))
    g_assert_no_error (error);
  n->armed_us = G_MAXINT64;
}

SimGossip *
sim_gossip_new (SimLoop *loop, const SimGossipConfig *config, guint n_nodes)
{
  SimGossip *gossip = g_new0 (SimGossip, 1);

  g_assert (config->payload_bytes >= 16);
  gossip->loop = loop;
  gossip->config = *config;
  gossip->net = sim_net_new (loop, &config->net, &handler, gossip);
  gossip->nodes = g_array_new (FALSE, FALSE, sizeof (Node));
  g_array_set_clear_func (gossip->nodes, node_clear);
  gossip->by_id = g_hash_table_new (mesh_peer_id_hash, mesh_peer_id_equal);
  gossip->messages = g_ptr_array_new_with_free_func (message_free);
  for (guint i = 0; i < n_nodes; i++)
    start_core (gossip, add_node (gossip));
  return gossip;
}

void
sim_gossip_free (SimGossip *gossip)
{
  g_hash_table_unref (gossip->by_id);
  g_array_unref (gossip->nodes);
  g_ptr_array_unref (gossip->messages);
  sim_net_free (gossip->net);
  g_free (gossip);
}

SimNet *
sim_gossip_get_net (SimGossip *gossip)
{
  return gossip->net;
}

SimLoop *
sim_gossip_get_loop (SimGossip *gossip)
{
  return gossip->loop;
}

guint
sim_gossip_get_n_nodes (const SimGossip *gossip)
{
  return gossip->nodes->len;
}

gboolean
sim_gossip_is_honest (const SimGossip *gossip, guint node)
{
  return node_at (gossip, node)->hostile == NULL;
}

MeshGossip *
sim_gossip_get_core (const SimGossip *gossip, guint node)
{
  return node_at (gossip, node)->core;
}

MeshPeerId *
sim_gossip_get_peer_id (const SimGossip *gossip, guint node)
{
  return node_at (gossip, node)->id;
}

MeshKeypair *
sim_gossip_get_keypair (const SimGossip *gossip, guint node)
{
  return node_at (gossip, node)->keypair;
}

guint
sim_gossip_add_hostile (SimGossip *gossip, const SimGossipHostile *hostile, gpointer data)
{
  guint name = add_node (gossip);

  node_at (gossip, name)->hostile = hostile;
  node_at (gossip, name)->hostile_data = data;
  return name;
}

/* --- connections ------------------------------------------------------------------- */

static guint
pick_other (SimGossip *gossip, guint node)
{
  guint other
      = (guint) mesh_rng_below (sim_loop_get_rng (gossip->loop), gossip->nodes->len - 1);

  return other + (other >= node);
}

static gint64
give_or_take (SimGossip *gossip, gint64 us)
{
  return sim_random_between (sim_loop_get_rng (gossip->loop), us * 4 / 5, us * 6 / 5);
}

/* The peer keeper: enough connections, by a few dials at a time. */
static void
keep_peers (gpointer data, guint64 name)
{
  SimGossip *gossip = data;
  guint node = (guint) name;
  Node *n = node_at (gossip, node);

  sim_loop_after (gossip->loop, give_or_take (gossip, KEEPER_INTERVAL_US), keep_peers,
                  gossip, node);
  for (guint i = 0; i < KEEPER_DIALS && sim_net_is_up (gossip->net, node)
                    && n->neighbours->len + i < gossip->config.min_connections;
       i++)
    sim_net_connect (gossip->net, node, pick_other (gossip, node));
}

/* Bootstrap nodes are dialled for ever, ever less often; @arg: the node and which. */
static void
keep_bootstrap (gpointer data, guint64 arg)
{
  SimGossip *gossip = data;
  guint node = (guint) (arg >> 32), which = (guint) arg;
  gint64 *wait_us = &node_at (gossip, node)->waits_us[which];

  if (node != which && sim_net_is_up (gossip->net, node)
      && !has_name (node_at (gossip, node)->neighbours, which))
    sim_net_connect (gossip->net, node, which);
  *wait_us = CLAMP (*wait_us * 2, MIN_WAIT_US, MAX_WAIT_US);
  sim_loop_after (gossip->loop, give_or_take (gossip, *wait_us), keep_bootstrap, gossip,
                  arg);
}

static void
join (gpointer data, guint64 node)
{
  SimGossip *gossip = data;

  for (guint i = 0; i < gossip->config.n_dialled; i++)
    sim_net_connect (gossip->net, (guint) node, pick_other (gossip, (guint) node));
  keep_peers (gossip, node);
  for (guint i = 0; i < gossip->config.n_bootstrap; i++)
    keep_bootstrap (gossip, node << 32 | i);
}

void
sim_gossip_start (SimGossip *gossip)
{
  MeshRng *rng = sim_loop_get_rng (gossip->loop);

  for (guint i = 0; i < gossip->nodes->len; i++)
    sim_loop_after (gossip->loop, sim_random_between (rng, 0, 5 * G_USEC_PER_SEC), join,
                    gossip, i);
}

void
sim_gossip_send (SimGossip *gossip, guint from, guint to, GBytes *bytes)
{
  sim_net_send (gossip->net, from, to, bytes);
}

const GArray *
sim_gossip_get_neighbours (const SimGossip *gossip, guint node)
{
  return node_at (gossip, node)->neighbours;
}

/* One end notices that the other is gone. */
static void
notice_loss (gpointer data, guint64 pair)
{
  SimGossip *gossip = data;
  guint node = (guint) (pair >> 32), peer = (guint) pair;

  if (!sim_net_is_up (gossip->net, node))
    return;
  if (sim_net_can_reach (gossip->net, node, peer)
      && sim_net_is_connected (gossip->net, node, peer))
    return;
  /* The connection is over for the network too, for both ends. */
  sim_net_disconnect (gossip->net, node, peer);
  on_disconnected (gossip, node, peer);
}

static void
plan_loss (SimGossip *gossip, guint node, guint peer)
{
  sim_loop_after (gossip->loop,
                  sim_random_between (sim_loop_get_rng (gossip->loop),
                                      gossip->config.loss_min_us,
                                      gossip->config.loss_max_us),
                  notice_loss, gossip, (guint64) node << 32 | peer);
}

void
sim_gossip_set_partition (SimGossip *gossip, gboolean is_cut)
{
  for (guint i = 0; i < gossip->nodes->len; i++)
    sim_net_set_side (gossip->net, i, is_cut ? i % 2 : 0);
  for (guint i = 0; i < gossip->nodes->len && is_cut; i++)
    {
      const GArray *neighbours = node_at (gossip, i)->neighbours;

      for (guint k = 0; k < neighbours->len; k++)
        {
          guint peer = g_array_index (neighbours, guint, k);

          if (i < peer && (i ^ peer) % 2 != 0)
            plan_loss (gossip, i, peer);
        }
    }
}

/* --- messages ---------------------------------------------------------------------- */

static GBytes *
new_payload (SimGossip *gossip, guint64 kind, guint64 number)
{
  guint8 *data = g_malloc (gossip->config.payload_bytes);

  mesh_rng_fill (sim_loop_get_rng (gossip->loop), data, gossip->config.payload_bytes);
  memcpy (data, &kind, sizeof kind);
  memcpy (data + sizeof kind, &number, sizeof number);
  return g_bytes_new_take (data, gossip->config.payload_bytes);
}

SimGossipMessage *
sim_gossip_publish (SimGossip *gossip, guint node)
{
  SimGossipMessage *message = g_new0 (SimGossipMessage, 1);
  g_autoptr (GBytes) payload = new_payload (gossip, 0, gossip->messages->len);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) id = NULL;

  message->published_us = now_us (gossip);
  message->publisher = node;
  message->seen = g_new0 (guint8, gossip->nodes->len);
  message->seen[node] = 1;
  sim_samples_init (&message->delays_ms);
  g_ptr_array_add (gossip->messages, message);
  id = mesh_gossip_publish (node_at (gossip, node)->core, SIM_GOSSIP_TOPIC, payload,
                            now_us (gossip), NULL, &error);
  g_assert_no_error (error);
  pump (gossip, node);
  return message;
}

GBytes *
sim_gossip_poison (SimGossip *gossip)
{
  return new_payload (gossip, POISON, 0);
}

/* --- figures ----------------------------------------------------------------------- */

double
sim_gossip_get_reach_ms (SimGossipMessage *message, guint n_others, double share)
{
  guint n_needed = (guint) ceil (share * n_others);

  if (message->n_delivered < n_needed || n_needed == 0)
    return G_MAXDOUBLE;
  return sim_samples_get_quantile (&message->delays_ms,
                                   (n_needed - 0.5) / message->n_delivered);
}

void
sim_gossip_sum_stats (const SimGossip *gossip, MeshGossipStats *sum)
{
  memset (sum, 0, sizeof *sum);
  for (guint i = 0; i < gossip->nodes->len; i++)
    {
      MeshGossipStats stats = { 0 };

      if (node_at (gossip, i)->core == NULL)
        continue;
      mesh_gossip_get_stats (node_at (gossip, i)->core, &stats);
      sum->n_mesh += stats.n_mesh;
      sum->n_peers += stats.n_peers;
      sum->n_seen = MAX (sum->n_seen, stats.n_seen);
      sum->n_cached = MAX (sum->n_cached, stats.n_cached);
      sum->cached_bytes = MAX (sum->cached_bytes, stats.cached_bytes);
      sum->n_promises = MAX (sum->n_promises, stats.n_promises);
      sum->n_backoffs = MAX (sum->n_backoffs, stats.n_backoffs);
      sum->n_validations = MAX (sum->n_validations, stats.n_validations);
      sum->n_topics = MAX (sum->n_topics, stats.n_topics);
      sum->queue_bytes = MAX (sum->queue_bytes, stats.queue_bytes);
      sum->rpcs_out += stats.rpcs_out;
      sum->bytes_out += stats.bytes_out;
      sum->message_bytes_out += stats.message_bytes_out;
      sum->received += stats.received;
      sum->duplicates += stats.duplicates;
      sum->delivered += stats.delivered;
      sum->rejected += stats.rejected;
      sum->bad_signature += stats.bad_signature;
      sum->graylisted_rpcs += stats.graylisted_rpcs;
      sum->ihave_refused += stats.ihave_refused;
      sum->iwant_out += stats.iwant_out;
      sum->graft_refused += stats.graft_refused;
      sum->promises_broken += stats.promises_broken;
    }
}

void
sim_gossip_add_standing (const SimGossip *gossip, guint node, SimGossipStanding *standing)
{
  for (guint i = 0; i < gossip->nodes->len; i++)
    {
      MeshGossipPeerStats stats;

      if (node_at (gossip, i)->core == NULL
          || !mesh_gossip_get_peer_stats (node_at (gossip, i)->core,
                                          node_at (gossip, node)->id, now_us (gossip),
                                          &stats))
        continue;
      standing->n_links++;
      standing->n_shunned += stats.score < 0;
      standing->n_graylisted += stats.is_graylisted;
      standing->n_in_mesh += stats.n_mesh > 0;
    }
}

guint
sim_gossip_get_max_mesh (const SimGossip *gossip)
{
  guint max = 0;

  for (guint i = 0; i < gossip->nodes->len; i++)
    if (node_at (gossip, i)->core != NULL)
      {
        MeshGossipStats stats;

        mesh_gossip_get_stats (node_at (gossip, i)->core, &stats);
        max = MAX (max, stats.n_mesh);
      }
  return max;
}
