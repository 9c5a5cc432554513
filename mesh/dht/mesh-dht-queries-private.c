/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */

/* A query is in the list until it is over; its task keeps the MeshDht. */
#include "config.h"

#include "dht/mesh-dht-queries-private.h"

#include "base/mesh-error.h"
#include "dht/mesh-dht-private.h"

struct MeshDhtQueries
{
  GPtrArray *list; /* (owned) (element-type Query): oldest first */
  guint64 last_id;
};

typedef struct
{
  guint64 id;
  MeshKadCommand command;
  GTask *task; /* (owned) */
  GBytes *key; /* (owned) */
  guint max;
  MeshDhtProviderFunc func; /* (nullable) */
  gpointer func_data;
  guint64 ids[MESH_DHT_N_SIDES]; /* of the commands under way; 0: over */
  gboolean is_starting;          /* not every table was asked yet */
  MeshDhtFound *found;           /* (owned) (nullable): given to the task at the end */
  GHashTable *by_id;             /* (owned) (element-type MeshPeerId MeshDhtPeer) */
  guint n_working;
  guint n_stored;
  guint n_asked;   /* peers asked, of all tables */
  GSource *cancel; /* (owned) (nullable) */
} Query;

static void
query_free (gpointer data)
{
  Query *query = data;

  if (query->cancel != NULL)
    g_source_destroy (query->cancel);
  g_clear_pointer (&query->cancel, g_source_unref);
  g_clear_object (&query->task);
  g_bytes_unref (query->key);
  g_hash_table_unref (query->by_id);
  g_clear_pointer (&query->found, mesh_dht_queries_free_found);
  g_free (query);
}

void
mesh_dht_queries_free_found (MeshDhtFound *found)
{
  g_ptr_array_unref (found->peers);
  g_clear_pointer (&found->value, g_bytes_unref);
  g_free (found);
}

MeshDhtQueries *
mesh_dht_queries_new (void)
{
  MeshDhtQueries *queries = g_new0 (MeshDhtQueries, 1);

  queries->list = g_ptr_array_new_with_free_func (query_free);
  return queries;
}

void
mesh_dht_queries_free (MeshDhtQueries *queries)
{
  g_assert (queries->list->len == 0);
  g_ptr_array_unref (queries->list);
  g_free (queries);
}

guint
mesh_dht_queries_get_n (const MeshDhtQueries *queries)
{
  return queries->list->len;
}

/* The end. */

typedef struct
{
  MeshKadKey distance;
  gpointer peer;
} Place;

static int
compare_places (gconstpointer a, gconstpointer b)
{
  return mesh_kad_key_compare (&((const Place *) a)->distance,
                               &((const Place *) b)->distance);
}

static void
sort_by_distance (GPtrArray *peers, GBytes *key)
{
  g_autoptr (GArray) places = g_array_new (FALSE, FALSE, sizeof (Place));
  MeshKadKey target;

  mesh_kad_key_init (&target, g_bytes_get_data (key, NULL), g_bytes_get_size (key));
  for (guint i = 0; i < peers->len; i++)
    {
      Place place = { .peer = peers->pdata[i] };
      gsize len;
      const guint8 *id
          = mesh_peer_id_get_bytes (((MeshDhtPeer *) peers->pdata[i])->id, &len);

      mesh_kad_key_init (&place.distance, id, len);
      mesh_kad_key_distance (&place.distance, &target, &place.distance);
      g_array_append_val (places, place);
    }
  g_array_sort (places, compare_places);
  for (guint i = 0; i < peers->len; i++)
    peers->pdata[i] = g_array_index (places, Place, i).peer;
}

