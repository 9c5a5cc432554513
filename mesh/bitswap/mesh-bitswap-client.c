/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "bitswap/mesh-bitswap-client.h"

#include "bitswap/mesh-bitswap-client-private.h"
#include "bitswap/mesh-bitswap-pursuit.h"

/* Peers a session keeps a record of; one that did nothing loses it when it goes. */
#define MAX_TIES (2 * MESH_BITSWAP_CLIENT_MAX_PEERS)

static void
peer_free (gpointer data)
{
  MeshBitswapClientPeer *peer = data;

  mesh_bitswap_wantlist_free (peer->wantlist);
  g_free (peer);
}

static void
want_free (gpointer data)
{
  MeshBitswapWant *want = data;

  mesh_cid_unref (want->cid);
  g_array_unref (want->waiters);
  g_array_unref (want->asks);
  g_free (want);
}

static void
session_free (gpointer data)
{
  MeshBitswapClientSession *session = data;

  g_ptr_array_unref (session->active);
  g_sequence_free (session->waiting);
  g_hash_table_unref (session->ties);
  g_ptr_array_unref (session->tie_order);
  g_free (session);
}

MeshBitswapClient *
mesh_bitswap_client_new (const MeshRng *rng)
{
  MeshBitswapClient *client = g_new0 (MeshBitswapClient, 1);

  client->rng = *rng;
  client->peers = g_hash_table_new (g_int64_hash, g_int64_equal);
  client->peer_order = g_ptr_array_new_with_free_func (peer_free);
  client->sessions = g_hash_table_new (g_int64_hash, g_int64_equal);
  client->session_order = g_ptr_array_new_with_free_func (session_free);
  client->wants = g_hash_table_new_full (mesh_cid_hash_multihash,
                                         mesh_cid_equal_multihash, NULL, want_free);
  client->wants_by_id = g_hash_table_new (g_int64_hash, g_int64_equal);
  client->requests = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  client->timers = mesh_heap_new ();
  client->next_id = 1;
  return client;
}

void
mesh_bitswap_client_free (MeshBitswapClient *client)
{
  g_hash_table_unref (client->requests);
  g_hash_table_unref (client->wants_by_id);
  g_hash_table_unref (client->wants);
  g_hash_table_unref (client->sessions);
  g_ptr_array_unref (client->session_order);
  g_hash_table_unref (client->peers);
  g_ptr_array_unref (client->peer_order);
  mesh_heap_free (client->timers);
  g_queue_clear_full (&client->events, g_free);
  g_free (client);
}

static void
push_event (MeshBitswapClient *client,
            MeshBitswapClientEventType type,
            guint64 peer,
            guint64 request)
{
  MeshBitswapClientEvent *event = g_new (MeshBitswapClientEvent, 1);

  *event = (MeshBitswapClientEvent){ type, peer, request };
  g_queue_push_tail (&client->events, event);
}

gboolean
mesh_bitswap_client_poll_event (MeshBitswapClient *client, MeshBitswapClientEvent *event)
{
  g_autofree MeshBitswapClientEvent *next = g_queue_pop_head (&client->events);

  if (next == NULL)
    return FALSE;
  *event = *next;
  return TRUE;
}

void
mesh_bitswap_client_touch_peer (MeshBitswapClient *client, MeshBitswapClientPeer *peer)
{
  if (peer->is_signalled || !mesh_bitswap_wantlist_has_pending (peer->wantlist))
    return;
  peer->is_signalled = TRUE;
  push_event (client, MESH_BITSWAP_CLIENT_WANTS, peer->id, 0);
}

MeshBitswapClientTie *
mesh_bitswap_client_get_tie (MeshBitswapClientSession *session, guint64 peer)
{
  MeshBitswapClientTie *tie = g_hash_table_lookup (session->ties, &peer);

  if (tie != NULL || session->tie_order->len >= MAX_TIES)
    return tie;
  tie = g_new0 (MeshBitswapClientTie, 1);
  tie->peer = peer;
  tie->stats.peer = peer;
  g_hash_table_insert (session->ties, &tie->peer, tie);
  g_ptr_array_add (session->tie_order, tie);
  return tie;
}

