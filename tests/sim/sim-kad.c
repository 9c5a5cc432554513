/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "sim/sim-kad.h"

#include <string.h>

#include "sim/sim-kad-store.h"
#include "sim/sim-random.h"

#define PORT 4001
/* Request ids of ours, where those of the core never come to. */
#define PROBE_BIT (G_GUINT64_CONSTANT (1) << 63)
#define ONE_WAY_BIT (G_GUINT64_CONSTANT (1) << 62)

typedef struct
{
  MeshKad *core;                /* (owned) (nullable) */
  MeshKadPeer *peer;            /* (owned) */
  MeshKadAddrs *addrs;          /* (owned) */
  GPtrArray *list;              /* (owned) (element-type MeshMultiaddr): the same */
  const SimKadHostile *hostile; /* (unowned) (nullable) */
  gpointer hostile_data;        /* (unowned) */
  GPtrArray *queries; /* (owned) (nullable) (element-type SimKadQuery): not done */
  gint64 armed_us;    /* G_MAXINT64: no timer */
  gboolean is_server;
  SimKadStore *store; /* (owned) (nullable): when records outlive a stop */
} Node;

typedef struct
{
  SimKadQuery *query; /* (unowned) */
  guint provider;
} Probe;

struct SimKad
{
  SimLoop *loop; /* (unowned) */
  SimNet *net;   /* (owned) */
  SimKadConfig config;
  MeshKadPool *pool;   /* (owned) */
  GArray *nodes;       /* (owned) (element-type Node) */
  GHashTable *by_peer; /* (owned) (element-type MeshKadPeer guint): names + 1 */
  GHashTable *queries; /* (owned) (element-type SimKadQuery): all there are */
  GHashTable *probes;  /* (owned) (element-type guint64 Probe) */
  guint64 next_probe;
  guint n_pending;
  GHashTable *holders; /* (owned) (element-type GBytes GHashTable): nodes of each key */
};

static void pump (SimKad *kad, guint node);

static Node *
node_at (const SimKad *kad, guint node)
{
  g_assert (node < kad->nodes->len);
  return &g_array_index (kad->nodes, Node, node);
}

static gint64
now_us (const SimKad *kad)
{
  return sim_loop_get_now_us (kad->loop);
}

/* --- queries ----------------------------------------------------------------------- */

static void
query_free (gpointer data)
{
  SimKadQuery *query = data;

  g_bytes_unref (query->key);
  g_array_unref (query->closest);
  g_free (query);
}

static SimKadQuery *
find_query (SimKad *kad, guint node, guint64 id)
{
  const Node *n = node_at (kad, node);

  for (guint i = 0; n->queries != NULL && i < n->queries->len; i++)
    {
      SimKadQuery *query = g_ptr_array_index (n->queries, i);

      if (query->id == id)
        return query;
    }
  return NULL;
}

static void
finish_query (SimKad *kad, SimKadQuery *query)
{
  query->is_done = TRUE;
  kad->n_pending--;
  g_ptr_array_remove (node_at (kad, query->node)->queries, query);
}

static SimKadQuery *
add_query (SimKad *kad, guint node, GBytes *key)
{
  SimKadQuery *query = g_new0 (SimKadQuery, 1);
  Node *n = node_at (kad, node);

  query->node = node;
  query->epoch = sim_net_get_epoch (kad->net, node);
  query->key = g_bytes_ref (key);
  query->began_us = now_us (kad);
  query->first_working_us = -1;
  query->first_named_us = -1;
  query->closest = g_array_new (FALSE, FALSE, sizeof (guint));
  g_hash_table_add (kad->queries, query);
  if (n->queries == NULL)
    n->queries = g_ptr_array_new ();
  g_ptr_array_add (n->queries, query);
  kad->n_pending++;
  return query;
}

/* The command was given (0: refused); what it wants to send goes out. */
static SimKadQuery *
begin_query (SimKad *kad, SimKadQuery *query, guint64 id)
{
  query->id = id;
  if (id == 0)
    finish_query (kad, query);
  else
    pump (kad, query->node);
  return query;
}

gboolean
sim_kad_is_over (const SimKad *kad, const SimKadQuery *query)
{
  return query->is_done
         && (query->n_trying == 0
             || query->epoch != sim_net_get_epoch (kad->net, query->node));
}

void
sim_kad_forget (SimKad *kad, SimKadQuery *query)
{
  g_assert (query->is_done);
  g_hash_table_remove (kad->queries, query);
}

