/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include <math.h>

#include "sim/sim-scenario.h"
#include "sim/sim-kad-oracle.h"
#include "sim/sim-kad-trial.h"
#include "sim/sim-keepers.h"

/* Nodes come and go under their names, half of them are away at any time. Is what a key
 * names there? "There" is asked twice: by a user, a random node that is up and looks for
 * the key as an install does; and by somebody who sees whether any keeper is up. */

#define N_WANTED 3
#define UPTIME 0.5

typedef struct
{
  SimChurn law;
  gboolean repairs;
  gint64 check_interval_us;
} Plan;

typedef struct
{
  guint n_samples;
  guint n_up; /* samples at which a keeper was up */
  SimSamples copies;
  SimSamples copies_up;
  SimKadTrial trial;
} Result;

static void
sample (SimKad *kad, SimKeepers *keepers, GPtrArray *keys, Result *result)
{
  MeshRng *rng = sim_loop_get_rng (sim_kad_get_loop (kad));
  GBytes *key = g_ptr_array_index (keys, mesh_rng_below (rng, keys->len));
  guint n_up = sim_keepers_count (keepers, key, TRUE), asker;

  result->n_samples++;
  result->n_up += n_up > 0;
  sim_samples_add (&result->copies_up, n_up);
  sim_samples_add (&result->copies, sim_keepers_count (keepers, key, FALSE));
  asker = sim_kad_trial_pick_asker (kad, key, FALSE);
  sim_kad_trial_add (&result->trial, sim_kad_find_providers (kad, asker, key, 1));
}

static void
run_time (SimKad *kad, SimKeepers *keepers, gint64 hours, guint n_keys, Result *result)
{
  SimLoop *loop = sim_kad_get_loop (kad);
  g_autoptr (GPtrArray) keys = g_ptr_array_new ();
  const gint64 gap_us = 20 * G_USEC_PER_SEC;

  for (guint i = 0; i < n_keys; i++)
    {
      g_ptr_array_add (keys, sim_keepers_add_key (keepers));
      sim_loop_run_for (loop, G_USEC_PER_SEC);
    }
  sim_loop_run_for (loop, MESH_KAD_HOUR_US / 2);
  for (gint64 us = 0; us < hours * MESH_KAD_HOUR_US; us += gap_us)
    {
      sample (kad, keepers, keys, result);
      sim_loop_run_for (loop, gap_us);
    }
  sim_kad_trial_collect (&result->trial);
}

static void
run_plan (const SimScenarioOptions *options,
          SimReport *report,
          const Plan *plan,
          Result *result)
{
  g_autoptr (SimLoop) loop = sim_loop_new (options->seed);
  SimKadConfig config = SIM_KAD_CONFIG_DEFAULT;
  double mean_us = sim_churn_get_mean_us (plan->law);
  SimKadChurnConfig churn_config
      = { .law = plan->law,
          .mean_absence_us = (gint64) (mean_us * (1 - UPTIME) / UPTIME),
          .n_stable = 2 };
  SimKeepersConfig keepers_config = { .n_wanted = N_WANTED,
                                      .repairs = plan->repairs,
                                      .check_interval_us = plan->check_interval_us,
                                      .fetch_us = 60 * G_USEC_PER_SEC,
                                      .n_candidates = 10 };
  g_autoptr (SimKad) kad = NULL;
  g_autoptr (SimKadChurn) churn = NULL;
  g_autoptr (SimKeepers) keepers = NULL;

  config.core.is_recorded = TRUE;
  config.core.refresh_interval_us = MESH_KAD_HOUR_US;
  kad = sim_kad_new (loop, &config);
  for (guint i = 0; i < options->n_nodes; i++)
    sim_kad_add (kad, SIM_NODE_PLAIN, 0);
  churn = sim_kad_churn_new (kad, &churn_config);
  sim_kad_oracle_fill (kad);
  keepers = sim_keepers_new (kad, churn, &keepers_config);
  sim_kad_trial_init (&result->trial, kad);
  sim_samples_init (&result->copies);
  sim_samples_init (&result->copies_up);
  run_time (kad, keepers, options->is_quick ? 3 : 72, options->is_quick ? 10 : 40,
            result);

  sim_report_text (report, sim_churn_get_name (plan->law));
  sim_report_number (report, mean_us / MESH_KAD_HOUR_US, 1);
  sim_report_text (report, plan->repairs ? "repaired" : "left alone");
  sim_report_number (report, (double) plan->check_interval_us / G_USEC_PER_SEC / 60, 0);
  sim_report_number (report, result->n_samples, 0);
  sim_report_number (report, 100.0 * result->n_up / result->n_samples, 2);
  sim_report_number (report, sim_kad_trial_get_success (&result->trial), 2);
  sim_report_number (report, sim_samples_get_mean (&result->copies_up), 1);
  sim_report_number (report, sim_samples_get_mean (&result->copies), 1);
  sim_report_number (report, sim_keepers_get_n_repairs (keepers), 0);
  sim_report_add_trace (report, sim_loop_get_trace (loop));
}

static void
clear_result (Result *result)
{
  sim_kad_trial_clear (&result->trial);
  sim_samples_clear (&result->copies);
  sim_samples_clear (&result->copies_up);
}

SimReport *
sim_scenario_availability (const SimScenarioOptions *options)
{
  const gint64 minute_us = 60 * G_USEC_PER_SEC;
  const Plan plans[] = {
    { SIM_CHURN_IPFS, FALSE, 10 * minute_us },
    { SIM_CHURN_IPFS, TRUE, 10 * minute_us },
    { SIM_CHURN_BITTORRENT, TRUE, 10 * minute_us },
  };
  SimReport *report = sim_report_new ("availability", options->seed);
  double promised = 100 * (1 - pow (1 - UPTIME, N_WANTED));

  sim_report_table (report, "sessions", "mean h", "keepers", "checked min", "samples",
                    "a keeper is up %", "found and works %", "copies up", "copies",
                    "repairs", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (plans); i++)
    {
      g_autofree char *what
          = g_strdup_printf ("chunks with 3 keepers are there, %s sessions",
                             sim_churn_get_name (plans[i].law));
      Result result = { 0 };

      run_plan (options, report, &plans[i], &result);
      if (plans[i].repairs)
        sim_report_check (report, what, sim_kad_trial_get_success (&result.trial),
                          SIM_AT_LEAST, 99.9, "%");
      clear_result (&result);
    }
  sim_report_note (
      report,
      "Three keepers that are up half of the time and never replaced: "
      "1 - (1 - %.1f)^3 = %.1f %%; 99.9 %% would take keepers up 90 %% of the time.",
      UPTIME, promised);
  return report;
}
