/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "discovery/mesh-pex.h"

#include "base/mesh-error.h"
#include "proto/pex.pb-c.h"

GBytes *
mesh_pex_encode_request (guint max)
{
  MeshProto__PexRequest message = MESH_PROTO__PEX_REQUEST__INIT;
  guint8 *data = g_malloc (MESH_PEX_MAX_REQUEST_BYTES);

  message.has_max = TRUE;
  message.max = CLAMP (max, 1, MESH_PEX_MAX_RECORDS);
  return g_bytes_new_take (data, mesh_proto__pex_request__pack (&message, data));
}

gboolean
mesh_pex_decode_request (const guint8 *data, gsize len, guint *max, GError **error)
{
  MeshProto__PexRequest *message = NULL;

  if (len <= MESH_PEX_MAX_REQUEST_BYTES)
    message = mesh_proto__pex_request__unpack (NULL, len, data);
  if (message == NULL)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_INVALID,
                   "The peer's question for other peers can not be read");
      return FALSE;
    }
  *max = message->has_max ? CLAMP (message->max, 1, MESH_PEX_MAX_RECORDS)
                          : MESH_PEX_MAX_RECORDS;
  mesh_proto__pex_request__free_unpacked (message, NULL);
  return TRUE;
}

GBytes *
mesh_pex_encode_response (const GPtrArray *records)
{
  MeshProto__PexResponse message = MESH_PROTO__PEX_RESPONSE__INIT;
  ProtobufCBinaryData items[MESH_PEX_MAX_RECORDS];
  guint8 *data;
  gsize len;

  message.has_status = TRUE;
  message.status = records != NULL ? MESH_PROTO__PEX_RESPONSE__STATUS__OK
                                   : MESH_PROTO__PEX_RESPONSE__STATUS__REFUSED;
  message.records = items;
  for (guint i = 0; records != NULL && i < records->len && i < MESH_PEX_MAX_RECORDS; i++)
    {
      ProtobufCBinaryData *item = &items[message.n_records];

      item->data
          = (guint8 *) g_bytes_get_data (g_ptr_array_index (records, i), &item->len);
      if (item->len <= MESH_PEX_MAX_RECORD_BYTES)
        message.n_records++;
    }
  len = mesh_proto__pex_response__get_packed_size (&message);
  data = g_malloc (len);
  mesh_proto__pex_response__pack (&message, data);
  return g_bytes_new_take (data, len);
}

static GPtrArray *
read_records (const MeshProto__PexResponse *message, GError **error)
{
  g_autoptr (GPtrArray) records
      = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  if (message->status != MESH_PROTO__PEX_RESPONSE__STATUS__OK)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_REFUSED,
                   "The peer does not name other peers now");
      return NULL;
    }
  if (message->n_records > MESH_PEX_MAX_RECORDS)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_LIMIT,
                   "The peer names %" G_GSIZE_FORMAT " peers, at most %d were wanted",
                   message->n_records, MESH_PEX_MAX_RECORDS);
      return NULL;
    }
  for (gsize i = 0; i < message->n_records; i++)
    {
      if (message->records[i].len > MESH_PEX_MAX_RECORD_BYTES)
        {
          g_set_error (error, MESH_ERROR, MESH_ERROR_LIMIT,
                       "A peer's record has more than %d bytes",
                       MESH_PEX_MAX_RECORD_BYTES);
          return NULL;
        }
      g_ptr_array_add (records,
                       g_bytes_new (message->records[i].data, message->records[i].len));
    }
  return g_steal_pointer (&records);
}

GPtrArray *
mesh_pex_decode_response (const guint8 *data, gsize len, GError **error)
{
  MeshProto__PexResponse *message;
  GPtrArray *records;

  if (len > MESH_PEX_MAX_RESPONSE_BYTES)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_LIMIT,
                   "The peer's answer takes more than %u bytes",
                   MESH_PEX_MAX_RESPONSE_BYTES);
      return NULL;
    }
  message = mesh_proto__pex_response__unpack (NULL, len, data);
  if (message == NULL)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_INVALID,
                   "The peer's answer can not be read");
      return NULL;
    }
  records = read_records (message, error);
  mesh_proto__pex_response__free_unpacked (message, NULL);
  return records;
}
