/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "bus/shoald-bus-manager.h"

#include "shoal-dbus-names.h"
#include "bus/shoald-bus-content.h"
#include "bus/shoald-bus-error.h"
#include "bus/shoald-bus-mesh.h"
#include "bus/shoald-bus-options.h"
#include "bus/shoald-bus-path.h"
#include "bus/shoald-bus-release.h"

#define VERSION 2

struct ShoaldBusManager
{
  const ShoaldBusContext *context; /* (unowned) */
  ShoalDBusManager *skeleton;      /* (owned) */
};

/* Properties. */

static void
mirror_settings (ShoaldBusManager *self)
{
  ShoalDBusManager *to = self->skeleton;
  const ShoaldConfig *from = shoald_engine_get_config (self->context->engine);
  ShoaldPolicy *policy = shoald_engine_get_policy (self->context->engine);
  g_auto (GStrv) gateways = shoald_config_dup_strv (from, SHOALD_CONFIG_GATEWAYS);
  g_auto (GStrv) bootstrap = shoald_config_dup_strv (from, SHOALD_CONFIG_BOOTSTRAP);

  shoal_dbus_manager_set_data_dir (
      to, shoald_config_get_string (from, SHOALD_CONFIG_DATA_DIR));
  shoal_dbus_manager_set_sharing_mode (
      to, shoald_config_get_string (from, SHOALD_CONFIG_SHARING_MODE));
  shoal_dbus_manager_set_master_url (
      to, shoald_config_get_string (from, SHOALD_CONFIG_MASTER_URL));
  shoal_dbus_manager_set_mini_master (
      to, shoald_config_get_boolean (from, SHOALD_CONFIG_MINI_MASTER));
  shoal_dbus_manager_set_gateways (to, (const char *const *) gateways);
  shoal_dbus_manager_set_bootstrap (to, (const char *const *) bootstrap);
  shoal_dbus_manager_set_max_upload_bps (
      to, shoald_config_get_uint64 (from, SHOALD_CONFIG_MAX_UPLOAD_BPS));
  shoal_dbus_manager_set_max_download_bps (
      to, shoald_config_get_uint64 (from, SHOALD_CONFIG_MAX_DOWNLOAD_BPS));
  shoal_dbus_manager_set_max_transfers (
      to, shoald_config_get_uint (from, SHOALD_CONFIG_MAX_TRANSFERS));
  shoal_dbus_manager_set_max_connections (
      to, shoald_config_get_uint (from, SHOALD_CONFIG_MAX_CONNECTIONS));
  shoal_dbus_manager_set_cache_limit_bytes (
      to, shoald_config_get_uint64 (from, SHOALD_CONFIG_CACHE_LIMIT_BYTES));
  shoal_dbus_manager_set_metered (to, shoald_policy_is_metered (policy));
  shoal_dbus_manager_set_metered_policy (
      to, shoald_config_get_string (from, SHOALD_CONFIG_METERED_POLICY));
  shoal_dbus_manager_set_auto_fetch (
      to, shoald_config_get_boolean (from, SHOALD_CONFIG_AUTO_FETCH));
  shoal_dbus_manager_set_registry_mode (
      to, shoald_config_get_string (from, SHOALD_CONFIG_REGISTRY_MODE));
  shoal_dbus_manager_set_dht_mode (
      to, shoald_config_get_string (from, SHOALD_CONFIG_DHT_MODE));
  shoal_dbus_manager_set_mdns (to, shoald_config_get_boolean (from, SHOALD_CONFIG_MDNS));
  shoal_dbus_manager_set_announce (
      to, shoald_config_get_boolean (from, SHOALD_CONFIG_ANNOUNCE));
}

static GVariant *
build_storage (const ShoaldEngineStats *stats)
{
  const MeshStoreStats *store = &stats->store;
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "bytes", "t", store->stored_bytes);
  g_variant_dict_insert (&dict, "blocks", "t", store->n_blocks);
  g_variant_dict_insert (&dict, "references", "t", store->n_references);
  g_variant_dict_insert (&dict, "referenced-bytes", "t", store->referenced_bytes);
  g_variant_dict_insert (&dict, "pinned-bytes", "t", store->pinned_bytes);
  g_variant_dict_insert (&dict, "cache-bytes", "t",
                         store->stored_bytes > store->pinned_bytes
                             ? store->stored_bytes - store->pinned_bytes
                             : 0);
  g_variant_dict_insert (&dict, "limit-bytes", "t", store->limit_bytes);
  g_variant_dict_insert (&dict, "evicted", "t", store->n_evicted);
  g_variant_dict_insert (&dict, "dropped", "t", store->n_dropped);
  if (stats->free_bytes > 0)
    g_variant_dict_insert (&dict, "free-bytes", "t", stats->free_bytes);
  return g_variant_dict_end (&dict);
}

