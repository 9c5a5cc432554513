/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "peer/mesh-public-key.h"

#include <sodium.h>
#include <string.h>

#include "base/mesh-base58.h"
#include "base/mesh-error.h"
#include "base/mesh-protobuf.h"
#include "peer/mesh-ecdsa-key.h"
#include "peer/mesh-rsa-key.h"

#define FIELD_TYPE 1
#define FIELD_DATA 2
#define DID_PREFIX "did:key:"
/* varint of the multicodec ed25519-pub, 0xed */
#define DID_CODEC_0 0xed
#define DID_CODEC_1 0x01

G_STATIC_ASSERT (MESH_ED25519_SEED_BYTES == crypto_sign_SEEDBYTES);
G_STATIC_ASSERT (MESH_ED25519_PUBLIC_BYTES == crypto_sign_PUBLICKEYBYTES);
G_STATIC_ASSERT (MESH_ED25519_SIGNATURE_BYTES == crypto_sign_BYTES);

struct MeshPublicKey
{
  gatomicrefcount ref_count;
  MeshKeyType type;
  GBytes *bytes;      /* (owned): protobuf */
  const guint8 *data; /* (unowned): inside bytes */
  gsize len;
};

static const char *const type_names[] = { "RSA", "Ed25519", "Secp256k1", "ECDSA" };

static MeshPublicKey *
new_key (MeshKeyType type, const guint8 *data, gsize len)
{
  MeshPublicKey *key = g_new0 (MeshPublicKey, 1);
  g_autoptr (GByteArray) array = g_byte_array_new ();

  mesh_protobuf_append_varint (array, FIELD_TYPE, type);
  mesh_protobuf_append_bytes (array, FIELD_DATA, data, len);
  g_atomic_ref_count_init (&key->ref_count);
  key->type = type;
  key->len = len;
  key->bytes = g_byte_array_free_to_bytes (g_steal_pointer (&array));
  key->data = (const guint8 *) g_bytes_get_data (key->bytes, NULL)
              + g_bytes_get_size (key->bytes) - len;
  return key;
}

MeshPublicKey *
mesh_public_key_ref (MeshPublicKey *key)
{
  g_atomic_ref_count_inc (&key->ref_count);
  return key;
}

void
mesh_public_key_unref (MeshPublicKey *key)
{
  if (!g_atomic_ref_count_dec (&key->ref_count))
    return;
  g_bytes_unref (key->bytes);
  g_free (key);
}

MeshPublicKey *
mesh_public_key_new_ed25519 (const guint8 bytes[MESH_ED25519_PUBLIC_BYTES])
{
  return new_key (MESH_KEY_TYPE_ED25519, bytes, MESH_ED25519_PUBLIC_BYTES);
}

static gboolean
check_data (MeshKeyType type, gsize len, GError **error)
{
  if (type == MESH_KEY_TYPE_ED25519 ? len == MESH_ED25519_PUBLIC_BYTES
                                    : len > 0 && len <= MESH_PUBLIC_KEY_MAX_BYTES)
    return TRUE;
  g_set_error (error, MESH_ERROR, MESH_ERROR_INVALID,
               "A public key of type %s can not have %" G_GSIZE_FORMAT " bytes",
               type_names[type], len);
  return FALSE;
}

MeshPublicKey *
mesh_public_key_from_bytes (const guint8 *data, gsize len, GError **error)
{
  MeshCursor cursor = mesh_cursor_init (data, len);
  MeshProtobufField type, value;
  g_autoptr (MeshPublicKey) key = NULL;

  /* Both fields, in order, and nothing else: two encodings of one key would be two ids.
   */
  if (mesh_protobuf_next (&cursor, &type) != MESH_PROTOBUF_FIELD
      || type.number != FIELD_TYPE || type.type != MESH_PROTOBUF_VARINT
      || mesh_protobuf_next (&cursor, &value) != MESH_PROTOBUF_FIELD
      || value.number != FIELD_DATA || value.type != MESH_PROTOBUF_BYTES
      || cursor.len != 0)
    {
      g_set_error_literal (error, MESH_ERROR, MESH_ERROR_INVALID,
                           "Not the encoding of a public key");
      return NULL;
    }
  if (type.value >= G_N_ELEMENTS (type_names))
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_UNSUPPORTED,
                   "Public key type %" G_GUINT64_FORMAT " is unknown", type.value);
      return NULL;
    }
  if (!check_data ((MeshKeyType) type.value, value.len, error))
    return NULL;
  key = new_key ((MeshKeyType) type.value, value.data, value.len);
  if (g_bytes_get_size (key->bytes) != len
      || memcmp (g_bytes_get_data (key->bytes, NULL), data, len) != 0)
    {
      g_set_error_literal (error, MESH_ERROR, MESH_ERROR_INVALID,
                           "The public key is not encoded canonically");
      return NULL;
    }
  return g_steal_pointer (&key);
}

