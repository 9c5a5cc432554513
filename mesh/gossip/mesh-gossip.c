/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */

/* The door to the core: peers, topics, RPCs and the time come in, events go out. */
#include "config.h"

#include "gossip/mesh-gossip.h"

#include <string.h>

#include "base/mesh-error.h"
#include "gossip/mesh-gossip-control.h"
#include "gossip/mesh-gossip-forward.h"
#include "gossip/mesh-gossip-heartbeat.h"
#include "gossip/mesh-gossip-mesh.h"
#include "gossip/mesh-gossip-private.h"

/* Time. */

static void
enter (MeshGossip *gossip, gint64 now_us)
{
  gint64 interval_us = gossip->config.params.heartbeat_us;

  g_assert (now_us >= gossip->now_us);
  gossip->now_us = now_us;
  if (gossip->next_heartbeat_us != G_MAXINT64
      || now_us - gossip->last_heartbeat_us < interval_us)
    return;
  /* While the heart rests, windows pass all the same. */
  mesh_gossip_cache_shift (
      gossip->cache, (guint64) ((now_us - gossip->last_heartbeat_us) / interval_us));
  gossip->last_heartbeat_us = now_us;
}

/* Wakes the heartbeat, at a moment of its own so that nodes do not beat as one, or lets
 * it rest. */
static void
settle (MeshGossip *gossip)
{
  if (!mesh_gossip_heartbeat_is_needed (gossip))
    gossip->next_heartbeat_us = G_MAXINT64;
  else if (gossip->next_heartbeat_us == G_MAXINT64)
    gossip->next_heartbeat_us
        = gossip->now_us + 1
          + (gint64) mesh_rng_below (&gossip->rng,
                                     (guint64) gossip->config.params.heartbeat_us);
}

gint64
mesh_gossip_next_deadline_us (const MeshGossip *gossip)
{
  return gossip->next_heartbeat_us;
}

void
mesh_gossip_handle_timeout (MeshGossip *gossip, gint64 now_us)
{
  gint64 interval_us = gossip->config.params.heartbeat_us;
  gint64 n_missed;

  enter (gossip, now_us);
  if (gossip->next_heartbeat_us > now_us)
    return;
  n_missed = (now_us - gossip->last_heartbeat_us) / interval_us;
  gossip->last_heartbeat_us = now_us;
  gossip->next_heartbeat_us += interval_us;
  if (gossip->next_heartbeat_us <= now_us)
    gossip->next_heartbeat_us = now_us + interval_us;
  mesh_gossip_heartbeat_run (gossip, (guint64) MAX (n_missed, 1), now_us);
  settle (gossip);
}

/* Peers. */

static void
tell_subscriptions (MeshGossip *gossip, MeshGossipPeer *peer)
{
  for (guint i = 0; i < gossip->topic_order->len; i++)
    {
      MeshGossipTopic *topic = g_ptr_array_index (gossip->topic_order, i);

      if (topic->is_subscribed)
        mesh_gossip_push (gossip, peer, MESH_GOSSIP_OUT_SUBSCRIPTION, topic,
                          mesh_gossip_rpc_subscription (topic->name, TRUE));
    }
}

static guint
find_direct (const MeshGossip *gossip, const MeshPeerId *id)
{
  guint i = 0;

  while (i < gossip->direct->len
         && !mesh_peer_id_equal (g_ptr_array_index (gossip->direct, i), id))
    i++;
  return i;
}

gboolean
mesh_gossip_add_peer (MeshGossip *gossip,
                      MeshPeerId *id,
                      const guint8 *ip,
                      gsize ip_len,
                      gboolean is_outbound,
                      MeshGossipVersion version,
                      gint64 now_us,
                      GError **error)
{
  MeshGossipPeer *peer;

  enter (gossip, now_us);
  if (mesh_gossip_find_peer (gossip, id) != NULL)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_EXISTS, "%s is a gossip peer already",
                   mesh_peer_id_to_string (id));
      return FALSE;
    }
  if (gossip->peer_order->len >= MESH_GOSSIP_MAX_PEERS)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_LIMIT,
                   "There are %d gossip peers already: no room for %s",
                   MESH_GOSSIP_MAX_PEERS, mesh_peer_id_to_string (id));
      return FALSE;
    }
  peer = g_new0 (MeshGossipPeer, 1);
  peer->id = mesh_peer_id_ref (id);
  peer->number = ++gossip->next_number;
  peer->topics = g_ptr_array_new ();
  peer->score = mesh_gossip_score_add (gossip->score, id, ip, ip_len, now_us);
  peer->version = (guint8) version;
  peer->is_outbound = is_outbound != FALSE;
  peer->is_direct = find_direct (gossip, id) < gossip->direct->len;
  g_hash_table_insert (gossip->peers, peer->id, peer);
  g_ptr_array_add (gossip->peer_order, peer);
  tell_subscriptions (gossip, peer);
  settle (gossip);
  return TRUE;
}

