/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "dht/mesh-kad-message.h"

#include <string.h>

#include "base/mesh-error.h"
#include "base/mesh-protobuf.h"

/* dht.proto */
enum
{
  FIELD_TYPE = 1,
  FIELD_KEY = 2,
  FIELD_RECORD = 3,
  FIELD_CLOSER = 8,
  FIELD_PROVIDERS = 9,

  FIELD_RECORD_KEY = 1,
  FIELD_RECORD_VALUE = 2,
  FIELD_RECORD_TIME = 5,

  FIELD_PEER_ID = 1,
};

static gboolean
set_malformed (GError **error, const char *what)
{
  g_set_error (error, MESH_ERROR, MESH_ERROR_PROTOCOL, "A message of the DHT %s", what);
  return FALSE;
}

static gboolean
decode_record (const MeshProtobufField *field, MeshKadMessage *msg, GError **error)
{
  MeshCursor cursor = mesh_cursor_init (field->data, field->len);
  MeshProtobufField inner;
  MeshProtobufStep step;

  msg->has_record = TRUE;
  while ((step = mesh_protobuf_next (&cursor, &inner)) == MESH_PROTOBUF_FIELD)
    {
      if (inner.type != MESH_PROTOBUF_BYTES)
        continue;
      if (inner.number == FIELD_RECORD_KEY)
        msg->record_key = (MeshKadBytes){ inner.data, inner.len };
      else if (inner.number == FIELD_RECORD_VALUE)
        msg->record_value = (MeshKadBytes){ inner.data, inner.len };
    }
  if (step == MESH_PROTOBUF_MALFORMED)
    return set_malformed (error, "has a broken record");
  if (msg->record_key.len > MESH_KAD_MESSAGE_MAX_KEY_BYTES)
    return set_malformed (error, "has a record whose key is too long");
  return TRUE;
}

/* Finds the name and leaves the addresses for later: most of those named are known. */
static gboolean
decode_peer (const MeshProtobufField *field, MeshKadMessagePeer *peer, GError **error)
{
  MeshCursor cursor = mesh_cursor_init (field->data, field->len);
  MeshProtobufField inner;
  MeshProtobufStep step;

  *peer = (MeshKadMessagePeer){ .body = { field->data, field->len } };
  while ((step = mesh_protobuf_next (&cursor, &inner)) == MESH_PROTOBUF_FIELD)
    if (inner.number == FIELD_PEER_ID && inner.type == MESH_PROTOBUF_BYTES)
      peer->id = (MeshKadBytes){ inner.data, inner.len };
  return step == MESH_PROTOBUF_END || set_malformed (error, "names a peer brokenly");
}

static gboolean
add_peer (const MeshProtobufField *field,
          MeshKadMessagePeer *peers,
          guint *n_peers,
          guint max,
          GError **error)
{
  MeshKadMessagePeer peer;

  if (!decode_peer (field, &peer, error))
    return FALSE;
  if (peer.id.len > 0 && *n_peers < max)
    peers[(*n_peers)++] = peer;
  return TRUE;
}

static gboolean
decode_field (const MeshProtobufField *field, MeshKadMessage *msg, GError **error)
{
  if (field->number == FIELD_TYPE && field->type == MESH_PROTOBUF_VARINT)
    {
      if (field->value > MESH_KAD_MESSAGE_PING)
        {
          g_set_error (error, MESH_ERROR, MESH_ERROR_UNSUPPORTED,
                       "A message of the DHT is of unknown type %" G_GUINT64_FORMAT,
                       field->value);
          return FALSE;
        }
      msg->type = (MeshKadMessageType) field->value;
      return TRUE;
    }
  if (field->type != MESH_PROTOBUF_BYTES)
    return TRUE;
  switch (field->number)
    {
    case FIELD_KEY:
      msg->key = (MeshKadBytes){ field->data, field->len };
      return field->len <= MESH_KAD_MESSAGE_MAX_KEY_BYTES
             || set_malformed (error, "has a key that is too long");
    case FIELD_RECORD:
      return decode_record (field, msg, error);
    case FIELD_CLOSER:
      return add_peer (field, msg->closer, &msg->n_closer, MESH_KAD_MESSAGE_MAX_CLOSER,
                       error);
    case FIELD_PROVIDERS:
      return add_peer (field, msg->providers, &msg->n_providers,
                       MESH_KAD_MESSAGE_MAX_PROVIDERS, error);
    default:
      return TRUE;
    }
}

