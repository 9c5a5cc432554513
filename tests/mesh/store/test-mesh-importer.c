/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "store/mesh-importer.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mesh-error.h"
#include "mesh/store/store-fixture.h"

static MeshImportResult *
add_path (Fixture *fixture,
          const char *path,
          const MeshImportOptions *options,
          MeshImportFlags flags,
          GError **error)
{
  FIXTURE_RUN (result, mesh_importer_add_async, fixture->store, path, options, flags,
               NULL, NULL, NULL);

  return mesh_importer_add_finish (fixture->store, result, error);
}

static char *
write_file (Fixture *fixture, const char *name, guint32 seed, gsize size)
{
  g_autoptr (GBytes) bytes = fixture_bytes (seed, size);
  char *path = g_build_filename (fixture->dir, name, NULL);

  g_assert_true (
      g_file_set_contents (path, g_bytes_get_data (bytes, NULL), (gssize) size, NULL));
  return path;
}

static char *
make_tree (Fixture *fixture)
{
  char *tree = g_build_filename (fixture->dir, "tree", NULL);
  g_autofree char *sub = g_build_filename (tree, "sub", NULL);
  g_autofree char *link = g_build_filename (tree, "sub", "link", NULL);
  g_autofree char *tool = NULL;

  g_assert_cmpint (g_mkdir_with_parents (sub, 0755), ==, 0);
  g_free (write_file (fixture, "tree/sub-file", 1, 10));
  g_free (write_file (fixture, "tree/sub/inner", 2, 5000));
  tool = write_file (fixture, "tree/tool", 3, 20000);
  g_assert_cmpint (chmod (tool, 0755), ==, 0);
  g_assert_cmpint (symlink ("../tool", link), ==, 0);
  return tree;
}

static void
small_chunks (MeshImportOptions *options)
{
  mesh_import_options_init (options);
  options->chunk_size = 2048;
  options->max_links = 3;
}

static const MeshImportEntry *
find (const MeshImportResult *result, const char *path)
{
  for (guint i = 0; i < result->entries->len; i++)
    {
      const MeshImportEntry *entry = g_ptr_array_index (result->entries, i);

      if (strcmp (entry->path, path) == 0)
        return entry;
    }
  g_assert_not_reached ();
}

