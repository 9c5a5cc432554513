/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "store/mesh-exporter-place-private.h"

MeshStorePlace *
mesh_exporter_place_new (MeshStore *store,
                         const MeshFileReader *reader,
                         guint64 id,
                         MeshCid *cid,
                         const char *path,
                         int fd)
{
  guint64 offset, size;

  if (store == NULL || !mesh_file_reader_get_range (reader, id, &offset, &size))
    return NULL;
  return mesh_store_place_new (store, cid, path, fd, offset, size);
}

gboolean
mesh_exporter_place_end (MeshStorePlace *place,
                         const MeshFileReader *reader,
                         guint64 id,
                         GHashTable *placed)
{
  g_autoptr (MeshStorePlace) ended = place;
  guint64 offset, size;

  if (ended == NULL || !mesh_store_place_is_filled (ended)
      || !mesh_file_reader_get_range (reader, id, &offset, &size))
    return FALSE;
  g_hash_table_add (placed, g_memdup2 (&offset, sizeof offset));
  return TRUE;
}
