/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "index/mesh-index.h"

#include <string.h>
#include <sys/stat.h>

#include "base/mesh-error.h"

/* What one row adds to the statistics. */
static void
add_row (MeshIndexDelta *delta, const MeshIndexBlock *row, gint64 sign)
{
  gint64 size = (gint64) row->size * sign;

  if (!mesh_index_block_is_available (row))
    return;
  delta->n_blocks += sign;
  if (row->is_stored)
    {
      delta->stored_bytes += size;
      if (row->n_pins > 0)
        delta->pinned_bytes += size;
    }
  else
    {
      delta->n_references += sign;
      delta->referenced_bytes += size;
    }
}

/* Writes a row that exists, or deletes it when nothing is left that needs it. */
static gboolean
update_row (MeshIndex *self,
            const MeshIndexBlock *before,
            const MeshIndexBlock *after,
            GError **error)
{
  add_row (&self->delta, before, -1);
  add_row (&self->delta, after, 1);
  if (!mesh_index_block_is_available (after) && after->n_pins == 0
      && after->n_shares == 0)
    return mesh_index_db_run (self->db, error, "DELETE FROM members WHERE block = ?", "i",
                              after->id)
           && mesh_index_db_run (self->db, error, "DELETE FROM blocks WHERE id = ?", "i",
                                 after->id);
  return mesh_index_db_run (
      self->db, error,
      "UPDATE blocks SET size = ?, stored = ?, n_refs = ?, leaf = ?,"
      " used = ? WHERE id = ?",
      "iiiiii", (gint64) after->size, (gint64) after->is_stored, (gint64) after->n_refs,
      (gint64) after->is_leaf, (gint64) after->used, after->id);
}

static gboolean
insert_row (MeshIndex *self, MeshCid *cid, MeshIndexBlock *row, GError **error)
{
  gsize len;
  const guint8 *mh = mesh_cid_get_multihash (cid, &len);

  if (!mesh_index_db_run (self->db, error,
                          "INSERT INTO blocks (mh, size, stored, n_refs, leaf, used) "
                          "VALUES (?, ?, ?, ?, ?, ?)",
                          "biiiii", mh, len, (gint64) row->size, (gint64) row->is_stored,
                          (gint64) row->n_refs, (gint64) row->is_leaf,
                          (gint64) row->used))
    return FALSE;
  row->id = mesh_index_db_get_last_id (self->db);
  add_row (&self->delta, row, 1);
  return TRUE;
}

/* A block deleted and put again in one transaction keeps its new file. */
static void
keep_file (MeshIndex *self, const MeshCid *cid)
{
  for (guint i = 0; i < self->unlinks->len; i++)
    if (mesh_cid_equal_multihash (g_ptr_array_index (self->unlinks, i), cid))
      {
        g_ptr_array_remove_index_fast (self->unlinks, i);
        return;
      }
}

gboolean
mesh_index_put (MeshIndex *self,
                MeshCid *cid,
                gsize size,
                gboolean is_leaf,
                guint tmp_id,
                guint64 reserved,
                GError **error)
{
  g_auto (MeshIndexBlock) before = { 0 };
  MeshIndexBlock after;

  if (!mesh_index_block_lookup (&before, self->db, cid, error)
      || !mesh_index_files_commit_tmp (self->files, tmp_id, cid, error))
    return FALSE;
  keep_file (self, cid);
  after = before;
  after.size = size;
  after.is_stored = TRUE;
  after.is_leaf = is_leaf;
  after.used = mesh_index_state_next_use (self->state);
  if (before.id != 0 ? !update_row (self, &before, &after, error)
                     : !insert_row (self, cid, &after, error))
    return FALSE;
  self->delta.reserved_bytes -= (gint64) reserved;
  return TRUE;
}

static gboolean
get_path_id (MeshIndex *self, const char *path, gint64 *id, GError **error)
{
  return mesh_index_db_run (self->db, error,
                            "INSERT OR IGNORE INTO paths (path) VALUES (?)", "b", path,
                            strlen (path))
         && mesh_index_db_get_number (self->db, id, error,
                                      "SELECT id FROM paths WHERE path = ?", "b", path,
                                      strlen (path));
}

