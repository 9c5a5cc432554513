/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "dht/mesh-kad-query-private.h"

#include "base/mesh-error.h"
#include "dht/mesh-kad-answer-private.h"
#include "dht/mesh-kad-crowd-private.h"
#include "dht/mesh-kad-upkeep-private.h"

void
mesh_kad_query_free_request (MeshKadRequest *request)
{
  mesh_kad_pool_unref_peer (request->peer);
  mesh_kad_addrs_unref (request->addrs);
  g_free (request);
}

void
mesh_kad_query_free (MeshKadQuery *query)
{
  g_bytes_unref (query->key);
  g_clear_pointer (&query->msg, g_bytes_unref);
  g_clear_pointer (&query->value, g_bytes_unref);
  g_clear_pointer (&query->sought, mesh_kad_pool_unref_peer);
  mesh_kad_lookup_free (query->lookup);
  g_clear_pointer (&query->providers, g_array_unref);
  g_clear_pointer (&query->named, g_hash_table_unref);
  g_clear_pointer (&query->closest, g_ptr_array_unref);
  g_free (query);
}

MeshKadQuery *
mesh_kad_query_find (MeshKad *kad, guint64 id)
{
  return g_hash_table_lookup (kad->queries, &id);
}

/* Requests. */

static void
send (MeshKad *kad,
      MeshKadQuery *query,
      MeshKadRequestKind kind,
      guint index,
      MeshKadPeer *peer,
      MeshKadAddrs *addrs,
      GBytes *msg)
{
  MeshKadRequest *request = g_new0 (MeshKadRequest, 1);
  gboolean is_add
      = kind == MESH_KAD_REQUEST_STORE && query->command == MESH_KAD_COMMAND_PROVIDE;
  MeshKadEvent event = { .type = MESH_KAD_EVENT_SEND, .expects_reply = !is_add };

  request->id = ++kad->last_id;
  request->kind = kind;
  request->query = query;
  request->peer = mesh_kad_pool_ref_peer (peer);
  request->addrs = mesh_kad_addrs_ref (addrs);
  request->index = index;
  request->deadline_us = kad->now_us + kad->config.request_timeout_us;
  g_hash_table_insert (kad->requests, &request->id, request);
  mesh_heap_push (
      kad->timers,
      kad->now_us + MIN (kad->config.request_patience_us, kad->config.request_timeout_us),
      request->id);
  kad->stats.n_messages_out++;

  event.id = query != NULL && !query->is_upkeep && !query->is_told ? query->id : 0;
  event.request_id = request->id;
  event.peer = mesh_kad_pool_ref_peer (peer);
  event.addrs = mesh_kad_addrs_ref (addrs);
  event.msg = g_bytes_ref (msg);
  mesh_kad_push_event (kad, &event);
  if (query != NULL)
    {
      query->n_flight++;
      query->result.n_messages++;
    }
}

static void
cancel_request (MeshKad *kad, MeshKadRequest *request)
{
  MeshKadEvent event = { .type = MESH_KAD_EVENT_CANCEL, .request_id = request->id };

  mesh_kad_push_event (kad, &event);
  g_hash_table_remove (kad->requests, &request->id);
}

static int
compare_requests (gconstpointer a, gconstpointer b)
{
  const MeshKadRequest *x = *(MeshKadRequest *const *) a;
  const MeshKadRequest *y = *(MeshKadRequest *const *) b;

  return (x->id > y->id) - (x->id < y->id);
}

/* Nobody waits for them any more. Who kept us waiting for long is marked in the table, or
 * the dead would stay there for ever. */
static void
cancel_requests (MeshKad *kad, MeshKadQuery *query)
{
  g_autoptr (GPtrArray) list = NULL;
  GHashTableIter iter;
  gpointer value;

  if (query->n_flight == 0)
    return;
  list = g_ptr_array_new ();
  g_hash_table_iter_init (&iter, kad->requests);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (((MeshKadRequest *) value)->query == query)
      g_ptr_array_add (list, value);
  g_ptr_array_sort (list, compare_requests);
  for (guint i = 0; i < list->len; i++)
    {
      MeshKadRequest *request = list->pdata[i];

      if (request->is_slow)
        {
          mesh_kad_note_dead (kad, request->peer);
          query->result.n_failures++;
        }
      cancel_request (kad, request);
    }
  query->n_flight = 0;
}

