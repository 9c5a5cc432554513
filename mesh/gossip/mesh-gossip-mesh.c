/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "gossip/mesh-gossip-mesh.h"

#include <string.h>

/* Topics. */

void
mesh_gossip_mesh_free_topic (gpointer data)
{
  MeshGossipTopic *topic = data;

  g_ptr_array_unref (topic->peers);
  g_ptr_array_unref (topic->mesh);
  g_clear_pointer (&topic->fanout, g_ptr_array_unref);
  g_clear_pointer (&topic->backoff, mesh_gossip_times_free);
  g_free (topic->name);
  g_free (topic);
}

static gboolean
is_name (const char *name, gsize len)
{
  return len > 0 && len <= MESH_GOSSIP_MAX_TOPIC_BYTES
         && g_utf8_validate_len (name, len, NULL);
}

MeshGossipTopic *
mesh_gossip_mesh_find (const MeshGossip *gossip, const char *name, gsize len)
{
  char text[MESH_GOSSIP_MAX_TOPIC_BYTES + 1];

  if (name == NULL || len > MESH_GOSSIP_MAX_TOPIC_BYTES || memchr (name, 0, len) != NULL)
    return NULL;
  memcpy (text, name, len);
  text[len] = '\0';
  return g_hash_table_lookup (gossip->topics, text);
}

MeshGossipTopic *
mesh_gossip_mesh_ensure (MeshGossip *gossip,
                         const char *name,
                         gsize len,
                         gboolean is_ours)
{
  MeshGossipTopic *topic = mesh_gossip_mesh_find (gossip, name, len);

  if (topic != NULL)
    return topic;
  if (name == NULL || !is_name (name, len)
      || (!is_ours && gossip->topic_order->len >= gossip->config.params.max_topics))
    return NULL;
  topic = g_new0 (MeshGossipTopic, 1);
  topic->name = g_strndup (name, len);
  topic->number = ++gossip->next_number;
  topic->peers = g_ptr_array_new ();
  topic->mesh = g_ptr_array_new ();
  g_hash_table_insert (gossip->topics, topic->name, topic);
  g_ptr_array_add (gossip->topic_order, topic);
  return topic;
}

void
mesh_gossip_mesh_release (MeshGossip *gossip, MeshGossipTopic *topic, gint64 now_us)
{
  if (topic->is_subscribed || topic->fanout != NULL || topic->peers->len > 0)
    return;
  if (topic->backoff != NULL)
    {
      mesh_gossip_times_expire (topic->backoff, now_us);
      if (mesh_gossip_times_get_length (topic->backoff) > 0)
        return;
    }
  g_ptr_array_remove (gossip->topic_order, topic);
  g_hash_table_remove (gossip->topics, topic->name);
}

/* Who is subscribed. */

static void
add_subscriber (MeshGossip *gossip, MeshGossipPeer *peer, const MeshGossipRpcItem *item)
{
  MeshGossipTopic *topic = NULL;

  if (peer->topics->len < gossip->config.params.max_peer_topics)
    topic = mesh_gossip_mesh_ensure (gossip, item->topic, item->topic_len, FALSE);
  if (topic == NULL)
    {
      gossip->counters.subscriptions_refused++;
      return;
    }
  g_ptr_array_add (topic->peers, peer);
  g_ptr_array_add (peer->topics, topic);
  mesh_gossip_emit (gossip, MESH_GOSSIP_EVENT_JOINED, peer, topic);
}

static void
remove_subscriber (MeshGossip *gossip,
                   MeshGossipTopic *topic,
                   MeshGossipPeer *peer,
                   gint64 now_us)
{
  g_ptr_array_remove (topic->peers, peer);
  g_ptr_array_remove (peer->topics, topic);
  mesh_gossip_mesh_remove (gossip, topic, peer, now_us);
  if (topic->fanout != NULL)
    g_ptr_array_remove (topic->fanout, peer);
  mesh_gossip_emit (gossip, MESH_GOSSIP_EVENT_LEFT, peer, topic);
  mesh_gossip_mesh_release (gossip, topic, now_us);
}

void
mesh_gossip_mesh_handle_subscription (MeshGossip *gossip,
                                      MeshGossipPeer *peer,
                                      const MeshGossipRpcItem *item,
                                      gint64 now_us)
{
  MeshGossipTopic *topic = mesh_gossip_mesh_find (gossip, item->topic, item->topic_len);
  gboolean is_known = topic != NULL && mesh_gossip_has (peer->topics, topic);

  if (item->is_on && !is_known)
    add_subscriber (gossip, peer, item);
  else if (!item->is_on && is_known)
    remove_subscriber (gossip, topic, peer, now_us);
}

void
mesh_gossip_mesh_forget (MeshGossip *gossip, MeshGossipPeer *peer, gint64 now_us)
{
  while (peer->topics->len > 0)
    remove_subscriber (gossip, g_ptr_array_index (peer->topics, 0), peer, now_us);
}

