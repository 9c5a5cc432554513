/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */

/* Sides, queries and store are made at the start and end with mesh_dht_stop_async(),
 * which does its work from an idle source: a callback of ours may call it while a side is
 * being pumped. */
#include "config.h"

#include "dht/mesh-dht.h"

#include "base/mesh-error.h"
#include "dht/mesh-dht-persist-private.h"
#include "dht/mesh-dht-private.h"

/* Good peers dialed at the start. */
#define MAX_START_DIALS 8
/* The tables are saved so long after they changed. */
#define SAVE_S 30

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MeshDht, mesh_dht, G_TYPE_OBJECT)

void
mesh_dht_peer_free (MeshDhtPeer *peer)
{
  mesh_peer_id_unref (peer->id);
  g_ptr_array_unref (peer->addrs);
  g_free (peer);
}

MeshDhtPeer *
mesh_dht_peer_new (MeshPeerId *id, GPtrArray *addrs)
{
  MeshDhtPeer *peer = g_new0 (MeshDhtPeer, 1);

  peer->id = mesh_peer_id_ref (id);
  peer->addrs = g_ptr_array_ref (addrs);
  return peer;
}

static gboolean
emit_changed_cb (gpointer user_data)
{
  MeshDht *self = user_data;

  self->changed_id = 0;
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
  return G_SOURCE_REMOVE;
}

static void
queue_changed (MeshDht *self)
{
  if (self->changed_id == 0 && !self->is_stopped)
    self->changed_id = g_idle_add (emit_changed_cb, self);
}

static gboolean
save_cb (gpointer user_data)
{
  MeshDht *self = user_data;

  self->save_id = 0;
  mesh_dht_persist_peers (self);
  return G_SOURCE_REMOVE;
}

/* What the tables say. */

static void
side_event (MeshDhtSide *side, const MeshKadEvent *event, gpointer user_data)
{
  MeshDht *self = user_data;

  switch (event->type)
    {
    case MESH_KAD_EVENT_TABLE:
      if (self->save_id == 0 && self->store != NULL)
        self->save_id = g_timeout_add_seconds (SAVE_S, save_cb, self);
      queue_changed (self);
      return;
    case MESH_KAD_EVENT_STORE_PROVIDER:
    case MESH_KAD_EVENT_DROP_PROVIDER:
    case MESH_KAD_EVENT_STORE_VALUE:
    case MESH_KAD_EVENT_DROP_VALUE:
    case MESH_KAD_EVENT_PROVIDED:
      mesh_dht_persist_event (self, side, event);
      return;
    case MESH_KAD_EVENT_PEER:
    case MESH_KAD_EVENT_PROVIDER:
    case MESH_KAD_EVENT_VALUE:
    case MESH_KAD_EVENT_DONE:
    case MESH_KAD_EVENT_SEND:
    case MESH_KAD_EVENT_CANCEL:
    default:
      mesh_dht_queries_handle_event (self->queries, self, side, event);
      return;
    }
}

/* Modes and addresses. */

static gboolean
is_serving (MeshDht *self, MeshDhtSideIndex i, gboolean is_listening)
{
  if (!self->is_active || self->options.mode == MESH_DHT_MODE_CLIENT)
    return FALSE;
  if (self->options.mode == MESH_DHT_MODE_SERVER)
    return TRUE;
  return is_listening && (i == MESH_DHT_LAN || mesh_dht_reach_is_reachable (self->reach));
}