void
mesh_kad_query_probe (MeshKad *kad, MeshKadPeer *peer, MeshKadAddrs *addrs)
{
  g_autoptr (GByteArray) out = g_byte_array_new ();
  g_autoptr (GBytes) msg = NULL;
  MeshKadBytes key;

  key.data = mesh_peer_id_get_bytes (kad->self->id, &key.len);
  mesh_kad_message_begin (out, MESH_KAD_MESSAGE_FIND_NODE, key);
  msg = g_byte_array_free_to_bytes (g_steal_pointer (&out));
  send (kad, NULL, MESH_KAD_REQUEST_PROBE, 0, peer, addrs, msg);
}

/* The end. */

static GPtrArray *
dup_closest (MeshKad *kad, MeshKadQuery *query)
{
  GPtrArray *list
      = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_kad_contact_free);
  guint indexes[MESH_KAD_TABLE_MAX_K];
  guint n = mesh_kad_lookup_get_closest (query->lookup, kad->config.k, indexes);

  for (guint i = 0; i < n; i++)
    {
      const MeshKadLookupPeer *peer
          = mesh_kad_lookup_get_peer (query->lookup, indexes[i]);

      g_ptr_array_add (list, mesh_kad_contact_new (peer->peer, peer->addrs));
      if (query->command != MESH_KAD_COMMAND_FIND_PROVIDERS
          && query->command != MESH_KAD_COMMAND_FIND_PEER
          && query->command != MESH_KAD_COMMAND_GET_VALUE)
        query->result.n_hops = MAX (query->result.n_hops, peer->depth);
    }
  return list;
}

/* The depth of who named the first provider that works; if none was reported, of who
 * named the first. */
static guint
get_provider_hops (const MeshKadQuery *query)
{
  guint hops = 0;

  for (guint i = query->providers != NULL ? query->providers->len : 0; i-- > 0;)
    {
      const MeshKadQueryProvider *provider
          = &g_array_index (query->providers, MeshKadQueryProvider, i);

      if (provider->state == MESH_KAD_QUERY_WORKS || query->result.n_working == 0)
        hops = provider->depth;
    }
  return hops;
}

static gboolean
is_ok (const MeshKadQuery *query, const GPtrArray *closest)
{
  const MeshKadResult *result = &query->result;

  switch (query->command)
    {
    case MESH_KAD_COMMAND_FIND_PEER:
    case MESH_KAD_COMMAND_GET_VALUE:
      return result->n_found > 0;
    case MESH_KAD_COMMAND_FIND_PROVIDERS:
      return query->max > 0 ? result->n_working >= query->max : result->n_found > 0;
    case MESH_KAD_COMMAND_PROVIDE:
    case MESH_KAD_COMMAND_PUT_VALUE:
      return result->n_stored > 0;
    case MESH_KAD_COMMAND_FIND_CLOSEST:
    case MESH_KAD_COMMAND_REFRESH:
    default:
      return closest->len > 0;
    }
}

static void
tell_done (MeshKad *kad, MeshKadQuery *query)
{
  MeshKadEvent event = { .type = MESH_KAD_EVENT_DONE, .id = query->id };

  if (query->is_told)
    return;
  query->is_told = TRUE;
  kad->stats.n_lookups++;
  if (query->command == MESH_KAD_COMMAND_PROVIDE)
    mesh_kad_upkeep_note_announced (kad, query->key, query->result.n_stored);
  if (query->is_upkeep)
    {
      mesh_kad_upkeep_note_done (kad, query->command == MESH_KAD_COMMAND_REFRESH);
      return;
    }
  query->result.command = query->command;
  query->result.duration_us = kad->now_us - query->started_us;
  if (query->command == MESH_KAD_COMMAND_FIND_PROVIDERS)
    query->result.n_hops = get_provider_hops (query);
  query->result.closest = query->closest != NULL ? g_steal_pointer (&query->closest)
                                                 : dup_closest (kad, query);
  query->result.is_ok = is_ok (query, query->result.closest);
  event.result = g_memdup2 (&query->result, sizeof query->result);
  query->result.closest = NULL;
  mesh_kad_push_event (kad, &event);
}

