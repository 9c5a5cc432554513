/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include <errno.h>
#include <fcntl.h>

#include "store/mesh-store-private.h"

/* A place is in the store's table until its owner frees it; a put that uses it holds it
 * longer and works on a descriptor of its own, so that the file may be closed meanwhile.
 */
struct MeshStorePlace
{
  grefcount ref_count;
  MeshStore *store; /* (owned) */
  MeshCid *cid;     /* (owned) */
  char *path;       /* (owned) */
  int fd;           /* the owner's */
  guint64 offset;
  gsize size;
  gboolean is_filled;
  gboolean is_given_up; /* the owner does not wait any more */
};

MeshStorePlace *
mesh_store_place_new (MeshStore *self,
                      MeshCid *cid,
                      const char *path,
                      int fd,
                      guint64 offset,
                      guint64 size)
{
  MeshStorePlace *place;

  g_return_val_if_fail (MESH_IS_STORE (self), NULL);
  g_return_val_if_fail (cid != NULL && g_path_is_absolute (path) && fd >= 0, NULL);

  if (size == 0 || size > MESH_BLOCK_MAX_BYTES || offset > G_MAXINT64 - size
      || g_hash_table_size (self->places) >= MESH_STORE_MAX_PENDING
      || g_hash_table_contains (self->places, cid))
    return NULL;
  place = g_new0 (MeshStorePlace, 1);
  g_ref_count_init (&place->ref_count);
  place->store = g_object_ref (self);
  place->cid = mesh_cid_ref (cid);
  place->path = g_strdup (path);
  place->fd = fd;
  place->offset = offset;
  place->size = (gsize) size;
  g_hash_table_insert (self->places, place->cid, place);
  return place;
}

void
mesh_store_place_unref (MeshStorePlace *place)
{
  if (!g_ref_count_dec (&place->ref_count))
    return;
  mesh_cid_unref (place->cid);
  g_object_unref (place->store);
  g_free (place->path);
  g_free (place);
}

void
mesh_store_place_free (MeshStorePlace *place)
{
  place->is_given_up = TRUE;
  g_hash_table_remove (place->store->places, place->cid);
  mesh_store_place_unref (place);
}

gboolean
mesh_store_place_is_filled (const MeshStorePlace *place)
{
  return place->is_filled;
}

MeshStorePlace *
mesh_store_place_claim (MeshStore *self,
                        const MeshCid *cid,
                        GBytes *bytes,
                        MeshStoreStretch *stretch)
{
  MeshStorePlace *place = g_hash_table_lookup (self->places, cid);
  MeshReferenceKind kind;
  int fd;

  if (place == NULL)
    return NULL;
  kind = mesh_cid_get_codec (place->cid) == MESH_CODEC_RAW ? MESH_REFERENCE_RAW
                                                           : MESH_REFERENCE_UNIXFS_LEAF;
  if (!mesh_index_files_fits_reference (g_bytes_get_data (bytes, NULL),
                                        g_bytes_get_size (bytes), place->size, kind))
    return NULL;
  fd = fcntl (place->fd, F_DUPFD_CLOEXEC, 0);
  if (fd < 0)
    {
      g_debug ("A block is kept beside its file: %s", g_strerror (errno));
      return NULL;
    }
  *stretch = (MeshStoreStretch){ .path = place->path,
                                 .fd = fd,
                                 .offset = place->offset,
                                 .size = place->size,
                                 .kind = kind };
  g_ref_count_inc (&place->ref_count);
  return place;
}

gboolean
mesh_store_place_is_wanted (const MeshStorePlace *place)
{
  return !place->is_given_up;
}

void
mesh_store_place_set_filled (MeshStorePlace *place)
{
  place->is_filled = TRUE;
}
