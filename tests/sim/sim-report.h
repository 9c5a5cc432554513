/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

/* What a scenario found: tables of figures, and the promises they keep or break. */
typedef struct SimReport SimReport;

typedef enum
{
  SIM_AT_LEAST,
  SIM_AT_MOST,
} SimRelation;

SimReport *sim_report_new (const char *scenario, guint64 seed) G_GNUC_WARN_UNUSED_RESULT;
void sim_report_free (SimReport *report);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimReport, sim_report_free)

/* Begins a table; its columns follow, up to NULL. */
void sim_report_table (SimReport *report, ...) G_GNUC_NULL_TERMINATED;
/* The next cell of the table, from left to right, row after row. */
void sim_report_number (SimReport *report, double value, guint decimals);
void sim_report_text (SimReport *report, const char *text);

/* A threshold: @value has to be @relation @limit. */
void sim_report_check (SimReport *report,
                       const char *what,
                       double value,
                       SimRelation relation,
                       double limit,
                       const char *unit);
/* A line of prose under the tables. */
void sim_report_note (SimReport *report, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* Of everything that happened: the same seed gives the same one. Mixed when given more
 * than once. */
void sim_report_add_trace (SimReport *report, guint64 trace);
guint64 sim_report_get_trace (const SimReport *report);

gboolean sim_report_is_ok (const SimReport *report);
guint sim_report_get_n_checks (const SimReport *report);

char *sim_report_to_text (const SimReport *report) G_GNUC_WARN_UNUSED_RESULT;
char *sim_report_to_json (const SimReport *report) G_GNUC_WARN_UNUSED_RESULT;
