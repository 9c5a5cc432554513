/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "dht/mesh-kad-upkeep-private.h"

#include "dht/mesh-kad-query-private.h"

/* A random place is looked for under a name that hashes to it: the multihash of nobody's
 * key. */
#define NAME_BYTES 34

/* One key we announce. */
typedef struct
{
  GBytes *key; /* (owned) */
  gint64 due_us;
  guint n_failures; /* in a row */
  gboolean is_running;
} Provided;

struct MeshKadUpkeep
{
  GPtrArray *provided;     /* (owned) (element-type Provided): in order of adding */
  GHashTable *by_key;      /* (owned) (element-type GBytes Provided): borrowed */
  gint64 next_provide_us;  /* of those that do not run */
  GQueue targets;          /* (element-type GBytes) (owned): still to be looked for */
  GArray *commands;        /* (owned) (element-type guint64): end with the refresh */
  guint n_running;         /* lookups begun here, both kinds */
  guint n_refreshing;      /* of those, for the refresh */
  gint64 refresh_began_us; /* -1: none is under way */
  gint64 next_refresh_us;
  gboolean is_off;
  gboolean has_refreshed;
  gboolean is_advancing; /* a lookup that ends at once must not start the next in it */
};

static void
provided_free (gpointer data)
{
  Provided *provided = data;

  g_bytes_unref (provided->key);
  g_free (provided);
}

MeshKadUpkeep *
mesh_kad_upkeep_new (MeshKad *kad)
{
  MeshKadUpkeep *upkeep = g_new0 (MeshKadUpkeep, 1);

  upkeep->provided = g_ptr_array_new_with_free_func (provided_free);
  upkeep->by_key = g_hash_table_new (g_bytes_hash, g_bytes_equal);
  upkeep->commands = g_array_new (FALSE, FALSE, sizeof (guint64));
  upkeep->next_provide_us = G_MAXINT64;
  upkeep->next_refresh_us = G_MAXINT64;
  upkeep->refresh_began_us = -1;
  return upkeep;
}

void
mesh_kad_upkeep_free (MeshKadUpkeep *upkeep)
{
  g_hash_table_unref (upkeep->by_key);
  g_ptr_array_unref (upkeep->provided);
  g_queue_clear_full (&upkeep->targets, (GDestroyNotify) g_bytes_unref);
  g_array_unref (upkeep->commands);
  g_free (upkeep);
}

/* Announcing. */

static void
find_next_provide (MeshKad *kad)
{
  MeshKadUpkeep *upkeep = kad->upkeep;

  upkeep->next_provide_us = G_MAXINT64;
  for (guint i = 0; i < upkeep->provided->len; i++)
    {
      const Provided *provided = upkeep->provided->pdata[i];

      if (!provided->is_running)
        upkeep->next_provide_us = MIN (upkeep->next_provide_us, provided->due_us);
    }
}

gboolean
mesh_kad_upkeep_add_provided (MeshKad *kad, GBytes *key, gint64 due_us)
{
  MeshKadUpkeep *upkeep = kad->upkeep;
  Provided *provided = g_hash_table_lookup (upkeep->by_key, key);

  if (provided == NULL)
    {
      if (upkeep->provided->len == MESH_KAD_MAX_PROVIDED)
        return FALSE;
      provided = g_new0 (Provided, 1);
      provided->key = g_bytes_ref (key);
      g_ptr_array_add (upkeep->provided, provided);
      g_hash_table_insert (upkeep->by_key, provided->key, provided);
    }
  provided->due_us = due_us;
  upkeep->next_provide_us = MIN (upkeep->next_provide_us, due_us);
  return TRUE;
}

gboolean
mesh_kad_upkeep_remove_provided (MeshKad *kad, GBytes *key)
{
  Provided *provided = g_hash_table_lookup (kad->upkeep->by_key, key);

  if (provided == NULL)
    return FALSE;
  g_hash_table_remove (kad->upkeep->by_key, key);
  g_ptr_array_remove (kad->upkeep->provided, provided);
  find_next_provide (kad);
  return TRUE;
}

gboolean
mesh_kad_upkeep_is_provided (MeshKad *kad, GBytes *key)
{
  return g_hash_table_contains (kad->upkeep->by_key, key);
}

guint
mesh_kad_upkeep_get_n_provided (const MeshKad *kad)
{
  return kad->upkeep->provided->len;
}

/* A tenth earlier at random: keys announced together do not stay together. */
static gint64
get_next_due (MeshKad *kad, const Provided *provided)
{
  gint64 interval_us = kad->config.republish_interval_us;
  gint64 retry_us = MESH_KAD_UPKEEP_MAX_RETRY_US;

  if (provided->n_failures > 0)
    {
      if (provided->n_failures < 7)
        retry_us = MIN (MESH_KAD_UPKEEP_RETRY_US << (provided->n_failures - 1), retry_us);
      return kad->now_us + retry_us;
    }
  if (interval_us == 0)
    return G_MAXINT64;
  return kad->now_us + interval_us
         - (gint64) mesh_rng_below (&kad->rng, (guint64) interval_us / 10 + 1);
}

