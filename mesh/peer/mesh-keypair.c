/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "peer/mesh-keypair.h"

#include <sodium.h>
#include <string.h>

#include "base/mesh-error.h"
#include "base/mesh-protobuf.h"

#define FIELD_TYPE 1
#define FIELD_DATA 2
/* [seed][public] and, from old software, [seed][public][public] */
#define DATA_BYTES (MESH_ED25519_SEED_BYTES + MESH_ED25519_PUBLIC_BYTES)
#define OLD_DATA_BYTES (DATA_BYTES + MESH_ED25519_PUBLIC_BYTES)

struct MeshKeypair
{
  gatomicrefcount ref_count;
  guint8 secret[crypto_sign_SECRETKEYBYTES];
  MeshPublicKey *public_key; /* (owned) */
};

G_STATIC_ASSERT (crypto_sign_SECRETKEYBYTES == DATA_BYTES);

MeshKeypair *
mesh_keypair_new_from_seed (const guint8 seed[MESH_ED25519_SEED_BYTES])
{
  MeshKeypair *keypair = g_new0 (MeshKeypair, 1);
  guint8 public_bytes[MESH_ED25519_PUBLIC_BYTES];

  g_atomic_ref_count_init (&keypair->ref_count);
  crypto_sign_seed_keypair (public_bytes, keypair->secret, seed);
  keypair->public_key = mesh_public_key_new_ed25519 (public_bytes);
  return keypair;
}

static gboolean
parse_private_key (const guint8 *data,
                   gsize len,
                   MeshProtobufField *type,
                   MeshProtobufField *value)
{
  MeshCursor cursor = mesh_cursor_init (data, len);

  return mesh_protobuf_next (&cursor, type) == MESH_PROTOBUF_FIELD
         && type->number == FIELD_TYPE && type->type == MESH_PROTOBUF_VARINT
         && mesh_protobuf_next (&cursor, value) == MESH_PROTOBUF_FIELD
         && value->number == FIELD_DATA && value->type == MESH_PROTOBUF_BYTES
         && cursor.len == 0;
}

MeshKeypair *
mesh_keypair_from_bytes (const guint8 *data, gsize len, GError **error)
{
  MeshProtobufField type, value;
  g_autoptr (MeshKeypair) keypair = NULL;

  if (!parse_private_key (data, len, &type, &value))
    {
      g_set_error_literal (error, MESH_ERROR, MESH_ERROR_INVALID,
                           "Not the encoding of a private key");
      return NULL;
    }
  if (type.value != MESH_KEY_TYPE_ED25519)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_UNSUPPORTED,
                   "Private key type %" G_GUINT64_FORMAT
                   " is not supported, only Ed25519",
                   type.value);
      return NULL;
    }
  if (value.len == DATA_BYTES || value.len == OLD_DATA_BYTES)
    keypair = mesh_keypair_new_from_seed (value.data);
  if (keypair == NULL || memcmp (keypair->secret, value.data, DATA_BYTES) != 0
      || (value.len == OLD_DATA_BYTES
          && memcmp (keypair->secret + MESH_ED25519_SEED_BYTES, value.data + DATA_BYTES,
                     MESH_ED25519_PUBLIC_BYTES)
                 != 0))
    {
      g_set_error_literal (error, MESH_ERROR, MESH_ERROR_INVALID,
                           "The private key is cut off, or its public half belongs to "
                           "another key");
      return NULL;
    }
  return g_steal_pointer (&keypair);
}

MeshKeypair *
mesh_keypair_ref (MeshKeypair *keypair)
{
  g_atomic_ref_count_inc (&keypair->ref_count);
  return keypair;
}

void
mesh_keypair_unref (MeshKeypair *keypair)
{
  if (!g_atomic_ref_count_dec (&keypair->ref_count))
    return;
  sodium_memzero (keypair->secret, sizeof keypair->secret);
  mesh_public_key_unref (keypair->public_key);
  g_free (keypair);
}

static void
wipe_array (gpointer data)
{
  g_autoptr (GByteArray) array = data;

  sodium_memzero (array->data, array->len);
}

GBytes *
mesh_keypair_to_bytes (const MeshKeypair *keypair)
{
  /* Sized so that it never moves and leaves a copy behind. */
  GByteArray *array = g_byte_array_sized_new (DATA_BYTES + 16);

  mesh_protobuf_append_varint (array, FIELD_TYPE, MESH_KEY_TYPE_ED25519);
  mesh_protobuf_append_bytes (array, FIELD_DATA, keypair->secret, DATA_BYTES);
  return g_bytes_new_with_free_func (array->data, array->len, wipe_array, array);
}

MeshPublicKey *
mesh_keypair_get_public_key (const MeshKeypair *keypair)
{
  return keypair->public_key;
}

void
mesh_keypair_sign (const MeshKeypair *keypair,
                   const guint8 *data,
                   gsize len,
                   guint8 signature[MESH_ED25519_SIGNATURE_BYTES])
{
  crypto_sign_detached (signature, NULL, data, len, keypair->secret);
}
