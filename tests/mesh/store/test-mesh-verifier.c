/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "store/mesh-verifier.h"

#include "base/mesh-error.h"
#include "mesh/store/store-fixture.h"

/* Good and bad blocks of two hashes, all waiting at once: each gets its own answer. */
static void
test_many (void)
{
  enum
  {
    N = 100
  };
  g_autoptr (MeshWorkPool) pool = mesh_work_pool_new (1);
  g_autoptr (MeshVerifier) verifier = mesh_verifier_new (pool);
  GAsyncResult *slots[N] = { NULL };

  for (guint i = 0; i < N; i++)
    {
      g_autoptr (GBytes) bytes = fixture_bytes (i, 1000 + i);
      g_autoptr (GBytes) other = fixture_bytes (i + 1, 1000 + i);
      guint64 code = i % 7 == 0 ? MESH_MULTIHASH_SHA2_256 : MESH_MULTIHASH_SHA3_256;
      g_autoptr (MeshCid) cid = mesh_cid_new_for_data (
          MESH_CODEC_RAW, code, g_bytes_get_data (bytes, NULL), 1000 + i, NULL);

      mesh_verifier_verify_async (verifier, cid, i % 5 == 0 ? other : bytes, NULL,
                                  fixture_result_cb, &slots[i]);
    }
  for (guint i = 0; i < N; i++)
    {
      g_autoptr (GAsyncResult) result = fixture_wait (&slots[i]);
      g_autoptr (GError) error = NULL;

      g_assert_cmpint (mesh_verifier_verify_finish (verifier, result, &error), ==,
                       i % 5 != 0);
      if (i % 5 == 0)
        g_assert_error (error, MESH_ERROR, MESH_ERROR_MISMATCH);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/verifier/many", test_many);
  return g_test_run ();
}
