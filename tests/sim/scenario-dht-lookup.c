/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include <math.h>

#include "sim/sim-scenario.h"
#include "sim/sim-kad-oracle.h"
#include "sim/sim-kad-trial.h"

/* Lookups in networks of growing size where nobody leaves. Three nodes of ten are behind
 * address translation and only ask. */

#define MAX_SIZES 3
#define NATED_OF_TEN 3
#define JOIN_MAX_NODES \
  1000 /* networks up to this size are joined, larger ones filled \
        */

typedef struct
{
  const SimScenarioOptions *options; /* (unowned) */
  SimReport *report;                 /* (unowned) */
  guint n_nodes;
  SimKadTrial closest;
  SimKadTrial fresh;   /* for providers, by nodes that are connected to nobody much */
  SimKadTrial settled; /* likewise, by nodes that have refreshed their tables before */
  double table;
} Size;

static void
add_nodes (SimKad *kad, guint n)
{
  for (guint i = 0; i < n; i++)
    sim_kad_add (kad, i % 10 >= 10 - NATED_OF_TEN ? SIM_NODE_NATED : SIM_NODE_PLAIN, 0);
}

/* Node after node, each by way of one that is there. */
static void
join_all (SimKad *kad)
{
  SimLoop *loop = sim_kad_get_loop (kad);

  for (guint i = 1; i < sim_kad_get_n_nodes (kad); i++)
    {
      guint via;

      do
        via = (guint) mesh_rng_below (sim_loop_get_rng (loop), i);
      while (!sim_kad_is_server (kad, via));
      sim_kad_join (kad, i, via);
      sim_loop_run_for (loop, G_USEC_PER_SEC / 2);
    }
  sim_loop_run_for (loop, 60 * G_USEC_PER_SEC);
}

static double
mean_table (SimKad *kad)
{
  double sum = 0;

  for (guint i = 0; i < sim_kad_get_n_nodes (kad); i++)
    {
      MeshKadStats stats;

      mesh_kad_get_stats (sim_kad_get_core (kad, i), &stats);
      sum += stats.n_peers;
    }
  return sum / sim_kad_get_n_nodes (kad);
}

static GPtrArray *
provide_keys (Size *size, SimKad *kad, guint n_keys)
{
  g_autoptr (GArray) providers = g_array_new (FALSE, FALSE, sizeof (guint));

  for (guint i = 0; i < MIN (100, size->n_nodes / 2); i++)
    {
      guint node = sim_kad_oracle_pick (kad, TRUE);

      g_array_append_val (providers, node);
    }
  return sim_kad_trial_provide (kad, providers, n_keys, 100 * 1000);
}

static void
ask_fresh (Size *size, SimKad *kad, GPtrArray *keys, guint n_lookups)
{
  for (guint i = 0; i < n_lookups; i++)
    {
      g_autoptr (GBytes) anything = sim_kad_new_key (kad);
      GBytes *key = g_ptr_array_index (keys, i % keys->len);

      sim_kad_trial_add (
          &size->closest,
          sim_kad_find_closest (kad, sim_kad_oracle_pick (kad, FALSE), anything));
      sim_kad_trial_add (&size->fresh,
                         sim_kad_find_providers (
                             kad, sim_kad_trial_pick_asker (kad, key, FALSE), key, 1));
      sim_loop_run_for (sim_kad_get_loop (kad), 50 * 1000);
    }
  sim_kad_trial_collect (&size->closest);
  sim_kad_trial_collect (&size->fresh);
}

/* A few nodes, whose tables and connections are those of a daemon that has run for a
 * while. */
