/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "index/mesh-index-block.h"

#include <string.h>

#include "mesh/index/index-fixture.h"

static void
add_ref (MeshIndexBlock *block, const char *path, guint64 offset)
{
  MeshIndexRef ref = {
    .path = g_strdup (path), .offset = offset, .size = 5, .kind = MESH_REFERENCE_RAW
  };

  g_array_append_val (block->refs, ref);
}

/* The file is damaged, one reference leads nowhere, one to other bytes: the last is used
 * and the others are marked. */
static void
test_falls_through (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (MeshCid) cid = fixture_store (fixture, "hello", 5);
  g_autofree char *path = g_build_filename (fixture->dir, "file", NULL);
  g_auto (MeshIndexBlock) block = { .id = 1, .size = 5, .is_stored = TRUE, .n_refs = 3 };
  g_autoptr (GBytes) wrong = NULL;
  g_autoptr (GBytes) bytes = NULL;
  guint id;

  g_assert_true (mesh_index_files_write_tmp (&fixture->files, (const guint8 *) "HELLO", 5,
                                             &id, NULL));
  g_assert_true (mesh_index_files_commit_tmp (&fixture->files, id, cid, NULL));
  g_assert_true (g_file_set_contents (path, "jello hello", -1, NULL));
  block.refs = g_array_new (FALSE, FALSE, sizeof (MeshIndexRef));
  add_ref (&block, "/nowhere", 0);
  add_ref (&block, path, 0);
  add_ref (&block, path, 6);

  g_assert_false (mesh_index_block_has_bad (&block));
  bytes = mesh_index_block_read (&block, &fixture->files, cid);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), "hello", 5);
  g_assert_true (mesh_index_block_has_bad (&block));
  g_assert_true (block.is_bad);
  g_assert_true (g_array_index (block.refs, MeshIndexRef, 0).is_bad);
  g_assert_true (g_array_index (block.refs, MeshIndexRef, 1).is_bad);
  g_assert_false (g_array_index (block.refs, MeshIndexRef, 2).is_bad);
  for (guint i = 0; i < block.refs->len; i++)
    g_free (g_array_index (block.refs, MeshIndexRef, i).path);
}

static void
test_nothing_left (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (MeshCid) cid = fixture_store (fixture, "hello", 5);
  g_auto (MeshIndexBlock) block = { .id = 1, .size = 5, .is_stored = TRUE };

  block.refs = g_array_new (FALSE, FALSE, sizeof (MeshIndexRef));
  mesh_index_files_delete (&fixture->files, cid);
  g_assert_true (mesh_index_block_is_available (&block));
  g_assert_null (mesh_index_block_read (&block, &fixture->files, cid));
  g_assert_true (block.is_bad);
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
  add ("/index/block/falls-through", test_falls_through);
  add ("/index/block/nothing-left", test_nothing_left);
  return g_test_run ();
}
