/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "peer/mesh-peer-record.h"

#include <string.h>

#include "base/mesh-error.h"
#include "base/mesh-protobuf.h"

#include "peer/mesh-envelope.h"

/* go and js sign with this domain and type (the multicodec libp2p-peer-record, 0x0301, as
 * two plain bytes); RFC 0003 has other ones, which rust used first. We write the former
 * and read both. */
#define DOMAIN "libp2p-peer-record"
#define RFC_DOMAIN "libp2p-routing-state"
#define RFC_PAYLOAD_TYPE "/libp2p/routing-state-record"
static const guint8 payload_type[] = { 0x03, 0x01 };

#define FIELD_PEER_ID 1
#define FIELD_SEQ 2
#define FIELD_ADDRESSES 3
#define FIELD_MULTIADDR 1

struct MeshPeerRecord
{
  MeshPeerId *peer_id; /* (owned) (nullable): while being read */
  guint64 seq;
  GPtrArray *addrs; /* (owned) (element-type MeshMultiaddr) */
};

void
mesh_peer_record_free (MeshPeerRecord *record)
{
  g_clear_pointer (&record->peer_id, mesh_peer_id_unref);
  g_clear_pointer (&record->addrs, g_ptr_array_unref);
  g_free (record);
}

GBytes *
mesh_peer_record_seal (const MeshKeypair *keypair, guint64 seq, const GPtrArray *addrs)
{
  g_autoptr (MeshPeerId) id
      = mesh_peer_id_new_from_public_key (mesh_keypair_get_public_key (keypair));
  g_autoptr (GByteArray) array = g_byte_array_new ();
  g_autoptr (GBytes) type = g_bytes_new_static (payload_type, sizeof payload_type);
  g_autoptr (GBytes) payload = NULL;
  const guint8 *data;
  gsize len;

  g_return_val_if_fail (addrs->len <= MESH_PEER_RECORD_MAX_ADDRS, NULL);

  data = mesh_peer_id_get_bytes (id, &len);
  mesh_protobuf_append_bytes (array, FIELD_PEER_ID, data, len);
  mesh_protobuf_append_varint (array, FIELD_SEQ, seq);
  for (guint i = 0; i < addrs->len; i++)
    {
      GBytes *addr = mesh_multiaddr_get_bytes (g_ptr_array_index (addrs, i));
      g_autoptr (GByteArray) info = g_byte_array_new ();

      data = g_bytes_get_data (addr, &len);
      mesh_protobuf_append_bytes (info, FIELD_MULTIADDR, data, len);
      mesh_protobuf_append_bytes (array, FIELD_ADDRESSES, info->data, info->len);
    }
  payload = g_byte_array_free_to_bytes (g_steal_pointer (&array));
  return mesh_envelope_seal (keypair, DOMAIN, type, payload);
}

/* Reads one AddressInfo. An address of an unknown kind is no fault of the record. */
static gboolean
read_address (MeshPeerRecord *record, const guint8 *data, gsize len)
{
  MeshCursor cursor = mesh_cursor_init (data, len);
  MeshProtobufField field;
  MeshProtobufStep step;

  while ((step = mesh_protobuf_next (&cursor, &field)) == MESH_PROTOBUF_FIELD)
    {
      MeshMultiaddr *addr;

      if (field.number != FIELD_MULTIADDR || field.type != MESH_PROTOBUF_BYTES)
        continue;
      addr = mesh_multiaddr_from_bytes (field.data, field.len, NULL);
      if (addr != NULL)
        g_ptr_array_add (record->addrs, addr);
    }
  return step == MESH_PROTOBUF_END && record->addrs->len <= MESH_PEER_RECORD_MAX_ADDRS;
}

static gboolean
read_field (MeshPeerRecord *record, const MeshProtobufField *field)
{
  if (field->number == FIELD_PEER_ID && field->type == MESH_PROTOBUF_BYTES)
    {
      g_clear_pointer (&record->peer_id, mesh_peer_id_unref);
      record->peer_id = mesh_peer_id_from_bytes (field->data, field->len, NULL);
      return record->peer_id != NULL;
    }
  if (field->number == FIELD_SEQ && field->type == MESH_PROTOBUF_VARINT)
    record->seq = field->value;
  else if (field->number == FIELD_ADDRESSES && field->type == MESH_PROTOBUF_BYTES)
    return read_address (record, field->data, field->len);
  return TRUE;
}

static MeshEnvelope *
open_envelope (const guint8 *data, gsize len, GError **error)
{
  g_autoptr (GBytes) type = NULL;
  g_autoptr (GError) first = NULL;
  g_autoptr (MeshEnvelope) envelope = mesh_envelope_open (data, len, DOMAIN, &first);

  if (envelope == NULL && g_error_matches (first, MESH_ERROR, MESH_ERROR_BAD_SIGNATURE))
    {
      envelope = mesh_envelope_open (data, len, RFC_DOMAIN, NULL);
      type = g_bytes_new_static (RFC_PAYLOAD_TYPE, strlen (RFC_PAYLOAD_TYPE));
    }
  else
    type = g_bytes_new_static (payload_type, sizeof payload_type);
  if (envelope == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&first));
      return NULL;
    }
  if (!g_bytes_equal (mesh_envelope_get_payload_type (envelope), type))
    {
      g_set_error_literal (error, MESH_ERROR, MESH_ERROR_INVALID,
                           "The signed envelope holds something else than a peer record");
      return NULL;
    }
  return g_steal_pointer (&envelope);
}

MeshPeerRecord *
mesh_peer_record_open (const guint8 *data, gsize len, GError **error)
{
  g_autoptr (MeshEnvelope) envelope = open_envelope (data, len, error);
  g_autoptr (MeshPeerRecord) record = NULL;
  MeshProtobufField field;
  MeshProtobufStep step;
  MeshCursor cursor;

  if (envelope == NULL)
    return NULL;
  record = g_new0 (MeshPeerRecord, 1);
  record->addrs = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_multiaddr_unref);
  data = g_bytes_get_data (mesh_envelope_get_payload (envelope), &len);
  cursor = mesh_cursor_init (data, len);
  do
    step = mesh_protobuf_next (&cursor, &field);
  while (step == MESH_PROTOBUF_FIELD && read_field (record, &field));
  if (step != MESH_PROTOBUF_END || record->peer_id == NULL)
    {
      g_set_error_literal (error, MESH_ERROR, MESH_ERROR_INVALID, "Not a peer record");
      return NULL;
    }
  if (!mesh_peer_id_matches_public_key (record->peer_id,
                                        mesh_envelope_get_public_key (envelope)))
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_AUTH,
                   "A peer record of %s was signed by somebody else",
                   mesh_peer_id_to_string (record->peer_id));
      return NULL;
    }
  return g_steal_pointer (&record);
}

MeshPeerId *
mesh_peer_record_get_peer_id (const MeshPeerRecord *record)
{
  return record->peer_id;
}

guint64
mesh_peer_record_get_seq (const MeshPeerRecord *record)
{
  return record->seq;
}

const GPtrArray *
mesh_peer_record_get_addrs (const MeshPeerRecord *record)
{
  return record->addrs;
}
