/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "dht/mesh-kad-addrs.h"

#include <string.h>

#include "base/mesh-protobuf.h"
#include "peer/mesh-addr-scope.h"
#include "dht/mesh-kad-pool-private.h"

/* Peer.addrs of dht.proto. */
#define FIELD_ADDRS 2
#define GROUP_IP4 (G_GUINT64_CONSTANT (4) << 32)
#define GROUP_IP6 (G_GUINT64_CONSTANT (6) << 32)

gboolean
mesh_kad_addrs_is_admitted (MeshKadScope scope, const MeshMultiaddr *addr)
{
  MeshAddrScope reach = mesh_addr_scope_of (addr);

  switch (scope)
    {
    case MESH_KAD_SCOPE_WAN: /* and names, which may be anyone's */
      return reach == MESH_ADDR_SCOPE_PUBLIC || reach == MESH_ADDR_SCOPE_NAME;
    case MESH_KAD_SCOPE_LAN:
      return mesh_addr_scope_is_lan (reach) && !mesh_addr_scope_is_relayed (addr);
    case MESH_KAD_SCOPE_ANY:
    default:
      return reach != MESH_ADDR_SCOPE_NONE;
    }
}

static gboolean
is_packed (const GByteArray *packed, const guint8 *data, gsize len)
{
  MeshCursor cursor = mesh_cursor_init (packed->data, packed->len);
  MeshProtobufField field;

  while (mesh_protobuf_next (&cursor, &field) == MESH_PROTOBUF_FIELD)
    if (field.len == len && memcmp (field.data, data, len) == 0)
      return TRUE;
  return FALSE;
}

/* Appends the address to what is packed, if there is room and it is new. */
static void
pack (GByteArray *packed, guint *n, MeshMultiaddr *addr, MeshKadScope scope)
{
  g_autoptr (MeshMultiaddr) bare = NULL;
  const guint8 *data;
  gsize len, before = packed->len;

  if (*n == MESH_KAD_ADDRS_MAX || !mesh_kad_addrs_is_admitted (scope, addr))
    return;
  bare = mesh_multiaddr_without_peer_id (addr);
  if (bare == NULL)
    return;
  data = g_bytes_get_data (mesh_multiaddr_get_bytes (bare), &len);
  if (is_packed (packed, data, len))
    return;
  mesh_protobuf_append_bytes (packed, FIELD_ADDRS, data, len);
  if (packed->len > MESH_KAD_ADDRS_MAX_BYTES)
    g_byte_array_set_size (packed, (guint) before);
  else
    (*n)++;
}

MeshKadAddrs *
mesh_kad_addrs_new (MeshKadPool *pool, GPtrArray *addrs, MeshKadScope scope)
{
  g_autoptr (GByteArray) packed = g_byte_array_new ();
  guint n = 0;

  for (guint i = 0; i < addrs->len; i++)
    pack (packed, &n, addrs->pdata[i], scope);
  return mesh_kad_pool_get_addrs (pool, packed->data, packed->len);
}

/* The run of address fields exactly as a well-behaved peer packs them, or NULL. */
static const guint8 *
find_run (const guint8 *data, gsize len, gsize *run_len)
{
  MeshCursor cursor = mesh_cursor_init (data, len);
  MeshProtobufField field;
  const guint8 *start = NULL, *end = NULL;

  for (;;)
    {
      const guint8 *at = cursor.data;
      MeshProtobufStep step = mesh_protobuf_next (&cursor, &field);

      if (step == MESH_PROTOBUF_MALFORMED)
        return NULL;
      if (step == MESH_PROTOBUF_END)
        break;
      if (field.number != FIELD_ADDRS || field.type != MESH_PROTOBUF_BYTES)
        continue;
      if (end != NULL && end != at)
        return NULL;
      if (start == NULL)
        start = at;
      end = cursor.data;
    }
  *run_len = start != NULL ? (gsize) (end - start) : 0;
  return start;
}

static MeshKadAddrs *
parse_message (MeshKadPool *pool, const guint8 *data, gsize len, MeshKadScope scope)
{
  g_autoptr (GByteArray) packed = g_byte_array_new ();
  MeshCursor cursor = mesh_cursor_init (data, len);
  MeshProtobufField field;
  guint n = 0, n_seen = 0;

  while (mesh_protobuf_next (&cursor, &field) == MESH_PROTOBUF_FIELD
         && n_seen < 4 * MESH_KAD_ADDRS_MAX)
    {
      g_autoptr (MeshMultiaddr) addr = NULL;

      if (field.number != FIELD_ADDRS || field.type != MESH_PROTOBUF_BYTES)
        continue;
      n_seen++;
      addr = mesh_multiaddr_from_bytes (field.data, field.len, NULL);
      if (addr != NULL)
        pack (packed, &n, addr, scope);
    }
  return mesh_kad_pool_get_addrs (pool, packed->data, packed->len);
}

MeshKadAddrs *
mesh_kad_addrs_from_message (MeshKadPool *pool,
                             const guint8 *data,
                             gsize len,
                             MeshKadScope scope)
{
  gsize run_len = 0;
  const guint8 *run = find_run (data, len, &run_len);
  MeshKadAddrs *known;

  /* Nearly always the set is one we have checked before. */
  if (run != NULL)
    {
      known = mesh_kad_pool_find_addrs (pool, run, run_len, scope);
      if (known != NULL)
        return known;
    }
  known = parse_message (pool, data, len, scope);
  mesh_kad_pool_note_scope (known, scope);
  return known;
}

/* The set itself. */

MeshKadAddrs *
mesh_kad_addrs_ref (MeshKadAddrs *addrs)
{
  addrs->n_refs++;
  return addrs;
}

void
mesh_kad_addrs_unref (MeshKadAddrs *addrs)
{
  g_assert (addrs->n_refs > 0);
  if (--addrs->n_refs > 0)
    return;
  mesh_kad_pool_forget_addrs (addrs);
}

guint
mesh_kad_addrs_get_n (const MeshKadAddrs *addrs)
{
  return addrs->n;
}

const guint8 *
mesh_kad_addrs_get_packed (const MeshKadAddrs *addrs, gsize *len)
{
  *len = addrs->name.len;
  return addrs->packed;
}

GPtrArray *
mesh_kad_addrs_dup_multiaddrs (const MeshKadAddrs *addrs)
{
  GPtrArray *list
      = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_multiaddr_unref);
  MeshCursor cursor = mesh_cursor_init (addrs->packed, addrs->name.len);
  MeshProtobufField field;

  while (mesh_protobuf_next (&cursor, &field) == MESH_PROTOBUF_FIELD)
    {
      MeshMultiaddr *addr = mesh_multiaddr_from_bytes (field.data, field.len, NULL);

      if (addr != NULL)
        g_ptr_array_add (list, addr);
    }
  return list;
}

guint64
mesh_kad_addrs_get_group (const MeshKadAddrs *addrs)
{
  MeshCursor cursor = mesh_cursor_init (addrs->packed, addrs->name.len);
  MeshProtobufField field;

  if (mesh_protobuf_next (&cursor, &field) != MESH_PROTOBUF_FIELD || field.len < 5)
    return 0;
  if (field.data[0] == MESH_MULTIADDR_IP4)
    return GROUP_IP4 | (guint64) field.data[1] << 8 | field.data[2];
  if (field.data[0] == MESH_MULTIADDR_IP6)
    return GROUP_IP6 | (guint64) field.data[1] << 24 | (guint64) field.data[2] << 16
           | (guint64) field.data[3] << 8 | field.data[4];
  return 0;
}
