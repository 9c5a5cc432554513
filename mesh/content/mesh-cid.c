/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "content/mesh-cid.h"

#include <string.h>

#include "base/mesh-cursor.h"
#include "base/mesh-error.h"
#include "base/mesh-varint.h"

/* A CIDv0 is the bare multihash of sha2-256: 0x12, 0x20, 32 bytes; as text 46 characters
 * of base58btc that begin with "Qm". */
#define V0_BYTES 34
#define V0_CHARS 46
#define SHA2_256_BYTES 32

struct MeshCid
{
  gatomicrefcount ref_count;
  guint8 version;
  guint8 n_bytes;      /* of the binary form */
  guint8 hash_start;   /* where the multihash begins */
  guint8 digest_start; /* where the digest begins */
  guint64 codec;
  guint64 hash_code;
  guint8 bytes[];
};

G_STATIC_ASSERT (MESH_CID_MAX_BYTES <= G_MAXUINT8);

static MeshCid *
cid_new (guint version, guint64 codec, const MeshMultihash *hash)
{
  guint8 header[4 * MESH_VARINT_MAX_LEN];
  gsize n = 0;
  gsize hash_start;
  MeshCid *cid;

  if (version == 1)
    {
      n += mesh_varint_encode (1, header + n);
      n += mesh_varint_encode (codec, header + n);
    }
  hash_start = n;
  n += mesh_varint_encode (hash->code, header + n);
  n += mesh_varint_encode (hash->digest_len, header + n);

  cid = g_malloc (sizeof *cid + n + hash->digest_len);
  g_atomic_ref_count_init (&cid->ref_count);
  cid->version = (guint8) version;
  cid->n_bytes = (guint8) (n + hash->digest_len);
  cid->hash_start = (guint8) hash_start;
  cid->digest_start = (guint8) n;
  cid->codec = codec;
  cid->hash_code = hash->code;
  memcpy (cid->bytes, header, n);
  if (hash->digest_len > 0)
    memcpy (cid->bytes + n, hash->digest, hash->digest_len);
  return cid;
}

MeshCid *
mesh_cid_new_v1 (guint64 codec, guint64 hash_code, const guint8 *digest, gsize len)
{
  MeshMultihash hash = { hash_code, digest, len };

  g_return_val_if_fail (len <= MESH_MULTIHASH_MAX_DIGEST, NULL);
  g_return_val_if_fail (codec <= G_MAXINT64 && hash_code <= G_MAXINT64, NULL);
  g_return_val_if_fail (mesh_multihash_get_length (hash_code) == 0
                            || mesh_multihash_get_length (hash_code) == len,
                        NULL);

  return cid_new (1, codec, &hash);
}

MeshCid *
mesh_cid_new_v0 (const guint8 digest[32])
{
  MeshMultihash hash = { MESH_MULTIHASH_SHA2_256, digest, SHA2_256_BYTES };

  return cid_new (0, MESH_CODEC_DAG_PB, &hash);
}

MeshCid *
mesh_cid_new_for_data (guint64 codec,
                       guint64 hash_code,
                       const guint8 *data,
                       gsize len,
                       GError **error)
{
  guint8 digest[MESH_MULTIHASH_MAX_HASH];
  gsize n;

  if (hash_code == MESH_MULTIHASH_IDENTITY)
    {
      if (len <= MESH_MULTIHASH_MAX_DIGEST)
        return mesh_cid_new_v1 (codec, hash_code, data, len);
      g_set_error (error, MESH_ERROR, MESH_ERROR_LIMIT,
                   "An identity CID holds at most %d bytes, not %" G_GSIZE_FORMAT,
                   MESH_MULTIHASH_MAX_DIGEST, len);
      return NULL;
    }
  n = mesh_multihash_digest (hash_code, data, len, digest);
  if (n > 0)
    return mesh_cid_new_v1 (codec, hash_code, digest, n);
  g_set_error (error, MESH_ERROR, MESH_ERROR_UNSUPPORTED,
               "The hash 0x%" G_GINT64_MODIFIER "x is not known to this version",
               hash_code);
  return NULL;
}

