/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "content/mesh-file-reader.h"

#include "base/mesh-error.h"

/* The frontier is a list in file order. Each item is a block not yet asked for, asked
 * for, or data ready to go. An inner node that arrives is replaced by its children. Only
 * items within the window count against memory: children not yet asked for are CIDs only.
 */

#define UNKNOWN_SIZE G_MAXUINT64

typedef enum
{
  ITEM_NEW,
  ITEM_WANTED,
  ITEM_DATA,
} ItemState;

typedef struct
{
  ItemState state;
  guint depth;
  guint64 id;
  guint64 offset; /* in the file */
  guint64 size;   /* bytes of the file it must yield */
  MeshCid *cid;   /* (owned) (nullable): until the block is here */
  GBytes *data;   /* (owned) (nullable): of ITEM_DATA */
} Item;

struct MeshFileReader
{
  GQueue items;       /* (element-type Item): in file order */
  GHashTable *wanted; /* (owned): id → GList link in items */
  GList *next_new;    /* (unowned) (nullable): no ITEM_NEW lies before it */
  guint window;
  guint n_busy; /* items wanted or holding data */
  guint64 next_id;
  gboolean has_root;
  guint64 size;
  MeshUnixfsMeta meta;
};

static void
item_free (gpointer data)
{
  Item *item = data;

  g_clear_pointer (&item->cid, mesh_cid_unref);
  g_clear_pointer (&item->data, g_bytes_unref);
  g_free (item);
}

static Item *
item_new (MeshCid *cid, guint64 offset, guint64 size, guint depth)
{
  Item *item = g_new0 (Item, 1);

  item->cid = mesh_cid_ref (cid);
  item->offset = offset;
  item->size = size;
  item->depth = depth;
  return item;
}

MeshFileReader *
mesh_file_reader_new (MeshCid *root, guint window)
{
  MeshFileReader *self;

  g_return_val_if_fail (window >= 1 && window <= MESH_FILE_READER_MAX_WINDOW, NULL);

  self = g_new0 (MeshFileReader, 1);
  self->window = window;
  self->wanted = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  g_queue_init (&self->items);
  g_queue_push_tail (&self->items, item_new (root, 0, UNKNOWN_SIZE, 0));
  self->next_new = self->items.head;
  return self;
}

void
mesh_file_reader_free (MeshFileReader *self)
{
  g_hash_table_unref (self->wanted);
  g_queue_clear_full (&self->items, item_free);
  g_free (self);
}

static void
skip_old (MeshFileReader *self)
{
  while (self->next_new != NULL && ((Item *) self->next_new->data)->state != ITEM_NEW)
    self->next_new = self->next_new->next;
}

gboolean
mesh_file_reader_poll_want (MeshFileReader *self, MeshCid **cid, guint64 *id)
{
  Item *item;

  skip_old (self);
  /* The first item is always let through, or a full window could wait for ever. */
  if (self->next_new == NULL
      || (self->n_busy >= self->window && self->next_new != self->items.head))
    return FALSE;
  item = self->next_new->data;
  item->state = ITEM_WANTED;
  item->id = self->next_id++;
  g_hash_table_insert (self->wanted, g_memdup2 (&item->id, sizeof item->id),
                       self->next_new);
  self->n_busy++;
  *cid = item->cid;
  *id = item->id;
  return TRUE;
}

gboolean
mesh_file_reader_get_range (const MeshFileReader *self,
                            guint64 id,
                            guint64 *offset,
                            guint64 *size)
{
  const GList *link = g_hash_table_lookup (self->wanted, &id);
  const Item *item;

  g_return_val_if_fail (link != NULL, FALSE);

  item = link->data;
  if (item->size == UNKNOWN_SIZE)
    return FALSE;
  *offset = item->offset;
  *size = item->size;
  return TRUE;
}

static gboolean
fail (GError **error, const char *what)
{
  g_set_error (error, MESH_ERROR, MESH_ERROR_INVALID, "Not a good file: %s", what);
  return FALSE;
}

static void
note_root (MeshFileReader *self, guint64 size, const MeshUnixfsMeta *meta)
{
  if (self->has_root)
    return;
  self->has_root = TRUE;
  self->size = size;
  if (meta != NULL)
    self->meta = *meta;
}

static gboolean
take_data (MeshFileReader *self,
           GList *link,
           GBytes *block,
           const guint8 *data,
           gsize len,
           GError **error)
{
  Item *item = link->data;
  const guint8 *start = g_bytes_get_data (block, NULL);

  if (item->size != UNKNOWN_SIZE && item->size != len)
    return fail (error, "a block has another size than its parent says");
  item->state = ITEM_DATA;
  item->size = len;
  item->data = g_bytes_new_from_bytes (block, len > 0 ? (gsize) (data - start) : 0, len);
  return TRUE;
}

/* Inserts a child behind @after; keeps next_new the first that is new. */
static GList *
insert_child (MeshFileReader *self,
              GList *after,
              MeshCid *cid,
              guint64 offset,
              guint64 size,
              guint depth)
{
  g_queue_insert_after (&self->items, after, item_new (cid, offset, size, depth));
  if (self->next_new == NULL || offset < ((Item *) self->next_new->data)->offset)
    self->next_new = after->next;
  return after->next;
}

