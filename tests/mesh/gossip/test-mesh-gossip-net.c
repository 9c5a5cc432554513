/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "base/mesh-heap.h"
#include "base/mesh-rng.h"
#include "gossip-fixture.h"

/* A network of cores in virtual time: what must hold for every seed. Links are reliable
 * and in order, as streams are, and take their time. */

#define N_NODES 30
#define N_LINKS 6 /* that each node dials */
#define N_SEEDS 20

typedef struct
{
  guint from;
  guint to;
  GBytes *rpc; /* (owned) */
} Packet;

typedef struct
{
  MeshGossip *gossip;  /* (owned) */
  MeshKeypair *key;    /* (owned) */
  MeshPeerId *id;      /* (owned) */
  GHashTable *heard;   /* (owned) (element-type utf8 guint): how often */
  gboolean is_hostile; /* turns the last byte of every message it sends */
} Node;

typedef struct
{
  Node nodes[N_NODES];
  gint64 last_us[N_NODES][N_NODES]; /* arrival of the last packet of a link */
  gint64 latency_us[N_NODES][N_NODES];
  gboolean is_linked[N_NODES][N_NODES];
  MeshHeap *heap;      /* (owned): when packets arrive, by number */
  GHashTable *packets; /* (owned) (element-type guint64 Packet) */
  guint64 next_packet;
  gint64 now_us;
  MeshRng rng;
  guint64 trace; /* of everything that was sent */
} Net;

static void
packet_free (gpointer data)
{
  Packet *packet = data;

  g_bytes_unref (packet->rpc);
  g_free (packet);
}

static guint
find_node (Net *net, const MeshPeerId *id)
{
  for (guint i = 0; i < N_NODES; i++)
    if (mesh_peer_id_equal (net->nodes[i].id, id))
      return i;
  g_assert_not_reached ();
}

static GBytes *
spoil (GBytes *rpc)
{
  gsize len;
  guint8 *copy = g_memdup2 (g_bytes_get_data (rpc, &len), g_bytes_get_size (rpc));
  MeshGossipRpcReader reader = mesh_gossip_rpc_reader (copy, len);
  MeshGossipRpcItem item;

  while (mesh_gossip_rpc_next (&reader, &item) != MESH_GOSSIP_RPC_END)
    if (item.kind == MESH_GOSSIP_RPC_MESSAGE)
      copy[item.body.data - copy + (gssize) item.body.len - 1] ^= 1;
  return g_bytes_new_take (copy, len);
}

static void
send_packet (Net *net, guint from, guint to, GBytes *rpc)
{
  Packet *packet;
  gint64 at_us = MAX (net->now_us + net->latency_us[from][to], net->last_us[from][to]);
  guint64 number = net->next_packet++;

  if (!net->is_linked[from][to])
    return;
  net->trace = net->trace * 31 + g_bytes_hash (rpc) + from * 977 + to + (guint64) at_us;
  packet = g_new (Packet, 1);
  packet->from = from;
  packet->to = to;
  packet->rpc = net->nodes[from].is_hostile ? spoil (rpc) : g_bytes_ref (rpc);
  net->last_us[from][to] = at_us;
  g_hash_table_insert (net->packets, g_memdup2 (&number, sizeof number), packet);
  mesh_heap_push (net->heap, at_us, number);
}

static void
poll_node (Net *net, guint number)
{
  Node *node = &net->nodes[number];
  MeshGossipEvent event;

  while (mesh_gossip_poll_event (node->gossip, &event))
    {
      if (event.type == MESH_GOSSIP_EVENT_SEND)
        {
          send_packet (net, number, find_node (net, event.peer), event.bytes);
        }
      else if (event.type == MESH_GOSSIP_EVENT_DELIVER)
        {
          char *text = g_strndup (g_bytes_get_data (event.data, NULL),
                                  g_bytes_get_size (event.data));
          guint n = GPOINTER_TO_UINT (g_hash_table_lookup (node->heard, text));

          g_hash_table_replace (node->heard, text, GUINT_TO_POINTER (n + 1));
        }
      mesh_gossip_event_clear (&event);
    }
}

