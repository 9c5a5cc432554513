/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "sim/sim-scenario.h"

/* Every scenario at its quick size: its promises hold, and the same seed gives the same
 * run, event for event. */

static SimReport *
run (const SimScenario *scenario, guint64 seed)
{
  SimScenarioOptions options = { seed, scenario->n_quick_nodes, TRUE };

  return scenario->run (&options);
}

static void
test_scenario (gconstpointer data)
{
  const SimScenario *scenario = data;
  g_autoptr (SimReport) report = run (scenario, 1);
  g_autoptr (SimReport) again = run (scenario, 1);
  g_autofree char *text = sim_report_to_text (report);
  g_autofree char *again_text = sim_report_to_text (again);

  g_assert_cmpuint (sim_report_get_n_checks (report), >, 0);
  if (!sim_report_is_ok (report))
    g_printerr ("%s\n", text);
  g_assert_true (sim_report_is_ok (report));
  g_assert_cmpstr (text, ==, again_text);
  g_assert_cmpuint (sim_report_get_trace (report), ==, sim_report_get_trace (again));
}

/* The trace tells runs apart that differ. */
static void
test_other_seed (void)
{
  const SimScenario *scenario = sim_scenario_find ("gossip");
  g_autoptr (SimReport) report = run (scenario, 7);
  g_autoptr (SimReport) other = run (scenario, 8);

  g_assert_cmpuint (sim_report_get_trace (report), !=, sim_report_get_trace (other));
  g_assert_null (sim_scenario_find ("nothing"));
}

int
main (int argc, char *argv[])
{
  const SimScenario *scenarios;
  guint n;

  g_test_init (&argc, &argv, NULL);
  scenarios = sim_scenario_get_all (&n);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *path = g_strdup_printf ("/sim/%s", scenarios[i].name);

      g_test_add_data_func (path, &scenarios[i], test_scenario);
    }
  g_test_add_func ("/sim/other-seed", test_other_seed);
  return g_test_run ();
}
