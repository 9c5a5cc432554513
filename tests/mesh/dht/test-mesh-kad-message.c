/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "dht/mesh-kad-message.h"

#include <string.h>

#include "base/mesh-error.h"
#include "base/mesh-protobuf.h"
#include "kad-fixture.h"
#include "proto/dht.pb-c.h"

static MeshKadBytes
bytes_of (const char *text)
{
  return (MeshKadBytes){ (const guint8 *) text, strlen (text) };
}

static void
assert_bytes (MeshKadBytes bytes, const char *expected)
{
  g_assert_cmpmem (bytes.data, bytes.len, expected, strlen (expected));
}

/* What we write, protobuf-c reads, and writes again byte for byte. */
static void
test_encode (void)
{
  static const char *const texts[]
      = { "/ip4/8.8.8.8/tcp/4001", "/ip6/2a00:1450:4001::1/udp/4001/quic-v1", NULL };
  g_autoptr (MeshKadPool) pool = mesh_kad_pool_new ();
  g_autoptr (GPtrArray) list = fixture_addrs (texts);
  g_autoptr (MeshKadAddrs) addrs = mesh_kad_addrs_new (pool, list, MESH_KAD_SCOPE_WAN);
  MeshRng rng;

  mesh_rng_init (&rng, 1);
  for (guint n = 0; n < 30; n++)
    {
      g_autoptr (GByteArray) out = g_byte_array_new ();
      g_autofree guint8 *again = NULL;
      MeshProto__DhtMessage *read;
      gsize len;

      mesh_kad_message_begin (out, MESH_KAD_MESSAGE_GET_VALUE, bytes_of ("/test/key"));
      mesh_kad_message_add_record (out, bytes_of ("/test/key"), bytes_of ("value"),
                                   "2026-11-21T06:28:00Z");
      for (guint i = 0; i < n; i++)
        {
          g_autoptr (MeshPeerId) id = fixture_peer_id (&rng);
          g_autoptr (MeshKadPeer) peer = mesh_kad_pool_get_peer (pool, id);

          if (i % 2 == 0)
            mesh_kad_message_add_closer (out, peer, addrs);
        }
      for (guint i = 0; i < n / 3; i++)
        {
          g_autoptr (MeshPeerId) id = fixture_peer_id (&rng);
          g_autoptr (MeshKadPeer) peer = mesh_kad_pool_get_peer (pool, id);

          mesh_kad_message_add_provider (out, peer, addrs);
        }
      read = mesh_proto__dht_message__unpack (NULL, out->len, out->data);
      g_assert_nonnull (read);
      g_assert_cmpint (read->type, ==, MESH_PROTO__DHT_MESSAGE__MESSAGE_TYPE__GET_VALUE);
      g_assert_cmpuint (read->n_closer_peers, ==, (n + 1) / 2);
      g_assert_cmpuint (read->n_provider_peers, ==, n / 3);
      g_assert_cmpstr (read->record->time_received, ==, "2026-11-21T06:28:00Z");
      if (n > 0)
        g_assert_cmpuint (read->closer_peers[0]->n_addrs, ==, 2);
      len = mesh_proto__dht_message__get_packed_size (read);
      again = g_malloc (len);
      mesh_proto__dht_message__pack (read, again);
      g_assert_cmpmem (again, len, out->data, out->len);
      mesh_proto__dht_message__free_unpacked (read, NULL);
    }
}

/* A message of protobuf-c, with all fields. */
static void
test_decode (void)
{
  MeshProto__DhtMessage msg = MESH_PROTO__DHT_MESSAGE__INIT;
  MeshProto__DhtRecord record = MESH_PROTO__DHT_RECORD__INIT;
  MeshProto__DhtMessage__Peer peer = MESH_PROTO__DHT_MESSAGE__PEER__INIT;
  MeshProto__DhtMessage__Peer *peers[100];
  ProtobufCBinaryData addr = { 8, (guint8 *) "\x04\x08\x08\x08\x08\x06\x00\x01" };
  g_autofree guint8 *packed = NULL;
  g_autoptr (GError) error = NULL;
  MeshKadMessage read;
  gsize len;

  record.key = record.value = msg.key = (ProtobufCBinaryData){ 1, (guint8 *) "k" };
  record.time_received = (char *) "now";
  peer.id = (ProtobufCBinaryData){ 3, (guint8 *) "abc" };
  peer.n_addrs = 1;
  peer.addrs = &addr;
  peer.connection = MESH_PROTO__DHT_MESSAGE__CONNECTION_TYPE__CANNOT_CONNECT;
  for (guint i = 0; i < G_N_ELEMENTS (peers); i++)
    peers[i] = &peer;
  msg.type = MESH_PROTO__DHT_MESSAGE__MESSAGE_TYPE__GET_PROVIDERS;
  msg.record = &record;
  msg.n_closer_peers = G_N_ELEMENTS (peers);
  msg.n_provider_peers = 2;
  msg.closer_peers = msg.provider_peers = peers;
  msg.cluster_level_raw = -7;
  len = mesh_proto__dht_message__get_packed_size (&msg);
  packed = g_malloc (len);
  mesh_proto__dht_message__pack (&msg, packed);

  g_assert_true (mesh_kad_message_decode (packed, len, &read, &error));
  g_assert_no_error (error);
  g_assert_cmpint (read.type, ==, MESH_KAD_MESSAGE_GET_PROVIDERS);
  assert_bytes (read.key, "k");
  g_assert_true (read.has_record);
  assert_bytes (read.record_key, "k");
  assert_bytes (read.record_value, "k");
  g_assert_cmpuint (read.n_closer, ==, MESH_KAD_MESSAGE_MAX_CLOSER);
  g_assert_cmpuint (read.n_providers, ==, 2);
  assert_bytes (read.providers[1].id, "abc");
}

