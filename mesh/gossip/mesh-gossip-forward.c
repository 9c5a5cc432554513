/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "gossip/mesh-gossip-forward.h"

#include <string.h>

#include "base/mesh-error.h"
#include "gossip/mesh-gossip-mesh.h"

void
mesh_gossip_forward_free_validation (gpointer data)
{
  MeshGossipValidation *validation = data;

  mesh_gossip_message_unref (validation->msg);
  mesh_peer_id_unref (validation->from);
  g_free (validation);
}

/* Blame and praise. */

static gboolean
has_sent (const MeshGossipSeenEntry *entry, const MeshPeerId *id)
{
  for (guint i = 0; entry != NULL && entry->senders != NULL && i < entry->senders->len;
       i++)
    if (mesh_peer_id_equal (g_ptr_array_index (entry->senders, i), id))
      return TRUE;
  return FALSE;
}

static void
blame (MeshGossip *gossip, MeshGossipPeer *peer, MeshGossipTopic *topic, gint64 now_us)
{
  if (peer == NULL || peer->is_direct)
    return;
  if (topic != NULL && topic->is_subscribed)
    mesh_gossip_score_invalid (gossip->score, peer->score, topic->score, now_us);
  else
    mesh_gossip_score_penalise (gossip->score, peer->score, 1, now_us);
}

/* v1.1, P2 and P3: the first sender, and those who sent it while it was judged. */
static void
praise (MeshGossip *gossip,
        MeshGossipTopic *topic,
        const MeshPeerId *from,
        const MeshGossipSeenEntry *entry,
        gint64 now_us)
{
  MeshGossipPeer *peer = mesh_gossip_find_peer (gossip, from);

  if (peer != NULL)
    mesh_gossip_score_first (gossip->score, peer->score, topic->score, now_us);
  for (guint i = 0; entry != NULL && entry->senders != NULL && i < entry->senders->len;
       i++)
    {
      peer = mesh_gossip_find_peer (gossip, g_ptr_array_index (entry->senders, i));
      if (peer != NULL && !mesh_peer_id_equal (peer->id, from))
        mesh_gossip_score_again (gossip->score, peer->score, topic->score, now_us,
                                 now_us);
    }
}

static void
blame_all (MeshGossip *gossip,
           MeshGossipTopic *topic,
           const MeshPeerId *from,
           const MeshGossipSeenEntry *entry,
           gint64 now_us)
{
  if (entry == NULL || !has_sent (entry, from))
    blame (gossip, mesh_gossip_find_peer (gossip, from), topic, now_us);
  for (guint i = 0; entry != NULL && entry->senders != NULL && i < entry->senders->len;
       i++)
    blame (gossip, mesh_gossip_find_peer (gossip, g_ptr_array_index (entry->senders, i)),
           topic, now_us);
}

/* Sending on. */

typedef struct
{
  MeshGossipMessage *msg;           /* (unowned) */
  MeshGossipTopic *topic;           /* (unowned) */
  const MeshPeerId *from;           /* (unowned) (nullable) */
  const MeshGossipSeenEntry *entry; /* (unowned) (nullable) */
  GBytes *fragment;                 /* (unowned) */
} Copy;

/* Returns: 1 when it is queued for @peer, else 0. */
static guint
send_copy (MeshGossip *gossip, const Copy *copy, MeshGossipPeer *peer)
{
  if ((copy->from != NULL && mesh_peer_id_equal (peer->id, copy->from))
      || mesh_peer_id_equal (peer->id, copy->msg->author)
      || has_sent (copy->entry, peer->id))
    return 0;
  return mesh_gossip_push (gossip, peer, MESH_GOSSIP_OUT_MESSAGE, NULL,
                           g_bytes_ref (copy->fragment))
             ? 1
             : 0;
}

static guint
send_to_direct (MeshGossip *gossip, const Copy *copy)
{
  guint n_sent = 0;

  for (guint i = 0; i < gossip->direct->len; i++)
    {
      MeshGossipPeer *peer
          = mesh_gossip_find_peer (gossip, g_ptr_array_index (gossip->direct, i));

      if (peer != NULL && mesh_gossip_has (peer->topics, copy->topic))
        n_sent += send_copy (gossip, copy, peer);
    }
  return n_sent;
}

static guint
send_to_list (MeshGossip *gossip, const Copy *copy, const GPtrArray *peers)
{
  guint n_sent = 0;

  for (guint i = 0; i < peers->len; i++)
    n_sent += send_copy (gossip, copy, g_ptr_array_index (peers, i));
  return n_sent;
}

