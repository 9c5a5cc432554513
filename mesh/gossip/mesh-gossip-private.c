/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */

/* The state of the core: how it is made and freed, and what all files do with it. Owned
 * by a driver, used from its thread; mesh_gossip_free() ends it without a word to
 * anybody. */
#include "config.h"

#include "gossip/mesh-gossip-private.h"

#include "gossip/mesh-gossip-forward.h"
#include "gossip/mesh-gossip-mesh.h"

/* Values that leave the core. */

void
mesh_gossip_px_free (MeshGossipPx *px)
{
  g_clear_pointer (&px->peer_id, mesh_peer_id_unref);
  g_clear_pointer (&px->record, mesh_peer_record_free);
  g_free (px);
}

void
mesh_gossip_event_clear (MeshGossipEvent *event)
{
  g_clear_pointer (&event->peer, mesh_peer_id_unref);
  g_clear_pointer (&event->bytes, g_bytes_unref);
  g_clear_pointer (&event->topic, g_free);
  g_clear_pointer (&event->author, mesh_peer_id_unref);
  g_clear_pointer (&event->data, g_bytes_unref);
  g_clear_pointer (&event->id, g_bytes_unref);
  g_clear_pointer (&event->px, g_ptr_array_unref);
  event->type = MESH_GOSSIP_EVENT_NONE;
}

static void
event_free (gpointer data)
{
  mesh_gossip_event_clear (data);
  g_free (data);
}

/* What the other files use. */

MeshGossipPeer *
mesh_gossip_find_peer (const MeshGossip *gossip, const MeshPeerId *id)
{
  return g_hash_table_lookup (gossip->peers, id);
}

MeshGossipEvent *
mesh_gossip_emit (MeshGossip *gossip,
                  MeshGossipEventType type,
                  const MeshGossipPeer *peer,
                  const MeshGossipTopic *topic)
{
  MeshGossipEvent *event = g_new0 (MeshGossipEvent, 1);

  event->type = type;
  if (peer != NULL)
    event->peer = mesh_peer_id_ref (peer->id);
  if (topic != NULL)
    event->topic = g_strdup (topic->name);
  g_queue_push_tail (&gossip->events, event);
  return event;
}

void
mesh_gossip_mark_dirty (MeshGossip *gossip, MeshGossipPeer *peer)
{
  if (peer->is_dirty || peer->is_busy || mesh_gossip_outbox_is_empty (&peer->outbox))
    return;
  peer->is_dirty = TRUE;
  g_queue_push_tail (&gossip->dirty, peer);
}

void
mesh_gossip_unmark_dirty (MeshGossip *gossip, MeshGossipPeer *peer)
{
  if (peer->is_dirty)
    g_queue_remove (&gossip->dirty, peer);
  peer->is_dirty = FALSE;
}

gboolean
mesh_gossip_push (MeshGossip *gossip,
                  MeshGossipPeer *peer,
                  MeshGossipOutKind kind,
                  const MeshGossipTopic *topic,
                  GBytes *fragment)
{
  MeshGossipOutboxLoss loss = { 0 };

  mesh_gossip_outbox_push (&peer->outbox, kind, topic != NULL ? topic->number : 0,
                           fragment, gossip->config.params.max_queue_bytes, &loss);
  gossip->counters.dropped_gossip += loss.n_gossip;
  gossip->counters.dropped_messages += loss.n_messages;
  mesh_gossip_mark_dirty (gossip, peer);
  return loss.n_messages == 0;
}

double
mesh_gossip_rate (MeshGossip *gossip, MeshGossipPeer *peer, gint64 now_us)
{
  return mesh_gossip_score_get (gossip->score, peer->score, now_us);
}

GPtrArray *
mesh_gossip_write_ids (const GPtrArray *ids, MeshGossipIdForm form)
{
  GPtrArray *written = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  for (guint i = 0; i < ids->len; i++)
    g_ptr_array_add (written,
                     mesh_gossip_message_write_id (g_ptr_array_index (ids, i), form));
  return written;
}

