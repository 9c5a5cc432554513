/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <gio/gio.h>

#include "node/mesh.h"

#include "master/shoald-master-metrics.h"

/* The HTTP side of a mini-master: where publishers put releases and users find them, a
 * trustless gateway to what this node shares, health and metrics.
 *
 *   GET  /api/v1/updates/latest?app=ID[&channel=C][&range=R]   signed envelope; ETag
 *   GET  /api/v1/updates/versions?app=ID[&channel=C]   what a range may choose from
 *   PUT  /api/v1/updates                             takes a signed envelope
 *   GET  /api/v1/packages?q=WORDS[&category=][&tag=][&limit=][&offset=]
 *   PUT  /api/v1/announcements                       takes a signed announcement
 *   GET  /api/v1/bootstrap                           signed addresses to begin with
 *   GET  /ipfs/CID[/PATH]?format=raw|car             HEAD too
 *   GET  /healthz, GET /metrics
 *
 * An error is JSON: {"error": NICK, "message": TEXT}, NICK as on D-Bus.
 *
 * Owned by the daemon; lives in the main context it was started in, and sends every
 * statement to SQLite and every signature check to the worker pool. Ends with
 * shoald_master_stop_async(): no new request, those in flight are cut off, the database
 * is closed. */

#define SHOALD_MASTER_MAX_REQUESTS 256            /* in flight; more: 503 */
#define SHOALD_MASTER_MAX_CONNECTIONS 1024        /* more: closed at once */
#define SHOALD_MASTER_MAX_REQUESTS_PER_ADDRESS 32 /* in flight from one address; 429 */
#define SHOALD_MASTER_HEADER_TIMEOUT_S 15 /* a request's head, idle time included */
#define SHOALD_MASTER_BODY_TIMEOUT_S 60   /* a request's whole body */
#define SHOALD_MASTER_STALL_TIMEOUT_S 30  /* a client that takes no byte */

typedef struct
{
  const char *listen;   /* "ADDR:PORT", "[ADDR]:PORT"; port 0: any that is free */
  const char *data_dir; /* holds master.db */
  MeshStore *store;     /* what the gateway serves, as far as it is shared */
  MeshWorkPool *pool;
  MeshRegistry *registry;       /* (nullable): listings that gossip brings */
  MeshHost *host;               /* (nullable): signs the bootstrap list */
  const char *const *bootstrap; /* (nullable): in that list, besides the host's own */

  /* Adds the daemon's own numbers whenever /metrics is asked for; may be %NULL. */
  void (*collect) (ShoaldMasterMetrics *metrics, gpointer user_data);
  gpointer user_data;
} ShoaldMasterOptions;

#define SHOALD_TYPE_MASTER (shoald_master_get_type ())
G_DECLARE_FINAL_TYPE (ShoaldMaster, shoald_master, SHOALD, MASTER, GObject)

/**
 * shoald_master_start_async:
 * @options: copied, its objects referenced
 *
 * Opens the database and listens. Fails with %MESH_ERROR_INVALID (@listen),
 * %MESH_ERROR_BUSY (address in use), %MESH_ERROR_UNSUPPORTED (database of a newer
 * version), %MESH_ERROR_CORRUPT or %MESH_ERROR_IO.
 */
void shoald_master_start_async (const ShoaldMasterOptions *options,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);

/**
 * shoald_master_start_finish:
 *
 * Returns: (transfer full): the running server
 */
ShoaldMaster *shoald_master_start_finish (GAsyncResult *result,
                                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * shoald_master_stop_async:
 *
 * Stops listening, cuts off requests and closes the database. Nothing to be cancelled.
 */
void shoald_master_stop_async (ShoaldMaster *self,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
gboolean
shoald_master_stop_finish (ShoaldMaster *self, GAsyncResult *result, GError **error);

/**
 * shoald_master_get_address:
 *
 * Returns: (transfer none): "ADDR:PORT" that is listened on, with the real port
 */
const char *shoald_master_get_address (ShoaldMaster *self);
