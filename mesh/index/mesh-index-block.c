/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "index/mesh-index-block.h"

static void
ref_clear (gpointer data)
{
  MeshIndexRef *ref = data;

  g_clear_pointer (&ref->path, g_free);
}

void
mesh_index_block_clear (MeshIndexBlock *self)
{
  g_clear_pointer (&self->refs, g_array_unref);
}

gboolean
mesh_index_block_lookup (MeshIndexBlock *self,
                         MeshIndexDb *db,
                         const MeshCid *cid,
                         GError **error)
{
  gsize len;
  const guint8 *mh = mesh_cid_get_multihash (cid, &len);
  sqlite3_stmt *stmt = mesh_index_db_query (db, error,
                                            "SELECT id, size, stored, leaf, n_refs, "
                                            "used, pins, shares FROM blocks WHERE mh = ?",
                                            "b", mh, len);
  int more;

  *self = (MeshIndexBlock){ 0 };
  if (stmt == NULL)
    return FALSE;
  more = mesh_index_db_step (db, stmt, error);
  if (more <= 0)
    return more == 0;
  self->id = sqlite3_column_int64 (stmt, 0);
  self->size = (gsize) sqlite3_column_int64 (stmt, 1);
  self->is_stored = sqlite3_column_int (stmt, 2) != 0;
  self->is_leaf = sqlite3_column_int (stmt, 3) != 0;
  self->n_refs = (guint) sqlite3_column_int64 (stmt, 4);
  self->used = (guint64) sqlite3_column_int64 (stmt, 5);
  self->n_pins = (guint) sqlite3_column_int64 (stmt, 6);
  self->n_shares = (guint) sqlite3_column_int64 (stmt, 7);
  sqlite3_reset (stmt);
  return TRUE;
}

gboolean
mesh_index_block_is_available (const MeshIndexBlock *self)
{
  return self->is_stored || self->n_refs > 0;
}

gboolean
mesh_index_block_load_refs (MeshIndexBlock *self, MeshIndexDb *db, GError **error)
{
  sqlite3_stmt *stmt;
  int more;

  self->refs = g_array_new (FALSE, FALSE, sizeof (MeshIndexRef));
  g_array_set_clear_func (self->refs, ref_clear);
  if (self->n_refs == 0)
    return TRUE;
  stmt = mesh_index_db_query (db, error,
                              "SELECT paths.path, paths.id, offset, size, kind FROM refs"
                              " JOIN paths ON paths.id = refs.path"
                              " WHERE block = ? ORDER BY paths.id DESC LIMIT ?",
                              "ii", self->id, (gint64) MESH_INDEX_BLOCK_MAX_REFS);
  if (stmt == NULL)
    return FALSE;
  while ((more = mesh_index_db_step (db, stmt, error)) > 0)
    {
      MeshIndexRef ref = {
        .path = g_strndup (sqlite3_column_blob (stmt, 0),
                           (gsize) sqlite3_column_bytes (stmt, 0)),
        .path_id = sqlite3_column_int64 (stmt, 1),
        .offset = (guint64) sqlite3_column_int64 (stmt, 2),
        .size = (gsize) sqlite3_column_int64 (stmt, 3),
        .kind = (MeshReferenceKind) sqlite3_column_int (stmt, 4),
      };

      g_array_append_val (self->refs, ref);
    }
  return more == 0;
}

GBytes *
mesh_index_block_fetch (MeshIndexBlock *self, MeshIndexFiles *files, const MeshCid *cid)
{
  GBytes *bytes = NULL;

  if (self->is_stored && !self->is_bad)
    {
      bytes = mesh_index_files_read (files, cid, self->size);
      self->is_bad = bytes == NULL;
    }
  for (guint i = 0; bytes == NULL && i < self->refs->len; i++)
    {
      MeshIndexRef *ref = &g_array_index (self->refs, MeshIndexRef, i);

      if (ref->is_bad)
        continue;
      bytes = mesh_index_files_read_reference (ref->path, ref->offset, ref->size,
                                               ref->kind);
      ref->is_bad = bytes == NULL;
    }
  return bytes;
}

void
mesh_index_block_mark_bad (MeshIndexBlock *self)
{
  if (self->is_stored && !self->is_bad)
    {
      self->is_bad = TRUE;
      return;
    }
  for (guint i = 0; i < self->refs->len; i++)
    if (!g_array_index (self->refs, MeshIndexRef, i).is_bad)
      {
        g_array_index (self->refs, MeshIndexRef, i).is_bad = TRUE;
        return;
      }
}

GBytes *
mesh_index_block_read (MeshIndexBlock *self, MeshIndexFiles *files, const MeshCid *cid)
{
  GBytes *bytes;

  while ((bytes = mesh_index_block_fetch (self, files, cid)) != NULL)
    {
      gsize len;
      const guint8 *data = g_bytes_get_data (bytes, &len);

      if (mesh_cid_verify (cid, data, len, NULL))
        return bytes;
      g_bytes_unref (bytes);
      mesh_index_block_mark_bad (self);
    }
  return NULL;
}

gboolean
mesh_index_block_has_bad (const MeshIndexBlock *self)
{
  if (self->is_bad)
    return TRUE;
  for (guint i = 0; self->refs != NULL && i < self->refs->len; i++)
    if (g_array_index (self->refs, MeshIndexRef, i).is_bad)
      return TRUE;
  return FALSE;
}
