/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "master/shoald-master-walk.h"

#include <string.h>

/* A link that is still to be followed. */
typedef struct
{
  MeshCid *cid; /* (owned) */
  guint depth;
  gboolean is_alone;     /* nothing below it is wanted */
  guint64 start;         /* of its bytes in the file, when there is a range */
  MeshHamtPosition hamt; /* of a part of a sharded folder; else zero */
} Pending;

struct ShoaldMasterWalk
{
  grefcount refs;          /* one for each call, one for the owner */
  MeshBlockSource *source; /* (owned) */
  GStrv segments;          /* (owned) */
  ShoaldMasterScope scope;
  gboolean has_range;
  gint64 from, to;       /* as asked for */
  guint64 first, last;   /* bytes of the file, once resolved */
  GArray *stack;         /* (owned) (element-type Pending): the next one is at the end */
  GHashTable *seen;      /* (owned) (nullable) (element-type MeshCid): what was given */
  MeshCid *end;          /* (owned): where the path leads */
  GPtrArray *path;       /* (owned) (element-type MeshCid): blocks that lead there */
  guint i_segment;       /* while resolving */
  MeshHamtPosition hamt; /* while resolving: of the end, when it is a part of a folder */
};

typedef struct
{
  MeshCid *cid;  /* (owned) (nullable) */
  GBytes *bytes; /* (owned) (nullable) */
} Block;

static void
pending_clear (gpointer data)
{
  Pending *pending = data;

  g_clear_pointer (&pending->cid, mesh_cid_unref);
}

static void
block_free (gpointer data)
{
  Block *block = data;

  g_clear_pointer (&block->cid, mesh_cid_unref);
  g_clear_pointer (&block->bytes, g_bytes_unref);
  g_free (block);
}

ShoaldMasterWalk *
shoald_master_walk_new (MeshBlockSource *source, const ShoaldMasterRequest *request)
{
  ShoaldMasterWalk *walk = g_new0 (ShoaldMasterWalk, 1);

  g_ref_count_init (&walk->refs);
  walk->source = g_object_ref (source);
  walk->segments = g_strdupv (request->segments);
  walk->scope = request->scope;
  walk->has_range = request->has_range;
  walk->from = request->from;
  walk->to = request->to;
  walk->end = mesh_cid_ref (request->cid);
  walk->path = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_cid_unref);
  walk->stack = g_array_new (FALSE, FALSE, sizeof (Pending));
  g_array_set_clear_func (walk->stack, pending_clear);
  if (!request->has_duplicates)
    walk->seen = g_hash_table_new_full (mesh_cid_hash, mesh_cid_equal,
                                        (GDestroyNotify) mesh_cid_unref, NULL);
  return walk;
}

static void
walk_release (gpointer data)
{
  ShoaldMasterWalk *walk = data;

  if (!g_ref_count_dec (&walk->refs))
    return;
  g_clear_object (&walk->source);
  g_clear_pointer (&walk->segments, g_strfreev);
  g_clear_pointer (&walk->stack, g_array_unref);
  g_clear_pointer (&walk->seen, g_hash_table_unref);
  g_clear_pointer (&walk->end, mesh_cid_unref);
  g_clear_pointer (&walk->path, g_ptr_array_unref);
  g_free (walk);
}

void
shoald_master_walk_free (ShoaldMasterWalk *walk)
{
  walk_release (walk);
}

static GTask *
task_new (ShoaldMasterWalk *walk,
          GCancellable *cancellable,
          GAsyncReadyCallback callback,
          gpointer user_data,
          gpointer tag)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);

  g_ref_count_inc (&walk->refs);
  g_task_set_source_tag (task, tag);
  g_task_set_task_data (task, walk, walk_release);
  return task;
}

static void
push (ShoaldMasterWalk *walk, MeshCid *cid, guint depth, gboolean is_alone, guint64 start)
{
  Pending pending = { mesh_cid_ref (cid), depth, is_alone, start, { 0 } };

  g_array_append_val (walk->stack, pending);
}

