/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include <string.h>
#include <unistd.h>

#include "base/mesh-error.h"
#include "content/mesh-dag-pb.h"
#include "content/mesh-unixfs.h"
#include "mesh/store/store-fixture.h"

static void
test_put_get (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GBytes) bytes = fixture_bytes (1, 300000);
  g_autoptr (MeshCid) cid = fixture_cid (MESH_CODEC_RAW, bytes);
  g_autoptr (MeshCid) other = fixture_cid (MESH_CODEC_DAG_PB, bytes);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) got = NULL;
  MeshStoreStats stats;
  gsize size;

  g_assert_false (mesh_store_has (fixture->store, cid));
  g_assert_null (fixture_get (fixture->store, cid, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_NOT_FOUND);
  g_clear_error (&error);

  g_assert_true (fixture_put (fixture->store, cid, bytes, &error));
  g_assert_true (mesh_store_has (fixture->store, cid));
  g_assert_true (mesh_store_has (fixture->store, other));
  g_assert_true (mesh_store_get_block_size (fixture->store, cid, &size));
  g_assert_cmpuint (size, ==, 300000);
  got = fixture_get (fixture->store, other, &error);
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (got, bytes));

  /* Again: nothing is counted twice. */
  g_assert_true (fixture_put (fixture->store, cid, bytes, &error));
  mesh_store_get_stats (fixture->store, &stats);
  g_assert_cmpuint (stats.n_blocks, ==, 1);
  g_assert_cmpuint (stats.stored_bytes, ==, 300000);
  g_assert_cmpuint (stats.reserved_bytes, ==, 0);
}

static void
test_put_wrong_bytes (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GBytes) bytes = fixture_bytes (1, 1000);
  g_autoptr (GBytes) wrong = fixture_bytes (2, 1000);
  g_autoptr (MeshCid) cid = fixture_cid (MESH_CODEC_RAW, bytes);
  g_autoptr (GError) error = NULL;
  MeshStoreStats stats;

  g_assert_false (fixture_put (fixture->store, cid, wrong, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_MISMATCH);
  g_assert_false (mesh_store_has (fixture->store, cid));
  mesh_store_get_stats (fixture->store, &stats);
  g_assert_cmpuint (stats.reserved_bytes, ==, 0);
}

static void
test_persists (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (MeshCid) cid = fixture_put_new (fixture->store, 5, 70000);
  g_autoptr (GBytes) expected = fixture_bytes (5, 70000);
  g_autoptr (GBytes) got = NULL;
  MeshStoreStats stats;

  fixture_reopen (fixture, 0);
  got = fixture_get (fixture->store, cid, NULL);
  g_assert_true (g_bytes_equal (got, expected));
  mesh_store_get_stats (fixture->store, &stats);
  g_assert_cmpuint (stats.n_blocks, ==, 1);
  g_assert_cmpuint (stats.stored_bytes, ==, 70000);
}

/* A damaged file is never returned, is dropped, and can be put again. */
static void
test_damage (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (MeshCid) cid = fixture_put_new (fixture->store, 7, 5000);
  g_autofree char *path = fixture_find_block (fixture, cid);
  g_autofree char *contents = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) got = NULL;
  MeshStoreStats stats;
  gsize len;

  g_assert_true (g_file_get_contents (path, &contents, &len, NULL));
  contents[2500] ^= 1;
  g_assert_true (g_file_set_contents (path, contents, (gssize) len, NULL));
  g_assert_null (fixture_get (fixture->store, cid, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_NOT_FOUND);
  fixture_reopen (fixture, 0);
  g_assert_false (mesh_store_has (fixture->store, cid));
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  mesh_store_get_stats (fixture->store, &stats);
  g_assert_cmpuint (stats.stored_bytes, ==, 0);

  mesh_cid_unref (g_steal_pointer (&cid));
  cid = fixture_put_new (fixture->store, 7, 5000);
  got = fixture_get (fixture->store, cid, NULL);
  g_assert_nonnull (got);
}

