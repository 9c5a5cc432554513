/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "discovery/mesh-peer-exchange.h"

#include "base/mesh-error.h"
#include "disco-test.h"
#include "net/iface/mesh-frame.h"
#include "peer/mesh-peer-record.h"
#include "discovery/mesh-pex.h"

typedef struct
{
  NetTestNode node;
  MeshPeerBook *book;         /* (owned) */
  MeshPeerExchange *exchange; /* (owned) */
} Side;

static Side
make_side (guint8 fill, gboolean is_serving)
{
  g_autoptr (GError) error = NULL;
  Side side = { .node = net_test_node (fill, NULL, "/ip4/127.0.0.1/tcp/0") };

  side.book = disco_test_open (side.node.host, NULL, NULL, &error);
  g_assert_no_error (error);
  side.exchange = mesh_peer_exchange_new (side.node.host, side.book, is_serving);
  return side;
}

static void
clear_side (Side *side)
{
  g_clear_object (&side->exchange);
  disco_test_close (side->book);
  net_test_node_clear (&side->node);
}

static int
ask (Side *from, Side *to, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  mesh_peer_exchange_ask_async (from->exchange, mesh_host_get_peer_id (to->node.host),
                                NULL, net_test_result_cb, &result);
  net_test_wait (result != NULL);
  return mesh_peer_exchange_ask_finish (from->exchange, result, error);
}

static gboolean
has_record (Side *side, Side *of)
{
  MeshPeerBookEntry entry;

  return mesh_peer_book_lookup (side->book, mesh_host_get_peer_id (of->node.host), &entry)
         && entry.signed_record != NULL;
}

static void
join (Side *from, Side *to)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MeshConnection) connection
      = net_test_connect (&from->node, &to->node, &error);

  g_assert_no_error (error);
  net_test_wait (has_record (from, to) && has_record (to, from));
}

/* a and c know b, not each other: from b they learn. */
static void
test_ask (void)
{
  Side a = make_side (1, TRUE), b = make_side (2, TRUE), c = make_side (3, TRUE);
  g_autoptr (GError) error = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (MeshConnection) connection = NULL;

  join (&a, &b);
  join (&c, &b);
  g_assert_cmpint (ask (&a, &b, &error), ==, 1);
  g_assert_no_error (error);
  g_assert_true (has_record (&a, &c));
  mesh_peer_book_dial_async (a.book, mesh_host_get_peer_id (c.node.host), NULL,
                             net_test_result_cb, &result);
  net_test_wait (result != NULL);
  connection = mesh_peer_book_dial_finish (a.book, result, &error);
  g_assert_no_error (error);
  /* Nothing is new the second time; then it is enough. */
  g_assert_cmpint (ask (&a, &b, &error), ==, 0);
  g_assert_no_error (error);
  g_assert_cmpint (ask (&a, &b, &error), ==, -1);
  g_assert_error (error, MESH_ERROR, MESH_ERROR_REFUSED);
  g_clear_error (&error);
  /* Another one may still ask. */
  g_assert_cmpint (ask (&c, &b, &error), >=, 0);
  g_assert_no_error (error);
  g_clear_object (&result);
  clear_side (&a);
  clear_side (&b);
  clear_side (&c);
}

static void
test_not_serving (void)
{
  Side a = make_side (1, TRUE), b = make_side (2, FALSE);
  g_autoptr (GError) error = NULL;

  join (&a, &b);
  g_assert_cmpint (ask (&a, &b, &error), ==, -1);
  g_assert_error (error, MESH_ERROR, MESH_ERROR_REFUSED);
  g_clear_error (&error);
  mesh_peer_exchange_set_serving (b.exchange, TRUE);
  g_assert_cmpint (ask (&a, &b, &error), ==, 0);
  mesh_host_disconnect (a.node.host, mesh_host_get_peer_id (b.node.host));
  g_assert_cmpint (ask (&a, &b, &error), ==, -1);
  g_assert_error (error, MESH_ERROR, MESH_ERROR_CLOSED);
  clear_side (&a);
  clear_side (&b);
}

