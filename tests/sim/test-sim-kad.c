/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "sim/sim-kad.h"

#include "sim/sim-hostile-kad.h"
#include "sim/sim-kad-churn.h"
#include "sim/sim-kad-oracle.h"
#include "sim/sim-kad-trial.h"

/* The binding of MeshKad to the network, in a world of a few nodes. */

#define SECOND G_USEC_PER_SEC

static SimKad *
new_network (SimLoop *loop, gboolean is_recorded, guint n)
{
  SimKadConfig config = SIM_KAD_CONFIG_DEFAULT;
  SimKad *kad;

  config.core.is_recorded = is_recorded;
  kad = sim_kad_new (loop, &config);
  for (guint i = 0; i < n; i++)
    sim_kad_add (kad, SIM_NODE_PLAIN, 0);
  return kad;
}

static void
run_to_end (SimKad *kad)
{
  sim_loop_run_for (sim_kad_get_loop (kad), 60 * SECOND);
  g_assert_cmpuint (sim_kad_get_n_pending (kad), ==, 0);
}

static guint
table_size (SimKad *kad, guint node)
{
  MeshKadStats stats;

  mesh_kad_get_stats (sim_kad_get_core (kad, node), &stats);
  return stats.n_peers;
}

/* One after the other joins by way of the first; then somebody finds what another has. */
static void
test_join (void)
{
  g_autoptr (SimLoop) loop = sim_loop_new (1);
  g_autoptr (SimKad) kad = new_network (loop, FALSE, 15);
  g_autoptr (GBytes) key = sim_kad_new_key (kad);
  SimKadQuery *query;

  for (guint i = 1; i < 15; i++)
    {
      sim_kad_join (kad, i, 0);
      sim_loop_run_for (loop, 10 * SECOND);
    }
  for (guint i = 0; i < 15; i++)
    g_assert_cmpuint (table_size (kad, i), ==, 14);
  sim_kad_set_holds (kad, 3, key, TRUE);
  sim_kad_provide (kad, 3, key);
  run_to_end (kad);
  query = sim_kad_find_providers (kad, 9, key, 1);
  run_to_end (kad);
  g_assert_true (query->is_ok);
  g_assert_cmpuint (query->n_working, ==, 1);
  g_assert_cmpint (query->first_named_us, >=, 0);
  g_assert_cmpint (query->first_working_us, >, query->first_named_us);
}

/* A provider that has lost what it announced is named, tried and found not to work. */
static void
test_broken_provider (void)
{
  g_autoptr (SimLoop) loop = sim_loop_new (2);
  g_autoptr (SimKad) kad = new_network (loop, FALSE, 10);
  g_autoptr (GBytes) key = sim_kad_new_key (kad);
  SimKadQuery *query;

  sim_kad_oracle_fill (kad);
  sim_kad_provide (kad, 3, key);
  run_to_end (kad);
  query = sim_kad_find_providers (kad, 9, key, 1);
  run_to_end (kad);
  g_assert_false (query->is_ok);
  g_assert_cmpuint (query->n_named, ==, 1);
  g_assert_cmpuint (query->n_working, ==, 0);
}

/* All holders of a record stop and start: it is there again only from their disks. The
 * provider has left, or it would name itself. */
static void
check_restart (gboolean is_recorded)
{
  g_autoptr (SimLoop) loop = sim_loop_new (3);
  g_autoptr (SimKad) kad = new_network (loop, is_recorded, 10);
  g_autoptr (GBytes) key = sim_kad_new_key (kad);
  SimKadQuery *query;

  sim_kad_oracle_fill (kad);
  sim_kad_provide (kad, 3, key);
  run_to_end (kad);
  sim_kad_set_up (kad, 3, FALSE);
  for (guint i = 0; i < 10; i++)
    if (i != 3)
      {
        sim_kad_set_up (kad, i, FALSE);
        sim_kad_set_up (kad, i, TRUE);
      }
  sim_kad_oracle_fill (kad);
  query = sim_kad_find_providers (kad, 9, key, 1);
  run_to_end (kad);
  g_assert_cmpuint (query->n_named, ==, is_recorded);
}

static void
test_restart (void)
{
  check_restart (FALSE);
  check_restart (TRUE);
}

static void
test_nated_asks_only (void)
{
  g_autoptr (SimLoop) loop = sim_loop_new (4);
  g_autoptr (SimKad) kad = new_network (loop, FALSE, 10);
  guint home = sim_kad_add (kad, SIM_NODE_NATED, 0);
  g_autoptr (GBytes) key = sim_kad_new_key (kad);
  SimKadQuery *query;

  sim_kad_oracle_fill (kad);
  g_assert_false (sim_kad_is_server (kad, home));
  query = sim_kad_find_closest (kad, home, key);
  run_to_end (kad);
  g_assert_cmpuint (query->closest->len, ==, 10);
  for (guint i = 0; i < 10; i++)
    g_assert_cmpuint (table_size (kad, i), ==, 9);
}

