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
test_promises (gconstpointer data)
{
  const SimScenario *scenario = data;
  g_autoptr (SimReport) report = run (scenario, 1);
  g_autofree char *text = sim_report_to_text (report);

  g_test_message ("%s", text);
  g_assert_cmpuint (sim_report_get_n_checks (report), >, 0);
  if (!sim_report_is_ok (report))
    g_printerr ("%s\n", text);
  g_assert_true (sim_report_is_ok (report));
}

static void
test_replay (gconstpointer data)
{
  const SimScenario *scenario = data;
  g_autoptr (SimReport) first = run (scenario, 7);
  g_autoptr (SimReport) again = run (scenario, 7);
  g_autoptr (SimReport) other = run (scenario, 8);
  g_autofree char *first_text = sim_report_to_json (first);
  g_autofree char *again_text = sim_report_to_json (again);

  g_assert_cmpstr (first_text, ==, again_text);
  g_assert_cmpuint (sim_report_get_trace (first), !=, sim_report_get_trace (other));
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
      g_autofree char *promises = g_strdup_printf ("/sim/%s/promises", scenarios[i].name);
      g_autofree char *replay = g_strdup_printf ("/sim/%s/replay", scenarios[i].name);

      g_test_add_data_func (promises, &scenarios[i], test_promises);
      g_test_add_data_func (replay, &scenarios[i], test_replay);
    }
  return g_test_run ();
}
