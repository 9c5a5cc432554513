/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "bitswap/mesh-bitswap-server.h"

static MeshCid *
make_cid (guint number)
{
  guint8 digest[32] = { 0 };

  memcpy (digest, &number, sizeof number);
  return mesh_cid_new_v1 (MESH_CODEC_RAW, MESH_MULTIHASH_SHA2_256, digest, 32);
}

/* Block n is here unless n % 10 is 9, and has (n % 7) * 200000 + 100 bytes. */
static gsize
size_of (guint number)
{
  return number % 7 * 200000 + 100;
}

static void
answer_all (MeshBitswapServer *server)
{
  MeshBitswapServerLookup lookup;

  while (mesh_bitswap_server_poll_lookup (server, &lookup))
    {
      gsize len;
      guint number;

      memcpy (&number, mesh_cid_get_digest (lookup.cid, &len), sizeof number);
      mesh_bitswap_server_answer (server, lookup.peer, lookup.cid, number % 10 != 9,
                                  size_of (number));
      mesh_cid_unref (lookup.cid);
    }
}

static void
want (MeshBitswapServer *server,
      guint64 peer,
      guint number,
      gint32 priority,
      MeshBitswapWantType type,
      gboolean is_cancel)
{
  g_autoptr (MeshBitswapMessage) msg = mesh_bitswap_message_new ();
  g_autoptr (MeshCid) cid = make_cid (number);

  mesh_bitswap_message_add_entry (msg, cid, priority, type, is_cancel, TRUE);
  g_assert_cmpuint (mesh_bitswap_server_handle_wants (server, peer, msg), ==, 0);
}

static void
test_answers (void)
{
  g_autoptr (MeshBitswapLedger) ledger = mesh_bitswap_ledger_new ();
  g_autoptr (MeshBitswapServer) server = mesh_bitswap_server_new (ledger, 16 << 20);
  g_auto (MeshBitswapServerSend) presences = { 0 };
  g_auto (MeshBitswapServerSend) blocks = { 0 };
  g_auto (MeshBitswapServerSend) none = { 0 };

  g_assert_true (mesh_bitswap_server_add_peer (server, 1, "peer"));
  want (server, 1, 1, 5, MESH_BITSWAP_WANT_HAVE, FALSE);
  want (server, 1, 9, 5, MESH_BITSWAP_WANT_HAVE, FALSE);
  want (server, 1, 19, 5, MESH_BITSWAP_WANT_BLOCK, FALSE);
  want (server, 1, 7, 5, MESH_BITSWAP_WANT_HAVE, FALSE);  /* small: the block itself */
  want (server, 1, 2, 9, MESH_BITSWAP_WANT_BLOCK, FALSE); /* more urgent */
  want (server, 1, 3, 5, MESH_BITSWAP_WANT_BLOCK, FALSE);
  want (server, 1, 3, 0, MESH_BITSWAP_WANT_BLOCK, TRUE);
  g_assert_cmpuint (mesh_bitswap_server_get_n_lookups (server, 1), ==, 5);
  answer_all (server);
  g_assert_cmpuint (mesh_bitswap_server_get_n_lookups (server, 1), ==, 0);
  g_assert_true (mesh_bitswap_server_next (server, TRUE, &presences));
  g_assert_cmpuint (presences.haves->len, ==, 1);
  g_assert_cmpuint (presences.dont_haves->len, ==, 2);
  g_assert_cmpuint (presences.blocks->len, ==, 0);
  g_assert_cmpint (presences.pending_bytes, ==, (gint32) (size_of (7) + size_of (2)));
  g_assert_true (mesh_bitswap_server_next (server, TRUE, &blocks));
  g_assert_cmpuint (blocks.blocks->len, ==, 2);
  {
    g_autoptr (MeshCid) first = make_cid (2);

    g_assert_true (mesh_cid_equal (g_ptr_array_index (blocks.blocks, 0), first));
  }
  g_assert_cmpint (blocks.pending_bytes, ==, 0);
  g_assert_false (mesh_bitswap_server_next (server, TRUE, &none));
  g_assert_cmpuint (mesh_bitswap_server_get_in_flight (server), ==, blocks.block_bytes);
  mesh_bitswap_server_sent (server, presences.id, 0);
  mesh_bitswap_server_sent (server, blocks.id, blocks.block_bytes);
  mesh_bitswap_server_sent (server, blocks.id, blocks.block_bytes); /* in vain */
  g_assert_cmpuint (mesh_bitswap_server_get_in_flight (server), ==, 0);
  g_assert_cmpuint (mesh_bitswap_ledger_lookup (ledger, "peer").bytes_sent, ==,
                    blocks.block_bytes);
  /* what is absent is kept, in case it comes */
  g_assert_cmpuint (mesh_bitswap_server_get_n_wants (server, 1), ==, 2);
}

