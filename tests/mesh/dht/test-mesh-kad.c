/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "dht/mesh-kad.h"

#include <string.h>

#include "base/mesh-error.h"
#include "kad-net.h"
#include "kad-validator.h"

#define N 300

static MeshKadConfig
server_config (void)
{
  MeshKadConfig config = MESH_KAD_CONFIG_DEFAULT;

  config.is_server = TRUE;
  config.refresh_interval_us = 0;
  config.validators = kad_test_validators;
  config.n_validators = G_N_ELEMENTS (kad_test_validators);
  return config;
}

static MeshKadConfig
client_config (void)
{
  MeshKadConfig config = server_config ();

  config.is_server = FALSE;
  return config;
}

/* A client that knows three servers. */
static KadNode *
add_client (KadNet *net)
{
  MeshKadConfig config = client_config ();
  KadNode *client = kad_net_add (net, &config, NULL);

  for (guint i = 0; i < 3; i++)
    kad_net_introduce (net, client,
                       kad_net_get (net, mesh_rng_below (&net->rng, client->index)));
  return client;
}

static guint64
find_closest (KadNet *net, KadNode *node, GBytes *key)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (key, &len);

  return mesh_kad_find_closest (node->kad, data, len, net->now_us);
}

static guint64
find_providers (KadNet *net, KadNode *node, GBytes *key, guint max)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (key, &len);

  return mesh_kad_find_providers (node->kad, data, len, max, net->now_us);
}

static MeshKadEvent *
provide (KadNet *net, KadNode *node, GBytes *key)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (key, &len);
  guint64 id = mesh_kad_provide (node->kad, data, len, net->now_us);

  return kad_net_wait (net, node, id, MESH_KAD_EVENT_DONE);
}

/* Two tables of one node share a pool, and leave nothing behind in it. */
static void
test_pool (void)
{
  g_autoptr (MeshKadPool) pool = mesh_kad_pool_new ();
  MeshKadConfig config = MESH_KAD_CONFIG_DEFAULT;
  g_autoptr (MeshPeerId) self = NULL;
  MeshKad *wan, *lan;
  MeshRng rng;

  mesh_rng_init (&rng, 1);
  self = fixture_peer_id (&rng);
  config.pool = pool;
  wan = mesh_kad_new (&config, self, &rng);
  config.scope = MESH_KAD_SCOPE_LAN;
  lan = mesh_kad_new (&config, self, &rng);
  g_assert_cmpuint (mesh_kad_pool_get_n_peers (pool), ==, 1);
  mesh_kad_free (wan);
  mesh_kad_free (lan);
  g_assert_cmpuint (mesh_kad_pool_get_n_peers (pool), ==, 0);
}

/* The k that answer are exactly the k nearest there are. */
static void
test_closest (void)
{
  g_autoptr (KadNet) net = kad_net_new (11);
  MeshKadConfig config = server_config ();
  guint n_exact = 0;

  kad_net_fill (net, &config, N);
  for (guint i = 0; i < 20; i++)
    {
      KadNode *client = add_client (net);
      g_autoptr (GBytes) key = kad_net_key (net);
      g_autoptr (GArray) truth = kad_net_nearest (net, key, MESH_KAD_K);
      MeshKadEvent *done = kad_net_wait (net, client, find_closest (net, client, key),
                                         MESH_KAD_EVENT_DONE);
      gboolean is_exact = TRUE;

      g_assert_true (done->result->is_ok);
      g_assert_cmpuint (done->result->closest->len, ==, MESH_KAD_K);
      g_assert_cmpuint (done->result->n_hops, <=, 6);
      g_assert_cmpuint (done->result->n_messages, <=, 120);
      for (guint j = 0; j < MESH_KAD_K; j++)
        {
          const MeshKadContact *contact = done->result->closest->pdata[j];
          const KadNode *expected = kad_net_get (net, g_array_index (truth, guint, j));

          is_exact = is_exact && mesh_peer_id_equal (contact->peer->id, expected->id);
        }
      n_exact += is_exact;
      kad_net_event_free (done);
    }
  g_assert_cmpuint (n_exact, ==, 20);
}