static void
finish (MeshKad *kad, MeshKadQuery *query)
{
  cancel_requests (kad, query);
  tell_done (kad, query);
  kad->n_commands -= !query->is_upkeep;
  g_hash_table_remove (kad->queries, &query->id);
}

void
mesh_kad_query_cancel (MeshKad *kad, MeshKadQuery *query, gboolean is_timed_out)
{
  query->result.is_timed_out = is_timed_out;
  finish (kad, query);
}

/* Storing. */

static GBytes *
encode_store (MeshKad *kad, MeshKadQuery *query)
{
  g_autoptr (GByteArray) out = g_byte_array_new ();
  MeshKadBytes key, value;

  key.data = g_bytes_get_data (query->key, &key.len);
  if (query->command == MESH_KAD_COMMAND_PROVIDE)
    {
      mesh_kad_message_begin (out, MESH_KAD_MESSAGE_ADD_PROVIDER, key);
      mesh_kad_message_add_provider (out, kad->self, kad->addrs);
    }
  else if (query->command == MESH_KAD_COMMAND_FIND_PROVIDERS)
    mesh_kad_message_begin (out, MESH_KAD_MESSAGE_GET_PROVIDERS, key);
  else
    {
      value.data = g_bytes_get_data (query->value, &value.len);
      mesh_kad_message_begin (out, MESH_KAD_MESSAGE_PUT_VALUE, key);
      mesh_kad_message_add_record (out, key, value, NULL);
    }
  return g_byte_array_free_to_bytes (g_steal_pointer (&out));
}

/* Those of the nearest that lack the record: for an entry correction not the ones that
 * have the best value. */
static void
choose_holders (MeshKad *kad, MeshKadQuery *query)
{
  guint indexes[MESH_KAD_TABLE_MAX_K];
  guint n = mesh_kad_lookup_get_closest (query->lookup, kad->config.k, indexes);

  query->n_holders = query->next_holder = 0;
  for (guint i = 0; i < n; i++)
    if (mesh_kad_lookup_get_peer (query->lookup, indexes[i])->tag
        != MESH_KAD_QUERY_BEST_VALUE)
      query->holders[query->n_holders++] = indexes[i];
}

static void
begin_storing (MeshKad *kad, MeshKadQuery *query)
{
  cancel_requests (kad, query);
  query->is_storing = TRUE;
  if (query->command == MESH_KAD_COMMAND_GET_VALUE)
    tell_done (kad, query);
  choose_holders (kad, query);
  g_bytes_unref (query->msg);
  query->msg = encode_store (kad, query);
}

static gboolean has_enough (const MeshKadQuery *query);
static void finish_or_detour (MeshKad *kad, MeshKadQuery *query);

static void
advance_storing (MeshKad *kad, MeshKadQuery *query)
{
  if (query->command == MESH_KAD_COMMAND_FIND_PROVIDERS && has_enough (query))
    {
      finish (kad, query);
      return;
    }
  while (query->next_holder < query->n_holders && query->n_flight < kad->config.alpha)
    {
      guint i = query->holders[query->next_holder++];
      const MeshKadLookupPeer *peer = mesh_kad_lookup_get_peer (query->lookup, i);

      send (kad, query, MESH_KAD_REQUEST_STORE, i, peer->peer, peer->addrs, query->msg);
    }
  if (query->n_flight == 0)
    finish_or_detour (kad, query);
}

/* The lookup. */

static gboolean
has_enough (const MeshKadQuery *query)
{
  switch (query->command)
    {
    case MESH_KAD_COMMAND_FIND_PEER:
      return query->result.n_found > 0;
    case MESH_KAD_COMMAND_FIND_PROVIDERS:
      return query->max > 0 && query->result.n_working >= query->max;
    case MESH_KAD_COMMAND_GET_VALUE:
      return query->max > 0 && query->result.n_found >= query->max;
    case MESH_KAD_COMMAND_FIND_CLOSEST:
    case MESH_KAD_COMMAND_PROVIDE:
    case MESH_KAD_COMMAND_PUT_VALUE:
    case MESH_KAD_COMMAND_REFRESH:
    default:
      return FALSE;
    }
}

