/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "gossip/mesh-gossip-rpc.h"

#include "base/mesh-error.h"
#include "base/mesh-protobuf.h"
#include "base/mesh-rng.h"
#include "proto/gossip.pb-c.h"

#include "gossip-fixture.h"

/* What we write is read by the code that protobuf-c makes from gossip.proto, and the
 * other way round. */

static GPtrArray *
make_ids (guint n)
{
  GPtrArray *ids = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (ids, g_bytes_new (&i, sizeof i));
  return ids;
}

static void
append (GByteArray *array, GBytes *bytes)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (bytes, &len);

  g_byte_array_append (array, data, (guint) len);
  g_bytes_unref (bytes);
}

static GByteArray *
make_rpc (void)
{
  GByteArray *rpc = g_byte_array_new ();
  g_autoptr (GByteArray) control = g_byte_array_new ();
  g_autoptr (GPtrArray) ids = make_ids (3);
  g_autoptr (GBytes) message = g_bytes_new_static ("\x22\x01t", 3);
  g_autoptr (GBytes) peer = g_bytes_new_static ("peer", 4);
  g_autoptr (GBytes) record = g_bytes_new_static ("record", 6);
  GBytes *peers[] = { peer, peer };
  GBytes *records[] = { record, NULL };

  append (rpc, mesh_gossip_rpc_subscription ("on", TRUE));
  append (rpc, mesh_gossip_rpc_subscription ("off", FALSE));
  append (rpc, mesh_gossip_rpc_message (message));
  append (control, mesh_gossip_rpc_ihave ("have", ids));
  append (control, mesh_gossip_rpc_iwant (ids));
  append (control, mesh_gossip_rpc_graft ("graft"));
  append (control, mesh_gossip_rpc_prune ("prune", 60, peers, records, 2));
  mesh_gossip_rpc_append_control (rpc, control);
  return rpc;
}

static void
test_written (void)
{
  g_autoptr (GByteArray) rpc = make_rpc ();
  MeshProto__GossipRpc *read = mesh_proto__gossip_rpc__unpack (NULL, rpc->len, rpc->data);
  g_autofree guint8 *again = NULL;

  g_assert_nonnull (read);
  g_assert_cmpuint (read->n_subscriptions, ==, 2);
  g_assert_true (read->subscriptions[0]->subscribe);
  g_assert_cmpstr (read->subscriptions[0]->topic_id, ==, "on");
  g_assert_true (read->subscriptions[1]->has_subscribe);
  g_assert_false (read->subscriptions[1]->subscribe);
  g_assert_cmpuint (read->n_publish, ==, 1);
  g_assert_cmpstr (read->publish[0]->topic, ==, "t");
  g_assert_cmpuint (read->control->n_ihave, ==, 1);
  g_assert_cmpstr (read->control->ihave[0]->topic_id, ==, "have");
  g_assert_cmpuint (read->control->ihave[0]->n_message_ids, ==, 3);
  g_assert_cmpuint (read->control->iwant[0]->n_message_ids, ==, 3);
  g_assert_cmpstr (read->control->graft[0]->topic_id, ==, "graft");
  g_assert_cmpuint (read->control->prune[0]->backoff, ==, 60);
  g_assert_cmpuint (read->control->prune[0]->n_peers, ==, 2);
  g_assert_true (read->control->prune[0]->peers[0]->has_signed_peer_record);
  g_assert_false (read->control->prune[0]->peers[1]->has_signed_peer_record);
  /* the same bytes come out of it: what we write is canonical */
  again = g_malloc (mesh_proto__gossip_rpc__get_packed_size (read));
  g_assert_cmpmem (again, mesh_proto__gossip_rpc__pack (read, again), rpc->data,
                   rpc->len);
  mesh_proto__gossip_rpc__free_unpacked (read, NULL);
}

static void
assert_topic (const MeshGossipRpcItem *item, const char *topic)
{
  g_assert_cmpmem (item->topic, item->topic_len, topic, strlen (topic));
}

