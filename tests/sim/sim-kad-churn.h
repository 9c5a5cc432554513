/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "sim/sim-churn.h"
#include "sim/sim-kad.h"

/* Nodes of a DHT that come and go. Who leaves does so without a word: its address is in
 * other tables and times out. */
typedef struct SimKadChurn SimKadChurn;

typedef struct
{
  SimChurn law;
  /* The mean time a node stays away before it is back under its old name, exponential; 0:
   * it never is, and a newcomer with a new name joins at once instead. */
  gint64 mean_absence_us;
  guint n_stable; /* the first nodes of the network never leave */
} SimKadChurnConfig;

/* A node is up again, or new, and has begun to join. */
typedef void (*SimKadChurnBack) (gpointer data, guint node);

/**
 * sim_kad_churn_new:
 *
 * Draws for every node that is there how long it still stays: the network is in its
 * steady state. With absences, part of the nodes are away at once.
 */
SimKadChurn *
sim_kad_churn_new (SimKad *kad,
                   const SimKadChurnConfig *config) G_GNUC_WARN_UNUSED_RESULT;
void sim_kad_churn_free (SimKadChurn *churn);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimKadChurn, sim_kad_churn_free)

void sim_kad_churn_set_back (SimKadChurn *churn, SimKadChurnBack back, gpointer data);
guint sim_kad_churn_get_n_left (const SimKadChurn *churn);
guint sim_kad_churn_get_n_came (const SimKadChurn *churn);
/* Since when a node has been up. */
gint64 sim_kad_churn_get_since_us (const SimKadChurn *churn, guint node);
/* The share of the time that a node is up, in the long run. */
double sim_kad_churn_get_uptime (const SimKadChurn *churn);
