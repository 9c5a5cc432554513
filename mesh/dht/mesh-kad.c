/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "dht/mesh-kad.h"

#include "base/mesh-error.h"
#include "dht/mesh-kad-answer-private.h"
#include "dht/mesh-kad-private.h"
#include "dht/mesh-kad-query-private.h"
#include "dht/mesh-kad-server-private.h"
#include "dht/mesh-kad-upkeep-private.h"

G_STATIC_ASSERT (MESH_KAD_K <= MESH_KAD_TABLE_MAX_K);
G_STATIC_ASSERT (MESH_KAD_MAX_KEY_BYTES == MESH_KAD_MESSAGE_MAX_KEY_BYTES);
G_STATIC_ASSERT (MESH_KAD_MAX_LOOKUP_PEERS == MESH_KAD_LOOKUP_MAX_PEERS);
G_STATIC_ASSERT (MESH_KAD_MAX_LOOKUP_REQUESTS == MESH_KAD_LOOKUP_MAX_REQUESTS);

MeshKadContact *
mesh_kad_contact_new (MeshKadPeer *peer, MeshKadAddrs *addrs)
{
  MeshKadContact *contact = g_new (MeshKadContact, 1);

  contact->peer = mesh_kad_pool_ref_peer (peer);
  contact->addrs = mesh_kad_addrs_ref (addrs);
  return contact;
}

void
mesh_kad_contact_free (MeshKadContact *contact)
{
  mesh_kad_pool_unref_peer (contact->peer);
  mesh_kad_addrs_unref (contact->addrs);
  g_free (contact);
}

static void
request_free (gpointer request)
{
  mesh_kad_query_free_request (request);
}

static void
query_free (gpointer query)
{
  mesh_kad_query_free (query);
}

MeshKad *
mesh_kad_new (const MeshKadConfig *config, MeshPeerId *self, const MeshRng *rng)
{
  MeshKad *kad = g_new0 (MeshKad, 1);
  gboolean is_wan = config->scope == MESH_KAD_SCOPE_WAN;
  g_autoptr (GPtrArray) none = g_ptr_array_new ();

  kad->config = *config;
  kad->rng = *rng;
  kad->pool
      = config->pool != NULL ? mesh_kad_pool_ref (config->pool) : mesh_kad_pool_new ();
  kad->config.pool = NULL;
  kad->self = mesh_kad_pool_get_peer (kad->pool, self);
  kad->addrs = mesh_kad_addrs_new (kad->pool, none, config->scope);
  kad->table = mesh_kad_table_new (&kad->self->key, config->k,
                                   is_wan ? config->max_group_bucket : 0,
                                   is_wan ? config->max_group_table : 0);
  kad->providers = mesh_kad_providers_new (
      config->max_providers, MESH_KAD_MAX_PROVIDERS_PER_KEY, MESH_KAD_MAX_KEYS_PER_PEER);
  kad->values = mesh_kad_values_new (&kad->self->key, MESH_KAD_MAX_VALUES);
  kad->upkeep = mesh_kad_upkeep_new (kad);
  kad->requests = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, request_free);
  kad->queries = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, query_free);
  kad->timers = mesh_heap_new ();
  g_queue_init (&kad->events);
  return kad;
}

static void
event_free (gpointer event)
{
  mesh_kad_event_clear (event);
  g_free (event);
}

void
mesh_kad_free (MeshKad *kad)
{
  g_queue_clear_full (&kad->events, event_free);
  g_hash_table_unref (kad->requests);
  g_hash_table_unref (kad->queries);
  mesh_heap_free (kad->timers);
  mesh_kad_upkeep_free (kad->upkeep);
  mesh_kad_values_free (kad->values);
  mesh_kad_providers_free (kad->providers);
  mesh_kad_table_free (kad->table);
  mesh_kad_addrs_unref (kad->addrs);
  mesh_kad_pool_unref_peer (kad->self);
  mesh_kad_pool_unref (kad->pool);
  g_free (kad);
}

void
mesh_kad_set_server (MeshKad *kad, gboolean is_server)
{
  kad->config.is_server = is_server;
}

gboolean
mesh_kad_is_server (const MeshKad *kad)
{
  return kad->config.is_server;
}

void
mesh_kad_set_addrs (MeshKad *kad, GPtrArray *addrs)
{
  gboolean was_reachable = mesh_kad_is_reachable (kad, kad->addrs);

  mesh_kad_addrs_unref (kad->addrs);
  kad->addrs = mesh_kad_addrs_new (kad->pool, addrs, kad->config.scope);
  if (!was_reachable && mesh_kad_is_reachable (kad, kad->addrs))
    mesh_kad_upkeep_retry (kad);
}

