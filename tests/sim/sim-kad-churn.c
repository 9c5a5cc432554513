/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "sim/sim-kad-churn.h"

#include "sim/sim-kad-oracle.h"
#include "sim/sim-random.h"

struct SimKadChurn
{
  SimKad *kad; /* (unowned) */
  SimKadChurnConfig config;
  GArray *since_us; /* (owned) (element-type gint64): of each node */
  guint n_left;
  guint n_came;
  SimKadChurnBack back;
  gpointer back_data; /* (unowned) */
};

static void leave (gpointer data, guint64 node);

static void
set_since (SimKadChurn *churn, guint node, gint64 us)
{
  if (node >= churn->since_us->len)
    g_array_set_size (churn->since_us, node + 1);
  g_array_index (churn->since_us, gint64, node) = us;
}

static void
begin_session (SimKadChurn *churn, guint node)
{
  SimLoop *loop = sim_kad_get_loop (churn->kad);

  set_since (churn, node, sim_loop_get_now_us (loop));
  sim_loop_after (loop,
                  sim_churn_draw_session_us (churn->config.law, sim_loop_get_rng (loop)),
                  leave, churn, node);
}

static void
arrive (gpointer data, guint64 name)
{
  SimKadChurn *churn = data;
  guint node = (guint) name, via = sim_kad_oracle_pick (churn->kad, TRUE);

  sim_kad_set_up (churn->kad, node, TRUE);
  begin_session (churn, node);
  churn->n_came++;
  if (via != node)
    sim_kad_join (churn->kad, node, via);
  if (churn->back != NULL)
    churn->back (churn->back_data, node);
}

static gint64
draw_absence_us (SimKadChurn *churn)
{
  return (gint64) sim_random_exponential (
      sim_loop_get_rng (sim_kad_get_loop (churn->kad)),
      (double) churn->config.mean_absence_us);
}

static void
leave (gpointer data, guint64 name)
{
  SimKadChurn *churn = data;
  SimLoop *loop = sim_kad_get_loop (churn->kad);
  guint node = (guint) name;

  sim_kad_set_up (churn->kad, node, FALSE);
  churn->n_left++;
  if (churn->config.mean_absence_us > 0)
    sim_loop_after (loop, draw_absence_us (churn), arrive, churn, node);
  else
    arrive (churn, sim_kad_add (churn->kad,
                                sim_net_is_nated (sim_kad_get_net (churn->kad), node)
                                    ? SIM_NODE_NATED
                                    : SIM_NODE_PLAIN,
                                0));
}

double
sim_kad_churn_get_uptime (const SimKadChurn *churn)
{
  double mean_us = sim_churn_get_mean_us (churn->config.law);

  return mean_us / (mean_us + (double) churn->config.mean_absence_us);
}

SimKadChurn *
sim_kad_churn_new (SimKad *kad, const SimKadChurnConfig *config)
{
  SimKadChurn *churn = g_new0 (SimKadChurn, 1);
  SimLoop *loop = sim_kad_get_loop (kad);
  MeshRng *rng = sim_loop_get_rng (loop);
  gint64 now_us = sim_loop_get_now_us (loop);

  churn->kad = kad;
  churn->config = *config;
  churn->since_us = g_array_new (FALSE, TRUE, sizeof (gint64));
  for (guint i = 0; i < sim_kad_get_n_nodes (kad); i++)
    {
      gint64 age_us = 0;

      set_since (churn, i, now_us);
      if (i < config->n_stable || !sim_kad_is_honest (kad, i))
        continue;
      if (!sim_random_chance (rng, sim_kad_churn_get_uptime (churn)))
        {
          sim_kad_set_up (kad, i, FALSE);
          sim_loop_after (loop, draw_absence_us (churn), arrive, churn, i);
          continue;
        }
      sim_loop_after (loop, sim_churn_draw_residual_us (config->law, rng, &age_us), leave,
                      churn, i);
      set_since (churn, i, now_us - age_us);
    }
  return churn;
}

void
sim_kad_churn_free (SimKadChurn *churn)
{
  g_array_unref (churn->since_us);
  g_free (churn);
}

void
sim_kad_churn_set_back (SimKadChurn *churn, SimKadChurnBack back, gpointer data)
{
  churn->back = back;
  churn->back_data = data;
}

guint
sim_kad_churn_get_n_left (const SimKadChurn *churn)
{
  return churn->n_left;
}

guint
sim_kad_churn_get_n_came (const SimKadChurn *churn)
{
  return churn->n_came;
}

gint64
sim_kad_churn_get_since_us (const SimKadChurn *churn, guint node)
{
  g_assert (node < churn->since_us->len);
  return g_array_index (churn->since_us, gint64, node);
}
