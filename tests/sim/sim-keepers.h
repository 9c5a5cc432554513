/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "sim/sim-kad-churn.h"

/* Keeping things alive: each key has keepers, nodes that hold what it names and announce
 * it. A keeper that is up looks from time to time for the others by a lookup, tries them,
 * and when too few work it asks one more node to become a keeper, which fetches the thing
 * and announces it. A keeper that comes back has what it had. When there are more than
 * twice as many as wanted, one steps back. */
typedef struct SimKeepers SimKeepers;

typedef struct
{
  guint n_wanted;           /* keepers of each key that are up */
  gboolean repairs;         /* whether keepers are replaced at all */
  gint64 check_interval_us; /* of each keeper */
  gint64 fetch_us;          /* until a new keeper has what it keeps */
  guint n_candidates;       /* of so many the one that has been up longest is asked */
} SimKeepersConfig;

/* @churn is (unowned). */
SimKeepers *sim_keepers_new (SimKad *kad,
                             SimKadChurn *churn,
                             const SimKeepersConfig *config) G_GNUC_WARN_UNUSED_RESULT;
void sim_keepers_free (SimKeepers *keepers);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimKeepers, sim_keepers_free)

/* A new key with its first keepers, random nodes that are up. Returns: (transfer none) */
GBytes *sim_keepers_add_key (SimKeepers *keepers);

/* Keepers of a key: all there are, and those that are up. */
guint sim_keepers_count (const SimKeepers *keepers, GBytes *key, gboolean only_up);
guint sim_keepers_get_n_repairs (const SimKeepers *keepers);
