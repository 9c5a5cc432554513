/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "sim/sim-scenario.h"
#include "sim/sim-hostile-kad.h"
#include "sim/sim-kad-oracle.h"
#include "sim/sim-kad-trial.h"

/* A fifth of all nodes answer every question with peers that are not there, and announce
 * keys on behalf of others. */

static guint
count_records (SimKad *kad)
{
  guint n = 0;

  for (guint i = 0; i < sim_kad_get_n_nodes (kad); i++)
    if (sim_kad_get_core (kad, i) != NULL)
      {
        MeshKadStats stats;

        mesh_kad_get_stats (sim_kad_get_core (kad, i), &stats);
        n += stats.n_providers;
      }
  return n;
}

/* How many places in honest tables are taken by names that nobody bears. */
static guint
count_nobodies (SimKad *kad, guint *n_places)
{
  guint n = 0;

  *n_places = 0;
  for (guint i = 0; i < sim_kad_get_n_nodes (kad); i++)
    if (sim_kad_get_core (kad, i) != NULL)
      {
        g_autoptr (GPtrArray) peers = mesh_kad_dup_peers (sim_kad_get_core (kad, i));

        *n_places += peers->len;
        for (guint k = 0; k < peers->len; k++)
          {
            const MeshKadContact *contact = g_ptr_array_index (peers, k);

            n += sim_kad_find_node (kad, contact->peer) == G_MAXUINT;
          }
      }
  return n;
}

static void
look_up (SimKad *kad, SimKadTrial *trial, guint n, GPtrArray *keys)
{
  for (guint i = 0; i < n; i++)
    {
      GBytes *key = g_ptr_array_index (keys, i % keys->len);
      guint asker = sim_kad_trial_pick_asker (kad, key, TRUE);

      sim_kad_trial_add (trial, sim_kad_find_providers (kad, asker, key, 1));
      sim_loop_run_for (sim_kad_get_loop (kad), 100 * 1000);
    }
  sim_kad_trial_collect (trial);
}

SimReport *
sim_scenario_poison (const SimScenarioOptions *options)
{
  SimReport *report = sim_report_new ("poison", options->seed);
  g_autoptr (SimLoop) loop = sim_loop_new (options->seed);
  SimKadConfig config = SIM_KAD_CONFIG_DEFAULT;
  g_autoptr (SimKad) kad = NULL;
  g_autoptr (SimHostileKad) hostile = NULL;
  g_autoptr (GArray) providers = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autoptr (GPtrArray) keys = NULL;
  g_auto (SimKadTrial) trial;
  guint n_honest = options->n_nodes - options->n_nodes / 5, n_before, n_after, n_places,
        n_false;

  kad = sim_kad_new (loop, &config);
  for (guint i = 0; i < n_honest; i++)
    {
      sim_kad_add (kad, SIM_NODE_PLAIN, 0);
      g_array_append_val (providers, i);
    }
  hostile
      = sim_hostile_kad_new (kad, SIM_HOSTILE_KAD_POISON, NULL, options->n_nodes / 5, 0);
  sim_kad_oracle_fill (kad);
  keys = sim_kad_trial_provide (kad, providers, options->is_quick ? 20 : 100, 100 * 1000);
  sim_kad_trial_init (&trial, kad);
  look_up (kad, &trial, options->is_quick ? 100 : 1000, keys);

  n_before = count_records (kad);
  for (guint i = 0; i < 20; i++)
    sim_hostile_kad_announce (hostile, i, g_ptr_array_index (keys, 0), n_honest - 1);
  sim_loop_run_for (loop, 30 * G_USEC_PER_SEC);
  n_after = count_records (kad);
  sim_loop_run_for (loop, 1200 * G_USEC_PER_SEC); /* the upkeep of the tables goes on */
  n_false = count_nobodies (kad, &n_places);

  sim_report_table (report, "nodes", "poisoners", "lookups", "found %", "messages",
                    "failures", "found s p50", "p95", "false records kept",
                    "false peers in tables", NULL);
  sim_report_number (report, n_honest, 0);
  sim_report_number (report, sim_hostile_kad_get_nodes (hostile)->len, 0);
  sim_report_number (report, trial.n, 0);
  sim_report_number (report, sim_kad_trial_get_success (&trial), 2);
  sim_report_number (report, sim_samples_get_mean (&trial.messages), 1);
  sim_report_number (report, sim_samples_get_mean (&trial.failures), 1);
  sim_report_number (report, sim_samples_get_quantile (&trial.found_seconds, 0.5), 2);
  sim_report_number (report, sim_samples_get_quantile (&trial.found_seconds, 0.95), 2);
  sim_report_number (report, n_after - n_before, 0);
  sim_report_number (report, n_false, 0);
  sim_report_check (report, "a working provider is found among poisoners",
                    sim_kad_trial_get_success (&trial), SIM_AT_LEAST, 99, "%");
  sim_report_check (report, "records announced for somebody else and kept",
                    n_after - n_before, SIM_AT_MOST, 0, "");
  sim_report_check (report, "places in tables taken by peers that do not exist",
                    100.0 * n_false / MAX (n_places, 1), SIM_AT_MOST, 0, "%");
  sim_report_add_trace (report, sim_loop_get_trace (loop));
  return report;
}