static void
test_empty_table (void)
{
  g_autoptr (KadNet) net = kad_net_new (12);
  MeshKadConfig config = client_config ();
  KadNode *node = kad_net_add (net, &config, NULL);
  g_autoptr (GBytes) key = kad_net_key (net);
  MeshKadEvent *done
      = kad_net_wait (net, node, find_closest (net, node, key), MESH_KAD_EVENT_DONE);

  g_assert_false (done->result->is_ok);
  g_assert_cmpuint (done->result->n_messages, ==, 0);
  g_assert_cmpint (mesh_kad_next_deadline_us (node->kad), ==, G_MAXINT64);
  kad_net_event_free (done);
}

static void
test_find_peer (void)
{
  g_autoptr (KadNet) net = kad_net_new (13);
  MeshKadConfig config = server_config ();
  KadNode *client, *sought;
  MeshKadEvent *found, *done;
  MeshKadStats stats;
  guint64 id;
  g_autoptr (MeshPeerId) nobody = NULL;

  kad_net_fill (net, &config, N);
  client = add_client (net);
  sought = kad_net_get (net, 77);
  id = mesh_kad_find_peer (client->kad, sought->id, net->now_us);
  found = kad_net_wait (net, client, id, MESH_KAD_EVENT_PEER);
  g_assert_true (mesh_peer_id_equal (found->peer->id, sought->id));
  g_assert_cmpuint (mesh_kad_addrs_get_n (found->addrs), ==, 1);
  done = kad_net_wait (net, client, id, MESH_KAD_EVENT_DONE);
  g_assert_true (done->result->is_ok);
  g_assert_cmpuint (done->result->n_hops, >=, 1);
  mesh_kad_get_stats (client->kad, &stats);
  g_assert_cmpuint (stats.n_requests, ==, 0);
  kad_net_event_free (found);
  kad_net_event_free (done);

  nobody = fixture_peer_id (&net->rng);
  id = mesh_kad_find_peer (client->kad, nobody, net->now_us);
  done = kad_net_wait (net, client, id, MESH_KAD_EVENT_DONE);
  g_assert_false (done->result->is_ok);
  kad_net_event_free (done);
}

static void
test_provide_and_find (void)
{
  g_autoptr (KadNet) net = kad_net_new (14);
  MeshKadConfig config = server_config ();
  KadNode *provider, *client;
  g_autoptr (GBytes) key = NULL;
  MeshKadEvent *done, *named;
  guint64 id;

  kad_net_fill (net, &config, N);
  key = kad_net_key (net);
  provider = add_client (net);
  done = provide (net, provider, key);
  g_assert_true (done->result->is_ok);
  g_assert_cmpuint (done->result->n_stored, ==, MESH_KAD_K);
  kad_net_event_free (done);

  client = add_client (net);
  id = find_providers (net, client, key, 1);
  named = kad_net_wait (net, client, id, MESH_KAD_EVENT_PROVIDER);
  g_assert_true (mesh_peer_id_equal (named->peer->id, provider->id));
  g_assert_cmpuint (mesh_kad_addrs_get_n (named->addrs), ==, 1);
  mesh_kad_report_provider (client->kad, id, named->peer->id, TRUE, net->now_us);
  done = kad_net_wait (net, client, id, MESH_KAD_EVENT_DONE);
  g_assert_true (done->result->is_ok);
  g_assert_cmpuint (done->result->n_working, ==, 1);
  kad_net_event_free (named);
  kad_net_event_free (done);
}

/* Asked for one working provider, with ten that do not work: the lookup goes on to the
 * end and names the one that does, wherever it is. */
