/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

/* A page in Prometheus' text format 0.0.4. Families are written one after the other:
 * declare one, add its samples, declare the next. Pure. */

typedef struct ShoaldMasterMetrics ShoaldMasterMetrics;

typedef enum
{
  SHOALD_MASTER_METRIC_COUNTER,
  SHOALD_MASTER_METRIC_GAUGE,
} ShoaldMasterMetricKind;

ShoaldMasterMetrics *shoald_master_metrics_new (void) G_GNUC_WARN_UNUSED_RESULT;
void shoald_master_metrics_free (ShoaldMasterMetrics *metrics);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShoaldMasterMetrics, shoald_master_metrics_free)

/**
 * shoald_master_metrics_declare:
 * @name: [a-zA-Z_:][a-zA-Z0-9_:]*, not declared before; counters end in "_total"
 * @help: what it counts, with the unit
 */
void shoald_master_metrics_declare (ShoaldMasterMetrics *metrics,
                                    const char *name,
                                    ShoaldMasterMetricKind kind,
                                    const char *help);

/**
 * shoald_master_metrics_add:
 * @value: of the family declared last
 * @...: pairs of label name and label value, ended by %NULL
 */
void shoald_master_metrics_add (ShoaldMasterMetrics *metrics,
                                double value,
                                ...) G_GNUC_NULL_TERMINATED;

/**
 * shoald_master_metrics_finish:
 *
 * Returns: (transfer full): the page
 */
char *
shoald_master_metrics_finish (ShoaldMasterMetrics *metrics) G_GNUC_WARN_UNUSED_RESULT;
