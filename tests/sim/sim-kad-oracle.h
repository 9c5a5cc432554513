/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "sim/sim-kad.h"

/* What only somebody who sees every node of a DHT knows and can do. */

/* What nodes have in each bucket after joining as sim_kad_join() does, measured: all of a
 * bucket that holds no more than k, and about so many of any other. */
#define SIM_KAD_ORACLE_FAR 12

/**
 * sim_kad_oracle_fill:
 *
 * Instead of joining: tells every node that is up of what it would have learned, some
 * servers of each bucket, spread over it. Needs no messages.
 */
void sim_kad_oracle_fill (SimKad *kad);

/**
 * sim_kad_oracle_list_closest:
 * @n: how many
 *
 * Returns: (transfer full) (element-type guint): servers that are up, nearest first
 */
GArray *
sim_kad_oracle_list_closest (SimKad *kad, GBytes *key, guint n) G_GNUC_WARN_UNUSED_RESULT;

/* A random honest node that is up; @servers_only: one that serves. */
guint sim_kad_oracle_pick (SimKad *kad, gboolean servers_only);