MeshCid *
mesh_cid_read (const guint8 *data, gsize len, gsize *n_read, GError **error)
{
  MeshCursor cursor = mesh_cursor_init (data, len);
  MeshMultihash hash;
  guint64 version;
  guint64 codec = MESH_CODEC_DAG_PB;
  gsize n_hash;

  if (len >= V0_BYTES && data[0] == MESH_MULTIHASH_SHA2_256 && data[1] == SHA2_256_BYTES)
    version = 0;
  else if (!mesh_cursor_read_varint (&cursor, &version) || version != 1
           || !mesh_cursor_read_varint (&cursor, &codec))
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_INVALID, "These bytes are not a CID");
      return NULL;
    }
  if (!mesh_multihash_read (cursor.data, cursor.len, &hash, &n_hash, error))
    {
      g_prefix_error (error, "These bytes are not a CID: ");
      return NULL;
    }
  *n_read = len - cursor.len + n_hash;
  return cid_new ((guint) version, codec, &hash);
}

MeshCid *
mesh_cid_from_bytes (const guint8 *data, gsize len, GError **error)
{
  gsize n_read = 0;
  g_autoptr (MeshCid) cid = mesh_cid_read (data, len, &n_read, error);

  if (cid != NULL && n_read != len)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_INVALID,
                   "%" G_GSIZE_FORMAT " bytes follow a CID", len - n_read);
      return NULL;
    }
  return g_steal_pointer (&cid);
}

MeshCid *
mesh_cid_parse (const char *text, GError **error)
{
  gsize n_chars = strnlen (text, V0_CHARS + 1);
  gboolean is_v0 = n_chars == V0_CHARS && g_str_has_prefix (text, "Qm");
  g_autofree char *prefixed = is_v0 ? g_strconcat ("z", text, NULL) : NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (MeshCid) cid = NULL;
  const guint8 *data;
  gsize len;

  bytes = mesh_multibase_decode (is_v0 ? prefixed : text, NULL, error);
  if (bytes == NULL)
    {
      g_prefix_error (error, "“%.64s” is not a CID: ", text);
      return NULL;
    }
  data = g_bytes_get_data (bytes, &len);
  cid = mesh_cid_from_bytes (data, len, error);
  if (cid == NULL)
    {
      g_prefix_error (error, "“%.64s” is not a CID: ", text);
      return NULL;
    }
  if ((cid->version == 0) != is_v0)
    {
      g_set_error (
          error, MESH_ERROR, MESH_ERROR_INVALID,
          "“%.64s” is not a CID: version 0 is written without a multibase prefix", text);
      return NULL;
    }
  return g_steal_pointer (&cid);
}

MeshCid *
mesh_cid_ref (MeshCid *cid)
{
  g_atomic_ref_count_inc (&cid->ref_count);
  return cid;
}

void
mesh_cid_unref (MeshCid *cid)
{
  if (g_atomic_ref_count_dec (&cid->ref_count))
    g_free (cid);
}

guint
mesh_cid_get_version (const MeshCid *cid)
{
  return cid->version;
}

guint64
mesh_cid_get_codec (const MeshCid *cid)
{
  return cid->codec;
}

guint64
mesh_cid_get_hash_code (const MeshCid *cid)
{
  return cid->hash_code;
}

const guint8 *
mesh_cid_get_digest (const MeshCid *cid, gsize *len)
{
  *len = (gsize) (cid->n_bytes - cid->digest_start);
  return cid->bytes + cid->digest_start;
}

const guint8 *
mesh_cid_get_bytes (const MeshCid *cid, gsize *len)
{
  *len = cid->n_bytes;
  return cid->bytes;
}

const guint8 *
mesh_cid_get_multihash (const MeshCid *cid, gsize *len)
{
  *len = (gsize) (cid->n_bytes - cid->hash_start);
  return cid->bytes + cid->hash_start;
}

void
mesh_cid_get_prefix (const MeshCid *cid, GByteArray *prefix)
{
  g_byte_array_set_size (prefix, 0);
  mesh_varint_append (prefix, cid->version);
  mesh_varint_append (prefix, cid->codec);
  mesh_varint_append (prefix, cid->hash_code);
  mesh_varint_append (prefix, (guint64) (cid->n_bytes - cid->digest_start));
}

char *
mesh_cid_to_string (const MeshCid *cid, MeshBase base)
{
  g_autofree char *text = NULL;

  if (cid->version > 0)
    return mesh_multibase_encode (base, cid->bytes, cid->n_bytes);
  text = mesh_multibase_encode (MESH_BASE_58_BTC, cid->bytes, cid->n_bytes);
  return g_strdup (text + 1);
}

char *
mesh_cid_dup_text (const MeshCid *cid)
{
  return mesh_cid_to_string (cid, MESH_BASE_58_BTC);
}