/* Wants. */

static void
arm (MeshBitswapClient *client, MeshBitswapWant *want, gint64 now_us)
{
  gint64 next_us = mesh_bitswap_pursuit_next_deadline_us (want, now_us);

  if (next_us >= want->armed_us)
    return;
  want->armed_us = next_us;
  mesh_heap_push (client->timers, next_us, want->id);
}

/* Takes the want out of everything; its requests must have been answered. */
static void
end_want (MeshBitswapClient *client, MeshBitswapWant *want, MeshBitswapClientPeer *peer)
{
  mesh_bitswap_pursuit_end (client, want, peer);
  if (want->iter != NULL)
    g_sequence_remove (want->iter);
  else
    g_ptr_array_remove (want->session->active, want);
  for (guint i = 0; i < want->waiters->len; i++)
    g_hash_table_remove (client->requests,
                         &g_array_index (want->waiters, MeshBitswapWaiter, i).request);
  g_hash_table_remove (client->wants_by_id, &want->id);
  g_hash_table_remove (client->wants, want->cid);
}

static void
answer_want (MeshBitswapClient *client,
             MeshBitswapWant *want,
             MeshBitswapClientEventType type,
             MeshBitswapClientPeer *peer)
{
  for (guint i = 0; i < want->waiters->len; i++)
    push_event (client, type, peer != NULL ? peer->id : 0,
                g_array_index (want->waiters, MeshBitswapWaiter, i).request);
  end_want (client, want, peer);
}

/* Returns FALSE when the want ended. */
static gboolean
advance_want (MeshBitswapClient *client, MeshBitswapWant *want, gint64 now_us)
{
  switch (mesh_bitswap_pursuit_advance (client, want, now_us))
    {
    case MESH_BITSWAP_PURSUIT_NOT_FOUND:
      answer_want (client, want, MESH_BITSWAP_CLIENT_NOT_FOUND, NULL);
      return FALSE;
    case MESH_BITSWAP_PURSUIT_TIMED_OUT:
      answer_want (client, want, MESH_BITSWAP_CLIENT_TIMED_OUT, NULL);
      return FALSE;
    case MESH_BITSWAP_PURSUIT_GOES_ON:
    default:
      arm (client, want, now_us);
      return TRUE;
    }
}

static guint
get_window (const MeshBitswapClientSession *session)
{
  guint64 bytes = (guint64) session->window_chunks * MESH_BITSWAP_CLIENT_CHUNK_BYTES;
  guint64 n = bytes / MAX (session->average_bytes, 1);

  return (guint) CLAMP (n, session->window_chunks, MESH_BITSWAP_CLIENT_MAX_ACTIVE);
}

/* Moves waiting wants into the window. */
static void
fill_window (MeshBitswapClient *client, MeshBitswapClientSession *session, gint64 now_us)
{
  while (session->active->len < get_window (session)
         && !g_sequence_is_empty (session->waiting))
    {
      MeshBitswapWant *want
          = g_sequence_get (g_sequence_get_begin_iter (session->waiting));

      g_sequence_remove (g_steal_pointer (&want->iter));
      g_ptr_array_add (session->active, want);
      want->sign_us = now_us;
      advance_want (client, want, now_us);
    }
}

static void
advance_session (MeshBitswapClient *client,
                 MeshBitswapClientSession *session,
                 gint64 now_us)
{
  guint i = 0;

  while (i < session->active->len)
    if (advance_want (client, g_ptr_array_index (session->active, i), now_us))
      i++;
  fill_window (client, session, now_us);
}

