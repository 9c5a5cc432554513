/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "bitswap/mesh-bitswap-hasher.h"

typedef struct
{
  MeshBitswapBlock block; /* data (owned) */
  guint8 digest[MESH_MULTIHASH_MAX_HASH];
  gsize digest_len;
  MeshBitswapHasherDone done;
  gpointer user_data;
  GDestroyNotify destroy; /* (nullable) */
} Item;

struct MeshBitswapHasher
{
  gatomicrefcount ref_count;
  MeshWorkPool *pool; /* (owned) */
  GQueue waiting;     /* of Item */
  guint n_running;
  guint max_running;
  guint64 n_jobs;
  guint hold_id;       /* while the first waits for others; holds a ref */
  gboolean is_overdue; /* that time is over */
};

static void
item_free (gpointer data)
{
  Item *item = data;

  g_bytes_unref (item->block.data);
  g_free (item);
}

MeshBitswapHasher *
mesh_bitswap_hasher_new (MeshWorkPool *pool)
{
  MeshBitswapHasher *hasher = g_new0 (MeshBitswapHasher, 1);

  g_atomic_ref_count_init (&hasher->ref_count);
  hasher->pool = g_object_ref (pool);
  /* One thread is left for the disk. */
  hasher->max_running = MAX (mesh_work_pool_get_n_threads (pool), 2) - 1;
  return hasher;
}

MeshBitswapHasher *
mesh_bitswap_hasher_ref (MeshBitswapHasher *hasher)
{
  g_atomic_ref_count_inc (&hasher->ref_count);
  return hasher;
}

void
mesh_bitswap_hasher_unref (MeshBitswapHasher *hasher)
{
  if (!g_atomic_ref_count_dec (&hasher->ref_count))
    return;
  g_assert (hasher->waiting.length
            == 0); /* what waits waits for a job that holds a ref */
  g_object_unref (hasher->pool);
  g_free (hasher);
}

guint64
mesh_bitswap_hasher_get_n_jobs (const MeshBitswapHasher *hasher)
{
  return hasher->n_jobs;
}

/* In a pool thread: a pure function over the items. */
static gpointer
hash_items (gpointer input, GCancellable *cancellable, GError **error)
{
  GPtrArray *items = input;
  const guint8 *data[MESH_MULTIHASH_MAX_MANY];
  gsize len[MESH_MULTIHASH_MAX_MANY];
  guint8 digests[MESH_MULTIHASH_MAX_MANY][MESH_MULTIHASH_MAX_HASH];
  const Item *first = g_ptr_array_index (items, 0);
  gsize digest_len;

  for (guint i = 0; i < items->len; i++)
    {
      const Item *item = g_ptr_array_index (items, i);

      data[i] = g_bytes_get_data (item->block.data, &len[i]);
    }
  digest_len = mesh_multihash_digest_many (first->block.prefix.hash_code, items->len,
                                           data, len, digests);
  for (guint i = 0; i < items->len; i++)
    {
      Item *item = g_ptr_array_index (items, i);

      memcpy (item->digest, digests[i], digest_len);
      item->digest_len = digest_len;
    }
  return g_ptr_array_ref (items);
}

typedef struct
{
  MeshBitswapHasher *hasher; /* (owned) */
  GPtrArray *items;          /* (owned) (element-type Item) */
} Run;

static void run (MeshBitswapHasher *hasher);

static void
run_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Run *done = user_data;
  g_autoptr (MeshBitswapHasher) hasher = done->hasher;
  g_autoptr (GPtrArray) items = done->items;
  g_autoptr (GPtrArray) hashed
      = mesh_work_pool_run_finish (MESH_WORK_POOL (source), result, NULL);

  g_free (done);
  hasher->n_running--;
  run (hasher);
  for (guint i = 0; i < items->len; i++)
    {
      Item *item = g_ptr_array_index (items, i);
      g_autoptr (MeshCid) cid = NULL;

      if (item->digest_len > 0 && item->digest_len == item->block.prefix.digest_len)
        cid = mesh_bitswap_message_make_cid (&item->block.prefix, item->digest);
      item->done (cid, hashed != NULL ? item->block.data : NULL, item->user_data);
      /* Here, not in item_free(): that may run in the pool. */
      if (item->destroy != NULL)
        item->destroy (item->user_data);
    }
}

static gboolean
hold_cb (gpointer user_data)
{
  MeshBitswapHasher *hasher = user_data;

  hasher->hold_id = 0;
  hasher->is_overdue = TRUE;
  run (hasher);
  return G_SOURCE_REMOVE;
}

/* Whether the first of what waits is better off with company. */
static gboolean
is_held (MeshBitswapHasher *hasher)
{
  const Item *first = g_queue_peek_head (&hasher->waiting);

  if (hasher->is_overdue || hasher->waiting.length >= MESH_MULTIHASH_MAX_MANY
      || g_bytes_get_size (first->block.data) < MESH_BITSWAP_HASHER_LARGE_BYTES)
    return FALSE;
  if (hasher->hold_id == 0)
    hasher->hold_id = g_timeout_add_full (G_PRIORITY_DEFAULT, MESH_BITSWAP_HASHER_HOLD_MS,
                                          hold_cb, mesh_bitswap_hasher_ref (hasher),
                                          (GDestroyNotify) mesh_bitswap_hasher_unref);
  return TRUE;
}

static void
run (MeshBitswapHasher *hasher)
{
  while (hasher->waiting.length > 0 && hasher->n_running < hasher->max_running
         && !is_held (hasher))
    {
      GPtrArray *items = g_ptr_array_new_with_free_func (item_free);
      Run *next = g_new (Run, 1);
      guint64 hash_code = ((Item *) hasher->waiting.head->data)->block.prefix.hash_code;

      while (items->len < MESH_MULTIHASH_MAX_MANY && hasher->waiting.length > 0)
        {
          Item *item = hasher->waiting.head->data;

          if (item->block.prefix.hash_code != hash_code)
            break;
          g_ptr_array_add (items, g_queue_pop_head (&hasher->waiting));
        }
      hasher->n_running++;
      hasher->n_jobs++;
      hasher->is_overdue = FALSE;
      g_clear_handle_id (&hasher->hold_id, g_source_remove);
      *next = (Run){ mesh_bitswap_hasher_ref (hasher), items };
      mesh_work_pool_run_async (hasher->pool, MESH_WORK_PRIORITY_DEFAULT, hash_items,
                                g_ptr_array_ref (items),
                                (GDestroyNotify) g_ptr_array_unref,
                                (GDestroyNotify) g_ptr_array_unref, NULL, run_cb, next);
    }
}

void
mesh_bitswap_hasher_add (MeshBitswapHasher *hasher,
                         const MeshBitswapBlock *block,
                         MeshBitswapHasherDone done,
                         gpointer user_data,
                         GDestroyNotify destroy)
{
  Item *item = g_new0 (Item, 1);

  item->block = *block;
  g_bytes_ref (item->block.data);
  item->done = done;
  item->user_data = user_data;
  item->destroy = destroy;
  g_queue_push_tail (&hasher->waiting, item);
  run (hasher);
}
