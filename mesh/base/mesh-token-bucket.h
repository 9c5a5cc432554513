/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

/* A token bucket: a caller-owned value. Tokens are bytes, or whatever is being limited.
 */
typedef struct
{
  guint64 rate_per_s; /* tokens added each second; 0: no limit */
  guint64 burst;      /* most tokens held */
  guint64 tokens;
  guint64 remainder; /* token-microseconds not yet worth a token */
  gint64 updated_us;
} MeshTokenBucket;

/**
 * mesh_token_bucket_init:
 * @rate_per_s: tokens a second, below 2^40; 0 means unlimited
 * @burst: the most that can be taken at once after a pause
 * @now_us: the present
 *
 * The bucket starts full.
 */
void mesh_token_bucket_init (MeshTokenBucket *bucket,
                             guint64 rate_per_s,
                             guint64 burst,
                             gint64 now_us);

/**
 * mesh_token_bucket_take:
 *
 * Returns: %TRUE when all @n tokens were there and were taken
 */
gboolean mesh_token_bucket_take (MeshTokenBucket *bucket,
                                 guint64 n,
                                 gint64 now_us) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_token_bucket_ready_us:
 *
 * Returns: when @n tokens will be there: @now_us if they are, %G_MAXINT64 if they never
 *   will be because @n exceeds the burst
 */
gint64 mesh_token_bucket_ready_us (MeshTokenBucket *bucket, guint64 n, gint64 now_us);
