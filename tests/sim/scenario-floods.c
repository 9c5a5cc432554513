/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "sim/sim-scenario.h"
#include "sim/sim-hostile-gossip.h"

/* A fifth of the nodes attack all their neighbours, all the time. */

#define PERIOD_US (500 * 1000)

typedef struct
{
  double delivered;           /* percent of what should have arrived */
  double reach_ms;            /* until 99 % of the honest nodes had it, the slowest */
  SimGossipStanding standing; /* of the attackers */
  guint max_mesh;
  MeshGossipStats stats;
} Result;

static void
measure (SimGossip *gossip, guint n_honest, guint n_messages, Result *result)
{
  SimLoop *loop = sim_gossip_get_loop (gossip);
  g_autoptr (GPtrArray) messages = g_ptr_array_new ();
  guint64 n_delivered = 0;

  for (guint i = 0; i < n_messages; i++)
    {
      guint node = (guint) mesh_rng_below (sim_loop_get_rng (loop), n_honest);

      g_ptr_array_add (messages, sim_gossip_publish (gossip, node));
      sim_loop_run_for (loop, 3 * G_USEC_PER_SEC);
    }
  sim_loop_run_for (loop, 20 * G_USEC_PER_SEC);
  for (guint i = 0; i < n_messages; i++)
    {
      SimGossipMessage *message = g_ptr_array_index (messages, i);
      double reach_ms = sim_gossip_get_reach_ms (message, n_honest - 1, 0.99);

      n_delivered += message->n_delivered;
      result->reach_ms = MAX (result->reach_ms, reach_ms);
    }
  result->delivered = 100.0 * (double) n_delivered / n_messages / (n_honest - 1);
}

static double
share_of (const Result *result, guint n)
{
  return 100.0 * n / MAX (result->standing.n_links, 1);
}

static void
run_kind (const SimScenarioOptions *options,
          SimReport *report,
          SimHostileKind kind,
          Result *result)
{
  g_autoptr (SimLoop) loop = sim_loop_new (options->seed + kind);
  SimGossipConfig config = SIM_GOSSIP_CONFIG_DEFAULT;
  guint n_honest = options->n_nodes - options->n_nodes / 5;
  g_autoptr (SimGossip) gossip = sim_gossip_new (loop, &config, n_honest);
  g_autoptr (SimHostileGossip) hostile = sim_hostile_gossip_new (
      gossip, kind, options->n_nodes / 5, options->is_quick ? 2 * PERIOD_US : PERIOD_US);

  sim_gossip_start (gossip);
  sim_loop_run_for (loop, 40 * G_USEC_PER_SEC);
  sim_hostile_gossip_attack (hostile);
  sim_loop_run_for (loop, 5 * G_USEC_PER_SEC);
  measure (gossip, n_honest, options->is_quick ? 8 : 30, result);
  for (guint i = 0; i < sim_hostile_gossip_get_nodes (hostile)->len; i++)
    sim_gossip_add_standing (
        gossip, g_array_index (sim_hostile_gossip_get_nodes (hostile), guint, i),
        &result->standing);
  result->max_mesh = sim_gossip_get_max_mesh (gossip);
  sim_gossip_sum_stats (gossip, &result->stats);
  sim_report_add_trace (report, sim_loop_get_trace (loop));

  sim_report_text (report, sim_hostile_gossip_get_name (kind));
  sim_report_number (report, (double) sim_hostile_gossip_get_n_sent (hostile), 0);
  sim_report_number (report, result->delivered, 2);
  sim_report_number (report, result->reach_ms, 0);
  sim_report_number (report, share_of (result, result->standing.n_shunned), 1);
  sim_report_number (report, share_of (result, result->standing.n_graylisted), 1);
  sim_report_number (report, share_of (result, result->standing.n_in_mesh), 1);
  sim_report_number (report, result->max_mesh, 0);
  sim_report_number (report, result->stats.n_seen, 0);
  sim_report_number (report, (double) result->stats.cached_bytes / 1024, 0);
  sim_report_number (report, result->stats.n_promises, 0);
  sim_report_number (report, result->stats.n_topics, 0);
  sim_report_number (report, (double) result->stats.queue_bytes / 1024, 0);
}

static void
check_bounds (SimReport *report, const char *name, const MeshGossipStats *stats)
{
  const MeshGossipParams bounds = MESH_GOSSIP_PARAMS_DEFAULT;
  g_autofree char *what = g_strdup_printf ("%s: containers over their bounds", name);
  guint n_over = (stats->n_seen > bounds.max_seen) + (stats->n_cached > bounds.max_cached)
                 + (stats->cached_bytes > bounds.max_cached_bytes)
                 + (stats->n_promises > bounds.max_promises)
                 + (stats->n_validations > bounds.max_validations)
                 + (stats->n_topics > bounds.max_topics + 1);

  sim_report_check (report, what, n_over, SIM_AT_MOST, 0, "");
}

/* Where an attacker is found out it is shunned. Some attacks do not show: asking for what
 * there is and subscribing are refused beyond a limit and cost little, and a GRAFT of who
 * is in the mesh already says nothing new, so the peers that let it in keep it. */
static void
check_standing (SimReport *report, SimHostileKind kind, const Result *result)
{
  const char *name = sim_hostile_gossip_get_name (kind);
  g_autofree char *shunned
      = g_strdup_printf ("%s: links at which attackers are shunned", name);
  g_autofree char *mesh
      = g_strdup_printf ("%s: the largest mesh of an honest node", name);
  double share = share_of (result, result->standing.n_shunned);

  if (kind == SIM_HOSTILE_GRAFT)
    share += share_of (result, result->standing.n_in_mesh);
  if (kind != SIM_HOSTILE_IWANT && kind != SIM_HOSTILE_SUBSCRIBE)
    sim_report_check (report, shunned, share, SIM_AT_LEAST, 95, "%");
  if (kind == SIM_HOSTILE_GRAFT)
    sim_report_check (report, mesh, result->max_mesh, SIM_AT_MOST, 12, "peers");
}

SimReport *
sim_scenario_floods (const SimScenarioOptions *options)
{
  SimReport *report = sim_report_new ("floods", options->seed);

  sim_report_table (report, "attack", "RPCs", "delivered %", "99 % ms", "shunned %",
                    "ignored %", "in mesh %", "largest mesh", "seen", "cache KiB",
                    "promises", "topics", "queue KiB", NULL);
  for (guint kind = 0; kind < SIM_HOSTILE_N_KINDS; kind++)
    {
      const char *name = sim_hostile_gossip_get_name (kind);
      g_autofree char *delivered
          = g_strdup_printf ("%s: honest messages delivered", name);
      Result result = { 0 };

      run_kind (options, report, kind, &result);
      sim_report_check (report, delivered, result.delivered, SIM_AT_LEAST, 99.9, "%");
      check_standing (report, kind, &result);
      check_bounds (report, name, &result.stats);
    }
  sim_report_note (report,
                   "Sizes are those of the fullest honest node at the end; percent are "
                   "of the links between attackers and honest nodes.");
  return report;
}