static GError *
get_failure (const Query *query)
{
  if (query->n_asked == 0 && query->found->peers->len == 0 && query->found->value == NULL
      && query->n_stored == 0)
    return g_error_new (
        MESH_ERROR, MESH_ERROR_UNREACHABLE,
        "No peer of the DHT could be asked; connect to one that is in it");
  switch (query->command)
    {
    case MESH_KAD_COMMAND_FIND_PEER:
      if (query->found->peers->len == 0)
        return g_error_new (MESH_ERROR, MESH_ERROR_NOT_FOUND,
                            "Nobody in the DHT knows where that peer is");
      return NULL;
    case MESH_KAD_COMMAND_GET_VALUE:
      if (query->found->value == NULL)
        return g_error_new (MESH_ERROR, MESH_ERROR_NOT_FOUND,
                            "Nobody in the DHT has a value for that key");
      return NULL;
    case MESH_KAD_COMMAND_PROVIDE:
    case MESH_KAD_COMMAND_PUT_VALUE:
      if (query->n_stored == 0)
        return g_error_new (MESH_ERROR, MESH_ERROR_UNREACHABLE,
                            "Nobody in the DHT took the record");
      return NULL;
    case MESH_KAD_COMMAND_FIND_CLOSEST:
    case MESH_KAD_COMMAND_FIND_PROVIDERS:
    case MESH_KAD_COMMAND_REFRESH:
    default:
      return NULL;
    }
}

/* Takes the query out of the list first: what is called from here may look for it.
 * Cancels what still runs. */
static void
finish (MeshDhtQueries *queries, MeshDht *dht, Query *query, GError *error)
{
  g_autoptr (GTask) task = g_steal_pointer (&query->task);
  MeshDhtFound *found;
  guint at = 0;

  g_ptr_array_find (queries->list, query, &at);
  g_ptr_array_steal_index (queries->list, at);
  for (guint i = 0; i < MESH_DHT_N_SIDES; i++)
    {
      guint64 id = query->ids[i];

      query->ids[i] = 0;
      if (id == 0 || dht->sides[i] == NULL)
        continue;
      mesh_kad_cancel (mesh_dht_side_get_kad (dht->sides[i]), id,
                       g_get_monotonic_time ());
      mesh_dht_side_pump (dht->sides[i]);
    }
  if (error == NULL)
    error = get_failure (query);
  found = g_steal_pointer (&query->found);
  if (query->command == MESH_KAD_COMMAND_FIND_CLOSEST)
    sort_by_distance (found->peers, query->key);
  query_free (query);
  if (error != NULL)
    {
      mesh_dht_queries_free_found (found);
      g_task_return_error (task, error);
    }
  else
    g_task_return_pointer (task, found, (GDestroyNotify) mesh_dht_queries_free_found);
}

static gboolean
is_running (const Query *query)
{
  if (query->is_starting)
    return TRUE;
  for (guint i = 0; i < MESH_DHT_N_SIDES; i++)
    if (query->ids[i] != 0)
      return TRUE;
  return FALSE;
}

static gboolean
has_enough (const Query *query)
{
  if (query->command == MESH_KAD_COMMAND_FIND_PEER)
    return query->found->peers->len > 0;
  return query->command == MESH_KAD_COMMAND_FIND_PROVIDERS && query->max > 0
         && query->n_working >= query->max;
}

static void
check (MeshDhtQueries *queries, MeshDht *dht, Query *query)
{
  if (!query->is_starting && (has_enough (query) || !is_running (query)))
    finish (queries, dht, query, NULL);
}

/* What the tables say. */

/* Returns: (nullable): the peer if it is new */
static MeshDhtPeer *
add_peer (Query *query, MeshPeerId *id, const MeshKadAddrs *addrs)
{
  MeshDhtPeer *peer = g_hash_table_lookup (query->by_id, id);
  g_autoptr (GPtrArray) list = mesh_kad_addrs_dup_multiaddrs (addrs);

  if (peer != NULL)
    {
      for (guint i = 0; i < list->len; i++)
        if (!g_ptr_array_find_with_equal_func (peer->addrs, list->pdata[i],
                                               mesh_multiaddr_equal, NULL))
          g_ptr_array_add (peer->addrs, mesh_multiaddr_ref (list->pdata[i]));
      return NULL;
    }
  peer = g_new0 (MeshDhtPeer, 1);
  peer->id = mesh_peer_id_ref (id);
  peer->addrs = g_steal_pointer (&list);
  g_ptr_array_add (query->found->peers, peer);
  g_hash_table_insert (query->by_id, peer->id, peer);
  return peer;
}