static void
mirror_node (ShoaldBusManager *self, MeshNode *node)
{
  g_autofree char *did = mesh_node_dup_did_key (node);
  g_auto (GStrv) listen = mesh_node_dup_listen_addresses (node);
  g_auto (GStrv) observed = shoald_engine_dup_observed_addresses (self->context->engine);

  shoal_dbus_manager_set_peer_id (self->skeleton,
                                  mesh_peer_id_to_string (mesh_node_get_peer_id (node)));
  shoal_dbus_manager_set_did_key (self->skeleton, did != NULL ? did : "");
  shoal_dbus_manager_set_listen_addresses (self->skeleton, (const char *const *) listen);
  shoal_dbus_manager_set_observed_addresses (self->skeleton,
                                             (const char *const *) observed);
}

static void
mirror (ShoaldBusManager *self)
{
  ShoalDBusManager *to = self->skeleton;
  ShoaldEngine *engine = self->context->engine;
  const ShoaldEngineStats *stats = shoald_engine_get_stats (engine);
  MeshNode *node = shoald_engine_get_node (engine);

  if (node != NULL)
    mirror_node (self, node);
  shoal_dbus_manager_set_master_state (to, stats->master_state);
  shoal_dbus_manager_set_storage_stats (to, build_storage (stats));
  shoal_dbus_manager_set_upload_bps (to, stats->up_bps);
  shoal_dbus_manager_set_download_bps (to, stats->down_bps);
  shoal_dbus_manager_set_bytes_uploaded (to, stats->sent_bytes);
  shoal_dbus_manager_set_bytes_downloaded (to, stats->received_bytes);
  shoal_dbus_manager_set_peer_count (to, stats->n_peers);
  shoal_dbus_manager_set_last_check (
      to, shoald_apps_get_last_check_s (shoald_engine_get_apps (engine)));
  /* Last: who sees “running” finds the peer id. */
  shoal_dbus_manager_set_state (to, shoald_engine_get_state_name (engine));
}

static void
changed_cb (ShoaldEngine *engine, gpointer user_data)
{
  mirror (user_data);
}

static void
catalog_changed_cb (ShoaldCatalog *catalog, gpointer user_data)
{
  ShoaldBusManager *self = user_data;

  shoal_dbus_manager_set_categories (self->skeleton,
                                     shoald_catalog_get_categories (catalog));
  shoal_dbus_manager_set_catalog_size (self->skeleton, shoald_catalog_get_size (catalog));
  shoal_dbus_manager_set_split_views (self->skeleton,
                                      shoald_catalog_get_split_views (catalog));
}

static void
settings_changed_cb (ShoaldEngine *engine, gpointer user_data)
{
  mirror_settings (user_data);
  mirror (user_data);
}

/* Peers. */

static void
connected_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  GDBusMethodInvocation *invocation = user_data;
  g_autofree char *path = NULL;
  GError *error = NULL;
  g_autoptr (ShoaldPeer) peer
      = shoald_engine_connect_finish (SHOALD_ENGINE (object), result, &error);

  if (peer == NULL)
    {
      shoald_bus_error_return (invocation, error);
      return;
    }
  path = shoald_bus_path_for_peer (shoald_peer_get_id (peer));
  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(o)", path));
}

static gboolean
connect_cb (ShoalDBusManager *skeleton,
            GDBusMethodInvocation *invocation,
            const char *address,
            GVariant *options,
            gpointer user_data)
{
  ShoaldBusManager *self = user_data;

  shoald_engine_connect_async (self->context->engine, address, NULL, connected_cb,
                               invocation);
  return TRUE;
}

static gboolean
disconnect_cb (ShoalDBusManager *skeleton,
               GDBusMethodInvocation *invocation,
               const char *peer_id,
               gpointer user_data)
{
  ShoaldBusManager *self = user_data;
  GError *error = NULL;

  if (!shoald_engine_disconnect (self->context->engine, peer_id, &error))
    return shoald_bus_error_return (invocation, error);
  shoal_dbus_manager_complete_disconnect (skeleton, invocation);
  return TRUE;
}

