/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "node/mesh-node-trim.h"

#include "net-test.h"

#define N_PEERS 4
#define LATER_US (g_get_monotonic_time () + 2 * MESH_NODE_TRIM_GRACE_S * G_USEC_PER_SEC)

typedef struct
{
  NetTestNode self;
  NetTestNode peers[N_PEERS];
  MeshPeerBook *book; /* (owned) */
  MeshNodeTrim *trim; /* (owned) */
  int kept;           /* peer that must stay; -1: none */
} Trim;

static gboolean
keeps_cb (MeshPeerId *peer, gpointer user_data)
{
  Trim *test = user_data;

  return test->kept >= 0
         && mesh_peer_id_equal (peer,
                                mesh_host_get_peer_id (test->peers[test->kept].host));
}

static guint
count (MeshHost *host)
{
  g_autoptr (GPtrArray) connections = mesh_host_dup_connections (host);

  return connections->len;
}

static void
set_up (Trim *test, gconstpointer unused)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  test->kept = -1;
  test->self = net_test_node (1, NULL, NULL);
  mesh_peer_book_open_async (test->self.host, NULL, NULL, NULL, net_test_result_cb,
                             &result);
  net_test_wait (result != NULL);
  test->book = mesh_peer_book_open_finish (result, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < N_PEERS; i++)
    {
      g_autoptr (MeshConnection) connection = NULL;

      test->peers[i] = net_test_node ((guint8) (i + 2), NULL, "/ip4/127.0.0.1/tcp/0");
      connection = net_test_connect (&test->self, &test->peers[i], &error);
      g_assert_no_error (error);
      net_test_wait (mesh_connection_get_peer_info (connection) != NULL);
    }
  test->trim = mesh_node_trim_new (test->self.host, test->book, keeps_cb, test);
}

static void
tear_down (Trim *test, gconstpointer unused)
{
  g_autoptr (GAsyncResult) result = NULL;

  mesh_node_trim_free (test->trim);
  mesh_peer_book_close_async (test->book, net_test_result_cb, &result);
  net_test_wait (result != NULL);
  g_assert_true (mesh_peer_book_close_finish (test->book, result, NULL));
  g_clear_object (&result);
  g_clear_object (&test->book);
  net_test_node_clear (&test->self);
  for (guint i = 0; i < N_PEERS; i++)
    net_test_node_clear (&test->peers[i]);
}

static gboolean
is_connected (Trim *test, guint i)
{
  return mesh_host_find_connection (test->self.host,
                                    mesh_host_get_peer_id (test->peers[i].host))
         != NULL;
}

/* The worst go, until the low mark. */
static void
test_worst (Trim *test, gconstpointer unused)
{
  for (guint n = 0; n < 8; n++)
    {
      mesh_peer_book_note_bad (test->book, mesh_host_get_peer_id (test->peers[2].host));
      mesh_peer_book_note_failure (test->book,
                                   mesh_host_get_peer_id (test->peers[0].host));
      mesh_peer_book_note_success (test->book,
                                   mesh_host_get_peer_id (test->peers[1].host));
      mesh_peer_book_note_success (test->book,
                                   mesh_host_get_peer_id (test->peers[3].host));
    }
  mesh_node_trim_set_marks (test->trim, 2, 3);
  g_assert_cmpuint (mesh_node_trim_run (test->trim, LATER_US), ==, 2);
  net_test_wait (count (test->self.host) == 2);
  g_assert_false (is_connected (test, 2));
  g_assert_false (is_connected (test, 0));
  g_assert_cmpuint (mesh_node_trim_run (test->trim, LATER_US), ==, 0);
}

/* What must stay does, whatever its score. */
static void
test_keeps (Trim *test, gconstpointer unused)
{
  for (guint n = 0; n < 8; n++)
    mesh_peer_book_note_bad (test->book, mesh_host_get_peer_id (test->peers[2].host));
  test->kept = 2;
  mesh_node_trim_set_marks (test->trim, 0, 0);
  g_assert_cmpuint (mesh_node_trim_run (test->trim, LATER_US), ==, N_PEERS - 1);
  net_test_wait (count (test->self.host) == 1);
  g_assert_true (is_connected (test, 2));
}

static void
test_bounds (Trim *test, gconstpointer unused)
{
  /* Young ones have their chance. */
  mesh_node_trim_set_marks (test->trim, 0, 0);
  g_assert_cmpuint (mesh_node_trim_run (test->trim, g_get_monotonic_time ()), ==, 0);
  /* Up to the high mark nothing is done. */
  mesh_node_trim_set_marks (test->trim, 1, N_PEERS);
  g_assert_cmpuint (mesh_node_trim_run (test->trim, LATER_US), ==, 0);
  g_assert_cmpuint (count (test->self.host), ==, N_PEERS);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/node-trim/worst", Trim, NULL, set_up, test_worst, tear_down);
  g_test_add ("/node-trim/keeps", Trim, NULL, set_up, test_keeps, tear_down);
  g_test_add ("/node-trim/bounds", Trim, NULL, set_up, test_bounds, tear_down);
  return g_test_run ();
}
