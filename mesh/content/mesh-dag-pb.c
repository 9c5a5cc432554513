/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "content/mesh-dag-pb.h"

#include <string.h>

#include "base/mesh-cursor.h"
#include "base/mesh-error.h"
#include "base/mesh-varint.h"

/* Protobuf keys: field number << 3 | wire type. */
#define NODE_DATA 0x0a
#define NODE_LINK 0x12
#define LINK_HASH 0x0a
#define LINK_NAME 0x12
#define LINK_TSIZE 0x18

static void
link_clear (gpointer data)
{
  MeshDagPbLink *link = data;

  g_clear_pointer (&link->cid, mesh_cid_unref);
  g_clear_pointer (&link->name, g_free);
}

void
mesh_dag_pb_node_init (MeshDagPbNode *node)
{
  node->links = g_array_new (FALSE, FALSE, sizeof (MeshDagPbLink));
  g_array_set_clear_func (node->links, link_clear);
  node->data = NULL;
  node->data_len = 0;
}

void
mesh_dag_pb_node_clear (MeshDagPbNode *node)
{
  g_clear_pointer (&node->links, g_array_unref);
  node->data = NULL;
  node->data_len = 0;
}

void
mesh_dag_pb_node_add_link (MeshDagPbNode *node,
                           MeshCid *cid,
                           const char *name,
                           guint64 tsize)
{
  MeshDagPbLink link = {
    .cid = mesh_cid_ref (cid),
    .name = g_strdup (name),
    .name_len = name != NULL ? strlen (name) : 0,
    .has_tsize = TRUE,
    .tsize = tsize,
  };

  g_array_append_val (node->links, link);
}

static gboolean
fail (GError **error, const char *what)
{
  g_set_error (error, MESH_ERROR, MESH_ERROR_INVALID, "Not a dag-pb block: %s", what);
  return FALSE;
}

static gboolean
decode_link (MeshCursor cursor, MeshDagPbLink *link, GError **error)
{
  const guint8 *bytes;
  gsize len;

  if (cursor.len == 0 || cursor.data[0] != LINK_HASH)
    return fail (error, "a link does not begin with its CID");
  cursor = mesh_cursor_init (cursor.data + 1, cursor.len - 1);
  if (!mesh_cursor_read_prefixed (&cursor, &bytes, &len))
    return fail (error, "a link is cut short");
  link->cid = mesh_cid_from_bytes (bytes, len, error);
  if (link->cid == NULL)
    {
      g_prefix_error (error, "Not a dag-pb block: ");
      return FALSE;
    }
  if (cursor.len > 0 && cursor.data[0] == LINK_NAME)
    {
      cursor = mesh_cursor_init (cursor.data + 1, cursor.len - 1);
      if (!mesh_cursor_read_prefixed (&cursor, &bytes, &len))
        return fail (error, "the name of a link is cut short");
      link->name = g_malloc (len + 1);
      memcpy (link->name, bytes, len);
      link->name[len] = '\0';
      link->name_len = len;
    }
  if (cursor.len > 0 && cursor.data[0] == LINK_TSIZE)
    {
      cursor = mesh_cursor_init (cursor.data + 1, cursor.len - 1);
      if (!mesh_cursor_read_varint (&cursor, &link->tsize))
        return fail (error, "the size of a link is malformed");
      link->has_tsize = TRUE;
    }
  if (cursor.len > 0)
    return fail (error, "a link has an unknown, repeated or misplaced field");
  return TRUE;
}

static gboolean
decode_node (MeshCursor cursor, MeshDagPbNode *node, GError **error)
{
  gboolean has_data = FALSE;
  gboolean links_are_over = FALSE;

  while (cursor.len > 0)
    {
      guint8 key = cursor.data[0];
      const guint8 *bytes;
      gsize len;

      cursor = mesh_cursor_init (cursor.data + 1, cursor.len - 1);
      if (key != NODE_DATA && key != NODE_LINK)
        return fail (error, "a node has an unknown field");
      if (!mesh_cursor_read_prefixed (&cursor, &bytes, &len))
        return fail (error, "a field is cut short");
      if (key == NODE_LINK)
        {
          MeshDagPbLink link = { 0 };

          if (links_are_over)
            return fail (error, "links stand before and after the data");
          if (node->links->len == MESH_DAG_PB_MAX_LINKS)
            return fail (error, "it has too many links");
          if (!decode_link (mesh_cursor_init (bytes, len), &link, error))
            {
              link_clear (&link);
              return FALSE;
            }
          g_array_append_val (node->links, link);
          continue;
        }
      if (has_data)
        return fail (error, "it has two data fields");
      has_data = TRUE;
      links_are_over = node->links->len > 0;
      node->data = bytes;
      node->data_len = len;
    }
  return TRUE;
}

