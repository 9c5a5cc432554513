/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "peer/mesh-envelope.h"

#include <string.h>

#include "base/mesh-error.h"
#include "base/mesh-protobuf.h"
#include "base/mesh-varint.h"

#define FIELD_PUBLIC_KEY 1
#define FIELD_PAYLOAD_TYPE 2
#define FIELD_PAYLOAD 3
#define FIELD_SIGNATURE 5
#define N_FIELDS (FIELD_SIGNATURE + 1)

struct MeshEnvelope
{
  MeshPublicKey *public_key; /* (owned) */
  GBytes *payload_type;      /* (owned) */
  GBytes *payload;           /* (owned) */
};

typedef struct
{
  const guint8 *data; /* (unowned) */
  gsize len;
} Span;

static void
append_prefixed (GByteArray *array, const guint8 *data, gsize len)
{
  mesh_varint_append (array, len);
  g_byte_array_append (array, data, (guint) len);
}

/* RFC 0002, "Signature Production / Verification" */
static GByteArray *
make_signed_bytes (const char *domain, Span type, Span payload)
{
  GByteArray *array = g_byte_array_new ();

  append_prefixed (array, (const guint8 *) domain, strlen (domain));
  append_prefixed (array, type.data, type.len);
  append_prefixed (array, payload.data, payload.len);
  return array;
}

static Span
span_of (GBytes *bytes)
{
  Span span;

  span.data = g_bytes_get_data (bytes, &span.len);
  return span;
}

GBytes *
mesh_envelope_seal (const MeshKeypair *keypair,
                    const char *domain,
                    GBytes *payload_type,
                    GBytes *payload)
{
  Span type = span_of (payload_type), body = span_of (payload);
  Span key = span_of (mesh_public_key_get_bytes (mesh_keypair_get_public_key (keypair)));
  g_autoptr (GByteArray) array = g_byte_array_new ();
  g_autoptr (GByteArray) to_sign = NULL;
  guint8 signature[MESH_ED25519_SIGNATURE_BYTES];

  g_return_val_if_fail (*domain != '\0', NULL);

  to_sign = make_signed_bytes (domain, type, body);
  mesh_keypair_sign (keypair, to_sign->data, to_sign->len, signature);
  mesh_protobuf_append_bytes (array, FIELD_PUBLIC_KEY, key.data, key.len);
  mesh_protobuf_append_bytes (array, FIELD_PAYLOAD_TYPE, type.data, type.len);
  mesh_protobuf_append_bytes (array, FIELD_PAYLOAD, body.data, body.len);
  mesh_protobuf_append_bytes (array, FIELD_SIGNATURE, signature, sizeof signature);
  return g_byte_array_free_to_bytes (g_steal_pointer (&array));
}

void
mesh_envelope_free (MeshEnvelope *envelope)
{
  g_clear_pointer (&envelope->public_key, mesh_public_key_unref);
  g_clear_pointer (&envelope->payload_type, g_bytes_unref);
  g_clear_pointer (&envelope->payload, g_bytes_unref);
  g_free (envelope);
}

static gboolean
read_fields (const guint8 *data, gsize len, Span fields[N_FIELDS], GError **error)
{
  MeshCursor cursor = mesh_cursor_init (data, len);
  MeshProtobufField field;
  MeshProtobufStep step;

  if (len > MESH_ENVELOPE_MAX_BYTES)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_LIMIT,
                   "A signed envelope of %" G_GSIZE_FORMAT " bytes is too large", len);
      return FALSE;
    }
  while ((step = mesh_protobuf_next (&cursor, &field)) == MESH_PROTOBUF_FIELD)
    if (field.type == MESH_PROTOBUF_BYTES && field.number < N_FIELDS)
      fields[field.number] = (Span){ field.data, field.len };
  if (step == MESH_PROTOBUF_MALFORMED || fields[FIELD_PUBLIC_KEY].data == NULL
      || fields[FIELD_SIGNATURE].data == NULL)
    {
      g_set_error_literal (error, MESH_ERROR, MESH_ERROR_INVALID,
                           "Not a signed envelope");
      return FALSE;
    }
  return TRUE;
}

MeshEnvelope *
mesh_envelope_open (const guint8 *data, gsize len, const char *domain, GError **error)
{
  Span fields[N_FIELDS] = { 0 };
  Span type, payload;
  g_autoptr (MeshPublicKey) key = NULL;
  g_autoptr (GByteArray) was_signed = NULL;
  MeshEnvelope *envelope;

  if (!read_fields (data, len, fields, error))
    return NULL;
  type = fields[FIELD_PAYLOAD_TYPE];
  payload = fields[FIELD_PAYLOAD];
  key = mesh_public_key_from_bytes (fields[FIELD_PUBLIC_KEY].data,
                                    fields[FIELD_PUBLIC_KEY].len, error);
  if (key == NULL)
    return NULL;
  was_signed = make_signed_bytes (domain, type, payload);
  if (!mesh_public_key_verify (key, was_signed->data, was_signed->len,
                               fields[FIELD_SIGNATURE].data, fields[FIELD_SIGNATURE].len,
                               error))
    return NULL;
  envelope = g_new0 (MeshEnvelope, 1);
  envelope->public_key = g_steal_pointer (&key);
  envelope->payload_type = g_bytes_new (type.data, type.len);
  envelope->payload = g_bytes_new (payload.data, payload.len);
  return envelope;
}

MeshPublicKey *
mesh_envelope_get_public_key (const MeshEnvelope *envelope)
{
  return envelope->public_key;
}

GBytes *
mesh_envelope_get_payload_type (const MeshEnvelope *envelope)
{
  return envelope->payload_type;
}

GBytes *
mesh_envelope_get_payload (const MeshEnvelope *envelope)
{
  return envelope->payload;
}
