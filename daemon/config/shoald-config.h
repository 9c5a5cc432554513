/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

#include "node/mesh.h"

/* Every setting of the daemon with its value in force. Keys and types are those of
 * GetConfig() on D-Bus and of the key file. A value for itself: changes make a new one.
 * Belongs to the engine; one thread. */
typedef struct ShoaldConfig ShoaldConfig;

#define SHOALD_CONFIG_DATA_DIR "data-dir"
#define SHOALD_CONFIG_LISTEN "listen"
#define SHOALD_CONFIG_BOOTSTRAP "bootstrap"
#define SHOALD_CONFIG_MASTER_URL "master-url"
#define SHOALD_CONFIG_GATEWAYS "gateways"
#define SHOALD_CONFIG_SHARING_MODE "sharing-mode"
#define SHOALD_CONFIG_MAX_UPLOAD_BPS "max-upload-bps"
#define SHOALD_CONFIG_MAX_DOWNLOAD_BPS "max-download-bps"
#define SHOALD_CONFIG_MAX_TRANSFERS "max-transfers"
#define SHOALD_CONFIG_MAX_CONNECTIONS "max-connections"
#define SHOALD_CONFIG_CACHE_LIMIT_BYTES "cache-limit-bytes"
#define SHOALD_CONFIG_METERED_POLICY "metered-policy"
#define SHOALD_CONFIG_AUTO_FETCH "auto-fetch"
#define SHOALD_CONFIG_CHECK_INTERVAL_S "check-interval-s"
#define SHOALD_CONFIG_IDLE_EXIT_S "idle-exit-s"
#define SHOALD_CONFIG_MINI_MASTER "mini-master"
#define SHOALD_CONFIG_HTTP "http"
#define SHOALD_CONFIG_SOURCE_STRATEGY "source-strategy"
#define SHOALD_CONFIG_REGISTRY_MODE "registry-mode"
#define SHOALD_CONFIG_DHT_MODE "dht-mode"
#define SHOALD_CONFIG_DHT_PREFIX "dht-prefix"
#define SHOALD_CONFIG_MDNS "mdns"
#define SHOALD_CONFIG_ANNOUNCE "announce"

/* Longest text of one value. */
#define SHOALD_CONFIG_MAX_TEXT_LEN 4096
#define SHOALD_CONFIG_MAX_LIST_LEN 64

/**
 * shoald_config_new:
 *
 * Returns: (transfer full): the defaults
 */
ShoaldConfig *shoald_config_new (void) G_GNUC_WARN_UNUSED_RESULT;
ShoaldConfig *shoald_config_copy (const ShoaldConfig *config) G_GNUC_WARN_UNUSED_RESULT;
void shoald_config_free (ShoaldConfig *config);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShoaldConfig, shoald_config_free)

/**
 * shoald_config_get_type_string:
 *
 * Returns: (transfer none) (nullable): the D-Bus type of @key; %NULL: no such setting
 */
const char *shoald_config_get_type_string (const char *key);

/**
 * shoald_config_check:
 * @value: any value
 * @error: %SHOALD_ERROR_CONFIG, its message names @key
 *
 * Returns: whether @value may be given to @key
 */
gboolean shoald_config_check (const char *key,
                              GVariant *value,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * shoald_config_set:
 * @value: one that shoald_config_check() takes; a floating reference is taken
 * @is_saved: %FALSE for the command line: in force, but not written to the file
 */
void shoald_config_set (ShoaldConfig *config,
                        const char *key,
                        GVariant *value,
                        gboolean is_saved);

/**
 * shoald_config_change:
 * @values: an a{sv} from the bus
 * @restart_needed: (out) (transfer full) (optional): keys that wait for the next start
 * @error: %SHOALD_ERROR_CONFIG for the first key that is unknown, read only, of the wrong
 *   type or out of range
 *
 * Returns: (transfer full) (nullable): @config with all of @values
 */
ShoaldConfig *shoald_config_change (const ShoaldConfig *config,
                                    GVariant *values,
                                    char ***restart_needed,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * shoald_config_to_variant:
 *
 * Returns: (transfer floating): all settings, a{sv}
 */
GVariant *shoald_config_to_variant (const ShoaldConfig *config);

/* The values in force; @key must be of that type. (transfer none). */
GVariant *shoald_config_get (const ShoaldConfig *config, const char *key);
const char *shoald_config_get_string (const ShoaldConfig *config, const char *key);
gboolean shoald_config_get_boolean (const ShoaldConfig *config, const char *key);
guint shoald_config_get_uint (const ShoaldConfig *config, const char *key);
guint64 shoald_config_get_uint64 (const ShoaldConfig *config, const char *key);
char **
shoald_config_dup_strv (const ShoaldConfig *config,
                        const char *key) G_GNUC_WARN_UNUSED_RESULT; /* (transfer full) */

/**
 * shoald_config_is_saved:
 *
 * Returns: whether @key was set and belongs into the file
 */
gboolean shoald_config_is_saved (const ShoaldConfig *config, const char *key);

/**
 * shoald_config_list_keys:
 *
 * Returns: (transfer none) (array zero-terminated=1): all keys, in the order of the file
 */
const char *const *shoald_config_list_keys (void);

/**
 * shoald_config_to_node:
 *
 * Returns: (transfer full): the part the mesh library is told; data_dir is absolute
 */
MeshNodeConfig *
shoald_config_to_node (const ShoaldConfig *config) G_GNUC_WARN_UNUSED_RESULT;
