/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "sim/sim-kad-trial.h"

#include "sim/sim-kad-oracle.h"

/* A lookup ends by itself; this is for a core that forgets to. */
#define PATIENCE_US (300 * G_USEC_PER_SEC)

void
sim_kad_trial_init (SimKadTrial *trial, SimKad *kad)
{
  *trial = (SimKadTrial){ .kad = kad, .queries = g_ptr_array_new () };
  sim_samples_init (&trial->hops);
  sim_samples_init (&trial->messages);
  sim_samples_init (&trial->failures);
  sim_samples_init (&trial->seconds);
  sim_samples_init (&trial->named_seconds);
  sim_samples_init (&trial->found_seconds);
}

void
sim_kad_trial_clear (SimKadTrial *trial)
{
  g_clear_pointer (&trial->queries, g_ptr_array_unref);
  sim_samples_clear (&trial->hops);
  sim_samples_clear (&trial->messages);
  sim_samples_clear (&trial->failures);
  sim_samples_clear (&trial->seconds);
  sim_samples_clear (&trial->named_seconds);
  sim_samples_clear (&trial->found_seconds);
}

void
sim_kad_trial_add (SimKadTrial *trial, SimKadQuery *query)
{
  g_ptr_array_add (trial->queries, query);
}

static gboolean
found (SimKadTrial *trial, const SimKadQuery *query)
{
  g_autoptr (GArray) nearest = NULL;

  if (!query->is_closest)
    return query->n_working > 0;
  nearest = sim_kad_oracle_list_closest (trial->kad, query->key, 2);
  /* A node does not ask itself. */
  if (g_array_index (nearest, guint, 0) == query->node)
    g_array_remove_index (nearest, 0);
  for (guint i = 0; i < query->closest->len; i++)
    if (g_array_index (query->closest, guint, i) == g_array_index (nearest, guint, 0))
      return TRUE;
  return FALSE;
}

static void
count (SimKadTrial *trial, const SimKadQuery *query)
{
  trial->n++;
  trial->n_found += found (trial, query);
  trial->n_named += query->n_named;
  trial->n_working += query->n_working;
  sim_samples_add (&trial->hops, query->n_hops);
  sim_samples_add (&trial->messages, query->n_messages);
  sim_samples_add (&trial->failures, query->n_failures);
  sim_samples_add (&trial->seconds, (double) query->duration_us / G_USEC_PER_SEC);
  if (query->first_named_us >= 0)
    sim_samples_add (&trial->named_seconds,
                     (double) query->first_named_us / G_USEC_PER_SEC);
  if (query->first_working_us >= 0)
    sim_samples_add (&trial->found_seconds,
                     (double) query->first_working_us / G_USEC_PER_SEC);
}

static gboolean
all_are_done (const SimKadTrial *trial)
{
  for (guint i = 0; i < trial->queries->len; i++)
    if (!sim_kad_is_over (trial->kad, g_ptr_array_index (trial->queries, i)))
      return FALSE;
  return TRUE;
}

void
sim_kad_trial_collect (SimKadTrial *trial)
{
  SimLoop *loop = sim_kad_get_loop (trial->kad);
  gint64 until_us = sim_loop_get_now_us (loop) + PATIENCE_US;

  while (!all_are_done (trial) && sim_loop_get_now_us (loop) < until_us)
    sim_loop_run_for (loop, 100 * 1000);
  g_assert_true (all_are_done (trial));
  for (guint i = 0; i < trial->queries->len; i++)
    {
      SimKadQuery *query = g_ptr_array_index (trial->queries, i);

      if (!query->is_void)
        count (trial, query);
      sim_kad_forget (trial->kad, query);
    }
  g_ptr_array_set_size (trial->queries, 0);
}

guint
sim_kad_trial_pick_asker (SimKad *kad, GBytes *key, gboolean servers_only)
{
  guint node;

  do
    node = sim_kad_oracle_pick (kad, servers_only);
  while (sim_kad_get_holds (kad, node, key));
  return node;
}

double
sim_kad_trial_get_success (const SimKadTrial *trial)
{
  return trial->n == 0 ? 0 : 100.0 * trial->n_found / trial->n;
}

GPtrArray *
sim_kad_trial_provide (SimKad *kad, const GArray *providers, guint n_keys, gint64 gap_us)
{
  GPtrArray *keys = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_auto (SimKadTrial) trial;

  sim_kad_trial_init (&trial, kad);
  for (guint i = 0; i < n_keys; i++)
    {
      GBytes *key = sim_kad_new_key (kad);
      guint node = g_array_index (providers, guint, i % providers->len);

      g_ptr_array_add (keys, key);
      sim_kad_set_holds (kad, node, key, TRUE);
      sim_kad_trial_add (&trial, sim_kad_provide (kad, node, key));
      sim_loop_run_for (sim_kad_get_loop (kad), gap_us);
    }
  sim_kad_trial_collect (&trial);
  return keys;
}