gboolean
mesh_index_add_reference (MeshIndex *self,
                          MeshCid *cid,
                          const char *path,
                          guint64 offset,
                          gsize size,
                          MeshReferenceKind kind,
                          GError **error)
{
  g_auto (MeshIndexBlock) before = { 0 };
  MeshIndexBlock after;
  gint64 path_id;

  if (!mesh_index_block_lookup (&before, self->db, cid, error)
      || !get_path_id (self, path, &path_id, error))
    return FALSE;
  after = before;
  after.used = mesh_index_state_next_use (self->state);
  if (before.id == 0)
    {
      after.size = mesh_index_files_get_reference_size (size, kind);
      after.is_leaf = kind == MESH_REFERENCE_UNIXFS_LEAF;
      if (!insert_row (self, cid, &after, error))
        return FALSE;
      before = after;
    }
  if (!mesh_index_db_run (self->db, error,
                          "INSERT OR IGNORE INTO refs (block, path, offset, size, kind)"
                          " VALUES (?, ?, ?, ?, ?)",
                          "iiiii", after.id, path_id, (gint64) offset, (gint64) size,
                          (gint64) kind))
    return FALSE;
  after.n_refs += (guint) mesh_index_db_get_n_changes (self->db);
  return update_row (self, &before, &after, error);
}

/* The ranges of paths that are @path itself or below it: "/" is followed by "0". */
#define BELOW "path = ?1 OR (path > ?2 AND path < ?3)"

typedef struct
{
  char *from; /* (owned) */
  char *to;   /* (owned) */
} Range;

static void
range_clear (Range *range)
{
  g_free (range->from);
  g_free (range->to);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Range, range_clear)

static Range
get_range (const char *path)
{
  return (Range){ g_strconcat (path, "/", NULL), g_strconcat (path, "0", NULL) };
}

static gboolean
remove_path (MeshIndex *self, gint64 path_id, GError **error)
{
  return mesh_index_db_run (
             self->db, error,
             "UPDATE blocks SET n_refs = n_refs - (SELECT COUNT(*) FROM refs"
             " WHERE path = ?1 AND block = blocks.id)"
             " WHERE id IN (SELECT block FROM refs WHERE path = ?1)",
             "i", path_id)
         && mesh_index_db_run (self->db, error, "DELETE FROM refs WHERE path = ?", "i",
                               path_id)
         && mesh_index_db_run (self->db, error, "DELETE FROM paths WHERE id = ?", "i",
                               path_id);
}

/* Rows that neither hold bytes nor a promise. */
static gboolean
delete_ghosts (MeshIndex *self, GError **error)
{
  return mesh_index_db_run (self->db, error,
                            "DELETE FROM blocks WHERE stored = 0 AND n_refs = 0"
                            " AND pins = 0 AND shares = 0",
                            "");
}

static GArray *
list_numbers (MeshIndex *self, sqlite3_stmt *stmt, GError **error)
{
  g_autoptr (GArray) numbers = g_array_new (FALSE, FALSE, sizeof (gint64));
  int more;

  if (stmt == NULL)
    return NULL;
  while ((more = mesh_index_db_step (self->db, stmt, error)) > 0)
    {
      gint64 number = sqlite3_column_int64 (stmt, 0);

      g_array_append_val (numbers, number);
    }
  return more == 0 ? g_steal_pointer (&numbers) : NULL;
}

/* (nullable): ids of the paths below one. */
static GArray *
list_below (MeshIndex *self, const char *path, GError **error)
{
  g_auto (Range) range = get_range (path);

  return list_numbers (
      self,
      mesh_index_db_query (self->db, error, "SELECT id FROM paths WHERE " BELOW, "bbb",
                           path, strlen (path), range.from, strlen (range.from), range.to,
                           strlen (range.to)),
      error);
}

gboolean
mesh_index_remove_references (MeshIndex *self, const char *path, GError **error)
{
  g_autoptr (GArray) ids = list_below (self, path, error);

  if (ids == NULL)
    return FALSE;
  for (guint i = 0; i < ids->len; i++)
    if (!remove_path (self, g_array_index (ids, gint64, i), error))
      return FALSE;
  return ids->len == 0
         || (delete_ghosts (self, error) && mesh_index_recount (self, error));
}

gboolean
mesh_index_rename_references (MeshIndex *self,
                              const char *old_path,
                              const char *new_path,
                              GError **error)
{
  g_auto (Range) range = get_range (old_path);
  g_autoptr (GArray) ids = list_below (self, old_path, error);

  /* Without blocks of its own the new file was made of those of the old one, it may be.
   */
  if (ids == NULL || ids->len == 0)
    return ids != NULL;
  /* What was referenced under the new path is replaced by the rename. */
  return mesh_index_remove_references (self, new_path, error)
         && mesh_index_db_run (
             self->db, error,
             "UPDATE paths SET path = CAST(?4 || substr(path, ?5) AS BLOB) WHERE " BELOW,
             "bbbbi", old_path, strlen (old_path), range.from, strlen (range.from),
             range.to, strlen (range.to), new_path, strlen (new_path),
             (gint64) strlen (old_path) + 1);
}