static void
handle_packet (Net *net, guint64 number)
{
  Packet *packet = g_hash_table_lookup (net->packets, &number);
  guint to = packet->to;

  if (net->is_linked[packet->from][to])
    g_assert_true (mesh_gossip_handle_rpc (net->nodes[to].gossip,
                                           net->nodes[packet->from].id, packet->rpc,
                                           net->now_us, NULL));
  g_hash_table_remove (net->packets, &number);
  poll_node (net, to);
}

/* Returns: whether something happened before @end_us. */
static gboolean
step (Net *net, gint64 end_us)
{
  gint64 next_us = G_MAXINT64;
  guint64 number;
  guint node = N_NODES;

  if (mesh_heap_peek (net->heap, &next_us, &number) && next_us > end_us)
    next_us = G_MAXINT64;
  for (guint i = 0; i < N_NODES; i++)
    if (mesh_gossip_next_deadline_us (net->nodes[i].gossip) < MIN (next_us, end_us))
      {
        next_us = mesh_gossip_next_deadline_us (net->nodes[i].gossip);
        node = i;
      }
  if (next_us == G_MAXINT64)
    return FALSE;
  net->now_us = MAX (net->now_us, next_us);
  if (node == N_NODES)
    {
      g_assert_true (mesh_heap_pop (net->heap, NULL, &number));
      handle_packet (net, number);
      return TRUE;
    }
  mesh_gossip_handle_timeout (net->nodes[node].gossip, net->now_us);
  poll_node (net, node);
  return TRUE;
}

static void
run (Net *net, gint64 us)
{
  gint64 end_us = net->now_us + us;

  while (step (net, end_us))
    ;
  net->now_us = end_us;
}

static void
link_nodes (Net *net, guint a, guint b)
{
  if (a == b || net->is_linked[a][b])
    return;
  net->is_linked[a][b] = net->is_linked[b][a] = TRUE;
  g_assert_true (mesh_gossip_add_peer (net->nodes[a].gossip, net->nodes[b].id, NULL, 0,
                                       TRUE, MESH_GOSSIP_VERSION_1_1_0, net->now_us,
                                       NULL));
  g_assert_true (mesh_gossip_add_peer (net->nodes[b].gossip, net->nodes[a].id, NULL, 0,
                                       FALSE, MESH_GOSSIP_VERSION_1_1_0, net->now_us,
                                       NULL));
  poll_node (net, a);
  poll_node (net, b);
}

static void
unlink_nodes (Net *net, guint a, guint b)
{
  net->is_linked[a][b] = net->is_linked[b][a] = FALSE;
  mesh_gossip_remove_peer (net->nodes[a].gossip, net->nodes[b].id, net->now_us);
  mesh_gossip_remove_peer (net->nodes[b].gossip, net->nodes[a].id, net->now_us);
  poll_node (net, a);
  poll_node (net, b);
}

static void
add_node (Net *net, guint i)
{
  MeshGossipConfig config = gossip_config ();
  Node *node = &net->nodes[i];

  node->key = gossip_keypair (i);
  node->id = mesh_peer_id_new_from_public_key (mesh_keypair_get_public_key (node->key));
  config.keypair = node->key;
  node->gossip = mesh_gossip_new (&config, &net->rng, NULL);
  node->heard = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_assert_true (
      mesh_gossip_subscribe (node->gossip, GOSSIP_TOPIC, FALSE, NULL, net->now_us, NULL));
}

static void
net_init (Net *net, guint64 seed)
{
  memset (net, 0, sizeof *net);
  mesh_rng_init (&net->rng, seed);
  net->heap = mesh_heap_new ();
  net->packets = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, packet_free);
  net->now_us = G_USEC_PER_SEC;
  for (guint i = 0; i < N_NODES; i++)
    add_node (net, i);
  for (guint i = 0; i < N_NODES; i++)
    for (guint j = 0; j < i; j++)
      net->latency_us[i][j] = net->latency_us[j][i]
          = 5000 + (gint64) mesh_rng_below (&net->rng, 150000);
}