static void
pass_on (MeshGossip *gossip,
         MeshGossipTopic *topic,
         MeshGossipMessage *msg,
         const MeshPeerId *from,
         const MeshGossipSeenEntry *entry)
{
  g_autoptr (GBytes) fragment = mesh_gossip_rpc_message (msg->raw);
  const Copy copy = { msg, topic, from, entry, fragment };

  send_to_list (gossip, &copy, topic->mesh);
  send_to_direct (gossip, &copy);
}

static void
emit_message (MeshGossip *gossip,
              MeshGossipEventType type,
              MeshGossipTopic *topic,
              MeshGossipMessage *msg,
              const MeshPeerId *from,
              guint64 handle)
{
  MeshGossipEvent *event = mesh_gossip_emit (gossip, type, NULL, topic);

  event->peer = mesh_peer_id_ref ((MeshPeerId *) from);
  event->author = mesh_peer_id_ref (msg->author);
  event->seqno = msg->seqno;
  event->data = g_bytes_ref (msg->data);
  event->id = g_bytes_ref (msg->id);
  event->handle = handle;
}

static void
accept_message (MeshGossip *gossip,
                MeshGossipTopic *topic,
                MeshGossipMessage *msg,
                const MeshPeerId *from,
                const MeshGossipSeenEntry *entry,
                guint64 handle,
                gint64 now_us)
{
  praise (gossip, topic, from, entry, now_us);
  mesh_gossip_cache_put (gossip->cache, msg);
  pass_on (gossip, topic, msg, from, entry);
  gossip->counters.delivered++;
  emit_message (gossip, MESH_GOSSIP_EVENT_DELIVER, topic, msg, from, handle);
}

/* Verdicts. */

static MeshGossipSeenEntry *
find_entry (MeshGossip *gossip, const MeshGossipMessage *msg, gint64 now_us)
{
  gsize len;
  const guint8 *id = g_bytes_get_data (msg->id, &len);

  return mesh_gossip_seen_lookup (gossip->seen, id, len, now_us);
}

/* Who sent a valid message is of interest for as long as P3 may count it. */
static void
settle_entry (MeshGossipSeenEntry *entry,
              const MeshGossipTopic *topic,
              MeshGossipVerdict verdict,
              gint64 now_us)
{
  if (entry == NULL)
    return;
  entry->decided_us = now_us;
  entry->state = verdict == MESH_GOSSIP_ACCEPT   ? MESH_GOSSIP_SEEN_VALID
                 : verdict == MESH_GOSSIP_REJECT ? MESH_GOSSIP_SEEN_INVALID
                                                 : MESH_GOSSIP_SEEN_IGNORED;
  if (verdict != MESH_GOSSIP_ACCEPT || !mesh_gossip_score_has_p3 (topic->score))
    g_clear_pointer (&entry->senders, g_ptr_array_unref);
}

void
mesh_gossip_forward_decide (MeshGossip *gossip,
                            guint64 handle,
                            MeshGossipVerdict verdict,
                            gint64 now_us)
{
  MeshGossipValidation *validation = g_hash_table_lookup (gossip->validations, &handle);
  MeshGossipSeenEntry *entry;
  MeshGossipTopic *topic;
  MeshGossipMessage *msg;
  MeshGossipPeer *peer;

  if (validation == NULL)
    return;
  msg = validation->msg;
  peer = mesh_gossip_find_peer (gossip, validation->from);
  if (peer != NULL && peer->n_validations > 0)
    peer->n_validations--;
  entry = find_entry (gossip, msg, now_us);
  topic = g_hash_table_lookup (gossip->topics, msg->topic);
  if (topic == NULL || !topic->is_subscribed)
    verdict = MESH_GOSSIP_IGNORE; /* we left the topic meanwhile */
  switch (verdict)
    {
    case MESH_GOSSIP_ACCEPT:
      accept_message (gossip, topic, msg, validation->from, entry, handle, now_us);
      break;
    case MESH_GOSSIP_REJECT:
      gossip->counters.rejected++;
      blame_all (gossip, topic, validation->from, entry, now_us);
      break;
    case MESH_GOSSIP_IGNORE:
    default:
      gossip->counters.ignored++;
      break;
    }
  settle_entry (entry, topic, verdict, now_us);
  g_queue_remove (&gossip->waiting, validation);
  g_hash_table_remove (gossip->validations, &handle);
}

void
mesh_gossip_forward_expire (MeshGossip *gossip, gint64 now_us)
{
  const MeshGossipValidation *oldest;

  while ((oldest = g_queue_peek_head (&gossip->waiting)) != NULL
         && oldest->since_us <= now_us - gossip->config.params.validation_timeout_us)
    mesh_gossip_forward_decide (gossip, oldest->handle, MESH_GOSSIP_IGNORE, now_us);
}

