/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "bitswap/mesh-bitswap-pursuit.h"

#include "bitswap/mesh-bitswap-schedule.h"

#define MAX_BACKOFF_US (60 * G_USEC_PER_SEC)
#define END_GAME_MIN_US (50 * 1000)
/* A session peer that lacked this many blocks and had none is not asked on trust. */
#define MAX_USELESS_MISSES 3

static MeshBitswapAsk *
find_ask (const MeshBitswapWant *want, const MeshBitswapClientPeer *peer)
{
  for (guint i = 0; i < want->asks->len; i++)
    {
      MeshBitswapAsk *ask = &g_array_index (want->asks, MeshBitswapAsk, i);

      if (ask->peer == peer)
        return ask;
    }
  return NULL;
}

static guint
count_asks (const MeshBitswapWant *want, MeshBitswapAskState state)
{
  guint n = 0;

  for (guint i = 0; i < want->asks->len; i++)
    n += g_array_index (want->asks, MeshBitswapAsk, i).state == state;
  return n;
}

/* How long the peer may be silent: generous against its own variation. */
static gint64
get_patience_us (const MeshBitswapClientPeer *peer)
{
  const MeshBitswapMeter *meter = &peer->meter;

  if (meter->latency_us == 0)
    return 3 * G_USEC_PER_SEC;
  return CLAMP (4 * (meter->latency_us + 4 * meter->latency_var_us), G_USEC_PER_SEC,
                5 * G_USEC_PER_SEC);
}

/* The deadline of an ask moves while bytes come from the peer, and is now when the peer
 * has since let another pass. */
static gint64
get_deadline_us (const MeshBitswapAsk *ask)
{
  const MeshBitswapClientPeer *peer = ask->peer;
  gint64 deadline_us = ask->deadline_us;

  if (peer->last_bytes_us >= 0)
    deadline_us = MAX (deadline_us, peer->last_bytes_us + get_patience_us (peer));
  deadline_us = MIN (deadline_us,
                     ask->asked_us
                         + CLAMP (8 * ask->expected_us, MESH_BITSWAP_PURSUIT_HARD_US / 6,
                                  MESH_BITSWAP_PURSUIT_HARD_US));
  if (peer->stalled_us >= ask->asked_us && peer->last_bytes_us < peer->stalled_us)
    deadline_us = MIN (deadline_us, peer->stalled_us);
  return deadline_us;
}

/* The block is no longer expected of the peer. */
static void
release (MeshBitswapAsk *ask)
{
  if (ask->state != MESH_BITSWAP_ASK_BLOCK)
    return;
  ask->peer->in_flight_bytes -= ask->bytes;
  if (--ask->peer->n_in_flight == 0)
    mesh_bitswap_meter_end (&ask->peer->meter);
}

static void
pass_deadline (MeshBitswapClient *client,
               MeshBitswapWant *want,
               MeshBitswapAsk *ask,
               gint64 now_us)
{
  MeshBitswapClientPeer *peer = ask->peer;
  MeshBitswapClientTie *tie = mesh_bitswap_client_get_tie (want->session, peer->id);

  release (ask);
  ask->state = MESH_BITSWAP_ASK_LATE;
  peer->stats.timeouts++;
  if (tie != NULL)
    tie->stats.timeouts++;
  if (now_us < peer->backoff_until_us)
    return; /* part of a stall that is known */
  mesh_bitswap_meter_slow_down (&peer->meter);
  peer->stalled_us = now_us;
  peer->backoff_until_us
      = now_us + MIN (G_USEC_PER_SEC << MIN (peer->n_stalls, 10), MAX_BACKOFF_US);
  peer->n_stalls++;
  client->has_new_stall = TRUE;
}

static void
expire_asks (MeshBitswapClient *client, MeshBitswapWant *want, gint64 now_us)
{
  for (guint i = 0; i < want->asks->len; i++)
    {
      MeshBitswapAsk *ask = &g_array_index (want->asks, MeshBitswapAsk, i);

      if ((ask->state == MESH_BITSWAP_ASK_BLOCK || ask->state == MESH_BITSWAP_ASK_LATE)
          && now_us < ask->asked_us + MESH_BITSWAP_PURSUIT_SLOW_US)
        want->sign_us = MAX (want->sign_us, ask->peer->last_bytes_us);
      if ((ask->state != MESH_BITSWAP_ASK_BLOCK && ask->state != MESH_BITSWAP_ASK_HAVE)
          || get_deadline_us (ask) > now_us)
        continue;
      if (ask->state == MESH_BITSWAP_ASK_HAVE)
        ask->state = MESH_BITSWAP_ASK_SILENT;
      else
        pass_deadline (client, want, ask, now_us);
    }
}

