/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "dht/mesh-kad-upkeep-private.h"

#include "kad-net.h"

static MeshKadConfig
quiet_config (void)
{
  MeshKadConfig config = MESH_KAD_CONFIG_DEFAULT;

  config.is_server = TRUE;
  config.refresh_interval_us = 0;
  return config;
}

/* One failed announcement after another waits longer, an hour at most. */
static void
test_retries (void)
{
  g_autoptr (KadNet) net = kad_net_new (1);
  MeshKadConfig config = quiet_config ();
  KadNode *node = kad_net_add (net, &config, NULL);
  g_autoptr (GBytes) key = kad_net_key (net);
  gint64 pause_us = MESH_KAD_UPKEEP_RETRY_US;

  kad_net_event_free (kad_net_wait (
      net, node, mesh_kad_provide (node->kad, g_bytes_get_data (key, NULL), 34, 0),
      MESH_KAD_EVENT_DONE));
  for (guint i = 0; i < 10; i++)
    {
      gint64 due_us = mesh_kad_next_deadline_us (node->kad);

      g_assert_cmpint (due_us - net->now_us, ==, pause_us);
      kad_net_run (net, due_us);
      pause_us = MIN (2 * pause_us, MESH_KAD_UPKEEP_MAX_RETRY_US);
    }
}

/* All restored keys are announced when they are due, a few at a time, and then once in 20
 * to 22 hours. */
static void
test_many_keys (void)
{
  g_autoptr (KadNet) net = kad_net_new (2);
  MeshKadConfig config = quiet_config ();
  KadNode *node;
  MeshKadStats stats;
  guint64 n_before;

  kad_net_fill (net, &config, 30);
  node = kad_net_get (net, 4);
  for (guint i = 0; i < 50; i++)
    {
      g_autoptr (GBytes) key = kad_net_key (net);

      g_assert_true (mesh_kad_restore_provided (node->kad, g_bytes_get_data (key, NULL),
                                                34, 5 * G_USEC_PER_SEC));
    }
  kad_net_run (net, 4 * G_USEC_PER_SEC);
  mesh_kad_get_stats (node->kad, &stats);
  g_assert_cmpuint (stats.n_lookups, ==, 0);
  kad_net_run (net, 60 * G_USEC_PER_SEC);
  mesh_kad_get_stats (node->kad, &stats);
  g_assert_cmpuint (stats.n_lookups, ==, 50);
  g_assert_cmpuint (stats.n_commands, ==, 0);
  n_before = stats.n_lookups;
  kad_net_run (net, 19 * MESH_KAD_HOUR_US);
  mesh_kad_get_stats (node->kad, &stats);
  g_assert_cmpuint (stats.n_lookups, ==, n_before);
  kad_net_run (net, 23 * MESH_KAD_HOUR_US);
  mesh_kad_get_stats (node->kad, &stats);
  g_assert_cmpuint (stats.n_lookups, ==, n_before + 50);
}

static void
test_too_many_keys (void)
{
  g_autoptr (KadNet) net = kad_net_new (3);
  MeshKadConfig config = quiet_config ();
  KadNode *node = kad_net_add (net, &config, NULL);

  for (guint i = 0; i < MESH_KAD_MAX_PROVIDED; i++)
    g_assert_true (
        mesh_kad_restore_provided (node->kad, (const guint8 *) &i, sizeof i, G_MAXINT64));
  g_assert_false (
      mesh_kad_restore_provided (node->kad, (const guint8 *) "more", 5, G_MAXINT64));
  g_assert_cmpuint (mesh_kad_provide (node->kad, (const guint8 *) "more", 5, net->now_us),
                    ==, 0);
}

/* A quiet node refreshes each ten minutes and asks for little then. */
static void
test_idle_traffic (void)
{
  g_autoptr (KadNet) net = kad_net_new (4);
  MeshKadConfig config = quiet_config ();
  MeshKadStats stats;
  guint64 n_before;

  config.refresh_interval_us = 600 * G_USEC_PER_SEC;
  kad_net_fill (net, &config, 10);
  kad_net_run (net, MESH_KAD_HOUR_US);
  mesh_kad_get_stats (kad_net_get (net, 3)->kad, &stats);
  n_before = stats.n_messages_out;
  kad_net_run (net, 2 * MESH_KAD_HOUR_US);
  mesh_kad_get_stats (kad_net_get (net, 3)->kad, &stats);
  g_assert_cmpuint (stats.n_messages_out, >, n_before);
  /* Nine others, a handful of buckets, six times an hour. */
  g_assert_cmpuint (stats.n_messages_out - n_before, <, 6 * 9 * 8);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/kad-upkeep/retries", test_retries);
  g_test_add_func ("/kad-upkeep/many-keys", test_many_keys);
  g_test_add_func ("/kad-upkeep/too-many-keys", test_too_many_keys);
  g_test_add_func ("/kad-upkeep/idle-traffic", test_idle_traffic);
  return g_test_run ();
}
