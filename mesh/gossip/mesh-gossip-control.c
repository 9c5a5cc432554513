/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "gossip/mesh-gossip-control.h"

#include "gossip/mesh-gossip-mesh.h"

/* IHAVE. */

static gboolean
may_ask (MeshGossip *gossip, MeshGossipPeer *peer, gint64 now_us)
{
  if (mesh_gossip_rate (gossip, peer, now_us) < gossip->config.thresholds.gossip)
    return FALSE;
  peer->n_ihave++;
  gossip->has_counts = TRUE;
  return peer->n_ihave <= gossip->config.params.max_ihave_messages
         && peer->n_asked < gossip->config.params.max_ihave_ids;
}

/* Reads an id in whatever form it comes, and notes that @peer uses this form. */
static gboolean
read_id (MeshGossipPeer *peer,
         const guint8 *id,
         gsize len,
         guint8 out[MESH_GOSSIP_MESSAGE_MAX_ID_BYTES],
         gsize *out_len)
{
  MeshGossipIdForm form;

  if (!mesh_gossip_message_read_id (id, len, out, out_len, &form))
    return FALSE;
  peer->id_form = (guint8) form;
  return TRUE;
}

/* Returns: (transfer full) (element-type GBytes): the ids of @item that are new to us. */
static GPtrArray *
get_unseen (MeshGossip *gossip,
            MeshGossipPeer *peer,
            MeshGossipRpcItem *item,
            gint64 now_us)
{
  guint max = gossip->config.params.max_ihave_ids - peer->n_asked;
  GPtrArray *ids = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (GHashTable) asked = g_hash_table_new (g_bytes_hash, g_bytes_equal);
  const guint8 *id;
  gsize len;
  guint n = 0;

  /* Ids that are seen, or there twice, count against the bound of one IHAVE too. */
  while (n < gossip->config.params.max_ihave_ids && ids->len < max
         && mesh_gossip_rpc_next_id (item, &id, &len))
    {
      guint8 buf[MESH_GOSSIP_MESSAGE_MAX_ID_BYTES];
      gsize buf_len;
      g_autoptr (GBytes) bytes = NULL;

      n++;
      gossip->counters.ihave_ids_in++;
      if (!read_id (peer, id, len, buf, &buf_len)
          || mesh_gossip_seen_lookup (gossip->seen, buf, buf_len, now_us) != NULL)
        continue;
      bytes = g_bytes_new (buf, buf_len);
      if (g_hash_table_add (asked, bytes))
        g_ptr_array_add (ids, g_steal_pointer (&bytes));
    }
  return ids;
}

void
mesh_gossip_control_handle_ihave (MeshGossip *gossip,
                                  MeshGossipPeer *peer,
                                  MeshGossipRpcItem *item,
                                  gint64 now_us)
{
  MeshGossipTopic *topic = mesh_gossip_mesh_find (gossip, item->topic, item->topic_len);
  g_autoptr (GPtrArray) ids = NULL;
  g_autoptr (GPtrArray) written = NULL;

  gossip->counters.ihave_in++;
  if (topic == NULL || !topic->is_subscribed)
    return;
  if (!may_ask (gossip, peer, now_us))
    {
      gossip->counters.ihave_refused++;
      return;
    }
  ids = get_unseen (gossip, peer, item, now_us);
  if (ids->len == 0)
    return;
  peer->n_asked += ids->len;
  /* v1.1: asked for in no order that the peer can foresee; a random one is followed up.
   */
  mesh_gossip_shuffle (gossip, ids);
  mesh_gossip_promises_add (gossip->promises, peer->id, g_ptr_array_index (ids, 0),
                            now_us + gossip->config.params.iwant_followup_us);
  mesh_gossip_shuffle (gossip, ids);
  written = mesh_gossip_write_ids (ids, peer->id_form);
  mesh_gossip_push (gossip, peer, MESH_GOSSIP_OUT_IWANT, NULL,
                    mesh_gossip_rpc_iwant (written));
  gossip->counters.iwant_out++;
  gossip->counters.iwant_ids_out += ids->len;
}

/* IWANT. */