static void
ask_settled (Size *size, SimKad *kad, GPtrArray *keys, guint n_lookups)
{
  guint askers[50];
  g_auto (SimKadTrial) refresh;

  sim_kad_trial_init (&refresh, kad);
  for (guint i = 0; i < G_N_ELEMENTS (askers); i++)
    {
      askers[i] = sim_kad_oracle_pick (kad, FALSE);
      sim_kad_trial_add (&refresh, sim_kad_refresh (kad, askers[i]));
      sim_loop_run_for (sim_kad_get_loop (kad), 50 * 1000);
    }
  sim_kad_trial_collect (&refresh);
  for (guint i = 0; i < n_lookups; i++)
    {
      guint asker = askers[i % G_N_ELEMENTS (askers)];
      GBytes *key = g_ptr_array_index (
          keys, mesh_rng_below (sim_loop_get_rng (sim_kad_get_loop (kad)), keys->len));

      if (sim_kad_get_holds (kad, asker, key))
        continue;
      sim_kad_trial_add (&size->settled, sim_kad_find_providers (kad, asker, key, 1));
      sim_loop_run_for (sim_kad_get_loop (kad), 50 * 1000);
    }
  sim_kad_trial_collect (&size->settled);
}

static void
report_closest (Size *size, const char *how)
{
  SimReport *report = size->report;
  SimKadTrial *trial = &size->closest;

  sim_report_number (report, size->n_nodes, 0);
  sim_report_text (report, how);
  sim_report_number (report, size->table, 1);
  sim_report_number (report, trial->n, 0);
  sim_report_number (report, sim_samples_get_mean (&trial->hops), 2);
  sim_report_number (report, sim_samples_get_quantile (&trial->hops, 0.95), 0);
  sim_report_number (report, sim_samples_get_mean (&trial->messages), 1);
  sim_report_number (report, sim_samples_get_quantile (&trial->messages, 0.95), 0);
  sim_report_number (report, sim_samples_get_quantile (&trial->seconds, 0.5), 2);
  sim_report_number (report, sim_samples_get_quantile (&trial->seconds, 0.95), 2);
  sim_report_number (report, sim_kad_trial_get_success (trial), 2);
}

static void
report_providers (Size *size, const char *who, SimKadTrial *trial)
{
  SimReport *report = size->report;

  sim_report_number (report, size->n_nodes, 0);
  sim_report_text (report, who);
  sim_report_number (report, trial->n, 0);
  sim_report_number (report, sim_samples_get_mean (&trial->hops), 2);
  sim_report_number (report, sim_samples_get_mean (&trial->messages), 1);
  sim_report_number (report, sim_samples_get_quantile (&trial->messages, 0.95), 0);
  sim_report_number (report, sim_samples_get_quantile (&trial->named_seconds, 0.5), 2);
  sim_report_number (report, sim_samples_get_quantile (&trial->named_seconds, 0.95), 2);
  sim_report_number (report, sim_samples_get_quantile (&trial->found_seconds, 0.5), 2);
  sim_report_number (report, sim_samples_get_quantile (&trial->found_seconds, 0.95), 2);
  sim_report_number (report, sim_kad_trial_get_success (trial), 2);
}

static void
init_size (Size *size, SimKad *kad)
{
  sim_kad_trial_init (&size->closest, kad);
  sim_kad_trial_init (&size->fresh, kad);
  sim_kad_trial_init (&size->settled, kad);
}

static void
clear_size (Size *size)
{
  sim_kad_trial_clear (&size->closest);
  sim_kad_trial_clear (&size->fresh);
  sim_kad_trial_clear (&size->settled);
}

static void
run_size (Size *size, gboolean joins)
{
  g_autoptr (SimLoop) loop = sim_loop_new (size->options->seed + size->n_nodes);
  SimKadConfig config = SIM_KAD_CONFIG_DEFAULT;
  g_autoptr (SimKad) kad = NULL;
  g_autoptr (GPtrArray) keys = NULL;
  guint n_lookups = size->options->is_quick ? 150 : 2000;

  /* Upkeep of tables that nobody leaves changes nothing and takes most of the time. */
  config.core.refresh_interval_us = 0;
  kad = sim_kad_new (loop, &config);
  init_size (size, kad);
  add_nodes (kad, size->n_nodes);
  if (joins)
    join_all (kad);
  else
    sim_kad_oracle_fill (kad);
  size->table = mean_table (kad);
  keys = provide_keys (size, kad, MIN (200, n_lookups));
  ask_fresh (size, kad, keys, n_lookups);
  ask_settled (size, kad, keys, n_lookups);
  sim_report_add_trace (size->report, sim_loop_get_trace (loop));
}