static void
test_notify (void)
{
  g_autoptr (MeshBitswapLedger) ledger = mesh_bitswap_ledger_new ();
  g_autoptr (MeshBitswapServer) server = mesh_bitswap_server_new (ledger, 16 << 20);
  g_autoptr (MeshCid) cid = make_cid (9);
  MeshBitswapServerLookup lookup;

  for (guint64 peer = 1; peer <= 3; peer++)
    {
      g_assert_true (mesh_bitswap_server_add_peer (server, peer, "peer"));
      want (server, peer, 9, 1, MESH_BITSWAP_WANT_BLOCK, FALSE);
    }
  answer_all (server);
  mesh_bitswap_server_notify (server, cid);
  mesh_bitswap_server_notify (server, cid);
  for (guint64 peer = 1; peer <= 3; peer++)
    {
      g_assert_true (mesh_bitswap_server_poll_lookup (server, &lookup));
      g_assert_cmpuint (lookup.peer, ==, peer);
      mesh_bitswap_server_answer (server, peer, lookup.cid, TRUE, 5);
      mesh_cid_unref (lookup.cid);
    }
  g_assert_false (mesh_bitswap_server_poll_lookup (server, &lookup));
}

/* The window of a peer is filled, and then not again before most of it is written, so
 * that blocks are read some at a time. */
static void
test_refill (void)
{
  g_autoptr (MeshBitswapLedger) ledger = mesh_bitswap_ledger_new ();
  g_autoptr (MeshBitswapServer) server = mesh_bitswap_server_new (ledger, 64 << 20);
  MeshBitswapServerLookup lookup;
  guint64 ids[32];
  guint n_begun = 0, n_sent = 0, n_bursts = 0;

  g_assert_true (mesh_bitswap_server_add_peer (server, 1, "peer"));
  for (guint i = 0; i < 30; i++)
    want (server, 1, i, 1, MESH_BITSWAP_WANT_BLOCK, FALSE);
  while (mesh_bitswap_server_poll_lookup (server, &lookup))
    {
      mesh_bitswap_server_answer (server, 1, lookup.cid, TRUE, 1 << 20);
      mesh_cid_unref (lookup.cid);
    }
  while (n_sent < 30)
    {
      g_auto (MeshBitswapServerSend) send = { 0 };
      guint before = n_begun;

      while (mesh_bitswap_server_next (server, TRUE, &send))
        {
          g_assert_cmpuint (send.blocks->len, ==, 1);
          ids[n_begun++] = send.id;
          mesh_bitswap_server_send_clear (&send);
        }
      g_assert_cmpuint (mesh_bitswap_server_get_in_flight (server), <=,
                        MESH_BITSWAP_SERVER_PEER_WINDOW_BYTES);
      if (n_begun > before)
        {
          g_assert_cmpuint (n_begun - before, >=, 4);
          n_bursts++;
        }
      g_assert_cmpuint (n_begun, >, n_sent); /* never idle while something is wanted */
      mesh_bitswap_server_sent (server, ids[n_sent++], 1 << 20);
    }
  g_assert_cmpuint (n_bursts, ==, 7);
}

/* Withdrawn, everything queued is asked about again. */
static void
test_withdraw (void)
{
  g_autoptr (MeshBitswapLedger) ledger = mesh_bitswap_ledger_new ();
  g_autoptr (MeshBitswapServer) server = mesh_bitswap_server_new (ledger, 16 << 20);
  g_auto (MeshBitswapServerSend) send = { 0 };
  MeshBitswapServerLookup lookup;

  g_assert_true (mesh_bitswap_server_add_peer (server, 1, "peer"));
  for (guint i = 0; i < 5; i++)
    want (server, 1, i, 1, MESH_BITSWAP_WANT_BLOCK, FALSE);
  answer_all (server);
  mesh_bitswap_server_withdraw (server);
  while (mesh_bitswap_server_poll_lookup (server, &lookup))
    {
      mesh_bitswap_server_answer (server, 1, lookup.cid, FALSE, 0);
      mesh_cid_unref (lookup.cid);
    }
  g_assert_true (mesh_bitswap_server_next (server, TRUE, &send));
  g_assert_cmpuint (send.blocks->len, ==, 0);
  g_assert_cmpuint (send.dont_haves->len, ==, 5);
}

