/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "index/mesh-index-roots.h"

#include "base/mesh-error.h"
#include "content/mesh-dag-pb.h"

static gboolean
find_root (MeshIndex *index,
           MeshIndexRootKind kind,
           const char *name,
           MeshCid *cid,
           gint64 *id,
           GError **error)
{
  gsize len;
  const guint8 *bytes = mesh_cid_get_bytes (cid, &len);

  return mesh_index_db_get_number (
      index->db, id, error,
      "SELECT id FROM roots WHERE kind = ? AND name = ? AND cid = ?", "isb",
      (gint64) kind, name, bytes, len);
}

static gboolean
insert_root (MeshIndex *index,
             MeshIndexRootKind kind,
             const char *name,
             MeshCid *cid,
             gint64 *id,
             GError **error)
{
  gsize len;
  const guint8 *bytes = mesh_cid_get_bytes (cid, &len);

  if (!mesh_index_db_run (
          index->db, error,
          "INSERT INTO roots (kind, name, cid, count) VALUES (?, ?, ?, 1)", "isb",
          (gint64) kind, name, bytes, len))
    return FALSE;
  *id = mesh_index_db_get_last_id (index->db);
  return TRUE;
}

/* Makes a block a member. @is_new: it was not yet. */
static gboolean
join (MeshIndex *index,
      MeshIndexRootKind kind,
      gint64 root_id,
      const MeshIndexBlock *block,
      gboolean *is_new,
      GError **error)
{
  if (!mesh_index_db_run (index->db, error,
                          "INSERT OR IGNORE INTO members (root, block) VALUES (?, ?)",
                          "ii", root_id, block->id))
    return FALSE;
  *is_new = mesh_index_db_get_n_changes (index->db) > 0;
  if (!*is_new)
    return TRUE;
  if (kind == MESH_INDEX_ROOT_SHARE)
    return mesh_index_db_run (index->db, error,
                              "UPDATE blocks SET shares = shares + 1 WHERE id = ?", "i",
                              block->id);
  if (block->is_stored && block->n_pins == 0)
    index->delta.pinned_bytes += (gint64) block->size;
  return mesh_index_db_run (
      index->db, error, "UPDATE blocks SET pins = pins + 1 WHERE id = ?", "i", block->id);
}

/* (nullable): the links of a block; NULL without error when its bytes are not here. */
static GPtrArray *
read_links (MeshIndex *index, MeshCid *cid, MeshIndexBlock *block, GError **error)
{
  g_autoptr (GBytes) bytes = mesh_cid_get_inline (cid);

  if (bytes == NULL)
    {
      if (!mesh_index_block_load_refs (block, index->db, error))
        return NULL;
      bytes = mesh_index_block_read (block, index->files, cid);
      if (mesh_index_block_has_bad (block)
          && !mesh_index_drop_bad (index, cid, block, error))
        return NULL;
    }
  if (bytes == NULL)
    return NULL;
  return mesh_dag_pb_get_links (mesh_cid_get_codec (cid), g_bytes_get_data (bytes, NULL),
                                g_bytes_get_size (bytes), error);
}

static gboolean
miss (MeshIndexRootKind kind, MeshCid *cid, GError **error)
{
  g_autofree char *text = NULL;

  if (kind == MESH_INDEX_ROOT_SHARE)
    return TRUE;
  text = mesh_cid_dup_text (cid);
  g_set_error (error, MESH_ERROR, MESH_ERROR_NOT_FOUND,
               "The block %s is not here; fetch it before pinning", text);
  return FALSE;
}