guint
sim_kad_get_n_pending (const SimKad *kad)
{
  return kad->n_pending;
}

/* --- what a core says -------------------------------------------------------------- */

static gboolean
addrs_lead_to (const Node *node, MeshKadAddrs *addrs)
{
  g_autoptr (GPtrArray) list = NULL;

  if (addrs == NULL || addrs == node->addrs)
    return addrs != NULL;
  list = mesh_kad_addrs_dup_multiaddrs (addrs);
  return g_ptr_array_find_with_equal_func (list, g_ptr_array_index (node->list, 0),
                                           mesh_multiaddr_equal, NULL);
}

/* Sends @msg to whoever answers at @addrs by the name of @peer. */
static void
send_request (SimKad *kad,
              guint node,
              MeshKadPeer *peer,
              MeshKadAddrs *addrs,
              guint64 id,
              GBytes *msg)
{
  guint to = sim_kad_find_node (kad, peer);

  if (to != G_MAXUINT
      && (sim_net_is_connected (kad->net, node, to)
          || addrs_lead_to (node_at (kad, to), addrs)))
    sim_net_request (kad->net, node, to, id, msg);
  else
    sim_net_request_nowhere (kad->net, node, id);
}

static void
try_provider (SimKad *kad, guint node, const MeshKadEvent *event)
{
  SimKadQuery *query = find_query (kad, node, event->id);
  Probe *probe;
  guint64 *id;

  if (query == NULL)
    return;
  if (query->n_named++ == 0)
    query->first_named_us = now_us (kad) - query->began_us;
  if (sim_kad_find_node (kad, event->peer) == node)
    return;
  probe = g_new0 (Probe, 1);
  probe->query = query;
  query->n_trying++;
  probe->provider = sim_kad_find_node (kad, event->peer);
  id = g_new (guint64, 1);
  *id = PROBE_BIT | kad->next_probe++;
  g_hash_table_insert (kad->probes, id, probe);
  send_request (kad, node, event->peer, event->addrs, *id, query->key);
}

static void
end_query (SimKad *kad, guint node, const MeshKadEvent *event)
{
  SimKadQuery *query = find_query (kad, node, event->id);
  const MeshKadResult *result = event->result;

  if (query == NULL)
    return;
  query->is_ok = result->is_ok;
  query->n_hops = result->n_hops;
  query->n_messages = result->n_messages;
  query->n_failures = result->n_failures;
  query->n_stored = result->n_stored;
  query->duration_us = result->duration_us;
  for (guint i = 0; result->closest != NULL && i < result->closest->len; i++)
    {
      const MeshKadContact *contact = g_ptr_array_index (result->closest, i);
      guint other = sim_kad_find_node (kad, contact->peer);

      g_array_append_val (query->closest, other);
    }
  finish_query (kad, query);
}

static void
handle_event (SimKad *kad, guint node, const MeshKadEvent *event)
{
  if (node_at (kad, node)->store != NULL)
    sim_kad_store_handle_event (node_at (kad, node)->store, event);
  switch (event->type)
    {
    case MESH_KAD_EVENT_SEND:
      g_assert (event->request_id < ONE_WAY_BIT);
      send_request (kad, node, event->peer, event->addrs,
                    event->request_id | (event->expects_reply ? 0 : ONE_WAY_BIT),
                    event->msg);
      return;
    case MESH_KAD_EVENT_PROVIDER:
      try_provider (kad, node, event);
      return;
    case MESH_KAD_EVENT_DONE:
      end_query (kad, node, event);
      return;
    default:
      return;
    }
}

static void
on_timer (gpointer data, guint64 name)
{
  SimKad *kad = data;
  guint node = (guint) name;
  Node *n = node_at (kad, node);

  if (n->armed_us > now_us (kad))
    return;
  n->armed_us = G_MAXINT64;
  if (n->core == NULL)
    return;
  if (mesh_kad_next_deadline_us (n->core) <= now_us (kad))
    mesh_kad_handle_timeout (n->core, now_us (kad));
  pump (kad, node);
}

static void
pump (SimKad *kad, guint node)
{
  Node *n = node_at (kad, node);
  gint64 deadline_us;

  for (;;)
    {
      g_auto (MeshKadEvent) event = { 0 };

      if (!mesh_kad_poll_event (n->core, &event))
        break;
      handle_event (kad, node, &event);
    }
  deadline_us = mesh_kad_next_deadline_us (n->core);
  if (deadline_us == G_MAXINT64 || deadline_us >= n->armed_us)
    return;
  n->armed_us = MAX (deadline_us, now_us (kad));
  sim_loop_at (kad->loop, n->armed_us, on_timer, kad, node);
}

