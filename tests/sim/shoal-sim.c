/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include <stdio.h>
#include <sys/resource.h>
#include <time.h>

#include "sim/sim-scenario.h"

/* shoal-sim: runs scenarios and prints their reports. The time and the memory it took are
 * read here, outside of the simulation. */

static gint64 seed = 1;
static int n_nodes;
static gboolean is_quick;
static gboolean is_json;
static gboolean is_list;
static char **names; /* (owned) */

static const GOptionEntry entries[] = {
  { "seed", 0, 0, G_OPTION_ARG_INT64, &seed, "Seed of the run (1)", "N" },
  { "nodes", 0, 0, G_OPTION_ARG_INT, &n_nodes, "Nodes of the largest network", "N" },
  { "quick", 0, 0, G_OPTION_ARG_NONE, &is_quick, "Small and short, as in the tests",
    NULL },
  { "json", 0, 0, G_OPTION_ARG_NONE, &is_json, "One JSON object a scenario", NULL },
  { "list", 0, 0, G_OPTION_ARG_NONE, &is_list, "Name the scenarios", NULL },
  { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &names, NULL, "[SCENARIO…]" },
  { NULL },
};

static double
get_cpu_s (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return (double) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
         + (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / G_USEC_PER_SEC;
}

static gboolean
run (const SimScenario *scenario)
{
  guint size = is_quick ? scenario->n_quick_nodes : scenario->n_nodes;
  SimScenarioOptions options
      = { (guint64) seed, n_nodes > 0 ? (guint) n_nodes : size, is_quick };
  gint64 began_us = g_get_monotonic_time ();
  double began_cpu_s = get_cpu_s ();
  g_autoptr (SimReport) report = scenario->run (&options);
  g_autofree char *text
      = is_json ? sim_report_to_json (report) : sim_report_to_text (report);
  struct rusage usage;

  fputs (text, stdout);
  getrusage (RUSAGE_SELF, &usage);
  if (!is_json)
    printf ("  took %.1f s, %.1f s of CPU; peak memory of this process %ld MB\n\n",
            (double) (g_get_monotonic_time () - began_us) / G_USEC_PER_SEC,
            get_cpu_s () - began_cpu_s, usage.ru_maxrss / 1024);
  fflush (stdout);
  return sim_report_is_ok (report);
}

static gboolean
run_all (void)
{
  guint n;
  const SimScenario *scenarios = sim_scenario_get_all (&n);
  gboolean is_ok = TRUE;

  for (guint i = 0; i < n; i++)
    is_ok = run (&scenarios[i]) && is_ok;
  return is_ok;
}

static gboolean
run_named (void)
{
  gboolean is_ok = TRUE;

  for (guint i = 0; names[i] != NULL; i++)
    {
      const SimScenario *scenario = sim_scenario_find (names[i]);

      if (scenario == NULL)
        {
          fprintf (stderr, "shoal-sim: there is no scenario “%s”; see --list\n",
                   names[i]);
          return FALSE;
        }
      is_ok = run (scenario) && is_ok;
    }
  return is_ok;
}

static void
list (void)
{
  guint n;
  const SimScenario *scenarios = sim_scenario_get_all (&n);

  for (guint i = 0; i < n; i++)
    printf ("%-14s %5u nodes  %s\n", scenarios[i].name, scenarios[i].n_nodes,
            scenarios[i].question);
}

int
main (int argc, char *argv[])
{
  g_autoptr (GOptionContext) context
      = g_option_context_new ("- the cores of mesh/ in virtual time");
  g_autoptr (GError) error = NULL;
  gboolean is_ok = TRUE;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      fprintf (stderr, "shoal-sim: %s\n", error->message);
      return 2;
    }
  if (is_list)
    list ();
  else
    is_ok = names != NULL ? run_named () : run_all ();
  g_strfreev (names);
  return is_ok ? 0 : 1;
}