gboolean
mesh_index_drop_stale_references (MeshIndex *self, GError **error)
{
  g_autoptr (GArray) stale = g_array_new (FALSE, FALSE, sizeof (gint64));
  sqlite3_stmt *stmt
      = mesh_index_db_query (self->db, error, "SELECT id, path FROM paths", "");
  int more = 0;

  while (stmt != NULL && (more = mesh_index_db_step (self->db, stmt, error)) > 0)
    {
      gint64 id = sqlite3_column_int64 (stmt, 0);
      g_autofree char *path = g_strndup (sqlite3_column_blob (stmt, 1),
                                         (gsize) sqlite3_column_bytes (stmt, 1));
      struct stat info;

      if (lstat (path, &info) < 0 || !S_ISREG (info.st_mode))
        g_array_append_val (stale, id);
    }
  if (stmt == NULL || more < 0)
    return FALSE;
  for (guint i = 0; i < stale->len; i++)
    if (!remove_path (self, g_array_index (stale, gint64, i), error))
      return FALSE;
  return stale->len == 0
         || (delete_ghosts (self, error) && mesh_index_recount (self, error));
}

static gboolean
has_good_file (MeshIndex *self, const MeshCid *cid, gsize size)
{
  g_autoptr (GBytes) bytes = mesh_index_files_read (self->files, cid, size);

  return bytes != NULL
         && mesh_cid_verify (cid, g_bytes_get_data (bytes, NULL),
                             g_bytes_get_size (bytes), NULL);
}

gboolean
mesh_index_drop_bad (MeshIndex *self,
                     MeshCid *cid,
                     const MeshIndexBlock *block,
                     GError **error)
{
  g_auto (MeshIndexBlock) before = { 0 };
  MeshIndexBlock after;

  if (!mesh_index_block_lookup (&before, self->db, cid, error))
    return FALSE;
  if (before.id == 0 || before.id != block->id)
    return TRUE;
  after = before;
  /* Looked at again, since it may have been put anew after it was read. */
  if (block->is_bad && before.is_stored && !has_good_file (self, cid, before.size))
    {
      after.is_stored = FALSE;
      g_ptr_array_add (self->unlinks, mesh_cid_ref (cid));
      self->delta.n_dropped++;
    }
  for (guint i = 0; block->refs != NULL && i < block->refs->len; i++)
    {
      const MeshIndexRef *ref = &g_array_index (block->refs, MeshIndexRef, i);

      if (!ref->is_bad)
        continue;
      if (!mesh_index_db_run (
              self->db, error,
              "DELETE FROM refs WHERE block = ? AND path = ? AND offset = ?", "iii",
              before.id, ref->path_id, (gint64) ref->offset))
        return FALSE;
      after.n_refs -= (guint) mesh_index_db_get_n_changes (self->db);
      self->delta.n_dropped += mesh_index_db_get_n_changes (self->db);
    }
  return update_row (self, &before, &after, error);
}

/* Deletes the file of a block that nothing holds. FALSE without error: it is held. */
static gboolean
forget_file (MeshIndex *self,
             MeshCid *cid,
             const MeshIndexBlock *before,
             gboolean *is_held,
             GError **error)
{
  MeshIndexBlock after = *before;

  *is_held = before->n_pins > 0 || !mesh_index_state_doom (self->state, cid);
  if (*is_held)
    return TRUE;
  after.is_stored = FALSE;
  g_ptr_array_add (self->unlinks, mesh_cid_ref (cid));
  return update_row (self, before, &after, error);
}

