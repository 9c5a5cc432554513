/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "config/shoald-config.h"
#include "config/shoald-policy.h"
#include "engine/shoald-apps.h"
#include "engine/shoald-jobs.h"
#include "engine/shoald-peers.h"

#define SHOALD_TYPE_ENGINE (shoald_engine_get_type ())

/**
 * ShoaldEngine:
 *
 * The daemon without its front doors: settings, the node, and lists of jobs, peers and
 * apps. Made and owned by main; one main context; ends with shoald_engine_stop_async().
 *
 * Signals: "changed", when the state or a number below is new, at most four times a
 * second but for the state; "settings-changed"; "idle-changed", when
 * shoald_engine_is_idle() may be new.
 */
G_DECLARE_FINAL_TYPE (ShoaldEngine, shoald_engine, SHOALD, ENGINE, GObject)

typedef enum
{
  SHOALD_ENGINE_STARTING,
  SHOALD_ENGINE_RUNNING,
  SHOALD_ENGINE_STOPPING,
} ShoaldEngineState;

/* Numbers that change by themselves; brought up to date once a second. */
typedef struct
{
  guint64 sent_bytes;
  guint64 received_bytes;
  guint64 up_bps;
  guint64 down_bps;
  MeshStoreStats store;
  guint64 free_bytes; /* of the file system of the data folder; 0: unknown */
  guint n_peers;
  const char *master_state; /* static: "none", "unknown", "reachable", "unreachable" */
} ShoaldEngineStats;

/**
 * shoald_engine_new:
 * @config: (transfer full): settings in force, data-dir set
 * @config_path: (nullable): where changes are saved; %NULL: nowhere
 * @policy: (transfer full): what the network allows
 */
ShoaldEngine *shoald_engine_new (ShoaldConfig *config,
                                 const char *config_path,
                                 ShoaldPolicy *policy) G_GNUC_WARN_UNUSED_RESULT;

/**
 * shoald_engine_start_async:
 *
 * Starts the node; once. Fails as mesh_node_start_async() does, and with
 * %G_IO_ERROR_CANCELLED when it is stopped meanwhile.
 */
void shoald_engine_start_async (ShoaldEngine *engine,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
gboolean shoald_engine_start_finish (ShoaldEngine *engine,
                                     GAsyncResult *result,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * shoald_engine_stop_async:
 *
 * Refuses new work, cancels all jobs, waits for their ends and stops the node. Once;
 * legal at any time.
 */
void shoald_engine_stop_async (ShoaldEngine *engine,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
gboolean
shoald_engine_stop_finish (ShoaldEngine *engine, GAsyncResult *result, GError **error);

ShoaldEngineState shoald_engine_get_state (ShoaldEngine *engine);
const char *shoald_engine_get_state_name (ShoaldEngine *engine);

/**
 * shoald_engine_check_running:
 *
 * Returns: %FALSE with %SHOALD_ERROR_NOT_READY or %SHOALD_ERROR_STOPPING
 */
gboolean shoald_engine_check_running (ShoaldEngine *engine,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* All (transfer none). */
const ShoaldConfig *shoald_engine_get_config (ShoaldEngine *engine);
ShoaldPolicy *shoald_engine_get_policy (ShoaldEngine *engine);
ShoaldJobs *shoald_engine_get_jobs (ShoaldEngine *engine);
ShoaldPeers *shoald_engine_get_peers (ShoaldEngine *engine);
ShoaldApps *shoald_engine_get_apps (ShoaldEngine *engine);
const ShoaldEngineStats *shoald_engine_get_stats (ShoaldEngine *engine);

/**
 * shoald_engine_get_node:
 *
 * Returns: (transfer none) (nullable): the node; %NULL unless running
 */
MeshNode *shoald_engine_get_node (ShoaldEngine *engine);

/**
 * shoald_engine_dup_observed_addresses:
 *
 * Returns: (transfer full): how peers say they see this node, each once, at most 16
 */
char **
shoald_engine_dup_observed_addresses (ShoaldEngine *engine) G_GNUC_WARN_UNUSED_RESULT;

/**
 * shoald_engine_set_config_async:
 * @values: an a{sv} of settings
 *
 * Checks, puts in force, then saves. Fails with %SHOALD_ERROR_CONFIG (nothing changed),
 * mesh_node_reconfigure() errors (nothing changed) or %MESH_ERROR_IO (in force, but not
 * saved). %MESH_ERROR_BUSY while another change is being saved.
 */
void shoald_engine_set_config_async (ShoaldEngine *engine,
                                     GVariant *values,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);

/**
 * shoald_engine_set_config_finish:
 *
 * Returns: (transfer full) (nullable): keys that wait for the next start
 */
char **shoald_engine_set_config_finish (ShoaldEngine *engine,
                                        GAsyncResult *result,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * shoald_engine_connect_async:
 * @address: a multiaddr
 *
 * Fails with %SHOALD_ERROR_ARGUMENT, %MESH_ERROR_REFUSED while sharing is off or
 * undecided, and as mesh_host_connect_async().
 */
void shoald_engine_connect_async (ShoaldEngine *engine,
                                  const char *address,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);

/**
 * shoald_engine_connect_finish:
 *
 * Returns: (transfer full) (nullable): the peer
 */
ShoaldPeer *shoald_engine_connect_finish (ShoaldEngine *engine,
                                          GAsyncResult *result,
                                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * shoald_engine_disconnect:
 * @peer_id: text
 * @error: %SHOALD_ERROR_ARGUMENT, %MESH_ERROR_NOT_FOUND
 */
gboolean shoald_engine_disconnect (ShoaldEngine *engine,
                                   const char *peer_id,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * shoald_engine_set_own_master:
 * @url: the HTTP server of this very process
 *
 * A mini-master publishes to itself, and searches itself, unless the settings name
 * another Master Server. Nothing is saved.
 */
void shoald_engine_set_own_master (ShoaldEngine *engine, const char *url);

/**
 * shoald_engine_is_idle:
 *
 * Returns: whether nothing is being done and nobody is served: sharing is off or
 *   undecided, no job is active, no update is on its way
 */
gboolean shoald_engine_is_idle (ShoaldEngine *engine);