/* Reads a block as dag-pb and UnixFS. A block that is neither is a leaf. */
static gboolean
decode (const MeshCid *cid, GBytes *bytes, MeshDagPbNode *node, MeshUnixfs *unixfs)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (bytes, &len);

  return mesh_cid_get_codec (cid) == MESH_CODEC_DAG_PB
         && mesh_dag_pb_decode (data, len, node, NULL) && node->data != NULL
         && mesh_unixfs_decode (node->data, node->data_len, unixfs, NULL);
}

/* Where the path leads. */

static gboolean
fail (GError **error, MeshError code, const char *format, ...) G_GNUC_PRINTF (3, 4);

static gboolean
fail (GError **error, MeshError code, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list list;

  va_start (list, format);
  text = g_strdup_vprintf (format, list);
  va_end (list);
  g_set_error_literal (error, MESH_ERROR, code, text);
  return FALSE;
}

static const MeshDagPbLink *
find_entry (const MeshDagPbNode *node, const char *name)
{
  for (guint i = 0; i < node->links->len; i++)
    {
      const MeshDagPbLink *link = &g_array_index (node->links, MeshDagPbLink, i);

      if (g_strcmp0 (link->name, name) == 0)
        return link;
    }
  return NULL;
}

/* From the end of the path into the entry that the next segment names, or into the shard
 * where it would be. */
static gboolean
descend (ShoaldMasterWalk *walk, GBytes *bytes, GError **error)
{
  const char *segment = walk->segments[walk->i_segment];
  g_auto (MeshDagPbNode) node = { 0 };
  g_auto (MeshUnixfs) unixfs = { 0 };
  MeshHamtPosition child = { 0 };
  const MeshDagPbLink *link = NULL;
  gboolean is_shard = FALSE;

  if (!decode (walk->end, bytes, &node, &unixfs))
    return fail (error, MESH_ERROR_INVALID, "“%s” is not below a folder", segment);
  if (unixfs.type == MESH_UNIXFS_HAMT_SHARD || walk->hamt.fanout > 0)
    {
      if (!mesh_hamt_check (&node, &unixfs, &walk->hamt, error))
        return FALSE;
      link = mesh_hamt_find (&node, &walk->hamt, segment, strlen (segment));
      is_shard = link != NULL && mesh_hamt_enter (&walk->hamt, link, &child);
    }
  else if (unixfs.type == MESH_UNIXFS_DIRECTORY)
    link = find_entry (&node, segment);
  else
    return fail (error, MESH_ERROR_INVALID, "“%s” is not below a folder", segment);
  if (link == NULL)
    return fail (error, MESH_ERROR_NOT_FOUND, "There is no “%s” in this folder", segment);
  g_ptr_array_add (walk->path, g_steal_pointer (&walk->end));
  walk->end = mesh_cid_ref (link->cid);
  walk->hamt = child;
  walk->i_segment += is_shard ? 0 : 1;
  return TRUE;
}

static guint64
from_end (guint64 size, gint64 offset)
{
  guint64 back = -(guint64) offset;

  if (offset >= 0)
    return offset;
  return back > size ? 0 : size - back;
}

/* What entity-bytes means for this entity; a folder has no bytes and ignores it. */
static gboolean
set_range (ShoaldMasterWalk *walk, GBytes *bytes, GError **error)
{
  g_auto (MeshDagPbNode) node = { 0 };
  g_auto (MeshUnixfs) unixfs = { 0 };
  guint64 size = g_bytes_get_size (bytes);

  if (mesh_cid_get_codec (walk->end) != MESH_CODEC_RAW)
    {
      if (!decode (walk->end, bytes, &node, &unixfs) || unixfs.type != MESH_UNIXFS_FILE)
        {
          walk->has_range = FALSE;
          return TRUE;
        }
      size = unixfs.has_file_size ? unixfs.file_size : unixfs.data_len;
    }
  walk->first = from_end (size, walk->from);
  walk->last = walk->to == G_MAXINT64 ? G_MAXUINT64 : from_end (size, walk->to);
  if (walk->first >= size && size > 0)
    return fail (error, MESH_ERROR_INVALID, "entity-bytes is outside of the file");
  if (walk->first > walk->last || size == 0
      || (walk->to < 0 && walk->last == 0 && -(guint64) walk->to > size))
    walk->scope = SHOALD_MASTER_SCOPE_BLOCK;
  return TRUE;
}

