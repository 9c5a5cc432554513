/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "bitswap/mesh-bitswap-server.h"

typedef struct Peer Peer;

typedef enum
{
  WANT_LOOKUP, /* waits for an answer; in server->lookups unless already polled */
  WANT_QUEUED, /* to be sent; in peer->queue */
  WANT_ABSENT, /* kept in case the block comes; in server->absent */
} WantState;

typedef struct
{
  MeshCid *cid; /* (owned) */
  Peer *peer;   /* (unowned) */
  WantState state;
  MeshBitswapWantType type;
  gint32 priority;
  gboolean send_dont_have;
  gboolean is_polled; /* WANT_LOOKUP: the caller has the event */
  guint64 seq;
  gsize size;          /* WANT_QUEUED */
  GSequenceIter *iter; /* (unowned) (nullable): in peer->queue */
  GList link;          /* in server->lookups, or in the list of server->absent */
} Want;

typedef struct
{
  MeshCid *cid; /* (owned) */
  gboolean has;
} Presence;

struct Peer
{
  guint64 id;
  char *peer_id;     /* (owned) */
  GHashTable *wants; /* (owned) (element-type MeshCid Want) */
  GSequence *queue;  /* (owned) (element-type Want): blocks to send, best first */
  GQueue presences;  /* (element-type Presence) */
  gsize queued_bytes;
  gsize in_flight_bytes;
  guint n_in_flight;
  gboolean is_refilling; /* the window is not full and was empty enough lately */
  guint n_lookups;       /* wants in WANT_LOOKUP */
  guint64 virtual_time;  /* weighted bytes served; the least is served next */
};

typedef struct
{
  guint64 id;
  guint64 peer;
  gsize bytes;
  gboolean is_orphan; /* the peer went */
} InFlight;

struct MeshBitswapServer
{
  MeshBitswapLedger *ledger; /* (unowned) */
  GHashTable *peers;         /* (owned) (element-type guint64 Peer) */
  GPtrArray *order;          /* (owned) (element-type Peer): in order of arrival */
  GQueue lookups;            /* of Want */
  GHashTable *absent;        /* (owned) (element-type MeshCid GQueue): wants by block */
  GHashTable *in_flight;     /* (owned) (element-type guint64 InFlight) */
  gsize window_bytes;
  gsize in_flight_bytes;
  guint n_wants;
  guint64 next_seq;
  guint64 virtual_now; /* of the peer served last */
};

static void
presence_free (gpointer data)
{
  Presence *presence = data;

  mesh_cid_unref (presence->cid);
  g_free (presence);
}

static void
want_free (gpointer data)
{
  Want *want = data;

  mesh_cid_unref (want->cid);
  g_free (want);
}

static void
peer_free (gpointer data)
{
  Peer *peer = data;

  g_sequence_free (peer->queue);
  g_hash_table_unref (peer->wants);
  g_queue_clear_full (&peer->presences, presence_free);
  g_free (peer->peer_id);
  g_free (peer);
}

static void
absent_queue_free (gpointer data)
{
  g_free (data); /* its links are part of the wants */
}

MeshBitswapServer *
mesh_bitswap_server_new (MeshBitswapLedger *ledger, gsize window_bytes)
{
  MeshBitswapServer *server = g_new0 (MeshBitswapServer, 1);

  server->ledger = ledger;
  server->window_bytes = window_bytes;
  server->peers = g_hash_table_new (g_int64_hash, g_int64_equal);
  server->order = g_ptr_array_new_with_free_func (peer_free);
  server->absent
      = g_hash_table_new_full (mesh_cid_hash_multihash, mesh_cid_equal_multihash,
                               (GDestroyNotify) mesh_cid_unref, absent_queue_free);
  server->in_flight = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, g_free);
  return server;
}

void
mesh_bitswap_server_free (MeshBitswapServer *server)
{
  g_hash_table_unref (server->peers);
  g_ptr_array_unref (server->order);
  g_hash_table_unref (server->absent);
  g_hash_table_unref (server->in_flight);
  g_free (server);
}

void
mesh_bitswap_server_send_clear (MeshBitswapServerSend *send)
{
  g_clear_pointer (&send->blocks, g_ptr_array_unref);
  g_clear_pointer (&send->haves, g_ptr_array_unref);
  g_clear_pointer (&send->dont_haves, g_ptr_array_unref);
}