void
mesh_gossip_remove_peer (MeshGossip *gossip, const MeshPeerId *id, gint64 now_us)
{
  MeshGossipPeer *peer = mesh_gossip_find_peer (gossip, id);

  enter (gossip, now_us);
  if (peer == NULL)
    return;
  mesh_gossip_mesh_forget (gossip, peer, now_us);
  mesh_gossip_promises_forget (gossip->promises, id);
  mesh_gossip_unmark_dirty (gossip, peer);
  mesh_gossip_score_remove (gossip->score, peer->score, now_us);
  g_ptr_array_remove (gossip->peer_order, peer);
  g_hash_table_remove (gossip->peers, peer->id);
  settle (gossip);
}

void
mesh_gossip_set_peer_record (MeshGossip *gossip, const MeshPeerId *id, GBytes *envelope)
{
  MeshGossipPeer *peer = mesh_gossip_find_peer (gossip, id);

  if (peer == NULL
      || (envelope != NULL
          && g_bytes_get_size (envelope) > MESH_GOSSIP_MAX_PX_RECORD_BYTES))
    return;
  g_clear_pointer (&peer->record, g_bytes_unref);
  if (envelope != NULL)
    peer->record = g_bytes_ref (envelope);
}

void
mesh_gossip_set_peer_version (MeshGossip *gossip,
                              const MeshPeerId *id,
                              MeshGossipVersion version)
{
  MeshGossipPeer *peer = mesh_gossip_find_peer (gossip, id);

  if (peer != NULL)
    peer->version = (guint8) version;
}

void
mesh_gossip_set_peer_id_form (MeshGossip *gossip,
                              const MeshPeerId *id,
                              MeshGossipIdForm form)
{
  MeshGossipPeer *peer = mesh_gossip_find_peer (gossip, id);

  if (peer != NULL)
    peer->id_form = (guint8) form;
}

void
mesh_gossip_set_peer_busy (MeshGossip *gossip, const MeshPeerId *id, gboolean is_busy)
{
  MeshGossipPeer *peer = mesh_gossip_find_peer (gossip, id);

  if (peer == NULL)
    return;
  peer->is_busy = is_busy != FALSE;
  if (peer->is_busy)
    mesh_gossip_unmark_dirty (gossip, peer);
  else
    mesh_gossip_mark_dirty (gossip, peer);
}

void
mesh_gossip_reset_peer (MeshGossip *gossip, const MeshPeerId *id)
{
  MeshGossipPeer *peer = mesh_gossip_find_peer (gossip, id);

  if (peer == NULL)
    return;
  mesh_gossip_unmark_dirty (gossip, peer);
  mesh_gossip_outbox_clear (&peer->outbox);
  tell_subscriptions (gossip, peer);
  for (guint i = 0; i < gossip->topic_order->len; i++)
    {
      MeshGossipTopic *topic = g_ptr_array_index (gossip->topic_order, i);

      if (mesh_gossip_has (topic->mesh, peer))
        mesh_gossip_push (gossip, peer, MESH_GOSSIP_OUT_GRAFT, topic,
                          mesh_gossip_rpc_graft (topic->name));
    }
}

void
mesh_gossip_set_app_score (MeshGossip *gossip,
                           const MeshPeerId *id,
                           double value,
                           gint64 now_us)
{
  MeshGossipPeer *peer = mesh_gossip_find_peer (gossip, id);

  enter (gossip, now_us);
  if (peer != NULL)
    mesh_gossip_score_set_app (peer->score, value);
}

