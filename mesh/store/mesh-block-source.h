/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <gio/gio.h>

#include "content/mesh-cid.h"
#include "index/mesh-index-types.h"

/* Where blocks come from: the store, a Bitswap session, a gateway, a chain of these. */

/* Smaller is sooner, as everywhere in GLib. */
#define MESH_BLOCK_PRIORITY_HIGH (-10)
#define MESH_BLOCK_PRIORITY_DEFAULT 0
#define MESH_BLOCK_PRIORITY_LOW 10

#define MESH_TYPE_BLOCK_SOURCE (mesh_block_source_get_type ())
G_DECLARE_INTERFACE (MeshBlockSource, mesh_block_source, MESH, BLOCK_SOURCE, GObject)

/**
 * MeshBlockSourceInterface:
 * @get_async: begins to look for a block; must keep @cid by itself
 * @get_finish: (transfer full): the block, already verified against the CID
 */
struct _MeshBlockSourceInterface
{
  GTypeInterface parent_iface;

  void (*get_async) (MeshBlockSource *self,
                     MeshCid *cid,
                     int priority,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data);
  GBytes *(*get_finish) (MeshBlockSource *self, GAsyncResult *result, GError **error);
};

/**
 * mesh_block_source_get_async:
 * @cid: which block; identity CIDs are answered at once by this function itself
 * @priority: smaller is sooner
 * @cancellable: (nullable)
 */
void mesh_block_source_get_async (MeshBlockSource *self,
                                  MeshCid *cid,
                                  int priority,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);

/**
 * mesh_block_source_get_finish:
 *
 * Returns: (transfer full): bytes that hash to the CID; %MESH_ERROR_NOT_FOUND when this
 *   source does not have them
 */
GBytes *mesh_block_source_get_finish (MeshBlockSource *self,
                                      GAsyncResult *result,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
