/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "master/shoald-master-metrics.h"

#include <math.h>

#include "prometheus.h"

static void
test_page (void)
{
  g_autoptr (ShoaldMasterMetrics) metrics = shoald_master_metrics_new ();
  g_autofree char *page = NULL;

  shoald_master_metrics_declare (metrics, "a_total", SHOALD_MASTER_METRIC_COUNTER,
                                 "What\nis \\ it");
  shoald_master_metrics_add (metrics, 1, "x", "say \"hi\"\n\\", "y", "", NULL);
  shoald_master_metrics_add (metrics, 12345678901.0, NULL);
  shoald_master_metrics_declare (metrics, "b", SHOALD_MASTER_METRIC_GAUGE, "B");
  shoald_master_metrics_add (metrics, 0.1, NULL);
  page = shoald_master_metrics_finish (metrics);
  g_assert_cmpstr (page, ==,
                   "# HELP a_total What\\nis \\\\ it\n"
                   "# TYPE a_total counter\n"
                   "a_total{x=\"say \\\"hi\\\"\\n\\\\\",y=\"\"} 1\n"
                   "a_total 12345678901\n"
                   "# HELP b B\n"
                   "# TYPE b gauge\n"
                   "b 0.10000000000000001\n");
}

static void
test_parsed_back (void)
{
  g_autoptr (ShoaldMasterMetrics) metrics = shoald_master_metrics_new ();
  g_autoptr (GHashTable) samples = NULL;
  g_autofree char *page = NULL;

  shoald_master_metrics_declare (metrics, "g", SHOALD_MASTER_METRIC_GAUGE, "G");
  shoald_master_metrics_add (metrics, NAN, "kind", "nan", NULL);
  shoald_master_metrics_add (metrics, INFINITY, "kind", "inf", NULL);
  shoald_master_metrics_add (metrics, -INFINITY, "kind", "minus", NULL);
  shoald_master_metrics_add (metrics, -1e-300, "kind", "tiny", NULL);
  page = shoald_master_metrics_finish (metrics);
  samples = prometheus_parse (page);
  g_assert_true (isnan (prometheus_get (samples, "g{kind=\"nan\"}")));
  g_assert_true (prometheus_get (samples, "g{kind=\"inf\"}") > 0);
  g_assert_true (isinf (prometheus_get (samples, "g{kind=\"minus\"}")));
  g_assert_cmpfloat (prometheus_get (samples, "g{kind=\"tiny\"}"), ==, -1e-300);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/master/metrics/page", test_page);
  g_test_add_func ("/master/metrics/parsed-back", test_parsed_back);
  return g_test_run ();
}