static void
test_entries (Fixture *fixture, gconstpointer unused)
{
  static const char *const paths[]
      = { "", "sub", "sub-file", "sub/inner", "sub/link", "tool" };
  g_autofree char *tree = make_tree (fixture);
  g_autoptr (MeshImportResult) result = NULL;
  g_autoptr (GError) error = NULL;
  MeshImportOptions options;
  const MeshImportEntry *tool;
  guint64 offset = 0;

  small_chunks (&options);
  result = add_path (fixture, tree, &options, MESH_IMPORT_LIST_CHUNKS, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (result->entries->len, ==, G_N_ELEMENTS (paths));
  for (guint i = 0; i < result->entries->len; i++)
    {
      MeshImportEntry *entry = g_ptr_array_index (result->entries, i);

      g_assert_cmpstr (entry->path, ==, paths[i]);
      g_assert_nonnull (entry->cid);
      g_assert_true (mesh_store_has (fixture->store, entry->cid));
    }
  g_assert_true (mesh_cid_equal (result->root, find (result, "")->cid));
  g_assert_cmpstr (find (result, "sub/link")->target, ==, "../tool");
  g_assert_cmpuint (result->total_bytes, ==, 25010);
  tool = find (result, "tool");
  g_assert_cmpuint (tool->mode, ==, 0755);
  g_assert_cmpuint (tool->chunks->len, ==, 10);
  for (guint i = 0; i < tool->chunks->len; i++)
    {
      MeshImportChunk *chunk = &g_array_index (tool->chunks, MeshImportChunk, i);

      g_assert_cmpuint (chunk->offset, ==, offset);
      offset += chunk->size;
      g_assert_true (mesh_store_has (fixture->store, chunk->cid));
    }
  g_assert_cmpuint (offset, ==, 20000);
  g_assert_true (fixture_pin (fixture->store, "test", result->root, &error));
  g_assert_cmpuint (fixture_gc (fixture->store), ==, 0);
}

static void
test_same_root_every_time (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *path = write_file (fixture, "file", 9, 300000);
  MeshImportOptions options;
  g_autoptr (MeshImportResult) first = NULL;
  g_autoptr (MeshImportResult) second = NULL;
  g_autoptr (MeshImportResult) hashed = NULL;
  MeshStoreStats before;
  MeshStoreStats after;

  small_chunks (&options);
  hashed = add_path (fixture, path, &options, MESH_IMPORT_HASH_ONLY, NULL);
  mesh_store_get_stats (fixture->store, &before);
  g_assert_cmpuint (before.n_blocks, ==, 0);
  first = add_path (fixture, path, &options, MESH_IMPORT_NONE, NULL);
  mesh_store_get_stats (fixture->store, &before);
  second = add_path (fixture, path, &options, MESH_IMPORT_NONE, NULL);
  mesh_store_get_stats (fixture->store, &after);
  g_assert_true (mesh_cid_equal (first->root, second->root));
  g_assert_true (mesh_cid_equal (first->root, hashed->root));
  g_assert_cmpuint (before.n_blocks, ==, after.n_blocks);
  g_assert_cmpuint (before.n_blocks, ==, first->n_blocks);
  g_assert_cmpuint (first->dag_bytes, ==, before.stored_bytes);
}

/* References instead of copies; and a copy that was there goes when asked. */
static void
test_references (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *path = write_file (fixture, "file", 9, 300000);
  MeshImportOptions options;
  g_autoptr (MeshImportResult) copied = NULL;
  g_autoptr (MeshImportResult) referenced = NULL;
  g_autoptr (GBytes) got = NULL;
  MeshStoreStats stats;
  const MeshImportEntry *entry;

  small_chunks (&options);
  copied = add_path (fixture, path, &options, MESH_IMPORT_NONE, NULL);
  mesh_store_get_stats (fixture->store, &stats);
  g_assert_cmpuint (stats.stored_bytes, >, 300000);
  g_assert_true (fixture_pin (fixture->store, "app", copied->root, NULL));
  referenced = add_path (fixture, path, &options,
                         MESH_IMPORT_REFERENCE_ONLY | MESH_IMPORT_DROP_COPIES
                             | MESH_IMPORT_LIST_CHUNKS,
                         NULL);
  g_assert_true (mesh_cid_equal (copied->root, referenced->root));
  {
    FIXTURE_RUN (result, mesh_store_sync_async, fixture->store, NULL);
    g_assert_true (mesh_store_sync_finish (fixture->store, result, NULL));
  }
  mesh_store_get_stats (fixture->store, &stats);
  g_assert_cmpuint (stats.stored_bytes, <, 20000);
  g_assert_cmpuint (stats.referenced_bytes, >, 300000);
  entry = g_ptr_array_index (referenced->entries, 0);
  got = fixture_get (fixture->store,
                     g_array_index (entry->chunks, MeshImportChunk, 7).cid, NULL);
  g_assert_nonnull (got);
  g_assert_true (fixture_pin (fixture->store, "again", referenced->root, NULL));
}

/* With a mode to keep, a file of one chunk is a node even with raw leaves. */
static void
test_modes (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *path = write_file (fixture, "file", 9, 100);
  MeshImportOptions options;
  g_autoptr (MeshImportResult) plain = NULL;
  g_autoptr (MeshImportResult) with_mode = NULL;
  g_autoptr (MeshImportResult) other_mode = NULL;

  small_chunks (&options);
  options.raw_leaves = TRUE;
  plain = add_path (fixture, path, &options, MESH_IMPORT_NONE, NULL);
  options.preserve_mode = TRUE;
  g_assert_cmpint (chmod (path, 0640), ==, 0);
  with_mode = add_path (fixture, path, &options, MESH_IMPORT_NONE, NULL);
  g_assert_cmpint (chmod (path, 0600), ==, 0);
  other_mode = add_path (fixture, path, &options, MESH_IMPORT_NONE, NULL);
  g_assert_cmpuint (mesh_cid_get_codec (plain->root), ==, MESH_CODEC_RAW);
  g_assert_cmpuint (mesh_cid_get_codec (with_mode->root), ==, MESH_CODEC_DAG_PB);
  g_assert_false (mesh_cid_equal (with_mode->root, other_mode->root));
}

static void
test_wrap (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *path = write_file (fixture, "file", 9, 100);
  MeshImportOptions options;
  g_autoptr (MeshImportResult) plain = NULL;
  g_autoptr (MeshImportResult) wrapped = NULL;

  small_chunks (&options);
  plain = add_path (fixture, path, &options, MESH_IMPORT_NONE, NULL);
  options.wrap_in_directory = TRUE;
  wrapped = add_path (fixture, path, &options, MESH_IMPORT_NONE, NULL);
  g_assert_cmpuint (wrapped->entries->len, ==, 2);
  g_assert_true (mesh_cid_equal (find (wrapped, "file")->cid, plain->root));
  g_assert_false (mesh_cid_equal (wrapped->root, plain->root));
}

static void
refuse (Fixture *fixture,
        const char *path,
        const MeshImportOptions *options,
        MeshError expected)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (add_path (fixture, path, options, MESH_IMPORT_NONE, &error));
  g_assert_error (error, MESH_ERROR, (int) expected);
}