gboolean
mesh_gossip_add_direct_peer (MeshGossip *gossip,
                             MeshPeerId *id,
                             gint64 now_us,
                             GError **error)
{
  MeshGossipPeer *peer = mesh_gossip_find_peer (gossip, id);

  enter (gossip, now_us);
  if (find_direct (gossip, id) < gossip->direct->len)
    return TRUE;
  if (gossip->direct->len >= MESH_GOSSIP_MAX_DIRECT_PEERS)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_LIMIT,
                   "At most %d gossip peers can be direct peers",
                   MESH_GOSSIP_MAX_DIRECT_PEERS);
      return FALSE;
    }
  g_ptr_array_add (gossip->direct, mesh_peer_id_ref (id));
  if (peer == NULL)
    {
      mesh_gossip_emit (gossip, MESH_GOSSIP_EVENT_CONNECT, NULL, NULL)->peer
          = mesh_peer_id_ref (id);
    }
  else
    {
      peer->is_direct = TRUE;
      for (guint i = 0; i < peer->topics->len; i++)
        {
          MeshGossipTopic *topic = g_ptr_array_index (peer->topics, i);

          if (mesh_gossip_has (topic->mesh, peer))
            mesh_gossip_mesh_prune (gossip, topic, peer,
                                    gossip->config.params.prune_backoff_us, FALSE,
                                    now_us);
        }
    }
  settle (gossip);
  return TRUE;
}

void
mesh_gossip_remove_direct_peer (MeshGossip *gossip, const MeshPeerId *id)
{
  MeshGossipPeer *peer = mesh_gossip_find_peer (gossip, id);
  guint i = find_direct (gossip, id);

  if (i == gossip->direct->len)
    return;
  g_ptr_array_remove_index (gossip->direct, i);
  if (peer != NULL)
    peer->is_direct = FALSE;
  settle (gossip);
}

gboolean
mesh_gossip_exempt_net (MeshGossip *gossip,
                        const guint8 *ip,
                        gsize ip_len,
                        guint prefix_bits,
                        GError **error)
{
  return mesh_gossip_score_exempt_net (gossip->score, ip, ip_len, prefix_bits, error);
}

/* Topics. */

static gboolean
is_topic (const char *topic, GError **error)
{
  gsize len = strlen (topic);

  if (len > 0 && len <= MESH_GOSSIP_MAX_TOPIC_BYTES && g_utf8_validate (topic, -1, NULL))
    return TRUE;
  g_set_error (error, MESH_ERROR, MESH_ERROR_INVALID,
               "The name of a gossip topic must be 1 to %d bytes of UTF-8",
               MESH_GOSSIP_MAX_TOPIC_BYTES);
  return FALSE;
}

gboolean
mesh_gossip_subscribe (MeshGossip *gossip,
                       const char *name,
                       gboolean is_validated,
                       const MeshGossipTopicParams *params,
                       gint64 now_us,
                       GError **error)
{
  MeshGossipTopic *topic;

  enter (gossip, now_us);
  if (!is_topic (name, error)
      || (params != NULL && !mesh_gossip_params_check_topic (params, error)))
    return FALSE;
  topic = mesh_gossip_mesh_ensure (gossip, name, strlen (name), TRUE);
  if (topic->is_subscribed)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_EXISTS,
                   "The gossip topic “%s” is subscribed to already", name);
      return FALSE;
    }
  topic->is_validated = is_validated;
  topic->score = mesh_gossip_score_topic (
      gossip->score, name, params != NULL ? params : &gossip->config.topic);
  mesh_gossip_mesh_join (gossip, topic, now_us);
  settle (gossip);
  return TRUE;
}

void
mesh_gossip_unsubscribe (MeshGossip *gossip, const char *name, gint64 now_us)
{
  MeshGossipTopic *topic = g_hash_table_lookup (gossip->topics, name);

  enter (gossip, now_us);
  if (topic == NULL || !topic->is_subscribed)
    return;
  mesh_gossip_mesh_leave (gossip, topic, now_us);
  settle (gossip);
}

gboolean
mesh_gossip_is_subscribed (const MeshGossip *gossip, const char *name)
{
  const MeshGossipTopic *topic = g_hash_table_lookup (gossip->topics, name);

  return topic != NULL && topic->is_subscribed;
}