/* What a power cut leaves: an empty file under a good name. */
static void
test_torn_file (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (MeshCid) cid = fixture_put_new (fixture->store, 8, 5000);
  g_autofree char *path = fixture_find_block (fixture, cid);
  g_autoptr (GError) error = NULL;

  fixture_close (fixture);
  g_assert_cmpint (truncate (path, 0), ==, 0);
  fixture_reopen (fixture, 0);
  g_assert_null (fixture_get (fixture->store, cid, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_NOT_FOUND);
}

static gboolean
add_reference (Fixture *fixture,
               MeshCid *cid,
               const char *path,
               guint64 offset,
               gsize size,
               int kind)
{
  FIXTURE_RUN (result, mesh_store_add_reference_async, fixture->store, cid, path, offset,
               size, (MeshReferenceKind) kind, NULL);

  return mesh_store_add_reference_finish (fixture->store, result, NULL);
}

static GBytes *
leaf_block (const guint8 *data, gsize size)
{
  return mesh_unixfs_new_file_block (data, size, NULL);
}

static void
test_references (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *path = g_build_filename (fixture->dir, "app", NULL);
  g_autoptr (GBytes) file = fixture_bytes (9, 10000);
  const guint8 *data = g_bytes_get_data (file, NULL);
  g_autoptr (GBytes) raw = g_bytes_new_from_bytes (file, 1000, 4000);
  g_autoptr (GBytes) leaf = leaf_block (data + 5000, 5000);
  g_autoptr (MeshCid) raw_cid = fixture_cid (MESH_CODEC_RAW, raw);
  g_autoptr (MeshCid) leaf_cid = fixture_cid (MESH_CODEC_DAG_PB, leaf);
  g_autoptr (GBytes) got_raw = NULL;
  g_autoptr (GBytes) got_leaf = NULL;
  g_autoptr (GError) error = NULL;
  MeshStoreStats stats;

  g_assert_true (g_file_set_contents (path, (const char *) data, 10000, NULL));
  g_assert_true (add_reference (fixture, raw_cid, path, 1000, 4000, MESH_REFERENCE_RAW));
  g_assert_true (
      add_reference (fixture, leaf_cid, path, 5000, 5000, MESH_REFERENCE_UNIXFS_LEAF));
  mesh_store_get_stats (fixture->store, &stats);
  g_assert_cmpuint (stats.n_references, ==, 2);
  g_assert_cmpuint (stats.stored_bytes, ==, 0);
  g_assert_cmpuint (stats.referenced_bytes, ==, 4000 + g_bytes_get_size (leaf));
  got_raw = fixture_get (fixture->store, raw_cid, &error);
  g_assert_true (g_bytes_equal (got_raw, raw));
  got_leaf = fixture_get (fixture->store, leaf_cid, &error);
  g_assert_true (g_bytes_equal (got_leaf, leaf));

  /* The file changes in the raw part only. */
  {
    g_autofree guint8 *changed = g_memdup2 (data, 10000);

    changed[1500] ^= 0x40;
    g_assert_true (g_file_set_contents (path, (const char *) changed, 10000, NULL));
  }
  g_assert_null (fixture_get (fixture->store, raw_cid, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_NOT_FOUND);
  g_bytes_unref (g_steal_pointer (&got_leaf));
  got_leaf = fixture_get (fixture->store, leaf_cid, NULL);
  g_assert_true (g_bytes_equal (got_leaf, leaf));
  fixture_reopen (fixture, 0);
  g_assert_false (mesh_store_has (fixture->store, raw_cid));
  g_assert_true (mesh_store_has (fixture->store, leaf_cid));
  mesh_store_get_stats (fixture->store, &stats);
  g_assert_cmpuint (stats.n_references, ==, 1);
}

static void
test_reference_paths (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *staged = g_build_filename (fixture->dir, "staged", NULL);
  g_autofree char *sibling = g_build_filename (fixture->dir, "staged2", NULL);
  g_autofree char *live = g_build_filename (fixture->dir, "live", NULL);
  g_autofree char *path = g_build_filename (staged, "file", NULL);
  g_autoptr (GBytes) a = fixture_bytes (10, 100);
  g_autoptr (GBytes) b = fixture_bytes (11, 100);
  g_autoptr (MeshCid) cid_a = fixture_cid (MESH_CODEC_RAW, a);
  g_autoptr (MeshCid) cid_b = fixture_cid (MESH_CODEC_RAW, b);
  g_autoptr (GBytes) got = NULL;

  g_assert_cmpint (g_mkdir (staged, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, g_bytes_get_data (a, NULL), 100, NULL));
  g_assert_true (g_file_set_contents (sibling, g_bytes_get_data (b, NULL), 100, NULL));
  g_assert_true (add_reference (fixture, cid_a, path, 0, 100, MESH_REFERENCE_RAW));
  g_assert_true (add_reference (fixture, cid_b, sibling, 0, 100, MESH_REFERENCE_RAW));
  g_assert_cmpint (g_rename (staged, live), ==, 0);
  {
    FIXTURE_RUN (result, mesh_store_rename_references_async, fixture->store, staged, live,
                 NULL);
    g_assert_true (mesh_store_rename_references_finish (fixture->store, result, NULL));
  }
  got = fixture_get (fixture->store, cid_a, NULL);
  g_assert_nonnull (got);
  {
    FIXTURE_RUN (result, mesh_store_remove_references_async, fixture->store, live, NULL);
    g_assert_true (mesh_store_remove_references_finish (fixture->store, result, NULL));
  }
  g_assert_false (mesh_store_has (fixture->store, cid_a));
  g_assert_true (mesh_store_has (fixture->store, cid_b));
}

/* root → two leaves */
static MeshCid *
put_tree (MeshStore *store, guint32 seed, MeshCid **leaf)
{
  g_auto (MeshDagPbNode) node = { 0 };
  g_autoptr (MeshCid) one = fixture_put_new (store, seed, 1000);
  g_autoptr (MeshCid) two = fixture_put_new (store, seed + 1, 1000);
  g_autoptr (GBytes) block = NULL;
  MeshCid *root;

  mesh_dag_pb_node_init (&node);
  mesh_dag_pb_node_add_link (&node, one, "one", 1000);
  mesh_dag_pb_node_add_link (&node, two, "two", 1000);
  block = mesh_unixfs_new_directory_block (&node, NULL, NULL);
  root = fixture_cid (MESH_CODEC_DAG_PB, block);
  g_assert_true (fixture_put (store, root, block, NULL));
  if (leaf != NULL)
    *leaf = g_steal_pointer (&one);
  return root;
}

static void
test_pins_and_gc (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (MeshCid) leaf = NULL;
  g_autoptr (MeshCid) root = put_tree (fixture->store, 20, &leaf);
  g_autoptr (MeshCid) loose = fixture_put_new (fixture->store, 30, 5000);
  g_autoptr (GPtrArray) pins = NULL;
  MeshStoreStats stats;

  g_assert_true (fixture_pin (fixture->store, "app", root, NULL));
  g_assert_true (fixture_pin (fixture->store, "app", root, NULL));
  g_assert_true (mesh_store_is_pinned (fixture->store, leaf));
  g_assert_false (mesh_store_is_pinned (fixture->store, loose));
  g_assert_cmpuint (fixture_gc (fixture->store), ==, 5000);
  g_assert_false (mesh_store_has (fixture->store, loose));
  g_assert_true (mesh_store_has (fixture->store, leaf));
  mesh_store_get_stats (fixture->store, &stats);
  g_assert_cmpuint (stats.pinned_bytes, ==, stats.stored_bytes);

  fixture_reopen (fixture, 0);
  pins = mesh_store_dup_pins (fixture->store);
  g_assert_cmpuint (pins->len, ==, 1);
  g_assert_cmpuint (((MeshStorePin *) g_ptr_array_index (pins, 0))->count, ==, 2);
  for (int i = 0; i < 2; i++)
    {
      FIXTURE_RUN (result, mesh_store_unpin_async, fixture->store, "app", root, NULL);
      g_assert_true (mesh_store_unpin_finish (fixture->store, result, NULL));
      g_assert_cmpint (mesh_store_is_pinned (fixture->store, leaf), ==, i == 0);
    }
  {
    g_autoptr (GError) error = NULL;
    FIXTURE_RUN (result, mesh_store_unpin_async, fixture->store, "app", root, NULL);

    g_assert_false (mesh_store_unpin_finish (fixture->store, result, &error));
    g_assert_error (error, MESH_ERROR, MESH_ERROR_NOT_FOUND);
  }
  fixture_gc (fixture->store);
  g_assert_false (mesh_store_has (fixture->store, root));
  mesh_store_get_stats (fixture->store, &stats);
  g_assert_cmpuint (stats.n_blocks, ==, 0);
  g_assert_cmpuint (stats.stored_bytes, ==, 0);
  g_assert_cmpuint (stats.pinned_bytes, ==, 0);
}

static void
test_pin_needs_all (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (MeshCid) leaf = NULL;
  g_autoptr (MeshCid) root = put_tree (fixture->store, 40, &leaf);
  g_autoptr (GError) error = NULL;

  {
    FIXTURE_RUN (result, mesh_store_delete_async, fixture->store, leaf, NULL);
    g_assert_true (mesh_store_delete_finish (fixture->store, result, NULL));
  }
  g_assert_false (fixture_pin (fixture->store, "app", root, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_NOT_FOUND);
  g_assert_false (mesh_store_is_pinned (fixture->store, root));
}

static void
test_shares (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (MeshCid) leaf = NULL;
  g_autoptr (MeshCid) root = put_tree (fixture->store, 50, &leaf);
  g_autoptr (MeshCid) loose = fixture_put_new (fixture->store, 60, 10);
  g_autoptr (GPtrArray) roots = NULL;

  g_assert_false (mesh_store_is_shared (fixture->store, leaf));
  {
    FIXTURE_RUN (result, mesh_store_set_shared_async, fixture->store, root, TRUE, NULL);
    g_assert_true (mesh_store_set_shared_finish (fixture->store, result, NULL));
  }
  g_assert_true (mesh_store_is_shared (fixture->store, root));
  g_assert_true (mesh_store_is_shared (fixture->store, leaf));
  g_assert_false (mesh_store_is_shared (fixture->store, loose));
  mesh_store_share_block (fixture->store, root, loose);
  {
    FIXTURE_RUN (result, mesh_store_sync_async, fixture->store, NULL);
    g_assert_true (mesh_store_sync_finish (fixture->store, result, NULL));
  }
  g_assert_true (mesh_store_is_shared (fixture->store, loose));
  roots = mesh_store_dup_shared_roots (fixture->store);
  g_assert_cmpuint (roots->len, ==, 1);
  {
    FIXTURE_RUN (result, mesh_store_set_shared_async, fixture->store, root, FALSE, NULL);
    g_assert_true (mesh_store_set_shared_finish (fixture->store, result, NULL));
  }
  g_assert_false (mesh_store_is_shared (fixture->store, root));
  g_assert_false (mesh_store_is_shared (fixture->store, loose));
}

static void
test_limit_evicts_oldest (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (MeshCid) first = NULL;
  g_autoptr (MeshCid) second = NULL;
  g_autoptr (MeshCid) third = NULL;
  g_autoptr (MeshCid) fourth = NULL;
  g_autoptr (GBytes) got = NULL;
  MeshStoreStats stats;

  fixture_reopen (fixture, 3500);
  first = fixture_put_new (fixture->store, 1, 1000);
  second = fixture_put_new (fixture->store, 2, 1000);
  third = fixture_put_new (fixture->store, 3, 1000);
  got = fixture_get (fixture->store, first, NULL);
  fourth = fixture_put_new (fixture->store, 4, 1000);
  g_assert_true (mesh_store_has (fixture->store, first));
  g_assert_false (mesh_store_has (fixture->store, second));
  g_assert_true (mesh_store_has (fixture->store, fourth));
  mesh_store_get_stats (fixture->store, &stats);
  g_assert_cmpuint (stats.stored_bytes, <=, 3500);
  g_assert_cmpuint (stats.n_evicted, >=, 1);
}

static void
test_limit_refuses (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (MeshCid) held = NULL;
  g_autoptr (GBytes) bytes = fixture_bytes (2, 1000);
  g_autoptr (MeshCid) cid = fixture_cid (MESH_CODEC_RAW, bytes);
  g_autoptr (GError) error = NULL;
  MeshStoreStats stats;

  fixture_reopen (fixture, 1500);
  held = fixture_put_new (fixture->store, 1, 1000);
  g_assert_true (fixture_pin (fixture->store, "app", held, NULL));
  g_assert_false (fixture_put (fixture->store, cid, bytes, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_NO_SPACE);
  mesh_store_get_stats (fixture->store, &stats);
  g_assert_cmpuint (stats.stored_bytes, ==, 1000);
  g_assert_cmpuint (stats.reserved_bytes, ==, 0);
  g_assert_true (mesh_store_has (fixture->store, held));
}

static void
test_lease (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (MeshCid) before = fixture_put_new (fixture->store, 1, 100);
  g_autoptr (MeshCid) used = fixture_put_new (fixture->store, 2, 100);
  MeshStoreLease *lease = mesh_store_lease_new (fixture->store);
  g_autoptr (GBytes) got = fixture_get (fixture->store, used, NULL);
  g_autoptr (MeshCid) after = fixture_put_new (fixture->store, 3, 100);

  g_assert_cmpuint (fixture_gc (fixture->store), ==, 100);
  g_assert_false (mesh_store_has (fixture->store, before));
  g_assert_true (mesh_store_has (fixture->store, used));
  g_assert_true (mesh_store_has (fixture->store, after));
  mesh_store_lease_free (lease);
  g_assert_cmpuint (fixture_gc (fixture->store), ==, 200);
}

/* Reads that have begun are answered with bytes, whatever the collector does meanwhile.
 */
static void
test_gc_spares_readers (Fixture *fixture, gconstpointer unused)
{
  enum
  {
    N = 64
  };
  MeshCid *cids[N];
  GAsyncResult *slots[N] = { NULL };

  for (guint i = 0; i < N; i++)
    cids[i] = fixture_put_new (fixture->store, 1000 + i, 50000);
  for (guint i = 0; i < N; i++)
    mesh_store_get_async (fixture->store, cids[i], NULL, fixture_result_cb, &slots[i]);
  fixture_gc (fixture->store);
  for (guint i = 0; i < N; i++)
    {
      g_autoptr (GAsyncResult) result = fixture_wait (&slots[i]);
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) got = mesh_store_get_finish (fixture->store, result, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (g_bytes_get_size (got), ==, 50000);
      mesh_cid_unref (cids[i]);
    }
}

/* Many puts at once, some of them the same block. */
static void
test_many_puts (Fixture *fixture, gconstpointer unused)
{
  enum
  {
    N = 200
  };
  GAsyncResult *slots[N] = { NULL };
  MeshStoreStats stats;

  for (guint i = 0; i < N; i++)
    {
      g_autoptr (GBytes) bytes = fixture_bytes (i / 2, 2000);
      g_autoptr (MeshCid) cid = fixture_cid (MESH_CODEC_RAW, bytes);

      mesh_store_put_async (fixture->store, cid, bytes, MESH_STORE_PUT_VERIFIED, NULL,
                            fixture_result_cb, &slots[i]);
    }
  for (guint i = 0; i < N; i++)
    {
      g_autoptr (GAsyncResult) result = fixture_wait (&slots[i]);

      g_assert_true (mesh_store_put_finish (fixture->store, result, NULL));
    }
  mesh_store_get_stats (fixture->store, &stats);
  g_assert_cmpuint (stats.n_blocks, ==, N / 2);
  g_assert_cmpuint (stats.stored_bytes, ==, N / 2 * 2000);
}

static void
test_second_process_refused (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (fixture_open (fixture->blocks, 0, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_BUSY);
}

static void
test_rebuild (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (MeshCid) cid = fixture_put_new (fixture->store, 3, 4000);
  g_autofree char *index = g_build_filename (fixture->blocks, "index.db", NULL);
  g_autoptr (GBytes) got = NULL;

  fixture_close (fixture);
  g_assert_true (g_file_set_contents (index, "this is not a database, is it?", -1, NULL));
  g_test_expect_message (NULL, G_LOG_LEVEL_WARNING, "*made anew*");
  fixture_reopen (fixture, 0);
  g_test_assert_expected_messages ();
  got = fixture_get (fixture->store, cid, NULL);
  g_assert_nonnull (got);
}

static void
test_orphans_are_swept (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (MeshCid) cid = fixture_put_new (fixture->store, 3, 4000);
  g_autofree char *path = fixture_find_block (fixture, cid);
  g_autofree char *contents = NULL;
  gsize len;

  g_assert_true (g_file_get_contents (path, &contents, &len, NULL));
  fixture_gc (fixture->store);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_set_contents (path, contents, (gssize) len, NULL));
  fixture_gc (fixture->store);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

static void
test_closed (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (MeshStore) store = g_object_ref (fixture->store);
  g_autoptr (GBytes) bytes = fixture_bytes (1, 10);
  g_autoptr (MeshCid) cid = fixture_cid (MESH_CODEC_RAW, bytes);
  g_autoptr (GError) error = NULL;

  {
    FIXTURE_RUN (result, mesh_store_close_async, store, NULL);
    g_assert_true (mesh_store_close_finish (store, result, NULL));
  }
  g_assert_false (fixture_put (store, cid, bytes, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_CLOSED);
  g_assert_false (mesh_store_has (store, cid));
  g_clear_object (&fixture->store);
}

/* What was put when it was said to be there is there for the next process, without any
 * orderly end: the folder is copied while the store is open. */
static void
test_survives_kill (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *copy = g_build_filename (fixture->dir, "copy", NULL);
  g_autofree char *command = g_strdup_printf ("cp -r '%s' '%s'", fixture->blocks, copy);
  g_autoptr (MeshCid) cid = fixture_put_new (fixture->store, 77, 9000);
  g_autoptr (MeshStore) second = NULL;
  g_autoptr (GBytes) got = NULL;

  g_assert_true (g_spawn_command_line_sync (command, NULL, NULL, NULL, NULL));
  second = fixture_open (copy, 0, NULL);
  g_assert_nonnull (second);
  got = fixture_get (second, cid, NULL);
  g_assert_nonnull (got);
}

static void
add (const char *path, void (*func) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, fixture_set_up, func, fixture_tear_down);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  add ("/store/store/put-get", test_put_get);
  add ("/store/store/put-wrong-bytes", test_put_wrong_bytes);
  add ("/store/store/persists", test_persists);
  add ("/store/store/damage", test_damage);
  add ("/store/store/torn-file", test_torn_file);
  add ("/store/store/references", test_references);
  add ("/store/store/reference-paths", test_reference_paths);
  add ("/store/store/pins-and-gc", test_pins_and_gc);
  add ("/store/store/pin-needs-all", test_pin_needs_all);
  add ("/store/store/shares", test_shares);
  add ("/store/store/limit-evicts-oldest", test_limit_evicts_oldest);
  add ("/store/store/limit-refuses", test_limit_refuses);
  add ("/store/store/lease", test_lease);
  add ("/store/store/gc-spares-readers", test_gc_spares_readers);
  add ("/store/store/many-puts", test_many_puts);
  add ("/store/store/second-process-refused", test_second_process_refused);
  add ("/store/store/rebuild", test_rebuild);
  add ("/store/store/orphans-are-swept", test_orphans_are_swept);
  add ("/store/store/closed", test_closed);
  add ("/store/store/survives-kill", test_survives_kill);
  return g_test_run ();
}
