/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "content/mesh-multihash.h"

#include <nettle/sha2.h>
#include <nettle/sha3.h>
#include <string.h>

#include "base/mesh-cursor.h"
#include "base/mesh-error.h"
#include "base/mesh-varint.h"
#include "content/mesh-keccak.h"

typedef struct
{
  guint64 code;
  const char *name; /* (unowned) */
  gsize len;        /* 0: any */
} HashKind;

static const HashKind kinds[] = {
  { MESH_MULTIHASH_IDENTITY, "identity", 0 },
  { MESH_MULTIHASH_SHA2_256, "sha2-256", SHA256_DIGEST_SIZE },
  { MESH_MULTIHASH_SHA2_512, "sha2-512", SHA512_DIGEST_SIZE },
  { MESH_MULTIHASH_SHA3_512, "sha3-512", SHA3_512_DIGEST_SIZE },
  { MESH_MULTIHASH_SHA3_256, "sha3-256", SHA3_256_DIGEST_SIZE },
};

static const HashKind *
find_kind (guint64 code)
{
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (kinds[i].code == code)
      return &kinds[i];
  return NULL;
}

gboolean
mesh_multihash_is_known (guint64 code)
{
  return find_kind (code) != NULL;
}

const char *
mesh_multihash_get_name (guint64 code)
{
  const HashKind *kind = find_kind (code);

  return kind != NULL ? kind->name : NULL;
}

gboolean
mesh_multihash_from_name (const char *name, guint64 *code)
{
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (strcmp (kinds[i].name, name) == 0)
      {
        *code = kinds[i].code;
        return TRUE;
      }
  return FALSE;
}

gsize
mesh_multihash_get_length (guint64 code)
{
  const HashKind *kind = find_kind (code);

  return kind != NULL ? kind->len : 0;
}

gboolean
mesh_multihash_read (const guint8 *data,
                     gsize len,
                     MeshMultihash *hash,
                     gsize *n_read,
                     GError **error)
{
  MeshCursor cursor = mesh_cursor_init (data, len);
  MeshMultihash found = { 0 };
  const HashKind *kind;

  if (!mesh_cursor_read_varint (&cursor, &found.code)
      || !mesh_cursor_read_prefixed (&cursor, &found.digest, &found.digest_len))
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_INVALID, "A multihash is cut short");
      return FALSE;
    }
  kind = find_kind (found.code);
  if (found.digest_len > MESH_MULTIHASH_MAX_DIGEST
      || (kind != NULL && kind->len != 0 && kind->len != found.digest_len))
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_INVALID,
                   "A multihash of kind 0x%" G_GINT64_MODIFIER
                   "x can not have %" G_GSIZE_FORMAT " bytes",
                   found.code, found.digest_len);
      return FALSE;
    }
  *hash = found;
  *n_read = len - cursor.len;
  return TRUE;
}

void
mesh_multihash_append (GByteArray *array, const MeshMultihash *hash)
{
  mesh_varint_append (array, hash->code);
  mesh_varint_append (array, hash->digest_len);
  if (hash->digest_len > 0)
    g_byte_array_append (array, hash->digest, (guint) hash->digest_len);
}

gsize
mesh_multihash_digest (guint64 code,
                       const guint8 *data,
                       gsize len,
                       guint8 out[MESH_MULTIHASH_MAX_HASH])
{
  union
  {
    struct sha256_ctx sha256;
    struct sha512_ctx sha512;
  } ctx;

  switch (code)
    {
    case MESH_MULTIHASH_SHA2_256:
      sha256_init (&ctx.sha256);
      sha256_update (&ctx.sha256, len, data);
      sha256_digest (&ctx.sha256, SHA256_DIGEST_SIZE, out);
      return SHA256_DIGEST_SIZE;
    case MESH_MULTIHASH_SHA2_512:
      sha512_init (&ctx.sha512);
      sha512_update (&ctx.sha512, len, data);
      sha512_digest (&ctx.sha512, SHA512_DIGEST_SIZE, out);
      return SHA512_DIGEST_SIZE;
    case MESH_MULTIHASH_SHA3_256:
      mesh_keccak_sha3 (SHA3_256_DIGEST_SIZE, 1, &data, &len, &out);
      return SHA3_256_DIGEST_SIZE;
    case MESH_MULTIHASH_SHA3_512:
      mesh_keccak_sha3 (SHA3_512_DIGEST_SIZE, 1, &data, &len, &out);
      return SHA3_512_DIGEST_SIZE;
    default:
      return 0;
    }
}

gsize
mesh_multihash_digest_many (guint64 code,
                            gsize n,
                            const guint8 *const *data,
                            const gsize *len,
                            guint8 (*out)[MESH_MULTIHASH_MAX_HASH])
{
  gsize digest_len = mesh_multihash_get_length (code);

  g_return_val_if_fail (n <= MESH_MULTIHASH_MAX_MANY, 0);

  if (code != MESH_MULTIHASH_SHA3_256 && code != MESH_MULTIHASH_SHA3_512)
    {
      for (gsize i = 0; i < n; i++)
        digest_len = mesh_multihash_digest (code, data[i], len[i], out[i]);
      return digest_len;
    }
  for (gsize start = 0; start < n; start += MESH_KECCAK_LANES)
    {
      gsize n_lanes = MIN (n - start, MESH_KECCAK_LANES);
      guint8 *outs[MESH_KECCAK_LANES];

      for (gsize i = 0; i < n_lanes; i++)
        outs[i] = out[start + i];
      mesh_keccak_sha3 (digest_len, n_lanes, data + start, len + start, outs);
    }
  return digest_len;
}
