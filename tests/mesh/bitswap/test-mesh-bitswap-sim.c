/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
/* One client and a handful of servers, cores only, in virtual time: honest peers, liars,
 * stallers, peers that hold a part and peers that come and go. A run is determined by its
 * seed. */
#include "config.h"

#include <stdlib.h>

#include "base/mesh-heap.h"
#include "bitswap/mesh-bitswap-client.h"
#include "bitswap/mesh-bitswap-server.h"

#define MAX_PEERS 8
#define MAX_BLOCKS 400
#define LOOKAHEAD 24
#define MAX_RUN_US (G_GINT64_CONSTANT (600) * G_USEC_PER_SEC)

typedef enum
{
  HONEST,
  LIAR,     /* answers every want with other bytes */
  STALLER,  /* says HAVE, sends some blocks, then none */
  FLEETING, /* honest, but disconnects and comes back */
  MUTE,     /* never says anything */
  OLD,      /* honest, Bitswap 1.1.0 */
} Kind;

typedef enum
{
  TO_SERVER,
  TO_CLIENT,
  WRITTEN,
  TOGGLE,
} EventType;

typedef struct
{
  EventType type;
  guint peer;
  guint epoch;   /* of the connection */
  GBytes *bytes; /* (owned) (nullable): without length prefix */
  guint64 send;
  gsize sent_bytes;
} Event;

typedef struct
{
  Kind kind;
  guint index;
  guint64 id; /* of the present connection */
  guint epoch;
  gboolean is_connected;
  gboolean has[MAX_BLOCKS];
  gint64 latency_us;
  guint64 rate_bps;
  gint64 free_us; /* when its uplink is free */
  guint n_blocks_left;
  guint n_bad;
  MeshBitswapLedger *ledger;
  MeshBitswapServer *server;
} Peer;

typedef struct
{
  MeshRng rng;
  gint64 now_us;
  MeshHeap *heap;
  GHashTable *events; /* id → Event */
  guint64 next_event;
  Peer peers[MAX_PEERS];
  guint n_peers;
  guint n_blocks;
  GBytes *blocks[MAX_BLOCKS];
  MeshCid *cids[MAX_BLOCKS];
  GHashTable *index; /* cid → block number + 1 */
  MeshBitswapClient *client;
  guint64 session;
  guint64 requests[MAX_BLOCKS];
  guint n_asked, n_got, n_failed;
  guint n_liars_dropped;
} Sim;

static void
event_free (gpointer data)
{
  Event *event = data;

  g_clear_pointer (&event->bytes, g_bytes_unref);
  g_free (event);
}

static void
schedule (Sim *sim, gint64 at_us, Event event)
{
  Event *copy = g_memdup2 (&event, sizeof event);
  guint64 *key = g_new (guint64, 1);

  *key = sim->next_event++;
  g_hash_table_insert (sim->events, key, copy);
  mesh_heap_push (sim->heap, at_us, *key);
}

static GBytes *
pack (const MeshBitswapMessage *msg, MeshBitswapVersion version)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) segments = mesh_bitswap_message_encode (msg, version, &error);
  GByteArray *all = g_byte_array_new ();
  guint skip = 0;

  g_assert_no_error (error);
  for (guint i = 0; i < segments->len; i++)
    {
      gsize len;
      const guint8 *data = g_bytes_get_data (g_ptr_array_index (segments, i), &len);

      g_byte_array_append (all, data, (guint) len);
    }
  while (all->data[skip++] & 0x80) /* the length prefix */
    ;
  g_byte_array_remove_range (all, 0, skip);
  return g_byte_array_free_to_bytes (all);
}