/* Returns: whether the peer may ask for one more id. */
static gboolean
count_asked (MeshGossip *gossip, MeshGossipPeer *peer, gint64 now_us)
{
  gossip->counters.iwant_ids_in++;
  peer->n_iwant++;
  gossip->has_counts = TRUE;
  if (peer->n_iwant <= gossip->config.params.max_iwant_ids)
    return TRUE;
  gossip->counters.iwant_refused++;
  if (peer->n_iwant == gossip->config.params.max_iwant_ids + 1)
    mesh_gossip_score_penalise (gossip->score, peer->score, 1, now_us);
  return FALSE;
}

void
mesh_gossip_control_handle_iwant (MeshGossip *gossip,
                                  MeshGossipPeer *peer,
                                  MeshGossipRpcItem *item,
                                  gint64 now_us)
{
  const guint8 *id;
  gsize len;

  gossip->counters.iwant_in++;
  if (mesh_gossip_rate (gossip, peer, now_us) < gossip->config.thresholds.gossip)
    {
      gossip->counters.iwant_refused++;
      return;
    }
  while (mesh_gossip_rpc_next_id (item, &id, &len) && count_asked (gossip, peer, now_us))
    {
      MeshGossipMessage *msg = NULL;
      guint8 buf[MESH_GOSSIP_MESSAGE_MAX_ID_BYTES];
      gsize buf_len;

      if (!read_id (peer, id, len, buf, &buf_len))
        continue;
      switch (mesh_gossip_cache_take (gossip->cache, buf, buf_len, peer->number,
                                      gossip->config.params.max_iwant_replies, &msg))
        {
        case MESH_GOSSIP_CACHE_FOUND:
          mesh_gossip_push (gossip, peer, MESH_GOSSIP_OUT_MESSAGE, NULL,
                            mesh_gossip_rpc_message (msg->raw));
          break;
        case MESH_GOSSIP_CACHE_TOO_OFTEN:
          gossip->counters.iwant_refused++;
          break;
        case MESH_GOSSIP_CACHE_MISSING:
        default:
          break;
        }
    }
}

/* GRAFT. */

/* The peer grafts although it was told not to: each time is a fault, and one so soon
 * after the PRUNE, which it can not have missed for a reason, is two. */
static void
punish_early_graft (MeshGossip *gossip,
                    MeshGossipTopic *topic,
                    MeshGossipPeer *peer,
                    gint64 now_us)
{
  const MeshGossipParams *params = &gossip->config.params;
  gint64 until_us = mesh_gossip_mesh_get_backoff (topic, peer);
  gboolean is_flood
      = now_us < until_us + params->graft_flood_us - params->prune_backoff_us;

  mesh_gossip_score_penalise (gossip->score, peer->score, is_flood ? 2 : 1, now_us);
}

typedef enum
{
  GRAFT_TAKE,
  GRAFT_REFUSE,
  GRAFT_REFUSE_WITH_PX,
} GraftAnswer;

static GraftAnswer
judge_graft (MeshGossip *gossip,
             MeshGossipTopic *topic,
             MeshGossipPeer *peer,
             gint64 now_us)
{
  if (peer->is_direct)
    return GRAFT_REFUSE;
  if (mesh_gossip_mesh_get_backoff (topic, peer) > now_us)
    {
      punish_early_graft (gossip, topic, peer, now_us);
      return GRAFT_REFUSE;
    }
  if (mesh_gossip_rate (gossip, peer, now_us) < 0)
    return GRAFT_REFUSE;
  /* v1.1, Outbound Mesh Quotas */
  if (topic->mesh->len >= gossip->config.params.d_hi && !peer->is_outbound)
    return GRAFT_REFUSE_WITH_PX;
  return GRAFT_TAKE;
}