static void
end_lookup (MeshKad *kad, MeshKadQuery *query)
{
  if (query->command == MESH_KAD_COMMAND_PROVIDE || query->n_detours > 0
      || (query->value != NULL
          && (query->command == MESH_KAD_COMMAND_PUT_VALUE
              || query->command == MESH_KAD_COMMAND_GET_VALUE)))
    {
      begin_storing (kad, query);
      advance_storing (kad, query);
    }
  else
    finish_or_detour (kad, query);
}

/* The only place that knows the order. May free @query. */
void
mesh_kad_query_advance (MeshKad *kad, MeshKadQuery *query)
{
  guint i;

  if (query->is_storing)
    {
      advance_storing (kad, query);
      return;
    }
  if (!has_enough (query))
    {
      while ((i = mesh_kad_lookup_next (query->lookup)) != MESH_KAD_LOOKUP_NONE)
        {
          const MeshKadLookupPeer *peer = mesh_kad_lookup_get_peer (query->lookup, i);

          send (kad, query, MESH_KAD_REQUEST_LOOKUP, i, peer->peer, peer->addrs,
                query->msg);
        }
      if (!mesh_kad_lookup_is_done (query->lookup))
        return;
    }
  end_lookup (kad, query);
}

static MeshKadMessageType
get_type (const MeshKadQuery *query)
{
  if (query->command == MESH_KAD_COMMAND_FIND_PROVIDERS && query->n_detours == 0)
    return MESH_KAD_MESSAGE_GET_PROVIDERS;
  if (query->command == MESH_KAD_COMMAND_GET_VALUE)
    return MESH_KAD_MESSAGE_GET_VALUE;
  return MESH_KAD_MESSAGE_FIND_NODE;
}

/* How requests end. */

static MeshKadRequest *
take_request (MeshKad *kad, MeshKadRequest *request)
{
  g_hash_table_steal (kad->requests, &request->id);
  if (request->query != NULL)
    request->query->n_flight--;
  return request;
}

static gboolean
is_answer (const MeshKadRequest *request, const MeshKadMessage *msg)
{
  switch (request->kind)
    {
    case MESH_KAD_REQUEST_LOOKUP:
      return msg->type == get_type (request->query);
    case MESH_KAD_REQUEST_PROBE:
      return msg->type == MESH_KAD_MESSAGE_FIND_NODE;
    case MESH_KAD_REQUEST_STORE:
    default:
      return msg->type
             == (request->query->command == MESH_KAD_COMMAND_FIND_PROVIDERS
                     ? MESH_KAD_MESSAGE_GET_PROVIDERS
                     : MESH_KAD_MESSAGE_PUT_VALUE);
    }
}

gboolean
mesh_kad_query_handle_response (MeshKad *kad,
                                MeshKadRequest *request,
                                const guint8 *data,
                                gsize len,
                                GError **error)
{
  MeshKadMessage msg;

  if (!mesh_kad_message_decode (data, len, &msg, error))
    {
      mesh_kad_query_handle_failure (kad, request);
      return FALSE;
    }
  if (!is_answer (request, &msg))
    {
      mesh_kad_query_handle_failure (kad, request);
      g_set_error_literal (error, MESH_ERROR, MESH_ERROR_PROTOCOL,
                           "A peer of the DHT answered something else than was asked");
      return FALSE;
    }
  if (request->kind == MESH_KAD_REQUEST_STORE)
    {
      if (request->query->command == MESH_KAD_COMMAND_FIND_PROVIDERS)
        mesh_kad_answer_take_providers (kad, request->query, request->index, &msg);
      mesh_kad_query_handle_sent (kad, request);
      return TRUE;
    }
  take_request (kad, request);
  mesh_kad_note_alive (kad, request->peer, request->addrs);
  if (request->kind == MESH_KAD_REQUEST_LOOKUP)
    {
      mesh_kad_answer_take (kad, request->query, request->index, &msg);
      mesh_kad_query_advance (kad, request->query);
    }
  mesh_kad_query_free_request (request);
  return TRUE;
}