static void
test_broken_providers (void)
{
  g_autoptr (KadNet) net = kad_net_new (15);
  MeshKadConfig config = server_config ();
  KadNode *good, *client;
  g_autoptr (GBytes) key = NULL;
  MeshKadEvent *done;
  guint64 id;
  guint n_named = 0;

  kad_net_fill (net, &config, N);
  key = kad_net_key (net);
  for (guint i = 0; i < 10; i++)
    kad_net_event_free (provide (net, add_client (net), key));
  good = add_client (net);
  kad_net_event_free (provide (net, good, key));
  client = add_client (net);
  id = find_providers (net, client, key, 1);
  while (n_named < 11)
    {
      MeshKadEvent *named = kad_net_wait (net, client, id, MESH_KAD_EVENT_PROVIDER);

      n_named++;
      mesh_kad_report_provider (client->kad, id, named->peer->id,
                                mesh_peer_id_equal (named->peer->id, good->id),
                                net->now_us);
      kad_net_event_free (named);
    }
  done = kad_net_wait (net, client, id, MESH_KAD_EVENT_DONE);
  g_assert_true (done->result->is_ok);
  g_assert_cmpuint (done->result->n_found, ==, 11);
  kad_net_event_free (done);

  /* None works: it ends by itself when the nearest have been asked. */
  id = find_providers (net, client, key, 1);
  for (guint i = 0; i < 11; i++)
    {
      MeshKadEvent *named = kad_net_wait (net, client, id, MESH_KAD_EVENT_PROVIDER);

      mesh_kad_report_provider (client->kad, id, named->peer->id, FALSE, net->now_us);
      kad_net_event_free (named);
    }
  done = kad_net_wait (net, client, id, MESH_KAD_EVENT_DONE);
  g_assert_false (done->result->is_ok);
  g_assert_cmpuint (done->result->closest->len, ==, MESH_KAD_K);
  kad_net_event_free (done);
}

/* A third of the servers are gone. */
static void
test_dead_peers (void)
{
  g_autoptr (KadNet) net = kad_net_new (16);
  MeshKadConfig config = server_config ();
  g_autoptr (GBytes) key = NULL;
  guint n_found = 0;

  kad_net_fill (net, &config, N);
  for (guint i = 0; i < N; i += 3)
    kad_net_get (net, i)->is_dead = TRUE;
  for (guint i = 0; i < 20; i++)
    {
      KadNode *client;
      MeshKadEvent *done;

      g_clear_pointer (&key, g_bytes_unref);
      key = kad_net_key (net);
      kad_net_event_free (provide (net, kad_net_get (net, 3 * i + 1), key));
      client = kad_net_get (net, 3 * i + 2);
      done = kad_net_wait (net, client, find_providers (net, client, key, 0),
                           MESH_KAD_EVENT_DONE);
      n_found += done->result->n_found == 1;
      g_assert_false (done->result->is_timed_out);
      kad_net_event_free (done);
    }
  g_assert_cmpuint (n_found, ==, 20);
}

/* Nobody answers: the lookup ends in its time and leaves nothing behind. */
static void
test_all_dead (void)
{
  g_autoptr (KadNet) net = kad_net_new (17);
  MeshKadConfig config = server_config ();
  g_autoptr (GBytes) key = NULL;
  KadNode *client;
  MeshKadEvent *done;
  MeshKadStats stats;

  kad_net_fill (net, &config, 60);
  client = add_client (net);
  for (guint i = 0; i < 60; i++)
    kad_net_introduce (net, client, kad_net_get (net, i));
  for (guint i = 0; i < 60; i++)
    kad_net_get (net, i)->is_dead = TRUE;
  key = kad_net_key (net);
  done = kad_net_wait (net, client, find_closest (net, client, key), MESH_KAD_EVENT_DONE);
  g_assert_false (done->result->is_ok);
  g_assert_cmpint (done->result->duration_us, <=, config.lookup_timeout_us);
  kad_net_event_free (done);
  mesh_kad_get_stats (client->kad, &stats);
  g_assert_cmpuint (stats.n_requests, ==, 0);
  g_assert_cmpuint (stats.n_commands, ==, 0);
}

