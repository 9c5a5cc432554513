/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "base/mesh-token-bucket.h"

#include "base/mesh-rng.h"

static void
test_rate (void)
{
  MeshTokenBucket bucket;

  mesh_token_bucket_init (&bucket, 1000, 500, 0);
  g_assert_true (mesh_token_bucket_take (&bucket, 500, 0));
  g_assert_false (mesh_token_bucket_take (&bucket, 1, 0));
  g_assert_cmpint (mesh_token_bucket_ready_us (&bucket, 1, 0), ==, 1000);
  g_assert_false (mesh_token_bucket_take (&bucket, 1, 999));
  g_assert_true (mesh_token_bucket_take (&bucket, 1, 1000));
  g_assert_cmpint (mesh_token_bucket_ready_us (&bucket, 501, 1000), ==, G_MAXINT64);
  /* A long pause fills it to the brim and no further. */
  g_assert_true (mesh_token_bucket_take (&bucket, 500, G_GINT64_CONSTANT (1) << 60));
  g_assert_false (mesh_token_bucket_take (&bucket, 1, G_GINT64_CONSTANT (1) << 60));
}

static void
test_unlimited (void)
{
  MeshTokenBucket bucket;

  mesh_token_bucket_init (&bucket, 0, 0, 0);
  g_assert_true (mesh_token_bucket_take (&bucket, G_MAXUINT64, 0));
  g_assert_cmpint (mesh_token_bucket_ready_us (&bucket, G_MAXUINT64, 5), ==, 5);
}

/* Whatever the pattern, no more than burst + rate * time is handed out, and what
 * ready_us promises is kept. */
static void
test_never_exceeds (void)
{
  for (guint64 seed = 0; seed < 2000; seed++)
    {
      MeshTokenBucket bucket;
      guint64 rate, burst, taken = 0;
      gint64 now_us = 0;
      MeshRng rng;

      mesh_rng_init (&rng, seed);
      rate = 1 + mesh_rng_below (&rng, 1000000);
      burst = 1 + mesh_rng_below (&rng, 100000);
      mesh_token_bucket_init (&bucket, rate, burst, 0);
      for (guint i = 0; i < 50; i++)
        {
          guint64 n = 1 + mesh_rng_below (&rng, burst);

          now_us += (gint64) mesh_rng_below (&rng, 200000);
          if (mesh_rng_below (&rng, 2) == 0)
            {
              now_us = mesh_token_bucket_ready_us (&bucket, n, now_us);
              g_assert_true (mesh_token_bucket_take (&bucket, n, now_us));
              taken += n;
            }
          else if (mesh_token_bucket_take (&bucket, n, now_us))
            taken += n;
          g_assert_cmpuint (taken, <=,
                            burst + (guint64) now_us * rate / G_USEC_PER_SEC + 1);
        }
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/token-bucket/rate", test_rate);
  g_test_add_func ("/base/token-bucket/unlimited", test_unlimited);
  g_test_add_func ("/base/token-bucket/never-exceeds", test_never_exceeds);
  return g_test_run ();
}
