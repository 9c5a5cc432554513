/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "content/mesh-hamt-builder.h"

#include <string.h>

#include "base/mesh-error.h"
#include "content/mesh-murmur3.h"

/* Sorted by their hashes, the entries of a shard lie side by side, and so do those of
 * each of its places. Shards that are not finished are on a stack, the root at the
 * bottom. */

#define FIELD_BYTES (MESH_HAMT_MAX_FANOUT / 8)

typedef struct
{
  guint64 hash;
  const MeshDagPbLink *link; /* (unowned): of the folder */
} Item;

typedef struct
{
  guint next; /* item that has no link yet */
  guint end;  /* of its items */
  guint64 children_bytes;
  MeshDagPbNode node; /* (owned) */
  guint8 field[FIELD_BYTES];
} Shard;

struct MeshHamtBuilder
{
  guint fanout;
  guint cid_version;
  guint64 hash_code;
  MeshUnixfsMeta meta;
  GArray *items; /* (owned) (element-type Item): sorted */
  GArray *stack; /* (owned) (element-type Shard) */
};

static void
shard_clear (gpointer data)
{
  mesh_dag_pb_node_clear (&((Shard *) data)->node);
}

static void
push_shard (MeshHamtBuilder *self, guint start, guint end)
{
  Shard shard = { .next = start, .end = end };

  mesh_dag_pb_node_init (&shard.node);
  g_array_append_val (self->stack, shard);
}

static int
compare_items (gconstpointer a, gconstpointer b)
{
  const Item *left = a;
  const Item *right = b;

  return left->hash < right->hash ? -1 : left->hash > right->hash;
}

/* Whether two entries could never be told apart. */
static gboolean
has_twins (const MeshHamtBuilder *self)
{
  guint bits = g_bit_storage (self->fanout) - 1;
  guint unused = 64 - bits * mesh_hamt_get_max_depth (self->fanout);

  for (guint i = 1; i < self->items->len; i++)
    if (g_array_index (self->items, Item, i - 1).hash >> unused
        == g_array_index (self->items, Item, i).hash >> unused)
      return TRUE;
  return FALSE;
}

MeshHamtBuilder *
mesh_hamt_builder_new (const MeshDagPbNode *folder,
                       guint fanout,
                       guint cid_version,
                       guint64 hash_code,
                       const MeshUnixfsMeta *meta,
                       GError **error)
{
  g_autoptr (MeshHamtBuilder) self = NULL;

  g_return_val_if_fail (folder->links->len > 0, NULL);
  g_return_val_if_fail (fanout >= MESH_HAMT_MIN_FANOUT && fanout <= MESH_HAMT_MAX_FANOUT
                            && (fanout & (fanout - 1)) == 0,
                        NULL);
  g_return_val_if_fail (mesh_multihash_get_length (hash_code) > 0, NULL);
  g_return_val_if_fail (cid_version == 1
                            || (cid_version == 0 && hash_code == MESH_MULTIHASH_SHA2_256),
                        NULL);

  self = g_new0 (MeshHamtBuilder, 1);
  self->fanout = fanout;
  self->cid_version = cid_version;
  self->hash_code = hash_code;
  if (meta != NULL)
    self->meta = *meta;
  self->items = g_array_sized_new (FALSE, FALSE, sizeof (Item), folder->links->len);
  self->stack = g_array_new (FALSE, FALSE, sizeof (Shard));
  g_array_set_clear_func (self->stack, shard_clear);
  for (guint i = 0; i < folder->links->len; i++)
    {
      const MeshDagPbLink *link = &g_array_index (folder->links, MeshDagPbLink, i);
      Item item = {
        mesh_murmur3_hash64 ((const guint8 *) link->name, link->name_len),
        link,
      };

      g_array_append_val (self->items, item);
    }
  g_array_sort (self->items, compare_items);
  if (has_twins (self))
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_LIMIT,
                   "A folder has names that no sharded folder can tell apart; rename one "
                   "of them");
      return NULL;
    }
  push_shard (self, 0, self->items->len);
  return g_steal_pointer (&self);
}

void
mesh_hamt_builder_free (MeshHamtBuilder *self)
{
  g_array_unref (self->items);
  g_array_unref (self->stack);
  g_free (self);
}