/* Answers a lookup with k names of nobody that are very near to the key. */
static GBytes *
answer_ghosts (KadNet *net, KadNode *node, KadNode *from, GBytes *msg)
{
  g_autoptr (MeshKadPool) pool = mesh_kad_pool_ref (net->pool);
  g_autoptr (GByteArray) out = g_byte_array_new ();
  gsize len;
  const guint8 *data = g_bytes_get_data (msg, &len);

  /* The request is type and key; the answer repeats it and adds peers. */
  g_byte_array_append (out, data, (guint) len);
  for (guint i = 0; i < MESH_KAD_K; i++)
    {
      g_autoptr (MeshPeerId) id = fixture_peer_id (&net->rng);
      gsize id_len;
      const guint8 *name = mesh_peer_id_get_bytes (id, &id_len);
      const guint8 addr[] = { 0x12, 8, 4, (guint8) (30 + i), 7, 0, 1, 6, 0, 1 };
      const guint8 head[]
          = { 8 << 3 | 2, (guint8) (2 + id_len + sizeof addr), 0x0a, (guint8) id_len };

      g_byte_array_append (out, head, sizeof head);
      g_byte_array_append (out, name, (guint) id_len);
      g_byte_array_append (out, addr, sizeof addr);
    }
  return g_byte_array_free_to_bytes (g_steal_pointer (&out));
}

/* One in ten answers with names of nobody: the lookup is not led astray and does not wait
 * for them one after the other. */
static void
test_ghosts (void)
{
  g_autoptr (KadNet) net = kad_net_new (18);
  MeshKadConfig config = server_config ();
  guint n_found = 0;

  kad_net_fill (net, &config, N);
  for (guint i = 0; i < N; i += 10)
    kad_net_get (net, i)->answer = answer_ghosts;
  for (guint i = 0; i < 20; i++)
    {
      g_autoptr (GBytes) key = kad_net_key (net);
      MeshKadEvent *done;

      kad_net_event_free (provide (net, kad_net_get (net, 10 * i % N + 1), key));
      done
          = kad_net_wait (net, kad_net_get (net, 10 * i % N + 7),
                          find_providers (net, kad_net_get (net, 10 * i % N + 7), key, 0),
                          MESH_KAD_EVENT_DONE);
      n_found += done->result->n_found > 0;
      g_assert_cmpuint (done->result->n_messages, <=, MESH_KAD_MAX_LOOKUP_REQUESTS);
      kad_net_event_free (done);
    }
  g_assert_cmpuint (n_found, ==, 20);
}

/* Random bytes for answers: counted as failures, nothing else. */
static GBytes *
answer_garbage (KadNet *net, KadNode *node, KadNode *from, GBytes *msg)
{
  guint8 data[200];

  mesh_rng_fill (&net->rng, data, sizeof data);
  return g_bytes_new (data, mesh_rng_below (&net->rng, sizeof data));
}

static void
test_garbage_answers (void)
{
  g_autoptr (KadNet) net = kad_net_new (19);
  MeshKadConfig config = server_config ();
  g_autoptr (GBytes) key = NULL;
  MeshKadEvent *done;

  kad_net_fill (net, &config, 100);
  for (guint i = 0; i < 100; i += 4)
    kad_net_get (net, i)->answer = answer_garbage;
  for (guint i = 0; i < 10; i++)
    {
      g_clear_pointer (&key, g_bytes_unref);
      key = kad_net_key (net);
      done = kad_net_wait (net, kad_net_get (net, 1),
                           find_closest (net, kad_net_get (net, 1), key),
                           MESH_KAD_EVENT_DONE);
      g_assert_true (done->result->is_ok);
      /* A quarter of the k that everybody names do not answer. */
      g_assert_cmpuint (done->result->closest->len, >=, MESH_KAD_K / 2);
      for (guint j = 0; j < done->result->closest->len; j++)
        {
          const MeshKadContact *contact = done->result->closest->pdata[j];
          const KadNode *node = g_hash_table_lookup (net->by_id, contact->peer->id);

          g_assert_null (node->answer);
        }
      kad_net_event_free (done);
    }
}

/* Records. */

static guint64
put (KadNet *net, KadNode *node, const char *value)
{
  return mesh_kad_put_value (node->kad, (const guint8 *) "/test/a", 7,
                             (const guint8 *) value, strlen (value), net->now_us);
}

static guint64
get (KadNet *net, KadNode *node)
{
  return mesh_kad_get_value (node->kad, (const guint8 *) "/test/a", 7, 0, net->now_us);
}

static void
assert_value (const MeshKadEvent *event, const char *expected)
{
  g_assert_cmpmem (g_bytes_get_data (event->value, NULL), g_bytes_get_size (event->value),
                   expected, strlen (expected));
}

