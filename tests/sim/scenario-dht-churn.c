/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "sim/sim-scenario.h"
#include "sim/sim-kad-churn.h"
#include "sim/sim-kad-oracle.h"
#include "sim/sim-kad-trial.h"

/* Half of all nodes leave every hour, without a word and for ever; as many newcomers with
 * new names join through somebody who is there. A tenth stays: they provide. Records are
 * announced once at the beginning, so by the end half of their holders are gone. */

#define HOUR_US MESH_KAD_HOUR_US
/* Of a larger network the tables are refreshed every hour instead of every ten minutes,
 * which makes it harder and the run shorter. */
#define MANY_NODES 2000

static void
add_nodes (SimKad *kad, guint n, guint n_stable)
{
  for (guint i = 0; i < n; i++)
    sim_kad_add (kad, i >= n_stable && i % 10 >= 7 ? SIM_NODE_NATED : SIM_NODE_PLAIN, 0);
}

static void
report_quarter (SimReport *report, SimKad *kad, guint quarter, SimKadTrial *trial)
{
  guint n_up = 0;

  for (guint i = 0; i < sim_kad_get_n_nodes (kad); i++)
    n_up += sim_kad_get_core (kad, i) != NULL;
  sim_report_number (report, quarter * 15 + 15, 0);
  sim_report_number (report, n_up, 0);
  sim_report_number (report, trial->n, 0);
  sim_report_number (report, sim_kad_trial_get_success (trial), 2);
  sim_report_number (report, sim_samples_get_mean (&trial->hops), 2);
  sim_report_number (report, sim_samples_get_mean (&trial->messages), 1);
  sim_report_number (report, sim_samples_get_mean (&trial->failures), 1);
  sim_report_number (report, sim_samples_get_quantile (&trial->named_seconds, 0.5), 2);
  sim_report_number (report, sim_samples_get_quantile (&trial->found_seconds, 0.5), 2);
  sim_report_number (report, sim_samples_get_quantile (&trial->found_seconds, 0.95), 2);
}

/* Lookups spread over a quarter of an hour. */
static void
run_quarter (SimKad *kad, SimKadTrial *trial, GPtrArray *keys, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      GBytes *key = g_ptr_array_index (keys, i % keys->len);
      guint asker = sim_kad_trial_pick_asker (kad, key, FALSE);

      sim_kad_trial_add (trial, sim_kad_find_providers (kad, asker, key, 1));
      sim_loop_run_for (sim_kad_get_loop (kad), HOUR_US / 4 / n);
    }
  sim_kad_trial_collect (trial);
}

static void
run_size (const SimScenarioOptions *options, SimReport *report, guint n_nodes)
{
  g_autoptr (SimLoop) loop = sim_loop_new (options->seed + n_nodes);
  SimKadConfig config = SIM_KAD_CONFIG_DEFAULT;
  SimKadChurnConfig churn_config
      = { .law = SIM_CHURN_HALF_HOURLY, .n_stable = MAX (n_nodes / 10, 1) };
  g_autoptr (SimKad) kad = NULL;
  g_autoptr (SimKadChurn) churn = NULL;
  g_autoptr (GArray) providers = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autoptr (GPtrArray) keys = NULL;
  g_autofree char *what
      = g_strdup_printf ("a working provider is found under churn, %u nodes", n_nodes);
  guint n = 0, n_found = 0;

  if (n_nodes > MANY_NODES)
    config.core.refresh_interval_us = HOUR_US;
  kad = sim_kad_new (loop, &config);
  add_nodes (kad, n_nodes, churn_config.n_stable);
  sim_kad_oracle_fill (kad);
  for (guint i = 0; i < churn_config.n_stable; i++)
    g_array_append_val (providers, i);
  keys = sim_kad_trial_provide (kad, providers, 100, 100 * 1000);
  churn = sim_kad_churn_new (kad, &churn_config);
  for (guint quarter = 0; quarter < 4; quarter++)
    {
      g_auto (SimKadTrial) trial;

      sim_kad_trial_init (&trial, kad);
      run_quarter (kad, &trial, keys, options->is_quick ? 60 : 1000);
      report_quarter (report, kad, quarter, &trial);
      n += trial.n;
      n_found += trial.n_found;
    }
  sim_report_check (report, what, 100.0 * n_found / n, SIM_AT_LEAST, 99, "%");
  sim_report_check (report, "... nodes that left in the hour",
                    100.0 * sim_kad_churn_get_n_left (churn)
                        / (n_nodes - churn_config.n_stable),
                    SIM_AT_LEAST, 45, "%");
  sim_report_add_trace (report, sim_loop_get_trace (loop));
}

SimReport *
sim_scenario_dht_churn (const SimScenarioOptions *options)
{
  SimReport *report = sim_report_new ("dht-churn", options->seed);

  sim_report_table (report, "minute", "nodes up", "lookups", "success %", "hops",
                    "messages", "failures", "named s p50", "works s p50", "p95", NULL);
  for (guint divisor = 100; divisor > 0; divisor /= 10)
    if (options->n_nodes / divisor >= 50)
      run_size (options, report, options->n_nodes / divisor);
  return report;
}
