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

/* Makes the block of a folder or a link and names its entry. */
static guint64
make_block (MeshImportFolders *job, MeshImportEntry *entry, GHashTable *nodes)
{
  MeshUnixfsMeta meta = {
    .has_mode = job->options.preserve_mode,
    .mode = entry->mode,
    .has_mtime = job->options.preserve_mtime,
    .mtime_s = entry->mtime_s,
  };
  MeshImportLeaf made = { 0 };
  guint64 tsize;

  if (entry->type == MESH_ENTRY_SYMLINK)
    {
      made.block = mesh_unixfs_new_symlink_block (entry->target, &meta);
      tsize = g_bytes_get_size (made.block);
    }
  else
    {
      made.block = mesh_unixfs_new_directory_block (get_node (nodes, entry->path), &meta,
                                                    &tsize);
      g_hash_table_remove (nodes, entry->path);
    }
  made.cid = mesh_import_segment_name (job->options.cid_version, job->options.hash_code,
                                       made.block);
  entry->cid = mesh_cid_ref (made.cid);
  g_array_append_val (job->blocks, made);
  return tsize;
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

      if (entry->type != MESH_ENTRY_FILE)
        tsize = make_block (job, entry, nodes);
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
