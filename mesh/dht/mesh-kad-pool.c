/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "dht/mesh-kad-pool.h"

#include <string.h>

#include "base/mesh-protobuf.h"
#include "dht/mesh-kad-pool-private.h"

struct MeshKadPool
{
  guint n_refs;
  GHashTable *peers; /* (owned) (element-type MeshKadName): each inside an Entry */
  GHashTable *addrs; /* (owned) (element-type MeshKadName): each inside a MeshKadAddrs */
};

typedef struct
{
  MeshKadPeer peer;
  MeshKadName name; /* the bytes of peer.id */
} Entry;

/* Both kinds of bytes are chosen by strangers, but how many are held is bounded by each
 * holder, so spreading them well is enough. */
static guint32
hash_bytes (const guint8 *data, gsize len)
{
  guint64 hash = 0x9e3779b97f4a7c15 ^ len;

  while (len > 0)
    {
      guint64 word = 0;
      gsize n = MIN (len, sizeof word);

      memcpy (&word, data, n);
      hash = (hash ^ word) * 0xff51afd7ed558ccd;
      hash ^= hash >> 32;
      data += n;
      len -= n;
    }
  return (guint32) hash;
}

static guint
name_hash (gconstpointer name)
{
  return ((const MeshKadName *) name)->hash;
}

static gboolean
name_equal (gconstpointer a, gconstpointer b)
{
  const MeshKadName *x = a, *y = b;

  return x->len == y->len && x->hash == y->hash
         && (x->len == 0 || memcmp (x->data, y->data, x->len) == 0);
}

static MeshKadName
name_of (const guint8 *data, gsize len)
{
  return (MeshKadName){ data, (guint32) len, hash_bytes (data, len) };
}

MeshKadPool *
mesh_kad_pool_new (void)
{
  MeshKadPool *pool = g_new0 (MeshKadPool, 1);

  pool->n_refs = 1;
  pool->peers = g_hash_table_new (name_hash, name_equal);
  pool->addrs = g_hash_table_new (name_hash, name_equal);
  return pool;
}

MeshKadPool *
mesh_kad_pool_ref (MeshKadPool *pool)
{
  pool->n_refs++;
  return pool;
}

void
mesh_kad_pool_unref (MeshKadPool *pool)
{
  g_assert (pool->n_refs > 0);
  if (--pool->n_refs > 0)
    return;
  g_assert (g_hash_table_size (pool->peers) == 0);
  g_assert (g_hash_table_size (pool->addrs) == 0);
  g_hash_table_unref (pool->peers);
  g_hash_table_unref (pool->addrs);
  g_free (pool);
}

guint
mesh_kad_pool_get_n_peers (const MeshKadPool *pool)
{
  return g_hash_table_size (pool->peers);
}

static MeshKadPeer *
find_peer (MeshKadPool *pool, const MeshKadName *name)
{
  MeshKadName *found = g_hash_table_lookup (pool->peers, name);

  if (found == NULL)
    return NULL;
  return mesh_kad_pool_ref_peer (
      (MeshKadPeer *) ((guint8 *) found - G_STRUCT_OFFSET (Entry, name)));
}

/* Takes the reference on @id. */
static MeshKadPeer *
add_peer (MeshKadPool *pool, MeshPeerId *id)
{
  Entry *entry = g_new0 (Entry, 1);
  gsize len;
  const guint8 *data = mesh_peer_id_get_bytes (id, &len);

  entry->peer.n_refs = 1;
  entry->peer.id = id;
  entry->peer.pool = mesh_kad_pool_ref (pool);
  mesh_kad_key_init (&entry->peer.key, data, len);
  entry->name = name_of (data, len);
  g_hash_table_add (pool->peers, &entry->name);
  return &entry->peer;
}

MeshKadPeer *
mesh_kad_pool_get_peer (MeshKadPool *pool, MeshPeerId *id)
{
  gsize len;
  const guint8 *data = mesh_peer_id_get_bytes (id, &len);
  MeshKadName name = name_of (data, len);
  MeshKadPeer *peer = find_peer (pool, &name);

  return peer != NULL ? peer : add_peer (pool, mesh_peer_id_ref (id));
}

MeshKadPeer *
mesh_kad_pool_get_peer_by_bytes (MeshKadPool *pool, const guint8 *data, gsize len)
{
  MeshKadName name;
  MeshKadPeer *peer;
  MeshPeerId *id;

  if (len > MESH_PEER_ID_MAX_BYTES)
    return NULL;
  name = name_of (data, len);
  peer = find_peer (pool, &name);
  if (peer != NULL)
    return peer;
  id = mesh_peer_id_from_bytes (data, len, NULL);
  return id != NULL ? add_peer (pool, id) : NULL;
}

MeshKadPeer *
mesh_kad_pool_ref_peer (MeshKadPeer *peer)
{
  peer->n_refs++;
  return peer;
}

void
mesh_kad_pool_unref_peer (MeshKadPeer *peer)
{
  Entry *entry = (Entry *) peer;

  g_assert (peer->n_refs > 0);
  if (--peer->n_refs > 0)
    return;
  g_hash_table_remove (peer->pool->peers, &entry->name);
  mesh_peer_id_unref (peer->id);
  mesh_kad_pool_unref (peer->pool);
  g_free (entry);
}

static guint
count_addrs (const guint8 *packed, gsize len)
{
  MeshCursor cursor = mesh_cursor_init (packed, len);
  MeshProtobufField field;
  guint n = 0;

  while (mesh_protobuf_next (&cursor, &field) == MESH_PROTOBUF_FIELD)
    n++;
  return n;
}

MeshKadAddrs *
mesh_kad_pool_get_addrs (MeshKadPool *pool, const guint8 *packed, gsize len)
{
  MeshKadName name = name_of (packed, len);
  MeshKadName *found = g_hash_table_lookup (pool->addrs, &name);
  MeshKadAddrs *addrs;

  g_assert (len <= MESH_KAD_ADDRS_MAX_BYTES);
  if (found != NULL)
    return mesh_kad_addrs_ref ((MeshKadAddrs *) found);
  addrs = g_malloc0 (sizeof *addrs + len);
  if (len > 0)
    memcpy (addrs->packed, packed, len);
  addrs->name = name;
  addrs->name.data = addrs->packed;
  addrs->n = (guint8) count_addrs (packed, len);
  addrs->n_refs = 1;
  addrs->pool = mesh_kad_pool_ref (pool);
  g_hash_table_add (pool->addrs, &addrs->name);
  return addrs;
}

MeshKadAddrs *
mesh_kad_pool_find_addrs (MeshKadPool *pool,
                          const guint8 *packed,
                          gsize len,
                          MeshKadScope scope)
{
  MeshKadName name = name_of (packed, len);
  MeshKadAddrs *found = g_hash_table_lookup (pool->addrs, &name);

  if (found == NULL || (found->scopes & 1u << scope) == 0)
    return NULL;
  return mesh_kad_addrs_ref (found);
}

void
mesh_kad_pool_note_scope (MeshKadAddrs *addrs, MeshKadScope scope)
{
  addrs->scopes |= (guint8) (1u << scope);
}

void
mesh_kad_pool_forget_addrs (MeshKadAddrs *addrs)
{
  g_assert (addrs->n_refs == 0);
  g_hash_table_remove (addrs->pool->addrs, &addrs->name);
  mesh_kad_pool_unref (addrs->pool);
  g_free (addrs);
}
