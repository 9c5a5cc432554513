/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "content/mesh-murmur3.h"

#define FACTOR_1 G_GUINT64_CONSTANT (0x87c37b91114253d5)
#define FACTOR_2 G_GUINT64_CONSTANT (0x4cf5ad432745937f)
#define ROUND_BYTES 16

static inline guint64
rotate (guint64 value, guint bits)
{
  return value << bits | value >> (64 - bits);
}

/* Up to 8 bytes, the first one lowest. */
static inline guint64
read_little (const guint8 *data, gsize len)
{
  guint64 value = 0;

  for (gsize i = 0; i < len; i++)
    value |= (guint64) data[i] << (8 * i);
  return value;
}

static inline guint64
mix_1 (guint64 k)
{
  return rotate (k * FACTOR_1, 31) * FACTOR_2;
}

static inline guint64
mix_2 (guint64 k)
{
  return rotate (k * FACTOR_2, 33) * FACTOR_1;
}

/* Every bit of the input touches every bit of the output. */
static inline guint64
finish (guint64 k)
{
  k ^= k >> 33;
  k *= G_GUINT64_CONSTANT (0xff51afd7ed558ccd);
  k ^= k >> 33;
  k *= G_GUINT64_CONSTANT (0xc4ceb9fe1a85ec53);
  return k ^ k >> 33;
}

guint64
mesh_murmur3_hash64 (const guint8 *data, gsize len)
{
  gsize left = len;
  guint64 h1 = 0;
  guint64 h2 = 0;

  for (; left >= ROUND_BYTES; left -= ROUND_BYTES, data += ROUND_BYTES)
    {
      h1 ^= mix_1 (read_little (data, 8));
      h1 = (rotate (h1, 27) + h2) * 5 + 0x52dce729;
      h2 ^= mix_2 (read_little (data + 8, 8));
      h2 = (rotate (h2, 31) + h1) * 5 + 0x38495ab5;
    }
  if (left > 8)
    h2 ^= mix_2 (read_little (data + 8, left - 8));
  h1 ^= mix_1 (read_little (data, MIN (left, 8)));

  h1 ^= len;
  h2 ^= len;
  h1 += h2;
  h2 += h1;
  return finish (h1) + finish (h2);
}