MeshPublicKey *
mesh_public_key_from_did (const char *did, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;
  const guint8 *data;
  gsize len;

  if (!g_str_has_prefix (did, DID_PREFIX "z"))
    {
      g_set_error (error, MESH_ERROR,
                   g_str_has_prefix (did, "did:") ? MESH_ERROR_UNSUPPORTED
                                                  : MESH_ERROR_INVALID,
                   "“%.80s” is not a did:key in base58", did);
      return NULL;
    }
  did += strlen (DID_PREFIX "z");
  bytes = mesh_base58_decode (did, strlen (did), error);
  if (bytes == NULL)
    return NULL;
  data = g_bytes_get_data (bytes, &len);
  if (len < 2 || data[0] != DID_CODEC_0 || data[1] != DID_CODEC_1)
    {
      g_set_error_literal (error, MESH_ERROR, MESH_ERROR_UNSUPPORTED,
                           "Only a did:key that holds an Ed25519 key can be read");
      return NULL;
    }
  if (!check_data (MESH_KEY_TYPE_ED25519, len - 2, error))
    return NULL;
  return mesh_public_key_new_ed25519 (data + 2);
}

MeshKeyType
mesh_public_key_get_key_type (const MeshPublicKey *key)
{
  return key->type;
}

const guint8 *
mesh_public_key_get_data (const MeshPublicKey *key, gsize *len)
{
  *len = key->len;
  return key->data;
}

GBytes *
mesh_public_key_get_bytes (const MeshPublicKey *key)
{
  return key->bytes;
}

char *
mesh_public_key_to_did (const MeshPublicKey *key, GError **error)
{
  guint8 bytes[2 + MESH_ED25519_PUBLIC_BYTES] = { DID_CODEC_0, DID_CODEC_1 };
  g_autofree char *text = NULL;

  if (key->type != MESH_KEY_TYPE_ED25519)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_UNSUPPORTED,
                   "A did:key with a key of type %s is not supported, only with Ed25519",
                   type_names[key->type]);
      return NULL;
    }
  memcpy (bytes + 2, key->data, MESH_ED25519_PUBLIC_BYTES);
  text = mesh_base58_encode (bytes, sizeof bytes);
  return g_strconcat (DID_PREFIX "z", text, NULL);
}

gboolean
mesh_public_key_equal (const MeshPublicKey *a, const MeshPublicKey *b)
{
  return g_bytes_equal (a->bytes, b->bytes);
}

static gboolean
verify_ed25519 (const MeshPublicKey *key,
                const guint8 *data,
                gsize len,
                const guint8 *signature,
                gsize signature_len,
                GError **error)
{
  if (signature_len == MESH_ED25519_SIGNATURE_BYTES
      && crypto_sign_verify_detached (signature, data, len, key->data) == 0)
    return TRUE;
  g_set_error_literal (error, MESH_ERROR, MESH_ERROR_BAD_SIGNATURE,
                       "The signature was not made by this key for these bytes");
  return FALSE;
}

gboolean
mesh_public_key_verify (const MeshPublicKey *key,
                        const guint8 *data,
                        gsize len,
                        const guint8 *signature,
                        gsize signature_len,
                        GError **error)
{
  switch (key->type)
    {
    case MESH_KEY_TYPE_ED25519:
      return verify_ed25519 (key, data, len, signature, signature_len, error);
    case MESH_KEY_TYPE_RSA:
      return mesh_rsa_key_verify (key->data, key->len, data, len, signature,
                                  signature_len, error);
    case MESH_KEY_TYPE_ECDSA:
      return mesh_ecdsa_key_verify (key->data, key->len, data, len, signature,
                                    signature_len, error);
    case MESH_KEY_TYPE_SECP256K1:
    default:
      g_set_error (error, MESH_ERROR, MESH_ERROR_UNSUPPORTED,
                   "Verifying a signature by a key of type %s is not supported",
                   type_names[key->type]);
      return FALSE;
    }
}
