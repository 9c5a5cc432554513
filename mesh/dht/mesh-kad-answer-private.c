/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "dht/mesh-kad-answer-private.h"

#include <string.h>

static void
provider_clear (gpointer data)
{
  mesh_kad_pool_unref_peer (((MeshKadQueryProvider *) data)->peer);
}

static void
name_provider (MeshKad *kad,
               MeshKadQuery *query,
               MeshKadPeer *peer,
               MeshKadAddrs *addrs,
               guint depth)
{
  MeshKadEvent event = { .type = MESH_KAD_EVENT_PROVIDER, .id = query->id };
  MeshKadQueryProvider provider = { .depth = depth, .state = MESH_KAD_QUERY_NAMED };

  if (query->providers == NULL)
    {
      query->providers = g_array_new (FALSE, FALSE, sizeof (MeshKadQueryProvider));
      g_array_set_clear_func (query->providers, provider_clear);
      query->named = g_hash_table_new (NULL, NULL);
    }
  if (peer == kad->self || g_hash_table_contains (query->named, peer)
      || query->providers->len == MESH_KAD_MAX_LOOKUP_PROVIDERS)
    return;
  provider.peer = mesh_kad_pool_ref_peer (peer);
  g_array_append_val (query->providers, provider);
  g_hash_table_insert (query->named, peer, GUINT_TO_POINTER (query->providers->len));
  query->result.n_found++;
  event.peer = mesh_kad_pool_ref_peer (peer);
  event.addrs = mesh_kad_addrs_ref (addrs);
  mesh_kad_push_event (kad, &event);
}

void
mesh_kad_answer_report (MeshKad *kad,
                        MeshKadQuery *query,
                        const MeshPeerId *id,
                        gboolean works)
{
  gsize len;
  const guint8 *data = mesh_peer_id_get_bytes (id, &len);
  g_autoptr (MeshKadPeer) peer = mesh_kad_pool_get_peer_by_bytes (kad->pool, data, len);
  guint at;
  MeshKadQueryProvider *provider;

  if (query->named == NULL || query->is_told)
    return;
  at = GPOINTER_TO_UINT (g_hash_table_lookup (query->named, peer));
  if (at == 0)
    return;
  provider = &g_array_index (query->providers, MeshKadQueryProvider, at - 1);
  if (provider->state != MESH_KAD_QUERY_NAMED)
    return;
  provider->state = works ? MESH_KAD_QUERY_WORKS : MESH_KAD_QUERY_BROKEN;
  query->result.n_working += works;
  if (works)
    mesh_kad_query_advance (kad, query);
}

/* The sought peer's addresses are known. */
static void
tell_peer (MeshKad *kad, MeshKadQuery *query, MeshKadAddrs *addrs, guint depth)
{
  MeshKadEvent event = { .type = MESH_KAD_EVENT_PEER, .id = query->id };

  if (query->result.n_found > 0)
    return;
  query->result.n_found = 1;
  query->result.n_hops = depth;
  event.peer = mesh_kad_pool_ref_peer (query->sought);
  event.addrs = mesh_kad_addrs_ref (addrs);
  mesh_kad_push_event (kad, &event);
}

static void
tell_value (MeshKad *kad, MeshKadQuery *query)
{
  MeshKadEvent event = { .type = MESH_KAD_EVENT_VALUE, .id = query->id };

  event.value = g_bytes_ref (query->value);
  mesh_kad_push_event (kad, &event);
}

/* Who had the best value until now has a worse one. */
static void
demote_best (MeshKadQuery *query)
{
  guint n = mesh_kad_lookup_get_n_peers (query->lookup);

  for (guint i = 0; i < n; i++)
    {
      MeshKadLookupPeer *peer = mesh_kad_lookup_get_peer (query->lookup, i);

      if (peer->tag == MESH_KAD_QUERY_BEST_VALUE)
        peer->tag = MESH_KAD_QUERY_WORSE_VALUE;
    }
}

