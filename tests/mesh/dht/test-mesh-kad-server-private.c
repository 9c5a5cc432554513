/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "dht/mesh-kad-server-private.h"

#include <string.h>

#include "base/mesh-error.h"
#include "base/mesh-protobuf.h"
#include "kad-net.h"
#include "proto/dht.pb-c.h"

static gboolean
is_valid (const guint8 *key,
          gsize key_len,
          const guint8 *value,
          gsize value_len,
          gpointer user_data)
{
  return value_len > 0;
}

static int
select_greater (const guint8 *key,
                gsize key_len,
                const guint8 *a,
                gsize a_len,
                const guint8 *b,
                gsize b_len,
                gpointer user_data)
{
  return a[0] - b[0];
}

static const MeshKadValidator validators[] = {
  { .name = "t", .validate = is_valid, .select = select_greater },
};

typedef struct
{
  KadNet *net;
  KadNode *server;
  KadNode *asker;
} Fixture;

static void
fixture_init (Fixture *f, guint n_known)
{
  MeshKadConfig config = MESH_KAD_CONFIG_DEFAULT;

  config.is_server = TRUE;
  config.is_recorded = TRUE;
  config.refresh_interval_us = 0;
  config.validators = validators;
  config.n_validators = 1;
  config.wall_offset_us = G_GINT64_CONSTANT (1795242480) * G_USEC_PER_SEC;
  f->net = kad_net_new (1);
  f->server = kad_net_add (f->net, &config, NULL);
  f->asker = kad_net_add (f->net, &config, NULL);
  for (guint i = 0; i < n_known; i++)
    kad_net_introduce (f->net, f->server, kad_net_add (f->net, &config, NULL));
  kad_net_introduce (f->net, f->server, f->asker);
}

static MeshProto__DhtMessage *
ask (Fixture *f, GByteArray *msg, int code)
{
  g_autoptr (GBytes) reply = NULL;
  g_autoptr (GError) error = NULL;
  gboolean is_good = mesh_kad_handle_request (f->server->kad, f->asker->id, msg->data,
                                              msg->len, f->net->now_us, &reply, &error);

  g_byte_array_unref (msg);
  g_assert_cmpint (is_good, ==, code == -1);
  if (!is_good)
    g_assert_error (error, MESH_ERROR, code);
  if (reply == NULL)
    return NULL;
  return mesh_proto__dht_message__unpack (NULL, g_bytes_get_size (reply),
                                          g_bytes_get_data (reply, NULL));
}

static GByteArray *
request (guint type, gconstpointer key, gsize key_len)
{
  GByteArray *msg = g_byte_array_new ();

  mesh_kad_message_begin (msg, (MeshKadMessageType) type, (MeshKadBytes){ key, key_len });
  return msg;
}

static GByteArray *
put_request (const char *key, const char *record_key, gconstpointer value, gsize len)
{
  GByteArray *msg = request (MESH_KAD_MESSAGE_PUT_VALUE, key, strlen (key));

  mesh_kad_message_add_record (
      msg, (MeshKadBytes){ (const guint8 *) record_key, strlen (record_key) },
      (MeshKadBytes){ value, len }, NULL);
  return msg;
}

static void
test_find_node (void)
{
  Fixture f;
  MeshProto__DhtMessage *reply;
  gsize len;
  const guint8 *self;

  fixture_init (&f, 40);
  reply = ask (&f, request (MESH_KAD_MESSAGE_FIND_NODE, "x", 1), -1);
  g_assert_cmpuint (reply->n_closer_peers, ==, MESH_KAD_K);
  /* The asker is in the table and is not told of itself. */
  for (guint i = 0; i < reply->n_closer_peers; i++)
    {
      const ProtobufCBinaryData *id = &reply->closer_peers[i]->id;
      g_autoptr (MeshPeerId) peer = mesh_peer_id_from_bytes (id->data, id->len, NULL);

      g_assert_false (mesh_peer_id_equal (peer, f.asker->id));
      g_assert_cmpuint (reply->closer_peers[i]->n_addrs, ==, 1);
    }
  mesh_proto__dht_message__free_unpacked (reply, NULL);

  self = mesh_peer_id_get_bytes (f.server->id, &len);
  reply = ask (&f, request (MESH_KAD_MESSAGE_FIND_NODE, self, len), -1);
  g_assert_cmpuint (reply->n_closer_peers, ==, MESH_KAD_K + 1);
  g_assert_cmpmem (reply->closer_peers[0]->id.data, reply->closer_peers[0]->id.len, self,
                   len);
  mesh_proto__dht_message__free_unpacked (reply, NULL);
  kad_net_free (f.net);
}

