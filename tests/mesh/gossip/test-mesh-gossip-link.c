/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "gossip/mesh-gossip-link.h"

#include "base/mesh-error.h"

#include "gossip-node.h"

/* Two links that face each other, without a core. */

static const char *const protocols[]
    = { MESH_GOSSIP_PROTOCOL_1_1_0, MESH_GOSSIP_PROTOCOL_1_0_0, NULL };

typedef struct
{
  NetTestNode net;
  MeshGossipLink *link; /* (owned) (nullable) */
  GPtrArray *received;  /* (owned) (element-type GBytes) */
  guint n_sent;
  guint n_lost;
  guint n_opened;
  GError *failure; /* (owned) (nullable) */
  gboolean is_picky;
} End;

static gboolean
received (MeshGossipLink *link, GBytes *rpc, gpointer user_data)
{
  End *end = user_data;

  g_ptr_array_add (end->received, g_bytes_ref (rpc));
  return !end->is_picky;
}

static void
opened (MeshGossipLink *link, MeshGossipVersion version, gpointer user_data)
{
  End *end = user_data;

  g_assert_cmpint (version, ==, MESH_GOSSIP_VERSION_1_1_0);
  end->n_opened++;
}

static void
sent (MeshGossipLink *link, gpointer user_data)
{
  End *end = user_data;

  end->n_sent++;
}

static void
lost (MeshGossipLink *link, gpointer user_data)
{
  End *end = user_data;

  end->n_lost++;
}

static void
failed (MeshGossipLink *link, const GError *error, gpointer user_data)
{
  End *end = user_data;

  g_assert_null (end->failure);
  end->failure = g_error_copy (error);
}

static const MeshGossipLinkFuncs funcs = { received, opened, sent, lost, failed };

static void
stream_handler (MeshStream *stream, gpointer user_data)
{
  End *end = user_data;

  mesh_gossip_link_take_stream (end->link, stream);
}

static void
end_init (End *end, guint8 fill)
{
  memset (end, 0, sizeof *end);
  end->net = net_test_node (fill, NULL, "/ip4/127.0.0.1/tcp/0");
  end->received = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
}

static void
end_clear (End *end)
{
  g_clear_pointer (&end->link, mesh_gossip_link_close);
  g_clear_error (&end->failure);
  net_test_node_clear (&end->net);
  g_ptr_array_unref (end->received);
}

static void
face (End *end, End *other)
{
  end->link
      = mesh_gossip_link_new (end->net.host, mesh_host_get_peer_id (other->net.host),
                              protocols, 100000, &funcs, end);
  mesh_host_set_handler (end->net.host, MESH_GOSSIP_PROTOCOL_1_1_0, stream_handler, end,
                         NULL);
}

static void
start (End *a, End *b)
{
  g_autoptr (MeshConnection) connection = NULL;

  end_init (a, 1);
  end_init (b, 2);
  face (a, b);
  face (b, a);
  connection = net_test_connect (&a->net, &b->net, NULL);
  gossip_wait (
      mesh_host_find_connection (b->net.host, mesh_host_get_peer_id (a->net.host))
      != NULL);
}

static GBytes *
make_rpc (gsize len)
{
  guint8 *data = g_malloc (len + 1);

  for (gsize i = 0; i < len; i++)
    data[i] = (guint8) (i * 7 + len);
  return g_bytes_new_take (data, len);
}

/* RPCs of all sizes arrive whole and in order, both ways. */
static void
test_sizes (void)
{
  static const gsize sizes[] = { 0, 1, 127, 128, 4095, 4096, 4097, 20000, 100000 };
  End a, b;

  start (&a, &b);
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (GBytes) rpc = make_rpc (sizes[i]);

      mesh_gossip_link_send (a.link, rpc);
      mesh_gossip_link_send (b.link, rpc);
      gossip_wait (a.n_sent == i + 1 && b.n_sent == i + 1);
      gossip_wait (a.received->len == i + 1 && b.received->len == i + 1);
      g_assert_true (g_bytes_equal (g_ptr_array_index (a.received, i), rpc));
      g_assert_true (g_bytes_equal (g_ptr_array_index (b.received, i), rpc));
    }
  g_assert_cmpuint (a.n_opened, ==, 1); /* one stream each way */
  end_clear (&a);
  end_clear (&b);
}

/* Too long for the other side, or refused by it: the stream is lost, and opened again. */
static void
test_lost (void)
{
  g_autoptr (GBytes) large = make_rpc (100001);
  g_autoptr (GBytes) small = make_rpc (10);
  End a, b;

  start (&a, &b);
  mesh_gossip_link_send (a.link, large);
  gossip_wait (a.n_lost == 1);
  g_assert_cmpuint (b.received->len, ==, 0);
  mesh_gossip_link_send (a.link, small);
  gossip_wait (b.received->len == 1);
  b.is_picky = TRUE;
  gossip_wait (a.n_sent >= 1);
  mesh_gossip_link_send (a.link, small);
  gossip_wait (b.received->len == 2 && a.n_lost == 2);
  g_assert_null (a.failure);
  end_clear (&a);
  end_clear (&b);
}

/* The other side serves nothing of the kind, or is not there. */
static void
test_failed (void)
{
  g_autoptr (GBytes) rpc = make_rpc (10);
  End a, b;

  start (&a, &b);
  mesh_host_set_handler (b.net.host, MESH_GOSSIP_PROTOCOL_1_1_0, NULL, NULL, NULL);
  mesh_gossip_link_send (a.link, rpc);
  gossip_wait (a.failure != NULL);
  g_assert_error (a.failure, MESH_ERROR, MESH_ERROR_UNSUPPORTED);
  g_clear_error (&a.failure);
  mesh_host_disconnect (a.net.host, mesh_host_get_peer_id (b.net.host));
  g_clear_pointer (&a.link, mesh_gossip_link_close);
  face (&a, &b);
  mesh_gossip_link_send (a.link, rpc);
  gossip_wait (a.failure != NULL);
  g_assert_error (a.failure, MESH_ERROR, MESH_ERROR_NOT_FOUND);
  end_clear (&a);
  end_clear (&b);
}

/* Closed while it opens, writes and reads: no function is called. */
static void
test_close (void)
{
  g_autoptr (GBytes) rpc = make_rpc (90000);

  for (guint n_turns = 0; n_turns < 6; n_turns++)
    {
      End a, b;

      start (&a, &b);
      mesh_gossip_link_send (a.link, rpc);
      mesh_gossip_link_send (b.link, rpc);
      for (guint i = 0; i < 2 * n_turns; i++)
        g_main_context_iteration (NULL, FALSE);
      a.n_sent = 0;
      g_clear_pointer (&a.link, mesh_gossip_link_close);
      mesh_host_set_handler (a.net.host, MESH_GOSSIP_PROTOCOL_1_1_0, NULL, NULL, NULL);
      g_ptr_array_set_size (a.received, 0);
      end_clear (&b);
      g_assert_cmpuint (a.n_sent + a.n_lost + a.received->len, ==, 0);
      g_assert_null (a.failure);
      end_clear (&a);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gossip/link/sizes", test_sizes);
  g_test_add_func ("/gossip/link/lost", test_lost);
  g_test_add_func ("/gossip/link/failed", test_failed);
  g_test_add_func ("/gossip/link/close", test_close);
  return g_test_run ();
}