static void
test_values (void)
{
  g_autoptr (KadNet) net = kad_net_new (20);
  MeshKadConfig config = server_config ();
  KadNode *a, *b, *c;
  MeshKadEvent *event;
  guint64 id;

  kad_net_fill (net, &config, 100);
  a = kad_net_get (net, 3);
  b = kad_net_get (net, 60);
  c = kad_net_get (net, 90);
  g_assert_cmpuint (put (net, a, "not valid"), ==, 0);
  event = kad_net_wait (net, a, put (net, a, "v1"), MESH_KAD_EVENT_DONE);
  g_assert_true (event->result->is_ok);
  g_assert_cmpuint (event->result->n_stored, ==, MESH_KAD_K);
  kad_net_event_free (event);
  id = get (net, b);
  event = kad_net_wait (net, b, id, MESH_KAD_EVENT_VALUE);
  assert_value (event, "v1");
  kad_net_event_free (event);
  kad_net_event_free (kad_net_wait (net, b, id, MESH_KAD_EVENT_DONE));

  /* Holders of a better one refuse a worse one. */
  kad_net_event_free (kad_net_wait (net, a, put (net, a, "v3"), MESH_KAD_EVENT_DONE));
  event = kad_net_wait (net, c, put (net, c, "v2"), MESH_KAD_EVENT_DONE);
  g_assert_cmpuint (event->result->n_stored, ==, 0);
  kad_net_event_free (event);
}

/* Who holds an outdated value or none is told of the best (entry correction). */
static void
test_correction (void)
{
  g_autoptr (KadNet) net = kad_net_new (21);
  MeshKadConfig config = server_config ();
  g_autoptr (GBytes) key = g_bytes_new_static ("/test/a", 7);
  g_autoptr (GArray) nearest = NULL;
  MeshKadEvent *event;
  KadNode *client;
  guint64 id;

  kad_net_fill (net, &config, 100);
  nearest = kad_net_nearest (net, key, MESH_KAD_K);
  for (guint i = 0; i < 10; i++)
    mesh_kad_restore_value (kad_net_get (net, g_array_index (nearest, guint, i))->kad,
                            (const guint8 *) "/test/a", 7,
                            (const guint8 *) (i == 4 ? "v9" : "v1"), 2,
                            net->now_us + MESH_KAD_HOUR_US, net->now_us);
  client = add_client (net);
  id = get (net, client);
  event = kad_net_wait (net, client, id, MESH_KAD_EVENT_DONE);
  g_assert_cmpuint (event->result->n_found, ==, 10);
  kad_net_event_free (event);
  kad_net_run (net, net->now_us + 30 * G_USEC_PER_SEC);
  for (guint i = 0; i < MESH_KAD_K; i++)
    {
      KadNode *holder = kad_net_get (net, g_array_index (nearest, guint, i));
      MeshKadEvent *value;

      /* Its own copy is the first it tells of. */
      value = kad_net_wait (net, holder, get (net, holder), MESH_KAD_EVENT_VALUE);
      assert_value (value, "v9");
      kad_net_event_free (value);
    }
}

