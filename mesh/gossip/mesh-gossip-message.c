/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "gossip/mesh-gossip-message.h"

#include <string.h>

#include "base/mesh-error.h"
#include "base/mesh-protobuf.h"
#include "base/mesh-varint.h"
#include "gossip/mesh-gossip-params.h"

/* specs/pubsub, "Message Signing" */
#define SIGN_PREFIX "libp2p-pubsub:"
#define SEQNO_BYTES 8

enum
{
  FIELD_FROM = 1,
  FIELD_DATA = 2,
  FIELD_SEQNO = 3,
  FIELD_TOPIC = 4,
  FIELD_SIGNATURE = 5,
  FIELD_KEY = 6,
};

MeshGossipMessage *
mesh_gossip_message_ref (MeshGossipMessage *msg)
{
  g_ref_count_inc (&msg->ref_count);
  return msg;
}

void
mesh_gossip_message_unref (MeshGossipMessage *msg)
{
  if (!g_ref_count_dec (&msg->ref_count))
    return;
  g_bytes_unref (msg->raw);
  g_bytes_unref (msg->data);
  g_bytes_unref (msg->id);
  g_free (msg->topic);
  mesh_peer_id_unref (msg->author);
  g_free (msg);
}

static guint64
get_be64 (const guint8 *data)
{
  guint64 value;

  memcpy (&value, data, sizeof value);
  return GUINT64_FROM_BE (value);
}

static gboolean
refuse (GError **error, const char *what)
{
  g_set_error (error, MESH_ERROR, MESH_ERROR_INVALID, "A gossip message %s", what);
  return FALSE;
}

static gboolean
take_seqno (MeshGossipMessageView *view, const MeshProtobufField *field, GError **error)
{
  if (field->len != SEQNO_BYTES)
    return refuse (error, "has a sequence number that is not 8 bytes long");
  view->seqno = get_be64 (field->data);
  return TRUE;
}

static gboolean
take_field (MeshGossipMessageView *view, const MeshProtobufField *field, GError **error)
{
  switch (field->number)
    {
    case FIELD_FROM:
      view->from = field->data;
      view->from_len = field->len;
      return TRUE;
    case FIELD_DATA:
      view->data = field->data;
      view->data_len = field->len;
      return TRUE;
    case FIELD_SEQNO:
      return take_seqno (view, field, error);
    case FIELD_TOPIC:
      view->topic = (const char *) field->data;
      view->topic_len = field->len;
      return TRUE;
    case FIELD_SIGNATURE:
      view->signature = field->data;
      view->signature_len = field->len;
      return TRUE;
    case FIELD_KEY:
    default:
      view->key = field->data;
      view->key_len = field->len;
      return TRUE;
    }
}

static gboolean
read_fields (MeshGossipMessageView *view, guint *fields, GError **error)
{
  MeshCursor cursor = mesh_cursor_init (view->raw, view->len);
  gsize start = 0;
  guint32 last = 0;

  for (;;)
    {
      MeshProtobufField field;
      MeshProtobufStep step = mesh_protobuf_next (&cursor, &field);

      if (step == MESH_PROTOBUF_END)
        return TRUE;
      if (step == MESH_PROTOBUF_MALFORMED)
        return refuse (error, "is malformed");
      if (field.number > FIELD_KEY)
        {
          g_set_error (error, MESH_ERROR, MESH_ERROR_UNSUPPORTED,
                       "A gossip message has the unknown field %u", field.number);
          return FALSE;
        }
      if (field.number <= last || field.type != MESH_PROTOBUF_BYTES)
        return refuse (error, "is not encoded in the canonical way");
      if (view->len - cursor.len - start != 1 + mesh_varint_len (field.len) + field.len)
        return refuse (error, "has a length that is not in its shortest form");
      if (!take_field (view, &field, error))
        return FALSE;
      last = field.number;
      *fields |= 1u << field.number;
      if (field.number == FIELD_SIGNATURE)
        view->signature_start = start;
      start = view->len - cursor.len;
    }
}

