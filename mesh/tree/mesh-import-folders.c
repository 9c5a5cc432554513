/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "tree/mesh-import-folders.h"

#include <string.h>

MeshImportFolders *
mesh_import_folders_new (GPtrArray *entries, const MeshImportOptions *options)
{
  MeshImportFolders *self = g_new0 (MeshImportFolders, 1);

  self->entries = g_ptr_array_ref (entries);
  self->options = *options;
  self->blocks = g_array_new (FALSE, FALSE, sizeof (MeshImportLeaf));
  self->tsizes = g_array_new (FALSE, TRUE, sizeof (guint64));
  g_array_set_size (self->tsizes, entries->len);
  return self;
}

void
mesh_import_folders_free (gpointer data)
{
  MeshImportFolders *job = data;

  for (guint i = 0; i < job->blocks->len; i++)
    {
      MeshImportLeaf *block = &g_array_index (job->blocks, MeshImportLeaf, i);

      mesh_cid_unref (block->cid);
      g_bytes_unref (block->block);
    }
  g_array_unref (job->blocks);
  g_array_unref (job->tsizes);
  g_ptr_array_unref (job->entries);
  g_free (job);
}

static void
node_free (gpointer data)
{
  mesh_dag_pb_node_clear (data);
  g_free (data);
}

static MeshDagPbNode *
get_node (GHashTable *nodes, const char *path)
{
  MeshDagPbNode *node = g_hash_table_lookup (nodes, path);

  if (node == NULL)
    {
      node = g_new0 (MeshDagPbNode, 1);
      mesh_dag_pb_node_init (node);
      g_hash_table_insert (nodes, g_strdup (path), node);
    }
  return node;
}

/* Takes the block over. Returns: (transfer none): its name */
static MeshCid *
keep_block (MeshImportFolders *job, GBytes *block)
{
  MeshImportLeaf made = {
    .cid
    = mesh_dag_pb_name_block (job->options.cid_version, job->options.hash_code, block),
    .block = block,
  };

  g_array_append_val (job->blocks, made);
  return made.cid;
}

static gboolean
make_shards (MeshImportFolders *job,
             const MeshDagPbNode *node,
             const MeshUnixfsMeta *meta,
             MeshImportEntry *entry,
             guint64 *tsize,
             GError **error)
{
  g_autoptr (MeshHamtBuilder) builder
      = mesh_hamt_builder_new (node, MESH_HAMT_FANOUT, job->options.cid_version,
                               job->options.hash_code, meta, error);
  MeshImportLeaf made = { 0 };

  if (builder == NULL)
    {
      g_prefix_error (error, "“%s” can not be added: ", entry->path);
      return FALSE;
    }
  while (mesh_hamt_builder_poll_block (builder, &made.cid, &made.block, tsize))
    g_array_append_val (job->blocks, made);
  made = g_array_index (job->blocks, MeshImportLeaf, job->blocks->len - 1);
  entry->cid = mesh_cid_ref (made.cid);
  return TRUE;
}

/* Makes the block or the shards of a folder. */
static gboolean
make_folder (MeshImportFolders *job,
             MeshImportEntry *entry,
             const MeshDagPbNode *node,
             const MeshUnixfsMeta *meta,
             guint64 *tsize,
             GError **error)
{
  g_autoptr (GBytes) block = NULL;

  if (mesh_hamt_builder_is_needed (node, MESH_HAMT_SPLIT_LINKS, 0))
    return make_shards (job, node, meta, entry, tsize, error);
  block = mesh_unixfs_new_directory_block (node, meta, tsize);
  if (mesh_hamt_builder_is_needed (node, job->options.split, g_bytes_get_size (block)))
    return make_shards (job, node, meta, entry, tsize, error);
  entry->cid = mesh_cid_ref (keep_block (job, g_steal_pointer (&block)));
  return TRUE;
}

/* Makes the blocks of a folder or a link and names its entry. */
static gboolean
make_blocks (MeshImportFolders *job,
             MeshImportEntry *entry,
             GHashTable *nodes,
             guint64 *tsize,
             GError **error)
{
  MeshUnixfsMeta meta = {
    .has_mode = job->options.preserve_mode,
    .mode = entry->mode,
    .has_mtime = job->options.preserve_mtime,
    .mtime_s = entry->mtime_s,
  };
  GBytes *block;

  if (entry->type != MESH_ENTRY_SYMLINK)
    {
      if (!make_folder (job, entry, get_node (nodes, entry->path), &meta, tsize, error))
        return FALSE;
      g_hash_table_remove (nodes, entry->path);
      return TRUE;
    }
  block = mesh_unixfs_new_symlink_block (entry->target, &meta);
  *tsize = g_bytes_get_size (block);
  entry->cid = mesh_cid_ref (keep_block (job, block));
  return TRUE;
}

/* Backwards over the sorted entries every child comes before its parent. */
gpointer
mesh_import_folders_run (gpointer input, GCancellable *cancellable, GError **error)
{
  MeshImportFolders *job = g_steal_pointer ((MeshImportFolders **) input);
  g_autoptr (GHashTable) nodes
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, node_free);

  for (guint i = job->entries->len; i > 0; i--)
    {
      MeshImportEntry *entry = g_ptr_array_index (job->entries, i - 1);
      guint64 tsize = g_array_index (job->tsizes, guint64, i - 1);
      char *slash = strrchr (entry->path, '/');
      g_autofree char *parent = NULL;

      if (entry->type != MESH_ENTRY_FILE
          && !make_blocks (job, entry, nodes, &tsize, error))
        {
          mesh_import_folders_free (job);
          return NULL;
        }
      if (i == 1)
        {
          job->dag_bytes = tsize;
          break;
        }
      parent = g_strndup (entry->path, slash != NULL ? (gsize) (slash - entry->path) : 0);
      mesh_dag_pb_node_add_link (get_node (nodes, parent), entry->cid,
                                 slash != NULL ? slash + 1 : entry->path, tsize);
    }
  return job;
}