static void
update (MeshDht *self)
{
  g_autoptr (GPtrArray) addrs = mesh_host_dup_addresses (self->host);
  gboolean is_listening = addrs->len > 0;
  g_autoptr (GPtrArray) confirmed = NULL;

  if (!is_listening)
    mesh_dht_reach_clear (self->reach);
  confirmed = mesh_dht_reach_dup_addrs (self->reach);
  for (guint i = 0; i < confirmed->len; i++)
    g_ptr_array_add (addrs, mesh_multiaddr_ref (confirmed->pdata[i]));
  for (guint i = 0; i < MESH_DHT_N_SIDES; i++)
    if (self->sides[i] != NULL)
      {
        mesh_dht_side_set_server (self->sides[i],
                                  is_serving (self, (MeshDhtSideIndex) i, is_listening));
        mesh_dht_side_set_addrs (self->sides[i], addrs);
        mesh_dht_side_set_active (self->sides[i], self->is_active);
      }
  queue_changed (self);
}

static void
addresses_changed_cb (MeshHost *host, MeshDht *self)
{
  if (self->is_started)
    update (self);
}

static void
identified_cb (MeshHost *host, MeshConnection *connection, MeshDht *self)
{
  const MeshPeerInfo *info = mesh_connection_get_peer_info (connection);
  g_autoptr (GPtrArray) listen = NULL;

  if (!self->is_started || info == NULL || info->observed_addr == NULL
      || mesh_connection_get_direction (connection) != MESH_DIRECTION_INBOUND)
    return;
  listen = mesh_host_dup_addresses (host);
  if (listen->len > 0
      && mesh_dht_reach_add (self->reach, mesh_connection_get_remote_addr (connection),
                             info->observed_addr, listen))
    update (self);
}

/* The object. */

static void
mesh_dht_init (MeshDht *self)
{
  self->is_active = TRUE;
  self->pool = mesh_kad_pool_new ();
  self->reach = mesh_dht_reach_new ();
  self->queries = mesh_dht_queries_new ();
  self->good_peers = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_dht_peer_free);
  self->cancellable = g_cancellable_new ();
}

static void
tear_down (MeshDht *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->save_id, g_source_remove);
  g_clear_handle_id (&self->changed_id, g_source_remove);
  mesh_dht_queries_close (self->queries, self);
  for (guint i = 0; i < MESH_DHT_N_SIDES; i++)
    g_clear_pointer (&self->sides[i], mesh_dht_side_free);
}

static void
mesh_dht_dispose (GObject *object)
{
  MeshDht *self = MESH_DHT (object);

  tear_down (self);
  if (self->store != NULL)
    mesh_dht_store_close_async (g_steal_pointer (&self->store), NULL, NULL);
  g_clear_object (&self->host);
  G_OBJECT_CLASS (mesh_dht_parent_class)->dispose (object);
}

static void
mesh_dht_finalize (GObject *object)
{
  MeshDht *self = MESH_DHT (object);

  g_free (self->prefix);
  g_free (self->db_path);
  g_free (self->validators);
  mesh_kad_pool_unref (self->pool);
  mesh_dht_reach_free (self->reach);
  mesh_dht_queries_free (self->queries);
  g_ptr_array_unref (self->good_peers);
  g_clear_object (&self->cancellable);
  G_OBJECT_CLASS (mesh_dht_parent_class)->finalize (object);
}

static void
mesh_dht_class_init (MeshDhtClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = mesh_dht_dispose;
  G_OBJECT_CLASS (klass)->finalize = mesh_dht_finalize;

  /**
   * MeshDht::changed:
   *
   * Modes or table sizes are new.
   */
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", MESH_TYPE_DHT, G_SIGNAL_RUN_LAST, 0,
                                          NULL, NULL, NULL, G_TYPE_NONE, 0);
}

MeshDht *
mesh_dht_new (MeshHost *host, const MeshDhtOptions *options)
{
  static const MeshDhtOptions defaults = MESH_DHT_OPTIONS_DEFAULT;
  MeshDht *self = g_object_new (MESH_TYPE_DHT, NULL);

  if (options == NULL)
    options = &defaults;
  self->host = g_object_ref (host);
  self->options = *options;
  self->prefix = g_strdup (options->prefix);
  self->db_path = g_strdup (options->db_path);
  self->n_validators = options->n_validators + 1;
  self->validators = g_new0 (MeshKadValidator, self->n_validators);
  self->validators[0] = *mesh_kad_validator_get_pk ();
  for (gsize i = 0; i < options->n_validators; i++)
    self->validators[i + 1] = options->validators[i];
  g_signal_connect_object (host, "addresses-changed", G_CALLBACK (addresses_changed_cb),
                           self, 0);
  g_signal_connect_object (host, "peer-identified", G_CALLBACK (identified_cb), self, 0);
  return self;
}

