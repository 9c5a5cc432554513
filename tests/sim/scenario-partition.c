/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include <math.h>

#include "sim/sim-scenario.h"
#include "sim/sim-gossip.h"
#include "sim/sim-kad-oracle.h"
#include "sim/sim-kad-trial.h"

/* Half of the network is cut off for ten minutes. Then messages have to reach everybody
 * and lookups have to cross within a minute. What brings the halves together again are
 * the bootstrap nodes, two on each side: every node dials those it has lost, ever less
 * often, every five minutes by then. */

#define N_BOOTSTRAP 4
#define CUT_US (600 * G_USEC_PER_SEC)
#define AFTER_S 120
#define REDIAL_US (300 * G_USEC_PER_SEC)

/* --- gossip ------------------------------------------------------------------------ */

static SimGossipMessage *
publish_somewhere (SimGossip *gossip)
{
  return sim_gossip_publish (
      gossip, (guint) mesh_rng_below (sim_loop_get_rng (sim_gossip_get_loop (gossip)),
                                      sim_gossip_get_n_nodes (gossip)));
}

/* Returns: seconds after healing since when every message has reached everybody. */
static double
heal_gossip (SimGossip *gossip)
{
  SimLoop *loop = sim_gossip_get_loop (gossip);
  guint n = sim_gossip_get_n_nodes (gossip);
  SimGossipMessage *messages[AFTER_S];
  double last_bad = -1;

  sim_gossip_set_partition (gossip, FALSE);
  for (guint i = 0; i < AFTER_S; i++)
    {
      messages[i] = publish_somewhere (gossip);
      sim_loop_run_for (loop, G_USEC_PER_SEC);
    }
  sim_loop_run_for (loop, 20 * G_USEC_PER_SEC);
  /* A message may come late by way of IHAVE; five seconds count as reached. */
  for (guint i = 0; i < AFTER_S; i++)
    if (sim_gossip_get_reach_ms (messages[i], n - 1, 1) > 5000)
      last_bad = i;
  return last_bad + 1;
}

static void
run_gossip (const SimScenarioOptions *options, SimReport *report)
{
  g_autoptr (SimLoop) loop = sim_loop_new (options->seed);
  SimGossipConfig config = SIM_GOSSIP_CONFIG_DEFAULT;
  g_autoptr (SimGossip) gossip = NULL;
  SimGossipMessage *whole, *at_cut, *cut;
  double healed_s;
  guint n = options->n_nodes;

  config.n_bootstrap = N_BOOTSTRAP;
  gossip = sim_gossip_new (loop, &config, n);
  sim_gossip_start (gossip);
  sim_loop_run_for (loop, 60 * G_USEC_PER_SEC);
  whole = publish_somewhere (gossip);
  sim_loop_run_for (loop, 20 * G_USEC_PER_SEC);
  sim_gossip_set_partition (gossip, TRUE);
  sim_loop_run_for (loop, G_USEC_PER_SEC);
  at_cut = publish_somewhere (gossip);
  sim_loop_run_for (loop, CUT_US / 2);
  cut = publish_somewhere (gossip);
  sim_loop_run_for (loop, CUT_US / 2);
  healed_s = heal_gossip (gossip);

  sim_report_table (report, "gossip nodes", "before: reached %", "just cut %", "cut %",
                    "all reached again after s", NULL);
  sim_report_number (report, n, 0);
  sim_report_number (report, 100.0 * whole->n_delivered / (n - 1), 1);
  sim_report_number (report, 100.0 * at_cut->n_delivered / (n - 1), 1);
  sim_report_number (report, 100.0 * cut->n_delivered / (n - 1), 1);
  sim_report_number (report, healed_s, 0);
  sim_report_check (report, "messages reach everybody again after", healed_s, SIM_AT_MOST,
                    60, "s");
  sim_report_check (report, "nodes of its half that a message reaches while cut",
                    100.0 * (cut->n_delivered + 1) / (n / 2), SIM_AT_LEAST, 99.9, "%");
  sim_report_add_trace (report, sim_loop_get_trace (loop));
}

/* --- DHT --------------------------------------------------------------------------- */

static void
dial_bootstrap (gpointer data, guint64 pair)
{
  SimKad *kad = data;
  guint node = (guint) (pair >> 32), bootstrap = (guint) pair;

  if (node != bootstrap)
    sim_net_connect (sim_kad_get_net (kad), node, bootstrap);
}

static void
set_sides (SimKad *kad, gboolean is_cut)
{
  for (guint i = 0; i < sim_kad_get_n_nodes (kad); i++)
    sim_net_set_side (sim_kad_get_net (kad), i, is_cut ? i % 2 : 0);
}