static gboolean
is_useless (const MeshBitswapClientTie *tie)
{
  return tie != NULL && tie->n_hits == 0 && tie->n_misses >= MAX_USELESS_MISSES;
}

static MeshBitswapStanding
get_standing (const MeshBitswapWant *want,
              const MeshBitswapClientPeer *peer,
              gint64 now_us)
{
  const MeshBitswapAsk *ask = find_ask (want, peer);
  const MeshBitswapClientTie *tie = g_hash_table_lookup (want->session->ties, &peer->id);
  gboolean is_proven = tie != NULL && tie->n_hits > 0 && tie->n_misses <= 4 + tie->n_hits;

  if (now_us < peer->backoff_until_us
      || mesh_bitswap_wantlist_get_length (peer->wantlist) >= MESH_BITSWAP_WANTLIST_MAX)
    return MESH_BITSWAP_STANDING_NO;
  if (ask != NULL && ask->state == MESH_BITSWAP_ASK_HAS)
    return MESH_BITSWAP_STANDING_HOLDER;
  if (ask != NULL && ask->state != MESH_BITSWAP_ASK_HAVE)
    return MESH_BITSWAP_STANDING_NO;
  if (is_proven)
    return MESH_BITSWAP_STANDING_HOLDER;
  if (ask != NULL)
    return MESH_BITSWAP_STANDING_NO;
  if (tie != NULL && tie->is_given)
    return MESH_BITSWAP_STANDING_GIVEN;
  if (peer->version < MESH_BITSWAP_1_2_0)
    return MESH_BITSWAP_STANDING_BLIND;
  return is_useless (tie) ? MESH_BITSWAP_STANDING_NO : MESH_BITSWAP_STANDING_UNKNOWN;
}

/* Finds whom to ask for the block, if anyone stands at least as well as @at_least. */
static MeshBitswapClientPeer *
pick (MeshBitswapClient *client,
      const MeshBitswapWant *want,
      MeshBitswapStanding at_least,
      guint *n_holders,
      gint64 now_us)
{
  g_autofree MeshBitswapCandidate *candidates
      = g_new (MeshBitswapCandidate, client->peer_order->len + 1);
  guint n = client->peer_order->len;
  gssize best;

  *n_holders = 0;
  for (guint i = 0; i < n; i++)
    {
      const MeshBitswapClientPeer *peer = g_ptr_array_index (client->peer_order, i);
      MeshBitswapStanding standing = get_standing (want, peer, now_us);

      *n_holders += standing == MESH_BITSWAP_STANDING_HOLDER;
      if (standing < at_least)
        standing = MESH_BITSWAP_STANDING_NO;
      candidates[i] = (MeshBitswapCandidate){ .standing = standing,
                                              .rate_bps = peer->meter.rate_bps,
                                              .latency_us = peer->meter.latency_us,
                                              .in_flight_bytes = peer->in_flight_bytes };
    }
  if (n == 0)
    return NULL;
  best = mesh_bitswap_schedule_pick (candidates, n, want->session->average_bytes,
                                     (gsize) mesh_rng_below (&client->rng, n));
  return best < 0 ? NULL : g_ptr_array_index (client->peer_order, (guint) best);
}

static gint32
get_wire_priority (const MeshBitswapWant *want)
{
  return 1000 - CLAMP (want->priority, -900, 900); /* on the wire more is sooner */
}

static MeshBitswapAsk *
make_ask (MeshBitswapWant *want, MeshBitswapClientPeer *peer)
{
  MeshBitswapAsk *ask = find_ask (want, peer);
  MeshBitswapAsk blank = { .peer = peer };

  if (ask != NULL)
    return ask;
  if (want->asks->len >= MESH_BITSWAP_CLIENT_MAX_ASKS)
    return NULL;
  g_array_append_val (want->asks, blank);
  return &g_array_index (want->asks, MeshBitswapAsk, want->asks->len - 1);
}

static gboolean
ask_block (MeshBitswapClient *client,
           MeshBitswapWant *want,
           MeshBitswapClientPeer *peer,
           gint64 now_us)
{
  MeshBitswapAsk *ask = make_ask (want, peer);

  if (ask == NULL
      || !mesh_bitswap_wantlist_add (peer->wantlist, want->cid, MESH_BITSWAP_WANT_BLOCK,
                                     get_wire_priority (want)))
    return FALSE;
  ask->state = MESH_BITSWAP_ASK_BLOCK;
  ask->bytes = want->session->average_bytes;
  peer->in_flight_bytes += ask->bytes;
  peer->n_in_flight++;
  mesh_bitswap_meter_begin (&peer->meter, now_us);
  ask->asked_us = now_us;
  ask->expected_us
      = mesh_bitswap_meter_estimate_us (&peer->meter, peer->in_flight_bytes, 10u << 20);
  /* From then on some bytes must come all the time: get_deadline_us(). */
  ask->deadline_us = now_us + get_patience_us (peer);
  mesh_bitswap_client_touch_peer (client, peer);
  return TRUE;
}