static void resolve (GTask *task);

static void
resolve_got (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  ShoaldMasterWalk *walk = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes
      = mesh_block_source_get_finish (MESH_BLOCK_SOURCE (source), result, &error);
  gboolean is_end = walk->segments[walk->i_segment] == NULL;

  if (bytes == NULL
      || !(is_end ? (!walk->has_range || set_range (walk, bytes, &error))
                  : descend (walk, bytes, &error)))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  if (!is_end)
    {
      resolve (task);
      return;
    }
  push (walk, walk->end, 0, walk->scope == SHOALD_MASTER_SCOPE_BLOCK, 0);
  for (guint i = walk->path->len; i > 0; i--)
    push (walk, walk->path->pdata[i - 1], 0, TRUE, 0);
  g_task_return_boolean (task, TRUE);
}

static void
get_block (ShoaldMasterWalk *walk, MeshCid *cid, GTask *task, GAsyncReadyCallback got)
{
  mesh_block_source_get_async (walk->source, cid, G_PRIORITY_DEFAULT,
                               g_task_get_cancellable (task), got, g_object_ref (task));
}

static void
resolve (GTask *task)
{
  ShoaldMasterWalk *walk = g_task_get_task_data (task);

  get_block (walk, walk->end, task, resolve_got);
}

void
shoald_master_walk_resolve_async (ShoaldMasterWalk *walk,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  g_autoptr (GTask) task = task_new (walk, cancellable, callback, user_data,
                                     shoald_master_walk_resolve_async);

  resolve (task);
}

gboolean
shoald_master_walk_resolve_finish (ShoaldMasterWalk *walk,
                                   GAsyncResult *result,
                                   GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* The blocks, one by one. */

/* Whether a link of an entity is part of it: the pieces of a file that hold the range,
 * the shards of a sharded folder; @start is moved over the piece. */
static gboolean
is_in_entity (ShoaldMasterWalk *walk, const MeshUnixfs *unixfs, guint i, guint64 *start)
{
  guint64 begin = *start;
  guint64 size;

  if (unixfs->type == MESH_UNIXFS_HAMT_SHARD)
    return TRUE;
  if (unixfs->type != MESH_UNIXFS_FILE && unixfs->type != MESH_UNIXFS_RAW)
    return FALSE;
  if (!walk->has_range)
    return TRUE;
  if (i >= unixfs->block_sizes->len)
    return TRUE;
  size = g_array_index (unixfs->block_sizes, guint64, i);
  if (size > G_MAXUINT64 - begin)
    size = G_MAXUINT64 - begin;
  *start = begin + size;
  return size > 0 && begin <= walk->last && begin + size > walk->first;
}

static gboolean
push_entity (ShoaldMasterWalk *walk,
             const Pending *parent,
             const MeshDagPbNode *node,
             const MeshUnixfs *unixfs,
             GError **error)
{
  g_autoptr (GArray) wanted = g_array_new (FALSE, FALSE, sizeof (Pending));
  gboolean is_sharded = unixfs->type == MESH_UNIXFS_HAMT_SHARD || parent->hamt.fanout > 0;
  MeshHamtPosition hamt = parent->hamt;
  guint64 start = parent->start;

  if (is_sharded && !mesh_hamt_check (node, unixfs, &hamt, error))
    return FALSE;
  for (guint i = 0; i < node->links->len; i++)
    {
      MeshDagPbLink *link = &g_array_index (node->links, MeshDagPbLink, i);
      Pending pending = { link->cid, parent->depth + 1, FALSE, start, { 0 } };

      /* Of a sharded folder its shards, but not what it has. */
      if (is_in_entity (walk, unixfs, i, &start)
          && (!is_sharded || mesh_hamt_enter (&hamt, link, &pending.hamt)))
        g_array_append_val (wanted, pending);
    }
  for (guint i = wanted->len; i > 0; i--)
    {
      Pending *pending = &g_array_index (wanted, Pending, i - 1);

      mesh_cid_ref (pending->cid);
      g_array_append_vals (walk->stack, pending, 1);
    }
  return TRUE;
}

static gboolean
push_children (ShoaldMasterWalk *walk,
               const Pending *parent,
               GBytes *bytes,
               GError **error)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (bytes, &len);
  g_auto (MeshDagPbNode) node = { 0 };
  g_auto (MeshUnixfs) unixfs = { 0 };

  if (parent->is_alone || mesh_cid_get_codec (parent->cid) != MESH_CODEC_DAG_PB)
    return TRUE;
  if (walk->scope == SHOALD_MASTER_SCOPE_ENTITY)
    {
      if (decode (parent->cid, bytes, &node, &unixfs)
          && !push_entity (walk, parent, &node, &unixfs, error))
        return FALSE;
    }
  else if (mesh_dag_pb_decode (data, len, &node, error))
    for (guint i = node.links->len; i > 0; i--)
      push (walk, g_array_index (node.links, MeshDagPbLink, i - 1).cid, parent->depth + 1,
            FALSE, 0);
  else
    return FALSE;
  if (walk->stack->len > SHOALD_MASTER_WALK_MAX_PENDING
      || parent->depth >= SHOALD_MASTER_WALK_MAX_DEPTH)
    return fail (error, MESH_ERROR_LIMIT, "The DAG is too wide or too deep");
  return TRUE;
}

