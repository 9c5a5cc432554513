/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include <math.h>

#include "sim/sim-scenario.h"
#include "sim/sim-gossip.h"

/* Messages of one topic among nodes with links of 100 ms; and the same over a world of
 * real distances, with losses. */

typedef struct
{
  SimSamples reach_ms; /* until 99 % of the nodes had a message */
  SimSamples delays_ms;
  guint n_messages;
  guint n_missing; /* deliveries that did not happen */
  guint n_twice;
  MeshGossipStats before;
  MeshGossipStats after;
  double seconds;
  guint n_nodes;
} Result;

static void
warm_up (SimGossip *gossip)
{
  sim_gossip_start (gossip);
  sim_loop_run_for (sim_gossip_get_loop (gossip), 40 * G_USEC_PER_SEC);
}

static void
publish_all (SimGossip *gossip, Result *result, guint n_messages)
{
  SimLoop *loop = sim_gossip_get_loop (gossip);
  guint n = sim_gossip_get_n_nodes (gossip);
  g_autoptr (GPtrArray) messages = g_ptr_array_new ();
  gint64 began_us = sim_loop_get_now_us (loop);

  sim_gossip_sum_stats (gossip, &result->before);
  for (guint i = 0; i < n_messages; i++)
    {
      guint node = (guint) mesh_rng_below (sim_loop_get_rng (loop), n);

      g_ptr_array_add (messages, sim_gossip_publish (gossip, node));
      sim_loop_run_for (loop, G_USEC_PER_SEC);
    }
  sim_loop_run_for (loop, 20 * G_USEC_PER_SEC);
  sim_gossip_sum_stats (gossip, &result->after);
  result->seconds = (double) (sim_loop_get_now_us (loop) - began_us) / G_USEC_PER_SEC;
  result->n_messages = n_messages;
  result->n_nodes = n;
  for (guint i = 0; i < n_messages; i++)
    {
      SimGossipMessage *message = g_ptr_array_index (messages, i);

      sim_samples_add (&result->reach_ms, sim_gossip_get_reach_ms (message, n - 1, 0.99));
      for (guint k = 0; k < message->n_delivered; k++)
        sim_samples_add (&result->delays_ms,
                         g_array_index (message->delays_ms.values, double, k));
      result->n_missing += n - 1 - message->n_delivered;
      result->n_twice += message->n_twice;
    }
}

static void
report_row (SimReport *report, const char *links, Result *result)
{
  double per_message = (double) result->n_messages * result->n_nodes;
  guint64 bytes = result->after.bytes_out - result->before.bytes_out;
  guint64 full = result->after.message_bytes_out - result->before.message_bytes_out;
  double duplicates = (double) (result->after.duplicates - result->before.duplicates);

  sim_report_number (report, result->n_nodes, 0);
  sim_report_text (report, links);
  sim_report_number (report, result->n_messages, 0);
  sim_report_number (report, sim_samples_get_quantile (&result->delays_ms, 0.5), 0);
  sim_report_number (report, sim_samples_get_quantile (&result->delays_ms, 0.99), 0);
  sim_report_number (report, sim_samples_get_quantile (&result->reach_ms, 0.5), 0);
  sim_report_number (report, sim_samples_get_max (&result->reach_ms), 0);
  sim_report_number (report, duplicates / per_message, 2);
  sim_report_number (report, (double) full / per_message, 0);
  sim_report_number (report, (double) (bytes - full) / result->n_nodes / result->seconds,
                     0);
}

static void
run_links (const SimScenarioOptions *options,
           SimReport *report,
           const SimGossipConfig *config,
           const char *links,
           Result *result)
{
  g_autoptr (SimLoop) loop = sim_loop_new (options->seed);
  g_autoptr (SimGossip) gossip = sim_gossip_new (loop, config, options->n_nodes);

  sim_samples_init (&result->reach_ms);
  sim_samples_init (&result->delays_ms);
  warm_up (gossip);
  publish_all (gossip, result, options->is_quick ? 10 : 50);
  report_row (report, links, result);
  sim_report_add_trace (report, sim_loop_get_trace (loop));
}

static void
clear_result (Result *result)
{
  sim_samples_clear (&result->reach_ms);
  sim_samples_clear (&result->delays_ms);
}

SimReport *
sim_scenario_gossip (const SimScenarioOptions *options)
{
  SimReport *report = sim_report_new ("gossip", options->seed);
  SimGossipConfig config = SIM_GOSSIP_CONFIG_DEFAULT;
  SimNetConfig world = SIM_NET_CONFIG_WORLD;
  Result fixed = { 0 }, geo = { 0 };

  sim_report_table (report, "nodes", "links", "messages", "delay ms p50", "p99",
                    "99 % reached ms p50", "max", "duplicates a node",
                    "message bytes a node", "control B/s a node", NULL);
  run_links (options, report, &config, "100 ms", &fixed);
  world.idle_us = config.net.idle_us;
  config.net = world;
  run_links (options, report, &config, "world, 0.5 % loss", &geo);
  sim_report_check (report, "99 % of the nodes reached at 100 ms links, slowest message",
                    sim_samples_get_max (&fixed.reach_ms), SIM_AT_MOST, 1000, "ms");
  sim_report_check (report, "deliveries that never happened, both kinds of links",
                    fixed.n_missing + geo.n_missing, SIM_AT_MOST, 0, "");
  sim_report_check (report, "deliveries that happened twice", fixed.n_twice + geo.n_twice,
                    SIM_AT_MOST, 0, "");
  sim_report_note (
      report,
      "A payload is %u bytes; a message is sent to all peers by its author and "
      "by others to their mesh.",
      (guint) config.payload_bytes);
  clear_result (&fixed);
  clear_result (&geo);
  return report;
}