static void
take_value (MeshKad *kad,
            MeshKadQuery *query,
            MeshKadBytes value,
            MeshKadLookupPeer *from)
{
  gsize key_len, best_len = 0;
  const guint8 *key = g_bytes_get_data (query->key, &key_len);
  const guint8 *best
      = query->value != NULL ? g_bytes_get_data (query->value, &best_len) : NULL;
  const MeshKadValidator *validator = mesh_kad_validator_find (
      kad->config.validators, kad->config.n_validators, key, key_len);
  int order;

  if (validator == NULL || value.len > MESH_KAD_MAX_VALUE_BYTES
      || !validator->validate (key, key_len, value.data, value.len, validator->user_data))
    return;
  query->result.n_found++;
  if (best != NULL && best_len == value.len && memcmp (best, value.data, best_len) == 0)
    {
      from->tag = MESH_KAD_QUERY_BEST_VALUE;
      return;
    }
  order = best == NULL ? 1
                       : validator->select (key, key_len, value.data, value.len, best,
                                            best_len, validator->user_data);
  from->tag = MESH_KAD_QUERY_WORSE_VALUE;
  if (order <= 0)
    return;
  demote_best (query);
  from->tag = MESH_KAD_QUERY_BEST_VALUE;
  g_clear_pointer (&query->value, g_bytes_unref);
  query->value = g_bytes_new (value.data, value.len);
  query->result.n_hops = from->depth;
  tell_value (kad, query);
}

static void
take_closer (MeshKad *kad,
             MeshKadQuery *query,
             guint index,
             const MeshKadMessagePeer *named)
{
  g_autoptr (MeshKadPeer) peer
      = mesh_kad_pool_get_peer_by_bytes (kad->pool, named->id.data, named->id.len);
  g_autoptr (MeshKadAddrs) addrs = NULL;

  if (peer == NULL || peer == kad->self)
    return;
  addrs = mesh_kad_addrs_from_message (kad->pool, named->body.data, named->body.len,
                                       kad->config.scope);
  if (!mesh_kad_is_reachable (kad, addrs))
    return;
  if (peer == query->sought)
    tell_peer (kad, query, addrs, mesh_kad_lookup_get_peer (query->lookup, index)->depth);
  mesh_kad_lookup_add (query->lookup, index, peer, addrs);
}

static void
take_provider (MeshKad *kad,
               MeshKadQuery *query,
               guint index,
               const MeshKadMessagePeer *named)
{
  g_autoptr (MeshKadPeer) peer
      = mesh_kad_pool_get_peer_by_bytes (kad->pool, named->id.data, named->id.len);
  g_autoptr (MeshKadAddrs) addrs = NULL;

  if (peer == NULL)
    return;
  addrs = mesh_kad_addrs_from_message (kad->pool, named->body.data, named->body.len,
                                       kad->config.scope);
  name_provider (kad, query, peer, addrs,
                 mesh_kad_lookup_get_peer (query->lookup, index)->depth);
}

void
mesh_kad_answer_take_providers (MeshKad *kad,
                                MeshKadQuery *query,
                                guint index,
                                const MeshKadMessage *msg)
{
  for (guint i = 0; i < msg->n_providers; i++)
    take_provider (kad, query, index, &msg->providers[i]);
}

void
mesh_kad_answer_take (MeshKad *kad,
                      MeshKadQuery *query,
                      guint index,
                      const MeshKadMessage *msg)
{
  mesh_kad_lookup_set_answered (query->lookup, index);
  for (guint i = 0; i < msg->n_closer; i++)
    take_closer (kad, query, index, &msg->closer[i]);
  if (query->command == MESH_KAD_COMMAND_FIND_PROVIDERS)
    mesh_kad_answer_take_providers (kad, query, index, msg);
  if (query->command == MESH_KAD_COMMAND_GET_VALUE && msg->has_record)
    take_value (kad, query, msg->record_value,
                mesh_kad_lookup_get_peer (query->lookup, index));
}

void
mesh_kad_answer_look_at_home (MeshKad *kad, MeshKadQuery *query)
{
  const MeshKadTableEntry *entry;
  const MeshKadProvider *records[MESH_KAD_MESSAGE_MAX_PROVIDERS];
  const MeshKadValue *kept;
  guint n;

  if (query->command == MESH_KAD_COMMAND_FIND_PEER)
    {
      entry = mesh_kad_table_find (kad->table, query->sought);
      if (entry != NULL && entry->n_failures == 0)
        tell_peer (kad, query, entry->addrs, 0);
    }
  else if (query->command == MESH_KAD_COMMAND_FIND_PROVIDERS)
    {
      n = mesh_kad_providers_get (kad->providers, query->key, G_N_ELEMENTS (records),
                                  records);
      for (guint i = 0; i < n; i++)
        name_provider (kad, query, records[i]->peer, records[i]->addrs, 0);
    }
  else if (query->command == MESH_KAD_COMMAND_GET_VALUE)
    {
      kept = mesh_kad_values_get (kad->values, query->key);
      if (kept == NULL || kept->expires_us <= kad->now_us)
        return;
      query->value = g_bytes_ref (kept->value);
      query->result.n_found = 1;
      tell_value (kad, query);
    }
}
