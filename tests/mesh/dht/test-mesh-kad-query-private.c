/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "dht/mesh-kad-query-private.h"

#include "kad-net.h"

static MeshKadConfig
quiet_config (void)
{
  MeshKadConfig config = MESH_KAD_CONFIG_DEFAULT;

  config.is_server = TRUE;
  config.refresh_interval_us = 0;
  return config;
}

/* A request that is over is over: late answers, second answers and answers to nothing
 * change nothing. */
static void
test_late_answers (void)
{
  g_autoptr (KadNet) net = kad_net_new (1);
  MeshKadConfig config = quiet_config ();
  KadNode *node, *other;
  g_autoptr (GError) error = NULL;
  g_auto (MeshKadEvent) send = { 0 };
  guint8 answer[] = { 0x08, 0x04 };

  node = kad_net_add (net, &config, NULL);
  other = kad_net_add (net, &config, NULL);
  kad_net_introduce (net, node, other);
  g_assert_cmpuint (mesh_kad_find_closest (node->kad, answer, 2, 0), !=, 0);
  while (mesh_kad_poll_event (node->kad, &send) && send.type != MESH_KAD_EVENT_SEND)
    mesh_kad_event_clear (&send);
  g_assert_true (
      mesh_kad_handle_response (node->kad, send.request_id, answer, 2, 1, NULL));
  g_assert_false (
      mesh_kad_handle_response (node->kad, send.request_id, answer, 2, 2, &error));
  g_assert_nonnull (error);
  mesh_kad_handle_failure (node->kad, send.request_id, 3);
  mesh_kad_handle_sent (node->kad, send.request_id, 4);
  mesh_kad_handle_failure (node->kad, 12345, 5);
  g_assert_nonnull (mesh_kad_table_find (node->kad->table, send.peer));
}

/* Patience ends, then the time; the events say so. */
static void
test_timeout (void)
{
  g_autoptr (KadNet) net = kad_net_new (2);
  MeshKadConfig config = quiet_config ();
  KadNode *node = kad_net_add (net, &config, NULL);
  KadNode *dead = kad_net_add (net, &config, NULL);
  MeshKadEvent *done;
  guint64 id;

  kad_net_introduce (net, node, dead);
  dead->is_dead = TRUE;
  id = mesh_kad_find_closest (node->kad, (const guint8 *) "x", 1, 0);
  done = kad_net_wait (net, node, id, MESH_KAD_EVENT_DONE);
  g_assert_cmpint (done->result->duration_us, ==, config.request_timeout_us);
  g_assert_cmpuint (done->result->n_failures, ==, 1);
  g_assert_cmpuint (done->result->n_messages, ==, 1);
  kad_net_event_free (done);
}

/* Time runs out while somebody is silent: who did answer gets the record all the same. */
static void
test_timeout_stores (void)
{
  g_autoptr (KadNet) net = kad_net_new (5);
  MeshKadConfig config = quiet_config ();
  KadNode *node, *alive, *dead;
  g_autoptr (GBytes) key = NULL;
  MeshKadEvent *done;
  MeshKadStats stats;
  gsize len;
  const guint8 *data;
  guint64 id;

  config.lookup_timeout_us = config.request_timeout_us / 2;
  node = kad_net_add (net, &config, NULL);
  alive = kad_net_add (net, &config, NULL);
  dead = kad_net_add (net, &config, NULL);
  kad_net_introduce (net, node, alive);
  kad_net_introduce (net, node, dead);
  dead->is_dead = TRUE;
  key = kad_net_key (net);
  data = g_bytes_get_data (key, &len);
  id = mesh_kad_provide (node->kad, data, len, 0);
  done = kad_net_wait (net, node, id, MESH_KAD_EVENT_DONE);
  g_assert_true (done->result->is_timed_out);
  g_assert_true (done->result->is_ok);
  g_assert_cmpuint (done->result->n_stored, ==, 1);
  g_assert_cmpint (done->result->duration_us, <, 2 * config.lookup_timeout_us);
  mesh_kad_get_stats (alive->kad, &stats);
  g_assert_cmpuint (stats.n_providers, ==, 1);
  kad_net_event_free (done);
}

/* Cancelled in the middle: DONE comes at once, and a CANCEL for each request. */
static void
test_cancel (void)
{
  g_autoptr (KadNet) net = kad_net_new (3);
  MeshKadConfig config = quiet_config ();
  KadNode *node;
  guint64 id;
  guint n_send = 0, n_cancel = 0, n_done = 0;
  MeshKadEvent event;

  kad_net_fill (net, &config, 50);
  node = kad_net_get (net, 0);
  while (mesh_kad_poll_event (node->kad, &event))
    mesh_kad_event_clear (&event);
  id = mesh_kad_find_closest (node->kad, (const guint8 *) "x", 1, 0);
  mesh_kad_cancel (node->kad, id, 0);
  mesh_kad_cancel (node->kad, id, 0);
  while (mesh_kad_poll_event (node->kad, &event))
    {
      n_send += event.type == MESH_KAD_EVENT_SEND;
      n_cancel += event.type == MESH_KAD_EVENT_CANCEL;
      n_done += event.type == MESH_KAD_EVENT_DONE && event.id == id;
      mesh_kad_event_clear (&event);
    }
  g_assert_cmpuint (n_send, ==, MESH_KAD_ALPHA);
  g_assert_cmpuint (n_cancel, ==, MESH_KAD_ALPHA);
  g_assert_cmpuint (n_done, ==, 1);
  g_assert_cmpint (mesh_kad_next_deadline_us (node->kad), ==, G_MAXINT64);
}

/* Whoever waits for a place makes us ask the oldest, and only when it was silent for
 * long. */
static void
test_probe (void)
{
  g_autoptr (KadNet) net = kad_net_new (4);
  MeshKadConfig config = quiet_config ();
  KadNode *node = kad_net_add (net, &config, NULL);
  MeshKadStats stats;
  guint n_full;

  /* Some of these wait in the cache of bucket 0. */
  for (guint i = 0; i < 60; i++)
    kad_net_introduce (net, node, kad_net_add (net, &config, NULL));
  mesh_kad_get_stats (node->kad, &stats);
  g_assert_cmpuint (stats.n_replacements, >, 0);
  g_assert_cmpuint (stats.n_requests, ==, 0);
  n_full = stats.n_peers;
  for (guint i = 1; i <= 60; i++)
    kad_net_get (net, i)->is_dead = i % 2 == 0;
  kad_net_run (net, config.probe_interval_us + 1);
  for (guint i = 1; i <= 60; i++)
    {
      KadNode *known = kad_net_get (net, i);

      /* Met again while they wait. */
      if (!known->is_dead)
        kad_net_introduce (net, node, known);
      kad_net_run (net, net->now_us + 30 * G_USEC_PER_SEC);
    }
  mesh_kad_get_stats (node->kad, &stats);
  g_assert_cmpuint (stats.n_messages_out, >, 0);
  g_assert_cmpuint (stats.n_messages_out, <, 60);
  g_assert_cmpuint (stats.n_peers, <=, n_full);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/kad-query/late-answers", test_late_answers);
  g_test_add_func ("/kad-query/timeout", test_timeout);
  g_test_add_func ("/kad-query/timeout-stores", test_timeout_stores);
  g_test_add_func ("/kad-query/cancel", test_cancel);
  g_test_add_func ("/kad-query/probe", test_probe);
  return g_test_run ();
}