/* Visits one block and pushes its links. */
static gboolean
visit (MeshIndex *index,
       MeshIndexRootKind kind,
       gint64 root_id,
       MeshCid *cid,
       GPtrArray *stack,
       GError **error)
{
  g_auto (MeshIndexBlock) block = { 0 };
  g_autoptr (GPtrArray) links = NULL;
  g_autoptr (GError) local = NULL;
  gboolean is_inline = mesh_cid_get_hash_code (cid) == MESH_MULTIHASH_IDENTITY;
  gboolean is_new = TRUE;

  if (!is_inline)
    {
      if (!mesh_index_block_lookup (&block, index->db, cid, error))
        return FALSE;
      if (!mesh_index_block_is_available (&block))
        return miss (kind, cid, error);
      if (!join (index, kind, root_id, &block, &is_new, error))
        return FALSE;
    }
  if (!is_new || block.is_leaf || mesh_cid_get_codec (cid) != MESH_CODEC_DAG_PB)
    return TRUE;
  links = read_links (index, cid, &block, &local);
  if (links == NULL)
    {
      if (local == NULL)
        return miss (kind, cid, error);
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  for (guint i = links->len; i > 0; i--)
    g_ptr_array_add (stack, mesh_cid_ref (g_ptr_array_index (links, i - 1)));
  return TRUE;
}

static gboolean
walk (MeshIndex *index,
      MeshIndexRootKind kind,
      gint64 root_id,
      MeshCid *root,
      GError **error)
{
  g_autoptr (GPtrArray) stack
      = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_cid_unref);
  guint64 n_visited = 0;

  g_ptr_array_add (stack, mesh_cid_ref (root));
  while (stack->len > 0)
    {
      g_autoptr (MeshCid) cid = g_ptr_array_steal_index (stack, stack->len - 1);

      if (++n_visited > MESH_STORE_MAX_WALK_BLOCKS)
        {
          g_set_error (error, MESH_ERROR, MESH_ERROR_LIMIT,
                       "There are too many blocks below one root");
          return FALSE;
        }
      if (!visit (index, kind, root_id, cid, stack, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
mesh_index_roots_add (MeshIndex *index,
                      MeshIndexRootKind kind,
                      const char *name,
                      MeshCid *root,
                      GError **error)
{
  gint64 id;

  if (!find_root (index, kind, name, root, &id, error))
    return FALSE;
  if (id == 0)
    return insert_root (index, kind, name, root, &id, error)
           && walk (index, kind, id, root, error);
  if (kind == MESH_INDEX_ROOT_PIN)
    return mesh_index_db_run (index->db, error,
                              "UPDATE roots SET count = count + 1 WHERE id = ?", "i", id);
  /* Shared already: walk anew for what has arrived since. Members found before end a
   * branch, so they are taken out first. */
  return mesh_index_db_run (index->db, error,
                            "UPDATE blocks SET shares = shares - 1 WHERE id IN"
                            " (SELECT block FROM members WHERE root = ?)",
                            "i", id)
         && mesh_index_db_run (index->db, error, "DELETE FROM members WHERE root = ?",
                               "i", id)
         && walk (index, kind, id, root, error);
}

gboolean
mesh_index_roots_remove (MeshIndex *index,
                         MeshIndexRootKind kind,
                         const char *name,
                         MeshCid *root,
                         GError **error)
{
  static const char *const lower[] = {
    "UPDATE blocks SET pins = pins - 1 WHERE id IN"
    " (SELECT block FROM members WHERE root = ?)",
    "UPDATE blocks SET shares = shares - 1 WHERE id IN"
    " (SELECT block FROM members WHERE root = ?)",
  };
  gint64 count;
  gint64 id;

  if (!find_root (index, kind, name, root, &id, error))
    return FALSE;
  if (id == 0)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_NOT_FOUND,
                   "There is no such pin or share");
      return FALSE;
    }
  if (!mesh_index_db_run (index->db, error,
                          "UPDATE roots SET count = count - 1 WHERE id = ?", "i", id)
      || !mesh_index_db_get_number (index->db, &count, error,
                                    "SELECT count FROM roots WHERE id = ?", "i", id))
    return FALSE;
  if (count > 0)
    return TRUE;
  return mesh_index_db_run (index->db, error, lower[kind], "i", id)
         && mesh_index_db_run (index->db, error, "DELETE FROM members WHERE root = ?",
                               "i", id)
         && mesh_index_db_run (index->db, error, "DELETE FROM roots WHERE id = ?", "i",
                               id)
         && mesh_index_db_run (index->db, error,
                               "DELETE FROM blocks WHERE stored = 0 AND n_refs = 0"
                               " AND pins = 0 AND shares = 0",
                               "")
         && mesh_index_recount (index, error);
}

gboolean
mesh_index_roots_add_member (MeshIndex *index,
                             MeshIndexRootKind kind,
                             MeshCid *root,
                             MeshCid *cid,
                             GError **error)
{
  g_auto (MeshIndexBlock) block = { 0 };
  gboolean is_new;
  gint64 id;

  if (!find_root (index, kind, "", root, &id, error)
      || !mesh_index_block_lookup (&block, index->db, cid, error))
    return FALSE;
  if (id == 0 || block.id == 0)
    return TRUE;
  return join (index, kind, id, &block, &is_new, error);
}

static void
root_free (gpointer data)
{
  MeshIndexRoot *root = data;

  g_free (root->name);
  mesh_cid_unref (root->cid);
  g_free (root);
}

GPtrArray *
mesh_index_roots_list (MeshIndexDb *db, MeshIndexRootKind kind, GError **error)
{
  g_autoptr (GPtrArray) roots
      = g_ptr_array_new_with_free_func ((GDestroyNotify) root_free);
  sqlite3_stmt *stmt = mesh_index_db_query (
      db, error, "SELECT name, cid, count FROM roots WHERE kind = ? ORDER BY name, cid",
      "i", (gint64) kind);
  int more = -1;

  while (stmt != NULL && (more = mesh_index_db_step (db, stmt, error)) > 0)
    {
      g_autoptr (MeshCid) cid = mesh_cid_from_bytes (
          sqlite3_column_blob (stmt, 1), (gsize) sqlite3_column_bytes (stmt, 1), NULL);
      MeshIndexRoot *root;

      if (cid == NULL)
        continue;
      root = g_new0 (MeshIndexRoot, 1);
      root->name = g_strdup ((const char *) sqlite3_column_text (stmt, 0));
      root->cid = g_steal_pointer (&cid);
      root->count = (guint) sqlite3_column_int64 (stmt, 2);
      g_ptr_array_add (roots, root);
    }
  return more == 0 ? g_steal_pointer (&roots) : NULL;
}