/* A record for another provider than its sender is ignored. */
static void
test_foreign_record (void)
{
  g_autoptr (KadNet) net = kad_net_new (22);
  MeshKadConfig config = server_config ();
  KadNode *server, *liar, *victim;
  g_autoptr (GBytes) key = kad_net_key (net);
  g_autoptr (GByteArray) msg = g_byte_array_new ();
  g_autoptr (GBytes) reply = NULL;
  g_autoptr (GError) error = NULL;
  MeshKadStats stats;
  gsize id_len;
  const guint8 *id;
  const guint8 addr[] = { 0x12, 8, 4, 8, 8, 8, 8, 6, 0, 1 };
  guint8 head[4];

  server = kad_net_add (net, &config, NULL);
  liar = kad_net_add (net, &config, NULL);
  victim = kad_net_add (net, &config, NULL);
  g_byte_array_append (msg, (const guint8 *) "\x08\x02\x12\x22", 4);
  g_byte_array_append (msg, g_bytes_get_data (key, NULL), 34);
  id = mesh_peer_id_get_bytes (victim->id, &id_len);
  head[0] = 9 << 3 | 2;
  head[1] = (guint8) (2 + id_len + sizeof addr);
  head[2] = 0x0a;
  head[3] = (guint8) id_len;
  g_byte_array_append (msg, head, sizeof head);
  g_byte_array_append (msg, id, (guint) id_len);
  g_byte_array_append (msg, addr, sizeof addr);

  g_assert_true (mesh_kad_handle_request (server->kad, liar->id, msg->data, msg->len, 0,
                                          &reply, &error));
  g_assert_no_error (error);
  g_assert_null (reply);
  mesh_kad_get_stats (server->kad, &stats);
  g_assert_cmpuint (stats.n_providers, ==, 0);
  g_assert_cmpuint (stats.n_foreign_records, ==, 1);
  g_assert_true (mesh_kad_handle_request (server->kad, victim->id, msg->data, msg->len, 0,
                                          &reply, &error));
  mesh_kad_get_stats (server->kad, &stats);
  g_assert_cmpuint (stats.n_providers, ==, 1);
}

/* Renewed after 22 hours, gone after 48 without. */
static void
test_republish_and_expiry (void)
{
  g_autoptr (KadNet) net = kad_net_new (23);
  MeshKadConfig config = server_config ();
  KadNode *provider, *client;
  g_autoptr (GBytes) key = NULL;
  MeshKadEvent *done;

  kad_net_fill (net, &config, 50);
  key = kad_net_key (net);
  provider = add_client (net);
  client = add_client (net);
  kad_net_event_free (provide (net, provider, key));
  kad_net_run (net, net->now_us + 100 * MESH_KAD_HOUR_US);
  done = kad_net_wait (net, client, find_providers (net, client, key, 0),
                       MESH_KAD_EVENT_DONE);
  g_assert_cmpuint (done->result->n_found, ==, 1);
  kad_net_event_free (done);

  g_assert_true (mesh_kad_unprovide (provider->kad, g_bytes_get_data (key, NULL), 34));
  g_assert_false (mesh_kad_unprovide (provider->kad, g_bytes_get_data (key, NULL), 34));
  kad_net_run (net, net->now_us + 49 * MESH_KAD_HOUR_US);
  done = kad_net_wait (net, client, find_providers (net, client, key, 0),
                       MESH_KAD_EVENT_DONE);
  g_assert_cmpuint (done->result->n_found, ==, 0);
  kad_net_event_free (done);
  for (guint i = 0; i < 50; i++)
    {
      MeshKadStats stats;

      mesh_kad_get_stats (kad_net_get (net, i)->kad, &stats);
      g_assert_cmpuint (stats.n_providers, ==, 0);
    }
}

/* Announced before anybody was known: told as soon as somebody is. */
static void
test_provide_later (void)
{
  g_autoptr (KadNet) net = kad_net_new (24);
  MeshKadConfig config = server_config ();
  KadNode *provider;
  g_autoptr (GBytes) key = NULL;
  MeshKadEvent *done;

  kad_net_fill (net, &config, 30);
  config = client_config ();
  provider = kad_net_add (net, &config, NULL);
  key = kad_net_key (net);
  done = provide (net, provider, key);
  g_assert_false (done->result->is_ok);
  kad_net_event_free (done);
  kad_net_introduce (net, provider, kad_net_get (net, 5));
  kad_net_run (net, net->now_us + 30 * G_USEC_PER_SEC);
  done = kad_net_wait (net, kad_net_get (net, 9),
                       find_providers (net, kad_net_get (net, 9), key, 0),
                       MESH_KAD_EVENT_DONE);
  g_assert_cmpuint (done->result->n_found, ==, 1);
  kad_net_event_free (done);
}