/* A ring, so that all are connected, and chance. */
static void
link_all (Net *net)
{
  for (guint i = 0; i < N_NODES; i++)
    {
      link_nodes (net, i, (i + 1) % N_NODES);
      for (guint j = 1; j < N_LINKS; j++)
        link_nodes (net, i, (guint) mesh_rng_below (&net->rng, N_NODES));
    }
}

static void
net_clear (Net *net)
{
  for (guint i = 0; i < N_NODES; i++)
    {
      mesh_gossip_free (net->nodes[i].gossip);
      mesh_keypair_unref (net->nodes[i].key);
      mesh_peer_id_unref (net->nodes[i].id);
      g_hash_table_unref (net->nodes[i].heard);
    }
  mesh_heap_free (net->heap);
  g_hash_table_unref (net->packets);
}

static void
publish (Net *net, guint from, const char *text)
{
  g_autoptr (GBytes) data = g_bytes_new (text, strlen (text));
  g_autoptr (GBytes) id = mesh_gossip_publish (net->nodes[from].gossip, GOSSIP_TOPIC,
                                               data, net->now_us, NULL, NULL);

  g_assert_nonnull (id);
  poll_node (net, from);
}

static guint
count_heard (Net *net, const char *text)
{
  guint n = 0;

  for (guint i = 0; i < N_NODES; i++)
    {
      guint times = GPOINTER_TO_UINT (g_hash_table_lookup (net->nodes[i].heard, text));

      g_assert_cmpuint (times, <=, 1); /* whatever happens */
      n += times;
    }
  return n;
}

static gboolean
is_meshed (Net *net, guint a, guint b)
{
  g_autoptr (GPtrArray) mesh = mesh_gossip_dup_mesh (net->nodes[a].gossip, GOSSIP_TOPIC);

  return g_ptr_array_find_with_equal_func (mesh, net->nodes[b].id, mesh_peer_id_equal,
                                           NULL);
}

/* Meshes are mutual and of bounded degree, and nobody honest is blamed for anything. */
static void
check_health (Net *net)
{
  for (guint i = 0; i < N_NODES; i++)
    {
      g_autoptr (GPtrArray) mesh
          = mesh_gossip_dup_mesh (net->nodes[i].gossip, GOSSIP_TOPIC);

      g_assert_cmpuint (mesh->len, >=, 2);
      g_assert_cmpuint (mesh->len, <=, 12);
      for (guint j = 0; j < N_NODES; j++)
        {
          MeshGossipPeerStats stats;

          g_assert_true (is_meshed (net, i, j) == is_meshed (net, j, i));
          if (!mesh_gossip_get_peer_stats (net->nodes[i].gossip, net->nodes[j].id,
                                           net->now_us, &stats))
            continue;
          g_assert_cmpfloat (stats.score, >=, 0);
          g_assert_cmpfloat (stats.behaviour, ==, 0);
        }
    }
}

static void
test_spread (void)
{
  for (guint seed = 1; seed <= N_SEEDS; seed++)
    {
      Net net;

      g_test_message ("seed %u", seed);
      net_init (&net, seed);
      link_all (&net);
      run (&net, 10 * G_USEC_PER_SEC);
      check_health (&net);
      for (guint i = 0; i < N_NODES; i++)
        {
          g_autofree char *text = g_strdup_printf ("from %u", i);

          publish (&net, i, text);
          run (&net, 50000);
        }
      run (&net, 2 * G_USEC_PER_SEC);
      for (guint i = 0; i < N_NODES; i++)
        {
          g_autofree char *text = g_strdup_printf ("from %u", i);

          g_assert_cmpuint (count_heard (&net, text), ==, N_NODES - 1);
        }
      run (&net, 120 * G_USEC_PER_SEC);
      check_health (&net);
      net_clear (&net);
    }
}

