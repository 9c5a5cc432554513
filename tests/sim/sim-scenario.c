/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "sim/sim-scenario.h"

static const SimScenario scenarios[] = {
  { "dht-lookup", "What does a lookup cost, and how does that grow?", 10000, 200,
    sim_scenario_dht_lookup },
  { "dht-churn", "Are records found while half of the nodes are replaced every hour?",
    10000, 100, sim_scenario_dht_churn },
  { "availability", "Is a chunk there when it has three keepers that come and go?", 300,
    60, sim_scenario_availability },
  { "sybil", "Is a provider found past Sybils around its key?", 1000, 150,
    sim_scenario_sybil },
  { "poison", "What do nodes that lie about peers and providers achieve?", 1000, 150,
    sim_scenario_poison },
  { "gossip", "How fast does a message reach everybody, and at what cost?", 1000, 200,
    sim_scenario_gossip },
  { "floods", "What do floods of IHAVE, GRAFT and the like achieve?", 200, 40,
    sim_scenario_floods },
  { "partition", "How soon is a network whole again that was cut in two?", 400, 80,
    sim_scenario_partition },
};

const SimScenario *
sim_scenario_get_all (guint *n)
{
  *n = G_N_ELEMENTS (scenarios);
  return scenarios;
}

const SimScenario *
sim_scenario_find (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (scenarios); i++)
    if (g_str_equal (scenarios[i].name, name))
      return &scenarios[i];
  return NULL;
}