void
mesh_kad_upkeep_note_announced (MeshKad *kad, GBytes *key, guint n_stored)
{
  Provided *provided = g_hash_table_lookup (kad->upkeep->by_key, key);
  MeshKadEvent event = { .type = MESH_KAD_EVENT_PROVIDED };

  if (provided == NULL)
    return;
  provided->is_running = FALSE;
  provided->n_failures = n_stored > 0 ? 0 : provided->n_failures + 1;
  provided->due_us = get_next_due (kad, provided);
  find_next_provide (kad);
  if (n_stored == 0 || !kad->config.is_recorded)
    return;
  event.key = g_bytes_ref (key);
  event.expires_us = provided->due_us;
  mesh_kad_push_event (kad, &event);
}

static void
announce (MeshKad *kad, Provided *provided)
{
  MeshKadQueryPlan plan = { .command = MESH_KAD_COMMAND_PROVIDE, .is_upkeep = TRUE };

  provided->is_running = TRUE;
  plan.key.data = g_bytes_get_data (provided->key, &plan.key.len);
  kad->upkeep->n_running++;
  mesh_kad_query_start (kad, &plan);
}

static void
announce_due (MeshKad *kad)
{
  MeshKadUpkeep *upkeep = kad->upkeep;

  if (upkeep->next_provide_us > kad->now_us)
    return;
  for (guint i = 0; i < upkeep->provided->len && upkeep->n_running < MESH_KAD_MAX_UPKEEP;
       i++)
    {
      Provided *provided = upkeep->provided->pdata[i];

      if (!provided->is_running && provided->due_us <= kad->now_us)
        announce (kad, provided);
    }
  find_next_provide (kad);
}

/* Refreshing. */

static void
make_name (MeshKad *kad, guint8 name[NAME_BYTES])
{
  name[0] = 0x12; /* sha2-256 */
  name[1] = NAME_BYTES - 2;
  mesh_rng_fill (&kad->rng, name + 2, NAME_BYTES - 2);
}

/* A place in each bucket that nobody was looked for in lately: a random one, or where
 * that is not found in a reasonable time, a random peer of the bucket. */
static void
choose_targets (MeshKad *kad, GQueue *targets)
{
  guint n_buckets
      = MIN (mesh_kad_table_get_n_buckets (kad->table), MESH_KAD_UPKEEP_MAX_PREFIX + 1);
  gint64 before_us = kad->now_us - kad->config.refresh_interval_us;
  GBytes *found[MESH_KAD_UPKEEP_MAX_PREFIX + 1] = { NULL };
  guint8 name[NAME_BYTES];

  for (guint i = 0; i < MESH_KAD_UPKEEP_TRIES && n_buckets > 0; i++)
    {
      MeshKadKey place;
      guint prefix;

      make_name (kad, name);
      mesh_kad_key_init (&place, name, sizeof name);
      prefix = mesh_kad_key_common_prefix (&place, &kad->self->key);
      if (prefix < n_buckets && found[prefix] == NULL)
        found[prefix] = g_bytes_new (name, sizeof name);
    }
  for (guint i = 0; i < n_buckets; i++)
    {
      gint64 refreshed_us = mesh_kad_table_get_refreshed_us (kad->table, i);
      const MeshKadTableEntry *entries;
      guint n;

      entries = mesh_kad_table_get_bucket (kad->table, i, &n);
      if (found[i] == NULL && n > 0)
        {
          gsize len;
          const guint8 *id = mesh_peer_id_get_bytes (
              entries[mesh_rng_below (&kad->rng, n)].peer->id, &len);

          found[i] = g_bytes_new (id, len);
        }
      if (found[i] != NULL && (refreshed_us == 0 || refreshed_us <= before_us))
        g_queue_push_tail (targets, found[i]);
      else
        g_clear_pointer (&found[i], g_bytes_unref);
    }
}

static void
tell_refreshed (MeshKad *kad)
{
  MeshKadUpkeep *upkeep = kad->upkeep;
  gsize len;
  const guint8 *self = mesh_peer_id_get_bytes (kad->self->id, &len);

  for (guint i = 0; i < upkeep->commands->len; i++)
    {
      MeshKadEvent event = { .type = MESH_KAD_EVENT_DONE,
                             .id = g_array_index (upkeep->commands, guint64, i) };

      event.result = g_new0 (MeshKadResult, 1);
      event.result->command = MESH_KAD_COMMAND_REFRESH;
      event.result->is_ok = mesh_kad_table_get_n_peers (kad->table) > 0;
      event.result->duration_us = kad->now_us - upkeep->refresh_began_us;
      event.result->closest = mesh_kad_dup_closest (kad, self, len);
      kad->n_commands--;
      mesh_kad_push_event (kad, &event);
    }
  g_array_set_size (upkeep->commands, 0);
}

