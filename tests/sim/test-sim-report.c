/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "sim/sim-report.h"

static SimReport *
sample_report (double value)
{
  SimReport *report = sim_report_new ("sample", 9);

  sim_report_table (report, "nodes", "kind", NULL);
  sim_report_number (report, 100, 0);
  sim_report_text (report, "a \"b\"");
  sim_report_number (report, 2.5, 1);
  sim_report_text (report, "c");
  sim_report_check (report, "enough", value, SIM_AT_LEAST, 99, "%");
  sim_report_check (report, "not too much", 1, SIM_AT_MOST, 1, "s");
  sim_report_note (report, "%s", "words");
  sim_report_add_trace (report, 0xabc);
  return report;
}

static void
test_verdict (void)
{
  g_autoptr (SimReport) good = sample_report (99);
  g_autoptr (SimReport) bad = sample_report (98.9);
  g_autoptr (SimReport) absent = sample_report (0.0 / 0.0);

  g_assert_true (sim_report_is_ok (good));
  g_assert_false (sim_report_is_ok (bad));
  g_assert_false (sim_report_is_ok (absent));
  g_assert_cmpuint (sim_report_get_n_checks (good), ==, 2);
  g_assert_cmpuint (sim_report_get_trace (good), ==, 0xabc);
  sim_report_add_trace (good, 1);
  g_assert_cmpuint (sim_report_get_trace (good), !=, 0xabc);
}

static void
test_text (void)
{
  g_autoptr (SimReport) report = sample_report (98.9);
  g_autofree char *text = sim_report_to_text (report);

  g_assert_cmpstr (text, ==,
                   "sample, seed 9\n\n"
                   "  nodes  kind\n"
                   "    100  a \"b\"\n"
                   "    2.5  c\n\n"
                   "  NOT OK  enough                                               "
                   "            98.9 >= 99 %\n"
                   "  ok      not too much                                         "
                   "               1 <= 1 s\n\n"
                   "  words\n\n"
                   "  trace 0000000000000abc\n");
}

static void
test_json (void)
{
  g_autoptr (SimReport) report = sample_report (99.5);
  g_autofree char *text = sim_report_to_json (report);

  g_assert_cmpstr (
      text, ==,
      "{\"scenario\":\"sample\",\"seed\":9,\"tables\":[{\"columns\":[\"nodes\","
      "\"kind\"],\"rows\":[[100,\"a \\\"b\\\"\"],[2.5,\"c\"]]}],\"checks\":["
      "{\"what\":\"enough\",\"value\":99.5,\"relation\":\">=\",\"limit\":99,"
      "\"unit\":\"%\",\"ok\":true},{\"what\":\"not too much\",\"value\":1,"
      "\"relation\":\"<=\",\"limit\":1,\"unit\":\"s\",\"ok\":true}],"
      "\"notes\":[\"words\"],\"trace\":\"0000000000000abc\",\"ok\":true}\n");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sim/report/verdict", test_verdict);
  g_test_add_func ("/sim/report/text", test_text);
  g_test_add_func ("/sim/report/json", test_json);
  return g_test_run ();
}
