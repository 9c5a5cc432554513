/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "sim/sim-report.h"

/* The questions that the simulator answers. Each builds its world, runs it, and reports
 * with the thresholds of the mission. */
typedef struct
{
  guint64 seed;
  guint n_nodes;     /* of the largest network */
  gboolean is_quick; /* fewer samples and shorter times: seconds, for every test run */
} SimScenarioOptions;

typedef struct
{
  const char *name;
  const char *question;
  guint n_nodes; /* at full size */
  guint n_quick_nodes;
  SimReport *(*run) (const SimScenarioOptions *options);
} SimScenario;

/* (array length=n) (transfer none) */
const SimScenario *sim_scenario_get_all (guint *n);
/* (nullable) (transfer none) */
const SimScenario *sim_scenario_find (const char *name);

SimReport *sim_scenario_dht_lookup (const SimScenarioOptions *options);
SimReport *sim_scenario_dht_churn (const SimScenarioOptions *options);
SimReport *sim_scenario_availability (const SimScenarioOptions *options);
SimReport *sim_scenario_sybil (const SimScenarioOptions *options);
SimReport *sim_scenario_poison (const SimScenarioOptions *options);
SimReport *sim_scenario_gossip (const SimScenarioOptions *options);
SimReport *sim_scenario_floods (const SimScenarioOptions *options);
SimReport *sim_scenario_partition (const SimScenarioOptions *options);