static void
test_read (void)
{
  g_autoptr (GByteArray) rpc = make_rpc ();
  MeshGossipRpcReader reader = mesh_gossip_rpc_reader (rpc->data, rpc->len);
  MeshGossipRpcItem item;
  const guint8 *id, *record;
  gsize len, record_len;

  g_assert_true (mesh_gossip_rpc_check (rpc->data, rpc->len, NULL));
  g_assert_cmpint (mesh_gossip_rpc_next (&reader, &item), ==,
                   MESH_GOSSIP_RPC_SUBSCRIPTION);
  g_assert_true (item.is_on);
  assert_topic (&item, "on");
  mesh_gossip_rpc_next (&reader, &item);
  g_assert_false (item.is_on);
  g_assert_cmpint (mesh_gossip_rpc_next (&reader, &item), ==, MESH_GOSSIP_RPC_MESSAGE);
  g_assert_cmpuint (item.body.len, ==, 3);
  g_assert_cmpint (mesh_gossip_rpc_next (&reader, &item), ==, MESH_GOSSIP_RPC_IHAVE);
  assert_topic (&item, "have");
  for (guint i = 0; i < 3; i++)
    {
      g_assert_true (mesh_gossip_rpc_next_id (&item, &id, &len));
      g_assert_cmpmem (id, len, &i, sizeof i);
    }
  g_assert_false (mesh_gossip_rpc_next_id (&item, &id, &len));
  g_assert_cmpint (mesh_gossip_rpc_next (&reader, &item), ==, MESH_GOSSIP_RPC_IWANT);
  g_assert_true (mesh_gossip_rpc_next_id (&item, &id, &len));
  g_assert_cmpint (mesh_gossip_rpc_next (&reader, &item), ==, MESH_GOSSIP_RPC_GRAFT);
  assert_topic (&item, "graft");
  g_assert_cmpint (mesh_gossip_rpc_next (&reader, &item), ==, MESH_GOSSIP_RPC_PRUNE);
  g_assert_cmpuint (item.backoff_s, ==, 60);
  g_assert_true (mesh_gossip_rpc_next_peer (&item, &id, &len, &record, &record_len));
  g_assert_cmpmem (record, record_len, "record", 6);
  g_assert_true (mesh_gossip_rpc_next_peer (&item, &id, &len, &record, &record_len));
  g_assert_null (record);
  g_assert_false (mesh_gossip_rpc_next_peer (&item, &id, &len, &record, &record_len));
  g_assert_cmpint (mesh_gossip_rpc_next (&reader, &item), ==, MESH_GOSSIP_RPC_END);
}

/* Fields of later versions are passed over. */
static void
test_unknown (void)
{
  g_autoptr (GByteArray) rpc = make_rpc ();
  g_autoptr (GByteArray) control = g_byte_array_new ();
  MeshGossipRpcReader reader;
  MeshGossipRpcItem item;
  guint n = 0;

  mesh_protobuf_append_bytes (rpc, 10, (const guint8 *) "x", 1);
  mesh_protobuf_append_varint (rpc, 11, 5);
  mesh_protobuf_append_bytes (control, 5, (const guint8 *) "\x0a\x01z",
                              3); /* IDONTWANT */
  append (control, mesh_gossip_rpc_graft ("graft"));
  mesh_gossip_rpc_append_control (rpc, control); /* a second control part */
  reader = mesh_gossip_rpc_reader (rpc->data, rpc->len);
  while (mesh_gossip_rpc_next (&reader, &item) != MESH_GOSSIP_RPC_END)
    {
      g_assert_cmpint (item.kind, !=, MESH_GOSSIP_RPC_MALFORMED);
      n++;
    }
  g_assert_cmpuint (n, ==, 8);
}

static void
test_malformed (void)
{
  static const struct
  {
    const char *bytes;
    gsize len;
  } bad[] = {
    { "\x0a", 1 },                     /* no length */
    { "\x0a\x05x", 3 },                /* shorter than it says */
    { "\x08\x01", 2 },                 /* a subscription that is a number */
    { "\x1a\x02\x0a\x05", 4 },         /* an IHAVE that is cut off */
    { "\x1a\x04\x1a\x02\x0a\x09", 6 }, /* a GRAFT with a topic that is cut off */
    { "\x0a\x02\x12\x09", 4 },         /* a subscription likewise */
    { "\x0b", 1 },                     /* a group */
  };

  g_assert_true (mesh_gossip_rpc_check (NULL, 0, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (
          mesh_gossip_rpc_check ((const guint8 *) bad[i].bytes, bad[i].len, &error));
      g_assert_error (error, MESH_ERROR, MESH_ERROR_PROTOCOL);
    }
}

/* Whatever comes: no crash, and an end. */
static void
test_random (void)
{
  MeshRng rng;
  guint n_good = 0;

  mesh_rng_init (&rng, 11);
  for (guint i = 0; i < 20000; i++)
    {
      g_autoptr (GByteArray) rpc = make_rpc ();
      guint n_flips = 1 + (guint) mesh_rng_below (&rng, 4);

      for (guint j = 0; j < n_flips; j++)
        rpc->data[mesh_rng_below (&rng, rpc->len)] = (guint8) mesh_rng_next (&rng);
      n_good += mesh_gossip_rpc_check (rpc->data, rpc->len, NULL);
    }
  g_assert_cmpuint (n_good, >, 100);
  g_assert_cmpuint (n_good, <, 19900);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gossip/rpc/written", test_written);
  g_test_add_func ("/gossip/rpc/read", test_read);
  g_test_add_func ("/gossip/rpc/unknown", test_unknown);
  g_test_add_func ("/gossip/rpc/malformed", test_malformed);
  g_test_add_func ("/gossip/rpc/random", test_random);
  return g_test_run ();
}
