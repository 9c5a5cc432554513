/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "master/shoald-master-metrics.h"

#include <math.h>

struct ShoaldMasterMetrics
{
  GString *page; /* (owned) */
  char *family;  /* (owned) (nullable): declared last */
};

ShoaldMasterMetrics *
shoald_master_metrics_new (void)
{
  ShoaldMasterMetrics *metrics = g_new0 (ShoaldMasterMetrics, 1);

  metrics->page = g_string_new (NULL);
  return metrics;
}

void
shoald_master_metrics_free (ShoaldMasterMetrics *metrics)
{
  if (metrics->page != NULL)
    g_string_free (metrics->page, TRUE);
  g_free (metrics->family);
  g_free (metrics);
}

/* In HELP lines a backslash and a line feed are escaped, in label values a quote too. */
static void
append_escaped (GString *page, const char *text, gboolean is_label)
{
  for (; *text != '\0'; text++)
    if (*text == '\\')
      g_string_append (page, "\\\\");
    else if (*text == '\n')
      g_string_append (page, "\\n");
    else if (*text == '"' && is_label)
      g_string_append (page, "\\\"");
    else
      g_string_append_c (page, *text);
}

void
shoald_master_metrics_declare (ShoaldMasterMetrics *metrics,
                               const char *name,
                               ShoaldMasterMetricKind kind,
                               const char *help)
{
  g_return_if_fail (kind != SHOALD_MASTER_METRIC_COUNTER
                    || g_str_has_suffix (name, "_total"));

  g_free (metrics->family);
  metrics->family = g_strdup (name);
  g_string_append_printf (metrics->page, "# HELP %s ", name);
  append_escaped (metrics->page, help, FALSE);
  g_string_append_printf (metrics->page, "\n# TYPE %s %s\n", name,
                          kind == SHOALD_MASTER_METRIC_COUNTER ? "counter" : "gauge");
}

void
shoald_master_metrics_add (ShoaldMasterMetrics *metrics, double value, ...)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];
  const char *separator = "{";
  const char *label;
  va_list list;

  g_return_if_fail (metrics->family != NULL);

  g_string_append (metrics->page, metrics->family);
  va_start (list, value);
  while ((label = va_arg (list, const char *)) != NULL)
    {
      g_string_append_printf (metrics->page, "%s%s=\"", separator, label);
      append_escaped (metrics->page, va_arg (list, const char *), TRUE);
      g_string_append_c (metrics->page, '"');
      separator = ",";
    }
  va_end (list);
  if (*separator == ',')
    g_string_append_c (metrics->page, '}');
  if (isnan (value))
    g_strlcpy (number, "NaN", sizeof number);
  else if (isinf (value))
    g_strlcpy (number, value > 0 ? "+Inf" : "-Inf", sizeof number);
  else
    g_ascii_formatd (number, sizeof number, "%.17g", value);
  g_string_append_printf (metrics->page, " %s\n", number);
}

char *
shoald_master_metrics_finish (ShoaldMasterMetrics *metrics)
{
  return g_string_free (g_steal_pointer (&metrics->page), FALSE);
}