/* Something changed that concerns all wants in flight: a peer came, went or stalls. */
static void
advance_all (MeshBitswapClient *client, gint64 now_us)
{
  do
    {
      client->has_new_stall = FALSE;
      for (guint i = 0; i < client->session_order->len; i++)
        advance_session (client, g_ptr_array_index (client->session_order, i), now_us);
    }
  while (client->has_new_stall); /* each time of one more peer: it ends */
}

static gint
compare_wants (gconstpointer a, gconstpointer b, gpointer unused)
{
  const MeshBitswapWant *x = a, *y = b;

  if (x->priority != y->priority)
    return x->priority < y->priority ? -1 : 1;
  return x->id < y->id ? -1 : x->id > y->id;
}

/* Peers. */

gboolean
mesh_bitswap_client_add_peer (MeshBitswapClient *client,
                              guint64 id,
                              MeshBitswapVersion version,
                              gint64 now_us)
{
  MeshBitswapClientPeer *peer;

  if (g_hash_table_contains (client->peers, &id))
    return TRUE;
  if (client->peer_order->len >= MESH_BITSWAP_CLIENT_MAX_PEERS)
    return FALSE;
  peer = g_new0 (MeshBitswapClientPeer, 1);
  peer->id = id;
  peer->version = version;
  peer->wantlist = mesh_bitswap_wantlist_new ();
  peer->last_bytes_us = peer->stalled_us = -1;
  peer->stats.peer = id;
  mesh_bitswap_meter_init (&peer->meter);
  g_hash_table_insert (client->peers, &peer->id, peer);
  g_ptr_array_add (client->peer_order, peer);
  advance_all (client, now_us);
  return TRUE;
}

static gboolean
has_history (const MeshBitswapClientStats *stats)
{
  return stats->blocks > 0 || stats->unwanted_blocks > 0 || stats->bad_blocks > 0
         || stats->timeouts > 0;
}

static void
fill_meter (MeshBitswapClientStats *stats, const MeshBitswapClientPeer *peer)
{
  stats->rate_bps = peer->meter.rate_bps;
  stats->latency_us = peer->meter.latency_us;
}

static void
leave_session (MeshBitswapClientSession *session,
               MeshBitswapClientTie *tie,
               const MeshBitswapClientPeer *peer)
{
  fill_meter (&tie->stats, peer);
  if (tie->is_given || has_history (&tie->stats))
    return;
  g_hash_table_remove (session->ties, &tie->peer);
  g_ptr_array_remove (session->tie_order, tie);
}

void
mesh_bitswap_client_remove_peer (MeshBitswapClient *client, guint64 id, gint64 now_us)
{
  MeshBitswapClientPeer *peer = g_hash_table_lookup (client->peers, &id);

  if (peer == NULL)
    return;
  for (guint i = 0; i < client->session_order->len; i++)
    {
      MeshBitswapClientSession *session = g_ptr_array_index (client->session_order, i);
      MeshBitswapClientTie *tie = g_hash_table_lookup (session->ties, &id);

      if (tie != NULL)
        leave_session (session, tie, peer);
      for (guint k = 0; k < session->active->len; k++)
        mesh_bitswap_pursuit_forget_peer (g_ptr_array_index (session->active, k), peer);
    }
  g_hash_table_remove (client->peers, &id);
  g_ptr_array_remove (client->peer_order, peer);
  advance_all (client, now_us);
}

void
mesh_bitswap_client_set_version (MeshBitswapClient *client,
                                 guint64 id,
                                 MeshBitswapVersion version,
                                 gint64 now_us)
{
  MeshBitswapClientPeer *peer = g_hash_table_lookup (client->peers, &id);

  if (peer == NULL || peer->version == version)
    return;
  peer->version = version;
  advance_all (client, now_us);
}

void
mesh_bitswap_client_reset_peer (MeshBitswapClient *client, guint64 id)
{
  MeshBitswapClientPeer *peer = g_hash_table_lookup (client->peers, &id);

  if (peer == NULL)
    return;
  mesh_bitswap_wantlist_reset (peer->wantlist);
  mesh_bitswap_client_touch_peer (client, peer);
}

