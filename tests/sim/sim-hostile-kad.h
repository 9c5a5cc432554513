/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "sim/sim-kad.h"

/* Those who want a DHT to fail. They answer every request, at once and well formed. */
typedef enum
{
  SIM_HOSTILE_KAD_SWALLOW, /* takes records and forgets them; knows only its own kind */
  SIM_HOSTILE_KAD_LIAR,    /* and names providers that do not have it or are not there */
  SIM_HOSTILE_KAD_POISON,  /* names peers that are not there, ever new ones, near the key
                            */
  SIM_HOSTILE_KAD_N_KINDS,
} SimHostileKadKind;

typedef struct SimHostileKad SimHostileKad;

const char *sim_hostile_kad_get_name (SimHostileKadKind kind);

/**
 * sim_hostile_kad_new:
 * @kad: (unowned)
 * @target: (nullable): names are chosen to be near this key; %NULL: anywhere
 * @n_groups: networks (/16) that their addresses are in; 0: each in one of its own
 *
 * Adds @n nodes.
 */
SimHostileKad *sim_hostile_kad_new (SimKad *kad,
                                    SimHostileKadKind kind,
                                    GBytes *target,
                                    guint n,
                                    guint n_groups) G_GNUC_WARN_UNUSED_RESULT;
void sim_hostile_kad_free (SimHostileKad *hostile);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimHostileKad, sim_hostile_kad_free)

/* (element-type guint) (transfer none) */
const GArray *sim_hostile_kad_get_nodes (const SimHostileKad *hostile);
guint64 sim_hostile_kad_get_n_asked (const SimHostileKad *hostile);
/* Records that it took and forgot. */
guint64 sim_hostile_kad_get_n_swallowed (const SimHostileKad *hostile);

/**
 * sim_hostile_kad_announce:
 * @victim: whose name is put into the record; G_MAXUINT: the sender's own
 *
 * Each hostile node announces @key to @to, on behalf of @victim: what must not be kept.
 */
void
sim_hostile_kad_announce (SimHostileKad *hostile, guint to, GBytes *key, guint victim);