/* The start. */

static MeshDhtSide *
make_side (MeshDht *self, MeshKadScope scope, const char *suffix)
{
  g_autofree char *protocol = g_strconcat (self->prefix, suffix, NULL);
  MeshKadConfig config = MESH_KAD_CONFIG_DEFAULT;

  config.scope = scope;
  config.is_recorded = self->store != NULL;
  config.pool = self->pool;
  config.validators = self->validators;
  config.n_validators = self->n_validators;
  config.republish_interval_us = self->options.republish_interval_us;
  config.refresh_interval_us = self->options.refresh_interval_us;
  config.wall_offset_us = g_get_real_time () - g_get_monotonic_time ();
  return mesh_dht_side_new (self->host, protocol, &config,
                            (guint64) g_random_int () << 32 | g_random_int (), side_event,
                            self);
}

static void
dial_good_peers (MeshDht *self)
{
  for (guint i = 0; i < MIN (self->good_peers->len, MAX_START_DIALS); i++)
    {
      const MeshDhtPeer *peer = self->good_peers->pdata[i];

      mesh_dht_add_peer (self, peer->id, peer->addrs);
    }
}

static void
start (MeshDht *self, GArray *rows)
{
  if (self->options.use_wan)
    self->sides[MESH_DHT_WAN] = make_side (
        self, self->options.is_closed ? MESH_KAD_SCOPE_ANY : MESH_KAD_SCOPE_WAN,
        MESH_DHT_WAN_SUFFIX);
  if (self->options.use_lan)
    self->sides[MESH_DHT_LAN] = make_side (self, MESH_KAD_SCOPE_LAN, MESH_DHT_LAN_SUFFIX);
  for (guint i = 0; rows != NULL && i < rows->len; i++)
    mesh_dht_persist_restore (self, &g_array_index (rows, MeshDhtStoreRow, i));
  self->is_started = TRUE;
  update (self);
  for (guint i = 0; i < MESH_DHT_N_SIDES; i++)
    if (self->sides[i] != NULL)
      mesh_dht_side_take_in_connected (self->sides[i]);
  if (self->is_active)
    dial_good_peers (self);
}

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  MeshDht *self = g_task_get_source_object (task);
  g_autoptr (GArray) rows = NULL;
  GError *error = NULL;

  self->store = mesh_dht_store_open_finish (result, &rows, &error);
  if (self->store == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  if (self->is_stopped)
    {
      g_task_return_new_error (task, MESH_ERROR, MESH_ERROR_CLOSED,
                               "The DHT was stopped");
      return;
    }
  start (self, rows);
  g_task_return_boolean (task, TRUE);
}

void
mesh_dht_start_async (MeshDht *self,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, mesh_dht_start_async);
  if (self->is_started || self->is_stopped)
    {
      g_task_return_new_error (task, MESH_ERROR, MESH_ERROR_WRONG_STATE,
                               "The DHT was started before");
      return;
    }
  if (self->db_path != NULL)
    {
      mesh_dht_store_open_async (self->db_path, g_get_real_time (), cancellable,
                                 opened_cb, g_steal_pointer (&task));
      return;
    }
  start (self, NULL);
  g_task_return_boolean (task, TRUE);
}