static void
take_provider (MeshDht *dht, Query *query, guint side, const MeshKadEvent *event)
{
  const MeshDhtPeer *peer = add_peer (query, event->peer->id, event->addrs);

  if (query->func == NULL)
    {
      query->n_working += peer != NULL;
      mesh_kad_report_provider (mesh_dht_side_get_kad (dht->sides[side]),
                                query->ids[side], event->peer->id, TRUE,
                                g_get_monotonic_time ());
    }
  else if (peer != NULL)
    query->func (dht, query->id, peer, query->func_data);
}

static void
take_value (MeshDht *dht, Query *query, GBytes *value)
{
  const guint8 *key = g_bytes_get_data (query->key, NULL);
  gsize key_len = g_bytes_get_size (query->key);
  GBytes *best = query->found->value;
  const MeshKadValidator *validator
      = mesh_kad_validator_find (dht->validators, dht->n_validators, key, key_len);

  if (best != NULL && validator != NULL
      && validator->select (key, key_len, g_bytes_get_data (value, NULL),
                            g_bytes_get_size (value), g_bytes_get_data (best, NULL),
                            g_bytes_get_size (best), validator->user_data)
             <= 0)
    return;
  g_clear_pointer (&query->found->value, g_bytes_unref);
  query->found->value = g_bytes_ref (value);
}

static void
take_result (Query *query, const MeshKadResult *result)
{
  query->n_asked += result->n_messages;
  query->n_stored += result->n_stored;
  if (query->command != MESH_KAD_COMMAND_FIND_CLOSEST)
    return;
  for (guint i = 0; i < result->closest->len; i++)
    {
      const MeshKadContact *contact = result->closest->pdata[i];

      add_peer (query, contact->peer->id, contact->addrs);
    }
}

static Query *
find_query (MeshDhtQueries *queries, guint side, guint64 id)
{
  for (guint i = 0; id != 0 && i < queries->list->len; i++)
    if (((Query *) queries->list->pdata[i])->ids[side] == id)
      return queries->list->pdata[i];
  return NULL;
}

static Query *
find_query_by_id (MeshDhtQueries *queries, guint64 id)
{
  for (guint i = 0; i < queries->list->len; i++)
    if (((Query *) queries->list->pdata[i])->id == id)
      return queries->list->pdata[i];
  return NULL;
}

void
mesh_dht_queries_handle_event (MeshDhtQueries *queries,
                               MeshDht *dht,
                               MeshDhtSide *side,
                               const MeshKadEvent *event)
{
  guint index = dht->sides[MESH_DHT_LAN] == side ? MESH_DHT_LAN : MESH_DHT_WAN;
  Query *query = find_query (queries, index, event->id);
  guint64 id;

  if (query == NULL)
    return;
  id = query->id;
  if (event->type == MESH_KAD_EVENT_PEER)
    add_peer (query, event->peer->id, event->addrs);
  else if (event->type == MESH_KAD_EVENT_PROVIDER)
    take_provider (dht, query, index, event);
  else if (event->type == MESH_KAD_EVENT_VALUE)
    take_value (dht, query, event->value);
  else if (event->type == MESH_KAD_EVENT_DONE)
    {
      take_result (query, event->result);
      query->ids[index] = 0;
    }
  /* Whoever was told of a provider may have ended it. */
  query = find_query_by_id (queries, id);
  if (query != NULL)
    check (queries, dht, query);
}

void
mesh_dht_queries_report (MeshDhtQueries *queries,
                         MeshDht *dht,
                         guint64 id,
                         const MeshPeerId *peer,
                         gboolean works)
{
  Query *query = find_query_by_id (queries, id);

  if (query == NULL || !g_hash_table_contains (query->by_id, peer))
    return;
  query->n_working += works;
  for (guint i = 0; i < MESH_DHT_N_SIDES; i++)
    if (query->ids[i] != 0)
      mesh_kad_report_provider (mesh_dht_side_get_kad (dht->sides[i]), query->ids[i],
                                peer, works, g_get_monotonic_time ());
  check (queries, dht, query);
  for (guint i = 0; i < MESH_DHT_N_SIDES; i++)
    if (dht->sides[i] != NULL)
      mesh_dht_side_pump (dht->sides[i]);
}