/* Where each node stands in its waiting for the bootstrap nodes it lost is anywhere. */
static void
heal_kad (SimKad *kad)
{
  SimLoop *loop = sim_kad_get_loop (kad);

  set_sides (kad, FALSE);
  for (guint i = 0; i < sim_kad_get_n_nodes (kad); i++)
    for (guint k = 0; k < N_BOOTSTRAP; k++)
      if ((i ^ k) % 2 != 0)
        sim_loop_after (
            loop, (gint64) mesh_rng_below (sim_loop_get_rng (loop), REDIAL_US * 6 / 5),
            dial_bootstrap, kad, (guint64) i << 32 | k);
}

/* Somebody of @side looks for one of the keys of the side @keys_side. */
static void
ask (SimKad *kad, SimKadTrial *trial, GPtrArray *keys, guint side, guint keys_side)
{
  MeshRng *rng = sim_loop_get_rng (sim_kad_get_loop (kad));
  guint at = (guint) mesh_rng_below (rng, keys->len / 2) * 2 + keys_side, asker;
  GBytes *key = g_ptr_array_index (keys, at);

  do
    asker = (guint) mesh_rng_below (rng, sim_kad_get_n_nodes (kad) / 2) * 2 + side;
  while (sim_kad_get_holds (kad, asker, key));
  sim_kad_trial_add (trial, sim_kad_find_providers (kad, asker, key, 1));
}

/* One side asks for what the other holds, in each second. Returns: since when (in windows
 * of ten seconds) 99 % of the lookups have crossed. */
static double
cross (SimKad *kad, GPtrArray *keys, guint per_second, double *last_success)
{
  SimKadTrial trials[AFTER_S / 10];
  double healed_s = 0;

  for (guint window = 0; window < G_N_ELEMENTS (trials); window++)
    {
      sim_kad_trial_init (&trials[window], kad);
      for (guint i = 0; i < 10 * per_second; i++)
        {
          ask (kad, &trials[window], keys, i % 2, 1 - i % 2);
          sim_loop_run_for (sim_kad_get_loop (kad), G_USEC_PER_SEC / per_second);
        }
    }
  for (guint window = 0; window < G_N_ELEMENTS (trials); window++)
    {
      sim_kad_trial_collect (&trials[window]);
      *last_success = sim_kad_trial_get_success (&trials[window]);
      if (*last_success < 99)
        healed_s = window * 10 + 10;
      sim_kad_trial_clear (&trials[window]);
    }
  return healed_s;
}

static void
run_kad (const SimScenarioOptions *options, SimReport *report)
{
  g_autoptr (SimLoop) loop = sim_loop_new (options->seed);
  SimKadConfig config = SIM_KAD_CONFIG_DEFAULT;
  g_autoptr (SimKad) kad = sim_kad_new (loop, &config);
  g_autoptr (GArray) providers = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autoptr (GPtrArray) keys = NULL;
  g_auto (SimKadTrial) inside;
  double healed_s, last = 0;

  for (guint i = 0; i < options->n_nodes; i++)
    {
      sim_kad_add (kad, SIM_NODE_PLAIN, 0);
      g_array_append_val (providers, i); /* the side of a key is that of its number */
    }
  sim_kad_oracle_fill (kad);
  keys = sim_kad_trial_provide (kad, providers, options->is_quick ? 20 : 100, 100 * 1000);
  sim_loop_run_for (loop, 60 * G_USEC_PER_SEC);
  set_sides (kad, TRUE);
  sim_loop_run_for (loop, CUT_US - 60 * G_USEC_PER_SEC);
  sim_kad_trial_init (&inside, kad);
  for (guint i = 0; i < 100; i++)
    ask (kad, &inside, keys, i % 2, i % 2);
  sim_kad_trial_collect (&inside);
  heal_kad (kad);
  healed_s = cross (kad, keys, options->is_quick ? 2 : 10, &last);

  sim_report_table (report, "DHT nodes", "found inside while cut %",
                    "crossing again after s", "found at the end %", NULL);
  sim_report_number (report, options->n_nodes, 0);
  sim_report_number (report, sim_kad_trial_get_success (&inside), 1);
  sim_report_number (report, healed_s, 0);
  sim_report_number (report, last, 1);
  sim_report_check (report, "lookups cross again (99 %) after", healed_s, SIM_AT_MOST, 60,
                    "s");
  sim_report_check (report, "lookups across at the end", last, SIM_AT_LEAST, 99, "%");
  sim_report_add_trace (report, sim_loop_get_trace (loop));
}

SimReport *
sim_scenario_partition (const SimScenarioOptions *options)
{
  SimReport *report = sim_report_new ("partition", options->seed);

  run_gossip (options, report);
  run_kad (options, report);
  return report;
}