static void
pump_server (Sim *sim, Peer *peer)
{
  MeshBitswapServerLookup lookup;
  MeshBitswapVersion version
      = peer->kind == OLD ? MESH_BITSWAP_1_1_0 : MESH_BITSWAP_1_2_0;

  while (mesh_bitswap_server_poll_lookup (peer->server, &lookup))
    {
      guint k = GPOINTER_TO_UINT (g_hash_table_lookup (sim->index, lookup.cid));

      mesh_bitswap_server_answer (peer->server, lookup.peer, lookup.cid,
                                  k > 0 && peer->has[k - 1],
                                  k > 0 ? g_bytes_get_size (sim->blocks[k - 1]) : 0);
      mesh_cid_unref (lookup.cid);
    }
  for (;;)
    {
      g_auto (MeshBitswapServerSend) send = { 0 };
      g_autoptr (MeshBitswapMessage) msg = mesh_bitswap_message_new ();
      g_autoptr (GBytes) bytes = NULL;

      if (!mesh_bitswap_server_next (peer->server, peer->n_blocks_left > 0, &send))
        return;
      for (guint i = 0; i < send.blocks->len; i++)
        {
          MeshCid *cid = g_ptr_array_index (send.blocks, i);
          guint k = GPOINTER_TO_UINT (g_hash_table_lookup (sim->index, cid));
          g_autoptr (GBytes) lie = g_bytes_new_static ("no such block", 13);

          peer->n_blocks_left--;
          mesh_bitswap_message_add_block (msg, cid,
                                          peer->kind == LIAR ? lie : sim->blocks[k - 1]);
          if (peer->n_blocks_left == 0)
            break;
        }
      for (guint i = 0; i < send.haves->len; i++)
        mesh_bitswap_message_add_presence (msg, g_ptr_array_index (send.haves, i), TRUE);
      for (guint i = 0; i < send.dont_haves->len; i++)
        mesh_bitswap_message_add_presence (msg, g_ptr_array_index (send.dont_haves, i),
                                           FALSE);
      bytes = pack (msg, version);
      peer->free_us
          = MAX (peer->free_us, sim->now_us)
            + (gint64) (g_bytes_get_size (bytes) * G_USEC_PER_SEC / peer->rate_bps);
      schedule (
          sim, peer->free_us,
          (Event){ WRITTEN, peer->index, peer->epoch, NULL, send.id, send.block_bytes });
      schedule (sim, peer->free_us + peer->latency_us,
                (Event){ TO_CLIENT, peer->index, peer->epoch, g_bytes_ref (bytes) });
    }
}

static Peer *
find_peer (Sim *sim, guint64 id)
{
  for (guint i = 0; i < sim->n_peers; i++)
    if (sim->peers[i].id == id && sim->peers[i].is_connected)
      return &sim->peers[i];
  return NULL;
}

static void
connect_peer (Sim *sim, Peer *peer)
{
  peer->is_connected = TRUE;
  peer->id = peer->index + 1; /* the same again, as the service does it */
  peer->free_us = sim->now_us;
  g_assert_true (mesh_bitswap_server_add_peer (peer->server, peer->id, "client"));
  g_assert_true (mesh_bitswap_client_add_peer (
      sim->client, peer->id, peer->kind == OLD ? MESH_BITSWAP_1_1_0 : MESH_BITSWAP_1_2_0,
      sim->now_us));
}

static void
disconnect_peer (Sim *sim, Peer *peer)
{
  if (!peer->is_connected)
    return;
  peer->is_connected = FALSE;
  peer->epoch++;
  mesh_bitswap_server_remove_peer (peer->server, peer->id);
  mesh_bitswap_client_remove_peer (sim->client, peer->id, sim->now_us);
}

static void
ask_more (Sim *sim)
{
  while (sim->n_asked < sim->n_blocks
         && sim->n_asked - sim->n_got - sim->n_failed < LOOKAHEAD)
    {
      guint64 request = mesh_bitswap_client_request (
          sim->client, sim->session, sim->cids[sim->n_asked], 0, sim->now_us);

      g_assert_cmpuint (request, !=, 0);
      sim->requests[sim->n_asked++] = request;
    }
}

static gboolean
forget_request (Sim *sim, guint64 request)
{
  for (guint i = 0; i < sim->n_asked; i++)
    if (sim->requests[i] == request)
      {
        sim->requests[i] = 0;
        return TRUE;
      }
  return FALSE;
}