gboolean
mesh_dht_start_finish (MeshDht *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* The end. */

static void
closed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (mesh_dht_store_close_finish (result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static gboolean
stop_cb (gpointer user_data)
{
  g_autoptr (GTask) task = g_object_ref (user_data);
  MeshDht *self = g_task_get_source_object (task);

  mesh_dht_persist_peers (self);
  tear_down (self);
  if (self->store != NULL)
    mesh_dht_store_close_async (g_steal_pointer (&self->store), closed_cb,
                                g_steal_pointer (&task));
  else
    g_task_return_boolean (task, TRUE);
  return G_SOURCE_REMOVE;
}

void
mesh_dht_stop_async (MeshDht *self,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, mesh_dht_stop_async);
  self->is_stopped = TRUE;
  self->is_started = FALSE;
  g_idle_add_full (G_PRIORITY_DEFAULT, stop_cb, g_steal_pointer (&task), g_object_unref);
}

gboolean
mesh_dht_stop_finish (MeshDht *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* Settings. */

void
mesh_dht_set_active (MeshDht *self, gboolean is_active)
{
  if (self->is_active == is_active)
    return;
  self->is_active = is_active;
  if (!self->is_started)
    return;
  update (self);
  if (is_active)
    dial_good_peers (self);
}

void
mesh_dht_hold (MeshDht *self)
{
  if (self->n_holds++ == 0 && self->is_started && !self->is_active)
    dial_good_peers (self);
}

void
mesh_dht_release (MeshDht *self)
{
  g_return_if_fail (self->n_holds > 0);
  self->n_holds--;
}

void
mesh_dht_set_mode (MeshDht *self, MeshDhtMode mode)
{
  self->options.mode = mode;
  if (self->is_started)
    update (self);
}

static void
dialed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MeshConnection) connection
      = mesh_host_connect_finish (MESH_HOST (source), result, &error);

  if (connection == NULL)
    g_debug ("A peer of the DHT can't be reached: %s", error->message);
}

void
mesh_dht_add_peer (MeshDht *self, MeshPeerId *id, GPtrArray *addrs)
{
  if (!self->is_stopped)
    mesh_host_connect_async (self->host, id, addrs, self->cancellable, dialed_cb, NULL);
}

GPtrArray *
mesh_dht_dup_good_peers (MeshDht *self)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_dht_peer_free);

  for (guint i = 0; i < self->good_peers->len; i++)
    {
      const MeshDhtPeer *peer = self->good_peers->pdata[i];

      g_ptr_array_add (list, mesh_dht_peer_new (peer->id, peer->addrs));
    }
  return list;
}

void
mesh_dht_get_stats (MeshDht *self, MeshDhtStats *stats)
{
  MeshDhtTableStats *tables[] = { &stats->wan, &stats->lan };

  G_STATIC_ASSERT (G_N_ELEMENTS (tables) == MESH_DHT_N_SIDES);
  *stats = (MeshDhtStats){ .is_active = self->is_active };
  for (guint i = 0; i < MESH_DHT_N_SIDES; i++)
    if (self->sides[i] != NULL)
      {
        tables[i]->is_used = TRUE;
        tables[i]->is_server = mesh_dht_side_is_server (self->sides[i]);
        mesh_kad_get_stats (mesh_dht_side_get_kad (self->sides[i]), &tables[i]->kad);
      }
}

/* Questions. */

/* @task: (transfer full) */
static void
ask (MeshDht *self, const MeshDhtQueryPlan *plan, GTask *task)
{
  g_autoptr (GTask) owned = task;

  if (g_task_return_error_if_cancelled (task))
    return;
  if (self->is_stopped || !self->is_started)
    g_task_return_new_error (task, MESH_ERROR, MESH_ERROR_CLOSED,
                             "The DHT is not running");
  else if (!self->is_active && self->n_holds == 0)
    g_task_return_new_error (task, MESH_ERROR, MESH_ERROR_REFUSED,
                             "Sharing is off, so nobody is asked; turn it on");
  else if (mesh_dht_queries_get_n (self->queries) >= MESH_DHT_MAX_QUERIES)
    g_task_return_new_error (task, MESH_ERROR, MESH_ERROR_BUSY,
                             "Too many questions to the DHT at once; try again later");
  else if (g_bytes_get_size (plan->key) == 0
           || g_bytes_get_size (plan->key) > MESH_KAD_MAX_KEY_BYTES)
    g_task_return_new_error (task, MESH_ERROR, MESH_ERROR_INVALID,
                             "A key of the DHT has 1 to %d bytes",
                             MESH_KAD_MAX_KEY_BYTES);
  else
    mesh_dht_queries_start (self->queries, self, plan, g_steal_pointer (&owned));
}