gboolean
mesh_index_delete (MeshIndex *self, MeshCid *cid, GError **error)
{
  g_auto (MeshIndexBlock) before = { 0 };
  MeshIndexBlock rest;
  gboolean is_held = FALSE;

  if (!mesh_index_flush_uses (self, error)
      || !mesh_index_block_lookup (&before, self->db, cid, error))
    return FALSE;
  if (before.id == 0 || !mesh_index_block_is_available (&before))
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_NOT_FOUND, "The block is not here");
      return FALSE;
    }
  if (before.n_pins > 0 || before.used >= mesh_index_state_get_held (self->state))
    is_held = TRUE;
  else if (before.is_stored && !forget_file (self, cid, &before, &is_held, error))
    return FALSE;
  if (is_held)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_BUSY,
                   "The block is pinned or in use; unpin it first");
      return FALSE;
    }
  if (before.n_refs == 0)
    return TRUE;
  before.is_stored = FALSE;
  rest = before;
  rest.n_refs = 0;
  return mesh_index_db_run (self->db, error, "DELETE FROM refs WHERE block = ?", "i",
                            before.id)
         && update_row (self, &before, &rest, error);
}

gboolean
mesh_index_drop_copy (MeshIndex *self, MeshCid *cid, GError **error)
{
  g_auto (MeshIndexBlock) before = { 0 };
  MeshIndexBlock after;

  if (!mesh_index_block_lookup (&before, self->db, cid, error))
    return FALSE;
  if (!before.is_stored || before.n_refs == 0)
    return TRUE;
  if (!mesh_index_state_doom_unread (self->state, cid))
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_BUSY, "The block is being read");
      return FALSE;
    }
  after = before;
  after.is_stored = FALSE;
  g_ptr_array_add (self->unlinks, mesh_cid_ref (cid));
  return update_row (self, &before, &after, error);
}

/* (nullable): a CID for the multihash in a column. */
static MeshCid *
column_cid (sqlite3_stmt *stmt, int column)
{
  MeshMultihash hash;
  gsize n_read;

  if (!mesh_multihash_read (sqlite3_column_blob (stmt, column),
                            (gsize) sqlite3_column_bytes (stmt, column), &hash, &n_read,
                            NULL))
    return NULL;
  return mesh_cid_new_v1 (MESH_CODEC_RAW, hash.code, hash.digest, hash.digest_len);
}

/* (nullable) (element-type MeshCid): rows of multihash and cursor. */
static GPtrArray *
list_cids (MeshIndex *self, sqlite3_stmt *stmt, gint64 *cursor, GError **error)
{
  g_autoptr (GPtrArray) cids
      = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_cid_unref);
  int more = -1;

  while (stmt != NULL && (more = mesh_index_db_step (self->db, stmt, error)) > 0)
    {
      MeshCid *cid = column_cid (stmt, 0);

      *cursor = sqlite3_column_int64 (stmt, 1);
      if (cid != NULL)
        g_ptr_array_add (cids, cid);
    }
  return more == 0 ? g_steal_pointer (&cids) : NULL;
}

/* (nullable) (element-type MeshCid): candidates in order of use. */
static GPtrArray *
list_unused (MeshIndex *self, gint64 *cursor, GError **error)
{
  guint64 held = mesh_index_state_get_held (self->state);

  return list_cids (
      self,
      mesh_index_db_query (self->db, error,
                           "SELECT mh, used FROM blocks WHERE stored = 1 AND pins = 0"
                           " AND used > ? AND used < ? ORDER BY used, id LIMIT ?",
                           "iii", *cursor, (gint64) held, (gint64) MESH_INDEX_MAX_EVICT),
      cursor, error);
}

GPtrArray *
mesh_index_list_referenced (MeshIndex *self,
                            const char *path,
                            gint64 *cursor,
                            GError **error)
{
  g_auto (Range) range = get_range (path);

  return list_cids (self,
                    mesh_index_db_query (
                        self->db, error,
                        "SELECT mh, id FROM blocks WHERE stored = 0 AND id > ?4 AND id"
                        " IN (SELECT block FROM refs WHERE path IN"
                        " (SELECT id FROM paths WHERE " BELOW ")) ORDER BY id LIMIT ?5",
                        "bbbii", path, strlen (path), range.from, strlen (range.from),
                        range.to, strlen (range.to), *cursor,
                        (gint64) MESH_INDEX_MAX_LISTED),
                    cursor, error);
}