static void
send_wants (Sim *sim, guint64 id)
{
  Peer *peer = find_peer (sim, id);

  for (;;)
    {
      g_autoptr (MeshBitswapMessage) msg = mesh_bitswap_message_new ();

      mesh_bitswap_client_fill (sim->client, id, msg);
      if (mesh_bitswap_message_is_empty (msg) || peer == NULL)
        return;
      schedule (sim, sim->now_us + peer->latency_us,
                (Event){ TO_SERVER, peer->index, peer->epoch,
                         pack (msg, peer->kind == OLD ? MESH_BITSWAP_1_1_0
                                                      : MESH_BITSWAP_1_2_0) });
    }
}

static void
pump_client (Sim *sim)
{
  MeshBitswapClientEvent event;
  Peer *peer;

  while (mesh_bitswap_client_poll_event (sim->client, &event))
    switch (event.type)
      {
      case MESH_BITSWAP_CLIENT_WANTS:
        send_wants (sim, event.peer);
        break;
      case MESH_BITSWAP_CLIENT_GOT:
        g_assert_true (forget_request (sim, event.request));
        sim->n_got++;
        break;
      case MESH_BITSWAP_CLIENT_NOT_FOUND:
      case MESH_BITSWAP_CLIENT_TIMED_OUT:
        g_assert_true (forget_request (sim, event.request));
        sim->n_failed++;
        break;
      case MESH_BITSWAP_CLIENT_LIAR:
        peer = find_peer (sim, event.peer);
        g_assert_nonnull (peer);
        g_assert_cmpint (peer->kind, ==, LIAR);
        sim->n_liars_dropped++;
        disconnect_peer (sim, peer);
        break;
      default:
        g_assert_not_reached ();
      }
  g_assert_cmpuint (mesh_bitswap_client_get_n_wants (sim->client), <=, LOOKAHEAD);
}

static void
receive (Sim *sim, Peer *peer, GBytes *bytes)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MeshBitswapMessage) msg = mesh_bitswap_message_decode (bytes, &error);
  guint64 id = peer->id;

  g_assert_no_error (error);
  mesh_bitswap_client_handle_progress (sim->client, id, g_bytes_get_size (bytes),
                                       sim->now_us);
  for (guint i = 0; i < msg->blocks->len; i++)
    {
      MeshBitswapBlock *block = &g_array_index (msg->blocks, MeshBitswapBlock, i);
      guint8 digest[MESH_MULTIHASH_MAX_HASH];
      g_autoptr (MeshCid) cid = NULL;
      gsize len;
      const guint8 *data = g_bytes_get_data (block->data, &len);

      mesh_multihash_digest (block->prefix.hash_code, data, len, digest);
      cid = mesh_bitswap_message_make_cid (&block->prefix, digest);
      if (mesh_bitswap_client_handle_block (sim->client, id, cid, len, sim->now_us)
          == MESH_BITSWAP_VERDICT_BAD)
        g_assert_cmpuint (++peer->n_bad, ==, 1);
    }
  for (guint i = 0; i < msg->presences->len; i++)
    {
      MeshBitswapPresence *presence
          = &g_array_index (msg->presences, MeshBitswapPresence, i);

      mesh_bitswap_client_handle_presence (sim->client, id, presence->cid, presence->has,
                                           sim->now_us);
    }
}

static void
serve (Sim *sim, Peer *peer, GBytes *bytes)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MeshBitswapMessage) msg = mesh_bitswap_message_decode (bytes, &error);

  g_assert_no_error (error);
  if (peer->kind == MUTE)
    return;
  mesh_bitswap_server_handle_wants (peer->server, peer->id, msg);
  pump_server (sim, peer);
}

static void
handle_event (Sim *sim, Event *event)
{
  Peer *peer = &sim->peers[event->peer];

  if (event->type == TOGGLE)
    {
      if (peer->is_connected)
        disconnect_peer (sim, peer);
      else
        connect_peer (sim, peer);
      schedule (sim,
                sim->now_us + (gint64) mesh_rng_below (&sim->rng, 2 * G_USEC_PER_SEC),
                (Event){ TOGGLE, peer->index });
      return;
    }
  if (event->epoch != peer->epoch || !peer->is_connected)
    return;
  switch (event->type)
    {
    case TO_SERVER:
      serve (sim, peer, event->bytes);
      break;
    case TO_CLIENT:
      receive (sim, peer, event->bytes);
      break;
    case WRITTEN:
      mesh_bitswap_server_sent (peer->server, event->send, event->sent_bytes);
      pump_server (sim, peer);
      break;
    case TOGGLE:
    default:
      g_assert_not_reached ();
    }
}