void
mesh_bitswap_client_fill (MeshBitswapClient *client, guint64 id, MeshBitswapMessage *msg)
{
  MeshBitswapClientPeer *peer = g_hash_table_lookup (client->peers, &id);

  if (peer == NULL)
    return;
  peer->is_signalled = FALSE;
  mesh_bitswap_wantlist_fill (peer->wantlist, msg);
}

gboolean
mesh_bitswap_client_is_asking (const MeshBitswapClient *client, guint64 id)
{
  const MeshBitswapClientPeer *peer = g_hash_table_lookup (client->peers, &id);

  return peer != NULL && mesh_bitswap_wantlist_get_length (peer->wantlist) > 0;
}

/* Sessions and requests. */

guint64
mesh_bitswap_client_open_session (MeshBitswapClient *client)
{
  MeshBitswapClientSession *session;

  if (client->session_order->len >= MESH_BITSWAP_CLIENT_MAX_SESSIONS)
    return 0;
  session = g_new0 (MeshBitswapClientSession, 1);
  session->id = client->next_id++;
  session->active = g_ptr_array_new ();
  session->waiting = g_sequence_new (NULL);
  session->ties = g_hash_table_new (g_int64_hash, g_int64_equal);
  session->tie_order = g_ptr_array_new_with_free_func (g_free);
  session->window_chunks = MESH_BITSWAP_CLIENT_WINDOW;
  session->average_bytes = MESH_BITSWAP_CLIENT_CHUNK_BYTES;
  session->timeout_us = MESH_BITSWAP_CLIENT_TIMEOUT_US;
  g_hash_table_insert (client->sessions, &session->id, session);
  g_ptr_array_add (client->session_order, session);
  return session->id;
}

static void
put_in_session (MeshBitswapWant *want, MeshBitswapClientSession *session)
{
  want->session = session;
  want->iter = g_sequence_insert_sorted (session->waiting, want, compare_wants, NULL);
}

/* The session that scheduled the want has no request for it any more: hands it to the
 * session of another request, or ends it. */
static void
drop_waiter (MeshBitswapClient *client, MeshBitswapWant *want, guint index)
{
  guint64 next;

  g_hash_table_remove (client->requests,
                       &g_array_index (want->waiters, MeshBitswapWaiter, index).request);
  g_array_remove_index (want->waiters, index);
  if (want->waiters->len == 0)
    {
      end_want (client, want, NULL);
      return;
    }
  for (guint i = 0; i < want->waiters->len; i++)
    if (g_array_index (want->waiters, MeshBitswapWaiter, i).session == want->session->id)
      return;
  next = g_array_index (want->waiters, MeshBitswapWaiter, 0).session;
  mesh_bitswap_pursuit_end (client, want, NULL);
  if (want->iter != NULL)
    g_sequence_remove (want->iter);
  else
    g_ptr_array_remove (want->session->active, want);
  put_in_session (want, g_hash_table_lookup (client->sessions, &next));
}

void
mesh_bitswap_client_cancel (MeshBitswapClient *client, guint64 request, gint64 now_us)
{
  MeshBitswapWant *want = g_hash_table_lookup (client->requests, &request);

  if (want == NULL)
    return;
  for (guint i = 0; i < want->waiters->len; i++)
    if (g_array_index (want->waiters, MeshBitswapWaiter, i).request == request)
      {
        drop_waiter (client, want, i);
        break;
      }
  for (guint i = 0; i < client->session_order->len; i++)
    fill_window (client, g_ptr_array_index (client->session_order, i), now_us);
}

