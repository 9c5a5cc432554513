/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "gossip/mesh-gossip-heartbeat.h"

#include "gossip/mesh-gossip-forward.h"
#include "gossip/mesh-gossip-mesh.h"

/* Tables that are only read when asked are swept this often. */
#define SWEEP_TICKS 15

/* A peer with its score, to be sorted. */
typedef struct
{
  MeshGossipPeer *peer; /* (unowned) */
  double score;
  guint64 tie; /* random: who comes first among equals */
} Rated;

gboolean
mesh_gossip_heartbeat_is_needed (const MeshGossip *gossip)
{
  if (gossip->waiting.length > 0 || gossip->direct->len > 0)
    return TRUE;
  return gossip->peer_order->len > 0
         && (gossip->n_subscribed > 0 || gossip->n_fanout > 0 || gossip->has_counts
             || mesh_gossip_cache_get_length (gossip->cache) > 0
             || mesh_gossip_promises_get_length (gossip->promises) > 0);
}

/* Promises and counts. */

static void
punish_broken_promises (MeshGossip *gossip, gint64 now_us)
{
  for (;;)
    {
      g_autoptr (MeshPeerId) id
          = mesh_gossip_promises_take_broken (gossip->promises, now_us);
      MeshGossipPeer *peer;

      if (id == NULL)
        return;
      gossip->counters.promises_broken++;
      peer = mesh_gossip_find_peer (gossip, id);
      if (peer != NULL && !peer->is_direct)
        mesh_gossip_score_penalise (gossip->score, peer->score, 1, now_us);
    }
}

static void
clear_counts (MeshGossip *gossip)
{
  for (guint i = 0; gossip->has_counts && i < gossip->peer_order->len; i++)
    {
      MeshGossipPeer *peer = g_ptr_array_index (gossip->peer_order, i);

      peer->n_ihave = peer->n_asked = peer->n_iwant = 0;
    }
  gossip->has_counts = FALSE;
}

static void
call_direct_peers (MeshGossip *gossip)
{
  if (gossip->n_ticks % gossip->config.params.direct_ticks != 0)
    return;
  for (guint i = 0; i < gossip->direct->len; i++)
    {
      MeshPeerId *id = g_ptr_array_index (gossip->direct, i);

      if (mesh_gossip_find_peer (gossip, id) == NULL)
        mesh_gossip_emit (gossip, MESH_GOSSIP_EVENT_CONNECT, NULL, NULL)->peer
            = mesh_peer_id_ref (id);
    }
}

/* The mesh of one topic. */

static void
prune_negative (MeshGossip *gossip, MeshGossipTopic *topic, gint64 now_us)
{
  for (guint i = topic->mesh->len; i-- > 0;)
    {
      MeshGossipPeer *peer = g_ptr_array_index (topic->mesh, i);

      if (mesh_gossip_rate (gossip, peer, now_us) < 0)
        mesh_gossip_mesh_prune (gossip, topic, peer,
                                gossip->config.params.prune_backoff_us, FALSE, now_us);
    }
}

static void
graft_some (MeshGossip *gossip, MeshGossipTopic *topic, guint n, gint64 now_us)
{
  g_autoptr (GPtrArray) others
      = mesh_gossip_mesh_select (gossip, topic, MESH_GOSSIP_MESH_ANY, 0, now_us);

  for (guint i = 0; i < others->len && i < n; i++)
    mesh_gossip_mesh_graft (gossip, topic, g_ptr_array_index (others, i), now_us);
}

static int
compare_rated (gconstpointer a, gconstpointer b)
{
  const Rated *one = a, *other = b;

  if (one->score != other->score)
    return one->score > other->score ? -1 : 1;
  return one->tie < other->tie ? -1 : 1;
}

/* Returns: (transfer full) (element-type Rated): the mesh, best first. */
static GArray *
rate_mesh (MeshGossip *gossip, MeshGossipTopic *topic, gint64 now_us)
{
  GArray *rated = g_array_sized_new (FALSE, FALSE, sizeof (Rated), topic->mesh->len);

  for (guint i = 0; i < topic->mesh->len; i++)
    {
      Rated one = { .peer = g_ptr_array_index (topic->mesh, i),
                    .tie = mesh_rng_next (&gossip->rng) };

      one.score = mesh_gossip_rate (gossip, one.peer, now_us);
      g_array_append_val (rated, one);
    }
  g_array_sort (rated, compare_rated);
  return rated;
}

static guint
count_outbound (const GPtrArray *peers, guint n)
{
  guint n_outbound = 0;

  for (guint i = 0; i < n; i++)
    n_outbound += ((const MeshGossipPeer *) g_ptr_array_index (peers, i))->is_outbound;
  return n_outbound;
}

