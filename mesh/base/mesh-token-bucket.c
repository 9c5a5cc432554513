/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "base/mesh-token-bucket.h"

#define MAX_RATE (G_GUINT64_CONSTANT (1) << 40)

void
mesh_token_bucket_init (MeshTokenBucket *bucket,
                        guint64 rate_per_s,
                        guint64 burst,
                        gint64 now_us)
{
  g_assert (rate_per_s < MAX_RATE);

  *bucket = (MeshTokenBucket){ rate_per_s, burst, burst, 0, now_us };
}

static void
refill (MeshTokenBucket *bucket, gint64 now_us)
{
  guint64 elapsed_us, earned;

  g_assert (now_us >= bucket->updated_us);

  elapsed_us = (guint64) (now_us - bucket->updated_us);
  bucket->updated_us = now_us;
  if (elapsed_us > (bucket->burst / bucket->rate_per_s + 1) * G_USEC_PER_SEC)
    {
      bucket->tokens = bucket->burst;
      bucket->remainder = 0;
      return;
    }
  /* Whole seconds first: the product below stays under 2^40 * 10^6 < 2^60. */
  earned = elapsed_us / G_USEC_PER_SEC * bucket->rate_per_s;
  bucket->remainder += elapsed_us % G_USEC_PER_SEC * bucket->rate_per_s;
  earned += bucket->remainder / G_USEC_PER_SEC;
  bucket->remainder %= G_USEC_PER_SEC;
  bucket->tokens = MIN (bucket->burst, bucket->tokens + earned);
}

gboolean
mesh_token_bucket_take (MeshTokenBucket *bucket, guint64 n, gint64 now_us)
{
  if (bucket->rate_per_s == 0)
    return TRUE;
  refill (bucket, now_us);
  if (bucket->tokens < n)
    return FALSE;
  bucket->tokens -= n;
  return TRUE;
}

gint64
mesh_token_bucket_ready_us (MeshTokenBucket *bucket, guint64 n, gint64 now_us)
{
  guint64 missing, whole_s, rest;

  if (bucket->rate_per_s == 0)
    return now_us;
  refill (bucket, now_us);
  if (bucket->tokens >= n)
    return now_us;
  if (n > bucket->burst)
    return G_MAXINT64;
  missing = n - bucket->tokens;
  whole_s = missing / bucket->rate_per_s;
  rest = missing % bucket->rate_per_s * G_USEC_PER_SEC
         - MIN (bucket->remainder, missing % bucket->rate_per_s * G_USEC_PER_SEC);
  return now_us
         + (gint64) (whole_s * G_USEC_PER_SEC
                     + (rest + bucket->rate_per_s - 1) / bucket->rate_per_s);
}