/* Returns FALSE when nothing is left to happen. */
static gboolean
step (Sim *sim)
{
  gint64 event_us = G_MAXINT64;
  gint64 timer_us = mesh_bitswap_client_next_deadline_us (sim->client);
  guint64 id;

  mesh_heap_peek (sim->heap, &event_us, &id);
  if (event_us == G_MAXINT64 && timer_us == G_MAXINT64)
    return FALSE;
  g_assert_cmpint (MIN (event_us, timer_us), >=, 0);
  sim->now_us = MAX (sim->now_us, MIN (event_us, timer_us));
  if (timer_us <= event_us)
    {
      mesh_bitswap_client_handle_timeout (sim->client, sim->now_us);
      g_assert_cmpint (mesh_bitswap_client_next_deadline_us (sim->client), >,
                       sim->now_us);
    }
  else
    {
      Event *event = g_hash_table_lookup (sim->events, &id);

      mesh_heap_pop (sim->heap, NULL, NULL);
      handle_event (sim, event);
      g_hash_table_remove (sim->events, &id);
    }
  pump_client (sim);
  ask_more (sim);
  pump_client (sim);
  return TRUE;
}

static void
add_blocks (Sim *sim)
{
  sim->n_blocks = 1 + (guint) mesh_rng_below (&sim->rng, 150);
  for (guint i = 0; i < sim->n_blocks; i++)
    {
      gsize len = (gsize) mesh_rng_below (&sim->rng, 3000) + 8;
      guint8 *data = g_malloc (len);

      mesh_rng_fill (&sim->rng, data, len);
      sim->cids[i] = mesh_cid_new_for_data (MESH_CODEC_RAW, MESH_MULTIHASH_SHA2_256, data,
                                            len, NULL);
      sim->blocks[i] = g_bytes_new_take (data, len);
      g_hash_table_insert (sim->index, sim->cids[i], GUINT_TO_POINTER (i + 1));
    }
}

static void
add_peers (Sim *sim, gboolean with_honest)
{
  sim->n_peers = 1 + (guint) mesh_rng_below (&sim->rng, MAX_PEERS);
  for (guint i = 0; i < sim->n_peers; i++)
    {
      Peer *peer = &sim->peers[i];
      guint share = (guint) mesh_rng_below (&sim->rng, 101);

      peer->index = i;
      peer->kind = (Kind) mesh_rng_below (&sim->rng, OLD + 1);
      if (i == 0)
        peer->kind = with_honest ? HONEST : LIAR;
      else if (!with_honest && peer->kind == HONEST)
        peer->kind = STALLER;
      for (guint k = 0; k < sim->n_blocks; k++)
        peer->has[k]
            = i == 0 || peer->kind == LIAR || mesh_rng_below (&sim->rng, 100) < share;
      peer->latency_us = 500 + (gint64) mesh_rng_below (&sim->rng, 150000);
      peer->rate_bps = 20000 + mesh_rng_below (&sim->rng, 3000000);
      peer->n_blocks_left
          = peer->kind == STALLER ? (guint) mesh_rng_below (&sim->rng, 10) : G_MAXUINT;
      peer->ledger = mesh_bitswap_ledger_new ();
      peer->server = mesh_bitswap_server_new (peer->ledger, 16u << 20);
      connect_peer (sim, peer);
      if (peer->kind == FLEETING)
        schedule (sim, (gint64) mesh_rng_below (&sim->rng, 2 * G_USEC_PER_SEC),
                  (Event){ TOGGLE, i });
    }
}

