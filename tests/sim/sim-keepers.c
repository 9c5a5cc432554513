/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "sim/sim-keepers.h"

#include "sim/sim-kad-oracle.h"
#include "sim/sim-random.h"

#define POLL_US (5 * G_USEC_PER_SEC)

/* One node that keeps one key. */
typedef struct
{
  SimKeepers *all; /* (unowned) */
  GBytes *key;     /* (unowned) */
  guint node;
  gboolean is_keeper;   /* FALSE once it has stepped back */
  SimKadQuery *query;   /* (unowned) (nullable): under way */
  gboolean is_fetching; /* not a keeper yet */
} Keeper;

struct SimKeepers
{
  SimKad *kad;        /* (unowned) */
  SimKadChurn *churn; /* (unowned) */
  SimKeepersConfig config;
  GPtrArray *keys;    /* (owned) (element-type GBytes) */
  GPtrArray *keepers; /* (owned) (element-type Keeper): all there ever were */
  guint n_repairs;
};

static void check (gpointer data, guint64 arg);

SimKeepers *
sim_keepers_new (SimKad *kad, SimKadChurn *churn, const SimKeepersConfig *config)
{
  SimKeepers *keepers = g_new0 (SimKeepers, 1);

  keepers->kad = kad;
  keepers->churn = churn;
  keepers->config = *config;
  keepers->keys = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  keepers->keepers = g_ptr_array_new_with_free_func (g_free);
  return keepers;
}

void
sim_keepers_free (SimKeepers *keepers)
{
  g_ptr_array_unref (keepers->keepers);
  g_ptr_array_unref (keepers->keys);
  g_free (keepers);
}

static SimLoop *
loop_of (SimKeepers *keepers)
{
  return sim_kad_get_loop (keepers->kad);
}

static gboolean
is_up (const SimKeepers *keepers, guint node)
{
  return sim_kad_get_core (keepers->kad, node) != NULL;
}

static void
plan_check (Keeper *keeper)
{
  gint64 us = keeper->all->config.check_interval_us;

  sim_loop_after (loop_of (keeper->all),
                  sim_random_between (sim_loop_get_rng (loop_of (keeper->all)),
                                      us * 3 / 4, us * 5 / 4),
                  check, keeper, 0);
}

static void
begin_keeping (Keeper *keeper)
{
  SimKeepers *keepers = keeper->all;

  keeper->is_fetching = FALSE;
  keeper->is_keeper = TRUE;
  sim_kad_set_holds (keepers->kad, keeper->node, keeper->key, TRUE);
  /* Its end is of no interest: the core tries again by itself. */
  sim_kad_provide (keepers->kad, keeper->node, keeper->key);
  if (keepers->config.repairs)
    plan_check (keeper);
}

static Keeper *
add_keeper (SimKeepers *keepers, GBytes *key, guint node)
{
  Keeper *keeper = g_new0 (Keeper, 1);

  keeper->all = keepers;
  keeper->key = key;
  keeper->node = node;
  g_ptr_array_add (keepers->keepers, keeper);
  return keeper;
}

GBytes *
sim_keepers_add_key (SimKeepers *keepers)
{
  GBytes *key = sim_kad_new_key (keepers->kad);

  g_ptr_array_add (keepers->keys, key);
  while (sim_keepers_count (keepers, key, FALSE) < keepers->config.n_wanted)
    {
      guint node = sim_kad_oracle_pick (keepers->kad, TRUE);

      if (!sim_kad_get_holds (keepers->kad, node, key))
        begin_keeping (add_keeper (keepers, key, node));
    }
  return key;
}

guint
sim_keepers_count (const SimKeepers *keepers, GBytes *key, gboolean only_up)
{
  guint n = 0;

  for (guint i = 0; i < keepers->keepers->len; i++)
    {
      const Keeper *keeper = g_ptr_array_index (keepers->keepers, i);

      n += keeper->is_keeper && g_bytes_equal (keeper->key, key)
           && (!only_up || is_up (keepers, keeper->node));
    }
  return n;
}

guint
sim_keepers_get_n_repairs (const SimKeepers *keepers)
{
  return keepers->n_repairs;
}

/* The one asked to keep has fetched it, if it and somebody who has it are still there. */
static void
fetched (gpointer data, guint64 arg)
{
  Keeper *keeper = data;

  if (is_up (keeper->all, keeper->node)
      && sim_keepers_count (keeper->all, keeper->key, TRUE) > 0)
    begin_keeping (keeper);
  else
    keeper->is_fetching = FALSE;
}

/* Of some nodes that @keeper knows, the one that has been up longest: peers tell each
 * other, and the peer book scores it. */
static guint
choose (Keeper *keeper)
{
  SimKeepers *keepers = keeper->all;
  g_autoptr (GPtrArray) peers
      = mesh_kad_dup_peers (sim_kad_get_core (keepers->kad, keeper->node));
  MeshRng *rng = sim_loop_get_rng (loop_of (keepers));
  guint best = G_MAXUINT;

  for (guint i = 0; i < keepers->config.n_candidates && peers->len > 0; i++)
    {
      const MeshKadContact *contact
          = g_ptr_array_index (peers, mesh_rng_below (rng, peers->len));
      guint node = sim_kad_find_node (keepers->kad, contact->peer);

      if (node == G_MAXUINT || !is_up (keepers, node)
          || sim_kad_get_holds (keepers->kad, node, keeper->key))
        continue;
      if (best == G_MAXUINT
          || sim_kad_churn_get_since_us (keepers->churn, node)
                 < sim_kad_churn_get_since_us (keepers->churn, best))
        best = node;
    }
  return best;
}

/* @n_others: keepers that were found to work. */
static void
decide (Keeper *keeper, guint n_others)
{
  SimKeepers *keepers = keeper->all;
  guint node;

  if (n_others >= 2 * keepers->config.n_wanted)
    {
      keeper->is_keeper = FALSE;
      sim_kad_set_holds (keepers->kad, keeper->node, keeper->key, FALSE);
      sim_kad_unprovide (keepers->kad, keeper->node, keeper->key);
      return;
    }
  if (n_others + 1 >= keepers->config.n_wanted)
    return;
  node = choose (keeper);
  if (node == G_MAXUINT)
    return;
  keepers->n_repairs++;
  keeper = add_keeper (keepers, keeper->key, node);
  keeper->is_fetching = TRUE;
  sim_loop_after (loop_of (keepers), keepers->config.fetch_us, fetched, keeper, 0);
}

/* Looks for the others, or sees what came of that. */
static void
check (gpointer data, guint64 arg)
{
  Keeper *keeper = data;
  SimKeepers *keepers = keeper->all;
  SimKadQuery *query = keeper->query;

  if (query != NULL && !sim_kad_is_over (keepers->kad, query))
    {
      sim_loop_after (loop_of (keepers), POLL_US, check, keeper, 0);
      return;
    }
  if (query == NULL && is_up (keepers, keeper->node))
    {
      keeper->query = sim_kad_find_providers (keepers->kad, keeper->node, keeper->key,
                                              2 * keepers->config.n_wanted);
      sim_loop_after (loop_of (keepers), POLL_US, check, keeper, 0);
      return;
    }
  if (query != NULL && !query->is_void && is_up (keepers, keeper->node))
    decide (keeper, query->n_working);
  if (query != NULL)
    sim_kad_forget (keepers->kad, g_steal_pointer (&keeper->query));
  if (keeper->is_keeper)
    plan_check (keeper);
}