gboolean
mesh_kad_message_decode (const guint8 *data,
                         gsize len,
                         MeshKadMessage *msg,
                         GError **error)
{
  MeshCursor cursor = mesh_cursor_init (data, len);
  MeshProtobufField field;
  MeshProtobufStep step;

  /* Not the arrays: they are big and counted. */
  memset (msg, 0, G_STRUCT_OFFSET (MeshKadMessage, closer));
  while ((step = mesh_protobuf_next (&cursor, &field)) == MESH_PROTOBUF_FIELD)
    if (!decode_field (&field, msg, error))
      return FALSE;
  return step == MESH_PROTOBUF_END || set_malformed (error, "is not protobuf");
}

void
mesh_kad_message_begin (GByteArray *out, MeshKadMessageType type, MeshKadBytes key)
{
  g_assert (key.len <= MESH_KAD_MESSAGE_MAX_KEY_BYTES);

  if (type != 0)
    mesh_protobuf_append_varint (out, FIELD_TYPE, type);
  if (key.len > 0)
    mesh_protobuf_append_bytes (out, FIELD_KEY, key.data, key.len);
}

void
mesh_kad_message_add_record (GByteArray *out,
                             MeshKadBytes key,
                             MeshKadBytes value,
                             const char *time)
{
  g_autoptr (GByteArray) record = g_byte_array_new ();

  if (key.len > 0)
    mesh_protobuf_append_bytes (record, FIELD_RECORD_KEY, key.data, key.len);
  if (value.len > 0)
    mesh_protobuf_append_bytes (record, FIELD_RECORD_VALUE, value.data, value.len);
  if (time != NULL)
    mesh_protobuf_append_bytes (record, FIELD_RECORD_TIME, (const guint8 *) time,
                                strlen (time));
  mesh_protobuf_append_bytes (out, FIELD_RECORD, record->data, record->len);
}

/* A peer's name and addresses are both short enough for lengths of two bytes. */
G_STATIC_ASSERT (MESH_KAD_ADDRS_MAX_BYTES + MESH_PEER_ID_MAX_BYTES + 4 < 1u << 14);

static void
append_peer (GByteArray *out,
             guint32 number,
             const MeshKadPeer *peer,
             const MeshKadAddrs *addrs)
{
  guint8 head[4 + 2 + MESH_PEER_ID_MAX_BYTES];
  guint n = 0;
  gsize id_len, packed_len, body_len;
  const guint8 *id = mesh_peer_id_get_bytes (peer->id, &id_len);
  const guint8 *packed = mesh_kad_addrs_get_packed (addrs, &packed_len);

  body_len = 2 + id_len + packed_len;
  head[n++] = (guint8) (number << 3 | MESH_PROTOBUF_BYTES);
  if (body_len >= 0x80)
    head[n++] = (guint8) (body_len | 0x80);
  head[n++] = (guint8) (body_len >= 0x80 ? body_len >> 7 : body_len);
  head[n++] = FIELD_PEER_ID << 3 | MESH_PROTOBUF_BYTES;
  head[n++] = (guint8) id_len;
  memcpy (head + n, id, id_len);
  n += (guint) id_len;
  g_byte_array_append (out, head, n);
  g_byte_array_append (out, packed, (guint) packed_len);
}

void
mesh_kad_message_add_closer (GByteArray *out,
                             const MeshKadPeer *peer,
                             const MeshKadAddrs *addrs)
{
  append_peer (out, FIELD_CLOSER, peer, addrs);
}

void
mesh_kad_message_add_provider (GByteArray *out,
                               const MeshKadPeer *peer,
                               const MeshKadAddrs *addrs)
{
  append_peer (out, FIELD_PROVIDERS, peer, addrs);
}
