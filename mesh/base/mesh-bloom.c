/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "base/mesh-bloom.h"

#include <string.h>

#include "base/mesh-error.h"

/* In fewer bits the hashes of two keys fall on the same ones too often. */
#define MIN_BYTES 32

struct MeshBloom
{
  guint8 *bits; /* (owned) */
  gsize len;
  guint n_hashes;
  guint64 salt;
};

/* ---- SipHash-2-4 (Aumasson and Bernstein, 2012) ---- */

static inline guint64
rotate (guint64 x, guint n)
{
  return (x << n) | (x >> (64 - n));
}

static inline void
sip_round (guint64 v[4])
{
  v[0] += v[1];
  v[1] = rotate (v[1], 13) ^ v[0];
  v[0] = rotate (v[0], 32);
  v[2] += v[3];
  v[3] = rotate (v[3], 16) ^ v[2];
  v[0] += v[3];
  v[3] = rotate (v[3], 21) ^ v[0];
  v[2] += v[1];
  v[1] = rotate (v[1], 17) ^ v[2];
  v[2] = rotate (v[2], 32);
}

static inline void
sip_word (guint64 v[4], guint64 word)
{
  v[3] ^= word;
  sip_round (v);
  sip_round (v);
  v[0] ^= word;
}

static guint64
sip_hash (guint64 key, const guint8 *data, gsize len)
{
  guint64 v[4] = { key ^ G_GUINT64_CONSTANT (0x736f6d6570736575),
                   G_GUINT64_CONSTANT (0x646f72616e646f6d),
                   key ^ G_GUINT64_CONSTANT (0x6c7967656e657261),
                   G_GUINT64_CONSTANT (0x7465646279746573) };
  guint64 last = (guint64) len << 56;
  gsize whole = len & ~(gsize) 7;

  for (gsize i = 0; i < whole; i += 8)
    {
      guint64 word;

      memcpy (&word, data + i, sizeof word);
      sip_word (v, GUINT64_FROM_LE (word));
    }
  for (gsize i = whole; i < len; i++)
    last |= (guint64) data[i] << (8 * (i - whole));
  sip_word (v, last);
  v[2] ^= 0xff;
  for (guint i = 0; i < 4; i++)
    sip_round (v);
  return v[0] ^ v[1] ^ v[2] ^ v[3];
}

/* ---- the filter ---- */

/* ln 2, ln (1/p) by halving: no libm, the same bits everywhere. */
static double
log2_of_inverse (double p)
{
  double bits = 0, step = 0.5, x = 1 / p;

  for (; x >= 2; x /= 2)
    bits += 1;
  for (guint i = 0; i < 16; i++, step /= 2)
    {
      x *= x;
      if (x >= 2)
        {
          bits += step;
          x /= 2;
        }
    }
  return bits;
}

MeshBloom *
mesh_bloom_new (gsize n_expected, double false_positives, gsize max_bytes, guint64 salt)
{
  MeshBloom *bloom;
  double bits_each, wanted, n = (double) MAX (n_expected, 1);

  g_return_val_if_fail (false_positives > 0 && false_positives < 1, NULL);
  g_return_val_if_fail (max_bytes >= 1 && max_bytes <= MESH_BLOOM_MAX_BYTES, NULL);

  /* n keys at a share p take n * log2 (1/p) / ln 2 bits. */
  wanted = n * log2_of_inverse (MAX (false_positives, 1e-6)) / 0.6931471805599453 / 8 + 1;
  wanted = MAX (wanted, MIN_BYTES);
  bloom = g_new0 (MeshBloom, 1);
  bloom->len = wanted < (double) max_bytes ? (gsize) wanted : max_bytes;
  bloom->bits = g_malloc0 (bloom->len);
  bits_each = (double) bloom->len * 8 / n;
  bloom->n_hashes
      = (guint) CLAMP (bits_each * 0.6931471805599453 + 0.5, 1, MESH_BLOOM_MAX_HASHES);
  bloom->salt = salt;
  return bloom;
}

MeshBloom *
mesh_bloom_from_bytes (const guint8 *data,
                       gsize len,
                       guint n_hashes,
                       guint64 salt,
                       GError **error)
{
  MeshBloom *bloom;

  if (len < 1 || len > MESH_BLOOM_MAX_BYTES || n_hashes < 1
      || n_hashes > MESH_BLOOM_MAX_HASHES)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_INVALID,
                   "A Bloom filter of %" G_GSIZE_FORMAT " bytes and %u hashes", len,
                   n_hashes);
      return NULL;
    }
  bloom = g_new0 (MeshBloom, 1);
  bloom->bits = g_memdup2 (data, len);
  bloom->len = len;
  bloom->n_hashes = n_hashes;
  bloom->salt = salt;
  return bloom;
}

void
mesh_bloom_free (MeshBloom *bloom)
{
  g_free (bloom->bits);
  g_free (bloom);
}

void
mesh_bloom_add (MeshBloom *bloom, const guint8 *key, gsize len)
{
  guint64 hash = sip_hash (bloom->salt, key, len);
  guint64 at = hash & G_MAXUINT32, step = (hash >> 32) | 1;

  for (guint i = 0; i < bloom->n_hashes; i++, at += step)
    {
      guint64 bit = at % ((guint64) bloom->len * 8);

      bloom->bits[bit / 8] |= (guint8) (1u << (bit % 8));
    }
}

gboolean
mesh_bloom_contains (const MeshBloom *bloom, const guint8 *key, gsize len)
{
  guint64 hash = sip_hash (bloom->salt, key, len);
  guint64 at = hash & G_MAXUINT32, step = (hash >> 32) | 1;

  for (guint i = 0; i < bloom->n_hashes; i++, at += step)
    {
      guint64 bit = at % ((guint64) bloom->len * 8);

      if ((bloom->bits[bit / 8] & (1u << (bit % 8))) == 0)
        return FALSE;
    }
  return TRUE;
}

const guint8 *
mesh_bloom_get_bytes (const MeshBloom *bloom, gsize *len)
{
  *len = bloom->len;
  return bloom->bits;
}

guint
mesh_bloom_get_n_hashes (const MeshBloom *bloom)
{
  return bloom->n_hashes;
}

guint64
mesh_bloom_get_salt (const MeshBloom *bloom)
{
  return bloom->salt;
}

gsize
mesh_bloom_get_n_set (const MeshBloom *bloom)
{
  gsize n = 0;

  for (gsize i = 0; i < bloom->len; i++)
    n += (gsize) __builtin_popcount (bloom->bits[i]);
  return n;
}

gboolean
mesh_bloom_equal (const MeshBloom *a, const MeshBloom *b)
{
  return a->len == b->len && a->n_hashes == b->n_hashes && a->salt == b->salt
         && memcmp (a->bits, b->bits, a->len) == 0;
}
