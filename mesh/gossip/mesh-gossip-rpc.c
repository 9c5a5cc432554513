/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "gossip/mesh-gossip-rpc.h"

#include <string.h>

#include "base/mesh-error.h"
#include "base/mesh-protobuf.h"

enum
{
  RPC_SUBSCRIPTIONS = 1,
  RPC_PUBLISH = 2,
  RPC_CONTROL = 3,
};

enum
{
  SUBSCRIPTION_IS_ON = 1,
  SUBSCRIPTION_TOPIC = 2,
};

enum
{
  CONTROL_IHAVE = 1,
  CONTROL_IWANT = 2,
  CONTROL_GRAFT = 3,
  CONTROL_PRUNE = 4,
};

enum
{
  IHAVE_TOPIC = 1, /* of GRAFT and PRUNE too */
  IHAVE_IDS = 2,
  IWANT_IDS = 1,
  PRUNE_PEERS = 2,
  PRUNE_BACKOFF = 3,
  PEER_ID = 1,
  PEER_RECORD = 2,
};

/* Reading. */

/* Fields that are not known, or not of the type they should be, are passed over as
 * protobuf has it. */
static MeshGossipRpcKind
read_subscription (MeshGossipRpcItem *item)
{
  MeshCursor cursor = item->body;
  MeshProtobufField field;
  MeshProtobufStep step;

  while ((step = mesh_protobuf_next (&cursor, &field)) == MESH_PROTOBUF_FIELD)
    {
      if (field.number == SUBSCRIPTION_IS_ON && field.type == MESH_PROTOBUF_VARINT)
        {
          item->is_on = field.value != 0;
        }
      else if (field.number == SUBSCRIPTION_TOPIC && field.type == MESH_PROTOBUF_BYTES)
        {
          item->topic = (const char *) field.data;
          item->topic_len = field.len;
        }
    }
  return step == MESH_PROTOBUF_END ? MESH_GOSSIP_RPC_SUBSCRIPTION
                                   : MESH_GOSSIP_RPC_MALFORMED;
}

/* Topic and backoff; ids and peers are left to their own readers, which can then rely on
 * a body that is sound. */
static MeshGossipRpcKind
read_control (MeshGossipRpcItem *item, MeshGossipRpcKind kind)
{
  MeshCursor cursor = item->body;
  MeshProtobufField field;
  MeshProtobufStep step;

  while ((step = mesh_protobuf_next (&cursor, &field)) == MESH_PROTOBUF_FIELD)
    {
      if (kind != MESH_GOSSIP_RPC_IWANT && field.number == IHAVE_TOPIC
          && field.type == MESH_PROTOBUF_BYTES)
        {
          item->topic = (const char *) field.data;
          item->topic_len = field.len;
        }
      else if (kind == MESH_GOSSIP_RPC_PRUNE && field.number == PRUNE_BACKOFF
               && field.type == MESH_PROTOBUF_VARINT)
        {
          item->backoff_s = field.value;
        }
    }
  return step == MESH_PROTOBUF_END ? kind : MESH_GOSSIP_RPC_MALFORMED;
}

static MeshGossipRpcKind
next_control (MeshGossipRpcReader *reader, MeshGossipRpcItem *item)
{
  static const MeshGossipRpcKind kinds[]
      = { MESH_GOSSIP_RPC_END, MESH_GOSSIP_RPC_IHAVE, MESH_GOSSIP_RPC_IWANT,
          MESH_GOSSIP_RPC_GRAFT, MESH_GOSSIP_RPC_PRUNE };
  MeshProtobufField field;
  MeshProtobufStep step;

  while ((step = mesh_protobuf_next (&reader->control, &field)) == MESH_PROTOBUF_FIELD)
    {
      if (field.number < CONTROL_IHAVE || field.number > CONTROL_PRUNE)
        continue;
      if (field.type != MESH_PROTOBUF_BYTES)
        return MESH_GOSSIP_RPC_MALFORMED;
      item->body = mesh_cursor_init (field.data, field.len);
      return read_control (item, kinds[field.number]);
    }
  return step == MESH_PROTOBUF_END ? MESH_GOSSIP_RPC_END : MESH_GOSSIP_RPC_MALFORMED;
}

static MeshGossipRpcKind
next_item (MeshGossipRpcReader *reader, MeshGossipRpcItem *item)
{
  MeshProtobufField field;
  MeshProtobufStep step;

  for (;;)
    {
      MeshGossipRpcKind kind = next_control (reader, item);

      if (kind != MESH_GOSSIP_RPC_END)
        return kind;
      step = mesh_protobuf_next (&reader->rpc, &field);
      if (step != MESH_PROTOBUF_FIELD)
        return step == MESH_PROTOBUF_END ? MESH_GOSSIP_RPC_END
                                         : MESH_GOSSIP_RPC_MALFORMED;
      if (field.number < RPC_SUBSCRIPTIONS || field.number > RPC_CONTROL)
        continue;
      if (field.type != MESH_PROTOBUF_BYTES)
        return MESH_GOSSIP_RPC_MALFORMED;
      item->body = mesh_cursor_init (field.data, field.len);
      if (field.number == RPC_PUBLISH)
        return MESH_GOSSIP_RPC_MESSAGE;
      if (field.number == RPC_SUBSCRIPTIONS)
        return read_subscription (item);
      reader->control = item->body;
    }
}

MeshGossipRpcKind
mesh_gossip_rpc_next (MeshGossipRpcReader *reader, MeshGossipRpcItem *item)
{
  memset (item, 0, sizeof *item);
  item->kind = next_item (reader, item);
  return item->kind;
}