/* The mesh. */

void
mesh_gossip_mesh_add (MeshGossip *gossip,
                      MeshGossipTopic *topic,
                      MeshGossipPeer *peer,
                      gint64 now_us)
{
  g_ptr_array_add (topic->mesh, peer);
  mesh_gossip_score_graft (gossip->score, peer->score, topic->score, now_us);
  mesh_gossip_emit (gossip, MESH_GOSSIP_EVENT_GRAFTED, peer, topic);
}

void
mesh_gossip_mesh_remove (MeshGossip *gossip,
                         MeshGossipTopic *topic,
                         MeshGossipPeer *peer,
                         gint64 now_us)
{
  if (!g_ptr_array_remove (topic->mesh, peer))
    return;
  mesh_gossip_score_prune (gossip->score, peer->score, topic->score, now_us);
  mesh_gossip_emit (gossip, MESH_GOSSIP_EVENT_PRUNED, peer, topic);
}

void
mesh_gossip_mesh_graft (MeshGossip *gossip,
                        MeshGossipTopic *topic,
                        MeshGossipPeer *peer,
                        gint64 now_us)
{
  mesh_gossip_mesh_add (gossip, topic, peer, now_us);
  mesh_gossip_push (gossip, peer, MESH_GOSSIP_OUT_GRAFT, topic,
                    mesh_gossip_rpc_graft (topic->name));
  gossip->counters.graft_out++;
}

static GBytes *
dup_id_bytes (const MeshPeerId *id)
{
  gsize len;
  const guint8 *data = mesh_peer_id_get_bytes (id, &len);

  return g_bytes_new (data, len);
}

/* v1.1: only peers whose score is not negative are handed on. */
static GBytes *
make_prune (MeshGossip *gossip,
            MeshGossipTopic *topic,
            MeshGossipPeer *peer,
            guint64 backoff_s,
            gboolean is_px,
            gint64 now_us)
{
  g_autoptr (GPtrArray) others = g_ptr_array_new ();
  g_autoptr (GPtrArray) ids
      = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (GPtrArray) records = g_ptr_array_new ();

  for (guint i = 0; is_px && i < topic->peers->len; i++)
    {
      MeshGossipPeer *other = g_ptr_array_index (topic->peers, i);

      if (other != peer && mesh_gossip_rate (gossip, other, now_us) >= 0)
        g_ptr_array_add (others, other);
    }
  mesh_gossip_shuffle (gossip, others);
  for (guint i = 0; i < others->len && i < gossip->config.params.prune_peers; i++)
    {
      const MeshGossipPeer *other = g_ptr_array_index (others, i);

      g_ptr_array_add (ids, dup_id_bytes (other->id));
      g_ptr_array_add (records, other->record);
    }
  return mesh_gossip_rpc_prune (topic->name, backoff_s, (GBytes *const *) ids->pdata,
                                (GBytes *const *) records->pdata, ids->len);
}

void
mesh_gossip_mesh_prune (MeshGossip *gossip,
                        MeshGossipTopic *topic,
                        MeshGossipPeer *peer,
                        gint64 backoff_us,
                        gboolean is_px,
                        gint64 now_us)
{
  gboolean is_new = peer->version != MESH_GOSSIP_VERSION_1_0_0;
  guint64 backoff_s = (guint64) MAX (backoff_us / G_USEC_PER_SEC, 1);

  mesh_gossip_mesh_remove (gossip, topic, peer, now_us);
  mesh_gossip_mesh_back_off (topic, peer, now_us + backoff_us);
  mesh_gossip_push (gossip, peer, MESH_GOSSIP_OUT_PRUNE, topic,
                    make_prune (gossip, topic, peer, is_new ? backoff_s : 0,
                                is_px && is_new && gossip->config.params.is_px, now_us));
  gossip->counters.prune_out++;
}

void
mesh_gossip_mesh_back_off (MeshGossipTopic *topic, MeshGossipPeer *peer, gint64 until_us)
{
  if (topic->backoff == NULL)
    topic->backoff = mesh_gossip_times_new (MESH_GOSSIP_MAX_BACKOFFS);
  mesh_gossip_times_extend (topic->backoff, peer->id, until_us);
}

gint64
mesh_gossip_mesh_get_backoff (const MeshGossipTopic *topic, const MeshGossipPeer *peer)
{
  return topic->backoff != NULL ? mesh_gossip_times_get (topic->backoff, peer->id)
                                : G_MININT64;
}

/* v1.1: we wait a little longer than we must, since the peer counts from when it heard
 * the PRUNE. */
static gboolean
is_backing_off (const MeshGossip *gossip,
                const MeshGossipTopic *topic,
                const MeshGossipPeer *peer,
                gint64 now_us)
{
  gint64 until_us = mesh_gossip_mesh_get_backoff (topic, peer);

  return until_us != G_MININT64 && now_us < until_us + gossip->config.params.heartbeat_us;
}