static void
begin_validation (MeshGossip *gossip,
                  MeshGossipPeer *peer,
                  MeshGossipTopic *topic,
                  MeshGossipMessage *msg,
                  gint64 now_us)
{
  MeshGossipValidation *validation = g_new0 (MeshGossipValidation, 1);

  validation->handle = ++gossip->next_handle;
  validation->msg = mesh_gossip_message_ref (msg);
  validation->from = mesh_peer_id_ref (peer->id);
  validation->since_us = now_us;
  peer->n_validations++;
  g_hash_table_insert (gossip->validations, &validation->handle, validation);
  g_queue_push_tail (&gossip->waiting, validation);
  emit_message (gossip, MESH_GOSSIP_EVENT_VALIDATE, topic, msg, peer->id,
                validation->handle);
}

/* Receiving. */

static void
handle_duplicate (MeshGossip *gossip,
                  MeshGossipPeer *peer,
                  MeshGossipTopic *topic,
                  MeshGossipSeenEntry *entry,
                  gint64 now_us)
{
  gossip->counters.duplicates++;
  switch (entry->state)
    {
    case MESH_GOSSIP_SEEN_WAITING:
      if (!has_sent (entry, peer->id))
        mesh_gossip_seen_add_sender (entry, peer->id);
      break;
    case MESH_GOSSIP_SEEN_VALID:
      if (mesh_gossip_score_has_p3 (topic->score) && !has_sent (entry, peer->id))
        {
          mesh_gossip_seen_add_sender (entry, peer->id);
          mesh_gossip_score_again (gossip->score, peer->score, topic->score,
                                   entry->decided_us, now_us);
        }
      break;
    case MESH_GOSSIP_SEEN_INVALID:
      blame (gossip, peer, topic, now_us);
      break;
    case MESH_GOSSIP_SEEN_IGNORED:
    default:
      break;
    }
}

/* Returns: whether there is time and room to look at one more new message of @peer. */
static gboolean
has_capacity (MeshGossip *gossip, MeshGossipPeer *peer, gint64 now_us)
{
  const MeshGossipParams *params = &gossip->config.params;

  if (peer->n_validations >= params->max_peer_validations
      || gossip->waiting.length >= params->max_validations)
    return FALSE;
  return params->peer_per_second == 0
         || mesh_gossip_times_take (gossip->senders, peer->id,
                                    G_USEC_PER_SEC / params->peer_per_second,
                                    params->peer_burst, now_us);
}

/* The author sends more than anybody needs to. Those who pass it on may not know that
 * yet; the author itself does. */
static gboolean
is_author_in_rate (MeshGossip *gossip,
                   MeshGossipPeer *peer,
                   const MeshGossipMessage *msg,
                   gint64 now_us)
{
  const MeshGossipParams *params = &gossip->config.params;

  if (params->author_per_minute == 0
      || mesh_gossip_times_take (gossip->authors, msg->author,
                                 60 * G_USEC_PER_SEC / params->author_per_minute,
                                 params->author_burst, now_us))
    return TRUE;
  gossip->counters.rate_limited++;
  if (mesh_peer_id_equal (peer->id, msg->author))
    mesh_gossip_score_penalise (gossip->score, peer->score, 0.1, now_us);
  return FALSE;
}

static MeshGossipMessage *
open_message (MeshGossip *gossip,
              MeshGossipPeer *peer,
              MeshGossipTopic *topic,
              const MeshGossipMessageView *view,
              GBytes *container,
              gint64 now_us)
{
  g_autoptr (GError) error = NULL;
  MeshGossipMessage *msg = mesh_gossip_message_open (view, container, &error);

  if (msg != NULL)
    return msg;
  if (g_error_matches (error, MESH_ERROR, MESH_ERROR_UNSUPPORTED))
    {
      gossip->counters.ignored++;
      return NULL;
    }
  gossip->counters.bad_signature++;
  blame (gossip, peer, topic, now_us);
  return NULL;
}