/* Ends what @session asked for in @wants, an array that may shrink meanwhile. */
static void
drop_session_requests (MeshBitswapClient *client, guint64 session)
{
  g_autoptr (GArray) requests = g_array_new (FALSE, FALSE, sizeof (guint64));
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, client->wants_by_id);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const MeshBitswapWant *want = value;

      for (guint i = 0; i < want->waiters->len; i++)
        if (g_array_index (want->waiters, MeshBitswapWaiter, i).session == session)
          g_array_append_val (
              requests, g_array_index (want->waiters, MeshBitswapWaiter, i).request);
    }
  for (guint i = 0; i < requests->len; i++)
    {
      guint64 request = g_array_index (requests, guint64, i);
      MeshBitswapWant *want = g_hash_table_lookup (client->requests, &request);

      for (guint k = 0; k < want->waiters->len; k++)
        if (g_array_index (want->waiters, MeshBitswapWaiter, k).request == request)
          {
            drop_waiter (client, want, k);
            break;
          }
    }
}

void
mesh_bitswap_client_close_session (MeshBitswapClient *client, guint64 id, gint64 now_us)
{
  MeshBitswapClientSession *session = g_hash_table_lookup (client->sessions, &id);

  if (session == NULL)
    return;
  drop_session_requests (client, id);
  g_hash_table_remove (client->sessions, &id);
  g_ptr_array_remove (client->session_order, session);
  for (guint i = 0; i < client->session_order->len; i++)
    fill_window (client, g_ptr_array_index (client->session_order, i), now_us);
}

void
mesh_bitswap_client_give_peer (MeshBitswapClient *client, guint64 id, guint64 peer)
{
  MeshBitswapClientSession *session = g_hash_table_lookup (client->sessions, &id);
  MeshBitswapClientTie *tie;

  if (session == NULL || session->n_given >= MESH_BITSWAP_CLIENT_MAX_GIVEN)
    return;
  tie = mesh_bitswap_client_get_tie (session, peer);
  if (tie == NULL || tie->is_given)
    return;
  tie->is_given = TRUE;
  session->n_given++;
}

void
mesh_bitswap_client_set_window (MeshBitswapClient *client, guint64 id, guint n_chunks)
{
  MeshBitswapClientSession *session = g_hash_table_lookup (client->sessions, &id);

  if (session != NULL)
    session->window_chunks = CLAMP (n_chunks, 1, 64);
}

void
mesh_bitswap_client_set_timeout (MeshBitswapClient *client, guint64 id, gint64 timeout_us)
{
  MeshBitswapClientSession *session = g_hash_table_lookup (client->sessions, &id);

  if (session != NULL)
    session->timeout_us = MAX (timeout_us, 1);
}

guint64
mesh_bitswap_client_request (MeshBitswapClient *client,
                             guint64 id,
                             MeshCid *cid,
                             int priority,
                             gint64 now_us)
{
  MeshBitswapClientSession *session = g_hash_table_lookup (client->sessions, &id);
  MeshBitswapWant *want = g_hash_table_lookup (client->wants, cid);
  MeshBitswapWaiter waiter = { client->next_id, id };

  if (session == NULL
      || g_hash_table_size (client->requests) >= MESH_BITSWAP_CLIENT_MAX_REQUESTS)
    return 0;
  client->next_id++;
  if (want == NULL)
    {
      want = g_new0 (MeshBitswapWant, 1);
      want->id = client->next_id++;
      want->cid = mesh_cid_ref (cid);
      want->priority = priority;
      want->waiters = g_array_new (FALSE, FALSE, sizeof (MeshBitswapWaiter));
      want->asks = g_array_new (FALSE, FALSE, sizeof (MeshBitswapAsk));
      want->armed_us = G_MAXINT64;
      g_hash_table_insert (client->wants, want->cid, want);
      g_hash_table_insert (client->wants_by_id, &want->id, want);
      put_in_session (want, session);
    }
  else if (want->iter != NULL && priority < want->priority)
    {
      want->priority = priority;
      g_sequence_sort_changed (want->iter, compare_wants, NULL);
    }
  g_array_append_val (want->waiters, waiter);
  g_hash_table_insert (client->requests,
                       g_memdup2 (&waiter.request, sizeof waiter.request), want);
  fill_window (client, session, now_us);
  return waiter.request;
}