/* Does a table that was filled give the same lookups as one that was joined? */
static void
compare_ways (Size *joined, const SimScenarioOptions *options, SimReport *report)
{
  Size filled = { options, report, joined->n_nodes };

  run_size (&filled, FALSE);
  report_closest (&filled, "filled");
  sim_report_check (report, "hops in a filled network, against a joined one",
                    fabs (sim_samples_get_mean (&filled.closest.hops)
                          - sim_samples_get_mean (&joined->closest.hops)),
                    SIM_AT_MOST, 0.5, "hops apart");
  clear_size (&filled);
}

static void
report_growth (SimReport *report, const Size *sizes, guint n)
{
  double x[MAX_SIZES], hops[MAX_SIZES], messages[MAX_SIZES], a, b;

  for (guint i = 0; i < n; i++)
    {
      x[i] = log2 (sizes[i].n_nodes);
      hops[i] = sim_samples_get_mean (&sizes[i].closest.hops);
      messages[i] = sim_samples_get_mean (&sizes[i].closest.messages);
    }
  sim_samples_fit (x, hops, n, &a, &b);
  sim_report_note (report, "hops = %.2f + %.3f log2 N", a, b);
  sim_report_check (report, "growth of hops for each doubling", b, SIM_AT_MOST, 1,
                    "hops");
  sim_samples_fit (x, messages, n, &a, &b);
  sim_report_note (report, "messages = %.1f + %.2f log2 N", a, b);
}

static void
judge_size (Size *size)
{
  SimReport *report = size->report;
  g_autofree char *what
      = g_strdup_printf ("a working provider is found, %u nodes", size->n_nodes);
  g_autofree char *when
      = g_strdup_printf ("median until a provider is named, %u nodes", size->n_nodes);

  report_providers (size, "a fresh node", &size->fresh);
  report_providers (size, "a settled node", &size->settled);
  sim_report_check (report, what,
                    MIN (sim_kad_trial_get_success (&size->fresh),
                         sim_kad_trial_get_success (&size->settled)),
                    SIM_AT_LEAST, 99.9, "%");
  sim_report_check (report, when,
                    sim_samples_get_quantile (&size->settled.named_seconds, 0.5),
                    SIM_AT_MOST, 1, "s");
}

SimReport *
sim_scenario_dht_lookup (const SimScenarioOptions *options)
{
  SimReport *report = sim_report_new ("dht-lookup", options->seed);
  Size sizes[MAX_SIZES] = { 0 };
  guint n = 0;

  sim_report_table (report, "nodes", "tables", "in table", "lookups", "hops", "p95",
                    "messages", "p95", "s p50", "s p95", "nearest found %", NULL);
  for (guint divisor = 100; divisor > 0; divisor /= 10)
    {
      guint n_nodes = options->n_nodes / divisor;
      gboolean joins = n_nodes <= JOIN_MAX_NODES;

      if (n_nodes < 20)
        continue;
      sizes[n] = (Size){ options, report, n_nodes };
      run_size (&sizes[n], joins);
      report_closest (&sizes[n], joins ? "joined" : "filled");
      if (joins)
        compare_ways (&sizes[n], options, report);
      n++;
    }
  sim_report_table (report, "nodes", "asked by", "lookups", "hops", "messages", "p95",
                    "named s p50", "p95", "works s p50", "p95", "success %", NULL);
  for (guint i = 0; i < n; i++)
    judge_size (&sizes[i]);
  if (n > 1)
    report_growth (report, sizes, n);
  for (guint i = 0; i < n; i++)
    clear_size (&sizes[i]);
  return report;
}