static gboolean
ask_have (MeshBitswapClient *client,
          MeshBitswapWant *want,
          MeshBitswapClientPeer *peer,
          gint64 now_us)
{
  MeshBitswapAsk *ask = make_ask (want, peer);

  if (ask == NULL
      || !mesh_bitswap_wantlist_add (peer->wantlist, want->cid, MESH_BITSWAP_WANT_HAVE,
                                     get_wire_priority (want)))
    return FALSE;
  ask->state = MESH_BITSWAP_ASK_HAVE;
  ask->asked_us = now_us;
  ask->deadline_us = now_us + get_patience_us (peer);
  mesh_bitswap_client_touch_peer (client, peer);
  return TRUE;
}

/* Asks peers that were not asked yet whether they have the block: given ones first. */
static guint
broadcast (MeshBitswapClient *client,
           MeshBitswapWant *want,
           gboolean with_useless,
           gint64 now_us)
{
  guint n = 0;

  for (guint round = 0; round < 2; round++)
    for (guint i = 0; i < client->peer_order->len && n < MESH_BITSWAP_CLIENT_BROADCAST;
         i++)
      {
        MeshBitswapClientPeer *peer = g_ptr_array_index (client->peer_order, i);
        const MeshBitswapClientTie *tie
            = g_hash_table_lookup (want->session->ties, &peer->id);
        gboolean is_given = tie != NULL && (tie->is_given || tie->n_hits > 0);

        if (peer->version < MESH_BITSWAP_1_2_0 || is_given != (round == 0)
            || (is_useless (tie) && !with_useless) || now_us < peer->backoff_until_us
            || find_ask (want, peer) != NULL)
          continue;
        n += ask_have (client, want, peer, now_us);
      }
  return n;
}

/* No block is asked of anyone now. Returns FALSE when nobody is left to be asked. */
static gboolean
ask_someone (MeshBitswapClient *client, MeshBitswapWant *want, gint64 now_us)
{
  gboolean is_hoping = count_asks (want, MESH_BITSWAP_ASK_HAVE) > 0;
  MeshBitswapClientPeer *peer;
  guint n_holders;

  peer = pick (client, want,
               is_hoping ? MESH_BITSWAP_STANDING_HOLDER : MESH_BITSWAP_STANDING_BLIND,
               &n_holders, now_us);
  if (peer != NULL && ask_block (client, want, peer, now_us))
    {
      if (n_holders < 2)
        broadcast (client, want, FALSE, now_us);
      return TRUE;
    }
  return is_hoping || broadcast (client, want, FALSE, now_us) > 0
         || broadcast (client, want, TRUE, now_us) > 0;
}

/* Whether someone who stalls may still come round. */
static gboolean
may_come_round (MeshBitswapClient *client, const MeshBitswapWant *want, gint64 now_us)
{
  if (count_asks (want, MESH_BITSWAP_ASK_LATE) > 0
      || count_asks (want, MESH_BITSWAP_ASK_HAS) > 0)
    return TRUE;
  for (guint i = 0; i < client->peer_order->len; i++)
    {
      MeshBitswapClientPeer *peer = g_ptr_array_index (client->peer_order, i);

      if (now_us < peer->backoff_until_us && find_ask (want, peer) == NULL)
        return TRUE;
    }
  return FALSE;
}

static gint64
get_end_game_us (const MeshBitswapAsk *ask)
{
  return ask->asked_us + MAX (2 * ask->expected_us, END_GAME_MIN_US);
}

/* A want that takes long is asked of a second holder: in the end game, or when that one
 * has nothing to do because slow wants fill the window. */
static void
double_up (MeshBitswapClient *client, MeshBitswapWant *want, gint64 now_us)
{
  MeshBitswapClientPeer *peer;
  guint n_holders;

  if (count_asks (want, MESH_BITSWAP_ASK_BLOCK) >= MESH_BITSWAP_PURSUIT_MAX_DOUBLED)
    return;
  for (guint i = 0; i < want->asks->len; i++)
    {
      const MeshBitswapAsk *ask = &g_array_index (want->asks, MeshBitswapAsk, i);

      if (ask->state == MESH_BITSWAP_ASK_BLOCK && get_end_game_us (ask) > now_us)
        return;
    }
  peer = pick (client, want, MESH_BITSWAP_STANDING_HOLDER, &n_holders, now_us);
  if (peer != NULL)
    {
      if (peer->n_in_flight == 0 || g_sequence_is_empty (want->session->waiting))
        (void) ask_block (client, want, peer, now_us);
      return;
    }
  if (count_asks (want, MESH_BITSWAP_ASK_HAVE) == 0)
    broadcast (client, want, FALSE, now_us);
}