/* Who scores badly is not passed on. */
static void
test_bad_peers (void)
{
  Side a = make_side (1, TRUE), b = make_side (2, TRUE), c = make_side (3, TRUE);
  g_autoptr (GError) error = NULL;

  join (&a, &b);
  join (&c, &b);
  for (guint i = 0; i < 3; i++)
    mesh_peer_book_note_bad (b.book, mesh_host_get_peer_id (c.node.host));
  g_assert_cmpint (ask (&a, &b, &error), ==, 0);
  g_assert_no_error (error);
  clear_side (&a);
  clear_side (&b);
  clear_side (&c);
}

/* A peer that answers what it was told to. */
typedef struct
{
  GBytes *answer;     /* (unowned) */
  MeshStream *stream; /* (owned) */
} Liar;

static void
lied_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, NULL);
  /* Its own half only: the question was not read. */
  g_output_stream_close_async (G_OUTPUT_STREAM (source), G_PRIORITY_DEFAULT, NULL, NULL,
                               NULL);
}

static void
liar_handler (MeshStream *stream, gpointer user_data)
{
  Liar *liar = user_data;

  g_clear_object (&liar->stream);
  liar->stream = stream;
  g_output_stream_write_all_async (g_io_stream_get_output_stream (G_IO_STREAM (stream)),
                                   g_bytes_get_data (liar->answer, NULL),
                                   g_bytes_get_size (liar->answer), G_PRIORITY_DEFAULT,
                                   NULL, lied_cb, liar);
}

static GBytes *
frame_records (GBytes *record)
{
  g_autoptr (GPtrArray) records = g_ptr_array_new ();
  g_autoptr (GBytes) message = NULL;

  g_ptr_array_add (records, record);
  message = mesh_pex_encode_response (records);
  return mesh_frame_wrap (message);
}

static void
test_liar (void)
{
  Side a = make_side (1, TRUE), b = make_side (2, TRUE);
  MeshPeerId *b_id = mesh_host_get_peer_id (b.node.host);
  g_autoptr (MeshKeypair) key = net_test_keypair (9);
  g_autoptr (GPtrArray) addrs = disco_test_addrs ("/ip4/8.8.8.8/tcp/1");
  g_autoptr (GBytes) record = mesh_peer_record_seal (key, 1, addrs);
  gsize len = g_bytes_get_size (record);
  g_autofree guint8 *data = g_memdup2 (g_bytes_get_data (record, NULL), len);
  g_autoptr (GBytes) forged = NULL, lie = NULL, flood = NULL, cut = NULL;
  g_autoptr (GError) error = NULL;
  Liar liar = { NULL };
  double before;

  data[len - 1] ^= 1;
  forged = g_bytes_new (data, len);
  lie = frame_records (forged);
  flood = g_bytes_new_static ("\xff\xff\xff\x7f", 4);
  cut = g_bytes_new_static ("\x05\x08", 2);
  join (&a, &b);
  mesh_host_set_handler (b.node.host, MESH_PEER_EXCHANGE_PROTOCOL, liar_handler, &liar,
                         NULL);
  before = mesh_peer_book_get_score (a.book, b_id);
  liar.answer = lie;
  g_assert_cmpint (ask (&a, &b, &error), ==, 0);
  g_assert_no_error (error);
  g_assert_cmpuint (mesh_peer_book_get_n_peers (a.book), ==, 1);
  g_assert_cmpfloat (mesh_peer_book_get_score (a.book, b_id), <, before / 2);
  liar.answer = flood;
  g_assert_cmpint (ask (&a, &b, &error), ==, -1);
  g_assert_error (error, MESH_ERROR, MESH_ERROR_PROTOCOL);
  g_clear_error (&error);
  liar.answer = cut;
  g_assert_cmpint (ask (&a, &b, &error), ==, -1);
  g_assert_error (error, MESH_ERROR, MESH_ERROR_PROTOCOL);
  mesh_host_set_handler (b.node.host, MESH_PEER_EXCHANGE_PROTOCOL, NULL, NULL, NULL);
  g_clear_object (&liar.stream);
  clear_side (&a);
  clear_side (&b);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/peer-exchange/ask", test_ask);
  g_test_add_func ("/peer-exchange/not-serving", test_not_serving);
  g_test_add_func ("/peer-exchange/bad-peers", test_bad_peers);
  g_test_add_func ("/peer-exchange/liar", test_liar);
  return g_test_run ();
}
