/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "gossip/mesh-gossip-outbox.h"

#include "gossip-fixture.h"

static GBytes *
make_message (gsize len)
{
  g_autoptr (GBytes) raw = g_bytes_new_take (g_malloc0 (len), len);

  return mesh_gossip_rpc_message (raw);
}

static GBytes *
make_ihave (guint n)
{
  g_autoptr (GPtrArray) ids
      = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (ids, g_bytes_new (&i, sizeof i));
  return mesh_gossip_rpc_ihave ("t", ids);
}

static guint
count (GBytes *rpc, MeshGossipRpcKind kind)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (rpc, &len);
  MeshGossipRpcReader reader = mesh_gossip_rpc_reader (data, len);
  MeshGossipRpcItem item;
  guint n = 0;

  while (mesh_gossip_rpc_next (&reader, &item) != MESH_GOSSIP_RPC_END)
    {
      g_assert_cmpint (item.kind, !=, MESH_GOSSIP_RPC_MALFORMED);
      n += item.kind == kind;
    }
  return n;
}

/* What goes to many is not copied for each. */
static void
test_shared (void)
{
  MeshGossipOutbox outbox = { 0 };
  MeshGossipOutboxLoss loss = { 0 };
  GBytes *message = make_message (100);
  g_autoptr (GBytes) rpc = NULL;
  gsize message_bytes;

  mesh_gossip_outbox_push (&outbox, MESH_GOSSIP_OUT_MESSAGE, 0, g_bytes_ref (message),
                           1000, &loss);
  rpc = mesh_gossip_outbox_take (&outbox, 1000, &message_bytes);
  g_assert_true (rpc == message);
  g_assert_cmpuint (message_bytes, ==, g_bytes_get_size (message));
  g_assert_true (mesh_gossip_outbox_is_empty (&outbox));
  g_assert_cmpuint (outbox.bytes, ==, 0);
  g_assert_null (mesh_gossip_outbox_take (&outbox, 1000, &message_bytes));
  g_bytes_unref (message);
}

/* Everything in one RPC with one control part; long ones are split. */
static void
test_split (void)
{
  MeshGossipOutbox outbox = { 0 };
  MeshGossipOutboxLoss loss = { 0 };
  gsize message_bytes;
  guint n_messages = 0, n_rpcs = 0;

  mesh_gossip_outbox_push (&outbox, MESH_GOSSIP_OUT_GRAFT, 1, mesh_gossip_rpc_graft ("t"),
                           1 << 20, &loss);
  mesh_gossip_outbox_push (&outbox, MESH_GOSSIP_OUT_IHAVE, 1, make_ihave (10), 1 << 20,
                           &loss);
  mesh_gossip_outbox_push (&outbox, MESH_GOSSIP_OUT_SUBSCRIPTION, 1,
                           mesh_gossip_rpc_subscription ("t", TRUE), 1 << 20, &loss);
  for (guint i = 0; i < 10; i++)
    mesh_gossip_outbox_push (&outbox, MESH_GOSSIP_OUT_MESSAGE, 0, make_message (400),
                             1 << 20, &loss);
  /* one that is too long for any RPC of ours still goes */
  mesh_gossip_outbox_push (&outbox, MESH_GOSSIP_OUT_MESSAGE, 0, make_message (5000),
                           1 << 20, &loss);
  while (!mesh_gossip_outbox_is_empty (&outbox))
    {
      g_autoptr (GBytes) rpc = mesh_gossip_outbox_take (&outbox, 1024, &message_bytes);

      n_rpcs++;
      n_messages += count (rpc, MESH_GOSSIP_RPC_MESSAGE);
      g_assert_true (g_bytes_get_size (rpc) <= 1024 || g_bytes_get_size (rpc) > 5000);
      if (mesh_gossip_outbox_is_empty (&outbox))
        {
          g_assert_cmpuint (count (rpc, MESH_GOSSIP_RPC_GRAFT), ==, 1);
          g_assert_cmpuint (count (rpc, MESH_GOSSIP_RPC_IHAVE), ==, 1);
        }
    }
  g_assert_cmpuint (n_messages, ==, 11);
  g_assert_cmpuint (n_rpcs, ==, 7); /* five pairs, the long one, the control part */
  g_assert_cmpuint (outbox.bytes, ==, 0);
}

/* The last word on a topic counts. */
static void
test_overruled (void)
{
  MeshGossipOutbox outbox = { 0 };
  MeshGossipOutboxLoss loss = { 0 };
  g_autoptr (GBytes) rpc = NULL;
  gsize message_bytes;

  for (guint i = 0; i < 100; i++)
    {
      mesh_gossip_outbox_push (&outbox, MESH_GOSSIP_OUT_GRAFT, 1,
                               mesh_gossip_rpc_graft ("t"), 100, &loss);
      mesh_gossip_outbox_push (&outbox, MESH_GOSSIP_OUT_PRUNE, 1,
                               mesh_gossip_rpc_prune ("t", 60, NULL, NULL, 0), 100,
                               &loss);
      mesh_gossip_outbox_push (&outbox, MESH_GOSSIP_OUT_SUBSCRIPTION, 1,
                               mesh_gossip_rpc_subscription ("t", i % 2 == 0), 100,
                               &loss);
    }
  mesh_gossip_outbox_push (&outbox, MESH_GOSSIP_OUT_GRAFT, 2,
                           mesh_gossip_rpc_graft ("other"), 100, &loss);
  rpc = mesh_gossip_outbox_take (&outbox, 1024, &message_bytes);
  g_assert_cmpuint (count (rpc, MESH_GOSSIP_RPC_SUBSCRIPTION), ==, 1);
  g_assert_cmpuint (count (rpc, MESH_GOSSIP_RPC_PRUNE), ==, 1);
  g_assert_cmpuint (count (rpc, MESH_GOSSIP_RPC_GRAFT), ==, 1);
  g_assert_true (mesh_gossip_outbox_is_empty (&outbox));
}

static void
test_pressure (void)
{
  MeshGossipOutbox outbox = { 0 };
  MeshGossipOutboxLoss loss = { 0 };

  for (guint i = 0; i < 100; i++)
    mesh_gossip_outbox_push (&outbox, MESH_GOSSIP_OUT_IHAVE, 1, make_ihave (10), 1000,
                             &loss);
  g_assert_cmpuint (outbox.bytes, <=, 500); /* gossip may have half of it */
  g_assert_cmpuint (loss.n_gossip, ==, 100 - outbox.control.length);
  for (guint i = 0; i < 100; i++)
    mesh_gossip_outbox_push (&outbox, MESH_GOSSIP_OUT_MESSAGE, 0, make_message (90), 1000,
                             &loss);
  g_assert_cmpuint (loss.n_gossip, ==, 100);
  g_assert_cmpuint (outbox.control.length, ==, 0);
  g_assert_cmpuint (outbox.bytes, <=, 1000);
  g_assert_cmpuint (loss.n_messages, ==, 100 - outbox.plain.length);
  mesh_gossip_outbox_push (&outbox, MESH_GOSSIP_OUT_PRUNE, 1,
                           mesh_gossip_rpc_prune ("t", 60, NULL, NULL, 0), 1000, &loss);
  g_assert_cmpuint (outbox.control.length, ==, 1);
  mesh_gossip_outbox_clear (&outbox);
  g_assert_cmpuint (outbox.bytes, ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gossip/outbox/shared", test_shared);
  g_test_add_func ("/gossip/outbox/split", test_split);
  g_test_add_func ("/gossip/outbox/overruled", test_overruled);
  g_test_add_func ("/gossip/outbox/pressure", test_pressure);
  return g_test_run ();
}