static GHashTable *
get_chunks (const MeshImportEntry *entry)
{
  GHashTable *chunks = g_hash_table_new_full (mesh_cid_hash, mesh_cid_equal,
                                              (GDestroyNotify) mesh_cid_unref, NULL);
  guint64 offset = 0;

  for (guint i = 0; i < entry->chunks->len; i++)
    {
      MeshImportChunk *chunk = &g_array_index (entry->chunks, MeshImportChunk, i);

      g_assert_cmpuint (chunk->offset, ==, offset);
      offset += chunk->size;
      g_hash_table_add (chunks, mesh_cid_ref (chunk->cid));
    }
  g_assert_cmpuint (offset, ==, entry->size);
  return chunks;
}

/* A file over several segments that got a byte in front shares all chunks but one or two
 * with what it was; permissions are said once, however many chunks there are. */
static void
test_by_content (Fixture *fixture, gconstpointer unused)
{
  const gsize size = 12 * 1024 * 1024;
  g_autofree char *path = write_file (fixture, "file", 5, size);
  g_autofree char *longer = g_build_filename (fixture->dir, "longer", NULL);
  g_autofree char *bytes = g_malloc (size + 1);
  g_autofree char *contents = NULL;
  g_autoptr (MeshImportResult) first = NULL;
  g_autoptr (MeshImportResult) second = NULL;
  g_autoptr (GHashTable) known = NULL;
  g_autoptr (GHashTable) chunks = NULL;
  g_autoptr (GError) error = NULL;
  MeshImportOptions options;
  GHashTableIter iter;
  gpointer cid;
  guint n_new = 0;

  mesh_import_options_init (&options);
  g_assert_true (mesh_import_options_parse_chunker (&options, "fastcdc"));
  options.preserve_mode = TRUE;
  first = add_path (fixture, path, &options, MESH_IMPORT_LIST_CHUNKS, &error);
  g_assert_no_error (error);
  known = get_chunks (find (first, ""));
  g_assert_cmpuint (g_hash_table_size (known), >=, 7);

  g_assert_true (g_file_get_contents (path, &contents, NULL, NULL));
  bytes[0] = 'x';
  memcpy (bytes + 1, contents, size);
  g_assert_true (g_file_set_contents (longer, bytes, (gssize) size + 1, NULL));
  second = add_path (fixture, longer, &options, MESH_IMPORT_LIST_CHUNKS, &error);
  g_assert_no_error (error);
  chunks = get_chunks (find (second, ""));
  g_hash_table_iter_init (&iter, chunks);
  while (g_hash_table_iter_next (&iter, &cid, NULL))
    n_new += g_hash_table_contains (known, cid) ? 0 : 1;
  g_assert_cmpuint (n_new, >=, 1);
  g_assert_cmpuint (n_new, <=, 2);

  options.chunk_size = 65536;
  g_clear_pointer (&second, mesh_import_result_free);
  second = add_path (fixture, longer, &options, MESH_IMPORT_NONE, &error);
  g_assert_error (error, MESH_ERROR, MESH_ERROR_INVALID);
}