gboolean
mesh_gossip_message_read (const guint8 *raw,
                          gsize len,
                          MeshGossipMessageView *view,
                          GError **error)
{
  const guint required
      = 1u << FIELD_FROM | 1u << FIELD_SEQNO | 1u << FIELD_TOPIC | 1u << FIELD_SIGNATURE;
  guint fields = 0;

  memset (view, 0, sizeof *view);
  view->raw = raw;
  view->len = len;
  if (!read_fields (view, &fields, error))
    return FALSE;
  if ((fields & required) != required)
    return refuse (error, "lacks author, sequence number, topic or signature");
  if (view->from_len == 0 || view->from_len > MESH_PEER_ID_MAX_BYTES)
    return refuse (error, "names an author that is no peer id");
  if (view->topic_len == 0 || view->topic_len > MESH_GOSSIP_MAX_TOPIC_BYTES
      || !g_utf8_validate_len (view->topic, view->topic_len, NULL))
    return refuse (error, "has a topic that is empty, too long or not UTF-8");
  /* specs/pubsub, "Message Identification": from and seqno, one after the other */
  memcpy (view->id, view->from, view->from_len);
  for (guint i = 0; i < SEQNO_BYTES; i++)
    view->id[view->from_len + i] = (guint8) (view->seqno >> (56 - 8 * i));
  view->id_len = view->from_len + SEQNO_BYTES;
  return TRUE;
}

/* The multihash "identity, 36 bytes", and the protobuf head of an Ed25519 key in it. */
static const guint8 identity_head[] = { 0x00, 0x24 };
static const guint8 key_head[] = { 0x08, 0x01, 0x12, 0x20 };

#define KEY_BYTES (sizeof key_head + MESH_ED25519_PUBLIC_BYTES)

gboolean
mesh_gossip_message_read_id (const guint8 *id,
                             gsize len,
                             guint8 out[MESH_GOSSIP_MESSAGE_MAX_ID_BYTES],
                             gsize *out_len,
                             MeshGossipIdForm *form)
{
  gsize head = 0;

  if (len <= SEQNO_BYTES)
    return FALSE;
  *form = MESH_GOSSIP_ID_OF_AUTHOR;
  if (len == KEY_BYTES + SEQNO_BYTES && memcmp (id, key_head, sizeof key_head) == 0)
    {
      *form = MESH_GOSSIP_ID_OF_KEY;
      head = sizeof identity_head;
    }
  if (head + len > MESH_GOSSIP_MESSAGE_MAX_ID_BYTES)
    return FALSE;
  memcpy (out, identity_head, head);
  memcpy (out + head, id, len);
  *out_len = head + len;
  return TRUE;
}

GBytes *
mesh_gossip_message_write_id (GBytes *id, MeshGossipIdForm form)
{
  const gsize head = sizeof identity_head;
  gsize len;
  const guint8 *data = g_bytes_get_data (id, &len);

  if (form == MESH_GOSSIP_ID_OF_KEY && len == head + KEY_BYTES + SEQNO_BYTES
      && memcmp (data, identity_head, head) == 0)
    return g_bytes_new_from_bytes (id, head, len - head);
  return g_bytes_ref (id);
}

/* What is signed: the fields in front of the signature. The specification would have the
 * key behind it covered too; go, rust and js sign without it, and so the key, which must
 * fit the author anyway, is not. */
static GByteArray *
get_signed_bytes (const guint8 *raw, gsize len)
{
  GByteArray *array = g_byte_array_sized_new ((guint) (sizeof SIGN_PREFIX + len));

  g_byte_array_append (array, (const guint8 *) SIGN_PREFIX, sizeof SIGN_PREFIX - 1);
  g_byte_array_append (array, raw, (guint) len);
  return array;
}

static MeshPublicKey *
get_key (const MeshGossipMessageView *view, const MeshPeerId *author, GError **error)
{
  g_autoptr (MeshPublicKey) key = NULL;

  if (view->key == NULL)
    {
      key = mesh_peer_id_dup_public_key (author);
      if (key == NULL)
        g_set_error (error, MESH_ERROR, MESH_ERROR_INVALID,
                     "A gossip message of %s lacks the key that its id does not carry",
                     mesh_peer_id_to_string (author));
      return g_steal_pointer (&key);
    }
  key = mesh_public_key_from_bytes (view->key, view->key_len, error);
  if (key == NULL)
    return NULL;
  if (!mesh_peer_id_matches_public_key (author, key))
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_AUTH,
                   "A gossip message says that it is of %s but carries another key",
                   mesh_peer_id_to_string (author));
      return NULL;
    }
  return g_steal_pointer (&key);
}