static void
test_bounds (void)
{
  g_autoptr (MeshBitswapLedger) ledger = mesh_bitswap_ledger_new ();
  g_autoptr (MeshBitswapServer) server = mesh_bitswap_server_new (ledger, 16 << 20);
  g_autoptr (MeshBitswapMessage) msg = mesh_bitswap_message_new ();

  for (guint i = 0; i < 3000; i++)
    {
      g_autoptr (MeshCid) cid = make_cid (i);

      mesh_bitswap_message_add_entry (msg, cid, 1, MESH_BITSWAP_WANT_BLOCK, FALSE, TRUE);
    }
  for (guint64 peer = 0; peer < MESH_BITSWAP_SERVER_MAX_PEERS; peer++)
    {
      guint n_before = mesh_bitswap_server_get_n_all_wants (server);
      guint n_ignored;

      g_assert_true (mesh_bitswap_server_add_peer (server, peer, "peer"));
      n_ignored = mesh_bitswap_server_handle_wants (server, peer, msg);
      g_assert_cmpuint (n_ignored, ==,
                        3000 - (mesh_bitswap_server_get_n_all_wants (server) - n_before));
      if (peer > 70)
        continue;
      g_assert_cmpuint (mesh_bitswap_server_get_n_wants (server, peer), <=,
                        MESH_BITSWAP_SERVER_MAX_WANTS_PER_PEER);
    }
  g_assert_false (mesh_bitswap_server_add_peer (server, G_MAXUINT64, "one more"));
  g_assert_cmpuint (mesh_bitswap_server_get_n_all_wants (server), ==,
                    MESH_BITSWAP_SERVER_MAX_WANTS);
  for (guint64 peer = 0; peer < MESH_BITSWAP_SERVER_MAX_PEERS; peer++)
    mesh_bitswap_server_remove_peer (server, peer);
  g_assert_cmpuint (mesh_bitswap_server_get_n_all_wants (server), ==, 0);
  g_assert_false (mesh_bitswap_server_has_lookups (server));
}

/* Serves two peers that always want more; returns what each got of 400 messages. */
static void
serve_two (MeshBitswapLedger *ledger, guint64 *first, guint64 *second)
{
  g_autoptr (MeshBitswapServer) server = mesh_bitswap_server_new (ledger, 1 << 20);
  guint64 got[2] = { 0 };

  g_assert_true (mesh_bitswap_server_add_peer (server, 0, "first"));
  g_assert_true (mesh_bitswap_server_add_peer (server, 1, "second"));
  for (guint round = 0; round < 400; round++)
    {
      g_auto (MeshBitswapServerSend) send = { 0 };

      for (guint64 peer = 0; peer < 2; peer++)
        if (mesh_bitswap_server_get_n_wants (server, peer) < 20)
          for (guint i = 0; i < 20; i++)
            want (server, peer, round * 100 + i * 10 + 6, 1, MESH_BITSWAP_WANT_BLOCK,
                  FALSE);
      answer_all (server);
      g_assert_true (mesh_bitswap_server_next (server, TRUE, &send));
      got[send.peer] += send.block_bytes;
      mesh_bitswap_server_sent (server, send.id, 0);
    }
  *first = got[0];
  *second = got[1];
}

static void
test_shares_follow_the_ledger (void)
{
  g_autoptr (MeshBitswapLedger) ledger = mesh_bitswap_ledger_new ();
  guint64 first, second;

  serve_two (ledger, &first, &second);
  g_assert_cmpuint (first * 10, >, second * 9);
  g_assert_cmpuint (second * 10, >, first * 9);
  /* The first only took: 64 MiB on trust, then 2^5 times that. Weight 6 against 1. */
  mesh_bitswap_ledger_note_sent (ledger, "first", (gsize) 32 * (64u << 20));
  serve_two (ledger, &first, &second);
  g_assert_cmpuint (second, >, 4 * first);
  g_assert_cmpuint (first, >, 0);
}