gboolean
mesh_bitswap_server_add_peer (MeshBitswapServer *server, guint64 id, const char *peer_id)
{
  Peer *peer;

  if (g_hash_table_contains (server->peers, &id))
    return TRUE;
  if (server->order->len >= MESH_BITSWAP_SERVER_MAX_PEERS)
    return FALSE;
  peer = g_new0 (Peer, 1);
  peer->id = id;
  peer->peer_id = g_strdup (peer_id);
  peer->wants = g_hash_table_new_full (mesh_cid_hash_multihash, mesh_cid_equal_multihash,
                                       NULL, want_free);
  peer->queue = g_sequence_new (NULL);
  peer->is_refilling = TRUE;
  peer->virtual_time = server->virtual_now;
  g_hash_table_insert (server->peers, &peer->id, peer);
  g_ptr_array_add (server->order, peer);
  return TRUE;
}

/* Takes a want out of whatever list its state has it in. */
static void
unlink_want (MeshBitswapServer *server, Want *want)
{
  GQueue *queue;

  switch (want->state)
    {
    case WANT_LOOKUP:
      want->peer->n_lookups--;
      if (!want->is_polled)
        g_queue_unlink (&server->lookups, &want->link);
      break;
    case WANT_QUEUED:
      want->peer->queued_bytes -= want->size;
      g_sequence_remove (g_steal_pointer (&want->iter));
      break;
    case WANT_ABSENT:
      queue = g_hash_table_lookup (server->absent, want->cid);
      g_queue_unlink (queue, &want->link);
      if (queue->length == 0)
        g_hash_table_remove (server->absent, want->cid);
      break;
    default:
      g_assert_not_reached ();
    }
}

static void
remove_want (MeshBitswapServer *server, Want *want)
{
  unlink_want (server, want);
  server->n_wants--;
  g_hash_table_remove (want->peer->wants, want->cid);
}

static void
remove_all_wants (MeshBitswapServer *server, Peer *peer)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, peer->wants);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      unlink_want (server, value);
      server->n_wants--;
      g_hash_table_iter_remove (&iter);
    }
}

void
mesh_bitswap_server_remove_peer (MeshBitswapServer *server, guint64 id)
{
  Peer *peer = g_hash_table_lookup (server->peers, &id);
  GHashTableIter iter;
  gpointer value;

  if (peer == NULL)
    return;
  remove_all_wants (server, peer);
  /* The number may be used again before its messages are reported. */
  g_hash_table_iter_init (&iter, server->in_flight);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (((InFlight *) value)->peer == id)
      ((InFlight *) value)->is_orphan = TRUE;
  g_hash_table_remove (server->peers, &id);
  g_ptr_array_remove (server->order, peer);
}

static void
set_lookup (MeshBitswapServer *server, Want *want)
{
  want->state = WANT_LOOKUP;
  want->is_polled = FALSE;
  want->peer->n_lookups++;
  g_queue_push_tail_link (&server->lookups, &want->link);
}

static void
queue_presence (Peer *peer, MeshCid *cid, gboolean has)
{
  Presence *presence;

  if (peer->presences.length >= MESH_BITSWAP_SERVER_MAX_PRESENCES)
    return;
  presence = g_new (Presence, 1);
  *presence = (Presence){ mesh_cid_ref (cid), has };
  g_queue_push_tail (&peer->presences, presence);
}

static gboolean
take_entry (MeshBitswapServer *server, Peer *peer, const MeshBitswapEntry *entry)
{
  Want *want = g_hash_table_lookup (peer->wants, entry->cid);

  if (entry->is_cancel)
    {
      if (want != NULL)
        remove_want (server, want);
      return TRUE;
    }
  if (want == NULL)
    {
      if (g_hash_table_size (peer->wants) >= MESH_BITSWAP_SERVER_MAX_WANTS_PER_PEER
          || server->n_wants >= MESH_BITSWAP_SERVER_MAX_WANTS)
        return FALSE;
      want = g_new0 (Want, 1);
      want->cid = mesh_cid_ref (entry->cid);
      want->peer = peer;
      want->link.data = want;
      want->type = entry->type;
      g_hash_table_insert (peer->wants, want->cid, want);
      server->n_wants++;
    }
  else if (want->state == WANT_LOOKUP && want->is_polled)
    {
      /* the answer is on its way and will be used with what is set below */
    }
  else
    {
      unlink_want (server, want);
    }
  /* A want for the block is never weakened to a question. */
  if (entry->type == MESH_BITSWAP_WANT_BLOCK)
    want->type = MESH_BITSWAP_WANT_BLOCK;
  want->priority = entry->priority;
  want->send_dont_have = entry->send_dont_have;
  want->seq = server->next_seq++;
  if (want->state != WANT_LOOKUP || !want->is_polled)
    set_lookup (server, want);
  return TRUE;
}