gboolean
mesh_index_evict (MeshIndex *self,
                  guint64 bytes,
                  guint64 *freed,
                  gint64 *cursor,
                  gboolean *has_more,
                  GError **error)
{
  g_autoptr (GPtrArray) cids = NULL;

  *freed = 0;
  *has_more = FALSE;
  if (!mesh_index_flush_uses (self, error))
    return FALSE;
  cids = list_unused (self, cursor, error);
  if (cids == NULL)
    return FALSE;
  for (guint i = 0; i < cids->len && *freed < bytes; i++)
    {
      MeshCid *cid = g_ptr_array_index (cids, i);
      g_auto (MeshIndexBlock) before = { 0 };
      gboolean is_held;

      if (!mesh_index_block_lookup (&before, self->db, cid, error)
          || !forget_file (self, cid, &before, &is_held, error))
        return FALSE;
      if (is_held)
        continue;
      *freed += before.size;
      self->delta.n_evicted++;
    }
  *has_more = cids->len == MESH_INDEX_MAX_EVICT;
  return TRUE;
}

typedef struct
{
  MeshIndex *index; /* (unowned) */
  gboolean is_rebuild;
} Sweep;

static gboolean
sweep_file (MeshCid *cid,
            gsize size,
            gboolean is_leaf,
            gpointer user_data,
            GError **error)
{
  Sweep *sweep = user_data;
  g_auto (MeshIndexBlock) row = { 0 };

  if (!mesh_index_block_lookup (&row, sweep->index->db, cid, error))
    return FALSE;
  if (row.id != 0 && row.is_stored)
    return TRUE;
  if (!sweep->is_rebuild)
    {
      g_ptr_array_add (sweep->index->unlinks, mesh_cid_ref (cid));
      return TRUE;
    }
  row.size = size;
  row.is_stored = TRUE;
  row.is_leaf = is_leaf;
  row.used = mesh_index_state_next_use (sweep->index->state);
  return insert_row (sweep->index, cid, &row, error);
}

gboolean
mesh_index_sweep (MeshIndex *self, guint shard, gboolean is_rebuild, GError **error)
{
  Sweep sweep = { self, is_rebuild };

  return mesh_index_files_for_each (self->files, shard, sweep_file, &sweep, error);
}

gboolean
mesh_index_flush_uses (MeshIndex *self, GError **error)
{
  g_autoptr (GHashTable) touched = mesh_index_state_steal_touched (self->state);
  GHashTableIter iter;
  gpointer key;
  gpointer value;

  g_hash_table_iter_init (&iter, touched);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      gsize len;
      const guint8 *mh = mesh_cid_get_multihash (key, &len);

      if (!mesh_index_db_run (self->db, error, "UPDATE blocks SET used = ? WHERE mh = ?",
                              "ib", (gint64) * (guint64 *) value, mh, len))
        return FALSE;
    }
  return TRUE;
}

gboolean
mesh_index_count (MeshIndex *self, MeshStoreStats *counts, GError **error)
{
  sqlite3_stmt *stmt
      = mesh_index_db_query (self->db, error,
                             "SELECT COUNT(*), TOTAL(stored = 0), TOTAL(size * stored), "
                             "TOTAL(size * (stored = 0)),"
                             " TOTAL(size * (stored = 1 AND pins > 0)) FROM blocks WHERE "
                             "stored = 1 OR n_refs > 0",
                             "");
  int more = stmt != NULL ? mesh_index_db_step (self->db, stmt, error) : -1;

  *counts = (MeshStoreStats){ 0 };
  if (more <= 0)
    return more == 0;
  counts->n_blocks = (guint64) sqlite3_column_int64 (stmt, 0);
  counts->n_references = (guint64) sqlite3_column_int64 (stmt, 1);
  counts->stored_bytes = (guint64) sqlite3_column_int64 (stmt, 2);
  counts->referenced_bytes = (guint64) sqlite3_column_int64 (stmt, 3);
  counts->pinned_bytes = (guint64) sqlite3_column_int64 (stmt, 4);
  sqlite3_reset (stmt);
  return TRUE;
}

gboolean
mesh_index_recount (MeshIndex *self, GError **error)
{
  MeshStoreStats counts;
  MeshStoreStats known;

  if (!mesh_index_count (self, &counts, error))
    return FALSE;
  g_mutex_lock (&self->state->lock);
  known = self->state->stats;
  g_mutex_unlock (&self->state->lock);
  self->delta.n_blocks = (gint64) (counts.n_blocks - known.n_blocks);
  self->delta.n_references = (gint64) (counts.n_references - known.n_references);
  self->delta.stored_bytes = (gint64) (counts.stored_bytes - known.stored_bytes);
  self->delta.referenced_bytes
      = (gint64) (counts.referenced_bytes - known.referenced_bytes);
  self->delta.pinned_bytes = (gint64) (counts.pinned_bytes - known.pinned_bytes);
  return TRUE;
}