/* @name: of the entry, or nothing for a shard */
static void
add_link (const MeshHamtBuilder *self,
          Shard *shard,
          guint place,
          const char *name,
          MeshCid *cid,
          guint64 tsize)
{
  g_autofree char *whole = g_strdup_printf (
      "%0*X%s", (int) mesh_hamt_get_prefix_len (self->fanout), place, name);

  mesh_dag_pb_node_add_link (&shard->node, cid, whole, tsize);
  shard->field[place / 8] |= (guint8) (1u << place % 8);
  shard->children_bytes += tsize;
}

/* Puts the block of a shard together. Its bit field is one large number without leading
 * zeros, the highest byte first. */
static GBytes *
make_block (MeshHamtBuilder *self, Shard *shard, gboolean is_root)
{
  g_auto (MeshUnixfs) unixfs = { 0 };
  g_autoptr (GBytes) inner = NULL;
  guint8 field[FIELD_BYTES];
  guint n_bytes = self->fanout / 8;

  while (n_bytes > 1 && shard->field[n_bytes - 1] == 0)
    n_bytes--;
  for (guint i = 0; i < n_bytes; i++)
    field[i] = shard->field[n_bytes - 1 - i];
  mesh_unixfs_init (&unixfs, MESH_UNIXFS_HAMT_SHARD);
  unixfs.data = field;
  unixfs.data_len = n_bytes;
  unixfs.hash_type = MESH_HAMT_HASH_CODE;
  unixfs.fanout = self->fanout;
  if (is_root)
    unixfs.meta = self->meta;
  inner = mesh_unixfs_encode (&unixfs);
  shard->node.data = g_bytes_get_data (inner, &shard->node.data_len);
  return mesh_dag_pb_encode (&shard->node);
}

/* Links the items of the topmost shard, until one place holds several: these become a
 * shard on top of it. Returns: whether the topmost one is whole. */
static gboolean
advance (MeshHamtBuilder *self)
{
  guint depth = self->stack->len - 1;
  Shard *shard = &g_array_index (self->stack, Shard, depth);

  while (shard->next < shard->end)
    {
      const Item *item = &g_array_index (self->items, Item, shard->next);
      guint place = mesh_hamt_get_place (item->hash, self->fanout, depth);
      guint start = shard->next;
      guint end = start + 1;

      while (end < shard->end
             && mesh_hamt_get_place (g_array_index (self->items, Item, end).hash,
                                     self->fanout, depth)
                    == place)
        end++;
      shard->next = end;
      if (end - start > 1)
        {
          push_shard (self, start, end);
          return FALSE;
        }
      add_link (self, shard, place, item->link->name, item->link->cid, item->link->tsize);
    }
  return TRUE;
}

gboolean
mesh_hamt_builder_poll_block (MeshHamtBuilder *self,
                              MeshCid **cid,
                              GBytes **block,
                              guint64 *tsize)
{
  Shard *shard;
  guint depth;

  if (self->stack->len == 0)
    return FALSE;
  while (!advance (self))
    ;
  depth = self->stack->len - 1;
  shard = &g_array_index (self->stack, Shard, depth);
  *block = make_block (self, shard, depth == 0);
  *cid = mesh_dag_pb_name_block (self->cid_version, self->hash_code, *block);
  *tsize = g_bytes_get_size (*block) + shard->children_bytes;
  if (depth > 0)
    {
      Shard *parent = &g_array_index (self->stack, Shard, depth - 1);
      const Item *item = &g_array_index (self->items, Item, shard->end - 1);

      add_link (self, parent, mesh_hamt_get_place (item->hash, self->fanout, depth - 1),
                "", *cid, *tsize);
    }
  g_array_set_size (self->stack, depth);
  return TRUE;
}

gboolean
mesh_hamt_builder_is_needed (const MeshDagPbNode *folder,
                             MeshHamtSplit split,
                             gsize block_bytes)
{
  guint64 sum = 0;

  if (split == MESH_HAMT_SPLIT_BLOCK)
    return block_bytes > MESH_HAMT_SPLIT_BYTES;
  for (guint i = 0; i < folder->links->len; i++)
    {
      const MeshDagPbLink *link = &g_array_index (folder->links, MeshDagPbLink, i);
      gsize n_cid;

      mesh_cid_get_bytes (link->cid, &n_cid);
      sum += link->name_len + n_cid;
    }
  return sum > MESH_HAMT_SPLIT_BYTES;
}