GBytes *
mesh_gossip_publish (MeshGossip *gossip,
                     const char *name,
                     GBytes *data,
                     gint64 now_us,
                     guint *n_sent,
                     GError **error)
{
  g_autoptr (MeshGossipMessage) msg = NULL;
  MeshGossipTopic *topic;
  guint n;

  enter (gossip, now_us);
  if (!is_topic (name, error))
    return NULL;
  if (g_bytes_get_size (data) > gossip->config.params.max_message_bytes)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_LIMIT,
                   "A gossip message of %" G_GSIZE_FORMAT
                   " bytes is too long: at most %" G_GSIZE_FORMAT " can be published",
                   g_bytes_get_size (data), gossip->config.params.max_message_bytes);
      return NULL;
    }
  topic = mesh_gossip_mesh_ensure (gossip, name, strlen (name), TRUE);
  msg = mesh_gossip_message_sign (gossip->keypair, gossip->self, name,
                                  gossip->next_seqno++, data);
  n = mesh_gossip_forward_publish (gossip, topic, msg, now_us);
  if (n_sent != NULL)
    *n_sent = n;
  mesh_gossip_mesh_release (gossip, topic, now_us);
  settle (gossip);
  return g_bytes_ref (msg->id);
}

void
mesh_gossip_validated (MeshGossip *gossip,
                       guint64 handle,
                       MeshGossipVerdict verdict,
                       gint64 now_us)
{
  enter (gossip, now_us);
  mesh_gossip_forward_decide (gossip, handle, verdict, now_us);
  settle (gossip);
}

/* RPCs. */

static gboolean
is_graylisted (MeshGossip *gossip, MeshGossipPeer *peer, gint64 now_us)
{
  gboolean is_below
      = !peer->is_direct
        && mesh_gossip_rate (gossip, peer, now_us) < gossip->config.thresholds.graylist;

  if (is_below && !peer->is_graylisted)
    mesh_gossip_emit (gossip, MESH_GOSSIP_EVENT_GRAYLISTED, peer, NULL);
  peer->is_graylisted = is_below != FALSE;
  return is_below;
}

static void
handle_item (MeshGossip *gossip,
             MeshGossipPeer *peer,
             MeshGossipRpcItem *item,
             GBytes *container,
             gint64 now_us)
{
  switch (item->kind)
    {
    case MESH_GOSSIP_RPC_SUBSCRIPTION:
      mesh_gossip_mesh_handle_subscription (gossip, peer, item, now_us);
      return;
    case MESH_GOSSIP_RPC_MESSAGE:
      mesh_gossip_forward_handle (gossip, peer, item->body.data, item->body.len,
                                  container, now_us);
      return;
    case MESH_GOSSIP_RPC_IHAVE:
      mesh_gossip_control_handle_ihave (gossip, peer, item, now_us);
      return;
    case MESH_GOSSIP_RPC_IWANT:
      mesh_gossip_control_handle_iwant (gossip, peer, item, now_us);
      return;
    case MESH_GOSSIP_RPC_GRAFT:
      mesh_gossip_control_handle_graft (gossip, peer, item, now_us);
      return;
    case MESH_GOSSIP_RPC_PRUNE:
      mesh_gossip_control_handle_prune (gossip, peer, item, now_us);
      return;
    case MESH_GOSSIP_RPC_END:
    case MESH_GOSSIP_RPC_MALFORMED:
    default:
      g_assert_not_reached ();
    }
}

/* Returns: whether @item is within what one RPC may hold of its kind. */
static gboolean
is_in_bounds (MeshGossip *gossip, const MeshGossipRpcItem *item, guint n[])
{
  switch (item->kind)
    {
    case MESH_GOSSIP_RPC_SUBSCRIPTION:
      if (++n[0] <= 2 * gossip->config.params.max_peer_topics)
        return TRUE;
      gossip->counters.subscriptions_refused++;
      return FALSE;
    case MESH_GOSSIP_RPC_GRAFT:
    case MESH_GOSSIP_RPC_PRUNE:
      return ++n[1] <= gossip->config.params.max_control;
    case MESH_GOSSIP_RPC_MESSAGE:
    case MESH_GOSSIP_RPC_IHAVE:
    case MESH_GOSSIP_RPC_IWANT:
    case MESH_GOSSIP_RPC_END:
    case MESH_GOSSIP_RPC_MALFORMED:
    default:
      return TRUE;
    }
}