guint
mesh_bitswap_server_handle_wants (MeshBitswapServer *server,
                                  guint64 id,
                                  const MeshBitswapMessage *msg)
{
  Peer *peer = g_hash_table_lookup (server->peers, &id);
  guint n_ignored = 0;

  if (peer == NULL)
    return 0;
  if (msg->is_full)
    remove_all_wants (server, peer);
  for (guint i = 0; i < msg->entries->len; i++)
    if (!take_entry (server, peer, &g_array_index (msg->entries, MeshBitswapEntry, i)))
      n_ignored++;
  return n_ignored;
}

gboolean
mesh_bitswap_server_poll_lookup (MeshBitswapServer *server,
                                 MeshBitswapServerLookup *lookup)
{
  Want *want;

  if (server->lookups.length == 0)
    return FALSE;
  want = g_queue_pop_head_link (&server->lookups)->data;
  want->is_polled = TRUE;
  *lookup = (MeshBitswapServerLookup){ want->peer->id, mesh_cid_ref (want->cid) };
  return TRUE;
}

gboolean
mesh_bitswap_server_has_lookups (const MeshBitswapServer *server)
{
  return server->lookups.length > 0;
}

static gint
compare_wants (gconstpointer a, gconstpointer b, gpointer unused)
{
  const Want *x = a, *y = b;

  if (x->priority != y->priority)
    return x->priority > y->priority ? -1 : 1;
  return x->seq < y->seq ? -1 : x->seq > y->seq;
}

static void
set_absent (MeshBitswapServer *server, Want *want)
{
  GQueue *queue = g_hash_table_lookup (server->absent, want->cid);

  if (queue == NULL)
    {
      queue = g_new0 (GQueue, 1);
      g_hash_table_insert (server->absent, mesh_cid_ref (want->cid), queue);
    }
  want->state = WANT_ABSENT;
  g_queue_push_tail_link (queue, &want->link);
}

void
mesh_bitswap_server_answer (MeshBitswapServer *server,
                            guint64 id,
                            const MeshCid *cid,
                            gboolean is_available,
                            gsize size)
{
  Peer *peer = g_hash_table_lookup (server->peers, &id);
  Want *want = peer != NULL ? g_hash_table_lookup (peer->wants, cid) : NULL;

  if (want == NULL || want->state != WANT_LOOKUP || !want->is_polled)
    return;
  if (!is_available || size > MESH_BITSWAP_BLOCK_MAX_BYTES)
    {
      if (want->send_dont_have)
        queue_presence (peer, want->cid, FALSE);
      peer->n_lookups--;
      set_absent (server, want);
    }
  else if (want->type == MESH_BITSWAP_WANT_HAVE
           && size > MESH_BITSWAP_SERVER_INLINE_BYTES)
    {
      queue_presence (peer, want->cid, TRUE);
      remove_want (server, want);
    }
  else
    {
      peer->n_lookups--;
      want->state = WANT_QUEUED;
      want->size = size;
      peer->queued_bytes += size;
      want->iter = g_sequence_insert_sorted (peer->queue, want, compare_wants, NULL);
    }
}

void
mesh_bitswap_server_notify (MeshBitswapServer *server, const MeshCid *cid)
{
  GQueue *queue = g_hash_table_lookup (server->absent, cid);

  while (queue != NULL)
    {
      Want *want = queue->head->data;
      gboolean is_last = queue->length == 1;

      unlink_want (server, want);
      set_lookup (server, want);
      if (is_last)
        return;
    }
}

void
mesh_bitswap_server_withdraw (MeshBitswapServer *server)
{
  for (guint i = 0; i < server->order->len; i++)
    {
      Peer *peer = g_ptr_array_index (server->order, i);

      while (!g_sequence_is_empty (peer->queue))
        {
          Want *want = g_sequence_get (g_sequence_get_begin_iter (peer->queue));

          unlink_want (server, want);
          set_lookup (server, want);
        }
      g_queue_clear_full (&peer->presences, presence_free);
    }
}

static gboolean
can_send_block (const MeshBitswapServer *server, const Peer *peer)
{
  return !g_sequence_is_empty (peer->queue) && peer->is_refilling
         && server->in_flight_bytes < server->window_bytes;
}

/* To be called whenever what is in flight has changed. */
static void
update_refilling (Peer *peer)
{
  if (peer->in_flight_bytes >= MESH_BITSWAP_SERVER_PEER_WINDOW_BYTES)
    peer->is_refilling = FALSE;
  else if (peer->in_flight_bytes <= MESH_BITSWAP_SERVER_PEER_REFILL_BYTES)
    peer->is_refilling = TRUE;
}

