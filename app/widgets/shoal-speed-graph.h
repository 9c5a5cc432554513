/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <adwaita.h>

#define SHOAL_TYPE_SPEED_GRAPH (shoal_speed_graph_get_type ())
G_DECLARE_FINAL_TYPE (ShoalSpeedGraph, shoal_speed_graph, SHOAL, SPEED_GRAPH, GtkWidget)

/* The last minute, one sample a second. */
#define SHOAL_SPEED_GRAPH_N_SAMPLES 60

/*
 * Download as a filled curve and upload as a line over the last minute, drawn in the
 * accent colour and green. Properties: download-bps, upload-bps (uint64). While it is
 * shown it takes a sample of both each second. The scale fits the highest sample and is
 * written into the corner.
 */

/**
 * shoal_speed_graph_new:
 *
 * Returns: (transfer floating): an empty graph
 */
GtkWidget *shoal_speed_graph_new (void);

/**
 * shoal_speed_graph_sample:
 * @self: a graph
 *
 * Takes a sample now, in addition to those of the clock.
 */
void shoal_speed_graph_sample (ShoalSpeedGraph *self);

/**
 * shoal_speed_graph_scale_bps:
 * @peak_bps: the highest rate to show
 *
 * Returns: the upper end of a scale that reads well: 1, 2 or 5 times a power of ten, at
 *   least 10 kB/s, and not below @peak_bps unless that is beyond all reason
 */
guint64 shoal_speed_graph_scale_bps (guint64 peak_bps);
