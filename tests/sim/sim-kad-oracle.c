/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "sim/sim-kad-oracle.h"

static const MeshKadKey *
key_of (const SimKad *kad, guint node)
{
  return &sim_kad_get_peer (kad, node)->key;
}

static int
compare_by_key (gconstpointer a, gconstpointer b, gpointer user_data)
{
  return mesh_kad_key_compare (key_of (user_data, *(const guint *) a),
                               key_of (user_data, *(const guint *) b));
}

static GArray *
list_servers (const SimKad *kad)
{
  GArray *servers = g_array_new (FALSE, FALSE, sizeof (guint));

  for (guint i = 0; i < sim_kad_get_n_nodes (kad); i++)
    if (sim_kad_is_server (kad, i))
      g_array_append_val (servers, i);
  return servers;
}

/* The first of @servers[@from, @to) whose bit @bit is set: all share the bits before. */
static guint
split (const SimKad *kad, const GArray *servers, guint from, guint to, guint bit)
{
  while (from < to)
    {
      guint middle = (from + to) / 2;
      const MeshKadKey *key = key_of (kad, g_array_index (servers, guint, middle));

      if ((key->words[bit / 64] >> (63 - bit % 64) & 1) != 0)
        to = middle;
      else
        from = middle + 1;
    }
  return from;
}

/* Tells @node of @servers[@from, @to): of all, or of one of each part. */
static void
fill_bucket (SimKad *kad, guint node, const GArray *servers, guint from, guint to)
{
  MeshRng *rng = sim_loop_get_rng (sim_kad_get_loop (kad));
  guint n = to - from, n_told = n <= MESH_KAD_K ? n : SIM_KAD_ORACLE_FAR;

  for (guint i = 0; i < n_told; i++)
    {
      guint at
          = n == n_told ? i : i * n / n_told + (guint) mesh_rng_below (rng, n / n_told);
      guint other = g_array_index (servers, guint, from + at);

      if (other != node)
        sim_kad_introduce (kad, node, other);
    }
}

static void
fill_node (SimKad *kad, guint node, const GArray *servers)
{
  const MeshKadKey *self = key_of (kad, node);
  guint from = 0, to = servers->len;

  for (guint bit = 0; bit < MESH_KAD_KEY_BITS && to - from > 1; bit++)
    {
      guint middle = split (kad, servers, from, to, bit);
      gboolean is_set = (self->words[bit / 64] >> (63 - bit % 64) & 1) != 0;

      fill_bucket (kad, node, servers, is_set ? from : middle, is_set ? middle : to);
      from = is_set ? middle : from;
      to = is_set ? to : middle;
    }
}

void
sim_kad_oracle_fill (SimKad *kad)
{
  g_autoptr (GArray) servers = list_servers (kad);

  g_array_sort_with_data (servers, compare_by_key, kad);
  for (guint i = 0; i < sim_kad_get_n_nodes (kad); i++)
    if (sim_kad_get_core (kad, i) != NULL)
      fill_node (kad, i, servers);
}

typedef struct
{
  const SimKad *kad; /* (unowned) */
  MeshKadKey key;
} Nearness;

static int
compare_by_distance (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const Nearness *nearness = user_data;
  MeshKadKey x, y;

  mesh_kad_key_distance (&nearness->key, key_of (nearness->kad, *(const guint *) a), &x);
  mesh_kad_key_distance (&nearness->key, key_of (nearness->kad, *(const guint *) b), &y);
  return mesh_kad_key_compare (&x, &y);
}

GArray *
sim_kad_oracle_list_closest (SimKad *kad, GBytes *key, guint n)
{
  GArray *servers = list_servers (kad);
  Nearness nearness = { .kad = kad };

  mesh_kad_key_init (&nearness.key, g_bytes_get_data (key, NULL), g_bytes_get_size (key));
  g_array_sort_with_data (servers, compare_by_distance, &nearness);
  g_array_set_size (servers, MIN (n, servers->len));
  return servers;
}

guint
sim_kad_oracle_pick (SimKad *kad, gboolean servers_only)
{
  MeshRng *rng = sim_loop_get_rng (sim_kad_get_loop (kad));

  for (;;)
    {
      guint node = (guint) mesh_rng_below (rng, sim_kad_get_n_nodes (kad));

      if (sim_kad_get_core (kad, node) != NULL
          && (!servers_only || sim_kad_is_server (kad, node)))
        return node;
    }
}