/* --- what the network says --------------------------------------------------------- */

/* What is asked for is the key of a query: a provider is tried. */
static gboolean
is_probe (GBytes *bytes)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (bytes, &len);

  /* A multihash; a message begins with its type, whose tag is 0x08. */
  return len == 34 && data[0] == 0x12 && data[1] == 32;
}

static GBytes *
on_request (gpointer world, guint node, guint from, GBytes *bytes)
{
  SimKad *kad = world;
  Node *n = node_at (kad, node);
  g_autoptr (GError) error = NULL;
  GBytes *reply = NULL;
  gsize len;
  const guint8 *data = g_bytes_get_data (bytes, &len);

  if (is_probe (bytes))
    return sim_kad_get_holds (kad, node, bytes) ? g_bytes_ref (bytes) : NULL;
  if (n->core == NULL)
    return n->hostile->request (n->hostile_data, node, from, bytes);
  if (!mesh_kad_handle_request (n->core, node_at (kad, from)->peer->id, data, len,
                                now_us (kad), &reply, &error))
    return NULL;
  pump (kad, node);
  /* No answer: the stream is closed, which says that it has arrived. */
  return reply != NULL ? reply : g_bytes_new (NULL, 0);
}

static void
end_probe (SimKad *kad, guint64 id, gboolean works)
{
  const Probe *probe = g_hash_table_lookup (kad->probes, &id);
  SimKadQuery *query = probe->query;
  guint provider = probe->provider, node;

  g_hash_table_remove (kad->probes, &id);
  if (!g_hash_table_contains (kad->queries, query))
    return;
  node = query->node;
  query->n_trying--;
  query->n_working += works;
  if (works && query->first_working_us < 0)
    query->first_working_us = now_us (kad) - query->began_us;
  if (query->is_done || provider == G_MAXUINT)
    return;
  mesh_kad_report_provider (node_at (kad, node)->core, query->id,
                            node_at (kad, provider)->peer->id, works, now_us (kad));
}

static void
on_reply (gpointer world, guint node, guint from, guint64 id, GBytes *bytes)
{
  SimKad *kad = world;
  MeshKad *core = node_at (kad, node)->core;
  guint64 request_id = id & ~(PROBE_BIT | ONE_WAY_BIT);

  if (core == NULL) /* a hostile node: it does not care */
    return;
  if ((id & PROBE_BIT) != 0)
    end_probe (kad, id, bytes != NULL);
  else if (bytes == NULL)
    mesh_kad_handle_failure (core, request_id, now_us (kad));
  else if ((id & ONE_WAY_BIT) != 0)
    mesh_kad_handle_sent (core, request_id, now_us (kad));
  else
    {
      gsize len;
      const guint8 *data = g_bytes_get_data (bytes, &len);

      mesh_kad_handle_response (core, request_id, data, len, now_us (kad), NULL);
    }
  pump (kad, node);
}

static void
on_connected (gpointer world, guint node, guint peer, gboolean dialled)
{
  SimKad *kad = world;

  if (node_at (kad, node)->core != NULL && node_at (kad, peer)->is_server)
    sim_kad_introduce (kad, node, peer);
}

static const SimNetHandler handler
    = { .request = on_request, .reply = on_reply, .connected = on_connected };

/* --- nodes ------------------------------------------------------------------------- */

static void
node_clear (gpointer data)
{
  Node *node = data;

  g_clear_pointer (&node->core, mesh_kad_free);
  mesh_kad_pool_unref_peer (node->peer);
  mesh_kad_addrs_unref (node->addrs);
  g_ptr_array_unref (node->list);
  g_clear_pointer (&node->queries, g_ptr_array_unref);
  g_clear_pointer (&node->store, sim_kad_store_free);
}

SimKad *
sim_kad_new (SimLoop *loop, const SimKadConfig *config)
{
  SimKad *kad = g_new0 (SimKad, 1);

  kad->loop = loop;
  kad->config = *config;
  kad->net = sim_net_new (loop, &config->net, &handler, kad);
  kad->pool = mesh_kad_pool_new ();
  kad->config.core.pool = kad->pool;
  kad->nodes = g_array_new (FALSE, FALSE, sizeof (Node));
  g_array_set_clear_func (kad->nodes, node_clear);
  kad->by_peer = g_hash_table_new (NULL, NULL);
  kad->queries = g_hash_table_new_full (NULL, NULL, query_free, NULL);
  kad->holders = g_hash_table_new_full (g_bytes_hash, g_bytes_equal,
                                        (GDestroyNotify) g_bytes_unref,
                                        (GDestroyNotify) g_hash_table_unref);
  kad->probes = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  return kad;
}