static void
next_got (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  ShoaldMasterWalk *walk = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes
      = mesh_block_source_get_finish (MESH_BLOCK_SOURCE (source), result, &error);
  Pending top = { 0 };
  Block *block;

  if (bytes == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  top = g_array_index (walk->stack, Pending, walk->stack->len - 1);
  top.cid = mesh_cid_ref (top.cid);
  g_array_set_size (walk->stack, walk->stack->len - 1);
  if (!push_children (walk, &top, bytes, &error))
    {
      pending_clear (&top);
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  block = g_new0 (Block, 1);
  block->cid = g_steal_pointer (&top.cid);
  block->bytes = g_steal_pointer (&bytes);
  g_task_return_pointer (task, block, block_free);
}

/* Blocks inside CIDs are never sent, and never lead on: nobody puts links there. */
static gboolean
is_skipped (ShoaldMasterWalk *walk, const Pending *pending)
{
  if (mesh_cid_get_hash_code (pending->cid) == MESH_MULTIHASH_IDENTITY)
    return TRUE;
  return walk->seen != NULL && g_hash_table_contains (walk->seen, pending->cid);
}

void
shoald_master_walk_next_async (ShoaldMasterWalk *walk,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_autoptr (GTask) task
      = task_new (walk, cancellable, callback, user_data, shoald_master_walk_next_async);
  Pending *top;

  while (
      walk->stack->len > 0
      && is_skipped (walk, &g_array_index (walk->stack, Pending, walk->stack->len - 1)))
    g_array_set_size (walk->stack, walk->stack->len - 1);
  if (walk->stack->len == 0)
    {
      g_task_return_pointer (task, g_new0 (Block, 1), block_free);
      return;
    }
  top = &g_array_index (walk->stack, Pending, walk->stack->len - 1);
  if (walk->seen != NULL && g_hash_table_size (walk->seen) >= SHOALD_MASTER_WALK_MAX_SEEN)
    {
      g_task_return_new_error (task, MESH_ERROR, MESH_ERROR_LIMIT,
                               "Too many blocks for one answer without duplicates; ask "
                               "with dups=y");
      return;
    }
  if (walk->seen != NULL)
    g_hash_table_add (walk->seen, mesh_cid_ref (top->cid));
  get_block (walk, top->cid, task, next_got);
}

GBytes *
shoald_master_walk_next_finish (ShoaldMasterWalk *walk,
                                GAsyncResult *result,
                                MeshCid **cid,
                                GError **error)
{
  Block *block = g_task_propagate_pointer (G_TASK (result), error);
  GBytes *bytes = NULL;

  *cid = NULL;
  if (block == NULL)
    return NULL;
  *cid = g_steal_pointer (&block->cid);
  bytes = g_steal_pointer (&block->bytes);
  block_free (block);
  return bytes;
}