/* A peer that comes back under its number is not burdened with what was in flight. */
static void
test_comes_back (void)
{
  g_autoptr (MeshBitswapLedger) ledger = mesh_bitswap_ledger_new ();
  g_autoptr (MeshBitswapServer) server = mesh_bitswap_server_new (ledger, 16 << 20);
  g_auto (MeshBitswapServerSend) old = { 0 };
  g_auto (MeshBitswapServerSend) new = { 0 };

  g_assert_true (mesh_bitswap_server_add_peer (server, 1, "peer"));
  want (server, 1, 5, 1, MESH_BITSWAP_WANT_BLOCK, FALSE);
  answer_all (server);
  g_assert_true (mesh_bitswap_server_next (server, TRUE, &old));
  mesh_bitswap_server_remove_peer (server, 1);
  g_assert_true (mesh_bitswap_server_add_peer (server, 1, "peer"));
  mesh_bitswap_server_sent (server, old.id, old.block_bytes);
  want (server, 1, 5, 1, MESH_BITSWAP_WANT_BLOCK, FALSE);
  answer_all (server);
  g_assert_true (mesh_bitswap_server_next (server, TRUE, &new));
  mesh_bitswap_server_sent (server, new.id, new.block_bytes);
  g_assert_cmpuint (mesh_bitswap_server_get_in_flight (server), ==, 0);
}

/* A full list replaces what was wanted. */
static void
test_full_list (void)
{
  g_autoptr (MeshBitswapLedger) ledger = mesh_bitswap_ledger_new ();
  g_autoptr (MeshBitswapServer) server = mesh_bitswap_server_new (ledger, 16 << 20);
  g_autoptr (MeshBitswapMessage) msg = mesh_bitswap_message_new ();
  g_autoptr (MeshCid) cid = make_cid (77);

  g_assert_true (mesh_bitswap_server_add_peer (server, 1, "peer"));
  for (guint i = 0; i < 10; i++)
    want (server, 1, i, 1, MESH_BITSWAP_WANT_BLOCK, FALSE);
  answer_all (server);
  msg->is_full = TRUE;
  mesh_bitswap_message_add_entry (msg, cid, 1, MESH_BITSWAP_WANT_BLOCK, FALSE, FALSE);
  mesh_bitswap_server_handle_wants (server, 1, msg);
  g_assert_cmpuint (mesh_bitswap_server_get_n_wants (server, 1), ==, 1);
}

/* Blocks wait while the upload limit is reached; what others have to know does not. */
static void
test_limit (void)
{
  g_autoptr (MeshBitswapLedger) ledger = mesh_bitswap_ledger_new ();
  g_autoptr (MeshBitswapServer) server = mesh_bitswap_server_new (ledger, 16 << 20);
  g_auto (MeshBitswapServerSend) send = { 0 };
  g_auto (MeshBitswapServerSend) none = { 0 };

  g_assert_true (mesh_bitswap_server_add_peer (server, 1, "peer"));
  want (server, 1, 1, 1, MESH_BITSWAP_WANT_BLOCK, FALSE);
  want (server, 1, 9, 1, MESH_BITSWAP_WANT_BLOCK, FALSE);
  answer_all (server);
  g_assert_true (mesh_bitswap_server_next (server, FALSE, &send));
  g_assert_cmpuint (send.dont_haves->len, ==, 1);
  g_assert_false (mesh_bitswap_server_next (server, FALSE, &none));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bitswap/server/answers", test_answers);
  g_test_add_func ("/bitswap/server/notify", test_notify);
  g_test_add_func ("/bitswap/server/refill", test_refill);
  g_test_add_func ("/bitswap/server/withdraw", test_withdraw);
  g_test_add_func ("/bitswap/server/bounds", test_bounds);
  g_test_add_func ("/bitswap/server/shares-follow-the-ledger",
                   test_shares_follow_the_ledger);
  g_test_add_func ("/bitswap/server/comes-back", test_comes_back);
  g_test_add_func ("/bitswap/server/full-list", test_full_list);
  g_test_add_func ("/bitswap/server/limit", test_limit);
  return g_test_run ();
}