void
sim_kad_free (SimKad *kad)
{
  g_hash_table_unref (kad->probes);
  g_hash_table_unref (kad->holders);
  g_hash_table_unref (kad->by_peer);
  g_array_unref (kad->nodes);
  g_hash_table_unref (kad->queries);
  mesh_kad_pool_unref (kad->pool);
  sim_net_free (kad->net);
  g_free (kad);
}

void
sim_kad_set_holds (SimKad *kad, guint node, GBytes *key, gboolean holds)
{
  GHashTable *nodes = g_hash_table_lookup (kad->holders, key);

  if (nodes == NULL)
    {
      nodes = g_hash_table_new (NULL, NULL);
      g_hash_table_insert (kad->holders, g_bytes_ref (key), nodes);
    }
  if (holds)
    g_hash_table_add (nodes, GUINT_TO_POINTER (node + 1));
  else
    g_hash_table_remove (nodes, GUINT_TO_POINTER (node + 1));
}

gboolean
sim_kad_get_holds (const SimKad *kad, guint node, GBytes *key)
{
  GHashTable *nodes = g_hash_table_lookup (kad->holders, key);

  return nodes != NULL && g_hash_table_contains (nodes, GUINT_TO_POINTER (node + 1));
}

SimNet *
sim_kad_get_net (SimKad *kad)
{
  return kad->net;
}

SimLoop *
sim_kad_get_loop (SimKad *kad)
{
  return kad->loop;
}

MeshKadPool *
sim_kad_get_pool (SimKad *kad)
{
  return kad->pool;
}

guint
sim_kad_get_n_nodes (const SimKad *kad)
{
  return kad->nodes->len;
}

gboolean
sim_kad_is_honest (const SimKad *kad, guint node)
{
  return node_at (kad, node)->hostile == NULL;
}

gboolean
sim_kad_is_server (const SimKad *kad, guint node)
{
  return node_at (kad, node)->is_server && sim_net_is_up (kad->net, node);
}

MeshKad *
sim_kad_get_core (const SimKad *kad, guint node)
{
  return node_at (kad, node)->core;
}

MeshKadPeer *
sim_kad_get_peer (const SimKad *kad, guint node)
{
  return node_at (kad, node)->peer;
}

MeshKadAddrs *
sim_kad_get_addrs (const SimKad *kad, guint node)
{
  return node_at (kad, node)->addrs;
}

guint
sim_kad_find_node (const SimKad *kad, const MeshKadPeer *peer)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (kad->by_peer, peer)) - 1;
}

static void
start_core (SimKad *kad, guint node)
{
  Node *n = node_at (kad, node);
  MeshKadConfig config = kad->config.core;
  MeshRng rng;

  config.is_server = n->is_server;
  mesh_rng_init (&rng, sim_loop_next_seed (kad->loop));
  n->core = mesh_kad_new (&config, n->peer->id, &rng);
  n->armed_us = G_MAXINT64;
  mesh_kad_set_addrs (n->core, n->list);
  if (!kad->config.core.is_recorded)
    return;
  if (n->store == NULL)
    n->store = sim_kad_store_new ();
  sim_kad_store_restore (n->store, n->core, now_us (kad));
}

/* The address of a node: public, in the /16 that @group stands for. */
static MeshMultiaddr *
new_addr (guint node, guint group)
{
  guint64 mix = sim_random_mix (group == 0 ? ~(guint64) node : group);
  guint8 ip[4] = { (guint8) (11 + mix % 89), (guint8) (mix >> 32), (guint8) (node >> 8),
                   (guint8) node };

  return mesh_multiaddr_new_ip (ip, sizeof ip, MESH_MULTIADDR_TCP,
                                PORT + (guint16) (node >> 16));
}

static guint
add_node (SimKad *kad, MeshPeerId *id, SimNodeFlags flags, guint group)
{
  Node node = { .armed_us = G_MAXINT64 };
  guint name = kad->nodes->len;

  node.peer = mesh_kad_pool_get_peer (kad->pool, id);
  g_assert (!g_hash_table_contains (kad->by_peer, node.peer));
  node.list = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_multiaddr_unref);
  g_ptr_array_add (node.list, new_addr (name, group));
  node.addrs = mesh_kad_addrs_new (kad->pool, node.list, kad->config.core.scope);
  node.is_server = (flags & SIM_NODE_NATED) == 0;
  g_array_append_val (kad->nodes, node);
  g_hash_table_insert (kad->by_peer, node.peer, GUINT_TO_POINTER (name + 1));
  sim_net_add (kad->net, flags);
  return name;
}