static Peer *
choose_peer (MeshBitswapServer *server, gboolean may_send_blocks)
{
  Peer *best = NULL;

  for (guint i = 0; i < server->order->len; i++)
    {
      Peer *peer = g_ptr_array_index (server->order, i);

      if (peer->n_in_flight >= MESH_BITSWAP_SERVER_PEER_WINDOW_MESSAGES)
        continue;
      /* Presences cost next to nothing, and others wait for them to choose. */
      if (peer->presences.length > 0)
        return peer;
      if (may_send_blocks && can_send_block (server, peer)
          && (best == NULL || peer->virtual_time < best->virtual_time))
        best = peer;
    }
  return best;
}

static void
pack_presences (Peer *peer, MeshBitswapServerSend *send)
{
  Presence *presence;

  while ((presence = g_queue_pop_head (&peer->presences)) != NULL)
    {
      g_ptr_array_add (presence->has ? send->haves : send->dont_haves,
                       mesh_cid_ref (presence->cid));
      presence_free (presence);
    }
}

static void
pack_blocks (MeshBitswapServer *server, Peer *peer, MeshBitswapServerSend *send)
{
  while (can_send_block (server, peer)
         && send->blocks->len < MESH_BITSWAP_MESSAGE_MAX_BLOCKS / 4)
    {
      Want *want = g_sequence_get (g_sequence_get_begin_iter (peer->queue));

      if (send->blocks->len > 0
          && send->block_bytes + want->size > MESH_BITSWAP_SERVER_TARGET_BYTES)
        break;
      send->block_bytes += want->size;
      g_ptr_array_add (send->blocks, mesh_cid_ref (want->cid));
      remove_want (server, want);
    }
}

gboolean
mesh_bitswap_server_next (MeshBitswapServer *server,
                          gboolean may_send_blocks,
                          MeshBitswapServerSend *send)
{
  Peer *peer = choose_peer (server, may_send_blocks);
  GDestroyNotify unref = (GDestroyNotify) mesh_cid_unref;
  InFlight *flight;

  if (peer == NULL)
    return FALSE;
  *send = (MeshBitswapServerSend){ .id = server->next_seq++,
                                   .peer = peer->id,
                                   .blocks = g_ptr_array_new_with_free_func (unref),
                                   .haves = g_ptr_array_new_with_free_func (unref),
                                   .dont_haves = g_ptr_array_new_with_free_func (unref) };
  /* Not both: asking who has what must not buy an earlier turn for blocks. */
  if (peer->presences.length > 0)
    pack_presences (peer, send);
  else
    pack_blocks (server, peer, send);
  send->pending_bytes = (gint32) MIN (peer->queued_bytes, G_MAXINT32);
  if (send->blocks->len > 0)
    {
      guint weight = mesh_bitswap_ledger_get_weight (server->ledger, peer->peer_id);

      /* No credit is saved up while nothing is wanted. */
      server->virtual_now = MAX (server->virtual_now, peer->virtual_time);
      peer->virtual_time
          = MAX (peer->virtual_time, server->virtual_now) + send->block_bytes * weight;
    }
  flight = g_new (InFlight, 1);
  *flight = (InFlight){ send->id, peer->id, send->block_bytes, FALSE };
  g_hash_table_insert (server->in_flight, &flight->id, flight);
  peer->n_in_flight++;
  peer->in_flight_bytes += send->block_bytes;
  update_refilling (peer);
  server->in_flight_bytes += send->block_bytes;
  return TRUE;
}

void
mesh_bitswap_server_sent (MeshBitswapServer *server, guint64 id, gsize bytes_sent)
{
  InFlight *flight = g_hash_table_lookup (server->in_flight, &id);
  Peer *peer;

  if (flight == NULL)
    return;
  server->in_flight_bytes -= flight->bytes;
  peer = g_hash_table_lookup (server->peers, &flight->peer);
  if (peer != NULL && !flight->is_orphan)
    {
      peer->n_in_flight--;
      peer->in_flight_bytes -= flight->bytes;
      update_refilling (peer);
      if (bytes_sent > 0)
        mesh_bitswap_ledger_note_sent (server->ledger, peer->peer_id, bytes_sent);
    }
  g_hash_table_remove (server->in_flight, &id);
}

guint
mesh_bitswap_server_get_n_wants (const MeshBitswapServer *server, guint64 id)
{
  const Peer *peer = g_hash_table_lookup (server->peers, &id);

  return peer != NULL ? g_hash_table_size (peer->wants) : 0;
}

guint
mesh_bitswap_server_get_n_lookups (const MeshBitswapServer *server, guint64 id)
{
  const Peer *peer = g_hash_table_lookup (server->peers, &id);

  return peer != NULL ? peer->n_lookups : 0;
}

guint
mesh_bitswap_server_get_n_all_wants (const MeshBitswapServer *server)
{
  return server->n_wants;
}

gsize
mesh_bitswap_server_get_in_flight (const MeshBitswapServer *server)
{
  return server->in_flight_bytes;
}