/* A slice keeps its container: worth it only when most of that is the message. */
static GBytes *
keep (GBytes *container, const guint8 *data, gsize len)
{
  gsize size;
  const guint8 *start = g_bytes_get_data (container, &size);

  if (size - len > len + MESH_GOSSIP_MESSAGE_MAX_WASTE_BYTES)
    return g_bytes_new (data, len);
  return g_bytes_new_from_bytes (container, (gsize) (data - start), len);
}

MeshGossipMessage *
mesh_gossip_message_open (const MeshGossipMessageView *view,
                          GBytes *container,
                          GError **error)
{
  g_autoptr (MeshPeerId) author
      = mesh_peer_id_from_bytes (view->from, view->from_len, error);
  g_autoptr (MeshPublicKey) key = NULL;
  g_autoptr (GByteArray) covered = NULL;
  MeshGossipMessage *msg;

  if (author == NULL)
    return NULL;
  key = get_key (view, author, error);
  if (key == NULL)
    return NULL;
  covered = get_signed_bytes (view->raw, view->signature_start);
  if (!mesh_public_key_verify (key, covered->data, covered->len, view->signature,
                               view->signature_len, error))
    {
      g_prefix_error (error, "A gossip message of %s: ", mesh_peer_id_to_string (author));
      return NULL;
    }
  msg = g_new (MeshGossipMessage, 1);
  g_ref_count_init (&msg->ref_count);
  msg->raw = keep (container, view->raw, view->len);
  msg->data = view->data_len == 0
                  ? g_bytes_new_static ("", 0)
                  : g_bytes_new_from_bytes (msg->raw, (gsize) (view->data - view->raw),
                                            view->data_len);
  msg->id = g_bytes_new (view->id, view->id_len);
  msg->topic = g_strndup (view->topic, view->topic_len);
  msg->author = g_steal_pointer (&author);
  msg->seqno = view->seqno;
  return msg;
}

MeshGossipMessage *
mesh_gossip_message_sign (const MeshKeypair *keypair,
                          MeshPeerId *author,
                          const char *topic,
                          guint64 seqno,
                          GBytes *data)
{
  g_autoptr (GByteArray) raw = g_byte_array_new ();
  g_autoptr (GByteArray) covered = NULL;
  guint64 seqno_be = GUINT64_TO_BE (seqno);
  guint8 signature[MESH_ED25519_SIGNATURE_BYTES];
  MeshGossipMessage *msg = g_new (MeshGossipMessage, 1);
  const guint8 *bytes;
  gsize len, data_start;

  bytes = mesh_peer_id_get_bytes (author, &len);
  mesh_protobuf_append_bytes (raw, FIELD_FROM, bytes, len);
  msg->id = g_byte_array_free_to_bytes (
      g_byte_array_append (g_byte_array_append (g_byte_array_new (), bytes, (guint) len),
                           (const guint8 *) &seqno_be, SEQNO_BYTES));
  bytes = g_bytes_get_data (data, &len);
  mesh_protobuf_append_bytes (raw, FIELD_DATA, bytes, len);
  data_start = raw->len - len;
  mesh_protobuf_append_bytes (raw, FIELD_SEQNO, (const guint8 *) &seqno_be, SEQNO_BYTES);
  mesh_protobuf_append_bytes (raw, FIELD_TOPIC, (const guint8 *) topic, strlen (topic));
  covered = get_signed_bytes (raw->data, raw->len);
  mesh_keypair_sign (keypair, covered->data, covered->len, signature);
  mesh_protobuf_append_bytes (raw, FIELD_SIGNATURE, signature, sizeof signature);

  g_ref_count_init (&msg->ref_count);
  msg->raw = g_byte_array_free_to_bytes (g_steal_pointer (&raw));
  msg->data = g_bytes_new_from_bytes (msg->raw, data_start, len);
  msg->topic = g_strdup (topic);
  msg->author = mesh_peer_id_ref (author);
  msg->seqno = seqno;
  return msg;
}