void
mesh_kad_query_handle_sent (MeshKad *kad, MeshKadRequest *request)
{
  MeshKadQuery *query = request->query;

  if (request->kind != MESH_KAD_REQUEST_STORE)
    return;
  take_request (kad, request);
  mesh_kad_query_free_request (request);
  query->result.n_stored += query->command != MESH_KAD_COMMAND_FIND_PROVIDERS;
  mesh_kad_query_advance (kad, query);
}

void
mesh_kad_query_handle_failure (MeshKad *kad, MeshKadRequest *request)
{
  MeshKadQuery *query = request->query;

  take_request (kad, request);
  mesh_kad_note_dead (kad, request->peer);
  if (query != NULL)
    query->result.n_failures++;
  if (request->kind == MESH_KAD_REQUEST_LOOKUP)
    mesh_kad_lookup_set_failed (query->lookup, request->index);
  mesh_kad_query_free_request (request);
  if (query != NULL)
    mesh_kad_query_advance (kad, query);
}

static void
handle_request_timer (MeshKad *kad, MeshKadRequest *request)
{
  MeshKadEvent event = { .type = MESH_KAD_EVENT_CANCEL, .request_id = request->id };

  if (request->deadline_us <= kad->now_us)
    {
      mesh_kad_push_event (kad, &event);
      mesh_kad_query_handle_failure (kad, request);
      return;
    }
  mesh_heap_push (kad->timers, request->deadline_us, request->id);
  request->is_slow = TRUE;
  if (request->kind != MESH_KAD_REQUEST_LOOKUP)
    return;
  mesh_kad_lookup_set_slow (request->query->lookup, request->index);
  mesh_kad_query_advance (kad, request->query);
}

/* A lookup that is led astray for too long: who has answered so far gets the record, or
 * nobody would. As much time again is for that. */
static void
run_out_of_time (MeshKad *kad, MeshKadQuery *query)
{
  gboolean is_to_store = query->command == MESH_KAD_COMMAND_PROVIDE
                         || query->command == MESH_KAD_COMMAND_PUT_VALUE;

  if (!is_to_store || query->is_storing || query->result.is_timed_out)
    {
      mesh_kad_query_cancel (kad, query, TRUE);
      return;
    }
  query->result.is_timed_out = TRUE;
  query->n_detours = MESH_KAD_CROWD_MAX_DETOURS;
  mesh_heap_push (kad->timers, kad->now_us + kad->config.lookup_timeout_us, query->id);
  begin_storing (kad, query);
  advance_storing (kad, query);
}

void
mesh_kad_query_handle_timer (MeshKad *kad, guint64 id)
{
  MeshKadRequest *request = g_hash_table_lookup (kad->requests, &id);
  MeshKadQuery *query = g_hash_table_lookup (kad->queries, &id);

  if (request != NULL)
    handle_request_timer (kad, request);
  else if (query != NULL)
    run_out_of_time (kad, query);
}

/* The beginning. */

static void
seed (MeshKad *kad, MeshKadQuery *query, const MeshKadKey *target)
{
  const MeshKadTableEntry *nearest[MESH_KAD_TABLE_MAX_K];
  guint n = mesh_kad_table_get_closest (kad->table, target, kad->config.k, NULL, nearest);

  for (guint i = 0; i < n; i++)
    mesh_kad_lookup_seed (query->lookup, nearest[i]->peer, nearest[i]->addrs);
}

static MeshKadLookup *
new_lookup (MeshKad *kad, const MeshKadKey *target)
{
  return mesh_kad_lookup_new (
      target, kad->config.k, kad->config.alpha, kad->config.n_paths,
      kad->config.scope == MESH_KAD_SCOPE_WAN ? kad->config.max_group_lookup : 0);
}

static gboolean
is_crowded (MeshKad *kad, MeshKadQuery *query)
{
  guint indexes[MESH_KAD_TABLE_MAX_K];
  guint n = mesh_kad_lookup_get_closest (query->lookup, kad->config.k, indexes);

  return n > 0
         && mesh_kad_crowd_is_suspicious (
             mesh_kad_table_estimate_size (kad->table), n,
             &mesh_kad_lookup_get_peer (query->lookup, indexes[n - 1])->distance);
}