void
mesh_kad_set_upkeep (MeshKad *kad, gboolean is_on)
{
  mesh_kad_upkeep_set_on (kad, is_on);
}

void
mesh_kad_set_now (MeshKad *kad, gint64 now_us)
{
  g_assert (now_us >= kad->now_us);
  kad->now_us = now_us;
}

void
mesh_kad_push_event (MeshKad *kad, const MeshKadEvent *event)
{
  g_queue_push_tail (&kad->events, g_memdup2 (event, sizeof *event));
}

gboolean
mesh_kad_is_reachable (const MeshKad *kad, const MeshKadAddrs *addrs)
{
  return mesh_kad_addrs_get_n (addrs) > 0 || kad->config.scope == MESH_KAD_SCOPE_ANY;
}

/* Peers. */

/* Who waits for a place makes us ask the one heard from least recently whether it is
 * there; it keeps its place if it is. */
static void
probe_stale (MeshKad *kad, const MeshKadPeer *newcomer)
{
  MeshKadTableEntry *stale = mesh_kad_table_get_stale (
      kad->table, newcomer, kad->now_us - kad->config.probe_interval_us);

  if (stale == NULL)
    return;
  stale->is_probed = TRUE;
  mesh_kad_query_probe (kad, stale->peer, stale->addrs);
}

gboolean
mesh_kad_note_alive (MeshKad *kad, MeshKadPeer *peer, MeshKadAddrs *addrs)
{
  gboolean was_empty = mesh_kad_table_get_n_peers (kad->table) == 0;

  if (!mesh_kad_is_reachable (kad, addrs))
    return FALSE;
  switch (mesh_kad_table_add (kad->table, peer, addrs, kad->now_us))
    {
    case MESH_KAD_TABLE_ADDED:
      kad->is_table_changed = TRUE;
      if (was_empty)
        mesh_kad_upkeep_wake (kad);
      return TRUE;
    case MESH_KAD_TABLE_RENEWED:
      return TRUE;
    case MESH_KAD_TABLE_WAITING:
      probe_stale (kad, peer);
      return FALSE;
    case MESH_KAD_TABLE_REFUSED:
    default:
      return FALSE;
    }
}

void
mesh_kad_note_dead (MeshKad *kad, const MeshKadPeer *peer)
{
  if (mesh_kad_table_fail (kad->table, peer))
    kad->is_table_changed = TRUE;
}

gboolean
mesh_kad_add_peer (MeshKad *kad, MeshPeerId *id, GPtrArray *addrs, gint64 now_us)
{
  g_autoptr (MeshKadPeer) peer = mesh_kad_pool_get_peer (kad->pool, id);
  g_autoptr (MeshKadAddrs) admitted
      = mesh_kad_addrs_new (kad->pool, addrs, kad->config.scope);

  mesh_kad_set_now (kad, now_us);
  return mesh_kad_note_alive (kad, peer, admitted);
}

void
mesh_kad_remove_peer (MeshKad *kad, const MeshPeerId *id, gint64 now_us)
{
  gsize len;
  const guint8 *data = mesh_peer_id_get_bytes (id, &len);
  g_autoptr (MeshKadPeer) peer = mesh_kad_pool_get_peer_by_bytes (kad->pool, data, len);

  mesh_kad_set_now (kad, now_us);
  if (mesh_kad_table_remove (kad->table, peer))
    kad->is_table_changed = TRUE;
}

/* What comes in. */

gboolean
mesh_kad_handle_request (MeshKad *kad,
                         MeshPeerId *from,
                         const guint8 *msg,
                         gsize len,
                         gint64 now_us,
                         GBytes **reply,
                         GError **error)
{
  g_autoptr (MeshKadPeer) peer = mesh_kad_pool_get_peer (kad->pool, from);

  mesh_kad_set_now (kad, now_us);
  return mesh_kad_server_handle (kad, peer, msg, len, reply, error);
}

/* Timers of what is over need not wake anybody. */
static void
trim_timers (MeshKad *kad)
{
  guint64 id;

  while (mesh_heap_peek (kad->timers, NULL, &id)
         && !g_hash_table_contains (kad->requests, &id)
         && !g_hash_table_contains (kad->queries, &id))
    mesh_heap_pop (kad->timers, NULL, NULL);
}

