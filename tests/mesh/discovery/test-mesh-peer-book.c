/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "discovery/mesh-peer-book.h"

#include <glib/gstdio.h>

#include "base/mesh-error.h"
#include "disco-test.h"
#include "peer/mesh-peer-record.h"
#include "discovery/mesh-caps.h"

static gboolean
knows (MeshPeerBook *book, NetTestNode *node, MeshPeerBookEntry *entry)
{
  return mesh_peer_book_lookup (book, mesh_host_get_peer_id (node->host), entry);
}

static void
count_cb (MeshPeerBook *book, MeshPeerId *peer, guint *n)
{
  *n += 1;
}

/* What the book learns of two hosts that meet. */
static void
test_meet (void)
{
  NetTestNode a = net_test_node (1, NULL, "/ip4/127.0.0.1/tcp/0");
  NetTestNode b = net_test_node (2, NULL, "/ip4/127.0.0.1/tcp/0");
  g_autoptr (GPtrArray) addrs = mesh_host_dup_addresses (b.host);
  g_autoptr (GError) error = NULL;
  MeshPeerBook *book_a = disco_test_open (a.host, NULL, NULL, &error);
  MeshPeerBook *book_b = disco_test_open (b.host, NULL, NULL, &error);
  g_autoptr (MeshConnection) connection = NULL;
  g_autoptr (MeshMultiaddr) full = NULL;
  MeshPeerBookEntry entry;
  guint n_told = 0;

  g_assert_no_error (error);
  g_signal_connect (book_a, "peer-changed", G_CALLBACK (count_cb), &n_told);
  connection = net_test_connect (&a, &b, &error);
  g_assert_no_error (error);
  net_test_wait (knows (book_a, &b, &entry) && entry.signed_record != NULL
                 && knows (book_b, &a, &entry) && entry.signed_record != NULL);
  g_assert_true (knows (book_a, &b, &entry));
  g_assert_true (entry.is_connected);
  g_assert_cmpint (entry.peer_class, ==, MESH_PEER_CLASS_LAN);
  g_assert_cmpint (entry.last_seen_s, >, 0);
  g_assert_cmpfloat (entry.score.score, >, MESH_PEER_SCORE_NEUTRAL);
  g_assert_cmpuint (entry.addrs->len, ==, 1);
  full = mesh_multiaddr_with_peer_id (g_ptr_array_index (entry.addrs, 0), entry.peer_id);
  g_assert_true (mesh_multiaddr_equal (full, g_ptr_array_index (addrs, 0)));
  /* The one that was dialed knows where the other listens, not the port it came from. */
  g_assert_true (knows (book_b, &a, &entry));
  g_assert_cmpuint (entry.addrs->len, ==, 1);
  net_test_wait (n_told > 0);
  mesh_host_disconnect (a.host, mesh_host_get_peer_id (b.host));
  net_test_wait (knows (book_a, &b, &entry) && !entry.is_connected
                 && knows (book_b, &a, &entry) && !entry.is_connected);
  /* And it can be dialed again from the book. */
  g_assert_true (mesh_peer_book_may_dial (book_b, mesh_host_get_peer_id (a.host)));
  disco_test_close (book_a);
  disco_test_close (book_b);
  net_test_node_clear (&a);
  net_test_node_clear (&b);
}