/* What peers send. */

void
mesh_bitswap_client_handle_progress (MeshBitswapClient *client,
                                     guint64 id,
                                     gsize len,
                                     gint64 now_us)
{
  MeshBitswapClientPeer *peer = g_hash_table_lookup (client->peers, &id);

  if (peer == NULL)
    return;
  peer->progress_bytes += len;
  if (peer->progress_bytes < MESH_BITSWAP_CLIENT_PROGRESS_BYTES)
    return;
  peer->progress_bytes = 0;
  peer->last_bytes_us = now_us;
  peer->backoff_until_us = 0;
}

void
mesh_bitswap_client_handle_presence (MeshBitswapClient *client,
                                     guint64 id,
                                     const MeshCid *cid,
                                     gboolean has,
                                     gint64 now_us)
{
  MeshBitswapClientPeer *peer = g_hash_table_lookup (client->peers, &id);
  MeshBitswapWant *want = g_hash_table_lookup (client->wants, cid);
  MeshBitswapClientSession *session;

  if (peer == NULL || want == NULL || want->iter != NULL)
    return;
  session = want->session;
  mesh_bitswap_pursuit_note_presence (want, peer, has, now_us);
  if (!advance_want (client, want, now_us))
    fill_window (client, session, now_us);
}

static void
remove_liar (MeshBitswapClient *client, MeshBitswapClientPeer *peer, gint64 now_us)
{
  guint64 id = peer->id;

  for (guint i = 0; i < client->session_order->len; i++)
    {
      MeshBitswapClientSession *session = g_ptr_array_index (client->session_order, i);
      MeshBitswapClientTie *tie = g_hash_table_lookup (session->ties, &id);

      if (tie != NULL)
        tie->stats.bad_blocks++;
    }
  push_event (client, MESH_BITSWAP_CLIENT_LIAR, id, 0);
  mesh_bitswap_client_remove_peer (client, id, now_us);
}

void
mesh_bitswap_client_handle_bad_block (MeshBitswapClient *client,
                                      guint64 id,
                                      gint64 now_us)
{
  MeshBitswapClientPeer *peer = g_hash_table_lookup (client->peers, &id);

  if (peer != NULL)
    remove_liar (client, peer, now_us);
}

static MeshBitswapVerdict
judge_unwanted (MeshBitswapClient *client,
                MeshBitswapClientPeer *peer,
                const MeshCid *cid,
                gsize len,
                gint64 now_us)
{
  gboolean was_asked = mesh_bitswap_wantlist_knows (peer->wantlist, cid);

  if (!was_asked
      && (mesh_bitswap_wantlist_get_length (peer->wantlist) > 0
          || ++peer->n_unasked > MESH_BITSWAP_CLIENT_MAX_UNASKED))
    {
      remove_liar (client, peer, now_us);
      return MESH_BITSWAP_VERDICT_BAD;
    }
  peer->stats.unwanted_blocks++;
  peer->stats.unwanted_bytes += len;
  for (guint i = 0; was_asked && i < client->session_order->len; i++)
    {
      MeshBitswapClientSession *session = g_ptr_array_index (client->session_order, i);
      MeshBitswapClientTie *tie = g_hash_table_lookup (session->ties, &peer->id);

      if (tie == NULL)
        continue;
      tie->stats.unwanted_blocks++;
      tie->stats.unwanted_bytes += len;
    }
  return MESH_BITSWAP_VERDICT_UNWANTED;
}

