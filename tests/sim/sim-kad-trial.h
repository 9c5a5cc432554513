/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "sim/sim-kad.h"
#include "sim/sim-samples.h"

/* Many lookups, and what they cost. */
typedef struct
{
  SimKad *kad;        /* (unowned) */
  GPtrArray *queries; /* (owned) (element-type SimKadQuery): under way */
  guint n;            /* lookups that ended, without those whose asker left */
  guint n_found;      /* that found what they were for: see sim_kad_trial_collect() */
  guint n_named;      /* providers named */
  guint n_working;    /* of those, that had what was asked for */
  SimSamples hops;
  SimSamples messages;
  SimSamples failures;
  SimSamples seconds;       /* until the lookup was over */
  SimSamples named_seconds; /* until a provider was named */
  SimSamples found_seconds; /* until one was found to work: dialled and asked */
} SimKadTrial;

void sim_kad_trial_init (SimKadTrial *trial, SimKad *kad);
void sim_kad_trial_clear (SimKadTrial *trial);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SimKadTrial, sim_kad_trial_clear)

void sim_kad_trial_add (SimKadTrial *trial, SimKadQuery *query);

/**
 * sim_kad_trial_collect:
 *
 * Runs the world until all lookups that were added are over. One for providers found
 * something when one of them works; one for the nearest peers when the nearest server
 * that is up is among them.
 */
void sim_kad_trial_collect (SimKadTrial *trial);

/* Somebody honest who is up and does not hold @key. */
guint sim_kad_trial_pick_asker (SimKad *kad, GBytes *key, gboolean servers_only);

/* Percent; 0 when nothing was tried. */
double sim_kad_trial_get_success (const SimKadTrial *trial);

/**
 * sim_kad_trial_provide:
 * @providers: (element-type guint): who announces the keys, in turn
 *
 * New keys, each held and announced by one node, @gap_us apart; runs the world until all
 * is announced.
 *
 * Returns: (transfer full) (element-type GBytes): the keys
 */
GPtrArray *sim_kad_trial_provide (SimKad *kad,
                                  const GArray *providers,
                                  guint n_keys,
                                  gint64 gap_us) G_GNUC_WARN_UNUSED_RESULT;