static GBytes *
peer_key (const MeshPeerId *id)
{
  gsize len;
  const guint8 *data = mesh_peer_id_get_bytes (id, &len);

  return g_bytes_new (data, len);
}

static GTask *
new_task (MeshDht *self,
          GCancellable *cancellable,
          GAsyncReadyCallback callback,
          gpointer user_data,
          gpointer tag)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, tag);
  return task;
}

static MeshDhtFound *
finish (MeshDht *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

static GBytes *
cid_key (MeshCid *cid)
{
  gsize len;
  const guint8 *data = mesh_cid_get_multihash (cid, &len);

  return g_bytes_new (data, len);
}

void
mesh_dht_find_providers_async (MeshDht *self,
                               MeshCid *cid,
                               guint max,
                               MeshDhtProviderFunc func,
                               gpointer func_data,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_autoptr (GBytes) key = cid_key (cid);
  MeshDhtQueryPlan plan = { .command = MESH_KAD_COMMAND_FIND_PROVIDERS,
                            .key = key,
                            .max = max,
                            .func = func,
                            .func_data = func_data };

  ask (self, &plan,
       new_task (self, cancellable, callback, user_data, mesh_dht_find_providers_async));
}

GPtrArray *
mesh_dht_find_providers_finish (MeshDht *self, GAsyncResult *result, GError **error)
{
  g_autoptr (MeshDhtFound) found = finish (self, result, error);

  return found != NULL ? g_ptr_array_ref (found->peers) : NULL;
}

void
mesh_dht_report_provider (MeshDht *self,
                          guint64 query,
                          const MeshPeerId *peer,
                          gboolean works)
{
  g_autoptr (MeshDht) kept = g_object_ref (self);

  mesh_dht_queries_report (self->queries, self, query, peer, works);
}

/* Due at once: what can't be asked now is made up for by the upkeep. */
static gboolean
note_provided (MeshDht *self, GBytes *key)
{
  gboolean is_noted = TRUE;

  for (guint i = 0; i < MESH_DHT_N_SIDES; i++)
    if (self->sides[i] != NULL)
      is_noted &= mesh_kad_restore_provided (
          mesh_dht_side_get_kad (self->sides[i]), g_bytes_get_data (key, NULL),
          g_bytes_get_size (key), g_get_monotonic_time ());
  return is_noted;
}

void
mesh_dht_provide_async (MeshDht *self,
                        MeshCid *cid,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_autoptr (GBytes) key = cid_key (cid);
  MeshDhtQueryPlan plan = { .command = MESH_KAD_COMMAND_PROVIDE, .key = key };
  g_autoptr (GTask) task
      = new_task (self, cancellable, callback, user_data, mesh_dht_provide_async);

  if (!note_provided (self, key))
    {
      g_task_return_new_error (task, MESH_ERROR, MESH_ERROR_LIMIT,
                               "More than %d keys can't be announced",
                               MESH_KAD_MAX_PROVIDED);
      return;
    }
  mesh_dht_persist_provided (self, key, TRUE);
  ask (self, &plan, g_steal_pointer (&task));
  for (guint i = 0; i < MESH_DHT_N_SIDES; i++)
    if (self->sides[i] != NULL)
      mesh_dht_side_pump (self->sides[i]);
}

gboolean
mesh_dht_provide_finish (MeshDht *self, GAsyncResult *result, GError **error)
{
  g_autoptr (MeshDhtFound) found = finish (self, result, error);

  return found != NULL;
}

gboolean
mesh_dht_unprovide (MeshDht *self, MeshCid *cid)
{
  g_autoptr (GBytes) key = cid_key (cid);
  gboolean was_provided = FALSE;

  for (guint i = 0; i < MESH_DHT_N_SIDES; i++)
    if (self->sides[i] != NULL)
      was_provided
          |= mesh_kad_unprovide (mesh_dht_side_get_kad (self->sides[i]),
                                 g_bytes_get_data (key, NULL), g_bytes_get_size (key));
  mesh_dht_persist_provided (self, key, FALSE);
  return was_provided;
}

void
mesh_dht_find_peer_async (MeshDht *self,
                          MeshPeerId *id,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GBytes) key = peer_key (id);
  MeshDhtQueryPlan plan
      = { .command = MESH_KAD_COMMAND_FIND_PEER, .key = key, .sought = id };

  ask (self, &plan,
       new_task (self, cancellable, callback, user_data, mesh_dht_find_peer_async));
}