static void
test_leaver_is_void (void)
{
  g_autoptr (SimLoop) loop = sim_loop_new (5);
  g_autoptr (SimKad) kad = new_network (loop, FALSE, 10);
  g_autoptr (GBytes) key = sim_kad_new_key (kad);
  SimKadQuery *query;

  sim_kad_oracle_fill (kad);
  query = sim_kad_find_closest (kad, 0, key);
  sim_loop_run_for (loop, 1000);
  sim_kad_set_up (kad, 0, FALSE);
  g_assert_true (query->is_done && query->is_void);
  run_to_end (kad);
}

static void
test_oracle (void)
{
  g_autoptr (SimLoop) loop = sim_loop_new (6);
  g_autoptr (SimKad) kad = new_network (loop, FALSE, 200);
  g_autoptr (GBytes) key = sim_kad_new_key (kad);
  g_autoptr (GArray) nearest = NULL;
  SimKadQuery *query;

  sim_kad_oracle_fill (kad);
  nearest = sim_kad_oracle_list_closest (kad, key, 20);
  query = sim_kad_find_closest (kad, 0, key);
  run_to_end (kad);
  g_assert_cmpuint (query->closest->len, ==, 20);
  for (guint i = 0, skipped = 0; i + skipped < 20; i++)
    {
      skipped += g_array_index (nearest, guint, i + skipped) == 0;
      if (i + skipped < 20)
        g_assert_cmpuint (g_array_index (query->closest, guint, i), ==,
                          g_array_index (nearest, guint, i + skipped));
    }
}

/* Newcomers take the places of those who leave, and find their way in. */
static void
test_churn (void)
{
  g_autoptr (SimLoop) loop = sim_loop_new (7);
  g_autoptr (SimKad) kad = new_network (loop, FALSE, 60);
  SimKadChurnConfig config = { .law = SIM_CHURN_HALF_HOURLY, .n_stable = 10 };
  g_autoptr (SimKadChurn) churn = NULL;
  guint n_up = 0;

  sim_kad_oracle_fill (kad);
  churn = sim_kad_churn_new (kad, &config);
  sim_loop_run_for (loop, 3600 * (gint64) SECOND);
  for (guint i = 0; i < sim_kad_get_n_nodes (kad); i++)
    {
      n_up += sim_kad_get_core (kad, i) != NULL;
      if (i >= 60 && sim_kad_get_core (kad, i) != NULL
          && sim_kad_churn_get_since_us (churn, i)
                 < sim_loop_get_now_us (loop) - 660 * (gint64) SECOND)
        g_assert_cmpuint (table_size (kad, i), >, 10);
    }
  g_assert_cmpuint (n_up, ==, 60);
  g_assert_cmpuint (sim_kad_churn_get_n_left (churn), >, 15);
  g_assert_cmpuint (sim_kad_churn_get_n_came (churn), ==,
                    sim_kad_churn_get_n_left (churn));
}

/* The enemies are what they are said to be. */
static void
test_hostile (void)
{
  g_autoptr (SimLoop) loop = sim_loop_new (8);
  g_autoptr (SimKad) kad = new_network (loop, FALSE, 20);
  g_autoptr (GBytes) key = sim_kad_new_key (kad);
  g_autoptr (SimHostileKad) hostile
      = sim_hostile_kad_new (kad, SIM_HOSTILE_KAD_SWALLOW, key, 30, 3);
  g_autoptr (GArray) nearest = sim_kad_oracle_list_closest (kad, key, 30);

  for (guint i = 0; i < 30; i++)
    g_assert_false (sim_kad_is_honest (kad, g_array_index (nearest, guint, i)));
  sim_kad_oracle_fill (kad);
  sim_kad_provide (kad, 0, key);
  run_to_end (kad);
  g_assert_cmpuint (sim_hostile_kad_get_n_asked (hostile), >, 10);
  g_assert_cmpuint (sim_hostile_kad_get_n_swallowed (hostile), >, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sim-kad/join", test_join);
  g_test_add_func ("/sim-kad/broken-provider", test_broken_provider);
  g_test_add_func ("/sim-kad/restart", test_restart);
  g_test_add_func ("/sim-kad/nated-asks-only", test_nated_asks_only);
  g_test_add_func ("/sim-kad/leaver-is-void", test_leaver_is_void);
  g_test_add_func ("/sim-kad/oracle", test_oracle);
  g_test_add_func ("/sim-kad/churn", test_churn);
  g_test_add_func ("/sim-kad/hostile", test_hostile);
  return g_test_run ();
}
