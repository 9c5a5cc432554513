/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "sim/sim-gossip.h"

/* Those who want the gossip to fail. They subscribe like everybody, write their RPCs by
 * hand and never keep to a limit. */
typedef enum
{
  SIM_HOSTILE_IHAVE,     /* announces thousands of messages that there are not */
  SIM_HOSTILE_GRAFT,     /* grafts itself over and over, whatever backoff it was told */
  SIM_HOSTILE_INVALID,   /* signs messages that every validator rejects */
  SIM_HOSTILE_FORGED,    /* messages with the name of another and no signature of his */
  SIM_HOSTILE_IWANT,     /* asks for everything it hears of, again and again */
  SIM_HOSTILE_SUBSCRIBE, /* subscribes to ever new topics */
  SIM_HOSTILE_GARBAGE,   /* bytes that are no RPC */
  SIM_HOSTILE_N_KINDS,
} SimHostileKind;

typedef struct SimHostileGossip SimHostileGossip;

const char *sim_hostile_gossip_get_name (SimHostileKind kind);

/**
 * sim_hostile_gossip_new:
 * @gossip: (unowned): not started yet
 * @period_us: between two attacks of one node on all its neighbours
 *
 * Adds @n nodes of @kind. They behave until sim_hostile_gossip_attack().
 */
SimHostileGossip *sim_hostile_gossip_new (SimGossip *gossip,
                                          SimHostileKind kind,
                                          guint n,
                                          gint64 period_us) G_GNUC_WARN_UNUSED_RESULT;
void sim_hostile_gossip_free (SimHostileGossip *hostile);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimHostileGossip, sim_hostile_gossip_free)

void sim_hostile_gossip_attack (SimHostileGossip *hostile);

/* (element-type guint) (transfer none) */
const GArray *sim_hostile_gossip_get_nodes (const SimHostileGossip *hostile);
guint64 sim_hostile_gossip_get_n_sent (const SimHostileGossip *hostile);