static void
test_dial (void)
{
  NetTestNode a = net_test_node (1, NULL, NULL);
  NetTestNode b = net_test_node (2, NULL, "/ip4/127.0.0.1/tcp/0");
  g_autoptr (GPtrArray) addrs = mesh_host_dup_addresses (b.host);
  g_autoptr (GPtrArray) nowhere = disco_test_addrs ("/ip4/127.0.0.1/tcp/1");
  g_autoptr (GPtrArray) picked = NULL;
  g_autoptr (MeshPeerId) nobody = disco_test_id (9);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (MeshConnection) connection = NULL;
  g_autoptr (GError) error = NULL;
  MeshPeerBook *book = disco_test_open (a.host, NULL, NULL, &error);
  MeshPeerBookEntry entry;

  mesh_peer_book_dial_async (book, nobody, NULL, net_test_result_cb, &result);
  net_test_wait (result != NULL);
  g_assert_null (mesh_peer_book_dial_finish (book, result, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_clear_object (&result);

  mesh_peer_book_add_hearsay (book, mesh_host_get_peer_id (b.host), addrs);
  mesh_peer_book_add_hearsay (book, nobody, nowhere);
  mesh_peer_book_add_hearsay (book, mesh_host_get_peer_id (a.host), addrs);
  g_assert_cmpuint (mesh_peer_book_get_n_peers (book), ==, 2);
  picked = mesh_peer_book_dup_candidates (book, MESH_PEER_CLASS_ANY, 10);
  g_assert_cmpuint (picked->len, ==, 2);

  mesh_peer_book_dial_async (book, nobody, NULL, net_test_result_cb, &result);
  g_assert_false (mesh_peer_book_may_dial (book, nobody));
  net_test_wait (result != NULL);
  g_assert_null (mesh_peer_book_dial_finish (book, result, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_UNREACHABLE);
  g_clear_error (&error);
  g_clear_object (&result);
  /* It waits now, and counts for less. */
  g_assert_false (mesh_peer_book_may_dial (book, nobody));
  g_assert_cmpfloat (mesh_peer_book_get_score (book, nobody), <, MESH_PEER_SCORE_NEUTRAL);

  mesh_peer_book_dial_async (book, mesh_host_get_peer_id (b.host), NULL,
                             net_test_result_cb, &result);
  net_test_wait (result != NULL);
  connection = mesh_peer_book_dial_finish (book, result, &error);
  g_assert_no_error (error);
  g_assert_true (knows (book, &b, &entry) && entry.is_connected);
  g_assert_cmpfloat (entry.score.score, >, MESH_PEER_SCORE_NEUTRAL);
  disco_test_close (book);
  g_clear_object (&result);
  net_test_node_clear (&a);
  net_test_node_clear (&b);
}

static void
remove_folder (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *file = g_build_filename (path, name, NULL);

      g_unlink (file);
    }
  g_rmdir (path);
}

static void
test_persist (void)
{
  g_autofree char *dir = g_dir_make_tmp ("shoal-book-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "peers.db", NULL);
  NetTestNode a = net_test_node (1, NULL, NULL);
  g_autoptr (MeshWorkPool) pool = mesh_work_pool_new (2);
  g_autoptr (MeshPeerId) good = disco_test_id (7), bad = disco_test_id (8);
  g_autoptr (GPtrArray) addrs = disco_test_addrs ("/ip4/8.8.8.8/tcp/1");
  g_autoptr (GError) error = NULL;
  MeshPeerBook *book = disco_test_open (a.host, path, pool, &error);
  MeshPeerBookEntry entry;

  g_assert_no_error (error);
  mesh_peer_book_add_hearsay (book, good, addrs);
  mesh_peer_book_set_roles (book, good, MESH_CAPS_ROLE_MINI_MASTER);
  mesh_peer_book_note_transfer (book, good, 10 << 20, G_USEC_PER_SEC);
  mesh_peer_book_note_success (book, good);
  mesh_peer_book_note_failure (book, bad);
  mesh_peer_book_note_bad (book, bad);
  disco_test_close (book);
  book = disco_test_open (a.host, path, pool, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (mesh_peer_book_get_n_peers (book), ==, 2);
  g_assert_true (mesh_peer_book_lookup (book, good, &entry));
  g_assert_cmpint (entry.peer_class, ==, MESH_PEER_CLASS_MINI_MASTER);
  g_assert_cmpuint (entry.addrs->len, ==, 1);
  g_assert_cmpfloat (entry.score.score, >, 0.55);
  g_assert_cmpint (entry.score.rate_bps, ==, 10 << 20);
  g_assert_cmpfloat (mesh_peer_book_get_score (book, bad), <, 0.2);
  disco_test_close (book);
  remove_folder (dir);
  net_test_node_clear (&a);
}

static void
test_open_fails (void)
{
  NetTestNode a = net_test_node (1, NULL, NULL);
  g_autoptr (MeshWorkPool) pool = mesh_work_pool_new (2);
  g_autoptr (GError) error = NULL;

  g_assert_null (disco_test_open (a.host, "/nonexistent/peers.db", pool, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_IO);
  net_test_node_clear (&a);
}

static GBytes *
make_record (guint8 fill, guint64 seq, const char *text)
{
  g_autoptr (MeshKeypair) key = net_test_keypair (fill);
  g_autoptr (GPtrArray) addrs = disco_test_addrs (text);

  return mesh_peer_record_seal (key, seq, addrs);
}

static void
test_records (void)
{
  NetTestNode a = net_test_node (1, NULL, NULL);
  g_autoptr (GError) error = NULL;
  MeshPeerBook *book = disco_test_open (a.host, NULL, NULL, &error);
  g_autoptr (GBytes) outside = make_record (7, 5, "/ip4/8.8.8.8/tcp/1");
  g_autoptr (GBytes) inside = make_record (7, 6, "/ip4/10.0.0.1/tcp/1");
  g_autoptr (GBytes) own = make_record (1, 6, "/ip4/8.8.8.8/tcp/1");
  g_autoptr (MeshMultiaddr) far = mesh_multiaddr_parse ("/ip4/9.9.9.9/tcp/1", NULL);
  g_autofree guint8 *data = NULL;
  g_autoptr (GBytes) forged = NULL;
  g_autoptr (MeshPeerId) peer = NULL, again = NULL;
  MeshPeerBookEntry entry;
  gsize len;

  peer = mesh_peer_book_add_record (book, outside, far, &error);
  g_assert_no_error (error);
  g_assert_true (mesh_peer_book_lookup (book, peer, &entry));
  g_assert_cmpuint (entry.addrs->len, ==, 1);
  g_assert_null (mesh_peer_book_add_record (book, outside, far, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_ROLLBACK);
  g_clear_error (&error);
  g_assert_null (mesh_peer_book_add_record (book, own, far, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_ROLLBACK);
  g_clear_error (&error);
  len = g_bytes_get_size (inside);
  data = g_memdup2 (g_bytes_get_data (inside, NULL), len);
  data[len - 1] ^= 1;
  forged = g_bytes_new (data, len);
  g_assert_null (mesh_peer_book_add_record (book, forged, NULL, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_BAD_SIGNATURE);
  g_clear_error (&error);
  /* From somebody outside an address inside is not taken. */
  again = mesh_peer_book_add_record (book, inside, far, &error);
  g_assert_no_error (error);
  g_assert_true (mesh_peer_book_lookup (book, peer, &entry));
  g_assert_cmpuint (entry.addrs->len, ==, 0);
  disco_test_close (book);
  net_test_node_clear (&a);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/peer-book/meet", test_meet);
  g_test_add_func ("/peer-book/dial", test_dial);
  g_test_add_func ("/peer-book/persist", test_persist);
  g_test_add_func ("/peer-book/open-fails", test_open_fails);
  g_test_add_func ("/peer-book/records", test_records);
  return g_test_run ();
}