/* The same seed, the same bytes at the same moments. */
static void
test_replay (void)
{
  guint64 traces[3];

  for (guint i = 0; i < 3; i++)
    {
      Net net;

      net_init (&net, i < 2 ? 77 : 78);
      link_all (&net);
      run (&net, 5 * G_USEC_PER_SEC);
      publish (&net, 3, "x");
      run (&net, 70 * G_USEC_PER_SEC);
      traces[i] = net.trace;
      net_clear (&net);
    }
  g_assert_cmpuint (traces[0], ==, traces[1]);
  g_assert_cmpuint (traces[0], !=, traces[2]);
}

/* Half of the network is away for a minute; when it comes back, messages go round again.
 */
static void
test_partition (void)
{
  for (guint seed = 1; seed <= 5; seed++)
    {
      gboolean was_linked[N_NODES][N_NODES];
      Net net;

      g_test_message ("seed %u", seed);
      net_init (&net, seed);
      link_all (&net);
      run (&net, 5 * G_USEC_PER_SEC);
      memcpy (was_linked, net.is_linked, sizeof was_linked);
      for (guint i = 0; i < N_NODES / 2; i++)
        for (guint j = N_NODES / 2; j < N_NODES; j++)
          if (net.is_linked[i][j])
            unlink_nodes (&net, i, j);
      run (&net, 60 * G_USEC_PER_SEC);
      publish (&net, 0, "here");
      run (&net, 5 * G_USEC_PER_SEC);
      g_assert_cmpuint (count_heard (&net, "here"), ==, N_NODES / 2 - 1);
      for (guint i = 0; i < N_NODES; i++)
        for (guint j = 0; j < i; j++)
          if (was_linked[i][j])
            link_nodes (&net, i, j);
      run (&net, 5 * G_USEC_PER_SEC);
      publish (&net, 0, "everywhere");
      run (&net, 3 * G_USEC_PER_SEC);
      g_assert_cmpuint (count_heard (&net, "everywhere"), ==, N_NODES - 1);
      run (&net, 70 * G_USEC_PER_SEC);
      check_health (&net);
      net_clear (&net);
    }
}

/* One in five spoils whatever it passes on: found out, put out of the meshes, and of no
 * harm to the others. */
static void
test_hostile (void)
{
  for (guint seed = 1; seed <= 5; seed++)
    {
      Net net;

      g_test_message ("seed %u", seed);
      net_init (&net, seed);
      for (guint i = 0; i < N_NODES; i += 5)
        net.nodes[i].is_hostile = TRUE;
      for (guint i = 0; i < N_NODES; i++) /* a ring of the honest */
        if (i % 5 != 0)
          link_nodes (&net, i, (i + 1) % 5 != 0 ? i + 1 : (i + 2) % N_NODES);
      link_all (&net);
      run (&net, 5 * G_USEC_PER_SEC);
      for (guint i = 0; i < 40; i++)
        {
          g_autofree char *text = g_strdup_printf ("message %u", i);

          publish (&net, 1, text);
          run (&net, G_USEC_PER_SEC);
        }
      run (&net, 5 * G_USEC_PER_SEC);
      for (guint i = 0; i < 40; i++)
        {
          g_autofree char *text = g_strdup_printf ("message %u", i);

          g_assert_cmpuint (count_heard (&net, text), ==, N_NODES - 1);
        }
      for (guint i = 0; i < N_NODES; i++)
        for (guint j = 0; j < N_NODES; j++)
          {
            double score = mesh_gossip_get_score (net.nodes[i].gossip, net.nodes[j].id,
                                                  net.now_us);

            if (!net.nodes[i].is_hostile && net.nodes[j].is_hostile && score < 0)
              g_assert_false (is_meshed (&net, i, j));
            if (!net.nodes[j].is_hostile)
              g_assert_cmpfloat (score, >=, 0);
          }
      net_clear (&net);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gossip/net/spread", test_spread);
  g_test_add_func ("/gossip/net/replay", test_replay);
  g_test_add_func ("/gossip/net/partition", test_partition);
  g_test_add_func ("/gossip/net/hostile", test_hostile);
  return g_test_run ();
}