static void
note_wanted (MeshBitswapClientSession *session,
             MeshBitswapClientPeer *peer,
             gsize len,
             gint64 now_us)
{
  MeshBitswapClientTie *tie = mesh_bitswap_client_get_tie (session, peer->id);

  mesh_bitswap_meter_note_bytes (&peer->meter, len, peer->n_in_flight <= 1, now_us);
  peer->last_bytes_us = now_us;
  peer->progress_bytes = 0;
  peer->backoff_until_us = 0;
  peer->n_stalls = 0;
  peer->stats.bytes += len;
  peer->stats.blocks++;
  /* Up fast and down slowly: taking large blocks for small would flood the peer. */
  if (len > session->average_bytes)
    session->average_bytes = (session->average_bytes + len) / 2;
  else
    session->average_bytes = (7 * session->average_bytes + len) / 8;
  if (tie == NULL)
    return;
  tie->n_hits++;
  tie->stats.bytes += len;
  tie->stats.blocks++;
}

MeshBitswapVerdict
mesh_bitswap_client_handle_block (MeshBitswapClient *client,
                                  guint64 id,
                                  const MeshCid *cid,
                                  gsize len,
                                  gint64 now_us)
{
  MeshBitswapClientPeer *peer = g_hash_table_lookup (client->peers, &id);
  MeshBitswapWant *want = g_hash_table_lookup (client->wants, cid);
  MeshBitswapClientSession *session;

  if (peer == NULL)
    return MESH_BITSWAP_VERDICT_UNWANTED;
  if (want == NULL)
    return judge_unwanted (client, peer, cid, len, now_us);
  session = want->session;
  note_wanted (session, peer, len, now_us);
  answer_want (client, want, MESH_BITSWAP_CLIENT_GOT, peer);
  fill_window (client, session, now_us);
  return MESH_BITSWAP_VERDICT_WANTED;
}

/* Time and figures. */

gint64
mesh_bitswap_client_next_deadline_us (const MeshBitswapClient *client)
{
  gint64 next_us;

  return mesh_heap_peek (client->timers, &next_us, NULL) ? next_us : G_MAXINT64;
}

void
mesh_bitswap_client_handle_timeout (MeshBitswapClient *client, gint64 now_us)
{
  gint64 at_us;
  guint64 id;

  while (mesh_heap_peek (client->timers, &at_us, &id) && at_us <= now_us)
    {
      MeshBitswapWant *want = g_hash_table_lookup (client->wants_by_id, &id);
      MeshBitswapClientSession *session;

      mesh_heap_pop (client->timers, NULL, NULL);
      if (want == NULL || want->armed_us != at_us)
        continue;
      want->armed_us = G_MAXINT64;
      session = want->session;
      if (want->iter == NULL && !advance_want (client, want, now_us))
        fill_window (client, session, now_us);
    }
  if (client->has_new_stall)
    advance_all (client, now_us);
}

guint
mesh_bitswap_client_get_n_wants (const MeshBitswapClient *client)
{
  return g_hash_table_size (client->wants);
}

gboolean
mesh_bitswap_client_get_stats (const MeshBitswapClient *client,
                               guint64 id,
                               MeshBitswapClientStats *stats)
{
  const MeshBitswapClientPeer *peer = g_hash_table_lookup (client->peers, &id);

  if (peer == NULL)
    return FALSE;
  *stats = peer->stats;
  fill_meter (stats, peer);
  return TRUE;
}

GArray *
mesh_bitswap_client_get_session_stats (const MeshBitswapClient *client, guint64 id)
{
  const MeshBitswapClientSession *session = g_hash_table_lookup (client->sessions, &id);
  GArray *all = g_array_new (FALSE, FALSE, sizeof (MeshBitswapClientStats));

  for (guint i = 0; session != NULL && i < session->tie_order->len; i++)
    {
      const MeshBitswapClientTie *tie = g_ptr_array_index (session->tie_order, i);
      const MeshBitswapClientPeer *peer = g_hash_table_lookup (client->peers, &tie->peer);
      MeshBitswapClientStats stats = tie->stats;

      if (!has_history (&stats))
        continue;
      if (peer != NULL)
        fill_meter (&stats, peer);
      g_array_append_val (all, stats);
    }
  return all;
}