/* Settings. */

static gboolean
get_config_cb (ShoalDBusManager *skeleton,
               GDBusMethodInvocation *invocation,
               gpointer user_data)
{
  ShoaldBusManager *self = user_data;
  const ShoaldConfig *config = shoald_engine_get_config (self->context->engine);

  shoal_dbus_manager_complete_get_config (skeleton, invocation,
                                          shoald_config_to_variant (config));
  return TRUE;
}

static void
config_set_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  GDBusMethodInvocation *invocation = user_data;
  GError *error = NULL;
  g_auto (GStrv) restart_needed
      = shoald_engine_set_config_finish (SHOALD_ENGINE (object), result, &error);

  if (restart_needed == NULL)
    shoald_bus_error_return (invocation, error);
  else
    g_dbus_method_invocation_return_value (invocation,
                                           g_variant_new ("(^as)", restart_needed));
}

static gboolean
set_config_cb (ShoalDBusManager *skeleton,
               GDBusMethodInvocation *invocation,
               GVariant *values,
               gpointer user_data)
{
  ShoaldBusManager *self = user_data;

  shoald_engine_set_config_async (self->context->engine, values, config_set_cb,
                                  invocation);
  return TRUE;
}

static gboolean
quit_cb (ShoalDBusManager *skeleton,
         GDBusMethodInvocation *invocation,
         gpointer user_data)
{
  ShoaldBusManager *self = user_data;

  shoal_dbus_manager_complete_quit (skeleton, invocation);
  self->context->quit (self->context->quit_data);
  return TRUE;
}

ShoaldBusManager *
shoald_bus_manager_new (const ShoaldBusContext *context)
{
  ShoaldBusManager *self = g_new0 (ShoaldBusManager, 1);
  ShoalDBusManager *skeleton = shoal_dbus_manager_skeleton_new ();
  const char *const none[] = { NULL };

  self->context = context;
  self->skeleton = skeleton;
  shoal_dbus_manager_set_version (skeleton, VERSION);
  shoal_dbus_manager_set_agent_version (skeleton, "shoal/" PACKAGE_VERSION);
  shoal_dbus_manager_set_peer_id (skeleton, "");
  shoal_dbus_manager_set_did_key (skeleton, "");
  shoal_dbus_manager_set_http_address (skeleton, "");
  shoal_dbus_manager_set_listen_addresses (skeleton, none);
  shoal_dbus_manager_set_observed_addresses (skeleton, none);
  catalog_changed_cb (context->catalog, self);
  mirror_settings (self);
  mirror (self);
  g_object_connect (skeleton, "signal::handle-connect", connect_cb, self,
                    "signal::handle-disconnect", disconnect_cb, self,
                    "signal::handle-get-config", get_config_cb, self,
                    "signal::handle-set-config", set_config_cb, self,
                    "signal::handle-quit", quit_cb, self, NULL);
  shoald_bus_content_connect (context, skeleton);
  shoald_bus_release_connect (context, skeleton);
  shoald_bus_mesh_connect (context, skeleton);
  g_signal_connect (context->engine, "changed", G_CALLBACK (changed_cb), self);
  g_signal_connect (context->engine, "settings-changed", G_CALLBACK (settings_changed_cb),
                    self);
  g_signal_connect (context->catalog, "changed", G_CALLBACK (catalog_changed_cb), self);
  shoald_bus_context_export (context, g_strdup (SHOAL_DBUS_MANAGER_PATH),
                             G_DBUS_INTERFACE_SKELETON (skeleton));
  return self;
}

void
shoald_bus_manager_free (ShoaldBusManager *self)
{
  g_signal_handlers_disconnect_by_data (self->context->engine, self);
  g_signal_handlers_disconnect_by_data (self->context->catalog, self);
  g_signal_handlers_disconnect_by_data (self->skeleton, self);
  g_signal_handlers_disconnect_by_data (self->skeleton, (gpointer) self->context);
  shoald_bus_context_unexport (self->context, G_DBUS_INTERFACE_SKELETON (self->skeleton));
  g_object_unref (self->skeleton);
  g_free (self);
}

void
shoald_bus_manager_set_http_address (ShoaldBusManager *self, const char *address)
{
  shoal_dbus_manager_set_http_address (self->skeleton, address);
}
