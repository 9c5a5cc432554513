/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "content/mesh-dag-builder.h"

/* Level 0 holds leaves, level n nodes of height n. A level that is full becomes one node
 * of the level above when a further entry arrives for it, not before: a level that is
 * exactly full at the end is the root's only child list. */

#define MAX_LEVELS 64

typedef struct
{
  MeshCid *cid;  /* (owned) */
  GBytes *block; /* (owned) */
} Ready;

struct MeshDagBuilder
{
  guint max_links;
  guint cid_version;
  guint64 hash_code;
  MeshUnixfsMeta meta;
  GPtrArray *levels; /* (owned) (element-type GArray of MeshDagEntry) */
  GQueue ready;      /* (element-type Ready) */
};

void
mesh_dag_builder_clear_entry (MeshDagEntry *entry)
{
  g_clear_pointer (&entry->cid, mesh_cid_unref);
}

static void
ready_free (gpointer data)
{
  Ready *ready = data;

  mesh_cid_unref (ready->cid);
  g_bytes_unref (ready->block);
  g_free (ready);
}

MeshDagBuilder *
mesh_dag_builder_new (guint max_links,
                      guint cid_version,
                      guint64 hash_code,
                      const MeshUnixfsMeta *meta)
{
  MeshDagBuilder *self;

  g_return_val_if_fail (max_links >= 2 && max_links <= MESH_DAG_PB_MAX_LINKS, NULL);
  g_return_val_if_fail (mesh_multihash_get_length (hash_code) > 0, NULL);
  g_return_val_if_fail (cid_version == 1
                            || (cid_version == 0 && hash_code == MESH_MULTIHASH_SHA2_256),
                        NULL);

  self = g_new0 (MeshDagBuilder, 1);
  self->max_links = max_links;
  self->cid_version = cid_version;
  self->hash_code = hash_code;
  if (meta != NULL)
    self->meta = *meta;
  self->levels = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  g_queue_init (&self->ready);
  return self;
}

void
mesh_dag_builder_free (MeshDagBuilder *self)
{
  g_ptr_array_unref (self->levels);
  g_queue_clear_full (&self->ready, ready_free);
  g_free (self);
}

static GArray *
get_level (MeshDagBuilder *self, guint n)
{
  g_assert (n < MAX_LEVELS);
  while (self->levels->len <= n)
    {
      GArray *level = g_array_new (FALSE, FALSE, sizeof (MeshDagEntry));

      g_array_set_clear_func (level, (GDestroyNotify) mesh_dag_builder_clear_entry);
      g_ptr_array_add (self->levels, level);
    }
  return g_ptr_array_index (self->levels, n);
}

/* Makes one node of all entries of a level and empties it. */
static void
reduce (MeshDagBuilder *self, GArray *level, MeshDagEntry *parent)
{
  g_auto (MeshDagPbNode) node = { 0 };
  g_auto (MeshUnixfs) unixfs = { 0 };
  g_autoptr (GBytes) inner = NULL;
  Ready *ready = g_new0 (Ready, 1);

  *parent = (MeshDagEntry){ 0 };
  mesh_dag_pb_node_init (&node);
  mesh_unixfs_init (&unixfs, MESH_UNIXFS_FILE);
  for (guint i = 0; i < level->len; i++)
    {
      MeshDagEntry *entry = &g_array_index (level, MeshDagEntry, i);

      mesh_dag_pb_node_add_link (&node, entry->cid, "", entry->tsize);
      g_array_append_val (unixfs.block_sizes, entry->file_size);
      parent->file_size += entry->file_size;
      parent->tsize += entry->tsize;
    }
  unixfs.has_file_size = TRUE;
  unixfs.file_size = parent->file_size;
  unixfs.meta = self->meta;
  inner = mesh_unixfs_encode (&unixfs);
  node.data = g_bytes_get_data (inner, &node.data_len);

  ready->block = mesh_dag_pb_encode (&node);
  ready->cid = mesh_dag_pb_name_block (self->cid_version, self->hash_code, ready->block);
  parent->tsize += g_bytes_get_size (ready->block);
  parent->cid = mesh_cid_ref (ready->cid);
  g_queue_push_tail (&self->ready, ready);
  g_array_set_size (level, 0);
}

/* Takes over the entry's reference. */
static void
add_entry (MeshDagBuilder *self, guint n, const MeshDagEntry *entry)
{
  MeshDagEntry moved = *entry;

  for (;;)
    {
      GArray *level = get_level (self, n);
      MeshDagEntry parent;
      gboolean is_full = level->len == self->max_links;

      if (is_full)
        reduce (self, level, &parent);
      g_array_append_val (level, moved);
      if (!is_full)
        return;
      moved = parent;
      n++;
    }
}

void
mesh_dag_builder_add_leaf (MeshDagBuilder *self,
                           MeshCid *cid,
                           guint64 file_size,
                           guint64 block_size)
{
  MeshDagEntry leaf = { mesh_cid_ref (cid), file_size, block_size };

  add_entry (self, 0, &leaf);
}

void
mesh_dag_builder_finish (MeshDagBuilder *self, MeshDagEntry *root)
{
  for (guint n = 0;; n++)
    {
      GArray *level = get_level (self, n);
      MeshDagEntry parent;

      g_assert (level->len > 0);
      if (level->len == 1 && n + 1 >= self->levels->len)
        {
          *root = g_array_index (level, MeshDagEntry, 0);
          mesh_cid_ref (root->cid);
          g_array_set_size (level, 0);
          return;
        }
      reduce (self, level, &parent);
      add_entry (self, n + 1, &parent);
    }
}

gboolean
mesh_dag_builder_poll_block (MeshDagBuilder *self, MeshCid **cid, GBytes **block)
{
  Ready *ready = g_queue_pop_head (&self->ready);

  if (ready == NULL)
    return FALSE;
  *cid = ready->cid;
  *block = ready->block;
  g_free (ready);
  return TRUE;
}