GPtrArray *
mesh_gossip_mesh_select (MeshGossip *gossip,
                         MeshGossipTopic *topic,
                         MeshGossipMeshFlags flags,
                         double min_score,
                         gint64 now_us)
{
  GPtrArray *selected = g_ptr_array_new ();

  for (guint i = 0; i < topic->peers->len; i++)
    {
      MeshGossipPeer *peer = g_ptr_array_index (topic->peers, i);

      if (peer->is_direct || mesh_gossip_has (topic->mesh, peer)
          || ((flags & MESH_GOSSIP_MESH_OUTBOUND) != 0 && !peer->is_outbound)
          || is_backing_off (gossip, topic, peer, now_us)
          || mesh_gossip_rate (gossip, peer, now_us) < min_score)
        continue;
      g_ptr_array_add (selected, peer);
    }
  mesh_gossip_shuffle (gossip, selected);
  return selected;
}

/* Ourselves. */

static void
tell_all (MeshGossip *gossip, MeshGossipTopic *topic)
{
  g_autoptr (GBytes) fragment
      = mesh_gossip_rpc_subscription (topic->name, topic->is_subscribed);

  for (guint i = 0; i < gossip->peer_order->len; i++)
    mesh_gossip_push (gossip, g_ptr_array_index (gossip->peer_order, i),
                      MESH_GOSSIP_OUT_SUBSCRIPTION, topic, g_bytes_ref (fragment));
}

/* v1.0, JOIN: those of the fanout first. */
static void
graft_fanout (MeshGossip *gossip, MeshGossipTopic *topic, gint64 now_us)
{
  for (guint i = 0; topic->fanout != NULL && i < topic->fanout->len; i++)
    {
      MeshGossipPeer *peer = g_ptr_array_index (topic->fanout, i);

      if (topic->mesh->len < gossip->config.params.d && !peer->is_direct
          && !is_backing_off (gossip, topic, peer, now_us)
          && mesh_gossip_rate (gossip, peer, now_us) >= 0)
        mesh_gossip_mesh_graft (gossip, topic, peer, now_us);
    }
  mesh_gossip_mesh_drop_fanout (gossip, topic);
}

void
mesh_gossip_mesh_join (MeshGossip *gossip, MeshGossipTopic *topic, gint64 now_us)
{
  g_autoptr (GPtrArray) others = NULL;

  topic->is_subscribed = TRUE;
  gossip->n_subscribed++;
  tell_all (gossip, topic);
  graft_fanout (gossip, topic, now_us);
  others = mesh_gossip_mesh_select (gossip, topic, MESH_GOSSIP_MESH_ANY, 0, now_us);
  for (guint i = 0; i < others->len && topic->mesh->len < gossip->config.params.d; i++)
    mesh_gossip_mesh_graft (gossip, topic, g_ptr_array_index (others, i), now_us);
}

void
mesh_gossip_mesh_leave (MeshGossip *gossip, MeshGossipTopic *topic, gint64 now_us)
{
  topic->is_subscribed = FALSE;
  gossip->n_subscribed--;
  tell_all (gossip, topic);
  while (topic->mesh->len > 0)
    mesh_gossip_mesh_prune (gossip, topic,
                            g_ptr_array_index (topic->mesh, topic->mesh->len - 1),
                            gossip->config.params.unsubscribe_backoff_us, TRUE, now_us);
  mesh_gossip_mesh_release (gossip, topic, now_us);
}

/* The fanout. */

void
mesh_gossip_mesh_fill_fanout (MeshGossip *gossip, MeshGossipTopic *topic, gint64 now_us)
{
  g_autoptr (GPtrArray) others = g_ptr_array_new ();

  if (topic->fanout == NULL)
    {
      topic->fanout = g_ptr_array_new ();
      gossip->n_fanout++;
    }
  for (guint i = 0; i < topic->peers->len; i++)
    {
      MeshGossipPeer *peer = g_ptr_array_index (topic->peers, i);

      if (!peer->is_direct && !mesh_gossip_has (topic->fanout, peer)
          && mesh_gossip_rate (gossip, peer, now_us) >= gossip->config.thresholds.publish)
        g_ptr_array_add (others, peer);
    }
  mesh_gossip_shuffle (gossip, others);
  for (guint i = 0; i < others->len && topic->fanout->len < gossip->config.params.d; i++)
    g_ptr_array_add (topic->fanout, g_ptr_array_index (others, i));
}

void
mesh_gossip_mesh_drop_fanout (MeshGossip *gossip, MeshGossipTopic *topic)
{
  if (topic->fanout == NULL)
    return;
  g_clear_pointer (&topic->fanout, g_ptr_array_unref);
  gossip->n_fanout--;
}