/* Looks for the next detour that there is. Returns: whether it is on its way */
static gboolean
begin_detour (MeshKad *kad, MeshKadQuery *query)
{
  guint8 name[MESH_KAD_CROWD_NAME_BYTES];
  MeshKadBytes key, place = { .data = name, .len = sizeof name };
  g_autoptr (GByteArray) out = NULL;
  MeshKadKey target;

  key.data = g_bytes_get_data (query->key, &key.len);
  do
    if (query->n_detours == MESH_KAD_CROWD_MAX_DETOURS)
      return FALSE;
  while (!mesh_kad_crowd_make_detour (key.data, key.len,
                                      mesh_kad_table_estimate_size (kad->table),
                                      kad->config.k, query->n_detours++, name));
  cancel_requests (kad, query);
  if (query->closest == NULL)
    query->closest = dup_closest (kad, query);
  mesh_kad_key_init (&target, name, sizeof name);
  mesh_kad_lookup_free (query->lookup);
  query->lookup = new_lookup (kad, &target);
  query->is_storing = FALSE;
  g_bytes_unref (query->msg);
  out = g_byte_array_new ();
  mesh_kad_message_begin (out, MESH_KAD_MESSAGE_FIND_NODE, place);
  query->msg = g_byte_array_free_to_bytes (g_steal_pointer (&out));
  seed (kad, query, &target);
  return TRUE;
}

/* May free @query. */
static void
finish_or_detour (MeshKad *kad, MeshKadQuery *query)
{
  gboolean is_of_providers = query->command == MESH_KAD_COMMAND_PROVIDE
                             || query->command == MESH_KAD_COMMAND_FIND_PROVIDERS;

  if (is_of_providers && !has_enough (query)
      && (query->n_detours > 0 || is_crowded (kad, query)) && begin_detour (kad, query))
    mesh_kad_query_advance (kad, query);
  else
    finish (kad, query);
}

static MeshKadQuery *
new_query (MeshKad *kad, const MeshKadQueryPlan *plan, const MeshKadKey *target)
{
  MeshKadQuery *query = g_new0 (MeshKadQuery, 1);
  g_autoptr (GByteArray) out = g_byte_array_new ();

  query->id = ++kad->last_id;
  query->command = plan->command;
  query->is_upkeep = plan->is_upkeep;
  query->max = plan->max;
  query->key = g_bytes_new (plan->key.data, plan->key.len);
  query->value = plan->value != NULL ? g_bytes_ref (plan->value) : NULL;
  query->sought = plan->sought != NULL ? mesh_kad_pool_ref_peer (plan->sought) : NULL;
  query->started_us = kad->now_us;
  query->lookup = new_lookup (kad, target);
  mesh_kad_message_begin (out, get_type (query), plan->key);
  query->msg = g_byte_array_free_to_bytes (g_steal_pointer (&out));
  return query;
}

guint64
mesh_kad_query_start (MeshKad *kad, const MeshKadQueryPlan *plan)
{
  MeshKadQuery *query;
  MeshKadKey target;
  guint64 id;

  mesh_kad_key_init (&target, plan->key.data, plan->key.len);
  query = new_query (kad, plan, &target);
  id = query->id;
  g_hash_table_insert (kad->queries, &query->id, query);
  kad->n_commands += !plan->is_upkeep;
  mesh_heap_push (kad->timers, kad->now_us + kad->config.lookup_timeout_us, id);
  mesh_kad_table_note_refreshed (
      kad->table, mesh_kad_key_common_prefix (&target, &kad->self->key), kad->now_us);
  /* A record without an address helps nobody. */
  if (plan->command == MESH_KAD_COMMAND_PROVIDE
      && !mesh_kad_is_reachable (kad, kad->addrs))
    {
      mesh_kad_query_cancel (kad, query, FALSE);
      return id;
    }
  seed (kad, query, &target);
  mesh_kad_answer_look_at_home (kad, query);
  mesh_kad_query_advance (kad, query);
  return id;
}