static Sim *
sim_new (guint64 seed, gboolean with_honest)
{
  Sim *sim = g_new0 (Sim, 1);

  mesh_rng_init (&sim->rng, seed);
  sim->heap = mesh_heap_new ();
  sim->events = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, event_free);
  sim->index = g_hash_table_new (mesh_cid_hash, mesh_cid_equal);
  sim->client = mesh_bitswap_client_new (&sim->rng);
  sim->session = mesh_bitswap_client_open_session (sim->client);
  add_blocks (sim);
  add_peers (sim, with_honest);
  ask_more (sim);
  pump_client (sim);
  return sim;
}

static void
sim_free (Sim *sim)
{
  for (guint i = 0; i < sim->n_peers; i++)
    {
      mesh_bitswap_server_free (sim->peers[i].server);
      mesh_bitswap_ledger_free (sim->peers[i].ledger);
    }
  for (guint i = 0; i < sim->n_blocks; i++)
    {
      mesh_cid_unref (sim->cids[i]);
      g_bytes_unref (sim->blocks[i]);
    }
  mesh_bitswap_client_free (sim->client);
  g_hash_table_unref (sim->index);
  g_hash_table_unref (sim->events);
  mesh_heap_free (sim->heap);
  g_free (sim);
}

static guint
count_kind (const Sim *sim, Kind kind)
{
  guint n = 0;

  for (guint i = 0; i < sim->n_peers; i++)
    n += sim->peers[i].kind == kind;
  return n;
}

static guint
get_n_seeds (void)
{
  const char *text = g_getenv ("MESH_TEST_SEEDS");

  return text != NULL ? (guint) strtoul (text, NULL, 10) : 2000;
}

static void
test_finishes_with_one_honest_holder (void)
{
  guint n_seeds = get_n_seeds (), n_liars = 0, n_dropped = 0;

  for (guint64 seed = 0; seed < n_seeds; seed++)
    {
      Sim *sim = sim_new (seed, TRUE);

      while (sim->n_got < sim->n_blocks && sim->n_failed == 0 && sim->now_us < MAX_RUN_US
             && step (sim))
        ;
      if (sim->n_got < sim->n_blocks || sim->n_failed > 0)
        g_test_fail_printf ("seed %" G_GUINT64_FORMAT
                            ": %u of %u blocks, %u failed, at %.1f s",
                            seed, sim->n_got, sim->n_blocks, sim->n_failed,
                            (double) sim->now_us / G_USEC_PER_SEC);
      n_liars += count_kind (sim, LIAR);
      n_dropped += sim->n_liars_dropped;
      sim_free (sim);
    }
  g_test_message ("%u runs, %u liars, %u of them found out", n_seeds, n_liars, n_dropped);
  g_assert_cmpuint (n_dropped, >, n_liars / 2);
}

static void
test_ends_without_honest_holders (void)
{
  guint n_seeds = get_n_seeds () / 4;

  for (guint64 seed = 0; seed < n_seeds; seed++)
    {
      Sim *sim = sim_new (seed, FALSE);

      while (sim->n_got + sim->n_failed < sim->n_blocks && sim->now_us < 10 * MAX_RUN_US
             && step (sim))
        ;
      if (sim->n_got + sim->n_failed < sim->n_blocks)
        g_test_fail_printf (
            "seed %" G_GUINT64_FORMAT ": %u of %u blocks neither came nor failed", seed,
            sim->n_blocks - sim->n_got - sim->n_failed, sim->n_blocks);
      sim_free (sim);
    }
}

/* The same seed gives the same run, to the microsecond. */
static void
test_repeats (void)
{
  for (guint64 seed = 0; seed < 50; seed++)
    {
      gint64 end_us[2];

      for (guint i = 0; i < 2; i++)
        {
          Sim *sim = sim_new (seed, TRUE);

          while (sim->n_got + sim->n_failed < sim->n_blocks && step (sim))
            ;
          end_us[i] = sim->now_us;
          sim_free (sim);
        }
      g_assert_cmpint (end_us[0], ==, end_us[1]);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bitswap/sim/finishes-with-one-honest-holder",
                   test_finishes_with_one_honest_holder);
  g_test_add_func ("/bitswap/sim/ends-without-honest-holders",
                   test_ends_without_honest_holders);
  g_test_add_func ("/bitswap/sim/repeats", test_repeats);
  return g_test_run ();
}
