/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "bitswap/mesh-bitswap-hasher.h"

#include "store-fixture.h"

typedef struct
{
  guint n_done;
  guint n_bad;
  guint n_freed;
} Counts;

typedef struct
{
  Counts *counts;
  MeshCid *expected; /* (owned) (nullable): cannot be named */
} Job;

static void
done_cb (MeshCid *cid, GBytes *data, gpointer user_data)
{
  Job *job = user_data;

  g_assert_nonnull (data);
  job->counts->n_done++;
  if (job->expected == NULL)
    {
      g_assert_null (cid);
      job->counts->n_bad++;
      return;
    }
  g_assert_true (mesh_cid_equal (cid, job->expected));
}

static void
job_free (gpointer data)
{
  Job *job = data;

  job->counts->n_freed++;
  g_clear_pointer (&job->expected, mesh_cid_unref);
  g_free (job);
}

static void
add_sized (MeshBitswapHasher *hasher,
           Counts *counts,
           guint32 seed,
           gsize size,
           guint64 hash_code)
{
  g_autoptr (GBytes) bytes = fixture_bytes (seed, size);
  MeshBitswapBlock block = { { 1, MESH_CODEC_RAW, hash_code, 32 }, bytes };
  Job *job = g_new0 (Job, 1);

  job->counts = counts;
  if (hash_code == MESH_MULTIHASH_SHA3_512)
    block.prefix.digest_len = 32; /* cut short */
  else if (mesh_multihash_is_known (hash_code))
    job->expected = mesh_cid_new_for_data (MESH_CODEC_RAW, hash_code,
                                           g_bytes_get_data (bytes, NULL),
                                           g_bytes_get_size (bytes), NULL);
  mesh_bitswap_hasher_add (hasher, &block, done_cb, job, job_free);
}

static void
add (MeshBitswapHasher *hasher, Counts *counts, guint32 seed, guint64 hash_code)
{
  add_sized (hasher, counts, seed, seed * 977 % 70000, hash_code);
}

static void
test_mixed (void)
{
  g_autoptr (MeshWorkPool) pool = mesh_work_pool_new (2);
  g_autoptr (MeshBitswapHasher) hasher = mesh_bitswap_hasher_new (pool);
  guint deadline = g_timeout_add_seconds (FIXTURE_DEADLINE_S, fixture_late_cb, NULL);
  Counts counts = { 0 };

  for (guint32 i = 0; i < 100; i++)
    add (hasher, &counts, i,
         i % 3 == 0 ? MESH_MULTIHASH_SHA2_256 : MESH_MULTIHASH_SHA3_256);
  add (hasher, &counts, 1, MESH_MULTIHASH_SHA3_512);
  add (hasher, &counts, 1, 0xb220); /* blake2b */
  while (counts.n_freed < 102)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (deadline);
  g_assert_cmpuint (counts.n_done, ==, 102);
  g_assert_cmpuint (counts.n_bad, ==, 2);
}

/* Large blocks go together, and the last one does not wait for ever. */
static void
test_large (void)
{
  g_autoptr (MeshWorkPool) pool = mesh_work_pool_new (4);
  g_autoptr (MeshBitswapHasher) hasher = mesh_bitswap_hasher_new (pool);
  guint deadline = g_timeout_add_seconds (60, fixture_late_cb, NULL);
  Counts counts = { 0 };

  for (guint32 i = 0; i < 2 * MESH_MULTIHASH_MAX_MANY + 1; i++)
    {
      g_assert_cmpuint (mesh_bitswap_hasher_get_n_jobs (hasher), ==,
                        i / MESH_MULTIHASH_MAX_MANY);
      add_sized (hasher, &counts, i, MESH_BITSWAP_HASHER_LARGE_BYTES + i,
                 MESH_MULTIHASH_SHA3_256);
    }
  while (counts.n_freed < 2 * MESH_MULTIHASH_MAX_MANY + 1)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (mesh_bitswap_hasher_get_n_jobs (hasher), ==, 3);
  add_sized (hasher, &counts, 1, MESH_BITSWAP_HASHER_LARGE_BYTES - 1,
             MESH_MULTIHASH_SHA3_256);
  g_assert_cmpuint (mesh_bitswap_hasher_get_n_jobs (hasher), ==, 4);
  while (counts.n_freed < 2 * MESH_MULTIHASH_MAX_MANY + 2)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (deadline);
}

/* What was added is done, whoever lets go of the hasher. */
static void
test_dropped (void)
{
  g_autoptr (MeshWorkPool) pool = mesh_work_pool_new (2);
  MeshBitswapHasher *hasher = mesh_bitswap_hasher_new (pool);
  guint deadline = g_timeout_add_seconds (FIXTURE_DEADLINE_S, fixture_late_cb, NULL);
  Counts counts = { 0 };

  for (guint32 i = 0; i < 20; i++)
    add (hasher, &counts, i, MESH_MULTIHASH_SHA3_256);
  add_sized (hasher, &counts, 20, MESH_BITSWAP_HASHER_LARGE_BYTES,
             MESH_MULTIHASH_SHA3_256);
  mesh_bitswap_hasher_unref (hasher);
  while (counts.n_freed < 21)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (deadline);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bitswap/hasher/mixed", test_mixed);
  g_test_add_func ("/bitswap/hasher/large", test_large);
  g_test_add_func ("/bitswap/hasher/dropped", test_dropped);
  return g_test_run ();
}