void
mesh_gossip_control_handle_graft (MeshGossip *gossip,
                                  MeshGossipPeer *peer,
                                  MeshGossipRpcItem *item,
                                  gint64 now_us)
{
  MeshGossipTopic *topic = mesh_gossip_mesh_find (gossip, item->topic, item->topic_len);
  MeshGossipRpcItem subscription = *item;
  GraftAnswer answer;

  gossip->counters.graft_in++;
  /* v1.1, Spam Protection Measures: no answer where we are not. */
  if (topic == NULL || !topic->is_subscribed)
    {
      gossip->counters.graft_refused++;
      return;
    }
  if (mesh_gossip_has (topic->mesh, peer))
    return;
  subscription.is_on = TRUE; /* who is in a mesh subscribes */
  mesh_gossip_mesh_handle_subscription (gossip, peer, &subscription, now_us);
  answer = judge_graft (gossip, topic, peer, now_us);
  if (answer == GRAFT_TAKE && mesh_gossip_has (peer->topics, topic))
    {
      mesh_gossip_mesh_add (gossip, topic, peer, now_us);
      return;
    }
  gossip->counters.graft_refused++;
  mesh_gossip_mesh_prune (gossip, topic, peer, gossip->config.params.prune_backoff_us,
                          answer == GRAFT_REFUSE_WITH_PX, now_us);
}

/* PRUNE. */

static gboolean
is_us_or_here (const MeshGossip *gossip, const MeshPeerId *id)
{
  return mesh_peer_id_equal (id, gossip->self)
         || mesh_gossip_find_peer (gossip, id) != NULL;
}

/* Returns: (transfer full) (nullable): a peer to go to; only what it signed itself is
 * believed about its addresses. */
static MeshGossipPx *
read_px (const MeshGossip *gossip,
         const guint8 *id,
         gsize id_len,
         const guint8 *envelope,
         gsize envelope_len)
{
  g_autoptr (MeshPeerId) peer_id = mesh_peer_id_from_bytes (id, id_len, NULL);
  g_autoptr (MeshPeerRecord) record = NULL;
  MeshGossipPx *px;

  if (peer_id == NULL || is_us_or_here (gossip, peer_id))
    return NULL;
  if (envelope_len > MESH_GOSSIP_MAX_PX_RECORD_BYTES)
    return NULL;
  if (envelope != NULL)
    {
      record = mesh_peer_record_open (envelope, envelope_len, NULL);
      if (record == NULL
          || !mesh_peer_id_equal (mesh_peer_record_get_peer_id (record), peer_id))
        return NULL;
    }
  px = g_new0 (MeshGossipPx, 1);
  px->peer_id = g_steal_pointer (&peer_id);
  px->record = g_steal_pointer (&record);
  return px;
}

static void
handle_px (MeshGossip *gossip,
           MeshGossipTopic *topic,
           MeshGossipPeer *peer,
           MeshGossipRpcItem *item,
           gint64 now_us)
{
  g_autoptr (GPtrArray) list
      = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_gossip_px_free);
  const guint8 *id, *record;
  gsize id_len, record_len;
  guint n = 0;

  if (mesh_gossip_rate (gossip, peer, now_us) < gossip->config.thresholds.accept_px)
    return;
  while (n < gossip->config.params.prune_peers
         && mesh_gossip_rpc_next_peer (item, &id, &id_len, &record, &record_len))
    {
      MeshGossipPx *px = read_px (gossip, id, id_len, record, record_len);

      n++;
      if (px != NULL)
        g_ptr_array_add (list, px);
    }
  if (list->len > 0)
    mesh_gossip_emit (gossip, MESH_GOSSIP_EVENT_PX, peer, topic)->px
        = g_steal_pointer (&list);
}

void
mesh_gossip_control_handle_prune (MeshGossip *gossip,
                                  MeshGossipPeer *peer,
                                  MeshGossipRpcItem *item,
                                  gint64 now_us)
{
  MeshGossipTopic *topic = mesh_gossip_mesh_find (gossip, item->topic, item->topic_len);
  gint64 backoff_us = gossip->config.params.prune_backoff_us;

  gossip->counters.prune_in++;
  if (topic == NULL || !topic->is_subscribed)
    return;
  if (item->backoff_s > 0)
    backoff_us = (gint64) MIN (item->backoff_s,
                               (guint64) (MESH_GOSSIP_MAX_BACKOFF_US / G_USEC_PER_SEC))
                 * G_USEC_PER_SEC;
  mesh_gossip_mesh_remove (gossip, topic, peer, now_us);
  mesh_gossip_mesh_back_off (topic, peer, now_us + backoff_us);
  handle_px (gossip, topic, peer, item, now_us);
}