static void
test_refused (void)
{
  Fixture f;
  MeshKadStats stats;
  static const guint8 truncated[] = { 0x12, 0x20, 1, 2, 3 };
  g_autofree char *big = g_strnfill (MESH_KAD_MAX_VALUE_BYTES + 1, 'x');

  fixture_init (&f, 3);
  ask (&f, request (MESH_KAD_MESSAGE_FIND_NODE, NULL, 0), MESH_ERROR_PROTOCOL);
  ask (&f, request (MESH_KAD_MESSAGE_GET_PROVIDERS, "text", 4), MESH_ERROR_PROTOCOL);
  ask (&f, request (MESH_KAD_MESSAGE_ADD_PROVIDER, truncated, 5), MESH_ERROR_PROTOCOL);
  ask (&f, request (MESH_KAD_MESSAGE_PUT_VALUE, "/t/a", 4), MESH_ERROR_PROTOCOL);
  ask (&f, put_request ("/t/a", "/t/b", "1", 1), MESH_ERROR_PROTOCOL);
  ask (&f, put_request ("/u/a", "/u/a", "1", 1), MESH_ERROR_REFUSED);
  ask (&f, put_request ("/t/a", "/t/a", "", 0), MESH_ERROR_REFUSED);
  ask (&f, put_request ("/t/a", "/t/a", big, MESH_KAD_MAX_VALUE_BYTES + 1),
       MESH_ERROR_REFUSED);
  mesh_kad_get_stats (f.server->kad, &stats);
  g_assert_cmpuint (stats.n_refused_requests, ==, 8);
  g_assert_cmpuint (stats.n_values, ==, 0);
  kad_net_free (f.net);
}

static void
test_value (void)
{
  Fixture f;
  MeshProto__DhtMessage *reply;

  fixture_init (&f, 3);
  reply = ask (&f, put_request ("/t/a", "/t/a", "5", 1), -1);
  g_assert_cmpmem (reply->record->value.data, reply->record->value.len, "5", 1);
  mesh_proto__dht_message__free_unpacked (reply, NULL);
  ask (&f, put_request ("/t/a", "/t/a", "4", 1), MESH_ERROR_REFUSED);
  reply = ask (&f, request (MESH_KAD_MESSAGE_GET_VALUE, "/t/a", 4), -1);
  g_assert_cmpmem (reply->record->value.data, reply->record->value.len, "5", 1);
  g_assert_cmpstr (reply->record->time_received, ==, "2026-11-21T06:28:00.000000Z");
  g_assert_cmpuint (reply->n_closer_peers, ==, 3);
  mesh_proto__dht_message__free_unpacked (reply, NULL);
  kad_net_run (f.net, 48 * MESH_KAD_HOUR_US);
  reply = ask (&f, request (MESH_KAD_MESSAGE_GET_VALUE, "/t/a", 4), -1);
  g_assert_null (reply->record);
  mesh_proto__dht_message__free_unpacked (reply, NULL);
  kad_net_free (f.net);
}

/* Its addresses are handed out for a day, its name for two. */
static void
test_provider_addrs (void)
{
  Fixture f;
  g_autoptr (GBytes) key = NULL;
  gsize key_len;
  const guint8 *data;
  g_autoptr (MeshKadPeer) peer = NULL;
  g_autoptr (MeshKadAddrs) addrs = NULL;
  GByteArray *msg;

  fixture_init (&f, 3);
  key = kad_net_key (f.net);
  data = g_bytes_get_data (key, &key_len);
  peer = mesh_kad_pool_get_peer (f.net->pool, f.asker->id);
  addrs = mesh_kad_addrs_new (f.net->pool, f.asker->addrs, MESH_KAD_SCOPE_WAN);
  msg = request (MESH_KAD_MESSAGE_ADD_PROVIDER, data, key_len);
  mesh_kad_message_add_provider (msg, peer, addrs);
  g_assert_null (ask (&f, msg, -1));

  for (guint hours = 0; hours <= 48; hours += 12)
    {
      MeshProto__DhtMessage *reply;
      KadNode *asker = f.asker;

      kad_net_run (f.net, hours * MESH_KAD_HOUR_US);
      f.asker = kad_net_get (f.net, 2);
      reply = ask (&f, request (MESH_KAD_MESSAGE_GET_PROVIDERS, data, key_len), -1);
      g_assert_cmpuint (reply->n_provider_peers, ==, hours < 48);
      if (hours < 48)
        g_assert_cmpuint (reply->provider_peers[0]->n_addrs, ==, hours < 24);
      mesh_proto__dht_message__free_unpacked (reply, NULL);
      f.asker = asker;
    }
  g_clear_pointer (&peer, mesh_kad_pool_unref_peer);
  g_clear_pointer (&addrs, mesh_kad_addrs_unref);
  kad_net_free (f.net);
}

/* What is kept and dropped is told, for a database. */
static void
test_recorded (void)
{
  Fixture f;
  guint n_stored = 0, n_dropped = 0;

  fixture_init (&f, 3);
  mesh_proto__dht_message__free_unpacked (
      ask (&f, put_request ("/t/a", "/t/a", "5", 1), -1), NULL);
  kad_net_run (f.net, 50 * MESH_KAD_HOUR_US);
  for (guint i = 0; i < f.server->done->len; i++)
    {
      const MeshKadEvent *event = f.server->done->pdata[i];

      n_stored += event->type == MESH_KAD_EVENT_STORE_VALUE
                  && event->expires_us == 48 * MESH_KAD_HOUR_US;
      n_dropped += event->type == MESH_KAD_EVENT_DROP_VALUE;
    }
  g_assert_cmpuint (n_stored, ==, 1);
  g_assert_cmpuint (n_dropped, ==, 1);
  kad_net_free (f.net);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/kad-server/find-node", test_find_node);
  g_test_add_func ("/kad-server/refused", test_refused);
  g_test_add_func ("/kad-server/value", test_value);
  g_test_add_func ("/kad-server/provider-addrs", test_provider_addrs);
  g_test_add_func ("/kad-server/recorded", test_recorded);
  return g_test_run ();
}