/* The beginning. */

static gboolean
cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  Query *query = user_data;
  MeshDht *dht = g_task_get_source_object (query->task);
  g_autoptr (MeshDht) kept = g_object_ref (dht);

  finish (dht->queries, dht, query,
          g_error_new (G_IO_ERROR, G_IO_ERROR_CANCELLED, "The question was cancelled"));
  return G_SOURCE_REMOVE;
}

static guint64
start_on (MeshKad *kad, const MeshDhtQueryPlan *plan)
{
  gint64 now_us = g_get_monotonic_time ();
  gsize len, value_len;
  const guint8 *key = g_bytes_get_data (plan->key, &len);
  const guint8 *value;

  switch (plan->command)
    {
    case MESH_KAD_COMMAND_FIND_PEER:
      return mesh_kad_find_peer (kad, plan->sought, now_us);
    case MESH_KAD_COMMAND_FIND_PROVIDERS:
      return mesh_kad_find_providers (kad, key, len, plan->max, now_us);
    case MESH_KAD_COMMAND_PROVIDE:
      return mesh_kad_provide (kad, key, len, now_us);
    case MESH_KAD_COMMAND_GET_VALUE:
      return mesh_kad_get_value (kad, key, len, 0, now_us);
    case MESH_KAD_COMMAND_PUT_VALUE:
      value = g_bytes_get_data (plan->value, &value_len);
      return mesh_kad_put_value (kad, key, len, value, value_len, now_us);
    case MESH_KAD_COMMAND_FIND_CLOSEST:
    case MESH_KAD_COMMAND_REFRESH:
    default:
      return mesh_kad_find_closest (kad, key, len, now_us);
    }
}

static Query *
new_query (MeshDhtQueries *queries, const MeshDhtQueryPlan *plan, GTask *task)
{
  GCancellable *cancellable = g_task_get_cancellable (task);
  Query *query = g_new0 (Query, 1);

  query->id = ++queries->last_id;
  query->command = plan->command;
  query->task = task;
  query->key = g_bytes_ref (plan->key);
  query->max = plan->max;
  query->func = plan->func;
  query->func_data = plan->func_data;
  query->found = g_new0 (MeshDhtFound, 1);
  query->found->peers
      = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_dht_peer_free);
  query->by_id = g_hash_table_new (mesh_peer_id_hash, mesh_peer_id_equal);
  if (cancellable != NULL)
    {
      query->cancel = g_cancellable_source_new (cancellable);
      g_source_set_callback (query->cancel, G_SOURCE_FUNC (cancelled_cb), query, NULL);
      g_source_attach (query->cancel, g_main_context_get_thread_default ());
    }
  return query;
}

void
mesh_dht_queries_start (MeshDhtQueries *queries,
                        MeshDht *dht,
                        const MeshDhtQueryPlan *plan,
                        GTask *task)
{
  g_autoptr (MeshDht) kept = g_object_ref (dht);
  Query *query = new_query (queries, plan, task);
  guint64 id = query->id;
  guint n_begun = 0;

  g_ptr_array_add (queries->list, query);
  query->is_starting = TRUE;
  for (guint i = 0; i < MESH_DHT_N_SIDES; i++)
    if (dht->sides[i] != NULL)
      {
        query->ids[i] = start_on (mesh_dht_side_get_kad (dht->sides[i]), plan);
        n_begun += query->ids[i] != 0;
      }
  query->is_starting = FALSE;
  if (n_begun == 0)
    {
      finish (queries, dht, query,
              g_error_new (MESH_ERROR, MESH_ERROR_BUSY,
                           "The DHT can't take that up now; try again later"));
      return;
    }
  for (guint i = 0; i < MESH_DHT_N_SIDES; i++)
    if (dht->sides[i] != NULL && find_query_by_id (queries, id) != NULL)
      mesh_dht_side_pump (dht->sides[i]);
}

void
mesh_dht_queries_close (MeshDhtQueries *queries, MeshDht *dht)
{
  while (queries->list->len > 0)
    finish (queries, dht, queries->list->pdata[0],
            g_error_new (MESH_ERROR, MESH_ERROR_CLOSED, "The DHT was stopped"));
}