gboolean
mesh_kad_handle_response (MeshKad *kad,
                          guint64 request_id,
                          const guint8 *msg,
                          gsize len,
                          gint64 now_us,
                          GError **error)
{
  MeshKadRequest *request = g_hash_table_lookup (kad->requests, &request_id);
  gboolean is_good;

  mesh_kad_set_now (kad, now_us);
  if (request == NULL)
    {
      g_set_error_literal (error, MESH_ERROR, MESH_ERROR_NOT_FOUND,
                           "The answer came too late");
      return FALSE;
    }
  is_good = mesh_kad_query_handle_response (kad, request, msg, len, error);
  trim_timers (kad);
  return is_good;
}

void
mesh_kad_handle_sent (MeshKad *kad, guint64 request_id, gint64 now_us)
{
  MeshKadRequest *request = g_hash_table_lookup (kad->requests, &request_id);

  mesh_kad_set_now (kad, now_us);
  if (request != NULL)
    mesh_kad_query_handle_sent (kad, request);
  trim_timers (kad);
}

void
mesh_kad_handle_failure (MeshKad *kad, guint64 request_id, gint64 now_us)
{
  MeshKadRequest *request = g_hash_table_lookup (kad->requests, &request_id);

  mesh_kad_set_now (kad, now_us);
  if (request != NULL)
    mesh_kad_query_handle_failure (kad, request);
  trim_timers (kad);
}

/* Commands. */

static guint64
start (MeshKad *kad, const MeshKadQueryPlan *plan, gint64 now_us)
{
  guint64 id;

  g_return_val_if_fail (plan->key.len > 0 && plan->key.len <= MESH_KAD_MAX_KEY_BYTES, 0);

  mesh_kad_set_now (kad, now_us);
  if (kad->n_commands >= MESH_KAD_MAX_COMMANDS)
    return 0;
  id = mesh_kad_query_start (kad, plan);
  trim_timers (kad);
  return id;
}

guint64
mesh_kad_find_peer (MeshKad *kad, MeshPeerId *id, gint64 now_us)
{
  g_autoptr (MeshKadPeer) sought = mesh_kad_pool_get_peer (kad->pool, id);
  MeshKadQueryPlan plan = { .command = MESH_KAD_COMMAND_FIND_PEER, .sought = sought };

  plan.key.data = mesh_peer_id_get_bytes (id, &plan.key.len);
  return start (kad, &plan, now_us);
}

guint64
mesh_kad_find_closest (MeshKad *kad, const guint8 *key, gsize key_len, gint64 now_us)
{
  MeshKadQueryPlan plan
      = { .command = MESH_KAD_COMMAND_FIND_CLOSEST, .key = { key, key_len } };

  return start (kad, &plan, now_us);
}

guint64
mesh_kad_find_providers (MeshKad *kad,
                         const guint8 *multihash,
                         gsize len,
                         guint max,
                         gint64 now_us)
{
  MeshKadQueryPlan plan = { .command = MESH_KAD_COMMAND_FIND_PROVIDERS,
                            .key = { multihash, len },
                            .max = max };

  return start (kad, &plan, now_us);
}

void
mesh_kad_report_provider (MeshKad *kad,
                          guint64 id,
                          const MeshPeerId *peer,
                          gboolean works,
                          gint64 now_us)
{
  MeshKadQuery *query = mesh_kad_query_find (kad, id);

  mesh_kad_set_now (kad, now_us);
  if (query != NULL)
    mesh_kad_answer_report (kad, query, peer, works);
  trim_timers (kad);
}

guint64
mesh_kad_provide (MeshKad *kad, const guint8 *multihash, gsize len, gint64 now_us)
{
  MeshKadQueryPlan plan
      = { .command = MESH_KAD_COMMAND_PROVIDE, .key = { multihash, len } };
  g_autoptr (GBytes) key = g_bytes_new (multihash, len);

  mesh_kad_set_now (kad, now_us);
  /* Due when this announcement is over, or at once when there is no room for it now. */
  if (!mesh_kad_upkeep_add_provided (
          kad, key, kad->n_commands < MESH_KAD_MAX_COMMANDS ? G_MAXINT64 : now_us))
    return 0;
  return start (kad, &plan, now_us);
}

gboolean
mesh_kad_restore_provided (MeshKad *kad,
                           const guint8 *multihash,
                           gsize len,
                           gint64 due_us)
{
  g_autoptr (GBytes) key = g_bytes_new (multihash, len);

  return mesh_kad_upkeep_add_provided (kad, key, due_us);
}