/* A peer that is found out in the middle of an RPC is not listened to any further. */
static void
handle_items (MeshGossip *gossip, MeshGossipPeer *peer, GBytes *bytes, gint64 now_us)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (bytes, &len);
  MeshGossipRpcReader reader = mesh_gossip_rpc_reader (data, len);
  MeshGossipRpcItem item;
  guint n[2] = { 0 };

  while (mesh_gossip_rpc_next (&reader, &item) != MESH_GOSSIP_RPC_END)
    {
      if (!is_in_bounds (gossip, &item, n))
        continue;
      handle_item (gossip, peer, &item, bytes, now_us);
      if (is_graylisted (gossip, peer, now_us))
        return;
    }
}

static gboolean
check_rpc (MeshGossip *gossip, GBytes *bytes, GError **error)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (bytes, &len);

  if (len > gossip->config.params.max_rpc_bytes)
    {
      gossip->counters.too_large++;
      g_set_error (error, MESH_ERROR, MESH_ERROR_PROTOCOL,
                   "The peer sent a gossip RPC of %" G_GSIZE_FORMAT
                   " bytes, more than is allowed",
                   len);
      return FALSE;
    }
  if (mesh_gossip_rpc_check (data, len, error))
    return TRUE;
  gossip->counters.malformed++;
  return FALSE;
}

gboolean
mesh_gossip_handle_rpc (MeshGossip *gossip,
                        const MeshPeerId *from,
                        GBytes *bytes,
                        gint64 now_us,
                        GError **error)
{
  MeshGossipPeer *peer = mesh_gossip_find_peer (gossip, from);

  enter (gossip, now_us);
  if (peer == NULL)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_NOT_FOUND, "%s is no gossip peer",
                   mesh_peer_id_to_string (from));
      return FALSE;
    }
  gossip->counters.rpcs_in++;
  gossip->counters.bytes_in += g_bytes_get_size (bytes);
  if (is_graylisted (gossip, peer, now_us))
    {
      gossip->counters.graylisted_rpcs++;
      return TRUE;
    }
  if (!check_rpc (gossip, bytes, error))
    {
      mesh_gossip_score_penalise (gossip->score, peer->score, 1, now_us);
      return FALSE;
    }
  handle_items (gossip, peer, bytes, now_us);
  settle (gossip);
  return TRUE;
}

/* Events. */

static gboolean
poll_send (MeshGossip *gossip, MeshGossipEvent *event)
{
  MeshGossipPeer *peer = g_queue_peek_head (&gossip->dirty);
  gsize message_bytes;

  if (peer == NULL)
    return FALSE;
  event->type = MESH_GOSSIP_EVENT_SEND;
  event->peer = mesh_peer_id_ref (peer->id);
  event->bytes = mesh_gossip_outbox_take (
      &peer->outbox, gossip->config.params.split_rpc_bytes, &message_bytes);
  gossip->counters.rpcs_out++;
  gossip->counters.bytes_out += g_bytes_get_size (event->bytes);
  gossip->counters.message_bytes_out += message_bytes;
  if (mesh_gossip_outbox_is_empty (&peer->outbox))
    mesh_gossip_unmark_dirty (gossip, peer);
  return TRUE;
}

gboolean
mesh_gossip_poll_event (MeshGossip *gossip, MeshGossipEvent *event)
{
  g_autofree MeshGossipEvent *next = g_queue_pop_head (&gossip->events);

  memset (event, 0, sizeof *event);
  if (next == NULL)
    return poll_send (gossip, event);
  *event = *next;
  return TRUE;
}

/* Questions. */

MeshPeerId *
mesh_gossip_get_self (const MeshGossip *gossip)
{
  return gossip->self;
}

double
mesh_gossip_get_score (MeshGossip *gossip, const MeshPeerId *id, gint64 now_us)
{
  MeshGossipPeer *peer = mesh_gossip_find_peer (gossip, id);

  return peer != NULL ? mesh_gossip_rate (gossip, peer, now_us) : 0;
}