static void
move (GPtrArray *array, guint from, guint to)
{
  g_ptr_array_insert (array, (int) to, g_ptr_array_steal_index (array, from));
}

/* v1.1, Outbound Mesh Quotas: brings outbound peers from behind the first @d to the
 * front, in place of those at the end of the first @d. */
static void
keep_outbound (GPtrArray *order, guint d, guint d_out)
{
  guint n_outbound = count_outbound (order, d);

  for (guint i = d; i < order->len && n_outbound < d_out; i++)
    if (((const MeshGossipPeer *) g_ptr_array_index (order, i))->is_outbound)
      {
        move (order, i, 0);
        n_outbound++;
      }
}

/* Keeps the best D_score, fills up to D at random, and prunes the rest. */
static void
prune_excess (MeshGossip *gossip, MeshGossipTopic *topic, gint64 now_us)
{
  const MeshGossipParams *params = &gossip->config.params;
  g_autoptr (GArray) rated = rate_mesh (gossip, topic, now_us);
  g_autoptr (GPtrArray) order = g_ptr_array_new ();
  g_autoptr (GPtrArray) rest = g_ptr_array_new ();

  for (guint i = 0; i < rated->len; i++)
    g_ptr_array_add (i < params->d_score ? order : rest,
                     g_array_index (rated, Rated, i).peer);
  mesh_gossip_shuffle (gossip, rest);
  for (guint i = 0; i < rest->len; i++)
    g_ptr_array_add (order, g_ptr_array_index (rest, i));
  keep_outbound (order, params->d, params->d_out);
  for (guint i = params->d; i < order->len; i++)
    mesh_gossip_mesh_prune (gossip, topic, g_ptr_array_index (order, i),
                            params->prune_backoff_us, TRUE, now_us);
}

static void
graft_outbound (MeshGossip *gossip, MeshGossipTopic *topic, gint64 now_us)
{
  guint n_outbound = count_outbound (topic->mesh, topic->mesh->len);
  g_autoptr (GPtrArray) others = NULL;

  if (n_outbound >= gossip->config.params.d_out)
    return;
  others = mesh_gossip_mesh_select (gossip, topic, MESH_GOSSIP_MESH_OUTBOUND, 0, now_us);
  for (guint i = 0; i < others->len && n_outbound < gossip->config.params.d_out; i++)
    {
      mesh_gossip_mesh_graft (gossip, topic, g_ptr_array_index (others, i), now_us);
      n_outbound++;
    }
}

/* v1.1, Opportunistic Grafting */
static void
graft_better (MeshGossip *gossip, MeshGossipTopic *topic, gint64 now_us)
{
  g_autoptr (GArray) rated = NULL;
  g_autoptr (GPtrArray) others = NULL;
  double median;
  guint n = 0;

  if (gossip->n_ticks % gossip->config.params.opportunistic_ticks != 0
      || topic->mesh->len < 2)
    return;
  rated = rate_mesh (gossip, topic, now_us);
  median = g_array_index (rated, Rated, rated->len / 2).score;
  if (median >= gossip->config.thresholds.opportunistic_graft)
    return;
  others = mesh_gossip_mesh_select (gossip, topic, MESH_GOSSIP_MESH_ANY, MAX (median, 0),
                                    now_us);
  for (guint i = 0; i < others->len && n < gossip->config.params.opportunistic_peers; i++)
    {
      MeshGossipPeer *peer = g_ptr_array_index (others, i);

      if (mesh_gossip_rate (gossip, peer, now_us) <= median)
        continue;
      mesh_gossip_mesh_graft (gossip, topic, peer, now_us);
      n++;
    }
}

static void
maintain_mesh (MeshGossip *gossip, MeshGossipTopic *topic, gint64 now_us)
{
  const MeshGossipParams *params = &gossip->config.params;

  prune_negative (gossip, topic, now_us);
  if (topic->mesh->len < params->d_lo)
    graft_some (gossip, topic, params->d - topic->mesh->len, now_us);
  if (topic->mesh->len > params->d_hi)
    prune_excess (gossip, topic, now_us);
  if (topic->mesh->len >= params->d_lo)
    graft_outbound (gossip, topic, now_us);
  graft_better (gossip, topic, now_us);
}

/* The fanout of one topic. */

static void
maintain_fanout (MeshGossip *gossip, MeshGossipTopic *topic, gint64 now_us)
{
  if (topic->fanout_us + gossip->config.params.fanout_ttl_us <= now_us)
    {
      mesh_gossip_mesh_drop_fanout (gossip, topic);
      return;
    }
  for (guint i = topic->fanout->len; i-- > 0;)
    if (mesh_gossip_rate (gossip, g_ptr_array_index (topic->fanout, i), now_us)
        < gossip->config.thresholds.publish)
      g_ptr_array_remove_index (topic->fanout, i);
  mesh_gossip_mesh_fill_fanout (gossip, topic, now_us);
}