void
mesh_gossip_shuffle (MeshGossip *gossip, GPtrArray *array)
{
  for (guint i = array->len; i > 1; i--)
    {
      guint j = (guint) mesh_rng_below (&gossip->rng, i);
      gpointer item = array->pdata[i - 1];

      array->pdata[i - 1] = array->pdata[j];
      array->pdata[j] = item;
    }
}

/* Life. */

static void
peer_free (gpointer data)
{
  MeshGossipPeer *peer = data;

  mesh_gossip_outbox_clear (&peer->outbox);
  g_clear_pointer (&peer->record, g_bytes_unref);
  g_ptr_array_unref (peer->topics);
  mesh_peer_id_unref (peer->id);
  g_free (peer);
}

static void
make_tables (MeshGossip *gossip)
{
  const MeshGossipParams *params = &gossip->config.params;
  guint8 key[MESH_GOSSIP_SEEN_KEY_BYTES];

  mesh_rng_fill (&gossip->rng, key, sizeof key);
  gossip->peers
      = g_hash_table_new_full (mesh_peer_id_hash, mesh_peer_id_equal, NULL, peer_free);
  gossip->peer_order = g_ptr_array_new ();
  gossip->topics = g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
                                          mesh_gossip_mesh_free_topic);
  gossip->topic_order = g_ptr_array_new ();
  gossip->direct = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_peer_id_unref);
  gossip->seen = mesh_gossip_seen_new (params->max_seen, params->seen_ttl_us, key);
  gossip->cache = mesh_gossip_cache_new (params->history_length, params->history_gossip,
                                         params->max_cached, params->max_cached_bytes);
  gossip->score = mesh_gossip_score_new (&gossip->config.score);
  gossip->authors = mesh_gossip_times_new (params->max_authors);
  gossip->senders = mesh_gossip_times_new (MESH_GOSSIP_MAX_SENDERS);
  gossip->promises = mesh_gossip_promises_new (params->max_promises);
  gossip->validations = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL,
                                               mesh_gossip_forward_free_validation);
  g_queue_init (&gossip->waiting);
  g_queue_init (&gossip->events);
  g_queue_init (&gossip->dirty);
}

MeshGossip *
mesh_gossip_new (const MeshGossipConfig *config, MeshRng *rng, GError **error)
{
  MeshGossip *gossip;

  if (!mesh_gossip_params_check (&config->params, error)
      || !mesh_gossip_params_check_thresholds (&config->thresholds, error)
      || !mesh_gossip_params_check_score (&config->score, error)
      || !mesh_gossip_params_check_topic (&config->topic, error))
    return NULL;
  gossip = g_new0 (MeshGossip, 1);
  gossip->config = *config;
  gossip->keypair = mesh_keypair_ref (config->keypair);
  gossip->self
      = mesh_peer_id_new_from_public_key (mesh_keypair_get_public_key (config->keypair));
  gossip->next_seqno = config->first_seqno;
  gossip->next_heartbeat_us = G_MAXINT64;
  mesh_rng_init (&gossip->rng, mesh_rng_next (rng));
  make_tables (gossip);
  return gossip;
}

void
mesh_gossip_free (MeshGossip *gossip)
{
  g_queue_clear (&gossip->dirty);
  g_queue_clear_full (&gossip->events, event_free);
  g_queue_clear (&gossip->waiting);
  g_hash_table_unref (gossip->validations);
  mesh_gossip_promises_free (gossip->promises);
  mesh_gossip_times_free (gossip->senders);
  mesh_gossip_times_free (gossip->authors);
  mesh_gossip_cache_free (gossip->cache);
  mesh_gossip_seen_free (gossip->seen);
  for (guint i = 0; i < gossip->peer_order->len; i++)
    {
      MeshGossipPeer *peer = g_ptr_array_index (gossip->peer_order, i);

      mesh_gossip_score_remove (gossip->score, peer->score, gossip->now_us);
    }
  mesh_gossip_score_free (gossip->score);
  g_ptr_array_unref (gossip->direct);
  g_ptr_array_unref (gossip->topic_order);
  g_hash_table_unref (gossip->topics);
  g_ptr_array_unref (gossip->peer_order);
  g_hash_table_unref (gossip->peers);
  mesh_peer_id_unref (gossip->self);
  mesh_keypair_unref (gossip->keypair);
  g_free (gossip);
}
