/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <gio/gio.h>

#include "peer/mesh-multiaddr.h"

/* The database of the DHT: records kept for others, what this node announces, and peers
 * to start from. One thread of its own does all of SQLite; changes are gathered and
 * written together, so a crash loses the last seconds, which is nothing a DHT would miss.
 * Times are Unix time. Used from one main context. */
typedef struct MeshDhtStore MeshDhtStore;

/* Changes that wait longer than this are written. */
#define MESH_DHT_STORE_FLUSH_MS 2000
/* Changes that wait; more are left out until the disk has caught up. */
#define MESH_DHT_STORE_MAX_PENDING 32768
/* Rows of one kind that are read at the start. */
#define MESH_DHT_STORE_MAX_ROWS 65536

typedef enum
{
  MESH_DHT_STORE_PROVIDER, /* table, key, peer, addrs, due_us: a record expires */
  MESH_DHT_STORE_VALUE,    /* table, key, value, due_us: a value expires */
  MESH_DHT_STORE_PROVIDED, /* table, key, due_us: we announce it again */
  MESH_DHT_STORE_PEER,     /* table, peer, addrs: good to start from */
} MeshDhtStoreKind;

/* One row; a value with owned parts. */
typedef struct
{
  MeshDhtStoreKind kind;
  guint table;   /* a MeshKadScope */
  GBytes *key;   /* (owned) (nullable) */
  GBytes *peer;  /* (owned) (nullable): the binary peer id */
  GBytes *addrs; /* (owned) (nullable): binary multiaddrs, the length of each before it */
  GBytes *value; /* (owned) (nullable) */
  gint64 due_us;
} MeshDhtStoreRow;

void mesh_dht_store_clear_row (gpointer row);

/**
 * mesh_dht_store_open_async:
 *
 * Opens @path, made if it is not there, and reads all of it. A damaged one is moved aside
 * to "@path.damaged" and begun anew.
 */
void mesh_dht_store_open_async (const char *path,
                                gint64 wall_us,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);

/**
 * mesh_dht_store_open_finish:
 * @rows: (out) (transfer full) (element-type MeshDhtStoreRow): what is not over at
 *   wall_us, soonest over first
 * @error: %MESH_ERROR_IO, %MESH_ERROR_NO_SPACE, %MESH_ERROR_UNSUPPORTED
 *
 * Returns: (transfer full) (nullable): the store
 */
MeshDhtStore *mesh_dht_store_open_finish (GAsyncResult *result,
                                          GArray **rows,
                                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* @row: (transfer full): its parts are taken. Replaces the row with the same key. */
void mesh_dht_store_put (MeshDhtStore *store, MeshDhtStoreRow row);
void mesh_dht_store_drop (MeshDhtStore *store, MeshDhtStoreRow row);

/* @rows: (element-type MeshDhtStoreRow): all the good peers there are from now on. */
void mesh_dht_store_set_peers (MeshDhtStore *store, GArray *rows);

/* Writes what waits, behind what is being written. */
void mesh_dht_store_flush_async (MeshDhtStore *store,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
gboolean mesh_dht_store_flush_finish (GAsyncResult *result, GError **error);

/**
 * mesh_dht_store_close_async:
 * @store: (transfer full)
 *
 * Writes what waits and closes the file.
 */
void mesh_dht_store_close_async (MeshDhtStore *store,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
gboolean mesh_dht_store_close_finish (GAsyncResult *result, GError **error);

/* Multiaddrs in one blob and back; what is malformed is left out. */
GBytes *mesh_dht_store_pack_addrs (GPtrArray *addrs) G_GNUC_WARN_UNUSED_RESULT;
GPtrArray *mesh_dht_store_unpack_addrs (GBytes *packed) G_GNUC_WARN_UNUSED_RESULT;
