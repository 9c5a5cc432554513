/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */

/* The network is held, then this node, the connected peers and the hash table are asked
 * in turn; the job ends only in a callback of the call that is under way. */
#include "config.h"

#include "discover/shoald-providers.h"

#include <string.h>

#include "config/shoald-error.h"
#include "engine/shoald-content.h"

typedef struct
{
  ShoaldEngine *engine;      /* (owned) */
  MeshNode *node;            /* (owned): runs until the last job has ended */
  ShoaldJob *job;            /* (unowned): owns this */
  MeshCid *cid;              /* (owned) */
  GHashTable *seen;          /* (owned) (element-type utf8): peer ids */
  GPtrArray *items;          /* (owned) (element-type GVariant): a{sv} */
  GCancellable *asking;      /* (owned): of the hash table: ends with the patience, too */
  GCancellable *cancellable; /* (unowned): of the job */
  GSource *cancel_source;    /* (owned) (nullable) */
  guint limit;
  guint wait_ms;
  guint timeout_id;
  gint64 start_us;
  gboolean is_held;
} Run;

static void
stop_watching (Run *run)
{
  g_clear_handle_id (&run->timeout_id, g_source_remove);
  if (run->cancel_source != NULL)
    g_source_destroy (run->cancel_source);
  g_clear_pointer (&run->cancel_source, g_source_unref);
}

static void
run_free (gpointer data)
{
  Run *run = data;

  stop_watching (run);
  if (run->is_held)
    mesh_node_release (run->node);
  g_hash_table_unref (run->seen);
  g_ptr_array_unref (run->items);
  g_object_unref (run->asking);
  mesh_cid_unref (run->cid);
  g_object_unref (run->node);
  g_object_unref (run->engine);
  g_free (run);
}

/* What is found. */

static void
show (Run *run)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < run->items->len; i++)
    g_variant_builder_add_value (&builder, g_ptr_array_index (run->items, i));
  shoald_job_set_items (run->job, g_variant_builder_end (&builder));
}

static void
add (Run *run, const MeshPeerId *peer, GPtrArray *addrs, const char *source)
{
  const char *id = mesh_peer_id_to_string (peer);
  g_autoptr (GPtrArray) texts = g_ptr_array_new ();
  gboolean is_connected
      = mesh_host_find_connection (mesh_node_get_host (run->node), peer) != NULL;
  GVariantDict dict;

  if (run->items->len >= run->limit || !g_hash_table_add (run->seen, g_strdup (id)))
    return;
  for (guint i = 0; addrs != NULL && i < addrs->len; i++)
    g_ptr_array_add (texts,
                     (char *) mesh_multiaddr_to_string (g_ptr_array_index (addrs, i)));
  g_ptr_array_add (texts, NULL);
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "peer", "s", id);
  g_variant_dict_insert (&dict, "addresses", "^as", texts->pdata);
  g_variant_dict_insert (&dict, "connected", "b", is_connected);
  g_variant_dict_insert (&dict, "source", "s", source);
  g_ptr_array_add (run->items, g_variant_ref_sink (g_variant_dict_end (&dict)));
  show (run);
}

static void
finish (Run *run)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "count", "u", run->items->len);
  g_variant_dict_insert (&dict, "elapsed-ms", "u",
                         (guint) ((g_get_monotonic_time () - run->start_us) / 1000));
  shoald_job_take_result (run->job, g_variant_dict_end (&dict));
}

/* The hash table. */

static void
provider_cb (MeshDht *dht, guint64 query, const MeshDhtPeer *provider, gpointer user_data)
{
  Run *run = user_data;

  add (run, provider->id, provider->addrs, "dht");
  mesh_dht_report_provider (dht, query, provider->id, TRUE);
}

static gboolean
patience_cb (gpointer user_data)
{
  Run *run = user_data;

  run->timeout_id = 0;
  g_cancellable_cancel (run->asking);
  return G_SOURCE_REMOVE;
}

static void
asked_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Run *run = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) providers
      = mesh_dht_find_providers_finish (MESH_DHT (object), result, &error);

  stop_watching (run);
  if (g_cancellable_is_cancelled (run->cancellable))
    {
      g_clear_error (&error);
      g_cancellable_set_error_if_cancelled (run->cancellable, &error);
      shoald_job_take_error (run->job, g_steal_pointer (&error));
    }
  else if (providers != NULL || run->items->len > 0
           || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    finish (run);
  else
    shoald_job_take_error (run->job, g_steal_pointer (&error));
}

static gboolean
job_cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  Run *run = user_data;

  g_cancellable_cancel (run->asking);
  return G_SOURCE_REMOVE;
}