guint
sim_kad_add (SimKad *kad, SimNodeFlags flags, guint group)
{
  g_autoptr (GBytes) bytes = sim_kad_new_key (kad);
  g_autoptr (MeshPeerId) id = mesh_peer_id_from_bytes (g_bytes_get_data (bytes, NULL),
                                                       g_bytes_get_size (bytes), NULL);
  guint node = add_node (kad, id, flags, group);

  start_core (kad, node);
  return node;
}

guint
sim_kad_add_hostile (SimKad *kad,
                     MeshPeerId *id,
                     guint group,
                     const SimKadHostile *hostile,
                     gpointer data)
{
  guint node = add_node (kad, id, SIM_NODE_PLAIN, group);

  node_at (kad, node)->hostile = hostile;
  node_at (kad, node)->hostile_data = data;
  return node;
}

void
sim_kad_set_up (SimKad *kad, guint node, gboolean is_up)
{
  Node *n = node_at (kad, node);

  if (sim_net_is_up (kad->net, node) == is_up)
    return;
  sim_net_set_up (kad->net, node, is_up);
  if (n->hostile != NULL)
    return;
  while (n->queries != NULL && n->queries->len > 0)
    {
      SimKadQuery *query = g_ptr_array_index (n->queries, 0);

      query->is_void = TRUE;
      finish_query (kad, query);
    }
  g_clear_pointer (&n->core, mesh_kad_free);
  if (is_up)
    start_core (kad, node);
}

/* --- who knows whom ---------------------------------------------------------------- */

void
sim_kad_introduce (SimKad *kad, guint node, guint other)
{
  Node *n = node_at (kad, node);

  mesh_kad_add_peer (n->core, node_at (kad, other)->peer->id, node_at (kad, other)->list,
                     now_us (kad));
  pump (kad, node);
}

void
sim_kad_join (SimKad *kad, guint node, guint via)
{
  sim_kad_introduce (kad, node, via);
  if (mesh_kad_refresh (node_at (kad, node)->core, now_us (kad)) == 0)
    g_assert_not_reached ();
  pump (kad, node);
}

/* --- commands ---------------------------------------------------------------------- */

SimKadQuery *
sim_kad_find_closest (SimKad *kad, guint node, GBytes *key)
{
  SimKadQuery *query = add_query (kad, node, key);
  gsize len;
  const guint8 *data = g_bytes_get_data (key, &len);

  query->is_closest = TRUE;
  return begin_query (
      kad, query,
      mesh_kad_find_closest (node_at (kad, node)->core, data, len, now_us (kad)));
}

SimKadQuery *
sim_kad_find_providers (SimKad *kad, guint node, GBytes *key, guint max)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (key, &len);

  return begin_query (
      kad, add_query (kad, node, key),
      mesh_kad_find_providers (node_at (kad, node)->core, data, len, max, now_us (kad)));
}

SimKadQuery *
sim_kad_refresh (SimKad *kad, guint node)
{
  g_autoptr (GBytes) key = g_bytes_new (NULL, 0);

  return begin_query (kad, add_query (kad, node, key),
                      mesh_kad_refresh (node_at (kad, node)->core, now_us (kad)));
}

SimKadQuery *
sim_kad_provide (SimKad *kad, guint node, GBytes *key)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (key, &len);

  return begin_query (
      kad, add_query (kad, node, key),
      mesh_kad_provide (node_at (kad, node)->core, data, len, now_us (kad)));
}

GBytes *
sim_kad_new_key (SimKad *kad)
{
  guint8 data[34] = { 0x12, 32 };

  mesh_rng_fill (sim_loop_get_rng (kad->loop), data + 2, 32);
  return g_bytes_new (data, sizeof data);
}

void
sim_kad_unprovide (SimKad *kad, guint node, GBytes *key)
{
  Node *n = node_at (kad, node);

  if (n->core != NULL)
    mesh_kad_unprovide (n->core, g_bytes_get_data (key, NULL), g_bytes_get_size (key));
  if (n->store != NULL)
    sim_kad_store_unprovide (n->store, key);
}