void
mesh_gossip_get_stats (const MeshGossip *gossip, MeshGossipStats *stats)
{
  *stats = gossip->counters;
  stats->n_peers = gossip->peer_order->len;
  stats->n_topics = gossip->topic_order->len;
  stats->n_subscribed = gossip->n_subscribed;
  stats->n_fanout = gossip->n_fanout;
  stats->n_seen = mesh_gossip_seen_get_length (gossip->seen);
  stats->n_cached = mesh_gossip_cache_get_length (gossip->cache);
  stats->cached_bytes = mesh_gossip_cache_get_bytes (gossip->cache);
  stats->n_promises = mesh_gossip_promises_get_length (gossip->promises);
  stats->n_validations = gossip->waiting.length;
  stats->n_authors = mesh_gossip_times_get_length (gossip->authors);
  stats->n_retained = mesh_gossip_score_get_n_retained (gossip->score);
  stats->n_ips = mesh_gossip_score_get_n_ips (gossip->score);
  for (guint i = 0; i < gossip->topic_order->len; i++)
    {
      const MeshGossipTopic *topic = g_ptr_array_index (gossip->topic_order, i);

      stats->n_mesh += topic->mesh->len;
      if (topic->backoff != NULL)
        stats->n_backoffs += mesh_gossip_times_get_length (topic->backoff);
    }
  for (guint i = 0; i < gossip->peer_order->len; i++)
    stats->queue_bytes
        += ((const MeshGossipPeer *) g_ptr_array_index (gossip->peer_order, i))
               ->outbox.bytes;
}

gboolean
mesh_gossip_get_peer_stats (MeshGossip *gossip,
                            const MeshPeerId *id,
                            gint64 now_us,
                            MeshGossipPeerStats *stats)
{
  MeshGossipPeer *peer = mesh_gossip_find_peer (gossip, id);
  MeshGossipScoreCounters counters;

  memset (stats, 0, sizeof *stats);
  if (peer == NULL)
    return FALSE;
  mesh_gossip_score_get_counters (gossip->score, peer->score, now_us, &counters);
  stats->score = mesh_gossip_rate (gossip, peer, now_us);
  stats->app = counters.app;
  stats->same_ip = counters.same_ip;
  stats->behaviour = counters.behaviour;
  stats->invalid = counters.invalid;
  stats->first = counters.first;
  stats->n_topics = peer->topics->len;
  for (guint i = 0; i < peer->topics->len; i++)
    {
      const MeshGossipTopic *topic = g_ptr_array_index (peer->topics, i);

      stats->n_mesh += mesh_gossip_has (topic->mesh, peer);
    }
  stats->queue_bytes = peer->outbox.bytes;
  stats->version = (MeshGossipVersion) peer->version;
  stats->is_outbound = peer->is_outbound;
  stats->is_direct = peer->is_direct;
  stats->is_graylisted = peer->is_graylisted;
  return TRUE;
}

static GPtrArray *
dup_ids (const GPtrArray *peers)
{
  GPtrArray *ids = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_peer_id_unref);

  for (guint i = 0; peers != NULL && i < peers->len; i++)
    g_ptr_array_add (
        ids, mesh_peer_id_ref (((MeshGossipPeer *) g_ptr_array_index (peers, i))->id));
  return ids;
}

GPtrArray *
mesh_gossip_dup_peers (const MeshGossip *gossip)
{
  return dup_ids (gossip->peer_order);
}

GPtrArray *
mesh_gossip_dup_mesh (const MeshGossip *gossip, const char *name)
{
  const MeshGossipTopic *topic = g_hash_table_lookup (gossip->topics, name);

  return dup_ids (topic != NULL ? topic->mesh : NULL);
}

GPtrArray *
mesh_gossip_dup_subscribers (const MeshGossip *gossip, const char *name)
{
  const MeshGossipTopic *topic = g_hash_table_lookup (gossip->topics, name);

  return dup_ids (topic != NULL ? topic->peers : NULL);
}

static int
compare_text (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

char **
mesh_gossip_dup_topics (const MeshGossip *gossip)
{
  GPtrArray *names = g_ptr_array_new ();

  for (guint i = 0; i < gossip->topic_order->len; i++)
    {
      const MeshGossipTopic *topic = g_ptr_array_index (gossip->topic_order, i);

      if (topic->is_subscribed)
        g_ptr_array_add (names, g_strdup (topic->name));
    }
  g_ptr_array_sort (names, compare_text);
  g_ptr_array_add (names, NULL);
  return (char **) g_ptr_array_free (names, FALSE);
}