gboolean
mesh_kad_unprovide (MeshKad *kad, const guint8 *multihash, gsize len)
{
  g_autoptr (GBytes) key = g_bytes_new (multihash, len);

  return mesh_kad_upkeep_remove_provided (kad, key);
}

guint64
mesh_kad_get_value (MeshKad *kad,
                    const guint8 *key,
                    gsize key_len,
                    guint quorum,
                    gint64 now_us)
{
  MeshKadQueryPlan plan
      = { .command = MESH_KAD_COMMAND_GET_VALUE, .key = { key, key_len }, .max = quorum };

  return start (kad, &plan, now_us);
}

guint64
mesh_kad_put_value (MeshKad *kad,
                    const guint8 *key,
                    gsize key_len,
                    const guint8 *value,
                    gsize value_len,
                    gint64 now_us)
{
  MeshKadQueryPlan plan
      = { .command = MESH_KAD_COMMAND_PUT_VALUE, .key = { key, key_len } };
  const MeshKadValidator *validator = mesh_kad_validator_find (
      kad->config.validators, kad->config.n_validators, key, key_len);
  g_autoptr (GBytes) key_bytes = g_bytes_new (key, key_len);
  g_autoptr (GBytes) value_bytes = g_bytes_new (value, value_len);

  mesh_kad_set_now (kad, now_us);
  if (validator == NULL || value_len > MESH_KAD_MAX_VALUE_BYTES
      || !validator->validate (key, key_len, value, value_len, validator->user_data)
      || !mesh_kad_server_keep_value (kad, validator, key_bytes, value_bytes,
                                      now_us + kad->config.value_lifetime_us))
    return 0;
  plan.value = value_bytes;
  return start (kad, &plan, now_us);
}

guint64
mesh_kad_refresh (MeshKad *kad, gint64 now_us)
{
  guint64 id;

  mesh_kad_set_now (kad, now_us);
  if (kad->n_commands >= MESH_KAD_MAX_COMMANDS)
    return 0;
  id = ++kad->last_id;
  kad->n_commands++;
  mesh_kad_upkeep_refresh (kad, id);
  return id;
}

void
mesh_kad_cancel (MeshKad *kad, guint64 id, gint64 now_us)
{
  MeshKadQuery *query = mesh_kad_query_find (kad, id);

  mesh_kad_set_now (kad, now_us);
  if (query != NULL)
    mesh_kad_query_cancel (kad, query, FALSE);
  trim_timers (kad);
}

void
mesh_kad_restore_provider (MeshKad *kad,
                           const guint8 *multihash,
                           gsize len,
                           MeshPeerId *provider,
                           GPtrArray *addrs,
                           gint64 expires_us,
                           gint64 now_us)
{
  g_autoptr (GBytes) key = g_bytes_new (multihash, len);
  g_autoptr (MeshKadPeer) peer = mesh_kad_pool_get_peer (kad->pool, provider);
  g_autoptr (MeshKadAddrs) admitted
      = mesh_kad_addrs_new (kad->pool, addrs, kad->config.scope);
  gint64 lifetime_us = kad->config.provider_lifetime_us;

  mesh_kad_set_now (kad, now_us);
  if (expires_us <= now_us || !mesh_kad_is_reachable (kad, admitted)
      || !mesh_kad_server_is_multihash ((MeshKadBytes){ multihash, len }))
    return;
  expires_us = MIN (expires_us, now_us + lifetime_us);
  mesh_kad_providers_add (kad->providers, key, peer, admitted, expires_us,
                          expires_us - lifetime_us + kad->config.provider_addrs_life_us);
  mesh_kad_server_expire (kad);
}

void
mesh_kad_restore_value (MeshKad *kad,
                        const guint8 *key,
                        gsize key_len,
                        const guint8 *value,
                        gsize value_len,
                        gint64 expires_us,
                        gint64 now_us)
{
  const MeshKadValidator *validator = mesh_kad_validator_find (
      kad->config.validators, kad->config.n_validators, key, key_len);
  g_autoptr (GBytes) key_bytes = g_bytes_new (key, key_len);
  g_autoptr (GBytes) value_bytes = g_bytes_new (value, value_len);

  mesh_kad_set_now (kad, now_us);
  if (expires_us <= now_us || validator == NULL || value_len > MESH_KAD_MAX_VALUE_BYTES
      || !validator->validate (key, key_len, value, value_len, validator->user_data))
    return;
  expires_us = MIN (expires_us, now_us + kad->config.value_lifetime_us);
  mesh_kad_values_put (kad->values, key_bytes, value_bytes,
                       expires_us - kad->config.value_lifetime_us, expires_us);
  mesh_kad_server_expire (kad);
}

