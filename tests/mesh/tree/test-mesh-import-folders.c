/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "tree/mesh-import-folders.h"

#include "tree/mesh-import-scan.h"

static MeshImportEntry *
add_entry (GPtrArray *entries, const char *path, MeshEntryType type)
{
  MeshImportEntry *entry = g_new0 (MeshImportEntry, 1);

  entry->path = g_strdup (path);
  entry->type = type;
  entry->mode = 0755;
  if (type == MESH_ENTRY_SYMLINK)
    entry->target = g_strdup ("a/x");
  if (type == MESH_ENTRY_FILE)
    entry->cid = mesh_cid_new_for_data (MESH_CODEC_RAW, MESH_MULTIHASH_SHA2_256,
                                        (const guint8 *) path, 1, NULL);
  g_ptr_array_add (entries, entry);
  return entry;
}

/* Every folder holds its own entries; sizes add up to the root. */
static void
test_tree (void)
{
  g_autoptr (GPtrArray) entries
      = g_ptr_array_new_with_free_func (mesh_import_scan_free_entry);
  g_auto (MeshDagPbNode) root = { 0 };
  MeshImportFolders *job;
  MeshImportOptions options;
  guint64 blocks_bytes = 0;
  MeshImportLeaf *made;

  add_entry (entries, "", MESH_ENTRY_DIRECTORY);
  add_entry (entries, "a", MESH_ENTRY_DIRECTORY);
  add_entry (entries, "a-b", MESH_ENTRY_SYMLINK);
  add_entry (entries, "a/x", MESH_ENTRY_FILE);
  add_entry (entries, "empty", MESH_ENTRY_DIRECTORY);
  mesh_import_options_init (&options);
  job = mesh_import_folders_new (entries, &options);
  g_array_index (job->tsizes, guint64, 3) = 1000;
  {
    MeshImportFolders *boxed = job;

    g_assert_true (mesh_import_folders_run (&boxed, NULL, NULL) == job);
  }
  g_assert_cmpuint (job->blocks->len, ==, 4);
  for (guint i = 0; i < job->blocks->len; i++)
    blocks_bytes
        += g_bytes_get_size (g_array_index (job->blocks, MeshImportLeaf, i).block);
  g_assert_cmpuint (job->dag_bytes, ==, blocks_bytes + 1000);

  made = &g_array_index (job->blocks, MeshImportLeaf, 3);
  g_assert_true (mesh_cid_equal (
      made->cid, ((MeshImportEntry *) g_ptr_array_index (entries, 0))->cid));
  g_assert_true (mesh_dag_pb_decode (g_bytes_get_data (made->block, NULL),
                                     g_bytes_get_size (made->block), &root, NULL));
  g_assert_cmpuint (root.links->len, ==, 3);
  g_assert_cmpstr (g_array_index (root.links, MeshDagPbLink, 0).name, ==, "a");
  g_assert_cmpstr (g_array_index (root.links, MeshDagPbLink, 1).name, ==, "a-b");
  g_assert_cmpstr (g_array_index (root.links, MeshDagPbLink, 2).name, ==, "empty");
  mesh_import_folders_free (job);
}

/* @n entries whose names have @len bytes. (transfer full): what came of them; the kind of
 * its root in @type */
static MeshImportFolders *
run_folder (guint n, int len, MeshHamtSplit split, MeshUnixfsType *type, GError **error)
{
  g_autoptr (GPtrArray) entries
      = g_ptr_array_new_with_free_func (mesh_import_scan_free_entry);
  g_auto (MeshDagPbNode) root = { 0 };
  g_auto (MeshUnixfs) unixfs = { 0 };
  MeshImportFolders *job;
  MeshImportFolders *boxed;
  MeshImportOptions options;
  MeshImportLeaf *made;

  add_entry (entries, "", MESH_ENTRY_DIRECTORY);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *name = g_strdup_printf ("%0*u", len, i);

      add_entry (entries, name, MESH_ENTRY_FILE);
    }
  mesh_import_options_init (&options);
  options.split = split;
  job = boxed = mesh_import_folders_new (entries, &options);
  g_assert_true (mesh_import_folders_run (&boxed, NULL, error) == job);
  made = &g_array_index (job->blocks, MeshImportLeaf, job->blocks->len - 1);
  g_assert_true (mesh_cid_equal (
      made->cid, ((MeshImportEntry *) g_ptr_array_index (entries, 0))->cid));
  g_assert_true (mesh_dag_pb_decode (g_bytes_get_data (made->block, NULL),
                                     g_bytes_get_size (made->block), &root, NULL));
  g_assert_true (mesh_unixfs_decode (root.data, root.data_len, &unixfs, NULL));
  *type = unixfs.type;
  return job;
}

/* A folder whose names and CIDs have more than 256 KiB becomes shards, all of which are
 * there and counted. */
static void
test_shards (void)
{
  static const struct
  {
    guint n;
    int len;
    MeshHamtSplit split;
    MeshUnixfsType type;
  } cases[] = {
    { 4096, 28, MESH_HAMT_SPLIT_LINKS, MESH_UNIXFS_DIRECTORY },
    { 4097, 28, MESH_HAMT_SPLIT_LINKS, MESH_UNIXFS_HAMT_SHARD },
    { 4096, 28, MESH_HAMT_SPLIT_BLOCK, MESH_UNIXFS_HAMT_SHARD },
    { 3000, 28, MESH_HAMT_SPLIT_BLOCK, MESH_UNIXFS_DIRECTORY },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      GError *error = NULL;
      MeshUnixfsType type;
      MeshImportFolders *job
          = run_folder (cases[i].n, cases[i].len, cases[i].split, &type, &error);
      guint64 bytes = 0;

      g_assert_no_error (error);
      g_assert_cmpint (type, ==, cases[i].type);
      g_assert_true ((job->blocks->len == 1) == (type == MESH_UNIXFS_DIRECTORY));
      for (guint j = 0; j < job->blocks->len; j++)
        bytes += g_bytes_get_size (g_array_index (job->blocks, MeshImportLeaf, j).block);
      g_assert_cmpuint (job->dag_bytes, ==, bytes);
      mesh_import_folders_free (job);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tree/import-folders/tree", test_tree);
  g_test_add_func ("/tree/import-folders/shards", test_shards);
  return g_test_run ();
}