gboolean
mesh_gossip_rpc_next_id (MeshGossipRpcItem *item, const guint8 **id, gsize *len)
{
  guint32 number = item->kind == MESH_GOSSIP_RPC_IWANT ? IWANT_IDS : IHAVE_IDS;
  MeshProtobufField field;

  while (mesh_protobuf_next (&item->body, &field) == MESH_PROTOBUF_FIELD)
    {
      if (field.number != number || field.type != MESH_PROTOBUF_BYTES)
        continue;
      *id = field.data;
      *len = field.len;
      return TRUE;
    }
  return FALSE;
}

gboolean
mesh_gossip_rpc_next_peer (MeshGossipRpcItem *item,
                           const guint8 **id,
                           gsize *id_len,
                           const guint8 **record,
                           gsize *record_len)
{
  MeshProtobufField outer, field;
  MeshCursor cursor;

  while (mesh_protobuf_next (&item->body, &outer) == MESH_PROTOBUF_FIELD)
    {
      if (outer.number != PRUNE_PEERS || outer.type != MESH_PROTOBUF_BYTES)
        continue;
      *id = *record = NULL;
      *id_len = *record_len = 0;
      cursor = mesh_cursor_init (outer.data, outer.len);
      while (mesh_protobuf_next (&cursor, &field) == MESH_PROTOBUF_FIELD)
        {
          if (field.type != MESH_PROTOBUF_BYTES)
            continue;
          if (field.number == PEER_ID)
            {
              *id = field.data;
              *id_len = field.len;
            }
          else if (field.number == PEER_RECORD && field.len > 0)
            {
              *record = field.data;
              *record_len = field.len;
            }
        }
      return TRUE;
    }
  return FALSE;
}

gboolean
mesh_gossip_rpc_check (const guint8 *data, gsize len, GError **error)
{
  MeshGossipRpcReader reader = mesh_gossip_rpc_reader (data, len);
  MeshGossipRpcItem item;

  while (mesh_gossip_rpc_next (&reader, &item) != MESH_GOSSIP_RPC_END)
    if (item.kind == MESH_GOSSIP_RPC_MALFORMED)
      {
        g_set_error_literal (error, MESH_ERROR, MESH_ERROR_PROTOCOL,
                             "The peer sent bytes that are not a gossip RPC");
        return FALSE;
      }
  return TRUE;
}

/* Writing. */

static void
append_text (GByteArray *array, guint32 number, const char *text)
{
  mesh_protobuf_append_bytes (array, number, (const guint8 *) text, strlen (text));
}

static void
append_bytes (GByteArray *array, guint32 number, GBytes *bytes)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (bytes, &len);

  mesh_protobuf_append_bytes (array, number, data, len);
}

static GBytes *
wrap (guint32 number, const GByteArray *body)
{
  GByteArray *array = g_byte_array_sized_new (body->len + 6);

  mesh_protobuf_append_bytes (array, number, body->data, body->len);
  return g_byte_array_free_to_bytes (array);
}

GBytes *
mesh_gossip_rpc_subscription (const char *topic, gboolean is_on)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();

  mesh_protobuf_append_varint (body, SUBSCRIPTION_IS_ON, is_on ? 1 : 0);
  append_text (body, SUBSCRIPTION_TOPIC, topic);
  return wrap (RPC_SUBSCRIPTIONS, body);
}

GBytes *
mesh_gossip_rpc_message (GBytes *message)
{
  GByteArray *array = g_byte_array_sized_new ((guint) g_bytes_get_size (message) + 6);

  append_bytes (array, RPC_PUBLISH, message);
  return g_byte_array_free_to_bytes (array);
}

GBytes *
mesh_gossip_rpc_ihave (const char *topic, const GPtrArray *ids)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();

  append_text (body, IHAVE_TOPIC, topic);
  for (guint i = 0; i < ids->len; i++)
    append_bytes (body, IHAVE_IDS, g_ptr_array_index (ids, i));
  return wrap (CONTROL_IHAVE, body);
}

GBytes *
mesh_gossip_rpc_iwant (const GPtrArray *ids)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();

  for (guint i = 0; i < ids->len; i++)
    append_bytes (body, IWANT_IDS, g_ptr_array_index (ids, i));
  return wrap (CONTROL_IWANT, body);
}

GBytes *
mesh_gossip_rpc_graft (const char *topic)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();

  append_text (body, IHAVE_TOPIC, topic);
  return wrap (CONTROL_GRAFT, body);
}

GBytes *
mesh_gossip_rpc_prune (const char *topic,
                       guint64 backoff_s,
                       GBytes *const *peers,
                       GBytes *const *records,
                       gsize n_peers)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();

  append_text (body, IHAVE_TOPIC, topic);
  for (gsize i = 0; i < n_peers; i++)
    {
      g_autoptr (GByteArray) peer = g_byte_array_new ();

      append_bytes (peer, PEER_ID, peers[i]);
      if (records[i] != NULL)
        append_bytes (peer, PEER_RECORD, records[i]);
      mesh_protobuf_append_bytes (body, PRUNE_PEERS, peer->data, peer->len);
    }
  if (backoff_s > 0)
    mesh_protobuf_append_varint (body, PRUNE_BACKOFF, backoff_s);
  return wrap (CONTROL_PRUNE, body);
}

void
mesh_gossip_rpc_append_control (GByteArray *rpc, const GByteArray *fragments)
{
  if (fragments->len > 0)
    mesh_protobuf_append_bytes (rpc, RPC_CONTROL, fragments->data, fragments->len);
}