/* What goes out. */

gboolean
mesh_kad_poll_event (MeshKad *kad, MeshKadEvent *event)
{
  g_autofree MeshKadEvent *first = g_queue_pop_head (&kad->events);

  if (first != NULL)
    {
      *event = *first;
      return TRUE;
    }
  if (!kad->is_table_changed)
    return FALSE;
  kad->is_table_changed = FALSE;
  *event = (MeshKadEvent){ .type = MESH_KAD_EVENT_TABLE };
  return TRUE;
}

void
mesh_kad_event_clear (MeshKadEvent *event)
{
  g_clear_pointer (&event->peer, mesh_kad_pool_unref_peer);
  g_clear_pointer (&event->addrs, mesh_kad_addrs_unref);
  g_clear_pointer (&event->msg, g_bytes_unref);
  g_clear_pointer (&event->key, g_bytes_unref);
  g_clear_pointer (&event->value, g_bytes_unref);
  if (event->result != NULL)
    g_ptr_array_unref (event->result->closest);
  g_clear_pointer (&event->result, g_free);
}

gint64
mesh_kad_next_deadline_us (const MeshKad *kad)
{
  gint64 next_us = mesh_kad_upkeep_next_deadline_us (kad);
  gint64 timer_us;

  if (mesh_heap_peek (kad->timers, &timer_us, NULL))
    next_us = MIN (next_us, timer_us);
  next_us = MIN (next_us, mesh_kad_providers_next_deadline_us (kad->providers));
  return MIN (next_us, mesh_kad_values_next_deadline_us (kad->values));
}

void
mesh_kad_handle_timeout (MeshKad *kad, gint64 now_us)
{
  gint64 due_us;
  guint64 id;

  mesh_kad_set_now (kad, now_us);
  while (mesh_heap_peek (kad->timers, &due_us, &id) && due_us <= now_us)
    {
      mesh_heap_pop (kad->timers, NULL, NULL);
      mesh_kad_query_handle_timer (kad, id);
    }
  mesh_kad_upkeep_handle_timeout (kad);
  mesh_kad_server_expire (kad);
  trim_timers (kad);
}

/* What there is to see. */

void
mesh_kad_get_stats (const MeshKad *kad, MeshKadStats *stats)
{
  *stats = kad->stats;
  stats->n_peers = mesh_kad_table_get_n_peers (kad->table);
  stats->n_replacements = mesh_kad_table_get_n_waiting (kad->table);
  stats->n_buckets = mesh_kad_table_get_n_buckets (kad->table);
  stats->n_commands = kad->n_commands;
  stats->n_requests = g_hash_table_size (kad->requests);
  stats->n_provided = mesh_kad_upkeep_get_n_provided (kad);
  stats->n_providers = mesh_kad_providers_get_n (kad->providers);
  stats->n_values = mesh_kad_values_get_n (kad->values);
  stats->network_size = mesh_kad_table_estimate_size (kad->table);
}

GPtrArray *
mesh_kad_dup_peers (const MeshKad *kad)
{
  GPtrArray *list
      = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_kad_contact_free);

  for (guint i = 0; i < mesh_kad_table_get_n_buckets (kad->table); i++)
    {
      guint n;
      const MeshKadTableEntry *entries = mesh_kad_table_get_bucket (kad->table, i, &n);

      for (guint j = 0; j < n; j++)
        g_ptr_array_add (list, mesh_kad_contact_new (entries[j].peer, entries[j].addrs));
    }
  return list;
}

GPtrArray *
mesh_kad_dup_closest (const MeshKad *kad, const guint8 *key, gsize key_len)
{
  GPtrArray *list
      = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_kad_contact_free);
  const MeshKadTableEntry *nearest[MESH_KAD_TABLE_MAX_K];
  MeshKadKey place;
  guint n;

  mesh_kad_key_init (&place, key, key_len);
  n = mesh_kad_table_get_closest (kad->table, &place, kad->config.k, NULL, nearest);
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (list, mesh_kad_contact_new (nearest[i]->peer, nearest[i]->addrs));
  return list;
}