MeshDhtPeer *
mesh_dht_find_peer_finish (MeshDht *self, GAsyncResult *result, GError **error)
{
  g_autoptr (MeshDhtFound) found = finish (self, result, error);

  return found != NULL ? g_ptr_array_steal_index (found->peers, 0) : NULL;
}

void
mesh_dht_get_closest_async (MeshDht *self,
                            GBytes *key,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  MeshDhtQueryPlan plan = { .command = MESH_KAD_COMMAND_FIND_CLOSEST, .key = key };

  ask (self, &plan,
       new_task (self, cancellable, callback, user_data, mesh_dht_get_closest_async));
}

GPtrArray *
mesh_dht_get_closest_finish (MeshDht *self, GAsyncResult *result, GError **error)
{
  g_autoptr (MeshDhtFound) found = finish (self, result, error);

  return found != NULL ? g_ptr_array_ref (found->peers) : NULL;
}

void
mesh_dht_put_value_async (MeshDht *self,
                          GBytes *key,
                          GBytes *value,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  MeshDhtQueryPlan plan
      = { .command = MESH_KAD_COMMAND_PUT_VALUE, .key = key, .value = value };
  g_autoptr (GTask) task
      = new_task (self, cancellable, callback, user_data, mesh_dht_put_value_async);
  const MeshKadValidator *validator
      = mesh_kad_validator_find (self->validators, self->n_validators,
                                 g_bytes_get_data (key, NULL), g_bytes_get_size (key));

  if (validator == NULL || g_bytes_get_size (value) > MESH_KAD_MAX_VALUE_BYTES
      || !validator->validate (g_bytes_get_data (key, NULL), g_bytes_get_size (key),
                               g_bytes_get_data (value, NULL), g_bytes_get_size (value),
                               validator->user_data))
    g_task_return_new_error (task, MESH_ERROR, MESH_ERROR_INVALID,
                             "The value is not one that may stand under this key");
  else
    ask (self, &plan, g_steal_pointer (&task));
}

gboolean
mesh_dht_put_value_finish (MeshDht *self, GAsyncResult *result, GError **error)
{
  g_autoptr (MeshDhtFound) found = finish (self, result, error);

  return found != NULL;
}

void
mesh_dht_get_value_async (MeshDht *self,
                          GBytes *key,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  MeshDhtQueryPlan plan = { .command = MESH_KAD_COMMAND_GET_VALUE, .key = key };

  ask (self, &plan,
       new_task (self, cancellable, callback, user_data, mesh_dht_get_value_async));
}

GBytes *
mesh_dht_get_value_finish (MeshDht *self, GAsyncResult *result, GError **error)
{
  g_autoptr (MeshDhtFound) found = finish (self, result, error);

  return found != NULL ? g_bytes_ref (found->value) : NULL;
}
