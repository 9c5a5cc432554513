/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "sim/sim-scenario.h"
#include "sim/sim-hostile-kad.h"
#include "sim/sim-kad-oracle.h"
#include "sim/sim-kad-trial.h"

/* A fifth of all nodes are Sybils whose names were chosen to be the nearest to one key.
 * An honest node announces the key while they are there; others look for it. */

#define N_LOOKUPS 10

typedef struct
{
  const char *networks;
  guint n_groups;
  SimHostileKadKind kind;
} Attack;

typedef struct
{
  SimKadTrial trial;
  guint n_runs;
  guint n_good_runs;  /* in which every lookup found a working provider */
  SimSamples holders; /* honest nodes that were told, of each run */
} Tally;

static void
run_once (const SimScenarioOptions *options,
          SimReport *report,
          const Attack *attack,
          guint run,
          Tally *tally)
{
  g_autoptr (SimLoop) loop = sim_loop_new (options->seed + run);
  SimKadConfig config = SIM_KAD_CONFIG_DEFAULT;
  g_autoptr (SimKad) kad = NULL;
  g_autoptr (SimHostileKad) hostile = NULL;
  g_autoptr (GBytes) key = NULL;
  SimKadQuery *provide;
  guint provider, n_found = tally->trial.n_found, n = tally->trial.n;

  config.core.refresh_interval_us = 0;
  kad = sim_kad_new (loop, &config);
  key = sim_kad_new_key (kad);
  for (guint i = 0; i < options->n_nodes - options->n_nodes / 5; i++)
    sim_kad_add (kad, SIM_NODE_PLAIN, 0);
  hostile = sim_hostile_kad_new (kad, attack->kind, key, options->n_nodes / 5,
                                 attack->n_groups);
  sim_kad_oracle_fill (kad);
  tally->trial.kad = kad;

  provider = sim_kad_oracle_pick (kad, TRUE);
  sim_kad_set_holds (kad, provider, key, TRUE);
  provide = sim_kad_provide (kad, provider, key);
  while (!provide->is_done)
    sim_loop_run_for (loop, G_USEC_PER_SEC);
  sim_samples_add (&tally->holders,
                   provide->n_stored
                       - (double) sim_hostile_kad_get_n_swallowed (hostile));
  sim_kad_forget (kad, provide);
  for (guint i = 0; i < N_LOOKUPS; i++)
    {
      guint asker = sim_kad_trial_pick_asker (kad, key, TRUE);

      sim_kad_trial_add (&tally->trial, sim_kad_find_providers (kad, asker, key, 1));
      sim_loop_run_for (loop, G_USEC_PER_SEC);
    }
  sim_kad_trial_collect (&tally->trial);
  tally->n_runs++;
  tally->n_good_runs += tally->trial.n_found - n_found == tally->trial.n - n;
  sim_report_add_trace (report, sim_loop_get_trace (loop));
}

static void
run_attack (const SimScenarioOptions *options, SimReport *report, const Attack *attack)
{
  g_autofree char *what = NULL;
  Tally tally = { 0 };

  sim_kad_trial_init (&tally.trial, NULL);
  sim_samples_init (&tally.holders);
  for (guint run = 0; run < (options->is_quick ? 5 : 40); run++)
    run_once (options, report, attack, run, &tally);

  sim_report_text (report, attack->networks);
  sim_report_text (report, sim_hostile_kad_get_name (attack->kind));
  sim_report_number (report, tally.n_runs, 0);
  sim_report_number (report, tally.trial.n, 0);
  sim_report_number (report, sim_kad_trial_get_success (&tally.trial), 2);
  sim_report_number (report, tally.n_good_runs, 0);
  sim_report_number (report, sim_samples_get_mean (&tally.holders), 1);
  sim_report_number (report, sim_samples_get_mean (&tally.trial.messages), 1);
  sim_report_number (report, sim_samples_get_quantile (&tally.trial.found_seconds, 0.5),
                     2);
  sim_report_number (report, sim_samples_get_quantile (&tally.trial.found_seconds, 0.95),
                     2);

  what = g_strdup_printf ("a working provider is found (%s, Sybils in %s)",
                          sim_hostile_kad_get_name (attack->kind), attack->networks);
  sim_report_check (report, what, sim_kad_trial_get_success (&tally.trial), SIM_AT_LEAST,
                    95, "%");
  sim_kad_trial_clear (&tally.trial);
  sim_samples_clear (&tally.holders);
}

SimReport *
sim_scenario_sybil (const SimScenarioOptions *options)
{
  static const Attack attacks[] = {
    { "8 networks", 8, SIM_HOSTILE_KAD_SWALLOW },
    { "8 networks", 8, SIM_HOSTILE_KAD_LIAR },
    { "one network each", 0, SIM_HOSTILE_KAD_SWALLOW },
    { "one network each", 0, SIM_HOSTILE_KAD_LIAR },
  };
  SimReport *report = sim_report_new ("sybil", options->seed);

  sim_report_table (report, "Sybils in", "they", "runs", "lookups", "found %",
                    "runs all found", "honest holders", "messages", "found s p50", "p95",
                    NULL);
  for (guint i = 0; i < G_N_ELEMENTS (attacks); i++)
    run_attack (options, report, &attacks[i]);
  return report;
}