static void
ask_dht (Run *run)
{
  guint n_wanted = run->limit - run->items->len;

  shoald_job_set_step (run->job, "asking");
  run->timeout_id = g_timeout_add (run->wait_ms, patience_cb, run);
  run->cancel_source = g_cancellable_source_new (run->cancellable);
  g_source_set_callback (run->cancel_source, G_SOURCE_FUNC (job_cancelled_cb), run, NULL);
  g_source_attach (run->cancel_source, g_main_context_get_thread_default ());
  mesh_dht_find_providers_async (mesh_node_get_dht (run->node), run->cid, n_wanted,
                                 provider_cb, run, run->asking, asked_cb, run);
}

/* This node and those it is connected to. */

static void
ask_near (Run *run)
{
  MeshHost *host = mesh_node_get_host (run->node);
  MeshStore *store = mesh_node_get_store (run->node);
  g_autoptr (GPtrArray) holders = NULL;
  const guint8 *multihash;
  gsize len;

  if (mesh_store_is_shared (store, run->cid))
    {
      g_autoptr (GPtrArray) addrs = mesh_host_dup_addresses (host);

      add (run, mesh_host_get_peer_id (host), addrs, "local");
    }
  multihash = mesh_cid_get_multihash (run->cid, &len);
  holders
      = mesh_caps_service_dup_holders (mesh_node_get_caps (run->node), multihash, len);
  for (guint i = 0; i < holders->len; i++)
    {
      MeshPeerId *peer = g_ptr_array_index (holders, i);
      MeshConnection *connection = mesh_host_find_connection (host, peer);
      g_autoptr (GPtrArray) addrs = g_ptr_array_new ();

      if (connection != NULL)
        g_ptr_array_add (addrs, mesh_connection_get_remote_addr (connection));
      add (run, peer, addrs, "connected");
    }
}

static void
held_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Run *run = user_data;
  g_autoptr (GPtrArray) connections = NULL;
  GError *error = NULL;

  run->is_held = mesh_node_hold_finish (run->node, result, &error);
  if (!run->is_held)
    {
      shoald_job_take_error (run->job, error);
      return;
    }
  ask_near (run);
  if (run->items->len >= run->limit)
    {
      finish (run);
      return;
    }
  if (mesh_node_get_config (run->node)->dht != MESH_NODE_DHT_OFF)
    {
      ask_dht (run);
      return;
    }
  connections = mesh_host_dup_connections (mesh_node_get_host (run->node));
  if (connections->len > 0 || run->items->len > 0)
    finish (run);
  else
    shoald_job_take_error (
        run->job, g_error_new_literal (MESH_ERROR, MESH_ERROR_WRONG_STATE,
                                       "The hash table is off and nobody is connected. "
                                       "Set dht-mode to “auto” in the settings"));
}

static void
run_providers (ShoaldJob *job, gpointer data)
{
  Run *run = data;

  shoald_job_set_step (job, "connecting");
  run->cancellable = shoald_job_get_cancellable (job);
  run->start_us = g_get_monotonic_time ();
  mesh_node_hold_async (run->node, run->cancellable, held_cb, run);
}

MeshCid *
shoald_providers_parse (const char *target, GError **error)
{
  MeshCid *cid = shoald_content_parse_cid (target, NULL);
  g_autoptr (MeshAppLink) link = NULL;

  if (cid != NULL)
    return cid;
  link = mesh_app_link_parse (target, NULL);
  if (link != NULL)
    return mesh_registry_package_cid (link->app_id);
  g_set_error (error, SHOALD_ERROR, SHOALD_ERROR_ARGUMENT,
               "“%s” is neither a CID nor the id of an app", target);
  return NULL;
}

ShoaldJob *
shoald_providers_start (ShoaldEngine *engine,
                        const ShoaldProvidersOptions *options,
                        GError **error)
{
  MeshCid *cid;
  Run *run;

  if (!shoald_engine_check_running (engine, error))
    return NULL;
  cid = shoald_providers_parse (options->target, error);
  if (cid == NULL)
    return NULL;
  run = g_new0 (Run, 1);
  run->engine = g_object_ref (engine);
  run->node = g_object_ref (shoald_engine_get_node (engine));
  run->cid = cid;
  run->limit = options->limit;
  run->wait_ms = options->wait_ms;
  run->seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  run->items = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);
  run->asking = g_cancellable_new ();
  run->job = shoald_job_new (SHOALD_JOB_OPERATION, "providers", options->target,
                             run_providers, run, run_free);
  return shoald_jobs_add (shoald_engine_get_jobs (engine), run->job, error);
}