/* Puts the children of a node behind it; data of the node itself comes first. */
static gboolean
expand (MeshFileReader *self,
        GList *link,
        GBytes *block,
        const MeshDagPbNode *node,
        const MeshUnixfs *unixfs,
        GError **error)
{
  Item *item = link->data;
  guint64 expected = item->size;
  guint64 offset = item->offset + unixfs->data_len;
  guint64 sum = unixfs->data_len;
  GList *after = link;

  if (node->links->len != unixfs->block_sizes->len)
    return fail (error, "a node has another number of sizes than links");
  if (item->depth == MESH_FILE_READER_MAX_DEPTH)
    return fail (error, "its tree is too deep");
  if (self->items.length + node->links->len > MESH_FILE_READER_MAX_ITEMS)
    return fail (error, "its tree is too wide");
  for (guint i = 0; i < unixfs->block_sizes->len; i++)
    sum += g_array_index (unixfs->block_sizes, guint64, i);
  if ((expected != UNKNOWN_SIZE && expected != sum)
      || (unixfs->has_file_size && unixfs->file_size != sum))
    return fail (error, "the sizes in a node do not add up");

  item->size = unixfs->data_len;
  if (!take_data (self, link, block, unixfs->data, unixfs->data_len, error))
    return FALSE;
  skip_old (self);
  for (guint i = 0; i < node->links->len; i++)
    {
      guint64 size = g_array_index (unixfs->block_sizes, guint64, i);

      /* What yields nothing is not worth asking for, and could go on for ever. */
      if (size == 0)
        continue;
      after
          = insert_child (self, after, g_array_index (node->links, MeshDagPbLink, i).cid,
                          offset, size, item->depth + 1);
      offset += size;
    }
  return TRUE;
}

static gboolean
handle_dag_pb (MeshFileReader *self, GList *link, GBytes *block, GError **error)
{
  g_auto (MeshDagPbNode) node = { 0 };
  g_auto (MeshUnixfs) unixfs = { 0 };
  gsize len;
  const guint8 *data = g_bytes_get_data (block, &len);

  if (!mesh_dag_pb_decode (data, len, &node, error))
    return FALSE;
  if (node.data == NULL)
    return fail (error, "a node has no UnixFS data");
  if (!mesh_unixfs_decode (node.data, node.data_len, &unixfs, error))
    return FALSE;
  if (unixfs.type != MESH_UNIXFS_FILE && unixfs.type != MESH_UNIXFS_RAW)
    {
      g_set_error (error, MESH_ERROR,
                   self->has_root ? MESH_ERROR_INVALID : MESH_ERROR_UNSUPPORTED,
                   "This is not a file but a folder, a link or something else");
      return FALSE;
    }
  note_root (self, unixfs.has_file_size ? unixfs.file_size : unixfs.data_len,
             &unixfs.meta);
  return expand (self, link, block, &node, &unixfs, error);
}

static void
drop_item (MeshFileReader *self, GList *link)
{
  if (self->next_new == link)
    self->next_new = link->next;
  item_free (link->data);
  g_queue_delete_link (&self->items, link);
  self->n_busy--;
}

gboolean
mesh_file_reader_handle_block (MeshFileReader *self,
                               guint64 id,
                               GBytes *block,
                               GError **error)
{
  GList *link = g_hash_table_lookup (self->wanted, &id);
  Item *item;
  gboolean is_good;
  gsize len;
  const guint8 *data = g_bytes_get_data (block, &len);

  g_return_val_if_fail (link != NULL, FALSE);

  g_hash_table_remove (self->wanted, &id);
  item = link->data;
  switch (mesh_cid_get_codec (item->cid))
    {
    case MESH_CODEC_RAW:
      note_root (self, len, NULL);
      is_good = take_data (self, link, block, data, len, error);
      break;
    case MESH_CODEC_DAG_PB:
      is_good = handle_dag_pb (self, link, block, error);
      break;
    default:
      g_set_error (error, MESH_ERROR, MESH_ERROR_UNSUPPORTED,
                   "A block of the file has the codec 0x%" G_GINT64_MODIFIER
                   "x, which is not known to this version",
                   mesh_cid_get_codec (item->cid));
      return FALSE;
    }
  if (!is_good)
    return FALSE;
  g_clear_pointer (&item->cid, mesh_cid_unref);
  if (item->size == 0)
    drop_item (self, link);
  return TRUE;
}

gboolean
mesh_file_reader_poll_data (MeshFileReader *self, GBytes **data)
{
  Item *item = g_queue_peek_head (&self->items);

  if (item == NULL || item->state != ITEM_DATA)
    return FALSE;
  *data = g_steal_pointer (&item->data);
  drop_item (self, self->items.head);
  return TRUE;
}

gboolean
mesh_file_reader_is_done (const MeshFileReader *self)
{
  return self->items.length == 0;
}

gboolean
mesh_file_reader_get_size (const MeshFileReader *self, guint64 *size)
{
  *size = self->size;
  return self->has_root;
}

const MeshUnixfsMeta *
mesh_file_reader_get_meta (const MeshFileReader *self)
{
  return &self->meta;
}
