/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "base/mesh-rng.h"

static guint64
rotate_left (guint64 value, guint bits)
{
  return value << bits | value >> (64 - bits);
}

void
mesh_rng_init (MeshRng *rng, guint64 seed)
{
  /* splitmix64 spreads the seed, as the authors of xoshiro advise. */
  for (guint i = 0; i < 4; i++)
    {
      guint64 z = seed += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);

      z = (z ^ z >> 30) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
      z = (z ^ z >> 27) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
      rng->state[i] = z ^ z >> 31;
    }
}

guint64
mesh_rng_next (MeshRng *rng)
{
  guint64 *s = rng->state;
  guint64 result = rotate_left (s[1] * 5, 7) * 9;
  guint64 t = s[1] << 17;

  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= t;
  s[3] = rotate_left (s[3], 45);
  return result;
}

guint64
mesh_rng_below (MeshRng *rng, guint64 bound)
{
  guint64 threshold, value;

  g_assert (bound > 0);

  threshold = (0 - bound) % bound;
  do
    value = mesh_rng_next (rng);
  while (value < threshold);
  return value % bound;
}

void
mesh_rng_fill (MeshRng *rng, guint8 *out, gsize len)
{
  while (len > 0)
    {
      guint64 word = mesh_rng_next (rng);

      for (guint i = 0; i < 8 && len > 0; i++, len--)
        *out++ = (guint8) (word >> (8 * i));
    }
}
