/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "peer/mesh-peer-id.h"

#include <sodium.h>
#include <string.h>

#include "base/mesh-base32.h"
#include "base/mesh-base58.h"
#include "base/mesh-cursor.h"
#include "base/mesh-error.h"

#define MULTIHASH_IDENTITY 0x00
#define MULTIHASH_SHA2_256 0x12
#define CODEC_LIBP2P_KEY 0x72
/* Keys that encode to more than this are hashed. */
#define MAX_INLINE_KEY_BYTES 42

G_STATIC_ASSERT (MESH_PEER_ID_MAX_BYTES == MAX_INLINE_KEY_BYTES + 2);

struct MeshPeerId
{
  gatomicrefcount ref_count;
  guint8 len;
  guint8 bytes[MESH_PEER_ID_MAX_BYTES];
  char *text; /* (owned) */
};

static MeshPeerId *
new_id (guint8 code, const guint8 *digest, gsize len)
{
  MeshPeerId *id = g_new0 (MeshPeerId, 1);

  g_assert (len <= MAX_INLINE_KEY_BYTES);
  g_atomic_ref_count_init (&id->ref_count);
  id->bytes[0] = code;
  id->bytes[1] = (guint8) len;
  memcpy (id->bytes + 2, digest, len);
  id->len = (guint8) (len + 2);
  id->text = mesh_base58_encode (id->bytes, id->len);
  return id;
}

MeshPeerId *
mesh_peer_id_ref (MeshPeerId *id)
{
  g_atomic_ref_count_inc (&id->ref_count);
  return id;
}

void
mesh_peer_id_unref (MeshPeerId *id)
{
  if (!g_atomic_ref_count_dec (&id->ref_count))
    return;
  g_free (id->text);
  g_free (id);
}

MeshPeerId *
mesh_peer_id_new_from_public_key (const MeshPublicKey *key)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (mesh_public_key_get_bytes (key), &len);
  guint8 digest[crypto_hash_sha256_BYTES];

  if (len <= MAX_INLINE_KEY_BYTES)
    return new_id (MULTIHASH_IDENTITY, data, len);
  crypto_hash_sha256 (digest, data, len);
  return new_id (MULTIHASH_SHA2_256, digest, sizeof digest);
}

MeshPeerId *
mesh_peer_id_from_bytes (const guint8 *data, gsize len, GError **error)
{
  MeshCursor cursor = mesh_cursor_init (data, len);
  guint64 code;
  const guint8 *digest;
  gsize n;

  if (mesh_cursor_read_varint (&cursor, &code)
      && mesh_cursor_read_prefixed (&cursor, &digest, &n) && cursor.len == 0)
    {
      g_autoptr (MeshPublicKey) key = NULL;

      if (code == MULTIHASH_SHA2_256 && n == crypto_hash_sha256_BYTES)
        return new_id (MULTIHASH_SHA2_256, digest, n);
      if (code == MULTIHASH_IDENTITY && n <= MAX_INLINE_KEY_BYTES)
        key = mesh_public_key_from_bytes (digest, n, NULL);
      if (key != NULL)
        return new_id (MULTIHASH_IDENTITY, digest, n);
    }
  g_set_error_literal (error, MESH_ERROR, MESH_ERROR_INVALID,
                       "Not the multihash of a peer's public key");
  return NULL;
}

static MeshPeerId *
parse_cid (const char *text, GError **error)
{
  const char *body = text + 1;
  g_autoptr (GBytes) bytes = NULL;
  const guint8 *data;
  gsize len;

  if (*text == 'b')
    bytes = mesh_base32_decode (body, strlen (body), error);
  else if (*text == 'z')
    bytes = mesh_base58_decode (body, strlen (body), error);
  else
    g_set_error (error, MESH_ERROR,
                 g_ascii_isalpha (*text) ? MESH_ERROR_UNSUPPORTED : MESH_ERROR_INVALID,
                 "“%.80s” is not a peer id in base58btc or base32", text);
  if (bytes == NULL)
    return NULL;
  data = g_bytes_get_data (bytes, &len);
  if (len < 2 || data[0] != 1 || data[1] != CODEC_LIBP2P_KEY)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_INVALID,
                   "“%.80s” is not the CIDv1 of a peer's key", text);
      return NULL;
    }
  return mesh_peer_id_from_bytes (data + 2, len - 2, error);
}

MeshPeerId *
mesh_peer_id_parse (const char *text, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (MeshPeerId) id = NULL;

  if (strnlen (text, 129) > 128)
    {
      g_set_error_literal (error, MESH_ERROR, MESH_ERROR_INVALID,
                           "The text is too long for a peer id");
      return NULL;
    }
  if (*text != '1' && !g_str_has_prefix (text, "Qm"))
    return parse_cid (text, error);
  bytes = mesh_base58_decode (text, strlen (text), error);
  if (bytes != NULL)
    id = mesh_peer_id_from_bytes (g_bytes_get_data (bytes, NULL),
                                  g_bytes_get_size (bytes), error);
  if (id == NULL)
    g_prefix_error (error, "“%s” is not a peer id: ", text);
  return g_steal_pointer (&id);
}

const guint8 *
mesh_peer_id_get_bytes (const MeshPeerId *id, gsize *len)
{
  *len = id->len;
  return id->bytes;
}

const char *
mesh_peer_id_to_string (const MeshPeerId *id)
{
  return id->text;
}

char *
mesh_peer_id_to_cid_string (const MeshPeerId *id)
{
  guint8 cid[2 + MESH_PEER_ID_MAX_BYTES] = { 1, CODEC_LIBP2P_KEY };
  g_autofree char *text = NULL;

  memcpy (cid + 2, id->bytes, id->len);
  text = mesh_base32_encode (cid, 2 + (gsize) id->len);
  return g_strconcat ("b", text, NULL);
}

MeshPublicKey *
mesh_peer_id_dup_public_key (const MeshPeerId *id)
{
  if (id->bytes[0] != MULTIHASH_IDENTITY)
    return NULL;
  return mesh_public_key_from_bytes (id->bytes + 2, (gsize) id->len - 2, NULL);
}

gboolean
mesh_peer_id_matches_public_key (const MeshPeerId *id, const MeshPublicKey *key)
{
  g_autoptr (MeshPeerId) other = mesh_peer_id_new_from_public_key (key);

  return mesh_peer_id_equal (id, other);
}

guint
mesh_peer_id_hash (gconstpointer id)
{
  return g_str_hash (((const MeshPeerId *) id)->text);
}

gboolean
mesh_peer_id_equal (gconstpointer a, gconstpointer b)
{
  return mesh_peer_id_compare (a, b) == 0;
}

int
mesh_peer_id_compare (gconstpointer a, gconstpointer b)
{
  const MeshPeerId *first = a, *second = b;
  int order = memcmp (first->bytes, second->bytes, MIN (first->len, second->len));

  return order != 0 ? order : (int) first->len - (int) second->len;
}