static void
test_refused (void)
{
  static const struct
  {
    const char *data;
    gsize len;
    int code; /* -1: good */
  } cases[] = {
    { "", 0, -1 },
    { "\x08\x04", 2, -1 },
    { "\x08\x06", 2, MESH_ERROR_UNSUPPORTED },
    { "\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 11, MESH_ERROR_UNSUPPORTED },
    { "\x08", 1, MESH_ERROR_PROTOCOL },
    { "\x12\x05zz", 4, MESH_ERROR_PROTOCOL },       /* a key that is cut off */
    { "\x1a\x02\x0a\x09", 4, MESH_ERROR_PROTOCOL }, /* a broken record */
    { "\x42\x02\x0a\x09", 4, MESH_ERROR_PROTOCOL }, /* a broken peer */
    { "\x0b\x0c", 2, MESH_ERROR_PROTOCOL },         /* a group */
    { "\x42\x00", 2, -1 },                          /* a peer without a name */
    { "\x7a\x03new", 5, -1 },                       /* a field of tomorrow */
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      MeshKadMessage msg;
      gboolean is_good = mesh_kad_message_decode ((const guint8 *) cases[i].data,
                                                  cases[i].len, &msg, &error);

      g_test_message ("case %u", i);
      g_assert_cmpint (is_good, ==, cases[i].code == -1);
      if (!is_good)
        g_assert_error (error, MESH_ERROR, cases[i].code);
      else
        g_assert_cmpuint (msg.n_closer, ==, 0);
    }
}

static void
test_long_key (void)
{
  g_autoptr (GByteArray) out = g_byte_array_new ();
  guint8 key[MESH_KAD_MESSAGE_MAX_KEY_BYTES + 1] = { 0 };
  MeshKadMessage msg;
  g_autoptr (GError) error = NULL;

  mesh_protobuf_append_bytes (out, 2, key, sizeof key - 1);
  g_assert_true (mesh_kad_message_decode (out->data, out->len, &msg, &error));
  g_byte_array_set_size (out, 0);
  mesh_protobuf_append_bytes (out, 2, key, sizeof key);
  g_assert_false (mesh_kad_message_decode (out->data, out->len, &msg, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_PROTOCOL);
}

/* Whatever is read of damaged bytes lies within them. */
static void
test_mutations (void)
{
  g_autoptr (MeshKadPool) pool = mesh_kad_pool_new ();
  g_autoptr (GPtrArray) none = fixture_addrs (NULL);
  g_autoptr (MeshKadAddrs) addrs = mesh_kad_addrs_new (pool, none, MESH_KAD_SCOPE_ANY);
  MeshRng rng;

  mesh_rng_init (&rng, 9);
  for (guint i = 0; i < 10000; i++)
    {
      g_autoptr (GByteArray) out = g_byte_array_new ();
      g_autoptr (MeshPeerId) id = fixture_peer_id (&rng);
      g_autoptr (MeshKadPeer) peer = mesh_kad_pool_get_peer (pool, id);
      MeshKadMessage msg;
      gboolean is_good;

      mesh_kad_message_begin (out, (MeshKadMessageType) (i % 6), bytes_of ("key"));
      mesh_kad_message_add_record (out, bytes_of ("key"), bytes_of ("value"), NULL);
      mesh_kad_message_add_closer (out, peer, addrs);
      for (guint64 n = mesh_rng_below (&rng, 4); n > 0; n--)
        out->data[mesh_rng_below (&rng, out->len)] = (guint8) mesh_rng_next (&rng);
      is_good = mesh_kad_message_decode (out->data, out->len, &msg, NULL);
      if (is_good && msg.has_record)
        g_assert_true (
            msg.record_value.data == NULL
            || (msg.record_value.data > out->data
                && msg.record_value.data + msg.record_value.len <= out->data + out->len));
      for (guint j = 0; is_good && j < msg.n_closer; j++)
        g_assert_true (msg.closer[j].body.data + msg.closer[j].body.len
                       <= out->data + out->len);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/kad-message/encode", test_encode);
  g_test_add_func ("/kad-message/decode", test_decode);
  g_test_add_func ("/kad-message/refused", test_refused);
  g_test_add_func ("/kad-message/long-key", test_long_key);
  g_test_add_func ("/kad-message/mutations", test_mutations);
  return g_test_run ();
}