/* Gossip. */

/* Returns: (transfer full) (element-type MeshGossipPeer): who hears of what we have. */
static GPtrArray *
select_listeners (MeshGossip *gossip,
                  MeshGossipTopic *topic,
                  const GPtrArray *except,
                  gint64 now_us)
{
  const MeshGossipParams *params = &gossip->config.params;
  GPtrArray *listeners = g_ptr_array_new ();
  guint n;

  for (guint i = 0; i < topic->peers->len; i++)
    {
      MeshGossipPeer *peer = g_ptr_array_index (topic->peers, i);

      if (!peer->is_direct && !mesh_gossip_has (except, peer)
          && mesh_gossip_rate (gossip, peer, now_us) >= gossip->config.thresholds.gossip)
        g_ptr_array_add (listeners, peer);
    }
  n = MAX (params->d_lazy, (guint) (params->gossip_factor * listeners->len));
  mesh_gossip_shuffle (gossip, listeners);
  if (listeners->len > n)
    g_ptr_array_set_size (listeners, (int) n);
  return listeners;
}

static void
emit_gossip (MeshGossip *gossip,
             MeshGossipTopic *topic,
             const GPtrArray *except,
             gint64 now_us)
{
  g_autoptr (GPtrArray) ids = mesh_gossip_cache_dup_ids (gossip->cache, topic->name);
  g_autoptr (GPtrArray) listeners = NULL;
  g_autoptr (GPtrArray) key_ids = NULL;
  g_autoptr (GBytes) fragment = NULL;
  g_autoptr (GBytes) key_fragment = NULL;

  if (ids->len == 0)
    return;
  listeners = select_listeners (gossip, topic, except, now_us);
  if (listeners->len == 0)
    return;
  /* More than fit are announced by different neighbours in part. */
  mesh_gossip_shuffle (gossip, ids);
  if (ids->len > gossip->config.params.max_ihave_ids)
    g_ptr_array_set_size (ids, (int) gossip->config.params.max_ihave_ids);
  key_ids = mesh_gossip_write_ids (ids, MESH_GOSSIP_ID_OF_KEY);
  fragment = mesh_gossip_rpc_ihave (topic->name, ids);
  key_fragment = mesh_gossip_rpc_ihave (topic->name, key_ids);
  for (guint i = 0; i < listeners->len; i++)
    {
      MeshGossipPeer *peer = g_ptr_array_index (listeners, i);

      mesh_gossip_push (
          gossip, peer, MESH_GOSSIP_OUT_IHAVE, topic,
          g_bytes_ref (peer->id_form == MESH_GOSSIP_ID_OF_KEY ? key_fragment : fragment));
    }
  gossip->counters.ihave_out += listeners->len;
}

static void
sweep (MeshGossip *gossip, gint64 now_us)
{
  if (gossip->n_ticks % SWEEP_TICKS != 0)
    return;
  mesh_gossip_times_expire (gossip->authors, now_us);
  mesh_gossip_times_expire (gossip->senders, now_us);
  for (guint i = gossip->topic_order->len; i-- > 0;)
    {
      MeshGossipTopic *topic = g_ptr_array_index (gossip->topic_order, i);

      /* Of a backoff that is over nothing is left, so the slack must pass before. */
      if (topic->backoff != NULL)
        mesh_gossip_times_expire (topic->backoff,
                                  now_us - gossip->config.params.heartbeat_us);
      mesh_gossip_mesh_release (gossip, topic, now_us);
    }
}

void
mesh_gossip_heartbeat_run (MeshGossip *gossip, guint64 n_missed, gint64 now_us)
{
  gossip->n_ticks++;
  mesh_gossip_forward_expire (gossip, now_us);
  mesh_gossip_seen_expire (gossip->seen, now_us);
  clear_counts (gossip);
  punish_broken_promises (gossip, now_us);
  call_direct_peers (gossip);
  mesh_gossip_cache_shift (gossip->cache, n_missed - 1);
  for (guint i = 0; i < gossip->topic_order->len; i++)
    {
      MeshGossipTopic *topic = g_ptr_array_index (gossip->topic_order, i);

      if (topic->is_subscribed)
        {
          maintain_mesh (gossip, topic, now_us);
          emit_gossip (gossip, topic, topic->mesh, now_us);
        }
      else if (topic->fanout != NULL)
        {
          maintain_fanout (gossip, topic, now_us);
          if (topic->fanout != NULL)
            emit_gossip (gossip, topic, topic->fanout, now_us);
        }
    }
  sweep (gossip, now_us);
  mesh_gossip_cache_shift (gossip->cache, 1);
}
