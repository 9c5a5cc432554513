/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "discovery/mesh-peer-keeper.h"

#include "disco-test.h"

#define N 5

typedef struct
{
  NetTestNode node;
  MeshPeerBook *book;         /* (owned) */
  MeshPeerExchange *exchange; /* (owned) */
  MeshPeerKeeper *keeper;     /* (owned) */
} Side;

static Side
make_side (guint8 fill, guint min_connections)
{
  g_autoptr (GError) error = NULL;
  Side side = { .node = net_test_node (fill, NULL, "/ip4/127.0.0.1/tcp/0") };

  side.book = disco_test_open (side.node.host, NULL, NULL, &error);
  g_assert_no_error (error);
  side.exchange = mesh_peer_exchange_new (side.node.host, side.book, TRUE);
  side.keeper
      = mesh_peer_keeper_new (side.node.host, side.book, side.exchange, min_connections);
  return side;
}

static void
clear_side (Side *side)
{
  mesh_peer_keeper_set_active (side->keeper, FALSE);
  net_test_wait (G_OBJECT (side->keeper)->ref_count == 1);
  g_clear_object (&side->keeper);
  g_clear_object (&side->exchange);
  disco_test_close (side->book);
  net_test_node_clear (&side->node);
}

static guint
count (Side *side)
{
  g_autoptr (GPtrArray) connections = mesh_host_dup_connections (side->node.host);

  return connections->len;
}

static void
introduce (Side *to, Side *who)
{
  g_autoptr (GPtrArray) addrs = mesh_host_dup_addresses (who->node.host);

  mesh_peer_keeper_peer_found (to->keeper, mesh_host_get_peer_id (who->node.host), addrs);
}

/* Two peers that find each other both dial, and end with one connection. */
static void
test_found (void)
{
  Side a = make_side (1, 0), b = make_side (2, 0);

  mesh_peer_keeper_set_active (a.keeper, TRUE);
  mesh_peer_keeper_set_active (b.keeper, TRUE);
  introduce (&a, &b);
  introduce (&b, &a);
  net_test_wait (count (&a) == 1 && count (&b) == 1);
  introduce (&a, &b);
  introduce (&b, &a);
  g_assert_cmpuint (count (&a), ==, 1);
  clear_side (&a);
  clear_side (&b);
}

static void
test_inactive (void)
{
  Side a = make_side (1, 4), b = make_side (2, 0);

  introduce (&a, &b);
  g_assert_cmpuint (mesh_peer_book_get_n_peers (a.book), ==, 1);
  for (guint i = 0; i < 50; i++)
    g_main_context_iteration (NULL, FALSE);
  g_assert_cmpuint (count (&a), ==, 0);
  /* What was learned meanwhile is used. */
  mesh_peer_keeper_set_active (a.keeper, TRUE);
  net_test_wait (count (&a) == 1);
  clear_side (&a);
  clear_side (&b);
}

/* One peer is known; through it all others are found and connected. */
static void
test_exchange (void)
{
  Side sides[N];

  for (guint8 i = 0; i < N; i++)
    sides[i] = make_side (i + 1, i == 0 ? N - 1 : 0);
  for (guint i = 2; i < N; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MeshConnection) connection
          = net_test_connect (&sides[i].node, &sides[1].node, &error);
      MeshPeerBookEntry entry;

      g_assert_no_error (error);
      net_test_wait (mesh_peer_book_lookup (sides[1].book,
                                            mesh_host_get_peer_id (sides[i].node.host),
                                            &entry)
                     && entry.signed_record != NULL);
    }
  introduce (&sides[0], &sides[1]);
  mesh_peer_keeper_set_active (sides[0].keeper, TRUE);
  net_test_wait (count (&sides[0]) == N - 1);
  for (guint i = 0; i < N; i++)
    clear_side (&sides[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/peer-keeper/found", test_found);
  g_test_add_func ("/peer-keeper/inactive", test_inactive);
  g_test_add_func ("/peer-keeper/exchange", test_exchange);
  return g_test_run ();
}