/* A node that knows one other finds its neighbours by itself. */
static void
test_refresh (void)
{
  g_autoptr (KadNet) net = kad_net_new (25);
  MeshKadConfig config = server_config ();
  KadNode *node;
  MeshKadStats stats;
  MeshKadEvent *done;

  kad_net_fill (net, &config, N);
  config.refresh_interval_us = 600 * G_USEC_PER_SEC;
  node = kad_net_add (net, &config, NULL);
  kad_net_introduce (net, node, kad_net_get (net, 5));
  kad_net_run (net, net->now_us + 30 * G_USEC_PER_SEC);
  mesh_kad_get_stats (node->kad, &stats);
  g_assert_cmpuint (stats.n_peers, >, 60);
  g_assert_cmpfloat (stats.network_size, >, N / 3.0);
  g_assert_cmpfloat (stats.network_size, <, N * 3.0);
  done = kad_net_wait (net, node, mesh_kad_refresh (node->kad, net->now_us),
                       MESH_KAD_EVENT_DONE);
  g_assert_true (done->result->is_ok);
  kad_net_event_free (done);
}

/* Commands in excess are refused, requests to a client too. */
static void
test_bounds (void)
{
  g_autoptr (KadNet) net = kad_net_new (26);
  MeshKadConfig config = server_config ();
  KadNode *client;
  g_autoptr (GBytes) key = kad_net_key (net);
  g_autoptr (GBytes) reply = NULL;
  g_autoptr (GError) error = NULL;
  guint8 ping[] = { 0x08, 0x05 };

  kad_net_fill (net, &config, 30);
  client = add_client (net);
  for (guint i = 0; i < MESH_KAD_MAX_COMMANDS; i++)
    g_assert_cmpuint (find_closest (net, client, key), !=, 0);
  g_assert_cmpuint (find_closest (net, client, key), ==, 0);
  g_assert_cmpuint (mesh_kad_refresh (client->kad, net->now_us), ==, 0);
  g_assert_false (mesh_kad_handle_request (client->kad, kad_net_get (net, 0)->id, ping,
                                           sizeof ping, net->now_us, &reply, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_REFUSED);
  kad_net_run (net, net->now_us + 60 * G_USEC_PER_SEC);
  g_assert_cmpuint (find_closest (net, client, key), !=, 0);
}

/* The same seed gives the same run, message by message. */
static guint64
digest_run (guint64 seed)
{
  g_autoptr (KadNet) net = kad_net_new (seed);
  MeshKadConfig config = server_config ();
  guint64 digest = 0;

  config.refresh_interval_us = 600 * G_USEC_PER_SEC;
  kad_net_fill (net, &config, 40);
  for (guint i = 0; i < 10; i++)
    {
      g_autoptr (GBytes) key = kad_net_key (net);

      kad_net_event_free (provide (net, kad_net_get (net, i), key));
    }
  for (guint i = 0; i < net->nodes->len; i++)
    digest = digest * 31 + kad_net_get (net, i)->n_served;
  return digest * 31 + (guint64) net->now_us;
}

static void
test_deterministic (void)
{
  g_assert_cmpuint (digest_run (5), ==, digest_run (5));
  g_assert_cmpuint (digest_run (5), !=, digest_run (6));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/kad/pool", test_pool);
  g_test_add_func ("/kad/closest", test_closest);
  g_test_add_func ("/kad/empty-table", test_empty_table);
  g_test_add_func ("/kad/find-peer", test_find_peer);
  g_test_add_func ("/kad/provide-and-find", test_provide_and_find);
  g_test_add_func ("/kad/broken-providers", test_broken_providers);
  g_test_add_func ("/kad/dead-peers", test_dead_peers);
  g_test_add_func ("/kad/all-dead", test_all_dead);
  g_test_add_func ("/kad/ghosts", test_ghosts);
  g_test_add_func ("/kad/garbage-answers", test_garbage_answers);
  g_test_add_func ("/kad/values", test_values);
  g_test_add_func ("/kad/correction", test_correction);
  g_test_add_func ("/kad/foreign-record", test_foreign_record);
  g_test_add_func ("/kad/republish-and-expiry", test_republish_and_expiry);
  g_test_add_func ("/kad/provide-later", test_provide_later);
  g_test_add_func ("/kad/refresh", test_refresh);
  g_test_add_func ("/kad/bounds", test_bounds);
  g_test_add_func ("/kad/deterministic", test_deterministic);
  return g_test_run ();
}