MeshCid *
mesh_cid_to_v1 (MeshCid *cid)
{
  if (cid->version > 0)
    return mesh_cid_ref (cid);
  return mesh_cid_new_v1 (MESH_CODEC_DAG_PB, MESH_MULTIHASH_SHA2_256,
                          cid->bytes + cid->digest_start, SHA2_256_BYTES);
}

static guint
hash_bytes (const guint8 *data, gsize len)
{
  guint32 hash = 2166136261u;

  /* FNV-1a; the tail of a digest alone would do, but identity CIDs are chosen freely. */
  for (gsize i = 0; i < len; i++)
    hash = (hash ^ data[i]) * 16777619u;
  return hash;
}

guint
mesh_cid_hash (gconstpointer cid)
{
  const MeshCid *self = cid;

  return hash_bytes (self->bytes, self->n_bytes);
}

gboolean
mesh_cid_equal (gconstpointer a, gconstpointer b)
{
  return mesh_cid_compare (a, b) == 0;
}

int
mesh_cid_compare (gconstpointer a, gconstpointer b)
{
  const MeshCid *left = a;
  const MeshCid *right = b;
  int order = memcmp (left->bytes, right->bytes, MIN (left->n_bytes, right->n_bytes));

  return order != 0 ? order : (int) left->n_bytes - (int) right->n_bytes;
}

guint
mesh_cid_hash_multihash (gconstpointer cid)
{
  const MeshCid *self = cid;

  return hash_bytes (self->bytes + self->hash_start,
                     (gsize) (self->n_bytes - self->hash_start));
}

gboolean
mesh_cid_equal_multihash (gconstpointer a, gconstpointer b)
{
  const MeshCid *left = a;
  const MeshCid *right = b;
  gsize n = (gsize) (left->n_bytes - left->hash_start);

  return n == (gsize) (right->n_bytes - right->hash_start)
         && memcmp (left->bytes + left->hash_start, right->bytes + right->hash_start, n)
                == 0;
}

gboolean
mesh_cid_verify (const MeshCid *cid, const guint8 *data, gsize len, GError **error)
{
  guint8 computed[MESH_MULTIHASH_MAX_HASH];
  const guint8 *digest;
  const guint8 *wanted;
  gsize n_wanted;
  gsize n;

  wanted = mesh_cid_get_digest (cid, &n_wanted);
  if (cid->hash_code == MESH_MULTIHASH_IDENTITY)
    {
      digest = data;
      n = len;
    }
  else
    {
      digest = computed;
      n = mesh_multihash_digest (cid->hash_code, data, len, computed);
      if (n == 0)
        {
          g_set_error (error, MESH_ERROR, MESH_ERROR_UNSUPPORTED,
                       "The hash 0x%" G_GINT64_MODIFIER "x is not known to this version",
                       cid->hash_code);
          return FALSE;
        }
    }
  if (n != n_wanted || (n > 0 && memcmp (digest, wanted, n) != 0))
    {
      g_autofree char *text = mesh_cid_dup_text (cid);

      g_set_error (error, MESH_ERROR, MESH_ERROR_MISMATCH,
                   "The bytes are not those of %s", text);
      return FALSE;
    }
  return TRUE;
}

void
mesh_cid_verify_many (gsize n,
                      MeshCid *const *cids,
                      const guint8 *const *data,
                      const gsize *len,
                      gboolean *is_good)
{
  guint8 computed[MESH_MULTIHASH_MAX_MANY][MESH_MULTIHASH_MAX_HASH];
  gboolean is_alike = TRUE;
  gsize n_digest;

  g_return_if_fail (n <= MESH_MULTIHASH_MAX_MANY);

  for (gsize i = 1; i < n; i++)
    is_alike = is_alike && cids[i]->hash_code == cids[0]->hash_code;
  if (n < 2 || !is_alike || mesh_multihash_get_length (cids[0]->hash_code) == 0)
    {
      for (gsize i = 0; i < n; i++)
        is_good[i] = mesh_cid_verify (cids[i], data[i], len[i], NULL);
      return;
    }
  n_digest = mesh_multihash_digest_many (cids[0]->hash_code, n, data, len, computed);
  for (gsize i = 0; i < n; i++)
    is_good[i]
        = memcmp (computed[i], cids[i]->bytes + cids[i]->digest_start, n_digest) == 0;
}

GBytes *
mesh_cid_get_inline (const MeshCid *cid)
{
  if (cid->hash_code != MESH_MULTIHASH_IDENTITY)
    return NULL;
  return g_bytes_new (cid->bytes + cid->digest_start,
                      (gsize) (cid->n_bytes - cid->digest_start));
}