static void
end_refresh (MeshKad *kad)
{
  MeshKadUpkeep *upkeep = kad->upkeep;
  gint64 interval_us = kad->config.refresh_interval_us;

  tell_refreshed (kad);
  upkeep->refresh_began_us = -1;
  upkeep->next_refresh_us = G_MAXINT64;
  if (interval_us > 0)
    upkeep->next_refresh_us
        = kad->now_us
          + (upkeep->has_refreshed ? interval_us
                                   : MIN (interval_us, MESH_KAD_UPKEEP_SOON_US));
  upkeep->has_refreshed = TRUE;
}

static void
advance_refresh (MeshKad *kad)
{
  MeshKadUpkeep *upkeep = kad->upkeep;

  if (upkeep->is_advancing)
    return;
  upkeep->is_advancing = TRUE;
  while (upkeep->n_running < MESH_KAD_MAX_UPKEEP && upkeep->targets.length > 0)
    {
      g_autoptr (GBytes) target = g_queue_pop_head (&upkeep->targets);
      MeshKadQueryPlan plan = { .command = MESH_KAD_COMMAND_REFRESH, .is_upkeep = TRUE };

      plan.key.data = g_bytes_get_data (target, &plan.key.len);
      upkeep->n_running++;
      upkeep->n_refreshing++;
      mesh_kad_query_start (kad, &plan);
    }
  upkeep->is_advancing = FALSE;
  if (upkeep->refresh_began_us >= 0 && upkeep->n_refreshing == 0
      && upkeep->targets.length == 0)
    end_refresh (kad);
}

static void
begin_refresh (MeshKad *kad)
{
  MeshKadUpkeep *upkeep = kad->upkeep;
  gsize len;
  const guint8 *self = mesh_peer_id_get_bytes (kad->self->id, &len);

  if (upkeep->refresh_began_us >= 0)
    return;
  upkeep->refresh_began_us = kad->now_us;
  upkeep->next_refresh_us = G_MAXINT64;
  g_queue_push_tail (&upkeep->targets, g_bytes_new (self, len));
  choose_targets (kad, &upkeep->targets);
}

void
mesh_kad_upkeep_refresh (MeshKad *kad, guint64 command)
{
  g_array_append_val (kad->upkeep->commands, command);
  begin_refresh (kad);
  advance_refresh (kad);
}

void
mesh_kad_upkeep_set_on (MeshKad *kad, gboolean is_on)
{
  kad->upkeep->is_off = !is_on;
}

void
mesh_kad_upkeep_retry (MeshKad *kad)
{
  MeshKadUpkeep *upkeep = kad->upkeep;

  for (guint i = 0; i < upkeep->provided->len; i++)
    {
      Provided *provided = upkeep->provided->pdata[i];

      if (provided->n_failures > 0)
        provided->due_us = MIN (provided->due_us, kad->now_us);
    }
  find_next_provide (kad);
}

/* The first peer: look around from there, and announce what nobody could be told. */
void
mesh_kad_upkeep_wake (MeshKad *kad)
{
  MeshKadUpkeep *upkeep = kad->upkeep;

  mesh_kad_upkeep_retry (kad);
  if (kad->config.refresh_interval_us > 0 && upkeep->refresh_began_us < 0)
    {
      upkeep->next_refresh_us = kad->now_us;
      upkeep->has_refreshed = FALSE;
    }
}

void
mesh_kad_upkeep_note_done (MeshKad *kad, gboolean is_refresh)
{
  MeshKadUpkeep *upkeep = kad->upkeep;

  upkeep->n_running--;
  upkeep->n_refreshing -= is_refresh;
  advance_refresh (kad);
}

gint64
mesh_kad_upkeep_next_deadline_us (const MeshKad *kad)
{
  const MeshKadUpkeep *upkeep = kad->upkeep;

  if (upkeep->is_off)
    return G_MAXINT64;
  /* Those that are due wait for one that runs to end. */
  if (upkeep->n_running >= MESH_KAD_MAX_UPKEEP)
    return upkeep->next_refresh_us;
  return MIN (upkeep->next_refresh_us, upkeep->next_provide_us);
}

void
mesh_kad_upkeep_handle_timeout (MeshKad *kad)
{
  if (kad->upkeep->is_off)
    return;
  if (kad->upkeep->next_refresh_us <= kad->now_us)
    {
      begin_refresh (kad);
      advance_refresh (kad);
    }
  announce_due (kad);
}
