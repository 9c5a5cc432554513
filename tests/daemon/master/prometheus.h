/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

/* A strict reader of Prometheus' text format 0.0.4: every sample belongs to the family
 * declared just before it, names and labels are well-formed, no sample comes twice. */

/**
 * prometheus_parse:
 *
 * Returns: (transfer full) (element-type utf8 double*): samples by "name{labels}"; fails
 *   the test when @page is not well-formed
 */
GHashTable *prometheus_parse (const char *page) G_GNUC_WARN_UNUSED_RESULT;

/* The value of a sample that must be there. */
double prometheus_get (GHashTable *samples, const char *key);