gboolean
mesh_dag_pb_decode (const guint8 *data, gsize len, MeshDagPbNode *node, GError **error)
{
  if (node->links != NULL)
    mesh_dag_pb_node_clear (node);
  mesh_dag_pb_node_init (node);
  if (len > MESH_DAG_PB_MAX_BYTES)
    return fail (error, "it is too long");
  if (decode_node (mesh_cursor_init (data, len), node, error))
    return TRUE;
  mesh_dag_pb_node_clear (node);
  mesh_dag_pb_node_init (node);
  return FALSE;
}

static void
append_key (GByteArray *out, guint8 key)
{
  g_byte_array_append (out, &key, 1);
}

static void
append_prefixed (GByteArray *out, guint8 key, const guint8 *bytes, gsize len)
{
  append_key (out, key);
  mesh_varint_append (out, len);
  if (len > 0)
    g_byte_array_append (out, bytes, (guint) len);
}

static void
encode_link (GByteArray *out, const MeshDagPbLink *link)
{
  gsize n_cid;
  const guint8 *cid = mesh_cid_get_bytes (link->cid, &n_cid);
  gsize len = 1 + mesh_varint_len (n_cid) + n_cid;

  if (link->name != NULL)
    len += 1 + mesh_varint_len (link->name_len) + link->name_len;
  if (link->has_tsize)
    len += 1 + mesh_varint_len (link->tsize);

  append_key (out, NODE_LINK);
  mesh_varint_append (out, len);
  append_prefixed (out, LINK_HASH, cid, n_cid);
  if (link->name != NULL)
    append_prefixed (out, LINK_NAME, (const guint8 *) link->name, link->name_len);
  if (link->has_tsize)
    {
      append_key (out, LINK_TSIZE);
      mesh_varint_append (out, link->tsize);
    }
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  const MeshDagPbLink *left = *(const MeshDagPbLink *const *) a;
  const MeshDagPbLink *right = *(const MeshDagPbLink *const *) b;
  gsize n = MIN (left->name_len, right->name_len);
  int order = n > 0 ? memcmp (left->name, right->name, n) : 0;

  if (order != 0)
    return order;
  if (left->name_len != right->name_len)
    return left->name_len < right->name_len ? -1 : 1;
  return left < right ? -1 : left > right; /* stable: the links lie in one array */
}

GBytes *
mesh_dag_pb_encode (const MeshDagPbNode *node)
{
  g_autoptr (GPtrArray) sorted = g_ptr_array_new ();
  GByteArray *out = g_byte_array_new ();

  for (guint i = 0; i < node->links->len; i++)
    g_ptr_array_add (sorted, &g_array_index (node->links, MeshDagPbLink, i));
  g_ptr_array_sort (sorted, compare_names);
  for (guint i = 0; i < sorted->len; i++)
    encode_link (out, g_ptr_array_index (sorted, i));
  if (node->data != NULL)
    append_prefixed (out, NODE_DATA, node->data, node->data_len);
  return g_byte_array_free_to_bytes (out);
}

MeshCid *
mesh_dag_pb_name_block (guint cid_version, guint64 hash_code, GBytes *block)
{
  guint8 digest[MESH_MULTIHASH_MAX_HASH];
  gsize len;
  const guint8 *data = g_bytes_get_data (block, &len);
  gsize n = mesh_multihash_digest (hash_code, data, len, digest);

  if (cid_version == 0)
    return mesh_cid_new_v0 (digest);
  return mesh_cid_new_v1 (MESH_CODEC_DAG_PB, hash_code, digest, n);
}

GPtrArray *
mesh_dag_pb_get_links (guint64 codec, const guint8 *data, gsize len, GError **error)
{
  g_autoptr (GPtrArray) cids
      = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_cid_unref);
  g_auto (MeshDagPbNode) node = { 0 };

  if (codec != MESH_CODEC_DAG_PB)
    return g_steal_pointer (&cids);
  if (!mesh_dag_pb_decode (data, len, &node, error))
    return NULL;
  for (guint i = 0; i < node.links->len; i++)
    g_ptr_array_add (cids,
                     mesh_cid_ref (g_array_index (node.links, MeshDagPbLink, i).cid));
  return g_steal_pointer (&cids);
}

gboolean
mesh_dag_pb_may_have_links (const guint8 *data, gsize len)
{
  return len > 0 && data[0] == NODE_LINK;
}