static void
handle_new (MeshGossip *gossip,
            MeshGossipPeer *peer,
            MeshGossipTopic *topic,
            const MeshGossipMessageView *view,
            GBytes *container,
            gint64 now_us)
{
  g_autoptr (MeshGossipMessage) msg = NULL;
  MeshGossipSeenState state = MESH_GOSSIP_SEEN_VALID;
  MeshGossipSeenEntry *entry;

  if (!has_capacity (gossip, peer, now_us))
    {
      gossip->counters.throttled++;
      return;
    }
  msg = open_message (gossip, peer, topic, view, container, now_us);
  if (msg == NULL)
    return; /* not marked as seen: the id may be that of a genuine message */
  mesh_gossip_promises_keep (gossip->promises, view->id, view->id_len);
  if (!is_author_in_rate (gossip, peer, msg, now_us))
    state = MESH_GOSSIP_SEEN_IGNORED;
  else if (topic->is_validated)
    state = MESH_GOSSIP_SEEN_WAITING;
  entry = mesh_gossip_seen_add (gossip->seen, view->id, view->id_len, state, now_us);
  if (state == MESH_GOSSIP_SEEN_WAITING || mesh_gossip_score_has_p3 (topic->score))
    mesh_gossip_seen_add_sender (entry, peer->id);
  if (state == MESH_GOSSIP_SEEN_WAITING)
    begin_validation (gossip, peer, topic, msg, now_us);
  else if (state == MESH_GOSSIP_SEEN_VALID)
    accept_message (gossip, topic, msg, peer->id, NULL, 0, now_us);
}

static gboolean
is_of (const MeshGossipMessageView *view, const MeshPeerId *id)
{
  gsize len;
  const guint8 *data = mesh_peer_id_get_bytes (id, &len);

  return view->from_len == len && memcmp (view->from, data, len) == 0;
}

void
mesh_gossip_forward_handle (MeshGossip *gossip,
                            MeshGossipPeer *peer,
                            const guint8 *raw,
                            gsize len,
                            GBytes *container,
                            gint64 now_us)
{
  g_autoptr (GError) error = NULL;
  MeshGossipMessageView view;
  MeshGossipSeenEntry *entry;
  MeshGossipTopic *topic;

  gossip->counters.received++;
  if (!mesh_gossip_message_read (raw, len, &view, &error))
    {
      if (g_error_matches (error, MESH_ERROR, MESH_ERROR_UNSUPPORTED))
        {
          gossip->counters.ignored++;
          return;
        }
      gossip->counters.malformed++;
      blame (gossip, peer, mesh_gossip_mesh_find (gossip, view.topic, view.topic_len),
             now_us);
      return;
    }
  topic = mesh_gossip_mesh_find (gossip, view.topic, view.topic_len);
  if (topic == NULL || !topic->is_subscribed)
    {
      gossip->counters.off_topic++;
      return;
    }
  if (view.data_len > gossip->config.params.max_message_bytes)
    {
      gossip->counters.too_large++;
      blame (gossip, peer, topic, now_us);
      return;
    }
  entry = mesh_gossip_seen_lookup (gossip->seen, view.id, view.id_len, now_us);
  if (entry != NULL)
    handle_duplicate (gossip, peer, topic, entry, now_us);
  else if (is_of (&view, gossip->self))
    gossip->counters.ignored++; /* of an earlier run of ours, or made up */
  else
    handle_new (gossip, peer, topic, &view, container, now_us);
}

/* Publishing. */

static guint
send_to_all (MeshGossip *gossip, const Copy *copy, gint64 now_us)
{
  guint n_sent = 0;

  for (guint i = 0; i < copy->topic->peers->len; i++)
    {
      MeshGossipPeer *peer = g_ptr_array_index (copy->topic->peers, i);

      if (peer->is_direct
          || mesh_gossip_rate (gossip, peer, now_us) >= gossip->config.thresholds.publish)
        n_sent += send_copy (gossip, copy, peer);
    }
  return n_sent;
}

/* To the mesh, or to a few subscribers of a topic that we are not in. */
static guint
send_to_some (MeshGossip *gossip, const Copy *copy, gint64 now_us)
{
  guint n_sent = send_to_direct (gossip, copy);

  if (copy->topic->is_subscribed)
    return n_sent + send_to_list (gossip, copy, copy->topic->mesh);
  mesh_gossip_mesh_fill_fanout (gossip, copy->topic, now_us);
  copy->topic->fanout_us = now_us;
  return n_sent + send_to_list (gossip, copy, copy->topic->fanout);
}

guint
mesh_gossip_forward_publish (MeshGossip *gossip,
                             MeshGossipTopic *topic,
                             MeshGossipMessage *msg,
                             gint64 now_us)
{
  g_autoptr (GBytes) fragment = mesh_gossip_rpc_message (msg->raw);
  const Copy copy = { msg, topic, NULL, NULL, fragment };
  gsize len;
  const guint8 *id = g_bytes_get_data (msg->id, &len);

  mesh_gossip_seen_add (gossip->seen, id, len, MESH_GOSSIP_SEEN_VALID, now_us);
  mesh_gossip_cache_put (gossip->cache, msg);
  gossip->counters.published++;
  return gossip->config.params.is_flood_publish ? send_to_all (gossip, &copy, now_us)
                                                : send_to_some (gossip, &copy, now_us);
}