MeshBitswapPursuit
mesh_bitswap_pursuit_advance (MeshBitswapClient *client,
                              MeshBitswapWant *want,
                              gint64 now_us)
{
  expire_asks (client, want, now_us);
  if (now_us >= want->sign_us + want->session->timeout_us)
    return MESH_BITSWAP_PURSUIT_TIMED_OUT;
  if (count_asks (want, MESH_BITSWAP_ASK_BLOCK) > 0)
    {
      double_up (client, want, now_us);
      return MESH_BITSWAP_PURSUIT_GOES_ON;
    }
  if (ask_someone (client, want, now_us) || may_come_round (client, want, now_us))
    return MESH_BITSWAP_PURSUIT_GOES_ON;
  return MESH_BITSWAP_PURSUIT_NOT_FOUND;
}

gint64
mesh_bitswap_pursuit_next_deadline_us (const MeshBitswapWant *want, gint64 now_us)
{
  gint64 next_us = want->sign_us + want->session->timeout_us;

  for (guint i = 0; i < want->asks->len; i++)
    {
      const MeshBitswapAsk *ask = &g_array_index (want->asks, MeshBitswapAsk, i);

      if (ask->state == MESH_BITSWAP_ASK_BLOCK || ask->state == MESH_BITSWAP_ASK_HAVE)
        next_us = MIN (next_us, get_deadline_us (ask));
      if (ask->state == MESH_BITSWAP_ASK_BLOCK && get_end_game_us (ask) > now_us)
        next_us = MIN (next_us, get_end_game_us (ask));
      if (ask->state == MESH_BITSWAP_ASK_HAS && ask->peer->backoff_until_us > now_us)
        next_us = MIN (next_us, ask->peer->backoff_until_us);
    }
  /* Stalled peers that were never asked for this are tried once they are allowed to. */
  return MIN (next_us, now_us + G_USEC_PER_SEC);
}

void
mesh_bitswap_pursuit_note_presence (MeshBitswapWant *want,
                                    MeshBitswapClientPeer *peer,
                                    gboolean has,
                                    gint64 now_us)
{
  MeshBitswapAsk *ask = find_ask (want, peer);

  if (ask == NULL)
    return;
  if (ask->state == MESH_BITSWAP_ASK_HAVE || !has)
    mesh_bitswap_meter_note_latency (&peer->meter, now_us - ask->asked_us);
  if (!has)
    {
      MeshBitswapClientTie *tie = mesh_bitswap_client_get_tie (want->session, peer->id);

      release (ask);
      if (tie != NULL && ask->state != MESH_BITSWAP_ASK_HAS_NOT)
        tie->n_misses++;
      ask->state = MESH_BITSWAP_ASK_HAS_NOT;
      return;
    }
  if (ask->state == MESH_BITSWAP_ASK_HAVE || ask->state == MESH_BITSWAP_ASK_SILENT)
    want->sign_us = now_us;
  /* A holder that was asked for the block already need not say that it has it. */
  if (ask->state != MESH_BITSWAP_ASK_BLOCK && ask->state != MESH_BITSWAP_ASK_LATE)
    ask->state = MESH_BITSWAP_ASK_HAS;
}

void
mesh_bitswap_pursuit_end (MeshBitswapClient *client,
                          MeshBitswapWant *want,
                          MeshBitswapClientPeer *peer)
{
  for (guint i = 0; i < want->asks->len; i++)
    {
      MeshBitswapAsk *ask = &g_array_index (want->asks, MeshBitswapAsk, i);

      release (ask);
      mesh_bitswap_wantlist_remove (ask->peer->wantlist, want->cid, ask->peer == peer);
      mesh_bitswap_client_touch_peer (client, ask->peer);
    }
  g_array_set_size (want->asks, 0);
}

void
mesh_bitswap_pursuit_forget_peer (MeshBitswapWant *want, MeshBitswapClientPeer *peer)
{
  for (guint i = 0; i < want->asks->len; i++)
    {
      MeshBitswapAsk *ask = &g_array_index (want->asks, MeshBitswapAsk, i);

      if (ask->peer != peer)
        continue;
      release (ask);
      g_array_remove_index (want->asks, i);
      return;
    }
}