static void
test_refused (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *fifo = g_build_filename (fixture->dir, "fifo", NULL);
  g_autofree char *path = write_file (fixture, "file", 9, 100);
  g_autofree char *strange = g_build_filename (fixture->dir, "folder", NULL);
  g_autofree char *inner = g_build_filename (strange, "caf\xe9", NULL);
  MeshImportOptions options;

  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
  refuse (fixture, fifo, NULL, MESH_ERROR_UNSUPPORTED);
  refuse (fixture, "/nowhere/at/all", NULL, MESH_ERROR_NOT_FOUND);
  g_assert_cmpint (g_mkdir (strange, 0700), ==, 0);
  g_assert_cmpint (g_mkdir (inner, 0700), ==, 0);
  refuse (fixture, strange, NULL, MESH_ERROR_UNSUPPORTED);
  mesh_import_options_init (&options);
  options.chunk_size = 100;
  refuse (fixture, path, &options, MESH_ERROR_INVALID);
  mesh_import_options_init (&options);
  options.cid_version = 0;
  refuse (fixture, path, &options, MESH_ERROR_INVALID);
  mesh_import_options_init (&options);
  options.hash_code = 0xb220;
  refuse (fixture, path, &options, MESH_ERROR_UNSUPPORTED);
}

/* The limit of the store ends an import, and nothing it wrote is left held. */
static void
test_full_store (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *path = write_file (fixture, "file", 9, 300000);
  MeshImportOptions options;
  MeshStoreStats stats;

  fixture_reopen (fixture, 100000);
  small_chunks (&options);
  refuse (fixture, path, &options, MESH_ERROR_NO_SPACE);
  mesh_store_get_stats (fixture->store, &stats);
  g_assert_cmpuint (stats.stored_bytes, <=, 100000);
  g_assert_cmpuint (stats.reserved_bytes, ==, 0);
  fixture_gc (fixture->store);
  mesh_store_get_stats (fixture->store, &stats);
  g_assert_cmpuint (stats.stored_bytes, ==, 0);
}

static void
test_cancel (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *path = write_file (fixture, "file", 9, 3000000);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GAsyncResult *slot = NULL;

  mesh_importer_add_async (fixture->store, path, NULL, MESH_IMPORT_NONE, NULL, NULL,
                           cancellable, fixture_result_cb, &slot);
  g_cancellable_cancel (cancellable);
  result = fixture_wait (&slot);
  g_assert_null (mesh_importer_add_finish (fixture->store, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
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
  add ("/store/importer/entries", test_entries);
  add ("/store/importer/same-root-every-time", test_same_root_every_time);
  add ("/store/importer/references", test_references);
  add ("/store/importer/modes", test_modes);
  add ("/store/importer/wrap", test_wrap);
  add ("/store/importer/by-content", test_by_content);
  add ("/store/importer/refused", test_refused);
  add ("/store/importer/full-store", test_full_store);
  add ("/store/importer/cancel", test_cancel);
  return g_test_run ();
}
